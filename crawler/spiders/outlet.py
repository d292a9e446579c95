"""OutletSpider: the one spider; any number of outlets in one crawl, each on its own.

For each outlet: its feeds and listings are asked for (conditionally), read, and handed to the memory; the pages of
the entries that the memory had not seen are fetched, read and handed to it too; then those of earlier passes whose
time has come. What gives nothing becomes a `Failure` in the memory, and stops nothing else. What decides (what is
new, when a page is tried again) is the memory's; how requests leave is `crawler.net`'s; what bytes say is
`crawler.extract`'s, imported only when there is a body to read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, cast

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as Failed
from w3lib.encoding import http_content_type_encoding

from crawler.article import Article
from crawler.extract.unreadable import Unreadable
from crawler.file_memory import FileMemory, default_path
from crawler.identity import article_match
from crawler.memory import Failure, Memory, PendingEntry, Poll, Source, Validators
from crawler.net.failure import failure_of, status_failure
from crawler.net.refused import Postponed
from crawler.net.site import belongs, hosts_of
from crawler.outlets.catalogue import Outlet

T = TypeVar("T")
Count = Literal["answered", "unchanged", "failed", "pages_fetched", "pages_failed", "postponed"]

_NOT_MODIFIED = 304
_VALIDATOR_MOST = 1024  # characters; a longer ETag is not kept, the feed is then read each time


@dataclass
class Visit:
    """One outlet in one crawl: what is still to come, and what came of the rest."""

    outlet: Outlet
    hosts: frozenset[str]
    backlog: Sequence[PendingEntry]
    sources_left: int
    counts: dict[Count, int] = field(default_factory=dict)

    def count(self, what: Count) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


class OutletSpider(scrapy.Spider):
    """`outlets` are visited; what they say goes to `memory`; `clock` gives aware UTC. Items are article records.

    Run by `scrapy crawl`, a subclass that `crawler.spiders.loader` makes holds the outlet, and the memory is a
    FileMemory of the spider's own. `started` is set once the crawl runs and can be stopped. `error` is the first
    exception that is no outlet's fault (the memory's, or a mistake of ours): then the crawl has not done its work.
    """

    name = "outlets"
    outlets: Sequence[Outlet] = ()

    def __init__(
        self,
        outlets: Sequence[Outlet] | None = None,
        memory: Memory | None = None,
        clock: Callable[[], datetime] | None = None,
        started: asyncio.Event | None = None,
    ) -> None:
        super().__init__()
        if outlets is not None:
            self.outlets = outlets
        self._own_memory = None
        if memory is None:
            memory = self._own_memory = FileMemory(default_path(), {o.id: o for o in self.outlets})
        self.memory: Memory = memory
        self.clock = clock or (lambda: datetime.now(UTC))
        self.visits: dict[str, Visit] = {}
        self._started = started
        self.error: BaseException | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> OutletSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._keep_error, signal=scrapy.signals.spider_error)
        if crawler.settings["LOG_LEVEL"] in ("WARNING", "ERROR", "CRITICAL"):
            # Failures go to the memory; Scrapy's own words about them would only repeat them with a traceback.
            logging.getLogger("scrapy").setLevel(logging.CRITICAL if spider._own_memory is None else logging.ERROR)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if self._started is not None:
            self._started.set()
        for outlet in self.outlets:
            sources = [Source(outlet.id, way.url, "feed") for way in outlet.feeds]
            sources += [Source(outlet.id, way.url, "listing") for way in outlet.listings]
            backlog = await self.memory.unfinished(outlet.id, self.clock())
            visit = self.visits[outlet.id] = Visit(outlet, hosts_of(outlet), backlog, len(sources))
            for source in sources:
                known = await self.memory.validators(source)
                request = self._source_request(visit, source, known)
                if isinstance(request, Request):
                    yield request
                else:
                    async for output in self._settle(visit, source, request):
                        yield output
            if not sources:
                async for output in self._pages(visit, backlog):
                    yield output

    async def closed(self, reason: str) -> None:
        if self._own_memory is not None:
            await self._own_memory.close()

    # Feeds and listings

    def _source_request(self, visit: Visit, source: Source, known: Validators) -> Request | Failure:
        """The conditional request (RFC 9110 §13.1) for a feed or listing."""
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return _try(
            lambda: Request(
                source.url,
                self.source_answered,
                errback=_same_callback,
                headers={name: value.encode("latin-1") for name, value in headers.items() if value},
                cb_kwargs={"visit": visit, "source": source, "known": known},
                meta={"hosts": visit.hosts},
                dont_filter=True,
            ),
            self.clock(),
        )

    async def source_answered(
        self, answer: Response | Failed, visit: Visit, source: Source, known: Validators
    ) -> AsyncIterator[Any]:
        """Callback and errback of a feed or listing: the requests for pages that follow from it."""
        if isinstance(answer, Failed) and isinstance(answer.value, Postponed):
            return
        async for output in self._settle(visit, source, self._read_source(answer, visit, source, known)):
            yield output

    async def _settle(self, visit: Visit, source: Source, outcome: Poll | Failure) -> AsyncIterator[Any]:
        """Tells the memory; the new entries' pages, and after the visit's last source those of the backlog."""
        if isinstance(outcome, Failure):
            visit.count("failed")
            await self.memory.poll_failed(source, outcome)
        else:
            visit.count("unchanged" if outcome.not_modified else "answered")
            async for output in self._pages(visit, await self.memory.polled(outcome)):
                yield output
        visit.sources_left -= 1
        if visit.sources_left == 0:
            async for output in self._pages(visit, visit.backlog):
                yield output

    def _read_source(
        self, answer: Response | Failed, visit: Visit, source: Source, known: Validators
    ) -> Poll | Failure:
        at = self.clock()
        if isinstance(answer, Failed):
            return _failure(answer, at)
        validators = _validators(answer)
        if answer.status == _NOT_MODIFIED and known != Validators():
            fresh = Validators(validators.etag or known.etag, validators.last_modified or known.last_modified)
            return Poll(source, at, validators=fresh, not_modified=True)
        if failure := status_failure(answer, at):
            return failure

        from crawler.extract.feed import read_feed
        from crawler.extract.listing import read_listing

        read = read_feed if source.kind == "feed" else read_listing
        body, url, charset = answer.body, answer.url, _charset(answer)
        return _try(
            lambda: Poll(
                source, at, read(body, url=url, outlet=visit.outlet, fetched_at=at, charset=charset), validators
            ),
            at,
        )

    # Pages

    async def _pages(self, visit: Visit, pendings: Sequence[PendingEntry]) -> AsyncIterator[Any]:
        """A request for each entry's page, or, where none can be made, the record of its stand-in."""
        for pending in pendings:
            request = self._page_request(visit, pending)
            if isinstance(request, Request):
                yield request
            elif item := await self._page_failed(visit, pending, request):
                yield item

    def _page_request(self, visit: Visit, pending: PendingEntry) -> Request | Failure:
        url = pending.entry.url
        if not belongs(url, visit.hosts):
            return Failure("off-site", f"{url[:200]} is not on the outlet's own hosts", self.clock())
        return _try(
            lambda: Request(
                url,
                self.page_answered,
                errback=_same_callback,
                cb_kwargs={"visit": visit, "pending": pending},
                meta={"hosts": visit.hosts, "postponable": True},
                dont_filter=True,
            ),
            self.clock(),
        )

    async def page_answered(
        self, answer: Response | Failed, visit: Visit, pending: PendingEntry
    ) -> AsyncIterator[dict[str, Any]]:
        """Callback and errback of an article's page: its record, or the first time the stand-in's."""
        if isinstance(answer, Failed) and isinstance(answer.value, Postponed):
            visit.count("postponed")
            return
        outcome = self._read_page(answer, visit, pending)
        if isinstance(outcome, Article):
            visit.count("pages_fetched")
            await self.memory.fetched(pending, outcome)
            yield outcome.record()
        elif item := await self._page_failed(visit, pending, outcome):
            yield item

    def _read_page(self, answer: Response | Failed, visit: Visit, pending: PendingEntry) -> Article | Failure:
        at, outlet, entry = self.clock(), visit.outlet, pending.entry
        if isinstance(answer, Failed):
            return _failure(answer, at)
        if failure := status_failure(answer, at):
            return failure
        if (
            "redirect_times" in answer.meta
            and article_match(entry.url, outlet)
            and not article_match(answer.url, outlet)
        ):
            return Failure("redirect", f"led to {answer.url[:200]}, which is no article's address", at)

        from crawler.extract.page import extract_page

        body, url, charset = answer.body, answer.url, _charset(answer)
        article = _try(
            lambda: extract_page(body, url=url, outlet=outlet, fetched_at=at, charset=charset, entry=entry), at
        )
        return replace(article, request_url=entry.url) if isinstance(article, Article) else article

    async def _page_failed(self, visit: Visit, pending: PendingEntry, failure: Failure) -> dict[str, Any] | None:
        """Tells the memory; the stand-in's record at the entry's first failure."""
        from crawler.extract.standin import stand_in

        visit.count("pages_failed")
        made = _try(lambda: stand_in(pending.entry, visit.outlet, failure.at, failure.kind), failure.at)
        article = made if isinstance(made, Article) else None
        await self.memory.page_failed(pending, failure, article)
        return article.record() if article is not None and pending.failures == 0 else None

    def _keep_error(self, failure: Failed) -> None:
        self.error = self.error or failure.value


def _same_callback(failed: Failed) -> Any:
    """An errback: the request's own callback is given the failure in the answer's place."""
    request: Request = failed.request  # type: ignore[attr-defined]
    callback = cast(Callable[..., Any], request.callback)
    return callback(failed, **request.cb_kwargs)


def _failure(failed: Failed, at: datetime) -> Failure:
    request: Request = failed.request  # type: ignore[attr-defined]
    return failure_of(cast(BaseException, failed.value), at, answered="download_latency" in request.meta)


def _try(make: Callable[[], T], at: datetime) -> T | Failure:
    """What `make` makes of what came from outside, which may break it in any way: a failure of theirs, not ours."""
    try:
        return make()
    except Unreadable as e:
        return Failure(e.kind, e.detail, at)
    except Exception as e:
        return failure_of(e, at)


def _validators(response: Response) -> Validators:
    def value(name: bytes) -> str | None:
        text = (response.headers.get(name) or b"").decode("latin-1").strip()
        return text if 0 < len(text) <= _VALIDATOR_MOST and text.isprintable() else None

    return Validators(value(b"ETag"), value(b"Last-Modified"))


def _charset(response: Response) -> str | None:
    """What the Content-Type header says; a hint, often wrong."""
    return http_content_type_encoding((response.headers.get(b"Content-Type") or b"").decode("latin-1"))
