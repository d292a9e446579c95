"""A clock for tests: it stands until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Called, it says the time (UTC)."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **kwargs: float) -> datetime:
        """Moves it by a `timedelta(**kwargs)`; returns the new time."""
        self.now += timedelta(**kwargs)
        return self.now
