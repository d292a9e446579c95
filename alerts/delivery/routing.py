"""What is to be told, and where: matches of one article version → outcomes and new alerts. Pure.

Owns the reasons for which a match is recorded and not sent; rendering, the outbox and stories are others'.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.rules.model import Match, Severity

AGE_LIMIT = timedelta(hours=12)
"""Older news, by its published time, else first sight, is recorded and not sent."""

DIGEST_OVER = 20
"""More new alerts than this for one channel in one pass become one digest and a notice."""

SEVERITIES: tuple[Severity, ...] = ("info", "normal", "urgent")

MatchOutcome = Literal["alert", "told", "baseline", "old", "test"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides: `at` is when the article was published, else first seen; `told` are the channels that
    have an alert of its story."""

    baseline: bool
    at: datetime
    now: datetime
    told: Collection[str]
    age_limit: timedelta = AGE_LIMIT


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A channel to be told of a story, by these matches; `severity` is the highest of theirs."""

    channel: str
    severity: Severity
    matches: tuple[Match, ...]


def route(matches: Sequence[Match], there: Circumstances) -> tuple[dict[str, MatchOutcome], tuple[NewAlert, ...]]:
    """The outcome of each match by its rule's id, and the alerts that they make, in the order of the rules.

    A match whose channels have all been told is `told`; one that opens at least one alert is `alert`.
    """
    outcomes: dict[str, MatchOutcome] = {}
    by_channel: dict[str, list[Match]] = {}
    for match in matches:
        held = _held(match, there)
        if held:
            outcomes[match.rule.id] = held
            continue
        new = [channel for channel in match.rule.send if channel not in there.told]
        outcomes[match.rule.id] = "alert" if new else "told"
        for channel in new:
            by_channel.setdefault(channel, []).append(match)
    return outcomes, tuple(
        NewAlert(channel, max((m.rule.severity for m in found), key=SEVERITIES.index), tuple(found))
        for channel, found in by_channel.items()
    )


def _held(match: Match, there: Circumstances) -> MatchOutcome | None:
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
