"""check, match and explain as they are typed: output, exit codes, and one line for each mistake."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import main
from crawler.outlets.catalogue import load_catalogue

SEED = Path(__file__).parents[2] / "../shared/data/seed/arab48.txt"

RULES = """
channels: {desk: {to: '@our_desk'}, wire: {to: '@our_wire'}}
lists: {strike: [غارة, ضربات, انفجارات]}
rules:
- {id: east, where: [البوكمال], any: [$strike], severity: urgent, send: [desk, wire]}
- {id: hama, any: [حماة], send: [desk]}
- {id: self, any: [عرب 48, تلجرام], send: [desk]}
- {id: tried, any: [البوكمال], status: test, send: [desk]}
- {id: drafted, any: [البوكمال], status: draft, send: [desk]}
- {id: only-enab, any: [البوكمال], outlets: [enab-baladi], send: [desk]}
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith(("MARSAD_", "LC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


class Marsad:
    """The command line, called in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def __call__(self, *words: str, stdin: str | bytes = b"") -> int:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(words)
        self.out, self.err = self.capsys.readouterr()
        return code

    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def marsad(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Marsad:
    return Marsad(capsys, monkeypatch)


def record(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


# -- match -------------------------------------------------------------------------------------------------------


def test_match_gives_for_each_record_the_rules_their_channels_and_their_evidence(marsad: Marsad, rules: Path) -> None:
    line = record(id=7, title="والغارة على البوكمال", text="سمع دوي انفجارات في البوكمال.", outlet="arab48")
    assert marsad("match", stdin=line) == 0
    (answer,) = marsad.answers()
    assert answer["id"] == 7
    places = [(p["field"], p["surface"], p["name"], p["path"][0]) for p in answer["places"]]
    assert places == [("title", "البوكمال", "البوكمال", "SY"), ("text", "البوكمال", "البوكمال", "SY")]
    assert [m["rule"] for m in answer["matches"]] == ["east", "tried"]
    east = answer["matches"][0]
    assert (east["severity"], east["channels"]) == ("urgent", ["desk", "wire"])
    assert east["evidence"] == [
        {"field": "title", "start": 0, "end": 7, "surface": "والغارة", "term": "غارة"},
        {"field": "title", "start": 12, "end": 20, "surface": "البوكمال", "place": "البوكمال"},
        {"field": "text", "start": 8, "end": 16, "surface": "انفجارات", "term": "انفجارات"},
        {"field": "text", "start": 20, "end": 28, "surface": "البوكمال", "place": "البوكمال"},
    ]


def test_match_tries_a_record_without_outlet_against_the_rules_of_every_outlet(marsad: Marsad, rules: Path) -> None:
    lines = [record(id=n, text="البوكمال", outlet=o) for n, o in enumerate((None, "enab-baladi", "arab48", "nobody"))]
    assert marsad("match", "-", stdin="".join(lines)) == 0
    assert ["only-enab" in {m["rule"] for m in a["matches"]} for a in marsad.answers()] == [True, True, False, False]


def test_match_answers_a_bad_record_in_its_place_and_goes_on(marsad: Marsad, rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(record(id=1, text="حماة") + "{bad\n" + record(id="x") + record(id=2, text="حماة"), encoding="utf-8")
    assert marsad("match", str(file)) == 1
    answers = marsad.answers()
    assert [a["id"] for a in answers] == [1, None, "x", 2]
    assert ["error" in a for a in answers] == [False, True, True, False]


def test_match_counts_code_points_of_the_input_as_it_was_given(marsad: Marsad, rules: Path) -> None:
    text = "\ud83d 🚨 \u200fوالغَـارَة على البوكمال"
    assert marsad("match", stdin=json.dumps({"id": "a\ud83d", "text": text})) == 0
    (answer,) = marsad.answers()
    assert answer["id"] == "a\ud83d"
    (hit,) = [e for m in answer["matches"] for e in m["evidence"] if e.get("term") == "غارة"]
    assert text[hit["start"] : hit["end"]] == hit["surface"] == "والغَـارَة"


def test_match_counts_positions_in_the_input_where_boilerplate_was_cut_out(marsad: Marsad, rules: Path) -> None:
    related = "اقرأ أيضًا:\nتعزيزات تصل إلى حماة\n"
    text = f"دخل الوفد المدينة ظهر اليوم قادمًا من العاصمة.\n{related}ثم زار البوكمال قبل المغرب وعاد."
    assert marsad("match", stdin=record(id=1, text=text)) == 0
    (answer,) = marsad.answers()
    assert {m["rule"] for m in answer["matches"]} == {"tried", "only-enab"}
    (hit,) = answer["matches"][0]["evidence"]
    assert text[hit["start"] : hit["end"]] == "البوكمال"


def test_match_on_the_seed_article_fires_on_its_story_and_on_nothing_beside_it(marsad: Marsad, rules: Path) -> None:
    if not SEED.exists():
        pytest.skip("../shared/data is not here")
    text = SEED.read_text(encoding="utf-8")
    assert marsad("match", stdin=record(id="seed", text=text, outlet="arab48")) == 0
    (answer,) = marsad.answers()
    found = {m["rule"]: m["evidence"] for m in answer["matches"]}
    assert set(found) == {"east", "tried"}
    assert all(text[e["start"] : e["end"]] == e["surface"] for e in found["east"])
    assert {e.get("place") for e in found["east"]} == {None, "البوكمال"}


def test_match_names_a_file_that_cannot_be_read(marsad: Marsad, rules: Path) -> None:
    assert marsad("match", "missing.jsonl") == 2
    assert marsad.err.count("\n") == 1
    assert "missing.jsonl" in marsad.err


@pytest.mark.parametrize("command", [["match"], ["explain", "east"], ["check"]])
def test_a_rules_file_with_mistakes_is_one_line_for_each_and_exit_2(
    command: list[str], marsad: Marsad, rules: Path
) -> None:
    rules.write_text("channels: {desk: {to: our_desk}}\nrules: [{id: r, any: ['!'], send: [dsek]}]\n", encoding="utf-8")
    assert marsad(*command, "--rules", str(rules), stdin=record(id=1, text="t")) == 2
    assert [line.split(": ")[0] for line in marsad.err.splitlines()] == [
        f"{rules}:1:23",
        f"{rules}:2:23",
        f"{rules}:2:36",
    ]
    assert marsad.out == ""


def test_an_outlet_file_with_a_mistake_is_one_line_and_exit_2(
    marsad: Marsad, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "outlets"
    folder.mkdir()
    (folder / "bad.yaml").write_text("id: [\n", encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(folder))
    assert marsad("match") == 2
    assert marsad.err.count("\n") == 1
    assert "bad.yaml" in marsad.err


def test_rules_may_name_the_operators_own_outlets(
    marsad: Marsad, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "outlets"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "id: own\nname: {ar: خاص, en: Own}\ncountry: SY\nhomepage: http://own.test\ntimezone: Asia/Damascus\n"
        "boilerplate: [مجلة الأجيال]\n",
        encoding="utf-8",
    )
    rules.write_text("outlets: [own]\n" + RULES, encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(folder))
    text = "اقتنوا مجلة الأجيال في حماة\nهدوء في المدينة."
    assert marsad("match", stdin=record(id=1, outlet="own", text=text) + record(id=2, text=text)) == 0
    assert [len(a["matches"]) for a in marsad.answers()] == [0, 1]


# -- check -------------------------------------------------------------------------------------------------------

EXAMPLE = (
    "channels: {{desk: {{to: '@our_desk'}}}}\n"
    "rules: [{{id: r, any: [غارة], send: [desk], examples: {{fires: ['{}']}}}}]\n"
)


def test_check_sums_up_a_good_file(marsad: Marsad, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(EXAMPLE.format("غارة ليلية"), encoding="utf-8")
    assert marsad("check", "mine.yaml") == 0
    outlets = len(load_catalogue())
    assert marsad.out.endswith(f"mine.yaml: good; rules: 1, channels: 1, outlets: {outlets}, examples: 1\n")
    assert marsad.err == ""


def test_check_of_an_example_that_fails_is_exit_1(marsad: Marsad, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(EXAMPLE.format("هدوء تام"), encoding="utf-8")
    assert marsad("check", "--rules", "mine.yaml") == 1
    assert "mine.yaml:2:63: rule r does not fire" in marsad.err
    assert marsad.out == ""


def test_check_shows_warnings_and_is_content(marsad: Marsad) -> None:
    assert marsad("check", "-", stdin=EXAMPLE.format("غارة") + "lists: {spare: [قصف]}\n") == 0
    assert marsad.err.startswith("<stdin>:3:9: warning: no rule uses the list spare; ")
    assert marsad.out.startswith("<stdin>: good")


def test_check_speaks_the_editors_language(marsad: Marsad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ar_SY.UTF-8")
    assert marsad("check", "-", stdin=EXAMPLE.format("غارة") + "lists: {spare: [قصف]}\n") == 0
    assert "تنبيه: لا قاعدة تستعمل القائمة spare" in marsad.err
    assert "سليم" in marsad.out


@pytest.mark.parametrize(("lang", "environ"), [("ar", "en_US"), ("en", "ar_SY")])
@pytest.mark.parametrize("command", ["check", "explain", "match"])
def test_a_language_that_is_asked_for_goes_before_that_of_the_environment(
    command: str, lang: str, environ: str, marsad: Marsad, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARSAD_LANGUAGE", environ)
    rules.write_text(RULES.replace("send: [desk, wire]", "send: [dsek]"), encoding="utf-8")
    words = ["east"] if command == "explain" else []
    assert marsad(command, *words, "--lang", lang, stdin="غارة") == 2
    assert ("did you mean desk?" in marsad.err, "لعلك تقصد desk" in marsad.err) == (lang == "en", lang == "ar")


def test_an_account_and_a_summary_are_in_the_language_that_is_asked_for(marsad: Marsad, rules: Path) -> None:
    assert marsad("check", "--lang", "ar") == 0
    assert "سليم" in marsad.out
    assert marsad("explain", "hama", "--lang", "en", stdin="حماة") == 0
    english = marsad.out
    assert marsad("explain", "hama", "--lang", "ar", stdin="حماة") == 0
    assert marsad.out.splitlines()[0] != english.splitlines()[0]


def test_check_names_rules_yaml_and_the_included_file_of_each_mistake(marsad: Marsad, rules: Path) -> None:
    rules.write_text(RULES + "include: [more.yaml]\n", encoding="utf-8")
    (rules.parent / "more.yaml").write_text("rules:\n- {id: east, any: [غارة], send: [desk]}\n", encoding="utf-8")
    assert marsad("check") == 2
    assert marsad.err.startswith(f"{rules.parent}/more.yaml:2:8: east is already in another file, at {rules}:5:8; ")
    assert marsad("check", "--json") == 2
    (answer,) = marsad.answers()
    assert (answer["file"], answer["problems"][0]["file"]) == (str(rules), f"{rules.parent}/more.yaml")


@pytest.mark.parametrize(
    ("text", "code", "good", "codes"),
    [
        (EXAMPLE.format("غارة"), 0, True, []),
        (EXAMPLE.format("هدوء"), 1, False, ["example-silent"]),
        (EXAMPLE.format("غارة") + "x: 1\n", 2, False, ["key-unknown"]),
        (EXAMPLE.format("غارة") + "lists: {a: [ب]}\n", 0, True, ["list-unused"]),
    ],
)
def test_check_prints_problems_as_json(marsad: Marsad, text: str, code: int, good: bool, codes: list[str]) -> None:
    assert marsad("check", "--json", "-", stdin=text) == code
    (said,) = marsad.answers()
    assert (said["good"], [p["code"] for p in said["problems"]]) == (good, codes)
    assert all({"file", "line", "column", "what", "remedy", "level"} <= set(p) for p in said["problems"])
    assert marsad.err == ""


def test_check_of_a_missing_file_says_so_in_a_line(marsad: Marsad) -> None:
    assert marsad("check", "nowhere.yaml") == 2
    assert marsad.err.count("\n") == 1
    assert "nowhere.yaml:1:1: the rules file cannot be read" in marsad.err


# -- explain -----------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="ar"><head><title>غارة على البوكمال</title></head><body><article>
<h1>غارة على البوكمال فجر اليوم</h1>
<p>شنت طائرات مجهولة فجر اليوم غارة على أطراف مدينة البوكمال شرقي البلاد، وسمع السكان دوي انفجارات متتالية.</p>
<p>وقال شهود عيان إن سيارات الإسعاف توجهت إلى المكان على الفور، ولم ترد معلومات مؤكدة عن ضحايا حتى ساعة إعداد الخبر.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    "article",
    [
        record(id=1, title="غارة", text="في البوكمال"),
        "\n " + json.dumps({"id": 1, "text": "غارة في البوكمال"}, indent=2),
        record(id=1, text="غارة في البوكمال") + record(id=2, text="هدوء"),
        "غارة على البوكمال\nنص الخبر",
        "\ufeffغارة على البوكمال",
        PAGE,
    ],
)
def test_explain_tells_records_text_and_pages_apart_by_their_beginning(
    marsad: Marsad, rules: Path, article: str
) -> None:
    assert marsad("explain", "east", stdin=article) == 0
    assert marsad.out.startswith("rule east fires\n")
    assert "⟦غارة⟧" in marsad.out
    assert "⟦البوكمال⟧" in marsad.out
    assert "\033" not in marsad.out


def test_explain_of_a_rule_that_does_not_fire_is_exit_1(marsad: Marsad, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("هدوء في البوكمال", encoding="utf-8")
    assert marsad("explain", "east", "article.txt") == 1
    assert "✗ terms" in marsad.out
    assert "✓ where" in marsad.out


@pytest.mark.parametrize(("outlet", "code"), [("arab48", 1), ("enab-baladi", 0)])
def test_explain_takes_the_outlet_that_it_is_told(marsad: Marsad, rules: Path, outlet: str, code: int) -> None:
    assert marsad("explain", "only-enab", "--outlet", outlet, stdin=record(id=1, outlet="x", text="البوكمال")) == code


def test_explain_prints_json(marsad: Marsad, rules: Path) -> None:
    assert marsad("explain", "east", "--json", stdin="غارة") == 1
    (said,) = marsad.answers()
    assert (said["rule"], said["fires"], said["why"]) == ("east", False, "where: missing: البوكمال")


@pytest.mark.parametrize(
    ("words", "stdin", "error"),
    [
        (["est"], b"x", "there is no rule est; name one of its rules (did you mean east?)"),
        (["east", "nowhere.txt"], b"", "nowhere.txt: cannot be read"),
        (["east", "https://example.org/a"], b"", "save the page"),
        (["east"], "غارة".encode("cp1256"), "not UTF-8"),
        (["east"], b'{"id": 1}', "no text"),
        (["east"], b"<html><body></body></html>", "no article was found"),
    ],
)
def test_explain_of_what_cannot_be_read_is_one_line_and_exit_2(
    marsad: Marsad, rules: Path, words: list[str], stdin: bytes, error: str
) -> None:
    assert marsad("explain", *words, stdin=stdin) == 2
    assert error in marsad.err
    assert marsad.err.count("\n") == 1
    assert marsad.out == ""


# -- the real program --------------------------------------------------------------------------------------------


def run(*words: str, stdin: bytes, cwd: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "alerts.cli", *words]
    paths = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, env={**paths, **environ}, timeout=60)


def test_the_program_writes_utf_8_whatever_the_locale(rules: Path, tmp_path: Path) -> None:
    line = json.dumps({"id": "ع\ud83d", "text": "حماة"}).encode()
    done = run("match", stdin=line, cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert '"id": "ع\\ud83d"'.encode() in done.stdout
    assert "حماة".encode() in done.stdout


def test_match_starts_without_the_libraries_of_the_other_commands(rules: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from alerts.cli import main; assert main(['match']) == 0;"
        "heavy = {'scrapy', 'twisted', 'sqlalchemy', 'bs4', 'telegram', 'httpx', 'lxml', 'trafilatura', 'aiohttp'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=record(id=1, text="حماة").encode(),
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
        timeout=60,
    )
    assert done.stderr == b"[]\n"
    assert json.loads(done.stdout)["matches"][0]["rule"] == "hama"


@pytest.mark.parametrize("command", ["check", "match", "explain"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "example:\n  " in capsys.readouterr().out
