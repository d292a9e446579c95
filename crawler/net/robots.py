"""robots.txt: kept in the memory for 24 h, obeyed as RFC 9309 says, Crawl-delay handed to the manners."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.memory import Robots
from crawler.net.failure import failure_of, status_failure
from crawler.net.manners import Manners
from crawler.net.refused import Postponed, Refused

if TYPE_CHECKING:
    from crawler.spiders.outlet import OutletSpider

KEPT = timedelta(hours=24)
"""RFC 9309 §2.4."""
MOST_BYTES = 500 * 1024
"""What of the file counts; RFC 9309 §2.5 asks for no less."""
_MOST_WORK = 1_000_000  # user-agent lines × other lines: Protego stores that many rules. Wikipedia's file: 25,000


class RobotsMiddleware:
    """Raises Refused("robots") for what a host's robots.txt forbids, and, where that file cannot be had, what kept
    it from us: then nothing may be fetched (RFC 9309 §2.3.1.4), unless an older copy is kept."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Task[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots_txt"):
            return
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._load(origin, request))
        rules = await self._rules[origin]
        manners = self._crawler.get_extension(Manners)
        if manners is not None and (delay := rules.crawl_delay(self._agent)):
            manners.slow_down(parts.hostname or "", delay)
        if not rules.can_fetch(request.url, self._agent):
            raise Refused("robots", f"{origin}/robots.txt forbids {request.url}")

    async def _load(self, origin: str, request: Request) -> Protego:
        """The rules of `origin`: the kept ones while fresh, else those fetched now, else the kept ones."""
        spider = cast("OutletSpider", self._crawler.spider)
        kept = await spider.memory.robots(origin)
        if kept is not None and spider.clock() - kept.fetched_at < KEPT:
            return _parse(kept.body)
        try:
            body = await self._fetch(f"{origin}/robots.txt", request)
        except Refused:
            if kept is None:
                raise
            return _parse(kept.body)
        await spider.memory.robots_fetched(Robots(origin, body, spider.clock()))
        return _parse(body)

    async def _fetch(self, url: str, request: Request) -> bytes:
        """The file; empty where the host has none (4xx, or a redirect that leads nowhere). Raises Refused."""
        spider = cast("OutletSpider", self._crawler.spider)
        meta = {"is_robots_txt": True, "hosts": request.meta.get("hosts", ())}
        if proxy := request.meta.get("outlet_proxy"):
            meta["proxy"] = proxy
        robots_request = Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        response = None
        try:
            response = await self._crawler.engine.download_async(robots_request)
            why = status_failure(response, spider.clock())
        except Postponed:
            raise
        except Exception as e:
            why = failure_of(e, spider.clock())
        if response is not None and why is None:
            return response.body[:MOST_BYTES]
        if why is None or why.kind == "redirect" or (why.status is not None and why.status < 500):
            return b""
        raise Refused(why.kind, f"no robots.txt: {why.detail}", status=why.status, retry_after=why.retry_after)


@lru_cache(maxsize=128)
def _parse(body: bytes) -> Protego:
    text = body.decode("utf-8-sig", "replace")
    lines = text.splitlines()
    agents = sum(line.lstrip()[:4].lower() == "user" for line in lines)
    return Protego.parse(text if agents * len(lines) <= _MOST_WORK else "User-agent: *\nDisallow: /")
