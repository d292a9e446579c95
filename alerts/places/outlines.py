"""Outlines: the borders of countries, from the file that ships (Natural Earth, made by `tools/places/outline.py`).

The countries of the region are finer than the others. They are lines to find one's way on a map by, as Natural Earth
draws them, and say nothing of whose a land is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FORM: Final = 1
"""The form of the file."""
SHIPPED: Final = Path(__file__).with_name("data") / "outlines.json"

Ring = tuple[tuple[float, float], ...]
"""(longitude, latitude) in degrees, WGS 84; the last point joins the first. One that crosses the 180th meridian goes on
beyond it (Chukotka lies at 190), so that no line runs back around the world."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The rings of each country by its ISO 3166-1 code, the largest first; lakes and enclaves are rings too, which
    the even-odd rule leaves out."""

    countries: Mapping[str, tuple[Ring, ...]]


@cache
def shipped() -> Outlines:
    """The outlines that ship."""
    return read(json.loads(SHIPPED.read_bytes()))


def read(contents: Mapping[str, Any]) -> Outlines:
    """The outlines of a file: arcs of x, y steps, and for each country its rings as numbers of arcs."""
    arcs = [_points(arc, contents["steps"]) for arc in contents["arcs"]]

    def ring(numbers: list[int]) -> Ring:
        points = [point for n in numbers for point in (arcs[n] if n >= 0 else arcs[~n][::-1])[:-1]]
        return _continuous(points)

    return Outlines(
        {
            code: tuple(sorted(map(ring, rings), key=lambda points: (-area(points), points)))
            for code, rings in sorted(contents["countries"].items())
        }
    )


def area(ring: Ring) -> float:
    """Square degrees that a ring encloses."""
    following = (*ring[1:], *ring[:1])
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, following, strict=True))) / 2


def _continuous(points: list[tuple[float, float]]) -> Ring:
    """The ring without a jump from one side of the 180th meridian to the other."""
    found = points[:1]
    for lon, lat in points[1:]:
        turns = round((found[-1][0] - lon) / 360)
        found.append((lon + 360 * turns, lat))
    return tuple(found)


def _points(steps: list[int], scale: int) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    x = y = 0
    for at in range(0, len(steps), 2):
        x, y = x + steps[at], y + steps[at + 1]
        points.append((x / scale, y / scale))
    return points
