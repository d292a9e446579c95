"""The engine: all rules against one article, in one scan.

`Engine` is built once for a rules file. `match` says which rules an article satisfies, `trace` why one rule does or
does not; both run the same code. The parts: `page.py` folds the article, `scan.py` finds the terms, `demand.py` and
`evaluate.py` decide, `near.py` measures distances; with a resolver of `alerts.places`, a place of `where` is met by all
that lies within it, without one it is looked for by its words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from alerts.rules.demand import Branch, Demand, Leaf, Span, demand_of, key_of, leaves
from alerts.rules.evaluate import Finding
from alerts.rules.expression import Condition, Term
from alerts.rules.model import Document, Evidence, Match, Rule, RuleSet, Status
from alerts.rules.page import Page
from alerts.rules.scan import Needle, Scanner

if TYPE_CHECKING:
    from alerts.places.model import PlaceHit
    from alerts.places.resolve import Decision, Mention, Places, Resolver


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
    """Why a rule fires on an article or does not: it does where every step is met. `match` ignores the status.

    `names` are the names in the article that could be a place of the rule's `where`, as they stand there, each with
    the decision that it is one, or another of the name, or no place.
    """

    rule: Rule
    match: Match | None
    steps: tuple[Step, ...]
    names: tuple[tuple[str, Decision], ...] = ()

    @property
    def fires(self) -> bool:
        """Whether the article satisfies the rule."""
        return self.match is not None


class Survey(NamedTuple):
    """What an article was found to be about: the rules that it satisfies, and its places, each in order."""

    matches: tuple[Match, ...]
    places: tuple[PlaceHit, ...]


class Engine:
    """Rules ready to be matched. An article that satisfies one of `ignore` matches no rule.

    `resolver` finds places; it is asked where a rule names one, or always (`all_places`). An engine of one rule lets
    the resolver scan for itself (`apart`), which spares building an automaton of all names for it.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        ignore: Sequence[Condition] = (),
        resolver: Resolver | None = None,
        *,
        all_places: bool = False,
        apart: bool = False,
    ) -> None:
        self._rules = tuple(rules)
        self._ignore = tuple(ignore)
        numbers: dict[Needle, int] = {}

        def number(term: Term) -> int:
            needle = Needle.of(term if resolver else replace(term, places=()) if term.places else term)
            return numbers.setdefault(needle, len(numbers))

        self._demands = [demand_of(rule.condition, number) for rule in self._rules]
        self._ignored = [demand_of(condition, number) for condition in self._ignore]
        self._areas = _areas(numbers)
        self._resolver = resolver if self._areas or all_places else None
        self._given, self._apart = resolver, apart
        self._scanner = Scanner(tuple(numbers), self._resolver.names if self._resolver and not apart else None)
        self._touches = _touches(self._demands)

    @classmethod
    def of(cls, rules: RuleSet, gazetteer: Callable[[], Places], *, all_places: bool = False) -> Engine:
        """The engine of a whole file. `gazetteer` is called only if a rule names a place, or with `all_places`."""
        resolver = resolver_of(rules, gazetteer) if all_places or rules.uses_places else None
        return cls(rules.rules, rules.ignore, resolver, all_places=all_places)

    def match(self, document: Document, statuses: Collection[Status] = ("live", "test")) -> tuple[Match, ...]:
        """The rules of the given statuses that the document satisfies, in the order of the rules, each with the
        evidence for it."""
        page = Page(document)
        return self._matches(document, page, self._find(page, document)[0], statuses)

    def survey(self, document: Document, statuses: Collection[Status] = ("live", "test")) -> Survey:
        """What `match` finds, and the places of the document (none without a resolver that is asked)."""
        page = Page(document)
        found, mentions = self._find(page, document)
        places = tuple(mention.hit(page) for mention in mentions)
        return Survey(self._matches(document, page, found, statuses), places)

    def _find(self, page: Page, document: Document) -> tuple[dict[int, list[Span]], list[Mention]]:
        """The needles that stand in a page, those of places by the places that stand there; and all these places."""
        found, names = self._scanner.scan_with_names(page)
        if self._resolver is None:
            return found, []
        if self._apart:
            names = self._resolver.scanner.scan_with_names(page)[1]
        mentions = self._resolver.mentions(page, names, document.country)
        if self._areas:
            for mention in mentions:
                needles = {n for id in self._resolver.above(mention.place) for n in self._areas.get(id, ())}
                for needle in needles:
                    found.setdefault(needle, []).append(mention.span)
        return found, mentions

    def _matches(
        self, document: Document, page: Page, found: dict[int, list[Span]], statuses: Collection[Status]
    ) -> tuple[Match, ...]:
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
        alone = Engine([rule], self._ignore, self._given, apart=True)
        page = Page(document)
        finding = Finding(page, alone._find(page, document)[0])
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
        match = _match(rule, demand, finding) if fires else None
        return Trace(rule, match, tuple(steps), alone._names_asked_for(page, document))

    def _names_asked_for(self, page: Page, document: Document) -> tuple[tuple[str, Decision], ...]:
        """The names in a page that a place which is asked for, or lies within one, could bear."""
        if self._resolver is None:
            return ()
        standing = self._resolver.scanner.scan_with_names(page)[1]
        return tuple(
            (page.evidence_span(decision.standing.start, decision.standing.end)[3], decision)
            for decision in self._resolver.decide(page, standing, document.country)
            if any(self._areas.keys() & self._resolver.above(place) for place in self._resolver.namesakes(decision))
        )

    @staticmethod
    def _satisfies(finding: Finding, demand: Demand) -> bool:
        return not finding.forbidden(demand) and finding.proof(demand) is not None


def resolver_of(rules: RuleSet, gazetteer: Callable[[], Places]) -> Resolver:
    """A resolver that knows the regions of a file too."""
    from alerts.places.regions import with_regions  # needed only by files that name places
    from alerts.places.resolve import Resolver

    return Resolver(with_regions(gazetteer(), rules.regions))


def _match(rule: Rule, demand: Demand, finding: Finding) -> Match | None:
    evidence = finding.proof(demand)
    return None if evidence is None or finding.forbidden(demand) else Match(rule, evidence)


def _of_outlet(rule: Rule, document: Document) -> bool:
    """A rule of some outlets takes their documents, and those that name no outlet."""
    return not rule.outlets or document.outlet is None or document.outlet in rule.outlets


def _areas(numbers: dict[Needle, int]) -> dict[str, list[int]]:
    """For each place that is asked for, by its id, the needles that ask for it."""
    areas: dict[str, list[int]] = defaultdict(list)
    for needle, number in numbers.items():
        for id in needle.places:
            areas[id].append(number)
    return dict(areas)


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
        if part.none:
            silenced = any(map(finding.holds, part.none))
            none = tuple(_part(inner, finding, place=False) for inner in part.none)
            parts += (Step("none", not silenced, weight=0, parts=none),)
        return Step("group", finding.holds(part), None, part.threshold, part.weight, (), parts)
    found = tuple(finding.evidence(part, span, place=place) for span in finding.spans(part)[:1_000])
    return Step("term", bool(found), part.written, weight=part.weight, found=found)
