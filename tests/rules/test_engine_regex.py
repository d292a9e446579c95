"""Expressions: what of RE2 an editor may use, on folded text, between words' edges."""

from __future__ import annotations

import pytest

from alerts.rules.regex import MAX_MATCHES, Expressions, compile_expression
from tests.rules.make import condition, fires


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("غارة", "غارة والغارة", ["غارة"]),
        (r"\w*غارة", "غارة والغارة", ["غارة", "والغارة"]),
        (r"\bغزة\b", "في غزة.", ["غزة"]),
        (r"\bقصف\b|\bغارة\b", "قصف ثم غارة ثم قصفت", ["قصف", "غارة"]),
        (r"قصف\b.*\bغزة", "قصف عنيف على غزة", ["قصف عنيف على غزة"]),
        (r"قصف\b.*\bغزة", "قصفت مدينة غزة", None),
        (r"قصف.*غزة", "قصف عنيف\nعلى غزة", None),
        (r"قصف\s+غزة", "قصف، غزة", ["قصف، غزة"]),
        ("قصف غزة", "قصف  «غزة»", ["قصف  «غزة"]),
        ("قصف غزة", "قصف. غزة", None),
        (r"أسعار", "اسعار", ["اسعار"]),
        (r"[أ-ي]+يون", "فلسطينيون وسوريون", ["فلسطينيون", "وسوريون"]),
        (r"\d{2,3} قتيلا", "١٢٠ قتيلاً", ["١٢٠ قتيلاً"]),
        (r"bbc|CNN", "BBC و cnn", ["BBC", "cnn"]),
        (r"U\.N", "U.N. قالت", ["U.N"]),
        (r"^قصف", "قصف أول\nقصف ثان ثم قصف", ["قصف", "قصف"]),
        (r"غارة$", "غارة ثم غارة", ["غارة"]),
        (r"غ.ر[اه]?ة", "غارة", ["غارة"]),
        (r"(?i)bbc", "BBC", ["BBC"]),
        (r"\p{Cyrillic}+", "в Москве", ["в", "Москве"]),
        (r"كوفيد[- ]?19", "كوفيد-19 وكوفيد19", ["كوفيد-19"]),
        (r"غَارَة", "غارة", ["غارة"]),
        (r"[^ ]+", "غارة", ["غارة"]),
    ],
)
def test_an_expression_matches_folded_words(expression: str, text: str, found: list[str] | None) -> None:
    assert fires(condition([f"regex:{expression}"]), text) == found


@pytest.mark.parametrize("expression", ["(", "غارة)", "[", "*", "(?<=a)b", r"(a)\1", "a{2000}", r"(\w{1,900}){1,900}"])
def test_what_is_no_expression_or_too_large_is_refused_with_a_reason(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        compile_expression(expression)


def test_an_expression_that_could_match_everywhere_yields_a_bounded_number_of_matches() -> None:
    found = Expressions([(7, r"\w+")]).find("كلمة " * 5_000)
    assert len(found[7]) == MAX_MATCHES


def test_only_expressions_that_match_are_reported() -> None:
    assert set(Expressions([(1, "غارة"), (2, "قصف"), (3, "انفجار")]).find("غارة انفجار\n")) == {1, 3}
