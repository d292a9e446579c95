"""`include`: several files are one set of rules, a mistake keeps its file, nothing outside the folder is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.rules import include
from alerts.rules.check import check
from alerts.rules.model import Problem, RulesError
from alerts.rules.schema import load_rules, parse_rules, read_rules

CHANNELS = "channels: {desk: {to: '@our_desk'}}\n"
RULE = "rules: [{id: r, any: [غارة], send: [desk]}]\n"
MAIN = CHANNELS + RULE

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rules.yaml and, by their names, files beside it; gives the path of rules.yaml."""

    def write(main: str, **others: str) -> Path:
        folder = tmp_path / "rules"
        for name, text in {"rules": main, **others}.items():
            path = folder / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text, encoding="utf-8")
        return folder / "rules.yaml"

    return write


def problems_of(path: Path) -> list[Problem]:
    """What is wrong with a file, or hardly meant, examples included."""
    try:
        return list(check(read_rules(path, ("arab48",), "en"), "en").problems)
    except RulesError as e:
        return list(e.problems)


def places(path: Path) -> list[tuple[str, str, int, int]]:
    return [(p.code, Path(p.file).name, p.line, p.column) for p in problems_of(path)]


def test_included_files_count_as_if_they_stood_in_rules_yaml(write: Write) -> None:
    path = write(
        "include: [a.yaml, sub/b.yaml]\noperator: ops\n" + CHANNELS,
        a="rules: [{id: a, any: [$strike], where: [شرقنا], send: [ops]}]\nchannels: {ops: {to: -5}}\n",
        **{"sub/b": "lists: {strike: [غارة]}\nregions: {شرقنا: [حماة]}\nignore: [{any: [مسلسل]}]\n" + RULE},
    )
    rules = load_rules(path, ())
    assert problems_of(path) == []
    assert [rule.id for rule in rules.rules] == ["a", "r"]
    assert (set(rules.channels), rules.operator, len(rules.ignore)) == ({"desk", "ops"}, "ops", 1)
    assert rules.files == tuple(str(path.parent / name) for name in ("rules.yaml", "a.yaml", "sub/b.yaml"))
    assert (rules.path, load_rules(write(MAIN), ()).files) == (str(path), (str(path),))


def test_a_rule_means_the_same_wherever_it_stands(write: Write) -> None:
    lists = "lists: {strike: [غارة]}\n"
    rule = "rules: [{id: r, any: [$strike], send: [desk]}]\n"
    alone = load_rules(write(CHANNELS + lists + rule), ()).rules
    assert load_rules(write("include: [a.yaml]\n" + CHANNELS + lists, a=rule), ()).rules == alone


def test_the_fingerprint_changes_with_every_file(write: Write) -> None:
    texts = [("include: [a.yaml]\n" + CHANNELS, RULE)]
    texts += [(texts[0][0] + "# x\n", RULE), (texts[0][0], RULE + "# x\n")]
    assert len({load_rules(write(main, a=other), ()).fingerprint for main, other in texts}) == 3


def test_a_mistake_names_the_file_it_stands_in(write: Write) -> None:
    path = write(
        "include: [a.yaml, b.yaml]\n" + CHANNELS + "rules: [{id: m, any: ['!'], send: [desk]}]\n",
        a="# a\nrules:\n- {id: x, any: [غارة], send: [dsek]}\n- {any: [غارة], send: [desk]}\n",
        b="lists:\n  strike: [$strik]\n  strike: [غارة]\nrules:\n- {id: y, any: [$strike], sned: [desk]}\n- x\n",
    )
    assert places(path) == [
        ("term-empty", "rules.yaml", 3, 23),
        ("channel-unknown", "a.yaml", 3, 31),
        ("key-missing", "a.yaml", 4, 3),
        ("list-unknown", "b.yaml", 2, 12),
        ("key-twice", "b.yaml", 3, 3),
        ("key-missing", "b.yaml", 5, 3),
        ("key-unknown", "b.yaml", 5, 27),
        ("not-mapping", "b.yaml", 6, 3),
    ]
    problems = problems_of(path)
    assert (problems[2].file, problems[2].what) == (str(path.parent / "a.yaml"), "rules[2] lacks id")
    assert problems[4].what.endswith("the first is in line 2")


def test_warnings_and_examples_name_their_file_too(write: Write) -> None:
    path = write(
        "include: [a.yaml]\n" + CHANNELS + "lists: {spare: [قصف]}\n",
        a="# a\nlists: {idle: [قصف]}\nrules:\n- {id: r, any: [غارة], send: [desk], examples: {fires: [هدوء]}}\n",
    )
    assert places(path) == [
        ("list-unused", "rules.yaml", 3, 9),
        ("list-unused", "a.yaml", 2, 9),
        ("example-silent", "a.yaml", 4, 57),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "include-empty", 1, 1),
        ("rules: [\n", "nothing-here", 2, 1),
        ("rules: [{id: a, any: [غارة], send: [!x desk]}]", "tag", 1, 37),
        ("---\nignore: [{any: [غارة]}]\n---\n", "two-documents", 3, 1),
        ("ignore: [{any: [غا\x07رة]}]", "control-character", 1, 19),
        ("- a\n", "not-mapping", 1, 1),
        ("ignore: x\n", "not-list", 1, 9),
        ("channels: [x]\n", "not-mapping", 1, 11),
        ("channels: {}\n", "empty-list", 1, 11),
        ("include: [b.yaml]\n", "include-nested", 1, 1),
        ("# x\ntimezone: Asia/Damascus\n", "include-key", 2, 1),
        ("operator: desk\n", "include-key", 1, 1),
        ("outlets: all\n", "include-key", 1, 1),
        ("rule: []\n", "key-unknown", 1, 1),
    ],
)
def test_what_an_included_file_may_not_be_is_said_at_its_place(
    text: str, code: str, line: int, column: int, write: Write
) -> None:
    assert places(write("include: [a.yaml]\n" + MAIN, a=text)) == [(code, "a.yaml", line, column)]


def test_a_setting_of_the_whole_is_sent_to_rules_yaml(write: Write) -> None:
    path = write("include: [a.yaml]\n" + MAIN, a="scratch: -5\n")
    (problem,) = problems_of(path)
    assert problem.remedy.startswith(f"write it in {path}; here may stand: rules, ignore, channels")


def test_bytes_that_are_not_utf_8_are_said_of_their_file(write: Write) -> None:
    path = write("include: [a.yaml]\n" + MAIN)
    (path.parent / "a.yaml").write_bytes(RULE.encode("cp1256"))
    assert places(path) == [("encoding", "a.yaml", 1, 1)]


@pytest.mark.parametrize(
    ("again", "name", "first"),
    [
        ("rules:\n- any: [غارة]\n  id: r\n  send: [desk]\n", "r", "3:14"),
        ("x:\nlists:\n  strike: [قصف]\n", "strike", "4:9"),
        ("channels:\n\n  desk: {to: '@other'}\n", "desk", "2:12"),
        ("lists: {}\nregions:\n  'شرق  الفرات': [حماة]\n", "شرق الفرات", "5:11"),
    ],
)
def test_a_name_of_two_files_is_a_mistake_with_both_places(again: str, name: str, first: str, write: Write) -> None:
    main = "include: [a.yaml]\n" + MAIN + "lists: {strike: [غارة]}\nregions: {شرق الفرات: [الرقة]}\n"
    path = write(main, a=again)
    (problem,) = [p for p in problems_of(path) if p.code == "twice-in-files"]
    assert (Path(problem.file).name, problem.line) == ("a.yaml", 3)
    assert problem.what == f"{name} is already in another file, at {path}:{first}"


def test_nothing_outside_the_folder_is_read(write: Write, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(RULE.replace("id: r", "id: outside"), encoding="utf-8")
    path = write(
        f"include: [{outside}, ../outside.yaml, link.yaml, ../rules/a.yaml, away/outside.yaml]\n" + MAIN, a="x"
    )
    (path.parent / "link.yaml").symlink_to(outside)
    (path.parent / "away").symlink_to(tmp_path)
    assert [code for code, *_ in places(path)] == ["include-outside"] * 5
    assert problems_of(path)[1].column == len(f"include: [{outside}, ") + 1


def test_a_link_within_the_folder_is_followed(write: Write) -> None:
    path = write("include: [link.yaml]\n" + CHANNELS, a=RULE)
    (path.parent / "link.yaml").symlink_to("a.yaml")
    assert [rule.id for rule in load_rules(path, ()).rules] == ["r"]


def test_what_is_no_readable_file_is_said_where_it_is_named(write: Write) -> None:
    path = write("include:\n- none.yaml\n- .\n- pipe\n- loop\n- " + "x" * 300 + '\n- "a\\0"\n' + MAIN)
    os.mkfifo(path.parent / "pipe")
    (path.parent / "loop").symlink_to("loop")
    found = places(path)
    assert [line for _, _, line, _ in found] == [2, 3, 4, 5, 6, 7]
    assert [code for code, *_ in found] == ["include-unreadable"] * 5 + ["include-outside"]


def test_a_file_is_read_once_and_rules_yaml_not_again(write: Write) -> None:
    path = write("include: [a.yaml, ./a.yaml, rules.yaml]\n" + CHANNELS, a=RULE)
    assert places(path) == [("include-twice", "rules.yaml", 1, 19), ("include-twice", "rules.yaml", 1, 29)]


def test_files_are_bounded_in_number_and_size(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"f{n}" for n in range(51)]
    files = {name: f"lists: {{{name}: [غارة]}}\n" for name in names}
    path = write(f"include: [{', '.join(f'{n}.yaml' for n in names)}]\n" + MAIN, **files)
    assert {code for code, *_ in places(path)} == {"include-many"}
    monkeypatch.setattr(include, "MAX_BYTES", path.stat().st_size + 30)
    assert [code for code, *_ in places(path)].count("include-large") == 49


@pytest.mark.parametrize("value", ["a.yaml", "[]", "[{a: b}]", "{a: b}"])
def test_include_is_a_list_of_paths(value: str, write: Write) -> None:
    assert len(places(write(f"include: {value}\n" + MAIN, a=RULE))) == 1


def test_a_text_without_a_folder_includes_nothing() -> None:
    with pytest.raises(RulesError, match="include needs a folder"):
        parse_rules("include: [a.yaml]\n" + MAIN, "<stdin>", ())


def test_who_waits_for_a_mistake_to_be_mended_learns_all_files_that_are_named(write: Write) -> None:
    path = write("include: [none.yaml, a.yaml]\n" + MAIN, a="[")
    with pytest.raises(RulesError) as caught:
        load_rules(path, ())
    assert caught.value.files == tuple(str(path.parent / name) for name in ("rules.yaml", "none.yaml", "a.yaml"))
