"""Precise: of several places that an article names, the one that a message shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from alerts.places.model import Kind, PlaceHit

_DEPTH: Final[Mapping[Kind, int]] = {
    "country": 0,
    "governorate": 2,
    "district": 3,
    "subdistrict": 4,
    "town": 5,
    "neighbourhood": 6,
    "site": 6,
}
_WIDE: Final = frozenset(["region", "sea", "river", "desert", "mountain", "valley", "lake", "front", "road"])
"""Sorts of sites that hold many towns: less precise than any of them, more than a country."""


def most_precise(hits: Iterable[PlaceHit]) -> PlaceHit | None:
    """The hit whose place is the smallest; of equals the one that is named first. None: there are no hits.

    Its path for people is `Gazetteer.path_of(hit.place)`: البوكمال، دير الزور، سوريا.
    """
    return max(hits, key=lambda hit: 1 if hit.place.sort in _WIDE else _DEPTH[hit.place.kind], default=None)
