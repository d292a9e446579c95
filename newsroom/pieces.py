"""Piece: one text that an invented outlet publishes, and what Marsad ought to make of it.

pieces.yaml is read here into values; how a piece looks as a page or in a feed is the business of `shapes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).parent
OUTLETS = HERE / "outlets"
RULES = HERE / "rules.yaml"

PageKind = Literal["article", "interstitial", "refused"]
LineKind = Literal["paragraph", "lead", "boilerplate", "related"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; the first two kinds are the article, the others only stand among it."""

    text: str
    kind: LineKind = "paragraph"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as pieces.yaml has it (the file says what each key means). `age`: how long before its wave it came out."""

    outlet: str
    path: str
    title: str
    lines: tuple[Line, ...]
    age: timedelta
    summary: str
    wave: int = 1
    dated: bool = True
    page: PageKind = "article"
    fires: frozenset[str] = frozenset()
    told: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What a reader would call the article: its text without boilerplate and related headlines."""
        return tuple(line.text for line in self.lines if line.kind in ("paragraph", "lead"))


@dataclass(frozen=True, slots=True)
class Published:
    """A piece that is out, since `at` (aware)."""

    piece: Piece
    at: datetime


def load(path: Path = HERE / "pieces.yaml") -> tuple[Piece, ...]:
    """The pieces of the file, each outlet's newest first."""
    written: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_piece(outlet, fields) for outlet, pieces in written.items() for fields in pieces)


def _piece(outlet: str, fields: Mapping[str, Any]) -> Piece:
    rest = dict(fields)
    lines = tuple(_line(line) for line in rest.pop("lines"))
    fires = frozenset(rest.pop("fires", ()))
    return Piece(
        outlet=outlet,
        lines=lines,
        age=timedelta(minutes=rest.pop("minutes")),
        summary=rest.pop("summary", lines[0].text if lines else ""),
        fires=fires,
        told=rest.pop("told", bool(fires)),
        **rest,
    )


def _line(written: str | Mapping[LineKind, str]) -> Line:
    if isinstance(written, str):
        return Line(written)
    ((kind, text),) = written.items()
    return Line(text, kind)
