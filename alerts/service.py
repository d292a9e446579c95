"""One pass, and the daemon: crawl → decide → deliver, composed over the store.

Each step is resumable by itself: entries whose page is missing, versions that nothing was decided on and
messages that were not sent are rows, and the next pass takes them up. What the operator should know is said
here once: on standard error, in notices, in the operator's channel.
"""

from __future__ import annotations

import asyncio
import difflib
import logging
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alerts import logs
from alerts.config import Config, ConfigError
from alerts.decide import Desk, PassCount, decide, flush, post_notices
from alerts.delivery.model import Target
from alerts.delivery.pace import Pace
from alerts.delivery.routing import AGE_LIMIT
from alerts.delivery.targets import open_target
from alerts.delivery.worker import DeliveryReport, deliver
from alerts.places.opening import opener
from alerts.rules.engine import Engine
from alerts.rules.model import RuleSet
from alerts.rules.schema import load_rules
from alerts.store.lock import PassLock
from alerts.store.store import Met, Store
from crawler.outlets.catalogue import Outlet, load_catalogue

if TYPE_CHECKING:
    from alerts.places.gazetteer import Gazetteer

log = logging.getLogger("marsad")

Clock = Callable[[], datetime]

DECIDE_EVERY = timedelta(seconds=30)
"""A slow outlet holds the alerts of the others no longer than this."""

BATCH = 500
"""Versions decided in one transaction."""

WAIT_LIMIT = timedelta(seconds=45)
"""How long a pass waits, all outlets crawled, for a message that Telegram or a doubt holds back (two looks, a grace of
20 s apart, settle one); then the next pass has it."""

TELL_AFTER = 3
"""Failures of a source in a row after which the operator's channel hears of it; standard error says the first."""


EXAMINE_EVERY = timedelta(minutes=10)
"""Between two looks at the outlets' rhythm, which costs 5 ms an outlet of four weeks."""


@dataclass(frozen=True, slots=True)
class PassReport:
    """What a pass did: sources that answered and failed; messages sent, and those that could not be (again due
    later, or in doubt); `unusable`: why nothing can be sent at all."""

    answered: int
    failed: int
    sent: int
    stuck: int
    unusable: str | None

    @property
    def worked(self) -> bool:
        """False where nothing could be polled, or nothing delivered (interfaces.md: exit 1)."""
        polled = self.answered > 0 or self.failed == 0
        delivered = self.unusable is None and (self.sent > 0 or self.stuck == 0)
        return polled and delivered


@dataclass
class Service:
    """The parts that a pass and the daemon share. `rules` may be replaced between steps (`use`)."""

    config: Config
    catalogue: Mapping[str, Outlet]
    gazetteer: Callable[[], Gazetteer]
    rules: RuleSet
    store: Store
    target: Target
    lock: PassLock
    clock: Clock
    age_limit: timedelta = AGE_LIMIT
    _engine: Engine | None = field(default=None, init=False)
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        telegram = self.config.token is not None  # the terminal of a preview needs no pace
        self._pace = Pace(enabled=telegram and self.config.telegram_limits)

    async def begin(self) -> None:
        """Warns where this store has served another rules file before."""
        path = str(self.config.rules.resolve())
        if before := await self.store.rules_file(path):
            log.warning("this store served %s before; now it serves %s", before, path)

    async def close(self) -> None:
        """Lets go of connections and the store."""
        await self.target.close()
        await self.store.close()

    def use(self, rules: RuleSet) -> None:
        """From now on these rules decide."""
        self.rules, self._engine = rules, None

    def outlets(self, named: Sequence[str] = ()) -> list[Outlet]:
        """Those named, else those of rules.yaml, else all of the catalogue. Raises ConfigError for an unknown name."""
        for name in named:
            if name not in self.catalogue:
                near = difflib.get_close_matches(name, self.catalogue, 1)
                hint = f"did you mean {near[0]}?" if near else "`marsad outlets` lists those that are"
                raise ConfigError(f"{name} is no outlet of the catalogue; {hint}")
        return [self.catalogue[i] for i in named or self.rules.outlets or self.catalogue]

    async def awake(self, outlets: Sequence[Outlet]) -> list[Outlet]:
        """The outlets without the sources that rest: a failing one's wait, a server's Retry-After, an interval that
        the outlet's file names and that is not over."""
        resting = await self.store.resting({o.id: o.interval for o in outlets if o.interval})
        return [
            replace(
                o,
                feeds=tuple(w for w in o.feeds if (o.id, w.url) not in resting),
                sitemaps=tuple(w for w in o.sitemaps if (o.id, w.url) not in resting),
                listings=tuple(w for w in o.listings if (o.id, w.url) not in resting),
                apis=tuple(a for a in o.apis if (o.id, a.url) not in resting),
            )
            for o in outlets
        ]

    async def crawl(self, outlets: Sequence[Outlet], stop: asyncio.Event | None = None) -> Met:
        """One crawl over these outlets, its results in the store; says what broke and what is back."""
        from crawler.crawl import crawl

        memory = self.store.memory(self.catalogue)
        await crawl(outlets, memory, clock=self.clock, stop=stop)
        await self._tell(memory.met)
        return memory.met

    async def decide(self, count: PassCount) -> None:
        """Tells what waited and is due, then decides every stored version that nothing has been decided on."""
        await self.flush()
        while versions := await self.store.undecided(BATCH):
            if self._engine is None:
                self._engine = Engine.of(self.rules, self.gazetteer, all_places=True)
            desk = Desk(self.rules, self._engine, self.catalogue, self.gazetteer, self.age_limit)
            notices = await self.store.decide(decide(desk, versions, count, self.clock()))
            await self.notify(notices)

    async def flush(self) -> None:
        """Puts what waited (quiet hours, digests, limits) and is due into the outbox. Of alerts that wait for a channel
        which rules.yaml no longer has the operator hears once; they go on waiting."""
        gone = await self.store.decide(flush(self.rules, self.clock()))
        said = await self.store.broken("waiting")
        for name in [name for name in gone if name not in said]:
            detail = f"alerts wait for the channel {name}, which {self.config.rules.name} no longer has"
            if await self.store.open_notice("waiting", name, detail):
                await self.notify([f"{detail}; name it there again, and they are told"])
        if back := said.difference(gone):
            await self.store.close_notices("waiting", sorted(back))

    async def notify(self, lines: Sequence[str]) -> None:
        """Says it on standard error and in the operator's channel."""
        for line in lines:
            log.warning("%s", line)
        if lines and self.rules.operator:
            await self.store.decide(post_notices(self.rules, lines))

    async def _tell(self, met: Met) -> None:
        lines = []
        for source, failure, in_a_row in met.polls_failed:
            if in_a_row == 1:
                log.warning("%s: %s gives nothing: %s", source.outlet, source.url, failure.detail)
            if in_a_row >= TELL_AFTER and await self.store.open_notice("source", source.url, failure.detail):
                lines.append(f"{source.outlet}: {source.url} has failed {in_a_row} times: {failure.detail}")
        back = await self.store.close_notices("source", [s.url for s in met.answered])
        lines += [f"{notice.subject} answers again" for notice in back]
        await self.notify(lines)
        fresh = [(p.entry.outlet, f) for p, f in met.pages_failed if p.failures == 0]
        said = await self.store.broken("pages") if fresh else set()
        for (outlet, kind), number in Counter((o, f.kind) for o, f in fresh if o not in said).items():
            detail = next(f.detail for o, f in fresh if (o, f.kind) == (outlet, kind))
            log.warning("%s: %d page%s gave no article (%s: %s)", outlet, number, "s"[: number > 1], kind, detail)

    async def examine(self) -> None:
        """Looks whether each outlet keeps its own rhythm, every `EXAMINE_EVERY`; says what broke and what is back."""
        await self.notify(await self.store.examine([o.id for o in self.outlets()], EXAMINE_EVERY))

    async def deliver(
        self, *, wait_limit: timedelta | None, wake: asyncio.Event | None = None, stop: asyncio.Event | None = None
    ) -> DeliveryReport:
        """Sends what is due (`alerts.delivery.worker.deliver`)."""
        return await deliver(
            self.store.outbox(self.rules.channels),
            self.target,
            channels=self.rules.channels,
            clock=self.clock,
            wait_limit=wait_limit,
            pace=self._pace,
            wake=wake,
            stop=stop,
            scratch=self.rules.scratch,
            notify=self.notify,
        )


def open_service(rules_file: str | None, verbose: int) -> Service | None:
    """Reads environment, catalogue and rules, takes the lock, opens the store; None where another holds the lock.

    Raises ConfigError, CatalogueError, RulesError.
    """
    config = Config.from_env(rules=rules_file)
    logs.setup(verbose, secrets=[config.token] if config.token else [])
    catalogue = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, catalogue, gazetteer=gazetteer)
    lock = PassLock(config.database_url, config.state_dir)
    if not lock.acquire():
        return None
    store = Store(config.database_url, now_utc)
    return Service(config, catalogue, gazetteer, rules, store, open_target(config), lock, now_utc)


def now_utc() -> datetime:
    """The wall clock, the only one of the program."""
    return datetime.now(UTC)


async def one_pass(
    service: Service, outlets: Sequence[Outlet], *, every: bool, backfill: timedelta | None, stop: asyncio.Event
) -> PassReport:
    """Polls, decides and delivers once. `every`: also sources that rest. `backfill`: look again that far back.

    Alerts of quick outlets go out every `DECIDE_EVERY` while a slow one is still being crawled.
    """
    await service.begin()
    due = list(outlets) if every else await service.awake(outlets)
    if backfill:
        service.age_limit = max(AGE_LIMIT, backfill)
    count = PassCount()
    sent = stuck = 0
    unusable = None
    crawl = asyncio.create_task(service.crawl(due, stop))
    try:
        while True:
            done, _ = await asyncio.wait([crawl], timeout=DECIDE_EVERY.total_seconds())
            if done and backfill:
                await service.store.look_again(service.clock() - backfill)
            if done:
                await service.examine()
            await service.decide(count)
            told = await service.deliver(wait_limit=WAIT_LIMIT if done else timedelta(0), stop=stop)
            sent, stuck, unusable = sent + told.sent, stuck + told.later + told.uncertain, unusable or told.unusable
            if done:
                break
    finally:
        stop.set()
        met = await crawl  # never cancelled: Scrapy's engine would go on without it
    return PassReport(len(met.answered), len(met.polls_failed), sent, stuck, unusable)


async def pass_until_signal(
    service: Service, outlets: Sequence[Outlet], *, every: bool, backfill: timedelta | None
) -> PassReport:
    """`one_pass` that SIGTERM and SIGINT end early and in order: what is under way is finished, the rest is due
    next time. Closes the service."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        return await one_pass(service, outlets, every=every, backfill=backfill, stop=stop)
    finally:
        await service.close()
