"""When an article was published: which of the page's dates is believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from typing import TypedDict

from lxml import etree

from crawler.article import Entry
from crawler.extract.dates import SLACK, Confidence, Reading, is_date_line, not_ahead, parse_date, understand
from crawler.extract.letters import tidy
from crawler.extract.structured import Structured, itemprop, texts
from crawler.extract.tree import Element, select_each, select_values, text_of, value_of
from crawler.identity import article_match
from crawler.outlets.catalogue import Outlet

_PUBLISHED = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "publishdate",
    "publisheddate",
    "publish-date",
    "publish_date",
    "pubdate",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "datecreated",
    "date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "lastdate")
_DATED = (
    "time, *[class*='date'], *[class*='time'], *[class*='Date'], *[class*='Time'], *[id*='date'], *[class*='publish']"
)
_SAME_DAY = timedelta(hours=36)
"""How far a time may lie from the midnight of a date that is meant to be its day (zones included)."""
_SAME_MINUTE = timedelta(minutes=1)
_NEAR = 6  # ancestors of the headline within which its date line stands


class DateFacts(TypedDict):
    """Arguments of `dates.understand` that are an outlet's."""

    zone: tzinfo
    day_first: bool | None
    z_is_local: bool


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published: the moment in UTC (None: nothing usable was said), how that was decided,
    whether only its day is known, and how far it may be trusted; without a moment, `low`."""

    moment: datetime | None
    reason: str
    day_only: bool
    confidence: Confidence


_Voice = tuple[str, Reading]
"""Where a date stands, and what it says."""


def find_published(
    root: Element, said: Structured, url: str, outlet: Outlet, fetched_at: datetime, entry: Entry | None
) -> Published:
    """Which of the page's dates is believed, and how far.

    The first voice that names a moment is believed; one that names a day only gives way to the next that names a
    time on that day, one that lies ahead of `fetched_at` to the next of that day that does not. A Z beside the
    same clock shown to readers is taken for local time: a wrong visible time would have been noticed. Voices that
    agree to the minute raise the confidence, one that is over a day and a half off makes it low.
    """
    refused: list[str] = []
    voices = list(_machine_voices(root, said, outlet, fetched_at, refused))
    believed = _first(voices, fetched_at)
    if believed is None or not believed[1].has_time or (believed[1].zulu and not outlet.z_is_local):
        voices += _visible_voices(root, outlet, fetched_at, refused)
    if entry and entry.published_at:
        voices.append(("entry", Reading(entry.published_at, has_time=not entry.day_only, zoned=True)))
    voices += _read("address", _in_address(url, outlet), outlet, fetched_at, refused)
    believed = _first(voices, fetched_at)
    if believed is None:
        return Published(None, "no date was found" + (f"; {refused[0]}" if refused else ""), False, "low")
    reason, reading = believed
    if local := _shown_as_local(reading, voices, outlet):
        reason, reading = f"{reason}, its Z is the local time that the page shows", local
    moment, reason = _within(reading.moment, fetched_at, reason)
    confidence: Confidence = "low" if moment != reading.moment else _confidence(believed[0], reading, voices)
    off = next((v for v in voices if v[0] not in _LOOSE and abs(v[1].moment - reading.moment) > _SAME_DAY), None)
    if off:
        reason, confidence = f"{reason}; {off[0]} says {off[1].moment:%Y-%m-%d}", "low"
    if not reading.has_time:
        reason += ", a day without time"
    if reading.doubts:
        reason += f"; {', '.join(reading.doubts)}"
    return Published(moment, reason, not reading.has_time, confidence)


_LOOSE = ("json-ld dateCreated", "beside the headline", "text beside the headline")
"""Voices that may speak of another day without casting doubt: a draft's, a neighbour's."""
_STEPS: tuple[Confidence, ...] = ("low", "medium", "high")


def _first(voices: Sequence[_Voice], now: datetime) -> _Voice | None:
    if not voices:
        return None
    first = voices[0][1]
    same_day = [v for v in voices if abs(v[1].moment - first.moment) <= _SAME_DAY and v[1].has_time]
    if first.has_time and first.moment <= now + SLACK:
        return voices[0]
    return next((v for v in same_day if v[1].moment <= now + SLACK), same_day[0] if same_day else voices[0])


def _shown_as_local(reading: Reading, voices: Sequence[_Voice], outlet: Outlet) -> Reading | None:
    """The reading with its Z taken for the outlet's zone, where the page shows readers that clock. An outlet of which
    nothing is known has the zone of its country's domain, or UTC, and then this changes nothing."""
    if not reading.zulu:
        return None
    local = reading.moment.replace(tzinfo=outlet.timezone).astimezone(UTC)
    shown = any(
        reason in _VISIBLE and v.has_time and not v.zoned and abs(v.moment - local) < _SAME_MINUTE
        for reason, v in voices
    )
    return replace(reading, moment=local, zoned=False) if shown and local != reading.moment else None


def _confidence(reason: str, reading: Reading, voices: Sequence[_Voice]) -> Confidence:
    """That of the reading, a step higher where another voice says the same minute."""
    seen = reason in _VISIBLE  # both of these are the same line of the page
    others = (said for where, said in voices if where != reason and not (seen and where in _VISIBLE))
    agreed = any(said.has_time and abs(said.moment - reading.moment) < _SAME_MINUTE for said in others)
    return _STEPS[min(_STEPS.index(reading.confidence) + agreed, len(_STEPS) - 1)]


def find_modified(said: Structured, outlet: Outlet, fetched_at: datetime) -> tuple[datetime | None, str]:
    """(moment in UTC or None, how it was decided)."""
    for reason, text in (
        *(("json-ld dateModified", text) for text in texts(said.article.get("dateModified"))),
        *((f"meta {name}", text) for name, text in said.meta(*_MODIFIED)),
    ):
        moment = parse_date(text, now=fetched_at, **date_facts(outlet))
        if moment:
            return _within(moment, fetched_at, reason)
    return None, ""


def date_facts(outlet: Outlet) -> DateFacts:
    """What the catalogue knows of an outlet's dates, as `dates.understand` takes it."""
    return {
        "zone": outlet.timezone,
        "day_first": None if outlet.month_first is None else not outlet.month_first,
        "z_is_local": outlet.z_is_local,
    }


def _within(moment: datetime, now: datetime, reason: str) -> tuple[datetime, str]:
    clamped = not_ahead(moment, now)
    return clamped, reason if clamped == moment else f"{reason}, ahead of now: {moment.isoformat()}"


def _machine_voices(
    root: Element, said: Structured, outlet: Outlet, now: datetime, refused: list[str]
) -> Iterator[_Voice]:
    """What the outlet's selector finds and what is written for machines."""

    def read(reason: str, values: Iterable[str]) -> Iterator[_Voice]:
        return _read(reason, values, outlet, now, refused)

    yield from read("selector", select_values(root, outlet.selectors.published))
    yield from read("json-ld datePublished", texts(said.article.get("datePublished")))
    for name, text in said.meta(*_PUBLISHED):
        yield from read(f"meta {name}", [text])
    for element in itemprop(root, "datePublished"):
        yield from read("microdata datePublished", (value_of(element), text_of(element)))
    yield from read("json-ld page", texts(said.page.get("datePublished")))
    yield from read("json-ld dateCreated", texts(said.article.get("dateCreated")))


_VISIBLE = ("beside the headline", "text beside the headline")


def _visible_voices(root: Element, outlet: Outlet, now: datetime, refused: list[str]) -> Iterator[_Voice]:
    """What readers see at the headline."""
    yield from _read(_VISIBLE[0], _beside_headline(root, outlet), outlet, now, refused)
    yield from _read(_VISIBLE[1], _text_beside_headline(root, outlet), outlet, now, refused)


def _read(reason: str, values: Iterable[str], outlet: Outlet, now: datetime, refused: list[str]) -> Iterator[_Voice]:
    """The values that name a moment; of the others that have a digit, `refused` is told."""
    for text in values:
        found = understand(text, now=now, **date_facts(outlet))
        if isinstance(found, Reading):
            yield reason, found
        elif any(c.isdigit() for c in text):
            refused.append(f"{reason} «{text[:_TOLD]}»: {found.why}")


_TOLD = 40  # code points of a refused text that are told


def _headlines(root: Element, outlet: Outlet) -> list[Element]:
    """The elements that may be the headline, the likeliest first: the outlet's, then the h1 from the last on (the
    first may be the site's name)."""
    named = (e for e in select_each(root, [s for s in outlet.selectors.title if s]) if e.tag not in _OF_HEAD)
    return list(dict.fromkeys([*islice(named, 1), *reversed(list(islice(root.iter("h1"), _NEAR)))]))


_OF_HEAD = ("link", "meta", "script", "title")  # what a title may be read of and stands beside nothing


def _beside_headline(root: Element, outlet: Outlet) -> Iterator[str]:
    """Texts of time elements, and of those whose class speaks of date or time, near the headline: the smallest
    ancestor of it that holds any, so that no sidebar's date is taken."""
    for heading in _headlines(root, outlet):
        for level, above in enumerate(heading.iterancestors()):
            if level >= _NEAR or above.tag in ("body", "html"):
                break
            texts_here = [
                text
                for element in select_each(above, [_DATED])
                for text in (tidy(element.get("datetime") or ""), text_of(element))
                if text
            ]
            if texts_here:
                yield from texts_here
                break


_AROUND = 30  # texts before and after the headline that are looked at
_TEXTS_AFTER = etree.XPath(f"(following::text()[normalize-space()])[position() <= {_AROUND}]", smart_strings=False)
_TEXTS_BEFORE = etree.XPath(
    f"(preceding::text()[normalize-space()])[position() > last() - {_AROUND}]", smart_strings=False
)


def _text_beside_headline(root: Element, outlet: Outlet) -> Iterator[str]:
    """Texts around the headline that are a date line."""
    for heading in _headlines(root, outlet)[:1]:
        for text in (*_TEXTS_AFTER(heading), *reversed(_TEXTS_BEFORE(heading))):
            if is_date_line(text):
                yield tidy(text)


def _in_address(url: str, outlet: Outlet) -> Iterator[str]:
    match = article_match(url, outlet)
    if match and {"y", "m", "d"} <= match.groupdict().keys() and match["y"]:
        yield f"{match['y']}-{match['m']}-{match['d']}"
