"""Ways in: what of an outlet is asked for, which function reads the answer, and what is asked for after it.

Pure. A look at a way in is one document, or several that belong together: pages of a listing until what is known,
the recent sitemaps of an index. They share one `Source`: its validators, its health, its baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crawler.article import Entry
from crawler.identity import host_of
from crawler.memory import Failure, Poll, Source, Validators
from crawler.net.site import belongs, hosts_of
from crawler.outlets.catalogue import Outlet

MORE_MOST = 5
"""Documents of one look after the first. A listing page shows 10 to 30 articles, an hour's or a day's; a site that
invents pages without end is left here too."""

PREVIEW = "https://t.me/s/{channel}"
REFUSALS = frozenset({401, 403, 451})
"""Statuses by which a site says that it does not want us (RFC 9110 §15.5.2, §15.5.4; RFC 7725)."""

GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class WayIn:
    """A source and its reader ("module:function", with `facts` beside body, url, outlet and time). `pages` is the
    address of page {n}, from 2; `hosts` those that its documents may come from."""

    source: Source
    reader: str
    hosts: frozenset[str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    pages: str = ""


@dataclass(slots=True)
class Look:
    """A look at a way in, under way. `known`: what the last one left; `fresh`: what this one will, once it is over;
    `asked`: documents asked for after the first; `more`: addresses that the documents named."""

    way: WayIn
    known: Validators
    fresh: Validators = field(default_factory=Validators)
    asked: int = 0
    more: tuple[str, ...] = ()
    answered: bool = False


def ways_in(outlet: Outlet) -> tuple[WayIn, ...]:
    """Those of an outlet, in the order of the catalogue."""
    hosts = hosts_of(outlet)

    def way(url: str, kind: Any, reader: str, pages: str = "", **facts: Any) -> WayIn:
        return WayIn(Source(outlet.id, url, kind), reader, hosts, facts, pages)

    feeds = (way(w.url, "feed", "crawler.extract.feed:read_feed", whole_text=w.whole_text) for w in outlet.feeds)
    sitemaps = (way(w.url, "sitemap", "crawler.extract.sitemap:read_sitemap") for w in outlet.sitemaps)
    apis = (way(a.url, "api", "crawler.extract.api:read_api", a.pages, api=a) for a in outlet.apis)
    listings = (way(w.url, "listing", "crawler.extract.listing:read_listing", w.pages) for w in outlet.listings)
    return (*feeds, *sitemaps, *apis, *listings)


def preview(outlet: Outlet) -> WayIn:
    """The preview page of the outlet's public Telegram channel."""
    source = Source(outlet.id, PREVIEW.format(channel=outlet.telegram), "telegram")
    return WayIn(source, "crawler.extract.telegram_preview:read_preview", frozenset({host_of(source.url)}))


def document_read(look: Look, at: datetime, read: Any, validators: Validators) -> Poll:
    """The poll that a document amounts to, of which the reader made `read`; the look takes note of what follows.

    An index of sitemaps has no validators: that it is unchanged says nothing of its sitemaps.
    """
    entries, named = (read, ()) if isinstance(read, tuple) else (read.entries, read.sitemaps)
    if not look.asked:
        look.fresh = Validators() if named else validators
    look.more += tuple(url for url in named if belongs(url, look.way.hosts))
    if look.asked or look.more or look.way.pages:
        return Poll(look.way.source, at, entries, continued=True)
    return Poll(look.way.source, at, entries, validators)


def next_document(look: Look, entries: Sequence[Entry], new: int) -> str | None:
    """The address that the look goes on with, after a document of `entries`, `new` of which were unknown; None: it
    is over. A listing goes on where most of a page was new: some known ones are on every page."""
    if look.asked >= MORE_MOST:
        return None
    if look.more:
        return look.more[0]
    if look.way.pages and entries and 2 * new > len(entries):
        return look.way.pages.replace("{n}", str(look.asked + 2))
    return None


def validators_after(look: Look, failure: Failure) -> Validators:
    """Those that a look leaves which had documents before one that failed: its own where that one was only the page
    after the last; else none, so that the next look asks for everything again."""
    return look.fresh if failure.status in GONE or failure.kind == "nothing-found" else Validators()


def refuses(failure: Failure) -> bool:
    """Whether the site said that it does not want us."""
    return failure.status in REFUSALS


def with_alternatives(failure: Failure, outlet: Outlet) -> Failure:
    """A refusal that names where the outlet may be read in public all the same; any other failure as it is."""
    if not refuses(failure) or not outlet.telegram:
        return failure
    how = "is read instead" if outlet.telegram_allowed else "could be read instead (telegram: {instead: true})"
    return replace(failure, detail=f"{failure.detail}; its channel {PREVIEW.format(channel=outlet.telegram)} {how}")
