"""One page, fetched now: for a person who asks about an address. A crawl with a memory of that one entry, so that
the guard, the manners and robots.txt hold as for any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from crawler.article import Article, Entry
from crawler.crawl import crawl
from crawler.extract.unreadable import Unreadable
from crawler.memory import Failure, PendingEntry, Poll, Robots, Source, Validators
from crawler.outlets.catalogue import Outlet


async def fetch_article(url: str, outlet: Outlet, clock: Callable[[], datetime]) -> Article:
    """The article at `url`, read as `outlet`'s; `clock` gives aware UTC. Raises Unreadable."""
    memory = _OnePage(url, outlet)
    await crawl([replace(outlet, feeds=(), sitemaps=(), apis=(), listings=())], memory, clock=clock)
    if memory.article is None:
        failure = memory.failure
        raise Unreadable(failure.kind, failure.detail) if failure else Unreadable("broken", "nothing was fetched")
    return memory.article


class _OnePage:
    """`crawler.memory.Memory` of one entry, which keeps what became of it."""

    def __init__(self, url: str, outlet: Outlet) -> None:
        self._entry = Entry(outlet.id, url, title="")
        self.article: Article | None = None
        self.failure: Failure | None = None

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        return [PendingEntry(0, self._entry)]

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        self.article = article

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        self.failure = failure

    async def validators(self, source: Source) -> Validators:
        return Validators()

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        return ()

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        return None

    async def robots(self, origin: str) -> Robots | None:
        return None

    async def robots_fetched(self, robots: Robots) -> None:
        return None
