"""The store as the rest of the program sees it: asynchronous, over one thread of its own.

A busy database would freeze the loop, so every call is a function run in that thread, each one transaction.
`memory()` is what the crawler is handed, `outbox()` what delivery is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from alerts.delivery.model import Outcome, Outgoing, Sent, State, Turn
from alerts.rules.model import Channel
from alerts.store import decisions, entries, health, outbox
from alerts.store.database import open_engine, reading, writing
from alerts.store.decisions import Decisions, StoredVersion
from alerts.store.errors import StoreError
from crawler.article import Article
from crawler.identity import keys
from crawler.memory import Failure, PendingEntry, Poll, Robots, Source, Validators
from crawler.outlets.catalogue import Outlet

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]


class Store:
    """The only state. Raises ConfigError where the database cannot be opened, StoreError where it fails later."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._engine: Engine = open_engine(url)
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def close(self) -> None:
        """Waits for what is under way and lets go of the database."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def write(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `function(connection, …)` in one transaction that may write."""

        return await self._run(writing, lambda c: function(c, *args, **kwargs))

    async def read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `function(connection, …)` in one transaction that only reads."""

        return await self._run(reading, lambda c: function(c, *args, **kwargs))

    async def _run(
        self, begin: Callable[[Engine], AbstractContextManager[Connection]], function: Callable[[Connection], T]
    ) -> T:
        def work() -> T:
            try:
                with begin(self._engine) as connection:
                    return function(connection)
            except DBAPIError as e:
                raise StoreError(f"the store failed: {str(e.orig or e).strip().splitlines()[0]}") from e

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def undecided(self, limit: int) -> list[StoredVersion]:
        """See `decisions.undecided`."""
        return await self.read(decisions.undecided, limit)

    async def decide(self, function: Callable[[Decisions], T]) -> T:
        """Runs a function that decides, in one transaction."""
        return await self.write(lambda c: function(Decisions(c, self._clock())))

    async def look_again(self, since: datetime) -> int:
        """See `decisions.look_again`."""
        return await self.write(decisions.look_again, since)

    async def resting(self, intervals: Mapping[str, timedelta]) -> set[tuple[str, str]]:
        """See `entries.resting`."""
        return await self.read(entries.resting, self._clock(), intervals)

    async def open_notice(self, kind: str, subject: str, detail: str) -> bool:
        """See `health.open_notice`."""
        return await self.write(health.open_notice, kind, subject, detail, self._clock())

    async def close_notices(self, kind: str, subjects: Sequence[str] | None = None) -> list[health.Notice]:
        """See `health.close_notices`."""
        return await self.write(health.close_notices, kind, subjects, self._clock())

    async def broken(self, kind: str) -> set[str]:
        """See `health.broken`."""
        return await self.read(health.broken, kind)

    async def examine(self, outlets: Collection[str], every: timedelta) -> list[str]:
        """`health.examine`, at most once in `every`, whoever asks."""
        if not await self.write(health.examination_due, self._clock(), every):
            return []
        return await self.write(health.examine, outlets, self._clock())

    async def status(self) -> health.Status:
        """See `health.status`."""
        return await self.read(health.status, self._clock())

    async def rules_file(self, path: str) -> str | None:
        """See `health.rules_file`."""
        return await self.write(health.rules_file, path)

    def memory(self, outlets: Mapping[str, Outlet]) -> StoreMemory:
        """What a crawl of these outlets is handed."""
        return StoreMemory(self, outlets, self._clock)

    def outbox(self, channels: Mapping[str, Channel]) -> StoreOutbox:
        """What delivery to these channels is handed."""
        return StoreOutbox(self, channels)


@dataclass(slots=True)
class Met:
    """What a crawl met: sources that answered, that failed (and how often in a row), pages by outcome."""

    answered: list[Source] = field(default_factory=list)
    polls_failed: list[tuple[Source, Failure, int]] = field(default_factory=list)
    pages_fetched: list[str] = field(default_factory=list)
    pages_failed: list[tuple[PendingEntry, Failure]] = field(default_factory=list)


class StoreMemory:
    """`crawler.memory.Memory` over the store; `met` keeps what this crawl met, for notices."""

    def __init__(self, store: Store, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._store, self._outlets, self._clock = store, outlets, clock
        self.met = Met()

    async def validators(self, source: Source) -> Validators:
        return await self._store.read(entries.validators, source)

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        self.met.answered.append(poll.source)
        outlet = self._outlets[poll.source.outlet]
        return await self._store.write(entries.polled, poll, [keys(e.url, outlet) for e in poll.entries])

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        in_a_row = await self._store.write(entries.poll_failed, source, failure)
        self.met.polls_failed.append((source, failure, in_a_row))

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        return await self._store.read(entries.unfinished, outlet, now)

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        self.met.pages_fetched.append(article.outlet)
        await self._store.write(entries.fetched, pending, article, self._keys(article), self._clock())

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        self.met.pages_failed.append((pending, failure))
        known_by = self._keys(stand_in) if stand_in else ()
        await self._store.write(entries.page_failed, pending, failure, stand_in, known_by, self._clock())

    async def robots(self, origin: str) -> Robots | None:
        return await self._store.read(entries.robots, origin)

    async def robots_fetched(self, robots: Robots) -> None:
        await self._store.write(entries.robots_fetched, robots)

    def _keys(self, article: Article) -> list[tuple[str, str]]:
        """Those of the canonical URL and of the one that was asked for, each once."""
        outlet = self._outlets[article.outlet]
        asked = keys(article.request_url, outlet) if article.request_url else ()
        return list(dict.fromkeys([*keys(article.url, outlet), *asked]))


class StoreOutbox:
    """`alerts.delivery.model.Outbox` over the store."""

    def __init__(self, store: Store, channels: Mapping[str, Channel]) -> None:
        self._store, self._channels = store, channels

    async def recover(self, now: datetime) -> int:
        return await self._store.write(outbox.recover, now, self._channels)

    async def due(self, now: datetime, busy: Collection[str] = ()) -> Sequence[Outgoing]:
        return await self._store.write(outbox.due, now, self._channels, busy)

    async def next_due(self, now: datetime, busy: Collection[str] = ()) -> datetime | None:
        return await self._store.read(outbox.next_due, now, self._channels, busy)

    async def expire(self, now: datetime) -> Sequence[Outgoing]:
        return await self._store.write(outbox.expire, now, self._channels)

    async def sends(self, since: datetime) -> Sequence[tuple[str | int, datetime, int]]:
        return await self._store.read(outbox.sends, since)

    async def looked(
        self, version: int, found: Sent | None, state: State, next_try: datetime | None, now: datetime
    ) -> None:
        await self._store.write(outbox.looked, version, found, state, next_try, now)

    async def claim(self, message: Outgoing, now: datetime) -> int:
        return await self._store.write(outbox.claim, message, now)

    async def settle(
        self, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
    ) -> Turn | None:
        return await self._store.write(outbox.settle, attempt, outcome, state, next_try, now)
