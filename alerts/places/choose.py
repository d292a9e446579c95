"""Choose: which of the places that bear a name is meant, with the reason in words.

Pure: the candidates, what the text says beside the name, and the other places of the text in; one candidate out. The
order is that in which a reader decides: what the text says outright (صور اللبنانية; محافظة دير الزور), what the other
places of the text have in common with it, the outlet's country, and last how well known each is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from alerts.arabic.folding import fold
from alerts.places.find import soft
from alerts.places.model import Kind, Place
from alerts.places.neighbours import without_clitics

_KINDS: Final[Mapping[str, frozenset[Kind]]] = {
    **dict.fromkeys(("دولة", "جمهورية", "مملكة", "سلطنة"), frozenset[Kind](["country"])),
    **dict.fromkeys(("محافظة", "ولاية", "إقليم", "إمارة", "ريف", "بادية"), frozenset[Kind](["governorate"])),
    **dict.fromkeys(("قضاء", "مديرية", "مقاطعة", "معتمدية"), frozenset[Kind](["district", "subdistrict"])),
    "ناحية": frozenset(["subdistrict"]),
    **dict.fromkeys(("مدينة", "بلدة", "قرية", "عاصمة", "ضاحية", "مستوطنة", "بلدية"), frozenset[Kind](["town"])),
    "حي": frozenset(["neighbourhood"]),
    **dict.fromkeys(
        ("نهر", "بحر", "بحيرة", "خليج", "جبل", "وادي", "معبر", "مطار", "قاعدة", "مخيم"), frozenset[Kind](["site"])
    ),
}
_BY_WORD: Final = {soft(fold(word)): kinds for word, kinds in _KINDS.items()}
"""What a word before a name says of its kind; a dual or plural is found by its beginning (محافظتي)."""

SAID: Final = 100.0
"""What a word of the text that says outright which place is meant weighs: more than all else together."""
KIND: Final = 20.0
"""What a word before the name that says its kind weighs."""
SHARED: Final = 12.0
"""What a text all of whose other places lie in the candidate's country weighs: as much as a million people."""
CLOSE: Final = 4.0
"""What another place of the text in the same governorate, or within NEAR_KM, weighs besides."""
NEAR_KM: Final = 100.0
OUTLET: Final = 3.0
"""What the outlet's country weighs: it settles what nothing else does."""
COUNTRY: Final = 9.0
GOVERNORATE: Final = 5.5
"""What these weigh in place of a population: well known, whatever their number of people."""
SITE: Final = 5.0
EARTH_KM: Final = 6371.0
_NEAR_DEGREES = math.degrees(NEAR_KM / EARTH_KM)
"""NEAR_KM from north to south."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A place with what is asked of it for every text, worked out once: `above`, the ids of it and of what it lies in,
    as far as the record itself says; `region`, those of it and of what lies below its country; its country's id ("":
    it lies in none, or in several, as a sea does); its `fame`. Each is equal to itself alone."""

    place: Place
    above: frozenset[str]
    region: frozenset[str]
    country: str
    fame: float

    @classmethod
    def of(cls, place: Place) -> Candidate:
        """A place, ready to be weighed."""
        country = place.id if place.kind == "country" else place.parents[-1] if place.parents else ""
        above = frozenset((place.id, *place.parents, *place.also_in))
        return cls(place, above, frozenset((place.id, *place.parents[:-1])), country, fame(place))


Company = Mapping[Candidate, float]
"""The other places of the text, as they are named, and how much each says: more in the same sentence, less far off."""


class Hints(NamedTuple):
    """What the text says beside a name: the word of its kind before it, the ids (or the country, by an adjective) that
    it is said to lie in, and the outlet's country."""

    before: str = ""
    inside: frozenset[str] = frozenset()
    outlet_country: str | None = None


class Choice(NamedTuple):
    """The place that is meant; `why` is a key of reasons.py, `word` what it is about."""

    place: Place
    why: str
    word: str


def choose(candidates: Sequence[Candidate], hints: Hints, company: Company) -> Choice:
    """The candidate that the text means. `candidates` is not empty."""
    if len(candidates) == 1:
        return Choice(candidates[0].place, "only", "")
    kinds = _kinds_after(hints.before)
    whole = sum(company.values())
    by_country: dict[str, float] = {}
    for other, share in company.items():
        by_country[other.country] = by_country.get(other.country, 0.0) + share

    def weigh(one: Candidate) -> float:
        weight = one.fame
        if not hints.inside.isdisjoint(one.above):
            weight += SAID
        if one.place.kind in kinds:
            weight += KIND
        if one.country and one.country in by_country:
            weight += SHARED * by_country[one.country] / whole
        if hints.outlet_country and hints.outlet_country in one.above:
            weight += OUTLET
        return weight

    def closeness(one: Candidate) -> float:
        near = sum(share for other, share in company.items() if _close(one, other))
        return CLOSE * near / whole if near else 0.0

    weights = [(weigh(one), one) for one in candidates]
    least = max(weight for weight, _ in weights) - CLOSE  # what weighs less, closeness cannot lift above the heaviest
    final = [(weight + closeness(one), one) for weight, one in weights if weight >= least]
    _, best = min(final, key=lambda found: (-found[0], -found[1].place.population, found[1].place.id))
    return Choice(best.place, *_reason(best, candidates, hints, kinds, company))


def _reason(
    best: Candidate, candidates: Sequence[Candidate], hints: Hints, kinds: frozenset[Kind], company: Company
) -> tuple[str, str]:
    """The first thing by which the chosen place stands out."""
    if not hints.inside.isdisjoint(best.above):
        return "qualified", ""
    if best.place.kind in kinds and any(one.place.kind not in kinds for one in candidates):
        return "called", hints.before
    if any(one.country != best.country for one in candidates):
        akin = [other for other in company if other.country == best.country]
        if akin:
            return "near", next((one.place.name for one in akin if _close(best, one)), akin[0].place.name)
    if hints.outlet_country in best.above:
        return "outlet", ""
    return "largest", str(len(candidates))


def fame(place: Place) -> float:
    """How well known a place is, as the power of ten of its people."""
    if place.kind == "country":
        return COUNTRY
    known = {"governorate": GOVERNORATE, "site": SITE}.get(place.kind, 0.0)
    return max(known, math.log10(place.population + 1))


def _close(one: Candidate, other: Candidate) -> bool:
    """Whether two places share what lies below a country, or stand near each other."""
    if one is other:
        return False
    if not one.above.isdisjoint(other.region):
        return True
    lat, lat2 = one.place.lat, other.place.lat
    if lat is None or lat2 is None or abs(lat - lat2) > _NEAR_DEGREES:  # most: the way round need not be measured
        return False
    km = distance_km(one.place, other.place)
    return km is not None and km <= NEAR_KM


def distance_km(one: Place, other: Place) -> float | None:
    """Kilometres between two places as the crow flies; None where the gazetteer does not know where one lies."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    lat, lat2 = math.radians(one.lat), math.radians(other.lat)
    across = math.radians(other.lon - one.lon)
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


@lru_cache
def _kinds_after(word: str) -> frozenset[Kind]:
    """The kinds that a word before a name, as folded, says of it; in apposition it has the article (العاصمة بغداد)."""
    for written in without_clitics(soft(word)):
        bare = written.removeprefix("ال")
        for form in (bare, bare[:-2] + "ة" if bare.endswith("تي") else bare):
            if form in _BY_WORD:
                return _BY_WORD[form]
    return frozenset()
