"""When an article was published: which of the page's dates is believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from lxml import etree

from crawler.article import Entry
from crawler.extract.dates import Reading, is_date_line, not_ahead, parse_date, read_date
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
_NEAR = 6  # ancestors of the headline within which its date line stands


def find_published(
    root: Element, said: Structured, url: str, outlet: Outlet, fetched_at: datetime, entry: Entry | None
) -> tuple[datetime | None, str, bool]:
    """(moment in UTC or None, how it was decided, whether only its day is known).

    The first voice that names a moment is believed; one that names a day only gives way to the next that
    names a time on that day.
    """
    day: tuple[Reading, str] | None = None
    for reason, reading in _voices(root, said, url, outlet, fetched_at, entry):
        if day is not None and not (reading.has_time and abs(reading.moment - day[0].moment) <= _SAME_DAY):
            continue
        if not reading.has_time:
            day = (reading, reason)
            continue
        return *_within(reading.moment, fetched_at, reason), False
    if day:
        return *_within(day[0].moment, fetched_at, f"{day[1]}, a day without time"), True
    return None, "no date was found", False


def find_modified(said: Structured, outlet: Outlet, fetched_at: datetime) -> tuple[datetime | None, str]:
    """(moment in UTC or None, how it was decided)."""
    for reason, text in (
        *(("json-ld dateModified", text) for text in texts(said.article.get("dateModified"))),
        *((f"meta {name}", text) for name, text in said.meta(*_MODIFIED)),
    ):
        moment = parse_date(text, zone=outlet.timezone, now=fetched_at, z_is_local=outlet.z_is_local)
        if moment:
            return _within(moment, fetched_at, reason)
    return None, ""


def _within(moment: datetime, now: datetime, reason: str) -> tuple[datetime, str]:
    clamped = not_ahead(moment, now)
    return clamped, reason if clamped == moment else f"{reason}, ahead of now: {moment.isoformat()}"


def _voices(
    root: Element, said: Structured, url: str, outlet: Outlet, fetched_at: datetime, entry: Entry | None
) -> Iterator[tuple[str, Reading]]:
    def read(reason: str, values: Iterable[str]) -> Iterator[tuple[str, Reading]]:
        for text in values:
            if reading := read_date(text, zone=outlet.timezone, now=fetched_at, z_is_local=outlet.z_is_local):
                yield reason, reading

    yield from read("selector", select_values(root, outlet.selectors.published))
    yield from read("json-ld datePublished", texts(said.article.get("datePublished")))
    for name, text in said.meta(*_PUBLISHED):
        yield from read(f"meta {name}", [text])
    for element in itemprop(root, "datePublished"):
        yield from read("microdata datePublished", (value_of(element), text_of(element)))
    yield from read("json-ld page", texts(said.page.get("datePublished")))
    yield from read("json-ld dateCreated", texts(said.article.get("dateCreated")))
    yield from read("beside the headline", _beside_headline(root))
    yield from read("text beside the headline", _text_beside_headline(root))
    if entry and entry.published_at:
        yield "entry", Reading(entry.published_at, has_time=not entry.day_only)
    yield from read("address", _in_address(url, outlet))


def _beside_headline(root: Element) -> Iterator[str]:
    """Texts of time elements, and of those whose class speaks of date or time, near the headline: the smallest
    ancestor of the last h1 that holds any, so that no sidebar's date is taken."""
    for heading in reversed(list(root.iter("h1"))[:_NEAR]):
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


def _text_beside_headline(root: Element) -> Iterator[str]:
    """Texts around the last h1 that are a date line."""
    for heading in list(root.iter("h1"))[-1:]:
        for text in (*_TEXTS_AFTER(heading), *reversed(_TEXTS_BEFORE(heading))):
            if is_date_line(text):
                yield tidy(text)


def _in_address(url: str, outlet: Outlet) -> Iterator[str]:
    match = article_match(url, outlet)
    if match and {"y", "m", "d"} <= match.groupdict().keys() and match["y"]:
        yield f"{match['y']}-{match['m']}-{match['d']}"
