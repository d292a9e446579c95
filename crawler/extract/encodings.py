"""Which encoding makes news of some bytes: readings weighed by the statistics of Arabic letters.

Used by `decode.py` where bytes do not prove their encoding themselves. Pure functions over text; nothing here
knows of pages, headers or feeds.
"""

from __future__ import annotations

import math
import re
from collections import Counter

_PER_MILLE = (
    "ا150 ل115 ي75 م65 و53 ن50 ت46 ر45 ع34 ب34 ة31 د31 ف26 ه24 س23 ق21 أ20 ك18 ح18 ج14 ش10 ،10 ط9 ص9 خ8 ى8 إ8 ض7"
    " ز6 ذ6 ث5 ئ4 غ4 ء3 ظ2 ً2 ؤ1 آ1 ّ1 َ0.5 ـ0.5 ُ0.4 ؟0.3 ؛0.2 ِ0.2 ْ0.1 ٍ0.1 ٌ0.1"
)
"""Frequencies of letters in 7,500 newspaper articles of 2015 and 2024, ten million letters."""
_ARABIC = {piece[0]: math.log(float(piece[1:]) / 1000) for piece in _PER_MILLE.split()}
_OTHER_ARABIC = math.log(0.5 / 1000)  # Persian, Urdu and Kurdish letters, Eastern digits
_TYPOGRAPHY = dict.fromkeys("\u00a0«»–—‘’“”…•·\u200c\u200d\u200e\u200f°€©®", -5.0)
_FOREIGN = -4.2  # a letter of another script: one of some sixty
_IDEOGRAPH = -8.0  # of some three thousand, in two or three bytes
_ACCENTED = -7.5  # À to ÿ, unless it stands in a Latin word
_SYMBOL = -8.0  # ¬, ¢, ¶ …: rare in news, usual in bytes read wrongly
_BROKEN = -15.0  # U+FFFD, C1 controls, private use, unassigned

_IN_LATIN_WORD = re.compile(
    r"(?<=[A-Za-z])[À-ÿ](?![\u0600-\u06ff])|(?<![\u0600-\u06ff])[À-ÿ](?=[A-Za-z])|(?<!\S)[àÀ](?!\S)"
)
_LATIN_BESIDE_ARABIC = re.compile(r"[A-Za-z][ء-ي]|[ء-ي][A-Za-z]")
_FINAL_INSIDE = re.compile(r"[ةى][ء-ي]")
_THE = re.compile(r"(?<![ء-ي])و?ال(?=[ء-ي])")
_WEIGHTS = ((_IN_LATIN_WORD, 3.0), (_LATIN_BESIDE_ARABIC, -4.0), (_FINAL_INSIDE, -3.0), (_THE, 3.0))
"""What neighbours say: nats (units of log-likelihood) for each occurrence."""

GIBBERISH = -5.2
"""Nats a non-ASCII byte below which a reading is no language: Arabic news lies at about -3, Persian and Urdu at -4.6
to -4.9, Western text with accents at -4.5, windows-1256 read as windows-1252 at -7.5. The wrong one of two Arabic
encodings, at -3.8 to -5, is told by being unlikelier than the right one."""


def likelihood(text: str) -> float:
    """How likely the non-ASCII characters of `text` are in news, as log-likelihood in nats: 0 or less but for very
    short texts, higher is likelier. Readings of the same bytes may be compared; ASCII is the same in all."""
    counts = Counter(re.findall(r"[^\x00-\x7f]", text))
    letters = sum(_nats(char) * count for char, count in counts.items())
    return letters + sum(weight * len(pattern.findall(text)) for pattern, weight in _WEIGHTS)


def is_gibberish(text: str, size: int, least: int) -> bool:
    """Whether `text`, read from `size` non-ASCII bytes of a one- or two-byte encoding, is no language's; never of
    fewer than `least` bytes."""
    return size >= least and likelihood(text) < GIBBERISH * size


def _nats(char: str) -> float:
    if char in _ARABIC:
        return _ARABIC[char]
    if "\u0600" <= char <= "\u06ff":
        return _OTHER_ARABIC
    if char in _TYPOGRAPHY:
        return _TYPOGRAPHY[char]
    if char < "\u00a0" or char == "\ufffd" or not char.isprintable():
        return _BROKEN
    if "À" <= char <= "ÿ" and char not in "×÷":
        return _ACCENTED
    if not char.isalpha():
        return _SYMBOL
    return _FOREIGN if char < "\u2e80" else _IDEOGRAPH
