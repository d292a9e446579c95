"""Outlet: a publisher described as data, and the catalogue of them (one YAML file each).

How a file is read and checked stands in `reading.py`, what outlets of one CMS share in `families/`; how to write
one, in docs/add-an-outlet.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from re import Pattern
from zoneinfo import ZoneInfo

from crawler.identity import host_of

PROVEN = ("live", "listed", "guess")
"""How far an address is proven, best first: a public source saw it answer; somebody's list has it; a guess."""
KINDS = ("agency", "paper", "television", "radio", "local", "rights", "magazine", "portal", "party")
ENCODINGS = ("gzip", "deflate", "br", "identity")
"""What `accept_encoding` may name."""
ENTRY_FIELDS = ("url", "id", "title", "summary", "published", "text", "author", "section", "image")
"""What `Api.fields` may name."""


class CatalogueError(Exception):
    """A mistake in an outlet file; the text is `file:line: what; remedy`."""

    def __init__(self, file: Path, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {what}; {remedy}")
        self.file, self.line, self.what, self.remedy = file, line, what, remedy


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: a feed, sitemap or listing page, and how far the address is proven.

    `proven` is one of PROVEN. `whole_text`: a feed whose entries hold the whole article, so that the page need not
    be fetched. `pages`: of a listing, the address of page `{n}`, from 2.
    """

    url: str
    proven: str = "listed"
    note: str = ""
    whole_text: bool = False
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """A JSON way in, described by paths: keys and list indexes joined by dots (`sections.0.items`).

    `items` leads from the root to the list (empty: the root is the list); `fields` gives for names of ENTRY_FIELDS
    the path within an item; `link` makes the article's address of fields (`https://x.y/a/{id}`) where the API gives
    none. `pages`: the address of page `{n}`, from 2. `whole_text`: the field `text` is the whole article.
    """

    url: str
    proven: str = "listed"
    note: str = ""
    items: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    link: str = ""
    whole_text: bool = False
    pages: str = ""


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
    another offset. `month_first`: 4/5/2026 is 5 April (True) or 4 May (False); None where nothing is known, then it
    is read as 4 May, with a doubt. `kind` is one of KINDS, empty where a file of the operator's says none; `family`
    the name of the CMS family it shares keys with. `layout` is the date (or its year) of the newest page that the
    selectors were seen on. `accept_encoding`: the compressions that may be asked for, empty for all that the crawler
    reads. `proxy`: the NAME of `MARSAD_PROXY_<NAME>` in the environment. `telegram`: its public channel, a fact;
    `telegram_allowed`: the editor lets the channel's preview page (t.me/s/…) be the way in where the site refuses.
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
    apis: tuple[Api, ...] = ()
    article_url: Pattern[str] | None = None
    selectors: Selectors = Selectors()
    listing_selectors: ListingSelectors = ListingSelectors()
    boilerplate: tuple[Pattern[str], ...] = ()
    z_is_local: bool = False
    feed_offset_is_false: bool = False
    month_first: bool | None = None
    interval: timedelta | None = None
    evidence: tuple[str, ...] = ()
    checked: str = ""
    tags: tuple[str, ...] = field(default_factory=tuple)
    kind: str = ""
    family: str = ""
    layout: str = ""
    accept_encoding: tuple[str, ...] = ()
    proxy: str = ""
    crawl_delay: timedelta | None = None
    telegram: str = ""
    telegram_allowed: bool = False

    @property
    def known(self) -> bool:
        """Whether the catalogue has it; False for a `general_outlet`."""
        return bool(self.country)

    @property
    def ways(self) -> tuple[Way | Api, ...]:
        """Every way in."""
        return (*self.feeds, *self.sitemaps, *self.apis, *self.listings)

    @property
    def proven(self) -> str:
        """How far the best proven way in is proven (one of PROVEN); `guess` where there is none."""
        return min((way.proven for way in self.ways), key=PROVEN.index, default=PROVEN[-1])

    @property
    def evidenced(self) -> bool:
        """Whether the shape of its article pages is known, from a saved page or a public scraper."""
        return bool(self.layout or self.selectors.body)


def load_catalogue(folder: Path | None = None) -> Mapping[str, Outlet]:
    """The outlets by id, in the order of their files' names: those shipped beside this module, then those of the
    operator's `folder` (`*.yaml`, `*.yml`), which replace shipped ones of the same id.

    The operator's files are read and checked at once; a shipped one, whose file is named by its id and which the
    tests check, when it is first asked for: a pass over four outlets does not pay for a hundred.
    Raises CatalogueError at the first mistake.
    """
    return _Catalogue(_files(Path(__file__).parent), _read_folder(folder) if folder is not None else {})


class _Catalogue(Mapping[str, Outlet]):
    """Shipped outlets, read when asked for, under those of the operator."""

    def __init__(self, shipped: list[Path], own: dict[str, Outlet]) -> None:
        self._path = {path.stem: path for path in shipped}
        self._order = tuple(dict.fromkeys((*self._path, *own)))
        self._read = own

    def __getitem__(self, outlet_id: str) -> Outlet:
        if outlet_id not in self._read:
            from crawler.outlets.reading import read_outlet

            self._read[outlet_id] = read_outlet(self._path[outlet_id], check_selectors=False)
        return self._read[outlet_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, outlet_id: object) -> bool:
        return outlet_id in self._read or outlet_id in self._path


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


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))


def _read_folder(folder: Path) -> dict[str, Outlet]:
    from crawler.outlets.reading import read_outlet

    outlets: dict[str, Outlet] = {}
    origin: dict[str, Path] = {}
    for path in _files(folder):
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
