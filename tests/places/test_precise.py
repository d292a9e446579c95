"""A message shows the smallest place that an article names."""

from __future__ import annotations

import pytest

from alerts.places.model import Kind, Place, PlaceHit
from alerts.places.precise import most_precise


def hit(id: str, kind: Kind, sort: str = "") -> PlaceHit:
    return PlaceHit("text", 0, 1, id, Place(id, id, kind, sort=sort))


COUNTRY, GOVERNORATE, TOWN, OTHER = hit("c", "country"), hit("g", "governorate"), hit("t", "town"), hit("o", "town")
AIRPORT, RIVER = hit("a", "site", "airport"), hit("r", "site", "river")


@pytest.mark.parametrize(
    ("hits", "shown"),
    [
        ([COUNTRY, GOVERNORATE, TOWN], TOWN),
        ([TOWN, OTHER], TOWN),
        ([OTHER, TOWN], OTHER),
        ([TOWN, AIRPORT], AIRPORT),
        ([RIVER, GOVERNORATE], GOVERNORATE),
        ([COUNTRY, RIVER], RIVER),
        ([], None),
    ],
)
def test_the_smallest_place_is_shown_and_of_equals_the_first(hits: list[PlaceHit], shown: PlaceHit | None) -> None:
    assert most_precise(hits) == shown
