"""Opens the database, SQLite or PostgreSQL by URL, migrated; every write takes the lock as it begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from alerts.config import ConfigError

BUSY_TIMEOUT = timedelta(seconds=10)
"""How long a writer waits for another; measured enough for two processes (stack.md, "Stores")."""

SCHEMA = "0005"
"""The newest revision under `migrations/`; a test holds it to the files."""


def open_engine(url: str) -> Engine:
    """The engine for `sqlite:///…` or `postgresql://…`, its schema brought up to `SCHEMA`.

    Raises ConfigError where the URL is wrong, the database cannot be opened or is newer than this program.
    """
    parsed = parse(url)
    try:
        engine = sa.create_engine(parsed, **_options(parsed))
        if parsed.get_backend_name() == "sqlite":
            _prepare_sqlite(engine, parsed)
        _migrate(engine)
    except sa.exc.DBAPIError as e:
        raise ConfigError(f"the database {parsed.render_as_string()} cannot be used: {_first_line(e.orig or e)}") from e
    except (OSError, ImportError) as e:
        raise ConfigError(f"the database {parsed.render_as_string()} cannot be used: {_first_line(e)}") from e
    return engine


def parse(url: str) -> URL:
    """The URL with the driver that we use. Raises ConfigError where it is none, or of another database."""
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as e:
        raise ConfigError("MARSAD_DATABASE_URL: write sqlite:////path/to/file.db or postgresql://user@host/name") from e
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(f"MARSAD_DATABASE_URL: {parsed.drivername} is not known; SQLite and PostgreSQL are")
    return parsed


def exists(url: str) -> bool:
    """Whether there is a store at all: a reader must not make an empty one. PostgreSQL's is taken to exist."""
    parsed = parse(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: on SQLite it begins IMMEDIATE, so that it never fails half-way for a lock."""
    with engine.connect().execution_options(marsad_write=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and on SQLite holds up no writer."""
    with engine.connect() as connection, connection.begin():
        yield connection


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_TIMEOUT.total_seconds(), "check_same_thread": False}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": int(BUSY_TIMEOUT.total_seconds())}}


def _prepare_sqlite(engine: Engine, url: URL) -> None:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    @sa.event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin by itself, DEFERRED and late
        with suppress(sqlite3.OperationalError):  # it does not wait where another process is making the file just now
            connection.execute("PRAGMA journal_mode=WAL")  # the file keeps it
        connection.execute("PRAGMA synchronous=FULL")  # a commit lost on power failure is a duplicate alert
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("marsad_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Alembic costs 220 ms to import: one SELECT says whether it is needed at all."""
    found = _revision(engine)
    if found == SCHEMA:
        return
    if found is not None and found > SCHEMA:
        raise ConfigError(
            f"the database has schema {found}, this program knows up to {SCHEMA}: install the newer Marsad again"
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
