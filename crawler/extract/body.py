"""The body: which part of a page is the article's text.

Several voices may name it: the outlet's selectors, microdata, JSON-LD's articleBody, the form of the page itself, and
at last trafilatura. Each is judged (`prose.Quality`); the first good one is believed, else the best of them. Reading
an element into lines is for `lines.py`; what of the lines is article, for `clean.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from crawler.extract.clean import Line
from crawler.extract.letters import fold, tidy, words
from crawler.extract.lines import article_lines
from crawler.extract.parts import length, prune, prune_teasers
from crawler.extract.prose import ENOUGH, Quality, above_near, blocks_between, find_prose, judge
from crawler.extract.structured import Structured, data_of_scripts, itemprop, written_by_scripts
from crawler.extract.tree import NO_TEXT, Element, lines_of_fragment, select, text_of
from crawler.outlets.catalogue import Outlet


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a body, uncleaned, how they were found, and how far whoever named it is trusted."""

    lines: list[Line]
    reason: str
    trust: float = 1


_OUTLETS, _NAMED = 3, 2
"""Trust in the outlet's selectors, and in a node or text that the page itself calls the body."""


def find_body(root: Element, said: Structured, outlet: Outlet, title: str) -> Body:
    """The body of a page headed `title`; no lines where there is none. Takes the tree apart: read everything else
    of it before."""
    heading = _heading(root, title)
    poor: list[tuple[Quality, Body]] = []
    for body in _voices(root, said, outlet, heading):
        quality = judge(body.lines, title)
        if quality.good or (body.trust == _OUTLETS and body.lines and not _unlike(quality)):
            return _with_others(body, poor)
        poor.append((quality, body))
    best = max((p for p in poor if p[0].is_prose and p[0].words), key=lambda p: p[0].score * p[1].trust, default=None)
    if best is None:
        why = next((b.reason for _, b in poor if not b.lines), "") or "what was found is a list, no prose"
        return Body([], f"none: {why}")
    return Body(best[1].lines, f"{best[1].reason}, the best of {len(poor)}: {best[0]}")


def _unlike(quality: Quality) -> bool:
    """Whether what an outlet's own selector finds cannot be its article all the same: a menu took its place."""
    return quality.words >= ENOUGH and not quality.is_prose and quality.agreement == 0


def _with_others(body: Body, poor: Sequence[tuple[Quality, Body]]) -> Body:
    """The body with a word on the voices before it that were not believed."""
    told = "; ".join(f"{other.reason} not believed: {quality}" for quality, other in poor if other.lines)
    return Body(body.lines, f"{body.reason} ({told})" if told else body.reason)


def _voices(root: Element, said: Structured, outlet: Outlet, heading: Element | None) -> Iterator[Body]:
    """What each voice says, the most telling first; each is read only when those before it were not believed."""
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
        if any(length(node) for node in nodes):
            yield Body(article_lines([*lead, *nodes]), f"selector {selector}", _OUTLETS)
            empty = ""
            break
    told = said.text("articleBody")
    node, reason = _named_node(root, told)
    if node is not None:
        lead_lines = _lead(root, heading, [node], said)
        prune(node, chosen.drop)
        yield Body([*lead_lines, *_as_told(article_lines([node]), told)], reason, _NAMED)
    if words(told) >= ENOUGH:  # the page's scripts would have written it
        yield Body(_told_lines(said.article.get("articleBody")), "json-ld articleBody", _NAMED)
    if empty:  # the outlet's own node is there and the text is not yet: whatever else there is, is not it
        yield Body([], f"selector {empty} found no text")
        return
    data = data_of_scripts(root)
    prune(root, chosen.drop)
    prune_teasers(root)
    if sum(1 for _ in islice(root.iter(), MAX_ELEMENTS + 1)) > MAX_ELEMENTS or length(root) > MAX_TEXT:
        yield Body([], "the page is too large to look for an unnamed body")
        return
    near = above_near(heading)
    for nodes in find_prose(root, heading):
        lines = [*_lead(root, heading, nodes, said), *article_lines(nodes)]
        if _count(lines) >= ENOUGH or nodes[0] in near or nodes[0].getparent() in near:
            yield Body(lines, "where the page's prose stands")
    if written := written_by_scripts(data):
        yield Body(_told_lines(written), "the data of the page's scripts")
    if _count(lines := _trafilatura(root)) >= ENOUGH:
        yield Body(lines, "trafilatura")


def _count(lines: Sequence[Line]) -> int:
    return sum(words(line.text) for line in lines)


def _heading(root: Element, title: str) -> Element | None:
    """The element of the headline: the last h1 that says it (the first may be hidden in a menu), else the only h1."""
    wanted = " ".join(fold(title).split())
    found = list(islice(root.iter("h1"), _HEADINGS))
    same = [h for h in found if (text := " ".join(fold(text_of(h)).split())) and (text in wanted or wanted in text)]
    return same[-1] if same else found[0] if len(found) == 1 else None


_HEADINGS = 50


def _named_node(root: Element, told: str) -> tuple[Element | None, str]:
    """(the node that the page itself calls the body, how), the larger of several; (None, "") where it names none."""
    named = max(itemprop(root, "articleBody"), key=length, default=None)
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


def _lead(root: Element, heading: Element | None, body: Sequence[Element], said: Structured) -> list[Line]:
    """The lead that stands above the body's elements: one called so whose text the page's description repeats, or
    a sentence between headline and body that speaks of the headline's matter."""
    between = set(blocks_between(root, heading, body[0])) if heading is not None else set()
    beside = {body[0].getparent(), *(heading.iterancestors() if heading is not None else ())}
    around = {above for b in body[:1] for above in b.iterancestors()}
    called = [e for e in _CALLED_LEAD(root) if e not in around]
    plain_ones = [e for e in between if e.tag in _LEAD_TAGS and e.getparent() in beside]
    within = set(body)
    description = fold(said.text("description") or next((v for _, v in said.meta("og:description")), "")).strip()
    inside = ""
    for element in dict.fromkeys([*called, *plain_ones]):
        text = text_of(element)
        start = fold(text)[:_LEAD_START]
        if not _LEAST_LEAD <= words(text) < _LEAD_WORDS or _inside(element, within):
            continue
        inside = inside or fold(" ".join(text_of(b) for b in body))
        repeated = len(start) == _LEAD_START and description.startswith(start)
        tells = element in between and text.endswith(_STOPS) and judge([Line(text)], text_of(heading)).agreement
        if start not in inside and (repeated or tells):
            return [Line(text)]
    return []


_STOPS = (".", "…", "!", ".»", '."')
_LEAD_TAGS = ("h2", "h3", "p")
_CALLED_LEAD = etree.XPath(
    "//*[self::p or self::div or self::h2 or self::h3 or self::span]"
    "[@itemprop='description' or contains(@class, 'lead')"
    " or contains(@class, 'summary') or contains(@class, 'intro') or contains(@class, 'standfirst')"
    " or contains(@class, 'excerpt') or contains(@class, 'sapo') or contains(@class, 'subtitle')"
    " or contains(@class, 'chapeau') or contains(@class, 'teaser-text')]"
)
_LEAD_START = 40  # code points that lead and description must share
_LEAST_LEAD, _LEAD_WORDS = 6, 120


MAX_ELEMENTS, MAX_TEXT = 10_000, 500_000
"""Elements and characters of a pruned page in which an unnamed body is looked for: it takes up to 0.1 ms for each
element and a second for a megabyte of text; real pages have up to 1,600 and 60,000."""


def _trafilatura(root: Element) -> list[Line]:
    from trafilatura import bare_extraction  # 0.3 s, and only for pages whose form says nothing

    links = {text_of(link) for link in root.iter("a")}
    # `fast`: without its fall-backs, which make an article of the menus where a page has no body
    document = bare_extraction(root, include_comments=False, include_tables=False, fast=True)
    text = getattr(document, "text", None) or ""
    return [Line(line, line in links) for part in text.split("\n") if (line := tidy(part))]


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
    if length(page) > MAX_TEXT:
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


def _inside(node: Element, nodes: Collection[Element]) -> bool:
    return node in nodes or any(above in nodes for above in node.iterancestors())
