"""The outbox for people: what stands in it, what a person may change, how a message is taken back.

`outbox.py` is delivery's; this is what `marsad outbox`, `marsad retract` and `marsad channels` read and write, while
a daemon may be delivering: a row in flight is never touched, and what was read is still so when it is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.model import Rendered, State
from alerts.delivery.outbox import BY_A_PERSON, Standing, Wish, why_not
from alerts.store import tables as t
from alerts.store.outbox import ORPHANED

m, mv, a, r = t.message, t.message_version, t.attempt, t.retraction


class NotPossible(Exception):
    """What a person asked for cannot be; the text says why and what can."""


@dataclass(frozen=True, slots=True)
class Row:
    """A version of a message as it stands in the outbox. `number` 1 is sent, later ones edit it (or take it away:
    `deletes`); `telegram_id` and `chat_id` are the message's, once it has been sent; `since` when the row was put into
    the outbox, or put back; `overtaken`: a newer version is there."""

    id: int
    message: int
    number: int
    channel: str
    kind: str
    chat: str
    standing: Standing
    html: str
    plain: str
    reason: str | None
    since: datetime
    next_try_at: datetime | None
    settled_at: datetime | None
    telegram_id: int | None
    chat_id: int | None
    deletes: bool
    overtaken: bool

    @property
    def first_line(self) -> str:
        """Of what it says, without what nobody sees."""
        lines = ("".join(filter(str.isprintable, line)).strip() for line in self.plain.split("\n"))
        return next(filter(None, lines), "")

    @property
    def link(self) -> str | None:
        """Where Telegram shows it (core.telegram.org/api/links, "Message links"); None where it has no such address."""
        if self.telegram_id is None:
            return None
        if self.chat.startswith("@"):
            return f"https://t.me/{self.chat[1:]}/{self.telegram_id}"
        if self.chat_id is not None and self.chat_id < -1_000_000_000_000:
            return f"https://t.me/c/{-self.chat_id - 1_000_000_000_000}/{self.telegram_id}"
        return None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to send a row; `outcome` None while it is under way."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Retraction:
    """That somebody took a message back."""

    person: str
    because: str
    deletes: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the store knows of a channel: how many rows stand how, the newest two messages that stand in its chat, what
    its chat says against it."""

    channel: str
    rows: dict[Standing, int]
    last: tuple[Row, ...]
    stopped: str | None
    stopped_at: datetime | None
    next_try_at: datetime | None
    stopped_chat: str | None


def rows(c: Connection, standings: Collection[Standing], limit: int | None = None) -> list[Row]:
    """The rows that stand so, oldest first; with a limit, the newest so many of them."""
    wanted = _rows().where(sa.or_(*(_stands(s) for s in standings))).order_by(mv.c.id.desc()).limit(limit)
    return [_row(found) for found in c.execute(wanted)][::-1]


def counts(c: Connection) -> dict[Standing, int]:
    """How many rows stand how."""
    standing = _standing()
    return {
        found.standing: found.n
        for found in c.execute(sa.select(standing, sa.func.count().label("n")).group_by("standing"))
    }


def row(c: Connection, version: int) -> Row:
    """Raises NotPossible where there is none."""
    found = c.execute(_rows().where(mv.c.id == version)).first()
    if found is None:
        raise NotPossible(f"the outbox has no row {version}; `marsad outbox` lists those it has")
    return _row(found)


def original(c: Connection, message: int) -> Row:
    """The first version of a message."""
    return _row(c.execute(_rows().where(m.c.id == message, mv.c.number == 1)).one())


def headline(c: Connection, message: int) -> str | None:
    """That of the alert that a message tells; None where it tells none, or several, or one of before schema 0004."""
    found = c.scalars(sa.select(t.alert.c.content).where(t.alert.c.message_id == message)).all()
    title = found[0].get("title") if len(found) == 1 and found[0] else None
    return str(title) if title else None


def attempts(c: Connection, version: int) -> list[Attempt]:
    """Those of a row, in order."""
    found = c.execute(sa.select(a).where(a.c.version_id == version).order_by(a.c.id))
    return [Attempt(x.started_at, x.ended_at, x.outcome, x.detail) for x in found]


def retractions(c: Connection, message: int) -> list[Retraction]:
    """Those of a message, in order."""
    found = c.execute(sa.select(r).where(r.c.message_id == message).order_by(r.c.id))
    return [Retraction(x.person, x.because, x.deletes, x.created_at) for x in found]


def sent_as(c: Connection, telegram_id: int, *, channel: str | None = None, chat: str | int | None = None) -> Row:
    """The first version of the message that stands as `telegram_id` in a channel of rules.yaml, or in a chat (its
    number, or `@name` in any case). Raises NotPossible where there is none."""
    query = _rows().where(m.c.message_id == telegram_id, mv.c.number == 1).order_by(m.c.id.desc())
    if channel is not None:
        query = query.where(m.c.channel == channel)
    elif isinstance(chat, int):
        query = query.where(m.c.chat_id == chat)
    else:
        query = query.where(sa.func.lower(m.c.chat) == str(chat).lower())
    found = c.execute(query).first()
    if found is None:
        where = f"channel {channel}" if channel is not None else f"{chat}"
        raise NotPossible(
            f"no message of ours stands as {telegram_id} in {where}; `marsad outbox --state sent` lists ours"
        )
    return _row(found)


def change(c: Connection, version: int, wish: Wish, reason: str, now: datetime) -> Row:
    """Does with a row as a person wishes, by `BY_A_PERSON`, for a reason that names who; returns it as it stood before.

    A row that is sent again is as new as one that was just decided (its age counts from now), newer texts that were
    refused because it was wait behind it again, and a channel that is stopped is asked at once. Raises NotPossible.
    """
    before = row(c, version)
    if (why := why_not(wish, before.standing)) is not None:
        raise NotPossible(f"{version}: {why}")
    again = wish != "drop"
    if again and before.overtaken and before.number > 1:
        raise NotPossible(f"{version}: a newer text of the same message is there; sending this one would undo it")
    if again and _is_taken_back(c, before):
        raise NotPossible(f"{version}: the message was taken back; `marsad outbox show {version}` says why")
    state = BY_A_PERSON[wish][before.standing]
    values: dict[str, Any] = {"state": state, "next_try_at": None, "looks": 0, "reason": reason}
    values |= {"settled_at": None, "created_at": now} if again else {"settled_at": now}
    if not c.execute(sa.update(mv).where(mv.c.id == version, _stands(before.standing)).values(values)).rowcount:
        raise NotPossible(f"{version}: it was taken up meanwhile; see what becomes of it")
    if again:
        orphans = sa.and_(mv.c.message_id == before.message, mv.c.state == "refused", mv.c.reason == ORPHANED)
        c.execute(sa.update(mv).where(orphans).values(state="pending", settled_at=None, created_at=now))
        stopped = t.stopped_channel
        c.execute(sa.update(stopped).where(stopped.c.channel == before.channel).values(next_try_at=now))
    return before


def retract(
    c: Connection, message: int, text: Rendered, *, deletes: bool, person: str, because: str, now: datetime
) -> Row | None:
    """Takes a message back: a newer version of it, that replaces or deletes it, and no version before that is sent any
    more. Returns that version, None where the message had not left and never will. What its story is stays told.

    Raises NotPossible where the message was refused, or is gone.
    """
    versions = [_row(x) for x in c.execute(_rows().where(m.c.id == message).order_by(mv.c.number))]
    first, newest = versions[0], versions[-1]
    if first.standing == "refused":
        raise NotPossible(f"{first.id}: it was never sent ({first.reason}); there is nothing to take back")
    if any(v.deletes and v.standing != "refused" for v in versions):
        raise NotPossible(f"{first.id}: it has been taken away already")
    number = newest.number + 1
    t.insert(c, r, message_id=message, number=number, deletes=deletes, person=person, because=because, created_at=now)
    waiting = sa.and_(mv.c.message_id == message, mv.c.state == "pending")
    c.execute(
        sa.update(mv)
        .where(waiting)
        .values(state="refused", reason=f"taken back by {person}: {because}", settled_at=now)
    )
    if row(c, first.id).standing == "refused":
        return None
    version = t.insert(
        c,
        mv,
        message_id=message,
        number=number,
        html=text.html,
        plain=text.plain,
        state="pending",
        created_at=now,
    )
    return row(c, version)


def channels(c: Connection) -> dict[str, ChannelFacts]:
    """What the store knows of every channel that it ever had a message for, or that is stopped."""
    standing = _standing()
    numbers: dict[str, dict[Standing, int]] = {}
    grouped = sa.select(m.c.channel, standing, sa.func.count().label("n")).join(mv, mv.c.message_id == m.c.id)
    for x in c.execute(grouped.group_by(m.c.channel, "standing")):
        numbers.setdefault(x.channel, {})[x.standing] = x.n
    stopped = {x.channel: x for x in c.execute(sa.select(t.stopped_channel))}
    found = {}
    for name in sorted({*numbers, *stopped}):
        sent = _rows().where(m.c.channel == name, mv.c.number == 1, mv.c.state == "sent")
        last = tuple(_row(x) for x in c.execute(sent.order_by(m.c.message_id.desc()).limit(2)))
        stop = stopped.get(name)
        found[name] = ChannelFacts(
            name,
            numbers.get(name, {}),
            last,
            stop.reason if stop else None,
            stop.stopped_at if stop else None,
            stop.next_try_at if stop else None,
            stop.chat if stop else None,
        )
    return found


def moved(c: Connection) -> dict[str, int]:
    """The chats that became supergroups: as rules.yaml has them → their numbers now."""
    return {x.chat: x.chat_id for x in c.execute(sa.select(t.moved_chat))}


def ours_between(c: Connection, chat_id: int, low: int, high: int) -> set[int]:
    """The message ids of ours in a chat, `low` and `high` left out."""
    query = sa.select(m.c.message_id).where(m.c.chat_id == chat_id, m.c.message_id > low, m.c.message_id < high)
    return set(c.scalars(query))


def _is_taken_back(c: Connection, version: Row) -> bool:
    later = sa.and_(r.c.message_id == version.message, r.c.number > version.number)
    return bool(c.scalar(sa.select(sa.func.count()).select_from(r).where(later)))


def _stands(standing: Standing) -> sa.ColumnElement[bool]:
    if standing == "held":
        return sa.and_(mv.c.state == "uncertain", mv.c.next_try_at.is_(None))
    if standing == "uncertain":
        return sa.and_(mv.c.state == "uncertain", mv.c.next_try_at.is_not(None))
    state: State = standing
    return mv.c.state == state


def _standing() -> sa.Label[Any]:
    return sa.case((_stands("held"), "held"), else_=mv.c.state).label("standing")


def _rows() -> sa.Select[Any]:
    newer = mv.alias("newer")
    overtaken = sa.exists().where(newer.c.message_id == mv.c.message_id, newer.c.number > mv.c.number)
    deletes = sa.exists().where(r.c.message_id == m.c.id, r.c.number == mv.c.number, r.c.deletes)
    return sa.select(
        mv,
        _standing(),
        m.c.channel,
        m.c.kind,
        m.c.chat,
        m.c.chat_id,
        m.c.message_id.label("telegram_id"),
        overtaken.label("overtaken"),
        deletes.label("deletes"),
    ).join(m, m.c.id == mv.c.message_id)


def _row(found: sa.Row[Any]) -> Row:
    return Row(
        id=found.id,
        message=found.message_id,
        number=found.number,
        channel=found.channel,
        kind=found.kind,
        chat=found.chat,
        standing=found.standing,
        html=found.html,
        plain=found.plain,
        reason=found.reason,
        since=found.created_at,
        next_try_at=found.next_try_at,
        settled_at=found.settled_at,
        telegram_id=found.telegram_id,
        chat_id=found.chat_id,
        deletes=found.deletes,
        overtaken=found.overtaken,
    )
