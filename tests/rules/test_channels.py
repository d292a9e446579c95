"""What a channel says of quiet hours, limits and digests, and a rule of its limit, becomes the values that it means."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from alerts.rules.model import Channel, Digest, Limit, Quiet, RuleSet
from alerts.rules.schema import parse_rules

DAMASCUS = ZoneInfo("Asia/Damascus")
WHOLE_WEEK = frozenset(range(7))


def parsed(channel: str, rule: str = "") -> RuleSet:
    text = f"channels: {{desk: {{to: '@d', timezone: Asia/Damascus, {channel}}}}}\n"
    return parse_rules(f"{text}rules: [{{id: r, any: [غارة], send: [desk], {rule}}}]", "rules.yaml", ())


def desk(said: str) -> Channel:
    return parsed(said).channels["desk"]


@pytest.mark.parametrize(
    ("said", "quiet"),
    [
        ("{from: '23:00', to: '06:00'}", Quiet(time(23), time(6), DAMASCUS, "urgent")),
        ("{from: 23:00, to: 6:30}", Quiet(time(23), time(6, 30), DAMASCUS)),  # YAML 1.1 would read 1380
        ("{from: '٢٣:٠٠', to: '٠٦:٠٠'}", Quiet(time(23), time(6), DAMASCUS)),
        (
            "{from: '13:00', to: '15:00', timezone: Asia/Beirut, pass: nothing}",
            Quiet(time(13), time(15), ZoneInfo("Asia/Beirut"), "nothing"),
        ),
    ],
)
def test_quiet_hours_are_in_their_own_zone_else_the_channels_and_the_urgent_passes(said: str, quiet: Quiet) -> None:
    assert desk(f"quiet: {said}").quiet == quiet


THRICE = (time(0), time(8), time(16))


@pytest.mark.parametrize(
    ("said", "digest"),
    [
        ('"every 8h"', Digest(THRICE)),
        ("every 8h", Digest(THRICE)),
        ("{every: 480min}", Digest(THRICE)),
        ("{every: 7h}", Digest((time(0), time(7), time(14), time(21)))),  # from midnight anew each day
        ("every 12h", Digest((time(0), time(12)))),
        ("{at: [20:00, '08:00', '08:00']}", Digest((time(8), time(20)))),
        ("{at: 8:00, pass: urgent}", Digest((time(8),), WHOLE_WEEK, "urgent")),
        ("{at: '08:00', days: [mon, Friday, SUN]}", Digest((time(8),), frozenset({0, 4, 6}))),
        ("{at: '08:00', days: [الاثنين, الإثنين, الأربعاء, الاحد]}", Digest((time(8),), frozenset({0, 2, 6}))),
        ("{every: 8h, days: [السبت]}", Digest(THRICE, frozenset({5}))),
    ],
)
def test_digests_are_at_times_of_the_day_on_days_of_the_week(said: str, digest: Digest) -> None:
    assert desk(f"digest: {said}").digest == digest


def test_every_fifteen_minutes_is_ninety_six_times_a_day() -> None:
    digest = desk("digest: every 15min").digest
    assert digest
    assert (len(digest.times), digest.times[:2], digest.times[-1]) == (96, (time(0), time(0, 15)), time(23, 45))


def test_limits() -> None:
    rules = parsed("limit: {per_hour: 12, pass: urgent}", "limit: {per_hour: 3, per: place}")
    assert rules.channels["desk"].limit == Limit(12, "rule", "urgent")
    assert rules.rules[0].limit == Limit(3, "place")
    assert parsed("", "limit: {per_hour: 1}").rules[0].limit == Limit(1, "rule", "nothing")


def test_a_channel_that_says_nothing_tells_all_at_once() -> None:
    channel = desk("")
    assert (channel.quiet, channel.limit, channel.digest) == (None, None, None)
