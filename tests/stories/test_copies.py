from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.stories.copies import Telling, copy_print, story_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG = " ".join(f"كلمة{n}" for n in range(30))


def telling(story: int, outlet: str, minutes: int) -> Telling:
    return Telling(story, outlet, NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("words", "tellings", "joins", "why"),
    [
        (300, [], None, "nobody said it before"),
        (300, [telling(1, "b", 60)], 1, "a wire copy of an hour ago"),
        (300, [telling(1, "a", 60)], 1, "the same outlet under another address"),
        (300, [telling(1, "b", 24 * 60)], 1, "24 hours are inside"),
        (300, [telling(1, "b", 24 * 60 + 1)], None, "a day has passed"),
        (300, [telling(1, "b", -30)], 1, "the other was published later but seen first"),
        (300, [telling(1, "b", 600), telling(2, "c", 5)], 2, "the nearest in time"),
        (3, [telling(1, "b", 30)], 1, "the same siren, from another outlet"),
        (3, [telling(1, "b", 31)], None, "the next siren"),
        (3, [telling(1, "a", 10)], 1, "the same outlet put it under another address"),
        (3, [telling(1, "a", 11)], None, "the same outlet's next siren"),
        (3, [telling(1, "a", 52), telling(1, "b", 5)], None, "its own outlet told that story long ago: a new siren"),
        (3, [telling(1, "a", 52), telling(2, "b", 5)], 2, "the new siren, which another outlet told first"),
        (24, [telling(1, "b", 60)], None, "24 words are short"),
        (25, [telling(1, "b", 60)], 1, "25 words are not"),
    ],
)
def test_what_is_a_copy(words: int, tellings: list[Telling], joins: int | None, why: str) -> None:
    assert story_of("a", NOON, words, tellings) == joins, why


def test_a_copy_is_known_under_another_headline_and_through_spelling() -> None:
    assert copy_print("عنوان", f"قُتِلَ {LONG}.") == copy_print("عنوان آخر", f"قتل  {LONG}")


def test_a_short_text_counts_with_its_headline() -> None:
    siren = "صفارات الإنذار تدوي في المدينة"
    assert copy_print("عاجل من الشمال", siren)[0] != copy_print("عاجل من الجنوب", siren)[0]


@pytest.mark.parametrize("told", ["عاجل | {}", "خبر عاجل: {}", "بالفيديو.. {}", "{} (صور)"])
def test_signal_words_around_a_headline_do_not_count(told: str) -> None:
    headline = "صفارات الإنذار تدوي في المدينة"
    assert copy_print(told.format(headline), "") == copy_print(headline, "")
    assert copy_print("عاجل", "")[1] == 1  # a headline that is nothing else keeps its word


def test_without_text_the_headline_is_the_text() -> None:
    _, words = copy_print("صفارات الإنذار تدوي", "")
    assert words == 3


def test_one_word_more_is_another_text() -> None:
    assert copy_print("", LONG)[0] != copy_print("", f"{LONG} زيادة")[0]
