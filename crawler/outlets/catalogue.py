"""Outlet: a publisher described as data, and the catalogue of them (one YAML file each).

How a file is read and checked stands in `reading.py`; how to write one, in docs/add-an-outlet.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from re import Pattern
from zoneinfo import ZoneInfo

from crawler.identity import host_of

PROVEN = ("live", "listed", "guess")


class CatalogueError(Exception):
    """A mistake in an outlet file; the text is `file:line: what; remedy`."""

    def __init__(self, file: Path, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {what}; {remedy}")
        self.file, self.line, self.what, self.remedy = file, line, what, remedy


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
    """CSS selectors of an article page, each a list tried in order; `drop` are all removed from the body.

    Of an element that is found the text is taken, of a machine one (meta, time, img …) its value; `::attr(name)`
    at a selector's end takes that attribute.
    """

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
    """A publisher. `timezone` is that of naive times; `article_url` may name groups `id`, `y`, `m`, `d`.

    `z_is_local`: its pages write local times with a Z. `feed_offset_is_false`: its feed writes UTC clocks with
    another offset.
    """

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
    feed_offset_is_false: bool = False
    interval: timedelta | None = None
    evidence: tuple[str, ...] = ()
    checked: str = ""
    tags: tuple[str, ...] = field(default_factory=tuple)

    @property
    def known(self) -> bool:
        """Whether the catalogue has it; False for a `general_outlet`."""
        return bool(self.country)


def load_catalogue(folder: Path | None = None) -> Mapping[str, Outlet]:
    """The outlets by id, in the order of their files' names: those shipped beside this module, then those of the
    operator's `folder` (`*.yaml`, `*.yml`), which replace shipped ones of the same id.

    Raises CatalogueError at the first mistake.
    """
    outlets = _read_folder(Path(__file__).parent)
    if folder is not None:
        outlets |= _read_folder(folder)
    return outlets


def general_outlet(outlet_id: str, url: str) -> Outlet:
    """What an outlet is that the catalogue lacks: its address and no facts; general extraction, times without
    a zone read as those of the country that the address's ending names, else as UTC."""
    host = host_of(url)
    return Outlet(
        id=outlet_id,
        name_ar="",
        name_en="",
        country="",
        homepage=f"{url.partition(':')[0]}://{host}" if host else "",
        timezone=ZoneInfo(_ZONES.get(host.rpartition(".")[2], "UTC")),
        hosts=(host,) if host else (),
    )


def outlet_of_host(catalogue: Mapping[str, Outlet], url: str) -> Outlet | None:
    """The outlet of the catalogue that the address belongs to, by its host."""
    host = host_of(url)
    return next((o for o in catalogue.values() if host in o.hosts), None) if host else None


def split_attribute(selector: str) -> tuple[str, str | None]:
    """A CSS selector and the attribute that its `::attr(name)` asks for."""
    match = re.fullmatch(r"(.+?)::attr\(\s*([\w:.-]+)\s*\)\s*", selector)
    return (match[1], match[2]) if match else (selector, None)


def _read_folder(folder: Path) -> dict[str, Outlet]:
    from crawler.outlets.reading import read_outlet

    outlets: dict[str, Outlet] = {}
    origin: dict[str, Path] = {}
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith(".")):
        outlet = read_outlet(path)
        if outlet.id in origin:
            raise CatalogueError(
                path, 1, f"the id {outlet.id} is that of {origin[outlet.id].name} too", "give each outlet its own id"
            )
        outlets[outlet.id], origin[outlet.id] = outlet, path
    return outlets


_ZONES = {
    "ae": "Asia/Dubai",
    "bh": "Asia/Bahrain",
    "dz": "Africa/Algiers",
    "eg": "Africa/Cairo",
    "iq": "Asia/Baghdad",
    "jo": "Asia/Amman",
    "kw": "Asia/Kuwait",
    "lb": "Asia/Beirut",
    "ly": "Africa/Tripoli",
    "ma": "Africa/Casablanca",
    "mr": "Africa/Nouakchott",
    "om": "Asia/Muscat",
    "ps": "Asia/Gaza",
    "qa": "Asia/Qatar",
    "sa": "Asia/Riyadh",
    "sd": "Africa/Khartoum",
    "sy": "Asia/Damascus",
    "tn": "Africa/Tunis",
    "ye": "Asia/Aden",
}
"""Country-code endings of Arab countries, each with one time zone (IANA zone.tab)."""
