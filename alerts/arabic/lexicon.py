"""Common words that another word's clitics would also read: واحد (و + أحد), فكرة (ف + كرة), مالك (مال + ك).

A list of our own, written from general knowledge of the language; it decides only between two readings of one
written word, and holds only words that are far oftener themselves than the other reading. The tables that the
package keeps as text are read here.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from alerts.arabic.folding import fold

ONE_WAY: Final = ">"
"""Between a singular and its plural: the plural is a form of the singular, and not the other way round."""


@cache
def families() -> tuple[tuple[str, ...], ...]:
    """The entries of `plurals.txt`, folded: a singular and its broken plurals, ONE_WAY between them where it stands."""
    return tuple(tuple(word if word == ONE_WAY else fold(word) for word in entry) for entry in _entries())


def plural_words() -> frozenset[str]:
    """The broken plurals of `plurals.txt`, as written."""
    return frozenset(word for entry in _entries() for word in entry[1:])


@cache
def _entries() -> tuple[tuple[str, ...], ...]:
    parts = (tuple(entry.split()) for line in _lines("plurals.txt") for entry in line.split("،"))
    return tuple(entry for entry in parts if entry)


@cache
def common_words() -> frozenset[str]:
    """The folded words of `lexicon.txt` and `plurals.txt`, and each word in ة as it stands before a pronoun (in ت) and
    as some write it (in ه).

    A word in ال whose remainder is a word too is no word of its own: السنة is the year, not the tongues.
    """
    words = _listed_words()
    endless = {word[:-1] for word in words if word.endswith("ة")}
    return words | {rest + "ت" for rest in endless} | ta_marbuta()


@cache
def ta_marbuta() -> frozenset[str]:
    """Words in ة written with ه that are read as such, and not as another word with the pronoun ه."""
    words = _listed_words()
    sure = {rest for word in words if word[-1] == "ة" and (rest := word[:-1]) not in words and rest + "ه" not in words}
    settled = {fold(word)[:-1] for line in _lines("ta_marbuta.txt") for word in line.split()}
    return frozenset(rest + "ه" for rest in sure | settled)


@cache
def _listed_words() -> frozenset[str]:
    words = {fold(word) for line in _lines("lexicon.txt") for word in line.split()}
    words |= {word for family in families() for word in family}
    return frozenset(words - {word for word in words if word.startswith("ال") and word[2:] in words})


def _lines(name: str) -> list[str]:
    lines = files("alerts.arabic").joinpath(name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def is_common(folded: str) -> bool:
    """Whether the folded word is a common word."""
    return folded in common_words()


def is_other_word(head: str, stem: str, tail: str) -> bool:
    """Whether the reading of a written word as `head`, `stem` and `tail` is to be refused, since the whole, or the
    stem with one of the two, is another common word; a و or ف before it does not count."""
    if not head and not tail:
        return False
    words = common_words()
    if (tail and stem + tail in words) or (stem[-1] == "ه" and (head + stem)[:-1] in words):
        return True
    if head[:1] in ("و", "ف"):
        rest = head[1:]
        if (rest or tail) and (rest + stem + tail in words or (rest and rest + stem in words)):
            return True
    return head + stem + tail in words or (head != "" and head + stem in words)
