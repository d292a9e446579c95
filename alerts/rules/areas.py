"""Areas: the places that an editor names, in `where`, `not_where` and `regions`, and what each stands for.

A name, an id or a P-code becomes a `Term` whose `places` are ids of the gazetteer; a region becomes the ids that it
gathers, or a place of its own. A name that the gazetteer lacks stays words, with a warning; one that may be several
places is a mistake, with the candidates shown. Which places a text names is for `alerts.places`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from alerts.places import demonyms
from alerts.places.choose import distance_km, fame
from alerts.places.model import Place
from alerts.rules.expression import Term
from alerts.rules.reader import Reader
from alerts.rules.yaml_nodes import List, Map, Node, Text

MOST_KM: Final = 500
"""Kilometres of the widest circle: beyond it, countries say it better."""
_SHOWN = 6
"""Candidates of an ambiguous name that a message shows."""
_FAR_BETTER_KNOWN = 30
"""Times as many people as a namesake has make a town the one that is meant: واشنطن is not the village in Utah."""
_KNOWN_PEOPLE = 100_000
"""People of a town that an editor may mean though a governorate has its name: طرابلس, not الرقة in Kuwait."""
_CIRCLE = re.compile(r"([0-9]{1,3}) ?(?:km|كم|كلم) (?:of|around|حول|من) (.+)")
_PCODE = re.compile(r"[A-Z]{2}[0-9]{2,10}|C[0-9]{4,6}")


class Atlas(Protocol):
    """What is asked of a gazetteer (`alerts.places.gazetteer`)."""

    def find(self, name: str) -> tuple[Place, ...]: ...
    def path_of(self, place: Place) -> str: ...
    def place(self, id: str) -> Place: ...
    def candidates(self, name: str) -> tuple[str, ...]: ...
    def __iter__(self) -> Iterator[Place]: ...


class Areas:
    """Reads the places of one file. `atlas` gives the gazetteer when the first place is read; None: there is none, and
    every place is words."""

    def __init__(self, reader: Reader, atlas: Callable[[], Atlas] | None, regions: Node | None = None) -> None:
        self.reader, self._atlas = reader, atlas
        self.own: list[Place] = []
        """The places that the file itself adds to the gazetteer."""
        self._regions: dict[str, tuple[str, ...]] = {}
        self._settled: dict[str, tuple[str, ...] | None] = {}
        if isinstance(regions, Map):
            if not regions.entries:
                reader.error(regions, "empty-list", owner="regions")
            for key, value in regions.entries:
                name = " ".join(key.value.split())
                self._regions[name] = self._region(name, value)
        elif regions is not None:
            reader.error(regions, "not-mapping", owner="regions")

    def term(self, term: Term, node: Node) -> Term:
        """The term of `where`, with the places that it stands for; without, where it is only words."""
        if term.exact or term.prefix or term.regex:
            return term
        places = self.ids(term.text, node)
        name = re.split("[،,]", term.text)[0].strip()
        return replace(term, text=name or term.text, places=places)

    def adjectives(self, term: Term) -> Iterator[Term]:
        """The terms that find the adjectives of a place of `where`, in all their forms."""
        if not term.places:
            return
        words = [w for id in term.places for w in demonyms.countries().get(id, ())]
        if not words and (word := demonyms.nisba(term.text)):
            words = [word]
        for word in words:
            yield replace(term, text=word, places=(), forms="all")

    def ids(self, name: str, node: Node) -> tuple[str, ...]:
        """What a name, an id, a P-code or a region stands for; empty, with a warning or a mistake, for what is none."""
        if name in self._regions:
            return self._regions[name]
        if self._atlas is None:
            return ()
        if name not in self._settled:
            self._settled[name] = self._find(name, node)
        places = self._settled[name]
        if places is None:
            self._settled.pop(name)  # said at each place where it stands
        return places or ()

    def _find(self, name: str, node: Node) -> tuple[str, ...] | None:
        atlas = self._atlas() if self._atlas else None
        found = atlas.find(name) if atlas else ()
        if not found and _PCODE.fullmatch(name):
            found = self._by_code(name)
        rivals = meant(found)
        if len(rivals) > 1 and atlas:
            shown = [f"{atlas.path_of(place)} ({place.id})" for place in rivals[:_SHOWN]]
            more = ["…"] if len(rivals) > _SHOWN else []
            example = atlas.path_of(rivals[0]).split("، ")
            better = f"{example[0]}، {example[-1]}" if len(example) > 1 else rivals[0].id
            self.reader.error(node, "place-ambiguous", name=name, candidates="; ".join(shown + more), example=better)
            return None
        if not rivals:
            self.reader.warn(node, "place-unknown", name=name)
            return None
        return (rivals[0].id,)

    def _by_code(self, code: str) -> tuple[Place, ...]:
        if self._atlas is None:
            return ()
        return tuple(place for place in self._atlas() if dict(place.codes).get("pcode") == code)[:1]

    # -- regions -----------------------------------------------------------------------------------------------

    def _region(self, name: str, node: Node) -> tuple[str, ...]:
        """The ids that a region gathers: of a list, of a circle, or of the place that it is itself."""
        if isinstance(node, List):
            return self._listed(node, name)
        entries = self.reader.mapping(node, f"regions.{name}", ("within", "names", "places"))
        if not isinstance(node, Map):
            return ()
        ids = self._listed(entries["places"].value, name) if "places" in entries else ()
        if "within" not in entries:
            if not ids:
                self.reader.error(node, "region-empty", name=name)
            return ids
        inside = entries["within"].value
        written = inside.value.strip() if isinstance(inside, Text) else ""
        if circle := _CIRCLE.fullmatch(written):
            return (*ids, *self._circle(inside, int(circle[1]), circle[2].strip()))
        text = self.reader.text(inside, "within", "within: SY")
        above = self.ids(text, inside) if text else ()
        names = [name]
        if "names" in entries:
            items = self.reader.items(entries["names"].value, "names", "بادية الشام")
            names += [said for item in items if (said := self.reader.text(item, "names", "names: […]"))]
        place = Place(f"region:{name}", name, "site", above[:1], tuple(names), "region", source="rules.yaml")
        self.own.append(place)
        return (*ids, place.id)

    def _listed(self, node: Node, name: str) -> tuple[str, ...]:
        ids: list[str] = []
        for item in self.reader.items(node, f"regions.{name}", "دير الزور"):
            if text := self.reader.text(item, name, "دير الزور"):
                ids += self.ids(text, item)
        return tuple(dict.fromkeys(ids))

    def _circle(self, node: Node, km: int, name: str) -> tuple[str, ...]:
        """The places of known coordinates around one; what only contains the circle is not in it."""
        if not 0 < km <= MOST_KM:
            self.reader.error(node, "circle-size", km=km, most=MOST_KM)
            return ()
        ids = self.ids(name, node)
        if self._atlas is None or not ids:
            return ids
        atlas = self._atlas()
        centre = _centre(atlas, ids[0])
        if centre is None:
            self.reader.error(node, "circle-centre", name=name)
            return ()
        around = (place for place in atlas if place.kind not in ("country", "governorate"))
        return (*ids, *(place.id for place in around if (d := distance_km(centre, place)) is not None and d <= km))


def _centre(atlas: Atlas, id: str) -> Place | None:
    """The place with that id, or the town of its name in it, that has coordinates."""
    place = atlas.place(id)
    namesakes = map(atlas.place, atlas.candidates(place.name))
    inside = (place, *(other for other in namesakes if id in other.parents))
    return next((one for one in inside if one.lat is not None), None)


def meant(found: Sequence[Place]) -> Sequence[Place]:
    """The candidates of a name that an editor may mean, the best known first: a country or governorate outdoes a
    town that few know, and a town one with far fewer people."""
    if len(found) < 2:
        return found
    first = max(found, key=fame)
    return [first, *(place for place in found if place is not first and not _outdone(place, first))]


def _outdone(place: Place, first: Place) -> bool:
    if place.kind in ("country", "governorate"):
        return False
    if first.kind in ("country", "governorate"):
        return place.population < _KNOWN_PEOPLE
    return place.population * _FAR_BETTER_KNOWN < first.population
