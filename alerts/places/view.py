"""View: the part of the world that a drawing shows, and lands cut to it. Pure.

The projection is equirectangular, true to scale along the view's middle latitude: good over a few countries, plain to
compute, and north is up everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.places.labels import Point

KM_PER_DEGREE: Final = 111.2
"""Of latitude, on a sphere of the Earth's mean radius (6,371 km)."""
LEAST_SPAN: Final = 2.4
"""Degrees (270 km) that a view shows at least across its shorter side: what is round a town, and a border or two."""
MARGIN: Final = 0.13
"""Part of the shorter side that is kept free around what a view fits, for marks and names, `MOST_MARGIN` at most."""
MOST_MARGIN: Final = 80.0
OVER: Final = 8.0
"""Units by which lands reach beyond the edge, so that the cut is not seen."""
STEP: Final = 0.8
"""Units: points of a line that are nearer than this to the one before are left out."""


@dataclass(frozen=True, slots=True)
class View:
    """A drawing of `width` × `height` units about (lon, lat), `scale` units to a degree of latitude."""

    width: float
    height: float
    lon: float
    lat: float
    scale: float

    def point(self, lon: float, lat: float) -> Point:
        """Where a position is drawn; y runs down."""
        x = (lon - self.lon) * math.cos(math.radians(self.lat)) * self.scale
        return self.width / 2 + x, self.height / 2 - (lat - self.lat) * self.scale

    def shows(self, lon: float, lat: float) -> bool:
        """Whether a position is within the drawing."""
        x, y = self.point(lon, lat)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def ring(self, ring: Sequence[Point]) -> list[Point]:
        """A ring of (lon, lat), projected, cut to the drawing and thinned; nothing of it is seen: []."""
        points = [self.point(*position) for position in ring]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if min(xs) > self.width + OVER or max(xs) < -OVER or min(ys) > self.height + OVER or max(ys) < -OVER:
            return []
        return _thinned(_cut(points, self.width, self.height))

    def scale_bar(self, most: float) -> tuple[int, float]:
        """(kilometres, units) of a bar that is at most so long: 1, 2 or 5 times a power of ten."""
        per_km = self.scale / KM_PER_DEGREE
        power = 10 ** math.floor(math.log10(max(most / per_km, 1.0)))
        km = next((n * power for n in (5, 2) if n * power * per_km <= most), power)
        return km, km * per_km


def view_of(positions: Iterable[Point], width: float, height: float) -> View:
    """The view that fits (lon, lat) positions, of which there is at least one."""
    lons, lats = zip(*positions, strict=True)
    lat = (min(lats) + max(lats)) / 2
    room = min(MARGIN * min(width, height), MOST_MARGIN)
    across = (max(lons) - min(lons)) * math.cos(math.radians(lat))
    closest = min(width, height) / LEAST_SPAN
    spans = (across / (width - 2 * room), (max(lats) - min(lats)) / (height - 2 * room), 1 / closest)
    return View(width, height, (min(lons) + max(lons)) / 2, lat, 1 / max(spans))


def size_of(ring: Sequence[Point]) -> float:
    """The area of a ring, in square units."""
    following = (*ring[1:], *ring[:1])
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, following, strict=True))) / 2


def _cut(points: list[Point], width: float, height: float) -> list[Point]:
    """A ring cut to the drawing and a little over, edge by edge (Sutherland and Hodgman)."""
    for axis, edge, sign in ((0, -OVER, 1), (0, width + OVER, -1), (1, -OVER, 1), (1, height + OVER, -1)):
        kept: list[Point] = []
        for at, here in enumerate(points):
            before = points[at - 1]
            inside, was_inside = ((p[axis] - edge) * sign >= 0 for p in (here, before))
            if inside != was_inside:
                share = (edge - before[axis]) / (here[axis] - before[axis])
                other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
                kept.append((edge, other) if axis == 0 else (other, edge))
            if inside:
                kept.append(here)
        points = kept
    return points


def _thinned(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) >= STEP:
            kept.append(point)
    return kept if len(kept) > 2 else []
