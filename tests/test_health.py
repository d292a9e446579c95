"""An outlet's health by its own rhythm: what breaks it, what mends it, and what is only chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.health import Hour, Rhythm, Verdict, items_a_day, judge

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday
WELL = Hour(NOW, polls=60, items=4, entries=4, dated=4, pages=4, articles=4)


def hours(days: int, shape: Callable[[datetime], Hour] = lambda at: WELL, until: datetime = NOW) -> list[Hour]:
    """Every hour of the `days` before `until`."""
    begin = until - timedelta(days=days)
    return [replace(shape(at), at=at) for at in (begin + timedelta(hours=n) for n in range(days * 24))]


def verdict(kind: str, found: list[Hour], now: datetime = NOW, newest: timedelta | None = None) -> Verdict:
    """The verdict of one kind; `newest`: the age of the newest item."""
    rhythm = Rhythm("o", found, now - newest if newest is not None else None)
    return next(v for v in judge(rhythm, now) if v.kind == kind)


def then(found: list[Hour], *more: Hour) -> tuple[list[Hour], datetime]:
    """The hours with others after them, and the time when those are over."""
    end = found[-1].at + timedelta(hours=1)
    return found + [replace(h, at=end + timedelta(hours=n)) for n, h in enumerate(more)], end + timedelta(
        hours=len(more)
    )


def test_an_outlet_that_keeps_its_rhythm_is_well_in_all_that_is_asked() -> None:
    assert [v.broken for v in judge(Rhythm("o", hours(14), NOW), NOW)] == [False, False, False, False]


QUIET = replace(WELL, items=0, entries=0, dated=0, pages=0, articles=0)


@pytest.mark.parametrize(("silent", "broken"), [(0, False), (1, False), (2, False), (4, True), (24, True)])
def test_silence_is_told_when_a_dozen_items_are_missing(silent: int, broken: bool) -> None:
    found, now = then(hours(14), *[QUIET] * silent)
    assert verdict("silent", found, now).broken is broken


def test_the_notice_of_a_silence_says_how_long_and_what_is_usual() -> None:
    found, now = then(hours(14), *[QUIET] * 5)
    detail = verdict("silent", found, now, newest=timedelta(hours=9)).detail
    assert detail == "answers, but has shown nothing new for 6 h, where 20 items are usual; its newest is 9 h old"


def test_a_new_item_ends_the_silence() -> None:
    found, now = then(hours(14), *[QUIET] * 24, WELL)
    assert verdict("silent", found, now).broken is False


def by_day(at: datetime) -> Hour:
    """Publishes from 6 to 20 o'clock, and not on Fridays."""
    return WELL if 6 <= at.hour < 20 and at.weekday() != 4 else QUIET


def test_a_night_and_a_free_day_are_no_silence_where_they_are_usual() -> None:
    saturday_morning = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)  # after a Friday and two nights
    assert verdict("silent", hours(21, by_day, until=saturday_morning), saturday_morning).broken is False


def test_the_same_hours_without_items_on_a_working_day_are_a_silence() -> None:
    found = hours(21, by_day, until=NOW.replace(hour=6))
    found, now = then(found, *[QUIET] * 5)
    assert verdict("silent", found, now).broken is True


def test_hours_in_which_nobody_asked_are_neither_history_nor_silence() -> None:
    off = replace(QUIET, polls=0)
    found, now = then(hours(14), *[off] * 20, QUIET)
    assert verdict("silent", found, now).broken is False


def test_an_outlet_that_does_not_answer_is_not_called_silent() -> None:
    found = hours(14, until=NOW - timedelta(hours=30))
    assert verdict("silent", found).broken is None
    refused, now = then(found, *[replace(QUIET, polls_refused=60)] * 30)
    assert verdict("silent", refused, now).broken is None


@pytest.mark.parametrize(
    ("age", "broken"),
    [(timedelta(hours=5), False), (timedelta(days=2), False), (timedelta(days=4), True), (None, None)],
)
def test_without_a_history_only_an_old_newest_item_is_a_frozen_feed(age: timedelta | None, broken: bool | None) -> None:
    assert verdict("silent", [replace(QUIET, at=NOW - timedelta(hours=1))], newest=age).broken is broken


def test_items_a_day_are_not_said_before_two_days_were_watched() -> None:
    assert items_a_day(hours(1)) is None
    assert items_a_day(hours(3)) == 96


def paged(articles: int, pages: int = 5, refused: int = 0) -> Hour:
    return replace(WELL, pages=pages, articles=articles, pages_refused=refused)


@pytest.mark.parametrize(
    ("recent", "broken"),
    [
        ([paged(5), paged(5)], False),
        ([paged(5), paged(4)], False),
        ([paged(4), paged(4)], False),
        ([paged(3), paged(2)], None),
        ([paged(1), paged(1)], True),
        ([paged(0), paged(0)], True),
        ([paged(0, pages=0)] * 3 + [paged(0, pages=2)], False),
    ],
)
def test_pages_without_articles_are_told_where_they_usually_give_them(recent: list[Hour], broken: bool | None) -> None:
    found, now = then(hours(14), *recent)
    assert verdict("pages", found, now).broken is broken


def test_the_notice_of_bad_pages_says_whether_they_were_refused() -> None:
    found, now = then(hours(14), paged(0, refused=5), paged(1, refused=1))
    assert (
        verdict("pages", found, now).detail
        == "9 of the last 10 pages gave no article (6 refused, 3 without a text); usually 90% do"
    )


def test_an_outlet_whose_pages_half_fail_always_is_as_usual() -> None:
    found = hours(14, lambda at: paged(2, pages=4))
    found, now = then(found, paged(2, pages=5), paged(2, pages=5))
    assert verdict("pages", found, now).broken is False


def test_a_first_pass_without_one_article_is_told_and_with_four_pages_is_not() -> None:
    assert verdict("pages", [replace(paged(0, pages=5), at=NOW)]).broken is True
    assert verdict("pages", [replace(paged(0, pages=4), at=NOW)]).broken is None


def test_dates_that_vanish_are_told_and_an_outlet_that_never_had_any_is_not() -> None:
    undated = replace(WELL, dated=0)
    found, now = then(hours(7), *[undated] * 3)
    assert verdict("dates", found, now).broken is True
    assert verdict("dates", found, now).detail.startswith("12 of the last 12 items came without a date")
    assert verdict("dates", hours(7, lambda at: undated)).broken is False


def test_a_jump_in_refusals_is_told_and_a_rare_one_is_not() -> None:
    found, now = then(hours(7), replace(WELL, polls=60, polls_refused=30))
    assert verdict("refusals", found, now).broken is True
    found, now = then(hours(7), replace(WELL, polls=60, polls_refused=1))
    assert verdict("refusals", found, now).broken is False


@pytest.mark.parametrize("seed", range(12))
def test_a_month_of_bursty_days_raises_no_false_alarm(seed: int) -> None:
    """Items come by a Poisson process whose rate itself is random by the hour, more at noon than at night."""
    chance = random.Random(seed)
    a_day = [4, 15, 40, 120][seed % 4]

    def shape(at: datetime) -> Hour:
        rate = a_day / 24 * (1.6 if 7 <= at.hour < 21 else 0.3) * chance.choice([0.5, 1.0, 1.5])
        items = sum(chance.expovariate(1) < 1 for _ in range(int(rate)))  # about rate * 0.63, and uneven
        items += chance.random() < rate % 1
        return Hour(at, polls=60, items=items, entries=items, dated=items, pages=items, articles=items)

    found = hours(42, shape)
    alarms = []
    for n in range(28 * 24, len(found)):
        now = found[n].at + timedelta(hours=1)
        seen = found[n - 28 * 24 : n + 1]
        alarms += [(now, v) for v in judge(Rhythm("o", seen, now), now) if v.broken]
    assert alarms == []
