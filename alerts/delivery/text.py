"""Text for Telegram: a piece of somebody else's text made clean, short, and readable in a right-to-left line.

Pure functions on strings; what a message consists of is `render.py`'s. Telegram counts lengths in UTF-16 code
units (core.telegram.org/api/entities), and so do all limits here.
"""

from __future__ import annotations

import unicodedata

import regex

LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"
LRM, RLM = "\u200e", "\u200f"
ELLIPSIS = "…"

RAW_LIMIT = 20_000
"""Code points looked at: several times what a message can hold, so that a hostile title costs little."""
STACK_LIMIT = 8
"""Marks on one letter: twice what vocalised Arabic needs; more of them only smear over the lines above."""
HASHTAG_LIMIT = 48
"""Letters of a hashtag: Telegram takes 256, a phone's line about 30."""

# Format characters that are text: ZWNJ and ZWJ, the Arabic number signs, the tags of flag emoji. All others (bidi
# controls, joiners of words, marks of annotation), control characters, surrogates and non-characters are not.
_NOT_TEXT = regex.compile(
    r"[[\p{Cc}\p{Cs}\p{Cf}\p{Noncharacter_Code_Point}]"
    r"--[\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000e0020-\U000e007f]]",
    regex.V1,
)
_SEEN = regex.compile(r"[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]")  # the last: Braille without a dot
_STACK = regex.compile(rf"(\p{{M}}{{{STACK_LIMIT}}})\p{{M}}+")
_CLUSTER = regex.compile(r"\X")
_NOT_HASHTAG = regex.compile(r"[^\p{L}\p{Nd}]+")
_LETTER = regex.compile(r"\p{L}")

_RIGHT_TO_LEFT = ("R", "AL")
_LATIN_EDGE = frozenset("@#+%_$€£")  # belongs to the word that it stands at: @name, C++, 5%


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(c > "\uffff" for c in text)


def clean(text: str) -> str:
    """`text` as one line of what a reader sees: NFC, single spaces, no control or direction characters, no lone
    surrogates, at most `STACK_LIMIT` marks on a letter; empty where nobody would see anything."""
    line = _NOT_TEXT.sub("", " ".join(text[:RAW_LIMIT].split()))  # whitespace first: a line break parts words
    return unicodedata.normalize("NFC", _STACK.sub(r"\1", " ".join(line.split()))) if _SEEN.search(line) else ""


def shorten(text: str, limit: int) -> str:
    """Cleaned `text` in at most `limit` units, with an ellipsis where something was cut: at a word's end where
    the last word is not half of the text, else between what a reader takes for letters (UAX #29 clusters)."""
    if units(text) <= limit:
        return text
    size = end = 0
    edge = 0
    for cluster in _CLUSTER.finditer(text):
        if cluster[0].isspace():
            edge = cluster.start()
        size += units(cluster[0])
        if size > limit - len(ELLIPSIS):
            break
        end = cluster.end()
    if edge * 2 > end:
        end = edge
    elif end == 0:  # one "letter" longer than the limit: thousands of joined emoji
        end = (limit - len(ELLIPSIS)) // 2
    return text[:end].rstrip(" \u200d،,؛;:-–—") + ELLIPSIS


def reads_right_to_left(text: str) -> bool:
    """Whether `text` begins with a letter of a right-to-left script, or has more of them than of others: neither
    an agency's name before an Arabic headline nor a long aircraft's name in it turns the line round."""
    kinds = [k for k in map(unicodedata.bidirectional, text) if k in ("L", *_RIGHT_TO_LEFT)]
    return bool(kinds) and (kinds[0] != "L" or kinds.count("L") * 2 < len(kinds))


def embed(text: str, *, right_to_left: bool) -> str:
    """Cleaned `text` fit for a line of the given direction: isolated as a whole where its own direction is the
    other one, else each Latin run isolated, so that punctuation and numbers beside it stay where they belong
    (UAX #9). Isolates are always closed."""
    if not any(unicodedata.bidirectional(c) in ("L", *_RIGHT_TO_LEFT) for c in text):
        return text
    if reads_right_to_left(text) != right_to_left:
        return f"{LRI if right_to_left else RLI}{text}{PDI}"
    return _isolate_latin(text) if right_to_left else text


def number(text: str) -> str:
    """A number or time of our own, isolated: 14:05 is never read 05:14."""
    return f"{LRI}{text}{PDI}"


def led(text: str, *, right_to_left: bool) -> str:
    """The direction mark that a line needs before it so that a reader's program, which goes by the first strong
    letter outside isolates (UAX #9 P2), lays it out in that direction; empty where it does so by itself."""
    depth = 0
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind in ("LRI", "RLI", "FSI"):
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", *_RIGHT_TO_LEFT):
            return "" if (kind != "L") == right_to_left else _mark(right_to_left)
    return _mark(right_to_left)


def hashtag(*names: str) -> str:
    """`#…` of the first of `names` that holds a letter: letters, digits and `_` only, as Telegram's clients link
    them; short vowels, which they do not take for letters, left out. Empty where none does."""
    for name in names:
        bare = "".join(c for c in clean(name) if not unicodedata.category(c).startswith("M"))
        tag = _NOT_HASHTAG.sub("_", bare)[:HASHTAG_LIMIT].strip("_")
        if _LETTER.search(tag):
            return f"#{tag}"
    return ""


def _mark(right_to_left: bool) -> str:
    return RLM if right_to_left else LRM


def _isolate_latin(text: str) -> str:
    """Isolates every run of left-to-right words, numbers that follow one of them ("Boeing 737") included."""
    out: list[str] = []
    run: list[str] = []

    def close() -> None:
        if run:
            out.append(f"{LRI}{' '.join(run)}{PDI}")
            run.clear()

    for word in text.split(" "):
        kinds = {unicodedata.bidirectional(c) for c in word}
        latin = "L" in kinds and kinds.isdisjoint((*_RIGHT_TO_LEFT, "AN"))
        if not latin and not (run and kinds == {"EN"}):
            close()
            out.append(word)
            continue
        core = range(len(word))
        strong = [i for i in core if word[i] in _LATIN_EDGE or unicodedata.bidirectional(word[i]) in ("L", "EN")]
        begin, end = strong[0], strong[-1] + 1
        while end < len(word) and unicodedata.category(word[end]).startswith("M"):  # marks stay on their letter
            end += 1
        if begin:
            close()
        run.append(word[begin:end])
        if begin or end < len(word):
            close()
            out[-1] = word[:begin] + out[-1] + word[end:]
    close()
    return " ".join(out)
