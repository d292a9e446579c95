"""Choose: which of the places that bear a name is meant, with the reason in words.

Pure: the candidates, what the text says beside the name, and the other places of the text in; one candidate out. The
order is that in which a reader decides: what the text says outright (صور اللبنانية; محافظة دير الزور), what the other
places of the text have in common with it, the outlet's country, and last how well known each is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from alerts.arabic.folding import fold
from alerts.places.find import soft
from alerts.places.model import Kind, Place

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


class Company(NamedTuple):
    """Another place of the text, and how much it says: more in the same sentence, less far off."""

    place: Place
    weight: float


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


def choose(candidates: Sequence[Place], hints: Hints, company: Sequence[Company]) -> Choice:
    """The candidate that the text means. `candidates` is not empty."""
    if len(candidates) == 1:
        return Choice(candidates[0], "only", "")
    kinds = _kinds_after(hints.before)
    whole = sum(other.weight for other in company)

    def weigh(place: Place) -> tuple[float, float]:
        above = above_of(place)
        weight = fame(place)
        if hints.inside & above:
            weight += SAID
        if place.kind in kinds:
            weight += KIND
        if whole:
            country = country_of(place)
            weight += SHARED * sum(o.weight for o in company if country and country == country_of(o.place)) / whole
            weight += CLOSE * sum(o.weight for o in company if _close(place, o.place)) / whole
        if hints.outlet_country and hints.outlet_country in above:
            weight += OUTLET
        return weight, place.population

    best = max(sorted(candidates, key=lambda place: place.id), key=weigh)
    return Choice(best, *_reason(best, candidates, hints, kinds, company))


def _reason(
    best: Place, candidates: Sequence[Place], hints: Hints, kinds: frozenset[Kind], company: Sequence[Company]
) -> tuple[str, str]:
    """The first thing by which the chosen place stands out."""
    if hints.inside & above_of(best):
        return "qualified", ""
    if best.kind in kinds and any(place.kind not in kinds for place in candidates):
        return "called", hints.before
    akin = [other.place for other in company if country_of(other.place) == country_of(best)]
    if akin and any(country_of(place) != country_of(best) for place in candidates):
        return "near", next((place.name for place in akin if _close(best, place)), akin[0].name)
    if hints.outlet_country in above_of(best):
        return "outlet", ""
    return "largest", str(len(candidates))


def fame(place: Place) -> float:
    """How well known a place is, as the power of ten of its people."""
    if place.kind == "country":
        return COUNTRY
    known = {"governorate": GOVERNORATE, "site": SITE}.get(place.kind, 0.0)
    return max(known, math.log10(place.population + 1))


def above_of(place: Place) -> frozenset[str]:
    """The ids of a place and of what it lies in, as far as the record itself says."""
    return frozenset((place.id, *place.parents, *place.also_in))


def country_of(place: Place) -> str:
    """The id of its country; "": it lies in none, or in several (a sea)."""
    if place.kind == "country":
        return place.id
    return place.parents[-1] if place.parents else ""


def _close(one: Place, other: Place) -> bool:
    """Whether two places share what lies below a country, or stand near each other."""
    if one.id == other.id:
        return False
    if set(above_of(one)) & {other.id, *other.parents[:-1]}:
        return True
    return (km := distance_km(one, other)) is not None and km <= NEAR_KM


def distance_km(one: Place, other: Place) -> float | None:
    """Kilometres between two places as the crow flies; None where the gazetteer does not know where one lies."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    lat, lat2 = math.radians(one.lat), math.radians(other.lat)
    across = math.radians(other.lon - one.lon)
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _kinds_after(word: str) -> frozenset[Kind]:
    """The kinds that a word before a name, as folded, says of it."""
    bare = soft(word)
    for clitic in ("", "و", "ف", "ب", "ل", "وب", "ول"):
        rest = bare.removeprefix(clitic) if bare.startswith(clitic) else ""
        for form in (rest, rest[:-2] + "ة" if rest.endswith("تي") else rest):
            if form in _BY_WORD:
                return _BY_WORD[form]
    return frozenset()
