"""The outbox in the store: what delivery claims and settles. Functions over one connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from alerts.delivery.model import (
    Later,
    Outcome,
    Outgoing,
    Refused,
    Rendered,
    Sent,
    State,
    Uncertain,
    Unusable,
)
from alerts.delivery.outbox import TRANSITIONS, in_doubt
from alerts.rules.model import Channel
from alerts.store import tables as t

_OUTCOMES = {Sent: "sent", Refused: "refused", Later: "later", Uncertain: "uncertain", Unusable: "unusable"}

_CLAIMABLE = tuple(state for state, after in TRANSITIONS.items() if "sending" in after)

mv, m, a = t.message_version, t.message, t.attempt


def recover(c: Connection, now: datetime, channels: Mapping[str, Channel]) -> int:
    """Rows found in `sending` are the trace of a crash: uncertain, and their attempts ended; how many there were.

    The grace of a channel counts from the start of the attempt, which is the last that is known of it.
    """
    stuck = c.execute(
        sa.select(mv.c.id, m.c.channel, m.c.chat, sa.func.max(a.c.started_at).label("started_at"))
        .join(m, m.c.id == mv.c.message_id)
        .join(a, a.c.version_id == mv.c.id)
        .where(mv.c.state == "sending")
        .group_by(mv.c.id, m.c.channel, m.c.chat)
    ).all()
    for row in stuck:
        channel = channels.get(row.channel) or Channel(row.channel, _chat(row.chat))
        settled = in_doubt(channel, attempts=1, now=row.started_at, jitter=0)
        c.execute(
            sa.update(mv)
            .where(mv.c.id == row.id)
            .values(state=settled.state, reason="the program ended while sending", next_try_at=settled.next_try)
        )
        c.execute(
            sa.update(a).where(a.c.version_id == row.id, a.c.ended_at.is_(None)).values(ended_at=now, outcome="crashed")
        )
    return len(stuck)


def due(c: Connection, now: datetime, channels: Mapping[str, Channel]) -> list[Outgoing]:
    """The first open row of each channel, where its time has come. An edit of a message that was refused has
    nothing to edit and is refused with it."""
    _refuse_orphans(c, now)
    return [_outgoing(c, row, channels) for row in _first_rows(c) if row.next_try_at is None or row.next_try_at <= now]


def next_due(c: Connection, now: datetime) -> datetime | None:
    times = [row.next_try_at or now for row in _first_rows(c)]
    return min(times) if times else None


def claim(c: Connection, version: int, now: datetime) -> int:
    """Raises LookupError where another process has taken the row."""
    taken = c.execute(sa.update(mv).where(mv.c.id == version, mv.c.state.in_(_CLAIMABLE)).values(state="sending"))
    if taken.rowcount != 1:
        raise LookupError(f"message version {version} is not waiting")
    return t.insert(c, a, version_id=version, started_at=now)


def settle(
    c: Connection, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
) -> None:
    reason = None if isinstance(outcome, Sent) else outcome.reason
    version = c.scalar(sa.select(a.c.version_id).where(a.c.id == attempt))
    c.execute(
        sa.update(a).where(a.c.id == attempt).values(ended_at=now, outcome=_OUTCOMES[type(outcome)], detail=reason)
    )
    settled = now if state in ("sent", "refused") else None
    c.execute(
        sa.update(mv)
        .where(mv.c.id == version)
        .values(state=state, reason=reason, next_try_at=next_try, settled_at=settled)
    )
    if isinstance(outcome, Sent) and state == "sent":
        message = sa.select(mv.c.message_id).where(mv.c.id == version).scalar_subquery()
        c.execute(sa.update(m).where(m.c.id == message).values(message_id=outcome.message_id, chat_id=outcome.chat_id))


def _first_rows(c: Connection) -> list[Row[Any]]:
    """The oldest row of each channel that is neither sent nor refused; one held in doubt steps aside."""
    opened = (
        sa.select(sa.func.min(mv.c.id))
        .join(m, m.c.id == mv.c.message_id)
        .where(sa.or_(mv.c.state == "pending", sa.and_(mv.c.state == "uncertain", mv.c.next_try_at.is_not(None))))
        .group_by(m.c.channel)
    )
    query = (
        sa.select(mv, m.c.channel, m.c.chat, m.c.chat_id, m.c.topic, m.c.silent, m.c.message_id.label("telegram_id"))
        .join(m, m.c.id == mv.c.message_id)
        .where(mv.c.id.in_(opened))
        .order_by(mv.c.id)
    )
    return list(c.execute(query))


def _outgoing(c: Connection, row: Row[Any], channels: Mapping[str, Channel]) -> Outgoing:
    """A new message goes where rules.yaml says now, or where it was to go when rules.yaml no longer says; an edit
    to the chat that the message stands in."""
    channel = channels.get(row.channel)
    attempts = c.scalar(sa.select(sa.func.count()).select_from(a).where(a.c.version_id == row.id)) or 0
    return Outgoing(
        version=row.id,
        channel=row.channel,
        chat=row.chat_id if row.telegram_id is not None else channel.to if channel else _chat(row.chat),
        topic=channel.topic if channel else row.topic,
        text=Rendered(row.html, row.plain),
        edits=row.telegram_id,
        attempts=attempts,
        silent=row.silent,
    )


def _chat(text: str) -> str | int:
    return int(text) if text.lstrip("-").isdigit() else text


def _refuse_orphans(c: Connection, now: datetime) -> None:
    first = mv.alias("first")
    lost = sa.select(first.c.message_id).where(first.c.number == 1, first.c.state == "refused")
    c.execute(
        sa.update(mv)
        .where(mv.c.state == "pending", mv.c.number > 1, mv.c.message_id.in_(lost))
        .values(state="refused", reason="the message that it edits was refused", settled_at=now)
    )
