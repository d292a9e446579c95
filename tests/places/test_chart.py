"""The drawing: a view that fits, lands cut to it, names that cover nothing."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.places import chart
from alerts.places.arabic_names import REGION
from alerts.places.chart import PAPERS, Sayings, draw, radius_of
from alerts.places.gazetteer import Gazetteer
from alerts.places.labels import Box, Labels, around
from alerts.places.model import Kind, Place
from alerts.places.outlines import SHIPPED, Outlines, Ring, read, shipped
from alerts.places.position import Position
from alerts.places.spots import Article, Spot
from alerts.places.view import LEAST_SPAN, View, size_of, view_of

WIDE, NARROW = PAPERS
SAID = Sayings(
    "خريطة", "{km} كم", "{name} (محافظة {area})", lambda spot: spot.place.name, lambda spot: f"#{spot.place.id}"
)
SQUARES = Outlines(
    {
        "SY": (((36.0, 33.0), (42.0, 33.0), (42.0, 37.0), (36.0, 37.0)),),
        "FR": (((-2.0, 43.0), (6.0, 43.0), (6.0, 50.0), (-2.0, 50.0)),),
    }
)
NAMES = {"SY": "سوريا", "FR": "فرنسا"}


def spot(
    id: str,
    lat: float,
    lon: float,
    mentions: int = 1,
    kind: Kind = "town",
    country: str = "SY",
    at: Place | None = None,
) -> Spot:
    return Spot(Place(id, id, kind, (country,)), id, Position(lat, lon, at), mentions, (), (Article("خبر"),))


def country(code: str, mentions: int = 1) -> Spot:
    return Spot(Place(code, NAMES[code], "country"), NAMES[code], None, mentions, (), (Article("خبر"),))


def contains(ring: Ring, lon: float, lat: float) -> bool:
    sides = zip(ring, (*ring[1:], ring[0]), strict=True)
    crossed = [x1 + (lat - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in sides if (y1 > lat) != (y2 > lat)]
    return sum(x > lon for x in crossed) % 2 == 1


# -- outlines ------------------------------------------------------------------------------------------------------


def test_the_outlines_that_ship_are_small_and_hold_every_country_of_the_region() -> None:
    assert SHIPPED.stat().st_size <= 150 * 1024
    assert shipped().countries.keys() >= REGION
    assert all(len(ring) > 2 for rings in shipped().countries.values() for ring in rings)


def test_towns_lie_within_the_outlines_of_their_countries() -> None:
    towns = [one for one in Gazetteer.load() if one.kind == "town" and one.lat is not None and one.parents]
    near = [one for one in towns if one.parents[-1] in REGION - {"IL"}]  # GeoNames and Natural Earth differ on it
    assert len(near) > 2_000
    inside = [
        sum(contains(ring, one.lon or 0, one.lat or 0) for ring in shipped().countries[one.parents[-1]]) % 2 == 1
        for one in near
    ]
    assert sum(inside) / len(inside) > 0.97  # the others stand on coasts


def test_a_ring_across_the_180th_meridian_goes_on_beyond_it() -> None:
    outlines = read({"steps": 1, "arcs": [[179, 1, 1, 0, -359, 2, 0, 1, 180, -3]], "countries": {"XX": [[0]]}})
    (ring,) = outlines.countries["XX"]
    assert [lon for lon, _ in ring] == [179, 180, 181, 181]


def test_two_countries_share_a_border_that_is_read_backwards() -> None:
    arcs = [[0, 0, 0, 1], [0, 1, -1, 0, 0, -1, 1, 0], [0, 1, 1, 0, 0, -1, -1, 0]]
    west, east = read({"steps": 1, "arcs": arcs, "countries": {"A": [[0, 1]], "B": [[~0, ~2]]}}).countries.values()
    assert set(west[0]) & set(east[0]) == {(0, 0), (0, 1)}
    assert size_of(west[0]) == size_of(east[0]) == 1


# -- the view ------------------------------------------------------------------------------------------------------

POSITIONS = st.tuples(st.floats(-170, 170), st.floats(-60, 70))


@given(st.lists(POSITIONS, min_size=1, max_size=9), st.sampled_from(PAPERS))
def test_a_view_holds_every_position_that_it_fits(positions: list[tuple[float, float]], paper: chart.Paper) -> None:
    view = view_of(positions, paper.width, paper.height)
    assert all(view.shows(*position) for position in positions)
    assert min(paper.width, paper.height) / view.scale >= LEAST_SPAN * 0.999


def test_a_view_is_true_to_scale_in_both_directions() -> None:
    view = view_of([(40.0, 30.0), (44.0, 34.0)], 600, 600)
    north = math.dist(view.point(42, 31.5), view.point(42, 32.5))
    east = math.dist(view.point(41.5, 32), view.point(42.5, 32))
    assert east / north == pytest.approx(math.cos(math.radians(32)))


@pytest.mark.parametrize("span", [2.5, 7, 20, 60, 150])
def test_the_bar_of_the_scale_is_a_round_number_and_not_longer_than_its_room(span: float) -> None:
    view = View(600, 600, 40, 30, 600 / span)
    km, length = view.scale_bar(120)
    assert re.fullmatch("[125]0*", str(km))
    assert 120 / 2.5 <= length <= 120
    assert length == pytest.approx(km / 111.2 * view.scale)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-80, 80)), min_size=3, max_size=12))
def test_a_land_is_cut_to_the_drawing(ring: list[tuple[float, float]]) -> None:
    cut = View(300, 200, 0, 0, 10).ring(ring)
    assert all(-9 < x < 309 and -9 < y < 209 for x, y in cut)


def test_what_a_land_covers_of_the_drawing_stays_the_same_when_it_is_cut() -> None:
    view = View(100, 100, 0, 0, 10)
    assert size_of(view.ring([(-50, -50), (50, -50), (50, 50), (-50, 50)])) == pytest.approx(116 * 116)
    assert view.ring([(20, 20), (30, 20), (30, 30)]) == []


# -- names ---------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200), st.floats(2, 20), st.integers(1, 20)), max_size=25),
)
def test_no_name_covers_another_or_a_mark_or_runs_over_the_edge(marks: list[tuple[float, float, float, int]]) -> None:
    frame = Box(0, 0, 300, 200)
    boxes = [around(x, y, 2 * r, 2 * r) for x, y, r, _ in marks]
    labels = Labels(frame, boxes)
    for (x, y, r, letters), own in zip(marks, boxes, strict=True):
        if labels.beside(x, y, r, "ا" * letters, 12):
            name = labels.taken[-1]
            assert frame.holds(name)
            assert not any(name.meets(other) for other in boxes if not own.holds(other))
    assert not any(one.meets(other) for one, other in combinations(labels.taken, 2))


def test_a_name_stands_in_a_land_where_it_has_room_or_not_at_all() -> None:
    bottle = [(140, 0), (160, 0), (160, 110), (300, 110), (300, 200), (0, 200), (0, 110), (140, 110)]
    labels = Labels(Box(0, 0, 300, 200), [])
    at = labels.inside(bottle, "الأردن", 14, must_fit=True)
    assert at is not None
    assert at.top > 100
    assert labels.inside(bottle, "اسم " * 12, 14, must_fit=True) is None


# -- the drawing ---------------------------------------------------------------------------------------------------


def circles(svg: str) -> list[tuple[str, float]]:
    return [(kind, float(r)) for kind, r in re.findall(r'<circle class="([^"]+)".*?r="([\d.]+)"', svg)]


def test_a_mark_grows_with_the_mentions_and_is_never_too_small_or_too_large() -> None:
    radii = [radius_of(n, 400, 20) for n in (1, 10, 100, 400)]
    assert radii == sorted(radii)
    assert radii[0] == chart.LEAST_RADIUS
    assert radii[-1] == 20
    assert radius_of(1, 1, 20) < 6  # a single mention is no large disc because it is the most


def test_each_kind_has_its_shape() -> None:
    spots = [
        spot("بلدة", 34, 37),
        replace(spot("حي", 35, 38), place=Place("حي", "حي", "neighbourhood", ("SY",))),
        spot("موقع", 36, 39, kind="site"),
        spot("محافظة", 34, 40, kind="governorate"),
    ]
    svg = draw(spots, SQUARES, NAMES, WIDE, SAID).svg
    assert [kind for kind, _ in circles(svg)] == ["town", "ring"]
    assert svg.count('<rect class="quarter"') == svg.count('<path class="site"') == 1


def test_what_is_drawn_at_another_place_shares_one_broken_ring_around_it() -> None:
    town = spot("البلدة", 34, 40, mentions=9)
    held = [spot(f"حي {n}", 34, 40, kind="neighbourhood", at=town.place) for n in range(4)]
    drawn = draw([town, *held], SQUARES, NAMES, WIDE, SAID)
    (_, inner), (kind, outer) = sorted(circles(drawn.svg), key=lambda circle: circle[1])
    assert kind == "ring apart"
    assert outer > inner
    assert "حي 0، حي 1 +2" in drawn.svg
    assert all(f"حي {n}\n" in f"{drawn.svg}\n" or f"حي {n}<" in drawn.svg for n in range(4))  # the tooltip has all


def test_what_is_drawn_at_the_town_of_its_governorate_says_on_the_map_where_it_lies() -> None:
    town = spot("البلدة", 34, 40).place
    area = Place("SY-X", "البادية", "governorate", ("SY",))
    crossing = replace(spot("معبر المثال", 34, 40, kind="site"), position=Position(34, 40, town, area))
    assert "معبر المثال (محافظة البادية)</text>" in draw([crossing], SQUARES, NAMES, WIDE, SAID).svg


def test_a_ring_does_not_say_the_name_of_the_town_in_it_again() -> None:
    town = replace(spot("t", 34, 40), place=Place("t", "دير الزور", "town", ("SY",)))
    around_ = replace(
        town, place=Place("g", "دير الزور", "governorate", ("SY",)), position=Position(34, 40, town.place)
    )
    assert draw([town, around_], SQUARES, NAMES, WIDE, SAID).svg.count(">دير الزور</text>") == 1


def test_a_place_without_a_position_is_not_drawn() -> None:
    lost = replace(spot("المجهول", 0, 0), position=None)
    drawn = draw([spot("البلدة", 34, 40), lost], SQUARES, NAMES, WIDE, SAID)
    assert len(circles(drawn.svg)) == 1
    assert "المجهول" not in drawn.svg
    assert lost not in drawn.beyond


def test_what_is_far_from_the_region_is_beyond_the_drawing_and_in_the_small_map() -> None:
    here, far, land = spot("البلدة", 34, 40), spot("باريس", 48.9, 2.3, country="FR"), country("FR", 3)
    drawn = draw([land, here, far], SQUARES, NAMES, WIDE, SAID)
    assert drawn.beyond == (land, far)
    assert "باريس" not in drawn.svg
    world = chart.draw_world([land, here, far], SQUARES, drawn.beyond, PAPERS, SAID)
    assert '<path class="land named"' in world
    assert len(circles(world)) == 1
    assert world.count('class="frame') == len(PAPERS)


def test_without_a_place_of_the_region_the_view_fits_the_others() -> None:
    drawn = draw(
        [spot("باريس", 48.9, 2.3, country="FR"), spot("ليون", 45.8, 4.8, country="FR")], SQUARES, {}, WIDE, SAID
    )
    assert drawn.beyond == ()
    assert len(circles(drawn.svg)) == 2


def test_a_country_alone_is_the_view() -> None:
    drawn = draw([country("SY")], SQUARES, NAMES, NARROW, SAID)
    assert drawn.beyond == ()
    assert '<path class="land named"' in drawn.svg
    assert ">سوريا</text>" in drawn.svg


def test_few_far_mentions_among_many_do_not_widen_the_view() -> None:
    many, one = spot("البلدة", 34, 40, mentions=99), spot("البعيدة", 16, 48, country="YE")
    assert draw([many, one], SQUARES, NAMES, WIDE, SAID).beyond == (one,)
    few = replace(many, mentions=9)
    assert draw([few, one], SQUARES, NAMES, WIDE, SAID).beyond == ()


def test_a_small_country_that_is_wholly_seen_counts_as_seen() -> None:
    wide = [spot("شرق", 30, 60, country="IR"), spot("غرب", 30, -5, country="MA")]
    small = Outlines({"LB": (((35.2, 33.1), (36.2, 33.1), (36.2, 34.6), (35.2, 34.6)),)})
    lebanon = Spot(Place("LB", "لبنان", "country"), "لبنان", None, 1, (), (Article("خبر"),))
    assert draw([*wide, lebanon], small, {"LB": "لبنان"}, WIDE, SAID).beyond == ()


def test_a_ring_with_room_for_one_name_alone_says_one_and_counts_the_others() -> None:
    town = spot("البلدة", 34, 40)
    held = [
        spot(f"حي طويل الاسم جدا عند طرف البلدة الشمالي رقم {n}", 34, 40, kind="neighbourhood", at=town.place)
        for n in range(3)
    ]
    assert "رقم 0، حي" in draw([town, *held], SQUARES, NAMES, WIDE, SAID).svg
    assert "رقم 0 +2</text>" in draw([town, *held], SQUARES, NAMES, NARROW, SAID).svg


def test_names_that_find_no_room_are_counted() -> None:
    crowd = [spot(f"بلدة رقم {n}", 34 + n / 1000, 40) for n in range(40)]
    assert draw(crowd, SQUARES, NAMES, NARROW, SAID).unnamed > 20
    assert draw(crowd[:1], SQUARES, NAMES, NARROW, SAID).unnamed == 0


@given(
    st.lists(
        st.builds(
            spot,
            st.text(max_size=8),
            st.floats(-90, 90),
            st.floats(-180, 180),
            st.integers(1, 10**6),
            st.sampled_from(["town", "site", "district"]),
            st.sampled_from(["SY", "FR", "ZZ"]),
        ),
        max_size=12,
        unique_by=lambda one: one.place.id,
    )
)
def test_whatever_the_gazetteer_says_a_drawing_is_made_and_nothing_is_lost(spots: list[Spot]) -> None:
    drawn = draw(spots, SQUARES, NAMES, WIDE, SAID)
    assert "nan" not in drawn.svg
    assert "inf" not in drawn.svg
    marked = len(circles(drawn.svg)) + drawn.svg.count('<path class="site"')
    assert marked + len(drawn.beyond) == len(spots)
