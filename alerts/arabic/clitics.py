"""The shapes in which Arabic writes a word: what may stand before and after it, and what that does to its letters.

A word as given is found as itself, with the conjunctions و ف, the prepositions ب ل ك, the article ال (لل after ل)
and the pronouns نا ك كما كم كن ه ها هما هم هن. The rest of the grammar, as measured on gold segmentations
(benchmarks/bench_words.py):

- no pronoun after the article, and no alef of the accusative after anything but و ف;
- before a pronoun ة becomes ت, ى becomes ا or ي, اء becomes اؤ or ائ, a final أ or ء becomes ئ or ؤ;
- ي is not taken for a pronoun: مصري is another word than مصر; nor is ني, which stands on verbs.

A `Shape` is a stem and the `Frame` of heads and tails that may surround it. Whether a surrounded stem is not rather
another word that happens to be written so (واحد is not و + أحد) is for `lexicon.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from alerts.arabic.folding import SEPARATORS, fold
from alerts.arabic.lexicon import is_common, ta_marbuta


class Frame(dict[str, frozenset[str]]):
    """For each head, the letters before a stem, the tails, the letters after it, that may go with it. There are few
    frames, and many shapes share one: a frame is itself, whatever it holds."""

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none
        return id(self)


class Shape(NamedTuple):
    """A stem, folded, and what may surround it. `barred` are the letters that its first one may not stand for."""

    stem: str
    frame: Frame
    barred: str = ""


class _Anything(frozenset[str]):
    """Every tail: the word goes on as it likes."""

    def __contains__(self, tail: object) -> bool:
        return True


CONJUNCTIONS: Final = ("", "و", "ف")
PRONOUNS: Final = frozenset(["نا", "ك", "كما", "كم", "كن", "ه", "ها", "هما", "هم", "هن"])
HEAD_LENGTH: Final = 4
"""Letters of the longest head, وبال."""
TAIL_LENGTH: Final = 5
"""Letters of the longest tail, يهما, and one."""

_LETTERS = frozenset(map(chr, range(0x0620, 0x0700)))
_NONE = frozenset([""])
_ANYTHING = _Anything("*")
BARE = tuple(c + p for c in CONJUNCTIONS for p in ("", "ب", "ل", "ك"))
ARTICLE = tuple(c + p for c in CONJUNCTIONS for p in ("ال", "بال", "كال", "لل"))
_FUTURE = tuple(c + "س" for c in CONJUNCTIONS)
HEADS: Final = frozenset(BARE + ARTICLE + _FUTURE)
"""All that may stand before a stem."""


def _frame(heads: Iterable[str], tails: frozenset[str]) -> Frame:
    return Frame(dict.fromkeys(heads, tails))


WHOLE: Final = _frame(BARE + ARTICLE, _NONE)
"""Nothing after the stem."""
FREE: Final = Frame({**_frame(BARE, _NONE | PRONOUNS), **_frame(ARTICLE, _NONE)})
"""A noun: a pronoun after it, unless the article stands before it."""
NOUN: Final = Frame({**FREE, **_frame(CONJUNCTIONS, _NONE | PRONOUNS | {"ا"})})
"""FREE, and the alef of the accusative: كتابا."""
BOUND: Final = _frame(BARE, PRONOUNS)
"""A stem that only stands before a pronoun: غارت in غارتهم."""
BOUND_OR_ACCUSATIVE: Final = Frame({**BOUND, **_frame(CONJUNCTIONS, PRONOUNS | {"ا"})})
"""BOUND, and شيئا."""
DEFINITE: Final = _frame(ARTICLE, _NONE)
"""A stem that only stands after the article."""
FUTURE: Final = _frame(_FUTURE, _NONE | PRONOUNS)
"""A verb in the present tense after س."""
AFTER_LI: Final = _frame([c + "لل" for c in CONJUNCTIONS], _NONE)
"""A word whose own article has merged with ل."""
OPEN: Final = _frame(BARE + ARTICLE + _FUTURE, _ANYTHING)
"""Any ending: دراس*."""
NUMBER: Final = _frame(BARE + ARTICLE, _NONE)
"""A number or a Latin word: Arabic writes clitics before it, nothing after it."""

_FUNCTION_WORDS = {"على", "الى", "حتى", "متى", "لدى", "سوى"}
"""Words in ى that are everywhere: علي is never looked for as على, nor the other way round."""
_FIVE_NOUNS = {"اب", "اخ", "حم"}
"""Nouns that take a long vowel before a pronoun: أبوه، أباه، أبيه."""


def surroundings(folded: str, start: int, end: int) -> tuple[str, str] | None:
    """Head and tail of the word in which a stem stands at start..end of folded text (which ends in a separator); None
    where what stands before it is no head. A tail that is longer than any is cut, and so is none.

    A change between Arabic and Latin letters or digits is a word's edge too, unless the Arabic before it is a head:
    كوفيد19, و2500.
    """
    head = tail = ""
    if not folded[start - 1].isspace():
        head = folded[max(0, start - HEAD_LENGTH - 1) : start].rsplit(None, 1)[-1]
        if head not in HEADS:
            if head[-1].isascii() == folded[start].isascii():
                return None
            head = ""
    if not folded[end].isspace():
        tail = folded[end : end + TAIL_LENGTH].split(None, 1)[0]
        if tail[0].isascii() != folded[end - 1].isascii():
            tail = ""
    return head, tail


def starts_of(tails: Iterable[frozenset[str]]) -> frozenset[str]:
    """The letters that some sets of tails begin with; that open words go on with any letter is known here."""
    return frozenset().union(*(_LETTERS if some is _ANYTHING else {tail[0] for tail in some if tail} for some in tails))


def is_arabic(folded: str) -> bool:
    """Whether a folded word is of Arabic letters (the only letters whose grammar is known here)."""
    return "ء" <= folded[:1] <= "ۿ"


def shapes(word: str) -> Iterator[Shape]:
    """The shapes of a word as written (one word, not yet folded), in the form given."""
    folded = fold(word).strip(SEPARATORS)
    if not is_arabic(folded):
        yield Shape(folded, NUMBER)
        return
    base = without_accusative(word, folded)
    yield from noun_shapes(base, hamza_alef=word.rstrip().endswith("أ"))
    for spelling in _respelled(base):
        yield from noun_shapes(spelling)
    if base.startswith("ال") and len(base) > 4:
        # The word as given carries the article, which ل swallows: الجيش, للجيش.
        rest = base[3:] if base[2] == "ل" else base[2:]
        yield Shape(rest, AFTER_LI)
    if base[0] in "يتن" and len(base) > 3 and base[-1] != "ة":
        yield Shape(base, FUTURE)


def open_shapes(beginning: str) -> Iterator[Shape]:
    """The shapes of a word of which only the beginning is given."""
    yield Shape(fold(beginning).strip(SEPARATORS), OPEN)


def noun_shapes(folded: str, hamza_alef: bool = False, strict: bool = False) -> Iterator[Shape]:
    """The shapes of one folded spelling. `hamza_alef`: its last letter was written أ. `strict`: ى is not looked for as
    ي where that makes a common word."""
    rest, last = folded[:-1], folded[-1]
    if not rest:
        yield Shape(folded, WHOLE)
    elif last == "ة":
        yield Shape(folded, WHOLE)
        yield Shape(rest + "ت", BOUND)
        spelled = rest + "ه"
        if spelled in ta_marbuta() or not (is_common(rest) or is_common(spelled)):
            yield Shape(spelled, WHOLE)
        elif not is_common(spelled):
            yield Shape(spelled, DEFINITE)  # elsewhere it is another word with a pronoun: كتابه, not كتابة
    elif last == "ى":
        yield Shape(folded, WHOLE)
        yield Shape(rest + "ا", BOUND)
        other = folded in _FUNCTION_WORDS or (strict and is_common(rest + "ي"))
        yield Shape(rest + "ي", BOUND if other else FREE)
    elif last == "ي":
        yield Shape(folded, NOUN)
        if rest + "ى" not in _FUNCTION_WORDS:
            yield Shape(rest + "ى", WHOLE)
    elif last == "ء":
        yield Shape(folded, NOUN)
        yield Shape(rest + "ئ", BOUND_OR_ACCUSATIVE)
        yield Shape(rest + "ؤ", BOUND)
    elif last == "ا":
        yield Shape(folded, FREE)
        if hamza_alef:
            yield Shape(rest + "ئ", BOUND)
            yield Shape(rest + "ؤ", BOUND)
    else:
        yield Shape(folded, NOUN)
        if folded in _FIVE_NOUNS:
            for vowel in "واي":
                yield Shape(folded + vowel, BOUND)


def without_accusative(word: str, folded: str) -> str:
    """قصفًا as a term is the word قصف: its tanwin says that the alef is an ending."""
    stripped = word.rstrip()
    if stripped.endswith(("ًا", "اً")) and len(folded) > 2:
        return folded[:-1]
    return folded


def _respelled(folded: str) -> Iterator[str]:
    """The other seats that newsrooms give a hamza: مسؤول and مسئول, شيء and شئ, شاطئ and شاطىء."""
    if "ؤو" in folded:
        yield folded.replace("ؤو", "ئو")
        yield folded.replace("ؤو", "ءو")
    if "ئو" in folded:
        yield folded.replace("ئو", "ؤو")
    if folded.endswith("يء"):
        yield folded[:-2] + "ئ"
        yield folded[:-2] + "ىء"
    elif folded.endswith("ئ"):
        yield folded[:-1] + "يء"
        yield folded[:-1] + "ىء"
