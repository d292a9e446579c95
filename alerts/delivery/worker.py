"""The worker: takes what is due from the outbox, sends it, writes down what became of it.

One loop starts at most one message a channel at a time, so that order within a channel is kept and a slow or
flood-waited channel holds no other. Each message is claim (committed) → send → settle (committed); one in doubt is
looked for before that. What settles to what is `outbox.py`'s, when a chat may be sent to `pace.py`'s. Clock, sleep
and chance are handed in.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.delivery.look import Found, LookResult, Unseen
from alerts.delivery.model import (
    Blocked,
    Later,
    Moved,
    Outbox,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Target,
    Turn,
    Uncertain,
    Unusable,
)
from alerts.delivery.outbox import AGE_LIMIT, BLOCKED_PAUSE, Settlement, after_look, settle
from alerts.delivery.pace import LONGEST, Pace
from alerts.rules.model import Channel

log = logging.getLogger(__name__)

SHORTEST_NAP = timedelta(milliseconds=50)
"""Between two looks at an outbox that says something is due and yields nothing yet."""

Sleep = Callable[[float], Awaitable[None]]
Notify = Callable[[Sequence[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a run of `deliver` did, in messages; `recovered` were found in `sending`, left by a crash. `unusable`
    is why nothing can be sent at all, in which case the outbox keeps everything."""

    sent: int = 0
    refused: int = 0
    uncertain: int = 0
    later: int = 0
    recovered: int = 0
    unusable: str | None = None


async def deliver(
    outbox: Outbox,
    target: Target,
    *,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    sleep: Sleep = asyncio.sleep,
    wait_limit: timedelta | None,
    pace: Pace | None = None,
    wake: asyncio.Event | None = None,
    stop: asyncio.Event | None = None,
    scratch: int | str | None = None,
    notify: Notify | None = None,
    jitter: Callable[[], float] = random.random,
) -> DeliveryReport:
    """Delivers what is due until nothing is, and what comes due while it waits.

    `channels` by name, for their policy; one that is no longer in the rules file keeps the defaults. `wait_limit`
    bounds how long, in all, it waits with nothing in hand (a 429, a grace, a backoff); what is due later stays
    for the next call. None waits for ever: the daemon sets `wake` when it has put something into the outbox.
    `stop`: begin nothing more, end what is in flight, return. `scratch`: a private chat to look by. `notify` is told
    what an operator should see, a line each. Returns early when the target is unusable.

    Raises what the outbox raises, after the messages in flight have been settled.
    """
    stop = stop or asyncio.Event()
    tell = notify or _log
    delivery = _Delivery(outbox, target, channels, clock, sleep, pace or Pace(), wake, stop, scratch, tell, jitter)
    return await delivery.run(wait_limit)


class _Delivery:
    """One call of `deliver`. A lane is the task that has one channel's message in hand."""

    def __init__(
        self,
        outbox: Outbox,
        target: Target,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        sleep: Sleep,
        pace: Pace,
        wake: asyncio.Event | None,
        stop: asyncio.Event,
        scratch: int | str | None,
        notify: Notify,
        jitter: Callable[[], float],
    ) -> None:
        self._outbox, self._target, self._channels = outbox, target, channels
        self._clock, self._sleep, self._pace, self._jitter = clock, sleep, pace, jitter
        self._wake, self._stop, self._scratch, self._notify = wake, stop, scratch, notify
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._ending = asyncio.Event()
        self._counts: Counter[type[Outcome]] = Counter()
        self._unusable: str | None = None

    async def run(self, patience: timedelta | None) -> DeliveryReport:
        recovered = await self._outbox.recover(self._clock())
        if recovered:
            log.warning("found in doubt after a crash, will be settled", extra={"messages": recovered})
        for chat, at, length in await self._outbox.sends(self._clock() - 2 * LONGEST):
            self._pace.sent(chat, at, length)
        if old := await self._outbox.expire(self._clock()):
            hours = AGE_LIMIT / timedelta(hours=1)
            lines = [f"{m.channel}: given up, not sent within {hours:.0f} h: {_first_line(m)!r}" for m in old]
            await self._notify([*lines, "`marsad outbox` sends them all the same"])
        try:
            while not self._stop.is_set() and not self._ending.is_set():
                if self._wake:
                    self._wake.clear()  # before the look: what comes during it wakes again
                now = self._clock()
                for message in await self._outbox.due(now, frozenset(self._lanes)):
                    self._lanes[message.channel] = asyncio.create_task(self._deliver_one(message))
                next_due = await self._outbox.next_due(now, frozenset(self._lanes))
                nap = None if next_due is None else max(next_due - self._clock(), SHORTEST_NAP)
                if self._lanes or patience is None:
                    await self._until_something(nap)
                elif nap is None or nap > patience:
                    break
                else:
                    await self._until_something(nap)
                    patience -= max(self._clock() - now, SHORTEST_NAP)
                self._end_lanes()
        finally:
            self._ending.set()
            if self._lanes:  # a request in flight is never abandoned: that would put its message in doubt
                await asyncio.wait(self._lanes.values())
                self._end_lanes()
        counts = self._counts
        return DeliveryReport(
            counts[Sent], counts[Refused], counts[Uncertain], counts[Later], recovered, self._unusable
        )

    def _end_lanes(self) -> None:
        """Forgets the lanes that have ended; raises what one of them raised."""
        errors = []
        for channel, lane in list(self._lanes.items()):
            if lane.done():
                del self._lanes[channel]
                if error := lane.exception():
                    errors.append(error)
        if errors:
            raise errors[0]

    async def _until_something(self, nap: timedelta | None) -> None:
        """Waits for the end of a lane, `wake`, `stop`, or the end of `nap` (None: no end)."""
        waits: list[Awaitable[Any]] = [self._stop.wait()]
        if self._wake:
            waits.append(self._wake.wait())
        if nap is not None:
            waits.append(self._sleep(nap.total_seconds()))
        await _first(waits, self._lanes.values())

    async def _deliver_one(self, message: Outgoing) -> None:
        channel = self._channels.get(message.channel) or Channel(message.channel, message.chat)
        if message.doubt is not None and not await self._may_send_again(message, channel):
            return
        while (pause := self._pace.wait(message.chat, self._clock())) > timedelta():
            await _first([self._sleep(pause.total_seconds()), self._stop.wait(), self._ending.wait()])
            if self._stop.is_set() or self._ending.is_set():
                return
        with self._pace.sending(message.chat, self._clock, len(message.text.plain)):
            try:
                attempt = await self._outbox.claim(message, self._clock())
            except LookupError:  # a person dropped it, or another process took it, while it waited for its turn here
                log.info("taken meanwhile", extra={"channel": message.channel, "version": message.version})
                return
            outcome = await self._send(message)
        now = self._clock()
        settlement = settle(
            outcome,
            edits=message.edits is not None,
            attempts=message.attempts + 1,
            channel=channel,
            now=now,
            jitter=self._jitter(),
        )
        turn = await self._outbox.settle(attempt, outcome, settlement.state, settlement.next_try, now)
        self._counts[type(outcome)] += 1
        if isinstance(outcome, Unusable):
            if self._unusable is None:
                log.error("nothing can be sent, the outbox keeps everything", extra={"reason": outcome.reason})
            self._unusable = outcome.reason
            self._ending.set()
        else:
            await self._tell(message, outcome, settlement, turn)

    async def _may_send_again(self, message: Outgoing, channel: Channel) -> bool:
        """Looks for a message in doubt; True where it is not there, by looking or by policy."""
        assert message.doubt is not None  # noqa: S101  # the caller asked
        result = await self._look(message)
        settlement = after_look(
            result,
            looks=message.doubt.looks + 1,
            attempts=message.attempts,
            channel=channel,
            now=self._clock(),
            jitter=self._jitter(),
            retracted=message.retracted,
        )
        what = f"{message.channel}: {_first_line(message)!r}"
        if settlement.state == "sending":
            if isinstance(result, Unseen):
                await self._notify([f"{what} may have arrived and is sent again, by policy: {result.reason}"])
            return True
        found = Sent(result.message_id, result.chat_id) if isinstance(result, Found) else None
        await self._outbox.looked(message.version, found, settlement.state, settlement.next_try, self._clock())
        self._counts[Sent if found else Uncertain] += 1
        if settlement.state == "uncertain" and settlement.next_try is None:
            await self._notify([f"{what} may have arrived or not, and is held; `marsad outbox` releases it"])
        log.info("looked for a message in doubt", extra={"channel": message.channel, "result": repr(result)})
        return False

    async def _look(self, message: Outgoing) -> LookResult:
        try:
            return await self._target.look(message, self._scratch)
        except Exception as e:  # a mistake of ours; nothing was learnt
            log.exception("the target failed", extra={"channel": message.channel, "version": message.version})
            return Unseen(f"{type(e).__name__} in the target")

    async def _tell(self, message: Outgoing, outcome: Outcome, settlement: Settlement, turn: Turn | None) -> None:
        about = {"channel": message.channel, "version": message.version}
        match outcome:
            case Sent():
                log.debug("sent", extra={**about, "message_id": outcome.message_id})
                if turn == "freed":
                    await self._notify([f"{message.channel}: takes messages again"])
            case Refused():
                await self._notify([f"{message.channel}: refused for good: {_first_line(message)!r}: {outcome.reason}"])
            case Moved():
                await self._notify([f"{message.channel}: {outcome.reason}"])
            case Blocked() if turn == "stopped":
                hours = BLOCKED_PAUSE / timedelta(hours=1)
                line = f"{message.channel}: {message.chat} takes no messages: {outcome.reason}"
                await self._notify([f"{line}; what is for it waits, and is tried again every {hours:.0f} h"])
            case _:
                again = {"reason": outcome.reason, "again": str(settlement.next_try)}
                log.info("not accepted now" if isinstance(outcome, Later) else "in doubt", extra={**about, **again})

    async def _send(self, message: Outgoing) -> Outcome:
        try:
            return await self._target.send(message)
        except Exception as e:  # a mistake of ours: whether the message went is not known
            log.exception("the target failed", extra={"channel": message.channel, "version": message.version})
            return Uncertain(f"{type(e).__name__} in the target")


async def _log(lines: Sequence[str]) -> None:
    for line in lines:
        log.warning("%s", line)


def _first_line(message: Outgoing) -> str:
    """Of what it says: enough to know it by."""
    lines = ("".join(filter(str.isprintable, line)).strip() for line in message.text.plain.split("\n"))
    return next(filter(None, lines), "")[:80]


async def _first(waits: Iterable[Awaitable[Any]], lanes: Iterable[asyncio.Task[None]] = ()) -> None:
    """Until the first of them ends; `waits` are then given up, `lanes` go on."""
    tasks = [asyncio.ensure_future(w) for w in waits]
    try:
        await asyncio.wait([*tasks, *lanes], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
