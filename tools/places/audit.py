# ruff: noqa: T201
"""`make places-audit`: the records of the index that ships against the gazetteers in ../shared/data/gazetteer.

Lists the records that no second source knows by any of their names in that country, and those that stand more than
FAR_KM from every namesake in it. Leaves with 0: the lists are for a person to read.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from alerts.places.find import key_of
from alerts.places.gazetteer import Gazetteer
from alerts.places.importing import country_of
from alerts.places.index import keys_of
from alerts.places.merging import apart_km
from alerts.places.rows import Row, Source
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


def main() -> int:
    """Prints the two lists and a table of how many records each kind has in them."""
    if not DATA.is_dir():
        print(f"nothing to check against: {DATA} is not there")
        return 0
    known: dict[tuple[str, str], list[tuple[float, float] | None]] = defaultdict(list)
    for name, source, mapping in FILES:
        with (DATA / name).open("rb") as file:
            for row in read_table(file, source, mapping, country_of(name)).rows:
                if isinstance(row, Row):
                    point = None if row.lat is None or row.lon is None else (row.lat, row.lon)
                    for key in {key_of(name) for name in (row.name, *row.names)}:
                        known[row.country, key].append(point)
    covered = {country for country, _ in known}
    count: Counter[tuple[str, str]] = Counter()
    for place in sorted(Gazetteer.load(), key=lambda place: (place.parents[-1:], place.kind, place.id)):
        country = place.parents[-1] if place.parents else place.id
        if place.kind == "country" or country not in covered:
            count["not asked", place.kind] += 1
            continue
        points = [point for key in keys_of(place) for point in known.get((country, key), ())]
        if not points:
            verdict = "unknown elsewhere"
            print(f"unknown\t{place.id}\t{place.name}\t{place.kind} {place.sort}\t{place.source}")
        elif place.lat is not None and place.lon is not None and any(points):
            km = min(apart_km((place.lat, place.lon), point) for point in points if point)
            verdict = "far" if km > FAR_KM else "confirmed"
            if verdict == "far":
                print(f"far\t{place.id}\t{place.name}\t{place.kind}\t{km:.0f} km from its nearest namesake")
        else:
            verdict = "known by name"
        count[verdict, place.kind] += 1
    for (verdict, kind), number in sorted(count.items()):
        print(f"{verdict:<18} {kind:<14} {number:>6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
