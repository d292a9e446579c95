"""What is to be told, and where: matches of one article version → outcomes and new alerts. Pure.

Owns the reasons for which a match is recorded and not sent; when what is sent waits is `quiet.py`'s; rendering, the
outbox and stories are others'.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from alerts.delivery.quiet import SEVERITIES, Silence, silence_of
from alerts.rules.model import Match, Severity

AGE_LIMIT = timedelta(hours=12)
"""Older news, by its published time, else first sight, is recorded and not sent."""

DIGEST_OVER = 20
"""More new alerts than this for one channel in one pass become one digest and a notice."""

MatchOutcome = Literal["alert", "held", "silenced", "told", "baseline", "old", "test"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides: `at` is when the article was published, else first seen; `told` are the channels that
    have an alert of its story, `waits` those of them where it waits, with its severity: a graver match opens another
    in its place. `places` are, for each rule's id, the ids of the place that its match would name and of all that it
    lies in."""

    baseline: bool
    at: datetime
    now: datetime
    told: Collection[str]
    age_limit: timedelta = AGE_LIMIT
    waits: Mapping[str, Severity] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    outlet: str | None = None
    places: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A channel to be told of a story, by these matches; `severity` is the highest of theirs."""

    channel: str
    severity: Severity
    matches: tuple[Match, ...]


def route(matches: Sequence[Match], there: Circumstances) -> tuple[dict[str, MatchOutcome], tuple[NewAlert, ...]]:
    """The outcome of each match by its rule's id, and the alerts that they make, in the order of the rules.

    A match that opens at least one alert is `alert`; else one that a silence keeps from a channel is `silenced`, one
    whose channels have all been told `told`.
    """
    outcomes: dict[str, MatchOutcome] = {}
    by_channel: dict[str, list[Match]] = {}
    for match in matches:
        reason = unsent(match, there)
        if reason:
            outcomes[match.rule.id] = reason
            continue
        untold = [channel for channel in match.rule.send if not is_told(match, channel, there)]
        new = [channel for channel in untold if silence_on(match, channel, there) is None]
        outcomes[match.rule.id] = "alert" if new else "silenced" if untold else "told"
        for channel in new:
            by_channel.setdefault(channel, []).append(match)
    return outcomes, tuple(
        NewAlert(channel, max((m.rule.severity for m in found), key=SEVERITIES.index), tuple(found))
        for channel, found in by_channel.items()
    )


def is_told(match: Match, channel: str, there: Circumstances) -> bool:
    """Whether the channel has an alert of the story that this match adds nothing to."""
    if channel in there.waits:
        return SEVERITIES.index(match.rule.severity) <= SEVERITIES.index(there.waits[channel])
    return channel in there.told


def silence_on(match: Match, channel: str, there: Circumstances) -> Silence | None:
    """The silence that keeps the match from the channel."""
    return silence_of(
        there.silences,
        rule=match.rule.id,
        outlet=there.outlet,
        channel=channel,
        places=there.places.get(match.rule.id, ()),
        now=there.now,
    )


def unsent(match: Match, there: Circumstances) -> MatchOutcome | None:
    """Why a match is told nowhere, whatever its channels; None: it may be."""
    if match.rule.status == "test":
        return "test"
    if there.baseline:
        return "baseline"
    if there.now - there.at > there.age_limit:
        return "old"
    return None


def in_digest(already: Mapping[str, int], channel: str, new: int) -> bool:
    """Whether `new` alerts of a channel go into one digest, after `already[channel]` in the same pass."""
    return already.get(channel, 0) + new > DIGEST_OVER
