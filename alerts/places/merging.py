"""Merging: a row of a public gazetteer against the known places: one of them, or a new one, and where that lies.

Two records are one place where they bear the same code; or the same name and kind, in the same country, and stand
close; or, where one has no coordinates, where what they lie in agrees and nothing else there bears the name. Whatever
is left is a new place, in what its file says, or in what the known places around it all lie in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Final, Literal

from alerts.places.find import key_of
from alerts.places.gazetteer import MAX_DEPTH
from alerts.places.ledger import MAX_NAMESAKES, Known, Ledger, Point, class_of
from alerts.places.rows import Row, Skip

EARTH_KM: Final = 6371.0
"""The Earth's mean radius."""
SAME_KM: Final = 8.0
"""Two points nearer than this, with one name, are one settlement: gazetteers put a town at its centre, at its
municipality, or at the middle of its land. (Of the villages of one name in Syria's COD, one pair in 40 is nearer.)"""
SAME_AREA_KM: Final = 4 * SAME_KM
"""The same of districts, whose middles tables put further apart."""
CODE_KM: Final = 50.0
"""Two settlements with one code that stand further apart are not one: a table has given a code twice."""
_WIDTH: Final[Mapping[str, int]] = {"country": 0, "governorate": 1, "district": 2, "subdistrict": 3, "settlement": 4}
"""Kinds from the widest on; a site may lie in any and hold any."""
_SCHEMES: Final = (("pcode", "pcode"), ("geonames", "gn"), ("wof", "wof"))
"""Codes that an id is made from, the first that a row has, and how such an id begins."""


class Merger:
    """Merges the rows of one file, in their order, into a ledger. `has_parents`: rows may name others of the file as
    what they lie in."""

    def __init__(self, ledger: Ledger, source: str, *, has_parents: bool) -> None:
        self._has_parents = has_parents
        self._ledger = ledger
        self._source = source
        self._own: dict[str, str] = {}  # a code of the file that other rows name as their parent → id

    def merge(self, row: Row) -> Literal["new", "same"] | Skip:
        """Puts a row among the known places, and says what became of it. What it lies in has been merged before."""
        keys = {key: name for name in (row.name, *row.names) if (key := _key(name))}
        if not keys:
            return Skip(row.line, "no Arabic name")
        ledger = self._ledger
        if not ledger.is_country(row.country):
            return Skip(row.line, "there is no such country", row.country)
        named = {key: ledger.named(key) for key in keys}
        parent = self._parent(row)
        if parent is not None and _WIDTH.get(parent.kind, 0) > _WIDTH.get(class_of(row.kind), 9):
            return Skip(row.line, "it lies in something narrower than itself")
        id = self._coded(row) or self._same(row, named, parent)
        if not id and row.kind == "governorate" and ledger.has_governorates(row.country):
            id = self._seat(row, named)
            row = row._replace(kind="district")
        if isinstance(id, Skip):
            return id
        fresh = False
        if not id:
            if any(len(ids) >= MAX_NAMESAKES for ids in named.values()):
                return Skip(row.line, f"{MAX_NAMESAKES} places bear the name already")
            above = self._lies_in(row, parent)
            if len(above) >= MAX_DEPTH:
                return Skip(row.line, f"it lies more than {MAX_DEPTH} levels deep")
            id = self._id(row, next(iter(keys)), above)
            fresh = ledger.add(id, row, keys, above, self._source)
        if not fresh:
            ledger.gain(id, row, {key: name for key, name in keys.items() if not self._is_taken(id, named[key])})
        if self._has_parents:
            for code in own_codes(row):
                self._own.setdefault(code, id)
        return "new" if fresh else "same"

    def _is_taken(self, id: str, bearers: list[str]) -> bool:
        """Whether a name is known for a place, or means another one that ships: جنوب لبنان is the region, which a table
        that calls a governorate so does not change."""
        return id in bearers or (self._ledger.ships(id) and any(map(self._ledger.ships, bearers)))

    def _parent(self, row: Row) -> Known | None:
        """What a row says it lies in, by code or by name; None: nothing known, or nothing in its country."""
        id = ""
        if row.parent:
            id = self._own.get(row.parent) or self._ledger.with_code("pcode", row.parent)
        known = self._ledger.known(id) if id else None
        if known is None and row.parent_name:
            known = self._named(row)
        return known if known is not None and known.country == row.country else None

    def _named(self, row: Row) -> Known | None:
        """What a row says by name that it lies in; None: there is none, or more than one."""
        found = [
            known
            for id in self._ledger.named(key_of(row.parent_name))
            if (known := self._ledger.known(id)) is not None
            and known.kind in ("governorate", "district", "subdistrict")
            and known.country == row.country
        ]
        ids = {known.id for known in found}
        widest = [known for known in found if not ids.intersection(known.above)]
        nearest = [known for known in found if known.kind != "governorate"]
        return next((group[0] for group in (nearest, widest) if len(group) == 1), None)

    def _coded(self, row: Row) -> str | Skip:
        """The id of the known place with a code of the row; "": there is none; Skip: it cannot be this place's. A
        further code (Wikidata's, of which tables are not sure) that cannot be its is passed over."""
        for scheme, code in row.codes:
            id = self._ledger.with_code(scheme, code) if scheme != "file" else ""
            known = self._ledger.known(id) if id else None
            if known is None:
                continue
            wrong = self._mistaken(row, known)
            if not wrong:
                return id
            if any(scheme == own for own, _ in _SCHEMES):
                return Skip(row.line, wrong, code)
        return ""

    def _mistaken(self, row: Row, known: Known) -> str:
        """Why a row cannot be the place that bears its code; "": it can."""
        if known.country != row.country:
            return "its code is that of a place in another country"
        point = _point(row)
        if point and known.point and known.kind == "settlement" and apart_km(point, known.point) > CODE_KM:
            return f"its code is that of a place over {CODE_KM:.0f} km away"
        return ""

    def _same(self, row: Row, named: Mapping[str, list[str]], parent: Known | None) -> str | Skip:
        """The id of the known place that a row is, by its names; "": it is a new one; Skip: there is no telling."""
        kind = class_of(row.kind)
        point = _point(row)
        alike = [
            known
            for id in dict.fromkeys(id for ids in named.values() for id in ids)
            if (known := self._ledger.known(id)) is not None and known.kind == kind and known.country == row.country
        ]
        if kind in ("country", "governorate") or not alike:
            return alike[0].id if alike else ""
        if parent is not None:
            alike = [known for known in alike if not _apart(known.above, (parent.id, *parent.above))]
        if point is not None:
            near = min(((apart_km(point, known.point), known.id) for known in alike if known.point), default=None)
            if near and near[0] < (SAME_KM if kind == "settlement" else SAME_AREA_KM):
                return near[1]
            alike = [known for known in alike if not known.point]
            if alike and parent is None and kind == "settlement":
                around = self._ledger.around(point)
                alike = [known for known in alike if around and around in (known.id, *known.above)]
            return alike[0].id if len(alike) == 1 else ""
        if len(alike) > 1:
            return Skip(row.line, "several places bear the name, and nothing tells which is meant")
        return alike[0].id if alike else ""

    def _seat(self, row: Row, named: Mapping[str, list[str]]) -> str:
        """The id of the place of any kind that a row names which calls itself a governorate, in a country whose
        governorates all ship, and is none of them: in tables the seat of one, or a region; "": it is a new place, of
        the next kind below."""
        point = _point(row)
        ids = dict.fromkeys(id for ids in named.values() for id in ids)
        alike = [known for id in ids if (known := self._ledger.known(id)) and known.country == row.country]
        near = [(apart_km(point, known.point), known.id) for known in alike if known.point] if point else []
        if near and min(near)[0] < SAME_AREA_KM:
            return min(near)[1]
        return next((known.id for known in alike if not known.point), "")

    def _lies_in(self, row: Row, parent: Known | None) -> tuple[str, ...]:
        """All that a new place lies in, the nearest first."""
        if parent is not None:
            return parent.id, *parent.above
        point = _point(row)
        if point is not None and row.kind not in ("country", "governorate"):
            around = self._ledger.chain(self._ledger.around(point))
            if around[-1] == row.country:
                return around
        return (row.country,)

    def _id(self, row: Row, key: str, above: tuple[str, ...]) -> str:
        """The id of a new place: by a code, or by its name and where it is."""
        codes = dict(row.codes)
        id = next((f"{short}:{codes[scheme]}" for scheme, short in _SCHEMES if scheme in codes), "")
        if id:
            return id
        where = above[0] if row.lat is None else f"{row.lat:.3f},{row.lon:.3f}"
        return f"{self._source}:{row.country}.{key.replace(' ', '-')}@{where}"


def own_codes(row: Row) -> tuple[str, ...]:
    """The codes by which other rows of the file may name this one as what they lie in."""
    return tuple(code for scheme, code in row.codes if scheme in ("file", "pcode", "wof"))


def apart_km(one: Point, other: Point) -> float:
    """The distance, in kilometres, of two points given as latitude and longitude in degrees (haversine)."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


@lru_cache(maxsize=1 << 15)
def _word_key(word: str) -> str:
    return key_of(word)


def _key(name: str) -> str:
    """`find.key_of`, quicker for names that are made of the same words."""
    return " ".join(filter(None, map(_word_key, name.split())))


def _point(row: Row) -> Point | None:
    return None if row.lat is None or row.lon is None else (row.lat, row.lon)


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two chains of what lies above contradict each other: neither's nearest stands in the other."""
    return one[0] not in other and other[0] not in one
