"""Place: a record of the gazetteer, and what of a text resolved to one. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from alerts.rules.model import Field

Kind = Literal["country", "governorate", "district", "subdistrict", "town", "neighbourhood", "site"]
"""interfaces.md's kinds; regions, rivers, seas, fronts, crossings, camps, bases are sites (`sort` says which)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `id` is stable across builds (a country: ISO 3166-1 alpha-2); `parents` are the ids of what it lies
    in, nearest first (a river has several countries: `also_in`); `lat`, `lon` WGS 84 degrees; `population` people,
    0 where unknown; `codes` e.g. {"iso": "SY-DY", "pcode": "SY09"}; `source` names where the record is from."""

    id: str
    name: str
    kind: Kind
    parents: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sort: str = ""
    also_in: tuple[str, ...] = ()
    population: int = 0
    lat: float | None = None
    lon: float | None = None
    codes: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A name in a text that is a place there. Positions are code points of the field as given; `reason` says in
    words why it is a place and why this one."""

    field: Field
    start: int
    end: int
    surface: str
    place: Place
    reason: str = ""

    def record(self) -> dict[str, Any]:
        """The JSON object of interfaces.md; `path` is the ids above the place, the country first."""
        return {
            "field": self.field,
            "start": self.start,
            "end": self.end,
            "surface": self.surface,
            "id": self.place.id,
            "name": self.place.name,
            "kind": self.place.kind,
            "path": list(reversed(self.place.parents)),
        }
