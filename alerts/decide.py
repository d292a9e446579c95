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

from alerts.delivery.quiet import Told, digest_at, hold
from alerts.delivery.render import AlertContent, NoticeContent, digests, render
from alerts.delivery.routing import Circumstances, NewAlert, in_digest, route
from alerts.places.model import Place, PlaceHit
from alerts.places.precise import most_precise
from alerts.rules.engine import Survey
from alerts.rules.model import Channel, Document, Evidence, Match, RuleSet, Severity
from alerts.rules.page import LEAD_WORDS
from alerts.store.decisions import Decisions, StoredVersion
from alerts.store.held import HeldAlert
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
class _News:
    """A new alert on its way to becoming, or joining, a message."""

    story: int
    article: int
    severity: Severity
    content: AlertContent


def decide(
    desk: Desk, versions: Sequence[StoredVersion], count: PassCount, now: datetime
) -> Callable[[Decisions], list[str]]:
    """The function that decides these versions in one transaction; it returns notices, a line each."""
    found = [(version, desk.engine.survey(document_of(version, desk.outlets))) for version in versions]

    def work(store: Decisions) -> list[str]:
        board = _Board(desk, store, now)
        for version, (matches, places) in found:
            board.decide(version, matches, places)
            if version.number > 1:
                _complete(desk, store, version, matches, places)
            store.decided(version.id)
        return [line for channel, news in board.news.items() if (line := _tell(desk, store, channel, news, count))]

    return work


class _Board:
    """The decisions of one transaction: what is told at once, by channel, is gathered in `news`."""

    def __init__(self, desk: Desk, store: Decisions, now: datetime) -> None:
        self._desk, self._store, self._now = desk, store, now
        self._silences = store.silences()
        self._opened: set[tuple[int, str]] = set()
        self._told_lately: dict[str, list[Told]] = {}
        self.news: dict[str, list[_News]] = {}

    def decide(self, version: StoredVersion, matches: Sequence[Match], places: tuple[PlaceHit, ...]) -> None:
        """Gives an article its story, and each of its matches an outcome."""
        store = self._store
        story = _story(store, version)
        if not matches:
            return
        waiting = store.waiting_of(story)
        there = Circumstances(
            baseline=version.baseline,
            at=version.at,
            now=self._now,
            told=store.told(story) | {channel for s, channel in self._opened if s == story},
            age_limit=self._desk.age_limit,
            waits={channel: alert.severity for channel, alert in waiting.items()},
            silences=self._silences,
            outlet=version.outlet,
            places=named_places(self._desk, version.text, matches, places) if self._silences else {},
        )
        outcomes, alerts = route(matches, there)
        at_once: set[str] = set()
        for alert in alerts:
            if self._open(story, version, alert, places, waiting.get(alert.channel)):
                at_once.update(match.rule.id for match in alert.matches)
        for match in matches:
            outcome = outcomes[match.rule.id]
            store.record_match(
                version.id, match, "held" if outcome == "alert" and match.rule.id not in at_once else outcome
            )

    def _open(
        self,
        story: int,
        version: StoredVersion,
        alert: NewAlert,
        places: tuple[PlaceHit, ...],
        waiting: HeldAlert | None,
    ) -> bool:
        """Opens an alert, in the place of a less grave one that waits; whether it is told at once."""
        store, name = self._store, alert.channel
        channel = self._desk.rules.channels[name]
        content = alert_content(self._desk, version, alert.matches, alert.severity, places, channel)
        rules = [match.rule for match in alert.matches]
        if name not in self._told_lately:
            limited = channel.limit or any(rule.limit for rule in self._desk.rules.rules)
            self._told_lately[name] = store.told_lately(name) if limited else []
        held = hold(channel, rules, alert.severity, content.place, self._told_lately[name], self._now)
        if held and waiting:  # since when it waits stays
            store.say_instead(waiting, content, held=held, severity=alert.severity, article_id=version.article)
        elif held:
            store.add_alert(story, name, version.article, alert.severity, content, held_by=held)
        else:
            if waiting:
                store.withdraw(waiting)
            self._opened.add((story, name))
            self._told_lately[name].append(Told(tuple(rule.id for rule in rules), content.place))
            self.news.setdefault(name, []).append(_News(story, version.article, alert.severity, content))
        return held is None


def flush(rules: RuleSet, now: datetime) -> Callable[[Decisions], list[str]]:
    """The function that tells what waits and is due, each channel's in one digest, in one transaction; it returns
    the names of channels for which alerts wait and which the rules file no longer has. A silenced channel waits on."""

    def work(store: Decisions) -> list[str]:
        lost = []
        silent = {silence.value for silence in store.silences() if silence.kind == "channel"}
        for name, waiting in store.waiting().items():
            channel = rules.channels.get(name)
            if channel is None:
                lost.append(name)
            elif name in silent:
                continue
            elif digest_at(channel, [alert.waiting for alert in waiting], now) <= now:
                _tell_waiting(store, channel, waiting)
        return lost

    return work


def _tell_waiting(store: Decisions, channel: Channel, waiting: Sequence[HeldAlert]) -> None:
    """Posts what waited, in messages as few as hold it; one alert alone is a message like any other."""
    if len(waiting) == 1:
        [alert] = waiting
        text = render(alert.content, channel=channel)
        store.told_in(alert, store.post(channel, "alert", text, silent=alert.severity == "info"))
        return
    rest = iter(waiting)
    for page in digests([alert.content for alert in waiting], channel=channel):
        message = store.post(channel, "digest", render(page, channel=channel))
        for alert in islice(rest, len(page.items)):
            store.told_in(alert, message)


def named_places(
    desk: Desk, text: str, matches: Sequence[Match], found: tuple[PlaceHit, ...]
) -> dict[str, frozenset[str]]:
    """For each rule's id, the ids of the place that its match names and of all that it lies in."""
    named: dict[str, frozenset[str]] = {}
    for match in matches:
        if hit := _named(text, match.evidence, found):
            named[match.rule.id] = _with_above(desk.gazetteer(), hit.place)
    return named


def _with_above(gazetteer: Gazetteer, place: Place) -> frozenset[str]:
    if place.id in gazetteer:
        return gazetteer.above(place.id) | {place.id}
    above = [id for parent in place.parents if parent in gazetteer for id in (parent, *gazetteer.above(parent))]
    return frozenset([place.id, *above])  # a region of the rules file


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


def _tell(desk: Desk, store: Decisions, channel_name: str, news: list[_News], count: PassCount) -> str | None:
    """Puts a channel's new alerts into the outbox, each as a message or all as a digest (then: a notice)."""
    channel = desk.rules.channels[channel_name]
    digest = in_digest(count.alerts, channel_name, len(news))
    count.alerts[channel_name] = count.alerts.get(channel_name, 0) + len(news)
    if digest:
        rest = iter(news)
        for page in digests([one.content for one in news], channel=channel):
            message = store.post(channel, "digest", render(page, channel=channel))
            for one in islice(rest, len(page.items)):
                store.add_alert(one.story, channel_name, one.article, one.severity, one.content, message=message)
        return f"{channel_name}: {len(news)} alerts in one pass went into a digest"
    for one in news:
        message = store.post(channel, "alert", render(one.content, channel=channel), silent=one.severity == "info")
        store.add_alert(one.story, channel_name, one.article, one.severity, one.content, message=message)
    return None


def _complete(
    desk: Desk, store: Decisions, version: StoredVersion, matches: Sequence[Match], places: tuple[PlaceHit, ...]
) -> None:
    """The page came after its headline had been told: the message is edited, if it would say something else. What
    waits to be told will say it."""

    def content_for(channel_name: str, severity: Severity) -> tuple[Channel, AlertContent] | None:
        channel = desk.rules.channels.get(channel_name)
        for_channel = [m for m in matches if channel_name in m.rule.send and m.rule.status == "live"]
        if channel is None or not for_channel:
            return None
        return channel, alert_content(desk, version, for_channel, severity, places, channel)

    for shown in store.showing(version.article):
        if newer := content_for(shown.channel, shown.severity):
            channel, content = newer
            text = render(content, channel=channel)
            if text.html != shown.html:
                store.edit(shown, text)
                store.say_instead(shown, content)
    for alert in store.waiting_with(version.article):
        if newer := content_for(alert.channel, alert.severity):
            store.say_instead(alert, newer[1])


def post_notices(rules: RuleSet, lines: Sequence[str]) -> Callable[[Decisions], None]:
    """The function that puts notices into the operator's channel, if rules.yaml names one."""

    def work(store: Decisions) -> None:
        if rules.operator and lines:
            channel = rules.channels[rules.operator]
            store.post(channel, "notice", render(NoticeContent(tuple(lines)), channel=channel), silent=True)

    return work


def alert_content(
    desk: Desk,
    version: StoredVersion,
    matches: Sequence[Match],
    severity: Severity,
    found: tuple[PlaceHit, ...],
    channel: Channel,
) -> AlertContent:
    outlet = desk.outlets.get(version.outlet)
    evidence = [e for match in matches for e in match.evidence]
    places = list(dict.fromkeys(e.place for e in evidence if e.place))
    terms = {e.term: e.surface for e in reversed(evidence) if e.term}  # each term as it stands first
    hit = _named(version.text, evidence, found)
    return AlertContent(
        title=version.title,
        lead=_lead(version.text),
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


def _named(text: str, evidence: Sequence[Evidence], found: tuple[PlaceHit, ...]) -> PlaceHit | None:
    """The place that an alert with this evidence names."""
    lead = _lead(text)
    return most_precise(found, evidence, text.find(lead) + len(lead))


def _map_of(desk: Desk, place: Place) -> str:
    """The page of a map that shows a place; "": nobody knows where it is."""
    from alerts.places.position import map_url, position_of

    position = position_of(place, desk.gazetteer())
    return map_url(place, position) if position else ""


def _lead(text: str) -> str:
    """The first paragraph that is long enough to say something (rules.md: the lead), else the first."""
    paragraphs = text.split("\n")
    return next((p for p in paragraphs if len(p.split()) >= LEAD_WORDS), paragraphs[0])
