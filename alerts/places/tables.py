"""Tables: the public gazetteers that an operator downloads: which column of each says what of a place.

A table yields a `Row` for each place that has an Arabic name, or a `Skip` for each line that cannot be one, with the
reason in words. How lines and cells are read is for `sheets.py`, what a row is merged with for `merging.py`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from alerts.places.arabic_names import arabic_names
from alerts.places.model import Kind
from alerts.places.rows import (
    MAX_CODE,
    MAX_NAMES,
    VILLAGE,
    ImportFailed,
    Row,
    Skip,
    Source,
    clean,
    codes_of,
    kind_of,
    number_of,
    point_of,
)
from alerts.places.sheets import Cells, Sheet, read_sheet

FIELDS: Final = (
    "name",
    "names",
    "kind",
    "country",
    "lat",
    "lon",
    "population",
    "id",
    "parent",
    "parent_name",
    "pcode",
    "geonames",
)
"""What a mapping may name a column for. `=word` instead of a column's name is that word in every row."""

_COUNTRY = re.compile("[A-Z]{2}")
_ARABIC = re.compile("[ء-ي]")
_APART = re.compile("[|;,،]")
_SHOWN = 20
"""Columns that an error names."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read. `columns`: the column that each field was read from, for people; `rows`: its rows, once."""

    columns: Mapping[str, str]
    rows: Iterator[Row | Skip]


def read_table(
    file: BinaryIO, source: Source, mapping: Mapping[str, str] | None = None, country: str | None = None
) -> Table:
    """The rows of a file that was opened. `mapping` names the columns of a table (FIELDS) where it is not what is
    guessed from its header; `country` (ISO 3166-1) is that of the rows that do not say theirs.

    Raises ImportFailed here and while it is read; OSError.
    """
    unknown = set(mapping or ()) - set(FIELDS)
    if unknown:
        raise ImportFailed(f"no such field: {', '.join(sorted(unknown))}; the fields are {', '.join(FIELDS)}")
    start = file.read(15)
    file.seek(0)
    if source == "wof" and start == b"SQLite format 3":
        return _plain(Sheet(_WOF_BASE, _wof_base(file.name)), "wof", {}, country)
    sheet = read_sheet(file, _GEONAMES_DUMP if source == "geonames" else ())
    if source == "cod":
        return _cod(sheet, country)
    return _plain(sheet, source, dict(mapping or {}), country)


def _folded(column: str) -> str:
    """A column's name for comparison: `Name (Arabic)` is name_arabic."""
    return re.sub(r"[\W_]+", "_", column.lower()).strip("_")


def _first_of(columns: Sequence[str], known: Iterable[str]) -> str:
    by_name = {_folded(column): column for column in reversed(columns)}
    return next((by_name[_folded(name)] for name in known if _folded(name) in by_name), "")


def _shown(columns: Sequence[str]) -> str:
    return ", ".join(columns[:_SHOWN]) or "none"


# ---- OCHA COD: a column for the name and the P-code of each level

_COD_LEVELS: Final = (
    ("governorate", "", ("admin1Name_ar", "ADM1_AR", "adm1_name1", "gov_ar"),
     ("admin1Pcode", "ADM1_PCODE", "gov_pcode")),
    ("district", "", ("admin2Name_ar", "ADM2_AR", "adm2_name1", "dist_ar"),
     ("admin2Pcode", "ADM2_PCODE", "dist_pcode")),
    ("subdistrict", "", ("admin3Name_ar", "ADM3_AR", "adm3_name1", "sub_ar"),
     ("admin3Pcode", "ADM3_PCODE", "sub_pcode")),
    ("town", "village", ("admin4Name_ar", "ADM4_AR", "adm4_name1", "PPL_AR", "loc_ar"),
     ("admin4Pcode", "ADM4_PCODE", "PPL_PCODE", "loc_pcode")),
)  # fmt: skip
_LATS = ("lat", "latitude", "point_y", "y", "geo.lat", "center_lat")
_LONS = ("lon", "lng", "long", "longitude", "point_x", "x", "geo.lon", "center_lon")


def _cod(sheet: Sheet, country: str | None) -> Table:
    found = [
        (cast(Kind, kind), sort, _first_of(sheet.columns, names), _first_of(sheet.columns, codes))
        for kind, sort, names, codes in _COD_LEVELS
    ]
    levels = [level for level in found if level[2] and level[3]]
    if not levels:
        raise ImportFailed(
            "missing columns: a COD table has an Arabic name and a P-code for each level, e.g. ADM1_AR and ADM1_PCODE, "
            f"or admin1Name_ar and admin1Pcode; this file has {_shown(sheet.columns)}"
        )
    used: dict[str, str] = {kind: f"{names}, {codes}" for kind, _, names, codes in levels}
    lat, lon = _first_of(sheet.columns, _LATS), _first_of(sheet.columns, _LONS)
    if lat and lon:
        used |= {"lat": lat, "lon": lon}
    return Table(used, _cod_rows(sheet, levels, lat, lon, country))


def _cod_rows(
    sheet: Sheet, levels: Sequence[tuple[Kind, str, str, str]], lat: str, lon: str, country: str | None
) -> Iterator[Row | Skip]:
    north, east = _getter(sheet.columns, lat), _getter(sheet.columns, lon)
    getters = [(kind, sort, _getter(sheet.columns, n), _getter(sheet.columns, c)) for kind, sort, n, c in levels]
    last = getters[-1]
    seen: set[str] = set()  # codes of all levels but the last, each of which comes in many lines
    for record in sheet.rows:
        if isinstance(record, Skip):
            yield record
            continue
        line, cells = record
        parent = ""
        own_country = ""
        for level in getters:
            kind, sort, name, code_of = level
            (_, code), *_ = codes_of([("pcode", code_of(cells))]) or [("", "")]
            if not code:
                continue
            own_country = own_country or (code[:2].upper() if _COUNTRY.match(code[:2].upper()) else country or "")
            if code not in seen or level is last:
                names = clean(name(cells))
                if not names:
                    yield Skip(line, "no Arabic name")
                    continue
                if not own_country:
                    yield Skip(line, "the P-code begins with no country")
                    continue
                point = point_of(north(cells), east(cells)) if level is last else (None, None)
                yield Row(line, names[0], kind, sort, own_country, names[1:], *point, 0, (("pcode", code),), parent)
            if level is not last:
                seen.add(code)
            parent = code
        if not parent:
            yield Skip(line, "no P-code with a name")


# ---- GeoNames, Who's On First, any table

_GEONAMES_DUMP: Final = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation",
    "dem", "timezone", "modification date",
)  # fmt: skip
_WOF_BASE: Final = ("name_ar", "placetype", "cc", "lat", "lon", "id", "is_current")
_GUESSES: Final[Mapping[str, Sequence[str]]] = {
    "name": ("name_ar", "ar_name", "name.local", "name_arabic", "arabic_name", "local_name", "الاسم", "اسم", "name"),
    "kind": ("placetype", "feature code", "level", "kind", "type"),
    "country": ("cc", "country", "country code", "country_code", "iso2", "ADM0_PCODE"),
    "lat": _LATS,
    "lon": _LONS,
    "population": ("population", "pop"),
    "id": ("geonameid", "id", "code", "code.id"),
    "parent": ("parent.id", "parent_id", "parent"),
    "parent_name": ("parent.name.local", "parent_name_ar", "parent_name"),
    "pcode": ("pcode", "p_code"),
    "geonames": ("gn_id", "geonameid"),
}
_ALSO = {"alternatenames": "alternatenames", "wikidata": "wd_id", "is_current": "is_current"}


def _getter(columns: Sequence[str], column: str) -> Callable[[Cells], str]:
    """What reads a column of a row; `=word` is that word, a column that there is not is empty."""
    if column.startswith("="):
        return lambda _: column[1:]
    if column not in columns:
        return lambda _: ""
    at = columns.index(column)
    return lambda cells: cells[at].strip()


def _plain(sheet: Sheet, source: Source, given: Mapping[str, str], country: str | None) -> Table:
    columns = sheet.columns
    missing = [column for column in given.values() if not column.startswith("=") and column not in columns]
    if missing:
        raise ImportFailed(f"missing columns: {', '.join(missing)}; this file has {_shown(columns)}")
    use = {field: given.get(field) or _first_of(columns, known) for field, known in _GUESSES.items()}
    use["names"] = given.get("names", "")
    if not use["name"] or (source != "csv" and not use["id"]):
        is_cod = _first_of(columns, (code for level in _COD_LEVELS for code in level[3]))
        raise ImportFailed(
            f"missing columns: the name{'' if source == 'csv' else ' and the id'} of a place; this file has "
            f"{_shown(columns)}; say which it is, e.g. --column name=NAME_AR"
            + ("; or import it with --source cod" if is_cod else "")
        )
    used = {field: column for field, column in use.items() if column}
    if not use["country"] and country:
        used["country"] = f"={country}"
    return Table(used, _plain_rows(sheet, source, use, country or ""))


def _plain_rows(sheet: Sheet, source: Source, use: Mapping[str, str], country: str) -> Iterator[Row | Skip]:
    get = {field: _getter(sheet.columns, column) for field, column in (*use.items(), *_ALSO.items())}
    has_alternates = _ALSO["alternatenames"] in sheet.columns
    has_names = bool(use["names"])
    codes = [("geonames", get["geonames"]), ("pcode", get["pcode"]), ("wikidata", get["wikidata"])]
    if source == "csv":
        codes.append(("file", get["id"]))
    elif source == "wof":
        codes.append(("wof", lambda cells: get["id"](cells).removeprefix("wof:")))

    def row(line: int, cells: Cells) -> Row | Skip:
        if get["is_current"](cells) == "0":
            return Skip(line, "no longer current")
        own_country = get["country"](cells).upper() or country or get["id"](cells)[:2]
        if not _COUNTRY.fullmatch(own_country):
            if not own_country:
                return Skip(line, "no country; say which, e.g. --column country==SY")
            return Skip(line, "the country is no code of ISO 3166-1", own_country)
        name = get["name"](cells)
        if has_alternates:
            alternates = get["alternatenames"](cells)
            # most places of a dump have no Arabic name, and comparing how names sound is dear
            names = arabic_names(name, alternates.split(","), own_country) if _ARABIC.search(alternates) else ()
        else:
            names = clean(name)
        if not names:
            return Skip(line, "no Arabic name")
        if has_names:
            more = (part for text in _APART.split(get["names"](cells)) for part in clean(text))
            names = tuple(dict.fromkeys((*names, *more)))[:MAX_NAMES]
        word = get["kind"](cells)
        kind = kind_of(word) if word else ("town", "village")
        if kind is None:
            return Skip(line, "not a kind of place that is kept", word)
        people = number_of(get["population"](cells)) or 0
        parent = get["parent_name"](cells)
        return Row(
            line,
            names[0],
            kind[0],
            "" if kind[1] == "village" and people >= VILLAGE else kind[1],
            own_country,
            names[1:],
            *point_of(get["lat"](cells), get["lon"](cells)),
            max(0, int(people)),
            codes_of([(scheme, code(cells)) for scheme, code in codes]),
            get["parent"](cells)[:MAX_CODE],
            next(iter(clean(parent)), "") if parent else "",
        )

    yield from _joined(record if isinstance(record, Skip) else row(*record) for record in sheet.rows)


def _joined(rows: Iterable[Row | Skip]) -> Iterator[Row | Skip]:
    """Rows, those of one place that follow one another, each with another of its names, as one."""
    last: Row | None = None
    for row in rows:
        if isinstance(row, Skip):
            yield row
        elif last is not None and row.codes and _whence(row) == _whence(last):
            names = dict.fromkeys((*last.names, row.name, *row.names))
            last = last._replace(names=tuple(name for name in names if name != last.name)[:MAX_NAMES])
        else:
            if last is not None:
                yield last
            last = row
    if last is not None:
        yield last


def _whence(row: Row) -> tuple[object, ...]:
    """What two lines of one place have in common: all but its name."""
    return row.codes, row.country, row.kind, row.lat, row.lon


def _wof_base(path: str) -> Iterator[tuple[int, Cells] | Skip]:
    """A distribution of Who's On First in SQLite: the tables spr and names."""
    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as base:
            found = base.execute(
                "select n.name, s.placetype, s.country, s.latitude, s.longitude, s.id, s.is_current from spr s join"
                " names n on n.id = s.id where n.language = 'ara' order by s.id, n.privateuse = 'preferred' desc"
            )
            for number, cells in enumerate(found, 1):
                yield number, ["" if cell is None else str(cell) for cell in cells]
    except sqlite3.Error as error:
        raise ImportFailed(f"this is no distribution of Who's On First: {error}") from None
