"""A message shows the smallest place that an article names."""

from __future__ import annotations

import pytest

from alerts.places.model import Kind, Place, PlaceHit
from alerts.places.precise import most_precise
from alerts.rules.model import Evidence


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


def test_what_met_the_rule_goes_first_and_then_what_stands_early() -> None:
    early, late = PlaceHit("text", 3, 8, "", TOWN.place), PlaceHit("text", 90, 95, "", AIRPORT.place)
    title = PlaceHit("title", 90, 95, "", COUNTRY.place)
    assert most_precise([early, late], lead_end=50) == early
    assert most_precise([late, title], lead_end=50) == title
    assert most_precise([early, late], [Evidence("text", 90, 95, "", place="x")], lead_end=50) == late
    assert most_precise([early, late], [Evidence("text", 90, 95, "", term="x")], lead_end=50) == early
    assert most_precise([late], lead_end=50) is None  # named far down, it is not where the story happens
