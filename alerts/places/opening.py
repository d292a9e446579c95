"""Opening: the gazetteer of an installation, opened when it is first asked for and not before."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alerts.places.gazetteer import Gazetteer


def opener(state_dir: Path) -> Callable[[], Gazetteer]:
    """A function that gives the gazetteer that ships with what was imported into the state folder, the same one each
    time; it raises IndexFileError."""

    @cache
    def gazetteer() -> Gazetteer:
        from alerts.places.gazetteer import Gazetteer  # and SQLite, which a pass without places does not need

        return Gazetteer.load(imported=state_dir)

    return gazetteer
