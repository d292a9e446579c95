"""What delivery works on: Outgoing and what may become of it; the Outbox and Target that it is handed.

The states of a message version in the outbox:

    pending ──claim──▶ sending ──▶ sent | refused | pending (later) | uncertain
    uncertain ──look──▶ sent (it is there) | uncertain (look again, or held) | sending (it is not there)

A claim and its attempt's start commit before the request leaves; a row found in `sending` by a process that
holds the lock is the trace of a crash, and becomes `uncertain`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from alerts.delivery.look import Doubt, LookResult

State = Literal["pending", "sending", "sent", "refused", "uncertain"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's text: Telegram HTML, and the same as plain text for where mark-up is refused."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox that is due. `edits` is the Telegram message id that this version replaces
    (None: a new message). `attempts` counts those already begun. `silent`: without a sound. `doubt`: what is known of
    it where it is uncertain whether it was sent already (None: it was surely not). `deletes`: the message `edits` is
    taken away. `retracted`: somebody took it back while it was in doubt, so that it is not sent again."""

    version: int
    channel: str
    chat: str | int
    topic: int | None
    text: Rendered
    edits: int | None = None
    attempts: int = 0
    silent: bool = False
    preview_url: str | None = None
    doubt: Doubt | None = None
    deletes: bool = False
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it, as message `message_id` of chat `chat_id` (the numeric id)."""

    message_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A permanent refusal of this message (400): never tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The chat takes nothing from us (403, chat not found, no right to post): no fault of the message, and every
    other one would fare the same."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup, `chat_id` (`migrate_to_chat_id`): surely not accepted, to be sent there."""

    reason: str
    chat_id: int


@dataclass(frozen=True, slots=True)
class Later:
    """Surely not accepted; try again. `retry_after` is Telegram's own word (429), else None."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The request left and nobody knows what became of it: time-out, broken connection, 5xx, odd answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """The token is refused (401, 404 on the method): nothing can be sent, the outbox keeps all."""

    reason: str


Outcome = Sent | Refused | Blocked | Moved | Later | Uncertain | Unusable


Turn = Literal["stopped", "freed"]
"""What a settlement changed for the whole channel."""


class Target(Protocol):
    """A place that messages go to."""

    async def send(self, message: Outgoing) -> Outcome:
        """Sends or edits once. Raises nothing for what the other side or the network does."""

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        """Whether a message in doubt stands in its chat already; never changes a message of others. `scratch`: a
        private chat into which it may forward. A target that cannot look is `Unseen`."""

    async def close(self) -> None:
        """Lets go of connections."""


class Outbox(Protocol):
    """The store as delivery sees it; every method is one transaction."""

    async def recover(self, now: datetime) -> int:
        """Rows found in `sending` become `uncertain`, their attempts ended; returns how many."""

    async def due(self, now: datetime, busy: Collection[str] = ()) -> Sequence[Outgoing]:
        """For each channel that is not `busy` the first row, in the order of decision, that is not done, where its time
        has come. A channel whose first row waits yields nothing (order is kept), others are not held by it."""

    async def next_due(self, now: datetime, busy: Collection[str] = ()) -> datetime | None:
        """When the next waiting row of the other channels is due; None: nothing of theirs waits."""

    async def looked(
        self, version: int, found: Sent | None, state: State, next_try: datetime | None, now: datetime
    ) -> None:
        """Writes down a look at an uncertain row: `found` (then `state` is `sent`), or not, and when again."""

    async def claim(self, message: Outgoing, now: datetime) -> int:
        """pending | uncertain → sending, and an attempt begins; returns the attempt's id."""

    async def settle(
        self, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
    ) -> Turn | None:
        """Ends the attempt with its outcome and moves the row to `state` (`sent` stores the message id, `Moved` the
        new chat). `Blocked` stops the channel for `BLOCKED_PAUSE`, the next `Sent` frees it: that is returned."""

    async def expire(self, now: datetime) -> Sequence[Outgoing]:
        """Gives up (state `refused`) new messages that have been pending for `AGE_LIMIT`; returns them."""

    async def sends(self, since: datetime) -> Sequence[tuple[str | int, datetime, int]]:
        """What was begun since then, by the time of its end: chat, that time, length of the text in code points. The
        pace of a process begins from it."""
