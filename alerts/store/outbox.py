"""The outbox in the store: what delivery claims and settles. Functions over one connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from alerts.delivery.look import Doubt
from alerts.delivery.model import (
    Blocked,
    Later,
    Moved,
    Outcome,
    Outgoing,
    Refused,
    Rendered,
    Sent,
    State,
    Turn,
    Uncertain,
    Unusable,
)
from alerts.delivery.outbox import AGE_LIMIT, BLOCKED_PAUSE, TRANSITIONS
from alerts.delivery.outbox import settle as settle_outcome
from alerts.rules.model import Channel
from alerts.store import tables as t

CRASHED = "the program ended while sending"
ORPHANED = "the message that it edits was refused"
RETRACTED = "the message was taken back"

_OUTCOMES = {
    Sent: "sent",
    Refused: "refused",
    Blocked: "blocked",
    Moved: "moved",
    Later: "later",
    Uncertain: "uncertain",
    Unusable: "unusable",
}

_CLAIMABLE = tuple(state for state, after in TRANSITIONS.items() if "sending" in after)

mv, m, a, r = t.message_version, t.message, t.attempt, t.retraction

# what every message needs is made once, and compiled once: over half of what the store took for a message
_which: sa.BindParameter[Any] = sa.bindparam("which")
_STOPPED = sa.select(t.stopped_channel)
_FREE = sa.delete(t.stopped_channel).where(t.stopped_channel.c.channel == sa.bindparam("channel"))
_MOVED_TO = sa.select(t.moved_chat.c.chat_id).where(t.moved_chat.c.chat == sa.bindparam("old"))
_ATTEMPTS = sa.select(sa.func.count()).select_from(a).where(a.c.version_id == _which)
_VERSION_OF = sa.select(a.c.version_id).where(a.c.id == _which)
_MESSAGE_OF = sa.select(mv.c.message_id).where(mv.c.id == _which)


def recover(c: Connection, now: datetime, channels: Mapping[str, Channel]) -> int:
    """Rows found in `sending` are the trace of a crash, and their attempts ended; how many there were. An edit may be
    done again; a new message is uncertain, and its channel's grace counts from the start of the attempt, the last that
    is known of it."""
    stuck = c.execute(
        sa.select(mv.c.id, m.c.channel, m.c.chat, m.c.message_id, sa.func.max(a.c.started_at).label("started_at"))
        .join(m, m.c.id == mv.c.message_id)
        .join(a, a.c.version_id == mv.c.id)
        .where(mv.c.state == "sending")
        .group_by(mv.c.id, m.c.channel, m.c.chat, m.c.message_id)
    ).all()
    for row in stuck:
        channel = channels.get(row.channel) or Channel(row.channel, _chat(row.chat))
        begun = min(row.started_at, now)  # the clock may have been set back
        settled = settle_outcome(
            Uncertain(CRASHED), edits=row.message_id is not None, attempts=1, channel=channel, now=begun, jitter=0
        )
        c.execute(
            sa.update(mv)
            .where(mv.c.id == row.id)
            .values(state=settled.state, reason=CRASHED, next_try_at=settled.next_try)
        )
        c.execute(
            sa.update(a).where(a.c.version_id == row.id, a.c.ended_at.is_(None)).values(ended_at=now, outcome="crashed")
        )
    return len(stuck)


def expire(c: Connection, now: datetime, channels: Mapping[str, Channel]) -> list[Outgoing]:
    """Gives up new messages that have been pending for `AGE_LIMIT`; returns them."""
    old = c.execute(
        _rows().where(mv.c.state == "pending", mv.c.number == 1, mv.c.created_at < now - AGE_LIMIT).order_by(mv.c.id)
    ).all()
    for row in old:
        reason = f"not sent within {AGE_LIMIT / timedelta(hours=1):.0f} h" + (f": {row.reason}" if row.reason else "")
        c.execute(sa.update(mv).where(mv.c.id == row.id).values(state="refused", reason=reason, settled_at=now))
    return [_outgoing(c, row, channels) for row in old]


def sends(c: Connection, since: datetime) -> list[tuple[str | int, datetime, int]]:
    """What was begun since then, by the time of its end: chat, that time, length of the text in code points."""
    at = sa.func.coalesce(a.c.ended_at, a.c.started_at)
    rows = c.execute(
        sa.select(m.c.chat, at.label("at"), sa.func.length(mv.c.plain).label("length"))
        .join(mv, mv.c.id == a.c.version_id)
        .join(m, m.c.id == mv.c.message_id)
        .where(a.c.started_at >= since)
        .order_by(at)
    )
    return [(_chat(row.chat), row.at, row.length) for row in rows]


def due(c: Connection, now: datetime, channels: Mapping[str, Channel], busy: Collection[str] = ()) -> list[Outgoing]:
    """The first open row of each channel that is not `busy`, where its time has come. An edit of a message that was
    refused has nothing to edit and is refused with it."""
    _refuse_retracted(c, now)
    _refuse_orphans(c, now)
    return [_outgoing(c, row, channels) for row, at in _first_rows(c, channels, busy) if at is None or at <= now]


def next_due(
    c: Connection, now: datetime, channels: Mapping[str, Channel], busy: Collection[str] = ()
) -> datetime | None:
    times = [at or now for _, at in _first_rows(c, channels, busy)]
    return min(times) if times else None


def looked(
    c: Connection, version: int, found: Sent | None, state: State, next_try: datetime | None, now: datetime
) -> None:
    """What a look at a row in doubt gave; one that another process settled meanwhile stays as it is."""
    settled = now if state in ("sent", "refused") else None
    changed = c.execute(
        sa.update(mv)
        .where(mv.c.id == version, mv.c.state == "uncertain")
        .values(state=state, next_try_at=next_try, looks=mv.c.looks + 1, settled_at=settled)
        .values({"reason": RETRACTED} if state == "refused" else {})
    )
    if found and changed.rowcount:
        _sent(c, version, found)


def claim(c: Connection, message: Outgoing, now: datetime) -> int:
    """Raises LookupError where another process has taken the row, or a person has taken the message back."""
    version = message.version
    taken = c.execute(_take(), {"which": version})
    if taken.rowcount != 1:
        raise LookupError(f"message version {version} is not waiting")
    if message.edits is None:  # where it goes, rules.yaml may have said otherwise when it was decided
        c.execute(t.updating(m), {"which": c.scalar(_MESSAGE_OF, {"which": version}), "chat": str(message.chat)})
    return t.insert(c, a, version_id=version, started_at=now)


def settle(
    c: Connection, attempt: int, outcome: Outcome, state: State, next_try: datetime | None, now: datetime
) -> Turn | None:
    reason = None if isinstance(outcome, Sent) else outcome.reason
    version = c.scalar(_VERSION_OF, {"which": attempt})
    ended = {"ended_at": now, "outcome": _OUTCOMES[type(outcome)], "detail": reason}
    c.execute(t.updating(a), {"which": attempt, **ended})
    settled = now if state in ("sent", "refused") else None
    values = {"state": state, "reason": reason, "next_try_at": next_try, "settled_at": settled}
    c.execute(t.updating(mv), {"which": version, **values})
    row = c.execute(_row(), {"which": version}).one()
    match outcome:
        case Sent():
            _sent(c, row.id, outcome)
            return "freed" if c.execute(_FREE, {"channel": row.channel}).rowcount else None
        case Moved(chat_id=new):
            moved = t.moved_chat
            old = str(row.chat_id if row.telegram_id is not None else row.sent_to)  # of before, not where it went now
            c.execute(sa.delete(moved).where(moved.c.chat == old))
            c.execute(sa.insert(moved).values(chat=old, chat_id=new, moved_at=now))
        case Blocked():
            known = c.execute(_FREE, {"channel": row.channel}).rowcount
            c.execute(
                sa.insert(t.stopped_channel).values(
                    channel=row.channel,
                    chat=row.sent_to if row.telegram_id is None else str(row.chat_id),
                    reason=outcome.reason,
                    stopped_at=now,
                    next_try_at=now + BLOCKED_PAUSE,
                )
            )
            return None if known else "stopped"
    return None


def _sent(c: Connection, version: int, sent: Sent) -> None:
    message = c.scalar(_MESSAGE_OF, {"which": version})
    c.execute(t.updating(m), {"which": message, "message_id": sent.message_id, "chat_id": sent.chat_id})


@cache
def _row() -> sa.Select[Any]:
    return _rows().where(mv.c.id == _which)


@cache
def _take() -> sa.Update:
    waits = sa.and_(mv.c.id == _which, mv.c.state.in_(_CLAIMABLE), ~_taken_back())
    return sa.update(mv).where(waits).values(state="sending", looks=0)


@cache
def _rows() -> sa.Select[Any]:
    return sa.select(
        mv,
        m.c.channel,
        m.c.chat.label("sent_to"),
        m.c.chat_id,
        m.c.topic,
        m.c.silent,
        m.c.message_id.label("telegram_id"),
        sa.exists().where(r.c.message_id == m.c.id, r.c.number == mv.c.number, r.c.deletes).label("deletes"),
        _taken_back().label("retracted"),
    ).join(m, m.c.id == mv.c.message_id)


def _first_rows(
    c: Connection, channels: Mapping[str, Channel], busy: Collection[str] = ()
) -> list[tuple[Row[Any], datetime | None]]:
    """The oldest row that is neither sent nor refused of each channel that is not `busy`, and when it is due (None:
    now). One held in doubt steps aside, and with it what would edit it; in a channel that is stopped all wait."""
    stopped = {row.channel: row for row in c.execute(_STOPPED)}
    found = []
    for row in c.execute(_opened(), {"busy": list(busy)}):
        at, stop = row.next_try_at, stopped.get(row.channel)
        if stop and str(_chat_of(c, row, channels)) == stop.chat:
            at = max(at or stop.next_try_at, stop.next_try_at)
        found.append((row, at))
    return found


@cache
def _opened() -> sa.Select[Any]:
    """The rows of `_first_rows`, without the channels of the parameter `busy`."""
    waits = sa.or_(mv.c.state == "pending", sa.and_(mv.c.state == "uncertain", mv.c.next_try_at.is_not(None)))
    first = (
        sa.select(sa.func.min(mv.c.id))
        .join(m, m.c.id == mv.c.message_id)
        .where(waits, m.c.channel.not_in(sa.bindparam("busy", expanding=True)))
        .where(sa.or_(mv.c.number == 1, m.c.message_id.is_not(None)))
        .group_by(m.c.channel)
    )
    return _rows().where(mv.c.id.in_(first)).order_by(mv.c.id)


def _chat_of(c: Connection, row: Row[Any], channels: Mapping[str, Channel]) -> str | int:
    """A new message goes where rules.yaml says now, or where it was to go when rules.yaml no longer says; an edit
    to the chat that the message stands in. A chat that moved is followed."""
    channel = channels.get(row.channel)
    chat = row.chat_id if row.telegram_id is not None else channel.to if channel else _chat(row.sent_to)
    moved: int | None = c.scalar(_MOVED_TO, {"old": str(chat)})
    return chat if moved is None else moved


def _outgoing(c: Connection, row: Row[Any], channels: Mapping[str, Channel]) -> Outgoing:
    channel = channels.get(row.channel)
    attempts = c.scalar(_ATTEMPTS, {"which": row.id}) or 0
    return Outgoing(
        version=row.id,
        channel=row.channel,
        chat=_chat_of(c, row, channels),
        topic=channel.topic if channel else row.topic,
        text=Rendered(row.html, row.plain),
        edits=row.telegram_id,
        attempts=attempts,
        silent=row.silent,
        doubt=_doubt(c, row) if row.state == "uncertain" and row.telegram_id is None else None,
        deletes=row.deletes,
        retracted=row.retracted,
    )


def _doubt(c: Connection, row: Row[Any]) -> Doubt:
    """What the store knows of a message in doubt, that was sent to `row.sent_to`."""
    sent_to = _chat(row.sent_to)
    chat_id: int | None = (
        sent_to
        if isinstance(sent_to, int)
        else c.scalar(
            sa.select(m.c.chat_id).where(m.c.chat == sent_to, m.c.chat_id.is_not(None)).order_by(m.c.id.desc()).limit(1)
        )
    )
    if chat_id is None:
        return Doubt(looks=row.looks)
    begun = sa.select(sa.func.min(a.c.started_at)).where(a.c.version_id == row.id).scalar_subquery()
    first = mv.alias("first")
    before = (
        sa.select(sa.func.max(m.c.message_id))
        .join(first, sa.and_(first.c.message_id == m.c.id, first.c.number == 1))
        .where(m.c.chat_id == chat_id, first.c.settled_at <= begun)
    )
    after = c.scalar(before)
    ours = c.scalars(sa.select(m.c.message_id).where(m.c.chat_id == chat_id, m.c.message_id > (after or 0)))
    others = (
        sa.select(sa.func.count())
        .select_from(mv)
        .join(m, m.c.id == mv.c.message_id)
        .where(mv.c.state.in_(("uncertain", "sending")), mv.c.id != row.id, m.c.message_id.is_(None))
        .where(sa.or_(m.c.chat == row.sent_to, m.c.chat == str(chat_id)))
    )
    return Doubt(chat_id, after, frozenset(ours), not c.scalar(others), row.looks)


def _chat(text: str) -> str | int:
    return int(text) if text.lstrip("-").isdigit() else text


def _taken_back() -> sa.Exists:
    """Whether a version comes before the one that takes its message back."""
    return sa.exists().where(r.c.message_id == mv.c.message_id, r.c.number > mv.c.number)


def _refuse_retracted(c: Connection, now: datetime) -> None:
    """What was being sent while it was taken back, and turned out not to be there, is not sent again."""
    c.execute(_refusing_retracted(), {"now": now})


@cache
def _refusing_retracted() -> sa.Update:
    return (
        sa.update(mv)
        .where(mv.c.state == "pending", _taken_back())
        .values(state="refused", reason=RETRACTED, settled_at=sa.bindparam("now", type_=t.UtcDateTime))
    )


def _refuse_orphans(c: Connection, now: datetime) -> None:
    c.execute(_refusing_orphans(), {"now": now})


@cache
def _refusing_orphans() -> sa.Update:
    first = mv.alias("first")
    lost = sa.select(first.c.message_id).where(first.c.number == 1, first.c.state == "refused")
    return (
        sa.update(mv)
        .where(mv.c.state == "pending", mv.c.number > 1, mv.c.message_id.in_(lost))
        .values(state="refused", reason=ORPHANED, settled_at=sa.bindparam("now", type_=t.UtcDateTime))
    )
