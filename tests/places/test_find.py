"""Names are found whole, with their clitics and in the spellings of newsrooms; the longest name wins."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.places.find import GAPS, Names, key_of
from alerts.rules.model import Document
from alerts.rules.page import Page
from alerts.rules.scan import Needle, Scanner

NAMES = Names(
    {
        key_of(name): (name,)
        for name in ("دير الزور", "دير", "البوكمال", "لبنان", "غزة", "الليطاني", "مكة المكرمة", "إب", "مرسى مطروح")
    }
)
SCANNER = Scanner((), NAMES)


def found(text: str) -> list[tuple[str, str]]:
    """What stands in a text, with the name that it is."""
    page = Page(Document("", text))
    names = SCANNER.scan_with_names(page)[1]
    return [(page.evidence_span(one.start, one.end)[3], one.name) for one in names]


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("في دير الزور", "دير الزور", "دير الزور"),
        ("بدير  الزور", "بدير  الزور", "دير الزور"),
        ("دير بعيد", "دير", "دير"),
        ("وللبوكمال طريق", "وللبوكمال", "البوكمال"),
        ("إلى البُوكمال.", "البُوكمال", "البوكمال"),
        ("لليطاني ضفتان", "لليطاني", "الليطاني"),
        ("وبلبنان", "وبلبنان", "لبنان"),
        ("غزه تحترق", "غزه", "غزة"),
        ("مكة المكرمة", "مكة", "مكة"),
        ("مرسي مطروح", "مرسي مطروح", "مرسي مطروح"),
    ],
)
def test_a_name_is_found_with_its_clitics_and_spellings(text: str, surface: str, name: str) -> None:
    assert found(text) == [(surface, key_of(name))]


@pytest.mark.parametrize("text", ["لبناني", "اللبنانية", "ديرها", "سغزة", "غزةالجديدة", "كلبنانية", "طبلبنان"])
def test_a_name_inside_another_word_is_not_found(text: str) -> None:
    assert found(text) == []


def test_a_stop_parts_the_words_of_a_name() -> None:
    assert found("زار الدير. الزور قريبة") == []
    assert found("دير. الزور") == [("دير", "دير")]


@pytest.mark.parametrize("gap", [" ", "  ", " «", "-", "\u00a0\u00a0 "])
def test_a_name_whose_first_word_is_none_goes_on_after_any_gap_inside_a_phrase(gap: str) -> None:
    names = Names({key_of(name): (name,) for name in ("تل أبيض", "دير ه", "دير الزور")})
    page = Page(Document("", f"وصلوا إلى تل{gap}أبيض ثم بدير{gap}الزور ثم دير{gap}ه وتل{gap}حسن"))
    found = [(one.head, one.name) for one in Scanner((), names).scan_with_names(page)[1]]
    assert found == [("", key_of("تل أبيض")), ("ب", key_of("دير الزور")), ("", key_of("دير ه"))]


def test_what_cannot_go_on_to_a_name_is_not_even_a_hit() -> None:
    names = Names({key_of("تل أبيض"): ("1",)})
    page = Page(Document("", "تل حسن"))
    assert all(pattern not in page.codes.translate(GAPS) for pattern in names.patterns)


def test_terms_and_names_are_found_in_one_scan() -> None:
    scanner = Scanner((Needle("قصف", False, False, False, "given"), Needle("غزة", False, False, False, "given")), NAMES)
    page = Page(Document("قصف", "قصف على غزة"))
    spans, names = scanner.scan_with_names(page)
    assert {number: len(found) for number, found in spans.items()} == {0: 2, 1: 1}
    assert [one.name for one in names] == ["غزة"]
    assert spans == scanner.scan(page)


def test_of_two_readings_of_a_word_the_longer_name_wins_and_then_the_one_with_fewer_clitics() -> None:
    names = Names({key_of(name): (name,) for name in ("بدر", "در", "در حسن")})
    scanner = Scanner((), names)
    page = Page(Document("", "ذهب إلى بدر ثم بدر حسن"))
    assert [(one.head, one.name) for one in scanner.scan_with_names(page)[1]] == [("", "بدر"), ("ب", "در حسن")]


def test_of_names_that_overlap_the_one_that_begins_first_is_kept() -> None:
    names = Names({key_of(name): (name,) for name in ("تل أبيض", "أبيض الوادي", "الوادي")})
    page = Page(Document("", "قرب تل أبيض الوادي"))
    assert [one.name for one in Scanner((), names).scan_with_names(page)[1]] == [key_of("تل أبيض"), "الوادي"]


def test_a_word_that_is_no_name_for_its_length_is_passed_over() -> None:
    assert found("و" * 50_000 + "غزة ثم غزة") == [("غزة", "غزة")]


@given(st.text(alphabet=st.sampled_from("دير لزوغةهبك،.\nابنو"), max_size=60))
def test_what_is_found_stands_apart_and_in_order(text: str) -> None:
    page = Page(Document("", text))
    names = SCANNER.scan_with_names(page)[1]
    assert all(one.end <= other.start for one, other in pairwise(names))
    for one in names:
        assert page.folded[one.start - 1].isspace()
        assert page.folded[one.end].isspace()
