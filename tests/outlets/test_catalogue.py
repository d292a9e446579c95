"""The catalogue of outlets: what a file may say, and what is said of a mistake in it. What the shipped files say
stands in test_shipped.py, families in test_family.py."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from crawler.extract.tree import select_values
from crawler.outlets import reading
from crawler.outlets.catalogue import (
    Api,
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


SHIPPED = load_catalogue()


def load(folder: Path, text: str, name: str = "daily.yaml") -> Outlet:
    (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder)["daily"]


# ---- what a file may say ------------------------------------------------------------------------------------


def test_the_least_that_a_file_says_is_enough(tmp_path: Path) -> None:
    outlet = load(tmp_path, LEAST)
    assert (outlet.name_ar, outlet.name_en, outlet.country, outlet.language) == ("اليومية", "The Daily", "SY", "ar")
    assert outlet.timezone == ZoneInfo("Asia/Damascus")
    assert outlet.hosts == ("www.daily.test", "daily.test")
    assert outlet.interval is None
    assert outlet.crawl_delay is None
    assert outlet.known
    assert (outlet.ways, outlet.proven, outlet.evidenced) == ((), "guess", False)
    assert (outlet.kind, outlet.accept_encoding, outlet.proxy) == ("", (), "")
    assert (outlet.telegram, outlet.telegram_allowed) == ("", False)


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
  - {url: "http://www.daily.test/rss", proven: live, note: seen, whole_text: true}
sitemaps: {url: "https://www.daily.test/news.xml"}
listings:
  - url: https://www.daily.test/news
    proven: guess
    pages: https://www.daily.test/news?page={n}
apis:
  - url: https://api.daily.test/latest
    items: data.0.list
    fields: {id: nr, title: head.line, text: html}
    link: https://www.daily.test/{id}
    whole_text: true
    pages: https://api.daily.test/latest?p={n}
kind: local
layout: 2026-01
accept_encoding: [gzip, deflate]
crawl_delay: 10s
proxy: SOUTH
telegram: {channel: "@dailyNews", instead: true}
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
    assert outlet.feeds == (Way("http://www.daily.test/rss", "live", "seen", whole_text=True),)
    assert outlet.sitemaps == (Way("https://www.daily.test/news.xml", "listed"),)
    assert outlet.listings == (
        Way("https://www.daily.test/news", "guess", pages="https://www.daily.test/news?page={n}"),
    )
    assert outlet.apis == (
        Api(
            "https://api.daily.test/latest",
            items="data.0.list",
            fields={"id": "nr", "title": "head.line", "text": "html"},
            link="https://www.daily.test/{id}",
            whole_text=True,
            pages="https://api.daily.test/latest?p={n}",
        ),
    )
    assert outlet.ways == (*outlet.feeds, *outlet.sitemaps, *outlet.apis, *outlet.listings)
    assert (outlet.kind, outlet.layout, outlet.family) == ("local", "2026-01", "")
    assert outlet.accept_encoding == ("gzip", "deflate")
    assert outlet.crawl_delay == timedelta(seconds=10)
    assert outlet.proxy == "SOUTH"
    assert (outlet.telegram, outlet.telegram_allowed) == ("dailyNews", True)
    assert hash(outlet) == hash(load(tmp_path, (tmp_path / "daily.yaml").read_text(encoding="utf-8")))
    assert outlet.article_url is not None and outlet.article_url.groupindex == {"id": 1}
    assert outlet.selectors == Selectors(
        ("h1",), (".a", "div > p"), (".l",), (".x",), ("i::attr(data-at)",), ("b",), ("s",), ("img",)
    )
    assert outlet.listing_selectors == ListingSelectors("a.t", ".c", "h2", ".d", "p")
    assert [p.pattern for p in outlet.boilerplate] == ["تابعونا", "صحيفة اليومية"]
    assert outlet.evidence == ("a saved page",)
    assert outlet.checked == "2026-11-23"


@pytest.mark.parametrize(
    ("ways", "proven"),
    [
        ("feeds: [{url: 'https://a.test/', proven: guess}, {url: 'https://b.test/', proven: listed}]", "listed"),
        ("feeds: [{url: 'https://a.test/', proven: guess}]\nlistings: {url: 'https://b.test/', proven: live}", "live"),
        ("apis: {url: 'https://a.test/', fields: {url: u, title: t}}", "listed"),
        ("sitemaps: {url: 'https://a.test/', proven: guess}", "guess"),
    ],
)
def test_an_outlet_is_as_far_proven_as_its_best_way_in(tmp_path: Path, ways: str, proven: str) -> None:
    assert load(tmp_path, f"{LEAST}{ways}\n").proven == proven


@pytest.mark.parametrize("said", ["layout: '2025'", "layout: 2025-04-30", "selectors: {body: .text}"])
def test_an_outlet_whose_pages_somebody_saw_is_evidenced(tmp_path: Path, said: str) -> None:
    assert load(tmp_path, f"{LEAST}{said}\n").evidenced


def test_a_telegram_channel_is_a_fact_and_no_leave_to_read_it(tmp_path: Path) -> None:
    outlet = load(tmp_path, LEAST + "telegram: dailyNews\n")
    assert (outlet.telegram, outlet.telegram_allowed) == ("dailyNews", False)


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


def test_a_shipped_file_is_read_when_its_outlet_is_first_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(reading, "read_outlet", lambda path, **_: read.append(path.stem))
    catalogue = load_catalogue()
    assert "arab48" in catalogue and "no-such" not in catalogue
    assert list(catalogue) == list(SHIPPED)
    assert read == []
    assert [catalogue["arab48"], catalogue.get("no-such"), catalogue["arab48"]] == [None] * 3
    assert read == ["arab48"]


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
    "kind: newspaper": (6, "kind 'newspaper'", "agency, paper, television"),
    "layout: last year": (6, "layout 'last year'", "2026-11-23"),
    "layout: 2026-13": (6, "layout '2026-13'", "2026-11-23"),
    "accept_encoding: [gzip, zip]": (6, "accept_encoding 'zip'", "gzip, deflate, br, identity"),
    "crawl_delay: slow": (6, "crawl_delay 'slow'", "60s"),
    "proxy: http://proxy.test": (6, "proxy", "MARSAD_PROXY_<NAME>"),
    "telegram: https://t.me/s/daily": (6, "telegram", "AlArabiya"),
    "telegram: {instead: true}": (6, "telegram has no channel", "AlArabiya"),
    "telegram: {channel: daily, instead: perhaps}": (6, "instead 'perhaps'", "true or false"),
    "feeds: [{url: 'https://a.test/', whole_text: some}]": (6, "whole_text 'some'", "true or false"),
    "listings: [{url: 'https://a.test/', pages: 'https://a.test/2'}]": (6, "it has no {n}", "page={n}"),
    "apis: [{url: 'https://a.test/'}]": (6, "an entry of apis has no fields", "url, id, title"),
    "apis: [{url: 'https://a.test/', fields: {url: u}}]": (6, "fields has no title", "an entry needs one"),
    "apis: [{url: 'https://a.test/', fields: {title: t}}]": (6, "neither link nor fields.url", "address stands"),
    "apis: [{fields: {title: t, url: u}}]": (6, "an entry of apis has no url", "http"),
    "apis: [{url: 'https://a.test/', fields: {titel: t}}]": (6, "unknown key 'titel'", "did you mean title?"),
    "apis: [{url: 'https://a.test/', items: 'a..b', fields: {title: t, url: u}}]": (6, "items 'a..b'", "dots"),
    "apis: [{url: 'https://a.test/', fields: {title: 'a b', url: u}}]": (6, "title 'a b'", "dots"),
    "apis:\n- url: https://a.test/\n  link: https://a.test/{nr}\n  fields: {title: t}": (8, "asks for nr", "add it"),
    "apis:\n- url: https://a.test/\n  whole_text: true\n  fields: {title: t, url: u}": (
        8,
        "without",
        "the text stands",
    ),
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


def test_a_password_written_where_none_belongs_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as told:
        load(tmp_path, LEAST + "proxy: http://user:sesame@proxy.test\n")
    assert "sesame" not in str(told.value)
    assert "proxy.test" in str(told.value)


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
