"""Manners: how often and how many at once a host is asked within one crawl.

Two connections a host; its first ten requests without delay, later ones as far apart as the host takes to answer,
with jitter; over both the host's own Crawl-delay, or the one of the outlet's file. A page whose turn would come later
than a pass lasts is left to the next pass.

(Scrapy's own slots cannot serve: on asyncio, 2.19 starts all requests that are queued within one turn of the loop at
once, 20 of 20 where CONCURRENT_REQUESTS_PER_DOMAIN is 2, and what then waits for a connection runs into its time-out.)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import random
from time import monotonic

from scrapy.crawler import Crawler

from crawler.net.refused import Postponed

CONNECTIONS = 2
FREE_REQUESTS = 10
"""As many requests to a host go out at once; a pass over an outlet seldom needs more."""
LEAST_SPACING = 0.1
"""Seconds between the starts of later requests to a host that answers at once."""
JITTER = 0.5
"""The most that a spacing is stretched by, as a share of it: hosts that serve several outlets see no beat."""
LONGEST_CRAWL_DELAY = 30.0
"""Seconds; a longer Crawl-delay is taken as this. (Others cap it too, or ignore it; a day's would end the watch.)"""
PASS_LASTS = 60.0
"""Seconds; cron starts a pass a minute, and one outlet's backlog must not hold up the others' next pass."""
_STOP_CHECK = 1.0  # seconds between looks whether the crawl is stopping


def spacing(sent: int, took: float, crawl_delay: float, chance: float) -> float:
    """Seconds between the start of a host's request number `sent` (1, 2, …) of a pass and of the next one.

    `took`: seconds from the start of the host's last answered request to its answer's end; a host that is slow, or
    slow under our requests, is asked less. `chance` (0 to 1) is the jitter's.
    """
    apart = max(took, LEAST_SPACING) * (1 + JITTER * chance) if sent >= FREE_REQUESTS else 0.0
    return max(crawl_delay, apart)


@dataclass(slots=True)
class _Lane:
    """One host in one crawl; times are of the monotonic clock, in seconds."""

    connections: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    sent: int = 0
    last: float = 0.0
    took: float = 0.0
    crawl_delay: float = 0.0
    pages: int = 0


class Manners:
    """A Scrapy extension, one a crawl, used by the download handler (turns) and by robots.txt (Crawl-delay)."""

    def __init__(self, crawler: Crawler, chance: Callable[[], float] = random) -> None:
        self._crawler = crawler
        self._chance = chance
        self._lanes: dict[str, _Lane] = {}
        self._began = monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Manners:
        return cls(crawler)

    def slow_down(self, host: str, crawl_delay: float) -> None:
        """From now on `host` is asked every `crawl_delay` seconds at most; of several such wishes the longest holds."""
        lane = self._lane(host)
        lane.crawl_delay = max(lane.crawl_delay, min(crawl_delay, LONGEST_CRAWL_DELAY))

    @asynccontextmanager
    async def turn(self, host: str, *, postponable: bool = False) -> AsyncIterator[None]:
        """Waits until `host` may be asked and holds one of its connections within the block.

        Raises Postponed when the crawl is stopping, or, for `postponable` requests but the first of a host, when
        the turn would come after the pass should have ended.
        """
        lane = self._lane(host)
        async with lane.connections:
            apart = spacing(lane.sent, lane.took, lane.crawl_delay, self._chance()) if lane.sent else 0.0
            start = max(monotonic(), lane.last + apart)
            if postponable and lane.pages and start > self._began + PASS_LASTS:
                raise Postponed
            lane.sent += 1
            lane.last = start
            lane.pages += postponable
            while True:
                if not self._crawler.engine.running:
                    raise Postponed
                wait = start - monotonic()
                if wait <= 0:
                    break
                await asyncio.sleep(min(wait, _STOP_CHECK))
            try:
                yield
            finally:
                lane.took = monotonic() - start

    def _lane(self, host: str) -> _Lane:
        return self._lanes.setdefault(host, _Lane())
