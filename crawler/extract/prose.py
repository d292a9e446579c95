"""Prose: where on a page that names no body the running text stands, and how far a text is an article's.

The search is Readability's idea (Arc90, 2010): paragraphs give points to the elements that hold them, links take
them away. The judgement looks at what came out: length, share of links, punctuation, language, and whether it speaks
of what the headline does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from crawler.extract.clean import Line
from crawler.extract.letters import fold, words
from crawler.extract.tree import BLOCKS, Element

# ---- how good a text is -------------------------------------------------------------------------------------

ENOUGH = 25
"""Words from which on a text nobody named is believed to be a body wherever it stands; a flash is named, or stands
right under its headline."""
_MOST_LINKS = 0.35
"""Share of words in lines that are nothing but links; bodies with their related block have up to 0.2, menus 1."""
_WORDS_A_STOP = 60
"""Prose has a comma or stop every 10 to 25 words, menus have none."""
_AGREES = 0.2
"""Share of the headline's words that a body repeats; those of the saved pages repeat 0.5 and more."""
_PUNCTUATION = re.compile(r"[.!?؟،؛,]")
_CONTENT_WORD = re.compile(r"\w{4,}")
_ARABIC = re.compile("[\u0621-\u064a]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_PREFIX = re.compile("^(?:[وفبكل]?ال|لل)(?=..)")


@dataclass(frozen=True, slots=True)
class Quality:
    """What tells an article's text. `links`, `agreement`: shares, 0 to 1; `stops`: commas and full stops;
    `agreement` and `same_script` with the headline."""

    words: int
    links: float
    stops: int
    agreement: float
    same_script: bool

    @property
    def is_prose(self) -> bool:
        """Whether it is sentences at all, no list of links or names."""
        return self.links <= _MOST_LINKS and (self.stops + 1) * _WORDS_A_STOP > self.words

    @property
    def good(self) -> bool:
        """Whether no other voice need be heard."""
        return self.words >= ENOUGH and self.is_prose and self.same_script and self.agreement >= _AGREES

    @property
    def score(self) -> float:
        """For choosing among several none of which is good."""
        prose = self.words * (1 - self.links)
        return prose * (0.5 + self.agreement) * (1 if self.is_prose else 0.1) * (1 if self.same_script else 0.1)

    def __str__(self) -> str:
        script = "" if self.same_script else ", another script than the headline's"
        return f"{self.words} words, {self.links:.0%} links, {self.agreement:.0%} of the headline{script}"


def judge(lines: Sequence[Line], title: str) -> Quality:
    """How far lines are the article that `title` heads."""
    text = " ".join(line.text for line in lines)
    count = words(text)
    linked = sum(words(line.text) for line in lines if line.is_link)
    plain = fold(text)
    asked = {_PREFIX.sub("", word) for word in _CONTENT_WORD.findall(fold(title))}
    agreement = sum(word in plain for word in asked) / len(asked) if asked else 1.0
    same = not title or not text or _is_arabic(title) == _is_arabic(plain)
    return Quality(count, linked / count if count else 0.0, len(_PUNCTUATION.findall(plain)), agreement, same)


def _is_arabic(text: str) -> bool:
    """Whether at least a third of the letters are of the Arabic script; headlines name Latin brands."""
    return sum(map(len, _ARABIC.findall(text))) * 3 >= sum(map(len, _LETTERS.findall(text)))


# ---- where the text stands ----------------------------------------------------------------------------------

_LEAST = 15
"""Characters of the shortest run of text that counts; captions of buttons are shorter."""
_LONGEST = 3
"""Points that length gives a paragraph at most, one for each 100 characters (Readability's)."""
_FOR_A_NAME = 8
"""Points of a class that says body, as those of one paragraph."""
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:article|story|post|news|entry|content|text)[\s_-]?(?:body|text|content|details?|entry|desc\w*)"
    r"|article-?body|entry-content|post-content|\bstory\b|wysiwyg|news-?(?:details?|text|body|story)",
    re.IGNORECASE,
)
_NEAR = 4  # ancestors of the headline in which the body is looked for first
_NEAR_FACTOR = 1.5
_IN_BODY = 0.5  # text that stands in no element but the page itself
_SIBLING = 0.25  # share of the best element's points from which on its sibling is text of the article too
_LOOSE = 80  # characters of a paragraph beside the best element that belongs to it
_WRAPPERS = 3  # elements around the best one whose likes may hold the other paragraphs


def find_prose(root: Element, heading: Element | None) -> Iterator[list[Element]]:
    """The likeliest places of the running text of a pruned page, best first, at most `_PLACES`: the elements that
    together hold it, in document order. `heading` is the headline's element: text near it counts more."""
    runs = _runs(root)
    points: defaultdict[Element, float] = defaultdict(float)
    for block, run in runs.items():
        if run.text < _LEAST or run.linked * 2 > run.text or block.tag == "h1":
            continue
        worth = run.worth
        if block.tag not in _PARAGRAPHS:  # «text<br>text» in a div
            points[block] += worth
            worth /= 2
        for holder in islice(block.iterancestors(), 2):
            points[holder] += worth
            worth /= 2
    near = above_near(heading)
    held = _held(runs)

    def rank(element: Element) -> float:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_NAMES]
        named = _FOR_A_NAME if _NAMED.search(names) else 0
        place = _NEAR_FACTOR if element in near or element.getparent() in near else 1
        place = _IN_BODY if element.tag in ("body", "html") else place
        return (points[element] + named) * (1 - held[element].links) * place

    ranks = {element: rank(element) for element in points}
    for _ in range(_PLACES):
        if not ranks:
            return
        best = max(ranks, key=lambda e: ranks[e])
        place = _repeated(best, held) or _with_siblings(best, ranks, runs)
        yield place
        taken, around = set(place), {above for e in place for above in e.iterancestors()}
        ranks = {e: r for e, r in ranks.items() if e not in taken | around and taken.isdisjoint(e.iterancestors())}


_PLACES = 2  # comments may be longer than the article
_NAMES = 500  # characters of class and id that are looked at
_PARAGRAPHS = frozenset(["p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dd", "dt"])


@dataclass(slots=True)
class _Run:
    """Text by its characters, those in links, its commas and full stops, and the pieces that tags part it into."""

    text: int = 0
    linked: int = 0
    stops: int = 0
    pieces: int = 0

    @property
    def links(self) -> float:
        """Share of the characters that are links."""
        return self.linked / max(1, self.text)

    @property
    def worth(self) -> float:
        """Its points as paragraphs."""
        return 1 + self.stops + min(self.text / 100, _LONGEST * self.pieces)

    def add(self, other: _Run) -> None:
        self.text += other.text
        self.linked += other.linked
        self.stops += other.stops
        self.pieces += other.pieces


_TEXTS = etree.XPath("descendant::text()[normalize-space()]")


def _runs(root: Element) -> dict[Element, _Run]:
    """The text of each block by itself, inline elements included."""
    found: dict[Element, _Run] = {}
    blocks: dict[Element, tuple[Element, bool]] = {}  # inline element → its block, and whether it is in a link
    for text in _TEXTS(root):
        holder = text.getparent().getparent() if text.is_tail else text.getparent()
        if holder is None:
            continue
        if holder not in blocks:
            blocks[holder] = _block_of(holder)
        block, in_link = blocks[holder]
        run = found.setdefault(block, _Run())
        size = len(text.strip())
        run.add(_Run(size, size * in_link, len(_PUNCTUATION.findall(text)), 1))
    return found


def _block_of(element: Element) -> tuple[Element, bool]:
    in_link = False
    block: Element | None = None
    for above in (element, *element.iterancestors()):
        in_link |= above.tag == "a"
        if block is None and above.tag in BLOCKS:
            block = above
    return (block if block is not None else element), in_link


def above_near(heading: Element | None) -> set[Element]:
    """The near ancestors of the headline's element, the page itself left out unless it is the parent."""
    found: set[Element] = set()
    if heading is not None:
        for level, element in enumerate(heading.iterancestors()):
            if level >= _NEAR or (level and element.tag in ("body", "html")):
                break
            found.add(element)
    return found


def _held(runs: dict[Element, _Run]) -> defaultdict[Element, _Run]:
    """All text within each element."""
    found: defaultdict[Element, _Run] = defaultdict(_Run)
    for block, run in runs.items():
        for element in (block, *block.iterancestors()):
            found[element].add(run)
    return found


def _repeated(best: Element, held: dict[Element, _Run]) -> list[Element]:
    """Where `best` is one of several wrappers of a paragraph or of a live page's entries, all of them."""
    for element in islice((best, *best.iterancestors()), _WRAPPERS):
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        if element.get("class") is None and held[element].pieces > _ONE_PARAGRAPH:
            continue
        likes = [e for e in parent.iterchildren(element.tag) if e.get("class") == element.get("class") and e in held]
        rest = sum(held[e].stops for e in likes if e is not element)
        if rest >= held[best].stops and rest and all(held[e].links < _LINKED for e in likes):
            return likes
    return []


_ONE_PARAGRAPH = 5  # texts of an element without class that may be a wrapper; its inline elements part them
_LINKED = 0.4  # share of characters in links of a teaser; a live page's entries have less


def _with_siblings(best: Element, ranks: dict[Element, float], runs: dict[Element, _Run]) -> list[Element]:
    """`best` and what beside it is text of the same article."""
    parent = best.getparent()
    if parent is None:
        return [best]
    return [e for e in parent.iterchildren(etree.Element) if e is best or _belongs(e, best, ranks, runs)]


def _belongs(element: Element, best: Element, ranks: dict[Element, float], runs: dict[Element, _Run]) -> bool:
    if element.tag in ("h1", "header"):
        return False
    run = runs.get(element)
    if run and element.tag == "p" and run.text >= _LOOSE and run.stops and run.links < _SIBLING:
        return True
    alike = (element.tag, element.get("class")) == (best.tag, best.get("class"))
    return alike and ranks.get(element, 0) >= ranks[best] * _SIBLING


def blocks_between(root: Element, begin: Element, end: Element) -> Iterator[Element]:
    """The elements that begin after `begin` does and before `end`, in document order."""
    inside = False
    for element in root.iter(etree.Element):
        if element is end:
            return
        if inside:
            yield element
        inside |= element is begin
