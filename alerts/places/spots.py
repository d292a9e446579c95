"""Spot: a place with what articles say of it: how often, why it was taken for one, in which articles, and where it is
drawn. What a map shows; how it shows it is `chart.py`'s and `map.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from alerts.places.model import Place, PlaceHit
from alerts.places.position import Position, position_of

if TYPE_CHECKING:
    from alerts.places.gazetteer import Gazetteer

REASONS: Final = 3
"""Reasons shown for a place, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Article:
    """What names a place. Both are the source's own, and hostile; `url` is "" where it has none."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of some articles: `path` for people (البوكمال، دير الزور، سوريا), `mentions` in all, the articles in the
    order in which they came. `position` None: nowhere on a map, unless it is a country."""

    place: Place
    path: str
    position: Position | None
    mentions: int
    reasons: tuple[str, ...]
    articles: tuple[Article, ...]


@dataclass(slots=True)
class _Gathered:
    place: Place
    reasons: Counter[str] = field(default_factory=Counter)
    articles: list[Article] = field(default_factory=list)


def gather(found: Iterable[tuple[Article, Sequence[PlaceHit]]], gazetteer: Gazetteer) -> tuple[Spot, ...]:
    """The places of articles, each once, the most mentioned first (then by id)."""
    known: dict[str, _Gathered] = {}
    for article, hits in found:
        here: set[str] = set()
        for hit in hits:
            one = known.setdefault(hit.place.id, _Gathered(hit.place))
            one.reasons[hit.reason] += 1
            if hit.place.id not in here:
                here.add(hit.place.id)
                one.articles.append(article)
    spots = [
        Spot(
            place=one.place,
            path=gazetteer.path_of(one.place),
            position=position_of(one.place, gazetteer),
            mentions=one.reasons.total(),
            reasons=tuple(reason for reason, _ in one.reasons.most_common(REASONS) if reason),
            articles=tuple(one.articles),
        )
        for one in known.values()
    ]
    return tuple(sorted(spots, key=lambda spot: (-spot.mentions, spot.place.id)))
