"""Villages that only an imported table knows: what a text must say before one of their names is a place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.places.gazetteer import IMPORTED, Gazetteer
from alerts.places.index import fill, new_file
from alerts.places.model import Place
from alerts.places.resolve import Resolver
from alerts.rules.model import Document
from alerts.rules.page import Page

ABOVE = ("SY0902", "SY-DY", "SY")
NAMES = ("البلاد", "الذهب", "الشعب", "عدد", "واسعة", "عراقية", "تلمسوح", "شمال شرقي", "عيد الفطر")


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolver]:
    state: Path = tmp_path_factory.mktemp("state")
    with new_file(state / IMPORTED) as base:
        fill(
            base,
            [Place(f"csv:{n}", name, "town", ABOVE[:1], source="csv") for n, name in enumerate(NAMES)],
            frozenset(),
        )
    gazetteer = Gazetteer.load(imported=state)
    yield Resolver(gazetteer)
    gazetteer.close()


def found(resolver: Resolver, text: str) -> set[str]:
    return {hit.place.name for hit in resolver.places(Page(Document("", text))) if hit.place.source == "csv"}


@pytest.mark.parametrize(
    "text",
    [
        "هطلت أمطار على شمال البلاد فجرا",
        "غادر السفير أراضي البلاد إلى سوريا",
        "تراجعت أسواق الذهب في سوريا",
        "عبر ممثلو الشعب السوري عن رأيهم",
        "أصيب عدد من المدنيين في البوكمال",
        "قضاء عيد الفطر في دير الزور",
        "تقدمت القوات في مناطق واسعة من دير الزور",
        "استعيدت مدن عراقية من المسلحين",
        "انفجار على طريق شمال شرقي دير الزور",
        "مشى الرجال في تلمسوح",
        "قالوا في سوريا إنهم في تلمسوح",
        "عادت الشرعية في تلمسوح لسوريا",
    ],
)
def test_a_common_word_or_a_preposition_makes_no_village(resolver: Resolver, text: str) -> None:
    assert found(resolver, text) == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("قصفت قرية البلاد فجرا", "البلاد"),
        ("نزح سكان بلدة الذهب", "الذهب"),
        ("وصلت المساعدات إلى قرية تلمسوح", "تلمسوح"),
        ("اشتباكات في منطقة تلمسوح", "تلمسوح"),
        ("اشتباكات في تلمسوح بدير الزور", "تلمسوح"),
        ("اندلعت المعارك في دير الزور ثم امتدت إلى تلمسوح", "تلمسوح"),
        ("قصف على البوكمال وتلمسوح", "تلمسوح"),
    ],
)
def test_a_word_for_settlements_or_what_it_lies_in_makes_a_village(resolver: Resolver, text: str, name: str) -> None:
    assert found(resolver, text) == {name}
