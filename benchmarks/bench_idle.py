"""What a pass costs that finds nothing new: 40 outlets whose feeds all answer 304, against bare Scrapy.

    .venv/bin/python benchmarks/bench_idle.py [rounds]

Prints the medians of whole processes, interleaved: from start to end, and their CPU time, with ratios. Both fetch
the same addresses through the same loopback proxy, in Scrapy's reactorless mode. Bare: Scrapy as it comes, one
spider, no robots.txt, no memory, no guard. Ours: `crawler.crawl.crawl` with a FileMemory that has seen these feeds.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

OUTLETS = 40
ETAG = '"idle"'
URLS = [f"http://outlet{n:02}.test/rss" for n in range(OUTLETS)]
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>idle</title></channel></rss>'


class Proxy(BaseHTTPRequestHandler):
    """Every host: no robots.txt, one empty feed, 304 to who knows it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/robots.txt"):
            status, body = 404, b""
        elif self.headers.get("If-None-Match") == ETAG:
            status, body = 304, b""
        else:
            status, body = 200, FEED
        self.send_response(status)
        self.send_header("ETag", ETAG)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: its words are not what is measured."""


def bare() -> None:
    """The pass as a newcomer to Scrapy would write it."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerRunner

    class Feeds(scrapy.Spider):
        name = "feeds"
        handle_httpstatus_list = (304,)
        unchanged = 0

        async def start(self):  # type: ignore[no-untyped-def]
            for url in URLS:
                yield scrapy.Request(url, headers={"If-None-Match": ETAG})

        def parse(self, response):  # type: ignore[no-untyped-def]
            Feeds.unchanged += response.status == 304

    settings = {"TWISTED_REACTOR_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "WARNING"}

    async def run() -> None:
        await AsyncCrawlerRunner(settings).crawl(Feeds)

    asyncio.run(run())
    assert Feeds.unchanged == OUTLETS


def ours(folder: Path, *, warm: bool) -> None:
    """The pass of the product's crawler; `warm`: the first one, which is not measured."""
    from zoneinfo import ZoneInfo

    from crawler.crawl import crawl
    from crawler.file_memory import FileMemory
    from crawler.outlets.catalogue import Outlet, Way

    outlets = [
        Outlet(f"o{n}", "", "", "PS", url.removesuffix("/rss"), ZoneInfo("UTC"), feeds=(Way(url),))
        for n, url in enumerate(URLS)
    ]

    async def run() -> None:
        memory = FileMemory(folder / "crawl.db")
        report = await crawl(outlets, memory, clock=lambda: datetime.now(UTC))
        await memory.close()
        assert sum(o.answered if warm else o.unchanged for o in report.outlets.values()) == OUTLETS

    asyncio.run(run())


def main(rounds: int) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = {**os.environ, "http_proxy": f"http://127.0.0.1:{server.server_address[1]}", "no_proxy": ""}
    env["PYTHONPATH"] = str(Path(__file__).parents[1])
    figures: dict[str, list[tuple[float, float]]] = {"warm": [], "bare": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        for what in ["warm", *(["bare", "ours"] * rounds)]:
            began, cpu = time.perf_counter(), children_cpu()
            subprocess.run([sys.executable, __file__, what, folder], env=env, check=True, stderr=subprocess.DEVNULL)
            figures[what].append((time.perf_counter() - began, children_cpu() - cpu))
    print(f"idle pass over {OUTLETS} outlets, medians of {rounds}")
    for n, name in enumerate(("wall", "CPU")):
        plain, product = (1000 * median(figure[n] for figure in figures[what]) for what in ("bare", "ours"))
        print(f"{name:>5}: bare Scrapy {plain:.0f} ms, ours {product:.0f} ms, ratio {product / plain:.2f}")


def children_cpu() -> float:
    """Seconds of CPU that the processes waited for so far have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", _]:
            bare()
        case ["ours" | "warm" as which, where]:
            ours(Path(where), warm=which == "warm")
        case [count]:
            main(int(count))
        case _:
            main(9)
