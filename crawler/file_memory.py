"""FileMemory: what `scrapy crawl` by hand remembers, in an SQLite file of its own.

It owns the file `crawl.db` in MARSAD_STATE_DIR and nothing else; `marsad run` and its store never read it. It keeps
entries, validators and robots.txt, but no articles: those are the crawl's output. All of its SQL runs on one
thread, never on the loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from crawler.article import Article, Entry
from crawler.identity import Key, keys
from crawler.memory import Failure, PendingEntry, Poll, Robots, Source, Validators, next_try
from crawler.outlets.catalogue import Outlet

_SCHEMA = """
CREATE TABLE source (
    outlet TEXT NOT NULL, url TEXT NOT NULL, etag TEXT, last_modified TEXT,
    PRIMARY KEY (outlet, url)
) WITHOUT ROWID;
CREATE TABLE entry (  -- next_try: due then; NULL: done, or given up for the reason in why
    id INTEGER PRIMARY KEY, outlet TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
    published_at REAL, day_only INTEGER NOT NULL, guid TEXT, failures INTEGER NOT NULL DEFAULT 0, next_try REAL,
    why TEXT
);
CREATE INDEX entry_due ON entry (outlet, next_try) WHERE next_try IS NOT NULL;
CREATE TABLE entry_key (
    kind TEXT NOT NULL, value TEXT NOT NULL, outlet TEXT NOT NULL, entry INTEGER NOT NULL REFERENCES entry,
    PRIMARY KEY (kind, value, outlet)
) WITHOUT ROWID;
CREATE TABLE robots (origin TEXT PRIMARY KEY, body BLOB NOT NULL, fetched_at REAL NOT NULL) WITHOUT ROWID;
"""
_VERSION = 1
_BUSY_TIMEOUT = 10.0  # seconds that a second crawl by hand waits for the first one's transaction

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger(__name__)


def default_path() -> Path:
    """`crawl.db` in MARSAD_STATE_DIR, by default `.marsad/` in the working folder."""
    return Path(os.environ.get("MARSAD_STATE_DIR") or ".marsad") / "crawl.db"


class FileMemory:
    """`crawler.memory.Memory` over the SQLite file `path`, made with its folder where it is missing.

    `outlets` (by id) serve to find an outlet's own ids in URLs. Methods raise sqlite3.Error when the file cannot be
    used. What fails is told to the log, one line each: a crawl by hand has no other place for it.
    """

    def __init__(self, path: Path, outlets: Mapping[str, Outlet] | None = None) -> None:
        self._path = path
        self._outlets = outlets or {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="crawl.db")
        self._connection: sqlite3.Connection | None = None

    async def validators(self, source: Source) -> Validators:
        return await self._call(self._validators, source)

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        return await self._call(self._polled, poll)

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        _log.warning("%s: %s %s gave nothing: %s", source.outlet, source.kind, source.url, _words(failure))

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        return await self._call(self._unfinished, outlet, now)

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        await self._call(self._fetched, pending, article)

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        _log.warning("%s: %s gave nothing: %s", pending.entry.outlet, pending.entry.url, _words(failure))
        await self._call(self._page_failed, pending, failure)

    async def robots(self, origin: str) -> Robots | None:
        return await self._call(self._robots, origin)

    async def robots_fetched(self, robots: Robots) -> None:
        await self._call(self._robots_fetched, robots)

    async def close(self) -> None:
        """Lets go of the file."""
        await self._call(self._close)
        self._thread.shutdown()

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    # From here on everything runs on the thread.

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT, isolation_level=None)
            # no WAL: SQLite changes a file to it without waiting for others, and of two crawls begun at once one failed
            connection.execute("PRAGMA synchronous = FULL")
            with _Transaction(connection):
                (found,) = connection.execute("PRAGMA user_version").fetchone()
                if found == 0:
                    for statement in _SCHEMA.split(";\n"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                elif found != _VERSION:
                    raise sqlite3.DatabaseError(f"{self._path} is of another version of marsad; move it away")
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _validators(self, source: Source) -> Validators:
        row = (
            self._open()
            .execute("SELECT etag, last_modified FROM source WHERE outlet = ? AND url = ?", (source.outlet, source.url))
            .fetchone()
        )
        return Validators(*row) if row else Validators()

    def _polled(self, poll: Poll) -> list[PendingEntry]:
        db = self._open()
        with _Transaction(db):
            db.execute(
                "INSERT INTO source VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET etag = excluded.etag, last_modified = excluded.last_modified",
                (poll.source.outlet, poll.source.url, poll.validators.etag, poll.validators.last_modified),
            )
            return [new for entry in poll.entries if (new := self._seen(db, entry, poll.at)) is not None]

    def _seen(self, db: sqlite3.Connection, entry: Entry, at: datetime) -> PendingEntry | None:
        """Stores an entry that shares no key with a known one."""
        known_as = keys(entry.url, self._outlets.get(entry.outlet))
        sql = "SELECT 1 FROM entry_key WHERE kind = ? AND value = ? AND outlet = ?"
        if any(db.execute(sql, (*key, entry.outlet)).fetchone() for key in known_as):
            return None
        published = None if entry.published_at is None else entry.published_at.timestamp()
        (ref,) = db.execute(
            "INSERT INTO entry (outlet, url, title, summary, published_at, day_only, guid, next_try)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                entry.outlet,
                entry.url,
                entry.title,
                entry.summary,
                published,
                entry.day_only,
                entry.guid,
                at.timestamp(),
            ),
        ).fetchone()
        self._know(db, ref, entry.outlet, known_as)
        return PendingEntry(ref, entry)

    def _know(self, db: sqlite3.Connection, ref: int, outlet: str, known_as: Sequence[Key]) -> None:
        db.executemany("INSERT OR IGNORE INTO entry_key VALUES (?, ?, ?, ?)", [(*k, outlet, ref) for k in known_as])

    def _unfinished(self, outlet: str, now: datetime) -> list[PendingEntry]:
        rows = self._open().execute(
            "SELECT id, url, title, summary, published_at, guid, day_only, failures FROM entry"
            " WHERE outlet = ? AND next_try <= ? ORDER BY id",
            (outlet, now.timestamp()),
        )
        return [
            PendingEntry(ref, Entry(outlet, url, title, summary, _moment(published), guid, bool(day_only)), failures)
            for ref, url, title, summary, published, guid, day_only, failures in rows
        ]

    def _fetched(self, pending: PendingEntry, article: Article) -> None:
        db = self._open()
        with _Transaction(db):
            db.execute("UPDATE entry SET next_try = NULL, why = NULL WHERE id = ?", (pending.ref,))
            outlet = pending.entry.outlet
            self._know(db, pending.ref, outlet, keys(article.url, self._outlets.get(outlet)))

    def _page_failed(self, pending: PendingEntry, failure: Failure) -> None:
        db = self._open()
        with _Transaction(db):
            (failures,) = db.execute(
                "UPDATE entry SET failures = failures + 1, why = ? WHERE id = ? RETURNING failures",
                (_words(failure), pending.ref),
            ).fetchone()
            again = next_try(failures, failure.at, failure.retry_after)
            due = None if again is None else again.timestamp()
            db.execute("UPDATE entry SET next_try = ? WHERE id = ?", (due, pending.ref))

    def _robots(self, origin: str) -> Robots | None:
        row = self._open().execute("SELECT body, fetched_at FROM robots WHERE origin = ?", (origin,)).fetchone()
        return Robots(origin, row[0], datetime.fromtimestamp(row[1], UTC)) if row else None

    def _robots_fetched(self, robots: Robots) -> None:
        self._open().execute(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?)",
            (robots.origin, robots.body, robots.fetched_at.timestamp()),
        )


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


def _moment(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)


def _words(failure: Failure) -> str:
    return f"{failure.kind}: {failure.detail}"
