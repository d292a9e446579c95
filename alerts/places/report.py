"""Report: what became of an imported file: how many of its rows were taken, merged and left out, and why, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from alerts.places.rows import Row, Skip, Source

SAMPLES: Final = 3
"""Line numbers that a report names for each reason."""
DETAILS: Final = 5
"""The commonest of what was at fault that it names."""
_MAX_KINDS: Final = 1_000
"""Different reasons, or details of one, that are counted apart; a file may bring a new one in every line."""
_MAX_DETAIL: Final = 24
"""Characters of a detail."""


class Left(NamedTuple):
    """Rows that were left out for one reason: how many, the first lines, and the commonest of what was at fault,
    with how many of the rows."""

    rows: int
    lines: tuple[int, ...]
    details: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: `rows` read, of these `taken` as new places, `merged` with known ones, and `skipped` by
    reason; `columns`: the column from which each field was read. `changed`: whether the index is another than before.
    """

    name: str
    source: Source
    rows: int = 0
    taken: int = 0
    merged: int = 0
    skipped: Mapping[str, Left] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    changed: bool = True

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad places import --json` and `marsad places sources --json`."""
        reasons = {
            why: {"rows": left.rows, "lines": list(left.lines), "details": dict(left.details)}
            for why, left in self.skipped.items()
        }
        return {
            "name": self.name,
            "source": self.source,
            "rows": self.rows,
            "taken": self.taken,
            "merged": self.merged,
            "skipped": reasons,
            "columns": dict(self.columns),
            "seconds": round(self.seconds, 2),
            "changed": self.changed,
        }

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Report:
        """The report of a record."""
        skipped = {
            why: Left(left["rows"], tuple(left["lines"]), tuple(left["details"].items()))
            for why, left in record["skipped"].items()
        }
        return cls(**{**record, "skipped": skipped})

    def lines(self) -> list[str]:
        """The report for people: a line on the whole, one on what was read where, and one for each reason why rows
        were left out, the commonest first."""
        left = sum(reason.rows for reason in self.skipped.values())
        said = [
            f"{self.name}: {self.rows:,} rows: {self.taken:,} new places, {self.merged:,} known ones, {left:,} left out"
            + ("" if self.changed else " (nothing changed since)")
        ]
        if self.columns:
            said.append("  read as: " + ", ".join(f"{name} from {column}" for name, column in self.columns.items()))
        for reason, (rows, lines, details) in sorted(self.skipped.items(), key=lambda item: -item[1].rows):
            what = ", ".join(f"{detail} {number:,}" for detail, number in details)
            where = ", ".join(map(str, lines)) + (" …" if rows > len(lines) else "")
            said.append(f"  {rows:,} left out: {reason}{f': {what}' if what else ''} (line {where})")
        return said


class Tally:
    """What becomes of the rows of one file, counted while they pass."""

    def __init__(self) -> None:
        self.rows = self.taken = self.merged = 0
        self._reasons: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = defaultdict(list)
        self._details: dict[str, Counter[str]] = defaultdict(Counter)

    def read(self, row: Row | Skip) -> None:
        """Counts a row that was read; one that could not be is left out at once."""
        self.rows += 1
        if isinstance(row, Skip):
            self.count(row)

    def count(self, outcome: Literal["new", "same"] | Skip) -> None:
        """Counts what became of one row."""
        if outcome == "new":
            self.taken += 1
        elif outcome == "same":
            self.merged += 1
        elif isinstance(outcome, Skip):
            reason = outcome.reason if len(self._reasons) < _MAX_KINDS else _OTHER
            self._reasons[reason] += 1
            lines = self._lines[reason]
            if len(lines) < SAMPLES:
                lines.append(outcome.line)
            if outcome.detail:
                details = self._details[reason]
                detail = outcome.detail[:_MAX_DETAIL].strip()
                details[detail if detail in details or len(details) < _MAX_KINDS else _OTHER] += 1

    def report(self, name: str, source: Source, columns: Mapping[str, str]) -> Report:
        """The count so far."""
        skipped = {
            why: Left(rows, tuple(self._lines[why]), tuple(self._details[why].most_common(DETAILS)))
            for why, rows in self._reasons.items()
        }
        return Report(name, source, self.rows, self.taken, self.merged, skipped, columns)


_OTHER = "something else"
