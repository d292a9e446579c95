"""Whether what the scanner found in a page satisfies a demand, and by which occurrences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.rules.demand import Branch, Demand, Leaf, Span, satisfying
from alerts.rules.expression import ARTICLE, Scope
from alerts.rules.model import Evidence
from alerts.rules.near import Occurrences, close_together
from alerts.rules.page import Page

MAX_EVIDENCE = 1_000
"""Occurrences of one term that evidence lists (interfaces.md)."""


class Finding:
    """A page and what was found in it; what several rules ask of it is worked out once."""

    def __init__(self, page: Page, found: Mapping[int, Sequence[Span]]) -> None:
        self.page = page
        self.found = found
        self._scoped: dict[tuple[int, tuple[Scope, ...]], Sequence[Span]] = {}

    def spans(self, leaf: Leaf) -> Sequence[Span]:
        """Where a term stands, in the scopes that count for it."""
        spans = self.found.get(leaf.needle, ())
        if not spans or leaf.scopes == ARTICLE:
            return spans
        key = (leaf.needle, leaf.scopes)
        if key not in self._scoped:
            self._scoped[key] = [span for span in spans if self.page.in_scope(span[0], leaf.scopes)]
        return self._scoped[key]

    def stands(self, leaf: Leaf) -> bool:
        """Whether a term stands anywhere in its scopes."""
        return leaf.needle in self.found and bool(self.spans(leaf))

    def holds(self, part: Leaf | Branch) -> bool:
        """Whether a term stands, or enough of a group's parts hold."""
        return bool(satisfying(part, self.stands))

    def forbidden(self, demand: Demand) -> bool:
        """Whether something of `none` holds."""
        return any(self.holds(part) for part in demand.none)

    def proof(self, demand: Demand) -> tuple[Evidence, ...] | None:
        """The evidence that terms and places stand as demanded, in the order of the article; None: they do not.

        `none` is not looked at.
        """
        branches = [branch for branch in (demand.wanted, demand.where) if branch is not None]
        by = [satisfying(branch, self.stands) for branch in branches]
        if not all(by):
            return None
        parts: list[Occurrences] | None = [{leaf: self.spans(leaf) for leaf in some} for some in by]
        if demand.near is not None:
            parts = close_together(self.page, demand.near, branches, self.spans)
        if parts is None:
            return None
        listed: dict[tuple[int, int, bool, str], Evidence] = {}
        for branch, occurrences in zip(branches, parts, strict=True):
            place = branch is demand.where
            for leaf, spans in occurrences.items():
                evidence = (self.evidence(leaf, span, place=place) for span in spans[:MAX_EVIDENCE])
                if len(branches) == 1 and len(occurrences) == 1:
                    return tuple(evidence)
                listed.update((((*span, place, leaf.written), one) for span, one in zip(spans, evidence, strict=False)))
        return tuple(listed[key] for key in sorted(listed))

    def evidence(self, leaf: Leaf, span: Span, *, place: bool = False) -> Evidence:
        """One occurrence of a term as evidence for it, or for the place that it names."""
        term, name = (None, leaf.written) if place else (leaf.written, None)
        return Evidence(*self.page.evidence_span(*span), term, name)
