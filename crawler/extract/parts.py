"""The parts of a page that are never an article's running text, by what they are and how they are named.

Scripts, captions, forms, menus, related and sharing blocks, hidden parts. Which of the rest is the body is for
`body.py`; which of a body's lines are article, for `clean.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawler.extract.phrases import any_of
from crawler.extract.tree import NO_TEXT, Element, select_each

_BESIDE_TEXT = ("aside", "dialog", "footer", "menu", "nav")
_SELDOM_TEXT = ("figure", "form")  # ASP.NET puts a page into one form
_NOT_ARTICLE = any_of(
    r"related\w*",
    r"recommend\w*",
    "read-?(?:also|more|next)",
    "also-?read",
    "more-?(?:news|stories|articles|posts)",
    "most-?(?:read|viewed|popular)",
    "(?:next|prev|previous)-?(?:post|article|news)?",
    r"inject\w*",
    r"newsletter\w*",
    r"subscri\w+",
    r"notifications?",
    r"comments?(?:list|form|rules)?",
    r"disqus\w*",
    "breadcrumbs?",
    "sidebar",
    r"taboola\w*",
    r"outbrain\w*",
    "cookies?",
    "popup",
    "modal",
    "pagination",
    "teasers?",
    "trending",
    "ticker",
    "latest(?:-?(?:news|posts?|articles?|stories))?",
    "you-?(?:may|might)-?(?:also-?)?like",
    r"suggest\w*",
    "author-?(?:box|bio|info)",
    "(?:photo-?)?(?:gallery|slideshow|carousel|slider|lightbox)",
)
_SMALL_PART = any_of(
    r"shar(?:e|es|ing|ed)\w*",
    r"social\w*",
    "tags?(?:list|cloud|links)?",
    r"caption\w*",
    "(?:image|img|photo|picture|thumb|thumbnail)s?",
    "ads?",
    r"advert\w*",
    r"promo\w*",
    r"sponsor\w*",
    r"follow\w*",
    r"copyright\w*",
    r"no-?print",
    "print",
    "rating",
    "toolbar",
    "hidden",
    "sr-only",
    "visually-hidden",
    "read(?:ing)?-?time",
    "open-in-app",
    "download-?app",
)
_BEFORE = r"(?:^|\s)(?!(?:no|has|with|without|is)-)(?:[\w-]{0,60}[_-])?"  # «has-sidebar» speaks of what stands beside
_NOT_ARTICLE_NAME = re.compile(rf"{_BEFORE}{_NOT_ARTICLE}(?:$|[\s_-])", re.IGNORECASE)
_SMALL_PART_NAME = re.compile(rf"{_BEFORE}(?:{_NOT_ARTICLE}|{_SMALL_PART})(?:$|[\s_-])", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MOST = 0.5
"""A node with more of the text than this is the body, whatever its class says."""
_SMALL = 300
"""Characters under which a part named for sharing, tags or captions is one; more are text beside its button."""


def prune(node: Element, drop: Sequence[str] = ()) -> None:
    """Takes out of `node` what the outlet's `drop` selectors find and what is no running text anywhere: scripts,
    captions, forms, related and sharing blocks, hidden parts. Changes the tree."""
    for element in [*select_each(node, drop), *node.iter(*NO_TEXT)]:
        take_out(element, node)
    headed = {above for heading in node.iter("h1") for above in heading.iterancestors()}
    for element in [e for e in node.iter(*_BESIDE_TEXT) if e not in headed]:
        take_out(element, node)
    most = length(node) * MOST
    for element in [*node.iter(*_SELDOM_TEXT), *_NAMED(node)]:
        named = (element.tag, element.get("class"), element.get("id"), element.get("style"), element.get("hidden"))
        bound = _may_hold(*named)
        if bound and element not in headed and length(element) <= (most if bound > 1 else min(most, _SMALL)):
            take_out(element, node)


def prune_teasers(root: Element) -> None:
    """Takes out of a page the cards of other articles: at least `_CARDS` siblings of one make, each beginning with
    a link's text and short. Nobody names them alike, but all are made so."""
    groups: dict[tuple[Element, str, str], list[Element]] = {}
    for link in root.iter("a"):
        if len("".join(link.itertext()).split()) < _HEADLINE:
            continue
        for element in _begun_by(link):
            parent = element.getparent()
            if parent is not None and element.tag not in _INLINE:
                group = groups.setdefault((parent, element.tag, element.get("class") or ""), [])
                if not group or group[-1] is not element:
                    group.append(element)
    for group in groups.values():
        if len(group) >= _CARDS and all(length(element) <= _CARD for element in group):
            for element in group:
                take_out(element, root)


_CARDS = 3
_CARD = 500
"""Characters of the longest card: headline and excerpt."""
_CARD_LEVELS = 6
_INLINE = ("a", "b", "em", "font", "i", "p", "span", "strong")


_HEADLINE = 4  # words of the shortest headline; a link in a sentence or of a menu has fewer


def _begun_by(link: Element) -> Iterator[Element]:
    """The link and those around it whose text begins with the link's."""
    yield link
    element = link
    for above in islice(link.iterancestors(), _CARD_LEVELS):
        before = element.itersiblings(preceding=True)
        if above.tag in ("body", "html") or _told(above.text) or any(_told(e.tail) or length(e) for e in before):
            return
        yield above
        element = above


def _told(text: str | None) -> bool:
    return bool(text and not text.isspace())


_NAMED = etree.XPath(".//*[@class or @id or @style or @hidden or contains(name(), '-')]")
_LENGTH = etree.XPath("string-length(normalize-space())")


def length(element: Element) -> float:
    """Characters of an element's text; counted by libxml2, ten times as quick as words in Python."""
    return float(_LENGTH(element))


@lru_cache(maxsize=8192)
def _may_hold(tag: str, classes: str | None, name: str | None, style: str | None, hidden: str | None) -> int:
    """What an element's names say of it: 0 text; 1 no text if it is small; 2 no text of the article at all."""
    names = f"{tag if '-' in tag else ''} {classes or ''} {name or ''}"[:_NAMES]
    if tag in _SELDOM_TEXT or hidden is not None or _INVISIBLE.search(style or "") or _NOT_ARTICLE_NAME.search(names):
        return 2
    return 1 if _SMALL_PART_NAME.search(names) else 0


_NAMES = 500  # code points of class and id that are looked at


def take_out(element: Element, root: Element) -> None:
    """Takes `element` out of the tree under `root`; what follows it stays."""
    if element is not root and element.getparent() is not None:
        element.drop_tree()
