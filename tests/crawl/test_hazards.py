"""Whatever a host does to us is over in time, takes little memory, is told with its reason, and stops nothing else.

Outlet a does it; outlet b, in the same crawl, is fetched all the same. Limits are small here; those of production
are held by `test_no_address_may_take_over_thirty_seconds`.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import re
import zlib
from dataclasses import dataclass
from typing import Any

import brotli
import pytest

from crawler import settings
from crawler.article import HEADLINE_ONLY
from crawler.crawl import OutletCounts, crawl
from crawler.memory import Failure
from crawler.outlets.catalogue import Outlet, Way
from crawler.spiders.ways import MORE_MOST
from crawler.worker import READ_SECONDS, Worker
from tests.clock import Clock
from tests.crawl.conftest import Crawling, Diary, feed, outlet, page
from tests.crawl.web import Answer, Asked, Misbehaviour, Page, Web, endless, reset, short, silence, trickle

RSS = "http://a.test/rss"
ONE, TWO = "http://a.test/1", "http://a.test/2"
LIMITS = {"DOWNLOAD_TIMEOUT": 0.5, "ADDRESS_TIMEOUT": 2.0, "RETRY_WAIT": 0.0}
LONGEST = 30.0
"""Seconds; the issue's own bound for each of these, whatever else the machine does."""
MUCH = 64 << 20  # bytes that a bomb unpacks to


def test_no_address_may_take_over_thirty_seconds() -> None:
    assert settings.ADDRESS_TIMEOUT + 1 <= LONGEST  # aiohttp rounds the end of a wait up to a whole second
    assert settings.DOWNLOAD_MAXSIZE <= 5 * 2**20
    assert READ_SECONDS <= 10


# What hosts do


def says(*pieces: bytes) -> Misbehaviour:
    """These very bytes, and the connection is closed."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(pieces))
        await writer.drain()
        writer.close()

    return say


def for_ever(piece: bytes, first: bytes = b"", pause: float = 0.0) -> Misbehaviour:
    """`first`, then `piece` without end."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return say


async def reset_amid_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + b"<" * 10_000)
    await writer.drain()
    writer.transport.abort()


def encoded(how: str, body: bytes) -> Answer:
    return Answer(body, headers={"Content-Encoding": how})


OK = b"HTTP/1.1 200 OK\r\n"
TWICE = gzip.compress(gzip.compress(b"\0" * MUCH))
HOSTS_DO: dict[str, tuple[Page, set[str]]] = {
    "an endless body": (endless, {"too-large"}),
    "endless chunks": (
        for_ever(b"fa0\r\n" + b"<p>x" * 1000 + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        {"too-large"},
    ),
    "chunks of a length without end": (
        for_ever(b"0" * 8000, OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        {"connection", "data-loss", "slow"},
    ),
    "a byte now and then": (trickle, {"slow"}),
    "a byte of the headers now and then": (for_ever(b"x", OK + b"X-Slow: ", pause=0.05), {"timeout"}),
    "silence": (silence, {"timeout"}),
    "a gzip bomb": (encoded("gzip", gzip.compress(b"\0" * MUCH)), {"too-large"}),
    "a deflate bomb": (encoded("deflate", zlib.compress(b"\0" * MUCH)), {"too-large"}),
    "a brotli bomb": (encoded("br", brotli.compress(b"\0" * MUCH)), {"too-large"}),
    "a bomb in a bomb": (encoded("gzip, gzip", TWICE), {"too-large"}),
    "a Content-Length beyond bounds": (Answer(headers={"Content-Length": "99999999999"}), {"too-large"}),
    "less than Content-Length": (short, {"data-loss"}),
    "more than Content-Length": (says(OK, b"Content-Length: 5\r\n\r\n", b"<rss>" * 500), {"not-a-feed", "connection"}),
    "two Content-Lengths": (says(OK, b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n", b"<rss>" * 9), {"connection"}),
    "a negative Content-Length": (says(OK, b"Content-Length: -5\r\n\r\n<rss>"), {"connection"}),
    "a reset": (reset, {"connection"}),
    "a reset amid the body": (reset_amid_the_body, {"connection", "data-loss"}),
    "no HTTP": (says(b"\x00\x01 what\r\n\r\n"), {"connection"}),
    "a header of a megabyte": (says(OK, b"X: ", b"x" * 2**20, b"\r\n\r\n"), {"connection"}),
    "a hundred thousand headers": (says(OK, b"X: x\r\n" * 100_000, b"\r\n"), {"connection", "data-loss", "not-a-feed"}),
    "headers without end": (for_ever(b"X: x\r\n" * 1000, OK), {"connection", "timeout"}),
    "100 Continue without end": (for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100), {"timeout", "connection"}),
    "a redirect loop": (Answer(status=302, headers={"Location": RSS}), {"redirect"}),
    "a redirect to a megabyte": (says(b"HTTP/1.1 302 Go\r\nLocation: /", b"x" * 2**20, b"\r\n\r\n"), {"connection"}),
}


async def failed(web: Web, crawling: Crawling, memory: Diary, page_of_feed: Page, **over: object) -> Failure:
    """What is told of outlet a when its feed is that, and outlet b did not mind."""
    web.pages[RSS] = page_of_feed
    well(web)
    async with asyncio.timeout(LONGEST):
        report = await crawling(outlet("a"), outlet("b"), **{**LIMITS, **over})
    assert report.outlets == {"a": OutletCounts(failed=1), "b": OutletCounts(answered=1, pages_fetched=1)}
    ((url, failure),) = memory.poll_failures
    assert url == RSS
    assert failure.detail
    return failure


def well(web: Web) -> None:
    """Outlet b: a feed with one article."""
    web.pages["http://b.test/rss"] = Answer(feed("http://b.test/1"))
    web.pages["http://b.test/1"] = Answer(page())


@pytest.mark.parametrize("what", HOSTS_DO)
async def test_a_host_that_attacks_is_a_failure_with_its_reason(
    web: Web, crawling: Crawling, memory: Diary, what: str
) -> None:
    does, kinds = HOSTS_DO[what]
    assert (await failed(web, crawling, memory, does)).kind in kinds


@pytest.mark.parametrize("what", HOSTS_DO)
async def test_a_page_that_attacks_leaves_its_headline(web: Web, crawling: Crawling, memory: Diary, what: str) -> None:
    does, kinds = HOSTS_DO[what]
    well(web)
    web.pages[RSS], web.pages[ONE], web.pages[TWO] = Answer(feed(ONE, TWO)), does, Answer(page())
    if isinstance(does, Answer) and does.status == 302:
        web.pages[ONE] = Answer(status=302, headers={"Location": ONE})
    async with asyncio.timeout(LONGEST):
        report = await crawling(outlet("a"), outlet("b"), **LIMITS)
    assert report.outlets["a"] == OutletCounts(answered=1, pages_fetched=1, pages_failed=1)
    assert report.outlets["b"] == OutletCounts(answered=1, pages_fetched=1)
    ((url, failure, stand_in),) = memory.page_failures
    assert url == ONE
    assert failure.kind in kinds | {"no-body", "broken"}
    assert stand_in is not None
    assert HEADLINE_ONLY in stand_in.flags


async def test_no_more_is_taken_of_an_endless_body_than_may_be(web: Web, crawling: Crawling, memory: Diary) -> None:
    sent = 0

    async def counted(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    most = 2**20
    assert (await failed(web, crawling, memory, counted, DOWNLOAD_MAXSIZE=most)).kind == "too-large"
    assert most < sent < 10 * most  # what lies in the buffers between was sent, but not taken


async def test_a_thousand_cookies_are_neither_kept_nor_sent(web: Web, crawling: Crawling, memory: Diary) -> None:
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"x" * 20) for n in range(90))
    body = feed(ONE)
    web.pages[RSS] = says(OK, cookies, b"Content-Length: %d\r\n\r\n" % len(body), body)
    web.pages[ONE] = Answer(page())
    await crawling(outlet("a"), **LIMITS)
    assert len(memory.articles) == 1
    assert not any("cookie" in asked.headers for asked in web.asked)


# Where they would send us

PRIVATE = """
127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 017700000001 0177.0.0.1 0 0.0.0.0 localhost localhost. LOCALHOST
a.localhost a.test.localhost 10.0.0.1 10.1 192.168.1.1 172.16.0.1 169.254.169.254 2852039166 0xa9fea9fe
metadata.google.internal router 100.64.0.1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254]
[fd00::1] [fe80::1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [2002:7f00:1::] [2002:a9fe:a9fe::1]
127.0.0.1%2f@a.test a.test@127.0.0.1 a.test:80@169.254.169.254 a.test%00.127.0.0.1 127。0。0。1
""".split()  # noqa: SIM905
"""Hosts as they may stand in a Location header: every notation of an address that is not public."""


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("of_the_outlet", [False, True], ids=["another host", "a host of the outlet's own file"])
async def test_a_redirect_to_a_private_address_is_not_followed(
    web: Web, crawling: Crawling, memory: Diary, host: str, of_the_outlet: bool
) -> None:
    web.pages[RSS] = Answer(status=302, headers={"Location": f"http://{host}/".encode().decode("latin-1")})
    well(web)
    hosts = ("a.test", host.rpartition("@")[2].strip("[]")) if of_the_outlet else ("a.test",)
    report = await crawling(outlet("a", hosts=hosts), outlet("b"), **LIMITS)
    assert report.outlets["b"] == OutletCounts(answered=1, pages_fetched=1)
    assert {asked.url.split("/")[2] for asked in web.asked} <= {"a.test", "b.test"}
    ((_, failure),) = memory.poll_failures
    assert failure.kind in ("redirect", "blocked-address", "status", "broken")


# What they would have us read

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BODIES: dict[str, bytes] = {
    "five megabytes of nested tags": b"<div>" * 1_000_000,
    "nested tags under the limit of tags": b"<rss><channel>" + b"<item><title>" * 29_000,
    "a tag of five megabytes": b"<rss " + b"a=1 " * 1_200_000,
    "billion laughs": f'<!DOCTYPE rss [<!ENTITY a0 "ha">{LAUGHS}]><rss><channel><item><title>&a11;</title>'
    f"<link>{ONE}</link></item></channel></rss>".encode(),
    "one large entity many times": f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]><rss><channel><item><title>'
    f"{'&a;' * 100_000}</title><link>{ONE}</link></item></channel></rss>".encode(),
    "an entity of itself": b'<!DOCTYPE rss [<!ENTITY a "&a;">]><rss><channel><item><title>&a;</title></item></channel>',
    "a file of ours": b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title>'
    b"<link>http://a.test/1</link></item></channel></rss>",
    "nested JSON": b"[" * 2_000_000,
    "nested JSON objects": b'{"version": "https://jsonfeed.org/version/1", "items": ' + b'{"a":' * 500_000,
    "a number of a million digits": b'{"version": "https://jsonfeed.org/version/1", "items": '
    + b"9" * 1_000_000
    + b"}",
    "entities without end": b"<rss><channel><item><title>" + b"&amp;" * 900_000,
    "unclosed quotes": b"<rss><channel><item><title>" + b'<a href="' * 500_000,
    "spaces": b"<rss>" + b" " * 5_000_000,
    "zero bytes": b"\0" * 5_000_000,
}


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("where", ["feed", "page", "listing"])
async def test_a_body_made_to_exhaust_its_reader_stops_nothing_else(
    web: Web, crawling: Crawling, memory: Diary, what: str, where: str
) -> None:
    well(web)
    body = Answer(BODIES[what])
    hostile = outlet("a")
    if where == "page":
        web.pages[RSS], web.pages[ONE] = Answer(feed(ONE)), body
    else:
        web.pages[RSS] = body
    if where == "listing":
        hostile = outlet("a", feeds=(), listings=(Way(RSS),), article_url=re.compile(r"a\.test/\d+$"))
    async with asyncio.timeout(LONGEST):
        report = await crawling(hostile, outlet("b"), RETRY_WAIT=0.0)
    assert report.outlets["b"] == OutletCounts(answered=1, pages_fetched=1)
    said = [text for poll in memory.polls for entry in poll.entries for text in (entry.title, entry.summary)]
    assert not any("root:" in text for text in said)
    assert sum(map(len, said)) < 2**20
    if where == "page":
        assert [url for url, _, _ in memory.page_failures] == [ONE]
        assert memory.page_failures[0][2] is not None
    else:
        assert len(memory.poll_failures) == 1 or len(memory.polls) == 2  # nothing of it is passed over in silence


@dataclass
class Tarpit(Worker):
    """A worker for which the page `url` is one that no reader comes to the end of."""

    url: str

    def __post_init__(self) -> None:
        super().__init__(read_seconds=1.0)

    async def run(self, function: str, *args: Any, **facts: Any) -> Any:
        if facts.get("url") == self.url:
            return await super().run("time:sleep", 3600.0)
        return await super().run(function, *args, **facts)


async def test_a_page_that_takes_too_long_to_read_costs_its_outlet_the_pass_and_nobody_else(
    web: Web, memory: Diary, clock: Clock
) -> None:
    pages = [f"http://a.test/{n}" for n in range(5)]
    web.pages |= dict.fromkeys(pages, Answer(page())) | {RSS: Answer(feed(*pages))}
    well(web)
    worker = Tarpit(pages[1])
    report = await crawl([outlet("a"), outlet("b")], memory, clock=clock, worker=worker)
    worker.close()
    assert report.outlets["b"] == OutletCounts(answered=1, pages_fetched=1)
    assert report.outlets["a"] == OutletCounts(answered=1, pages_fetched=1, pages_failed=4)
    assert [(url, f.kind) for url, f, _ in memory.page_failures] == [(url, "slow-to-read") for url in pages[1:]]
    assert all(stand_in is not None for _, _, stand_in in memory.page_failures)


# What has no end


def listing_without_end() -> Misbehaviour:
    """Each time another page of ten articles that nobody has seen."""
    numbers = itertools.count()

    async def say(writer: asyncio.StreamWriter) -> None:
        links = "".join(f'<li><a href="/{n}">عنوان الخبر رقم {n}</a></li>' for n in itertools.islice(numbers, 10))
        writer.write(Answer(f"<html><body><ul>{links}</ul></body></html>".encode()).to(Asked("", {})))
        await writer.drain()

    return say


async def test_a_listing_whose_pages_never_end_is_left(web: Web, crawling: Crawling, memory: Diary) -> None:
    first, template = "http://a.test/news", "http://a.test/news?page={n}"
    say = listing_without_end()
    web.pages |= {first: say} | {template.replace("{n}", str(n)): say for n in range(100)}
    endless_one: Outlet = outlet(
        "a", feeds=(), listings=(Way(first, pages=template),), article_url=re.compile(r"a\.test/\d+$")
    )
    await crawling(endless_one, **LIMITS)
    assert len([url for url in web.urls() if "/news" in url]) == 1 + MORE_MOST
