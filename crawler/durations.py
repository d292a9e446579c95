"""Durations as people write them in configuration: `90s`, `5m`, `6h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "sec": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_FORM = re.compile(r"\s*(\d{1,6})\s*(s|sec|m|min|h|d)\s*\Z", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """A whole number and a unit: s or sec, m or min, h, d. Raises ValueError, whose text says the form."""
    found = _FORM.match(text)
    if not found:
        raise ValueError(f"{text!r} is no duration; write a number and a unit, e.g. 90s, 5m, 6h, 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
