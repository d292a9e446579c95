"""An outbox in memory, a target that answers from a script, and a time that passes when nothing else does."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from alerts.delivery.look import Absent, Doubt, LookResult
from alerts.delivery.model import Blocked, Outcome, Outgoing, Rendered, Sent, State, Turn
from alerts.delivery.outbox import BLOCKED_PAUSE, TRANSITIONS
from tests.clock import Clock

T = TypeVar("T")


class Time(Clock):
    """A clock whose sleepers wake in order, the time jumping to the next of them once everybody waits."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    async def sleep(self, seconds: float) -> None:
        """Until the time has come."""
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + timedelta(seconds=seconds), next(self._order), future))
        await future

    async def run(self, work: Coroutine[object, object, T]) -> T:
        """The result of `work`; fails where it waits for something that no time brings."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(50):  # more turns of the loop than any step here takes
                await asyncio.sleep(0)
            if not task.done():
                self._sleepers = [s for s in self._sleepers if not s[2].done()]
                heapq.heapify(self._sleepers)
                if not self._sleepers:
                    task.cancel()
                    raise AssertionError("it waits for ever")
                moment, _, future = heapq.heappop(self._sleepers)
                self.now = max(self.now, moment)
                future.set_result(None)
        return await task


@dataclass
class Row:
    """A message in the outbox."""

    message: Outgoing
    state: State = "pending"
    next_try: datetime | None = None
    history: list[str] = field(default_factory=list)


class MemoryOutbox:
    """Keeps the contract of `model.Outbox`, and refuses a transition that is none."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.looks = 0
        self.stopped: set[str] = set()
        self.sent_before: list[tuple[str | int, datetime, int]] = []
        self._attempts: list[Row] = []

    def add(self, channel: str, text: str, **fields: object) -> Row:
        """A pending message to the chat `@channel`."""
        message = Outgoing(len(self.rows), channel, f"@{channel}", None, Rendered(text, text))
        row = Row(replace(message, **fields))  # type: ignore[arg-type]
        self.rows.append(row)
        return row

    def states(self) -> list[str]:
        """Of all rows, in order."""
        return [row.state for row in self.rows]

    def _first(self) -> list[Row]:
        first: dict[str, Row] = {}
        for row in self.rows:
            held = row.state == "uncertain" and row.next_try is None
            if row.state in ("pending", "uncertain") and not held:
                first.setdefault(row.message.channel, row)
        return list(first.values())

    async def recover(self, now: datetime) -> int:
        stuck = [row for row in self.rows if row.state == "sending"]
        for row in stuck:
            self._move(row, "uncertain")
            row.next_try = now + timedelta(seconds=20)
            row.message = replace(row.message, doubt=Doubt(-1, 0))
        return len(stuck)

    async def due(self, now: datetime, busy: Collection[str] = ()) -> Sequence[Outgoing]:
        self.looks += 1
        first = [row for row in self._first() if row.message.channel not in busy]
        return [row.message for row in first if row.next_try is None or row.next_try <= now]

    async def next_due(self, now: datetime, busy: Collection[str] = ()) -> datetime | None:
        first = [row for row in self._first() if row.message.channel not in busy]
        return min((row.next_try or now for row in first), default=None)

    async def expire(self, now: datetime) -> Sequence[Outgoing]:
        return []

    async def sends(self, since: datetime) -> Sequence[tuple[str | int, datetime, int]]:
        return self.sent_before

    async def looked(
        self, version: int, found: Sent | None, state: State, next_try: datetime | None, now: datetime
    ) -> None:
        row = self.rows[version]
        self._move(row, state)
        row.next_try = next_try
        assert row.message.doubt is not None
        row.message = replace(row.message, doubt=replace(row.message.doubt, looks=row.message.doubt.looks + 1))

    async def claim(self, message: Outgoing, now: datetime) -> int:
        row = self.rows[message.version]
        self._move(row, "sending")
        row.message = replace(row.message, attempts=row.message.attempts + 1, doubt=None)
        self._attempts.append(row)
        return len(self._attempts) - 1

    async def settle(
        self, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
    ) -> Turn | None:
        row = self._attempts[attempt]
        self._move(row, state)
        row.next_try = next_try
        if state == "uncertain":
            row.message = replace(row.message, doubt=Doubt(-1, 0))
        channel, was = row.message.channel, row.message.channel in self.stopped
        if isinstance(outcome, Blocked):
            self.stopped.add(channel)
            row.next_try = now + BLOCKED_PAUSE
            return None if was else "stopped"
        if isinstance(outcome, Sent):
            self.stopped.discard(channel)
            return "freed" if was else None
        return None

    def _move(self, row: Row, state: State) -> None:
        assert state in TRANSITIONS[row.state], (row, state)
        row.state = state
        row.history.append(state)


class ScriptedTarget:
    """Answers each text with the outcomes that stand for it, one after the other, then with Sent."""

    def __init__(self, time: Time, script: dict[str, list[Outcome | Exception]] | None = None) -> None:
        self._time, self._script = time, script or {}
        self.slow: dict[str, float] = {}  # seconds of each send to a channel
        self.begun: list[tuple[str, float]] = []  # text, seconds since the start
        self.sees: dict[str, list[LookResult | Exception]] = {}  # what looks for a text give, then Absent
        self.looked_for: list[tuple[str, float]] = []
        self.now_sending: list[str] = []
        self.most_at_once = 0
        self._start = time.now

    def texts(self) -> list[str]:
        """What was sent, in order, repeats too."""
        return [text for text, _ in self.begun]

    async def send(self, message: Outgoing) -> Outcome:
        text = message.text.plain
        assert message.channel not in self.now_sending, "two messages of one channel at once"
        self.begun.append((text, (self._time.now - self._start).total_seconds()))
        self.now_sending.append(message.channel)
        self.most_at_once = max(self.most_at_once, len(self.now_sending))
        await self._time.sleep(self.slow.get(message.channel, 0.1))
        self.now_sending.remove(message.channel)
        outcome = self._script[text].pop(0) if self._script.get(text) else Sent(len(self.begun), -1)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        text = message.text.plain
        self.looked_for.append((text, (self._time.now - self._start).total_seconds()))
        result = self.sees[text].pop(0) if self.sees.get(text) else Absent()
        if isinstance(result, Exception):
            raise result
        return result

    async def close(self) -> None:
        """Nothing."""
