"""The outbox's decisions: which states follow which, and what an outcome makes of a message.

Pure: `now` and the jitter are handed in, the store writes down what comes out. The argument is one line: a message
leaves the outbox only with a message id or with Telegram's own permanent refusal; whatever else happens, it waits
here for another try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.delivery.model import Later, Outcome, Refused, Sent, State, Uncertain, Unusable
from alerts.rules.model import Channel

TRANSITIONS: Mapping[State, frozenset[State]] = {
    "pending": frozenset({"sending"}),
    "sending": frozenset({"sent", "refused", "pending", "uncertain"}),
    "uncertain": frozenset({"sending"}),  # until part 5 looks first
    "sent": frozenset(),  # what the story becomes later is a new version, a row of its own
    "refused": frozenset(),
}
"""What may become of a row in each state; the store claims by it."""

BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MOST = timedelta(minutes=5)
"""Telegram's outages last minutes; an alert that waits longer than this after one would be late by our doing."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a row goes and when it is tried again; `next_try` None: never by itself (done, or held for a person)."""

    state: State
    next_try: datetime | None = None


def settle(
    outcome: Outcome, *, edits: bool, attempts: int, channel: Channel, now: datetime, jitter: float
) -> Settlement:
    """What becomes of a message in `sending`, given the `outcome` of its attempt number `attempts` (from 1).

    `edits`: it replaces a message, which may be repeated without harm, so that doubt is only a delay. `jitter`
    is in [0, 1). A 429 is waited out to the second that Telegram names.
    """
    match outcome:
        case Sent():
            return Settlement("sent")
        case Refused():
            return Settlement("refused")
        case Later(retry_after=timedelta() as wait):
            return Settlement("pending", now + wait)
        case Later():
            return Settlement("pending", now + backoff(attempts, jitter))
        case Unusable():
            return Settlement("pending", now)  # no fault of the message: first in line when there is a token again
        case Uncertain() if edits:
            return Settlement("pending", now + backoff(attempts, jitter))
        case Uncertain():
            return in_doubt(channel, attempts=attempts, now=now, jitter=jitter)


def in_doubt(channel: Channel, *, attempts: int, now: datetime, jitter: float) -> Settlement:
    """A new message of which nobody knows whether it arrived, after an attempt or a crash.

    Sent again after the channel's grace (a delayed request may still come through), later with each doubt, or,
    where the channel says so, held until a person decides: the row then has no next try and steps aside for
    those after it.
    """
    if channel.uncertain_then == "hold":
        return Settlement("uncertain")
    return Settlement("uncertain", now + max(channel.uncertain_grace, backoff(attempts, jitter)))


def backoff(attempts: int, jitter: float) -> timedelta:
    """The wait after failed attempt number `attempts` (from 1): doubling, the upper half of it left to chance
    (`jitter` in [0, 1)), so that many senders do not come back together."""
    whole = min(BACKOFF_MOST, BACKOFF_FIRST * (1 << min(attempts - 1, 16)))
    return whole * (0.5 + jitter / 2)
