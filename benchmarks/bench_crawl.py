"""What a pass costs that finds everything new: 40 outlets with 25 pages of 95 KB each, against bare Scrapy.

    .venv/bin/python benchmarks/bench_crawl.py [rounds]

Both fetch the same feeds and pages through the same loopback proxy, a process of its own, in Scrapy's reactorless
mode; whole processes, interleaved, medians. Bare: Scrapy as it comes, which reads links and titles by lxml and keeps
nothing. Ours: `crawler.crawl.crawl` into the store (guard, robots.txt, manners, extraction, cleaning, SQLite). The
figure is pages a second of the crawl itself, without the start of Python. Then what a feed of 100 entries costs its
reader, and the most memory that our pass and its worker took.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import ClassVar
from zoneinfo import ZoneInfo

HOSTS = 40
PAGES = 25  # of each host
PAGE_BYTES = 95_000
FEED_ENTRIES = 100
FEED_READINGS = 200
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

SENTENCES = (
    "أعلنت بلدية المدينة صباح اليوم بدء أعمال صيانة الجسر الغربي بعد أن أظهر فحص أجراه مهندسون تآكلا في دعاماته",
    "وقال رئيس اللجنة الفنية إن حركة السير ستحول إلى الطريق الساحلي طوال أسبوعين على أن تفتح مسارات للطوارئ",
    "وطالب تجار السوق القديم بتعويضات عن الأيام التي تغلق فيها متاجرهم محذرين من خسائر تطال مئات العائلات",
    "وأشار بيان وزع على الصحفيين إلى أن كلفة المشروع تتجاوز ثلاثة ملايين وأن التمويل متوفر من موازنة العام الجاري",
    "في المقابل رأى معارضون داخل المجلس أن الأعمال تأخرت سنوات وأن تقارير سابقة نبهت إلى الخطر ولم يلتفت إليها أحد",
)


def article(host: int, number: int) -> bytes:
    """A page as outlets have them: a third scripts and styles, a third navigation, an article of 400 words."""
    title = f"خبر {number} من المنفذ {host}: صيانة الجسر تغلق وسط المدينة"
    body = "".join(f"<p>{SENTENCES[(number + n) % 5]}، وذلك في {n + 2} أحياء.</p>" for n in range(20))
    menu = "".join(
        f'<li class="menu-item item-{n}"><a href="/section/{n}" title="قسم"><span>قسم الأخبار {n}</span></a></li>'
        for n in range(150)
    )
    cards = "".join(
        f'<div class="card related-card"><a href="/news/{9000 + n}"><img src="/i/{n}.jpg" alt=""><h3>{SENTENCES[n % 5]}'
        f'</h3></a><time datetime="2026-11-2{n % 3}T08:00:00+02:00">قبل يوم</time></div>'
        for n in range(40)
    )
    page = (
        f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | المنفذ {host}</title>'
        f'<link rel="canonical" href="http://outlet{host:02}.test/news/{number}">'
        f'<meta property="og:title" content="{title}"><meta property="og:image" content="/i/{number}.jpg">'
        f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle",'
        f'"headline":"{title}","datePublished":"2026-11-23T11:{number:02}:00+02:00"}}'
        f"</script><style>@@</style></head><body><header><nav><ul>{menu}</ul></nav></header><main><article>"
        f'<h1 class="title">{title}</h1><div class="article-body">{body}</div></article><aside>{cards}</aside></main>'
        f"<footer><ul>{menu}</ul></footer><script>@@</script></body></html>"
    )
    style, script = (".card{margin:0 auto;padding:2px} ", "window.dataLayer=window.dataLayer||[]; ")
    missing = PAGE_BYTES - len(page.encode()) + 4
    page = page.replace("@@", style * (missing // 2 // len(style)), 1).replace(
        "@@", script * (missing // 2 // len(script))
    )
    return page.encode()


def feed(host: int, entries: int) -> bytes:
    """An RSS feed of that many entries, newest first."""
    items = "".join(
        f"<item><title>خبر {n} من المنفذ {host}: صيانة الجسر تغلق وسط المدينة</title>"
        f"<link>http://outlet{host:02}.test/news/{n}</link><guid>http://outlet{host:02}.test/?p={n}</guid>"
        f"<description><![CDATA[<p>{SENTENCES[n % 5]}</p>]]></description>"
        f"<pubDate>{(NOW - timedelta(minutes=n)).strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate></item>"
        for n in range(entries)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>المنفذ</title>'
        f"<link>http://outlet{host:02}.test</link><description>أخبار</description>{items}</channel></rss>"
    ).encode()


# The web


class Proxy(asyncio.Protocol):
    """Every host: no robots.txt, one feed, its pages."""

    answers: ClassVar[dict[bytes, bytes]] = {}
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        *requests, self.buffer = (self.buffer + data).split(b"\r\n\r\n")
        for request in requests:
            self.transport.write(self.answers.get(request.split(b" ", 2)[1], self.missing))  # type: ignore[attr-defined]


async def serve() -> None:
    """Plays the hosts until standard input ends; prints the port first."""

    def answer(kind: str, body: bytes) -> bytes:
        return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    for host in range(HOSTS):
        root = f"http://outlet{host:02}.test"
        Proxy.answers[f"{root}/rss".encode()] = answer("application/rss+xml", feed(host, PAGES))
        for n in range(PAGES):
            Proxy.answers[f"{root}/news/{n}".encode()] = answer("text/html; charset=utf-8", article(host, n))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Proxy, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


# The two passes; each prints its seconds and pages as JSON


def bare() -> None:
    """As a newcomer to Scrapy would write it, with the quick parser."""
    import scrapy
    from lxml import etree, html
    from scrapy.crawler import AsyncCrawlerRunner

    class Titles(scrapy.Spider):
        name = "titles"
        titles: ClassVar[list[str]] = []

        async def start(self):  # type: ignore[no-untyped-def]
            for host in range(HOSTS):
                yield scrapy.Request(f"http://outlet{host:02}.test/rss")

        def parse(self, response):  # type: ignore[no-untyped-def]
            for link in etree.fromstring(response.body).iterfind(".//item/link"):
                yield scrapy.Request(link.text, self.page)

        def page(self, response):  # type: ignore[no-untyped-def]
            self.titles.append(html.fromstring(response.body).findtext(".//title"))

    settings = {"TWISTED_REACTOR_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "WARNING"}

    async def run() -> None:
        await AsyncCrawlerRunner(settings).crawl(Titles)

    began = time.perf_counter()
    asyncio.run(run())
    print(json.dumps({"seconds": time.perf_counter() - began, "pages": len(Titles.titles)}))


def ours(folder: Path) -> None:
    """The product's crawl into the product's store."""
    from alerts.store.store import Store
    from crawler.crawl import crawl
    from crawler.outlets.catalogue import Outlet, Way
    from crawler.worker import Worker

    outlets = {
        f"o{n}": Outlet(
            f"o{n}", "منفذ", "", "PS", root, ZoneInfo("UTC"), hosts=(f"outlet{n:02}.test",), feeds=(Way(f"{root}/rss"),)
        )
        for n, root in enumerate(f"http://outlet{n:02}.test" for n in range(HOSTS))
    }

    def clock() -> datetime:
        return datetime.now(UTC)

    async def run() -> tuple[int, float]:
        store = Store(f"sqlite:///{folder / 'bench.db'}", clock)
        memory = store.memory(outlets)
        began = time.perf_counter()
        worker = Worker()
        report = await crawl(list(outlets.values()), memory, clock=clock, worker=worker)
        seconds = time.perf_counter() - began
        worker.close()  # so that its memory is told
        await store.close()
        assert report.pages_failed == 0, report
        return report.pages_fetched, seconds

    pages, seconds = asyncio.run(run())
    most = {
        who: resource.getrusage(what).ru_maxrss / 1024
        for who, what in (("pass", resource.RUSAGE_SELF), ("worker", resource.RUSAGE_CHILDREN))
    }
    print(json.dumps({"seconds": seconds, "pages": pages, **most}))


def feed_reading() -> float:
    """Milliseconds that reading a feed of 100 entries takes, the median."""
    from crawler.extract.feed import read_feed
    from crawler.outlets.catalogue import Outlet

    outlet = Outlet("o", "", "", "PS", "http://outlet00.test", ZoneInfo("Asia/Hebron"))
    body = feed(0, FEED_ENTRIES)
    took = []
    for _ in range(FEED_READINGS):
        began = time.perf_counter()
        entries = read_feed(body, url="http://outlet00.test/rss", outlet=outlet, fetched_at=NOW)
        took.append(time.perf_counter() - began)
        assert len(entries) == FEED_ENTRIES
    return 1000 * median(took)


def main(rounds: int) -> None:
    root = Path(__file__).parents[1]
    env = {**os.environ, "no_proxy": "", "PYTHONPATH": str(root)}
    server = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    )
    assert server.stdout is not None
    env["http_proxy"] = f"http://127.0.0.1:{int(server.stdout.readline())}"
    runs: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
    try:
        for what in ["bare", "ours"] * rounds:
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [sys.executable, __file__, what, folder],
                    env=env,
                    check=True,
                    stdout=subprocess.PIPE,
                    cwd=root,
                    stderr=subprocess.DEVNULL,
                )
            runs[what].append(json.loads(done.stdout))
            assert runs[what][-1]["pages"] == HOSTS * PAGES, runs[what][-1]
    finally:
        server.communicate()
    speed = {what: median(run["pages"] / run["seconds"] for run in done) for what, done in runs.items()}
    print(f"{HOSTS} outlets, {PAGES} pages of {PAGE_BYTES // 1000} KB each, medians of {rounds}")
    print(f"   bare Scrapy + lxml title  {speed['bare']:6.0f} pages/s")
    print(f"   ours, into the store      {speed['ours']:6.0f} pages/s, ratio {speed['ours'] / speed['bare']:.2f}")
    most = {who: max(run[who] for run in runs["ours"]) for who in ("pass", "worker")}
    print(f"   memory at most            {most['pass']:6.0f} MB the pass, {most['worker']:.0f} MB its worker")
    print(f"   a feed of {FEED_ENTRIES} entries     {feed_reading():6.2f} ms to read")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(serve())
        case ["bare", _]:
            bare()
        case ["ours", where]:
            ours(Path(where))
        case [count]:
            main(int(count))
        case _:
            main(5)
