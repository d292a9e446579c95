"""Precise: of several places that an article names, the one that a message shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from alerts.places.model import Kind, PlaceHit
from alerts.rules.model import Evidence

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


def most_precise(
    hits: Iterable[PlaceHit], evidence: Sequence[Evidence] = (), lead_end: int | None = None
) -> PlaceHit | None:
    """The hit whose place is the smallest; of equals the one that is named first. None: there is none to choose from.

    Those by which a rule's `where` is met (`evidence`) go before those of the title and of the text up to `lead_end`
    (code points; None: the whole text); a place named further down is not where the story happens.
    Its path for people is `Gazetteer.path_of(hit.place)`: البوكمال، دير الزور، سوريا.
    """
    met = {(one.field, one.end) for one in evidence if one.place is not None}

    def is_met(hit: PlaceHit) -> bool:
        return (hit.field, hit.end) in met

    def is_early(hit: PlaceHit) -> bool:
        return hit.field == "title" or lead_end is None or hit.start < lead_end

    def rank(hit: PlaceHit) -> tuple[bool, int]:
        return is_met(hit), 1 if hit.place.sort in _WIDE else _DEPTH[hit.place.kind]

    return max((hit for hit in hits if is_met(hit) or is_early(hit)), key=rank, default=None)
