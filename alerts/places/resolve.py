"""Resolve: the places of a text: which of the names that stand in it are places there, and which places.

`Resolver` brings together the gazetteer, `judge.py` (is it a place?) and `choose.py` (which one?), and asks what only
the whole text can tell: names in one list, names that say where others lie, a name that is surely a place elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from ahocorasick_rs import BytesAhoCorasick

from alerts.arabic.folding import COMMA, PAUSE, codes_of
from alerts.places import demonyms
from alerts.places.choose import Candidate, Choice, Hints, choose
from alerts.places.find import GAPS, Names, Standing
from alerts.places.judge import GRAMMAR, VILLAGES, Need, Sight, Verdict, is_grammar, judge, need_of
from alerts.places.model import Place, PlaceHit
from alerts.places.neighbours import ALONE, NO_CLASS, Neighbours, classes_of_key, neighbours
from alerts.places.reasons import say
from alerts.rules.messages import Language
from alerts.rules.page import Page

if TYPE_CHECKING:
    from alerts.rules.scan import Scanner

NOWHERE: Final[frozenset[str]] = frozenset()
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
_SPORT_SCAN = BytesAhoCorasick(map(codes_of, _SPORT))
"""All of them in one pass: a third of the time of counting each."""
_SPORT_WORDS = 2
"""Words of sport that make a text one about sport."""
_OFFICIAL = "ريف"
"""A word of kind that governorates have in their name: ريف دمشق is not دمشق."""
_BETWEEN = re.compile(rf"[ {PAUSE}{COMMA}]*(?:في )?")
_INTO = ("", "ب")
"""The clitics on what a name is said to lie in: صور بلبنان, and not الشرعية لليمن."""
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

    def hit(self, page: Page, language: Language | None = None) -> PlaceHit:
        """The same in positions of the document, with its reason where a language is given."""
        reason = self.decision.reason(language) if language else ""
        return PlaceHit(*page.evidence_span(*self.span), self.place, reason)


class _Known(NamedTuple):
    """What is known of a name, worked out once: what it needs; the places that bear it; the country that they all lie
    in ("": several, or none); where they lie in one another (a town, its district), the usual one: then no other place
    of a text tells them apart; the ids of all that they lie in (`above`), and of that without the countries (`region`);
    their own ids (`ids`); and what its first word is to the rest (`first`), where the rest is a name too."""

    need: Need
    candidates: tuple[Candidate, ...]
    country: str
    usual: Choice | None
    above: frozenset[str]
    region: frozenset[str]
    ids: frozenset[str]
    first: Literal["", "type", "direction"]


@dataclass(slots=True)
class _Case:
    """A name of the text on its way to a decision."""

    standing: Standing
    known: _Known
    around: Neighbours
    verdict: Verdict

    def settle(self, why: str, word: str, *, strong: bool = False) -> None:
        self.verdict = Verdict(True, strong, why, word)


class Resolver:
    """The places of texts, by one gazetteer. What names need is worked out once for each."""

    def __init__(self, gazetteer: Places) -> None:
        self._gazetteer = gazetteer
        self._known: dict[str, _Known] = {}
        self._candidates: dict[str, Candidate] = {}
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
        start, end, _, _, _ = decision.standing
        first = self._known_of(decision.standing).first
        if first and decision.choice and (first == "type" or decision.choice.place.kind != "governorate"):
            start = page.folded.index(" ", start) + 1
        return start, end

    def namesakes(self, decision: Decision) -> tuple[Place, ...]:
        """The places that bear a name that was decided."""
        return tuple(one.place for one in self._known_of(decision.standing).candidates)

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
        gapped = page.codes.translate(GAPS)
        cases = [self._case(page, gapped, one, sport) for one in standing]
        touching = [at for at, (one, other) in enumerate(pairwise(standing)) if other.start - one.end <= _WIDEST_GAP]
        _lists(page, cases, touching)
        inside = _inside(page, cases, touching)
        for at, ids in inside.items():
            case = cases[at]
            if case.verdict.place is None and _is_said_inside(case.known, ids):
                case.settle("qualified", case.around.after, strong=True)
        _support(cases)
        chosen = _chosen(cases, inside, outlet_country)
        return [Decision(case.standing, case.verdict, choice) for case, choice in zip(cases, chosen, strict=True)]

    def _case(self, page: Page, gapped: bytes, standing: Standing, sport: bool) -> _Case:
        start, end, head, name, _ = standing
        known = self._known_of(standing)
        written = page.folded[start:end]
        if is_grammar(written, known.need):
            return _Case(standing, known, ALONE, GRAMMAR)
        around = neighbours(page, gapped, start, end)
        return _Case(standing, known, around, judge(Sight(name, head, written, around, sport), known.need))

    def _known_of(self, standing: Standing) -> _Known:
        known = self._known.get(standing.name)
        if known is None:
            known = self._known[standing.name] = self._know(standing)
        return known

    def _know(self, standing: Standing) -> _Known:
        candidates = tuple(map(self._candidate, standing.ids[:MAX_READ]))
        places = [one.place for one in candidates]
        need = need_of(standing.name, places, common=self._gazetteer.is_common(standing.name))
        countries = {one.country for one in candidates}
        widest = min(candidates, key=lambda one: len(one.place.parents))
        nested = all(widest.place.id == place.id or widest.place.id in place.parents for place in places)
        first, _, rest = standing.name.partition(" ")
        kinds = classes_of_key(first) if rest in self._names else NO_CLASS
        return _Known(
            need,
            candidates,
            countries.pop() if len(countries) == 1 else "",
            choose(candidates, Hints(), {}) if nested else None,
            frozenset(id for place in places for id in place.parents),
            frozenset(id for place in places for id in place.parents[:-1]),
            frozenset(place.id for place in places if place.kind != "country"),
            "type" if "type" in kinds and first != _OFFICIAL else "direction" if "direction" in kinds else "",
        )

    def _candidate(self, id: str) -> Candidate:
        """The place with that id, the same object each time."""
        found = self._candidates.get(id)
        if found is None:
            found = self._candidates[id] = Candidate.of(self._gazetteer.place(id))
        return found


def _is_sport(page: Page) -> bool:
    return len(_SPORT_SCAN.find_matches_as_indexes(page.codes, overlapping=True)) >= _SPORT_WORDS


def _lists(page: Page, cases: Sequence[_Case], touching: Sequence[int]) -> None:
    """Settles what stands in one list with a place: مكة والمدينة; مناطق الجلاء والسيال. `touching` are the numbers of
    the names that the next one follows at once."""
    joined = [at for at in touching if _in_list(page, cases[at].standing, cases[at + 1].standing)]
    for at in (*joined, *reversed(joined)):
        first, second = cases[at], cases[at + 1]
        sure, open_ = (first, second) if first.verdict.place else (second, first)
        if sure.verdict.place and open_.verdict.place is None:
            if open_.known.need in VILLAGES:
                known = not open_.known.region.isdisjoint(sure.known.region | sure.known.ids)
            else:
                known = sure.verdict.strong or sure.known.need == "no-sport" or open_.known.need == "something"
            if known:
                open_.settle("listed", sure.standing.name, strong=sure.verdict.strong)


def _in_list(page: Page, first: Standing, second: Standing) -> bool:
    gap = page.folded[first.end : second.start]
    if gap == " ":
        return second.head.startswith("و")
    return not second.head and _LIST_GAP.fullmatch(gap) is not None


def _inside(page: Page, cases: Sequence[_Case], touching: Sequence[int]) -> dict[int, frozenset[str]]:
    """The ids of what a name is said to lie in, by its number: the place named after it, or the country of an
    adjective."""
    found: dict[int, frozenset[str]] = {}
    for at, case in enumerate(cases):
        around = case.around
        if code := around.country or (around.after and demonyms.country_of(around.after)):
            found[at] = frozenset([code])
    for at in touching:
        case, following = cases[at], cases[at + 1]
        if following.verdict.place and following.standing.head in _INTO:
            gap = page.folded[case.standing.end : following.standing.start]
            if _BETWEEN.fullmatch(gap):
                found[at] = found.get(at, NOWHERE).union(one.place.id for one in following.known.candidates)
    return found


def _is_said_inside(known: _Known, ids: frozenset[str]) -> bool:
    """Whether one that bears a name lies in what the text says that it lies in; of a village, below its country, as
    الشعب اليمني is none."""
    if known.need in VILLAGES:
        return known.need == "village" and any(not ids.isdisjoint(one.region) for one in known.candidates)
    return any(not ids.isdisjoint(one.above) for one in known.candidates)


def _support(cases: Sequence[_Case]) -> None:
    """Settles what the text as a whole speaks for: a name that is a place elsewhere, one that lies in a place named,
    or in the governorate of one."""
    strong = [case for case in cases if case.verdict.place and case.verdict.strong]
    settled = {case.standing.name for case in strong}
    named = {one.place.id: one.place for case in strong for one in case.known.candidates}
    regions = NOWHERE.union(*(case.known.region for case in strong))
    for case in cases:
        if case.verdict.place is not None or case.known.need == "list":
            continue
        placed = case.verdict.word
        if case.standing.name in settled and (placed or case.known.need == "something"):
            case.settle("settled", "")
        elif placed and case.known.need != "word" and (other := _companion(case.known, named, regions)):
            case.settle("company", other.name)


def _companion(known: _Known, named: Mapping[str, Place], regions: frozenset[str]) -> Place | None:
    """A place of the text that one of the candidates lies in (of a village, below its country), or whose governorate
    it shares. `regions` is all that the places of the text lie in, below their countries."""
    above = known.region if known.need in VILLAGES else known.above
    if not above.isdisjoint(named):
        return next(named[id] for one in known.candidates for id in one.place.parents if id in named and id in above)
    if not known.region.isdisjoint(regions):
        return next(place for place in named.values() if not known.region.isdisjoint(place.parents[:-1]))
    return None


def _chosen(
    cases: Sequence[_Case], inside: Mapping[int, frozenset[str]], outlet_country: str | None
) -> list[Choice | None]:
    """Which place each name is; names that could be only one country's go first and speak for the others."""
    sure = [(case.standing, case.known.candidates[0]) for case in cases if case.verdict.place and case.known.country]
    chosen: list[Choice | None] = []
    for at, case in enumerate(cases):
        if not case.verdict.place:
            chosen.append(None)
            continue
        start, _, head, name, _ = case.standing
        before = "" if head else case.around.before_in("type") or case.around.before_in("direction")
        if case.known.usual and (not before or len(case.known.candidates) == 1):
            chosen.append(case.known.usual)
            continue
        company: dict[Candidate, float] = {}
        for other, one in sure:
            if other.name != name:
                weight = _NEAR if abs(other.start - start) < _CLOSE_LETTERS else _FAR
                company[one] = company.get(one, 0.0) + weight
        hints = Hints(before, inside.get(at, NOWHERE), outlet_country)
        chosen.append(choose(case.known.candidates, hints, company))
    return chosen
