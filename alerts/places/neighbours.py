"""Neighbours: the words around a name in a page, and what each says of it, by the classes of `neighbours.txt`.

A class is a word of `neighbours.txt` in brackets: `type` (مدينة), `direction` (شمال), `owner` (سرايا), `title` (السيد).
What follows from the classes is `judge.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from alerts.arabic.folding import BREAK, COMMA, PAUSE, POINT, STOP, fold
from alerts.places.find import soft
from alerts.rules.page import Page

NO_CLASS: Final[frozenset[str]] = frozenset()
_HARD = re.compile(f"[{PAUSE}{COMMA}{POINT}{STOP}{BREAK}]")
_REACH = 24
"""Letters to either side that are looked at: a word of the longest kind, and its neighbour."""
_COUNT = 2
"""Words to either side that are kept; none further says anything of a name."""
_MAX_REMEMBERED = 20_000
"""Words whose classes are kept; a day's news has fewer, and hostile text cannot grow the table further."""


_WITH_ARTICLE = 4
_WITH_CLITIC = 3
"""Letters above which the article, or one letter before a word, is taken off: less would not leave a word."""


class Neighbours(NamedTuple):
    """The words before a name, the nearest first, and those after it, as folded, none across a pause or stop; and the
    classes of the nearest of each."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    before_kinds: frozenset[str]
    after_kinds: frozenset[str]

    def before_in(self, kind: str) -> str:
        """The word before the name, if it is of a class; else ""."""
        return self.before[0] if kind in self.before_kinds else ""

    def after_in(self, kind: str) -> str:
        """The word after the name, if it is of a class; else ""."""
        return self.after[0] if kind in self.after_kinds else ""


def neighbours(page: Page, start: int, end: int) -> Neighbours:
    """What stands around start..end of `page.folded`."""
    left = _HARD.split(page.folded[max(0, start - _REACH) : start])[-1].split()
    right = _HARD.split(page.folded[end : end + _REACH], maxsplit=1)[0].split()
    before, after = tuple(left[: -_COUNT - 1 : -1]), tuple(right[:_COUNT])
    return Neighbours(
        before,
        after,
        classes(before[0]) if before else NO_CLASS,
        classes(after[0]) if after else NO_CLASS,
    )


_KNOWN: dict[str, frozenset[str]] = {}


def classes(word: str) -> frozenset[str]:
    """The classes of a folded word as written, with whatever clitics and article stand on it."""
    found = _KNOWN.get(word)
    if found is None:
        found = next(filter(None, map(_of_form, _without_clitics(word))), NO_CLASS)
        if len(_KNOWN) < _MAX_REMEMBERED:
            _KNOWN[word] = found
    return found


def classes_of_key(key: str) -> frozenset[str]:
    """The classes of a name's key, as it is listed: رياض is a given name, الرياض is none."""
    return _listed().get(key, NO_CLASS)


def _of_form(form: str) -> frozenset[str]:
    listed = _listed()
    found = listed.get(soft(form), NO_CLASS)
    if form.startswith("ال") and len(form) > _WITH_ARTICLE:
        found |= listed.get(soft(form[2:]), NO_CLASS)
    return found


def _without_clitics(word: str) -> Iterator[str]:
    """A word as it stands, then without و ف, then without ب ل ك."""
    forms = [word]
    if word[:1] in ("و", "ف") and len(word) > _WITH_CLITIC:
        forms.append(word[1:])
    yield from forms
    for form in forms:
        if form[:1] in ("ب", "ل", "ك") and len(form) > _WITH_CLITIC:
            yield "ال" + form[2:] if form.startswith("لل") else form[1:]


@cache
def _listed() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    kind = ""
    for line in files("alerts.places").joinpath("neighbours.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif not line.startswith("#"):
            for word in line.split():
                key = soft(fold(word))
                found[key] = found.get(key, NO_CLASS) | {kind}
    return found
