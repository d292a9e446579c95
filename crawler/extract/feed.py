"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, JSON Feed and news sitemaps, read into entries.

What kind it is, and who reads it: `feed_xml.py` the well-formed ones, quickly; feedparser (`feed_odd.py`) those
that are not, `feed_json.py` JSON. What an item becomes is decided in `entries.py`, for all alike.
"""

from __future__ import annotations

import re
from datetime import datetime

from crawler.article import Entry
from crawler.extract.decode import decode
from crawler.extract.entries import MAX_ENTRIES, MAX_SUMMARY, MAX_TITLE, Fields, entry_of
from crawler.extract.feed_json import json_items, read_json
from crawler.extract.feed_odd import TooMuch, odd_items
from crawler.extract.feed_xml import NotWellFormed, declared_entities, xml_items
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet

__all__ = ["MAX_ENTRIES", "MAX_SUMMARY", "MAX_TITLE", "read_feed"]


def read_feed(
    body: bytes,
    *,
    url: str,
    outlet: Outlet,
    fetched_at: datetime,
    charset: str | None = None,
    whole_text: bool = False,
    addressed_only: bool = True,
) -> tuple[Entry, ...]:
    """The entries of a feed at `url`, in its order, at most `MAX_ENTRIES`; () for a feed without any.

    Links are resolved against `xml:base`, else `url`. Times without numeric offset are the outlet's local ones;
    those ahead of `fetched_at` become it; an item that names no time for sure is undated. `whole_text` gives the
    entries' `text` too. An item without address is left out, or with `addressed_only=False` has an empty one.
    Raises Unreadable: `not-a-feed`, with what was seen instead, or `broken` for bytes that are no text.
    """
    text = decode(body, charset).strip()
    items = json_items(read_json(text)) if text.startswith("{") else _xml_items(text, url)
    entries: list[Entry] = []
    for fields in items:
        entry = entry_of(fields, url=url, outlet=outlet, fetched_at=fetched_at, whole_text=whole_text)
        if entry.url or not addressed_only:
            entries.append(entry)
    return tuple(entries[:MAX_ENTRIES])


_ROOT = re.compile(r"<!--|<(?:[A-Za-z][\w.-]{0,30}:)?(rss|feed|rdf|urlset|channel|html)(?=[\s>/])", re.IGNORECASE)
_HEAD = 65536  # code points in which a feed's root element begins, after prolog, DOCTYPE and stray output


def _root(text: str) -> re.Match[str] | None:
    """Where the root element of a feed or page begins; what comments say does not count."""
    match = _ROOT.search(text, 0, _HEAD)
    while match and not match[1]:
        end = text.find("-->", match.end(), _HEAD)
        if end < 0:
            return None
        match = _ROOT.search(text, end, _HEAD)
    return match


def _xml_items(text: str, url: str) -> list[Fields]:
    """What stands before the root element goes: with it the declared encoding, entities, external ones too."""
    if not text:
        raise Unreadable("not-a-feed", "an empty body")
    start = _root(text)
    if not start:
        raise Unreadable("not-a-feed", "neither XML of a feed nor JSON")
    if start[1].lower() == "html":
        raise Unreadable("not-a-feed", "an HTML page")
    prolog, text = text[: start.start()], text[start.start() :]
    try:
        return xml_items(text, url, start[1].lower(), declared_entities(prolog))
    except NotWellFormed as e:
        try:
            items = odd_items(text, url)
        except TooMuch as much:
            raise Unreadable("not-a-feed", str(much)) from e
        if not any(item.get("link") or item.get("id") or item.get("guid") for item in items):
            raise Unreadable("not-a-feed", f"broken XML without a whole item: {e}") from e
        return items
