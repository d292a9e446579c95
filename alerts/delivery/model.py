"""What delivery works on: Outgoing and what may become of it; the Outbox and Target that it is handed.

The states of a message version in the outbox:

    pending ──claim──▶ sending ──▶ sent | refused | pending (later) | uncertain ──▶ pending (until part 5)

A claim and its attempt's start commit before the request leaves; a row found in `sending` by a process that
holds the lock is the trace of a crash, and becomes `uncertain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

State = Literal["pending", "sending", "sent", "refused", "uncertain"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's text: Telegram HTML, and the same as plain text for where mark-up is refused."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox that is due. `edits` is the Telegram message id that this version replaces
    (None: a new message). `attempts` counts those already begun. `silent`: without a sound."""

    version: int
    channel: str
    chat: str | int
    topic: int | None
    text: Rendered
    edits: int | None = None
    attempts: int = 0
    silent: bool = False
    preview_url: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it, as message `message_id` of chat `chat_id` (the numeric id)."""

    message_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A permanent refusal (400, 403): never tried again."""

    reason: str


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


Outcome = Sent | Refused | Later | Uncertain | Unusable


class Target(Protocol):
    """A place that messages go to."""

    async def send(self, message: Outgoing) -> Outcome:
        """Sends or edits once. Raises nothing for what the other side or the network does."""

    async def close(self) -> None:
        """Lets go of connections."""


class Outbox(Protocol):
    """The store as delivery sees it; every method is one transaction."""

    async def recover(self, now: datetime) -> int:
        """Rows found in `sending` become `uncertain`, their attempts ended; returns how many."""

    async def due(self, now: datetime) -> Sequence[Outgoing]:
        """For each channel the first row, in the order of decision, that is not done, where its time has
        come. A channel whose first row waits yields nothing (order is kept), others are not held by it."""

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next waiting row is due; None: the outbox holds nothing that waits."""

    async def claim(self, version: int, now: datetime) -> int:
        """pending | uncertain → sending, and an attempt begins; returns the attempt's id."""

    async def settle(
        self, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
    ) -> None:
        """Ends the attempt with its outcome and moves the row to `state` (`sent` stores the message id)."""
