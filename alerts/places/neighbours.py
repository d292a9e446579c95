"""Neighbours: the words around a name in a page, and what each says of it, by the classes of `neighbours.txt`.

A class is a word of `neighbours.txt` in brackets: `type` (مدينة), `direction` (شمال), `owner` (سرايا), `title` (السيد).
What follows from the classes is `judge.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from alerts.arabic.folding import BREAK, COMMA, PAUSE, POINT, SPACE, STOP, fold
from alerts.places import demonyms
from alerts.places.find import soft
from alerts.rules.page import Page

NO_CLASS: Final[frozenset[str]] = frozenset()
_HARD = PAUSE + COMMA + POINT + STOP + BREAK
"""What parts a word from a name: the gaps that are more than spaces."""
_LONGEST = 24
"""Letters of a word that are kept; no word that says something is longer, and hostile ones are cut."""
_REMEMBERED = 20_000
"""Words whose classes are kept: a day's news has fewer beside names."""
_WITH_ARTICLE = 4
_WITH_CLITIC = 3
"""Letters above which the article, or one letter before a word, is taken off: less would not leave a word."""


class Neighbours(NamedTuple):
    """The word before a name and the one after it, as folded ("": none, or one across a pause or stop), and the
    classes of each. Of العاصمة الأردنية عمان the word before is العاصمة, and `country` what the adjective between says,
    an ISO code ("": there is none)."""

    before: str
    after: str
    before_kinds: frozenset[str]
    after_kinds: frozenset[str]
    country: str = ""

    def before_in(self, kind: str) -> str:
        """The word before the name, if it is of a class; else ""."""
        return self.before if kind in self.before_kinds else ""

    def after_in(self, kind: str) -> str:
        """The word after the name, if it is of a class; else ""."""
        return self.after if kind in self.after_kinds else ""


ALONE: Final = Neighbours("", "", NO_CLASS, NO_CLASS)
"""Of a name that nothing stands beside."""


def neighbours(page: Page, gapped: bytes, start: int, end: int) -> Neighbours:
    """What stands around start..end of `page.folded`. `gapped` are the page's codes, with `find.GAPS`."""
    folded = page.folded
    right, after, country = end, "", ""
    begin, before = _word_before(folded, gapped, start)
    before_kinds = classes(before)
    if before.startswith("ال") and (code := demonyms.country_of(before)):
        _, noun = _word_before(folded, gapped, begin)
        if "type" in classes(noun):
            before, before_kinds, country = noun, classes(noun), code
    while folded[right] == SPACE:
        right += 1
    if folded[right] not in _HARD:
        after = folded[right : gapped.find(b" ", right)][:_LONGEST]
    return Neighbours(before, after, before_kinds, classes(after), country)


def _word_before(folded: str, gapped: bytes, start: int) -> tuple[int, str]:
    """Where the word before `start` begins, and its last letters; "": none, or one across a pause or stop."""
    left = start - 1
    while folded[left] == SPACE:  # once, nearly always; where the page begins, its last separator ends the way
        left -= 1
    if folded[left] in _HARD:
        return left, ""
    begin = gapped.rfind(b" ", 0, left) + 1
    return begin, folded[begin : left + 1][-_LONGEST:]


@lru_cache(_REMEMBERED)
def classes(word: str) -> frozenset[str]:
    """The classes of a folded word as written, with whatever clitics and article stand on it."""
    return next(filter(None, map(_of_form, without_clitics(word))), NO_CLASS)


@lru_cache(_REMEMBERED)
def is_definite(word: str) -> bool:
    """Whether a folded word as written has the article, with whatever clitics before it (والمدينة)."""
    return any(form.startswith("ال") and len(form) > _WITH_ARTICLE for form in without_clitics(word))


def classes_of_key(key: str) -> frozenset[str]:
    """The classes of a name's key, as it is listed: رياض is a given name, الرياض is none."""
    return _listed().get(key, NO_CLASS)


def _of_form(form: str) -> frozenset[str]:
    listed = _listed()
    found = listed.get(soft(form), NO_CLASS)
    if form.startswith("ال") and len(form) > _WITH_ARTICLE:
        found |= listed.get(soft(form[2:]), NO_CLASS)
    return found


def without_clitics(word: str) -> Iterator[str]:
    """A folded word as it stands, then without و ف, then without ب ل ك."""
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
