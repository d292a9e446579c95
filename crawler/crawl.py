"""One crawl in the running loop: outlets in, everything that they said in the memory, a report out.

Any number of crawls may run at once in one loop. Nothing here configures logging or keeps state between crawls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.memory import Memory
from crawler.outlets.catalogue import Outlet
from crawler.spiders.outlet import OutletSpider, Visit
from crawler.worker import Worker


@dataclass(frozen=True, slots=True)
class OutletCounts:
    """What one crawl had of one outlet. Sources are its feeds and listings."""

    answered: int = 0
    """Sources that gave entries."""
    unchanged: int = 0
    """Sources that answered 304."""
    failed: int = 0
    """Sources that gave nothing."""
    pages_fetched: int = 0
    pages_failed: int = 0
    postponed: int = 0
    """Pages left to the next pass: the host's turn came too late, or the crawl was stopped."""


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What came of a crawl; `outlets` by id, those that were visited."""

    outlets: Mapping[str, OutletCounts] = field(default_factory=dict)

    @property
    def pages_fetched(self) -> int:
        return sum(o.pages_fetched for o in self.outlets.values())

    @property
    def pages_failed(self) -> int:
        return sum(o.pages_failed for o in self.outlets.values())


async def crawl(
    outlets: Sequence[Outlet],
    memory: Memory,
    *,
    clock: Callable[[], datetime],
    stop: asyncio.Event | None = None,
    settings: Mapping[str, object] | None = None,
    worker: Worker | None = None,
) -> CrawlReport:
    """Visits `outlets` once; `clock` gives aware UTC; `settings` go over those of crawler/settings.py; bodies are
    read by `worker`, else by the one that this process has for all crawls.

    When `stop` is set, nothing new is asked for, what is in flight is finished (ADDRESS_TIMEOUT bounds it) and the
    report of what was had comes back; a cancelled call stops in the same way before it raises. What an outlet does
    raises nothing; what `memory` raises is raised here, after the crawl has ended.
    """
    if not outlets or (stop is not None and stop.is_set()):
        return CrawlReport()
    runner = AsyncCrawlerRunner(_settings(settings or {}))
    crawler = runner.create_crawler(OutletSpider)
    started = asyncio.Event()
    task = runner.crawl(crawler, outlets=outlets, memory=memory, clock=clock, started=started, worker=worker)
    stopped = asyncio.create_task(stop.wait() if stop is not None else asyncio.Event().wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        if not task.done():  # never cancelled: the engine would go on without its crawl (stack.md)
            await _stop(runner, task, started)
    await task
    spider = cast(OutletSpider, crawler.spider)
    if spider.error is not None:
        raise spider.error
    return CrawlReport({name: _counts(visit) for name, visit in spider.visits.items()})


async def _stop(runner: AsyncCrawlerRunner, task: asyncio.Task[None], started: asyncio.Event) -> None:
    """Stops the crawl once it runs (before that, Scrapy would forget that it was asked to)."""
    running = asyncio.create_task(started.wait())
    await asyncio.wait({task, running}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    await runner.stop()
    await asyncio.wait({task})


def _settings(over: Mapping[str, object]) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(dict(over), priority="cmdline")
    if settings.getbool("TWISTED_REACTOR_ENABLED"):
        from scrapy.utils.reactor import is_reactor_installed
        from twisted.internet import asyncioreactor

        if not is_reactor_installed():
            asyncioreactor.install(asyncio.get_running_loop())  # type: ignore[no-untyped-call]
    return settings


def _counts(visit: Visit) -> OutletCounts:
    return OutletCounts(**visit.counts)
