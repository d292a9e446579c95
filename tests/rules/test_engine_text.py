"""The engine on any text at all: positions are right, nothing crashes, and the work grows as the text does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.arabic.folding import fold
from alerts.rules import scan
from alerts.rules.engine import Engine
from alerts.rules.expression import HEAD, Near
from alerts.rules.model import Document
from tests.rules.make import condition, group, rule, term

PIECES = [
    *("غارة", "غارات", "الغارة", "لغارتهم", "غَارَةً", "غـارة", "ضربة", "جوية", "الجوية", "بعيد", "الفطر", "حرب", "حرباء"),
    *("U.N.", "BBC", "F16", "3.5", "٣", "1,500", "«", "»", "،", ".", "!", "\n", " ", "  ", "\u200f", "\u0654", "ـ", "َ"),
    *("ﷲ", "ﻻ", "ک", "я", "\ud800", "\U0001f534", "و", "ال", "ب", "دراسات", "د"),
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.just(" "), st.characters(), st.characters(categories=["Cs"]))
).map("".join)
ENGINE = Engine(
    [
        rule("word", condition([term("غارة", forms="all"), "حرب", "الله", "я"])),
        rule("phrase", condition(["ضربة جوية", "عيد الفطر", "U.N.", "غارة غارة"])),
        rule("exact", condition(["«غارة»", "«F16»", "«3.5»"])),
        rule("open", condition(["دراس*", "ضربة جو*"])),
        rule("regex", condition([r"regex:غار\w+", r"regex:\d+"])),
        rule("near", condition(["غارة"], ["حرب", "BBC"], Near("words", 3))),
        rule("sentence", condition(group(["غارة", "3"], 2), near=Near("sentence"))),
        rule("none", condition(["غارة"], none=[term("حرب", scopes=HEAD)])),
    ]
)


@given(TEXTS, TEXTS, st.booleans(), st.data())
@settings(max_examples=300)
def test_evidence_always_stands_where_it_says(title: str, text: str, cut: bool, data: st.DataObject) -> None:
    kept = None
    if cut:
        ends = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
        kept = tuple(zip(ends[::2], ends[1::2], strict=False))
    for match in ENGINE.match(Document(title, text, kept=kept)):
        assert match.evidence
        for evidence in match.evidence:
            field = title if evidence.field == "title" else text
            assert 0 <= evidence.start < evidence.end <= len(field)
            assert field[evidence.start : evidence.end] == evidence.surface
            assert fold(evidence.surface).strip(), "a surface has letters"
            if kept is not None and evidence.field == "text":
                assert any(start <= evidence.start and evidence.end <= end for start, end in kept)
        starts = [(evidence.field == "text", evidence.start) for evidence in match.evidence]
        assert starts == sorted(starts)


@given(TEXTS)
def test_a_long_text_is_matched_in_stretches_as_if_in_one(text: str) -> None:
    document = Document("", text * 3)
    whole = ENGINE.match(document)
    before, scan._STRETCH = scan._STRETCH, 7
    try:
        assert ENGINE.match(document) == whole
    finally:
        scan._STRETCH = before


@given(TEXTS, TEXTS)
def test_rules_matched_together_match_as_each_does_alone(title: str, text: str) -> None:
    document = Document(title, text)
    together = {match.rule.id: match for match in ENGINE.match(document)}
    for one in ENGINE._rules:
        alone = Engine([one]).match(document)
        assert ([together[one.id]] if one.id in together else []) == list(alone)


@pytest.mark.parametrize("separator", [" ", "\t", "،", ".\n", "\u200b", "ـ", "-"])
def test_folding_a_document_first_changes_nothing_but_the_positions(separator: str) -> None:
    text = separator.join(["غَارة", "عنيفة", "BBC", "ﷲ"])
    assert [m.rule.id for m in ENGINE.match(Document("", text))] == [
        m.rule.id for m in ENGINE.match(Document("", fold(text)))
    ]


# -- the work ------------------------------------------------------------------------------------------------------


def calls(work: Callable[[], Any]) -> int:
    """The number of calls, of Python's functions and C's, that some work makes: the same on every machine."""
    count = 0

    def seen(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


HOSTILE = {
    "a word of one letter": lambda n: "ا" * n,
    "a word of a term again and again": lambda n: "غارة" * n,
    "diacritics": lambda n: "غ" + "َ" * n + "ارة",
    "diacritics after every letter": lambda n: "غَّارَة " * n,
    "hits": lambda n: "غارة " * n,
    "phrases": lambda n: "ضربة جوية " * n,
    "near phrases": lambda n: "ضربة " * n,
    "gaps": lambda n: ("ضربة" + " " * 50 + "جوية ") * n,
    "one gap": lambda n: "ضربة" + " " * n + "جوية",
    "heads": lambda n: "وبالوبال" * n + "غارة",
    "open words": lambda n: "دراس" * n,
    "open words of their own": lambda n: "دراسات " * n,
    "terms and places": lambda n: "غارة حرب " * n,
    "one place among terms": lambda n: "غارة " * n + "حرب",
    "numbers": lambda n: "3.5," * n,
    "points": lambda n: "." * n,
    "sentences": lambda n: "غارة. 3! " * n,
    "paragraphs": lambda n: "غارة 3\n" * n,
    "ligatures": lambda n: "ﷺ" * n,
    "combining hamzas": lambda n: "ي" + "\u0654" * n,
    "letters that may combine": lambda n: "يَ" * n,
    "exact terms with marks": lambda n: "غ" + "ـ" * n + "ارة",
    "Latin": lambda n: "F16" * n,
    "other scripts": lambda n: "я" * n + " я" * n,
    "half surrogates": lambda n: "\ud800" * n,
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_twice_the_text_is_at_most_little_more_than_twice_the_work(shape: str) -> None:
    small, large = (Document("", HOSTILE[shape](n)) for n in (1_000, 4_000))
    ENGINE.match(small)  # what is worked out once, is
    assert calls(lambda: ENGINE.match(large)) <= 4.4 * calls(lambda: ENGINE.match(small)) + 500


def test_a_hundred_thousand_hits_and_a_megabyte_of_marks_are_matched() -> None:
    text = "غارة حرب " * 100_000
    matches = {match.rule.id: match for match in ENGINE.match(Document("", text))}
    assert len(matches["word"].evidence) == 2_000
    assert "near" in matches
    marks = "غارة" + "\u064e\u0651" * 500_000 + " غارة"
    (evidence, last) = next(m for m in ENGINE.match(Document("", marks)) if m.rule.id == "exact").evidence
    assert (evidence.start, evidence.end) == (0, len(marks) - 5)
    assert last.start == len(marks) - 4


def test_a_rule_is_looked_at_only_where_what_it_cannot_do_without_was_found() -> None:
    places = [rule(str(n), condition([f"كلمة{n}"], ["غزة"])) for n in range(1_000)]
    many, few = Engine(places), Engine(places[:10])
    document = Document("", "هدوء في غزة بعد كلمة7")
    assert [match.rule.id for match in many.match(document)] == ["7"]
    assert calls(lambda: many.match(document)) == calls(lambda: few.match(document))


def test_all_and_thresholds_are_keyed_by_what_must_be_there() -> None:
    rules = [rule(str(n), condition(group(["غزة", "قصف", f"كلمة{n}"], 3))) for n in range(500)]
    rules += [rule(f"t{n}", condition(group(["غزة", f"لفظ{n}", f"اسم{n}"], 2))) for n in range(500)]
    many, few = Engine(rules), Engine([rules[3], rules[503]])
    document = Document("", "قصف على غزة كلمة3 اسم3")
    assert [match.rule.id for match in many.match(document)] == ["3", "t3"]
    assert calls(lambda: many.match(document)) == calls(lambda: few.match(document))
