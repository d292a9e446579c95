"""The newsroom's server: honest validators, a second wave, faults on demand, nothing but its own outlets."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.request
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import aiohttp
import pytest

from newsroom.pieces import OUTLETS, RULES, load
from newsroom.server import CONTROL, Answer, Exchange, Newsroom
from newsroom.shapes import address, wire
from newsroom.site import FEEDS, LISTINGS
from tests.newsroom.client import OPENED, Get

CHECKOUT = Path(__file__).parents[2]
SOURCES = [*(url for url, _ in FEEDS.values()), *LISTINGS.values()]
DAMAS, _ = FEEDS["damas"]
WARRAQ, _ = FEEDS["warraq"]


@pytest.mark.parametrize("url", SOURCES)
async def test_a_source_asked_again_with_its_validators_is_not_modified(get: Get, url: str) -> None:
    first = await get(url)
    assert first.status == 200
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for conditions in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", W/{etag}'},
        {"If_Modified_Since": modified},
        {"If_None_Match": etag, "If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = await get(url, **conditions)
        assert (again.status, again.body) == (304, b""), conditions
        assert (again.headers["ETag"], again.headers["Last-Modified"]) == (etag, modified)


async def test_a_condition_that_does_not_hold_gives_the_whole_answer(get: Get) -> None:
    first = await get(DAMAS)
    before = format_datetime(parsedate_to_datetime(first.headers["Last-Modified"]) - timedelta(seconds=1), usegmt=True)
    for conditions in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": first.headers["Last-Modified"]},
        {"If_Modified_Since": before},
        {"If_Modified_Since": "yesterday"},
    ):
        again = await get(DAMAS, **conditions)
        assert (again.status, again.body) == (200, first.body), conditions


async def test_the_second_wave_comes_out_once_under_new_validators_where_it_belongs(
    newsroom: Newsroom, get: Get
) -> None:
    before = {url: await get(url) for url in SOURCES}
    wave = newsroom.publish(OPENED + timedelta(minutes=30))
    assert [published.piece.outlet for published in wave] == ["damas", "warraq"]
    assert newsroom.publish() == ()
    for url in SOURCES:
        now = await get(url, If_None_Match=before[url].headers["ETag"])
        assert now.status == (200 if url in (DAMAS, WARRAQ) else 304)
        since = await get(url, If_Modified_Since=before[url].headers["Last-Modified"])
        assert since.status == now.status
    for published in wave:
        assert (await get(address(published))).status == 200


async def test_a_page_of_the_second_wave_is_not_there_before(newsroom: Newsroom, get: Get) -> None:
    assert (await get("http://damas.test/archives/348120")).status == 404
    newsroom.publish()
    assert (await get("http://damas.test/archives/348120")).status == 200


async def test_every_spelling_of_an_address_is_the_same_page(newsroom: Newsroom, get: Get) -> None:
    published = next(p for p in newsroom.out if p.piece.outlet == "furat48")
    plain = address(published)
    spellings = (plain, wire(plain), wire(plain).replace("%d", "%D"), plain + "?utm_source=x")
    pages = {(await get(spelling)).body for spelling in spellings}
    assert len(pages) == 1
    assert published.piece.title.encode() in pages.pop()


async def test_every_article_is_reached_and_no_host_is_asked_ten_times(newsroom: Newsroom, get: Get) -> None:
    newsroom.publish()
    status = {published: (await get(address(published))).status for published in newsroom.out}
    assert {p.piece.outlet for p, code in status.items() if code == 403} == {"sahel"}
    assert {code for p, code in status.items() if p.piece.outlet != "sahel"} == {200}
    outlets = [published.piece.outlet for published in newsroom.out]
    assert max(outlets.count(outlet) for outlet in outlets) + len(LISTINGS) + 1 < 10  # + robots.txt


async def test_the_old_paper_says_its_encoding_in_the_document_only(newsroom: Newsroom, get: Get) -> None:
    feed, article = await get(WARRAQ), await get("http://warraq.test/news.php?id=90402")
    assert "charset" not in feed.headers["Content-Type"] + article.headers["Content-Type"]
    assert "دجلة" in feed.body.decode("windows-1256")
    assert feed.body.startswith(b'<?xml version="1.0" encoding="windows-1256"?>')
    assert b"charset=windows-1256" in article.body
    with pytest.raises(UnicodeDecodeError):
        feed.body.decode("utf-8")


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "http://example.org/", 502),
        ("GET", "http://127.0.0.1:1/", 502),
        ("GET", "http://damas.test/archives/1", 404),
        ("GET", "http://other.test/", 404),
        ("GET", CONTROL, 404),
        ("POST", "http://damas.test/feed/", 405),
        ("GET", "http://damas.test/robots.txt", 200),
        ("GET", "http://warraq.test/robots.txt", 404),
    ],
)
async def test_only_the_outlets_answer(get: Get, method: str, url: str, status: int) -> None:
    assert (await get(url, method)).status == status


async def test_the_journal_has_every_exchange(newsroom: Newsroom, get: Get) -> None:
    etag = (await get(DAMAS)).headers["ETag"]
    await get(DAMAS, If_None_Match=etag)
    await get("http://damas.test/none", "HEAD")
    assert newsroom.journal == [
        Exchange("GET", DAMAS, 200, conditional=False),
        Exchange("GET", DAMAS, 304, conditional=True),
        Exchange("HEAD", "http://damas.test/none", 404, conditional=False),
    ]


async def test_a_fault_holds_in_every_spelling_until_it_is_lifted(newsroom: Newsroom, get: Get) -> None:
    plain = LISTINGS["محليات"]
    newsroom.fault(wire(plain), Answer(500, b"broken", {"Retry-After": "60"}))
    broken = await get(plain)
    assert (broken.status, broken.body, broken.headers["Retry-After"]) == (500, b"broken", "60")
    newsroom.fault(plain, None)
    assert (await get(plain)).status == 200


async def test_a_dripping_answer_comes_whole_and_a_slow_one_does_not_hold_up_the_end(get: Get) -> None:
    async with Newsroom(opened=OPENED) as other, aiohttp.ClientSession() as session:
        other.fault(DAMAS, Answer(body=b"x" * 3000, drip=0.001))
        async with session.get(DAMAS, proxy=other.proxy) as response:
            assert await response.read() == b"x" * 3000
        other.fault(DAMAS, Answer(delay=3600))
        waiting = asyncio.create_task(session.get(DAMAS, proxy=other.proxy).__aenter__())
        async with asyncio.timeout(5):
            while other.held != [DAMAS]:
                await asyncio.sleep(0)
    with pytest.raises(aiohttp.ClientError):
        await waiting


def test_it_runs_in_a_thread_for_tests_without_a_loop() -> None:
    with Newsroom(opened=OPENED) as newsroom:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": newsroom.proxy}))
        with opener.open(DAMAS) as response:
            assert response.status == 200
        with pytest.raises(OSError), Newsroom(port=int(newsroom.proxy.rpartition(":")[2])):
            pass


def test_it_runs_as_a_process_and_publishes_when_told() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsroom", "serve", "--port", "0"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = dict(word.split("=", 1) for word in process.stdout.readline().split() if "=" in word)
        assert said["MARSAD_OUTLETS"] == str(OUTLETS)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": said["http_proxy"]}))
        with opener.open(urllib.request.Request(CONTROL, method="POST")) as response:
            assert response.read() == b"2 pieces came out\n"
        with opener.open("http://damas.test/archives/348120") as response:
            assert response.status == 200
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_the_environment_holds_the_newsroom_and_no_setting_of_the_operator(tmp_path: Path) -> None:
    base = {"PATH": "/bin", "MARSAD_TELEGRAM_TOKEN": "1:x", "HTTPS_PROXY": "http://a", "no_proxy": "*"}
    newsroom = Newsroom()
    assert newsroom.environ(tmp_path, base) == {
        "PATH": "/bin",
        "http_proxy": newsroom.proxy,
        "MARSAD_OUTLETS": str(OUTLETS),
        "MARSAD_RULES": str(RULES),
        "MARSAD_STATE_DIR": str(tmp_path),
    }


def test_pieces_have_titles_that_no_other_holds_except_the_wire_copy() -> None:
    titles = [piece.title for piece in load()]
    assert len(titles) - len(set(titles)) == 1
    assert [(a, b) for a in set(titles) for b in set(titles) if a != b and a in b] == []
