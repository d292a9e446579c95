"""Regions: a gazetteer with the places that a rules file adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from alerts.places.find import key_of
from alerts.places.model import Place

if TYPE_CHECKING:
    from alerts.places.resolve import Places


def with_regions(gazetteer: Places, regions: Sequence[Place]) -> Places:
    """The gazetteer, knowing `regions` too; itself where there are none."""
    return _WithRegions(gazetteer, regions) if regions else gazetteer


class _WithRegions:
    """What `resolve.py` asks of a gazetteer, the regions first."""

    def __init__(self, gazetteer: Places, regions: Sequence[Place]) -> None:
        self._gazetteer = gazetteer
        self._regions = {place.id: place for place in regions}

    def place(self, id: str) -> Place:
        return self._regions.get(id) or self._gazetteer.place(id)

    def names(self) -> Mapping[str, tuple[str, ...]]:
        names = dict(self._gazetteer.names())
        for id, place in self._regions.items():
            for key in dict.fromkeys(map(key_of, (place.name, *place.names))):
                names[key] = (id, *names.get(key, ()))
        return names

    def is_common(self, name: str) -> bool:
        return self._gazetteer.is_common(name)

    def above(self, id: str) -> frozenset[str]:
        region = self._regions.get(id)
        if region is None:
            return self._gazetteer.above(id)
        return frozenset(region.parents).union(*map(self._gazetteer.above, region.parents))
