"""The other forms of a noun: plural, dual, feminine, and back from a plural to its singular (`forms: all`).

Broken plurals stand in `plurals.txt`, a table of families of our own; everything regular is formed here. A form that
may be another word's is left out: the feminine only where the shape of the word says that it has one (participles,
فعيل, فاعل, nisba), the construct ending ي only where it cannot be read as a nisba (مسؤولي, but not مركزي).
مصري is a word of its own, not a form of مصر; its own forms (مصرية، مصريون) are.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from alerts.arabic.clitics import ARTICLE, BARE, PRONOUNS, Frame, Shape, is_arabic, noun_shapes, without_accusative
from alerts.arabic.folding import SEPARATORS, fold
from alerts.arabic.lexicon import ONE_WAY, families, is_common, plural_words

_DUAL = frozenset(["ان", "ين"])
_AFTER_DUAL = frozenset("ي" + pronoun for pronoun in PRONOUNS)
_PLURAL = frozenset(["ون"])
_CONSTRUCT = frozenset(["ي", "و", *("و" + pronoun for pronoun in PRONOUNS)])
_FEMININE = frozenset(["ة", "تان", "تين"])


def inflected_shapes(word: str) -> Iterator[Shape]:
    """The shapes of all other forms of a noun as written, be it a singular or a plural."""
    folded = without_accusative(word, fold(word).strip(SEPARATORS))
    if not is_arabic(folded):
        return
    yield from _other_forms(folded, verbal=word.startswith("إ"))
    if folded.startswith("ال") and len(folded) > 4:  # الوزير has the plural الوزراء, not وزراء
        for stem, frame, barred in _other_forms(folded[2:]):
            if definite := _definite(frame):
                yield Shape(stem, definite, barred)


def _other_forms(folded: str, verbal: bool = False) -> Iterator[Shape]:
    """`verbal`: the word is a verbal noun such as إعداد, and not the plural أعداد."""
    related = set() if verbal and folded in _plurals_in_alef() else _forms().get(folded, set()) - {folded}
    if folded not in _forms():
        for singular in _singulars(folded):
            related |= {singular, *_forms().get(singular, ())}
    for form in sorted(related):
        for shape in noun_shapes(form, strict=True):
            yield shape._replace(barred="إ") if form in _plurals_in_alef() else shape
    for form in (folded, *sorted(related)):
        if form in _singular_words() or form not in _forms():
            yield from _regular(form)


@cache
def _forms() -> dict[str, set[str]]:
    """For each word of the table, the words of its families.

    A plural that is written as another family's singular (عقد of عقدة) is no form of its own singular.
    """
    found: dict[str, set[str]] = {}
    for family in families():
        words = {word for word in family[1:] if word != ONE_WAY and word not in _singular_words()} | {family[0]}
        for word in words if ONE_WAY not in family else family[:1]:
            found.setdefault(word, set()).update(words)
    return found


@cache
def _singular_words() -> frozenset[str]:
    return frozenset(family[0] for family in families())


@cache
def _plurals_in_alef() -> frozenset[str]:
    """Plurals such as أعداد, whose letters are also those of a verbal noun: إعداد, unless the hamza is left out."""
    return frozenset(fold(word) for word in plural_words() if word.startswith("أ"))


def _singulars(folded: str) -> list[str]:
    """What a sound plural or dual that is not in the table may be the plural of."""
    rest = folded[:-2]
    if folded.endswith("ات") and (len(rest) > 2 or is_common(rest + "ة")):
        masculine = len(rest) > 3 and rest[-1] != "ي" and not is_common(rest + "ة") and not _is_mutual(rest)
        return [rest + "ة", *([rest] if masculine else [])]
    if folded.endswith(("تان", "تين")) and len(folded) > 5:
        return [folded[:-3] + "ة"]
    known = rest in _singular_words() or (len(rest) > 3 and _is_person(rest))
    if folded.endswith(("ون", "ين", "ان")) and known and not is_common(folded):
        return [rest]
    return []


def _regular(folded: str) -> Iterator[Shape]:
    """Dual, sound plural and feminine of a singular."""
    rest, last = folded[:-1], folded[-1]
    if len(folded) < 3:
        return
    if last == "ة":
        yield Shape(rest + "ت", _ending(_DUAL, _AFTER_DUAL | {"ا", "ي"}))
        yield from _sound_feminine(rest)
    elif last == "ى":
        yield Shape(rest + "ي", _ending(_DUAL))
        yield from _sound_feminine(rest + "ي")
    elif last == "ا":
        yield from _sound_feminine(rest)
    elif folded.endswith(("ات", "ون", "ين")):
        return
    else:
        sound = folded[-1] == "ي" or (folded[0] == "م" and folded not in _singular_words())
        construct = _CONSTRUCT if sound and len(folded) > 3 else frozenset()
        yield Shape(folded, _ending(_masculine(folded), _AFTER_DUAL | construct))
        broken = folded in _singular_words() and not _has_feminine(folded)
        if len(folded) > 3 and not broken and not is_common(folded + "ة"):
            yield from _sound_feminine(folded)


def _masculine(folded: str) -> frozenset[str]:
    tails = _DUAL
    if len(folded) > 3:
        tails |= _PLURAL
        if _has_feminine(folded):
            tails |= _FEMININE
    return tails


def _has_feminine(folded: str) -> bool:
    """Whether the shape of a word of four letters or more says that it has a feminine in ة."""
    return folded[-1] == "ي" or folded[0] == "م" or (len(folded) == 4 and (folded[1] == "ا" or folded[2] == "ي"))


def _is_person(stem: str) -> bool:
    """Whether a stem looks like one that takes ون: a participle, a nisba, فاعل or فعّال."""
    return stem[0] == "م" or stem[-1] == "ي" or (len(stem) == 4 and "ا" in stem[1:3])


def _is_mutual(stem: str) -> bool:
    """Whether a stem is مفاعل, whose feminine is a word of its own: مفاوضات is not of مفاوض."""
    return len(stem) == 5 and stem[0] == "م" and stem[2] == "ا"


def _sound_feminine(stem: str) -> Iterator[Shape]:
    yield from noun_shapes(stem + "ات")


@cache
def _ending(tails: frozenset[str], bound: frozenset[str] = frozenset()) -> Frame:
    """`tails` after any head, `bound` only after a head without the article: what is in construct or has a pronoun
    is definite already."""
    return Frame({**dict.fromkeys(BARE, tails | bound), **dict.fromkeys(ARTICLE, tails)})


@cache
def _definite(frame: Frame) -> Frame:
    """A frame with only the heads that hold the article."""
    return Frame({head: tails for head, tails in frame.items() if head in ARTICLE})
