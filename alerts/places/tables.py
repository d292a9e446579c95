"""Tables: the public gazetteers that an operator downloads, read row by row into one form.

Each reader takes a file as it is published (docs/places.md) and yields a `Row` for each place that has an Arabic name,
or a `Skip` for each row that cannot be one, with the reason in words. What a row is merged with is for `merging.py`.
A file is hostile input: a row is bounded, a broken one is skipped, and nothing is read twice.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

from alerts.places.arabic_names import arabic_names
from alerts.places.model import Kind

Source = Literal["cod", "geonames", "wof", "csv"]
SOURCES: Final[tuple[Source, ...]] = ("cod", "geonames", "wof", "csv")
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
MAX_LINE: Final = 1 << 20
"""Bytes of a line; GeoNames' longest, with all names of a capital, has 20,000."""
MAX_JSON: Final = 256 << 20
"""Bytes of a JSON file, which must be read whole; the largest of open-admin-data has 4 million."""
MAX_NAME: Final = 80
"""Characters of a name; what is longer is a description."""

_ARABIC = re.compile("[ء-ي]")
_MARKS = re.compile("[\u064b-\u0652\u0670ـ\u200c-\u200f\u202a-\u202e\ufeff]")
_GENERIC = re.compile("^(?:محافظة|ولاية|منطقة|مديرية|ناحية|قضاء|لواء|بلدية|مدينة|بلدة|قرية) (?=[ء-ي]{2})")
_COUNTRY = re.compile("[A-Z]{2}")
_KINDS: Final[Mapping[str, tuple[Kind, str]]] = {
    word: (cast(Kind, kind), sort)
    for kind, sort, words in (
        ("country", "", "country pcli بلد دولة adm0"),
        ("governorate", "", "governorate governorates region state province admin1 adm1 محافظة ولاية level1"),
        ("district", "", "district districts county admin2 adm2 قضاء منطقة مديرية municipality بلدية level2"),
        ("subdistrict", "", "subdistrict sub-district localadmin admin3 adm3 ناحية uzaal عزلة level3"),
        ("town", "", "town city ppla ppla2 ppla3 pplc pplg مدينة بلدة"),
        (
            "town",
            "village",
            "village villages locality localities ppl ppla4 ppla5 pplf pplr ppls pplw admin4 adm4 level4 قرية",
        ),
        ("neighbourhood", "", "neighbourhood neighborhood borough macrohood microhood quarter pplx حي"),
        ("site", "airport", "airp airb airf campus airport"),
        ("site", "camp", "camp pplq rfgc pplcmp"),
        ("site", "", "site"),
    )
    for word in words.split()
}


class ImportFailed(Exception):
    """A file that cannot be imported as a whole; the text says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Row:
    """A place of a table. `codes` by the name of their scheme (`pcode`, `geonames`, `wof`, `wikidata`, `file`: the
    file's own); `parent` is such a code of what it lies in, `parent_name` its name; `lat`, `lon` in degrees WGS 84."""

    name: str
    kind: Kind
    sort: str
    country: str
    names: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    population: int = 0
    codes: tuple[tuple[str, str], ...] = ()
    parent: str = ""
    parent_name: str = ""


class Skip(NamedTuple):
    """A row that is not taken: its number in the file, from 1, and why."""

    line: int
    reason: str


Reader = Iterator["Row | Skip"]


def read(path: Path, source: Source, mapping: Mapping[str, str] | None = None) -> Reader:
    """The rows of a file. `mapping` names the columns of a `csv` (FIELDS). Raises ImportFailed, OSError."""
    unknown = set(mapping or ()) - set(FIELDS)
    if unknown:
        raise ImportFailed(f"no such field: {', '.join(sorted(unknown))}; the fields are {', '.join(FIELDS)}")
    if source == "wof" and path.open("rb").read(15) == b"SQLite format 3":
        return _wof_base(path)
    numbered = _records(path, _GEONAMES_DUMP if source == "geonames" else ())
    first = next(numbered, None)
    if first is None:
        raise ImportFailed(f"{path.name}: the file holds no rows")
    columns = list(first[1]) if isinstance(first, tuple) and not isinstance(first, Skip) else []
    records = chain([first], numbered)
    if source == "cod":
        return _cod(records, columns)
    return _plain(records, columns, source, dict(mapping or {}))


def _text(path: Path) -> Iterator[str | Skip]:
    """The lines of a file: UTF-8, or UTF-16 with its mark; a line that is neither is skipped."""
    with path.open("rb") as file:
        if file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield from io.TextIOWrapper(file, "utf-16", errors="replace", newline="")
            return
        number = broken = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                raise ImportFailed(f"{path.name}: line {number} is longer than {MAX_LINE:,} bytes; no table has such")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                broken += 1
                yield Skip(number, "the line is not UTF-8")
        if broken and broken * 2 > number:
            raise ImportFailed(
                f"{path.name}: {broken} of {number} lines are not UTF-8; convert it first, e.g. "
                f"iconv -f WINDOWS-1256 -t UTF-8 {path.name} > utf8-{path.name}"
            )


def _records(path: Path, header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]] | Skip]:
    """The records of a table or of a JSON list, each with its line (or place in the list), from 1. `header` are the
    columns of a form that is published without them."""
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        yield from _json_records(path)
        return
    skipped: list[Skip] = []

    def lines() -> Iterator[str]:
        for line in _text(path):
            if isinstance(line, Skip):
                skipped.append(line)
            elif "\0" in line:
                skipped.append(Skip(0, "the line holds null characters"))
            elif not line.startswith("#"):
                yield line

    body = lines()
    first = next(body, "")
    tabs = first.count("\t") >= max(first.count(","), first.count(";"), 1)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    text = chain([first], body)
    reader = csv.reader(text, "excel-tab", quoting=csv.QUOTE_NONE) if tabs else csv.reader(text, delimiter=delimiter)
    columns: list[str] = []
    if header and len(next(csv.reader([first], delimiter="\t", quoting=csv.QUOTE_NONE), [])) == len(header):
        columns = list(header)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            yield from skipped
            return
        except csv.Error as error:
            yield Skip(reader.line_num, f"the line cannot be read: {error}")
            continue
        if skipped:
            yield from skipped
            skipped.clear()
        if not columns:
            columns = [cell.strip() for cell in cells]
            if len(set(columns)) != len(columns):
                columns = [name if columns.index(name) == at else f"{name}.{at}" for at, name in enumerate(columns)]
        elif any(cells):
            if len(cells) > len(columns) + 1 or len(cells) < len(columns) // 2:
                yield Skip(reader.line_num, f"{len(cells)} cells where the header has {len(columns)}")
            else:
                yield reader.line_num, dict(zip(columns, cells, strict=False))


def _json_records(path: Path) -> Iterator[tuple[int, dict[str, str]] | Skip]:
    if path.stat().st_size > MAX_JSON:
        raise ImportFailed(f"{path.name}: more than {MAX_JSON >> 20} MB of JSON; write it as CSV")
    try:
        items = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ImportFailed(f"{path.name}: this JSON cannot be read: {error}") from None
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield number, dict(_flat("", item, 0))
        else:
            yield Skip(number, "not an object")


def _flat(prefix: str, item: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        if isinstance(value, dict) and depth < 4:
            yield from _flat(f"{prefix}{key}.", value, depth + 1)
        elif isinstance(value, str | int | float):
            yield f"{prefix}{key}", str(value)


# ---- one row


def _cell(record: Mapping[str, str], column: str) -> str:
    return (record.get(column) or "").strip()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if -1e12 < number < 1e12 else None


def _point(lat: str, lon: str) -> tuple[float | None, float | None]:
    north, east = _number(lat), _number(lon)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180) or (north, east) == (0, 0):
        return None, None
    return round(north, 5), round(east, 5)


def clean(name: str) -> tuple[str, ...]:
    """A name as it is kept: without marks and doubled spaces, and without the word for what it is (قرية، ناحية), with
    which it comes second; nothing where it is no Arabic name."""
    plain = " ".join(_MARKS.sub("", name).split()).strip(" .،,;:*-()\"'")
    if not _ARABIC.search(plain) or len(plain) > MAX_NAME or "|" in plain or len(plain) < 2:
        return ()
    bare = _GENERIC.sub("", plain)
    return (plain,) if bare == plain else (bare, plain)


def _kind(word: str) -> tuple[Kind, str] | None:
    word = word.strip().lower()
    return _KINDS.get(word) or _KINDS.get(f"level{word}")


# ---- OCHA COD: a column for the name and the P-code of each level

_COD_LEVELS: Final = (
    ("governorate", "", ("admin1Name_ar", "ADM1_AR", "gov_ar"), ("admin1Pcode", "ADM1_PCODE", "gov_pcode")),
    ("district", "", ("admin2Name_ar", "ADM2_AR", "dist_ar"), ("admin2Pcode", "ADM2_PCODE", "dist_pcode")),
    ("subdistrict", "", ("admin3Name_ar", "ADM3_AR", "sub_ar"), ("admin3Pcode", "ADM3_PCODE", "sub_pcode")),
    ("town", "village", ("admin4Name_ar", "ADM4_AR", "PPL_AR", "loc_ar"),
     ("admin4Pcode", "ADM4_PCODE", "PPL_PCODE", "loc_pcode")),
)  # fmt: skip
_LATS = ("lat", "latitude", "point_y", "y", "geo.lat", "center_lat")
_LONS = (
    "lon",
    "lng",
    "longitude",
    "LONGITUDE",
    "Longitude",
    "LON",
    "LONG",
    "POINT_X",
    "x",
    "X",
    "geo.lon",
    "center_lon",
)


def _first_of(columns: Sequence[str], known: Iterable[str]) -> str:
    lower = {column.lower(): column for column in reversed(columns)}
    return next((lower[name.lower()] for name in known if name.lower() in lower), "")


def _cod(records: Iterable[tuple[int, dict[str, str]] | Skip], columns: Sequence[str]) -> Reader:
    levels = [
        (cast(Kind, kind), sort, _first_of(columns, names), _first_of(columns, codes))
        for kind, sort, names, codes in _COD_LEVELS
    ]
    present = [level for level in levels if level[2] and level[3]]
    if not present:
        raise ImportFailed(
            "missing columns: a COD table has an Arabic name and a P-code for each level, e.g. ADM1_AR and ADM1_PCODE, "
            f"or admin1Name_ar and admin1Pcode; this file has {', '.join(columns[:12]) or 'none'}"
        )
    lat, lon = _first_of(columns, _LATS), _first_of(columns, _LONS)
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Skip):
            yield record
            continue
        line, cells = record
        parent = ""
        country = ""
        for at, (kind, sort, name_column, code_column) in enumerate(present):
            code, names = _cell(cells, code_column), clean(_cell(cells, name_column))
            if not code:
                continue
            country = country or (code[:2].upper() if _COUNTRY.match(code[:2].upper()) else "")
            if code in seen and at < len(present) - 1:
                pass
            elif not names:
                yield Skip(line, "no Arabic name")
            elif not country:
                yield Skip(line, "the P-code begins with no country")
            else:
                seen.add(code)
                point = _point(_cell(cells, lat), _cell(cells, lon)) if at == len(present) - 1 else (None, None)
                yield Row(names[0], kind, sort, country, names[1:], *point, 0, (("pcode", code),), parent)
            parent = code if code in seen else parent


# ---- GeoNames, Who's On First, any table

_GEONAMES_DUMP: Final = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation",
    "dem", "timezone", "modification date",
)  # fmt: skip
_GUESSES: Final[Mapping[str, Sequence[str]]] = {
    "name": ("name_ar", "name.local", "ar_name", "arabic_name", "name_arabic", "الاسم", "اسم", "name"),
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


def _plain(
    records: Iterable[tuple[int, dict[str, str]] | Skip], columns: Sequence[str], source: Source, given: dict[str, str]
) -> Reader:
    missing = [column for column in given.values() if not column.startswith("=") and column not in columns]
    if missing:
        raise ImportFailed(f"missing columns: {', '.join(missing)}; this file has {', '.join(columns[:20])}")
    use = {field: given.get(field) or _first_of(columns, known) for field, known in _GUESSES.items()}
    if not use["name"] or (source != "csv" and not use["id"]):
        raise ImportFailed(
            f"missing columns: the name{'' if source == 'csv' else ' and the id'} of a place; this file has "
            f"{', '.join(columns[:20]) or 'none'}; say which it is with a mapping, e.g. name=NAME_AR"
        )
    names_column = given.get("names", "")

    def value(cells: Mapping[str, str], field: str) -> str:
        column = use[field]
        return column[1:] if column.startswith("=") else _cell(cells, column)

    def row(cells: Mapping[str, str]) -> Row | str:
        if _cell(cells, "is_current") == "0":
            return "no longer current"
        own = value(cells, "id")
        country = value(cells, "country").upper() or own[:2]
        if not _COUNTRY.fullmatch(country):
            return "no country; say which with a mapping, e.g. country==SY"
        names: tuple[str, ...]
        if "alternatenames" in cells:
            names = arabic_names(cells["name"], _cell(cells, "alternatenames").split(","), country)
        else:
            names = clean(value(cells, "name"))
        if not names:
            return "no Arabic name"
        extra = (part for text in re.split(r"[|;,،]", _cell(cells, names_column)) for part in clean(text))
        word = value(cells, "kind")
        kind = _kind(word) if word else ("town", "village")
        if kind is None:
            return f"not a kind of place that is kept: {word[:20]}"
        people = _number(value(cells, "population")) or 0
        codes = {
            "geonames": value(cells, "geonames"),
            "pcode": value(cells, "pcode"),
            "wikidata": _cell(cells, "wd_id"),
        }
        if source == "csv":
            codes["file"] = own
        elif source == "wof":
            codes["wof"] = own.removeprefix("wof:")
        return Row(
            names[0],
            kind[0],
            "" if kind[1] == "village" and people >= VILLAGE else kind[1],
            country,
            tuple(dict.fromkeys((*names[1:], *extra))),
            *_point(value(cells, "lat"), value(cells, "lon")),
            int(people),
            tuple((scheme, code) for scheme, code in codes.items() if code and " " not in code),
            value(cells, "parent"),
            next(iter(clean(value(cells, "parent_name"))), ""),
        )

    for record in records:
        if isinstance(record, Skip):
            yield record
            continue
        made = row(record[1])
        yield made if isinstance(made, Row) else Skip(record[0], made)


VILLAGE: Final = 5_000
"""People from which a locality is a town; those of the gazetteer that ships begin there."""


def _wof_base(path: Path) -> Reader:
    """A distribution of Who's On First in SQLite: the tables spr and names."""
    base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = base.execute(
            "select n.name, s.placetype, s.country, s.latitude, s.longitude, s.id, s.is_current from spr s"
            " join names n on n.id = s.id where n.language = 'ara' order by s.id, n.privateuse = 'preferred' desc"
        )
        columns = ("name_ar", "placetype", "cc", "lat", "lon", "id", "is_current")
        rows = ((at, dict(zip(columns, map(str, row), strict=True))) for at, row in enumerate(found, 1))
        yield from _plain(rows, columns, "wof", {})
    except sqlite3.Error as error:
        raise ImportFailed(f"{path.name}: no distribution of Who's On First: {error}") from None
    finally:
        base.close()
