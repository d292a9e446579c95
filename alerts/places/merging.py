"""Merging: a row of a public gazetteer against the known places: one of them, or a new one, and where that lies.

Two records are one place where they bear the same code; or the same name and kind, in the same country, and stand
close; or, where one has no coordinates, where what they lie in agrees and nothing else there bears the name. Whatever
is left is a new place, in what its file says, or in what the known places around it all lie in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import asin, cos, floor, radians, sin, sqrt
from typing import Final, NamedTuple

from alerts.places.find import key_of
from alerts.places.model import Kind, Place
from alerts.places.tables import Row, Skip

EARTH_KM: Final = 6371.0
"""The Earth's mean radius."""
SAME_KM: Final = 8.0
"""Two points nearer than this, with one name, are one settlement: gazetteers put a town at its centre, at its
municipality, or at the middle of its land. (Of the villages of one name in Syria's COD, one pair in 40 is nearer.)"""
WITNESSES: Final = 3
"""Known places around a new one that must all lie in the same governorate for it to lie there too."""
_CELL: Final = 0.05
"""Degrees of a cell of the grid of known places: 5.6 km of latitude."""
RINGS: Final = 2
"""Cells around a new place in which witnesses are looked for, the nearest ring first: 11 to 17 km."""

_CLASS: Final[dict[Kind, str]] = {
    "country": "country",
    "governorate": "governorate",
    "district": "district",
    "subdistrict": "subdistrict",
    "town": "settlement",
    "neighbourhood": "settlement",
    "site": "site",
}


class _Known(NamedTuple):
    id: str
    kind: str
    country: str
    above: tuple[str, ...]
    point: tuple[float, float] | None


@dataclass(slots=True)
class Merger:
    """Known places, and what was added to them. `fresh` are the new ones by id, `more` what known places gained."""

    fresh: dict[str, Place] = field(default_factory=dict)
    more: dict[str, Place] = field(default_factory=dict)
    _known: dict[str, _Known] = field(default_factory=dict)
    _kept: dict[str, Place] = field(default_factory=dict)
    _by_code: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_name: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _grid: dict[tuple[int, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def know(self, places: Iterable[Place]) -> None:
        """Takes in places of the index that ships; an id stands for itself as a code."""
        for place in places:
            self._kept[place.id] = place
            self._enter(place, {})

    def merge(self, rows: Iterable[Row | Skip], source: str) -> Iterator[Skip | str]:
        """Merges the rows of one file; yields for each what became of it: "new", "same", or a Skip.

        Rows may stand before their parents; those whose parents lead round in a circle, or to no row, are skipped or
        placed without them.
        """
        waiting: list[tuple[int, Row]] = []
        own: dict[str, str] = {}  # code of the file → id
        codes: dict[str, Row] = {}
        for number, row in enumerate(rows, 1):
            if isinstance(row, Skip):
                yield row
                continue
            for code in _own_codes(row):
                codes.setdefault(code, row)
            if row.parent and row.parent not in own:
                waiting.append((number, row))
            else:
                yield self._one(number, row, source, own)
        circular = _circular(codes)
        waiting.sort(key=lambda item: _depth(item[1], codes, circular))
        for number, row in waiting:
            if circular & set(_own_codes(row)):
                yield Skip(number, "its parents lead round in a circle")
            else:
                yield self._one(number, row, source, own)

    def _one(self, number: int, row: Row, source: str, own: dict[str, str]) -> Skip | str:
        parent = own.get(row.parent) or self._by_code.get(("pcode", row.parent)) or self._named(row)
        keys = [key for key in dict.fromkeys(map(key_of, (row.name, *row.names))) if key]
        if not keys:
            return Skip(number, "no Arabic name")
        if row.country not in self._known:
            return Skip(number, f"there is no country {row.country[:10]}")
        codes = dict(code for code in row.codes if code[0] != "file")
        id = next((self._by_code[code] for code in codes.items() if code in self._by_code), None)
        if id is not None and self._known[id].country != row.country:
            id = None
        verdict = "same"
        if id is None:
            found = self._same(row, keys, parent)
            if isinstance(found, Skip):
                return Skip(number, found.reason)
            id = found
        if id is None:
            verdict = "new"
            id = self._add(row, parent, codes, source)
        else:
            self._gain(id, row, codes, keys)
        for code in _own_codes(row):
            own.setdefault(code, id)
        return verdict

    def _named(self, row: Row) -> str:
        """The id of what a row says by name that it lies in; "": there is none, or more than one."""
        ids = self._by_name.get((row.country, key_of(row.parent_name)), ()) if row.parent_name else ()
        found = {id for id in ids if self._known[id].kind in ("governorate", "district", "subdistrict")}
        widest = [id for id in found if not found & {*self._known[id].above}]
        nearest = [id for id in found if self._known[id].kind != "governorate"]
        return next((group[0] for group in (nearest, widest) if len(group) == 1), "")

    def _same(self, row: Row, keys: list[str], parent: str) -> str | Skip | None:
        """The id of the known place that a row is; None: it is a new one; Skip: there is no telling."""
        kind = _CLASS[row.kind]
        point = _point(row.lat, row.lon)
        ids = dict.fromkeys(id for key in keys for id in self._by_name.get((row.country, key), ()))
        alike = [known for id in ids if (known := self._known[id]).kind == kind]
        if kind in ("country", "governorate"):
            return alike[0].id if alike else None
        if parent:
            alike = [known for known in alike if not _apart(known.above, self._chain(parent))]
        if point is not None:
            near = sorted((apart_km(point, known.point), known.id) for known in alike if known.point)
            if near and near[0][0] < (SAME_KM if kind == "settlement" else 4 * SAME_KM):
                return near[0][1]
            alike = [known for known in alike if not known.point]
            if alike and not parent and kind == "settlement":
                around = self._around(point)
                alike = [known for known in alike if around and around in (known.id, *known.above)]
            return alike[0].id if len(alike) == 1 else None
        if len(alike) == 1:
            return alike[0].id
        if alike:
            return Skip(0, "several places bear the name, and nothing tells which is meant")
        return None

    def _add(self, row: Row, parent: str, codes: dict[str, str], source: str) -> str:
        point = _point(row.lat, row.lon)
        parent = parent or (self._around(point) if point and row.kind != "governorate" else "") or row.country
        scheme = next((name for name in ("pcode", "geonames", "wof") if name in codes), "")
        if scheme:
            id = f"{'gn' if scheme == 'geonames' else scheme}:{codes[scheme]}"
        else:
            where = f"{point[0]:.3f},{point[1]:.3f}" if point else parent
            id = f"{source}:{row.country}.{key_of(row.name).replace(' ', '-')}@{where}"
        if id in self._known:
            self._gain(id, row, codes, [])
            return id
        place = Place(
            id=id,
            name=row.name,
            kind=row.kind,
            parents=(parent,),
            names=row.names,
            sort=row.sort,
            population=row.population,
            lat=row.lat,
            lon=row.lon,
            codes=tuple(sorted(codes.items())),
            source=source,
        )
        self.fresh[id] = place
        self._enter(place, codes)
        return id

    def _gain(self, id: str, row: Row, codes: dict[str, str], keys: list[str]) -> None:
        """Keeps what a row adds to a place."""
        old = self.fresh.get(id) or self.more.get(id)
        base = old or replace(self._kept[id], names=(), codes=(), population=0, lat=None, lon=None)
        borne = {key_of(name) for name in (base.name, *base.names, *(self._kept[id].names if id in self._kept else ()))}
        names = [name for name in (row.name, *row.names) if key_of(name) not in borne]
        known = self._known[id]
        point = _point(row.lat, row.lon)
        gains_point = point is not None and known.point is None
        place = replace(
            base,
            names=tuple(dict.fromkeys((*base.names, *names))),
            codes=tuple(sorted({**codes, **dict(base.codes)}.items())),
            population=base.population or row.population,
            lat=row.lat if gains_point else base.lat,
            lon=row.lon if gains_point else base.lon,
        )
        if place == base:
            return
        if id in self.fresh:
            self.fresh[id] = place
        else:
            self.more[id] = place
        if gains_point:
            self._known[id] = known._replace(point=point)
        self._index(id, names, codes, point if gains_point else None, known)

    def _enter(self, place: Place, codes: dict[str, str]) -> None:
        above = tuple(place.parents) if place.id in self._kept else self._chain(place.parents[0])
        country = above[-1] if above else place.id
        known = _Known(place.id, _CLASS[place.kind], country, above, _point(place.lat, place.lon))
        self._known[place.id] = known
        self._index(place.id, (place.name, *place.names), codes or dict(place.codes), known.point, known)

    def _index(
        self, id: str, names: Iterable[str], codes: dict[str, str], point: tuple[float, float] | None, known: _Known
    ) -> None:
        for key in dict.fromkeys(map(key_of, names)):
            self._by_name[known.country, key].append(id)
        for code in codes.items():
            self._by_code.setdefault(code, id)
        governorate = known.above[-2] if len(known.above) > 1 else ""
        if point is not None and governorate and known.kind == "settlement":
            self._grid[_cell(point)][governorate] += 1

    def _chain(self, id: str) -> tuple[str, ...]:
        known = self._known.get(id)
        return (id, *known.above) if known else (id,)

    def _around(self, point: tuple[float, float]) -> str:
        """The id just below the country in which the nearest known places all lie; "": they are few or do not agree."""
        row, column = _cell(point)
        seen: set[str] = set()
        witnesses = 0
        for ring in range(RINGS + 1):
            for down in range(-ring, ring + 1):
                for right in range(-ring, ring + 1) if abs(down) == ring else {-ring, ring}:
                    for governorate, number in self._grid.get((row + down, column + right), {}).items():
                        seen.add(governorate)
                        witnesses += number
            if witnesses >= WITNESSES or len(seen) > 1:
                break
        return seen.pop() if witnesses >= WITNESSES and len(seen) == 1 else ""


def apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance, in kilometres, of two points given as latitude and longitude in degrees (haversine)."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _point(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    return None if lat is None or lon is None else (lat, lon)


def _cell(point: tuple[float, float]) -> tuple[int, int]:
    return floor(point[0] / _CELL), floor(point[1] / _CELL)


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two chains of what lies above contradict each other: neither's nearest stands in the other."""
    return one[0] not in other and other[0] not in one


def _own_codes(row: Row) -> tuple[str, ...]:
    """The codes by which other rows of the file may name this one as their parent."""
    return tuple(code for scheme, code in row.codes if scheme in ("file", "pcode", "wof"))


def _circular(codes: dict[str, Row]) -> set[str]:
    """The codes of rows whose parents lead round in a circle."""
    circular: set[str] = set()
    done: set[str] = set()
    for start in codes:
        path: dict[str, None] = {}
        code = start
        while code in codes and code not in done and code not in path:
            path[code] = None
            code = codes[code].parent
        if code in path or code in circular:
            circular.update(path)
        done.update(path)
    return circular


def _depth(row: Row, codes: dict[str, Row], circular: set[str]) -> int:
    depth = 0
    while row.parent in codes and row.parent not in circular:
        row = codes[row.parent]
        depth += 1
    return depth
