"""Sheet: a file of rows and columns as an operator has it: CSV with any of the usual separators, TSV, or a JSON list.

Read line by line, in bounded memory. The file is hostile input: a line that cannot be read is a `Skip` with its number
and the reason, and the others go on; what is no table at all is refused in words. What its columns mean is for
`tables.py`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, AnyStr, BinaryIO, Final, NamedTuple

from alerts.places.rows import ImportFailed, Skip

MAX_LINE: Final = 1 << 20
"""Bytes of a line; GeoNames' longest, with all names of a capital, has 20,000."""
MAX_COLUMNS: Final = 500
"""Columns of a header; the widest of OCHA's has 60."""
MAX_JSON: Final = 32 << 20
"""Bytes of a JSON file, which must be read whole; the largest of open-admin-data has 4 million."""
_MAX_DEPTH = 4
"""Objects within objects of a JSON record whose keys become columns."""
_PACKED: Final = {
    b"\x1f\x8b": "gzip: unpack it first, e.g. gunzip -k",
    b"BZh": "bzip2: unpack it first, e.g. bunzip2 -k",
    b"\xfd7zXZ": "xz: unpack it first, e.g. unxz -k",
    b"PK\x03\x04": "a ZIP archive or a sheet of Excel: unpack it, or save the sheet as CSV (UTF-8):",
    b"\xd0\xcf\x11\xe0": "a sheet of an old Excel: save it as CSV (UTF-8):",
    b"SQLite format 3\0": "an SQLite file, which only --source wof reads:",
}
"""How files begin that hold a table but are none."""
_NOT_UTF8 = "the line is not UTF-8"
_HEADED_BY = 100
"""Objects of a JSON list whose keys are its columns."""
Cells = Sequence[str]


class Sheet(NamedTuple):
    """A table: its columns, and its rows with their lines, each as long as `columns`."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Cells] | Skip]


def read_sheet(file: BinaryIO, header: Sequence[str] = ()) -> Sheet:
    """The table in a file. `header` are the columns of a form that is published without them.

    Raises ImportFailed here and while it is read; OSError.
    """
    start = file.read(64)
    file.seek(0)
    for magic, what in _PACKED.items():
        if start.startswith(magic):
            raise ImportFailed(f"this is {what} {_name(file)}")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return _json_sheet(file)
    return _table(file, header)


def _name(file: BinaryIO) -> str:
    return str(getattr(file, "name", "")).rpartition("/")[2]


class _Lines:
    """The lines of a file that can be part of a table. `number` is that of the last line; `given` are those of the
    lines given, and `skipped` the lines that can be part of none, since the two were last cleared."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.given: list[int] = []
        self.skipped: list[Skip] = []

    def __iter__(self) -> Iterator[str]:
        broken = 0
        for text in self._texts():
            if isinstance(text, Skip):
                broken += text.reason == _NOT_UTF8
                self.skipped.append(text)
            elif "\0" in text:
                self.skipped.append(Skip(self.number, "the line holds null characters"))
            elif not text.startswith("#"):
                self.given.append(self.number)
                yield text
        if broken * 2 > self.number:
            name = _name(self._file)
            raise ImportFailed(
                f"{broken} of {self.number} lines are not UTF-8; convert the file first, e.g. "
                f"iconv -f WINDOWS-1256 -t UTF-8 {name} > utf8-{name}"
            )

    def _texts(self) -> Iterator[str | Skip]:
        """Each line that is UTF-8, or of a file that begins with the mark of UTF-16, and not overlong."""
        mark = self._file.read(2)
        self._file.seek(0)
        if mark in (b"\xff\xfe", b"\xfe\xff"):
            wide = io.TextIOWrapper(self._file, "utf-16", errors="replace", newline="")
            try:
                yield from self._whole(wide.readline, "\n")
            finally:
                wide.detach()
            return
        for line in self._whole(self._file.readline, b"\n"):
            if isinstance(line, Skip):
                yield line
                continue
            try:
                yield line.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError:
                yield Skip(self.number, _NOT_UTF8)

    def _whole(self, readline: Callable[[int], AnyStr], end: AnyStr) -> Iterator[AnyStr | Skip]:
        while line := readline(MAX_LINE):
            self.number += 1
            rest = line
            while len(rest) == MAX_LINE and not rest.endswith(end):
                rest = readline(MAX_LINE)
            yield line if rest is line else Skip(self.number, f"the line is longer than {MAX_LINE:,} bytes")


def _table(file: BinaryIO, header: Sequence[str]) -> Sheet:
    lines = _Lines(file)
    body = iter(lines)
    first = next(body, "")
    tabs = first.count("\t") >= max(first.count(","), first.count(";"), 1)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    text = chain([first], body) if first else body
    reader = csv.reader(text, "excel-tab", quoting=csv.QUOTE_NONE) if tabs else csv.reader(text, delimiter=delimiter)
    if header and first.count("\t") == len(header) - 1:
        columns = list(header)
    else:
        try:
            columns = [cell.strip() for cell in next(reader, [])]
        except csv.Error as error:
            raise ImportFailed(f"the header cannot be read: {error}") from None
    if len(columns) > MAX_COLUMNS:
        raise ImportFailed(f"the header has {len(columns)} columns; at most {MAX_COLUMNS} are read")
    if not any(columns):
        raise ImportFailed("the file holds no rows")
    return Sheet(tuple(columns), _rows(reader, lines, len(columns)))


def _rows(reader: Iterator[list[str]], lines: _Lines, width: int) -> Iterator[tuple[int, Cells] | Skip]:
    least = width // 2
    while True:
        lines.given.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # a quotation mark that is never closed takes the lines after it along
            yield from (Skip(line, f"the line cannot be read: {error}") for line in lines.given)
            continue
        if lines.skipped:
            yield from lines.skipped
            lines.skipped.clear()
        if cells is None:
            return
        if least <= len(cells) <= width + 1:
            if any(cells):
                yield lines.number, cells[:width] if len(cells) >= width else [*cells, *[""] * (width - len(cells))]
        elif any(cells):
            yield Skip(lines.number, f"another number of cells than the header's {width}", f"{len(cells)} cells")


def _json_sheet(file: BinaryIO) -> Sheet:
    data = file.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise ImportFailed(f"more than {MAX_JSON >> 20} MB of JSON; write it as CSV")
    try:
        items = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ImportFailed(f"this JSON cannot be read: {error}") from None
    heads = [item for item in items[:_HEADED_BY] if isinstance(item, dict)]
    columns = tuple(dict.fromkeys(key for item in heads for key, _ in _flat("", item, 0)))[:MAX_COLUMNS]
    if not items:
        raise ImportFailed("the file holds no rows")
    return Sheet(columns, _json_rows(items, columns))


def _json_rows(items: Sequence[Any], columns: Sequence[str]) -> Iterator[tuple[int, Cells] | Skip]:
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            cells = dict(_flat("", item, 0))
            yield number, [cells.get(column, "") for column in columns]
        else:
            yield Skip(number, "not an object")


def _flat(prefix: str, item: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            yield from _flat(f"{prefix}{key}.", value, depth + 1)
        elif isinstance(value, str | int | float):
            yield f"{prefix}{key}", str(value).encode("utf-8", "replace").decode()  # half surrogates cannot be kept
