"""The body: an article's node cut out of the page by lxml, read into lines by BeautifulSoup.

BeautifulSoup sees that node only: over a whole page it costs five times as much (docs of the stack, measured).
What of the lines is article is `clean.py`'s decision.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from lxml import etree

from crawler.extract.clean import Line, is_marker
from crawler.extract.letters import fold, tidy, words
from crawler.extract.phrases import any_of
from crawler.extract.structured import Structured, itemprop
from crawler.extract.tree import BLOCKS, NO_TEXT, Element, lines_of_fragment, select, select_each, text_of
from crawler.outlets.catalogue import Outlet

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString

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
)
_SMALL_PART = any_of(
    r"shar(?:e|es|ing|ed)\w*",
    r"social\w*",
    "tags?(?:list|cloud|links)?",
    r"caption\w*",
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
_MOST = 0.5
"""A node with more of the text than this is the body, whatever its class says."""
_SMALL = 300
"""Characters under which a part named for sharing, tags or captions is one; more are text beside its button."""

ENOUGH = 25
"""Words from which a node that nobody named is believed to be the body; a flash has its node named or none."""


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a body, uncleaned, and how they were found."""

    lines: list[Line]
    reason: str


def find_body(root: Element, said: Structured, outlet: Outlet) -> Body:
    """The body of a page: by the outlet's selectors, microdata, the node that holds JSON-LD's articleBody, or the
    general extractor. No lines where there is none. Takes the tree apart: read everything else of it before."""
    chosen = outlet.selectors
    empty = ""
    for selector in chosen.body:
        nodes = select(root, [selector])
        if not nodes:
            continue
        empty = empty or selector
        lead = [node for node in select(root, chosen.lead) if not _inside(node, nodes)]
        for node in nodes:
            prune(node, chosen.drop)
        if any(_length(node) for node in nodes):
            return Body(article_lines([*lead, *nodes]), f"selector {selector}")
    told = said.text("articleBody")
    node, reason = _named_node(root, told)
    if node is not None:
        lead = _lead(root, node, said)
        prune(node, chosen.drop)
        return Body([*lead, *_as_told(article_lines([node]), told)], reason)
    if words(told) >= ENOUGH:  # the page's scripts would have written it
        return Body(_told_lines(said.article.get("articleBody")), "json-ld articleBody")
    if empty:  # the outlet's own node is there and the text is not yet: whatever else there is, is not it
        return Body([], f"selector {empty} found no text")
    prune(root, chosen.drop)
    return _general(root)


def _named_node(root: Element, told: str) -> tuple[Element | None, str]:
    """(the node that the page itself calls the body, how), the larger of several; (None, "") where it names none."""
    named = max(itemprop(root, "articleBody"), key=_length, default=None)
    if named is not None and words(text_of(named)) >= ENOUGH:
        return named, "microdata articleBody"
    if words(told) >= ENOUGH and (node := _holding(root, told)) is not None:
        return node, "the node of json-ld articleBody"
    return None, ""


def _as_told(lines: list[Line], told: str) -> list[Line]:
    """The lines that the page's own articleBody has too, where that is most of them; else all."""
    whole = "".join(fold(told).split())
    same = [line for line in lines if "".join(fold(line.text).split()) in whole]
    return same if sum(len(x.text) for x in same) >= _AGREED * sum(len(x.text) for x in lines) else lines


_AGREED = 0.8
"""Share of the node's text from which on articleBody is whole, and what it lacks is no body."""


def _lead(root: Element, body: Element, said: Structured) -> list[Line]:
    """The lead that stands above the body's node: an element called so whose text the page's description repeats."""
    description = fold(said.text("description") or next((v for _, v in said.meta("og:description")), ""))
    start = description.strip()[:_LEAD_START]
    inside = fold(text_of(body))
    if len(start) < _LEAD_START or start in inside:
        return []
    for element in _CALLED_LEAD(root):
        text = text_of(element)
        if fold(text).startswith(start) and words(text) < _LEAD_WORDS:
            return [Line(text)]
    return []


_CALLED_LEAD = etree.XPath(
    "//*[self::p or self::div or self::h2 or self::span][@itemprop='description' or contains(@class, 'lead')"
    " or contains(@class, 'summary') or contains(@class, 'intro') or contains(@class, 'standfirst')"
    " or contains(@class, 'excerpt') or contains(@class, 'sapo') or contains(@class, 'subtitle')]"
)
_LEAD_START = 40  # code points that lead and description must share
_LEAD_WORDS = 120


MAX_ELEMENTS, MAX_TEXT = 10_000, 500_000
"""Elements and characters of a pruned page that the general extractor is given: it takes 0.1 ms for each element and
a second for a megabyte of text; real pages have up to 1,600 and 60,000."""


def _general(root: Element) -> Body:
    if sum(1 for _ in islice(root.iter(), MAX_ELEMENTS + 1)) > MAX_ELEMENTS or _length(root) > MAX_TEXT:
        return Body([], "none: the page is too large to look for an unnamed body")
    from trafilatura import bare_extraction  # 0.3 s, and only for pages that say nothing of themselves

    # `fast`: without its fall-backs, which make an article of the menus where a page has no body
    document = bare_extraction(root, include_comments=False, include_tables=False, fast=True)
    text = getattr(document, "text", None) or ""
    if len(_PUNCTUATION.findall(text)) * _WORDS_A_STOP < words(text):
        return Body([], "none: what the general extractor found is a list, no prose")
    return Body([Line(line) for part in text.split("\n") if (line := tidy(part))], "general extractor")


_PUNCTUATION = re.compile(r"[.!?؟،؛,]")
_WORDS_A_STOP = 60  # prose has a comma or stop every 10 to 25 words, menus have none


_PROBE = 5  # words at the beginning and end of articleBody by which its node is known


_LEVELS = 40  # of nesting that are walked; real bodies stand 5 to 25 deep


def _holding(root: Element, told: str) -> Element | None:
    """The smallest element that holds the beginning and the end of a text; None where only the whole page does."""
    parts = fold(told).split()
    probes = (" ".join(parts[:_PROBE]), " ".join(parts[-_PROBE:]))

    def holds(element: Element) -> bool:
        text = " ".join(fold(text_of(element)).split())
        return element.tag not in NO_TEXT and all(probe in text for probe in probes)

    node = page = next(root.iter("body"), root)
    if _length(page) > MAX_TEXT:
        return None
    for _ in range(_LEVELS):
        inside = next(filter(holds, node.iterchildren(etree.Element)), None)
        if inside is None:
            break
        node = inside
    return None if node is page else node


def _told_lines(value: object) -> list[Line]:
    text = value if isinstance(value, str) else ""
    return [Line(line) for part in text.split("\n") for line in lines_of_fragment(part)]


def _inside(node: Element, nodes: Sequence[Element]) -> bool:
    return node in nodes or any(above in nodes for above in node.iterancestors())


def prune(node: Element, drop: Sequence[str] = ()) -> None:
    """Takes out of `node` what the outlet's `drop` selectors find and what is no running text anywhere: scripts,
    captions, forms, related and sharing blocks, hidden parts. Changes the tree."""
    for element in [*select_each(node, drop), *node.iter(*NO_TEXT)]:
        _take_out(element, node)
    headed = {above for heading in node.iter("h1") for above in heading.iterancestors()}
    for element in [e for e in node.iter(*_BESIDE_TEXT) if e not in headed]:
        _take_out(element, node)
    most = _length(node) * _MOST
    for element in [*node.iter(*_SELDOM_TEXT), *_NAMED(node)]:
        named = (element.tag, element.get("class"), element.get("id"), element.get("style"), element.get("hidden"))
        bound = _may_hold(*named)
        if bound and element not in headed and _length(element) <= (most if bound > 1 else min(most, _SMALL)):
            _take_out(element, node)


_NAMED = etree.XPath(".//*[@class or @id or @style or @hidden or contains(name(), '-')]")
_LENGTH = etree.XPath("string-length(normalize-space())")


def _length(element: Element) -> float:
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


def article_lines(nodes: Sequence[Element]) -> list[Line]:
    """The lines of the nodes as a reader sees them: blocks and `<br>` part, inline elements do not. Related
    blocks, which begin with their marker, go as nodes; of one without a node of its own the lines stay."""
    markup = "".join(etree.tostring(node, encoding="unicode", method="html", with_tail=False) for node in nodes)
    return _lines(f"<div>{markup}</div>")


def _take_out(element: Element, root: Element) -> None:
    if element is not root and element.getparent() is not None:
        element.drop_tree()


def _lines(markup: str) -> list[Line]:
    from bs4 import BeautifulSoup  # 126 ms, needed only where there is an article

    soup = BeautifulSoup(markup, "lxml")
    if _ESCAPED.search(text := soup.get_text()):  # Akhbar El-Yom's script decodes the body's mark-up
        soup = BeautifulSoup(text, "lxml")
    _drop_related(soup)
    reader = _LineReader()
    reader.read(soup)
    return reader.finish()


_ESCAPED = re.compile(r"</(?:p|div|span|strong)>|<br\s?/?>")


def _drop_related(soup: BeautifulSoup) -> None:
    """Takes out each node that begins with a marker and holds more than it, unless it is most of the body."""
    most = len(soup.get_text()) * _MOST
    before: NavigableString | None = None
    markers: list[tuple[NavigableString, NavigableString | None]] = []
    for string in soup.find_all(string=True):
        if is_marker(string):
            markers.append((string, before))
        if not string.isspace():
            before = string
    for string, before in markers[:_MARKERS]:
        begun = set(map(id, before.parents)) if before else set()  # what begins before the marker is no block of it
        block: Tag | None = None
        for above in islice(string.parents, _BLOCK_LEVELS):
            if id(above) in begun or above.parent is None or len(above.get_text()) > most:
                break
            block = above
        if block is not None and len(block.get_text()) > len(string):
            block.decompose()


_MARKERS = 20  # related blocks of one article; Sky News Arabia has up to 3
_BLOCK_LEVELS = 6  # how far above its marker a related block's node is


class _LineReader:
    """Collects the text of a soup into lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._pieces: list[str] = []
        self._all_link = True

    def read(self, node: Tag, in_link: bool = False) -> None:
        block = node.name in BLOCKS
        if block:
            self._flush()
        for child in node.children:
            if not isinstance(child, str):
                self.read(cast("Tag", child), in_link or node.name == "a")
            else:
                self._pieces.append(re.sub(r"\s+", " ", child))
                self._all_link &= in_link or node.name == "a" or not child.strip()
        if block:
            self._flush()

    def finish(self) -> list[Line]:
        self._flush()
        return self._lines

    def _flush(self) -> None:
        if text := tidy("".join(self._pieces)):
            self._lines.append(Line(text, self._all_link))
        self._pieces, self._all_link = [], True
