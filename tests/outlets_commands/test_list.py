"""`marsad outlets`: lists, filters, shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import main
from alerts.commands.outlets import record
from crawler.outlets.catalogue import Outlet, load_catalogue
from crawler.outlets.reading import KEYS, read_outlet

EVERYTHING = r"""
id: nahr
name: {ar: صوت النهر, en: River Voice}
kind: local
country: SY
language: ar
homepage: https://www.nahr.test
hosts: [www.nahr.test, old.nahr.test]
timezone: Asia/Damascus
family: {is: wordpress, proven: listed}
feeds: [{url: "https://www.nahr.test/feed/", proven: live, note: in full, whole_text: true}]
sitemaps: [{url: "https://www.nahr.test/news.xml", proven: guess}]
listings: [{url: "https://www.nahr.test/all", pages: "https://www.nahr.test/all?page={n}"}]
apis:
  - url: "https://api.nahr.test/v1"
    items: data.0.news
    fields: {title: head.ar, id: key}
    link: "https://www.nahr.test/n/{id}"
article_url: ^https://www\.nahr\.test/n/(?P<id>\d+)$
layout: 2026-03
selectors:
  {title: h1.big, body: [div.main, article], lead: p.lead, drop: .ads, published: time, author: .by, image: img.top}
listing: {link: a.card}
boilerplate: [^تابعوا قناة النهر]
z_is_local: true
feed_offset_is_false: true
month_first: true
accept_encoding: [gzip]
interval: 5m
crawl_delay: 2s
proxy: OFFICE
telegram: {channel: nahr_voice, instead: true}
tags: [euphrates]
evidence: [a saved page]
checked: 2026-11-23
"""


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outlet:
    """An outlet of the operator's whose file has every key."""
    (tmp_path / "nahr.yaml").write_text(EVERYTHING, encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(tmp_path))
    return read_outlet(tmp_path / "nahr.yaml")


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    main(["outlets", *words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_record_has_every_key_of_an_outlet_file_and_none_is_lost(full: Outlet) -> None:
    shown = json.loads(json.dumps(record(full), ensure_ascii=False))
    assert set(KEYS) <= shown.keys()
    assert [key for key in KEYS if shown[key] in (None, "", [], {}, False)] == []
    assert shown["apis"][0]["fields"] == {"title": "head.ar", "id": "key"}
    assert (shown["apis"][0]["items"], shown["apis"][0]["link"]) == ("data.0.news", "https://www.nahr.test/n/{id}")
    assert shown["feeds"][0]["whole_text"] is True
    assert shown["listings"][0]["pages"] == "https://www.nahr.test/all?page={n}"
    assert (shown["interval"], shown["crawl_delay"]) == (300, 2.0)
    assert shown["telegram"] == {"channel": "nahr_voice", "instead": True}
    assert (shown["proxy"], shown["proven"], shown["evidenced"]) == ("OFFICE", "live", True)


def test_one_that_is_named_is_shown_in_full(full: Outlet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outlets", "nahr"]) == 0
    shown = capsys.readouterr().out
    for fact in (
        *("River Voice (صوت النهر)", "SY", "Asia/Damascus", "local", "wordpress", "old.nahr.test", "euphrates"),
        *("https://www.nahr.test/feed/  (live; whole text; in full)", "https://api.nahr.test/v1  (listed)"),
        *("div.main", "img.top", "^تابعوا قناة النهر", "a saved page", "2026-11-23", "@nahr_voice", "2 s", "300 s"),
        *("MARSAD_PROXY_OFFICE", "the month comes first", "its Z is the local time", "gzip", "(?P<id>"),
    ):
        assert fact in shown


def test_one_without_selectors_is_told_to_be_read_by_general_extraction(capsys: pytest.CaptureFixture[str]) -> None:
    unproven = next(outlet for outlet in load_catalogue().values() if not outlet.evidenced)
    main(["outlets", unproven.id])
    assert "general extraction" in capsys.readouterr().out


FILTERS: dict[tuple[str, ...], Callable[[Outlet], bool]] = {
    ("--country", "sy"): lambda o: o.country == "SY",
    ("--kind", "agency"): lambda o: o.kind == "agency",
    ("--language", "ar"): lambda o: o.language == "ar",
    ("--tag", "syria"): lambda o: "syria" in o.tags,
    ("--proven", "live"): lambda o: o.proven == "live",
    ("--country", "SY", "--proven", "live"): lambda o: (o.country, o.proven) == ("SY", "live"),
}


@pytest.mark.parametrize("words", FILTERS, ids=" ".join)
def test_a_filter_leaves_those_that_are_so(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [outlet.id for outlet in load_catalogue().values() if FILTERS[words](outlet)]
    assert len(wanted) > 0
    assert [row["id"] for row in rows(capsys, *words)] == wanted


def test_a_filter_that_leaves_none_says_so_with_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outlets", "--country", "SY", "--tag", "no-such-tag"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "no outlet is all of this" in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--country", "Syria"], "ISO 3166-1"),
        (["--kind", "blog"], "agency"),
        (["--jobs", "0"], "1 to 100"),
        (["--articles", "many"], "1 to 100"),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["outlets", *words])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_options_of_add_without_add_are_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outlets", "sana", "--yes"]) == 2
    assert "marsad outlets add URL" in capsys.readouterr().err
