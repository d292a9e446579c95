"""Bad input: the outlet is reported, the pass goes on, nothing is stored as an article that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsroom.server import Answer
from newsroom.shapes import address
from tests.service.conftest import World

FEED = "http://damas.test/feed/"
INTERSTITIAL = (
    b"<html><head><title>Just a moment...</title></head><body><div id='challenge-form'>"
    b"Checking your browser before accessing the site. Enable JavaScript and cookies to continue</div></body></html>"
)

BAD_FEEDS = {
    "broken": Answer(200, b"<rss><channel><item><title>x</ti", {"Content-Type": "application/rss+xml"}),
    "no feed at all": Answer(200, b"\x89PNG\r\n\x1a\n" + b"\0" * 500, {"Content-Type": "application/rss+xml"}),
    "an interstitial": Answer(200, INTERSTITIAL, {"Content-Type": "text/html"}),
    "an error": Answer(500, b"oops"),
    "a refusal": Answer(403, b"no"),
    "gone": Answer(404, b"no"),
    "huge": Answer(200, b"<rss>" + b" " * (6 << 20), {"Content-Type": "application/rss+xml"}),
    "a redirect away": Answer(302, b"", {"Location": "http://manara.test/feed"}),
    "a redirect to a private address": Answer(302, b"", {"Location": "http://127.0.0.1/feed"}),
}


@pytest.mark.parametrize("name", BAD_FEEDS)
async def test_a_bad_feed_is_reported_and_the_other_outlets_are_told_of(world: World, name: str) -> None:
    world.newsroom.fault(FEED, BAD_FEEDS[name])
    done = await world.marsad("run", "--backfill", "6h")
    assert done.code == 0
    assert [line for line in done.err.splitlines() if FEED in line], done.err
    assert "Traceback" not in done.err
    told = {p.piece.title for p in world.newsroom.out if p.piece.told and p.piece.outlet != "damas"}
    assert told <= set(world.titles_told())
    assert world.rows("SELECT count(*) FROM entry WHERE outlet = 'damas'") == [(0,)]
    again = await world.marsad("run", "--all")
    assert FEED not in again.err  # said once
    status = await world.marsad("status")
    assert (status.code, FEED in status.out) == (1, True)


async def test_a_feed_that_is_whole_again_is_taken_up(world: World) -> None:
    world.newsroom.fault(FEED, Answer(500))
    await world.marsad("run")
    world.newsroom.fault(FEED, None)
    await world.marsad("run", "--all")
    world.newsroom.publish()
    await world.marsad("run", "--all")
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    assert set(world.titles_told()) == new


BAD_PAGES = {
    "empty": Answer(200, b"", {"Content-Type": "text/html"}),
    "an interstitial": Answer(200, INTERSTITIAL, {"Content-Type": "text/html"}),
    "an error": Answer(502, b"bad gateway"),
    "huge": Answer(200, b"<html>" + b"<p>x</p>" * (1 << 20), {"Content-Type": "text/html"}),
    "binary": Answer(200, bytes(range(256)) * 50, {"Content-Type": "text/html"}),
    "a redirect loop": Answer(302, b"", {"Location": "."}),
}


@pytest.mark.parametrize("name", BAD_PAGES)
async def test_a_bad_page_is_no_article_and_its_headline_stands_for_it(world: World, name: str) -> None:
    out = next(p for p in world.newsroom.out if p.piece.told and p.piece.outlet == "ufuq")
    piece = out.piece
    world.newsroom.fault(address(out), BAD_PAGES[name])
    done = await world.marsad("run", "--backfill", "6h")
    assert done.code == 0
    assert f"{piece.outlet}: 1 page gave no article" in done.err
    [(flags,)] = world.rows(
        f"SELECT v.flags FROM article_version v JOIN article a ON a.id = v.article_id "
        f"WHERE v.title = '{piece.title}' AND a.outlet = '{piece.outlet}'"
    )
    assert "headline-only" in flags
    assert world.rows("SELECT count(*) FROM entry WHERE state = 'failed'") != [(0,)]


async def test_a_broken_rules_file_is_refused_with_its_place_and_nothing_is_sent(world: World, tmp_path: Path) -> None:
    rules = tmp_path / "bad.yaml"
    rules.write_text("channels:\n  c: {to: '@x'}\nrules:\n  - {id: r, any: [قصف], send: [d]}\n")
    done = await world.marsad("run", "--rules", str(rules))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{rules}:4:")
    assert world.newsroom.journal == []
    assert world.api.journal == []


async def test_an_unknown_outlet_on_the_command_line_is_refused_with_the_nearest(world: World) -> None:
    done = await world.marsad("run", "damaas")
    assert (done.code, done.out) == (2, "")
    assert "did you mean damas?" in done.err
    assert len(done.err.splitlines()) == 1


async def test_where_nothing_answers_the_exit_code_says_so(world: World) -> None:
    done = await world.marsad("run", http_proxy="http://127.0.0.1:1")
    assert done.code == 1
    assert "Traceback" not in done.err


async def test_a_database_that_cannot_be_used_is_one_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "marsad.db").write_text("no database " * 100)
    done = await world.marsad("run")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "not a database" in done.err
