"""Moments told from now: «منذ ساعتين و10 دقائق», «5 ساعات ago», «أمس 09:00 م»: how far back, and how exactly.

Works on the folded, one-line text that `dates.py` hands in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from crawler.extract.clock import any_name
from crawler.extract.date_words import DUALS, HALVES, LABELS, NEAR_DAYS, NUMBERS, SECOND, UNITS, WEEKDAYS, words_of

LONGEST_AGO = timedelta(days=365 * 30)
_STRAY_WORDS = 3
"""Words of a phrase's text that are neither its own nor a label: «بواسطة أحمد علي»; more make it prose."""


@dataclass(frozen=True, slots=True)
class Ago:
    """How long before now; `precision` is the smallest unit that was named."""

    span: timedelta
    precision: timedelta


_JUST_NOW = re.compile(
    r"(?:الان|(?:قبل|منذ) (?:قليل|لحظات|لحظه|ثوان قليله|ثواني قليله)|just now|now|(?:a )?moments? ago)"
)
_BEFORE = re.compile(r"(?:^|\s)(?:منذ|قبل|since|il y a)\s(.+)$")
_AFTER = re.compile(r"^(.+?)\s(?:ago|مضت|مضي)(?![^\W_])")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_ROUGHLY = {"و", "حوالي", "نحو", "قرابه", "about", "almost", "over", "ago"}
_ROUGHLY |= {"تقريبا", "اكثر", "اقل", "من", "الان", "مضت", "مضي"}
_KNOWN = frozenset([*NUMBERS, *UNITS, *DUALS])
_LONGEST_COUNT = 4  # digits


def find_ago(text: str) -> Ago | None:
    """What a relative phrase says; None where the text is none or is prose with one in it."""
    if _JUST_NOW.fullmatch(text):
        return Ago(timedelta(), SECOND)
    match = _BEFORE.search(text) or _AFTER.search(text)
    if not match:
        return None
    before = text[: match.start(1)] if match.re is _BEFORE else ""
    span, count, unit = timedelta(), None, None
    words = _WORD.findall(match[1])
    for place, word in enumerate(words):
        bare = word if word in _KNOWN else word.removeprefix("و")
        if word.isdigit():
            if len(word) > _LONGEST_COUNT:
                return None
            count = float(word)
        elif bare in UNITS and (count is not None or bare not in NUMBERS):
            unit = UNITS[bare]
            span, count = span + unit * (1 if count is None else count), None
        elif bare in DUALS:
            unit = DUALS[bare]
            span, count = span + unit * 2, None
        elif bare in NUMBERS and count is None and unit is not None and bare == word:
            continue  # «ساعة واحدة»: nothing new
        elif bare in NUMBERS and NUMBERS[bare] < 1 and count is None and unit is not None:
            span += unit * NUMBERS[bare]  # «ساعتين ونصف»
        elif bare in NUMBERS:
            count = (count or 0) + NUMBERS[bare]  # «خمس عشرة», «خمس وعشرين»
        elif word not in _ROUGHLY:
            if words[place - 1] == "من" or len(_strays(f"{before} {' '.join(words[place:])}")) > _STRAY_WORDS:
                return None  # «قبل ثلاثة أيام من الانتخابات»
            break
    if len(_strays(before)) > _STRAY_WORDS or not timedelta() < span < LONGEST_AGO:
        return None
    return Ago(span, unit or SECOND)


def _strays(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in _COMMON and not word.isdigit()]


_COMMON = LABELS | words_of(WEEKDAYS, HALVES, UNITS) | _ROUGHLY
_NEAR_DAY = re.compile(rf"(?:^|[\s:])(?P<day>{any_name(NEAR_DAYS)})(?=[\s:]|$)")


def find_near_day(text: str) -> int | None:
    """How many days before today «اليوم», «أمس» or «أول أمس» is; None where the text has none or is prose."""
    match = _NEAR_DAY.search(text)
    if not match or len(_strays(text[: match.start()] + " " + text[match.end() :])) > _STRAY_WORDS:
        return None
    return NEAR_DAYS[match["day"]]
