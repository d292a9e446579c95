"""Feeds: RSS, Atom, RDF, JSON Feed and news sitemaps read into entries.

Why neither library: fastfeedparser hands out finished dates, in which a naive or «AST» time has become UTC and
the text that said so is gone, and it cuts a title at `&nbsp;`; feedparser takes 28 ms for 100 entries, breaks on
windows-1256 under a utf-8 prolog, and reads `2026/11/23 14:00` as the 1st. So libxml2 parses, which is bounded
and quick, and this module knows the few elements that make an entry.
"""

from __future__ import annotations

import html
import html.entities
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.article import Entry
from crawler.extract.dates import Reading, not_ahead, read_date
from crawler.extract.decode import decode
from crawler.extract.letters import tidy
from crawler.extract.tree import lines_of_fragment
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet

MAX_ENTRIES = 1000
"""Entries read of one feed; the longest of the catalogue has 300."""
MAX_TITLE = 1000
MAX_SUMMARY = 5000
"""Code points kept of an entry's texts."""
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(rss|feed|rdf|urlset)(?=[\s>/])", re.IGNORECASE)
_HEAD = 65536  # code points in which a feed's root element begins, after prolog, DOCTYPE and stray output

Fields = dict[str, list[str]]
"""What an item says: name → texts, in order."""


def read_feed(
    body: bytes, *, url: str, outlet: Outlet, fetched_at: datetime, charset: str | None = None
) -> tuple[Entry, ...]:
    """The entries of a feed at `url`, in its order, at most `MAX_ENTRIES`; () for a feed without any.

    Links are resolved against `xml:base`, else `url`. Times without numeric offset are the outlet's local ones;
    those ahead of `fetched_at` become it; an item that names no time for sure is undated. An item without
    address is left out. Raises Unreadable (`not-a-feed`).
    """
    text = decode(body, charset).strip()
    items = _json_items(text) if text.startswith("{") else _xml_items(text, url)
    entries: list[Entry] = []
    for fields in items:
        if entry := _entry(fields, url, outlet, fetched_at):
            entries.append(entry)
        if len(entries) == MAX_ENTRIES:
            break
    return tuple(entries)


# ---- items --------------------------------------------------------------------------------------------------

_NAMESPACES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
}
_ITEMS = {"rss": "item", "rdf": "item", "feed": "entry", "urlset": "url"}
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def _xml_items(text: str, url: str) -> Iterator[Fields]:
    """What stands before the root element goes: with it the declared encoding, entities, external ones too."""
    start = _ROOT.search(text, 0, _HEAD)
    if not start:
        seen = (
            "an HTML page"
            if re.search(r"<(?:!doctype\s+)?html", text[:_HEAD], re.IGNORECASE)
            else "neither XML nor JSON"
        )
        raise Unreadable("not-a-feed", seen if text else "an empty body")
    root, whole = _parse_xml(text[start.start() :])
    wanted = _ITEMS[start[1].lower()]
    found = [e for e in root.iter(wanted, f"{{*}}{wanted}") if _name(e) == wanted]
    items = (_fields(item, url) for item in islice(found, MAX_ENTRIES * 2))
    return items if whole else _at_least_one(items)


def _at_least_one(items: Iterator[Fields]) -> Iterator[Fields]:
    """Those of a broken feed: with no item that has an address it is no empty feed, but none."""
    some = [fields for fields in items if any(fields.get(name) for name in _LINKS)]
    if not some:
        raise Unreadable("not-a-feed", "broken XML without a whole item")
    return iter(some)


def _parse_xml(text: str) -> tuple[Any, bool]:
    """The root, and whether the text was well-formed (but for entities of HTML)."""
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "remove_comments": True}
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), etree.XMLParser(encoding="utf-8", **options)), True
    except etree.XMLSyntaxError:
        pass
    mended = _mend_entities(text).encode("utf-8", "replace")
    try:
        return etree.fromstring(mended, etree.XMLParser(encoding="utf-8", **options)), True
    except etree.XMLSyntaxError:
        pass
    try:
        root = etree.fromstring(mended, etree.XMLParser(encoding="utf-8", recover=True, **options))
    except etree.XMLSyntaxError as e:
        raise Unreadable("not-a-feed", f"broken XML: {e}") from e
    if root is None:
        raise Unreadable("not-a-feed", "broken XML")
    return root, False


_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_MAX_AMPERSANDS = 100_000  # more are no feed of 1,000 entries, and each costs a microsecond


def _mend_entities(text: str) -> str:
    """HTML's named entities become their characters and bare ampersands `&amp;`, outside CDATA."""
    if text.count("&") > _MAX_AMPERSANDS:
        return text.replace("&", "&amp;")
    pieces = text.split("<![CDATA[")
    mended = [_AMPERSAND.sub(_entity, pieces[0])]
    for piece in pieces[1:]:
        inside, end, outside = piece.partition("]]>")
        mended.append(f"<![CDATA[{inside}{end}{_AMPERSAND.sub(_entity, outside)}")
    return "".join(mended)


def _entity(match: re.Match[str]) -> str:
    known = html.entities.html5.get(f"{match[1]};") if match[1] else None
    return html.escape(known) if known else "&amp;" + match[0][1:]


def _name(element: Any) -> str:
    """The element's local name with the usual prefix of its namespace; `?` before that of an unknown one."""
    tag = str(element.tag)
    if not tag.startswith("{"):
        return tag
    namespace, _, local = tag[1:].partition("}")
    return _NAMESPACES.get(namespace.lower(), "?") + local


def _fields(item: Any, url: str) -> Fields:
    fields: Fields = {}
    base = url
    for element in [*reversed(list(item.iterancestors())), item]:
        base = _join(base, element.get(_XML_BASE) or "")
    children = list(item.iterchildren(etree.Element))
    children += [c for parent in children if _name(parent) == "news:news" for c in parent.iterchildren(etree.Element)]
    for child in children:
        name, value = _name(child), _content(child)
        if name == "link" and child.get("href"):  # Atom
            name, value = f"link:{child.get('rel') or 'alternate'}", child.get("href")
        if name == "guid" and (child.get("isPermaLink") or "true").lower() == "true":
            fields.setdefault("permalink", []).append(value)
        if name.startswith(("link", "loc", "permalink")):
            value = _join(base, value.strip()) if value.strip() else ""
        fields.setdefault(name, []).append(value)
    return fields


def _content(element: Any) -> str:
    """The element's text; where it holds elements (Atom's XHTML, unescaped HTML) their markup."""
    if len(element):
        return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
    return str(element.text or "")


def _json_items(text: str) -> Iterator[Fields]:
    """JSON Feed 1.1 (jsonfeed.org), under the names of the XML forms."""
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as e:
        raise Unreadable("not-a-feed", "broken JSON") from e
    items = feed.get("items")
    if not isinstance(items, list):
        raise Unreadable("not-a-feed", "JSON, but no JSON Feed")
    names = {
        "id": "id",
        "link": "url",
        "link:alternate": "external_url",
        "title": "title",
        "summary": "summary",
        "content": "content_html",
        "content:encoded": "content_text",
        "published": "date_published",
        "updated": "date_modified",
    }
    return (
        {name: [str(item[key])] for name, key in names.items() if isinstance(item.get(key), str | int)}
        for item in items
        if isinstance(item, Mapping)
    )


# ---- an item as an entry ------------------------------------------------------------------------------------

_LINKS = ("link", "link:alternate", "loc", "permalink", "link:self")
_TITLES = ("title", "news:title", "dc:title")
_SUMMARIES = ("description", "summary", "content:encoded", "content")
_DATES = (
    "pubDate",
    "published",
    "dc:date",
    "issued",
    "news:publication_date",
    "dc:issued",
    "dc:created",
    "date",
    "updated",
    "modified",
    "dc:modified",
)


def _entry(fields: Fields, url: str, outlet: Outlet, fetched_at: datetime) -> Entry | None:
    links = (_join(url, tidy(html.unescape(text))) for name in _LINKS for text in fields.get(name, ()) if text.strip())
    link = next((address for address in links if _is_http(address)), "")
    if not link:
        return None
    title = next((t for name in _TITLES for text in fields.get(name, ()) if (t := _plain(text, " "))), "")
    summary = next((t for name in _SUMMARIES for text in fields.get(name, ()) if (t := _plain(text, "\n"))), "")
    dates = (text.strip() for name in _DATES for text in fields.get(name, ()))
    read = next((reading for text in dates if (reading := _reading(text, outlet, fetched_at))), None)
    guids = [*fields.get("guid", ()), *fields.get("id", ())]
    return Entry(
        outlet=outlet.id,
        url=link,
        title=title[:MAX_TITLE].rstrip(),
        summary=summary[:MAX_SUMMARY].rstrip(),
        published_at=not_ahead(read.moment, fetched_at) if read else None,
        guid=tidy(guids[0]) or None if guids else None,
        day_only=read is not None and not read.has_time,
    )


_OFFSET = re.compile(r"\s*[+-]\d\d:?\d\d$")


def _reading(text: str, outlet: Outlet, now: datetime) -> Reading | None:
    if outlet.feed_offset_is_false:
        return read_date(_OFFSET.sub("", text), zone=UTC, now=now)
    return read_date(text, zone=outlet.timezone, now=now, z_is_local=outlet.z_is_local)


_DECODES = 3  # how often feeds of the region escape a title (a Lebanese ticker's reader decodes up to 3 times)
_TAG = re.compile(r"<[a-zA-Z/!]")


def _plain(text: str, joint: str) -> str:
    """A feed's text as a reader sees it: entities decoded, tags off, blocks joined by `joint`."""
    text = text[: MAX_SUMMARY * 10]  # markup may be nine tenths
    for _ in range(_DECODES):
        decoded = html.unescape(text)
        if decoded == text:
            break
        text = decoded
    lines = lines_of_fragment(text) if _TAG.search(text) else [tidy(text)]
    return joint.join(line for line in lines if line)


_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def _join(base: str, address: str) -> str:
    """`address` resolved against `base`; empty where that cannot be."""
    if not address or _HTTP.match(address):
        return address or base
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _is_http(address: str) -> bool:
    try:
        return bool(_HTTP.match(address)) and bool(urlsplit(address).hostname)
    except ValueError:
        return False
