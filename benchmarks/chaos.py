"""Chaos: `marsad` killed with SIGKILL again and again while everything else fails too; what the channels then show.

    make chaos                                             # the whole of it, about half an hour on 2 cores
    .venv/bin/python -m benchmarks.chaos --only storm --alerts 60 --kills 15 --variant run-edit

Three channels, one of them with colleagues who post between our messages. `marsad run`, again and again as cron
would, or `marsad serve`, is killed at a random moment: at a call of the Bot API (just before it is carried out, just
after, while it is still on its way, or some milliseconds later) or at any time of its life. Meanwhile calls fail as
`RATES` says. In the end there are passes without faults until nothing waits, and every alert is looked for in the
channels.

Then the crash at every write point (`chaos_writes`). Ends with status 1 where an alert is lost, repeated, out of
order, or a message was overwritten.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import chaos_writes
from benchmarks.chaos_world import VARIANTS, Variant, Verdict, World
from tests.botapi import Fault

RATES: Mapping[Fault, float] = {
    Fault("drop-before"): 0.02,
    Fault("drop-after"): 0.02,
    Fault("drop-late", seconds=0.5): 0.01,
    Fault("500-before"): 0.01,
    Fault("500-after"): 0.02,
    Fault("flood", retry_after=1): 0.02,
    Fault("slow", seconds=0.3): 0.03,
    Fault("odd", body='{"ok": true}'): 0.01,
    Fault("odd", status=502, body="<html>"): 0.01,
    Fault("html", status=403): 0.01,
}
"""What goes wrong with a call, any call, and how often."""
COLLEAGUES = 0.3
"""Posts of others in their channel, for each message of ours to any."""
AT_A_CALL = 0.7
"""Kills at a call of the Bot API; the others come at any time."""
MOST_CALLS = 150
"""Calls after the start among which such a kill chooses, the early ones more often: two looks for a message in each of
three channels take about 130. Were every process killed before it had looked, none would ever send again."""
SCRIPTS = 0.1
"""Processes that are the console script itself, not a fork that begins after its imports (`chaos_process`)."""
IDLE = 2.5
"""Seconds without a call after which a daemon is killed as it is: longer than a grace."""
FIRST_CALL = 30.0
"""Seconds that a process has for its first call, on a machine that four worlds share: killed sooner, none sends."""


@dataclass
class Chaos:
    """What is done to one world, and counted."""

    world: World
    random: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    _calls_left: int | None = None
    _last_call: float = 0.0
    _dead: asyncio.Event = field(default_factory=asyncio.Event)

    def hook(self, method: str, params: Mapping[str, Any]) -> Fault | None:
        """What is to happen at this call."""
        self.looks += method in ("forwardMessage", "editMessageText")
        self._last_call = time.monotonic()
        if method == "sendMessage" and self.random.random() < COLLEAGUES:
            self.world.api.post("@chaos_airport", f"خبر من زميل {self.random.random()}")
        if self._calls_left is not None:
            self._calls_left -= 1
            if self._calls_left == 0:
                return self._kill_at_call()
        fault = self._pick()
        if fault:
            self.faults[fault.kind] += 1
        return fault

    async def life(self, pass_time: float) -> None:
        """Processes, one after the other, until one of them has been killed."""
        self._dead.clear()
        at_call = self.random.random() < AT_A_CALL
        self._calls_left = int(MOST_CALLS ** self.random.random()) if at_call else None
        until = None if at_call else time.monotonic() + self.random.uniform(0, 2 * pass_time)
        while not self._dead.is_set():
            forked = self.random.random() >= SCRIPTS
            process = await self.world.start(self.world.variant.command, forked=forked)
            self._last_call = time.monotonic() + FIRST_CALL
            while process.returncode is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 0.02)
                now = time.monotonic()
                if now > (self._last_call + IDLE if until is None else until):
                    self._kill("idle" if until is None else "at any time")
            if not self._dead.is_set() and until is None and not self.world.waiting():
                # its call will not come: nothing is left to be sent, and passes that send nothing make no calls
                self._calls_left, until = None, time.monotonic() + self.random.uniform(0, pass_time)
        self._calls_left = None

    def _kill_at_call(self) -> Fault | None:
        how = self.random.choice(("before a call", "after a call", "while a call is on its way", "soon after a call"))
        if how == "soon after a call":
            asyncio.get_running_loop().call_later(self.random.uniform(0, 0.05), self._kill, how)
            return None
        self._kill(how)
        kinds = {"before a call": Fault("drop-before"), "after a call": Fault("drop-after")}
        return kinds.get(how, Fault("drop-late", seconds=self.random.uniform(0, 0.5)))

    def _kill(self, how: str) -> None:
        process = self.world.process
        if process and process.returncode is None and not self._dead.is_set():
            process.kill()
            self.kills[how] += 1
            self._dead.set()

    def _pick(self) -> Fault | None:
        drawn = self.random.random()
        for fault, rate in RATES.items():
            if drawn < rate:
                return fault
            drawn -= rate
        return None


@dataclass(frozen=True)
class Row:
    """One variant's result. `held`: rows that wait for a person."""

    variant: Variant
    verdict: Verdict
    kills: Counter[str]
    faults: Counter[str]
    looks: int
    states: Mapping[str, int]
    seconds: float


async def storm(variant: Variant, folder: Path, *, alerts: int, kills: int, seed: int, progress: Progress) -> Row:
    """So many alerts published over so many lives that end by SIGKILL."""
    chance = random.Random(f"{seed} {variant.key}")
    began = time.monotonic()
    async with World(folder, variant, chance) as world:
        await world.prime()
        start = time.monotonic()
        await world.run("run")
        pass_time = time.monotonic() - start
        chaos = Chaos(world, chance)
        world.hook = chaos.hook
        left = alerts - world.verdict().alerts
        for life in range(kills):
            batch = round(left / (kills - life))
            world.publish(batch)
            left -= batch
            await chaos.life(pass_time)
            progress.step()
        await world.calm()
        return Row(
            variant,
            world.verdict(),
            chaos.kills,
            chaos.faults,
            chaos.looks,
            world.states(),
            time.monotonic() - began,
        )


class Progress:
    """A bar on standard error, where that is a terminal."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._shown = total, 0, sys.stderr.isatty()

    def step(self) -> None:
        """One more kill."""
        self._done += 1
        if self._shown:
            full = 40 * self._done // self._total
            print(f"\r[{'#' * full}{'.' * (40 - full)}] {self._done}/{self._total} kills", end="", file=sys.stderr)
            if self._done == self._total:
                print(file=sys.stderr)


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [
        "| look by | process | alerts | kills | faults | looks | lost | twice | out of order | overwritten | minutes |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        v = row.verdict
        cells = [
            row.variant.looks,
            f"`{row.variant.command}`",
            v.alerts,
            sum(row.kills.values()),
            sum(row.faults.values()),
            row.looks,
            len(v.lost),
            len(v.twice),
            v.unordered,
            v.overwritten,
            f"{row.seconds / 60:.1f}",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def counted(counts: Counter[str]) -> str:
    """The counts, the most frequent first."""
    return ", ".join(f"{kind} {count}" for kind, count in counts.most_common())


async def main(args: argparse.Namespace) -> bool:
    """Runs what is asked for, worlds at the same time; prints; whether all is well."""
    print(f"seed {args.seed}", flush=True)
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="marsad-chaos-") as folder:
        where = args.keep or Path(folder)
        if args.only != "writes":
            verdicts += await storms(where, args)
        if args.only != "storm":
            rows = await asyncio.gather(
                *(
                    chaos_writes.every_write_point(mode, where / f"writes-{n}")
                    for n, mode in enumerate(chaos_writes.MODES)
                )
            )
            print(chaos_writes.table(rows), flush=True)
            verdicts += [row.verdict for row in rows]
    lost, twice = (sum(len(getattr(verdict, what)) for verdict in verdicts) for what in ("lost", "twice"))
    print(f"lost {lost} repeated {twice}")
    return all(verdict.good for verdict in verdicts)


async def storms(where: Path, args: argparse.Namespace) -> list[Verdict]:
    """The variants, in `where`; prints their table."""
    variants = [v for v in VARIANTS if args.variant in (None, v.key)]
    alerts, kills = args.alerts // len(variants), args.kills // len(variants)
    progress = Progress(kills * len(variants))
    rows = await asyncio.gather(
        *(
            storm(variant, where / variant.key, alerts=alerts, kills=kills, seed=args.seed, progress=progress)
            for variant in variants
        )
    )
    print(table(rows))
    for row in rows:
        print(f"\n{row.variant.key}: kills: {counted(row.kills)}")
        print(f"  faults: {counted(row.faults)}")
        print(f"  outbox: {counted(Counter(row.states))}")
        if not row.verdict.good:
            print(f"  lost {row.verdict.lost}, twice {row.verdict.twice}")
    print(flush=True)
    return [row.verdict for row in rows]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__.split("\n")[0])
    parser.add_argument("--alerts", type=int, default=2000, help="in all variants together")
    parser.add_argument("--kills", type=int, default=500, help="in all variants together")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--variant", choices=[v.key for v in VARIANTS], help="only this one")
    parser.add_argument("--only", choices=["storm", "writes"], help="random kills, or the crash at every write point")
    parser.add_argument("--keep", type=Path, help="a folder that stores and logs stay in")
    sys.exit(not asyncio.run(main(parser.parse_args())))
