"""A document as the engine reads it: title and text folded into one string, and where its parts lie.

Positions inside this package are those of `Page.folded`; `Page.evidence_span` is the only way back to the document.
What is worked out on demand (lead, sentences, words) costs nothing to the rules that do not ask.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from alerts.arabic.folding import BREAK, COMMA, PAUSE, POINT, SPACE, STOP, Folded
from alerts.rules.expression import Scope
from alerts.rules.model import Document, Field

LEAD_WORDS = 8
"""Words that a paragraph needs to be the lead (rules.md)."""

_PARAGRAPH = re.compile(f"[^{BREAK}]+")
_WORD = re.compile(r"\S+")
_NEXT = re.compile(r"(\s{1,6})(\S+)")
_PREVIOUS_GAP = 6
# A sentence ends at a paragraph's end, at ! ? …, and at a full stop before a space, unless one letter stands before
# the stop (an abbreviation: د. أحمد).
_SENTENCE_END = re.compile(rf"{BREAK}|{STOP}|(?<!\s\S){POINT}(?=\s)")
_FAR = 1 << 40
"""Words between title and text: more than any rule may ask for."""
_LIGHT = frozenset(SPACE)
_JOINING = frozenset((PAUSE, COMMA, POINT))


class Page:
    """A document, folded. `folded` ends in a separator, so that the character before the first is one too; `codes` is
    the same, a byte for each letter."""

    def __init__(self, document: Document) -> None:
        text = document.text if document.kept is None else _blank(document.text, document.kept)
        self._title = Folded(document.title)
        self._text = Folded(text)
        self._document = document
        self.folded = self._title.text + BREAK + self._text.text + BREAK
        self.codes = b"\n".join((self._title.codes, self._text.codes, b""))
        self.text_start = len(self._title.text) + 1

    def evidence_span(self, start: int, end: int) -> tuple[Field, int, int, str]:
        """Field, start and end in code points of the field as given, and the surface that stands there."""
        if start < self.text_start:
            first, last = self._title.span(start, end)
            return "title", first, last, self._document.title[first:last]
        first, last = self._text.span(start - self.text_start, end - self.text_start)
        return "text", first, last, self._document.text[first:last]

    def source(self, position: int) -> tuple[str, int]:
        """The field, as given, that `position` stands in, and its position there."""
        if position < self.text_start:
            return self._document.title, self._title.span(position, position + 1)[0]
        position -= self.text_start
        return self._document.text, self._text.span(position, position + 1)[0]

    def written(self, position: int) -> str:
        """The character of the document that `position` comes from."""
        field, at = self.source(position)
        return field[at]

    def in_scope(self, start: int, scopes: tuple[Scope, ...]) -> bool:
        """Whether an occurrence that starts at `start` stands in one of `scopes`."""
        if start < self.text_start:
            return "title" in scopes
        if "text" in scopes:
            return True
        return "lead" in scopes and self.lead[0] <= start < self.lead[1]

    @cached_property
    def lead(self) -> tuple[int, int]:
        """Start and end of the first paragraph of the text that has LEAD_WORDS words; empty where none has."""
        for paragraph in _PARAGRAPH.finditer(self.folded, self.text_start):
            if len(paragraph[0].split(None, LEAD_WORDS - 1)) == LEAD_WORDS:
                return paragraph.span()
        return (0, 0)

    @cached_property
    def _word_starts(self) -> list[int]:
        return [found.start() for found in _WORD.finditer(self.folded)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in _SENTENCE_END.finditer(self.folded)]

    @cached_property
    def _paragraph_ends(self) -> list[int]:
        return [at for at, char in enumerate(self.folded) if char == BREAK]

    def word(self, position: int) -> int:
        """Number of the word at `position`; a word of the text is far from every word of the title."""
        number = bisect_right(self._word_starts, position)
        return number if position < self.text_start else number + _FAR

    def sentence(self, position: int) -> int:
        """Number of the sentence at `position`; the title is one of its own."""
        return bisect_right(self._sentence_ends, position)

    def paragraph(self, position: int) -> int:
        """Number of the paragraph at `position`; the title is one of its own."""
        return bisect_right(self._paragraph_ends, position)

    def word_after(self, end: int) -> tuple[int, int] | None:
        """The word that goes on with a phrase after a word that ends at `end`; None: the phrase breaks there."""
        found = _NEXT.match(self.folded, end)
        if found is None or not self._binds(end, found.start(2)):
            return None
        return found.span(2)

    def word_before(self, start: int) -> tuple[int, int] | None:
        """The word that a phrase whose next word starts at `start` comes from; None: the phrase begins there."""
        gap = self.folded[max(0, start - _PREVIOUS_GAP) : start]
        end = start - len(gap) + len(gap.rstrip())
        if end == start - len(gap) or not self._binds(end, start):
            return None
        begin = self.word_start(end)
        return begin, end

    def word_start(self, end: int) -> int:
        """Start of the word that ends at `end`."""
        return self._word_starts[bisect_right(self._word_starts, end - 1) - 1]

    def word_end(self, position: int) -> int:
        """End of the word that `position` stands in."""
        found = _WORD.match(self.folded, position)
        return found.end() if found else position

    def _binds(self, end: int, start: int) -> bool:
        """Whether the gap between two words leaves a phrase whole: spaces and light signs, or the point of an
        abbreviation or inside a number or name (U.N., 3.5, bbc.com)."""
        gap = self.folded[end:start]
        if _LIGHT.issuperset(gap):
            return True
        if gap[0] not in _JOINING or not _LIGHT.issuperset(gap[1:]):
            return False
        single = self.folded[end - 2 : end - 1].isspace()
        if len(gap) > 1:
            return single and gap[0] == POINT
        return single or (self.folded[end - 1].isascii() and self.folded[start].isascii())


def _blank(text: str, kept: tuple[tuple[int, int], ...]) -> str:
    """`text` with line breaks in place of all that is not kept, so that positions stay."""
    parts, at = [], 0
    for start, end in kept:
        parts += [BREAK * (start - at), text[start:end]]
        at = end
    return "".join(parts) + BREAK * (len(text) - at)
