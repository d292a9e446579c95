"""Finding the terms of all rules in a page: one automaton, one scan, and a closer look only where it hits.

A `Needle` is a distinct thing to look for; equal terms of different rules share one. Each word of a needle becomes
its shapes (`alerts.arabic`), whose stems go into the automaton. A phrase is anchored on its longest word, and its
other words are looked at only where that one stands.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from alerts.arabic.clitics import HEAD_LENGTH, HEADS, Frame, Shape, open_shapes, shapes, starts_of, surroundings
from alerts.arabic.folding import SEPARATORS, Folded, codes_of, is_invisible
from alerts.arabic.inflection import inflected_shapes
from alerts.arabic.lexicon import is_other_word
from alerts.arabic.words import within_number, written_words
from alerts.places.find import GAPS, Names, Standing
from alerts.rules.expression import Forms, Term
from alerts.rules.page import Page
from alerts.rules.regex import Expressions

Span = tuple[int, int]


class Needle(NamedTuple):
    """What is looked for, whoever asks: a term without its scopes and weight. One with `places` is not looked for by
    its words: the places of a text are found by their names (`Scanner`'s `names`)."""

    text: str
    exact: bool
    prefix: bool
    regex: bool
    forms: Forms
    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, term: Term) -> Needle:
        """The needle of a term."""
        return cls(term.text, term.exact, term.prefix, term.regex, term.forms, term.places)


_Target = tuple[int, "_Phrase | _Exact | None"]
"""A needle that a word belongs to, and what else must hold where the word stands."""


class _Unit:
    """One word of one or more needles: its shapes, and the words that were found to be it or not."""

    __slots__ = ("_seen", "open", "shapes", "targets")

    def __init__(self, found_as: Sequence[Shape], is_open: bool) -> None:
        self.shapes = tuple(found_as)
        self.open = is_open
        self.targets: list[_Target] = []
        self._seen: dict[str, bool] = {}

    def reads(self, word: str) -> bool:
        """Whether the whole folded `word` is this one with its clitics."""
        known = self._seen.get(word)
        if known is None:
            known = any(self._fits(word, shape) for shape in self.shapes)
            if len(self._seen) < _MAX_SEEN and len(word) < _MAX_WORD:
                self._seen[word] = known
        return known

    @staticmethod
    def _fits(word: str, shape: Shape) -> bool:
        stem, frame, _ = shape
        at = word.find(stem, 0, HEAD_LENGTH + len(stem))
        while at >= 0:
            head, tail = word[:at], word[at + len(stem) :]
            if tail in frame.get(head, ()) and not (tail and is_other_word(head, stem, tail)):
                return True
            at = word.find(stem, at + 1, HEAD_LENGTH + len(stem))
        return False


class _Phrase(NamedTuple):
    """The words of a phrase, and which of them is looked for first."""

    words: tuple[_Unit, ...]
    anchor: int

    def around(self, page: Page, start: int, end: int) -> Span | None:
        """The phrase's whole span where its anchor stands at start..end; None: the other words are not there."""
        first, last = start, end
        for unit in self.words[self.anchor + 1 :]:
            word = page.word_after(last)
            if word is None or not unit.reads(page.folded[word[0] : word[1]]):
                return None
            last = word[1]
        for unit in self.words[: self.anchor][::-1]:
            word = page.word_before(first)
            if word is None or not unit.reads(page.folded[word[0] : word[1]]):
                return None
            first = word[0]
        return first, last


class _Exact(NamedTuple):
    """A term to be found letter by letter as written. `folded` is what leads to it, `lead` the number of signs
    that stand before its first letter (as in «@name»)."""

    written: str
    folded: str
    lead: int

    @classmethod
    def of(cls, written: str) -> _Exact | None:
        """None: there is no letter or digit in it."""
        text = Folded(written)
        folded = text.text.strip(SEPARATORS)
        if not folded:
            return None
        first = len(text.text) - len(text.text.lstrip(SEPARATORS))
        return cls(written, folded, text.span(first, first + 1)[0])

    def around(self, page: Page, start: int, end: int) -> Span | None:
        """The span where its folded form stands at start..end; None: it is spelled otherwise there.

        Vowel signs and invisible characters that the term does not have are passed over.
        """
        text, at = page.source(start)
        at -= self.lead
        if at < 0:
            return None
        for char in self.written:
            while text[at : at + 1] != char:
                if not is_invisible(text[at : at + 1]):
                    return None
                at += 1
            at += 1
        return start, end


_MAX_SEEN = 1_000
"""Words that a unit remembers having judged: the neighbours that one anchor has in a day's news."""
_MAX_WORD = 40
"""Letters; no Arabic word with its clitics is longer, and hostile ones are not kept."""
_STRETCH = 1 << 20
"""Letters of a text that are scanned at once: the longest article many times over."""
MAX_SPANS = 100_000
"""Occurrences of one needle that are kept; a text that has more of a word is no news."""
_ALONE = Frame({"": frozenset([""])})


class _Use(NamedTuple):
    """A shape of a unit, under the pattern that its stem is."""

    frame: Frame
    unit: _Unit
    barred: str
    stem: str


def _followers(uses: Sequence[_Use]) -> frozenset[int]:
    """The codes of what may come after a pattern."""
    if uses[0].stem.isascii():
        return _ANY_CODE
    return _EDGE.union(*(_first_codes(use.frame) for use in uses))


@cache
def _first_codes(frame: Frame) -> frozenset[int]:
    return frozenset(codes_of("".join(starts_of(frame.values()))))


_ANY_CODE = frozenset(range(256))
_EDGE = frozenset(codes_of(SEPARATORS + string.ascii_lowercase + string.digits))
"""What may stand beside an Arabic stem that is a whole word: a separator, or a word in another script."""
_BEFORE = _EDGE | frozenset(codes_of("".join(head[-1] for head in HEADS if head)))
"""What may stand before an Arabic stem: that, or the end of a head."""


class Scanner:
    """All needles, and the names of places, in one automaton. `scan` finds where they stand."""

    def __init__(self, needles: Sequence[Needle], names: Names | None = None) -> None:
        self._patterns: dict[bytes, list[_Use]] = {}
        self._units: dict[tuple[str, str], _Unit] = {}
        expressions: list[tuple[int, str]] = []
        for index, needle in enumerate(needles):
            if needle.places:
                continue
            if needle.regex:
                expressions.append((index, needle.text))
            elif needle.exact:
                self._add_exact(index, needle.text)
            else:
                self._add_words(index, needle)
        self._uses = list(self._patterns.values())
        after = [_followers(uses) for uses in self._uses]
        self._afters = list(dict.fromkeys([_ANY_CODE, *after]))[:256]
        numbers = {codes: number for number, codes in enumerate(self._afters)}
        self._after = bytes(numbers.get(codes, 0) for codes in after)
        self._names = names
        patterns = [*self._patterns, *(names.patterns if names else ())]
        self._automaton = BytesAhoCorasick(patterns)
        self._longest = max(map(len, patterns), default=0)
        self._expressions = Expressions(expressions) if expressions else None

    def scan(self, page: Page) -> dict[int, list[Span]]:
        """For each needle that stands in the page, by its index: the spans of `page.folded`, in order."""
        return self.scan_with_names(page)[0]

    def scan_with_names(self, page: Page) -> tuple[dict[int, list[Span]], list[Standing]]:
        """What `scan` finds, and the names of places that stand there, yet to be decided about, in the same scan."""
        folded, codes, after, afters = page.folded, page.codes, self._after, self._afters
        found: dict[int, list[Span]] = {}
        gapped = codes.translate(GAPS)
        named: list[int] = []
        words = len(after)
        for pattern, start, end in self._hits(gapped):
            if pattern >= words:
                if codes[start - 1] in _BEFORE:
                    named.append(start)
                continue
            number = after[pattern]
            if codes[end] not in afters[number] or (number and codes[start - 1] not in _BEFORE):
                continue  # inside another word, as most hits are
            around = surroundings(folded, start, end)
            if around is None:
                continue
            head, tail = around
            for frame, unit, barred, stem in self._uses[pattern]:
                if tail not in frame.get(head, ()) or folded[start:end] != stem:
                    continue
                if barred and page.written(start) in barred:
                    continue
                other = is_other_word(head, stem, tail)
                if other and tail:
                    continue
                last = page.word_end(end) if unit.open else end + len(tail)
                self._note(found, page, unit, (start - len(head), last), doubtful=other)
        if self._expressions is not None:
            found.update(self._expressions.find(page.folded))
        return found, self._names.standing(page, gapped, named) if self._names and named else []

    def _hits(self, codes: bytes) -> Iterable[tuple[int, int, int]]:
        """Pattern, start and end of every hit; a long text is scanned in stretches, so that the hits of one are all
        that is in memory."""
        if len(codes) <= _STRETCH:
            return self._automaton.find_matches_as_indexes(codes, overlapping=True)
        return self._hits_in_stretches(codes)

    def _hits_in_stretches(self, codes: bytes) -> Iterator[tuple[int, int, int]]:
        for at in range(0, len(codes), _STRETCH):
            stretch = codes[at : at + _STRETCH + self._longest]
            for pattern, start, end in self._automaton.find_matches_as_indexes(stretch, overlapping=True):
                if start < _STRETCH:
                    yield pattern, at + start, at + end

    @staticmethod
    def _note(found: dict[int, list[Span]], page: Page, unit: _Unit, word: Span, *, doubtful: bool) -> None:
        """Notes a word for all needles that it is part of, once, though several of its shapes may have hit.

        A doubtful reading counts only where the rest of a phrase stands beside it: بعيد الفطر.
        """
        for needle, rest in unit.targets:
            if doubtful and rest is None:
                continue
            span = word if rest is None else rest.around(page, *word)
            if span is not None and not within_number(page.folded, *span):
                spans = found.setdefault(needle, [])
                if not spans or (spans[-1] != span and len(spans) < MAX_SPANS):
                    spans.append(span)

    def _add_words(self, index: int, needle: Needle) -> None:
        words = written_words(needle.text)
        if not words:
            return  # nothing but signs: `check` says so
        kinds: list[str] = [needle.forms] * len(words)
        if needle.prefix:
            kinds[-1] = "open"
        units = tuple(self._unit(word, kind) for word, kind in zip(words, kinds, strict=True))
        if len(units) == 1:
            units[0].targets.append((index, None))
            return
        anchor = max(range(len(units)), key=lambda at: len(units[at].shapes[0].stem))
        units[anchor].targets.append((index, _Phrase(units, anchor)))

    def _add_exact(self, index: int, text: str) -> None:
        exact = _Exact.of(text)
        if exact is not None:
            unit = self._unit(exact.folded, "exact")
            unit.targets.append((index, exact))

    def _unit(self, word: str, kind: str) -> _Unit:
        known = self._units.get((word, kind))
        if known is None:
            if kind == "exact":
                forms = [Shape(word, _ALONE)]
            elif kind == "open":
                forms = list(open_shapes(word))
            else:
                forms = list(shapes(word))
                if kind == "all":
                    forms += inflected_shapes(word)
            known = self._units[word, kind] = _Unit(forms, kind == "open")
            for stem, frame, barred in known.shapes:
                self._patterns.setdefault(codes_of(stem).translate(GAPS), []).append(_Use(frame, known, barred, stem))
        return known
