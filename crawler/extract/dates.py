"""Times as Arabic outlets write them, read into aware UTC, with how far the reading may be trusted.

Here stand days and their order; the words are in `date_words.py`, times of day and zones in `clock.py`, relative
phrases in `ago.py`; which of a page's dates is believed is decided in `times.py`.

Why not dateparser: of the 387 cases of tests/extract/dates.yaml it reads 212 rightly and 32 wrongly when given the
outlet's zone, order and country (1.5.0; `make bench-dates`): no dual month names, no unit without a number, م after
a year as evening, AST seven hours off; and it costs 200 ms at the first call. Babel's CLDR has names, no parser of
them. feedparser reads `2026/11/23 14:00` as the 1st, without error. A wrong time is worse than none: what is not
understood is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from crawler.extract.ago import find_ago, find_near_day
from crawler.extract.clock import Clock, any_name, find_clock
from crawler.extract.date_words import (
    DAY,
    HALVES,
    HIJRI_MONTHS,
    LABELS,
    LIBYAN_MONTHS,
    MINUTE,
    MONTHS,
    ORDINALS,
    SECOND,
    WEEKDAYS,
    words_of,
)
from crawler.extract.letters import fold

OLDEST_YEAR = 1990
"""No news page is older; an earlier year is Hijri, or a clock that was never set."""
SLACK = timedelta(minutes=10)
"""How far ahead an outlet's clock may be; what lies further ahead is scheduled, or a wrong zone."""
MAX_TEXT = 200
"""Code points of a text that is a date and its label; longer ones are prose."""

Confidence = Literal["low", "medium", "high"]
"""high: the text names the moment and its zone. medium: the outlet's zone is supposed, or the text is coarse.
low: something was guessed, `Reading.doubts` says what."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A moment in UTC, and what it rests on.

    `has_time`: the text named the time of day (else it is midnight where the outlet is). `precision`: the
    smallest unit that it names; «منذ ساعتين» may be an hour off. `zoned`: it named its zone or counts from now.
    `zulu`: by a mere Z, GMT or UTC, true or (`z_is_local`) not. `doubts`: what was guessed, in words.
    """

    moment: datetime
    has_time: bool
    precision: timedelta = SECOND
    zoned: bool = False
    zulu: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def confidence(self) -> Confidence:
        """How far it may be trusted by itself; other dates of the page may say more."""
        if self.doubts:
            return "low"
        return "high" if self.zoned and self.precision <= MINUTE else "medium"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text gives no moment, in a few words."""

    why: str


def parse_date(
    text: str, *, zone: tzinfo, now: datetime, day_first: bool | None = None, z_is_local: bool = False
) -> datetime | None:
    """The moment that `text` names, aware, in UTC; None where it names none for sure. As `read_date`."""
    reading = read_date(text, zone=zone, now=now, day_first=day_first, z_is_local=z_is_local)
    return reading.moment if reading else None


def read_date(
    text: str, *, zone: tzinfo, now: datetime, day_first: bool | None = None, z_is_local: bool = False
) -> Reading | None:
    """What `text` says of a moment; None where it names none for sure. As `understand`, without the reason."""
    reading = understand(text, zone=zone, now=now, day_first=day_first, z_is_local=z_is_local)
    return reading if isinstance(reading, Reading) else None


def understand(
    text: str, *, zone: tzinfo, now: datetime, day_first: bool | None = None, z_is_local: bool = False
) -> Reading | Refusal:
    """The moment that `text` names, or why it names none. Never raises, never answers `now` for want of better.

    `zone` is that of times without offset, and of those ending in Z where `z_is_local`; names such as AST, EET,
    GST and MSK are not trusted, the outlet's zone stands for them. An hour that summer time left out is read with
    the offset before the change, one that was struck twice as its first stroke: neither can then lie ahead of a
    moment that the outlet can have meant (PEP 495, fold 0).

    Relative phrases count from `now`. 3/4/2026 is 3 April unless `day_first` is False (None: nothing is known, and
    the reading has a doubt), or the weekday beside it says otherwise, or 3 April lies ahead of `now` and 4 March does
    not; with Latin AM/PM and seconds it is what .NET writes, month first. A Hijri date is refused, never taken for a
    Gregorian one and not converted: calendars of the countries differ by a day, and none of the catalogue's outlets
    gives it alone. A year before 1990 or after next year is refused.
    """
    if not text or len(text) > MAX_TEXT:
        return Refusal("too long for a date" if text else "empty")
    if machine := _machine(text, now, z_is_local):
        return machine
    plain = " ".join(re.sub(r"[,،؛|()\[\]]", " ", fold(text)).split())
    return (_epoch(plain, now) or _relative(plain, now) or _near_day(plain, zone, now, z_is_local)) or _absolute(
        _in_digits(plain), zone, now, day_first, z_is_local
    )


def not_ahead(moment: datetime, now: datetime) -> datetime:
    """`moment`, or `now` where it lies more than `SLACK` ahead."""
    return now if moment > now + SLACK else moment


_VOCABULARY = LABELS | words_of(WEEKDAYS, HALVES, HIJRI_MONTHS, MONTHS)
_STRAY_WORDS = 2  # words of a date line that are neither: a town, «بواسطة»


def is_date_line(text: str) -> bool:
    """Whether a text is a date with its label and hardly more: no headline that has a date in it."""
    if len(text) > MAX_TEXT:
        return False
    plain = fold(text)
    if not (_YEAR.search(plain) or _DATE_NUMBERS.search(plain)):
        return False
    return sum(word not in _VOCABULARY for word in re.findall(r"[^\W\d_]+", plain)) <= _STRAY_WORDS


# ---- the forms of RFC 5322 and ISO 8601 with an offset: most feeds, and twenty times as quick --------------------

_RFC_5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC|([+-]\d\d:?\d\d))", re.ASCII
)
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH = {name: f"{number:02}" for number, name in enumerate(_MONTHS, 1)}


def _machine(text: str, now: datetime, z_is_local: bool) -> Reading | None:
    if match := _RFC_5322.fullmatch(text):
        day, name, year, clock, offset = match.groups()
        if not (month := _ENGLISH.get(name)):
            return None
        text = f"{year}-{month}-{day:0>2}T{clock}{offset or 'Z'}"
    elif not _ISO_8601.fullmatch(text):
        return None
    zulu = text.endswith("Z")
    if zulu and z_is_local:
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not OLDEST_YEAR <= moment.year <= now.year + 1:
        return None
    return Reading(moment, True, zoned=True, zulu=zulu)


# ---- a number of seconds, a phrase, a near day -------------------------------------------------------------------

_EPOCH = re.compile(
    r"(?:/date )?(\d{10}(?:\d{3})?(?:\.\d{1,6})?)(?:[+-]\d{4})?(?: /)?"
)  # /Date(1785229424000)/ is .NET's
_MILLISECONDS = 1e11  # a number above it: as seconds, the year 5138


def _epoch(text: str, now: datetime) -> Reading | None:
    match = _EPOCH.fullmatch(text)
    if not match:
        return None
    number = float(match[1])
    moment = datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
    return Reading(moment, True, zoned=True) if OLDEST_YEAR <= moment.year <= now.year + 1 else None


def _relative(text: str, now: datetime) -> Reading | None:
    """As coarse as it says; a day ago has a time of day too, that of `now`."""
    ago = find_ago(text)
    return Reading((now - ago.span).astimezone(UTC), True, ago.precision, zoned=True) if ago else None


def _near_day(text: str, zone: tzinfo, now: datetime, z_is_local: bool) -> Reading | None:
    """«أمس 09:00 م», and «أمس» alone; «اليوم» alone is a newspaper and a menu's entry."""
    back = find_near_day(text)
    clock = find_clock(text) if back is not None else None
    if back is None or (clock is None and back == 0) or _DATE_NUMBERS.search(text) or _DATE_WORDS.search(text):
        return None
    day = now.astimezone(zone).date() - back * DAY
    reading = _moment(day, clock, zone, z_is_local, ())
    return reading if isinstance(reading, Reading) else None


# ---- 23 تشرين الثاني/نوفمبر 2026 - 02:00 م ----------------------------------------------------------------------

_NAME = any_name(MONTHS)
_HIJRI = any_name(HIJRI_MONTHS)
_TWO_NAMES = rf"(?P<name>{_NAME})\.?(?:\s?[/\-–]?\s?(?P<again>{_NAME}))?"
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
_OF = r"\s(?:من )?(?:شهر )?"
_YEAR_AFTER = rf"(?:\s?[\-/.–]?\s?(?:(?:من |ل)?(?:عام|سنه) )?(?P<year>\d{{4}}){_END})?"
_DATE_WORDS = re.compile(
    rf"{_EDGE}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?(?:{_OF}|[\s\-/.]{{0,3}}){_TWO_NAMES}{_END}{_YEAR_AFTER}"
)
_DATE_WORDS_MONTH_FIRST = re.compile(
    rf"{_EDGE}{_TWO_NAMES}[\s\-/.]{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_END}{_YEAR_AFTER}"
)
_DATE_YEAR_FIRST = re.compile(
    rf"{_EDGE}(?P<year>\d{{4}})[\s\-/.]{{1,3}}{_TWO_NAMES}[\s\-/.]{{1,3}}(?P<day>\d{{1,2}}){_END}"
)
_DATE_SHORT_YEAR = re.compile(
    rf"{_EDGE}(?P<day>\d{{1,2}})[\s\-]{_TWO_NAMES}[\s\-](?P<short>\d{{2}})(?=\s\d{{1,2}}:\d\d)"
)
_DATE_LIBYA = re.compile(
    rf"{_EDGE}(?P<day>\d{{1,2}})[\s\-/]{{1,3}}(?P<name>{any_name(LIBYAN_MONTHS)})(?P<again>)[\s\-/]{{1,3}}(?P<year>\d{{4}}){_END}"
)
_DATE_NUMBERS = re.compile(
    r"(?<![\d:])(?:(?P<y>\d{4})\s?(?P<sep1>[\-/.])\s?(?P<m>\d{1,2})\s?(?P=sep1)\s?(?P<d>\d{1,2})"
    r"|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)(?=t|\s|$)"
    r"|(?P<a>\d{1,2})\s?(?P<sep>[\-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<c>\d{4}))(?!\d)"
)
_FORMS = (_DATE_NUMBERS, _DATE_YEAR_FIRST, _DATE_SHORT_YEAR, _DATE_LIBYA, _DATE_WORDS, _DATE_WORDS_MONTH_FIRST)
_YEAR = re.compile(r"(?<![\d:.])(?:19|20)\d\d(?![\d:])")
_IS_HIJRI = re.compile(rf"\s?ه(?:ـ)?(?![^\W_])|\s?هجري|\s(?:{_HIJRI})(?![^\W_])")
_HAS_HIJRI = re.compile(rf"(?<![^\W_])(?:{_HIJRI})(?![^\W_])|\dه(?![^\W_])|هجري|(?<!\d)1[34]\d\d(?!\d)")
_WEEKDAY = re.compile(rf"(?<![^\W_])(?:{any_name(WEEKDAYS)})(?![^\W_])")
_IN_WORDS = re.compile(
    rf"{_EDGE}(?P<unit>{any_name(ORDINALS)})(?:\s(?:(?P<teen>عشر)|و(?P<ten>{any_name(ORDINALS)})))?(?=\sمن\s)"
)


def _in_digits(text: str) -> str:
    """Days of the month in words as numbers: «الثالث والعشرين من» → «23 من»."""

    def number(match: re.Match[str]) -> str:
        return str(ORDINALS[match["unit"]] + (10 if match["teen"] else 0) + ORDINALS.get(match["ten"], 0))

    return _IN_WORDS.sub(number, text)


def _absolute(text: str, zone: tzinfo, now: datetime, day_first: bool | None, z_is_local: bool) -> Reading | Refusal:
    """The first of the text's dates that is a Gregorian day within reason; else why the first was none."""
    clock = find_clock(text)
    today = now.astimezone(zone).date()
    refusals: list[str] = []
    for match in sorted((m for form in _FORMS for m in form.finditer(text)), key=lambda m: m.start()):
        if _IS_HIJRI.match(text, match.end()):
            refusals.append("a Hijri date")
            continue
        found = _day(match, text, today, day_first, clock)
        if isinstance(found, Refusal):
            refusals.append(found.why)
        elif found[0].year < OLDEST_YEAR:
            hijri = _HIJRI_YEARS[0] <= found[0].year <= _HIJRI_YEARS[1]
            refusals.append("a Hijri year" if hijri else f"the year {found[0].year}, before news pages")
        elif found[0].year > now.year + 1:
            refusals.append(f"the year {found[0].year}, far ahead")
        else:
            reading = _moment(found[0], clock, zone, z_is_local, found[1])
            if isinstance(reading, Reading):
                return reading
            refusals.append(reading.why)
    if refusals:
        return Refusal(refusals[0])
    return Refusal("a Hijri date" if _HAS_HIJRI.search(text) else "names no day")


_HIJRI_YEARS = (1300, 1500)

_Day = tuple[date, tuple[str, ...]]
"""A day, and what was guessed of it."""


def _day(match: re.Match[str], text: str, today: date, day_first: bool | None, clock: Clock | None) -> _Day | Refusal:
    """The day that the match names."""
    part = match.groupdict()
    if "name" in part:
        return _named_day(part, text, today)
    if part["y"] or part["y8"]:
        day = _valid(*(int(part[g] or part[g + "8"]) for g in "ymd"))
        return (day, ()) if day else Refusal("no day of the calendar")
    a, b, year = int(part["a"]), int(part["b"]), int(part["c"])
    known_order = day_first is not None
    if part["sep"] == "/" and clock and clock.latin_half and clock.seconds:
        day_first = False  # .NET's
    first, second = _valid(year, b, a), _valid(year, a, b)
    if day_first is False:
        first, second = second, first
    if not first or not second or first == second:  # an impossible month proves the order
        day = first or second
        return (day, ()) if day else Refusal("no day of the calendar")
    weekday = _weekday(text)
    if first.weekday() != second.weekday() and weekday in (first.weekday(), second.weekday()):
        return (first if first.weekday() == weekday else second), ()
    tomorrow = today + DAY
    if first > tomorrow >= second:
        return second, ("day and month turned, else it lies ahead",)
    sure = known_order or second > tomorrow
    return first, () if sure else ("day and month may be turned",)


def _named_day(part: dict[str, str | None], text: str, today: date) -> _Day | Refusal:
    name = part["name"] or ""
    month = MONTHS.get(name) or LIBYAN_MONTHS[name]
    if part["again"] and MONTHS[part["again"]] != month:
        return Refusal("two names of different months")
    number = int(part["day"] or 0)
    year = part.get("year")
    if short := part.get("short"):
        year = f"20{short}"  # RFC 822's two digits
    if not year and (apart := _YEAR.search(text)):  # Sun Nov 22 14:00:00 2026
        year = apart[0]
    if year:
        day = _valid(int(year), month, number)
        return (day, ()) if day else Refusal("no day of the calendar")
    if _HAS_HIJRI.search(text):
        return Refusal("a Hijri year")
    for recent in (_valid(y, month, number) for y in (today.year, today.year - 1)):
        if recent and recent <= today + 2 * DAY:
            return recent, ("the year is not said",)
    return Refusal("no day of the calendar")


def _weekday(text: str) -> int | None:
    match = _WEEKDAY.search(text)
    return WEEKDAYS[match[0]] if match else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(
    day: date, clock: Clock | None, zone: tzinfo, z_is_local: bool, doubts: tuple[str, ...]
) -> Reading | Refusal:
    """The clock's moment on that day; the day's midnight where there is no clock."""
    zulu = clock is not None and clock.zulu
    named = UTC if zulu and not z_is_local else clock.zone if clock else None
    hour = clock.hour if clock else 0
    try:
        minute, second = (clock.minute, clock.second) if clock else (0, 0)
        local = datetime(day.year, day.month, day.day, hour % 24, minute, second, tzinfo=named or zone)
        local += DAY if hour == 24 else timedelta()
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return Refusal("no moment of the calendar")
    if clock and (odd := _odd_hour(local, moment)):
        doubts = (*doubts, odd)
    precision = DAY if not clock else SECOND if clock.seconds else MINUTE
    return Reading(moment, clock is not None, precision, zoned=named is not None, zulu=zulu, doubts=doubts)


def _odd_hour(local: datetime, moment: datetime) -> str:
    """What summer time did to that hour; empty for an hour like others."""
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        return "an hour that summer time left out"
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return "an hour that was struck twice"
    return ""
