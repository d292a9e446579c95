"""One pass at a time: a lock that ends with the process that holds it, beside the SQLite file or in PostgreSQL."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import sqlalchemy as sa

from alerts.config import ConfigError
from alerts.store.database import parse

_ADVISORY_KEY = 0x6D61727361640001
"""PostgreSQL's advisory locks are numbered: "marsad" in ASCII, lock 1."""


class PassLock:
    """`acquire` once, then hold the object as long as the work lasts."""

    def __init__(self, url: str, state_dir: Path) -> None:
        self._url, self._state_dir = parse(url), state_dir
        self._file: int | None = None
        self._connection: sa.engine.Connection | None = None

    def acquire(self) -> bool:
        """Takes the lock; False where another process holds it. Raises ConfigError where it cannot be made."""
        if self._url.get_backend_name() == "postgresql":
            return self._acquire_advisory()
        database = self._url.database
        path = Path(f"{database}.lock") if database and database != ":memory:" else self._state_dir / "marsad.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as e:
            raise ConfigError(f"{path}: the lock cannot be made ({e.strerror}); make the folder writable") from e
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            self._file = None
            return False
        return True

    def _acquire_advisory(self) -> bool:
        try:
            self._connection = sa.create_engine(self._url, isolation_level="AUTOCOMMIT").connect()
        except (sa.exc.DBAPIError, ImportError) as e:
            reason = str(e).splitlines()[0]
            raise ConfigError(f"the database {self._url.render_as_string()} cannot be used: {reason}") from e
        return bool(self._connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}))
