"""`marsad` as a process of the chaos: the console script itself, or a fork that runs what the console script runs.

A start costs some seconds of a busy machine, nearly all of it imports. A fork of an interpreter that has the
libraries loaded (multiprocessing's forkserver, which has no threads and knows nothing of the harness) begins where
these end: the same `alerts.cli.main` in a process of its own, that SIGKILL ends as it ends any other.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

MARSAD = Path(sys.executable).with_name("marsad")
PRELOADED = (
    *("alerts.service", "alerts.daemon", "alerts.delivery.targets.telegram", "alerts.rules.engine"),
    *("alerts.commands.run", "alerts.commands.serve", "crawler.crawl", "sqlalchemy.dialects.sqlite"),
    *("babel.dates", "scrapy.crawler", "scrapy.core.engine", "scrapy.core.scheduler", "benchmarks.chaos_writes"),
)


class Process(Protocol):
    """What asyncio's is, as far as it is used here."""

    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def kill(self) -> None: ...


async def script(words: Sequence[str], env: Mapping[str, str], folder: Path) -> Process:
    """The console script; what it prints is added to `folder`/log."""
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(MARSAD, *words, env=env, cwd=folder, stdout=log, stderr=log)


def fork(
    words: Sequence[str], env: Mapping[str, str], folder: Path, before: Callable[[], None] | None = None
) -> Process:
    """A fork that runs the same; `before` (a picklable call) comes first in it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    process = context.Process(target=_main, args=(list(words), dict(env), folder, before))
    process.start()
    return _Fork(process)


class _Fork:
    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        self._process = process

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _main(words: list[str], env: dict[str, str], folder: Path, before: Callable[[], None] | None) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    with Path("log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    from alerts import cli

    if before:
        before()
    sys.exit(cli.main(words))
