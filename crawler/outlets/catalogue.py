"""Outlet: a publisher described as data, and the catalogue of them (one YAML file each)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from re import Pattern
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: a feed, sitemap or listing page, and how far the address is proven.

    `proven`: `live` (a public source saw it answer), `listed` (only in somebody's list), `guess`.
    """

    url: str
    proven: str = "listed"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors of an article page, each a list tried in order; `drop` are all removed from the body."""

    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    image: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingSelectors:
    """CSS selectors of a listing page. `link` finds the anchors (default: every anchor whose address matches
    `article_url`); the others are looked up in the nearest ancestor that holds only that link's card."""

    link: str = ""
    card: str = ""
    title: str = ""
    date: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher. `timezone` is that of naive times; `article_url` may name groups `id`, `y`, `m`, `d`."""

    id: str
    name_ar: str
    name_en: str
    country: str
    homepage: str
    timezone: ZoneInfo
    language: str = "ar"
    hosts: tuple[str, ...] = ()
    feeds: tuple[Way, ...] = ()
    sitemaps: tuple[Way, ...] = ()
    listings: tuple[Way, ...] = ()
    article_url: Pattern[str] | None = None
    selectors: Selectors = Selectors()
    listing_selectors: ListingSelectors = ListingSelectors()
    boilerplate: tuple[Pattern[str], ...] = ()
    z_is_local: bool = False
    interval: timedelta | None = None
    evidence: tuple[str, ...] = ()
    checked: str = ""
    tags: tuple[str, ...] = field(default_factory=tuple)
