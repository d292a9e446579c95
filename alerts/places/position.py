"""Position: where a place is drawn, its own coordinates or those of a place that stands for it, and its link to a map.

Most governorates, districts and sites have no coordinates of their own in the gazetteer, and none are invented: what
is shown somewhere else says where.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alerts.places.index import keys_of
from alerts.places.model import Kind, Place

if TYPE_CHECKING:
    from alerts.places.gazetteer import Gazetteer

AREAS: Final = frozenset[Kind](["governorate", "district", "subdistrict"])
"""Kinds that hold towns, one of which can stand for them."""
MAX_READ: Final = 5_000
"""Places inside an area that are looked at for its town: an area with villages imported has a few thousand."""
_ZOOM: Final = {"governorate": 8, "district": 10, "subdistrict": 11, "town": 12, "neighbourhood": 14, "site": 13}
"""OpenStreetMap's levels at which about all of such a place is on a phone's screen."""
_DECIMALS: Final = 5
"""A metre; gazetteers give no more."""


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84. `at` is the place whose coordinates they are, None where they are the place's own; `inside` the
    governorate for which that stands, where nothing nearer is known: the place itself may be far from there."""

    lat: float
    lon: float
    at: Place | None = None
    inside: Place | None = None


def position_of(place: Place, gazetteer: Gazetteer) -> Position | None:
    """Where a place is drawn: where it is; an area or region at its town (the one of its name, else the largest whose
    coordinates are known); anything else at the nearest place that it lies in and that can be drawn. None: nowhere, as
    a country (which is an outline), a sea, or what is only known to lie in a country."""
    if place.kind == "country":
        return None
    if place.lat is not None and place.lon is not None:
        return Position(place.lat, place.lon)
    above = [gazetteer.place(id) for id in place.parents if id in gazetteer]
    for holder in (place, *(one for one in above if one.kind != "country")):
        at = holder if holder.lat is not None else _town_of(holder, gazetteer)
        if at is not None and at.lat is not None and at.lon is not None:
            wide = holder.kind == "governorate" and holder.id != place.id
            return Position(at.lat, at.lon, at, holder if wide else None)
    return None


def map_url(place: Place, position: Position) -> str:
    """A page of OpenStreetMap that shows the place: a mark where it has coordinates of its own, else only the land
    around what stands for it."""
    lat, lon = (f"{degrees:.{_DECIMALS}f}" for degrees in (position.lat, position.lon))
    zoom = _ZOOM.get(place.kind, 6)
    if position.at is None:
        return f"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map={zoom}/{lat}/{lon}"
    return f"https://www.openstreetmap.org/#map={min(zoom, _ZOOM['district'])}/{lat}/{lon}"


def _town_of(area: Place, gazetteer: Gazetteer) -> Place | None:
    """The town that stands for an area; None where it is none, or no town of it has coordinates."""
    if area.kind not in AREAS and area.sort != "region":
        return None
    own = keys_of(area).keys()
    towns: list[Place] = []
    ahead = deque(gazetteer.inside(area.id) if area.sort == "region" else gazetteer.children(area.id))
    seen = {area.id}
    while ahead and len(seen) < MAX_READ:
        id = ahead.popleft()
        if id not in seen:
            seen.add(id)
            ahead.extend(gazetteer.children(id))
            place = gazetteer.place(id)
            if place.kind == "town" and place.lat is not None:
                towns.append(place)
    return min(towns, key=lambda town: (own.isdisjoint(keys_of(town)), -town.population, town.id), default=None)
