"""Alerts that wait to be told with others: rows of `alert` without a message. Functions over one connection.

A waiting alert holds its place: the story has its alert in that channel, so nothing opens another. What it will say
stands in `alert.content`, so that a digest is made of the rows alone. What waits for what, and when it is due, is
decided in `alerts.delivery.quiet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.quiet import HOUR, HeldBy, Told, Waiting
from alerts.delivery.render import AlertContent
from alerts.rules.model import Severity
from alerts.store import tables as t

a = t.alert


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """An alert that waits."""

    id: int
    channel: str
    severity: Severity
    waiting: Waiting
    content: AlertContent


def waiting(c: Connection) -> dict[str, list[HeldAlert]]:
    """All that wait, by channel, in the order in which they were decided."""
    found: dict[str, list[HeldAlert]] = {}
    for row in c.execute(sa.select(a).where(a.c.message_id.is_(None)).order_by(a.c.id)):
        found.setdefault(row.channel, []).append(_held(row))
    return found


def of_story(c: Connection, story: int) -> dict[str, HeldAlert]:
    """The alerts of a story that wait, by channel."""
    rows = c.execute(sa.select(a).where(a.c.story_id == story, a.c.message_id.is_(None)))
    return {row.channel: _held(row) for row in rows}


def of_article(c: Connection, article: int) -> list[HeldAlert]:
    """The alerts that wait and will show the article."""
    return [_held(row) for row in c.execute(sa.select(a).where(a.c.article_id == article, a.c.message_id.is_(None)))]


def told_lately(c: Connection, channel: str, now: datetime) -> list[Told]:
    """What a channel was told in the last hour, each by itself; what a clock that was set back has yet to reach does
    not count."""
    rows = c.scalars(
        sa.select(a.c.content).where(
            a.c.channel == channel, a.c.held.is_(None), a.c.created_at > now - HOUR, a.c.created_at <= now
        )
    )
    contents = [content_of(found) if found else None for found in rows]
    return [Told(tuple(id for id, _ in x.rules), x.place) if x else Told((), None) for x in contents]


def say_instead(c: Connection, alert: int, content: AlertContent, **values: Any) -> None:
    """What the alert says from now on; `values` are other columns that change with it."""
    c.execute(sa.update(a).where(a.c.id == alert).values(content=record_of(content), **values))


def told_in(c: Connection, alert: int, message: int) -> None:
    """A waiting alert is told by this message. Raises LookupError where it does not wait."""
    changed = c.execute(sa.update(a).where(a.c.id == alert, a.c.message_id.is_(None)).values(message_id=message))
    if changed.rowcount != 1:
        raise LookupError(f"alert {alert} does not wait")


def withdraw(c: Connection, alert: int) -> None:
    """A waiting alert gives up its place: its story is told otherwise, in the same transaction."""
    c.execute(sa.delete(a).where(a.c.id == alert, a.c.message_id.is_(None)))


def record_of(content: AlertContent) -> dict[str, Any]:
    """The JSON object of `alert.content`: the fields by name, times in ISO 8601."""
    values = {f.name: getattr(content, f.name) for f in fields(content)}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def content_of(record: Mapping[str, Any]) -> AlertContent:
    """What `record_of` wrote, of this version or another: fields that are new have their defaults, others are dropped.
    Times are the fields whose names end in `_at`."""
    known = {f.name for f in fields(AlertContent)}
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else _frozen(value)
        for name, value in record.items()
        if name in known
    }
    return AlertContent(**values)


def _frozen(value: Any) -> Any:
    """A value of JSON as the frozen content has it: tuples for lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _held(row: Any) -> HeldAlert:
    held: HeldBy = row.held
    return HeldAlert(row.id, row.channel, row.severity, Waiting(held, row.created_at), content_of(row.content))
