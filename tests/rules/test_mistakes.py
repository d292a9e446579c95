"""Every mistake that rules.yaml can hold is found, under its name and at its place.

`▸` in a snippet stands where the mistake must be reported; it is taken out before reading.
"""

from __future__ import annotations

import re

import pytest

from alerts.rules.messages import MESSAGES
from alerts.rules.model import Problem, RulesError
from alerts.rules.schema import parse_reading

OUTLETS = ("arab48", "enab-baladi")
HEAD = "channels: {desk: {to: '@our_desk'}}\n"
RULE = "rules:\n- id: r\n  send: [desk]\n"
GOOD = RULE + "  any: [غارة]\n"


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    try:
        return parse_reading(text, "rules.yaml", OUTLETS).warnings
    except RulesError as e:
        return e.problems


def split(snippet: str) -> tuple[str, list[tuple[int, int]]]:
    """The snippet without its marks, and the line and column of each."""
    places = []
    while (at := snippet.find("▸")) >= 0:
        places.append((snippet.count("\n", 0, at) + 1, at - (snippet.rfind("\n", 0, at) + 1) + 1))
        snippet = snippet.replace("▸", "", 1)
    return snippet, places


ERRORS = [
    # the file and its YAML
    ("empty-file", "▸"),
    ("empty-file", "▸# only a comment\n"),
    ("two-documents", HEAD + GOOD + "▸---\nx: 1\n"),
    ("tag", HEAD + RULE + "  any: [▸!!python/name:os.system x]\n"),
    ("control-character", HEAD + RULE + "  any: [غا▸\x07رة]\n"),
    ("tab", HEAD + "rules:\n▸\t- id: r\n"),
    ("reserved-start", "channels: {desk: {to: ▸@our_desk}}\n" + GOOD),
    ("reserved-start", HEAD + RULE + "  any: [▸%نسبة]\n"),
    ("colon", HEAD + "rules:\n- id: r\n  title: عاجل▸: انفجار\n"),
    ("indentation", HEAD + RULE + "  any: [غارة]\n ▸title: ضربات\n"),
    ("bracket", HEAD + "rules:\n- id: r\n  any: ▸[غارة, قصف\n  send: [desk]\n"),
    ("bracket", HEAD + "rules:\n- id: r\n  any: ['غارة' ▸جوية]\n  send: [desk]\n"),
    ("quote", HEAD + "rules:\n- id: r\n  title: ▸'ضربات\n"),
    ("no-colon", HEAD + "rules:\n- id: r\n  ▸send\n  any: [غارة]\n"),
    ("star-or-ampersand", HEAD + RULE + "  any: [▸*غارة]\n"),
    ("star-or-ampersand", HEAD + RULE + "  any: [▸&غارة]\n"),
    ("escape", HEAD + RULE + '  any: ["غا▸\\قرة"]\n'),
    ("nothing-here", HEAD + RULE + "  any: [غارة,▸, قصف]\n"),
    ("alias-unknown", HEAD + RULE + "  any: [▸*strike]\n"),
    ("alias-unknown", HEAD + RULE + "  any: &loop [غارة, ▸*loop]\n"),
    ("key-not-text", HEAD + GOOD + "▸[a, b]: 1\n"),
    ("key-twice", HEAD + GOOD + "  ▸send: [desk]\n"),
    # keys and kinds of value
    ("not-mapping", "▸[a]\n"),
    ("not-mapping", HEAD + "rules: [▸غارة]\n"),
    ("key-unknown", HEAD + GOOD + "  ▸wehre: [البوكمال]\n"),
    ("key-unknown", HEAD + GOOD + "▸rule: []\n"),
    ("key-later", HEAD + GOOD + "  ▸quiet: {from: '23:00'}\n"),
    ("include-nowhere", HEAD + GOOD + "▸include: [more.yaml]\n"),
    ("not-list", HEAD + GOOD + "  not_where: ▸حماة\n"),
    ("not-one-of", HEAD + GOOD + "  demonyms: ▸always\n"),
    ("empty-list", HEAD + GOOD + "regions: ▸{}\n"),
    ("key-missing", "▸" + GOOD),
    ("key-missing", "▸" + HEAD),
    ("key-missing", HEAD + "rules:\n- ▸send: [desk]\n  any: [غارة]\n"),
    ("key-missing", HEAD + "rules:\n- ▸id: r\n  any: [غارة]\n"),
    ("key-missing", "channels: {desk: ▸{language: ar}}\n" + GOOD),
    ("not-list", HEAD + RULE + "  any: ▸غارة, قصف\n"),
    ("not-list", HEAD + "rules:\n- id: r\n  send: ▸desk\n  any: [غارة]\n"),
    ("empty-list", HEAD + RULE + "  any: ▸[]\n"),
    ("empty-list", HEAD + GOOD + "lists: {strike: ▸[]}\n"),
    ("empty-list", HEAD + "rules: ▸[]\n"),
    ("not-text", HEAD + GOOD + "  title: ▸[a]\n"),
    ("not-text", HEAD + GOOD + "  title:▸\n  status: live\n"),
    ("not-text", HEAD + GOOD + "  examples: {fires: [▸{a: b}]}\n"),
    ("not-one-of", HEAD + GOOD + "  severity: ▸Urgent\n"),
    ("not-one-of", HEAD + GOOD + "  status: ▸off\n"),
    ("not-one-of", HEAD + GOOD + "  in: ▸body\n"),
    ("not-number", "channels: {desk: {to: '@d', topic: ▸zero}}\n" + GOOD),
    ("not-number", "channels: {desk: {to: '@d', topic: ▸12:30}}\n" + GOOD),
    ("not-number", HEAD + RULE + "  any: [{term: غارة, weight: ▸0}, قصف]\n  threshold: 1\n"),
    ("name", HEAD + "rules:\n- id: ▸east strikes\n  any: [غارة]\n  send: [desk]\n"),
    ("name", "channels: {▸'the desk': {to: '@d'}}\nrules:\n- id: r\n  any: [غارة]\n  send: [the desk]\n"),
    ("invisible", HEAD + "rules:\n- id: ▸r\u200f\n  any: [غارة]\n  send: [desk]\n"),
    ("invisible", HEAD + "rules:\n- id: r\n  any: [غارة]\n  send: [▸desk\u200e]\n"),
    ("invisible", HEAD + GOOD + "  ▸title\u200b: ضربات\n"),
    ("invisible", HEAD + "lists: {strike: [غارة]}\n" + RULE + "  any: [▸$strike\u200f]\n"),
    # outlets and channels
    ("outlet-unknown", "outlets: [arab48, ▸arab84]\n" + HEAD + GOOD),
    ("outlet-unknown", HEAD + GOOD + "  outlets: [▸bbc]\n"),
    ("outlets-text", "outlets: ▸arab48\n" + HEAD + GOOD),
    ("channel-unknown", HEAD + "rules:\n- id: r\n  any: [غارة]\n  send: [▸dsek]\n"),
    ("channel-unknown", HEAD + GOOD + "operator: ▸ops\n"),
    ("chat", "channels: {desk: {to: ▸our_desk}}\n" + GOOD),
    ("chat", "channels: {desk: {to: ▸'https://t.me/our_desk'}}\n" + GOOD),
    ("chat", "channels: {desk: {to: ▸0}}\n" + GOOD),
    ("chat", HEAD + GOOD + "scratch: ▸me\n"),
    ("timezone", "channels: {desk: {to: '@d', timezone: ▸Asia/Damascsu}}\n" + GOOD),
    ("timezone", "timezone: ▸../../etc/passwd\n" + HEAD + GOOD),
    ("timezone", "timezone: ▸Asia\n" + HEAD + GOOD),
    ("grace", "channels: {desk: {to: '@d', uncertain: {grace: ▸20}}}\n" + GOOD),
    ("grace", "channels: {desk: {to: '@d', uncertain: {grace: ▸0s}}}\n" + GOOD),
    ("grace", "channels: {desk: {to: '@d', uncertain: {grace: ▸11min}}}\n" + GOOD),
    ("not-one-of", "channels: {desk: {to: '@d', uncertain: {then: ▸retry}}}\n" + GOOD),
    # quiet hours, limits, digests
    ("time-of-day", "channels: {desk: {to: '@d', quiet: {from: ▸'24:00', to: '06:00'}}}\n" + GOOD),
    ("time-of-day", "channels: {desk: {to: '@d', quiet: {from: '23:00', to: ▸6}}}\n" + GOOD),
    ("time-of-day", "channels: {desk: {to: '@d', quiet: {from: ▸11pm, to: '06:00'}}}\n" + GOOD),
    ("time-of-day", "channels: {desk: {to: '@d', digest: {at: ['08:00', ▸'8:60']}}}\n" + GOOD),
    ("quiet-empty", "channels: {desk: {to: '@d', quiet: {from: '6:00', to: ▸'06:00'}}}\n" + GOOD),
    ("key-missing", "channels: {desk: {to: '@d', quiet: ▸{from: '23:00'}}}\n" + GOOD),
    ("key-missing", "channels: {desk: {to: '@d', limit: ▸{pass: urgent}}}\n" + GOOD),
    ("key-unknown", "channels: {desk: {to: '@d', limit: {per_hour: 3, ▸per: place}}}\n" + GOOD),
    ("key-unknown", "channels: {desk: {to: '@d', quiet: {from: '23:00', to: '06:00', ▸days: [fri]}}}\n" + GOOD),
    ("not-mapping", "channels: {desk: {to: '@d', quiet: ▸23:00-06:00}}\n" + GOOD),
    ("not-mapping", "channels: {desk: {to: '@d', limit: ▸12}}\n" + GOOD),
    ("not-number", "channels: {desk: {to: '@d', limit: {per_hour: ▸0}}}\n" + GOOD),
    ("not-number", HEAD + GOOD + "  limit: {per_hour: ▸1001}\n"),
    ("not-one-of", HEAD + GOOD + "  limit: {per_hour: 3, per: ▸channel}\n"),
    ("not-one-of", "channels: {desk: {to: '@d', quiet: {from: '23:00', to: '06:00', pass: ▸info}}}\n" + GOOD),
    ("timezone", "channels: {desk: {to: '@d', quiet: {from: 23:00, to: 6:00, timezone: ▸Damascus}}}\n" + GOOD),
    ("digest-when", "channels: {desk: {to: '@d', digest: ▸{days: [mon]}}}\n" + GOOD),
    ("digest-when", "channels: {desk: {to: '@d', digest: ▸{every: 3h, at: '08:00'}}}\n" + GOOD),
    ("digest-when", "channels: {desk: {to: '@d', digest: ▸['08:00']}}\n" + GOOD),
    ("digest-every", "channels: {desk: {to: '@d', digest: ▸daily}}\n" + GOOD),
    ("digest-every", "channels: {desk: {to: '@d', digest: ▸3h}}\n" + GOOD),
    ("digest-every", "channels: {desk: {to: '@d', digest: ▸every 14min}}\n" + GOOD),
    ("digest-every", "channels: {desk: {to: '@d', digest: {every: ▸1d}}}\n" + GOOD),
    ("weekday", "channels: {desk: {to: '@d', digest: {at: '08:00', days: [mon, ▸1]}}}\n" + GOOD),
    ("weekday", "channels: {desk: {to: '@d', digest: {at: '08:00', days: [▸الجمعه الأولى]}}}\n" + GOOD),
    ("not-list", "channels: {desk: {to: '@d', digest: {at: '08:00', days: ▸mon}}}\n" + GOOD),
    ("not-one-of", "channels: {desk: {to: '@d', map: ▸maybe}}\n" + GOOD),
    # lists
    ("list-unknown", HEAD + RULE + "  any: [▸$strik]\nlists: {strike: [غارة]}\n"),
    ("list-unknown", HEAD + GOOD + "lists: {strike: [غارة, ▸$toll]}\n"),
    ("list-cycle", HEAD + GOOD + "lists: {a: [▸$a, غارة]}\n"),
    ("list-cycle", HEAD + GOOD + "lists: {a: [$b], b: [$c], c: [قصف, ▸$a]}\n"),
    ("list-takes-terms", HEAD + GOOD + "lists: {a: [▸{any: [غارة]}]}\n"),
    ("list-in-term", HEAD + RULE + "  any: [{term: ▸$a, in: title}]\nlists: {a: [غارة]}\n"),
    # rules
    ("rule-twice", HEAD + GOOD + "- id: ▸r\n  any: [قصف]\n  send: [desk]\n"),
    ("nothing-wanted", HEAD + "rules:\n- ▸id: r\n  none: [غارة]\n  send: [desk]\n"),
    ("nothing-wanted", HEAD + GOOD + "ignore: [▸{in: title}]\n"),
    ("near-alone", HEAD + GOOD + "  ▸near: sentence\n"),
    ("near-alone", HEAD + RULE + "  where: [البوكمال]\n  ▸near: {words: 5}\n"),
    ("near", HEAD + GOOD + "  where: [البوكمال]\n  near: ▸close\n"),
    ("not-number", HEAD + GOOD + "  where: [البوكمال]\n  near: {words: ▸0}\n"),
    ("threshold", HEAD + GOOD + "  threshold: ▸2\n"),
    ("threshold", HEAD + RULE + "  ▸at least 3 of: [غارة, قصف]\n"),
    ("threshold", HEAD + RULE + "  ▸at least 0 of: [غارة, قصف]\n"),
    ("threshold-alone", HEAD + RULE + "  all: [غارة]\n  ▸threshold: 1\n"),
    ("weight-alone", HEAD + RULE + "  any: [{term: غارة, ▸weight: 2}]\n"),
    ("weight-alone", HEAD + RULE + "  where: [{term: البوكمال, ▸weight: 2}]\n"),
    ("none-nested", HEAD + RULE + "  any: [{▸none: [مناورة]}]\n"),
    # terms
    ("term-empty", HEAD + RULE + "  any: [▸'!!!']\n"),
    ("term-empty", HEAD + RULE + "  any: [▸ـــ]\n"),
    ("term-empty", HEAD + RULE + "  any: [▸'\u064b\u064c']\n"),
    ("term-empty", HEAD + RULE + "  any: [▸«»]\n"),
    ("term-empty", HEAD + RULE + "  where: [▸'،']\n"),
    ("term-missing", HEAD + RULE + "  any: [▸~]\n"),
    ("term-missing", HEAD + RULE + "  any:\n  - غارة\n  -▸\n"),
    ("term-colon", HEAD + RULE + "  any:\n  - ▸عاجل: انفجار\n"),
    ("term-list", HEAD + RULE + "  any: [▸[غارة, قصف]]\n"),
    ("term-many-kinds", HEAD + RULE + "  any: [▸{term: غارة, exact: غارة}]\n"),
    ("not-text", HEAD + RULE + "  any: [{term: ▸[غارة]}]\n"),
    ("term-long", HEAD + RULE + f"  any: [▸{'كلمة ' * 50}]\n"),
    ("term-star", HEAD + RULE + "  any: [▸غا*رة]\n"),
    ("term-star", HEAD + RULE + "  any: [▸غ*]\n"),
    ("term-star", HEAD + RULE + "  any: [▸غارة **]\n"),
    ("term-guillemets", HEAD + RULE + "  any: [▸«غارة» جوية]\n"),
    ("term-guillemets", HEAD + RULE + "  any: [▸«غارة]\n"),
    ("term-forms", HEAD + RULE + "  any: [{exact: غارة, ▸forms: all}]\n"),
    ("regex", HEAD + RULE + "  any: [{regex: ▸'غار(?=ة)'}]\n"),
    ("regex", HEAD + RULE + "  any: [{regex: ▸'(غارة'}]\n"),
    ("regex", HEAD + RULE + "  any: [{regex: ▸'((((غا{1,999}){1,999}){1,999}){1,999})'}]\n"),
    ("regex-empty", HEAD + RULE + "  any: [▸'regex: (غارة)*']\n"),
]


@pytest.mark.parametrize(("code", "snippet"), ERRORS, ids=lambda v: v if re.fullmatch("[a-z-]+", v) else "")
def test_a_mistake_is_found_under_its_name_and_at_its_place(code: str, snippet: str) -> None:
    text, places = split(snippet)
    found = [p for p in problems_of(text) if p.level == "error"]
    assert [(p.line, p.column) for p in found] == places
    assert code in {p.code for p in found}


WARNINGS = [
    ("term-yaml-word", HEAD + RULE + "  any: [▸no, غارة]\n"),
    ("term-yaml-word", HEAD + RULE + "  any: [غارة, ▸On]\n"),
    ("term-quoted", HEAD + RULE + '  any: [غارة, ▸"قصف", "ضربة"]\n'),
    ("term-quoted", HEAD + RULE + "  any: [▸'\"قصف\"']\n"),
    ("invisible", HEAD + RULE + "  any: [▸غارة\u200f]\n"),
    ("outlet-not-read", "outlets: [arab48]\n" + HEAD + GOOD + "  outlets: ▸[enab-baladi]\n"),
    ("list-unused", HEAD + GOOD + "lists: {▸strike: [غارة]}\n"),
    ("channel-unused", "channels: {desk: {to: '@d'}, ▸spare: {to: '@s'}}\n" + GOOD),
]


@pytest.mark.parametrize(("code", "snippet"), WARNINGS)
def test_what_works_but_hardly_as_meant_is_a_warning(code: str, snippet: str) -> None:
    text, places = split(snippet)
    assert [(p.line, p.column, p.code, p.level) for p in problems_of(text)] == [(*places[0], code, "warning")]


@pytest.mark.parametrize(
    "snippet",
    [
        HEAD + GOOD,
        HEAD + RULE + "  any: [48, 1_000, 4.8, 'no']\n",
        HEAD + RULE + "  any: ['غارة: جوية', \"قصف، دمار\"]\n",
        HEAD + RULE + "  any: [«غارة»]\n",
        HEAD + GOOD + "operator: desk\n",
        "channels: {desk: {to: '@d'}, ops: {to: '@o'}}\noperator: ops\n" + GOOD,
        HEAD + RULE + "  any: [$a]\nlists: {a: [$b], b: [غارة]}\n",
        "\ufeff" + HEAD + GOOD,
        (HEAD + GOOD).replace("\n", "\r\n"),
        "---\n" + HEAD + GOOD + "...\n",
    ],
)
def test_a_good_file_has_no_problem(snippet: str) -> None:
    assert problems_of(snippet) == ()


def test_all_mistakes_of_a_file_are_found_in_one_reading_in_the_order_of_the_file() -> None:
    text = HEAD + "rules:\n- id: a\n  any: ['!']\n  send: [x]\n- id: a\n  severity: high\n  send: [desk]\n"
    assert [(p.line, p.code) for p in problems_of(text)] == [
        (4, "term-empty"),
        (5, "channel-unknown"),
        (6, "nothing-wanted"),
        (6, "rule-twice"),
        (7, "not-one-of"),
    ]


def test_a_mistake_is_one_line_with_file_line_column_what_and_remedy() -> None:
    text = HEAD + RULE + "  any: ['!\n\n !']\n"
    assert [str(p) for p in problems_of(text)] == [
        "rules.yaml:5:9: the term ! ! can match nothing: no letter or digit is left of it; write a word, or remove it"
    ]


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("send: [dsek]", "desk"), ("outlets: [arb48]", "arab48"), ("any: [$strik]", "strike"), ("sevrity: x", "severity")],
)
def test_the_nearest_known_name_is_proposed(wrong: str, near: str) -> None:
    text = HEAD + f"lists: {{strike: [غارة]}}\nrules:\n- id: r\n  where: [حماة]\n  {wrong}\n"
    assert any(f"did you mean {near}?" in p.remedy for p in problems_of(text))


def test_lines_are_counted_alike_whatever_ends_them() -> None:
    text = HEAD + GOOD + "  ▸wehre: [البوكمال]\n"
    text, places = split(text)
    for ending in ("\n", "\r\n", "\r"):
        assert [(p.line, p.column) for p in problems_of(text.replace("\n", ending))] == places


def test_a_file_that_is_not_utf_8_is_refused_with_its_line() -> None:
    (problem,) = problems_of((HEAD + GOOD).encode("cp1256"))
    assert (problem.code, "line 5" in problem.what) == ("encoding", True)


def test_utf_16_with_its_mark_is_read() -> None:
    assert problems_of((HEAD + GOOD).encode("utf-16")) == ()


def test_every_message_is_tried_here() -> None:
    elsewhere = {"unreadable", "encoding", "example-silent", "example-fires", "term-swallowed", "yaml"}
    elsewhere |= {"place-ambiguous", "place-unknown", "region-empty", "circle-size", "circle-centre"}  # test_areas.py
    elsewhere |= {code for code in MESSAGES if code.startswith("include-")} | {"twice-in-files"}  # test_include.py
    bounds = {"too-large", "too-many-nodes", "too-deep", "too-many-aliases", "list-too-large", "list-too-deep"}
    tried = {code for code, _ in (*ERRORS, *WARNINGS)}
    assert set(MESSAGES) == tried | elsewhere | bounds
