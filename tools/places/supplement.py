"""The supplement: the places that we write down ourselves, read from alerts/places/data/supplement/*.yaml.

A file is a list of sections: `in:` names what they lie in by id, and lists of places follow under the name of their
kind (`KINDS`). A place is a text, `name | variant | variant`, or a mapping that says more (`_KEYS`) and may hold lists
of its own. An id is written where there is an official one; otherwise it is made from the id above and the name.
`source:`, of a place or of what holds it, names the list that its name is from, where that is not us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from alerts.places.find import key_of
from alerts.places.model import Kind, Place

KINDS: Mapping[str, tuple[Kind, str]] = {
    "countries": ("country", ""),
    "governorates": ("governorate", ""),
    "districts": ("district", ""),
    "subdistricts": ("subdistrict", ""),
    "towns": ("town", ""),
    "quarters": ("neighbourhood", ""),
    "camps": ("site", "camp"),
    "crossings": ("site", "crossing"),
    "bases": ("site", "base"),
    "airports": ("site", "airport"),
    "ports": ("site", "port"),
    "fronts": ("site", "front"),
    "regions": ("site", "region"),
    "rivers": ("site", "river"),
    "seas": ("site", "sea"),
    "lakes": ("site", "lake"),
    "mountains": ("site", "mountain"),
    "islands": ("site", "island"),
    "deserts": ("site", "desert"),
    "valleys": ("site", "valley"),
    "dams": ("site", "dam"),
    "fields": ("site", "field"),
    "plants": ("site", "plant"),
    "prisons": ("site", "prison"),
    "shrines": ("site", "shrine"),
    "squares": ("site", "square"),
    "roads": ("site", "road"),
    "settlements": ("town", "settlement"),
    "ruins": ("site", "ruin"),
    "palaces": ("site", "palace"),
    "hospitals": ("site", "hospital"),
    "universities": ("site", "university"),
}
"""The lists that a section may hold: what kind their places are, and which sort."""
_KEYS = {"id", "name", "admin1", "pcode", "also_in", "holds", "common", "town", "geonames", "source", *KINDS}
_OURS = "ours"
_CODED = {"pcode": "ocha", "geonames": "geonames"}
"""The keys by which an entry has the code of another gazetteer, and that gazetteer as a source."""

_LETTERS = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءؤئ",
        "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a  w y".replace("  ", " - ").split(" "),
        strict=True,
    )
)


class SupplementError(Exception):
    """A mistake in the supplement; the text names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the supplement; its `source` is "ours", with what else its name or code is from. `admin1`: GeoNames'
    code of the same division; `holds`: ids of places elsewhere in the tree that lie in it too; `common`: its names are
    common words; `town`: the town of the same name, where GeoNames has one, is this very place, and not a place within
    it; `geonames`: the number there of a town (a district's is a code of the place already)."""

    place: Place
    admin1: str = ""
    holds: tuple[str, ...] = ()
    common: bool = False
    town: bool = False
    geonames: str = ""


def read(folder: Path) -> list[Entry]:
    """All entries, what lies above before what lies below. Raises SupplementError."""
    entries: dict[str, Entry] = {}
    sections = [
        (path.name, section)
        for path in sorted(folder.glob("*.yaml"), key=lambda path: (path.name not in _FIRST, path.name))
        for section in yaml.safe_load(path.read_text("utf-8"))
    ]
    for name, section in sections:
        above = section.get("in", "")
        for entry in _inside(name, section, above, above, entries):
            entries[entry.place.id] = entry
    for entry in entries.values():
        for id in (*entry.place.parents, *entry.place.also_in, *entry.holds):
            if id not in entries and len(id) != 2:
                raise SupplementError(f"{entry.place.name} ({entry.place.id}): there is no {id}")
    return list(entries.values())


_FIRST = ("governorates.yaml",)


def _inside(
    file: str, holder: Mapping[str, Any], above: str, official: str, taken: Mapping[str, Entry]
) -> Iterator[Entry]:
    """The entries of one section or place. `official` is the nearest id above that is not of our making."""
    for key, (kind, sort) in KINDS.items():
        for item in holder.get(key) or ():
            fields = item if isinstance(item, dict) else {"name": item}
            unknown = fields.keys() - _KEYS
            if unknown or not isinstance(fields.get("name"), str):
                raise SupplementError(f"{file}: {item!r}: {unknown or 'no name'}; the keys are {sorted(_KEYS)}")
            name, *variants = (part.strip() for part in fields["name"].split("|"))
            town_number = "" if kind == "district" else str(fields.get("geonames", ""))
            coded = {
                key: str(fields[key]) for key in _CODED if key in fields and not (key == "geonames" and town_number)
            }
            codes = dict(coded)
            source = fields.get("source") or holder.get("source")
            sources = dict.fromkeys((_OURS, *([source] if source else []), *(_CODED[key] for key in coded)))
            given = fields.get("id") or fields.get("pcode")
            id = given or _made(official, above, name, sort or kind, taken)
            if id in taken:
                raise SupplementError(f"{file}: {name}: {id} stands there twice")
            if kind in ("country", "governorate") and ".X-" not in id and "-X-" not in id:
                codes["iso"] = id
            place = Place(
                id=id,
                name=name,
                kind=kind,
                parents=(above,) if above else (),
                names=tuple(variants),
                sort=sort,
                also_in=tuple(str(fields.get("also_in", "")).split()),
                codes=tuple(sorted(codes.items())),
                source="+".join(sources),
            )
            holds = tuple(str(fields.get("holds", "")).split())
            common = bool(fields.get("common"))
            admin1, town = str(fields.get("admin1", "")), bool(fields.get("town"))
            yield Entry(place, admin1, holds, common, town, town_number)
            yield from _inside(file, fields, id, id if given else official, taken)


def _made(official: str, above: str, name: str, sort: str, taken: Mapping[str, Entry]) -> str:
    """The id of a place without one: under the nearest official id, with what it is or lies in where that is taken."""
    latin = romanised(name)
    ending = "" if sort in ("town", "neighbourhood") else f".{sort}"
    ids = (f"{official}.{latin}{ending}", f"{above}.{latin}{ending}", f"{official}.{latin}.{sort}")
    return next((id for id in ids if id not in taken), ids[0])


def romanised(name: str) -> str:
    """A name in Latin letters for use in an id: letter for letter, words joined by hyphens."""
    words = key_of(name).split()
    return "-".join("".join(_LETTERS.get(letter, letter) for letter in word).replace("-", "") for word in words)
