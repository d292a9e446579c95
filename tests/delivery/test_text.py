"""Pieces of text: cleaned, shortened, embedded, made into hashtags."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.delivery.text import LRI, PDI, RLI, RLM, clean, embed, hashtag, led, reads_right_to_left, shorten, units

MIXED = st.text(
    st.one_of(
        st.characters(exclude_categories=()),  # lone surrogates and unassigned ones too
        st.sampled_from("غزة ،؛«»ّٰ\u200d\u200f\u202e\u2066\u2069\u0300👨👩👧🏽🇸🇾aZ1٣ \n\0-:/.()<>&"),
    ),
    max_size=400,
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  غارة\n\tعلى\u00a0المدينة ", "غارة على المدينة"),
        ("\u202eمقلوب\u202c \u200fنص\u200e \u2066معزول\u2069 \u061cآخر", "مقلوب نص معزول آخر"),
        ("قبل\0بعد\x1b[31m\x7f\x85", "قبلبعد[31m"),
        ("وجه\ud83d تائه\udc00", "وجه تائه"),
        ("\ufeffبداية\u200b\u2060\ufffe\U0001ffff", "بداية"),
        ("می\u200cخواهم 👨\u200d👩\u200d👧", "می\u200cخواهم 👨\u200d👩\u200d👧"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("a" + "\u0301" * 50, "á" + "\u0301" * 7),
        ("\u0622" + "ا\u0653", "آآ"),
    ],
)
def test_clean_keeps_what_a_reader_sees_and_nothing_else(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(MIXED)
@example("0 \x1b\x850")
def test_clean_text_is_one_line_without_controls_and_stays_as_it_is(raw: str) -> None:
    text = clean(raw)
    assert clean(text) == text
    assert text == text.strip()
    text.encode()  # no surrogates
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
    assert not set(text) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n")


@given(MIXED, st.integers(2, 60))
def test_shortened_text_keeps_the_limit_and_cuts_no_letter_in_two(raw: str, limit: int) -> None:
    text = clean(raw)
    short = shorten(text, limit)
    assert units(short) <= limit
    short.encode()
    if units(text) <= limit:
        assert short == text
        return
    assert short.endswith("…")
    kept = short[:-1]
    assert text.startswith(kept)
    clusters = regex.findall(r"\X", text)
    if units(clusters[0]) <= limit - 1:
        ends = {0}
        for cluster in clusters:
            ends.add(max(ends) + len(cluster))
        assert any(text[:end].rstrip(" \u200d،,؛;:-–—") == kept for end in ends)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("غارة على أطراف المدينة", 22, "غارة على أطراف المدينة"),
        ("غارة على أطراف المدينة", 21, "غارة على أطراف…"),
        ("غارة على أطراف، ثم هدوء", 17, "غارة على أطراف…"),
        ("كلمةواحدةطويلةجدا", 6, "كلمةو…"),
        ("😀😀😀😀", 5, "😀😀…"),
        ("👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 12, "👨\u200d👩\u200d👧…"),
        ("👨" + "\u200d👨" * 40, 9, "👨\u200d👨\u200d…".replace("\u200d…", "…")),
    ],
)
def test_text_is_cut_at_a_words_end_else_between_letters(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@pytest.mark.parametrize(
    ("text", "embedded"),
    [
        ("غارة قرب المدينة", "غارة قرب المدينة"),
        ("مسيّرة MQ-9 Reaper تقصف", f"مسيّرة {LRI}MQ-9 Reaper{PDI} تقصف"),
        ("نقلت (CNN)، عن BBC: مقتل 12", f"نقلت ({LRI}CNN{PDI})، عن {LRI}BBC{PDI}: مقتل 12"),
        ("طائرة Boeing 737 هبطت", f"طائرة {LRI}Boeing 737{PDI} هبطت"),
        ("لغة C++ و@desk", f"لغة {LRI}C++{PDI} و@desk"),
        ("Reuters, AFP نقلتا خبر القصف", f"{LRI}Reuters{PDI}, {LRI}AFP{PDI} نقلتا خبر القصف"),
        ("Strike near the town", f"{LRI}Strike near the town{PDI}"),
        ("The town of الباب was hit", f"{LRI}The town of الباب was hit{PDI}"),
        ("2026 … !", "2026 … !"),
    ],
)
def test_latin_in_a_right_to_left_line_is_isolated(text: str, embedded: str) -> None:
    assert embed(text, right_to_left=True) == embedded


def test_arabic_in_a_left_to_right_line_is_isolated() -> None:
    assert embed("البوكمال", right_to_left=False) == f"{RLI}البوكمال{PDI}"
    assert embed("Enab Baladi", right_to_left=False) == "Enab Baladi"


@given(MIXED, st.booleans())
def test_embedding_adds_only_isolates_and_closes_each(raw: str, right_to_left: bool) -> None:
    text = clean(raw)
    embedded = embed(text, right_to_left=right_to_left)
    assert embedded.replace(LRI, "").replace(RLI, "").replace(PDI, "") == text
    depth = 0
    for c in embedded:
        depth += (c in (LRI, RLI)) - (c == PDI)
        assert depth in (0, 1)
    assert depth == 0


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("غارة", ""),
        ("🔴 12: غارة", ""),
        (f"{LRI}CNN{PDI} تنقل", ""),
        (f"{LRI}Strike near the town{PDI}", RLM),
        ("CNN تنقل", RLM),
        ("2026", RLM),
    ],
)
def test_a_line_is_led_by_a_mark_only_where_its_first_letter_misleads(line: str, mark: str) -> None:
    assert led(line, right_to_left=True) == mark


def test_direction_is_that_of_the_first_letter_or_of_most() -> None:
    assert reads_right_to_left("BBC: مقتل ثلاثة في غارة")
    assert reads_right_to_left("تحطم Boeing Dreamliner")
    assert not reads_right_to_left("Strike near البوكمال kills three")


@pytest.mark.parametrize(
    ("names", "tag"),
    [
        (("ضربات شرق-سوريا",), "#ضربات_شرق_سوريا"),
        (("ضَرَباتٌ — «الشرق»!",), "#ضربات_الشرق"),
        (("east-strikes",), "#east_strikes"),
        (("2026", "rule-7"), "#rule_7"),
        (("", "!!"), ""),
        (("ع" * 300,), "#" + "ع" * 48),
    ],
)
def test_a_hashtag_is_one_that_telegram_links(names: tuple[str, ...], tag: str) -> None:
    assert hashtag(*names) == tag


@given(MIXED)
def test_any_name_gives_a_hashtag_that_a_client_reads_whole_or_none(name: str) -> None:
    tag = hashtag(name)
    assert tag == "" or regex.fullmatch(r"#(?=[\d_]*\p{L})[\p{L}\p{Nd}_]{1,256}", tag)
