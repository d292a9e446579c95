"""What a page says of itself for machines: JSON-LD, OpenGraph and other metas, microdata, its scripts' data.

extruct reads the same and raises at the first fault in a script; outlets' JSON-LD has trailing commas, bare quotes,
control characters and comments.
"""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from crawler.extract.letters import fold, tidy
from crawler.extract.tree import Element, text_of

_ARTICLE_TYPES = re.compile(r"(?:schema:)?(?:\w*Article|LiveBlogPosting|BlogPosting|Report|SocialMediaPosting)")
_PAGE_TYPES = re.compile(r"(?:schema:)?(?:WebPage|ItemPage)")
MAX_SCRIPT = 1_000_000
"""Characters of a JSON-LD script that is read; with a whole articleBody they have 50,000."""
MAX_NODES = 2_000
"""JSON-LD objects looked at; Yoast's graphs have about 10."""


@dataclass(frozen=True, slots=True)
class Structured:
    """`article` is the JSON-LD object of the article ({} where there is none), `page` that of the web page,
    `crumbs` the names on the way from the home page to it, `types` the types of all objects; `metas` the page's metas
    by lower-case property, name or itemprop, each with its values in order."""

    article: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    crumbs: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """(name, value) of each meta so named, in the order of `names`."""
        for name in names:
            for value in self.metas.get(name, ()):
                yield name, value

    def text(self, key: str) -> str:
        """A text of the JSON-LD article, on one line, entities decoded; empty where there is none."""
        return next(iter(texts(self.article.get(key))), "")


def read_structured(root: Element) -> Structured:
    """The structured data of a page. Never raises: broken scripts are passed over."""
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if value := tidy(meta.get("content") or ""):
            metas.setdefault(name.strip().lower(), []).append(html.unescape(value))
    title = fold(next(iter(metas.get("og:title", ())), ""))
    articles: list[Mapping[str, Any]] = []
    pages: list[Mapping[str, Any]] = []
    crumbs: tuple[str, ...] = ()
    types: set[str] = set()
    by_id: dict[str, Mapping[str, Any]] = {}
    for item in _objects(root):
        kinds = [k for k in _listed(item.get("@type")) if isinstance(k, str)]
        types.update(kinds[:_TYPES])
        if any(_ARTICLE_TYPES.fullmatch(kind) for kind in kinds):
            articles.append(item)
        elif any(_PAGE_TYPES.fullmatch(kind) for kind in kinds):
            pages.append(item)
        elif "BreadcrumbList" in kinds:
            crumbs = crumbs or tuple(_crumbs(item))
        if isinstance(name := item.get("@id"), str) and len(item) > 1:
            by_id.setdefault(name, item)
    article = max(articles, key=lambda a: _likeness(a, title), default={})  # the first among equals
    article = {key: _referred(value, by_id) for key, value in article.items()}
    return Structured(
        article, pages[0] if pages else {}, crumbs, frozenset(types), {k: tuple(v) for k, v in metas.items()}
    )


def texts(value: Any) -> list[str]:
    """The texts of a JSON-LD value: a string, an object's name or url, or a list of these."""
    found: list[str] = []
    for item in _listed(value):
        if isinstance(item, Mapping):
            item = item.get("name") or item.get("url") or item.get("@id")
        if isinstance(item, str) and (text := tidy(html.unescape(html.unescape(item)))):
            found.append(text)
    return found


def _likeness(article: Mapping[str, Any], title: str) -> tuple[bool, bool]:
    """Whether it is headed as the page is, and whether it is dated: teasers of other articles are neither."""
    headline = fold(next(iter(texts(article.get("headline") or article.get("name"))), ""))
    alike = bool(headline and title) and (headline in title or title in headline)
    return alike, bool(article.get("datePublished"))


def _referred(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> Any:
    """A value with `{"@id": …}` replaced by the object of that name elsewhere on the page (Yoast's authors)."""
    if isinstance(value, list):
        return [_referred(item, by_id) for item in value[:MAX_NODES]] if len(value) <= MAX_NODES else value
    if isinstance(value, Mapping) and len(value) <= _REFERENCE and isinstance(name := value.get("@id"), str):
        return by_id.get(name, value)
    return value


_TYPES = 10  # of one object
_REFERENCE = 2  # keys of an object that only refers: @id, and perhaps @type


def _crumbs(item: Mapping[str, Any]) -> Iterator[str]:
    """The names of a BreadcrumbList in their order."""
    for step in _listed(item.get("itemListElement"))[:_CRUMBS]:
        if isinstance(step, Mapping):
            yield from texts(step.get("name") or step.get("item"))[:1]


_CRUMBS = 20


def _objects(root: Element) -> Iterator[Mapping[str, Any]]:
    """The JSON-LD objects of the page, breadth first: those at the top before what they mention."""
    queue: deque[Any] = deque()
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            queue.extend(_listed(_json((script.text or "")[:MAX_SCRIPT])))
    seen = 0
    while queue and seen < MAX_NODES:
        item = queue.popleft()
        seen += 1
        if isinstance(item, list):
            queue.extend(item[:MAX_NODES])
        elif isinstance(item, Mapping):
            yield item
            for key in _HOLDERS:
                queue.extend(_listed(item.get(key))[:MAX_NODES])


_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "liveBlogUpdate", "breadcrumb")
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.{0,20}?\*/)|(?:-->|(?://\s*)?\]\]>)\s*$")


def _json(text: str) -> Any:
    """What a JSON-LD script says; where it is broken, the article's headline and dates alone, or None."""
    text = _WRAPPED.sub("", text).strip().rstrip(";")
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    for attempt in (text, re.sub(r",(?=\s{0,40}[}\]])", "", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    objects = list(_several(text))
    return objects or _salvaged(text)


def _several(text: str) -> Iterator[Any]:
    """Objects that follow each other in one script, up to the first fault."""
    decoder, at = json.JSONDecoder(strict=False), 0
    for _ in range(_IN_A_SCRIPT):
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield found
        at += len(text[at : at + 100]) - len(text[at : at + 100].lstrip(" \r\n\t,;"))


_IN_A_SCRIPT = 20


def _salvaged(text: str) -> dict[str, str] | None:
    """The fields of an article that can be told without reading a broken script as a whole: a headline with bare
    quotes in it ends where the next key begins."""
    if not (kind := _BROKEN_TYPE.search(text)):
        return None
    found = {"@type": kind[1]}
    for match in _BROKEN_FIELD.finditer(text):
        found.setdefault(match[1], match[2].replace('\\"', '"').replace("\\/", "/"))
    return found


_BROKEN_TYPE = re.compile(r'"@type"\s{0,20}:\s{0,20}\[?\s{0,20}"(\w{0,30}(?:Article|Posting))"')
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection)"\s{0,20}:\s{0,20}"'
    r'([^\n]{1,500}?)"(?=\s{0,20}(?:,\s{0,40}"[@\w]{1,40}"\s{0,20}:|\}|$))'
)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def itemprop(root: Element, name: str) -> list[Element]:
    """The elements that carry the microdata property, metas left out."""
    named = (said.getparent() for said in _ITEMPROPS(root) if name in said.split())
    return [e for e in named if e is not None and (e.get("datetime") or text_of(e))]


_ITEMPROPS = etree.XPath("//@itemprop[not(parent::meta)]")


# ---- what scripts would have written ------------------------------------------------------------------------

MAX_DATA = 3_000_000
"""Characters of a script's data that is read; Next.js pages of newspapers have 100,000 to 800,000."""
_DATA_NODES = 50_000
_DATA_SCRIPT = re.compile(r"(?:^|=)\s{0,20}(?=[{\[])")
_BODY_KEYS = ("articleBody", "body", "content", "text", "html", "story", "details", "description", "body_html")


def data_of_scripts(root: Element) -> list[str]:
    """The JSON with which scripts would write the page (`__NEXT_DATA__`, Arc's Fusion.globalContent), as text."""
    found: list[str] = []
    for script in root.iter("script"):
        text = script.text or ""
        kind = (script.get("type") or "").lower()
        if len(text) <= MAX_DATA and (
            kind == "application/json" or any(name in text[:_NAME_WITHIN] for name in _DATA_NAMES)
        ):
            found.append(text)
    return found


_DATA_NAMES = ("Fusion.globalContent", "__INITIAL_STATE__", "__PRELOADED_STATE__", "__APOLLO_STATE__", "__NUXT__")
_NAME_WITHIN = 20_000  # characters; Arc's script sets other things first


def written_by_scripts(data: Sequence[str]) -> str:
    """The longest text that scripts' data has under a key that says body; HTML or plain, empty where there is none."""
    best = ""
    for text in data:
        for match in islice(_DATA_SCRIPT.finditer(text), _IN_A_SCRIPT):
            try:
                value, _ = json.JSONDecoder(strict=False).raw_decode(text, match.end())
            except (ValueError, RecursionError):
                continue
            best = max([best, *_bodies(value)], key=len)
    return best


def _bodies(value: Any) -> Iterator[str]:
    queue: deque[Any] = deque([value])
    for _ in range(_DATA_NODES):
        if not queue:
            return
        item = queue.popleft()
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, Mapping):
            elements = item.get("content_elements")
            if isinstance(elements, list):  # Arc: paragraphs as objects
                parts = [e.get("content") for e in elements if isinstance(e, Mapping) and e.get("type") == "text"]
                yield "\n".join(part for part in parts if isinstance(part, str))
            yield from (text for key in _BODY_KEYS if isinstance(text := item.get(key), str))
            queue.extend(v for v in item.values() if isinstance(v, list | Mapping))
