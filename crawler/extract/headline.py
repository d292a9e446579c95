"""The headline: the page's own, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from crawler.article import Entry
from crawler.extract.letters import fold, tidy, words
from crawler.extract.structured import Structured, texts
from crawler.extract.tree import Element, select_values, text_of
from crawler.identity import host_of
from crawler.outlets.catalogue import Outlet

MAX_TITLE = 1000
"""Code points of a headline; the longest of the corpus has 260."""
_SEPARATOR = re.compile(r"\s+[|\-–—•·»:]\s+|\s*[|•»]\s*")
_COLON = re.compile(r"([^:]{1,60}?)\s?:\s+(?=\S)")
"""Of a colon as prose writes it; «مصر: …» is no site's name, though part of one."""
_PAPER = re.compile("^(?:جريده|صحيفه|مجله|موقع|قناه|تلفزيون|اذاعه|وكاله|شبكه|بوابه) ")
_ALIKE = 0.5
"""Share of common words above which two headlines are of one article."""


def find_title(root: Element, said: Structured, outlet: Outlet, entry: Entry | None) -> tuple[str, str]:
    """(headline, how it was decided); two empty strings where there is none.

    An h1 is believed when another voice agrees (pages have several, one of them the site's name); a headline
    that a machine's field has cut is the longer h1.
    """
    for title in select_values(root, outlet.selectors.title):
        return title[:MAX_TITLE], "selector"
    names = _site_names(said, outlet)
    voices = [
        (reason, shorn)
        for reason, titles in (
            ("json-ld headline", texts(said.article.get("headline"))),
            ("meta og:title", (value for _, value in said.meta("og:title"))),
            ("meta twitter:title", (value for _, value in said.meta("twitter:title"))),
            ("title", (text_of(t) for t in root.iter("title") if not _in_svg(t))),
            ("entry", [tidy(entry.title)] if entry else []),
        )
        for title in titles
        if (shorn := _without_site(title, names))
    ]
    headings = [text for h in root.iter("h1") if (text := text_of(h)) and fold(text) not in names]
    for heading in headings:
        for reason, title in voices:
            if _same_headline(heading, title):
                return heading[:MAX_TITLE], f"h1, as {reason} says"
    if voices:
        reason, title = voices[0]
        return (_as_on_page(root, title) if reason == "title" else title)[:MAX_TITLE], reason
    return (headings[0][:MAX_TITLE], "h1") if headings else ("", "")


def _same_headline(heading: str, title: str) -> bool:
    """Whether one holds the other, the site's name beside it or its end cut off, or they share most words."""
    a, b = fold(heading).strip(), fold(title).strip(" .…")
    if a in b or b in a:
        return len(a) >= len(b) / 3
    ours, theirs = set(a.split()), set(b.split())
    return len(ours & theirs) >= _ALIKE * max(len(ours), len(theirs))


def _without_site(title: str, names: Iterable[str]) -> str:
    """The title less a first or last part that names the site, «… - اليوم السابع»."""
    if (colon := _COLON.match(title)) and _PAPER.sub("", fold(colon[1])) in {_PAPER.sub("", name) for name in names}:
        return _without_site(title[colon.end() :], names)
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return "" if fold(title).strip() in names else title
    for end in (-1, 0):
        name = fold(parts[end]).strip()
        if name and any(
            name == site or (len(name) > 3 and name in site) or (len(site) > 3 and site in name) for site in names
        ):
            kept = title[: title.rindex(parts[end])] if end else title[len(parts[0]) :]
            title = re.sub(r"^[\s|\-–—•·»:]+|[\s|\-–—•·»:]+$", "", kept)
            return _without_site(title, names) if title else ""
    return title


def _as_on_page(root: Element, title: str) -> str:
    """A title less a first or last part of a few words that nobody says is the site's name, where an element of the
    page says the rest and none says the whole."""
    parts = [m.span() for m in _PARTED.finditer(title)]
    if not parts:
        return title
    cuts = [(title[: parts[-1][0]], title[parts[-1][1] :]), (title[parts[0][1] :], title[: parts[0][0]])]
    shorter = {fold(kept).strip(): kept for kept, name in cuts if words(name) <= _NAME_WORDS < words(kept)}
    said = {fold(text).strip() for text in _BODY_TEXTS(root) if len(text) <= MAX_TITLE}
    if fold(title).strip() in said:
        return title
    return next((kept.strip() for plain, kept in shorter.items() if plain in said), title)


_PARTED = re.compile(rf"{_SEPARATOR.pattern}|:\s+")
_NAME_WORDS = 3  # «وكالة الأنباء السعودية»
_BODY_TEXTS = etree.XPath(
    "//body/descendant::text()[normalize-space()][not(parent::script or parent::style)]", smart_strings=False
)


def _site_names(said: Structured, outlet: Outlet) -> set[str]:
    host = host_of(outlet.homepage).removeprefix("www.")
    names = [
        outlet.name_ar,
        outlet.name_en,
        host,
        host.partition(".")[0],
        *(value for _, value in said.meta("og:site_name", "application-name")),
        *texts(said.article.get("publisher")),
    ]
    return {plain for name in names if len(plain := fold(name).strip()) > 1}


def _in_svg(element: Element) -> bool:
    return any(a.tag == "svg" for a in element.iterancestors())
