"""Times as Arabic outlets write them, read into aware UTC.

Why not dateparser: it knows the Levant's months only under some locales and dual names under none, reads «منذ
ساعة» as nothing, takes 5/4/2026 for April under Arabic, and costs 200 ms at the first call; feedparser reads
`2026/11/23 14:00` as the 1st, without error. A wrong time is worse than none: what is not understood is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from crawler.extract.letters import fold

OLDEST_YEAR = 1990
"""No news page is older; an earlier year is Hijri, or a clock that was never set."""
SLACK = timedelta(minutes=10)
"""How far ahead an outlet's clock may be; what lies further ahead is scheduled, or a wrong zone."""
MAX_TEXT = 200
"""Code points of a text that is a date and its label; longer ones are prose."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A moment in UTC, and whether the text named the time of day (else it is midnight there)."""

    moment: datetime
    has_time: bool


def parse_date(
    text: str, *, zone: tzinfo, now: datetime, day_first: bool = True, z_is_local: bool = False
) -> datetime | None:
    """The moment that `text` names, aware, in UTC; None where it names none for sure.

    `zone` is that of times without a numeric offset (names such as AST, EET and GST are not trusted), and of
    those ending in Z where `z_is_local`. Relative phrases count from `now`. 3/4/2026 is 3 April when
    `day_first`, unless it then lies ahead of `now` and 4 March does not; with Latin AM/PM and seconds it is
    what .NET writes, month first. Years before 1990 are Hijri or nonsense: None.
    """
    reading = read_date(text, zone=zone, now=now, day_first=day_first, z_is_local=z_is_local)
    return reading.moment if reading else None


def read_date(
    text: str, *, zone: tzinfo, now: datetime, day_first: bool = True, z_is_local: bool = False
) -> Reading | None:
    """As `parse_date`, with whether there was a time of day."""
    if not text or len(text) > MAX_TEXT:
        return None
    if machine := _machine(text, now, z_is_local):
        return machine
    plain = " ".join(re.sub(r"[,،؛|()\[\]]", " ", fold(text)).split())
    return (
        _epoch(plain, now)
        or _relative(plain, now)
        or _near_day(plain, zone, now)
        or _absolute(plain, zone, now, day_first, z_is_local)
    )


def not_ahead(moment: datetime, now: datetime) -> datetime:
    """`moment`, or `now` where it lies more than `SLACK` ahead."""
    return now if moment > now + SLACK else moment


_ABOUT_DATES = (
    "تم نشر نشره نشرت النشر في بتاريخ تاريخ اخر التحديث تحديث حدث الساعه بتوقيت توقيت غرينتش الموافق"
    " صباحا مساء ظهرا عصرا ليلا ص م السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه"
    " published updated posted last on at gmt utc am pm"
    " monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
)
_VOCABULARY = frozenset(_ABOUT_DATES.split())
_STRAY_WORDS = 2  # words of a date line that are neither: a town, «بواسطة»


def is_date_line(text: str) -> bool:
    """Whether a text is a date with its label and hardly more: no headline that has a date in it."""
    plain = fold(text)
    if len(plain) > MAX_TEXT or not _YEAR.search(plain):
        return False
    rest = _MONTH_NAME.sub(" ", plain)
    return sum(word not in _VOCABULARY for word in re.findall(r"[^\W\d_]+", rest)) <= _STRAY_WORDS


# ---- the forms of RFC 5322 and ISO 8601 with an offset: most feeds, and twenty times as quick --------------------

_RFC_5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|([+-]\d\d):?(\d\d))",
    re.ASCII,
)
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _machine(text: str, now: datetime, z_is_local: bool) -> Reading | None:
    if match := _RFC_5322.fullmatch(text):
        day, month, year, hour, minute, second, hours, minutes = match.groups()
        if month not in _MONTHS:
            return None
        text = f"{year}-{_MONTHS.index(month) + 1:02}-{day:>02}T{hour}:{minute}:{second}"
        text += f"{hours}:{minutes}" if hours else "Z"
    elif not _ISO_8601.fullmatch(text):
        return None
    if z_is_local and text.endswith("Z"):
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Reading(moment, True) if OLDEST_YEAR <= moment.year <= now.year + 1 else None


# ---- a number of seconds ------------------------------------------------------------------------------------


def _epoch(text: str, now: datetime) -> Reading | None:
    if not re.fullmatch(r"\d{10}(?:\d{3})?(?:\.\d{1,6})?", text):
        return None
    number = float(text)
    moment = datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    return Reading(moment, True) if OLDEST_YEAR <= moment.year <= now.year + 1 else None


# ---- منذ ساعتين -----------------------------------------------------------------------------------------------

_SECOND, _MINUTE, _HOUR, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {
    "ثانيه ثوان ثواني second seconds sec secs": _SECOND,
    "دقيقه دقائق دقايق minute minutes min mins": _MINUTE,
    "ساعه ساعات hour hours hr hrs": _HOUR,
    "يوم يوما ايام day days": _DAY,
    "اسبوع اسبوعا اسابيع week weeks": 7 * _DAY,
    "شهر شهرا اشهر شهور month months": 30 * _DAY,
    "سنه سنوات سنين عام عاما اعوام year years": 365 * _DAY,
    "ثانيتين ثانيتان": 2 * _SECOND,
    "دقيقتين دقيقتان": 2 * _MINUTE,
    "ساعتين ساعتان": 2 * _HOUR,
    "يومين يومان": 2 * _DAY,
    "اسبوعين اسبوعان": 14 * _DAY,
    "شهرين شهران": 60 * _DAY,
    "سنتين سنتان عامين عامان": 730 * _DAY,
}
_UNIT = {word: span for words, span in _UNITS.items() for word in words.split()}
_NUMBER = {
    word: n
    for words, n in (
        ("واحد واحده a an one", 1.0),
        ("اثنين اثنتين two", 2.0),
        ("ثلاث ثلاثه three", 3.0),
        ("اربع اربعه four", 4.0),
        ("خمس خمسه five", 5.0),
        ("ست سته six", 6.0),
        ("سبع سبعه seven", 7.0),
        ("ثمان ثماني ثمانيه eight", 8.0),
        ("تسع تسعه nine", 9.0),
        ("عشر عشره ten", 10.0),
        ("نصف half", 1 / 2),
        ("ثلث", 1 / 3),
        ("ربع", 1 / 4),
    )
    for word in words.split()
}
_LONGEST_AGO = timedelta(days=365 * 30)
_JUST_NOW = re.compile(r"(?:الان|(?:قبل|منذ) (?:قليل|لحظات|لحظه)|just now|now|(?:a )?moments? ago)")


def _relative(text: str, now: datetime) -> Reading | None:
    """«منذ ساعتين و10 دقائق»: as coarse as it says; a day ago has a time of day too, that of `now`."""
    if _JUST_NOW.fullmatch(text):
        return Reading(now.astimezone(UTC), True)
    match = re.search(r"(?:^|\s)(?:منذ|قبل|since)\s(.+)$", text) or re.search(r"^(.+?)\s(?:ago|مضت)\b", text)
    if not match:
        return None
    span, count = timedelta(), None
    for word in re.findall(r"\d+|[^\W\d]+", match[1]):
        bare = word if word in _UNIT or word in _NUMBER else word.removeprefix("و")
        if word.isdigit():
            count = float(word) if len(word) < 5 else None
        elif bare in _NUMBER and bare not in _UNIT:
            if count is None:  # «ساعة واحدة»: the number after the unit says nothing new
                count = _NUMBER[bare]
        elif bare in _UNIT:
            span += _UNIT[bare] * (1 if count is None else count)
            count = None
        elif word not in ("و", "حوالي", "نحو", "about", "ago", "تقريبا", "من", "الان"):
            break
    if not timedelta() < span < _LONGEST_AGO:
        return None
    return Reading((now - span).astimezone(UTC), True)


# ---- اليوم 14:30 ----------------------------------------------------------------------------------------------


def _near_day(text: str, zone: tzinfo, now: datetime) -> Reading | None:
    match = re.search(r"(?:^|\s)(اليوم|امس|البارحه|today|yesterday)(?:\s|:|$)", text)
    clock = _clock(text) if match else None
    if not match or not clock or _DATE_NUMBERS.search(text) or _DATE_WORDS.search(text):
        return None
    day = now.astimezone(zone).date() - (timedelta() if match[1] in ("اليوم", "today") else _DAY)
    return _moment(day, clock, zone, False)


# ---- 23 تشرين الثاني/نوفمبر 2026 - 02:00 م ----------------------------------------------------------------------

_MONTH_NAMES = (  # Egypt and the Gulf, the Levant, the Maghreb, English; folded
    ("يناير", "كانون الثاني", "كانون ثاني", "كانون 2", "جانفي", "january", "jan"),
    ("فبراير", "شباط", "فيفري", "february", "feb"),
    ("مارس", "اذار", "march", "mar"),
    ("ابريل", "نيسان", "افريل", "april", "apr"),
    ("مايو", "ايار", "ماي", "may"),
    ("يونيو", "يونيه", "حزيران", "جوان", "june", "jun"),
    ("يوليو", "يوليه", "تموز", "جويليه", "يوليوز", "july", "jul"),
    ("اغسطس", "اب", "اوت", "غشت", "august", "aug"),
    ("سبتمبر", "ايلول", "شتنبر", "september", "sept", "sep"),
    ("اكتوبر", "تشرين الاول", "تشرين اول", "تشرين 1", "october", "oct"),
    ("نوفمبر", "تشرين الثاني", "تشرين ثاني", "تشرين 2", "نونبر", "november", "nov"),
    ("ديسمبر", "كانون الاول", "كانون اول", "كانون 1", "دجنبر", "december", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_HIJRI = "محرم|صفر|ربيع|جمادي|رجب|شعبان|رمضان|شوال|ذو|ذي"
_NAME = "|".join(re.escape(name) for name in sorted(_MONTH, key=len, reverse=True))
_TWO_NAMES = rf"(?P<name>{_NAME})\.?(?:\s?[/\-]?\s?(?:{_NAME}))?"
_MONTH_NAME = re.compile(rf"(?<![^\W\d_])(?:{_NAME}|{_HIJRI})(?![^\W\d_])")
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
_DATE_WORDS = re.compile(
    rf"{_EDGE}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s\-/.]{{0,3}}{_TWO_NAMES}{_END}(?:[\s\-/.]{{1,3}}(?P<year>\d{{4}}){_END})?"
    rf"|{_EDGE}{_TWO_NAMES.replace('?P<name>', '?P<name2>')}[\s\-/.]{{1,3}}(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?{_END}"
    rf"(?:[\s\-/.]{{1,3}}(?P<year2>\d{{4}}){_END})?"
)
_DATE_NUMBERS = re.compile(
    r"(?<![\d:])(?:(?P<y>\d{4})[\-/.](?P<m>\d{1,2})[\-/.](?P<d>\d{1,2})|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)(?=t|\s|$)"
    r"|(?P<a>\d{1,2})\s?(?P<sep>[\-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<c>\d{4}))(?!\d)"
)
_YEAR = re.compile(r"(?<![\d:.])(?:19|20)\d\d(?![\d:])")
_HALF = r"(?P<{0}>a\.?m\.?|p\.?m\.?|صباحا|مساء|ظهرا|عصرا|ليلا|فجرا|ص|م)(?![^\W_])"
_CLOCK = re.compile(
    r"(?<![\d:.+/])(?<!\d-)(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.]\d{1,9})?)?(?![\d:])"
    rf"\s?(?:{_HALF.format('half')})?"
    rf"|(?<![\d:./\-])(?P<h2>\d{{1,2}})\s?(?:{_HALF.format('half2').replace('|ص|م', '')})"
)
_COMPACT = re.compile(r"(?<=\d)t(\d\d):?(\d\d):?(\d\d)?")
_OFFSET = re.compile(
    r"\s?(?:(?:gmt|utc)\s?)?(?P<sign>[+\-−])\s?(?P<oh>\d{1,2}):?(?P<om>\d{2})?(?!\d)"
    r"|\s?(?P<zulu>z|gmt|utc|ut)(?![^\W_])"
)
_US_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # RFC 5322 §4.3
_GREENWICH = re.compile(r"غرينت?ش|غرينيتش|جرينت?ش|جرينيتش")


@dataclass(frozen=True, slots=True)
class _Clock:
    hour: int
    minute: int
    second: int
    offset: timedelta | None  # None: the outlet's zone
    zulu: bool
    dotnet: bool  # Latin AM/PM with seconds


_OF_THE_HIJRA = re.compile(rf"\s?ه(?![^\W_])|\s?هجري|\s(?:{_HIJRI})(?![^\W_])")


def _absolute(text: str, zone: tzinfo, now: datetime, day_first: bool, z_is_local: bool) -> Reading | None:
    clock = _clock(text)
    for match in sorted([*_DATE_NUMBERS.finditer(text), *_DATE_WORDS.finditer(text)], key=lambda m: m.start()):
        if _OF_THE_HIJRA.match(text, match.end()):
            continue
        for day in _days(match, text, now.astimezone(zone).date(), day_first, clock):
            reading = _moment(day, clock, zone, z_is_local)
            if reading and OLDEST_YEAR <= day.year <= now.year + 1:
                return reading
    return None


def _days(match: re.Match[str], text: str, today: date, day_first: bool, clock: _Clock | None) -> list[date]:
    """The day that the match names, as a list of one, or of none where there is no such day."""
    part = match.groupdict()
    if "name" in part:
        month = _MONTH[part["name"] or part["name2"]]
        day, year = int(part["day"] or part["day2"]), part["year"] or part["year2"]
        if not year and (apart := _YEAR.search(text)):  # Sun Nov 22 14:00:00 2026
            year = apart[0]
        if year:
            return _valid(int(year), month, day)
        recent = [d for y in (today.year, today.year - 1) for d in _valid(y, month, day) if d <= today + 2 * _DAY]
        return recent[:1]
    if part["y"] or part["y8"]:
        return _valid(*(int(part[g] or part[g + "8"]) for g in "ymd"))
    a, b, year = int(part["a"]), int(part["b"]), int(part["c"])
    if part["sep"] == "/" and clock and clock.dotnet:
        day_first = False
    first, second = _valid(year, b, a), _valid(year, a, b)
    if not day_first:
        first, second = second, first
    if not first or (second and first[0] > today + _DAY >= second[0]):
        return second
    return first


def _valid(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _clock(text: str) -> _Clock | None:
    """The first time of day in the text, with what follows it."""
    text = _COMPACT.sub(lambda m: f" {m[1]}:{m[2]}:{m[3] or '00'}", text)
    for match in _CLOCK.finditer(text):
        hour = int(match["h"] or match["h2"])
        minute, second = int(match["min"] or 0), int(match["s"] or 0)
        half = (match["half"] or match["half2"] or "").replace(".", "")
        hour = _in_24(hour, half)
        if hour > 23 or minute > 59 or second > 60:
            continue
        offset, zulu = _offset(text[match.end() :])
        if offset is None and not zulu and _GREENWICH.search(text):
            offset = timedelta()
        return _Clock(hour, minute, min(second, 59), offset, zulu, half in ("am", "pm") and match["s"] is not None)
    return None


def _in_24(hour: int, half: str) -> int:
    if half in ("am", "ص", "صباحا", "فجرا"):
        return hour % 12 if hour == 12 else hour
    if half in ("pm", "م", "مساء", "عصرا"):
        return hour + 12 if hour < 12 else hour
    if half == "ظهرا":
        return hour + 12 if hour < 4 else hour
    if half == "ليلا":
        return (hour + 12) % 24 if 6 <= hour <= 12 else hour
    return hour


def _offset(rest: str) -> tuple[timedelta | None, bool]:
    """(offset from UTC, whether it is a mere Z or GMT) at the beginning of what follows a time."""
    match = _OFFSET.match(rest)
    if not match:
        name = rest.strip()[:3]
        return (timedelta(hours=_US_ZONES[name]), False) if name in _US_ZONES else (None, False)
    if match["zulu"]:
        return None, True
    hours, minutes = int(match["oh"]), int(match["om"] or 0)
    if hours > 14 or minutes > 59:
        return None, False
    offset = timedelta(hours=hours, minutes=minutes)
    return (offset if match["sign"] == "+" else -offset), False


def _moment(day: date, clock: _Clock | None, zone: tzinfo, z_is_local: bool) -> Reading | None:
    at: tzinfo = zone
    if clock and clock.offset is not None:
        at = timezone(clock.offset)
    elif clock and clock.zulu and not z_is_local:
        at = UTC
    try:
        local = datetime(
            day.year,
            day.month,
            day.day,
            clock.hour if clock else 0,
            clock.minute if clock else 0,
            clock.second if clock else 0,
            tzinfo=at,
        )
        return Reading(local.astimezone(UTC), clock is not None)
    except (ValueError, OverflowError):
        return None
