"""A good rules file becomes the values that it means."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.rules.expression import ARTICLE, HEAD, Condition, Group, Near, Term
from alerts.rules.model import Channel, RulesError, RuleSet
from alerts.rules.schema import load_rules, parse_rules

CHANNELS = "channels: {desk: {to: '@our_desk'}}\n"


def parsed(text: str) -> RuleSet:
    return parse_rules(text, "rules.yaml", ("arab48", "enab-baladi"))


def condition(body: str, top: str = "") -> Condition:
    """The condition of a rule with this body (lines parted by ;)."""
    lines = "".join(f"  {line.strip()}\n" for line in body.split(";"))
    return parsed(CHANNELS + top + "rules:\n- id: r\n  send: [desk]\n" + lines).rules[0].condition


def term(text: str, **more: Any) -> Term:
    return Term(more.pop("written", text), text, **more)


STRIKE = "lists: {strike: [غارة, قصف]}\n"
RAID, SHELLING, BLAST = term("غارة"), term("قصف"), term("انفجار")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("any: [غارة, قصف]", Condition(Group(1, (RAID, SHELLING)))),
        ("all: [غارة, قصف]", Condition(Group(2, (RAID, SHELLING)))),
        ("where: [البوكمال]", Condition(None, (term("البوكمال"),))),
        ("at least 2 of: [غارة, قصف, انفجار]", Condition(Group(2, (RAID, SHELLING, BLAST)))),
        ("any: [غارة]; all: [قصف, انفجار]", Condition(Group(3, (SHELLING, BLAST, Group(1, (RAID,)))))),
        ("all: [غارة, {any: [قصف, انفجار]}]", Condition(Group(2, (RAID, Group(1, (SHELLING, BLAST)))))),
        ("any: [{at least 2 of: [غارة, قصف]}]", Condition(Group(1, (Group(2, (RAID, SHELLING)),)))),
        (
            "any: [{term: غارة, weight: 2}, قصف, {all: [انفجار], weight: 3}]; threshold: 4",
            Condition(Group(4, (term("غارة", weight=2), SHELLING, Group(1, (BLAST,), weight=3)))),
        ),
        ("any: [$strike, انفجار]", Condition(Group(1, (Group(1, (RAID, SHELLING)), BLAST)))),
        ("all: [$strike, انفجار]", Condition(Group(2, (Group(1, (RAID, SHELLING)), BLAST)))),
        ("at least 2 of: [$strike, انفجار]", Condition(Group(2, (RAID, SHELLING, BLAST)))),
        (
            "any: [غارة]; near: {words: 15}; where: [حماة]",
            Condition(Group(1, (RAID,)), (term("حماة"),), Near("words", 15)),
        ),
        ("all: [غارة, قصف]; near: sentence", Condition(Group(2, (RAID, SHELLING)), (), Near("sentence"))),
    ],
)
def test_conditions(body: str, expected: Condition) -> None:
    assert condition(body, STRIKE) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ضربات  جوية", term("ضربات جوية", written="ضربات  جوية")),
        ("«حماس»", term("حماس", written="«حماس»", exact=True)),
        ("{exact: حماس}", term("حماس", exact=True)),
        ("exact:حماس", term("حماس", written="exact:حماس", exact=True)),
        ("دراس*", term("دراس", written="دراس*", prefix=True)),
        ("ضربات جو*", term("ضربات جو", written="ضربات جو*", prefix=True)),
        ("{regex: 'غار(ة|ات)'}", term("غار(ة|ات)", regex=True)),
        ("'regex: غار(ة|ات)'", term("غار(ة|ات)", written="regex: غار(ة|ات)", regex=True)),
        ("{term: غارة, forms: all}", term("غارة", forms="all")),
        ("{term: غارة, in: [text, title]}", term("غارة", scopes=("title", "text"))),
        ("{term: «حماس», in: lead}", term("حماس", written="«حماس»", exact=True, scopes=("lead",))),
        ("48", term("48")),
        ("1_000", term("1_000")),
        ("12:30", term("12:30")),
        ("no", term("no")),
        ("true", term("true")),
        ("غا\u200fرة", term("غارة", written="غا\u200fرة")),
        ("'عاجل: انفجار'", term("عاجل: انفجار")),
    ],
)
def test_terms(written: str, expected: Term) -> None:
    assert condition(f"any: [{written}]").wanted == Group(1, (expected,))


def test_a_term_inherits_forms_and_scopes_from_its_group_its_rule_and_the_file() -> None:
    found = condition("any: [قصف, {any: [غارة, {term: انفجار, forms: given}], in: title}]; in: lead", "forms: all\n")
    assert found.wanted == Group(
        1,
        (
            term("قصف", forms="all", scopes=("lead",)),
            Group(1, (term("غارة", forms="all", scopes=("title",)), term("انفجار", scopes=("title",)))),
        ),
    )


def test_the_words_of_a_list_count_as_the_rule_that_uses_them_says() -> None:
    found = condition("any: [$strike]; forms: all; in: title; none: [$strike]", STRIKE)
    listed = tuple(term(t, forms="all", scopes=("title",)) for t in ("غارة", "قصف"))
    assert found == Condition(Group(1, (Group(1, listed),)), none=(Group(1, listed),))


def test_exact_terms_prefixes_and_expressions_have_no_other_forms() -> None:
    found = condition("any: [«حماس», دراس*, {regex: غار.}]; forms: all")
    assert found.wanted is not None
    assert {part.forms for part in found.wanted.parts if isinstance(part, Term)} == {"given"}


def test_places_have_no_other_forms_and_are_looked_for_without_what_settles_them() -> None:
    found = condition("where: ['طرابلس، لبنان', $towns]; forms: all; in: title", "lists: {towns: [حماة]}\n")
    assert found.where == (
        term("طرابلس", written="طرابلس، لبنان", scopes=("title",)),
        term("حماة", scopes=("title",)),
    )


@pytest.mark.parametrize(("said", "scopes"), [("", HEAD), ("; in: text", ("text",)), ("; in: [lead, title]", HEAD)])
def test_none_looks_where_in_looks_and_else_at_title_and_lead(said: str, scopes: Any) -> None:
    assert condition(f"any: [غارة]; none: [مناورة]{said}").none == (term("مناورة", scopes=scopes),)


def test_ignore_looks_at_title_and_lead_unless_it_says_in() -> None:
    rules = parsed(
        CHANNELS + "ignore: [{any: [مسلسل]}, {any: [مباراة], in: text}]\nrules: [{id: r, any: [a], send: [desk]}]"
    )
    assert [c.wanted for c in rules.ignore] == [
        Group(1, (term("مسلسل", scopes=HEAD),)),
        Group(1, (term("مباراة", scopes=("text",)),)),
    ]


def test_what_a_rule_does_not_say_is_live_normal_all_outlets_the_whole_article() -> None:
    (rule,) = parsed(CHANNELS + "rules: [{id: r, any: [غارة], send: [desk]}]").rules
    assert (rule.status, rule.severity, rule.outlets, rule.title, rule.send) == ("live", "normal", (), "r", ("desk",))
    assert rule.condition.wanted == Group(1, (term("غارة", scopes=ARTICLE),))
    assert rule.definition == {"id": "r", "any": ["غارة"], "send": ["desk"]}


def test_a_rule_says_all_that_it_can() -> None:
    (rule,) = parsed(
        CHANNELS + "rules: [{id: 48, title: عنوان, note: لمن بعدي, status: test, severity: urgent, outlets: [arab48],"
        " any: [غارة], send: [desk], examples: {fires: [غارة الليلة], silent: [لا شيء, 7]}}]"
    ).rules
    assert (rule.id, rule.title, rule.status, rule.severity, rule.outlets) == (
        "48",
        "عنوان",
        "test",
        "urgent",
        ("arab48",),
    )
    assert (rule.examples_fire, rule.examples_silent) == (("غارة الليلة",), ("لا شيء", "7"))


def test_channels() -> None:
    rules = parsed(
        """
timezone: Asia/Damascus
operator: ops
scratch: "-100200"
channels:
  desk: {to: "@our_desk"}
  ops: {to: -1001234567890, topic: 12, language: en, timezone: Asia/Baghdad, uncertain: {grace: 2min, then: hold}}
  maps: {to: "@maps", map: true}
rules: [{id: r, any: [غارة], send: [desk, ops, desk, maps]}]
"""
    )
    assert rules.channels == {
        "desk": Channel("desk", "@our_desk", timezone=ZoneInfo("Asia/Damascus")),
        "ops": Channel("ops", -1001234567890, 12, "en", ZoneInfo("Asia/Baghdad"), timedelta(minutes=2), "hold"),
        "maps": Channel("maps", "@maps", timezone=ZoneInfo("Asia/Damascus"), map=True),
    }
    assert (rules.operator, rules.scratch, rules.rules[0].send) == ("ops", -100200, ("desk", "ops", "maps"))


@pytest.mark.parametrize(
    ("grace", "seconds"), [("1s", 1), ("20 s", 20), ("90sec", 90), ("3m", 180), ("10min", 600), ("600s", 600)]
)
def test_a_grace_is_a_number_with_its_unit(grace: str, seconds: int) -> None:
    rules = parsed(
        f"channels: {{c: {{to: '@c', uncertain: {{grace: {grace}}}}}}}\nrules: [{{id: r, any: [a], send: [c]}}]"
    )
    assert rules.channels["c"].uncertain_grace == timedelta(seconds=seconds)


@pytest.mark.parametrize(("said", "outlets"), [("all", ()), ("[enab-baladi, arab48]", ("enab-baladi", "arab48"))])
def test_outlets_are_those_named_or_all(said: str, outlets: tuple[str, ...]) -> None:
    rules = parsed(f"outlets: {said}\n{CHANNELS}rules: [{{id: r, any: [غارة], send: [desk], outlets: {said}}}]")
    assert (rules.outlets, rules.rules[0].outlets) == (outlets, outlets)


def test_json_is_read_with_emoji_as_json_writes_them() -> None:
    rule = {
        "id": "r",
        "title": "🚨 عاجل\n\t\\ud83d",
        "any": ["غارة 🚨"],
        "send": ["desk"],
        "examples": {"fires": ["غارة"]},
    }
    text = json.dumps({"channels": {"desk": {"to": "@d"}}, "rules": [rule]})
    assert "\\ud83d\\udea8" in text
    (read,) = parsed(text).rules
    assert (read.title, read.definition) == ("🚨 عاجل\n\t\\ud83d", rule)


BASE = """forms: given
lists: {a: [$b], b: [غارة], c: [قصف]}
channels: {desk: {to: '@d'}}
rules:
- {id: r, any: [$a], send: [desk]}
- {id: q, any: [$c], send: [desk]}
"""


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("", ""), set()),
        (("'@d'", "'@e'"), set()),
        (("{id: r, any: [$a]", "{any: [$a], id: r"), set()),
        (("any: [$a]", "any: [$a, x]"), {"r"}),
        (("b: [غارة]", "b: [غارات]"), {"r"}),
        (("a: [$b]", "a: [$b, x]"), {"r"}),
        (("c: [قصف]", "c: [قصفت]"), {"q"}),
        (("forms: given", "forms: all"), {"r", "q"}),
    ],
)
def test_the_hash_of_a_rule_changes_with_what_the_rule_means(change: tuple[str, str], changed: set[str]) -> None:
    before = {rule.id: rule.content_hash for rule in parsed(BASE).rules}
    after = {rule.id: rule.content_hash for rule in parsed(BASE.replace(*change)).rules}
    assert {name for name in before if before[name] != after[name]} == changed
    assert all(len(value) == 64 for value in before.values())


def test_the_fingerprint_is_that_of_the_whole_file() -> None:
    assert parsed(BASE).fingerprint == parsed(BASE).fingerprint
    assert parsed(BASE).fingerprint != parsed(BASE + "# note\n").fingerprint


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(BASE, encoding="utf-8")
    assert load_rules(path, ()).path == str(path)


def test_a_file_that_is_not_there_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(RulesError) as caught:
            load_rules(path, (), "en")
        (problem,) = caught.value.problems
        assert (problem.file, problem.line, problem.column, problem.code) == (str(path), 1, 1, "unreadable")


def test_messages_are_in_the_language_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_LANGUAGE", "ar_SY")
    with pytest.raises(RulesError, match="لا يمكن قراءة ملف القواعد"):
        load_rules(tmp_path / "missing.yaml", ())


MANY = "".join(f"  l{n}: [$l{n + 1}, $l{n + 1}, $l{n + 1}]\n" for n in range(20)) + "  l20: [غارة]\n"
DEEP = "".join(f"  l{n}: [$l{n + 1}]\n" for n in range(5000)) + "  l5000: [غارة]\n"


@pytest.mark.parametrize(("lists", "code"), [(MANY, "list-too-large"), (DEEP, "list-too-deep")])
def test_lists_that_multiply_or_nest_without_end_are_refused(lists: str, code: str) -> None:
    with pytest.raises(RulesError) as caught:
        parsed(f"{CHANNELS}lists:\n{lists}rules: [{{id: r, any: [$l0], send: [desk]}}]")
    assert code in {p.code for p in caught.value.problems}
