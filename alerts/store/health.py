"""Notices and status: what the operator is told. Functions over one connection.

A notice is opened once when something breaks and closed once when it is back; between the two it is silent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.health import Rhythm, items_a_day, judge
from alerts.store import tables as t
from alerts.store.rhythm import rhythms
from crawler.article import iso


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the operator should know; `subject` is an outlet's source, a channel, …"""

    kind: str
    subject: str
    detail: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A feed or listing page: when it last answered, and how it fails if it does."""

    outlet: str
    url: str
    answered_at: datetime | None
    failures: int
    failure: str | None
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """An outlet beside its own rhythm. `items`, `pages`, `articles`: of the last 24 hours; `usual_items`: new items a
    day, None while that is not known; `wrong`: what its open notices say."""

    outlet: str
    items: int
    usual_items: float | None
    pages: int
    articles: int
    newest_at: datetime | None
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that is not simply waiting: refused for good, or of unknown outcome."""

    channel: str
    state: str
    reason: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """A channel whose chat takes no messages; it is tried again at `next_try_at`."""

    channel: str
    chat: str
    reason: str
    stopped_at: datetime
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The store's health in one reading. Counts are of rows."""

    outlets: tuple[OutletHealth, ...]
    sources: tuple[SourceHealth, ...]
    entries: dict[str, int]
    articles: int
    outbox: dict[str, int]
    stopped: tuple[Stopped, ...]
    troubles: tuple[Trouble, ...]
    notices: tuple[Notice, ...]

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad status --json`."""
        return {
            "outlets": [
                {
                    "outlet": o.outlet,
                    "items": o.items,
                    "usual_items": None if o.usual_items is None else round(o.usual_items, 1),
                    "pages": o.pages,
                    "articles": o.articles,
                    "newest_at": iso(o.newest_at),
                    "wrong": list(o.wrong),
                }
                for o in self.outlets
            ],
            "sources": [
                {
                    "outlet": s.outlet,
                    "url": s.url,
                    "answered_at": iso(s.answered_at),
                    "failures": s.failures,
                    "failure": s.failure,
                    "next_poll_at": iso(s.next_poll_at),
                }
                for s in self.sources
            ],
            "entries": self.entries,
            "articles": self.articles,
            "outbox": self.outbox,
            "stopped": [
                {
                    "channel": x.channel,
                    "chat": x.chat,
                    "reason": x.reason,
                    "stopped_at": iso(x.stopped_at),
                    "next_try_at": iso(x.next_try_at),
                }
                for x in self.stopped
            ],
            "troubles": [
                {
                    "channel": x.channel,
                    "state": x.state,
                    "reason": x.reason,
                    "text": x.text,
                    "created_at": iso(x.created_at),
                }
                for x in self.troubles
            ],
            "notices": [
                {"kind": n.kind, "subject": n.subject, "detail": n.detail, "opened_at": iso(n.opened_at)}
                for n in self.notices
            ],
        }


def open_notice(c: Connection, kind: str, subject: str, detail: str, now: datetime) -> bool:
    """Opens a notice; False where it is open already (its detail is brought up to date)."""
    n = t.notice
    is_open = sa.and_(n.c.kind == kind, n.c.subject == t.storable(subject), n.c.closed_at.is_(None))
    if c.execute(sa.update(n).where(is_open).values(detail=detail)).rowcount:
        return False
    c.execute(sa.insert(n).values(kind=kind, subject=subject, detail=detail, opened_at=now))
    return True


def broken(c: Connection, kind: str) -> set[str]:
    """The subjects of the open notices of a kind."""
    n = t.notice
    return set(c.scalars(sa.select(n.c.subject).where(n.c.kind == kind, n.c.closed_at.is_(None))))


def close_notices(c: Connection, kind: str, subjects: Sequence[str] | None, now: datetime) -> list[Notice]:
    """Closes the open notices of a kind (of these subjects; None: all); returns those that were open."""
    n = t.notice
    which = [n.c.kind == kind, n.c.closed_at.is_(None)]
    if subjects is not None:
        which.append(n.c.subject.in_([t.storable(s) for s in subjects]))
    found = [Notice(r.kind, r.subject, r.detail, r.opened_at) for r in c.execute(sa.select(n).where(*which))]
    if found:
        c.execute(sa.update(n).where(*which).values(closed_at=now))
    return found


def examination_due(c: Connection, now: datetime, every: timedelta) -> bool:
    """Whether `every` has passed since this last said so: passes of a minute need not all look at the rhythm."""
    last = _setting(c, "examined_at")
    if last and timedelta(0) <= now - datetime.fromisoformat(last) < every:
        return False
    _set(c, "examined_at", now.isoformat())
    return True


def examine(c: Connection, outlets: Collection[str], now: datetime) -> list[str]:
    """Judges the outlets by their rhythm (`alerts.health`); opens and closes their notices. Returns a line for each
    that was opened or closed."""
    lines = []
    s = t.source
    failing = set(c.scalars(sa.select(s.c.outlet).where(s.c.failures > 0)))
    for rhythm in rhythms(c, outlets, now):
        for verdict in judge(rhythm, now):
            if verdict.broken:
                if verdict.kind == "refusals" and rhythm.outlet in failing:
                    continue  # a source that fails has a notice of its own
                if open_notice(c, verdict.kind, rhythm.outlet, verdict.detail, now):
                    lines.append(f"{rhythm.outlet}: {verdict.detail}")
            elif verdict.broken is False and close_notices(c, verdict.kind, [rhythm.outlet], now):
                lines.append(f"{rhythm.outlet}: {_BACK[verdict.kind]}")
    return lines


_BACK = {
    "silent": "shows new items again",
    "pages": "pages give articles again",
    "dates": "items come with dates again",
    "refusals": "is not refused any more",
}


def rules_file(c: Connection, path: str) -> str | None:
    """Remembers the rules file that this store serves; returns the one before where it was another."""
    before = _setting(c, "rules_file")
    if before == path:
        return None
    _set(c, "rules_file", path)
    return before


def _setting(c: Connection, name: str) -> str | None:
    value: str | None = c.scalar(sa.select(t.setting.c.value).where(t.setting.c.name == name))
    return value


def _set(c: Connection, name: str, value: str) -> None:
    c.execute(sa.delete(t.setting).where(t.setting.c.name == name))
    c.execute(sa.insert(t.setting).values(name=name, value=value))


def status(c: Connection, now: datetime) -> Status:
    s, e, mv, m, n = t.source, t.entry, t.message_version, t.message, t.notice
    sources = c.execute(sa.select(s).order_by(s.c.outlet, s.c.id))
    troubles = c.execute(
        sa.select(m.c.channel, mv.c.state, mv.c.reason, mv.c.plain, mv.c.created_at)
        .join(m, m.c.id == mv.c.message_id)
        .where(mv.c.state.in_(("refused", "uncertain")))
        .order_by(mv.c.id.desc())
        .limit(20)
    )
    notices = c.execute(sa.select(n).where(n.c.closed_at.is_(None)).order_by(n.c.id)).all()
    followed = sorted(set(c.scalars(sa.select(s.c.outlet))))
    return Status(
        outlets=tuple(
            _outlet(r, tuple(x.detail for x in notices if x.subject == r.outlet), now)
            for r in rhythms(c, followed, now)
        ),
        sources=tuple(
            SourceHealth(
                r.outlet,
                r.url,
                r.answered_at,
                r.failures,
                f"{r.failure_kind}: {r.failure_detail}" if r.failures else None,
                r.next_poll_at if r.next_poll_at and r.next_poll_at > now else None,
            )
            for r in sources
        ),
        entries=_counts(c, e.c.state),
        articles=c.scalar(sa.select(sa.func.count()).select_from(t.article)) or 0,
        outbox=_counts(c, mv.c.state),
        stopped=tuple(
            Stopped(r.channel, r.chat, r.reason, r.stopped_at, r.next_try_at)
            for r in c.execute(sa.select(t.stopped_channel).order_by(t.stopped_channel.c.channel))
        ),
        troubles=tuple(
            Trouble(r.channel, r.state, r.reason or "", r.plain.strip().split("\n")[0][:120], r.created_at)
            for r in troubles
        ),
        notices=tuple(Notice(r.kind, r.subject, r.detail, r.opened_at) for r in notices),
    )


def _outlet(rhythm: Rhythm, wrong: tuple[str, ...], now: datetime) -> OutletHealth:
    last = [h for h in rhythm.hours if h.at > now - timedelta(days=1)]
    return OutletHealth(
        rhythm.outlet,
        sum(h.items for h in last),
        items_a_day(rhythm.hours),
        sum(h.pages for h in last),
        sum(h.articles for h in last),
        rhythm.newest_at,
        wrong,
    )


def _counts(c: Connection, column: sa.Column[Any]) -> dict[str, int]:
    return {state: number for state, number in c.execute(sa.select(column, sa.func.count()).group_by(column))}  # noqa: C416
