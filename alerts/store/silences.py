"""Silences in the store: what is not told until when, and why. Functions over one connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.quiet import Silence
from alerts.store import tables as t

s = t.silence


@dataclass(frozen=True, slots=True)
class StoredSilence:
    """A silence with what befell it. `ended_at`: by hand, before its time; None: not so."""

    silence: Silence
    created_at: datetime
    ended_at: datetime | None

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad silence --json`."""
        return {
            "id": self.silence.id,
            "kind": self.silence.kind,
            "value": self.silence.value,
            "name": self.silence.name,
            "until": self.silence.until.isoformat(),
            "because": self.silence.because,
            "created_at": self.created_at.isoformat(),
        }


def add(c: Connection, silence: Silence, now: datetime) -> int:
    """Stores a new silence; returns its id."""
    return t.insert(
        c,
        s,
        kind=silence.kind,
        value=silence.value,
        name=silence.name,
        until=silence.until,
        because=silence.because,
        created_at=now,
    )


def in_force(c: Connection, now: datetime) -> list[StoredSilence]:
    """The silences that hold now, in the order in which they were made."""
    rows = c.execute(sa.select(s).where(s.c.ended_at.is_(None), s.c.until > now).order_by(s.c.id))
    return [
        StoredSilence(Silence(r.kind, r.value, r.name, r.until, r.because, r.id), r.created_at, r.ended_at)
        for r in rows
    ]


def end(c: Connection, id: int, now: datetime) -> bool:
    """Ends a silence that is in force; False where there is none of that number."""
    ended = c.execute(sa.update(s).where(s.c.id == id, s.c.ended_at.is_(None), s.c.until > now).values(ended_at=now))
    return ended.rowcount == 1
