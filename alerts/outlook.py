"""Outlook: where an article would go, were it decided now: the pure parts of a pass composed, and nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alerts.decide import Desk, alert_content, named_places
from alerts.delivery.quiet import HeldBy, Silence, Waiting, digest_at, hold
from alerts.delivery.routing import Circumstances, MatchOutcome, is_told, route, silence_on, unsent
from alerts.records import Record, document_of
from alerts.rules.model import Channel, Rule
from alerts.store.decisions import Decisions, StoredVersion
from alerts.store.held import HeldAlert
from alerts.stories.copies import copy_print, story_of


@dataclass(frozen=True, slots=True)
class Way:
    """What becomes of one rule's match in one of its channels. `held`, `until` (UTC): for what it waits, and when it is
    told; `silence`: what keeps it from there."""

    rule: Rule
    channel: Channel
    outcome: MatchOutcome
    held: HeldBy | None = None
    until: datetime | None = None
    silence: Silence | None = None

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad route`; what does not apply is null."""
        until = self.silence.until if self.silence else self.until
        return {
            "rule": self.rule.id,
            "severity": self.rule.severity,
            "channel": self.channel.name,
            "to": self.channel.to,
            "outcome": self.outcome,
            "held": self.held,
            "until": until.astimezone(UTC).isoformat() if until else None,
            "silence": self.silence.id if self.silence else None,
            "because": self.silence.because if self.silence else None,
        }


def outlook(desk: Desk, record: Record, store: Decisions | None, now: datetime) -> tuple[Way, ...]:
    """The ways of an article, rule by rule and channel by channel; () where no rule matches. `store` (None: there is
    none yet) is only read."""
    version = _as_version(record, now)
    matches, places = desk.engine.survey(document_of(record, desk.outlets))
    if not matches:
        return ()
    story = None
    if store is not None:
        story = story_of(version.outlet, version.at, version.words, store.tellings(version))
    waits: dict[str, HeldAlert] = store.waiting_of(story) if store is not None and story is not None else {}
    there = Circumstances(
        baseline=False,
        at=version.at,
        now=now,
        told=store.told(story) if store is not None and story is not None else (),
        age_limit=desk.age_limit,
        waits={channel: alert.severity for channel, alert in waits.items()},
        silences=store.silences() if store is not None else (),
        outlet=record.outlet,
        places=named_places(desk, version.text, matches, places),
    )
    held: dict[str, tuple[HeldBy, datetime] | None] = {}
    waiting = store.waiting() if store is not None else {}
    for alert in route(matches, there)[1]:
        channel = desk.rules.channels[alert.channel]
        content = alert_content(desk, version, alert.matches, alert.severity, places, channel)
        told = store.told_lately(channel.name) if store is not None else ()
        reason = hold(channel, [m.rule for m in alert.matches], alert.severity, content.place, told, now)
        beside = [one.waiting for one in waiting.get(channel.name, ())]
        held[channel.name] = (reason, digest_at(channel, [*beside, Waiting(reason, now)], now)) if reason else None
    ways = []
    for match in matches:
        for name in match.rule.send:
            channel = desk.rules.channels[name]
            if nowhere := unsent(match, there):
                ways.append(Way(match.rule, channel, nowhere))
            elif is_told(match, name, there):
                ways.append(Way(match.rule, channel, "told"))
            elif silence := silence_on(match, name, there):
                ways.append(Way(match.rule, channel, "silenced", silence=silence))
            elif waits_for := held[name]:
                ways.append(Way(match.rule, channel, "held", waits_for[0], max(waits_for[1], now)))
            else:
                ways.append(Way(match.rule, channel, "alert"))
    return tuple(ways)


def _as_version(record: Record, now: datetime) -> StoredVersion:
    """The record as the store would have it, were it fetched now. A time that cannot be read counts as none, one
    without zone as UTC."""
    try:
        published = datetime.fromisoformat(record.published_at) if record.published_at else None
        published = published.replace(tzinfo=published.tzinfo or UTC).astimezone(UTC) if published else None
    except (ValueError, OverflowError):
        published = None
    copy_hash, words = copy_print(record.title, record.text)
    return StoredVersion(
        id=0,
        article=0,
        number=1,
        outlet=record.outlet or "",
        url=record.url or "",
        title=record.title,
        text=record.text,
        copy_hash=copy_hash,
        words=words,
        flags=(),
        published_at=published,
        seen_at=now,
        baseline=False,
    )
