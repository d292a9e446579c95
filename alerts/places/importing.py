"""Importing: public gazetteers put beside the one that ships, `marsad places import|sources|remove`.

The state folder holds one index (`gazetteer.IMPORTED`) of all that was imported. It keeps every row that was taken of
every file, and what these rows come to, merged in the order of the first import, so that taking a file away gives what
there would be without it. It is written anew as a whole and then put in place of the old one: what is read meanwhile,
or after a failure, is the old one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from alerts.arabic.lexicon import is_common
from alerts.places.gazetteer import IMPORTED, Gazetteer
from alerts.places.index import fill, keys_of, new_file, open_file
from alerts.places.merging import Merger
from alerts.places.model import Place
from alerts.places.tables import SOURCES, ImportFailed, Row, Skip, Source, read

_COLUMNS: Final = tuple(column.name for column in fields(Row))
SAMPLES: Final = 3
"""Line numbers that a report names for each reason."""
SHORT: Final = 3
"""Letters: a new name so short is taken for a common word."""

_TABLES: Final = """
create table source (
    name text primary key, number integer not null, kind text not null, file text not null, sha256 text not null,
    mapping text not null, report text not null
) without rowid;
create table raw (source text not null, number integer not null, row text not null, primary key (source, number))
without rowid;
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: `rows` read, of these `taken` as new places, `merged` with known ones, and `skipped`, by
    reason, how many and the first lines. `changed`: whether the index is another than before."""

    name: str
    source: Source
    rows: int = 0
    taken: int = 0
    merged: int = 0
    skipped: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    seconds: float = 0.0
    changed: bool = True

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad places import --json` and `marsad places sources --json`."""
        reasons = {why: {"rows": rows, "lines": list(lines)} for why, (rows, lines) in self.skipped.items()}
        return {
            "name": self.name,
            "source": self.source,
            "rows": self.rows,
            "taken": self.taken,
            "merged": self.merged,
            "skipped": reasons,
            "seconds": round(self.seconds, 2),
            "changed": self.changed,
        }


def import_file(
    path: Path, source: Source, mapping: Mapping[str, str] | None, state_dir: Path, *, shipped: Path | None = None
) -> Report:
    """Takes the places of a file into the index of the state folder; a file of that name imported before is replaced.

    `mapping`: the columns of a file, by field (`tables.FIELDS`); `shipped`: the index that these are added to. Raises
    ImportFailed where the file cannot be used (the index is as before), OSError.
    """
    began = time.perf_counter()
    if source not in SOURCES:
        raise ImportFailed(f"there is no source {source}; it is one of {', '.join(SOURCES)}")
    name = f"{source}:{path.name}"
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    known = json.dumps(dict(mapping or {}), sort_keys=True)
    with _locked(state_dir):
        old = _sources(state_dir)
        if name in old and (old[name]["sha256"], old[name]["mapping"]) == (sha256, known):
            return _report(old[name]["report"], seconds=time.perf_counter() - began, changed=False)
        about = {"kind": source, "file": str(path.absolute()), "sha256": sha256, "mapping": known}
        reports = _rebuild(state_dir, {**old, name: about}, {name: read(path, source, mapping)}, shipped)
        report = reports[name]
        return _report(report.record(), seconds=time.perf_counter() - began)


def sources(state_dir: Path) -> tuple[Report, ...]:
    """The files that were imported, the first first, each with what became of it. Raises IndexFileError."""
    return tuple(_report(about["report"]) for about in _sources(state_dir).values())


def remove_source(name: str, state_dir: Path, *, shipped: Path | None = None) -> bool:
    """Takes away what a file brought (`name` as `sources` has it, or the file's name); False: there is none such."""
    with _locked(state_dir):
        old = _sources(state_dir)
        name = next((known for known in old if name in (known, known.partition(":")[2])), name)
        if name not in old:
            return False
        left = {known: about for known, about in old.items() if known != name}
        if left:
            _rebuild(state_dir, left, {}, shipped)
        else:
            (state_dir / IMPORTED).unlink()
        return True


@contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    """One import at a time; the others wait."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / f"{IMPORTED}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sources(state_dir: Path) -> dict[str, dict[str, Any]]:
    path = state_dir / IMPORTED
    if not path.exists():
        return {}
    with closing(open_file(path)) as base:
        rows = base.execute("select name, kind, file, sha256, mapping, report from source order by number").fetchall()
    columns = ("kind", "file", "sha256", "mapping")
    return {row[0]: {**dict(zip(columns, row[1:5], strict=True)), "report": json.loads(row[5])} for row in rows}


def _report(record: Mapping[str, Any], **changes: Any) -> Report:
    skipped = {why: (item["rows"], tuple(item["lines"])) for why, item in record["skipped"].items()}
    return Report(**{**record, "skipped": skipped, **changes})


def _rebuild(
    state_dir: Path,
    abouts: Mapping[str, Mapping[str, Any]],
    news: Mapping[str, Iterable[Row | Skip]],
    shipped: Path | None,
) -> dict[str, Report]:
    """Writes the index of these sources: `news` from their rows, the others from what is kept of them."""
    path = state_dir / IMPORTED
    gazetteer = Gazetteer.load(shipped)
    merger = Merger()
    merger.know(gazetteer)
    reports: dict[str, Report] = {}
    with new_file(path) as base:
        base.executescript(_TABLES)
        base.execute("begin")
        for number, (name, about) in enumerate(abouts.items()):
            rows = news[name] if name in news else _kept(path, name)
            tally = _Tally(base, name)
            for outcome in merger.merge(tally.keeping(rows), about["kind"]):
                tally.count(outcome)
            # rows that could not be read the first time are not kept: what was said of them then stays said
            report = tally.report(about["kind"]) if name in news else _report(about["report"])
            reports[name] = report
            base.execute(
                "insert into source values (?, ?, ?, ?, ?, ?, ?)",
                (name, number, about["kind"], about["file"], about["sha256"], about["mapping"],
                 json.dumps(report.record(), ensure_ascii=False)),
            )  # fmt: skip
        places = [*merger.fresh.values(), *merger.more.values()]
        if any(not (report.taken + report.merged) for name, report in reports.items() if name in news):
            raise _nothing(reports, news)
        fill(base, places, _common(gazetteer, places))
    gazetteer.close()
    return reports


def _nothing(reports: Mapping[str, Report], news: Mapping[str, object]) -> ImportFailed:
    report = next(reports[name] for name in news)
    return ImportFailed(f"{report.name}: no row of {report.rows} could be used: {', '.join(report.skipped)}")


def _common(gazetteer: Gazetteer, places: Iterable[Place]) -> frozenset[str]:
    """The keys of new names that are common words, or as short as one."""
    known = gazetteer.names()
    keys = {key for place in places for key in keys_of(place)}
    return frozenset(key for key in keys if key not in known and (len(key) <= SHORT or is_common(key)))


def _kept(path: Path, name: str) -> Iterator[Row]:
    with closing(open_file(path)) as base:
        for (text,) in base.execute("select row from raw where source = ? order by number", (name,)):
            row = dict(zip(_COLUMNS, json.loads(text), strict=True))
            row["names"], row["codes"] = tuple(row["names"]), tuple(map(tuple, row["codes"]))
            yield Row(**row)


class _Tally:
    """What becomes of the rows of one source, counted while they pass and are kept."""

    def __init__(self, base: sqlite3.Connection, name: str) -> None:
        self._base, self._name = base, name
        self._number = 0
        self._outcomes: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = {}

    def keeping(self, rows: Iterable[Row | Skip]) -> Iterator[Row | Skip]:
        for row in rows:
            self._number += 1
            if isinstance(row, Row):
                text = json.dumps([getattr(row, column) for column in _COLUMNS], ensure_ascii=False)
                self._base.execute("insert into raw values (?, ?, ?)", (self._name, self._number, text))
            yield row

    def count(self, outcome: Skip | str) -> None:
        reason = outcome.reason if isinstance(outcome, Skip) else outcome
        self._outcomes[reason] += 1
        if isinstance(outcome, Skip):
            lines = self._lines.setdefault(reason, [])
            if len(lines) < SAMPLES:
                lines.append(outcome.line)

    def report(self, source: Source) -> Report:
        skipped = {why: (self._outcomes[why], tuple(lines)) for why, lines in self._lines.items()}
        taken, merged = self._outcomes["new"], self._outcomes["same"]
        return Report(self._name, source, self._number, taken, merged, skipped)
