"""Stored versions → outbox: the rules' engine, stories, routing and rendering composed, in one transaction.

The decisions are the pure functions of those packages; this module only carries values from one to the next
and hands the result to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from alerts.delivery.render import AlertContent, NoticeContent, digests, render
from alerts.delivery.routing import Circumstances, NewAlert, in_digest, route
from alerts.places.model import Place, PlaceHit
from alerts.places.precise import most_precise
from alerts.rules.engine import Survey
from alerts.rules.model import Channel, Document, Match, RuleSet, Severity
from alerts.rules.page import LEAD_WORDS
from alerts.store.decisions import Decisions, StoredVersion
from alerts.stories.copies import story_of
from crawler.article import DAY_ONLY
from crawler.outlets.catalogue import Outlet

if TYPE_CHECKING:
    from alerts.places.gazetteer import Gazetteer


class Matcher(Protocol):
    """`alerts.rules.engine.Engine`."""

    def survey(self, document: Document) -> Survey: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a pass decides with: the rules, their engine, the catalogue (for names), the age limit of an alert."""

    rules: RuleSet
    engine: Matcher
    outlets: Mapping[str, Outlet]
    gazetteer: Callable[[], Gazetteer]
    age_limit: timedelta


@dataclass(slots=True)
class PassCount:
    """New alerts of this pass so far, by channel: what the digest rule counts."""

    alerts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A new alert on its way to becoming, or joining, a message."""

    story: int
    version: StoredVersion
    alert: NewAlert
    places: tuple[PlaceHit, ...]


def decide(
    desk: Desk, versions: Sequence[StoredVersion], count: PassCount, now: datetime
) -> Callable[[Decisions], list[str]]:
    """The function that decides these versions in one transaction; it returns notices, a line each."""
    found = [(version, desk.engine.survey(document_of(version, desk.outlets))) for version in versions]

    def work(store: Decisions) -> list[str]:
        waiting: dict[str, list[_Waiting]] = {}
        opened: set[tuple[int, str]] = set()
        for version, (matches, places) in found:
            story = _story(store, version)
            told = store.told(story) | {channel for s, channel in opened if s == story}
            there = Circumstances(version.baseline, version.at, now, told, desk.age_limit)
            outcomes, alerts = route(matches, there)
            for match in matches:
                store.record_match(version.id, match, outcomes[match.rule.id])
            for alert in alerts:
                opened.add((story, alert.channel))
                waiting.setdefault(alert.channel, []).append(_Waiting(story, version, alert, places))
            if version.number > 1:
                _complete(desk, store, version, matches, places)
            store.decided(version.id)
        return [line for channel, news in waiting.items() if (line := _tell(desk, store, channel, news, count))]

    return work


def document_of(version: StoredVersion, outlets: Mapping[str, Outlet]) -> Document:
    """A stored version as the engine sees it: its text was cleaned before it was stored."""
    outlet = outlets.get(version.outlet)
    return Document(version.title, version.text, version.outlet, country=outlet.country if outlet else None)


def _story(store: Decisions, version: StoredVersion) -> int:
    story = store.story(version.article)
    if story is None:
        copied = story_of(version.outlet, version.at, version.words, store.tellings(version))
        story = store.join_story(version.article, copied)
    return story


def _tell(desk: Desk, store: Decisions, channel_name: str, news: list[_Waiting], count: PassCount) -> str | None:
    """Puts a channel's new alerts into the outbox, each as a message or all as a digest (then: a notice)."""
    channel = desk.rules.channels[channel_name]
    digest = in_digest(count.alerts, channel_name, len(news))
    count.alerts[channel_name] = count.alerts.get(channel_name, 0) + len(news)
    if digest:
        items = [_content(desk, w.version, w.alert.matches, w.alert.severity, w.places, channel) for w in news]
        rest = iter(news)
        for page in digests(items, channel=channel):
            message = store.post(channel, "digest", render(page, channel=channel))
            for w in islice(rest, len(page.items)):
                store.add_alert(w.story, channel_name, w.version.article, w.alert.severity, message)
        return f"{channel_name}: {len(news)} alerts in one pass went into a digest"
    for w in news:
        content = _content(desk, w.version, w.alert.matches, w.alert.severity, w.places, channel)
        message = store.post(channel, "alert", render(content, channel=channel), silent=w.alert.severity == "info")
        store.add_alert(w.story, channel_name, w.version.article, w.alert.severity, message)
    return None


def _complete(
    desk: Desk, store: Decisions, version: StoredVersion, matches: Sequence[Match], places: tuple[PlaceHit, ...]
) -> None:
    """The page came after its headline had been told: the message is edited, if it would say something else."""
    for shown in store.showing(version.article):
        channel = desk.rules.channels.get(shown.channel)
        for_channel = [m for m in matches if shown.channel in m.rule.send and m.rule.status == "live"]
        if channel is None or not for_channel:
            continue
        text = render(_content(desk, version, for_channel, shown.severity, places, channel), channel=channel)
        if text.html != shown.html:
            store.edit(shown, text)


def post_notices(rules: RuleSet, lines: Sequence[str]) -> Callable[[Decisions], None]:
    """The function that puts notices into the operator's channel, if rules.yaml names one."""

    def work(store: Decisions) -> None:
        if rules.operator and lines:
            channel = rules.channels[rules.operator]
            store.post(channel, "notice", render(NoticeContent(tuple(lines)), channel=channel), silent=True)

    return work


def _content(
    desk: Desk,
    version: StoredVersion,
    matches: Sequence[Match],
    severity: Severity,
    found: tuple[PlaceHit, ...],
    channel: Channel,
) -> AlertContent:
    outlet = desk.outlets.get(version.outlet)
    lead = _lead(version.text)
    evidence = [e for match in matches for e in match.evidence]
    places = list(dict.fromkeys(e.place for e in evidence if e.place))
    terms = {e.term: e.surface for e in reversed(evidence) if e.term}  # each term as it stands first
    hit = most_precise(found, evidence, version.text.find(lead) + len(lead))
    return AlertContent(
        title=version.title,
        lead=lead,
        outlet_name_ar=outlet.name_ar if outlet else version.outlet,
        outlet_name_en=outlet.name_en if outlet else version.outlet,
        place=desk.gazetteer().path_of(hit.place) if hit else next(iter(places), None),
        published_at=None if DAY_ONLY in version.flags else version.published_at,
        seen_at=version.seen_at,
        url=version.url,
        rules=tuple((match.rule.id, match.rule.title) for match in matches),
        severity=severity,
        flags=version.flags,
        evidence_line=" · ".join([*dict.fromkeys(reversed(terms.values())), *places]),
        place_url=_map_of(desk, hit.place) if hit and channel.map else "",
    )


def _map_of(desk: Desk, place: Place) -> str:
    """The page of a map that shows a place; "": nobody knows where it is."""
    from alerts.places.position import map_url, position_of

    position = position_of(place, desk.gazetteer())
    return map_url(place, position) if position else ""


def _lead(text: str) -> str:
    """The first paragraph that is long enough to say something (rules.md: the lead), else the first."""
    paragraphs = text.split("\n")
    return next((p for p in paragraphs if len(p.split()) >= LEAD_WORDS), paragraphs[0])
