"""Ledger: what is known of places while an index of imports is written: those that ship, and those imported so far.

The places that ship are few and held in memory; the imported ones, however many, are asked of the index itself, by
code and by name. What is said of each is the least that tells two places apart (`Known`). Which places are the same
is for `merging.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import floor
from typing import Any, Final, NamedTuple

from alerts.arabic.lexicon import is_common
from alerts.places.find import key_of
from alerts.places.index import BETWEEN
from alerts.places.model import Kind
from alerts.places.rows import Row

TABLES: Final = (
    "create table code (code text primary key, id text not null) without rowid",
    "create table cell (lat integer not null, lon integer not null, governorate text not null,"
    " places integer not null, primary key (lat, lon)) without rowid",
)
"""What an index of imports has beside those of `index.py`: the places by code, and how many settlements with
coordinates stand in each cell of CELL degrees, with the governorate in which they all lie ("": they lie in several)."""
MAX_NAMESAKES: Final = 250
"""Places of one name that are kept; the commonest name of villages in Who's On First has 61. A reader of texts looks at
40 (`resolve.MAX_READ`), and a file all of whose rows bear one name would make each row dearer than the one before."""
WITNESSES: Final = 3
"""Known places around a new one that must all lie in the same governorate for it to lie there too."""
CELL: Final = 0.05
"""Degrees of a cell of the grid of known places: 5.6 km of latitude."""
RINGS: Final = 2
"""Cells around a new place in which witnesses are looked for, the nearest ring first: 11 to 17 km."""
SHORT: Final = 3
"""Letters: a new name so short is taken for a common word."""
_REMEMBERED = 50_000
"""Imported places of which the latest asked for stay in memory: those that others lie in are asked for often."""

Point = tuple[float, float]

_CLASS: Final[Mapping[str, str]] = {
    "country": "country",
    "governorate": "governorate",
    "district": "district",
    "subdistrict": "subdistrict",
    "town": "settlement",
    "neighbourhood": "settlement",
    "site": "site",
}


def class_of(kind: Kind) -> str:
    """A kind as tables can be trusted to tell it from another: a town in one is a quarter in the next."""
    return _CLASS[kind]


class Known(NamedTuple):
    """A place: its `class_of` kind, the ids above it, the nearest first; latitude and longitude in degrees."""

    id: str
    kind: str
    above: tuple[str, ...]
    point: Point | None

    @property
    def country(self) -> str:
        """The id of its country."""
        return self.above[-1] if self.above else self.id


class Ledger:
    """Known places, over the index that is being written (`index.new_file`, with TABLES)."""

    def __init__(self, base: sqlite3.Connection, shipped: sqlite3.Connection) -> None:
        """`shipped` is the index that ships, opened."""
        self._ask = base.cursor().execute
        self._shipped: dict[str, Known] = {}
        self._records: dict[str, tuple[Any, ...]] = {}
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._codes: dict[str, str] = {}
        self._known: dict[str, Known] = {}
        self._divided: set[str] = set()
        cells = base.execute("select lat, lon, governorate, places from cell")
        self._cells = {_cell_at(lat, lon): (governorate, places) for lat, lon, governorate, places in cells}
        new = not self._cells
        for record in shipped.execute(f"select {_COLUMNS} from place"):  # noqa: S608
            self._records[record[0]] = record
        for id, name, kind, _, parent, _, names, _, lat, lon, codes, _ in self._records.values():
            known = Known(id, _CLASS[kind], self._above(parent), _point(lat, lon))
            self._shipped[id] = known
            if kind == "governorate":
                self._divided.add(known.country)
            for key in dict.fromkeys(map(key_of, (name, *filter(None, names.split(BETWEEN))))):
                self._ids[key].append(id)
            for scheme, code in json.loads(codes or "{}").items():
                self._codes.setdefault(f"{scheme}:{code}", id)
            if new:
                self._witness(known)

    def _above(self, parent: str) -> tuple[str, ...]:
        """What lies above a place that ships, from its parent on."""
        above: list[str] = []
        while parent and parent not in above:
            above.append(parent)
            parent = self._records[parent][4] if parent in self._records else ""
        return tuple(above)

    def close(self) -> None:
        """Writes down what is held in memory."""
        self._ask("delete from cell")
        for cell, held in self._cells.items():
            self._ask("insert into cell values (?, ?, ?, ?)", (*divmod(cell, _ROW), *held))

    def known(self, id: str) -> Known | None:
        """What is known of a place."""
        known = self._known.get(id)
        if known is None:
            known = self._shipped.get(id)
            row = self._ask("select kind, parent, lat, lon from place where id = ?", (id,)).fetchone()
            if known is not None:
                if row is not None and known.point is None:
                    known = known._replace(point=_point(row[2], row[3]))
            elif row is not None:
                known = Known(id, _CLASS[row[0]], self.chain(row[1]), _point(row[2], row[3]))
            else:
                return None
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[id] = known
        return known

    def chain(self, id: str) -> tuple[str, ...]:
        """A place and all above it, the nearest first."""
        known = self.known(id)
        return (id, *known.above) if known else (id,)

    def has_governorates(self, country: str) -> bool:
        """Whether the governorates of a country ship: then it has no others."""
        return country in self._divided

    def ships(self, id: str) -> bool:
        """Whether a place is one of those that ship."""
        return id in self._shipped

    def is_country(self, id: str) -> bool:
        """Whether there is a country of that code."""
        place = self._shipped.get(id)
        return place is not None and place.kind == "country"

    def with_code(self, scheme: str, code: str) -> str:
        """The id of the place that bears a code; "": none does."""
        text = f"{scheme}:{code}"
        if text in self._codes:
            return self._codes[text]
        row = self._ask("select id from code where code = ?", (text,)).fetchone()
        return row[0] if row else ""

    def named(self, key: str) -> list[str]:
        """The ids of the places that bear a name, by its key."""
        row = self._ask("select ids from name where key = ?", (key,)).fetchone()
        shipped = self._ids.get(key, [])
        return [*shipped, *row[0].split(" ")] if row else shipped

    def around(self, point: Point) -> str:
        """The id just below the country in which the nearest known places all lie; "": they are few or do not agree."""
        cells = self._cells
        here = _cell(point)
        governorate = ""
        witnesses = 0
        for ring in _RINGS_AROUND:
            for away in ring:
                held = cells.get(here + away)
                if held is not None:
                    if not held[0] or (governorate and held[0] != governorate):
                        return ""
                    governorate = held[0]
                    witnesses += held[1]
            if witnesses >= WITNESSES:
                return governorate
        return ""

    def add(self, id: str, row: Row, keys: Iterable[str], above: tuple[str, ...], source: str) -> bool:
        """Takes in a new place: the id, what a row says, the keys of its names, and what it lies in; False: there is
        a place of that id."""
        codes = [code for code in row.codes if code[0] != "file"]
        values = (id, row.name, row.kind, row.sort, above[0], BETWEEN.join(row.names), row.population, row.lat, row.lon,
                  _json(codes), source)  # fmt: skip
        put = "insert or ignore into place values (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?)"
        if id in self._shipped or not self._ask(put, values).rowcount:
            return False
        self._name(id, keys)
        self._code(id, codes)
        self._witness(Known(id, _CLASS[row.kind], above, _point(row.lat, row.lon)))
        return True

    def gain(self, id: str, row: Row, news: Mapping[str, str]) -> None:
        """Adds to a known place what a row says more: `news`, names by their keys; codes; and people and coordinates
        where it has none."""
        found = self._ask("select names, population, lat, lon, codes from place where id = ?", (id,)).fetchone()
        ships = self._records.get(id)
        names, people, lat, lon, codes = found or ("", 0, None, None, "")
        held = {**(json.loads(codes) if codes else {}), **(json.loads(ships[10] or "{}") if ships else {})}
        more = [(scheme, code) for scheme, code in row.codes if scheme != "file" and scheme not in held]
        known = self.known(id)
        gains_point = row.lat is not None and known is not None and known.point is None
        values = (
            BETWEEN.join([*filter(None, [names]), *news.values()]),
            people or (0 if ships and ships[7] else row.population),
            *((row.lat, row.lon) if gains_point else (lat, lon)),
            _json([*json.loads(codes or "{}").items(), *more]),
        )
        if values == (names, people, lat, lon, codes):
            return
        if found is None and ships:
            own = (*ships[:6], "", 0, None, None, "", ships[11])  # the index that ships says the rest
            self._ask("insert into place values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", own)
        self._ask("update place set names = ?, population = ?, lat = ?, lon = ?, codes = ? where id = ?", (*values, id))
        if gains_point and known is not None:
            self._known[id] = known._replace(point=_point(row.lat, row.lon))
            self._witness(self._known[id])
        self._name(id, news)
        self._code(id, more)

    def _name(self, id: str, keys: Iterable[str]) -> None:
        for key in keys:
            common = key not in self._ids and (len(key) <= SHORT or is_common(key))
            self._ask(
                "insert into name values (?, ?, ?) on conflict (key) do update set ids = ids || ' ' || excluded.ids",
                (key, id, common),
            )

    def _code(self, id: str, codes: Iterable[tuple[str, str]]) -> None:
        for scheme, code in codes:
            self._ask("insert or ignore into code values (?, ?)", (f"{scheme}:{code}", id))

    def _witness(self, known: Known) -> None:
        """Counts a settlement in its cell."""
        if known.point is not None and known.kind == "settlement" and len(known.above) > 1:
            cell = _cell(known.point)
            governorate = known.above[-2]
            held = self._cells.get(cell)
            if held is None:
                self._cells[cell] = governorate, 1
            else:
                self._cells[cell] = governorate if held[0] == governorate else "", held[1] + 1


_COLUMNS = "id, name, kind, sort, parent, also_in, names, population, lat, lon, codes, source"


def _json(codes: Iterable[tuple[str, str]]) -> str:
    held = dict(codes)
    return json.dumps(held, sort_keys=True) if held else ""


def _point(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else (lat, lon)


_ROW: Final = 1 << 14
"""Numbers of cells from one row of the grid to the next: more than the 7,200 cells of a row."""


def _cell(point: Point) -> int:
    """The number of the cell that a point stands in."""
    return _cell_at(floor(point[0] / CELL), floor(point[1] / CELL))


def _cell_at(row: int, column: int) -> int:
    return row * _ROW + column


_RINGS_AROUND = tuple(
    tuple(
        _cell_at(down, right)
        for down in range(-ring, ring + 1)
        for right in range(-ring, ring + 1)
        if max(abs(down), abs(right)) == ring
    )
    for ring in range(RINGS + 1)
)
