"""Outlets on the small web of web.py, a memory that also keeps a diary, and a crawl over both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.article import Article
from crawler.crawl import CrawlReport, crawl
from crawler.file_memory import FileMemory
from crawler.memory import Failure, PendingEntry, Poll, Source
from crawler.net import manners
from crawler.outlets.catalogue import Outlet, Way
from tests.clock import Clock
from tests.crawl.web import Web, running_web


class Diary(FileMemory):
    """A FileMemory of which the tests can read what it was told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.polls: list[Poll] = []
        self.poll_failures: list[tuple[str, Failure]] = []
        self.articles: list[Article] = []
        self.page_failures: list[tuple[str, Failure, Article | None]] = []

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        self.polls.append(poll)
        return await super().polled(poll)

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        self.poll_failures.append((source.url, failure))
        await super().poll_failed(source, failure)

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        self.articles.append(article)
        await super().fetched(pending, article)

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        self.page_failures.append((pending.entry.url, failure, stand_in))
        await super().page_failed(pending, failure, stand_in)


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Web]:
    """The web, as the proxy of everything that the test fetches."""
    async with running_web() as web:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, web.proxy)
            monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        certificates = tmp_path / "authority.pem"
        web.authority.cert_pem.write_to_path(str(certificates))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
        monkeypatch.setattr(manners, "FREE_REQUESTS", 1000)  # what comes after is test_manners.py's, on its own clock
        yield web


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Diary]:
    memory = Diary(tmp_path / "state" / "crawl.db")
    yield memory
    await memory.close()


Crawling = Callable[..., Awaitable[CrawlReport]]


@pytest.fixture
def crawling(memory: Diary, clock: Clock) -> Crawling:
    """crawl(outlet…) with that memory and clock, no wait before a retry, and `settings` over it."""

    async def crawling(*outlets: Outlet, **settings: object) -> CrawlReport:
        return await crawl(outlets, memory, clock=clock, settings={"RETRY_WAIT": 0.0, **settings})

    return crawling


def outlet(name: str, scheme: str = "http", **facts: object) -> Outlet:
    """An outlet with one feed, `<scheme>://<name>.test/rss`."""
    plain = Outlet(
        id=name,
        name_ar="منفذ",
        name_en=name,
        country="PS",
        homepage=f"{scheme}://{name}.test",
        timezone=ZoneInfo("Asia/Hebron"),
        hosts=(f"{name}.test",),
        feeds=(Way(f"{scheme}://{name}.test/rss"),),
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def feed(*urls: str) -> bytes:
    """An RSS feed whose items are called خبر 1, خبر 2 … in that order."""
    items = "".join(
        f"<item><title>خبر عاجل رقم {n}</title><link>{url}</link><description>ملخص الخبر رقم {n}</description>"
        f"<pubDate>Mon, 23 Nov 2026 11:{n:02}:00 GMT</pubDate></item>"
        for n, url in enumerate(urls, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>منفذ</title>'
        f"<link>http://outlet.test</link><description>أخبار</description>{items}</channel></rss>"
    ).encode()


def page(title: str = "اجتماع في البلدية لبحث شبكة المياه") -> bytes:
    """An article's page."""
    paragraph = (
        "عقد المجلس البلدي صباح اليوم جلسة مفتوحة حضرها عشرات السكان، وناقش فيها خطة إصلاح شبكة المياه في الأحياء"
        " الشرقية بعد انقطاع دام أسبوعين، وقال رئيس المجلس إن الأعمال تبدأ مطلع الشهر المقبل."
    )
    return (
        f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="2026-11-23T11:00:00+00:00"></head>'
        f"<body><article><h1>{title}</h1><p>{paragraph}</p><p>وأضاف أن {paragraph}</p></article></body></html>"
    ).encode()
