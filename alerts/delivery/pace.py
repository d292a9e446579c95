"""Pace: how soon a chat may be sent to, kept below what Telegram answers with 429.

Windows over the times of what was sent: a process begins with what the outbox says of the last minutes, so that passes
of a minute keep one pace together. A message counts from when its answer came, since nobody knows when within the call
it arrived: counted from the beginning of the call, one in six of a channel's messages was answered with 429 where calls
took 40 to 600 ms (benchmarks/bench_delivery.py). What Telegram itself says (`retry_after`) is the outbox's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any span of `per`."""

    count: int
    per: timedelta


# core.telegram.org/bots/faq: one message a second in a chat with short bursts, 20 a minute in a group (and, by
# experience, a channel), about 30 a second overall.
CHAT = (Limit(3, timedelta(seconds=3)),)
GROUP = (*CHAT, Limit(20, timedelta(minutes=1)))
OVERALL = (Limit(30, timedelta(seconds=1)),)
LONGEST = timedelta(minutes=1)
"""The longest of the spans above."""
LONG_TEXT = 500
"""Code points over which a message counts as two in its chat: "long messages hit limits sooner" (Bot Support)."""
_REMEMBERED = 30  # the largest count above


def wait(history: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> timedelta:
    """How long from `now` until one more message keeps all `limits`; zero or less: at once. `history` is
    ascending; times after `now`, left by a clock that was set back, count for nothing."""
    past = history[: bisect_right(history, now)]
    ends = (past[-limit.count] + limit.per for limit in limits if len(past) >= limit.count)
    return max((end - now for end in ends), default=timedelta())


class Pace:
    """What was sent lately, to whom. `enabled` False, for a Bot API server of one's own, lifts every limit."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._all: deque[datetime] = deque(maxlen=_REMEMBERED)
        self._chats: defaultdict[str | int, deque[datetime]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._under_way: Counter[str | int] = Counter()

    def wait(self, chat: str | int, now: datetime) -> timedelta:
        """How long a message to `chat` must wait; zero or less: it may go now."""
        if not self._enabled:
            return timedelta()
        private = isinstance(chat, int) and chat > 0
        here = (*self._chats[chat], *[now] * self._under_way[chat])
        everywhere = (*self._all, *[now] * self._under_way.total())
        return max(wait(here, CHAT if private else GROUP, now), wait(everywhere, OVERALL, now))

    @contextmanager
    def sending(self, chat: str | int, clock: Callable[[], datetime], length: int = 0) -> Iterator[None]:
        """While a message of `length` code points is on its way to `chat`. Entered without a pause after `wait` allowed
        it."""
        self._under_way[chat] += 1
        try:
            yield
        finally:
            self._under_way[chat] -= 1
            self.sent(chat, clock(), length)

    def sent(self, chat: str | int, now: datetime, length: int = 0) -> None:
        """A message of `length` code points has gone to `chat`, by now."""
        for history in (self._chats[chat], self._all):
            while history and history[-1] > now:  # the clock was set back
                history.pop()
            history.append(now)
        if length > LONG_TEXT:
            self._chats[chat].append(now)
