"""Demonyms: the adjectives of places (السوري، البغدادي): of countries by `demonyms.txt`, of towns by the nisba's rule.

Only names and letters; whether an adjective counts as a mention of its place is what a rule says (`demonyms: true`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from alerts.arabic.folding import fold

_ENDINGS: Final = ("", "ة", "ه", "ين", "ون", "ان", "ات", "تين", "تان")
"""What a demonym takes: feminine, plural, dual."""
_REMEMBERED = 20_000
"""Words whose country is kept: more than a day's news has beside names."""
_SHORTEST = 3
"""Letters of the shortest name of which an adjective is made by rule: of حمص, not of إب."""


def nisba(name: str) -> str | None:
    """The adjective of a name by rule, folded: دمشق → دمشقي, الرقة → رقي; None: of several words, or too short."""
    word = fold(name).strip()
    if " " in word:
        return None
    word = word[2:] if word.startswith("ال") and len(word) > _SHORTEST + 2 else word
    stem = word[:-2] if word.endswith(("يا", "ية")) else word[:-1] if word[-1:] in "اةىه" else word
    return stem + "ي" if len(stem) >= _SHORTEST else None


@lru_cache(maxsize=_REMEMBERED)
def country_of(word: str) -> str | None:
    """The country of whose name a folded word as written is the adjective (اللبنانية: LB), by its ISO code."""
    for base in _bare(word):
        if base in _countries():
            return _countries()[base]
    return None


def countries() -> dict[str, tuple[str, ...]]:
    """The adjectives of each country, folded, by its ISO code."""
    found: dict[str, tuple[str, ...]] = {}
    for adjective, code in _countries().items():
        found[code] = (*found.get(code, ()), adjective)
    return found


def forms(adjective: str) -> tuple[str, ...]:
    """A masculine adjective in all its numbers and genders, folded, without the article."""
    return tuple(adjective + ending for ending in _ENDINGS)


def _bare(word: str) -> Iterator[str]:
    for clitic in ("", "و", "ف", "ب", "ل", "ك", "وب", "ول"):
        rest = word.removeprefix(clitic) if word.startswith(clitic) else ""
        rest = rest.removeprefix("ال") if rest.startswith("ال") else rest.removeprefix("ل")
        for ending in _ENDINGS:
            if rest.endswith("ي" + ending):
                yield rest[: len(rest) - len(ending)]


@cache
def _countries() -> dict[str, str]:
    lines = files("alerts.places").joinpath("demonyms.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {fold(word): code for code, *words in rows for word in words}
