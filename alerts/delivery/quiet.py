"""Quiet: whether an alert is told at once, waits, or is not told at all, and when what waits is told. Pure.

Three things make an alert wait, in this order: the channel is told by digests, it is quiet there, or it has had its
share of the hour. What waits in a channel is told together; `digest_at` says when, from what waits and the clock alone,
so that a daemon and a pass of cron, on time or days late, do the same. Silences keep an alert from being made. What
waits is kept by `alerts.store.held`; what a digest looks like is `render.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.rules.model import Channel, Digest, Limit, Passes, Quiet, Rule, Severity

HOUR = timedelta(hours=1)
"""What `per_hour` counts over, and how long its overflow is gathered."""

CLOCK_SLACK = timedelta(hours=1)
"""An alert from further ahead than this was held before the clock was set back: how long it has waited nobody knows,
and it is due. Less than this is waited out."""

_DAY = timedelta(days=1)
_WEEK = 8
"""Days to look at for the next digest: a week, and one for the zone's distance from UTC."""

SEVERITIES: tuple[Severity, ...] = ("info", "normal", "urgent")
"""From least to most."""

HeldBy = Literal["digest", "quiet", "limit"]

SilenceKind = Literal["place", "rule", "outlet", "channel"]


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that a channel was told by itself: the ids of its rules, and the place that it named."""

    rules: tuple[str, ...]
    place: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that waits: for what, and since when (UTC)."""

    held: HeldBy
    since: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """Something that is not told until a time (UTC). `value` is the id of a rule, outlet, or place of the gazetteer,
    or the name of a channel; `name` is what the editor called it."""

    kind: SilenceKind
    value: str
    name: str
    until: datetime
    because: str
    id: int = 0


def hold(
    channel: Channel,
    rules: Sequence[Rule],
    severity: Severity,
    place: str | None,
    told: Iterable[Told],
    now: datetime,
) -> HeldBy | None:
    """For what a new alert of these rules waits in the channel; None: it is told at once.

    `told` is what the channel was told in the last hour, each by itself. An alert of several rules waits for a rule's
    limit only where it is over that of each.
    """
    if channel.digest and not passes(severity, channel.digest.passes):
        return "digest"
    if channel.quiet and not passes(severity, channel.quiet.passes) and quiet_until(channel.quiet, now):
        return "quiet"
    told = tuple(told)
    if channel.limit and not passes(severity, channel.limit.passes) and len(told) >= channel.limit.per_hour:
        return "limit"
    if rules and all(_over(rule, severity, place, told) for rule in rules):
        return "limit"
    return None


def passes(severity: Severity, least: Passes) -> bool:
    """Whether an alert of this severity does not wait."""
    return least != "nothing" and SEVERITIES.index(severity) >= SEVERITIES.index(least)


def digest_at(channel: Channel, waiting: Iterable[Waiting], now: datetime) -> datetime:
    """When what waits in a channel, one alert at least, is told: due where that is not after `now`.

    It is the first time at which one of them is due; all are told then. A time that lies in quiet hours, or is past
    while it is quiet, becomes their end.
    """
    when = min(_due(channel, one, now) for one in waiting)
    return (channel.quiet and quiet_until(channel.quiet, max(when, now))) or when


def quiet_until(quiet: Quiet, now: datetime) -> datetime | None:
    """The end (UTC) of the quiet hours that hold now; None: none do.

    Times of day are those of the zone's clocks. Of a time that the clocks show twice the hours begin at the first and
    end at the second; one that they leave out is as far from midnight as it would have been without the change.
    """
    today = now.astimezone(quiet.zone).date()
    for day in (today - _DAY, today):
        begins = _instant(day, quiet.start, quiet.zone)
        last = day if quiet.start < quiet.end else day + _DAY
        ends = _instant(last, quiet.end, quiet.zone, second=True)
        if begins <= now < ends:
            return ends
    return None


def next_digest(digest: Digest, zone: ZoneInfo, after: datetime) -> datetime:
    """The first time (UTC) of a channel's digest after another."""
    today = after.astimezone(zone).date()
    days = (today + n * _DAY for n in range(_WEEK + 1))
    times = (_instant(day, at, zone) for day in days if day.weekday() in digest.days for at in digest.times)
    return min(at for at in times if at > after)


def silence_of(
    silences: Iterable[Silence], *, rule: str, outlet: str | None, channel: str, places: Collection[str], now: datetime
) -> Silence | None:
    """The first silence that covers a match of a rule, for a channel. `places` are the ids of the place that the
    alert would name and of all that it lies in."""
    about: dict[SilenceKind, Collection[str]] = {
        "place": places,
        "rule": (rule,),
        "outlet": (outlet,) if outlet else (),
        "channel": (channel,),
    }
    return next((s for s in silences if s.until > now and s.value in about[s.kind]), None)


def _over(rule: Rule, severity: Severity, place: str | None, told: Collection[Told]) -> bool:
    """Whether a rule has been told as often in the last hour as it may be: at all, or of this place."""
    limit: Limit | None = rule.limit
    if limit is None or passes(severity, limit.passes):
        return False
    same = (t for t in told if rule.id in t.rules and (limit.per == "rule" or t.place == place))
    return sum(1 for _ in same) >= limit.per_hour


def _due(channel: Channel, waiting: Waiting, now: datetime) -> datetime:
    """When one alert is due by itself. What the rules file no longer asks to wait for is due since it waits."""
    since = waiting.since
    if since > now + CLOCK_SLACK:
        return now
    match waiting.held:
        case "digest":
            return next_digest(channel.digest, channel.timezone, since) if channel.digest else since
        case "quiet":
            return (channel.quiet and quiet_until(channel.quiet, since)) or since
        case "limit":
            return since + HOUR


def _instant(day: date, at: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The moment (UTC) at which a zone's clocks show a time of day; of two, the first or the second."""
    local = datetime.combine(day, at, zone)
    again = local.replace(fold=1)
    if second and again.utcoffset() < local.utcoffset():  # type: ignore[operator]  # a zone has an offset
        local = again
    return local.astimezone(UTC)
