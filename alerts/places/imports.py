"""The index of imports: what the state folder keeps of the files that were imported, and how it is written anew.

It holds every row that was taken of every file (`kept.py`), and the places that these come to, merged in the order of
the first import. A new file is merged into the places that are there; where one is taken away or replaced, or another
gazetteer ships, all are merged anew from their rows. A new index is written whole and then put in place of the old one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from alerts.places import kept, ledger
from alerts.places.index import SHIPPED, IndexFileError, new_file, open_file
from alerts.places.ledger import Ledger
from alerts.places.merging import Merger
from alerts.places.report import Report, Tally
from alerts.places.rows import ImportFailed, Row, Source
from alerts.places.tables import Table

Progress = Callable[[float], None]
"""Told how much of the work is done, 0 to 1, now and then."""
Reading = Callable[[], tuple[Table, Callable[[], float]]]
"""Opens the table of a new file, with what tells how much of it is read, 0 to 1."""

_FORM: Final = "2"
"""The form of the tables of this file."""
_SOURCES = """
create table source (
    name text primary key, number integer not null, kind text not null, file text not null, sha256 text not null,
    mapping text not null, report text not null
) without rowid
"""
_CACHE_KB = 256 << 10
"""Memory for the pages of an index that is being written; that of a million villages has 230 MB."""
_TELL_EVERY = 5_000
"""Rows after which progress is told."""
_READING = 0.4
"""The part of the work that reading is of a table whose rows are merged when its end is seen."""


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was imported: `name` is its source and name, `mapping` the JSON of the columns that were given."""

    name: str
    source: Source
    file: str
    sha256: str
    mapping: str
    report: Report | None = None


def read_imports(path: Path) -> dict[str, Import]:
    """The imports of an index by name, the first first; none where there is no index. Raises IndexFileError."""
    if not path.exists():
        return {}
    with closing(open_file(path)) as base:
        if base.execute("select value from about where key = 'imports'").fetchone() != (_FORM,):
            raise IndexFileError(f"{path}: imported by another version of Marsad; remove it and import its files again")
        rows = base.execute("select name, kind, file, sha256, mapping, report from source order by number").fetchall()
    return {
        name: Import(name, kind, file, sha256, mapping, Report.of(json.loads(report)))
        for name, kind, file, sha256, mapping, report in rows
    }


def write_imports(
    path: Path,
    imports: Iterable[Import],
    shipped: Path | None = None,
    reading: Reading | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Report]:
    """Writes the index of these imports in place of that at `path`, from which the rows of those that have a report
    are taken; `reading` opens the one that has none. Returns all reports.

    Raises ImportFailed, IndexFileError, OSError, or what interrupts it: the old index is then as it was.
    """
    with closing(open_file(shipped or SHIPPED)) as ships:
        try:
            with new_file(path) as base:
                return _Writer(base, path, ships, tuple(imports), progress).write(reading)
        except sqlite3.Error as error:  # a full disk
            raise ImportFailed(f"the new index could not be written: {error}") from None


class _Writer:
    """One writing of an index, from an empty file (`index.new_file`) on; `ships` is the index that ships."""

    def __init__(
        self,
        base: sqlite3.Connection,
        old: Path,
        ships: sqlite3.Connection,
        imports: tuple[Import, ...],
        progress: Progress,
    ) -> None:
        self._base = base
        self._ships = ships
        self._imports = imports
        self._progress = progress
        self._anew = 0
        self._contents = str(ships.execute("select value from about where key = 'contents'").fetchone()[0])
        base.execute(f"pragma cache_size = -{_CACHE_KB}")
        for statement in (_SOURCES, *kept.TABLES, *ledger.TABLES):
            base.execute(statement)
        self._was: Mapping[str, str] = {}
        self._had: list[str] = []
        if old.exists():
            base.execute("attach ? as old", (str(old),))
            self._was = dict(base.execute("select key, value from old.about").fetchall())
            self._had = [name for (name,) in base.execute("select name from old.source order by number")]

    def write(self, reading: Reading | None) -> dict[str, Report]:
        """Fills the file; see `write_imports`."""
        old = [one.name for one in self._imports if one.report]
        grown = self._had == old and self._was.get("shipped") == self._contents  # the places stay, and more come
        self._take_over(old, places=grown)
        places = Ledger(self._base, self._ships)
        reports: dict[str, Report] = {}
        for one in self._imports:
            if one.report is not None:
                reports[one.name] = one.report
                if not grown:
                    self._merge_anew(one, places)
            elif reading is not None:
                report = reports[one.name] = self._merge_new(one, places, *reading())
                if not (report.taken or report.merged):
                    raise ImportFailed(f"no row of {report.rows:,} could be used: {', '.join(report.skipped)}")
        places.close()
        self._remember(reports)
        return reports

    def _take_over(self, names: Iterable[str], *, places: bool) -> None:
        """Copies from the old index the rows of these files and, where they still hold, the places."""
        for name in names:
            self._base.execute("insert into row select * from old.row where source = ?", (name,))
        if places and self._had:
            for table in ("place", "name", "code", "cell"):
                self._base.execute(f"insert into {table} select * from old.{table}")  # noqa: S608

    def _merge_anew(self, one: Import, places: Ledger) -> None:
        """Merges the kept rows of a file."""
        merger = Merger(places, one.source, has_parents=kept.has_children(self._base, one.name))
        every = sum(kept.count(self._base, other.name) for other in self._imports if other.report)
        for row in chain(kept.roots(self._base, one.name), kept.children(self._base, one.name)):
            if isinstance(row, Row):
                merger.merge(row)
            self._anew += 1
            if self._anew % _TELL_EVERY == 0:
                self._progress(min(1.0, self._anew / every))

    def _merge_new(self, one: Import, places: Ledger, table: Table, share: Callable[[], float]) -> Report:
        """Reads a new file; what lies in nothing of the file is merged at once, the rest when its end is seen."""
        tally = Tally()
        nested = "parent" in table.columns or one.source == "cod"
        merger = Merger(places, one.source, has_parents=nested)
        for row in kept.keep(self._base, one.name, table.rows):
            tally.read(row)
            if isinstance(row, Row) and not row.parent:
                tally.count(merger.merge(row))
            if tally.rows % _TELL_EVERY == 0:
                self._progress(share() * (_READING if nested else 1.0))
        for number, row in enumerate(kept.children(self._base, one.name)):
            tally.count(merger.merge(row) if isinstance(row, Row) else row)
            if number % _TELL_EVERY == 0:
                self._progress(_READING + (1 - _READING) * number / tally.rows)
        return tally.report(one.name, one.source, table.columns)

    def _remember(self, reports: Mapping[str, Report]) -> None:
        """Writes down what the index is made of."""
        made_of = [self._contents]
        for number, one in enumerate(self._imports):
            report = json.dumps(replace(reports[one.name], seconds=0.0).record(), ensure_ascii=False)
            values = (one.name, number, one.source, one.file, one.sha256, one.mapping, report)
            self._base.execute("insert into source values (?, ?, ?, ?, ?, ?, ?)", values)
            made_of += [one.name, one.sha256, one.mapping]
        whole = hashlib.sha256("\n".join(made_of).encode()).hexdigest()
        about = (("imports", _FORM), ("shipped", self._contents), ("contents", whole))
        self._base.executemany("insert into about values (?, ?)", about)
