"""Kept rows: what was read of each imported file stays in the index, so that it can be merged anew without the file.

Rows are kept in the file's order and given back with what they lie in before them, whatever the order of the file.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from alerts.places.gazetteer import MAX_DEPTH
from alerts.places.merging import own_codes
from alerts.places.rows import Row, Skip

TABLES: Final = (
    "create table row (source text not null, number integer not null, nested integer not null, rows blob not null,"
    " primary key (source, number)) without rowid",
)
"""What an index of imports has beside those of `index.py`: the rows that were read, BATCH at a time, as compressed
JSON; `nested`: these name what they lie in, others do not."""
BATCH: Final = 500
_LINKS: Final = (
    "drop table if exists temp.link",
    "drop table if exists temp.child",
    "create temp table link (code text primary key, parent text not null, level integer) without rowid",
    "create temp table child (number integer primary key, parent text not null, row text not null, level integer)",
)
"""The codes of a file with the code of what each lies in, and the rows that lie in something; `level` 0 lies in
nothing of the file, 1 in what is of level 0, and so on."""


def keep(base: sqlite3.Connection, source: str, rows: Iterable[Row | Skip]) -> Iterator[Row | Skip]:
    """Keeps the rows of a file while they are passed on."""
    batches: tuple[list[Row], list[Row]] = ([], [])
    number = 0

    def write(nested: bool) -> None:
        data = zlib.compress(json.dumps(batches[nested], ensure_ascii=False).encode(), _LEVEL)
        base.execute("insert into row values (?, ?, ?, ?)", (source, number, nested, data))
        batches[nested].clear()

    for row in rows:
        if isinstance(row, Row):
            batch = batches[bool(row.parent)]
            batch.append(row)
            if len(batch) == BATCH:
                write(bool(row.parent))
                number += 1
        yield row
    for nested in (False, True):
        if batches[nested]:
            write(nested)
            number += 1


_LEVEL = 1
"""How hard rows are compressed: the least, which makes a third of them and costs a tenth of merging them."""


def roots(base: sqlite3.Connection, source: str) -> Iterator[Row]:
    """The kept rows of a file that name nothing that they lie in, in its order."""
    return _rows(base, source, "not nested")


def has_children(base: sqlite3.Connection, source: str) -> bool:
    """Whether rows of a file name what they lie in."""
    found = base.execute("select exists (select 1 from row where source = ? and nested)", (source,))
    return bool(found.fetchone()[0])


def count(base: sqlite3.Connection, source: str) -> int:
    """About how many rows of a file are kept: up to BATCH more than there are, for each of its two kinds."""
    return BATCH * int(base.execute("select count(*) from row where source = ?", (source,)).fetchone()[0])


def children(base: sqlite3.Connection, source: str) -> Iterator[Row | Skip]:
    """The kept rows of a file that name what they lie in, each after that; a `Skip` for those that lie in themselves,
    by whatever detour, or more than MAX_DEPTH levels deep."""
    if not has_children(base, source):
        return
    _link(base, source)
    for (text,) in base.execute("select row from child where level is not null order by level, number"):
        yield _row(json.loads(text))
    for (text,) in base.execute("select row from child where level is null order by number"):
        row = _row(json.loads(text))
        yield Skip(row.line, f"its parents lead round in a circle, or more than {MAX_DEPTH} levels up")


def _row(cells: list[Any]) -> Row:
    row = Row._make(cells)
    return row._replace(names=tuple(row.names), codes=tuple((scheme, code) for scheme, code in row.codes))


def _rows(base: sqlite3.Connection, source: str, which: str) -> Iterator[Row]:
    found = base.execute(f"select rows from row where source = ? and {which} order by number", (source,))  # noqa: S608
    for (data,) in found:
        yield from map(_row, json.loads(zlib.decompress(data)))


def _link(base: sqlite3.Connection, source: str) -> None:
    """Works out how deep the rows of a file lie; those in a circle, or too deep, are left without a level."""
    for statement in _LINKS:
        base.execute(statement)
    links = ((code, row.parent) for row in _rows(base, source, "true") for code in own_codes(row))
    base.executemany("insert or ignore into link (code, parent) values (?, ?)", links)
    rows = ((row.parent, json.dumps(row, ensure_ascii=False)) for row in _rows(base, source, "nested"))
    base.executemany("insert into child (parent, row) values (?, ?)", rows)
    base.execute("create index temp.link_level on link (level, parent)")
    base.execute("update link set level = 0 where parent not in (select code from link)")
    for level in range(1, MAX_DEPTH):
        deeper = "update link set level = ? where level is null and parent in (select code from link where level = ?)"
        if not base.execute(deeper, (level, level - 1)).rowcount:
            break
    base.execute(
        "update child set level = case when parent in (select code from link)"
        " then (select link.level + 1 from link where link.code = child.parent) else 0 end"
    )
    base.execute("create index temp.child_level on child (level, number)")
