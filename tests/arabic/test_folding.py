"""Folding: one spelling for the same letters, and positions that lead back to what was written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.arabic.folding import BREAK, COMMA, PAUSE, POINT, SEPARATORS, SPACE, STOP, Folded, codes_of, fold

# Any code point, half surrogates included, with the characters that matter here made frequent.
SPECIAL = "ءآأؤإئابةتثكلمنهوىيـًَّْٰٕٓٔکیۀﷲﷺﻻﺀﹰ٣۳٫٬،؛؟.,!:\n\r\t \u200b\u200c\u200f\u202b\ufeff\u00adéßİK½²\ud800\udfff"
TEXTS = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters(), st.characters(categories=["Cs"])), max_size=60)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("غَزَّةَ", "غزة"),
        ("الـــقصف", "القصف"),
        ("أإآٱ", "اااا"),
        ("مسؤول شيء شئون", "مسؤول شيء شئون"),
        ("على علي", "على علي"),
        ("ﻻ ﷲ ﺍﻟﺠﻴﺶ", "لا الله الجيش"),
        ("ﷺ", "صلى الله عليه وسلم"),
        ("کابل ایران ۀ", "كابل ايران ه"),
        ("٢٠٢٤ ۲۰۲۴ 2024", "2024 2024 2024"),
        ("BBC Türkiye Straße", "bbc turkiye strasse"),
        ("\u200fغزة\u200e \u202bرفح\u202c", "غزة رفح"),
        ("ش\u0648\u0654ون ر\u064a\u0654يس ا\u0654مر", "شؤون رئيس امر"),
        ("و\u064e\u0654", "ؤ"),
        ("\ud83d غزة \udfff", "  غزة  "),
        ("ﹰﹲ غزة", " غزة"),
        ("²½", "21 2"),
    ],
)
def test_the_same_letters_fold_to_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("signs", "separator"),
    [
        ("«»\"'()[]-–_/#@%+🔴", SPACE),
        ("،؛:;|", PAUSE),
        (",٬", COMMA),
        (".٫", POINT),
        ("!?؟…", STOP),
        ("\n\x85\u2028\u2029", BREAK),
    ],
)
def test_signs_fold_to_the_separator_that_they_are(signs: str, separator: str) -> None:
    assert [fold(sign) for sign in signs] == [separator] * len(signs)


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_folding_does_not_depend_on_how_the_text_was_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(TEXTS)
def test_every_folded_letter_leads_back_into_the_original_and_never_backwards(text: str) -> None:
    folded = Folded(text)
    spans = [folded.span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert all(
        fold(text[start:end]).find(folded.text[at]) >= 0
        for at, (start, end) in enumerate(spans)
        if text[start] not in "ويىی"
    )


@given(TEXTS)
def test_quick_and_careful_folding_agree(text: str) -> None:
    """A character that the quick way does not know sends the whole text the careful way."""
    known = "".join(char for char in text if char not in "\u0654")
    careful = Folded("я" + known)
    plain = Folded(known)
    assert careful.text == "я" + plain.text
    for at in range(len(plain.text)):
        start, end = plain.span(at, at + 1)
        assert careful.span(at + 1, at + 2) == (start + 1, end + 1)


@given(TEXTS)
def test_codes_have_a_byte_for_each_letter_and_the_same_byte_for_the_same_letter(text: str) -> None:
    folded = Folded(text)
    assert folded.codes == codes_of(folded.text)
    assert len(folded.codes) == len(folded.text)
    for letter, code in zip(folded.text, folded.codes, strict=True):
        assert codes_of(letter) == bytes([code])


@given(TEXTS)
def test_folded_text_can_be_encoded_and_parts_into_words(text: str) -> None:
    folded = fold(text)
    folded.encode()
    assert all(char in SEPARATORS or not char.isspace() for char in folded)


def test_a_word_ends_after_its_last_vowel_sign_and_before_a_direction_mark() -> None:
    text = "في غزةُ\u200f الآن"
    folded = Folded(text)
    start = folded.text.index("غزة")
    assert text[slice(*folded.span(start, start + 3))] == "غزةُ"
