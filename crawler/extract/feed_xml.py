"""XML feeds and sitemaps, quickly: libxml2 parses, within bounds, and this module knows the few elements that
make an item. What is not well-formed it leaves to `feed_odd.py`."""

from __future__ import annotations

import base64
import binascii
import html
import html.entities
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from lxml import etree

from crawler.extract.entries import MAX_ENTRIES, MAX_TEXT, Fields, join


class NotWellFormed(Exception):
    """XML that libxml2 refuses; the text says where."""


def xml_items(
    text: str, url: str, root_name: str, entities: Mapping[str, str] | None = None, most: int = MAX_ENTRIES
) -> list[Fields]:
    """The items, at most `most`, of a feed or sitemap whose `text` begins with its root element, called `root_name`
    without its prefix.

    Links are resolved against `xml:base`, else `url`. HTML's entities, those of `entities` (name → text) and bare
    ampersands are understood; there is no DTD, hence nothing else to expand or to fetch. Raises NotWellFormed.
    """
    root = _parse(text, entities or {})
    wanted = _ITEMS.get(root_name, ("item", "entry"))
    reader = _Reader(text, url, wanted)
    tags = [tag for name in wanted for tag in (name, f"{{*}}{name}", name.upper())]
    found = (e for e in root.iter(*tags) if reader.name(e) in wanted and not reader.is_inside(e.getparent()))
    return [reader.fields(item) for item in islice(found, most)]


_ITEMS = {"urlset": ("url",), "sitemapindex": ("sitemap",)}
_NAMESPACES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.w3.org/1999/xhtml": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://www.google.com/schemas/sitemap-image/1.1": "image:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
"""Namespaces, in lower case, and the prefix under which their names are known here (none for the feeds' own)."""
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_HTML = ("", "text/html", "application/xhtml+xml", "html", "xhtml")


_PLAIN = {
    "title": "title",
    "news:title": "title",
    "dc:title": "title",
    "media:title": "other title",
    "description": "summary",
    "summary": "summary",
    "dc:description": "summary",
    "abstract": "summary",
    "content": "content",
    "content:encoded": "content",
    "body": "content",
    "fullitem": "content",
    "media:description": "other text",
    "itunes:summary": "other text",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "dcterms:issued": "published",
    "news:publication_date": "published",
    "updated": "updated",
    "dc:date": "updated",
    "modified": "updated",
    "dcterms:modified": "updated",
    "date": "updated",
    "lastbuilddate": "updated",
    "created": "created",
    "dcterms:created": "created",
    "dc:created": "created",
    "lastmod": "lastmod",
    "dc:creator": "author",
    "dc:author": "author",
    "dc:subject": "section",
    "source": "source",
    "news:language": "language",
}
"""Elements whose text is a field, by their names here."""
_SPECIAL = frozenset(
    ("link", "loc", "guid", "id", "author", "category", "enclosure", "image", "news:news", "image:image")
)
_PICTURES = frozenset(("media:content", "media:thumbnail", "media:group"))


class _Reader:
    """Reads items; knows the elements that it has met by their tags."""

    def __init__(self, text: str, url: str, wanted: tuple[str, ...]) -> None:
        self._url = url
        self._wanted = wanted
        self._has_bases = "xml:base" in text
        self._has_types = "type" in text or "mode" in text  # else no attribute says base64
        self._names: dict[str, str] = {}
        self._plain: dict[str, str] = {}  # tag → field, empty for tags that are none's
        self._bases: dict[Any, str] = {}
        self._inside: dict[Any, bool] = {}

    def name(self, element: Any) -> str:
        """The element's local name in lower case, with the usual prefix of its namespace; of an unknown one, with
        the feed's own."""
        tag = element.tag
        known = self._names.get(tag)
        if known is None:
            namespace, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
            prefix = _NAMESPACES.get(namespace.lower())
            if prefix is None:
                prefix = f"{element.prefix.lower()}:" if element.prefix else ""
            known = self._names[tag] = prefix + local.lower()
        return known

    def is_inside(self, element: Any) -> bool:
        """Whether `element` or one above it is an item."""
        if element is None:
            return False
        known = self._inside.get(element)
        if known is None:
            known = self.name(element) in self._wanted or self.is_inside(element.getparent())
            self._inside[element] = known
        return known

    def base(self, element: Any) -> str:
        """The address that relative ones inside `element` mean (XML Base)."""
        if element is None or not self._has_bases:
            return self._url
        known = self._bases.get(element)
        if known is None:
            above = self.base(element.getparent())
            own = element.get(_XML_BASE)
            known = self._bases[element] = (join(above, own) or above) if own else above
        return known

    def fields(self, item: Any) -> Fields:
        """What the item's own elements say; of what is inside those, only a news sitemap's and pictures."""
        fields: Fields = {}
        plain = self._plain
        if item.attrib:
            self._attributes(item, fields)
        for child in item:
            tag = child.tag
            if (field := plain.get(tag)) is None:
                field = plain[tag] = _PLAIN.get(self.name(child), "")
            if field:
                value = _markup(child) if len(child) else child.text
                if value and self._has_types and _is_base64(child):
                    value = _decoded(value)
            elif (name := self._names[tag]) in _SPECIAL:
                field, value = self._special(child, name, fields)
            elif name in _PICTURES:
                field, value = "image", self._picture(child, name)
                if name == "media:group":
                    for part in child:
                        if (inner := self.name(part)) in ("media:title", "media:description"):
                            fields.setdefault(_PLAIN[inner], []).append(part.text or "")
            else:
                continue
            if value:
                if field in fields:
                    fields[field].append(value)
                else:
                    fields[field] = [value]
        return fields

    def _attributes(self, item: Any, fields: Fields) -> None:
        """RSS 1.0 has its id in one, CDF (the feeds of 1997) link and date."""
        for field, value in (
            ("id", item.get(_RDF_ABOUT)),
            ("link", item.get("HREF") or item.get("href")),
            ("updated", item.get("LASTMOD") or item.get("lastmod")),
        ):
            if value:
                fields[field] = [join(self.base(item), value) if field == "link" else value]

    def _special(self, child: Any, name: str, fields: Fields) -> tuple[str, str]:
        """(field, value) of an element whose attributes count."""
        text = (child.text or "").strip()
        if name == "link":
            if text and not child.attrib:
                return "link", join(self.base(child), text) if self._has_bases else text
            rel, kind = child.get("rel") or "alternate", (child.get("type") or "").lower()
            if rel == "enclosure":
                return "image", self._picture(child, "enclosure")
            is_page = rel == "alternate" and kind in _HTML
            return "link" if is_page else "other link", join(self.base(child), child.get("href") or text)
        if name in ("guid", "id"):
            if (child.get("isPermaLink") or child.get("ispermalink") or "true").lower() == "true":
                if text.startswith("/"):
                    text = join(self.base(child), text)
                fields["permalink"] = [text]
            return "id", text
        if name == "category":
            return "section", text or child.get("label") or child.get("term") or ""
        if name == "author":
            return "author", next((p.text or "" for p in child if self.name(p) == "name"), text)
        if name == "loc":
            return "link", text
        if name == "news:news":
            for part in child.iterdescendants():  # title and date, and in <publication> the language
                if field := _PLAIN.get(self.name(part)):
                    fields.setdefault(field, []).append(part.text or "")
            return "", ""
        return "image", self._picture(child, name)

    def _picture(self, child: Any, name: str) -> str:
        """The address of the picture that an element is, or holds; empty where it is none."""
        own = child.get("url") or child.get("href")
        if own and (name == "media:thumbnail" or _is_picture(child)):
            return join(self.base(child), own)
        for part in child if name in ("media:group", "media:content", "image:image", "image") else ():
            inner = self.name(part)
            if inner in ("image:loc", "url"):
                return join(self.base(part), part.text or "")
            if inner in _PICTURES and (picture := self._picture(part, inner)):
                return picture
        return ""


def _is_picture(child: Any) -> bool:
    kind = (child.get("type") or child.get("medium") or "").lower()
    address = (child.get("url") or child.get("href") or "").partition("?")[0].lower()
    return kind.startswith("image") or (not kind and address.endswith((".jpg", ".jpeg", ".png", ".webp", ".gif")))


def _is_base64(child: Any) -> bool:
    """Atom 0.3 says so (mode); Atom 1.0 means it by any type that is neither text nor XML (RFC 4287 §4.1.3.3)."""
    if child.get("mode"):
        return bool(child.get("mode").lower() == "base64")
    kind = (child.get("type") or "").lower()
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("/xml", "+xml", "/html"))


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode("utf-8")
    except (binascii.Error, ValueError):
        return value


def _markup(element: Any) -> str:
    """The element's inside as HTML without attributes, up to MAX_TEXT code points (Atom's XHTML, unescaped HTML)."""
    pieces: list[str] = []
    size = 0
    for event, part in etree.iterwalk(element, events=("start", "end")):
        text = part.text if event == "start" else part.tail
        if part is not element:
            pieces.append(f"<{'/' if event == 'end' else ''}{part.tag.rpartition('}')[2]}>")
        elif event == "end":
            break
        if text:
            pieces.append(html.escape(text, quote=False))
            size += len(text)
            if size > MAX_TEXT:
                break
    return "".join(pieces)


# ---- parsing ------------------------------------------------------------------------------------------------


_C1_REFERENCE = re.compile(r"&#(?:0{0,3}1[2-5]\d|x0{0,3}[89][0-9a-f]);", re.IGNORECASE)
"""References to what are controls in XML, and meant as windows-1252's quotes (&#146;), as HTML reads them."""


def _parse(text: str, entities: Mapping[str, str]) -> Any:
    if "&#" in text:
        text = _C1_REFERENCE.sub(lambda m: html.escape(html.unescape(m[0])), text)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _parser())
    except etree.XMLSyntaxError:
        pass
    try:
        return etree.fromstring(mend_entities(text, entities).encode("utf-8", "replace"), _parser())
    except etree.XMLSyntaxError as e:
        raise NotWellFormed(str(e)) from e


def _parser() -> Any:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


_DECLARED = re.compile(r"""<!ENTITY\s+(\w{1,32})\s+(?:"([^"&%<]{0,100})"|'([^'&%<]{0,100})')\s*>""")
_MAX_DECLARED = 100


def declared_entities(prolog: str) -> dict[str, str]:
    """The entities that a DOCTYPE declares as short plain text (name → text), the first 100; never one that names
    others or an address, so that nothing grows and nothing is fetched."""
    found = islice(_DECLARED.finditer(prolog), _MAX_DECLARED)
    return {match[1]: match[2] or match[3] or "" for match in found}


_REFERENCE = re.compile(r"&(#?\w{1,32};)?")
_XML_OWN = ("amp;", "lt;", "gt;", "quot;", "apos;")
_MAX_AMPERSANDS = 100_000  # more are no feed of 1,000 entries, and each costs a microsecond


def mend_entities(text: str, entities: Mapping[str, str]) -> str:
    """HTML's named entities and those of `entities` become their characters, bare ampersands `&amp;`, references to
    control characters nothing; inside CDATA all stays as it is."""
    if text.count("&") > _MAX_AMPERSANDS:
        return text.replace("&", "&amp;")

    def mended(match: re.Match[str]) -> str:
        name = match[1]
        if not name or name in _XML_OWN:
            return match[0] if name else "&amp;"
        if name.startswith("#"):
            character = html.unescape(match[0])
            return html.escape(character) if character.isprintable() or character.isspace() else ""
        known = entities.get(name[:-1]) or html.entities.html5.get(name)
        return html.escape(known) if known else f"&amp;{name}"

    first, *pieces = text.split("<![CDATA[")
    out = [_REFERENCE.sub(mended, first)]
    for piece in pieces:
        inside, end, outside = piece.partition("]]>")
        out.append(f"<![CDATA[{inside}{end}{_REFERENCE.sub(mended, outside)}")
    return "".join(out)
