"""Find: where names of the gazetteer stand in a page, before anything is decided about them.

A name is found with و ف ب ل ك before it (and with لل where it begins with the article), whatever of أ إ آ ا, ة ه and
ى ي the newsroom wrote, and the longest name wins. Nothing is scanned here: `Names.patterns` go into the one automaton
of the rules (`alerts.rules.scan`), which hands back its hits. Whether a name that stands somewhere is a place there,
and which one, is for `judge.py` and `resolve.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from alerts.arabic.clitics import BARE
from alerts.arabic.folding import SPACE, codes_of, fold
from alerts.arabic.lexicon import is_other_word
from alerts.rules.page import Page

MAX_WORDS: Final = 8
"""Words of a name: جمهورية كوريا الديمقراطية الشعبية has four; what is longer is a description."""

HONORIFICS: Final = frozenset(["المكرمة", "المشرفة", "المقدسة", "الاشرف", "الشريف", "المنورة"])
"""Words of respect after a name, which are no part of it."""
_NEEDS_HONORIFIC = frozenset(["المدينة", "الحرم"])
"""Names that mean something else without it: the city, the sanctuary."""
_SOFT = str.maketrans({"ه": "ة", "ى": "ي"})
_HEADS = frozenset(BARE)
_LI_HEADS = frozenset(["لل", "ولل", "فلل"])
_BEFORE = frozenset("وفبلك")
_NEXT = re.compile(rf"{SPACE}(\S+)")
_LONGEST_HEAD = 3
_SHORTEST_MERGED = 4


class Standing(NamedTuple):
    """A name that stands in a page: `start`..`end` of `Page.folded`, its clitics included; `head` are those clitics
    (لل where the article merged with ل), `name` its key among the gazetteer's names, `ids` what it may be."""

    start: int
    end: int
    head: str
    name: str
    ids: tuple[str, ...]


_Tree = dict[str, Any]
"""Names by their words: each word leads to the tree of what may follow it, and "" to the name that ends there."""


class _First(NamedTuple):
    """A pattern: the first word of names, as it is looked for. `merged`: without its article, after لل."""

    stem: str
    merged: bool
    names: _Tree


def soft(word: str) -> str:
    """A folded word as names are compared: a final ه is ة, a final ى is ي, as newsrooms confuse them."""
    return word[:-1] + word[-1:].translate(_SOFT)


def key_of(name: str) -> str:
    """The key of a name as written: folded, soft, its words parted by one space."""
    return " ".join(map(soft, fold(name).split()))


class Names:
    """Names that may be found, from a mapping of their keys (`key_of`) to the ids of the places that bear them."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        trees: dict[str, _Tree] = {}
        for key, ids in _without_honorifics(names):
            words = key.split(" ")
            if len(words) > MAX_WORDS or not "ء" <= key[:1] <= "ي":
                continue
            tree = trees.setdefault(words[0], {})
            for word in words[1:]:
                tree = tree.setdefault(word, {})
            tree[""] = (key, ids)
        firsts = [first for word, tree in trees.items() for first in _spellings(word, tree)]
        by_pattern: dict[bytes, list[_First]] = {}
        for first in firsts:
            by_pattern.setdefault(codes_of(first.stem) + b" ", []).append(first)
        self.patterns: Final = tuple(by_pattern)
        """What the automaton looks for in a page's codes whose separators are all spaces: a word and its end."""
        self._firsts = tuple(map(tuple, by_pattern.values()))

    def standing(self, page: Page, hits: Iterable[tuple[int, int, int]]) -> list[Standing]:
        """The names that stand in a page, in its order and apart from each other, by the hits of the automaton:
        index in `patterns`, start, end (one beyond the word)."""
        folded = page.folded
        found: list[Standing] = []
        for pattern, start, after in hits:
            head = ""
            if not folded[start - 1].isspace():
                if folded[start - 1] not in _BEFORE:
                    continue
                head = folded[max(0, start - _LONGEST_HEAD - 1) : start].rsplit(None, 1)[-1]
                if head not in _HEADS and head not in _LI_HEADS:
                    continue
            end = after - 1
            for stem, merged, names in self._firsts[pattern]:
                if head not in (_LI_HEADS if merged else _HEADS) or folded[start:end] != stem:
                    continue
                last, name, ids = _longest(page, end, names)
                if name and not (last == end and is_other_word(head, stem, "")):
                    found.append(Standing(start - len(head), last, head, name, ids))
        return _apart(found)


def _without_honorifics(names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names, those that end in an honorific without it: مكة المكرمة is found as مكة. المدينة المنورة needs it."""
    for key, ids in names.items():
        short, _, last = key.rpartition(" ")
        if last not in HONORIFICS or short in _NEEDS_HONORIFIC:
            yield key, ids
        elif short:
            yield short, tuple(dict.fromkeys((*names.get(short, ()), *ids)))


def _spellings(word: str, names: _Tree) -> Iterable[_First]:
    """The patterns under which a soft first word is looked for."""
    for spelled in {word, *(word[:-1] + hard for hard, ease in (("ه", "ة"), ("ى", "ي")) if word.endswith(ease))}:
        yield _First(spelled, False, names)
        if spelled.startswith("ال") and len(spelled) > _SHORTEST_MERGED:
            yield _First(spelled[3:] if spelled[2] == "ل" else spelled[2:], True, names)


def _longest(page: Page, end: int, names: _Tree) -> tuple[int, str, tuple[str, ...]]:
    """End, key and ids of the longest of `names` that goes on after a first word that ends at `end`; no key: none."""
    best = (end, *names[""]) if "" in names else (end, "", ())
    while len(names) > ("" in names):
        plain = _NEXT.match(page.folded, end)  # nearly always one space; `word_after` knows the other gaps
        word = plain.span(1) if plain else page.word_after(end)
        if word is None:
            break
        end = word[1]
        below = names.get(soft(page.folded[word[0] : end]))
        if below is None:
            break
        names = below
        if "" in names:
            best = (end, *names[""])
    return best


def _apart(found: list[Standing]) -> list[Standing]:
    """Of names that overlap, the one that begins first, then the longest, then the one with fewer clitics."""
    found.sort(key=lambda name: (name.start, -name.end, len(name.head)))
    kept: list[Standing] = []
    for name in found:
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return kept
