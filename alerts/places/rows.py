"""Row: a place as a line of a public gazetteer has it, in one form for all tables, and what a cell may hold.

What columns a table has is for `tables.py`; whether a row is a known place is for `merging.py`. A cell is hostile
input: what is kept of it is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, cast

from alerts.places.model import Kind

Source = Literal["cod", "geonames", "wof", "csv"]
SOURCES: Final[tuple[Source, ...]] = ("cod", "geonames", "wof", "csv")
MAX_NAME: Final = 80
"""Characters of a name; what is longer is a description."""
MAX_NAMES: Final = 12
"""Names of one row."""
MAX_CODE: Final = 64
"""Characters of a code; the longest of the schemes known here has 20."""
VILLAGE: Final = 5_000
"""People from which a locality is a town; those of the gazetteer that ships begin there."""

_ARABIC = re.compile("[ء-ي]")
_MARKS = re.compile("[\u064b-\u0652\u0670ـ\u200c-\u200f\u202a-\u202e\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_GENERIC = re.compile("^(?:محافظة|ولاية|منطقة|مديرية|ناحية|قضاء|لواء|بلدية|مدينة|بلدة|قرية) (?=[ء-ي]{2})")
_LEVELS: Final[Mapping[str, tuple[Kind, str]]] = {
    word: (cast(Kind, kind), sort)
    for kind, sort, words in (
        ("country", "", "country pcli بلد دولة adm0"),
        (
            "governorate",
            "",
            "governorate governorates region regions state states province provinces admin1 adm1 level1 محافظة ولاية"
            " إمارة emirate department prefecture canton oblast republic voivodship territory land entity parish"
            " commune division administration community area",
        ),
        ("district", "", "district districts county admin2 adm2 level2 municipality قضاء منطقة مديرية لواء بلدية"),
        ("subdistrict", "", "subdistrict subdistricts sub-district localadmin admin3 adm3 level3 uzaal ناحية عزلة"),
        ("town", "", "town city ppla ppla2 ppla3 pplc pplg capital settlement مدينة بلدة"),
        (
            "town",
            "village",
            "village villages locality localities ppl ppla4 ppla5 pplf pplr ppls pplw admin4 adm4 level4 قرية",
        ),
        ("neighbourhood", "", "neighbourhood neighborhood borough macrohood microhood quarter pplx section حي"),
        ("site", "airport", "airp airb airf campus airport"),
        ("site", "camp", "camp pplq rfgc pplcmp"),
        ("site", "", "site"),
    )
    for word in words.split()
}
"""What the tables' own words for a level come to."""


class ImportFailed(Exception):
    """A file that cannot be imported as a whole; the text says what is wrong and what would be right."""


class Row(NamedTuple):
    """A place of a table; `line` of the file, from 1. `codes` by the name of their scheme (`pcode`, `geonames`, `wof`,
    `wikidata`, `file`: the file's own); `parent` is such a code of what it lies in, `parent_name` its name; `lat`,
    `lon` in degrees WGS 84."""

    line: int
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
    """A line that is not taken: its number in the file, from 1, why, and what of it was at fault, where that
    differs from line to line."""

    line: int
    reason: str
    detail: str = ""


def clean(name: str) -> tuple[str, ...]:
    """A name as it is kept: without marks and doubled spaces, and without the word for what it is (قرية، ناحية), with
    which it comes second; nothing where it is no Arabic name."""
    plain = " ".join(_CONTROL.sub(" ", _MARKS.sub("", name)).split()).strip(" .،,;:*-()\"'")
    if not _ARABIC.search(plain) or len(plain) > MAX_NAME or "|" in plain or len(plain) < 2:
        return ()
    bare = _GENERIC.sub("", plain)
    return (plain,) if bare == plain else (bare, plain)


def kind_of(word: str) -> tuple[Kind, str] | None:
    """The kind and sort of a place that a table calls `word`, by the whole or, of several words (autonomous region),
    the last; None: nothing that is kept."""
    word = word.strip().lower()
    return _LEVELS.get(word) or _LEVELS.get(f"level{word}") or _LEVELS.get(word.rpartition(" ")[2])


def number_of(text: str) -> float | None:
    """A number as written; None where it is none, or beyond what a table of places counts."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if -1e12 < number < 1e12 else None


def point_of(lat: str, lon: str) -> tuple[float | None, float | None]:
    """Coordinates in degrees; none where they are out of range, or 0, 0, which tables write for unknown."""
    north, east = number_of(lat), number_of(lon)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180) or (north, east) == (0, 0):
        return None, None
    return round(north, 5), round(east, 5)


def codes_of(codes: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Of codes by scheme, those that are codes: printable, of one word, not overlong."""
    return tuple(
        (scheme, code)
        for scheme, code in codes
        if code and len(code) <= MAX_CODE and code.isprintable() and " " not in code
    )
