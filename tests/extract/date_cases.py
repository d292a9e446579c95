"""The cases of dates.yaml, for the tests and for benchmarks/bench_dates.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("dates.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Case:
    """A text, the facts under which it is read, the moment that it means (None: none) and the unit or refusal."""

    text: str
    facts: dict[str, Any]
    moment: datetime | None
    told: str


def cases() -> Iterator[Case]:
    for group in TABLE["groups"]:
        said = {**TABLE["default"], **group}
        facts = {"zone": ZoneInfo(said["zone"]), "now": said["now"].replace(tzinfo=UTC)}
        facts |= {name: said[name] for name in ("day_first", "z_is_local") if name in said}
        for text, moment, told in group["cases"]:
            yield Case(text, facts, moment and moment.replace(tzinfo=UTC), told)
