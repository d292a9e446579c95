"""Notices and status: what the operator is told. Functions over one connection.

A notice is opened once when something breaks and closed once when it is back; between the two it is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.store import tables as t
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
class Trouble:
    """A message that is not simply waiting: refused for good, or of unknown outcome."""

    channel: str
    state: str
    reason: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The store's health in one reading. Counts are of rows."""

    sources: tuple[SourceHealth, ...]
    entries: dict[str, int]
    articles: int
    outbox: dict[str, int]
    troubles: tuple[Trouble, ...]
    notices: tuple[Notice, ...]

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad status --json`."""
        return {
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


def rules_file(c: Connection, path: str) -> str | None:
    """Remembers the rules file that this store serves; returns the one before where it was another."""
    before: str | None = c.scalar(sa.select(t.setting.c.value).where(t.setting.c.name == "rules_file"))
    if before == path:
        return None
    c.execute(sa.delete(t.setting).where(t.setting.c.name == "rules_file"))
    c.execute(sa.insert(t.setting).values(name="rules_file", value=path))
    return before


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
    notices = c.execute(sa.select(n).where(n.c.closed_at.is_(None)).order_by(n.c.id))
    return Status(
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
        troubles=tuple(
            Trouble(r.channel, r.state, r.reason or "", r.plain.strip().split("\n")[0][:120], r.created_at)
            for r in troubles
        ),
        notices=tuple(Notice(r.kind, r.subject, r.detail, r.opened_at) for r in notices),
    )


def _counts(c: Connection, column: sa.Column[Any]) -> dict[str, int]:
    return {state: number for state, number in c.execute(sa.select(column, sa.func.count()).group_by(column))}  # noqa: C416
