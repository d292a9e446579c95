"""A place is drawn where it is, or where it is said to be drawn; and its link to a map claims no more."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from alerts.places.gazetteer import Gazetteer
from alerts.places.model import Place
from alerts.places.position import Position, map_url, position_of


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def place(gazetteer: Gazetteer, name: str, kind: str) -> Place:
    """The place of that name and kind that lies in Syria or Palestine."""
    found = [gazetteer.place(id) for id in gazetteer.candidates(name)]
    return next(one for one in found if one.kind == kind and {"SY", "PS"} & {one.id, *one.parents})


@pytest.mark.parametrize(
    ("name", "kind", "at"),
    [
        ("دير الزور", "governorate", "دير الزور"),  # at the town of its name
        ("ريف دمشق", "governorate", "دوما"),  # which has none of its name: at its largest
        ("قطاع غزة", "site", "غزة"),  # a region holds governorates beside their country
        ("الحزام الأخضر", "neighbourhood", "البوكمال"),  # at the town that it lies in
        ("مطار دير الزور العسكري", "site", "دير الزور"),  # at the town of the governorate that it lies in
    ],
)
def test_what_has_no_coordinates_is_drawn_at_a_place_that_is_named(
    gazetteer: Gazetteer, name: str, kind: str, at: str
) -> None:
    position = position_of(place(gazetteer, name, kind), gazetteer)
    assert position is not None
    assert position.at is not None
    assert position.at.name == at
    assert (position.lat, position.lon) == (position.at.lat, position.at.lon)
    assert (position.inside is not None) == (name == "مطار دير الزور العسكري")  # only known to be in a governorate


def test_a_town_with_coordinates_is_drawn_there(gazetteer: Gazetteer) -> None:
    town = place(gazetteer, "البوكمال", "town")
    assert position_of(town, gazetteer) == Position(town.lat or 0, town.lon or 0)


@pytest.mark.parametrize("name", ["سوريا", "نهر الفرات", "البحر الأحمر"])
def test_a_country_a_river_and_a_sea_are_no_point(gazetteer: Gazetteer, name: str) -> None:
    (found,) = (one for one in gazetteer.find(name) if one.kind in ("country", "site"))
    assert position_of(found, gazetteer) is None


def test_no_place_of_the_gazetteer_is_drawn_in_another_country_than_its_own(gazetteer: Gazetteer) -> None:
    strays = [
        (one.id, position.at.id)
        for one in gazetteer
        if (position := position_of(one, gazetteer)) and position.at and one.parents
        if one.parents[-1] != (position.at.parents or (position.at.id,))[-1]
    ]
    assert strays == []


def test_a_link_marks_the_spot_only_where_it_is_known() -> None:
    town = Place("t", "بلدة", "town", lat=34.5, lon=40.9)
    known = urlsplit(map_url(town, Position(34.5, 40.9)))
    apart = urlsplit(map_url(Place("q", "حي", "neighbourhood"), Position(34.5, 40.9, town)))
    assert (known.scheme, known.netloc) == (apart.scheme, apart.netloc) == ("https", "www.openstreetmap.org")
    assert (known.query, known.fragment) == ("mlat=34.50000&mlon=40.90000", "map=12/34.50000/40.90000")
    assert (apart.query, apart.fragment) == ("", "map=10/34.50000/40.90000")
