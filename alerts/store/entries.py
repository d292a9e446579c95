"""Sources, entries and articles in the store: what the crawler's `Memory` writes and reads.

Functions over one connection, each called inside one transaction by `alerts.store.store`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from alerts.store import rhythm
from alerts.store import tables as t
from alerts.stories.copies import copy_print
from crawler.article import Article, Entry
from crawler.memory import Failure, PendingEntry, Poll, Robots, Source, Validators, next_try

Keys = Iterable[tuple[str, str]]
"""Kind and value, as `crawler.identity.keys` gives them."""

PATIENCE = 2
"""Failures of a source in a row that change nothing; each one more doubles the wait, from a minute up."""
LONGEST_WAIT = timedelta(minutes=30)
EARLY = timedelta(seconds=15)
"""A pass that comes this much before an outlet's interval is over still polls it: else a source with an interval of
a minute, asked by a cron of a minute, would be asked every second minute."""


KEYS_AT_ONCE = 200
"""Parameters of one statement; databases take some thousands."""

_ENTRY = sa.select(t.entry).where(t.entry.c.id == sa.bindparam("which"))
_KEYED = {
    table: sa.select(table).where(
        table.c.kind.in_(sa.bindparam("kinds", expanding=True)),
        table.c.value.in_(sa.bindparam("values", expanding=True)),
    )
    for table in (t.entry_key, t.article_key)
}
"""The rows of these tables with any of the kinds and any of the values, by their primary key."""
_LAST_VERSION = (
    sa.select(t.article_version.c.number, t.article_version.c.text_hash)
    .where(t.article_version.c.article_id == sa.bindparam("which"))
    .order_by(t.article_version.c.number.desc())
    .limit(1)
)


def validators(c: Connection, source: Source) -> Validators:
    row = c.execute(
        sa.select(t.source.c.etag, t.source.c.last_modified).where(
            t.source.c.outlet == source.outlet, t.source.c.url == source.url
        )
    ).first()
    return Validators(row.etag, row.last_modified) if row else Validators()


def polled(c: Connection, poll: Poll, keys: Sequence[Keys]) -> list[PendingEntry]:
    """Stores a good answer; `keys[n]` are those of `poll.entries[n]`. Returns the entries never seen before.

    Validators and entries stand in this one transaction, and the first good answer of a source is its
    baseline, so that no crash between feed and pages can lose an entry or flood a channel.
    """
    source = _source_row(c, poll.source)
    baseline = source.baseline_at is None
    values: dict[str, Any] = {"answered_at": poll.at, "failures": 0, "next_poll_at": None}
    if baseline and not poll.continued:
        values["baseline_at"] = poll.at
    if not poll.not_modified:
        values |= {"etag": poll.validators.etag, "last_modified": poll.validators.last_modified}
        past = [e.published_at for e in poll.entries if e.published_at and e.published_at <= poll.at]
        values["newest_at"] = max(past, default=source.newest_at)
    c.execute(sa.update(t.source).where(t.source.c.id == source.id).values(values))
    new: list[PendingEntry] = []
    taken = _known(c, [pair for entry_keys in keys for pair in entry_keys])
    for entry, entry_keys in zip(poll.entries, keys, strict=True):
        pairs = [(kind, t.storable(value)) for kind, value in entry_keys]
        if not taken.isdisjoint(pairs):
            continue
        taken.update(pairs)
        ref = t.insert(
            c,
            t.entry,
            source_id=source.id,
            outlet=entry.outlet,
            url=entry.url,
            title=entry.title,
            summary=entry.summary,
            guid=entry.guid,
            published_at=entry.published_at,
            day_only=entry.day_only,
            seen_at=poll.at,
            baseline=baseline,
            state="seen",
        )
        c.execute(t.inserting(t.entry_key), [{"kind": k, "value": v, "entry_id": ref} for k, v in pairs])
        new.append(PendingEntry(ref, entry))
    rhythm.count(
        c,
        poll.source.outlet,
        poll.at,
        polls=1,
        items=0 if baseline else len(new),
        entries=len(new),
        dated=sum(p.entry.published_at is not None for p in new),
    )
    return new


def _known(c: Connection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the keys by which an entry or an article already goes, as they are stored."""
    return {key for table in _KEYED for key in _rows(c, table, keys)}


def _rows(c: Connection, table: sa.Table, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row[Any]]:
    """The rows of a table of keys by those of `keys` that it has, as they are stored."""
    wanted = [(kind, t.storable(value)) for kind, value in keys]
    found: dict[tuple[str, str], Row[Any]] = {}
    for n in range(0, len(wanted), KEYS_AT_ONCE):
        kinds, values = zip(*wanted[n : n + KEYS_AT_ONCE], strict=True)
        rows = c.execute(_KEYED[table], {"kinds": list(set(kinds)), "values": list(set(values))})
        found |= {(row.kind, row.value): row for row in rows}
    return {key: found[key] for key in wanted if key in found}


def poll_failed(c: Connection, source: Source, failure: Failure) -> int:
    """Counts it and sets when the source is asked again; returns how many failures in a row that makes."""
    row = _source_row(c, source)
    rhythm.count(c, source.outlet, failure.at, polls=1, polls_refused=int(rhythm.refused(failure)))
    failures: int = row.failures + 1
    wait = min(timedelta(minutes=2 ** (failures - PATIENCE - 1)), LONGEST_WAIT) if failures > PATIENCE else timedelta(0)
    wait = max(wait, failure.retry_after or timedelta(0))
    c.execute(
        sa.update(t.source)
        .where(t.source.c.id == row.id)
        .values(
            failed_at=failure.at,
            failures=failures,
            failure_kind=failure.kind,
            failure_detail=failure.detail,
            next_poll_at=failure.at + wait if wait else None,
        )
    )
    return failures


def unfinished(c: Connection, outlet: str, now: datetime) -> list[PendingEntry]:
    rows = c.execute(
        sa.select(t.entry)
        .where(t.entry.c.outlet == outlet, t.entry.c.state.in_(("seen", "failed")))
        .where(sa.or_(t.entry.c.next_try_at.is_(None), t.entry.c.next_try_at <= now))
        .order_by(t.entry.c.id)
    )
    return [
        PendingEntry(r.id, Entry(r.outlet, r.url, r.title, r.summary, r.published_at, r.guid, r.day_only), r.failures)
        for r in rows
    ]


def fetched(c: Connection, pending: PendingEntry, article: Article, keys: Keys, now: datetime) -> None:
    """The page gave an article: stored as a version (if it says something new), the entry is done."""
    if pending.failures == 0:
        rhythm.count(c, article.outlet, now, pages=1, articles=1)
    article_id = _store(c, pending, article, keys, now)
    done = {"state": "fetched", "next_try_at": None, "reason": None, "article_id": article_id}
    c.execute(t.updating(t.entry), {"which": pending.ref, **done})


def page_failed(
    c: Connection, pending: PendingEntry, failure: Failure, stand_in: Article | None, keys: Keys, now: datetime
) -> None:
    failures = pending.failures + 1
    if failures == 1:
        rhythm.count(c, pending.entry.outlet, failure.at, pages=1, pages_refused=int(rhythm.refused(failure)))
    again = next_try(failures, failure.at, failure.retry_after)
    article_id = c.scalar(sa.select(t.entry.c.article_id).where(t.entry.c.id == pending.ref))
    if stand_in and article_id is None:
        article_id = _store(c, pending, stand_in, keys, now)
    c.execute(
        sa.update(t.entry)
        .where(t.entry.c.id == pending.ref)
        .values(
            state="failed" if again else "given-up",
            failures=failures,
            next_try_at=again,
            reason=f"{failure.kind}: {failure.detail}",
            article_id=article_id,
        )
    )


def robots(c: Connection, origin: str) -> Robots | None:
    row = c.execute(sa.select(t.robots).where(t.robots.c.origin == origin)).first()
    return Robots(row.origin, row.body, row.fetched_at) if row else None


def robots_fetched(c: Connection, found: Robots) -> None:
    c.execute(sa.delete(t.robots).where(t.robots.c.origin == found.origin))
    c.execute(sa.insert(t.robots).values(origin=found.origin, body=found.body, fetched_at=found.fetched_at))


def resting(c: Connection, now: datetime, intervals: Mapping[str, timedelta]) -> set[tuple[str, str]]:
    """(outlet, url) of the sources that are not due: a wait after failures or a server's Retry-After has not passed,
    or the outlet's own interval, where `intervals` has one for it."""
    s = t.source
    found = set()
    for r in c.execute(sa.select(s.c.outlet, s.c.url, s.c.next_poll_at, s.c.answered_at, s.c.failed_at)):
        polled = max((at for at in (r.answered_at, r.failed_at) if at), default=None)
        interval = intervals.get(r.outlet, timedelta(0)) - EARLY
        if (r.next_poll_at and r.next_poll_at > now) or (polled and polled + interval > now):
            found.add((r.outlet, r.url))
    return found


def _source_row(c: Connection, source: Source) -> Row[Any]:
    found = sa.select(t.source).where(t.source.c.outlet == source.outlet, t.source.c.url == source.url)
    row = c.execute(found).first()
    if row is None:
        c.execute(sa.insert(t.source).values(outlet=source.outlet, url=source.url, kind=source.kind, failures=0))
        row = c.execute(found).one()
    return row


def _store(c: Connection, pending: PendingEntry, article: Article, keys: Keys, now: datetime) -> int:
    """The article under its keys (made, or the one that already goes by one of them), and its version."""
    pairs = list(dict.fromkeys((kind, t.storable(value)) for kind, value in keys))
    entry = c.execute(_ENTRY, {"which": pending.ref}).one()
    rows = _rows(c, t.article_key, pairs)
    article_id: int | None = entry.article_id or next((row.article_id for row in rows.values()), None)
    if made := article_id is None:
        article_id = t.insert(
            c, t.article, outlet=article.outlet, url=article.url, seen_at=entry.seen_at, baseline=entry.baseline
        )
    if fresh := [{"kind": k, "value": v, "article_id": article_id} for k, v in pairs if (k, v) not in rows]:
        c.execute(t.inserting(t.article_key), fresh)
    _add_version(c, article_id, article, now, first=made)
    return article_id


def _add_version(c: Connection, article_id: int, article: Article, now: datetime, *, first: bool) -> None:
    text = t.storable(article.text)
    text_hash = hashlib.sha256(f"{t.storable(article.title)}\n\n{text}".encode()).hexdigest()
    last = None if first else c.execute(_LAST_VERSION, {"which": article_id}).first()
    if last and last.text_hash == text_hash:
        return
    copy_hash, words = copy_print(article.title, text)
    if not first:
        c.execute(t.updating(t.article), {"which": article_id, "url": article.url})
    c.execute(
        t.inserting(t.article_version),
        {
            "article_id": article_id,
            "number": last.number + 1 if last else 1,
            "text_hash": text_hash,
            "copy_hash": copy_hash,
            "words": words,
            "title": article.title,
            "text": text,
            "published_at": article.published_at,
            "modified_at": article.modified_at,
            "author": article.author,
            "section": article.section,
            "image": article.image,
            "language": article.language,
            "source": article.source,
            "flags": list(article.flags),
            "reasons": {key: t.storable(reason) for key, reason in article.reasons.items()},
            "fetched_at": article.fetched_at or now,
        },
    )
