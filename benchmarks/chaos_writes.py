"""A crash at every write point in turn: the n-th write of a pass fails, n = 1, 2, … until a pass has no n-th write.

A write point is the beginning of a transaction that may write, each statement in it that writes, and its commit.
After each such pass another goes without a fault; in the end every alert is looked for. Nothing of this is in the
product: the child process puts itself between SQLAlchemy and the driver before it begins.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.chaos_world import VARIANTS, Verdict, World

MODES = ("killed before it", "killed after it", "database is locked", "disk full")
ERRORS = {"database is locked": "database is locked", "disk full": "database or disk is full"}
"""What SQLite says, as sqlite3.OperationalError."""
PASSES = 3
"""Without a fault, after which nothing may wait."""
WRITING = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True)
class WritesRow:
    """One mode's result: how many write points a pass had, and what the channels showed in the end."""

    mode: str
    points: int
    verdict: Verdict
    seconds: float


async def every_write_point(mode: str, folder: Path, *, pieces: int = 1, step: int = 1) -> WritesRow:
    """Fails each write point of a pass with so many new `pieces`, or each `step`-th. Raises RuntimeError where a
    clean pass does not put things right."""
    began = time.monotonic()
    async with World(folder, VARIANTS[0], random.Random(mode)) as world:
        await world.prime()
        n = 1
        while True:
            world.publish(pieces)
            if not await _pass(world, n, mode):
                break
            await world.calm(PASSES)
            if waiting := world.waiting():
                raise RuntimeError(f"write {n}, {mode}: {waiting} rows still wait")
            n += step
        return WritesRow(mode, n - 1, world.verdict(), time.monotonic() - began)


def table(rows: Sequence[WritesRow]) -> str:
    """Markdown."""
    lines = [
        "| the n-th write | write points | alerts | lost | twice | out of order | overwritten | minutes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        v = row.verdict
        cells = [row.mode, row.points, v.alerts, len(v.lost), len(v.twice), v.unordered, v.overwritten]
        lines.append(f"| {' | '.join(map(str, cells))} | {row.seconds / 60:.1f} |")
    return "\n".join(lines)


async def _pass(world: World, n: int, mode: str) -> bool:
    """A pass whose `n`-th write fails; whether it came so far. Raises RuntimeError where something else ended it."""
    mark = world.folder / "came"
    mark.unlink(missing_ok=True)
    code = await world.run("run", before=partial(_fail, n, mode, mark))
    if code and not mark.exists():
        raise RuntimeError(f"the pass failed with {code} before its write {n}; see {world.folder / 'log'}")
    return mark.exists()


def _fail(n: int, mode: str, mark: Path) -> None:
    """From now on the `n`-th write point fails."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.engine.default import DefaultDialect

    count = 0
    wrote = False

    def point(work: Any) -> None:
        """Does `work`, unless this is the one."""
        nonlocal count
        count += 1
        if count != n:
            work()
            return
        mark.touch()
        if error := ERRORS.get(mode):
            raise sqlite3.OperationalError(error)
        if mode == "killed after it":
            work()
        os.kill(os.getpid(), signal.SIGKILL)

    def executing(run: str) -> Any:
        def listener(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
            nonlocal wrote
            if not statement.lstrip().upper().startswith(WRITING):
                return False
            wrote = True
            point(lambda: getattr(cursor, run)(statement, parameters))
            return True

        return listener

    event.listen(Engine, "do_execute", executing("execute"))
    event.listen(Engine, "do_executemany", executing("executemany"))
    commit = DefaultDialect.do_commit

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        nonlocal wrote
        if wrote:
            wrote = False
            point(lambda: commit(self, connection))
        else:
            commit(self, connection)

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
