from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from alerts.config import ConfigError
from alerts.store import database, tables
from alerts.store.database import open_engine, reading, writing
from alerts.store.lock import PassLock
from tests.clock import Clock


def test_the_migrations_make_exactly_the_tables(c: Connection) -> None:
    assert compare_metadata(MigrationContext.configure(c), tables.metadata) == []


def test_the_newest_migration_is_the_schema_that_the_program_knows() -> None:
    script = ScriptDirectory(str(Path(database.__file__).parent / "migrations"))
    assert script.get_current_head() == database.SCHEMA


def test_opening_twice_migrates_once_and_keeps_what_is_there(url: str, clock: Clock) -> None:
    first = open_engine(url)
    with writing(first) as c:
        c.execute(sa.insert(tables.story).values(created_at=clock()))
    first.dispose()
    second = open_engine(url)
    with reading(second) as c:
        assert c.scalar(sa.select(tables.story.c.created_at)) == clock()
    second.dispose()


def test_a_newer_schema_is_refused_with_the_remedy(url: str) -> None:
    engine = open_engine(url)
    with writing(engine) as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigError, match=r"schema 9999.*newer Marsad"):
        open_engine(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("not a url", "MARSAD_DATABASE_URL: write sqlite"),
        ("mysql://x/y", "SQLite and PostgreSQL are"),
        ("sqlite:////proc/none/marsad.db", "cannot be used"),
        ("postgresql://user:geheim@127.0.0.1:1/x", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_password(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        open_engine(url)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "marsad.db").write_text("this is no database, only some text that is long enough " * 40)
    with pytest.raises(ConfigError, match="not a database"):
        open_engine(f"sqlite:///{tmp_path / 'marsad.db'}")


def test_sqlite_writes_are_durable_and_begin_with_the_lock(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'm.db'}")
    with writing(engine) as c:
        assert c.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert c.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        other = sqlite3.connect(tmp_path / "m.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM story").fetchone() == (0,)  # a reader is not held
        other.close()
    engine.dispose()


def test_a_time_without_zone_is_refused_and_one_with_zone_comes_back_in_utc(engine: Engine) -> None:
    from datetime import datetime, timedelta, timezone

    with writing(engine) as c:
        with pytest.raises(sa.exc.StatementError, match="without zone"):
            c.execute(sa.insert(tables.story).values(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        at = datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))
        c.execute(sa.insert(tables.story).values(created_at=at))
        found = c.scalar(sa.select(tables.story.c.created_at))
        assert found == at
        assert found.utcoffset() == timedelta(0)


def test_text_that_no_database_holds_is_stored_without_what_it_cannot(c: Connection) -> None:
    c.execute(sa.insert(tables.setting).values(name="x", value="غا\0رة \ud83d"))
    assert c.scalar(sa.select(tables.setting.c.value)) == "غارة ?"


def _try_lock(url: str, folder: Path, answer: multiprocessing.Queue[bool]) -> None:
    answer.put(PassLock(url, folder).acquire())


def test_a_second_process_does_not_get_the_lock_and_gets_it_when_the_first_has_ended(url: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[bool] = context.Queue()

    def in_another_process() -> bool:
        process = context.Process(target=_try_lock, args=(url, tmp_path, answer))
        process.start()
        process.join()
        return answer.get()

    assert in_another_process()  # it ended: the lock is free again
    mine = PassLock(url, tmp_path)
    assert mine.acquire()
    assert not in_another_process()
