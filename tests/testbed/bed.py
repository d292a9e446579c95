"""The test bed: one folder an outlet, what it holds and what extraction makes of it.

A folder is named by its outlet's id; `family-…` holds an invented outlet of a CMS family, its five lines in
outlet.yaml. Beside the documents (page.html; feed.xml, sitemap.xml, api.json, listing.html: one for each kind of way
in) stands expected.yaml:

- `address` of the page, and the `parts` of it that the outlet's pattern names;
- `article`: the record that `marsad extract` must print, less reasons and empty fields; its url is the address, and its
  language ar, where it says nothing else;
- `variants` of the page: texts of it replaced, so that it is made as another template of the outlet makes it, and what
  of the article is different then (null: the field is absent);
- `entries`, by kind of way in: url, title and time of each, and what else it says;
- `untested`: facts of the outlet that nothing here shows to matter, with the reason.

All news here is invented, and every page is written for it; no outlet's sentence or page is copied.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from crawler.article import Article, Entry
from crawler.extract.page import extract_page
from crawler.extract.unreadable import Unreadable
from crawler.identity import article_match, canonical_url
from crawler.memory import Validators
from crawler.outlets.catalogue import Outlet, load_catalogue
from crawler.outlets.reading import read_outlet
from crawler.spiders.ways import Look, document_read, ways_in

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When everything here is read."""
SHIPPED = load_catalogue()
NOTHING = "no-such-element"
NEVER = re.compile("(?!)")
FAR_OFF = ZoneInfo("Pacific/Kiritimati")  # no outlet's zone; UTC+14

KEYS = {
    "expected.yaml": {"address", "parts", "article", "variants", "entries", "untested"},
    "article": set(Article("", "", "", ()).record()) - {"outlet", "reasons"},
    "a variant": {"what", "replace", "article"},
    "an entry": {"url", "title", "published_at", "id", "summary", "author", "section", "image"},
}
"""What may stand in expected.yaml, and in its parts."""
ENTRY_NEEDED = ("url", "title", "published_at")
"""What is said of an entry even where there is none; other fields only where they are."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bed:
    """A folder of the test bed. `pages`: by name the page and the article expected of it; `sources`: by kind of way
    in the document and the entries expected of it."""

    name: str
    outlet: Outlet
    address: str
    parts: Record
    pages: Mapping[str, tuple[bytes, Record]]
    sources: Mapping[str, tuple[bytes, list[Record]]]
    untested: Mapping[str, str]


def names() -> list[str]:
    """The folders of the test bed."""
    return sorted(path.parent.name for path in FOLDER.glob("*/expected.yaml"))


@lru_cache(maxsize=256)
def bed(name: str) -> Bed:
    """The folder so named."""
    folder = FOLDER / name
    own = folder / "outlet.yaml"
    outlet = read_outlet(own) if own.exists() else SHIPPED[name]
    expected = parse_expected((folder / "expected.yaml").read_text(encoding="utf-8"))
    pages: dict[str, tuple[bytes, Record]] = {}
    if "article" in expected:
        page = (folder / "page.html").read_bytes()
        usual: Record = {"url": canonical_url(expected["address"]), "language": "ar"}
        pages["page"] = (page, usual | expected["article"])
        for number, variant in enumerate(expected.get("variants", ()), 1):
            other = page.decode("utf-8")
            for old, new in variant["replace"]:
                assert old in other, f"{name}: variant {number} replaces «{old}», which the page lacks"
                other = other.replace(old, new)
            article = usual | expected["article"] | variant.get("article", {})
            pages[f"variant {number}"] = (other.encode(), {k: v for k, v in article.items() if v is not None})
    sources = {kind: (_document(folder, kind), entries) for kind, entries in expected.get("entries", {}).items()}
    return Bed(
        name,
        outlet,
        expected.get("address", ""),
        expected.get("parts", {}),
        pages,
        sources,
        expected.get("untested", {}),
    )


def parse_expected(text: str) -> Record:
    """An expected.yaml, its keys checked: one that is misspelt would expect nothing."""
    expected: Record = yaml.safe_load(text)
    variants = expected.get("variants", [])
    parts = {
        "expected.yaml": [expected],
        "article": [expected.get("article", {}), *(variant.get("article", {}) for variant in variants)],
        "a variant": variants,
        "an entry": [entry for entries in expected.get("entries", {}).values() for entry in entries],
    }
    for part, found in parts.items():
        for keys in found:
            assert set(keys) <= KEYS[part], f"{part} has no {', '.join(set(keys) - KEYS[part])}"
    return expected


def _document(folder: Path, kind: str) -> bytes:
    (path,) = folder.glob(f"{kind}.*")
    return path.read_bytes()


# ---- what is made of it -------------------------------------------------------------------------------------


def read_page(page: bytes, address: str, outlet: Outlet) -> Record:
    """What `marsad extract` makes of the page, less what is empty and its reasons; or why it makes nothing."""
    try:
        article: Article = extract_page(page, url=address, outlet=outlet, fetched_at=NOW)
    except Unreadable as e:
        return {"error": e.kind}
    record = article.record() | {"text": list(article.paragraphs)}
    return {key: value for key, value in record.items() if value and key not in ("reasons", "outlet")}


def read_ways(kind: str, document: bytes, outlet: Outlet) -> Iterator[list[Record] | Record]:
    """What the crawl makes of the document as the answer of each of the outlet's ways in of that kind."""
    for way in ways_in(outlet):
        if way.source.kind != kind:
            continue
        module, _, function = way.reader.partition(":")
        read = getattr(importlib.import_module(module), function)
        try:
            found = read(document, url=way.source.url, outlet=outlet, fetched_at=NOW, **way.facts)
        except Unreadable as e:
            yield {"error": e.kind}
            continue
        poll = document_read(Look(way, Validators()), NOW, found, Validators())
        yield [_entry_record(entry) for entry in poll.entries]


def _entry_record(entry: Entry) -> Record:
    more = {"author": entry.author, "section": entry.section, "image": entry.image}
    record = entry.record() | more
    return {key: value for key, value in record.items() if value or key in ENTRY_NEEDED}


def address_parts(address: str, outlet: Outlet) -> Record | None:
    """What the outlet's pattern names in the address; None where it is no article's."""
    match = article_match(address, outlet)
    return {name: value for name, value in match.groupdict().items() if value} if match else None


def notices(of: Bed, outlet: Outlet) -> bool:
    """Whether anything that the folder expects comes out differently with `outlet` in the place of its own."""
    if of.outlet.article_url and address_parts(of.address, outlet) != of.parts:
        return True
    if any(read_page(page, of.address, outlet) != article for page, article in of.pages.values()):
        return True
    return any(
        found != entries
        for kind, (document, entries) in of.sources.items()
        for found in read_ways(kind, document, outlet)
    )


# ---- what may be changed ------------------------------------------------------------------------------------


def changes(outlet: Outlet) -> Iterator[tuple[str, Outlet]]:
    """Each fact of the outlet that reading its documents rests on, by name, and the outlet with that fact wrong:
    a selector that finds nothing, a boilerplate line unknown, a pattern that knows no address, another zone."""
    for field in fields(outlet.selectors):
        tried: tuple[str, ...] = getattr(outlet.selectors, field.name)
        for n, selector in enumerate(tried):
            wrong = (*tried[:n], NOTHING, *tried[n + 1 :])
            selectors = replace(outlet.selectors, **{field.name: wrong})
            yield f"selectors.{field.name} {selector}", replace(outlet, selectors=selectors)
    for field in fields(outlet.listing_selectors):
        if getattr(outlet.listing_selectors, field.name):
            chosen = replace(outlet.listing_selectors, **{field.name: NOTHING})
            yield f"listing.{field.name}", replace(outlet, listing_selectors=chosen)
    for n, pattern in enumerate(outlet.boilerplate):
        yield (
            f"boilerplate {pattern.pattern}",
            replace(outlet, boilerplate=(*outlet.boilerplate[:n], *outlet.boilerplate[n + 1 :])),
        )
    for n, api in enumerate(outlet.apis):
        wrong_apis = {"items": replace(api, items=NOTHING), "link": replace(api, link="")}
        wrong_apis |= {name: replace(api, fields={**api.fields, name: NOTHING}) for name in api.fields}
        for name, other in wrong_apis.items():
            yield f"api.{name}", replace(outlet, apis=(*outlet.apis[:n], other, *outlet.apis[n + 1 :]))
    if outlet.article_url:
        yield "article_url", replace(outlet, article_url=NEVER)
        if outlet.listings:
            wide = re.compile(f"{outlet.article_url.pattern}|")
            yield "article_url, every address known", replace(outlet, article_url=wide)
    if outlet.z_is_local:
        yield "z_is_local", replace(outlet, z_is_local=False)
    if outlet.feed_offset_is_false:
        yield "feed_offset_is_false", replace(outlet, feed_offset_is_false=False)
    if outlet.month_first is not None:
        yield "month_first", replace(outlet, month_first=not outlet.month_first)
    yield "timezone", replace(outlet, timezone=FAR_OFF)
