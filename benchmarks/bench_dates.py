"""Dates: how many cases of tests/extract/dates.yaml each way reads rightly, ours beside dateparser's, and how fast.

dateparser is given all that ours is: the outlet's zone, its order of day and month, the time of reading, and Arabic
with English; once with the general Arabic, once with the locale of the outlet's country, which alone knows its months.
Right is the same moment to the second (for a day, the day's midnight), or None where the table says that nothing is
named. Run: make bench-dates.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.extract.dates import parse_date

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "extract"))
from date_cases import Case, cases

LOCALES = {
    "Asia/Damascus": "ar-SY",
    "Asia/Beirut": "ar-LB",
    "Asia/Amman": "ar-JO",
    "Asia/Gaza": "ar-PS",
    "Asia/Riyadh": "ar-SA",
    "Asia/Dubai": "ar-AE",
    "Africa/Cairo": "ar-EG",
    "Africa/Casablanca": "ar-MA",
    "Africa/Khartoum": "ar-SD",
    "Africa/Tripoli": "ar-LY",
}
"""dateparser takes one locale of a language: that of the outlet's country."""


def ours(case: Case) -> datetime | None:
    return parse_date(case.text, **case.facts)


def dateparser_in(country: bool) -> Callable[[Case], datetime | None]:
    import dateparser

    def read(case: Case) -> datetime | None:
        zone, now = case.facts["zone"], case.facts["now"]
        settings: Any = {
            "TIMEZONE": zone.key,
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RELATIVE_BASE": now.astimezone(zone).replace(tzinfo=None),
            "DATE_ORDER": "DMY" if case.facts.get("day_first", True) else "MDY",
            "PREFER_DATES_FROM": "past",
        }
        locale = LOCALES.get(zone.key) if country else None
        known = {"locales": [locale, "en"]} if locale else {"languages": ["ar", "en"]}
        try:
            found = dateparser.parse(case.text, settings=settings, **known)
        except Exception:  # it raises many kinds; None is its best answer then
            return None
        if found and case.told == "day" and not any(word in case.text for word in ("منذ", "قبل")):
            found = found.replace(hour=0, minute=0, second=0)  # it fills in the time of reading
        return found.astimezone(UTC).replace(microsecond=0) if found else None

    return read


def main() -> None:
    warnings.simplefilter("ignore")
    ways: dict[str, Callable[[Case], datetime | None]] = {"ours": ours}
    try:
        ways["dateparser (ar, en)"] = dateparser_in(country=False)
        ways["dateparser (ar-XX, en)"] = dateparser_in(country=True)
    except ImportError:
        print("dateparser is not installed: only ours is shown")
    table = list(cases())
    print(f"{len(table)} cases" + " " * 10 + "right   wrong   None though a moment is meant   ms a case")
    for name, way in ways.items():
        counts: Counter[str] = Counter()
        began = time.perf_counter()
        for case in table:
            found = way(case)
            meant = case.moment and case.moment.replace(microsecond=0)
            got = found and found.replace(microsecond=0)
            counts["right" if got == meant else "none" if got is None else "wrong"] += 1
        took = (time.perf_counter() - began) / len(table) * 1000
        print(f"{name:26}{counts['right']:7}{counts['wrong']:8}{counts['none']:32}{took:12.2f}")


if __name__ == "__main__":
    main()
