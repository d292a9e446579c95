"""The daemon: one APScheduler job an outlet on the one asyncio loop, delivery at once, rules taken up anew.

The only module that knows APScheduler. Every job is a pass over one outlet with the steps of `alerts.service`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from alerts.decide import PassCount
from alerts.rules.model import RulesError
from alerts.rules.schema import load_rules
from alerts.service import EXAMINE_EVERY, Service
from crawler.outlets.catalogue import Outlet

log = logging.getLogger("marsad")

INTERVAL = timedelta(seconds=45)
"""Of an outlet that names none: with the jitter below, what a feed shows is told within a minute."""
JITTER = timedelta(seconds=5)
RELOAD_EVERY = timedelta(seconds=5)
FLUSH_EVERY = timedelta(seconds=30)
"""A digest is late by no more than this, also where every outlet has a long interval."""
UNUSABLE_PAUSE = timedelta(minutes=1)
"""Between two tries where the token is refused: somebody may be putting it right."""


async def serve(service: Service) -> None:
    """Runs until SIGTERM or SIGINT; then ends what is under way, within the time that one page may take."""
    await service.begin()
    stop, wake = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    jobs = _Jobs(service, stop, wake)
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    jobs.schedule(scheduler)
    scheduler.start()
    sender = asyncio.create_task(_send(service, jobs, stop, wake))
    sender.add_done_callback(lambda _: stop.set())  # a daemon that cannot deliver ends, and its supervisor hears of it
    try:
        await stop.wait()
    finally:
        stop.set()
        jobs.turn.set()
        scheduler.pause()  # its shutdown would cancel a running job
        await jobs.ended()
        scheduler.shutdown(wait=False)
        try:
            await sender
        finally:
            await service.close()


async def _send(service: Service, jobs: _Jobs, stop: asyncio.Event, wake: asyncio.Event) -> None:
    """Delivers whenever a job has decided something, and when a waiting row's time has come."""
    while not stop.is_set():
        jobs.turn.clear()
        report = await service.deliver(wait_limit=None, wake=wake, stop=jobs.turn)
        if report.unusable:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), UNUSABLE_PAUSE.total_seconds())


class _Jobs:
    """The scheduled work, and a count of what is running, so that the end can wait for it."""

    def __init__(self, service: Service, stop: asyncio.Event, wake: asyncio.Event) -> None:
        self._service, self._stop, self._wake = service, stop, wake
        self.turn = asyncio.Event()
        """Set where delivery must begin anew: the channels may be others, or it is time to end."""
        self._deciding = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._scheduler: AsyncIOScheduler | None = None
        self._rules_files = self._files_of(service.rules.files)
        self._rules_seen = self._rules_mark()

    def schedule(self, scheduler: AsyncIOScheduler) -> None:
        """A job for each outlet that the rules want, one for the rules file, one for the outlets' health,
        one for what waits."""
        self._scheduler = scheduler
        wanted = {outlet.id: outlet for outlet in self._service.outlets()}
        for job in scheduler.get_jobs():
            if job.id.startswith("outlet:") and job.id.removeprefix("outlet:") not in wanted:
                job.remove()
        now = self._service.clock()
        for number, outlet in enumerate(wanted.values()):
            if scheduler.get_job(f"outlet:{outlet.id}") is None:
                every = IntervalTrigger(
                    seconds=int((outlet.interval or INTERVAL).total_seconds()), jitter=int(JITTER.total_seconds())
                )
                first = now + timedelta(milliseconds=50 * number)  # not all in the same instant
                scheduler.add_job(
                    self._kept(self._outlet), every, args=[outlet], id=f"outlet:{outlet.id}", next_run_time=first
                )
        if scheduler.get_job("rules") is None:
            scheduler.add_job(
                self._kept(self._reload), IntervalTrigger(seconds=int(RELOAD_EVERY.total_seconds())), id="rules"
            )
            scheduler.add_job(
                self._kept(self._examine), IntervalTrigger(seconds=int(EXAMINE_EVERY.total_seconds())), id="health"
            )
            scheduler.add_job(
                self._kept(self._flush), IntervalTrigger(seconds=int(FLUSH_EVERY.total_seconds())), id="digests"
            )

    async def ended(self) -> None:
        """Waits for the jobs that are running; none is cancelled."""
        if self._running:
            await asyncio.wait(self._running)

    def _kept(self, job: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
        async def run(*args: Any) -> None:
            if self._stop.is_set():
                return
            task = asyncio.create_task(job(*args))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            try:
                await asyncio.shield(task)
            except Exception:  # one job's failure stops no other; the next turn tries again
                log.exception("a job failed")

        return run

    async def _outlet(self, outlet: Outlet) -> None:
        [awake] = await self._service.awake([replace(outlet, interval=None)])  # the job is its interval
        try:
            await self._service.crawl([awake], self._stop)
        finally:  # what was stored is told, whatever became of the rest
            async with self._deciding:
                await self._service.decide(PassCount())
            self._wake.set()

    async def _examine(self) -> None:
        await self._service.examine()
        self._wake.set()

    async def _flush(self) -> None:
        async with self._deciding:
            await self._service.flush()
        self._wake.set()

    async def _reload(self) -> None:
        """Takes up a changed rules file, or one that it includes; a broken one is said once and changes nothing. What a
        person changed in the outbox from another process is taken up as often."""
        self._wake.set()
        mark = self._rules_mark()
        if mark == self._rules_seen:
            return
        self._rules_seen = mark
        try:
            service = self._service
            rules = load_rules(service.config.rules, service.catalogue, gazetteer=service.gazetteer)
        except RulesError as e:
            self._watch(e.files)  # of those that it names now: one of them may be what is broken
            lines = [str(p) for p in e.problems]
            await self._service.notify([*lines, "rules.yaml has mistakes; the rules before it stay in force"])
            return
        self._watch(rules.files)
        self._service.use(rules)
        self.turn.set()
        if self._scheduler is not None:
            self.schedule(self._scheduler)
        log.info("rules.yaml was read anew: %d rules", len(rules.rules))

    def _files_of(self, files: tuple[str, ...]) -> tuple[Path, ...]:
        """The files to watch: those that were read, else the one that is configured."""
        return tuple(map(Path, files)) or (self._service.config.rules,)

    def _watch(self, files: tuple[str, ...]) -> None:
        """From now on a change of one of these is a change of the rules; what changed since it was last looked at,
        before the reading, still is one."""
        self._rules_files = self._files_of(files)
        self._rules_seen = self._rules_mark() | {
            path: seen for path, seen in self._rules_seen.items() if path in self._rules_files
        }

    def _rules_mark(self) -> dict[Path, tuple[int, int] | None]:
        """Time and size of each file that is watched; None for one that is not there."""
        return {path: _mark(path) for path in self._rules_files}


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
