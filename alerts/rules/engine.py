"""The engine: all rules against one article, in one scan.

`Engine` is built once for a rules file. `match` says which rules an article satisfies, `trace` why one rule does or
does not; both run the same code. The parts: `page.py` folds the article, `scan.py` finds the terms, `demand.py` and
`evaluate.py` decide, `near.py` measures distances.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from alerts.rules.demand import Branch, Demand, Leaf, demand_of, key_of, leaves
from alerts.rules.evaluate import Finding
from alerts.rules.expression import Condition, Term
from alerts.rules.model import Document, Evidence, Match, Rule, Status
from alerts.rules.page import Page
from alerts.rules.scan import Needle, Scanner


@dataclass(frozen=True, slots=True)
class Step:
    """One demand of a rule and what became of it.

    `met` is whether it stands as the rule wants: for `none` and `ignore`, that nothing of it was found. `term` is a
    term as written, None for a group, which needs `threshold` of the weights of its `parts`. `found` is where the
    term stands (the first 1,000 times), or for `near` the occurrences that are close enough.
    """

    what: Literal["outlet", "ignore", "wanted", "where", "near", "none", "term", "group"]
    met: bool
    term: str | None = None
    threshold: int = 0
    weight: int = 1
    found: tuple[Evidence, ...] = ()
    parts: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a rule fires on an article or does not: it does where every step is met. `match` ignores the status."""

    rule: Rule
    match: Match | None
    steps: tuple[Step, ...]

    @property
    def fires(self) -> bool:
        """Whether the article satisfies the rule."""
        return self.match is not None


class Engine:
    """Rules ready to be matched. An article that satisfies one of `ignore` matches no rule."""

    def __init__(self, rules: Sequence[Rule], ignore: Sequence[Condition] = ()) -> None:
        self._rules = tuple(rules)
        self._ignore = tuple(ignore)
        numbers: dict[Needle, int] = {}

        def number(term: Term) -> int:
            return numbers.setdefault(Needle.of(term), len(numbers))

        self._demands = [demand_of(rule.condition, number) for rule in self._rules]
        self._ignored = [demand_of(condition, number) for condition in self._ignore]
        self._scanner = Scanner(tuple(numbers))
        self._touches = _touches(self._demands)

    def match(self, document: Document, statuses: Collection[Status] = ("live", "test")) -> tuple[Match, ...]:
        """The rules of the given statuses that the document satisfies, in the order of the rules, each with the
        evidence for it."""
        page = Page(document)
        found = self._scanner.scan(page)
        if not found:
            return ()
        finding = Finding(page, found)
        if any(self._satisfies(finding, demand) for demand in self._ignored):
            return ()
        touched = {index for needle in found for index in self._touches.get(needle, ())}
        matches = []
        for index in sorted(touched):
            rule = self._rules[index]
            if rule.status in statuses and _of_outlet(rule, document):
                match = _match(rule, self._demands[index], finding)
                if match is not None:
                    matches.append(match)
        return tuple(matches)

    def trace(self, rule: Rule, document: Document) -> Trace:
        """Each demand of the rule, met or missed, and by what; of any status, and whether this engine has it or not."""
        alone = Engine([rule], self._ignore)
        page = Page(document)
        finding = Finding(page, alone._scanner.scan(page))
        demand = alone._demands[0]
        steps = []
        if rule.outlets:
            steps.append(Step("outlet", _of_outlet(rule, document)))
        for ignored in alone._ignored:
            refused = self._satisfies(finding, ignored)
            steps.append(Step("ignore", not refused, found=(finding.proof(ignored) or ()) if refused else ()))
        if demand.wanted is not None:
            steps.append(_step("wanted", demand.wanted, finding))
        if demand.where is not None:
            steps.append(_step("where", demand.where, finding))
        if demand.near is not None:
            proof = finding.proof(demand)
            steps.append(Step("near", proof is not None, found=proof or ()))
        if demand.none:
            parts = tuple(_step("none", part, finding) for part in demand.none)
            steps.append(Step("none", not finding.forbidden(demand), parts=parts))
        fires = all(step.met for step in steps)
        return Trace(rule, _match(rule, demand, finding) if fires else None, tuple(steps))

    @staticmethod
    def _satisfies(finding: Finding, demand: Demand) -> bool:
        return not finding.forbidden(demand) and finding.proof(demand) is not None


def _match(rule: Rule, demand: Demand, finding: Finding) -> Match | None:
    evidence = finding.proof(demand)
    return None if evidence is None or finding.forbidden(demand) else Match(rule, evidence)


def _of_outlet(rule: Rule, document: Document) -> bool:
    """A document without outlet is matched by the rules of every outlet."""
    return not rule.outlets or document.outlet is None or document.outlet in rule.outlets


def _touches(demands: Sequence[Demand]) -> dict[int, list[int]]:
    """For each needle, the rules that must be looked at when it is found."""
    askers = Counter(
        needle
        for demand in demands
        for needle in {leaf.needle for branch in (demand.wanted, demand.where) if branch for leaf in leaves(branch)}
    )
    touches: dict[int, list[int]] = defaultdict(list)
    for index, demand in enumerate(demands):
        for needle in key_of(demand, askers):
            touches[needle].append(index)
    return dict(touches)


def _step(what: Literal["wanted", "where", "none"], part: Leaf | Branch, finding: Finding) -> Step:
    """A part of a demand as a step; its own parts are terms and groups."""
    step = _part(part, finding, place=what == "where")
    return step if what == "none" else Step(what, step.met, None, step.threshold, step.weight, (), step.parts)


def _part(part: Leaf | Branch, finding: Finding, *, place: bool) -> Step:
    if isinstance(part, Branch):
        parts = tuple(_part(inner, finding, place=place) for inner in part.parts)
        return Step("group", finding.holds(part), None, part.threshold, part.weight, (), parts)
    found = tuple(finding.evidence(part, span, place=place) for span in finding.spans(part)[:1_000])
    return Step("term", bool(found), part.written, weight=part.weight, found=found)
