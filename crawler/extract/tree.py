"""The tree of a page: parsed within bounds, and asked with an outlet's CSS selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from cssselect import HTMLTranslator
from lxml import etree, html

from crawler.extract.letters import tidy
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import split_attribute

Element: TypeAlias = html.HtmlElement

MAX_TAGS = 60_000
"""Tags of a page that is read; real ones have 500 to 15,000. libxml2 itself stops at 256 levels of nesting."""
MAX_ATTRIBUTES = 256
"""Attributes of one tag; real ones stay under 30. libxml2 takes time by their square: 16,000 cost 0.3 s."""
_VALUE_ATTRIBUTES = {"meta": "content", "time": "datetime", "img": "src", "link": "href", "data": "value"}


def parse_html(text: str) -> Element:
    """The page's root element. Raises Unreadable (`broken`) where there is none, or far more than any page has."""
    if not text.strip():
        raise Unreadable("broken", "the body is empty")
    if text.count("<") > MAX_TAGS:
        raise Unreadable("broken", f"over {MAX_TAGS:,} tags")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        markup = _CROWDED.sub(_thinned, text).encode("utf-8", "replace")
        root: Element = html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as e:
        raise Unreadable("broken", f"no HTML: {e}") from e
    for name in _OVERLONG(root):
        del name.getparent().attrib[name.attrname]
    return root


_OVERLONG = etree.XPath("//@class[string-length() > 2000] | //@id[string-length() > 2000]")
"""Names that no selector could be meant for; each selector would read them through. (Asking for attributes takes
libxml2 a fifth of the time that it needs to ask each element for them.)"""


_ATTRIBUTE = r"""[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_CROWDED = re.compile(rf"<[A-Za-z][^\s/>]*+(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES},}}+")


def _thinned(tag: re.Match[str]) -> str:
    """A crowded tag goes; what merely looks like one in a script goes up to the script's end."""
    end = tag[0].lower().find("</script")
    return tag[0][end:] if end >= 0 else ""


def select(node: Element, selectors: Sequence[str]) -> list[Element]:
    """The elements that the first selector with any result finds, outermost only, in document order."""
    for selector in selectors:
        found = _xpath(split_attribute(selector)[0])(node)
        if found:
            return _outermost(found)
    return []


def select_each(node: Element, selectors: Sequence[str]) -> Iterator[Element]:
    """The elements that any of the selectors finds."""
    for selector in selectors:
        yield from _xpath(split_attribute(selector)[0])(node)


def select_values(node: Element, selectors: Sequence[str]) -> Iterator[str]:
    """The values of what the selectors find, in their order: the attribute asked for, the machine value (of meta,
    time, img, link), else the text; empty ones left out."""
    for selector in filter(None, selectors):
        css, attribute = split_attribute(selector)
        for element in _xpath(css)(node):
            if value := tidy(element.get(attribute) or "") if attribute else value_of(element):
                yield value


def value_of(element: Element) -> str:
    """What an element says: its machine value where it has one, else its text on one line."""
    attribute = _VALUE_ATTRIBUTES.get(element.tag)
    return tidy((attribute and element.get(attribute)) or text_of(element))


def text_of(element: Element) -> str:
    """All text of an element on one line; pieces of different elements do not touch."""
    return tidy(" ".join(_TEXTS(element)))


_TEXTS = etree.XPath(
    "descendant::text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False
)


@lru_cache(maxsize=4096)
def _xpath(css: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(css))


def _outermost(found: list[Element]) -> list[Element]:
    inside = set(found)
    return [e for e in found if not any(a in inside for a in e.iterancestors())]


_BLOCKS = (
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1 h2"
    " h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that begin and end a line (HTML, §15.3 Rendering: display block, list-item, table parts)."""
_NO_TEXT = (
    "audio button canvas embed figcaption iframe input label noscript object script select style svg template textarea"
    " video"
)
NO_TEXT = frozenset(_NO_TEXT.split())
"""Elements that hold no running text."""


def lines_of_fragment(markup: str) -> list[str]:
    """The lines of a piece of HTML as a reader sees them: blocks and `<br>` part, inline elements do not."""
    try:
        root = html.fragment_fromstring(markup, create_parent="div", parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return [tidy(re.sub(r"<[^<>]{0,1000}>", " ", markup))]
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        start = event == "start"
        if event in ("start", "end") and element.tag in NO_TEXT:
            hidden += 1 if start else -1
        elif event in ("start", "end") and element.tag in BLOCKS:
            pieces.append("\n")
        text = element.text if start else element.tail
        if text and not hidden:
            pieces.append(re.sub(r"\s+", " ", text))
    return [line for part in "".join(pieces).split("\n") if (line := tidy(part))]
