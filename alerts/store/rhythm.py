"""What outlets did, hour by hour: counted in the transaction of what is counted, read by `alerts.health`.

Small for good: 24 rows an outlet a day, and older ones than `alerts.health.HISTORY` go as new ones come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.health import HISTORY, Hour, Rhythm
from alerts.store import tables as t
from crawler.memory import Failure

REFUSALS = frozenset({401, 403, 407, 429, 451})
"""Statuses by which a site says that it does not want us (RFC 9110 §15.5, RFC 6585, RFC 7725)."""


def refused(failure: Failure) -> bool:
    """Whether the site refused, by a status or by a challenge page, rather than broke."""
    return failure.status in REFUSALS or failure.kind == "interstitial"


def count(c: Connection, outlet: str, at: datetime, **counts: int) -> None:
    """Adds to the counts (fields of `alerts.health.Hour`) of the hour that `at` lies in."""
    h = t.outlet_hour
    hour = at.replace(minute=0, second=0, microsecond=0)
    added = {name: number for name, number in counts.items() if number}
    if not added:
        return
    more = {f"more_{name}": number for name, number in added.items()}
    if not c.execute(_adding(tuple(added)), {"of": outlet, "in": hour, **more}).rowcount:
        c.execute(t.inserting(h), {"outlet": outlet, "hour": hour, **counts})
        c.execute(sa.delete(h).where(h.c.outlet == outlet, h.c.hour < hour - HISTORY))


@cache
def _adding(names: tuple[str, ...]) -> sa.Update:
    h = t.outlet_hour
    row = sa.and_(h.c.outlet == sa.bindparam("of"), h.c.hour == sa.bindparam("in"))
    return sa.update(h).where(row).values({name: h.c[name] + sa.bindparam(f"more_{name}") for name in names})


def rhythms(c: Connection, outlets: Collection[str], now: datetime) -> list[Rhythm]:
    """Those of the outlets that were ever polled, in the order given."""
    h = t.outlet_hour
    hours: dict[str, list[Hour]] = {outlet: [] for outlet in outlets}
    which = (h.c.outlet.in_(outlets), h.c.hour > now - HISTORY, h.c.hour <= now)
    for outlet, *values in c.execute(sa.select(*h.c).where(*which).order_by(h.c.outlet, h.c.hour)):
        hours[outlet].append(Hour(*values))
    newest: dict[str, datetime | None] = dict(_newest(c, outlets))
    return [Rhythm(outlet, found, newest.get(outlet)) for outlet, found in hours.items() if found]


def _newest(c: Connection, outlets: Collection[str]) -> Sequence[tuple[str, datetime | None]]:
    s = t.source
    found = c.execute(
        sa.select(s.c.outlet, sa.func.max(s.c.newest_at)).where(s.c.outlet.in_(outlets)).group_by(s.c.outlet)
    )
    return [(row[0], row[1]) for row in found]
