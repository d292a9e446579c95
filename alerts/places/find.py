"""Find: where names of the gazetteer stand in a page, before anything is decided about them.

A name is found with و ف ب ل ك before it (and with لل where it begins with the article), whatever of أ إ آ ا, ة ه and
ى ي the newsroom wrote, and the longest name wins. Nothing is scanned here: `Names.patterns` go into the one automaton
of the rules (`alerts.rules.scan`), which hands back where its hits start. Which names a written word may begin is
worked out once for each word, since the news repeats its words. Whether a name that stands somewhere is a place there,
and which one, is for `judge.py` and `resolve.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from alerts.arabic.clitics import BARE
from alerts.arabic.folding import SEPARATORS, SPACE, codes_of, fold
from alerts.arabic.lexicon import is_other_word
from alerts.rules.page import Page

MAX_WORDS: Final = 8
"""Words of a name: جمهورية كوريا الديمقراطية الشعبية has four; what is longer is a description."""

GAPS: Final = bytes.maketrans(codes_of(SEPARATORS), codes_of(SPACE) * len(SEPARATORS))
"""By which all separators of a page's codes become spaces: a name's pattern ends in a gap, whichever it is."""
HONORIFICS: Final = frozenset(["المكرمة", "المشرفة", "المقدسة", "الاشرف", "الشريف", "المنورة"])
"""Words of respect after a name, which are no part of it."""
_NEEDS_HONORIFIC = frozenset(["المدينة", "الحرم"])
"""Names that mean something else without it: the city, the sanctuary."""
_HEADS = sorted(BARE, key=len)
_LI_HEADS = ("لل", "ولل", "فلل")
_SHORTEST_MERGED = 4
"""A first word with the article that has no more letters is not looked for after لل."""
_MAX_READ = 20_000
"""Words whose readings are kept: a day's news has fewer."""
_MAX_WORD = 40
"""Letters; no first word of a name is longer with its clitics, and hostile ones are neither read nor kept."""


class Standing(NamedTuple):
    """A name that stands in a page: `start`..`end` of `Page.folded`, its clitics included; `head` are those clitics
    (لل where the article merged with ل), `name` its key among the gazetteer's names, `ids` what it may be."""

    start: int
    end: int
    head: str
    name: str
    ids: tuple[str, ...]


_Name = tuple[str, tuple[str, ...]]
"""The key of a name, and the ids of what bears it."""
_Tree = dict[str, Any]
"""Names by their words: each word leads to the tree of what may follow it, and "" to the name that ends there."""


class _Reading(NamedTuple):
    """A written word as the first one of names: the clitics on it, the name that it is by itself (None: it is none, or
    rather another word), and the names that it begins."""

    head: str
    alone: _Name | None
    names: _Tree


class _First(NamedTuple):
    """What is known of a written word as the first one of names: its readings, the fewest clitics first; what of
    them is a name by itself; and, as most words end no name that they could begin, the characters of which one follows
    the gap where such a name may go on."""

    readings: tuple[_Reading, ...]
    alone: tuple[str, str, tuple[str, ...]] | None
    onward: frozenset[str]


def soft(word: str) -> str:
    """A folded word as names are compared: a final ه is ة, a final ى is ي, as newsrooms confuse them."""
    if word.endswith("ه"):
        return word[:-1] + "ة"
    return word[:-1] + "ي" if word.endswith("ى") else word


def key_of(name: str) -> str:
    """The key of a name as written: folded, soft, its words parted by one space."""
    return " ".join(map(soft, fold(name).split()))


class Names:
    """Names that may be found, from a mapping of their keys (`key_of`) to the ids of the places that bear them."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._trees: dict[str, _Tree] = {}
        for key, ids in _without_honorifics(names):
            words = key.split(" ")
            if len(words) > MAX_WORDS or not "ء" <= key[:1] <= "ي":
                continue
            tree = self._trees.setdefault(words[0], {})
            for word in words[1:]:
                tree = tree.setdefault(word, {})
            tree[""] = (key, ids)
        self.patterns: Final = _patterns(self._trees)
        """What the automaton looks for in a page's codes whose separators are all spaces: the end of a first word,
        and where that is no name by itself, the gap and what may come after it."""
        self._first = lru_cache(_MAX_READ)(self._read)

    def standing(self, page: Page, gapped: bytes, starts: Iterable[int]) -> list[Standing]:
        """The names that stand in a page, in its order and apart from each other: where some overlap, the one that
        begins first, then the longest, then the one with fewer clitics.

        `gapped` are the page's codes, with GAPS, `starts` where the hits of `patterns` start in it, in the order of
        their ends.
        """
        folded, first_of, gap_before, gap_after = page.folded, self._first, gapped.rfind, gapped.find
        found: list[Standing] = []
        past = 0
        for at in starts:
            if at < past:  # the same word by another pattern, or one inside the name before
                continue
            start, end = gap_before(b" ", 0, at) + 1, gap_after(b" ", at)
            past = end
            if end - start > _MAX_WORD:
                continue
            first = first_of(folded[start:end])
            if folded[end + 1 : end + 2] not in first.onward:
                if first.alone is not None:
                    found.append(Standing(start, end, *first.alone))
                continue
            best: _Name | None = None
            for head, alone, names in first.readings:
                last, name = _longest(page, gapped, end, alone, names) if names else (end, alone)
                if name is not None and (best is None or last > past):
                    past, best, clitics = last, name, head
            if best is not None:
                found.append(Standing(start, past, clitics, *best))
        return found

    def _read(self, word: str) -> _First:
        """What a folded word as written may begin."""
        readings = []
        for head, stem, first in _firsts(word):
            tree = self._trees.get(first)
            if tree is not None:
                alone = None if is_other_word(head, stem, "") else tree.get("")
                readings.append(_Reading(head, alone, tree if len(tree) > ("" in tree) else {}))
        settled = next(((head, *alone) for head, alone, _ in readings if alone is not None), None)
        return _First(tuple(readings), settled, _onward(following for one in readings for following in one.names))


def _without_honorifics(names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names, those that end in an honorific without it: مكة المكرمة is found as مكة. المدينة المنورة needs it."""
    for key, ids in names.items():
        short, _, last = key.rpartition(" ")
        if last not in HONORIFICS or short in _NEEDS_HONORIFIC:
            yield key, ids
        elif short:
            yield short, tuple(dict.fromkeys((*names.get(short, ()), *ids)))


def _stems(word: str) -> Iterator[str]:
    """How the soft first word of a name is written after clitics."""
    for spelled in _spellings(word):
        yield spelled
        if spelled.startswith("ال") and len(spelled) > _SHORTEST_MERGED:
            yield spelled[3:] if spelled[2] == "ل" else spelled[2:]


def _spellings(word: str) -> set[str]:
    """The words that a soft one may have been."""
    return {word, *(word[:-1] + hard for hard, ease in (("ه", "ة"), ("ى", "ي")) if word.endswith(ease))}


def _firsts(word: str) -> Iterator[tuple[str, str, str]]:
    """The ways to read a written word, the inverse of `_stems`: clitics, the rest, and the soft word that it is."""
    for head in _HEADS:
        if word.startswith(head):
            stem = word[len(head) :]
            yield head, stem, soft(stem)
    for head in _LI_HEADS:
        if word.startswith(head):
            stem = word[len(head) :]
            for article in ("ال", "الل"):
                if len(article + stem) > _SHORTEST_MERGED and (article, stem[:1]) != ("ال", "ل"):
                    yield head, stem, soft(article + stem)


def _patterns(trees: Mapping[str, _Tree]) -> tuple[bytes, ...]:
    """`Names.patterns`, of names by the soft first words of them."""
    alone: dict[str, None] = {}
    onward: dict[str, frozenset[str]] = {}
    for word, tree in trees.items():
        stems = _stems(word)
        if "" in tree:
            alone.update(dict.fromkeys(stems))
        else:
            after = _onward(tree)
            onward.update((stem, after | onward.get(stem, after)) for stem in stems)
    found = dict.fromkeys(codes_of(stem + SPACE) for stem in alone)
    for stem, after in onward.items():
        if stem not in alone:
            found.update(dict.fromkeys(codes_of(stem + SPACE + char).translate(GAPS) for char in sorted(after)))
    return tuple(found)


def _onward(words: Iterable[str]) -> frozenset[str]:
    """The characters of which one stands after a gap that some soft words follow: the first letter of one, or more of
    the gap. None where there are no words."""
    first = {spelled[0] for word in words if word for spelled in _spellings(word)}
    return frozenset(first).union(SEPARATORS) if first else frozenset()


def _longest(page: Page, gapped: bytes, end: int, alone: _Name | None, names: _Tree) -> tuple[int, _Name | None]:
    """End and name of the longest of `names` that goes on after a first word that ends at `end`, or of that word."""
    folded, best = page.folded, (end, alone)
    while len(names) > ("" in names):
        start, stop = end + 1, gapped.find(b" ", end + 1)
        if folded[end] != SPACE or stop <= start:  # not one space: `word_after` knows the other gaps
            word = page.word_after(end)
            if word is None:
                break
            start, stop = word
        below = names.get(soft(folded[start:stop]))
        if below is None:
            break
        names, end = below, stop
        if "" in names:
            best = (end, names[""])
    return best
