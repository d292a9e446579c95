# ruff: noqa: T201
"""`make places-outline`: the countries' outlines that maps are drawn with, made small from Natural Earth.

Natural Earth (naturalearthdata.com, public domain) comes as TopoJSON in the npm package world-atlas, whose version and
hash are pinned here: borders that two countries share are one line there (an arc), so that they still fit together
after lines are simplified. Nothing but the result (`alerts/places/data/outlines.json`) is kept.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pycountry

from alerts.places.arabic_names import REGION
from alerts.places.outlines import FORM, SHIPPED
from tools.places.geonames import NEAR

PACKAGE: Final = "world-atlas@2.0.2"
INTEGRITY: Final = "IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ=="
"""SHA-512 of the package in base64, as `npm view world-atlas@2.0.2 dist.integrity` says it."""
MEMBER: Final = "package/countries-10m.json"
STEPS: Final = 100
"""Positions are whole hundredths of a degree: 1.1 km, a pixel of the closest view."""
FINE, NEARBY, COARSE = 0.012, 0.06, 0.25
"""Degrees that a simplified line may stray: of the region's countries, of those near it, elsewhere."""
SMALL = 0.08
"""And never more than this much of the square root of a ring's area, so that an island keeps its form."""
LEAST_AREA: Final[Mapping[float, float]] = {FINE: 0.001, NEARBY: 0.01, COARSE: 0.3}
"""Square degrees from which an island is kept; a country keeps its largest ring whatever its size."""
WITHOUT_CODE: Final = {"Somaliland": "SO", "N. Cyprus": "CY", "Kosovo": "XK", "Indian Ocean Ter.": "AU"}
"""What Natural Earth draws apart and ISO 3166 counts to a country, and Kosovo, which has a code by custom."""

Point = tuple[float, float]
Rings = list[list[int]]


def main() -> int:
    """Fetches the package, checks it, and writes the outlines."""
    topology = json.loads(_member(_package()))
    text = json.dumps(outlines(topology), separators=(",", ":"), sort_keys=True) + "\n"
    SHIPPED.write_text(text, encoding="ascii")
    print(f"{SHIPPED.name}: {len(text) / 1024:.0f} KiB")
    return 0


def outlines(topology: Mapping[str, Any]) -> dict[str, Any]:
    """The file's contents: `arcs`, each a list of x, y steps in hundredths of a degree, the first from (0, 0); and
    `countries`: for each code its rings, each a list of arcs (~n: arc n backwards)."""
    arcs = [_unpacked(arc, topology["transform"]) for arc in topology["arcs"]]
    found: dict[str, Rings] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        if code := _code(country):
            found.setdefault(code, []).extend(_rings(country))
    allowed: dict[int, float] = {}
    kept: dict[str, Rings] = {}
    for code, rings in found.items():
        stray = FINE if code in REGION else NEARBY if code in NEAR else COARSE
        areas = [_area(_line(ring, arcs)) for ring in rings]
        for ring, area in zip(rings, areas, strict=True):
            if area >= LEAST_AREA[stray] or area == max(areas):
                kept.setdefault(code, []).append(ring)
                for number in map(_number, ring):
                    least = min(stray, SMALL * math.sqrt(area))
                    allowed[number] = min(least, allowed.get(number, least))
    order = {number: at for at, number in enumerate(sorted(allowed))}
    packed = [_packed(simplified(arcs[number], allowed[number])) for number in order]

    def numbered(rings: Iterable[Iterable[int]]) -> Rings:
        """Rings by the new numbers, without those that hundredths of a degree leave no area (Vatican City)."""
        found = [[order[n] if n >= 0 else ~order[~n] for n in ring] for ring in rings]
        return [ring for ring in found if sum(len(packed[_number(n)]) // 2 - 1 for n in ring) > 2]

    return {
        "form": FORM,
        "source": f"Natural Earth 1:10m, by way of npm {PACKAGE}; public domain",
        "steps": STEPS,
        "arcs": packed,
        "countries": {code: found for code, rings in kept.items() if (found := numbered(rings))},
    }


def simplified(line: Sequence[Point], stray: float) -> list[Point]:
    """The line with as few of its points as keep it within `stray` degrees (Douglas and Peucker); its ends stay. A
    closed line is halved at its farthest point first."""
    if line[0] == line[-1] and len(line) > 3:
        far = max(range(len(line)), key=lambda at: math.dist(line[0], line[at]))
        return [*simplified(line[: far + 1], stray)[:-1], *simplified(line[far:], stray)]
    keep = {0, len(line) - 1}
    ahead = [(0, len(line) - 1)]
    while ahead:
        first, last = ahead.pop()
        distance, at = max(
            ((_apart(line[at], line[first], line[last]), at) for at in range(first + 1, last)), default=(0.0, 0)
        )
        if distance > stray:
            keep.add(at)
            ahead += [(first, at), (at, last)]
    return [line[at] for at in sorted(keep)]


def _package() -> bytes:
    """The package as npm fetches it. Raises SystemExit where there is no npm, or it is not the one pinned."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = ["npm", "pack", "--silent", "--pack-destination", folder, PACKAGE]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as e:
            raise SystemExit(f"{PACKAGE} could not be fetched ({e}); this step needs npm and its registry") from e
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != INTEGRITY:
        raise SystemExit(f"{PACKAGE}: not the package whose hash is pinned here")
    return data


def _member(package: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{PACKAGE} has no {MEMBER}")
        return member.read()


def _code(country: Mapping[str, Any]) -> str:
    """ISO 3166-1 alpha-2; "" for what belongs to no country."""
    name = country["properties"]["name"]
    if name == "Antarctica":  # around the pole, where no map of ours reaches
        return ""
    known = pycountry.countries.get(numeric=country.get("id", ""))
    return known.alpha_2 if known else WITHOUT_CODE.get(name, "")


def _rings(country: Mapping[str, Any]) -> Iterable[list[int]]:
    if country["type"] == "Polygon":
        yield from country["arcs"]
    else:
        for polygon in country["arcs"]:
            yield from polygon


def _number(arc: int) -> int:
    return arc if arc >= 0 else ~arc


def _unpacked(arc: Iterable[Sequence[int]], transform: Mapping[str, Sequence[float]]) -> list[Point]:
    steps = accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1]))
    (by_x, by_y), (to_x, to_y) = transform["scale"], transform["translate"]
    return [(x * by_x + to_x, y * by_y + to_y) for x, y in steps]


def _packed(line: Iterable[Point]) -> list[int]:
    found: list[int] = []
    here = (0, 0)
    for x, y in line:
        there = (round(x * STEPS), round(y * STEPS))
        if there != here or not found:
            found += [there[0] - here[0], there[1] - here[1]]
        here = there
    return found


def _line(ring: Iterable[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    return [point for n in ring for point in (arcs[n] if n >= 0 else reversed(arcs[~n]))]


def _area(line: Sequence[Point]) -> float:
    """Square degrees that a ring encloses."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(line, [*line[1:], line[0]], strict=True))) / 2


def _apart(point: Point, a: Point, b: Point) -> float:
    """The distance of a point from the straight line between two others."""
    length = math.dist(a, b)
    if not length:
        return math.dist(point, a)
    share = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length**2
    share = min(1.0, max(0.0, share))
    return math.dist(point, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))


if __name__ == "__main__":
    sys.exit(main())
