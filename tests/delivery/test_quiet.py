"""Whether an alert waits, and when what waits is told: tables of values, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.quiet import (
    CLOCK_SLACK,
    HeldBy,
    Silence,
    Told,
    Waiting,
    digest_at,
    hold,
    next_digest,
    passes,
    quiet_until,
    silence_of,
)
from alerts.rules.expression import Condition
from alerts.rules.model import Channel, Digest, Limit, Passes, Quiet, Rule, Severity

DAMASCUS, BEIRUT, CAIRO = ZoneInfo("Asia/Damascus"), ZoneInfo("Asia/Beirut"), ZoneInfo("Africa/Cairo")
NIGHT = Quiet(time(23), time(6), DAMASCUS)
RULE = Rule("strikes", "strikes", "live", "normal", ("news",), (), {}, "", Condition())
NEWS = Channel("news", "@news", timezone=DAMASCUS)
NOON = datetime(2026, 11, 23, 9, tzinfo=UTC)  # in Damascus, three hours ahead all year
MIDNIGHT = datetime(2026, 11, 23, 21, tzinfo=UTC)


def at(text: str, zone: ZoneInfo = DAMASCUS) -> datetime:
    """A time of a zone's clocks; one with an offset as it says."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def test_damascus_is_three_hours_ahead() -> None:
    assert (at("2026-11-23T12:00"), at("2026-11-24T00:00")) == (NOON, MIDNIGHT)


@pytest.mark.parametrize(
    ("severity", "least", "expected"),
    [
        ("urgent", "urgent", True),
        ("normal", "urgent", False),
        ("normal", "normal", True),
        ("info", "normal", False),
        ("urgent", "nothing", False),
    ],
)
def test_what_does_not_wait(severity: Severity, least: Passes, expected: bool) -> None:
    assert passes(severity, least) is expected


TWELVE = Limit(12)
MORNING = Digest((time(8),))


@pytest.mark.parametrize(
    ("channel", "severity", "told", "now", "held"),
    [
        (NEWS, "normal", 999, MIDNIGHT, None),
        (replace(NEWS, quiet=NIGHT), "normal", 0, MIDNIGHT, "quiet"),
        (replace(NEWS, quiet=NIGHT), "urgent", 0, MIDNIGHT, None),
        (replace(NEWS, quiet=replace(NIGHT, passes="nothing")), "urgent", 0, MIDNIGHT, "quiet"),
        (replace(NEWS, quiet=NIGHT), "normal", 0, NOON, None),
        (replace(NEWS, limit=TWELVE), "normal", 11, NOON, None),
        (replace(NEWS, limit=TWELVE), "normal", 12, NOON, "limit"),
        (replace(NEWS, limit=TWELVE), "urgent", 12, NOON, "limit"),
        (replace(NEWS, limit=replace(TWELVE, passes="urgent")), "urgent", 12, NOON, None),
        (replace(NEWS, quiet=NIGHT, limit=TWELVE), "normal", 12, MIDNIGHT, "quiet"),
        (replace(NEWS, quiet=NIGHT, limit=TWELVE), "urgent", 12, MIDNIGHT, "limit"),
        (replace(NEWS, digest=MORNING), "urgent", 0, NOON, "digest"),
        (replace(NEWS, digest=replace(MORNING, passes="urgent")), "urgent", 0, NOON, None),
        (replace(NEWS, digest=replace(MORNING, passes="urgent"), quiet=NIGHT), "normal", 0, MIDNIGHT, "digest"),
    ],
)
def test_for_what_an_alert_waits(
    channel: Channel, severity: Severity, told: int, now: datetime, held: HeldBy | None
) -> None:
    assert hold(channel, [RULE], severity, None, [Told(("other",), None)] * told, now) == held


HAMA, HOMS = "حماة، سوريا", "حمص، سوريا"


@pytest.mark.parametrize(
    ("rules", "place", "held"),
    [
        ([replace(RULE, limit=Limit(2))], HOMS, "limit"),
        ([replace(RULE, limit=Limit(3))], HOMS, None),
        ([replace(RULE, limit=Limit(2, passes="normal"))], HOMS, None),
        ([replace(RULE, id="fires", limit=Limit(1))], HAMA, None),
        ([replace(RULE, limit=Limit(1, per="place"))], HAMA, "limit"),
        ([replace(RULE, limit=Limit(2, per="place"))], HAMA, None),
        ([replace(RULE, limit=Limit(1, per="place"))], None, None),
        ([replace(RULE, limit=Limit(2)), RULE], HOMS, None),
        ([replace(RULE, limit=Limit(2)), replace(RULE, id="raids", limit=Limit(1))], HOMS, "limit"),
    ],
)
def test_a_rule_has_its_share_of_the_hour_for_all_places_or_for_each(
    rules: Sequence[Rule], place: str | None, held: HeldBy | None
) -> None:
    told = [Told(("strikes", "raids"), HAMA), Told(("strikes",), "دمشق، سوريا")]
    assert hold(NEWS, rules, "normal", place, told, NOON) == held


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "2026-11-23T22:59:59", None),
        (NIGHT, "2026-11-23T23:00", "2026-11-24T06:00"),
        (NIGHT, "2026-11-24T00:00", "2026-11-24T06:00"),
        (NIGHT, "2026-11-24T05:59:59", "2026-11-24T06:00"),
        (NIGHT, "2026-11-24T06:00", None),
        (Quiet(time(13), time(15, 30), DAMASCUS), "2026-11-24T13:00", "2026-11-24T15:30"),
        (Quiet(time(13), time(15, 30), DAMASCUS), "2026-11-24T15:30", None),
        (Quiet(time(13), time(15, 30), DAMASCUS), "2026-11-24T12:59", None),
        (Quiet(time(6), time(5, 59), DAMASCUS), "2026-11-24T05:58", "2026-11-24T05:59"),
        # Beirut, 29 March 2026: at 00:00 the clocks go on to 01:00; the night is an hour shorter
        (Quiet(time(23), time(6), BEIRUT), "2026-03-28T23:00+02:00", "2026-03-29T06:00+03:00"),
        (Quiet(time(23), time(6), BEIRUT), "2026-03-29T01:00+03:00", "2026-03-29T06:00+03:00"),
        (Quiet(time(22), time(0, 30), BEIRUT), "2026-03-28T23:59+02:00", "2026-03-29T01:30+03:00"),
        (Quiet(time(0, 30), time(6), BEIRUT), "2026-03-29T01:29+03:00", None),
        (Quiet(time(0, 30), time(6), BEIRUT), "2026-03-29T01:30+03:00", "2026-03-29T06:00+03:00"),
        # Beirut, 25 October 2026: at 00:00 the clocks go back to 23:00 of the 24th, which is shown twice
        (Quiet(time(23), time(6), BEIRUT), "2026-10-24T23:10+03:00", "2026-10-25T06:00+02:00"),
        (Quiet(time(23), time(6), BEIRUT), "2026-10-24T23:10+02:00", "2026-10-25T06:00+02:00"),
        (Quiet(time(21), time(23, 30), BEIRUT), "2026-10-24T23:45+03:00", "2026-10-24T23:30+02:00"),
        (Quiet(time(21), time(23, 30), BEIRUT), "2026-10-24T23:29+02:00", "2026-10-24T23:30+02:00"),
        (Quiet(time(21), time(23, 30), BEIRUT), "2026-10-24T23:30+02:00", None),
        # Cairo, 24 April 2026: at 00:00 the clocks go on to 01:00; 30 October 2026: at 00:00 back to 23:00
        (Quiet(time(23), time(6), CAIRO), "2026-04-24T01:00+03:00", "2026-04-24T06:00+03:00"),
        (Quiet(time(23), time(0), CAIRO), "2026-04-23T23:30+02:00", "2026-04-24T01:00+03:00"),
        (Quiet(time(23), time(6), CAIRO), "2026-10-29T23:30+02:00", "2026-10-30T06:00+02:00"),
    ],
)
def test_until_when_it_is_quiet(quiet: Quiet, now: str, until: str | None) -> None:
    assert quiet_until(quiet, at(now)) == (at(until) if until else None)


EVERY_3H = Digest(tuple(time(hour) for hour in range(0, 24, 3)))
WORKDAYS = Digest((time(8), time(20)), frozenset({6, 0, 1, 2, 3}))


@pytest.mark.parametrize(
    ("digest", "zone", "after", "then"),
    [
        (MORNING, DAMASCUS, "2026-11-23T07:59:59", "2026-11-23T08:00"),
        (MORNING, DAMASCUS, "2026-11-23T08:00", "2026-11-24T08:00"),
        (EVERY_3H, DAMASCUS, "2026-11-23T22:00", "2026-11-24T00:00"),
        (EVERY_3H, DAMASCUS, "2026-11-23T10:15", "2026-11-23T12:00"),
        (WORKDAYS, DAMASCUS, "2026-11-26T20:00", "2026-11-29T08:00"),  # Thursday evening to Sunday morning
        (Digest((time(8),), frozenset({0})), DAMASCUS, "2026-11-23T09:00", "2026-11-30T08:00"),
        # 00:30 is left out on 29 March; 23:30 is shown twice on 24 October and told at the first
        (Digest((time(0, 30),)), BEIRUT, "2026-03-28T23:00+02:00", "2026-03-29T01:30+03:00"),
        (Digest((time(23, 30),)), BEIRUT, "2026-10-24T22:00+03:00", "2026-10-24T23:30+03:00"),
        (Digest((time(23, 30),)), BEIRUT, "2026-10-24T23:30+03:00", "2026-10-25T23:30+02:00"),
        (Digest((time(8),)), CAIRO, "2026-04-23T08:00+02:00", "2026-04-24T08:00+03:00"),
    ],
)
def test_when_the_next_digest_is(digest: Digest, zone: ZoneInfo, after: str, then: str) -> None:
    assert next_digest(digest, zone, at(after)) == at(then)


BOTH = replace(NEWS, quiet=NIGHT, digest=EVERY_3H)


@pytest.mark.parametrize(
    ("channel", "held", "since", "now", "due"),
    [
        (replace(NEWS, quiet=NIGHT), "quiet", "2026-11-23T23:30", "2026-11-24T00:30", "2026-11-24T06:00"),
        (replace(NEWS, quiet=NIGHT), "quiet", "2026-11-23T23:30", "2026-11-24T06:00", "2026-11-24T06:00"),
        # days late: due since then; and in the next night, at its end
        (replace(NEWS, quiet=NIGHT), "quiet", "2026-11-20T23:30", "2026-11-23T12:00", "2026-11-21T06:00"),
        (replace(NEWS, quiet=NIGHT), "quiet", "2026-11-20T23:30", "2026-11-23T23:30", "2026-11-24T06:00"),
        (replace(NEWS, digest=MORNING), "digest", "2026-11-23T07:00", "2026-11-23T07:30", "2026-11-23T08:00"),
        (replace(NEWS, digest=MORNING), "digest", "2026-11-20T09:00", "2026-11-23T09:00", "2026-11-21T08:00"),
        (BOTH, "digest", "2026-11-23T22:10", "2026-11-23T22:20", "2026-11-24T06:00"),
        (replace(NEWS, limit=TWELVE), "limit", "2026-11-23T12:10", "2026-11-23T12:20", "2026-11-23T13:10"),
        (replace(BOTH, digest=None), "limit", "2026-11-23T22:10", "2026-11-23T22:20", "2026-11-24T06:00"),
        # the rules file asks no more for what it waited for
        (NEWS, "quiet", "2026-11-23T23:30", "2026-11-24T00:30", "2026-11-23T23:30"),
        (NEWS, "digest", "2026-11-23T23:30", "2026-11-24T00:30", "2026-11-23T23:30"),
    ],
)
def test_when_what_waits_is_told(channel: Channel, held: HeldBy, since: str, now: str, due: str) -> None:
    assert digest_at(channel, [Waiting(held, at(since))], at(now)) == at(due)


def test_the_first_that_is_due_takes_the_others_with_it() -> None:
    channel = replace(NEWS, quiet=NIGHT, limit=TWELVE)
    waiting = [Waiting("limit", at("2026-11-24T12:50")), Waiting("quiet", at("2026-11-24T05:00"))]
    assert digest_at(channel, waiting, at("2026-11-24T13:00")) == at("2026-11-24T06:00")


def test_what_was_held_under_a_clock_that_ran_ahead_is_due() -> None:
    channel = replace(NEWS, digest=MORNING)
    ahead = Waiting("digest", NOON + timedelta(days=365))
    assert digest_at(channel, [ahead], NOON) == NOON
    a_little = Waiting("digest", NOON + CLOCK_SLACK / 2)
    assert digest_at(channel, [a_little], NOON) == at("2026-11-24T08:00")


TIMES = st.times(min_value=time(0)).map(lambda t: t.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 3 * 365 * 86400).map(lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ZONES = st.sampled_from([DAMASCUS, BEIRUT, CAIRO, ZoneInfo("UTC"), ZoneInfo("America/St_Johns")])


@given(TIMES, TIMES, ZONES, MOMENTS)
def test_quiet_hours_end_within_a_day_and_it_is_quiet_up_to_their_end(
    start: time, end: time, zone: ZoneInfo, now: datetime
) -> None:
    if start == end:
        return
    quiet = Quiet(start, end, zone)
    until = quiet_until(quiet, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet_until(quiet, until - timedelta(microseconds=1))


@given(st.sets(TIMES, min_size=1, max_size=5), st.sets(st.integers(0, 6), min_size=1), ZONES, MOMENTS)
def test_there_is_always_a_next_digest_and_it_is_on_one_of_its_days(
    times: set[time], days: set[int], zone: ZoneInfo, after: datetime
) -> None:
    then = next_digest(Digest(tuple(times), frozenset(days)), zone, after)
    assert after < then <= after + timedelta(days=7, hours=2)
    assert then.astimezone(zone).weekday() in days


@given(
    st.sampled_from(["quiet", "digest", "limit"]),
    MOMENTS,
    st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_what_waits_is_due_at_the_time_that_was_foretold_and_stays_so_but_for_the_night(
    held: HeldBy, since: datetime, later: timedelta
) -> None:
    waiting = [Waiting(held, since)]
    foretold = digest_at(BOTH, waiting, since)
    assert foretold >= since
    assert digest_at(BOTH, waiting, foretold) <= foretold, "due then"
    now = foretold + later
    assert digest_at(BOTH, waiting, now) <= now or quiet_until(NIGHT, now)


SYRIA = Silence("place", "SY", "سوريا", NOON, "x", 1)


@pytest.mark.parametrize(
    ("silence", "covered"),
    [
        (SYRIA, True),
        (replace(SYRIA, value="LB"), False),
        (replace(SYRIA, until=NOON - timedelta(hours=1)), False),
        (Silence("rule", "strikes", "strikes", NOON, "x"), True),
        (Silence("rule", "fires", "fires", NOON, "x"), False),
        (Silence("outlet", "damas", "damas", NOON, "x"), True),
        (Silence("channel", "news", "news", NOON, "x"), True),
        (Silence("channel", "strikes", "strikes", NOON, "x"), False),
    ],
)
def test_what_a_silence_covers(silence: Silence, covered: bool) -> None:
    now = NOON - timedelta(minutes=1)
    if silence.until < now:
        now = silence.until
    found = silence_of([silence], rule="strikes", outlet="damas", channel="news", places={"SY", "SY-HM"}, now=now)
    assert found == (silence if covered else None)


def test_a_record_without_outlet_is_covered_by_no_silence_of_one() -> None:
    silence = Silence("outlet", "damas", "damas", NOON, "x")
    now = NOON - timedelta(minutes=1)
    assert silence_of([silence], rule="r", outlet=None, channel="c", places=(), now=now) is None
