"""Sample: an article page of an unknown outlet, read by general extraction, and selectors that would say the same.

A selector is proposed only where the page read with it gives the very same text, headline or time as without it.
Runs in the worker process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from lxml import etree

from crawler.article import Article, Entry
from crawler.extract.decode import decode
from crawler.extract.letters import tidy, words
from crawler.extract.page import extract_page
from crawler.extract.tree import NO_TEXT, Element, parse_html, select, text_of
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet, Selectors

_TRIES = 8
"""Selectors of one field that are tried; each costs an extraction, 5 to 20 ms."""
_LEVELS = 60  # of nesting that are walked; real bodies stand 5 to 25 deep
_ABOVE = 2  # elements above the body's own that may have the better name
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]*")
"""Ids and classes that a person gave: those with digits are an article's own, or a build's hash."""
_DATE_NAMES = re.compile(r"date|time|publish", re.IGNORECASE)
_MACHINE_DATES = (
    'meta[property="article:published_time"]',
    "time[datetime]",
    "[itemprop=datePublished]",
    "time",
)
_SAME = timedelta(minutes=1)
"""Times as near are the same: a feed has seconds, the page that readers see does not."""
_LEAST_LEAD = 6  # words
_DATE_LENGTH = 80  # code points of an element that holds a date


@dataclass(frozen=True, slots=True)
class Sample:
    """An article and, for each field, the selectors that say the same as general extraction, the best first."""

    article: Article
    bodies: tuple[tuple[str, str], ...] = ()
    """(body, lead): the lead's is empty where the body holds all."""
    titles: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def read_sample(
    body: bytes,
    *,
    url: str,
    outlet: Outlet,
    fetched_at: datetime,
    charset: str | None = None,
    entry: Entry | None = None,
) -> Sample:
    """The article on the page, and selectors for it. Raises Unreadable as `extract_page`."""

    def read(selectors: Selectors) -> Article | None:
        try:
            return extract_page(
                body,
                url=url,
                outlet=replace(outlet, selectors=selectors),
                fetched_at=fetched_at,
                charset=charset,
                entry=entry,
            )
        except Unreadable:
            return None

    article = extract_page(body, url=url, outlet=outlet, fetched_at=fetched_at, charset=charset, entry=entry)
    root = parse_html(decode(body, charset))
    return Sample(
        article,
        tuple(_bodies(root, article, read)),
        tuple(dict.fromkeys(_titles(root, article, entry, read))),
        tuple(_dates(root, article, read)),
    )


_Read = Callable[[Selectors], Article | None]


def _bodies(root: Element, article: Article, read: _Read) -> Iterator[tuple[str, str]]:
    """First of the element that holds all paragraphs but the first, where that one stands apart: a lead, or, a short
    one, a stray line of the header, which a selector does better without. Then of the element that holds all."""
    paragraphs = article.paragraphs
    first, below = _saying(root, paragraphs[0]), _holding(root, paragraphs[1:]) if len(paragraphs) > _FEW else None
    if first and below is not None and below not in first[0].iterancestors():
        stray = words(paragraphs[0]) < _LEAST_LEAD
        leads = [css for element in first for css in _selectors_of(root, element)][:_LEADS]
        for css in _all_names(root, below):
            if stray and _says(read(Selectors(body=(css,))), paragraphs[1:]):
                yield css, ""
            for lead in () if stray else leads:
                if _says(read(Selectors(body=(css,), lead=(lead,))), paragraphs):
                    yield css, lead
    for css in _all_names(root, _holding(root, paragraphs)):
        if _says(read(Selectors(body=(css,))), paragraphs):
            yield css, ""


_FEW = 2  # paragraphs; the one after the first would by itself be "the element that holds the others"
_LEADS = 2  # selectors of a lead that are tried with each of the body's


def _all_names(root: Element, node: Element | None) -> Iterator[str]:
    """Selectors of the element and of those just above it."""
    if node is not None:
        above = islice((a for a in node.iterancestors() if a.tag not in ("body", "html")), _ABOVE)
        yield from islice((css for element in (node, *above) for css in _selectors_of(root, element)), _TRIES)


def _says(again: Article | None, paragraphs: Sequence[str]) -> bool:
    """Whether the page read again has these paragraphs, by the selector."""
    return again is not None and again.paragraphs == paragraphs and again.reasons["text"].startswith("selector")


def _titles(root: Element, article: Article, entry: Entry | None, read: _Read) -> Iterator[str]:
    """Where the page says, by itself, the entry's headline, or the one that was read."""
    for title in dict.fromkeys(filter(None, (tidy(entry.title) if entry else "", article.title))):
        tries = (css for element in _saying(root, title) for css in _selectors_of(root, element))
        for css in islice(tries, _TRIES):
            again = read(Selectors(title=(css,)))
            if again and again.title == title:
                yield css


def _dates(root: Element, article: Article, read: _Read) -> Iterator[str]:
    """None where the page's own data for machines say it: that is the better source."""
    if article.published_at is None or article.reasons["published_at"].startswith("json-ld"):
        return
    named = (
        css
        for element in root.iter(etree.Element)
        if _DATE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        and 0 < len(text_of(element)) <= _DATE_LENGTH
        for css in _selectors_of(root, element)
    )
    present = (css for css in _MACHINE_DATES if select(root, [css]))
    for css in islice(dict.fromkeys([*present, *islice(named, _TRIES)]), _TRIES):
        again = read(Selectors(published=(css,)))
        if (
            again is not None
            and again.published_at is not None
            and abs(again.published_at - article.published_at) < _SAME
            and again.flags == article.flags
            and again.reasons["published_at"].startswith("selector")
        ):
            yield css


# ---- elements and their names -------------------------------------------------------------------------------


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _holding(root: Element, paragraphs: Sequence[str]) -> Element | None:
    """The smallest element that holds all of the paragraphs; None where only the whole page does."""
    wanted = [_squeezed(paragraph) for paragraph in paragraphs]

    def holds(element: Element) -> bool:
        if element.tag in NO_TEXT:
            return False
        text = _squeezed(text_of(element))
        return all(paragraph in text for paragraph in wanted)

    page = node = next(root.iter("body"), root)
    for _ in range(_LEVELS):
        inside = next(filter(holds, node.iterchildren(etree.Element)), None)
        if inside is None:
            break
        node = inside
    return None if node is page else node


def _saying(root: Element, text: str) -> list[Element]:
    """The elements within the body that say exactly this, the innermost first."""
    wanted = _squeezed(text)
    node = _holding(root, [text])
    found: list[Element] = []
    while node is not None and node.tag != "body" and _squeezed(text_of(node)) == wanted:
        found.append(node)
        node = node.getparent()
    return found


def _selectors_of(root: Element, element: Element) -> Iterator[str]:
    """CSS selectors that find this element and nothing else on the page, the most telling first."""
    for css in _names_of(element):
        if select(root, [css]) == [element]:
            yield css


def _names_of(element: Element) -> Iterator[str]:
    tag = element.tag
    if not _NAME.fullmatch(tag) and tag not in ("h1", "h2", "h3"):
        return
    if _NAME.fullmatch(prop := element.get("itemprop") or ""):
        yield f"[itemprop={prop}]"
    if _NAME.fullmatch(name := element.get("id") or ""):
        yield f"{tag}#{name}"
    for name in (element.get("class") or "").split():
        if _NAME.fullmatch(name):
            yield f"{tag}.{name}"
    if tag in ("article", "main", "h1"):
        yield str(tag)
    above = element.getparent()
    for name in (above.get("class") or "").split() if above is not None else ():
        if _NAME.fullmatch(name):
            yield f".{name} > {tag}"
