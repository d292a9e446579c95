"""Labels: where names stand on a drawing so that none covers another, or a mark. Pure; lengths are the drawing's units.

Greedy, in the order given: a name takes the first place that is free, and is left out where none is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

EM: Final = 0.56
EDGE: Final = 0.5
"""Width of a letter, and of a word's ends together, in parts of the font's size: a little more than Arabic and Latin
text takes on average, since which font a reader has is not known."""
LINE: Final = 1.3
"""Height of a line, likewise."""
GAP: Final = 3.0
"""Between a mark and its name."""
_ROWS: Final = 16
"""Heights at which a land is tried for the widest room."""
_ROOMY: Final = 2.5
"""Times its own width: where a name has so much room, nearer to the middle of a land is better than wider."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies in this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def around(x: float, y: float, width: float, height: float) -> Box:
    """The box of that size about a point."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


@dataclass(slots=True)
class Labels:
    """What is taken on a drawing: `frame` is all of it, `marks` stand before the first name does."""

    frame: Box
    marks: Sequence[Box]
    taken: list[Box] = field(default_factory=list)

    def beside(self, x: float, y: float, radius: float, text: str, size: float) -> Box | None:
        """The room of a name beside the mark of that radius at (x, y): on its left first, where Arabic runs to."""
        width, height = _size_of(text, size)
        aside, over = radius + GAP + width / 2, radius + height / 2
        near = 0.7 * radius
        steps = [(-aside, 0.0), (aside, 0.0), (0.0, over), (0.0, -over)]
        steps += [(sx * (near + width / 2), sy * (near + height / 2)) for sx in (-1, 1) for sy in (1, -1)]
        mark = around(x, y, 2 * radius, 2 * radius)
        others = [box for box in self.marks if not mark.holds(box)]
        return self._first(((x + dx, y + dy) for dx, dy in steps), width, height, others)

    def inside(self, ring: Sequence[Point], text: str, size: float, *, must_fit: bool) -> Box | None:
        """The room of a name in a land, where that is wide; `must_fit`: not where the name would stand out of it."""
        width, height = _size_of(text, size)
        middle = (max(self.frame.top, min(y for _, y in ring)) + min(self.frame.bottom, max(y for _, y in ring))) / 2

        def rank(run: tuple[float, float, float]) -> tuple[float, float]:
            return -min(run[1] - run[0], _ROOMY * width), abs(run[2] - middle)

        runs = sorted(_runs(ring, self.frame), key=rank)
        fitting = (((a + b) / 2, y) for a, b, y in runs if b - a > width or not must_fit)
        return self._first(fitting, width, height, self.marks)

    def _first(self, points: Iterable[Point], width: float, height: float, marks: Sequence[Box]) -> Box | None:
        for x, y in points:
            box = around(x, y, width, height)
            if self.frame.holds(box) and not any(map(box.meets, self.taken)) and not any(map(box.meets, marks)):
                self.taken.append(box)
                return box
        return None


def _size_of(text: str, size: float) -> tuple[float, float]:
    """Width and height of a name."""
    return (EM * len(text) + EDGE) * size, LINE * size


def _runs(ring: Sequence[Point], frame: Box) -> Iterable[tuple[float, float, float]]:
    """(left, right, height) of what a ring holds of lines across it, within the frame."""
    top, bottom = max(frame.top, min(y for _, y in ring)), min(frame.bottom, max(y for _, y in ring))
    for row in range(1, _ROWS):
        at = top + (bottom - top) * row / _ROWS
        following = (*ring[1:], *ring[:1])
        crossed = sorted(
            x1 + (at - y1) / (y2 - y1) * (x2 - x1)
            for (x1, y1), (x2, y2) in zip(ring, following, strict=True)
            if (y1 > at) != (y2 > at)
        )
        for left, right in zip(crossed[::2], crossed[1::2], strict=True):
            if min(right, frame.right) > max(left, frame.left):
                yield max(left, frame.left), min(right, frame.right), at
