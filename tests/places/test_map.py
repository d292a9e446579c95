"""`marsad places --map`: one page that needs nothing else, and shows what articles say and no more."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from alerts.cli import main
from alerts.decide import Desk, PassCount, decide
from alerts.places.gazetteer import Gazetteer
from alerts.places.map import TITLES_LISTED, page, web_address
from alerts.places.map_words import WORDS
from alerts.places.model import Place, PlaceHit
from alerts.places.outlines import Outlines, shipped
from alerts.places.position import Position, map_url
from alerts.places.spots import Article, Spot, gather
from alerts.rules.engine import Engine
from alerts.rules.schema import parse_rules
from alerts.store import entries
from alerts.store import tables as t
from alerts.store.database import open_engine, writing
from alerts.store.decisions import Decisions, undecided
from crawler.article import DAY_ONLY, Entry
from crawler.article import Article as CrawledArticle
from crawler.memory import Poll, Source

LAND = Outlines({"SY": (((36.0, 33.0), (42.0, 33.0), (42.0, 37.0), (36.0, 37.0)),)})
NAMES = {"SY": "سوريا"}
TOWN = Place("SY.t", "تل الزمرد", "town", ("SY",), lat=35.0, lon=40.0)
SPOT = Spot(TOWN, "تل الزمرد، سوريا", Position(35.0, 40.0), 3, ("قبله «بلدة»",), (Article("حريق", "https://a.test/1"),))


class Seen(HTMLParser):
    """What a browser finds in a page: tags with their attributes, the text outside the style, and the style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = self.style = ""
        self._in_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style += data
        else:
            self.text += data

    def links(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]

    def of(self, tag: str, kind: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag and kind in attrs.get("class", "").split()]


def shown(*spots: Spot, articles: int = 2, outlines: Outlines = LAND, language: str = "ar") -> Seen:
    return Seen(page(spots, "الأخبار", articles, outlines, NAMES, "en" if language == "en" else "ar"))


# -- the page ------------------------------------------------------------------------------------------------------

HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=x>\u202eabc\x00"


def test_what_articles_and_imports_say_is_text_and_never_mark_up() -> None:
    place = replace(TOWN, name=HOSTILE)
    spot = Spot(place, HOSTILE, SPOT.position, 1, (HOSTILE,), (Article(HOSTILE, f"https://a.test/{HOSTILE}"),))
    seen = Seen(page([spot], HOSTILE, 1, LAND, {"SY": HOSTILE}))
    ours = {tag for tag, _ in shown(SPOT).tags} | {"details", "summary", "div"}  # for a name that has no room
    assert {tag for tag, _ in seen.tags} <= ours
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script>" in seen.text
    assert not re.search("[\u202a-\u202e\x00]", seen.text)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.test/خبر?id=1&x=2", "https://a.test/خبر?id=1&x=2"),
        ("HTTP://A.test/", "HTTP://A.test/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        (" data:text/html,x", ""),
        ("//a.test/", ""),
        ("https:///path", ""),
        ("https://[a", ""),
        ("https://a.test/" + "x" * 3000, ""),
        ("", ""),
    ],
)
def test_only_an_address_of_the_web_is_a_link(url: str, address: str) -> None:
    assert web_address(url) == address
    links = shown(replace(SPOT, articles=(Article("حريق", url),))).links()
    assert (address in links) == bool(address)
    assert all(link.startswith(("http://", "https://", "HTTP://", "#")) for link in links)


def test_the_page_needs_nothing_from_outside() -> None:
    seen = shown(SPOT, outlines=shipped())
    assert {tag for tag, _ in seen.tags}.isdisjoint(
        {"script", "img", "link", "iframe", "object", "use", "image", "base"}
    )
    outside = [(tag, name) for tag, attrs in seen.tags for name, value in attrs.items() if "//" in value]
    assert set(outside) == {("a", "href")}
    assert "url(" not in seen.style
    assert "@import" not in seen.style
    policy = next(attrs["content"] for tag, attrs in seen.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_mark_leads_to_its_row_and_every_row_has_one_id() -> None:
    other = replace(SPOT, place=replace(TOWN, id="SY.u"), position=Position(36.0, 41.0))
    seen = shown(SPOT, other)
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    inner = {link[1:] for link in seen.links() if link.startswith("#")}
    assert len(ids) == len(set(ids)) == 2
    assert inner == set(ids)


def test_a_tooltip_says_the_path_how_often_why_and_where_it_was_read() -> None:
    html = page([SPOT], "الأخبار", 2, LAND, NAMES)
    (tip,) = set(re.findall('<a href="#p1"><title>([^<]*)</title><circle', html))
    assert tip.split("\n") == ["تل الزمرد، سوريا", "مرات الذكر: 3 · الأخبار: 1", "قبله «بلدة»", "• حريق"]


def test_a_place_without_coordinates_is_listed_with_what_it_lies_in_and_not_drawn() -> None:
    lost = Spot(Place("q", "حي المثال", "neighbourhood", ("SY",)), "حي المثال، سوريا", None, 1, (), ())
    seen = shown(lost)
    drawn = [attrs for tag, attrs in seen.tags if tag in ("circle", "path", "rect") and "q" in str(attrs)]
    assert not seen.of("svg", "world")
    assert len(seen.of("circle", "town")) == 3  # of the legend alone: one, and two that say what sizes mean
    assert not [one for one in drawn if one.get("class") == "quarter" and one.get("x") != "5"]
    assert WORDS["ar"].nowhere in seen.text
    assert "حي المثال، سوريا" in seen.text


def test_what_is_drawn_at_another_place_says_so() -> None:
    quarter = Spot(Place("q", "حي المثال", "neighbourhood"), "حي المثال", Position(35.0, 40.0, TOWN), 1, (), ())
    seen = shown(quarter)
    assert len(seen.of("circle", "apart")) == 3  # two drawings and the legend
    assert seen.text.count(WORDS["ar"].at.format(place="تل الزمرد")) == 2  # below the map and in the table


def test_the_table_has_every_place_with_its_numbers_and_links() -> None:
    seen = shown(SPOT)
    cells = [attrs["data-name"] for tag, attrs in seen.tags if tag == "td"]
    assert cells == list(WORDS["ar"].columns.values())
    assert "https://a.test/1" in seen.links()
    assert "https://www.openstreetmap.org/?mlat=35.00000&mlon=40.00000#map=12/35.00000/40.00000" in seen.links()


def test_one_article_is_linked_once_and_not_in_each_row() -> None:
    other = replace(SPOT, place=replace(TOWN, id="SY.u"))
    assert shown(SPOT, other, articles=1).links().count("https://a.test/1") == 1
    assert shown(SPOT, other, articles=2).links().count("https://a.test/1") == 2


def test_of_hundreds_of_articles_some_are_listed_and_the_others_counted() -> None:
    many = tuple(Article(f"خبر {n}", f"https://a.test/{n}") for n in range(500))
    seen = shown(replace(SPOT, articles=many), articles=500)
    assert sum(link.startswith("https://a.test/") for link in seen.links()) == TITLES_LISTED
    assert f"… و{500 - TITLES_LISTED} غيرها" in seen.text


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_the_page_speaks_and_runs_as_its_language_does(language: str, direction: str) -> None:
    seen = shown(SPOT, language=language)
    words = WORDS["en" if language == "en" else "ar"]
    assert seen.tags[0] == ("html", {"lang": language, "dir": direction})
    assert all(meaning in seen.text for meaning in (*words.legend.values(), words.notes, words.sources))
    assert "تل الزمرد" in seen.text  # names stay as the gazetteer has them


def test_without_a_place_the_page_says_so() -> None:
    seen = shown()
    assert WORDS["ar"].nothing in seen.text
    assert not [tag for tag, _ in seen.tags if tag == "table"]


@given(st.text(), st.text(), st.text())
def test_any_text_makes_a_page_that_can_be_written(title: str, url: str, reason: str) -> None:
    html = page([replace(SPOT, articles=(Article(title, url),), reasons=(reason,))], title, 1, LAND, NAMES)
    html.encode("utf-8")


# -- gathering -----------------------------------------------------------------------------------------------------


def test_places_are_counted_over_articles_the_most_mentioned_first() -> None:
    gazetteer = Gazetteer.load()
    iraq, syria = gazetteer.place("IQ"), gazetteer.place("SY")

    def hits(*places: Place) -> list[PlaceHit]:
        return [PlaceHit("text", n, n + 1, "", place, f"سبب {n % 2}") for n, place in enumerate(places)]

    first, second = Article("أول"), Article("ثان")
    spots = gather([(first, hits(iraq, syria, syria)), (second, hits(syria))], gazetteer)
    assert [(s.place.id, s.mentions, s.articles) for s in spots] == [("SY", 3, (first, second)), ("IQ", 1, (first,))]
    assert spots[0].reasons == ("سبب 0", "سبب 1")


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    state = tmp_path / "state"
    monkeypatch.setenv("MARSAD_STATE_DIR", str(state))
    monkeypatch.setenv("MARSAD_LANGUAGE", "ar")
    monkeypatch.delenv("MARSAD_DATABASE_URL", raising=False)
    return state


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_a_text_is_drawn_on_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert main(["places", "--map", str(out), "اندلع حريق في مدينة البوكمال شرقي سوريا"]) == 0
    seen = Seen(out.read_text(encoding="utf-8"))
    assert len(seen.of("svg", "chart")) == 2
    assert "أماكن خبر «اندلع حريق في مدينة البوكمال شرقي سوريا»" in seen.text
    assert capsys.readouterr().out == f"{out}: 2 places of 1 articles\n"


def test_records_are_drawn_together_and_what_cannot_be_read_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    given_ = lines(
        {"id": 1, "title": "حريق في بيروت", "text": "لا ضحايا", "url": "https://a.test/1"},
        {"id": 2},
        {"id": 3, "text": "أمطار على بيروت وبغداد", "url": "javascript:x"},
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given_), encoding="utf-8"))
    assert main(["places", "--lang", "en", "--map", str(out)]) == 1
    said = capsys.readouterr()
    assert said.err == "marsad: -: record 2: the record has no text\n"
    html = out.read_text(encoding="utf-8")
    seen = Seen(html)
    assert 'lang="en"' in html
    assert {"بيروت", "بغداد"} <= {text.strip() for text in re.findall(r'<text class="name[^>]*>([^<]*)', html)}
    assert [link for link in seen.links() if "a.test" in link or "javascript" in link] == ["https://a.test/1"]
    assert "أمطار على بيروت وبغداد" in seen.text


def test_the_same_articles_make_the_same_page_in_every_process(tmp_path: Path) -> None:
    text = "قصف على البوكمال والميادين ودير الزور، وغارات على غزة ورفح، وبيان من واشنطن وباريس بشأن إيران والعراق"
    pages = set()
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "alerts.cli", "places", "--map", str(out), text]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.DEVNULL)
        pages.add(out.read_bytes())
    assert len(pages) == 1


def test_no_place_is_exit_code_1_and_a_page_that_says_so(tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert main(["places", "--map", str(out), "نشرت الوكالة صور الحريق"]) == 1
    assert WORDS["ar"].nothing in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["missing/out.html", "."])
def test_a_page_that_cannot_be_written_is_one_line_and_exit_code_2(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["places", "--map", str(tmp_path / name), "حريق في بيروت"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path / name) in line
    assert "cannot be written" in line


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--json", "--map", "x.html", "بيروت"], "write one of them"),
        (["--since", "24h"], "write --map"),
        (["--day", "2026-11-23"], "write --map"),
        (["--map", "x.html", "--day", "2026-11-23", "بيروت"], "name no file"),
        (["--map", "x.html", "--since", "1h", "--timezone", "Asia/Damascus"], "write --day"),
        (["--map", "x.html", "--day", "2026-11-23", "--timezone", "Asia/Nowhere"], "no such zone"),
        (["--map", "x.html", "--day", "2026-11-23"], "no store yet"),
        (["--map", "x.html", "--day", "9999-12-31"], "no time that can be reckoned"),
        (["--map", "x.html", "--since", "999999d"], "no time that can be reckoned"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["places", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not Path("x.html").exists()


@pytest.mark.parametrize(
    "words", [["--day", "yesterday"], ["--since", "soon"], ["--day", "2026-11-23", "--since", "1h"]]
)
def test_a_day_or_time_that_is_none_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["places", "--map", "x.html", *words])
    assert left.value.code == 2


FEED = Source("damas", "http://damas.test/feed", "feed")


def save(c: Connection, name: str, at: datetime, *, seen: datetime | None = None, flags: tuple[str, ...] = ()) -> None:
    """Puts an article that names a place into a store."""
    url = f"http://damas.test/{name}"
    entry = Entry("damas", url, f"حريق في {name}", "", at)
    (pending,) = entries.polled(c, Poll(FEED, seen or at, (entry,)), [[("url", url)]])
    article = CrawledArticle("damas", url, f"حريق في {name}", ("لا ضحايا",), published_at=at, flags=flags)
    entries.fetched(c, pending, article, [("url", url)], seen or at)


@pytest.fixture
def stored(state: Path) -> None:
    """A store with news of three places: late on the 22nd, on the 23rd, and on the 24th (UTC)."""
    state.mkdir()
    engine = open_engine(f"sqlite:///{state / 'marsad.db'}")
    with writing(engine) as c:
        save(c, "بغداد", datetime(2026, 11, 22, 22, tzinfo=UTC))
        save(c, "بيروت", datetime(2026, 11, 23, 9, tzinfo=UTC))
        save(c, "القاهرة", datetime(2026, 11, 24, 0, tzinfo=UTC))
    engine.dispose()


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("words", "places", "heading"),
    [
        (["--day", "2026-11-23"], {"بيروت"}, "أماكن أخبار يوم 2026-11-23"),
        (
            ["--day", "2026-11-23", "--timezone", "Asia/Damascus"],
            {"بغداد", "بيروت"},
            "أماكن أخبار يوم 2026-11-23 (Asia/Damascus)",
        ),
        (["--since", "99999d"], {"بغداد", "بيروت", "القاهرة"}, "أماكن الأخبار منذ"),
    ],
)
def test_a_day_is_drawn_from_the_store(words: list[str], places: set[str], heading: str, tmp_path: Path) -> None:
    out = tmp_path / "day.html"
    assert main(["places", "--map", str(out), *words]) == 0
    seen = Seen(out.read_text(encoding="utf-8"))
    assert heading in seen.text
    assert {link.rpartition("/")[2] for link in seen.links() if "damas.test" in link} == places


@pytest.mark.usefixtures("stored")
def test_a_day_without_news_is_a_page_without_places(tmp_path: Path) -> None:
    out = tmp_path / "day.html"
    assert main(["places", "--map", str(out), "--day", "2020-01-01"]) == 1
    assert WORDS["ar"].nothing in out.read_text(encoding="utf-8")


@pytest.mark.usefixtures("stored")
def test_what_is_dated_by_its_day_alone_is_in_one_day_and_not_lost(state: Path, tmp_path: Path) -> None:
    with writing(open_engine(f"sqlite:///{state / 'marsad.db'}")) as c:
        save(
            c,
            "دمشق",
            datetime(2026, 11, 23, 0, tzinfo=UTC),
            seen=datetime(2026, 11, 25, 6, tzinfo=UTC),
            flags=(DAY_ONLY,),
        )
    days = []
    for day in ("2026-11-23", "2026-11-24", "2026-11-25"):
        main(["places", "--map", str(tmp_path / "day.html"), "--day", day])
        days.append("damas.test/دمشق" in (tmp_path / "day.html").read_text(encoding="utf-8"))
    assert sum(days) == 1


# -- in messages ---------------------------------------------------------------------------------------------------


def test_a_message_links_its_place_where_the_channel_says_so(tmp_path: Path) -> None:
    gazetteer = Gazetteer.load()
    rules = parse_rules(
        "channels: {maps: {to: '@m', map: true}, plain: {to: '@p'}}\n"
        "rules: [{id: r, any: [حريق], send: [maps, plain]}]",
        "rules.yaml",
        (),
    )
    desk = Desk(rules, Engine.of(rules, lambda: gazetteer, all_places=True), {}, lambda: gazetteer, timedelta(days=1))
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    engine = open_engine(f"sqlite:///{tmp_path / 'marsad.db'}")
    with writing(engine) as c:
        entries.polled(c, Poll(FEED, at), [])  # the baseline
        save(c, "البوكمال", at)
        decide(desk, undecided(c, 9), PassCount(), at)(Decisions(c, at))
        texts = dict(c.execute(sa.select(t.message.c.channel, t.message_version.c.html).join(t.message_version)).all())
    engine.dispose()
    town = next(p for p in map(gazetteer.place, gazetteer.candidates("البوكمال")) if p.kind == "town")
    link = f'<a href="{escape(map_url(town, Position(town.lat or 0, town.lon or 0)))}">البوكمال، دير الزور، سوريا</a>'
    assert link in texts["maps"]
    assert "openstreetmap" not in texts["plain"]
