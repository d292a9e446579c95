"""Index: the file in which a gazetteer lies, written whole and read through `gazetteer.py`.

One SQLite file with three tables: `place` (a row a record), `name` (a row a name: what it is looked up by, and the
ids of the places that bear it) and `about` (facts of the file). The same form holds the index that ships and the one
that `marsad places import` makes; a reader opens either while a new one is being written, since a new one replaces the
old in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alerts.places.find import key_of
from alerts.places.model import Place

FORM: Final = "1"
"""The form of the file; one of another form is not read."""
SHIPPED: Final = Path(__file__).with_name("data") / "places.sqlite"
"""The index that ships, built by `make places`."""
BETWEEN: Final = "|"
"""Parts names in a column; no name holds it."""

_TABLES = """
create table about (key text primary key, value text not null) without rowid;
create table place (
    id text primary key, name text not null, kind text not null, sort text not null, parent text not null,
    also_in text not null, names text not null, population integer not null, lat real, lon real,
    codes text not null, source text not null
) without rowid;
create table name (key text primary key, ids text not null, common integer not null) without rowid;
"""
_INDEXES = """
create index place_parent on place (parent);
create index name_common on name (key) where common;
"""


class IndexFileError(Exception):
    """An index that cannot be read; the text names the file and what to do."""


def keys_of(place: Place) -> dict[str, None]:
    """The keys of all names of a place, its own name first."""
    return dict.fromkeys(filter(None, map(key_of, (place.name, *place.names))))


@contextmanager
def new_file(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an empty index that takes the place of `path` when the block ends well; otherwise nothing of it
    is left and the old file stands. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{path.name}.*.new"):  # of a process that was killed
        left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    os.close(handle)
    written = Path(name)
    try:
        base = sqlite3.connect(written, isolation_level=None)
        try:
            base.executescript("pragma journal_mode = off; pragma synchronous = off;" + _TABLES)
            base.execute("begin")
            yield base
            base.execute("insert into about values ('form', ?)", (FORM,))
            base.execute("commit")
            base.executescript(_INDEXES + "vacuum;")
        finally:
            base.close()
        with written.open("rb+") as file:
            os.fsync(file.fileno())
        written.chmod(0o644)
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def fill(base: sqlite3.Connection, places: Iterable[Place], common: Mapping[str, bool] | frozenset[str]) -> None:
    """Puts places and their names into a new index. `common` are the keys of names that are common words."""
    ids_of: dict[str, dict[str, None]] = {}
    rows = []
    for place in places:
        rows.append(_row(place))
        for key in keys_of(place):
            ids_of.setdefault(key, {})[place.id] = None
    base.executemany("insert into place values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    named = ((key, " ".join(ids), key in common) for key, ids in ids_of.items())
    base.executemany("insert into name values (?, ?, ?)", named)
    whole = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
    base.execute("insert into about values ('contents', ?)", (whole,))


def open_file(path: Path) -> sqlite3.Connection:
    """An index, to be read only. Raises IndexFileError."""
    try:
        base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        form = base.execute("select value from about where key = 'form'").fetchone()
    except sqlite3.Error as error:
        raise IndexFileError(f"{path}: {error}; this is not an index of places") from None
    if form != (FORM,):
        base.close()
        raise IndexFileError(f"{path}: an index of another version of Marsad; import its sources again")
    return base


def _row(place: Place) -> tuple[object, ...]:
    if BETWEEN in "".join((place.name, *place.names)) or " " in place.id:
        raise ValueError(f"{place.id}: a name holds {BETWEEN}, or the id a space")
    return (
        place.id,
        place.name,
        place.kind,
        place.sort,
        place.parents[0] if place.parents else "",
        " ".join(place.also_in),
        BETWEEN.join(place.names),
        place.population,
        place.lat,
        place.lon,
        json.dumps(dict(place.codes), sort_keys=True) if place.codes else "",
        place.source,
    )
