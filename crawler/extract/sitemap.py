"""Sitemaps (sitemaps.org/protocol.html) and Google's news sitemaps: their recent part, as entries; and indexes of
sitemaps: which of them hold the recent part."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.article import Entry
from crawler.extract.dates import read_date
from crawler.extract.decode import MAX_BYTES, decode
from crawler.extract.entries import MAX_ENTRIES, Fields, entry_of, web_address
from crawler.extract.feed_xml import NotWellFormed, xml_items
from crawler.extract.times import date_facts
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet

RECENT = timedelta(days=2)
"""What is older is not asked for: Google's own bound for a news sitemap."""
MAX_SITEMAPS = 5
"""Sitemaps of an index that are asked for; news sites keep one a day, a month or a section."""
MAX_ITEMS = 50_000
"""URLs or sitemaps of one file (the protocol's own bound)."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap says: `entries` in its order, or, of an index, the addresses of the `sitemaps` to read next,
    the newest first."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(
    body: bytes,
    *,
    url: str,
    outlet: Outlet,
    fetched_at: datetime,
    charset: str | None = None,
    recent: timedelta | None = RECENT,
) -> Sitemap:
    """The entries of the sitemap at `url`, plain or gzip, that are no older than `recent` (None: all), at most
    `MAX_ENTRIES`, the newest; or the recent sitemaps of an index, at most `MAX_SITEMAPS`.

    How old one is, its publication date says, else `lastmod`, else the date in its address; one that says nothing
    counts as recent. Only a publication date becomes the entry's: `lastmod` is when the page last changed.
    News in another language than the outlet's is left out. Raises Unreadable (`not-a-feed`, `broken`).
    """
    text = decode(unzipped(body), charset).strip()
    start = _ROOT.search(text[:_HEAD])
    if not start:
        raise Unreadable("not-a-feed", "no sitemap" + (": an HTML page" if "<html" in text[:_HEAD].lower() else ""))
    try:
        items = xml_items(text[start.start() :], url, start[1].lower(), most=MAX_ITEMS)
    except NotWellFormed:
        try:
            items = xml_items(_whole_items(text, start), url, start[1].lower(), most=MAX_ITEMS)
        except NotWellFormed as e:
            raise Unreadable("not-a-feed", f"a broken sitemap: {e}") from e
    since = fetched_at - recent if recent is not None else None
    if start[1].lower() == "sitemapindex":
        return Sitemap(sitemaps=_recent_sitemaps(items, url, outlet, fetched_at, since))
    return Sitemap(entries=_recent_entries(items, url, outlet, fetched_at, since))


def unzipped(body: bytes) -> bytes:
    """A gzip file's contents, at most `MAX_BYTES` of them; other bytes as they are. Raises Unreadable (`broken`)."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, MAX_BYTES)
    except zlib.error as e:
        raise Unreadable("broken", f"broken gzip: {e}") from e


_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(urlset|sitemapindex)(?=[\s>/])", re.IGNORECASE)
_HEAD = 65536  # code points in which the root element begins


def _whole_items(text: str, start: re.Match[str]) -> str:
    """A sitemap that was cut off (by a bound, or on its way), up to its last whole item."""
    item = "url" if start[1].lower() == "urlset" else "sitemap"
    ends = list(re.finditer(rf"</((?:\w{{1,30}}:)?{item})>", text))
    if not ends:
        raise NotWellFormed("no whole item")
    return f"{text[start.start() : ends[-1].end()]}</{start[0][1:]}>"


# ---- which entries ------------------------------------------------------------------------------------------


def _recent_entries(
    items: Sequence[Fields], url: str, outlet: Outlet, now: datetime, since: datetime | None
) -> tuple[Entry, ...]:
    ours = [fields for fields in items if _is_ours(fields, outlet)]
    dated = [(_moment(fields, outlet, now), n) for n, fields in enumerate(ours)]
    wanted = [(moment, n) for moment, n in dated if since is None or moment is None or moment >= since]
    if len(wanted) > MAX_ENTRIES:  # the newest; of those without any date the first, where news sites put it
        oldest = datetime.min.replace(tzinfo=now.tzinfo)
        wanted = sorted(wanted, key=lambda one: one[0] or oldest, reverse=True)[:MAX_ENTRIES]
    entries = (entry_of(ours[n], url=url, outlet=outlet, fetched_at=now) for n in sorted(n for _, n in wanted))
    return tuple(entry for entry in entries if entry.url)


def _is_ours(fields: Fields, outlet: Outlet) -> bool:
    language = (fields.get("language") or [""])[0].strip().lower().partition("-")[0]
    return len(language) not in (2, 3) or language[:2] == outlet.language[:2]


def _moment(fields: Fields, outlet: Outlet, now: datetime) -> datetime | None:
    """When the item was last touched, as far as it says; of a day only, the day's end."""
    for text in (*fields.get("published", ()), *fields.get("lastmod", ())):
        if reading := read_date(text.strip(), now=now, **date_facts(outlet)):
            return reading.moment if reading.has_time else reading.moment + timedelta(days=1)
    return _end_of_period((fields.get("link") or [""])[0], now)


# ---- which sitemaps -----------------------------------------------------------------------------------------

_NO_NEWS = re.compile(r"(?:author|category|categories|tag|page|image|video|taxonom\w{1,4})s?[-_]sitemap", re.IGNORECASE)
"""Sitemaps of WordPress's plugins that list no articles."""


def _recent_sitemaps(
    items: Sequence[Fields], url: str, outlet: Outlet, now: datetime, since: datetime | None
) -> tuple[str, ...]:
    """Those touched since `since`, the newest first, then those of which nothing is known: the first and the last
    of them, since numbered ones grow at either end. Where all are old, the newest: its feed has gone quiet."""
    addresses: dict[str, datetime | None] = {}
    for fields in items:
        address = web_address((fields.get("link") or [""])[0], url)
        if address and not _NO_NEWS.search(address):
            addresses.setdefault(address, _moment(fields, outlet, now))
    dated = sorted(((moment, a) for a, moment in addresses.items() if moment), key=lambda one: one[0], reverse=True)
    undated = [address for address, moment in addresses.items() if not moment]
    recent = [address for moment, address in dated if since is None or moment >= since]
    room = MAX_SITEMAPS - len(recent[:MAX_SITEMAPS])
    if len(undated) > room:
        undated = [*undated[: room - room // 2], *undated[len(undated) - room // 2 :]]
    return tuple([*recent, *undated][:MAX_SITEMAPS]) or tuple(address for _, address in dated[:1])


_PERIOD = re.compile(r"(?<!\d)(20\d\d)[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


def _end_of_period(address: str, now: datetime) -> datetime | None:
    """The end of the day or month that an address names (`…/2026-11-23.xml`, `sitemap-202611.xml`)."""
    match = _PERIOD.search(address)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), match[3]
    try:
        first = date(year, month, int(day or 1))
    except ValueError:
        return None
    last = first + timedelta(days=1) if day else date(year + month // 12, month % 12 + 1, 1)
    return datetime(last.year, last.month, last.day, tzinfo=now.tzinfo)
