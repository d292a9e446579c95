"""Gazetteer: the places that are known, what they are called, and what lies within what.

Reads the index that ships and, where the operator imported some, the one beside the store (`importing.py`). Only the
names are held in memory; a place is read when it is first asked for. What a text says is for `find.py` and
`resolve.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from alerts.places.find import key_of
from alerts.places.index import BETWEEN, SHIPPED, open_file
from alerts.places.model import Kind, Place

IMPORTED: Final = "places.sqlite"
"""The name, in the state folder, of the index of what the operator imported."""
MAX_DEPTH: Final = 12
"""Places above one another: a country, a region, and the kinds below it, twice over; a cycle ends here."""

_PARTS = str.maketrans("،,؛;/()", "|||||||")


class Gazetteer:
    """What is known of places. Thread-safe as long as one thread reads at a time; cheap to keep, so kept."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._bases = tuple(map(open_file, files))
        self._places: dict[str, Place | None] = {}
        self._ids: dict[str, str] = {}
        self._common: set[str] = set()
        for base in self._bases:
            more: dict[str, str] = dict(base.execute("select key, ids from name").fetchall())
            for key in more.keys() & self._ids.keys():
                more[key] = f"{self._ids[key]} {more[key]}"
            self._ids.update(more)
            self._common.update(key for (key,) in base.execute("select key from name where common"))

    @classmethod
    def load(cls, path: Path | None = None, imported: Path | None = None) -> Gazetteer:
        """The index at `path` (default: the one that ships), with what was imported into the state folder `imported`.

        Raises `IndexFileError` where a file is there and cannot be read.
        """
        own = imported / IMPORTED if imported is not None else None
        return cls([path or SHIPPED, *([own] if own is not None and own.exists() else [])])

    def close(self) -> None:
        """Closes the files."""
        for base in self._bases:
            base.close()

    def place(self, id: str) -> Place:
        """The place with that id. Raises KeyError."""
        if id not in self._places:
            self._places[id] = self._read(id)
        place = self._places[id]
        if place is None:
            raise KeyError(id)
        return place

    def __contains__(self, id: object) -> bool:
        try:
            return isinstance(id, str) and self.place(id) is not None
        except KeyError:
            return False

    def __iter__(self) -> Iterator[Place]:
        """All places; reads every one of them, for audits and tests."""
        seen: set[str] = set()
        for base in self._bases:
            for (id,) in base.execute("select id from place").fetchall():
                if id not in seen:
                    seen.add(id)
                    yield self.place(id)

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Every name's key (`find.key_of`) and the ids of the places that bear it."""
        return {key: tuple(ids.split(" ")) for key, ids in self._ids.items()}

    def candidates(self, name: str) -> tuple[str, ...]:
        """The ids of the places that bear a name, as written or folded; none: ()."""
        ids = self._ids.get(key_of(name))
        return tuple(dict.fromkeys(ids.split(" "))) if ids else ()

    def is_common(self, name: str) -> bool:
        """Whether a name is a common word too, so that it needs a reason to be a place."""
        return key_of(name) in self._common

    def within(self, id: str, above: str) -> bool:
        """Whether a place is `above` or lies in it, by its parents or by what these are `also_in`."""
        return id == above or above in self.above(id)

    def above(self, id: str) -> frozenset[str]:
        """The ids of all that a place lies in. Raises KeyError where there is no such place."""
        found: set[str] = set()
        ahead = [id]
        while ahead:
            place = self.place(ahead.pop())
            news = {*place.parents[:1], *place.also_in} - found
            found |= news
            ahead.extend(near for near in news if near in self)
        return frozenset(found)

    def children(self, id: str) -> tuple[str, ...]:
        """The ids of what lies directly in a place, by id."""
        found = {row[0] for base in self._bases for row in base.execute("select id from place where parent = ?", (id,))}
        return tuple(sorted(found))

    def inside(self, id: str) -> tuple[str, ...]:
        """`children`, and what lies directly in a place beside its parent (`also_in`: the governorates of a region)."""
        asked = "select id from place where instr(' ' || also_in || ' ', ?)"
        also = {row[0] for base in self._bases for row in base.execute(asked, (f" {id} ",))}
        return tuple(sorted(also.union(self.children(id))))

    def find(self, name: str, qualifier: str | None = None) -> tuple[Place, ...]:
        """What an editor means by an id, a name, or a name with what it lies in (`طرابلس، لبنان`; or `qualifier`).

        A place that lies in another one of that name is not told apart from it: الكويت is the country. More than one:
        the name is ambiguous, the most populous first; none: ().
        """
        given = name.strip()
        if given in self:
            return (self.place(given),)
        parts = [part.strip() for part in given.translate(_PARTS).split("|") if part.strip()]
        if not parts:
            return ()
        wanted = [*parts[1:], *([qualifier] if qualifier else [])]
        ids = self.candidates(given) if not wanted else ()
        found = {id: self.above(id) for id in ids or self.candidates(parts[0])}
        for part in wanted:
            over = {part, *self.candidates(part)}
            found = {id: above for id, above in found.items() if above & over}
        widest = [self.place(id) for id, above in found.items() if not above & found.keys()]
        return tuple(sorted(widest, key=lambda place: (-place.population, place.id)))

    def path_of(self, place: Place) -> str:
        """A place and what it lies in, for people: البوكمال، دير الزور، سوريا."""
        names = [place.name]
        for id in place.parents:
            if id in self and (name := self.place(id).name) != names[-1]:
                names.append(name)
        return "، ".join(names)

    def _read(self, id: str) -> Place | None:
        rows = [row for base in self._bases if (row := _row(base, id)) is not None]
        if not rows:
            return None
        first, *others = rows
        names = dict.fromkeys(part for row in rows for part in (row["names"] or "").split(BETWEEN) if part)
        codes = {key: value for row in reversed(rows) for key, value in json.loads(row["codes"] or "{}").items()}
        for other in others:  # what an import adds to a place that ships
            first = {key: other[key] if value in (None, "", 0) else value for key, value in first.items()}
        return Place(
            id=id,
            name=first["name"],
            kind=cast(Kind, first["kind"]),
            parents=self._parents(first["parent"]),
            names=tuple(names),
            sort=first["sort"],
            also_in=tuple(first["also_in"].split()),
            population=first["population"],
            lat=first["lat"],
            lon=first["lon"],
            codes=tuple(sorted(codes.items())),
            source=first["source"],
        )

    def _parents(self, parent: str) -> tuple[str, ...]:
        parents: list[str] = []
        while parent and parent not in parents and len(parents) < MAX_DEPTH:
            parents.append(parent)
            rows = (_row(base, parent) for base in self._bases)
            parent = next((row["parent"] for row in rows if row is not None), "")
        return tuple(parents)


_COLUMNS = ("name", "kind", "sort", "parent", "also_in", "names", "population", "lat", "lon", "codes", "source")


def _row(base: sqlite3.Connection, id: str) -> dict[str, Any] | None:
    row = base.execute(f"select {', '.join(_COLUMNS)} from place where id = ?", (id,)).fetchone()  # noqa: S608
    return None if row is None else dict(zip(_COLUMNS, row, strict=True))
