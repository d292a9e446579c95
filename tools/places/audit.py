# ruff: noqa: T201
"""`make places-audit`: the records of the index that ships against the gazetteers in ../shared/data/gazetteer.

Lists the records that no second source knows, and those that stand more than FAR_KM from every namesake in their
country. A record is known by a name that the gazetteers have in its country, with a word of kind or without (ناحية هجين
is هجين), or else by the code of another gazetteer that it bears. Leaves with 0: the lists are for a person to read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from alerts.places.find import key_of
from alerts.places.gazetteer import Gazetteer
from alerts.places.importing import country_of
from alerts.places.merging import apart_km
from alerts.places.model import Place
from alerts.places.rows import Row, Source, clean
from alerts.places.tables import read_table

FAR_KM = 30.0
DATA = Path(__file__).parents[2] / "../shared/data/gazetteer"
FILES: tuple[tuple[str, Source, dict[str, str]], ...] = (
    ("syria_cod_pcodes.tsv", "cod", {}),
    ("iraq_open_admin_data.csv", "csv", {}),
    ("iraq_subdistricts_open_admin_data.json", "csv", {}),
    ("jordan_open_admin_data.csv", "csv", {}),
    ("yemen_open_admin_data.csv", "csv", {}),
    ("yemen_info_names.tsv", "csv", {}),
    ("wof_ar_names.tsv", "wof", {}),
    ("geonames_cities500_ar.tsv", "geonames", {}),
    ("dr5hn_states_ar.tsv", "csv", {"kind": "=governorate"}),
)
"""What is there, and how it is read. The town names of dr5hn are machine transliteration in part: not asked."""
CODES = {"ocha": "pcode", "geonames": "geonames"}
"""The code that a record of ours has from another source, by that source."""

Point = tuple[float, float]
Known = Mapping[tuple[str, str], Sequence[Point | None]]
"""Where places stand, by their country and the key of a name; None: the table does not say."""


class Finding(NamedTuple):
    """What the other gazetteers say of a record; `km` to its nearest namesake, where that is far."""

    verdict: str
    km: float = 0.0


def main() -> int:
    """Prints the two lists and a table of how many records each kind has in them."""
    if not DATA.is_dir():
        print(f"nothing to check against: {DATA} is not there")
        return 0
    known = read(DATA)
    covered = {country for country, _ in known}
    count: Counter[tuple[str, str]] = Counter()
    for place in sorted(Gazetteer.load(), key=lambda place: (place.parents[-1:], place.kind, place.id)):
        finding = find(place, known, covered)
        if finding.verdict == "unknown elsewhere":
            print(f"unknown\t{place.id}\t{place.name}\t{place.kind} {place.sort}\t{place.source}")
        elif finding.verdict == "far":
            print(f"far\t{place.id}\t{place.name}\t{place.kind}\t{finding.km:.0f} km from its nearest namesake")
        count[finding.verdict, place.kind] += 1
    for (verdict, kind), number in sorted(count.items()):
        print(f"{verdict:<18} {kind:<14} {number:>6}")
    return 0


def read(folder: Path) -> Known:
    """The places of all tables."""
    known: dict[tuple[str, str], list[Point | None]] = defaultdict(list)
    for name, source, mapping in FILES:
        with (folder / name).open("rb") as file:
            for row in read_table(file, source, mapping, country_of(name)).rows:
                if isinstance(row, Row):
                    point = None if row.lat is None or row.lon is None else (row.lat, row.lon)
                    for key in keys((row.name, *row.names)):
                        known[row.country, key].append(point)
    return known


def keys(names: Sequence[str]) -> set[str]:
    """The keys of names, also without a word of kind, hyphens and what stands in brackets."""
    plain = (re.sub(r"[-–]+", " ", re.sub(r"\([^()]*\)", " ", name)) for name in names)
    return {key_of(form) for name in plain for form in (name, *clean(name))} - {""}


def find(place: Place, known: Known, covered: set[str]) -> Finding:
    """What is said of a record by tables that cover these countries."""
    country = place.parents[-1] if place.parents else place.id
    if place.kind == "country" or country not in covered:
        return Finding("not asked")
    points = [point for key in keys((place.name, *place.names)) for point in known.get((country, key), ())]
    if not points:
        others = place.source.split("+")[1:]
        coded = any(CODES.get(source) in dict(place.codes) for source in others)
        return Finding("known by code" if coded else "unknown elsewhere")
    if place.lat is None or place.lon is None or not any(points):
        return Finding("known by name")
    km = min(apart_km((place.lat, place.lon), point) for point in points if point)
    return Finding("far", km) if km > FAR_KM else Finding("confirmed")


if __name__ == "__main__":
    sys.exit(main())
