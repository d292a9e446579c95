"""The outbox's decisions: which states follow which, and what an outcome makes of a message.

Pure: `now` and the jitter are handed in, the store writes down what comes out. The argument is one line: a message
leaves the outbox only with a message id or with Telegram's own permanent refusal; whatever else happens, it waits
here for another try, for a look, or for a person. `docs/delivery.md` has it at length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.delivery.look import Absent, Found, LookResult, Unseen
from alerts.delivery.model import Blocked, Later, Moved, Outcome, Refused, Sent, State, Uncertain, Unusable
from alerts.rules.model import Channel

TRANSITIONS: Mapping[State, frozenset[State]] = {
    "pending": frozenset({"sending", "refused"}),  # refused: too old, or taken back before it left
    "sending": frozenset({"sent", "refused", "pending", "uncertain"}),
    # sending: not found by two looks, or by policy; refused: not found, and taken back meanwhile
    "uncertain": frozenset({"sending", "sent", "uncertain", "refused"}),
    "sent": frozenset(),  # what the story becomes later is a new version, a row of its own
    "refused": frozenset(),
}
"""What may become of a row in each state; the store claims by it."""

Standing = State | Literal["held"]
"""A row's state as a person sees it: `held` is `uncertain` without a next try."""
STANDINGS: tuple[Standing, ...] = ("pending", "sending", "uncertain", "held", "refused", "sent")
Wish = Literal["resend", "release", "drop"]

BY_A_PERSON: Mapping[Wish, Mapping[Standing, State]] = {
    "resend": {"pending": "pending", "held": "pending", "refused": "pending"},
    "release": {"held": "pending"},
    "drop": {"pending": "refused", "uncertain": "refused", "held": "refused"},
}
"""What becomes of a row as a person wishes (`marsad outbox`); all else is no, by `why_not`. A row in `sending` is
nobody's but its attempt's."""

BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MOST = timedelta(minutes=5)
"""Telegram's outages last minutes; an alert that waits longer than this after one would be late by our doing."""


BLOCKED_PAUSE = timedelta(hours=1)
"""A channel that refuses is asked again this often, by the message that waits first: somebody may have put it right."""
AGE_LIMIT = timedelta(hours=12)
"""A message that could not be sent for so long is no news; it is given up, and the operator told."""
LOOKS = 2
"""Looks that must find nothing before a message is sent again: one after the grace, one more after another just
before it is sent, for a request that was delayed on its way."""


def why_not(wish: Wish, standing: Standing) -> str | None:
    """Why a person cannot have a wish for a row that stands so, and what to do instead; None: it is possible."""
    if standing in BY_A_PERSON[wish]:
        return None
    match standing:
        case "sending":
            return "it is being sent at this moment; see what becomes of it"
        case "sent" if wish == "drop":
            return "it has been sent; `marsad retract` takes it back"
        case "sent":
            return "it has been sent, and nothing is told twice"
        case "refused" if wish == "drop":
            return "it is refused already and goes nowhere"
        case "uncertain":
            return "it is in doubt and will be looked for; wait for that, or drop it"
        case _:
            return "it is not held; `marsad outbox resend` tries it again"


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
        case Blocked() | Moved():
            return Settlement("pending")  # the channel waits, or goes elsewhere; the message is first in line
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
    """A new message of which nobody knows whether it arrived, after an attempt or a crash: looked for after the
    channel's grace, later with each doubt."""
    return Settlement("uncertain", now + max(channel.uncertain_grace, backoff(attempts, jitter)))


def after_look(
    result: LookResult,
    *,
    looks: int,
    attempts: int,
    channel: Channel,
    now: datetime,
    jitter: float,
    retracted: bool = False,
) -> Settlement:
    """What becomes of a message in doubt after a look, the `looks`-th (from 1) since its last attempt.

    `sending`: it may be sent again, now. Where looking can never tell, the channel's policy does: sent again, or held
    for a person; a held row has no next try and steps aside for those after it. What was `retracted` meanwhile is
    never sent again: refused where it is not there, held where nobody can tell.
    """
    match result:
        case Found():
            return Settlement("sent")
        case Absent() if looks >= LOOKS:
            return Settlement("refused" if retracted else "sending")
        case Absent():
            return Settlement("uncertain", now + channel.uncertain_grace)
        case Unseen(again=True):
            return Settlement("uncertain", now + max(channel.uncertain_grace, backoff(attempts, jitter)))
        case Unseen() if retracted or channel.uncertain_then == "hold":
            return Settlement("uncertain")
        case Unseen():
            return Settlement("sending")


def backoff(attempts: int, jitter: float) -> timedelta:
    """The wait after failed attempt number `attempts` (from 1): doubling, the upper half of it left to chance
    (`jitter` in [0, 1)), so that many senders do not come back together."""
    whole = min(BACKOFF_MOST, BACKOFF_FIRST * (1 << min(attempts - 1, 16)))
    return whole * (0.5 + jitter / 2)
