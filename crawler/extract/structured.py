"""What a page says of itself for machines: JSON-LD, OpenGraph and other metas, microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """`article` is the JSON-LD object of the article ({} where there is none), `page` that of the web page;
    `metas` the page's metas by lower-case property, name or itemprop, each with its values in order."""

    article: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
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
    for item in _objects(root):
        kinds = [k for k in _listed(item.get("@type")) if isinstance(k, str)]
        if any(_ARTICLE_TYPES.fullmatch(kind) for kind in kinds):
            articles.append(item)
        elif any(_PAGE_TYPES.fullmatch(kind) for kind in kinds):
            pages.append(item)
    article = max(articles, key=lambda a: _likeness(a, title), default={})  # the first among equals
    return Structured(article, pages[0] if pages else {}, {k: tuple(v) for k, v in metas.items()})


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


def _objects(root: Element) -> Iterator[Mapping[str, Any]]:
    """The JSON-LD objects of the page, breadth first: those at the top before what they mention."""
    queue: list[Any] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            queue.extend(_listed(_json((script.text or "")[:MAX_SCRIPT])))
    seen = 0
    while queue and seen < MAX_NODES:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue.extend(item[:MAX_NODES])
        elif isinstance(item, Mapping):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                queue.extend(_listed(item.get(key))[:MAX_NODES])


def _json(text: str) -> Any:
    text = (
        re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.{0,20}?\*/)|(?:-->|(?://\s*)?\]\]>)\s*$", "", text)
        .strip()
        .rstrip(";")
    )
    for attempt in (text, re.sub(r",(?=\s{0,40}[}\]])", "", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def itemprop(root: Element, name: str) -> list[Element]:
    """The elements that carry the microdata property, metas left out."""
    found = root.xpath("//*[@itemprop and not(self::meta)]")
    return [e for e in found if name in (e.get("itemprop") or "").split() and (e.get("datetime") or text_of(e))]
