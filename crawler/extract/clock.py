"""The time of day within a text, and which zone's clock it is: «09:23 م بتوقيت غرينتش», `T14:30+0300`.

Works on the folded, one-line text that `dates.py` hands in; which day it is, is decided there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from crawler.extract.date_words import AMERICAN_ZONES, HALVES, ZONES


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written; `hour` is 0 to 24 (24:00 is the end of the day).

    `zone` is that which the text names, None where it names none; `zulu` says that it is named by a mere Z, GMT
    or UTC. `seconds` and `latin_half`: how it was written (03:00:00 PM).
    """

    hour: int
    minute: int
    second: int
    zone: tzinfo | None
    zulu: bool
    seconds: bool
    latin_half: bool


def any_name(names: Iterable[str]) -> str:
    """The names as alternatives of a pattern, longer ones first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_LETTERS = {"ص", "م"}
_WORDS = any_name(HALVES.keys() - _LETTERS)
_HALF = any_name(HALVES)
_TIME = re.compile(
    r"(?<![\d:.+/])(?<!\d-)(?P<h>\d{1,2})(?::|h)(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.]\d{1,9})?)?(?![\d:])"
    rf"(?:\s?(?P<half>{_HALF})(?![^\W_]))?"
    rf"|(?<![\d:./\-])(?P<h2>\d{{1,2}})\s?(?P<half2>{_WORDS})(?![^\W_])"
    rf"|(?<=الساعه )(?P<h3>\d{{1,2}})(?:\s?(?P<half3>{_HALF}))?(?![^\W_])(?!\s?[\-/.]\s?\d)"
)
_HALF_BEFORE = re.compile(rf"(?<![^\W_])(?P<half>{_WORDS}|(?<!\d )[صم])\s?$")
"""«مساءً 09:05»; a م after a year is the era, not the evening."""
_COMPACT = re.compile(r"(?<=\d)t(\d\d):?(\d\d):?(\d\d)?")
_OFFSET = re.compile(
    r"\s?(?:(?:gmt|utc)\s?)?(?P<sign>[+\-−])\s?(?P<oh>\d{1,2}):?(?P<om>\d{2})?(?!\d)"
    r"|\s?(?P<zulu>z|gmt|utc|ut)(?![^\W_])"
    rf"|\s?(?P<american>{any_name(AMERICAN_ZONES)})(?![^\W_])"
)
_ZONE_BEFORE = re.compile(r"(?<![^\W_])(?:gmt|utc)\s?(?:(?P<sign>[+\-−])(?P<oh>\d{1,2})\s)?$")
"""«GMT 9:30», «GMT+3 9:30»."""
_IN_WORDS = re.compile(
    rf"(?:بتوقيت|بالتوقيت|توقيت)\s(?P<name>{any_name(ZONES)})(?![^\W_])\s?(?:(?P<sign>[+\-−])\s?(?P<oh>\d{{1,2}}))?"
    r"|(?<![^\W_])(?P<bare>غرينتش|جرينتش|غرينيتش|جرينيتش)(?![^\W_])"
)
_WIDEST = timedelta(hours=14)  # of any zone


def find_clock(text: str) -> Clock | None:
    """The first time of day in the text, with what is said of its half and zone."""
    text = _COMPACT.sub(lambda m: f" {m[1]}:{m[2]}" + (f":{m[3]}" if m[3] else ""), text)
    for match in _TIME.finditer(text):
        written = int(match["h"] or match["h2"] or match["h3"])
        minute, second = int(match["min"] or 0), int(match["s"] or 0)
        half = match["half"] or match["half2"] or match["half3"] or ""
        if not half and (before := _HALF_BEFORE.search(text, 0, match.start())):
            half = before["half"]
        hour = in_24_hours(written, half)
        if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
            continue
        zone, zulu = _zone(text, match.start(), match.end())
        latin = half.startswith(("a", "p"))
        return Clock(hour, minute, min(second, 59), zone, zulu, match["s"] is not None, latin)
    return None


def in_24_hours(hour: int, half: str) -> int:
    """The hour of the day, 0 to 24, of one written with a word or letter of `HALVES` (or none).

    12 ص is midnight and 12 م noon; a half beside 13 to 24 says nothing new.
    """
    if hour > 12 or not half:
        return hour
    match HALVES[half]:
        case "before noon":
            return hour % 12
        case "after noon":
            return hour % 12 + 12
        case "around noon":  # 11 to 3
            return hour + 12 if hour < 4 else hour
        case _:  # at night: from six in the evening to before six in the morning
            return (hour + 12) % 24 if hour >= 6 else hour


def _zone(text: str, start: int, end: int) -> tuple[tzinfo | None, bool]:
    """(zone, whether it is a mere Z or GMT) that stands after a time from `start` to `end`, in words anywhere, or
    before it."""
    match = _OFFSET.match(text, end)
    if match and match["zulu"]:
        return None, True
    if match and match["american"]:
        return timezone(AMERICAN_ZONES[match["american"]]), False
    if match:
        return _fixed(match["sign"], match["oh"], match["om"]), False
    if said := _IN_WORDS.search(text):
        if said["sign"]:
            return _fixed(said["sign"], said["oh"], None), False
        return ZoneInfo(ZONES[said["name"] or said["bare"]]), False
    if before := _ZONE_BEFORE.search(text, 0, start):
        return (_fixed(before["sign"], before["oh"], None), False) if before["sign"] else (None, True)
    return None, False


def _fixed(sign: str, hours: str, minutes: str | None) -> timezone | None:
    if int(minutes or 0) > 59:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > _WIDEST:
        return None
    return timezone(offset if sign == "+" else -offset)
