"""Times as Arabic outlets write them: the table of dates.yaml, its words, and what holds for any text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import date_words
from crawler.extract.clock import in_24_hours
from crawler.extract.dates import (
    MAX_TEXT,
    OLDEST_YEAR,
    SLACK,
    Reading,
    Refusal,
    is_date_line,
    not_ahead,
    parse_date,
    read_date,
    understand,
)
from crawler.extract.letters import fold

from .date_cases import TABLE, Case, cases

DAMASCUS = ZoneInfo("Asia/Damascus")  # UTC+3 all year since October 2022
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNITS = {
    date_words.SECOND: "second",
    date_words.MINUTE: "minute",
    date_words.HOUR: "hour",
    date_words.DAY: "day",
    7 * date_words.DAY: "week",
    30 * date_words.DAY: "month",
    365 * date_words.DAY: "year",
}
ALL = list(cases())


@pytest.mark.parametrize("case", ALL, ids=[case.text for case in ALL])
def test_a_text_means_what_its_outlet_meant(case: Case) -> None:
    found = understand(case.text, **case.facts)
    if isinstance(found, Refusal):
        assert (None, found.why) == (case.moment, case.told)
    else:
        assert (found.moment, UNITS[found.precision]) == (case.moment, case.told)


def test_the_table_covers_what_is_promised() -> None:
    assert len({(case.text, str(case.facts)) for case in ALL}) == len(ALL) >= 300


# ---- each word ---------------------------------------------------------------------------------------------------

WORDS = {
    name: {fold(word): value for value, words in table.items() for word in words}
    for name, table in TABLE["words"].items()
}


def _said(value: Any) -> Any:
    return value.total_seconds() if isinstance(value, timedelta) else value


@pytest.mark.parametrize(
    ("table", "word"),
    [(name, word) for name in WORDS for word in {**WORDS[name], **getattr(date_words, name.upper())}],
)
def test_each_word_of_a_table_means_what_it_is_said_to_mean(table: str, word: str) -> None:
    scale = 3600 if table == "american_zones" else 1
    meant = getattr(date_words, table.upper()).get(word)
    stated = WORDS[table].get(word)
    assert meant is not None, f"{word} is not in the table"
    assert stated is not None, f"{word} is not stated in dates.yaml"
    assert _said(meant) == (stated * scale if scale != 1 else stated)


@pytest.mark.parametrize(("name", "month"), WORDS["months"].items())
def test_each_month_is_read_in_a_date(name: str, month: int) -> None:
    assert parse_date(f"7 {name} 2025", zone=UTC, now=NOW) == datetime(2025, month, 7, tzinfo=UTC)


@pytest.mark.parametrize(("name", "month"), WORDS["libyan_months"].items())
def test_each_libyan_month_is_read_between_day_and_year_only(name: str, month: int) -> None:
    assert parse_date(f"7 {name} 2009", zone=UTC, now=NOW) == datetime(2009, month, 7, tzinfo=UTC)
    assert parse_date(f"7 {name}", zone=UTC, now=NOW) is None


@pytest.mark.parametrize("name", WORDS["hijri_months"])
def test_each_hijri_month_is_refused_as_such(name: str) -> None:
    assert understand(f"7 {name} 1447", zone=UTC, now=NOW) == Refusal("a Hijri date")
    assert understand(f"7 {name}", zone=UTC, now=NOW) == Refusal("a Hijri date")


@pytest.mark.parametrize(("name", "weekday"), WORDS["weekdays"].items())
def test_each_weekday_settles_which_number_is_the_day(name: str, weekday: int) -> None:
    days = (date(2025, a, b) for a in range(1, 13) for b in range(1, 13))
    one = next(d for d in days if d.weekday() == weekday != date(2025, d.day, d.month).weekday())
    text = f"{name} {one.month}/{one.day}/2025"  # month first, against the outlet's order
    assert parse_date(text, zone=UTC, now=NOW, day_first=True) == datetime(one.year, one.month, one.day, tzinfo=UTC)


@pytest.mark.parametrize(("name", "zone"), WORDS["zones"].items())
def test_each_zone_in_words_is_that_zone(name: str, zone: str) -> None:
    read = parse_date(f"7/7/2026 10:00 بتوقيت {name}", zone=ZoneInfo("Asia/Tokyo"), now=NOW)
    assert read == datetime(2026, 7, 7, 10, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(("word", "seconds"), WORDS["units"].items())
def test_each_unit_counts_back_from_now(word: str, seconds: int) -> None:
    assert parse_date(f"منذ 3 {word}", zone=UTC, now=NOW) == NOW - timedelta(seconds=3 * seconds)
    assert parse_date(f"منذ {word}", zone=UTC, now=NOW) == NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(("word", "seconds"), WORDS["duals"].items())
def test_each_dual_counts_two_back(word: str, seconds: int) -> None:
    assert parse_date(f"قبل {word}", zone=UTC, now=NOW) == NOW - timedelta(seconds=2 * seconds)


@pytest.mark.parametrize(("word", "days"), WORDS["near_days"].items())
def test_each_near_day_is_that_many_days_back(word: str, days: int) -> None:
    assert parse_date(f"{word} 08:00", zone=UTC, now=NOW) == datetime(2026, 11, 23 - days, 8, tzinfo=UTC)


def test_a_word_that_stands_twice_in_a_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="الخميس stands twice"):
        date_words._each((("الخميس", 3), ("الجمعة, الخميس", 4)))


@pytest.mark.parametrize(
    ("half", "hours"),
    {  # of the twelve on a clock's face, from 1 to 12
        "before noon": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0],
        "after noon": [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 12],
        "around noon": [13, 14, 15, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        "at night": [1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23, 0],
    }.items(),
)
def test_each_half_of_the_day_moves_the_hours_as_it_should(half: str, hours: list[int]) -> None:
    for word in (w for w, meant in WORDS["halves"].items() if meant == half):
        assert [in_24_hours(hour, word) for hour in range(1, 13)] == hours
        assert in_24_hours(14, word) == 14


# ---- how far it may be trusted -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "confidence", "doubt"),
    [
        ("2026-11-23T14:00:00+03:00", {}, "high", ""),
        ("Mon, 23 Nov 2026 10:00:00 GMT", {}, "high", ""),
        ("1785229424", {}, "high", ""),
        ("منذ 5 دقائق", {}, "high", ""),
        ("2026-11-23 14:00", {}, "medium", ""),
        ("23 نوفمبر 2026", {}, "medium", ""),
        ("منذ ساعتين", {}, "medium", ""),
        ("25/4/2026", {}, "medium", ""),
        ("4/5/2026", {"day_first": True}, "medium", ""),
        ("23 نوفمبر", {}, "low", "the year is not said"),
        ("4/5/2026", {}, "low", "day and month may be turned"),
        ("02/12/2026", {"day_first": True}, "low", "day and month turned, else it lies ahead"),
        ("2026-04-24 00:30", {"zone": ZoneInfo("Africa/Cairo")}, "low", "an hour that summer time left out"),
        ("2026-10-29 23:30", {"zone": ZoneInfo("Africa/Cairo")}, "low", "an hour that was struck twice"),
    ],
)
def test_a_reading_says_how_far_it_may_be_trusted_and_why(
    text: str, facts: dict[str, Any], confidence: str, doubt: str
) -> None:
    reading = read_date(text, **{"zone": DAMASCUS, "now": NOW, **facts})
    assert reading is not None
    assert (reading.confidence, " ".join(reading.doubts)) == (confidence, doubt)


@pytest.mark.parametrize(("text", "has_time"), [("2026-11-23", False), ("2026-11-23 00:00", True), ("منذ يوم", True)])
def test_a_reading_says_whether_the_time_of_day_was_named(text: str, has_time: bool) -> None:
    reading = read_date(text, zone=DAMASCUS, now=NOW)
    assert reading is not None
    assert reading.has_time is has_time


def test_what_lies_ahead_of_now_becomes_now_beyond_the_slack() -> None:
    assert not_ahead(NOW + SLACK, NOW) == NOW + SLACK
    assert not_ahead(NOW + SLACK + timedelta(seconds=1), NOW) == NOW
    assert not_ahead(NOW - timedelta(days=1), NOW) == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("تم نشره الأحد 25 تشرين الأول / أكتوبر 2026 01:21 مساءً", True),
        ("دمشق - 23 نوفمبر 2026", True),
        ("22.11.2026 17:32", True),
        ("افتتاح معرض الكتاب في 22.11.2026 بحضور رسمي", False),
        ("Published on Monday 23 Nov 2026 at 10:00", True),
        ("نتائج مباريات الدوري السوري يوم 17-12-2026 بالتفصيل", False),
        ("23 نوفمبر", False),
        ("23 نوفمبر 2026" + " " * MAX_TEXT, False),
    ],
)
def test_a_date_line_is_told_from_a_headline_with_a_date_in_it(text: str, is_one: bool) -> None:
    assert is_date_line(text) is is_one


# ---- any moment, any text ----------------------------------------------------------------------------------------

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2026, 11, 22))  # noqa: DTZ001
ZONES = st.sampled_from([DAMASCUS, *map(ZoneInfo, ("Africa/Cairo", "Africa/Casablanca", "Asia/Gaza", "Asia/Dubai"))])
MONTHS = st.sampled_from([name for name in date_words.MONTHS if not name.isascii()])
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _first_stroke(naive: datetime, zone: ZoneInfo) -> datetime:
    return naive.replace(tzinfo=zone).astimezone(UTC)


@given(MOMENTS, st.integers(-12 * 4, 14 * 4))
def test_every_moment_written_with_its_offset_is_read_back(naive: datetime, quarters: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    local = moment.astimezone(timezone(timedelta(minutes=15 * quarters)))
    if local.year < OLDEST_YEAR:
        return
    for text in (
        local.isoformat(),
        local.isoformat().translate(ARABIC),
        local.strftime("%Y-%m-%dT%H:%M:%S%z"),
        local.strftime("%a, %d %b %Y %H:%M:%S %z"),
        local.strftime("%d/%m/%Y %H:%M:%S %z"),
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        str(int(moment.timestamp())) if moment.timestamp() >= 1e9 else moment.isoformat(),
    ):
        assert parse_date(text, zone=DAMASCUS, now=NOW, day_first=True) == moment


@given(MOMENTS, ZONES)
def test_every_local_time_is_read_by_the_outlets_zone_as_it_was_then(naive: datetime, zone: ZoneInfo) -> None:
    naive = naive.replace(second=0, microsecond=0)
    moment = _first_stroke(naive, zone)
    half = "ص" if naive.hour < 12 else "م"
    name = next(n for n, month in date_words.MONTHS.items() if month == naive.month)
    for text in (
        f"{naive:%Y-%m-%d %H:%M}",
        f"{naive:%Y/%m/%d %H:%M}",
        f"{naive:%d-%m-%Y %H:%M}",
        f"{naive:%B %d, %Y - %H:%M}",
        f"{naive.day} {name} {naive.year} م، {(naive.hour - 1) % 12 + 1}:{naive.minute:02} {half}",
        f"آخر تحديث: {naive.day} {name} {naive.year} الساعة {naive:%H:%M}".translate(ARABIC),
    ):
        assert parse_date(text, zone=zone, now=NOW, day_first=True) == moment


@given(st.integers(1, 9999), st.sampled_from(sorted(date_words.UNITS)), st.sampled_from(["منذ {}", "قبل {}", "{} ago"]))
def test_every_number_of_units_counts_back_from_now(count: int, unit: str, frame: str) -> None:
    span = date_words.UNITS[unit] * count
    read = parse_date(frame.format(f"{count} {unit}"), zone=DAMASCUS, now=NOW)
    assert read == (NOW - span if span < timedelta(days=365 * 30) else None)


@given(st.text(max_size=80) | st.text(alphabet="0123456789٣:/-.+ TZمصقبلنذساعةيونآبهـ،pmAM", max_size=60))
def test_no_text_makes_it_fail_and_every_answer_is_utc_and_plausible(text: str) -> None:
    found = understand(text, zone=DAMASCUS, now=NOW)
    if isinstance(found, Reading):
        assert found.moment.utcoffset() == timedelta(0)
        assert OLDEST_YEAR - 1 <= found.moment.year <= NOW.year + 2
        assert found.confidence in ("low", "medium", "high")
    else:
        assert found.why


@pytest.mark.parametrize("text", ["1" * 100_000, " " * 100_000, "1 " * 50_000, "1/" * 50_000, "12:3" * 25_000])
def test_a_long_text_is_refused_before_it_is_read(text: str) -> None:
    assert understand(text, zone=DAMASCUS, now=NOW) == Refusal("too long for a date")
    assert not is_date_line(text)


@pytest.mark.parametrize("piece", ["1", " ", "1 ", "1/", "12:3", "منذ ", "1 كانون ", "23 نوفمبر/", "من "])
def test_no_text_of_the_greatest_length_takes_steps_without_end(piece: str) -> None:
    """Bounded by `MAX_TEXT`; a pattern that backtracked without bound would not end in this test's lifetime."""
    understand((piece * MAX_TEXT)[:MAX_TEXT], zone=DAMASCUS, now=NOW)
