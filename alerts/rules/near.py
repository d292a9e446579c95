"""Nearness: which occurrences of a rule's terms and places stand close enough to each other to take part.

A window is a sentence, a paragraph, the title, the lead, or a stretch of words; the demand must hold by what stands
in one window alone. The work grows with the number of occurrences, not with its square.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

from alerts.rules.demand import Branch, Leaf, Span, leaves, satisfying
from alerts.rules.expression import Near
from alerts.rules.page import Page

Occurrences = dict[Leaf, Sequence[Span]]
"""The terms that take part, each with the occurrences that do."""


def close_together(
    page: Page, near: Near, branches: Sequence[Branch], spans: Callable[[Leaf], Sequence[Span]]
) -> list[Occurrences] | None:
    """For each of `branches` what takes part in a window where all of them hold; None where there is no window.

    `spans` gives the occurrences of a term, in order. With two branches (terms, places) a window of words lies
    around a place; with one, it begins with any of its terms.
    """
    standing = {leaf: found for branch in branches for leaf in leaves(branch) if (found := spans(leaf))}
    if near.unit == "words":
        return _within_words(page, near.words, branches, standing)
    return _within_parts(page, near, branches, standing)


def _within_parts(
    page: Page, near: Near, branches: Sequence[Branch], standing: Occurrences
) -> list[Occurrences] | None:
    """Windows that part the article: an occurrence stands in one, or in none."""
    windows: dict[int, dict[Leaf, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for leaf, spans in standing.items():
        for span in spans:
            window = _window(page, near, span[0])
            if window is not None:
                windows[window][leaf].append(span)
    result: list[dict[Leaf, list[Span]]] = [defaultdict(list) for _ in branches]
    for _, inside in sorted(windows.items()):
        by = [satisfying(branch, inside.__contains__) for branch in branches]
        if all(by):
            for some, parts in zip(by, result, strict=True):
                for leaf in dict.fromkeys(some):
                    parts[leaf] += inside[leaf]
    return [dict(parts) for parts in result] if all(result) else None


def _window(page: Page, near: Near, position: int) -> int | None:
    if near.unit == "sentence":
        return page.sentence(position)
    if near.unit == "paragraph":
        return page.paragraph(position)
    return 0 if page.in_scope(position, ("title",) if near.unit == "title" else ("lead",)) else None


class _Words:
    """The occurrences of one term by the numbers of their first and last words."""

    def __init__(self, page: Page, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.first = [page.word(start) for start, _ in spans]
        self.last = [page.word(end - 1) for _, end in spans]
        self.windows: list[Span] = []

    def extents(self) -> Iterator[Span]:
        """The numbers of the first and last word of each occurrence."""
        return zip(self.first, self.last, strict=True)

    def stands_in(self, low: int, high: int) -> bool:
        """Whether an occurrence touches the words low..high."""
        at = bisect_left(self.last, low)
        return at < len(self.first) and self.first[at] <= high

    def taking_part(self) -> list[Span]:
        """The occurrences that touch one of `windows` (which are in the order of their beginnings)."""
        lows = [low for low, _ in self.windows]
        highs = list(accumulate((high for _, high in self.windows), max))
        return [
            span
            for span, first, last in zip(self.spans, self.first, self.last, strict=True)
            if (before := bisect_right(lows, last)) and highs[before - 1] >= first
        ]


def _within_words(
    page: Page, reach: int, branches: Sequence[Branch], standing: Occurrences
) -> list[Occurrences] | None:
    """Windows that slide: `reach` words to either side of a place, or onwards from a term."""
    words = {leaf: _Words(page, spans) for leaf, spans in standing.items()}
    terms, places = branches[0], branches[1] if len(branches) > 1 else None
    anchors = sorted({anchor for leaf in leaves(places or terms) if leaf in words for anchor in words[leaf].extents()})
    proven: list[Span] = []
    for first, last in anchors:
        low, high = first - reach if places else first, last + reach

        def stands(leaf: Leaf, low: int = low, high: int = high) -> bool:
            return leaf in words and words[leaf].stands_in(low, high)

        by = satisfying(terms, stands)
        if by:
            proven.append((first, last))
        for leaf in by:
            words[leaf].windows.append((low, high))
    if not proven:
        return None
    result = [_taking_part(terms, words)]
    if places:
        for leaf in leaves(places):
            if leaf in words:
                words[leaf].windows = proven
        result.append(_taking_part(places, words))
    return result


def _taking_part(branch: Branch, words: Mapping[Leaf, _Words]) -> Occurrences:
    parts = {leaf: words[leaf].taking_part() for leaf in leaves(branch) if leaf in words}
    return {leaf: spans for leaf, spans in parts.items() if spans}
