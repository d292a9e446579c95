"""The catalogue of outlets: what a file may say, and what is said of a mistake in it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from crawler.extract.tree import select_values
from crawler.identity import article_match, keys
from crawler.outlets.catalogue import (
    PROVEN,
    CatalogueError,
    ListingSelectors,
    Outlet,
    Selectors,
    Way,
    general_outlet,
    load_catalogue,
    outlet_of_host,
    split_attribute,
)

LEAST = """id: daily
name: {ar: اليومية, en: The Daily}
country: "SY"
homepage: https://www.daily.test/
timezone: Asia/Damascus
"""


def load(folder: Path, text: str, name: str = "daily.yaml") -> Outlet:
    (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder)["daily"]


# ---- what is shipped ----------------------------------------------------------------------------------------

SHIPPED = load_catalogue()


def test_the_first_outlets_are_shipped() -> None:
    assert {"arab48", "bbc-arabic", "skynews-arabia", "enab-baladi"} <= SHIPPED.keys()


@pytest.mark.parametrize("outlet", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_shipped_outlet_has_a_way_in_a_pattern_and_evidence(outlet: Outlet) -> None:
    folder = Path(__file__).parents[2] / "crawler/outlets"
    assert (folder / f"{outlet.id}.yaml").exists()
    assert outlet.known
    assert outlet.feeds or outlet.listings
    assert {way.proven for way in (*outlet.feeds, *outlet.listings, *outlet.sitemaps)} <= set(PROVEN)
    assert outlet.article_url is not None
    assert outlet.evidence
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", outlet.checked)


ADDRESSES = {
    "arab48": ("https://www.arab48.com/محليات/2026/11/23/خبر-من-البلدة", None),
    "bbc-arabic": ("https://www.bbc.com/arabic/articles/c1a23bc4d5eo?at_medium=RSS", "c1a23bc4d5eo"),
    "skynews-arabia": ("https://www.skynewsarabia.com/middle-east/1884499-خبر", "1884499"),
    "enab-baladi": ("https://www.enabbaladi.net/archives/712345", "712345"),
    "youm7": ("https://www.youm7.com/story/2026/11/3/خبر/7654321", "7654321"),
    "lbci": ("https://www.lbcgroup.tv/news/lebanon-news/898683/خبر/ar", "898683"),
    "alyaum": ("https://www.alyaum.com/articles/6291788/قسم/خبر", "6291788"),
    "albayan": ("https://www.albayan.ae/economy/local/2020-06-03-1.3874342", "3874342"),
    "aljazeera": ("https://www.aljazeera.net/news/2026/7/2/خبر?traffic_source=rss", None),
    "cnn-arabic": ("https://arabic.cnn.com/world/article/2026/11/23/خبر", None),
    "akhbar-elyom": ("https://akhbarelyom.com/news/newdetails/3126899/1/خبر", "3126899"),
    "almadenah-news": ("https://www.almadenahnews.com/article/812345-خبر", "812345"),
}


@pytest.mark.parametrize(("name", "address", "number"), [(n, *a) for n, a in ADDRESSES.items()])
def test_a_shipped_outlet_knows_its_articles_by_their_addresses(name: str, address: str, number: str | None) -> None:
    outlet = SHIPPED[name]
    assert article_match(address, outlet)
    assert not article_match(outlet.homepage, outlet)
    assert not any(article_match(way.url, outlet) for way in (*outlet.listings, *outlet.feeds))
    assert [value for kind, value in keys(address, outlet) if kind == "outlet-id"] == (
        [f"{name}:{number}"] if number else []
    )
    found = outlet_of_host(SHIPPED, address)
    assert found is outlet


# ---- what a file may say ------------------------------------------------------------------------------------


def test_the_least_that_a_file_says_is_enough(tmp_path: Path) -> None:
    outlet = load(tmp_path, LEAST)
    assert (outlet.name_ar, outlet.name_en, outlet.country, outlet.language) == ("اليومية", "The Daily", "SY", "ar")
    assert outlet.timezone == ZoneInfo("Asia/Damascus")
    assert outlet.hosts == ("www.daily.test", "daily.test")
    assert outlet.interval is None
    assert outlet.known


def test_every_key_reaches_the_outlet(tmp_path: Path) -> None:
    outlet = load(
        tmp_path,
        LEAST
        + r"""language: en
hosts: [a.daily.test, B.daily.test]
z_is_local: true
feed_offset_is_false: true
interval: 5m
tags: [syria, "local"]
feeds:
  - {url: "http://www.daily.test/rss", proven: live, note: seen}
sitemaps: {url: "https://www.daily.test/news.xml"}
listings:
  - url: https://www.daily.test/news
    proven: guess
article_url: ^https://www\.daily\.test/(?P<id>\d+)$
selectors: {title: h1, body: [.a, "div > p"], lead: .l, drop: .x, published: "i::attr(data-at)", author: b,
  section: s, image: img}
listing: {link: a.t, card: .c, title: h2, date: .d, summary: p}
boilerplate: [تابعونا, "صحيفة اليومية"]
evidence: a saved page
checked: 2026-11-23
""",
    )
    assert outlet.language == "en"
    assert outlet.hosts == ("a.daily.test", "b.daily.test")
    assert outlet.z_is_local
    assert outlet.feed_offset_is_false
    assert outlet.interval == timedelta(minutes=5)
    assert outlet.tags == ("syria", "local")
    assert outlet.feeds == (Way("http://www.daily.test/rss", "live", "seen"),)
    assert outlet.sitemaps == (Way("https://www.daily.test/news.xml", "listed"),)
    assert outlet.listings == (Way("https://www.daily.test/news", "guess"),)
    assert outlet.article_url is not None and outlet.article_url.groupindex == {"id": 1}
    assert outlet.selectors == Selectors(
        ("h1",), (".a", "div > p"), (".l",), (".x",), ("i::attr(data-at)",), ("b",), ("s",), ("img",)
    )
    assert outlet.listing_selectors == ListingSelectors("a.t", ".c", "h2", ".d", "p")
    assert [p.pattern for p in outlet.boilerplate] == ["تابعونا", "صحيفة اليومية"]
    assert outlet.evidence == ("a saved page",)
    assert outlet.checked == "2026-11-23"


@pytest.mark.parametrize("country", ["NO", '"NO"', "'NO'"])
def test_norway_is_no_truth_value(tmp_path: Path, country: str) -> None:
    assert load(tmp_path, LEAST.replace('"SY"', country)).country == "NO"


def test_the_operators_file_replaces_the_shipped_one_and_adds_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(LEAST.replace("id: daily", "id: arab48"), encoding="utf-8")
    outlets = load_catalogue(tmp_path)
    assert outlets["arab48"].name_en == "The Daily"
    assert set(outlets) == set(SHIPPED)
    assert load(tmp_path, LEAST).id == "daily"


def test_files_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no outlet", encoding="utf-8")
    (tmp_path / ".daily.yaml").write_text("no outlet", encoding="utf-8")
    assert load_catalogue(tmp_path) == SHIPPED


# ---- mistakes -----------------------------------------------------------------------------------------------

MISTAKES = {
    "selectrs: {title: h1}": (6, "unknown key 'selectrs' in the outlet", "did you mean selectors?"),
    "wxyz: red": (6, "unknown key 'wxyz'", "known keys: id, name"),
    "selectors:\n  titel: h1": (7, "unknown key 'titel' in selectors", "did you mean title?"),
    "listing: {dat: .x}": (6, "unknown key 'dat' in listing", "did you mean date?"),
    "feeds: [{ulr: x}]": (6, "unknown key 'ulr'", "did you mean url?"),
    "feeds:\n  - {note: x}": (7, "has no url", "http"),
    "feeds: [https://daily.test/rss]": (6, "is not a mapping", "url"),
    "feeds: [{url: ftp://daily.test/rss}]": (6, "'ftp://daily.test/rss'", "http:// or https://"),
    "feeds: [{url: /rss}]": (6, "'/rss'", "http:// or https://"),
    "feeds: [{url: 'https://u:p@daily.test/'}]": (6, "url", "http"),
    "feeds: [{url: 'https://daily.test/', proven: maybe}]": (6, "proven 'maybe'", "live, listed, guess"),
    "article_url: ^https://(": (6, "unterminated subpattern", "regular expression"),
    "boilerplate: [ok, '*']": (6, "nothing to repeat", "regular expression"),
    "selectors: {body: 'div..x'}": (6, "body 'div..x'", "CSS selector"),
    "selectors: {published: 'i::attr(a b)'}": (6, "published", "::attr(name)"),
    "listing: {date: '>'}": (6, "date", "CSS selector"),
    "interval: soon": (6, "interval 'soon'", "60s"),
    "interval: 0s": (6, "interval '0s'", "60s"),
    "z_is_local: perhaps": (6, "z_is_local 'perhaps'", "true or false"),
    "checked: today": (6, "checked 'today'", "2026-11-23"),
    "language: Arabic": (6, "language 'Arabic'", "ISO 639"),
    "hosts: [https://daily.test/]": (6, "hosts", "host names"),
    "tags: {a: b}": (6, "tags is not a text", "one value"),
    "country: SY": (6, "country stands twice", "keep one"),
    "tags: [": (6, "is no YAML", "brackets"),
    "\tx": (6, "is no YAML", ""),
}


@pytest.mark.parametrize(("text", "line", "what", "remedy"), [(t, *m) for t, m in MISTAKES.items()])
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    tmp_path: Path, text: str, line: int, what: str, remedy: str
) -> None:
    with pytest.raises(CatalogueError) as told:
        load(tmp_path, LEAST + text + "\n")
    assert str(told.value).startswith(f"{tmp_path / 'daily.yaml'}:")
    assert what in str(told.value)
    if remedy != "brackets":
        assert told.value.line == line
        assert remedy in told.value.remedy


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        ("id: daily", "id: The Daily", "id 'The Daily'"),
        ("id: daily\n", "", "id is missing"),
        ("timezone: Asia/Damascus\n", "", "timezone is missing"),
        ("Asia/Damascus", "Asia/Damask", "timezone 'Asia/Damask'"),
        ("Asia/Damascus", "../../etc/passwd", "timezone"),
        ('"SY"', "Syria", "country 'Syria'"),
        ("https://www.daily.test/", "www.daily.test", "homepage"),
        (", en: The Daily", "", "name.en is missing"),
        ("{ar: اليومية, en: The Daily}", "اليومية", "name is not a mapping"),
        (LEAST, "", "is empty"),
        (LEAST, "- a\n- b\n", "the outlet is not a mapping"),
        (LEAST, "&a [*a]", "not a mapping"),
    ],
)
def test_a_wrong_or_missing_part_is_told(tmp_path: Path, was: str, now: str, what: str) -> None:
    with pytest.raises(CatalogueError, match=re.escape(what)):
        load(tmp_path, LEAST.replace(was, now))


def test_two_files_of_one_folder_may_not_be_one_outlet(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(LEAST, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"the id daily is that of a\.yaml too"):
        load(tmp_path, LEAST)


def test_a_file_that_is_not_utf8_or_far_too_large_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(LEAST.encode("windows-1256"))
    with pytest.raises(CatalogueError, match=r"a.yaml:2: is not UTF-8"):
        load_catalogue(tmp_path)
    (tmp_path / "a.yaml").write_bytes(b"#" * 300_000)
    with pytest.raises(CatalogueError, match="256 KiB"):
        load_catalogue(tmp_path)


# ---- outlets without a file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "zone"),
    [
        ("https://news.example.eg/a", "Africa/Cairo"),
        ("https://news.example.com/a", "UTC"),
        ("", "UTC"),
        ("https://x.ly/", "Africa/Tripoli"),
    ],
)
def test_an_unknown_outlet_is_its_host_and_its_countrys_zone(url: str, zone: str) -> None:
    outlet = general_outlet("nobody", url)
    assert outlet.id == "nobody"
    assert not outlet.known
    assert outlet.timezone == ZoneInfo(zone)
    assert outlet.hosts == (() if not url else (url.split("/")[2],))


def test_no_outlet_is_found_for_a_host_that_none_has() -> None:
    assert outlet_of_host(SHIPPED, "https://elsewhere.test/") is None
    assert outlet_of_host(SHIPPED, "") is None


def test_an_attribute_is_asked_for_at_a_selectors_end() -> None:
    assert split_attribute("i.t::attr(data-at)") == ("i.t", "data-at")
    assert split_attribute("i.t") == ("i.t", None)
    root = html.fromstring('<div><i data-at="1">x</i><meta content="2"><time datetime="3">y</time><b> z </b></div>')
    assert list(select_values(root, ["i::attr(data-at)", "meta", "time", "b", "u"])) == ["1", "2", "3", "z"]
