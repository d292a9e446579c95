"""Resolve: the places of a text: which of the names that stand in it are places there, and which places.

`Resolver` brings together the gazetteer, `judge.py` (is it a place?) and `choose.py` (which one?), and asks what only
the whole text can tell: names in one list, names that say where others lie, a name that is surely a place elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from alerts.arabic.folding import COMMA, PAUSE
from alerts.places import demonyms
from alerts.places.choose import Choice, Company, Hints, above_of, choose, country_of
from alerts.places.find import Names, Standing
from alerts.places.judge import Need, Sight, Verdict, judge, need_of
from alerts.places.model import Place, PlaceHit
from alerts.places.neighbours import classes_of_key, neighbours
from alerts.places.reasons import say
from alerts.rules.messages import Language
from alerts.rules.page import Page

if TYPE_CHECKING:
    from alerts.rules.scan import Scanner

MAX_READ: Final = 40
"""Places of one name that are looked at, the gazetteer's first ones; what has more namesakes is no name to go by."""
_CLOSE_LETTERS = 250
"""Letters: about a sentence. A place so near says more of which namesake is meant."""
_FAR, _NEAR = 1.0, 3.0
"""How much another place of the text weighs, and one so near."""
_SPORT = (
    "مباراة",
    "مباريات",
    "الدوري",
    "المرمى",
    "المرمي",
    "لاعب",
    "مدرب",
    "مهاجم",
    "كرة القدم",
    "منتخب",
    "بطولة",
    "الكاس",
)
_SPORT_WORDS = 2
"""Words of sport that make a text one about sport."""
_OFFICIAL = "ريف"
"""A word of kind that governorates have in their name: ريف دمشق is not دمشق."""
_BETWEEN = re.compile(rf"[ {PAUSE}{COMMA}]*(?:في )?")
_WIDEST_GAP = 6
"""Letters between names that stand together."""
_LIST_GAP = re.compile(rf" ?[{PAUSE}{COMMA}] ?| (?:و |او |ثم )?")


class Places(Protocol):
    """What is asked of a gazetteer (`gazetteer.py`)."""

    def place(self, id: str) -> Place: ...
    def names(self) -> Mapping[str, tuple[str, ...]]: ...
    def is_common(self, name: str) -> bool: ...
    def above(self, id: str) -> frozenset[str]: ...


class Decision(NamedTuple):
    """A name that stands in a page and what it was found to be: `choice` is None where it is no place."""

    standing: Standing
    verdict: Verdict
    choice: Choice | None

    def reason(self, language: Language) -> str:
        """Why, in words."""
        said = say(language, self.verdict.why, self.verdict.word)
        if self.choice is None or self.choice.why == "only":
            return said
        return f"{said}{'؛ ' if language == 'ar' else '; '}{say(language, self.choice.why, self.choice.word)}"


class Mention(NamedTuple):
    """A place of a text: where it stands (start and end in `Page.folded`), and the decision that made it one."""

    span: tuple[int, int]
    place: Place
    decision: Decision

    def hit(self, page: Page, language: Language = "en") -> PlaceHit:
        """The same in positions of the document."""
        return PlaceHit(*page.evidence_span(*self.span), self.place, self.decision.reason(language))


class _Known(NamedTuple):
    """What is known of a name, worked out once: what it needs, the places that bear it, the country that they all lie
    in ("": several, or none), and, where they lie in one another (a town, its district), the usual one: then no other
    place of a text tells them apart."""

    need: Need
    candidates: tuple[Place, ...]
    country: str
    usual: Choice | None


@dataclass(slots=True)
class _Case:
    """A name of the text on its way to a decision."""

    standing: Standing
    known: _Known
    sight: Sight
    verdict: Verdict

    def settle(self, why: str, word: str, *, strong: bool = False) -> None:
        self.verdict = Verdict(True, strong, why, word)


class Resolver:
    """The places of texts, by one gazetteer. What names need is worked out once for each."""

    def __init__(self, gazetteer: Places) -> None:
        self._gazetteer = gazetteer
        self._known: dict[str, _Known] = {}
        self._above: dict[str, frozenset[str]] = {}
        self._names = gazetteer.names()
        self.names: Final = Names(self._names)
        """What the scanner looks for."""

    @cached_property
    def scanner(self) -> Scanner:
        """A scanner of the names alone, for texts that no rules look at."""
        from alerts.rules.scan import Scanner  # which knows the automaton's library, and this module's `find`

        return Scanner((), self.names)

    def places(self, page: Page, outlet_country: str | None = None, language: Language = "en") -> tuple[PlaceHit, ...]:
        """The places of a page, in its order."""
        names = self.scanner.scan_with_names(page)[1]
        return tuple(mention.hit(page, language) for mention in self.mentions(page, names, outlet_country))

    def mentions(self, page: Page, names: Sequence[Standing], outlet_country: str | None = None) -> list[Mention]:
        """The places among the names that stand in a page."""
        return [
            Mention(self.span(page, one), one.choice.place, one)
            for one in self.decide(page, names, outlet_country)
            if one.choice is not None
        ]

    def span(self, page: Page, decision: Decision) -> tuple[int, int]:
        """Where the name itself stands: a word of its kind or direction before it is no part of it, as in مدينة صور,
        though the gazetteer may name the two together (قطاع غزة, جنوب لبنان); of an official name it is."""
        standing = decision.standing
        first, _, rest = standing.name.partition(" ")
        if decision.choice is None or rest not in self._names:
            return standing.start, standing.end
        kinds = classes_of_key(first)
        official = decision.choice.place.kind == "governorate"
        if ("type" in kinds and first != _OFFICIAL) or ("direction" in kinds and not official):
            return page.folded.index(" ", standing.start) + 1, standing.end
        return standing.start, standing.end

    def namesakes(self, decision: Decision) -> tuple[Place, ...]:
        """The places that bear a name that was decided."""
        known = self._known.get(decision.standing.name) or self._know(decision.standing)
        return known.candidates

    def above(self, place: Place) -> frozenset[str]:
        """The ids of a place and of all that it lies in."""
        found = self._above.get(place.id)
        if found is None:
            found = self._above[place.id] = self._gazetteer.above(place.id) | {place.id}
        return found

    def decide(self, page: Page, standing: Sequence[Standing], outlet_country: str | None = None) -> list[Decision]:
        """Every name that stands in a page, in its order, decided. `outlet_country`: ISO 3166 of the outlet."""
        if not standing:
            return []
        sport = _is_sport(page)
        cases = [self._case(page, one, sport) for one in standing]
        _lists(page, cases)
        inside = [_inside(page, cases, at) for at in range(len(cases))]
        for case, ids in zip(cases, inside, strict=True):
            if case.verdict.place is None and ids and any(above_of(place) & ids for place in case.known.candidates):
                case.settle("qualified", case.sight.around.after[0] if case.sight.around.after else "", strong=True)
        _support(cases)
        chosen = _chosen(cases, inside, outlet_country)
        return [Decision(case.standing, case.verdict, choice) for case, choice in zip(cases, chosen, strict=True)]

    def _case(self, page: Page, standing: Standing, sport: bool) -> _Case:
        known = self._known.get(standing.name) or self._know(standing)
        written = page.folded[standing.start : standing.end]
        around = neighbours(page, standing.start, standing.end)
        sight = Sight(standing.name, standing.head, written, around, sport)
        return _Case(standing, known, sight, judge(sight, known.need))

    def _know(self, standing: Standing) -> _Known:
        candidates = tuple(self._gazetteer.place(id) for id in standing.ids[:MAX_READ])
        need = need_of(standing.name, candidates, common=self._gazetteer.is_common(standing.name))
        countries = {country_of(place) for place in candidates}
        widest = min(candidates, key=lambda place: len(place.parents))
        nested = all(widest.id == place.id or widest.id in place.parents for place in candidates)
        usual = choose(candidates, Hints(), ()) if nested else None
        known = _Known(need, candidates, countries.pop() if len(countries) == 1 else "", usual)
        self._known[standing.name] = known
        return known


def _is_sport(page: Page) -> bool:
    return sum(map(page.folded.count, _SPORT)) >= _SPORT_WORDS


def _lists(page: Page, cases: Sequence[_Case]) -> None:
    """Settles what stands in one list with a place: مكة والمدينة; مناطق الجلاء والسيال."""
    for order in (range(1, len(cases)), range(len(cases) - 1, 0, -1)):
        for at in order:
            first, second = cases[at - 1], cases[at]
            if first.verdict.place is second.verdict.place or not _in_list(page, first.standing, second.standing):
                continue
            sure, open_ = (first, second) if first.verdict.place else (second, first)
            known = sure.verdict.strong or sure.known.need == "no-sport" or open_.known.need == "something"
            if sure.verdict.place and open_.verdict.place is None and known:
                open_.settle("listed", sure.standing.name, strong=sure.verdict.strong)


def _in_list(page: Page, first: Standing, second: Standing) -> bool:
    if second.start - first.end > _WIDEST_GAP:
        return False
    gap = page.folded[first.end : second.start]
    joined = second.head.startswith("و")
    return (joined and gap == " ") or (not second.head and _LIST_GAP.fullmatch(gap) is not None and gap != " ")


def _inside(page: Page, cases: Sequence[_Case], at: int) -> frozenset[str]:
    """The ids of what a name is said to lie in: the place named after it, or the country of an adjective."""
    case = cases[at]
    ids: set[str] = set()
    if case.sight.around.after and (code := demonyms.country_of(case.sight.around.after[0])):
        ids.add(code)
    if at + 1 < len(cases) and cases[at + 1].standing.start - case.standing.end <= _WIDEST_GAP:
        following = cases[at + 1]
        gap = page.folded[case.standing.end : following.standing.start]
        if following.verdict.place and not following.standing.head.startswith("و") and _BETWEEN.fullmatch(gap):
            ids |= {place.id for place in following.known.candidates}
    return frozenset(ids)


def _support(cases: Sequence[_Case]) -> None:
    """Settles what the text as a whole speaks for: a name that is a place elsewhere, one that lies in a place named,
    or in the governorate of one."""
    strong = [case for case in cases if case.verdict.place and case.verdict.strong]
    settled = {case.standing.name for case in strong}
    named = {place.id: place for case in strong for place in case.known.candidates}
    for case in cases:
        if case.verdict.place is not None or case.known.need == "list":
            continue
        placed = case.verdict.word
        if case.standing.name in settled and (placed or case.known.need == "something"):
            case.settle("settled", "")
        elif placed and (other := _companion(case, named)):
            case.settle("company", other.name)


def _companion(case: _Case, named: Mapping[str, Place]) -> Place | None:
    """A place of the text that one of the candidates lies in, or whose governorate it shares."""
    within = next((id for place in case.known.candidates for id in place.parents if id in named), None)
    if within is not None:
        return named[within]
    own = {id for place in case.known.candidates for id in place.parents[:-1]}
    return next((place for place in named.values() if own.intersection(place.parents[:-1])), None)


def _chosen(
    cases: Sequence[_Case], inside: Sequence[frozenset[str]], outlet_country: str | None
) -> list[Choice | None]:
    """Which place each name is; names that could be only one country's go first and speak for the others."""
    sure = [(case.standing, case.known.candidates[0]) for case in cases if case.verdict.place and case.known.country]
    chosen: list[Choice | None] = []
    for case, ids in zip(cases, inside, strict=True):
        if not case.verdict.place:
            chosen.append(None)
            continue
        around = case.sight.around
        before = "" if case.sight.head else around.before_in("type") or around.before_in("direction")
        if case.known.usual and not before:
            chosen.append(case.known.usual)
            continue
        company = [
            Company(place, _NEAR if abs(other.start - case.standing.start) < _CLOSE_LETTERS else _FAR)
            for other, place in sure
            if other.name != case.standing.name
        ]
        chosen.append(choose(case.known.candidates, Hints(before, ids, outlet_country), company))
    return chosen
