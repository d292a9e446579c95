"""OutletSpider: the one spider; any number of outlets in one crawl, each on its own.

For each outlet: its ways in are asked for (conditionally), read, and handed to the memory; the pages of the entries
that the memory had not seen are fetched, read and handed to it too, unless the entry holds the whole text; then those
of earlier passes whose time has come. What gives nothing becomes a `Failure` in the memory, and stops nothing else.
What is asked for, and what after it, is decided in `ways`; what is new and when a page is tried again, by the memory;
how requests leave is `crawler.net`'s; what bytes say is `crawler.extract`'s, which only the worker process imports.
"""

from __future__ import annotations

import asyncio
import logging
import os
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
from crawler.memory import Failure, Memory, PendingEntry, Poll, Validators
from crawler.net.failure import failure_of, status_failure
from crawler.net.proxy import proxy_of
from crawler.net.refused import Postponed, Refused
from crawler.net.site import belongs, hosts_of
from crawler.outlets.catalogue import Outlet
from crawler.spiders.ways import (
    Look,
    document_read,
    next_document,
    preview,
    refuses,
    validators_after,
    ways_in,
    with_alternatives,
)
from crawler.worker import Worker, shared

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
    looks_left: int
    answered: bool = False
    refused: bool = False
    """One of its ways in was refused."""
    proxy: str | None = None
    counts: dict[Count, int] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while one of its bodies is read: none has more of the worker than one at a time."""
    too_slow: bool = False
    """A body took the worker longer than it may; the outlet has no more of this pass."""

    @property
    def headers(self) -> dict[str, str]:
        """Those of each request, beside the settings'."""
        encodings = self.outlet.accept_encoding
        return {"Accept-Encoding": ", ".join(encodings)} if encodings else {}

    @property
    def meta(self) -> dict[str, Any]:
        """What `crawler.net` is told of each request."""
        meta: dict[str, Any] = {"proxy": self.proxy, "outlet_proxy": self.proxy} if self.proxy else {}
        if self.outlet.crawl_delay:
            meta["crawl_delay"] = self.outlet.crawl_delay.total_seconds()
        return meta

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
        worker: Worker | None = None,
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
        self._worker = worker or shared()
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
            looks = [Look(way, await self.memory.validators(way.source)) for way in ways_in(outlet)]
            backlog = await self.memory.unfinished(outlet.id, self.clock())
            visit = self.visits[outlet.id] = Visit(outlet, hosts_of(outlet), backlog, len(looks))
            try:
                visit.proxy = proxy_of(outlet, os.environ)
            except Refused as e:
                for look in looks:
                    visit.count("failed")
                    await self.memory.poll_failed(look.way.source, failure_of(e, self.clock()))
                continue
            if backlog or any(look.known == Validators() for look in looks):
                self._worker.start()  # there will be something to read; it gets ready meanwhile
            for look in looks:
                async for output in self._ask(visit, look, look.way.source.url):
                    yield output
            if not looks:
                async for output in self._pages(visit, backlog):
                    yield output

    async def closed(self, reason: str) -> None:
        if self._own_memory is not None:
            await self._own_memory.close()

    # Ways in

    async def _ask(self, visit: Visit, look: Look, url: str) -> AsyncIterator[Any]:
        """The request for one of a look's documents, the first one conditional (RFC 9110 §13.1)."""
        known = Validators() if look.asked else look.known
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        request = _try(
            lambda: Request(
                url,
                self.source_answered,
                errback=_same_callback,
                headers={
                    **visit.headers,
                    **{name: value.encode("latin-1") for name, value in headers.items() if value},
                },
                cb_kwargs={"visit": visit, "look": look},
                meta=visit.meta | {"hosts": look.way.hosts},
                dont_filter=True,
            ),
            self.clock(),
        )
        if isinstance(request, Request):
            yield request
        else:
            async for output in self._over(visit, look, request):
                yield output

    async def source_answered(self, answer: Response | Failed, visit: Visit, look: Look) -> AsyncIterator[Any]:
        """Callback and errback of a document: the requests that follow from it, for pages and further documents."""
        if isinstance(answer, Failed) and isinstance(answer.value, Postponed):
            return
        outcome = await self._read_source(answer, visit, look)
        if isinstance(outcome, Failure) or outcome.not_modified:
            async for output in self._over(visit, look, outcome):
                yield output
            return
        look.answered = True
        new = await self.memory.polled(outcome)
        async for output in self._pages(visit, new):
            yield output
        if not outcome.continued:
            async for output in self._over(visit, look, None):
                yield output
        elif further := next_document(look, outcome.entries, len(new)):
            look.asked += 1
            look.more = look.more[1:]
            async for output in self._ask(visit, look, further):
                yield output
        else:
            end = Poll(look.way.source, self.clock(), validators=look.fresh)
            async for output in self._over(visit, look, end):
                yield output

    async def _over(self, visit: Visit, look: Look, outcome: Poll | Failure | None) -> AsyncIterator[Any]:
        """A look's end: tells the memory; after the visit's last look, the pages of the backlog."""
        source = look.way.source
        if isinstance(outcome, Failure) and look.answered:
            self.logger.info("%s: %s ended early: %s", source.outlet, source.url, outcome.detail)
            outcome = Poll(source, outcome.at, validators=validators_after(look, outcome))
        if isinstance(outcome, Failure):
            visit.count("failed")
            visit.refused |= refuses(outcome)
            await self.memory.poll_failed(source, with_alternatives(outcome, visit.outlet))
        else:
            visit.count("unchanged" if outcome and outcome.not_modified else "answered")
            visit.answered = True
            if outcome is not None:
                await self.memory.polled(outcome)
        visit.looks_left -= 1
        if visit.looks_left > 0:
            return
        if visit.refused and not visit.answered and visit.outlet.telegram_allowed and source.kind != "telegram":
            visit.looks_left = 1
            look = Look(way := preview(visit.outlet), await self.memory.validators(way.source))
            async for output in self._ask(visit, look, way.source.url):
                yield output
        else:
            async for output in self._pages(visit, visit.backlog):
                yield output

    async def _read_source(self, answer: Response | Failed, visit: Visit, look: Look) -> Poll | Failure:
        at, source = self.clock(), look.way.source
        if isinstance(answer, Failed):
            return _failure(answer, at)
        validators = _validators(answer)
        if answer.status == _NOT_MODIFIED and not look.asked and look.known != Validators():
            fresh = Validators(validators.etag or look.known.etag, validators.last_modified or look.known.last_modified)
            return Poll(source, at, validators=fresh, not_modified=True)
        if failure := status_failure(answer, at):
            return failure
        read = await self._read(visit, at, look.way.reader, answer, **look.way.facts)
        if isinstance(read, Failure):
            return read
        return document_read(look, at, read, validators)

    # Pages

    async def _pages(self, visit: Visit, pendings: Sequence[PendingEntry]) -> AsyncIterator[Any]:
        """A request for each entry's page, or, where none can be made, the record of its stand-in."""
        for pending in pendings:
            if pending.entry.text and (item := await self._whole_text(visit, pending)):
                yield item
                continue
            request = self._page_request(visit, pending)
            if isinstance(request, Request):
                yield request
            elif item := await self._page_failed(visit, pending, request):
                yield item

    async def _whole_text(self, visit: Visit, pending: PendingEntry) -> dict[str, Any] | None:
        """The record of the article that the entry is by itself, which the memory is told."""
        at = self.clock()
        article = await self._run(
            visit, at, "crawler.extract.whole_text:article_of_entry", pending.entry, visit.outlet, at
        )
        if not isinstance(article, Article):
            return None
        visit.count("pages_fetched")
        await self.memory.fetched(pending, article)
        return article.record()

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
                headers=visit.headers,
                meta=visit.meta | {"hosts": visit.hosts, "postponable": True},
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
        outcome = await self._read_page(answer, visit, pending)
        if isinstance(outcome, Article):
            visit.count("pages_fetched")
            await self.memory.fetched(pending, outcome)
            yield outcome.record()
        elif item := await self._page_failed(visit, pending, outcome):
            yield item

    async def _read_page(self, answer: Response | Failed, visit: Visit, pending: PendingEntry) -> Article | Failure:
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
        article = await self._read(visit, at, "crawler.extract.page:extract_page", answer, entry=entry)
        return replace(article, request_url=entry.url) if isinstance(article, Article) else cast(Failure, article)

    async def _read(self, visit: Visit, at: datetime, function: str, answer: Response, **facts: Any) -> Any:
        """What the worker's `function` makes of the answer's body, or the Failure that it comes to."""
        return await self._run(
            visit,
            at,
            function,
            answer.body,
            url=answer.url,
            outlet=visit.outlet,
            fetched_at=at,
            charset=_charset(answer),
            **facts,
        )

    async def _run(self, visit: Visit, at: datetime, function: str, *args: Any, **facts: Any) -> Any:
        """What the worker's `function` returns, or the Failure that it comes to."""
        async with visit.reading:
            if visit.too_slow:
                return Failure("slow-to-read", "not read: another of the outlet's took too long in this pass", at)
            try:
                return await self._worker.run(function, *args, **facts)
            except Unreadable as e:
                visit.too_slow |= e.kind == "slow-to-read"
                return Failure(e.kind, e.detail, at)

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
