"""Chart: spots over the outlines of countries, as one SVG element. Pure; styles are the page's (`data/map.html`).

Two drawings are made of the same spots, one for a wide screen and one for a phone, since a name that is readable on
one is not on the other. What is far from the region that a story is about stands in a small map of the world.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from alerts.delivery.text import clean, shorten
from alerts.places.arabic_names import REGION
from alerts.places.labels import Box, Labels, Point, around
from alerts.places.outlines import Outlines
from alerts.places.position import AREAS
from alerts.places.spots import Spot
from alerts.places.view import View, size_of, view_of

LEAST_RADIUS: Final = 3.5
RING_GAP: Final = 4.0
"""Units between a mark and the ring around it of what is drawn at the same place."""
NAME_LIMIT: Final = 60
"""Of a name, as of a headline's few words; one that an import brings may be anything."""
NAMED_IN_RING: Final = 2
"""Names of one ring that are written; the others are counted."""
SEEN: Final = 0.01
"""Part of the drawing that a country must cover for it to be seen there, unless half of it is."""
TAIL: Final = 0.025
"""Part of all mentions that may lie beyond each edge of a view: three far names among a hundred do not make all the
others small."""
BAR: Final = 0.2
"""Part of the width that the bar of the scale takes at most."""
WORLD: Final = View(360, 150, 12, 12, 0.98)
"""The small map: all the world but the poles, a degree a unit."""
ISLAND: Final = 1.5
"""Square units of the small map under which a ring is left out, unless it is named."""
REST: Final = ((-17.0, 12.0), (63.0, 41.0))
"""Where nothing has a position: the region that the gazetteer is about, as (lon, lat) of its corners."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is drawn on: units, about pixels where the page is that wide; `most` is the radius of the most named."""

    name: str
    width: float
    height: float
    font: float
    most: float


PAPERS: Final = (Paper("wide", 960, 600, 14, 20), Paper("narrow", 360, 440, 11.5, 13))
LARGE: Final = Paper("large", 2400, 1500, 14, 22)
"""For what is crowded on the others: a reader moves over it."""
_NEAR: Final = REGION - {"KM"}
"""Without the Comoros, which lie 15° south of all others."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """What the chart says itself, in one language. `tip` makes the tooltip of a spot, `link` its address."""

    label: str
    km: str  # {km}
    inside: str  # {name}, {area}
    tip: Callable[[Spot], str]
    link: Callable[[Spot], str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing; `beyond` are the spots that have a place on Earth, but not in it, `unnamed` the names without room."""

    svg: str
    beyond: tuple[Spot, ...]
    unnamed: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """One point: a spot where it is, or a ring of all spots that are drawn at a place which stands for them."""

    x: float
    y: float
    radius: float
    shape: str
    spots: tuple[Spot, ...]


def draw(spots: Sequence[Spot], outlines: Outlines, names: Mapping[str, str], paper: Paper, words: Sayings) -> Chart:
    """The spots, the most mentioned first, on a view that fits them. `names` of countries by ISO 3166-1 code."""
    view = view_of(_fitted(spots, outlines), paper.width, paper.height)
    shown = [spot for spot in spots if spot.position and view.shows(spot.position.lon, spot.position.lat)]
    marks = _marks(shown, view, paper)
    lands = _lands(outlines, view)
    named = {spot.place.id: spot for spot in spots if spot.place.kind == "country"}
    seen = {id for id in named if id in lands and _is_seen(lands[id], outlines.countries[id], view)}
    frame = Box(0, 0, paper.width, paper.height)
    bar = Box(0, paper.height - 2.5 * paper.font, paper.width * (BAR + 0.04), paper.height)
    boxes = [around(mark.x, mark.y, 2 * mark.radius, 2 * mark.radius) for mark in marks]
    labels = Labels(frame, boxes, [bar])
    texts, unnamed = _mark_names(marks, labels, paper.font, words.inside)
    for code in sorted(lands, key=lambda code: (code not in seen, code)):  # those that are named go first
        must_fit = code not in seen
        text = shorten(clean(names.get(code, "")), NAME_LIMIT)
        box = labels.inside(max(lands[code], key=size_of), text, paper.font, must_fit=must_fit) if text else None
        if box:
            texts.append(_text(box.middle, text, "country" if code in seen else "country quiet", paper.font))
    parts = [
        f'<svg class="chart {paper.name}" viewBox="0 0 {paper.width:g} {paper.height:g}" role="group"'
        f' aria-label="{escape(words.label)}">',
        f'<rect class="sea" width="{paper.width:g}" height="{paper.height:g}"/>',
        *_land_parts(lands, {id: named[id] for id in named if id in seen}, words),
        *(_mark_part(mark, words) for mark in sorted(marks, key=lambda mark: -mark.radius)),
        *texts,
        _scale_part(view, paper, words),
        "</svg>",
    ]
    drawn = {spot.place.id for spot in shown} | seen
    known = [spot for spot in spots if spot.position or spot.place.id in outlines.countries]
    return Chart("\n".join(parts), tuple(spot for spot in known if spot.place.id not in drawn), unnamed)


def draw_world(
    spots: Sequence[Spot], outlines: Outlines, beyond: Sequence[Spot], papers: Sequence[Paper], words: Sayings
) -> str:
    """The small map of the world: what is `beyond` the charts of these spots, and the frame of the chart on each
    paper."""
    named = {spot.place.id: spot for spot in beyond if spot.place.kind == "country"}
    lands = {
        code: kept
        for code, rings in _lands(outlines, WORLD).items()
        if (kept := [ring for ring in rings if code in named or size_of(ring) > ISLAND])
    }
    placed = [(spot, spot.position) for spot in beyond if spot.position]
    marks = [_Mark(*WORLD.point(at.lon, at.lat), LEAST_RADIUS, _shape(spot), (spot,)) for spot, at in placed]
    return "\n".join(
        [
            f'<svg class="world" viewBox="0 0 {WORLD.width:g} {WORLD.height:g}" role="group"'
            f' aria-label="{escape(words.label)}">',
            f'<rect class="sea" width="{WORLD.width:g}" height="{WORLD.height:g}"/>',
            *_land_parts(lands, named, words),
            *(_frame_part(view_of(_fitted(spots, outlines), paper.width, paper.height), paper) for paper in papers),
            *(_mark_part(mark, words) for mark in marks),
            "</svg>",
        ]
    )


def name_of(spot: Spot, inside: str) -> str:
    """What a spot is called on a drawing: one that is drawn at the town of its governorate says so."""
    name = shorten(clean(spot.place.name), NAME_LIMIT)
    area = spot.position.inside if spot.position else None
    return inside.format(name=name, area=shorten(clean(area.name), NAME_LIMIT)) if area else name


def radius_of(mentions: int, most: int, largest: float) -> float:
    """The radius of a mark: its area grows with the mentions, from a least that can still be hit with a finger's tip
    beside others; `most` mentions make the `largest`, unless they are few."""
    unit = min(LEAST_RADIUS + 1.5, largest / math.sqrt(most))
    return max(LEAST_RADIUS, unit * math.sqrt(mentions))


def _fitted(spots: Sequence[Spot], outlines: Outlines) -> list[Point]:
    """The positions that the view must hold: those of the region where any are, else all, but for the `TAIL` of them;
    where there are none, the outlines of the countries that are named."""
    placed = [(spot, spot.position) for spot in spots if spot.position]
    near = [(spot, at) for spot, at in placed if {spot.place.id, *spot.place.parents} & _NEAR] or placed
    if near:
        west, east = _without_tails([(at.lon, spot.mentions) for spot, at in near])
        south, north = _without_tails([(at.lat, spot.mentions) for spot, at in near])
        return [(west, south), (east, north)]
    codes = [spot.place.id for spot in spots if spot.place.id in outlines.countries]
    rings = [outlines.countries[code][0] for code in ([c for c in codes if c in _NEAR] or codes)]
    return [position for ring in rings for position in ring] or list(REST)


def _without_tails(weighted: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """The least and the greatest of some (value, weight), when what is beyond them weighs at most `TAIL` each."""
    allowed = TAIL * sum(weight for _, weight in weighted)

    def edge(ordered: Iterable[tuple[float, int]]) -> float:
        passed = 0
        for value, weight in ordered:
            passed += weight
            if passed > allowed:
                return value
        raise ValueError("no weights")  # not reached: all of them together weigh more than a part of them

    return edge(sorted(weighted)), edge(sorted(weighted, reverse=True))


def _is_seen(cut: Sequence[Sequence[Point]], whole: Sequence[Sequence[Point]], view: View) -> bool:
    """Whether enough of a country is within the drawing: a good part of that, or half of the country."""
    covered = sum(map(size_of, cut))
    full = sum(size_of([view.point(*position) for position in ring]) for ring in whole)
    return covered > min(SEEN * view.width * view.height, full / 2)


def _lands(outlines: Outlines, view: View) -> dict[str, list[list[Point]]]:
    found = {code: [cut for ring in rings if (cut := view.ring(ring))] for code, rings in outlines.countries.items()}
    return {code: rings for code, rings in found.items() if rings}


def _marks(spots: Iterable[Spot], view: View, paper: Paper) -> list[_Mark]:
    """Spots at their own coordinates, then a ring for each place that others are drawn at; the most mentioned first."""
    spots = list(spots)
    most = max((spot.mentions for spot in spots), default=1)
    points: list[_Mark] = []
    rings: dict[Point, list[Spot]] = {}
    for spot in spots:
        if spot.position is None:
            continue
        x, y = view.point(spot.position.lon, spot.position.lat)
        if spot.position.at is None:
            points.append(_Mark(x, y, radius_of(spot.mentions, most, paper.most), _shape(spot), (spot,)))
        else:
            rings.setdefault((x, y), []).append(spot)
    inner = {(mark.x, mark.y): mark.radius for mark in reversed(points)}
    for (x, y), held in rings.items():
        radius = radius_of(min(most, sum(spot.mentions for spot in held)), most, paper.most)
        if (x, y) in inner:
            radius = max(radius, inner[x, y] + RING_GAP)
        points.append(_Mark(x, y, radius + 1, "ring apart", tuple(held)))
    return sorted(points, key=lambda mark: -sum(spot.mentions for spot in mark.spots))


def _shape(spot: Spot) -> str:
    if spot.position and spot.position.at:
        return "ring apart"
    return (
        "ring"
        if spot.place.kind in AREAS
        else {"town": "town", "neighbourhood": "quarter"}.get(spot.place.kind, "site")
    )


def _mark_names(marks: Sequence[_Mark], labels: Labels, font: float, inside: str) -> tuple[list[str], int]:
    """The names of the marks as elements, and how many found no room. A ring does not say again what the mark in it,
    or another ring there, says."""
    texts, unnamed = [], 0
    said = {(mark.x, mark.y, name_of(mark.spots[0], inside)) for mark in marks if mark.shape != "ring apart"}
    outer = {(mark.x, mark.y): mark.radius for mark in sorted(marks, key=lambda mark: mark.radius)}
    for mark in marks:
        names = list(dict.fromkeys(name_of(spot, inside) for spot in mark.spots))
        apart = mark.shape == "ring apart"
        if apart:
            names = [name for name in names if (mark.x, mark.y, name) not in said]
        if not names:
            continue
        size = font * (0.88 if apart else 1.0)
        tried = (_few(names, count) for count in range(min(len(names), NAMED_IN_RING), 0, -1))
        fits = (
            (box, text) for text in tried if (box := labels.beside(mark.x, mark.y, outer[mark.x, mark.y], text, size))
        )
        box, text = next(fits, (None, ""))
        if box:
            side = " left" if box.right <= mark.x else " right" if box.left >= mark.x else ""
            at = {" left": box.right, " right": box.left}.get(side, box.middle[0]), box.middle[1]
            texts.append(_text(at, text, f"name{' apart' if apart else ''}{side}", size))
        else:
            unnamed += 1
    return texts, unnamed


def _few(names: Sequence[str], count: int) -> str:
    """The first of some names, and how many others there are."""
    more = f" +{len(names) - count}" if len(names) > count else ""
    return "، ".join(names[:count]) + more


def _land_parts(lands: Mapping[str, list[list[Point]]], named: Mapping[str, Spot], words: Sayings) -> Iterable[str]:
    """The countries, those that are named last, so that their borders are whole: the more mentions, the fuller."""
    most = max((spot.mentions for spot in named.values()), default=1)
    for code in sorted(lands, key=lambda code: (code in named, code)):
        path = "".join(f"M{_line(ring)}z" for ring in lands[code])
        if code not in named:
            yield f'<path class="land" d="{path}"/>'
            continue
        spot = named[code]
        share = 0.2 + 0.5 * spot.mentions / most
        yield (
            f'<a href="{escape(words.link(spot))}"><title>{escape(words.tip(spot))}</title>'
            f'<path class="land" d="{path}"/><path class="land named" fill-opacity="{share:.2f}" d="{path}"/></a>'
        )


def _mark_part(mark: _Mark, words: Sayings) -> str:
    x, y, r = mark.x, mark.y, mark.radius
    if mark.shape == "site":
        r *= 1.25  # a diamond of the same area
        corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        shape = f'<path class="site" d="M{_line(corners)}z"/>'
    elif mark.shape == "quarter":
        side = 1.77 * r
        corner = f'x="{x - side / 2:.1f}" y="{y - side / 2:.1f}"'
        shape = f'<rect class="quarter" {corner} width="{side:.1f}" height="{side:.1f}"/>'
    else:
        shape = f'<circle class="{mark.shape}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
    tip = "\n\n".join(words.tip(spot) for spot in mark.spots)
    return f'<a href="{escape(words.link(mark.spots[0]))}"><title>{escape(tip)}</title>{shape}</a>'


def _frame_part(view: View, paper: Paper) -> str:
    """The edge of a chart on the small map."""
    up, across = view.height / 2 / view.scale, view.width / 2 / view.scale / math.cos(math.radians(view.lat))
    left, top = WORLD.point(view.lon - across, view.lat + up)
    right, bottom = WORLD.point(view.lon + across, view.lat - up)
    size = f'width="{right - left:.1f}" height="{bottom - top:.1f}"'
    return f'<rect class="frame {paper.name}" x="{left:.1f}" y="{top:.1f}" {size}/>'


def _line(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(at: Point, text: str, kind: str, size: float) -> str:
    return (
        f'<text class="{kind}" x="{at[0]:.1f}" y="{at[1]:.1f}" dy=".35em" font-size="{size:.4g}">{escape(text)}</text>'
    )


def _scale_part(view: View, paper: Paper, words: Sayings) -> str:
    km, length = view.scale_bar(BAR * paper.width)
    left, y = paper.font, paper.height - paper.font
    middle = _text((left + length / 2, y - 0.7 * paper.font), words.km.format(km=km), "scale", 0.8 * paper.font)
    return f'<path class="bar" d="M{left:.1f},{y - 4:.1f}v4h{length:.1f}v-4"/>{middle}'
