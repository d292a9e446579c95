"""A saved source of whatever kind, told by its beginning, read into entries (`marsad extract --feed`).

The crawl knows from the catalogue what it asked for, and calls the reader of that kind itself.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from itertools import islice
from typing import Any

from crawler.article import Entry
from crawler.extract.api import read_api
from crawler.extract.decode import decode
from crawler.extract.feed import read_feed
from crawler.extract.listing import read_listing
from crawler.extract.sitemap import read_sitemap, unzipped
from crawler.extract.telegram_preview import is_preview, read_preview
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet

_HEAD = 65536
"""Code points in which a source says what it is."""
_SITEMAP = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)


def read_source(body: bytes, *, url: str, outlet: Outlet, fetched_at: datetime) -> tuple[Entry, ...]:
    """The entries of a feed, sitemap, API's answer, Telegram preview or, of an outlet that has them, listing page.

    All of them, whatever their age; those of a feed without an address too. Raises Unreadable, also for a source
    without entries, and for an index of sitemaps.
    """
    body = unzipped(body)
    head = decode(body).lstrip()[:_HEAD]
    facts: dict[str, Any] = {"url": url, "outlet": outlet, "fetched_at": fetched_at}
    entries: tuple[Entry, ...]
    if head.startswith(("{", "[")) and (entries := _of_api(body, facts)):
        return entries
    if _SITEMAP.search(head):
        sitemap = read_sitemap(body, recent=None, **facts)
        if sitemap.sitemaps:
            raise Unreadable("not-a-feed", f"an index of sitemaps, the newest {sitemap.sitemaps[0][:200]}")
        entries = sitemap.entries
    elif _HTML.match(head) and is_preview(head):
        entries = read_preview(body, **facts)
    elif _HTML.match(head) and outlet.listings:
        entries = read_listing(body, **facts)
    else:
        entries = read_feed(body, addressed_only=False, **facts)
    if not entries:
        raise Unreadable("nothing-found", "a source without entries")
    return entries


_FIRST_ITEM = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry|url)[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:link|loc)(?=[\s>])[^<>]{0,1000}>[^<>]{0,1000}", re.IGNORECASE)
_JSON_LINK = re.compile(r'"(?:feed|home_page)_url"\s{0,9}:\s{0,9}"(https?:[^"]{1,1000})"')
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{1,1000}")


def own_address(body: bytes) -> str:
    """Where a saved source says that it is from: a feed's link to itself, else to its site, else (of a sitemap) its
    first address; empty where it says nothing."""
    head = decode(unzipped(body))[:_HEAD]
    if match := _JSON_LINK.search(head):
        return match[1].replace("\\/", "/")
    first = _FIRST_ITEM.search(head)
    before = head[: first.start()] if first else head
    links = [link[0] for link in _LINK.finditer(before)] or [link[0] for link in islice(_LINK.finditer(head), 1)]
    links.sort(key=lambda link: "self" not in link)
    addresses = (match[0] for link in links if (match := _ADDRESS.search(link)))
    return html.unescape(next(addresses, ""))


def _of_api(body: bytes, facts: dict[str, Any]) -> tuple[Entry, ...]:
    """What the first of the outlet's APIs makes of it whose description fits; () where none does."""
    for api in facts["outlet"].apis:
        try:
            if entries := read_api(body, api=api, **facts):
                return entries
        except Unreadable:
            continue
    return ()
