"""Families: what outlets of one CMS share, and what an outlet of one still says itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.identity import article_match, keys
from crawler.outlets.catalogue import CatalogueError, Outlet, Selectors, Way, load_catalogue
from crawler.outlets.family import SHARED_KEYS, SHIPPED
from crawler.outlets.reading import KEYS

OUTLET = """id: daily
name: {ar: اليومية, en: The Daily}
country: SY
homepage: https://www.da-ily.test/ar
timezone: Asia/Damascus
"""
FAMILY = r"""needs: [name]
usual: {proven: guess, days: "20"}
kind: paper
feeds:
  - {url: "https://{host}/{name}.rss", proven: "{proven}"}
listings:
  - {url: "https://{host}/", pages: "https://{host}/{name}/{n}"}
article_url: ^https?://(?:www\.)?{site}/{name}/{days}\d{2}/(?P<id>\d{1,9})$
selectors: {title: h1, body: .text}
listing: {card: .card, date: .when}
boilerplate: "{name} {days}"
z_is_local: true
"""


def load(folder: Path, said: str, family: str = FAMILY) -> Outlet:
    (folder / "families").mkdir(exist_ok=True)
    (folder / "families/press.yaml").write_text(family, encoding="utf-8")
    (folder / "daily.yaml").write_text(OUTLET + said, encoding="utf-8")
    return load_catalogue(folder)["daily"]


def test_an_outlet_of_a_family_has_what_the_family_gives_with_its_places_filled(tmp_path: Path) -> None:
    outlet = load(tmp_path, "family: {is: press, name: a.b, proven: live}\n")
    assert outlet.family == "press"
    assert (outlet.kind, outlet.z_is_local) == ("paper", True)
    assert outlet.feeds == (Way("https://www.da-ily.test/a.b.rss", "live"),)
    assert outlet.listings == (Way("https://www.da-ily.test/", pages="https://www.da-ily.test/a.b/{n}"),)
    assert outlet.selectors == Selectors(("h1",), (".text",))
    assert keys("https://da-ily.test/a.b/2026/7", outlet)[1] == ("outlet-id", "daily:7")


def test_in_a_pattern_a_filled_value_is_taken_literally(tmp_path: Path) -> None:
    outlet = load(tmp_path, "family: {is: press, name: a.b}\n")
    assert not article_match("https://da-ily.test/axb/2026/7", outlet)
    assert not article_match("https://da-ilyxtest/a.b/2026/7", outlet)
    assert outlet.boilerplate[0].search("a.b 20") and not outlet.boilerplate[0].search("axb 20")


def test_what_the_family_usually_says_an_outlet_may_say_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path, "family: {is: press, name: a}\n").feeds[0].proven == "guess"
    outlet = load(tmp_path, "family: {is: press, name: a, days: '30', proven: listed}\n")
    assert outlet.feeds[0].proven == "listed"
    assert article_match("https://da-ily.test/a/3026/7", outlet)


def test_an_outlets_own_keys_win_and_of_selectors_and_listing_each_key_within(tmp_path: Path) -> None:
    outlet = load(
        tmp_path,
        "family: {is: press, name: a}\nfeeds: [{url: 'https://x.test/'}]\nz_is_local: false\n"
        "selectors: {body: .own, drop: .ad}\nlisting: {date: time}\n",
    )
    assert outlet.feeds == (Way("https://x.test/"),)
    assert not outlet.z_is_local
    assert outlet.selectors == Selectors(title=("h1",), body=(".own",), drop=(".ad",))
    assert (outlet.listing_selectors.card, outlet.listing_selectors.date) == (".card", "time")


def test_a_family_of_the_operator_stands_over_the_shipped_one_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families/wordpress.yaml").write_text("kind: radio\n", encoding="utf-8")
    (tmp_path / "daily.yaml").write_text(OUTLET + "family: wordpress\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text(OUTLET.replace("daily", "other") + "family: drupal\n", encoding="utf-8")
    outlets = load_catalogue(tmp_path)
    assert (outlets["daily"].kind, outlets["daily"].feeds) == ("radio", ())
    assert outlets["other"].feeds[0].url == "https://www.da-ily.test/rss.xml"


def test_an_edited_family_is_read_anew(tmp_path: Path) -> None:
    assert load(tmp_path, "family: {is: press, name: a}\n").kind == "paper"
    family = tmp_path / "families/press.yaml"
    family.write_text(FAMILY.replace("kind: paper", "kind: radio"), encoding="utf-8")
    os.utime(family, (1, 1))
    assert load_catalogue(tmp_path)["daily"].kind == "radio"


MISTAKES = {
    "family: presss": ("daily.yaml:6: there is no family presss", "did you mean press?"),
    "family: zzz": ("daily.yaml:6: there is no family zzz", "wordpress"),
    "family: ../../etc/passwd": ("daily.yaml:6: is '../../etc/passwd'", "the family's name"),
    "family: press": ("daily.yaml:6: family press needs name", "{is: press, name: …}"),
    "family: {name: a}": ("daily.yaml:6: family has no is", "wordpress"),
    "family: {is: press, nmae: a}": ("daily.yaml:6: unknown key 'nmae' in family", "did you mean name?"),
    "family: {is: press, name: ''}": ("daily.yaml:6: name is not a text", "one value"),
    "family: {is: press, name: a, proven: sure}": ("press.yaml:5: proven 'sure'", "live, listed, guess"),
    "family: {is: press, name: a}\nselectors: {titel: h1}": ("daily.yaml:7: unknown key 'titel'", "title"),
    "family: {is: press, name: a}\nselectors: h1": ("daily.yaml:7: selectors is not a mapping", "keys and values"),
}


@pytest.mark.parametrize(("said", "what", "remedy"), [(said, *told) for said, told in MISTAKES.items()])
def test_a_mistake_is_told_in_the_file_that_it_stands_in(tmp_path: Path, said: str, what: str, remedy: str) -> None:
    with pytest.raises(CatalogueError) as told:
        load(tmp_path, said + "\n")
    assert what in str(told.value)
    assert remedy in told.value.remedy


@pytest.mark.parametrize("key", ["id: x", "name: x", "homepage: https://x.test/", "hosts: x.test", "checked: x"])
def test_a_family_says_nothing_of_who_an_outlet_is(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogueError, match=r"press\.yaml:1: unknown key"):
        load(tmp_path, "family: press\n", key + "\n")


def test_every_key_of_a_family_is_one_of_an_outlet() -> None:
    assert set(SHARED_KEYS) < set(KEYS)


@pytest.mark.parametrize("family", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_a_shipped_family_makes_an_outlet_of_five_lines(tmp_path: Path, family: str) -> None:
    (tmp_path / "daily.yaml").write_text(
        OUTLET + f"family: {{is: {family}{PLACES.get(family, '')}}}\n", encoding="utf-8"
    )
    outlet = load_catalogue(tmp_path)["daily"]
    assert outlet.feeds and all("{" not in way.url for way in outlet.feeds)
    assert any(o.family == family for o in load_catalogue().values()), "no outlet is of this family"


PLACES = {"named-rss": ", name: latest-news", "numbered-rss": ', number: "7"'}
