"""Crawls over the small web: what is asked for, what the memory is told, what never stops anything else."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from scrapy import Request, signals
from scrapy.crawler import Crawler

from crawler.article import HEADLINE_ONLY, Article, Entry
from crawler.crawl import CrawlReport, OutletCounts, crawl
from crawler.memory import Failure, PendingEntry, Poll
from crawler.net.handler import GuardedHandler
from crawler.net.manners import Manners
from crawler.outlets.catalogue import Way
from crawler.worker import Worker
from tests.clock import Clock
from tests.crawl.conftest import Crawling, Diary, feed, outlet, page
from tests.crawl.web import (
    SLOWLY,
    Answer,
    Asked,
    Page,
    Web,
    endless,
    nonsense,
    reset,
    short,
    silence,
    slow_redirect,
    trickle,
)

A = outlet("a")
RSS = "http://a.test/rss"
ONE, TWO, THREE = "http://a.test/1", "http://a.test/2", "http://a.test/3"


@pytest.fixture
def site(web: Web) -> Web:
    """The web with outlet a: a feed of three articles, each with its page."""
    web.pages[RSS] = Answer(feed(THREE, TWO, ONE), etag='"v1"', modified="Mon, 23 Nov 2026 11:30:00 GMT")
    for url in (ONE, TWO, THREE):
        web.pages[url] = Answer(page())
    return web


# What is asked for


async def test_a_first_crawl_fetches_the_pages_in_the_order_of_the_feed(
    site: Web, crawling: Crawling, memory: Diary
) -> None:
    report = await crawling(A)
    assert site.urls(robots=True) == ["http://a.test/robots.txt", RSS, THREE, TWO, ONE]
    assert [a.request_url for a in memory.articles] == [THREE, TWO, ONE]
    assert all(len(a.paragraphs) == 2 and a.flags == () for a in memory.articles)
    assert report == CrawlReport({"a": OutletCounts(answered=1, pages_fetched=3)})


async def test_a_second_crawl_asks_conditionally_and_fetches_no_page(
    site: Web, crawling: Crawling, memory: Diary
) -> None:
    await crawling(A)
    site.urls()
    report = await crawling(A)
    assert site.header(RSS, "If-None-Match") == '"v1"'
    assert site.header(RSS, "If-Modified-Since") == "Mon, 23 Nov 2026 11:30:00 GMT"
    assert site.urls(robots=True) == [RSS]
    assert memory.polls[-1].not_modified
    assert report == CrawlReport({"a": OutletCounts(unchanged=1)})


async def test_only_a_new_entrys_page_is_fetched(site: Web, crawling: Crawling) -> None:
    await crawling(A)
    site.urls()
    site.pages[RSS] = Answer(feed("http://a.test/4", THREE), etag='"v2"')
    site.pages["http://a.test/4"] = Answer(page())
    await crawling(A)
    assert site.urls() == [RSS, "http://a.test/4"]


async def test_what_several_sources_show_is_fetched_once(site: Web, crawling: Crawling, memory: Diary) -> None:
    site.pages["http://a.test/latest"] = Answer(feed(TWO, THREE))
    await crawling(outlet("a", feeds=(Way(RSS), Way("http://a.test/latest"))))
    assert sorted(site.urls()) == sorted(["http://a.test/latest", RSS, ONE, TWO, THREE])
    assert len(memory.articles) == 3


async def test_a_listing_page_is_a_source_too(site: Web, crawling: Crawling, memory: Diary) -> None:
    links = "".join(f'<li><a href="/{n}">{t}</a></li>' for n, t in ((1, "افتتاح جسر جديد"), (2, "موسم الزيتون يبدأ")))
    site.pages["http://a.test/news"] = Answer(f"<html><body><ul>{links}</ul></body></html>".encode(), etag='"l1"')
    listed = outlet(
        "a", feeds=(), listings=(Way("http://a.test/news"),), article_url=re.compile(r"a\.test/(?P<id>\d+)$")
    )
    await crawling(listed)
    assert site.urls() == ["http://a.test/news", ONE, TWO]
    await crawling(listed)
    assert site.urls() == ["http://a.test/news"]
    assert memory.polls[-1].not_modified


async def test_requests_say_who_asks_and_for_what(site: Web, crawling: Crawling) -> None:
    await crawling(A)
    headers = site.asked[-1].headers
    assert headers["user-agent"].startswith("Marsad/")
    assert headers["accept-language"] == "ar"
    assert "gzip" in headers["accept-encoding"]
    assert "cookie" not in headers
    assert "referer" not in headers


async def test_a_compressed_answer_is_unpacked(site: Web, crawling: Crawling, memory: Diary) -> None:
    site.pages[RSS] = Answer(gzip.compress(feed(ONE)), headers={"Content-Encoding": "gzip"})
    await crawling(A)
    assert len(memory.articles) == 1


async def test_the_headers_charset_reaches_the_reader(site: Web, crawling: Crawling, memory: Diary) -> None:
    text = feed(ONE).decode().replace(' encoding="UTF-8"', "")
    site.pages[RSS] = Answer(
        text.encode("cp1256"), headers={"Content-Type": "application/rss+xml; charset=windows-1256"}
    )
    await crawling(A)
    assert memory.polls[0].entries[0].title == "خبر عاجل رقم 1"


async def test_two_connections_a_host_at_once_and_no_more(site: Web, crawling: Crawling) -> None:
    """Each page is answered only when a second one has been asked for too."""
    two = asyncio.Barrier(2)

    async def together(writer: asyncio.StreamWriter) -> None:
        await two.wait()
        writer.write(Answer(page()).to(Asked("", {})))
        await writer.drain()

    urls = [f"http://a.test/{n}" for n in range(8)]
    site.pages[RSS] = Answer(feed(*urls))
    site.pages.update(dict.fromkeys(urls, together))
    report = await asyncio.wait_for(crawling(A), 20)
    assert report.pages_fetched == 8
    assert site.busiest["a.test"] == 2


# Nothing is lost


async def test_a_304_never_hides_an_unfinished_entry(
    site: Web, crawling: Crawling, memory: Diary, clock: Clock
) -> None:
    site.pages[TWO] = Answer(status=500)
    await crawling(A)
    assert site.urls() == [RSS, THREE, TWO, ONE, TWO]
    site.pages[TWO] = Answer(page())
    clock.forward(minutes=1)
    await crawling(A)
    assert memory.polls[-1].not_modified
    assert site.urls() == [RSS, TWO]
    assert [a.request_url for a in memory.articles] == [THREE, ONE, TWO]
    clock.forward(days=2)
    await crawling(A)
    assert site.urls() == [RSS]


async def test_a_crash_between_the_feed_and_its_pages_loses_nothing(site: Web, memory: Diary, clock: Clock) -> None:
    """The process dies after the poll was stored; another one, over the same file, fetches all the pages."""

    class Dies(Diary):
        async def polled(self, poll: Poll) -> None:  # type: ignore[override]
            await super().polled(poll)
            raise ConnectionAbortedError("the power is gone")

    dying = Dies(memory._path)
    with pytest.raises(ConnectionAbortedError):
        await crawl([A], dying, clock=clock)
    await dying.close()
    assert site.urls() == [RSS]
    await crawl([A], memory, clock=clock)
    assert memory.polls[0].not_modified
    assert site.urls() == [RSS, THREE, TWO, ONE]


async def test_a_page_that_fails_twice_leaves_the_stand_in_and_is_due_in_a_minute(
    site: Web, crawling: Crawling, memory: Diary, clock: Clock
) -> None:
    site.pages[ONE] = Answer(status=500)
    report = await crawling(A)
    assert site.urls().count(ONE) == 2
    ((url, failure, stand_in),) = memory.page_failures
    assert (url, failure.kind, failure.status) == (ONE, "status", 500)
    assert stand_in is not None
    assert stand_in.title == "خبر عاجل رقم 3"
    assert HEADLINE_ONLY in stand_in.flags
    assert report.pages_failed == 1
    assert await memory.unfinished("a", clock.forward(seconds=59)) == []
    assert [p.entry.url for p in await memory.unfinished("a", clock.forward(seconds=1))] == [ONE]


async def test_a_stand_in_is_an_item_once_and_the_article_when_it_comes(
    site: Web, crawling: Crawling, clock: Clock, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    site.pages[TWO] = Answer(status=404)
    items: list[list[tuple[str, bool]]] = []
    for minutes in (1, 5, 15):
        await crawling(A, FEEDS={str(out): {"format": "jsonlines", "overwrite": True}})
        records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        items.append([(r["url"], HEADLINE_ONLY in r["flags"]) for r in records])
        clock.forward(minutes=minutes)
        if len(items) == 2:
            site.pages[TWO] = Answer(page())
    assert sorted(items[0]) == [(ONE, False), (TWO, True), (THREE, False)]
    assert items[1:] == [[], [(TWO, False)]]


async def test_the_backlogs_pages_come_after_those_of_new_entries(site: Web, crawling: Crawling, clock: Clock) -> None:
    site.pages[ONE] = Answer(status=404)
    await crawling(A)
    site.urls()
    site.pages[RSS] = Answer(feed("http://a.test/4"))
    site.pages["http://a.test/4"] = Answer(page())
    clock.forward(minutes=1)
    await crawling(A)
    assert site.urls() == [RSS, "http://a.test/4", ONE]


async def test_an_entry_on_another_site_stands_by_its_headline_and_is_not_asked_for(
    site: Web, crawling: Crawling, memory: Diary
) -> None:
    site.pages[RSS] = Answer(feed("http://elsewhere.test/9", ONE))
    await crawling(A)
    assert site.urls() == [RSS, ONE]
    ((url, failure, stand_in),) = memory.page_failures
    assert (url, failure.kind) == ("http://elsewhere.test/9", "off-site")
    assert stand_in is not None


@pytest.mark.parametrize(
    "url", ["http://a.test:99999/9", "http://a.test:port/9", "http://a.test/\udcff", "javascript:1"]
)
async def test_an_entry_whose_address_cannot_be_asked_for_stops_no_other(
    site: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    unfinished = PendingEntry(99, Entry("a", url, "خبر عاجل"), failures=1)

    async def backlog(*_: object) -> list[PendingEntry]:
        return [unfinished]

    async def failed(pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        memory.page_failures.append((pending.entry.url, failure, stand_in))

    monkeypatch.setattr(memory, "unfinished", backlog)
    monkeypatch.setattr(memory, "page_failed", failed)
    await crawling(A)
    assert [(u, f.kind) for u, f, _ in memory.page_failures] == [(url, "off-site" if "java" in url else "broken")]
    assert len(memory.articles) == 3


# What outlets do


async def failure_of_feed(web: Web, crawling: Crawling, memory: Diary, feed_page: Page, **settings: object) -> Failure:
    """What the memory is told of outlet a when its feed is `feed_page`; outlet b, in the same crawl, must not mind."""
    web.pages[RSS] = feed_page
    web.pages["http://b.test/rss"] = Answer(feed("http://b.test/1"))
    web.pages["http://b.test/1"] = Answer(page())
    report = await crawling(A, outlet("b"), **settings)
    assert report.outlets["b"] == OutletCounts(answered=1, pages_fetched=1)
    assert report.outlets["a"] == OutletCounts(failed=1)
    ((url, failure),) = memory.poll_failures
    assert url == RSS
    return failure


BOMB = Answer(gzip.compress(b"\0" * (64 << 20)), headers={"Content-Encoding": "gzip"})
LOOP = Answer(status=302, headers={"Location": RSS})


@pytest.mark.parametrize(
    ("feed_page", "kind", "tries"),
    [
        pytest.param(Answer(status=403), "status", 1, id="403"),
        pytest.param(Answer(status=404), "status", 1, id="404"),
        pytest.param(Answer(status=429), "status", 1, id="429 without a word"),
        pytest.param(Answer(status=500), "status", 2, id="500"),
        pytest.param(Answer(status=304), "status", 1, id="304 unasked"),
        pytest.param(Answer(page()), "not-a-feed", 1, id="a page for a feed"),
        pytest.param(Answer(b""), "not-a-feed", 1, id="nothing"),
        pytest.param(endless, "too-large", 1, id="endless"),
        pytest.param(BOMB, "too-large", 1, id="gzip bomb"),
        pytest.param(Answer(b"x", headers={"Content-Length": "99999999"}), "too-large", 1, id="said to be large"),
        pytest.param(short, "data-loss", 2, id="less than promised"),
        pytest.param(reset, "connection", 2, id="reset"),
        pytest.param(nonsense, "connection", 2, id="no HTTP"),
        pytest.param(LOOP, "redirect", 6, id="redirect loop"),
        pytest.param(Answer(status=302, headers={"Location": "http://b.test/"}), "redirect", 1, id="to another outlet"),
        pytest.param(Answer(status=302, headers={"Location": "http://127.0.0.1/"}), "redirect", 1, id="to loopback"),
        pytest.param(Answer(status=302, headers={"Location": "http://2130706433/"}), "redirect", 1, id="in decimal"),
        pytest.param(Answer(status=302, headers={"Location": "file:///etc/passwd"}), "redirect", 1, id="to a file"),
        pytest.param(Answer(b"\x1f\x8b broken", headers={"Content-Encoding": "gzip"}), "broken", 1, id="bad gzip"),
    ],
)
async def test_a_feed_that_misbehaves_is_a_failure_of_its_outlet_only(
    web: Web, crawling: Crawling, memory: Diary, feed_page: Page, kind: str, tries: int
) -> None:
    failure = await failure_of_feed(web, crawling, memory, feed_page)
    assert failure.kind == kind
    assert [u for u in web.urls() if not u.startswith("http://b.test/")] == [RSS] * tries


@pytest.mark.parametrize(("feed_page", "kind"), [(silence, "timeout"), (trickle, "slow")])
@pytest.mark.parametrize(("seconds", "tries"), [(30, 2), (1.1, 1)], ids=["time for two", "under a second left"])
async def test_no_answer_or_one_byte_a_while_ends_with_the_time_allowed(
    web: Web, crawling: Crawling, memory: Diary, feed_page: Page, kind: str, seconds: float, tries: int
) -> None:
    failure = await failure_of_feed(web, crawling, memory, feed_page, DOWNLOAD_TIMEOUT=0.3, ADDRESS_TIMEOUT=seconds)
    assert failure.kind == kind
    assert web.urls().count(RSS) == tries


async def test_an_addresss_redirects_and_tries_share_its_time(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed: list[float] = []
    real = GuardedHandler._make_request

    def recorded(self: GuardedHandler, request: Request, timeout: float) -> Any:
        if "robots" not in request.url:
            allowed.append(timeout)
        return real(self, request, timeout)

    monkeypatch.setattr(GuardedHandler, "_make_request", recorded)
    web.pages[RSS], web.pages["http://a.test/next"] = slow_redirect, silence
    await crawling(A, ADDRESS_TIMEOUT=SLOWLY + 1, DOWNLOAD_TIMEOUT=20)
    first, second = allowed
    assert first == SLOWLY + 1
    assert second <= 1
    assert memory.poll_failures[0][1].kind == "timeout"


async def test_a_short_retry_after_is_waited_out(web: Web, crawling: Crawling, memory: Diary) -> None:
    web.pages[RSS] = [Answer(status=429, headers={"Retry-After": "0"}), Answer(feed(ONE))]
    web.pages[ONE] = Answer(page())
    await crawling(A)
    assert web.urls() == [RSS, RSS, ONE]


@pytest.mark.parametrize(("status", "seconds"), [(429, 600), (503, 600), (503, 11)])
async def test_a_long_retry_after_is_handed_on(
    web: Web, crawling: Crawling, memory: Diary, status: int, seconds: int
) -> None:
    answer = Answer(status=status, headers={"Retry-After": str(seconds)})
    failure = await failure_of_feed(web, crawling, memory, answer)
    assert failure.status == status
    assert failure.retry_after is not None
    assert failure.retry_after.total_seconds() == seconds
    assert web.urls().count(RSS) == 1


async def test_a_500_that_was_a_moments_is_forgotten(web: Web, crawling: Crawling, memory: Diary) -> None:
    web.pages[RSS] = [Answer(status=502), Answer(feed(ONE))]
    web.pages[ONE] = [reset, Answer(page())]
    await crawling(A)
    assert memory.poll_failures == []
    assert [a.request_url for a in memory.articles] == [ONE]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=403), "status"),
        (Answer(b"<html><body></body></html>"), "no-body"),
        (endless, "too-large"),
        (reset, "connection"),
        (Answer(status=301, headers={"Location": "http://a.test/"}), "redirect"),
        (Answer(status=301, headers={"Location": "http://10.0.0.1/"}), "redirect"),
    ],
)
async def test_a_page_that_misbehaves_leaves_its_headline_and_no_article(
    site: Web, crawling: Crawling, memory: Diary, answer: Page, kind: str
) -> None:
    site.pages[TWO] = answer
    site.pages["http://a.test/"] = Answer(page("الصفحة الأولى"))
    await crawling(outlet("a", article_url=re.compile(r"a\.test/\d+$")))
    assert [a.request_url for a in memory.articles] == [THREE, ONE]
    ((url, failure, stand_in),) = memory.page_failures
    assert (url, failure.kind) == (TWO, kind)
    assert stand_in is not None
    assert stand_in.paragraphs == () or HEADLINE_ONLY in stand_in.flags


async def test_an_interstitial_is_never_an_article(site: Web, crawling: Crawling, memory: Diary) -> None:
    site.pages[TWO] = Answer(
        b"<!doctype html><html><head><title>Just a moment...</title></head><body>"
        b'<div id="cf-challenge">Checking your browser before accessing a.test. Enable JavaScript and cookies'
        b' to continue.</div><script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script></body></html>'
    )
    await crawling(A)
    assert [a.request_url for a in memory.articles] == [THREE, ONE]
    assert memory.page_failures[0][1].kind == "interstitial"


async def test_what_outlets_do_is_not_logged_by_scrapy(
    web: Web, crawling: Crawling, memory: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    web.pages[RSS] = Answer(feed(*(f"http://a.test/{n}" for n in range(6))))
    for n, answer in enumerate([endless, BOMB, short, reset, Answer(status=500), LOOP]):
        web.pages[f"http://a.test/{n}"] = answer
    with caplog.at_level(logging.WARNING):
        await crawling(A, outlet("missing"))
    assert {record.name for record in caplog.records} == {"crawler.file_memory"}


async def test_a_memory_that_fails_is_raised_after_the_crawl(site: Web, memory: Diary, clock: Clock) -> None:
    class Full(Diary):
        async def fetched(self, *_: object) -> None:  # type: ignore[override]
            raise OSError("no space left on device")

    full = Full(memory._path)
    with pytest.raises(OSError, match="no space left"):
        await crawl([A], full, clock=clock)
    await full.close()
    assert len(await memory.unfinished("a", clock())) == 3


# Addresses that are not public


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "[::1]", "169.254.169.254", "0x7f.1"])
@pytest.mark.parametrize("proxied", [True, False])
async def test_no_private_address_is_asked_directly_or_through_the_proxy(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch, host: str, proxied: bool
) -> None:
    url = f"http://{host}:{web.port}/rss"
    if not proxied:
        monkeypatch.delenv("http_proxy")
    await crawling(outlet("a", homepage=url, feeds=(Way(url),), hosts=(host.strip("[]"),)))
    ((_, failure),) = memory.poll_failures
    assert failure.kind == "blocked-address"
    assert web.urls(robots=True) == []


async def test_a_name_that_leads_to_a_private_address_is_not_dialled(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name passes the first look; what DNS makes of it does not pass the second."""

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        facts = {"hostname": host, "port": port, "proto": 0, "flags": 0}
        return [{**facts, "host": "127.0.0.1", "family": 2}, {**facts, "host": "::1", "family": 10}]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    monkeypatch.delenv("http_proxy")
    url = f"http://rebind.test:{web.port}/rss"
    await crawling(outlet("a", homepage=url, feeds=(Way(url),), hosts=("rebind.test",)))
    assert memory.poll_failures[0][1].kind == "blocked-address"
    assert web.urls(robots=True) == []


async def test_no_proxy_is_honoured(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "a.test")
    await crawling(A)
    assert web.urls(robots=True) == []
    assert len(memory.poll_failures) == 1


async def test_the_upper_case_variables_are_honoured(
    site: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("http_proxy")
    monkeypatch.setenv("HTTP_PROXY", site.proxy)
    await crawling(A)
    assert len(memory.articles) == 3


# robots.txt


async def test_what_robots_txt_forbids_is_not_asked_for(site: Web, crawling: Crawling, memory: Diary) -> None:
    site.pages["http://a.test/robots.txt"] = Answer(b"User-agent: *\nDisallow: /2\n\nUser-agent: other\nDisallow: /")
    await crawling(A)
    assert site.urls() == [RSS, THREE, ONE]
    assert memory.page_failures[0][1].kind == "robots"


async def test_robots_txt_is_kept_for_a_day(site: Web, crawling: Crawling, clock: Clock) -> None:
    site.pages["http://a.test/robots.txt"] = Answer(b"User-agent: *\nDisallow: /2")
    await crawling(A)
    site.urls()
    clock.forward(hours=23, minutes=59)
    await crawling(A)
    assert "http://a.test/robots.txt" not in site.urls(robots=True)
    clock.forward(minutes=1)
    await crawling(A)
    assert "http://a.test/robots.txt" in site.urls(robots=True)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=403),
        Answer(status=302, headers={"Location": "http://elsewhere.test/"}),
        Answer(b"\xff\xfe<html>no robots</html>"),
        Answer(b""),
    ],
)
async def test_a_host_without_robots_txt_forbids_nothing(
    site: Web, crawling: Crawling, memory: Diary, answer: Answer
) -> None:
    site.pages["http://a.test/robots.txt"] = answer
    await crawling(A)
    assert len(memory.articles) == 3


@pytest.mark.parametrize(
    ("answer", "kind"), [(Answer(status=503), "status"), (reset, "connection"), (endless, "too-large")]
)
async def test_nothing_is_fetched_while_robots_txt_cannot_be_had(
    site: Web, crawling: Crawling, memory: Diary, answer: Page, kind: str
) -> None:
    site.pages["http://a.test/robots.txt"] = answer
    await crawling(A)
    assert site.urls() == []
    assert memory.poll_failures[0][1].kind == kind
    assert "robots.txt" in memory.poll_failures[0][1].detail


async def test_an_old_robots_txt_holds_while_a_new_one_cannot_be_had(
    site: Web, crawling: Crawling, memory: Diary, clock: Clock
) -> None:
    site.pages["http://a.test/robots.txt"] = Answer(b"User-agent: *\nDisallow: /2")
    await crawling(A)
    site.pages["http://a.test/robots.txt"] = Answer(status=500)
    site.pages[RSS] = Answer(feed("http://a.test/22", "http://a.test/4"))
    site.urls()
    clock.forward(days=3)
    await crawling(A)
    assert site.urls() == [RSS, "http://a.test/4"]


async def test_a_crawl_delay_reaches_the_manners(
    site: Web, crawling: Crawling, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, float]] = []
    monkeypatch.setattr(Manners, "slow_down", lambda self, host, delay: asked.append((host, delay)))
    site.pages["http://a.test/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 7\nUser-agent: x\nCrawl-delay: 1")
    await crawling(A)
    assert set(asked) == {("a.test", 7.0)}


async def test_a_robots_txt_made_to_exhaust_us_forbids_everything(site: Web, crawling: Crawling, memory: Diary) -> None:
    lines = [f"User-agent: a{n}" for n in range(8_000)] + [f"Disallow: /{n}" for n in range(20_000)]
    site.pages["http://a.test/robots.txt"] = Answer("\n".join(lines).encode())
    await crawling(A)
    assert memory.poll_failures[0][1].kind == "robots"


# Stopping, and several at once


async def test_a_stop_ends_the_crawl_with_what_is_in_flight_and_the_rest_comes_next_time(
    site: Web, memory: Diary, clock: Clock
) -> None:
    stop = asyncio.Event()

    async def stops(writer: asyncio.StreamWriter) -> None:
        stop.set()
        writer.write(Answer(page()).to(Asked("", {})))
        await writer.drain()

    urls = [f"http://a.test/{n}" for n in range(1, 9)]
    site.pages[RSS] = Answer(feed(*urls))
    site.pages |= {url: Answer(page()) for url in urls} | {urls[2]: stops}
    report = await crawl([A], memory, clock=clock, stop=stop)
    assert 3 <= report.pages_fetched < 8
    site.pages[urls[2]] = Answer(page())
    await crawl([A], memory, clock=clock)
    assert sorted(a.request_url for a in memory.articles) == urls


async def test_a_stop_before_the_crawl_asks_for_nothing(site: Web, memory: Diary, clock: Clock) -> None:
    stop = asyncio.Event()
    stop.set()
    assert await crawl([A], memory, clock=clock, stop=stop) == CrawlReport()
    assert site.urls(robots=True) == []


async def test_a_stop_while_the_engine_starts_is_not_lost(
    site: Web, memory: Diary, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()

    async def starting() -> None:
        stop.set()
        for _ in range(20):
            await asyncio.sleep(0)

    def from_crawler(crawler: Crawler) -> Manners:
        crawler.signals.connect(starting, signal=signals.engine_started, weak=False)
        return Manners(crawler)

    monkeypatch.setattr(Manners, "from_crawler", from_crawler)
    await asyncio.wait_for(crawl([A], memory, clock=clock, stop=stop), 20)
    assert ONE not in site.urls()


async def test_a_cancelled_crawl_stops_before_it_raises(site: Web, memory: Diary, clock: Clock) -> None:
    site.gate = asyncio.Event()
    running = asyncio.create_task(crawl([A], memory, clock=clock))
    await site.reached.wait()
    running.cancel()
    site.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ONE not in site.urls()


async def test_several_crawls_run_at_once_in_one_loop(web: Web, memory: Diary, clock: Clock) -> None:
    names = [f"o{n}" for n in range(6)]
    for name in names:
        web.pages[f"http://{name}.test/rss"] = Answer(feed(f"http://{name}.test/1"))
        web.pages[f"http://{name}.test/1"] = Answer(page())
    reports = await asyncio.gather(*(crawl([outlet(n)], memory, clock=clock) for n in names))
    assert [r.pages_fetched for r in reports] == [1] * 6
    assert {a.outlet for a in memory.articles} == set(names)


async def test_a_crawl_of_nothing_is_an_empty_report(memory: Diary, clock: Clock) -> None:
    assert await crawl([], memory, clock=clock) == CrawlReport()


# What an idle pass costs


async def test_a_crawl_that_finds_nothing_new_starts_no_process(
    site: Web, crawling: Crawling, memory: Diary, clock: Clock
) -> None:
    await crawling(A)
    worker = Worker()
    report = await crawl([A], memory, clock=clock, worker=worker)
    assert report.outlets["a"] == OutletCounts(unchanged=1)
    assert worker.pid is None


def test_a_crawl_that_finds_nothing_new_imports_no_extraction(tmp_path: Path) -> None:
    """Those imports cost more than the pass (stack.md, Start-up)."""
    heavy = ("bs4", "trafilatura", "feedparser", "dateparser", "crawler.extract.page", "crawler.extract.feed")
    code = (
        f"import sys, crawler.crawl, crawler.spiders.outlet, crawler.net.handler, crawler.net.robots; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
