"""The gazetteer that ships: what it knows, how it is asked, and what a file that is none does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.places.arabic_names import arabic_names
from alerts.places.find import key_of
from alerts.places.gazetteer import IMPORTED, MAX_DEPTH, Gazetteer
from alerts.places.index import SHIPPED, IndexFileError, fill, new_file
from alerts.places.model import Place

ARAB = "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def shipped() -> Iterator[Gazetteer]:
    gazetteer = Gazetteer.load()
    yield gazetteer
    gazetteer.close()


def index(path: Path, *places: Place, common: frozenset[str] = frozenset()) -> Path:
    with new_file(path) as base:
        fill(base, places, common)
    return path


@pytest.mark.parametrize("country", [*ARAB, "TR", "IR", "IL"])
def test_every_arab_country_and_turkey_iran_and_israel_has_its_governorates(shipped: Gazetteer, country: str) -> None:
    below = [place for place in shipped if place.kind == "governorate" and country in place.parents]
    assert len(below) >= 3
    assert all(dict(place.codes)["iso"].startswith(country) for place in below if "-X-" not in place.id)


@pytest.mark.parametrize("country", ["SY", "IQ", "LB", "PS", "JO", "YE", "LY", "SD"])
def test_the_countries_most_in_the_news_are_known_below_their_governorates(shipped: Gazetteer, country: str) -> None:
    below = [place for place in shipped if len(place.parents) > 1 and country in place.parents]
    assert len(below) > 60


@pytest.mark.parametrize(
    ("country", "code", "number"), [("SY", "pcode", 62), ("SD", "pcode", 188), ("JO", "geonames", 51)]
)
def test_the_districts_of_a_country_that_publishes_their_codes_are_whole(
    shipped: Gazetteer, country: str, code: str, number: int
) -> None:
    coded = [p for p in shipped if p.kind == "district" and country in p.parents and code in dict(p.codes)]
    assert len(coded) == number
    assert len({dict(place.codes)[code] for place in coded}) == number


def test_there_are_more_than_500_sites_and_quarters(shipped: Gazetteer) -> None:
    assert sum(place.kind in ("site", "neighbourhood") for place in shipped) > 1_000


def test_every_record_has_a_source_and_lies_in_places_that_are_there(shipped: Gazetteer) -> None:
    for place in shipped:
        first, *others = place.source.split("+")
        assert first in ("cldr", "geonames", "ours"), place
        assert not others or (first == "ours" and {*others} <= {"geonames", "ocha", "open-admin-data"}), place
        assert len(place.parents) < MAX_DEPTH, place
        assert all(id in shipped for id in (*place.parents, *place.also_in)), place


def test_coordinates_stand_only_where_geonames_gives_them(shipped: Gazetteer) -> None:
    assert all(place.lat is None or "geonames" in dict(place.codes) for place in shipped)


def test_no_name_is_in_another_script_than_arabic(shipped: Gazetteer) -> None:
    odd = [
        name
        for place in shipped
        for name in (place.name, *place.names)
        if any("a" <= letter <= "z" for letter in name.lower()) and "E1" not in name
    ]
    assert not odd


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("البوكمال", "SY0902"),
        ("أبو كمال", "SY0902"),
        ("البو كمال", "SY0902"),
        ("دير الزور", "SY-DY"),
        ("SY-DY", "SY-DY"),
        ("طرابلس، لبنان", "LB-AS.trabls"),
        ("طرابلس، ليبيا", "LY-TB"),
        ("قطاع غزة", "PS-X-GAZA"),
        ("الكويت", "KW"),
        ("أميركا", "US"),
        ("الولايات المتحدة", "US"),
        ("معبر رفح", "PS-RFH.mabr-rfh.crossing"),
    ],
)
def test_an_editor_names_one_place(shipped: Gazetteer, written: str, found: str) -> None:
    assert [place.id for place in shipped.find(written)] == [found]


@pytest.mark.parametrize("written", ["طرابلس", "رفح", "القصير", "عمان"])
def test_a_name_of_two_places_gives_both_to_choose_from(shipped: Gazetteer, written: str) -> None:
    assert len(shipped.find(written)) > 1


def test_a_name_that_nothing_bears_gives_nothing(shipped: Gazetteer) -> None:
    assert shipped.find("بلدةلاوجودلها") == shipped.find("  ") == shipped.find("البوكمال، لبنان") == ()


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("السيال", "SY0902"),
        ("حسرات", "SY0902"),
        ("الحزام الأخضر", "SY0902"),
        ("الشدادة", "SY-HA"),
        ("مطار دير الزور العسكري", "SY-DY"),
        ("حارة حريك", "LB"),
        ("محور فيلادلفيا", "PS-X-GAZA"),
        ("الفرات", "IQ"),
        ("البوكمال", "SY.shrq-swrya.region"),
    ],
)
def test_a_place_lies_in_what_it_is_a_part_of(shipped: Gazetteer, name: str, above: str) -> None:
    assert any(shipped.within(id, above) for id in shipped.candidates(name))


def test_a_place_is_told_with_its_path(shipped: Gazetteer) -> None:
    assert shipped.path_of(shipped.place("SY0902.albwkmal")) == "البوكمال، دير الزور، سوريا"


def test_children_are_what_lies_directly_in_a_place(shipped: Gazetteer) -> None:
    assert {"SY0901", "SY0902", "SY0903"} <= set(shipped.children("SY-DY"))


@pytest.mark.parametrize("name", ["صور", "الباب", "القائم", "العين", "المدينة", "الجزيرة"])
def test_a_name_that_is_a_common_word_is_marked(shipped: Gazetteer, name: str) -> None:
    assert shipped.is_common(name)


@pytest.mark.parametrize("name", ["دمشق", "قطر", "دير الزور", "البوكمال"])
def test_a_name_that_is_nothing_else_is_not_marked(shipped: Gazetteer, name: str) -> None:
    assert not shipped.is_common(name)


def test_names_are_the_keys_by_which_texts_are_read(shipped: Gazetteer) -> None:
    assert all(key_of(key) == key and ids for key, ids in shipped.names().items())


def test_an_import_adds_names_to_a_place_that_ships(tmp_path: Path) -> None:
    first = index(tmp_path / "a", Place("XX", "بلد", "country"), Place("t", "تلة", "town", ("XX",), source="ours"))
    index(tmp_path / IMPORTED, Place("t", "تلة", "town", ("XX",), names=("التلة",), lat=1.0, lon=2.0))
    gazetteer = Gazetteer.load(first, tmp_path)
    place = gazetteer.place("t")
    assert (place.names, place.lat, place.source) == (("التلة",), 1.0, "ours")
    assert gazetteer.candidates("التلة") == gazetteer.candidates("تلة") == ("t",)


def test_a_circle_in_an_index_ends(tmp_path: Path) -> None:
    path = index(tmp_path / "a", Place("a", "أولى", "town", ("b",)), Place("b", "ثانية", "town", ("a",)))
    gazetteer = Gazetteer.load(path)
    assert gazetteer.above("a") == {"a", "b"}
    assert len(gazetteer.place("a").parents) <= MAX_DEPTH


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0"])
def test_a_file_that_is_no_index_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.sqlite").write_bytes(content)
    with pytest.raises(IndexFileError, match=r"x\.sqlite"):
        Gazetteer.load(tmp_path / "x.sqlite")


def test_an_index_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = index(tmp_path / "a", Place("t", "تلة", "town"))
    with pytest.raises(RuntimeError), new_file(path):
        raise RuntimeError
    assert Gazetteer.load(path).place("t").name == "تلة"
    assert [left.name for left in tmp_path.iterdir()] == ["a"]


def test_the_index_that_ships_is_small() -> None:
    assert SHIPPED.stat().st_size < 5e6


@pytest.mark.parametrize(
    ("latin", "alternates", "country", "names"),
    [
        ("Aleppo", ["Halab", "Alep", "حلب", "حەلەب"], "SY", ("حلب",)),
        ("Al Mayādīn", ["Mayadin", "ميادين", "الميادين"], "SY", ("الميادين",)),
        ("Karbala", ["كربلاء", "كةربالا"], "IQ", ("كربلاء",)),
        ("Lyon", ["ليون", "مدينة الأنوار"], "FR", ("ليون",)),
        ("Skikda", ["ولاية سعيدة", "سكيكدة"], "DZ", ("سكيكدة",)),
        ("Karaj", ["کرج"], "IR", ("كرج",)),
        ("Karachi", ["کراچی"], "PK", ()),
    ],
)
def test_of_alternate_names_those_are_taken_that_are_arabic_and_sound_like_it(
    latin: str, alternates: list[str], country: str, names: tuple[str, ...]
) -> None:
    assert arabic_names(latin, alternates, country) == names
