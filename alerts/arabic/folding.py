"""Folding: one spelling for all the ways in which a text writes the same letters, and the way back.

`fold` is the only normaliser of the project: rules, places and stories all read the folded text, and all report
positions of the text as it was given. What it does:

- drops what readers do not see as letters: short vowels and every other combining mark, tatweel, direction marks,
  zero-width characters;
- writes أ إ آ ٱ as ا, Persian and Urdu letters as the Arabic ones that they stand for, presentation forms and
  ligatures as plain letters, a letter followed by a combining hamza as the one letter that it is;
- writes every digit as 0-9 and Latin letters in lower case without accents;
- writes everything else as one of six separators, so that a word is a run of what `str.split` calls no space.

ى and ي, ة and ه, ؤ ئ ء stay apart here: which of them may stand for one another depends on the word, and is
decided in `spelling.py`. Half surrogates and control characters are separators, so the folded text can always be
encoded.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, count
from operator import add
from typing import Final, NamedTuple

SPACE: Final = " "
"""A gap inside a phrase: spaces, quotation marks, brackets, hyphens, symbols."""
PAUSE: Final = "\t"
"""A comma, semicolon or colon."""
COMMA: Final = "\v"
"""The Latin comma and the Arabic thousands separator, which also stand inside numbers."""
POINT: Final = "\r"
"""The full stop and the Arabic decimal separator, which also stand inside numbers and abbreviations."""
STOP: Final = "\f"
"""Any other end of a sentence."""
BREAK: Final = "\n"
"""The end of a paragraph."""
SEPARATORS: Final = SPACE + PAUSE + COMMA + POINT + STOP + BREAK
OTHER_LETTER: Final = ord("?")
"""The byte of every letter that `codes_of` has no byte for; in folded text there is no question mark."""

_SEPARATOR_OF = {
    **dict.fromkeys("،؛;:|•", PAUSE),
    **dict.fromkeys(",٬", COMMA),
    **dict.fromkeys(".٫", POINT),
    **dict.fromkeys("!?؟۔…‼⁇⁈⁉。", STOP),
    **dict.fromkeys("\x1c\x1d\x1e\x85\u2028\u2029", BREAK),
}
_LETTER_OF = {
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("یېےۍ", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ہھەۀۂ", "ه"),
    "ۃ": "ة",
    "ۓ": "ئ",
    "ٶ": "ؤ",
    "ٸ": "ئ",
}
_TATWEEL = "ـ"
_HAMZA_ABOVE = "\u0654"
_SEATS = {"و": "ؤ", **dict.fromkeys("يىیے", "ئ")}
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_WORD = frozenset({"L", "M", "N"})
_MAX_REMEMBERED = 20_000
"""Code points whose folding is kept: ten times what any newsroom uses; hostile text cannot grow the table further."""


def _fold_char(char: str) -> str:
    """What one character becomes: "" (dropped), a separator, or one or more letters; a fixed point of itself."""
    if char in SEPARATORS:
        return char
    if char in _SEPARATOR_OF:
        return _SEPARATOR_OF[char]
    if char in _LETTER_OF:
        return _LETTER_OF[char]
    category = unicodedata.category(char)
    if char == _TATWEEL or category in _DROPPED:
        return ""
    if "ء" <= char <= "ي":
        return char
    plain = unicodedata.normalize("NFKC", char)
    if plain != char:  # presentation forms, ligatures, full-width letters, superscripts
        if not plain.strip(" " + _TATWEEL) or all(unicodedata.category(c) in {"Mn", "Zs", "Lm"} for c in plain):
            return "" if category.startswith("L") else SPACE  # a vowel sign drawn alone, or some kind of space
        return "".join(map(_fold_char, plain))
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    if category[0] not in _WORD:
        return SPACE
    base = "".join(c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) not in _DROPPED)
    lower = base.casefold()
    return lower if lower == char else "".join(map(_fold_char, lower))


class _Table(dict[int, str]):
    """The folding of each code point, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < _MAX_REMEMBERED:
            self[code] = folded
        return folded


_TABLE = _Table()

# Ordinary news text takes the quick way: three C passes over at most 255 known characters, a tenth of the time of
# str.translate (benchmarks/bench_words.py). U+0654 is left out on purpose: it can change the letter before it.
_KNOWN = "".join(
    [
        *map(chr, range(128)),
        "\u00a0«»°·×éèêàâçôîïüöä",
        *(c for c in map(chr, range(0x0621, 0x0653)) if c not in "ػؼؽؾؿ"),
        "،؛؟٪٫٬ٱ٠١٢٣٤٥٦٧٨٩پچژکگڤی۰۱۲۳۴۵۶۷۸۹\u0670",
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\ufeff–—‘’“”•…",
    ]
)
_ENCODE = codecs.charmap_build(_KNOWN + "\ufffe" * (256 - len(_KNOWN)))
_GONE = bytes(code for code, char in enumerate(_KNOWN) if _TABLE[ord(char)] == "")
_FOLD = bytes(_KNOWN.index(_TABLE[ord(char)] or char) for char in _KNOWN).ljust(256, b"\0")

_DROPPED_OR_NOT = bytes(ord("-") if code in _GONE else ord("x") for code in range(256))
_SEATED = re.compile(f"[{''.join(_SEATS)}][\u064b-\u0653\u0655-\u065f\u0670]*{_HAMZA_ABOVE}")
_TRAILING = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]*")


class Folded:
    """A folded text that knows its original.

    `text` is the folded text, `original` what it was made from. `codes` is `text` with a byte for each letter, for
    scanning (`codes_of`). The map between text and original is worked out when first asked for, since most articles
    match nothing.
    """

    __slots__ = ("_map", "_raw", "codes", "original", "text")

    def __init__(self, original: str) -> None:
        self.original = original
        self._map: _Map | None = None
        self._raw: bytes | None = None
        try:
            self._raw = codecs.charmap_encode(original, "strict", _ENCODE)[0]
        except UnicodeEncodeError:
            seated = original
            if _HAMZA_ABOVE in original:
                seated = _SEATED.sub(lambda found: _SEATS[found[0][0]], original)
            self.text = seated.translate(_TABLE)
            self.codes = codes_of(self.text)
        else:
            self.codes = self._raw.translate(_FOLD, _GONE)
            self.text = codecs.charmap_decode(self.codes, "strict", _KNOWN)[0]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` (not empty) stands in `original`: start and end in code points.

        A mark or tatweel after the last letter belongs to the word, as a reader sees it.
        """
        if self._map is None:
            self._map = _map(self.original) if self._raw is None else _quick_map(self._raw)
        if len(self._map.starts) == 1:
            return start, end
        last = self._map.source(end - 1) + 1
        trailing = _TRAILING.match(self.original, last)
        return self._map.source(start), trailing.end() if trailing else last


class _Map(NamedTuple):
    """The way back from folded text, in stretches: where each starts, what it starts from in the original, and which
    stretches (by number) stand still, all their letters coming from that one place."""

    starts: list[int]
    sources: list[int]
    still: frozenset[int] = frozenset()

    def source(self, position: int) -> int:
        stretch = bisect_right(self.starts, position) - 1
        moved = 0 if stretch in self.still else position - self.starts[stretch]
        return self.sources[stretch] + moved


def _quick_map(raw: bytes) -> _Map:
    """The map of a text of known characters, given as their codes: some were dropped and none became two."""
    kept = raw.translate(_DROPPED_OR_NOT).split(b"-")
    starts = list(accumulate(map(len, kept[:-1]), initial=0))
    return _Map(starts, list(map(add, starts, count())))


def _map(original: str) -> _Map:
    """The map of any text."""
    starts, sources, still = [0], [0], []
    at = read = 0  # in the folded text, in the original
    for first, last, length in _irregular(original):
        at += first - read
        if length:  # several letters from one character, or one letter from several
            still.append(len(starts))
            starts.append(at)
            sources.append(first)
        at += length
        read = last
        starts.append(at)
        sources.append(read)
    return _Map(starts, sources, frozenset(still))


def _irregular(original: str) -> Iterator[tuple[int, int, int]]:
    """Start and end in the original, and folded length, of whatever is not one letter for one character."""
    odd = "".join(char for char in set(original) if len(_TABLE[ord(char)]) != 1)
    if odd:
        for found in re.finditer(f"{_SEATED.pattern}|[{re.escape(odd)}]", original):
            start, end = found.span()
            yield start, end, 1 if end - start > 1 else len(_TABLE[ord(found[0])])


def fold(text: str) -> str:
    """The folded text alone: idempotent, and of the same value for every spelling of the same letters."""
    return Folded(text).text


def codes_of(folded: str) -> bytes:
    """Folded text with a byte for each letter: equal letters have equal bytes, and so have all letters of other
    scripts than Arabic and Latin (OTHER_LETTER)."""
    return codecs.charmap_encode(folded, "replace", _ENCODE)[0]


def is_invisible(char: str) -> bool:
    """Whether one character is passed over in folding: a mark, tatweel, or a character without width."""
    return len(char) == 1 and _TABLE[ord(char)] == ""
