"""Outlet files: the YAML of one outlet, and of the CMS family that it may belong to, read and checked.

What an outlet is stands in `catalogue.py`, how YAML becomes values in `nodes.py`, what a value must be in
`values.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from crawler.identity import host_of
from crawler.outlets import values
from crawler.outlets.catalogue import (
    ENCODINGS,
    ENTRY_FIELDS,
    KINDS,
    PROVEN,
    Api,
    ListingSelectors,
    Outlet,
    Selectors,
    Way,
)
from crawler.outlets.family import PLACE, SHARED_KEYS, with_family
from crawler.outlets.nodes import Reader, error, items, mapping, read_nodes, text

OWN_KEYS = ("id", "name", "country", "homepage", "hosts", "family", "telegram", "evidence", "checked")
"""Keys of an outlet that no family can have."""
KEYS = OWN_KEYS + SHARED_KEYS
WAY_KEYS = ("url", "proven", "note", "whole_text", "pages")
API_KEYS = ("url", "items", "fields", "link", "proven", "note", "whole_text", "pages")
SELECTOR_KEYS = ("title", "body", "lead", "drop", "published", "author", "section", "image")
LISTING_KEYS = ("link", "card", "title", "date", "summary")

_NEEDED = ("id", "name", "country", "homepage", "timezone")
_UTC = ZoneInfo("UTC")
_ADDRESS = "write a whole address that begins with http:// or https://"
_ID = "write lower-case Latin letters, digits and hyphens, e.g. enab-baladi"
_SELECTOR = "write a CSS selector, e.g. div.article-body > p; an attribute is taken with ::attr(name)"
_PATTERN = "write a regular expression"
_DURATION = "write a number and s, m or h, e.g. 60s"
_TRUTH = "write true or false"
_PAGES = "write an address with {n} where the page's number stands, e.g. https://www.example.org/news?page={n}"
_PATH = "write keys and list indexes joined by dots, e.g. data.news.0.title"


def read_outlet(path: Path, *, check_selectors: bool = True) -> Outlet:
    """The outlet that a file describes, with what its family gives where the file itself is silent.

    Without `check_selectors` CSS selectors are taken as they stand (checking one costs 70 µs, and those of the
    shipped files are checked by the tests). Raises CatalogueError.
    """
    root = read_nodes(path)
    family, found = with_family(mapping(root, KEYS, "the outlet"), path.parent)
    for key in _NEEDED:
        if key not in found:
            raise error(root, f"{key} is missing", f"add the key {key}")
    return _outlet(found, family, values.css if check_selectors else str)


def _outlet(found: Mapping[str, yaml.Node], family: str, css: Callable[[str], str]) -> Outlet:
    read = Reader(found)
    names = mapping(found["name"], ("ar", "en"), "name")
    for key in ("ar", "en"):
        if key not in names:
            raise error(found["name"], f"name.{key} is missing", "write the name in Arabic (ar) and English (en)")
    homepage = read.one("homepage", values.http, _ADDRESS, "")
    selectors, listing = (
        Reader(mapping(found[key], known, key) if key in found else {})
        for key, known in (("selectors", SELECTOR_KEYS), ("listing", LISTING_KEYS))
    )
    telegram, telegram_allowed = _telegram(found.get("telegram"))
    return Outlet(
        id=read.one("id", values.identifier, _ID, ""),
        name_ar=text(names["ar"], "name.ar"),
        name_en=text(names["en"], "name.en"),
        country=read.one("country", values.country, "write the two capital letters of ISO 3166-1, e.g. SY", ""),
        homepage=homepage,
        timezone=read.one("timezone", values.zone, "write an IANA name, e.g. Asia/Damascus", _UTC),
        language=read.one("language", values.language, "write an ISO 639 code, e.g. ar", "ar"),
        hosts=read.many("hosts", values.host, "write host names, e.g. www.example.org") or _both(host_of(homepage)),
        feeds=_ways(found, "feeds"),
        sitemaps=_ways(found, "sitemaps"),
        listings=_ways(found, "listings"),
        apis=tuple(_api(node) for node in items(found["apis"])) if "apis" in found else (),
        article_url=read.one("article_url", values.pattern, f"{_PATTERN}; groups: id, y, m, d", None),
        selectors=Selectors(**{key: selectors.many(key, css, _SELECTOR) for key in SELECTOR_KEYS}),
        listing_selectors=ListingSelectors(**{key: listing.one(key, css, _SELECTOR, "") for key in LISTING_KEYS}),
        boilerplate=read.many("boilerplate", values.pattern, f"{_PATTERN}, short, of a few words"),
        z_is_local=read.one("z_is_local", values.truth, _TRUTH, False),
        feed_offset_is_false=read.one("feed_offset_is_false", values.truth, _TRUTH, False),
        month_first=read.one("month_first", values.truth, _TRUTH, None),
        interval=read.one("interval", values.duration, _DURATION, None),
        evidence=read.many("evidence", str, "write texts"),
        checked=read.one("checked", values.day, "write a date, e.g. 2026-11-23", ""),
        tags=read.many("tags", str, "write texts"),
        kind=read.one("kind", values.kind, f"write one of {', '.join(KINDS)}", ""),
        family=family,
        layout=read.one("layout", values.year_or_day, "write a year or a date, e.g. 2026-11-23", ""),
        accept_encoding=read.many("accept_encoding", values.encoding, f"write of {', '.join(ENCODINGS)}"),
        proxy=read.one("proxy", values.proxy, "write the NAME of MARSAD_PROXY_<NAME>, in capital letters", ""),
        crawl_delay=read.one("crawl_delay", values.duration, _DURATION, None),
        telegram=telegram,
        telegram_allowed=telegram_allowed,
    )


def _ways(found: Mapping[str, yaml.Node], key: str) -> tuple[Way, ...]:
    return tuple(_way(node, key) for node in items(found[key])) if key in found else ()


def _way(node: yaml.Node, key: str) -> Way:
    read = Reader(mapping(node, WAY_KEYS, f"an entry of {key}"))
    return Way(
        _url(read, node, key),
        read.one("proven", values.proven, f"write one of {', '.join(PROVEN)}", "listed"),
        read.one("note", str, "write a text", ""),
        whole_text=read.one("whole_text", values.truth, _TRUTH, False),
        pages=read.one("pages", values.paged, _PAGES, ""),
    )


def _api(node: yaml.Node) -> Api:
    parts = mapping(node, API_KEYS, "an entry of apis")
    read = Reader(parts)
    if "fields" not in parts:
        raise error(node, "an entry of apis has no fields", f"say where {', '.join(ENTRY_FIELDS)} stand in an item")
    named = mapping(parts["fields"], ENTRY_FIELDS, "fields")
    fields = {key: Reader(named).one(key, values.path, _PATH, "") for key in named}
    link = read.one("link", values.http, _ADDRESS, "")
    if "title" not in fields:
        raise error(parts["fields"], "fields has no title", "an entry needs one")
    if not link and "url" not in fields:
        raise error(node, "an entry of apis has neither link nor fields.url", "say where an article's address stands")
    if unknown := set(PLACE.findall(link)) - fields.keys():
        raise error(parts["link"], f"link asks for {min(unknown)}, which fields lacks", "add it to fields")
    if "whole_text" in parts and "text" not in fields:
        raise error(parts["whole_text"], "whole_text without fields.text", "say where the text stands")
    return Api(
        _url(read, node, "apis"),
        read.one("proven", values.proven, f"write one of {', '.join(PROVEN)}", "listed"),
        read.one("note", str, "write a text", ""),
        items=read.one("items", values.path, _PATH, ""),
        fields=fields,
        link=link,
        whole_text=read.one("whole_text", values.truth, _TRUTH, False),
        pages=read.one("pages", values.paged, _PAGES, ""),
    )


def _url(read: Reader, node: yaml.Node, key: str) -> str:
    if not (url := read.one("url", values.http, _ADDRESS, "")):
        raise error(node, f"an entry of {key} has no url", _ADDRESS)
    return url


def _telegram(node: yaml.Node | None) -> tuple[str, bool]:
    """(channel, whether it may stand in for the site): a name, or `{channel: name, instead: true}`."""
    remedy = "write the name of a public channel, e.g. AlArabiya"
    if node is None:
        return "", False
    if isinstance(node, yaml.ScalarNode):
        return Reader({"telegram": node}).one("telegram", values.channel, remedy, ""), False
    parts = mapping(node, ("channel", "instead"), "telegram")
    if "channel" not in parts:
        raise error(node, "telegram has no channel", remedy)
    read = Reader(parts)
    return read.one("channel", values.channel, remedy, ""), read.one("instead", values.truth, _TRUTH, False)


def _both(host: str) -> tuple[str, ...]:
    """The host with and without `www.`: outlets answer to both."""
    bare = host.removeprefix("www.")
    return (f"www.{bare}", bare)
