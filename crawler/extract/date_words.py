"""The words with which Arabic dates are written: months, weekdays, numbers, units, halves of the day, zones.

All in the spelling of `letters.fold` (one alef, ya and ta, no harakat, lower case). The tables are ours because
no library has them whole: dateparser knows each country's months only under that country's locale and dual names
under none (1.5.0), and CLDR, which Babel carries, lacks variants, Libya's and the Hijri spellings of the press.
Every entry is checked against an independent statement in tests/extract/dates.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

_Value = TypeVar("_Value")


def _each(table: Iterable[tuple[str, _Value]]) -> Mapping[str, _Value]:
    """«name, name, …» → value, as name → value. Raises ValueError where a name stands twice: a dict would have
    let the later one win in silence."""
    words: dict[str, _Value] = {}
    for names, value in table:
        for name in names.split(", "):
            if name in words:
                raise ValueError(f"{name} stands twice in a table of date words")
            words[name] = value
    return words


MONTHS = _each(
    (
        ("يناير, كانون الثاني, كانون ثاني, كانون ثان, كانون 2, جانفي, january, jan, janvier", 1),
        ("فبراير, شباط, فيفري, february, feb, février, fevrier", 2),
        ("مارس, اذار, march, mar, mars", 3),
        ("ابريل, نيسان, افريل, april, apr, avril", 4),
        ("مايو, ايار, ماي, may, mai", 5),
        ("يونيو, يونيه, حزيران, جوان, june, jun, juin", 6),
        ("يوليو, يوليه, تموز, جويليه, يوليوز, july, jul, juillet", 7),
        ("اغسطس, اوغسطس, اب, اوت, غشت, اغشت, august, aug, août, aout", 8),
        ("سبتمبر, ايلول, شتنبر, شتمبر, september, sept, sep, septembre", 9),
        ("اكتوبر, اوكتوبر, تشرين الاول, تشرين اول, تشرين 1, october, oct, octobre", 10),
        ("نوفمبر, تشرين الثاني, تشرين ثاني, تشرين ثان, تشرين 2, نونبر, november, nov, novembre", 11),
        ("ديسمبر, كانون الاول, كانون اول, كانون 1, دجنبر, دجمبر, december, dec, décembre, decembre", 12),
    )
)
"""Egypt and the Gulf, the Levant, Algeria and Tunisia, Morocco, Mauritania; English and French."""
LIBYAN_MONTHS = _each(
    (
        ("اي النار", 1),
        ("النوار", 2),
        ("الربيع", 3),
        ("الطير", 4),
        ("الماء", 5),
        ("الصيف", 6),
        ("ناصر", 7),
        ("هانيبال", 8),
        ("الفاتح", 9),
        ("التمور", 10),
        ("الحرث", 11),
        ("الكانون", 12),
    )
)
"""Libya's official names of 1986–2011, in its archives; common words, so months only between a day and a year."""
HIJRI_MONTHS = _each(
    (
        ("محرم, المحرم, محرم الحرام", 1),
        ("صفر, صفر الخير", 2),
        ("ربيع الاول, ربيع اول, ربيع 1", 3),
        ("ربيع الاخر, ربيع الثاني, ربيع ثاني, ربيع اخر, ربيع 2", 4),
        ("جمادي الاولي, جمادي الاول, جمادي اولي, جماد الاول, جماد اول, جمادي 1", 5),
        ("جمادي الاخره, جمادي الثانيه, جمادي الاخر, جمادي الثاني, جماد الاخر, جماد الثاني, جماد ثاني, جمادي 2", 6),
        ("رجب", 7),
        ("شعبان", 8),
        ("رمضان", 9),
        ("شوال", 10),
        ("ذو القعده, ذي القعده, ذوالقعده, ذا القعده", 11),
        ("ذو الحجه, ذي الحجه, ذوالحجه, ذا الحجه", 12),
    )
)
WEEKDAYS = _each(
    (
        ("الاثنين, اثنين, الاتنين, monday, mon, lundi", 0),
        ("الثلاثاء, ثلاثاء, الثلاثا, الثلثاء, tuesday, tue, mardi", 1),
        ("الاربعاء, اربعاء, الاربعا, wednesday, wed, mercredi", 2),
        ("الخميس, خميس, thursday, thu, jeudi", 3),
        ("الجمعه, جمعه, friday, fri, vendredi", 4),
        ("السبت, سبت, saturday, sat, samedi", 5),
        ("الاحد, احد, sunday, sun, dimanche", 6),
    )
)
"""As `date.weekday()` counts: Monday is 0."""
NUMBERS = _each(
    (
        ("واحد, واحده, احد, احدي, a, an, one", 1.0),
        ("اثنين, اثنتين, اثنان, اثنتان, اثنا, اثنتا, اثني, اثنتي, two", 2.0),
        ("ثلاث, ثلاثه, three", 3.0),
        ("اربع, اربعه, four", 4.0),
        ("خمس, خمسه, five", 5.0),
        ("ست, سته, six", 6.0),
        ("سبع, سبعه, seven", 7.0),
        ("ثمان, ثماني, ثمانيه, eight", 8.0),
        ("تسع, تسعه, nine", 9.0),
        ("عشر, عشره, ten", 10.0),
        ("عشرين, عشرون, twenty", 20.0),
        ("ثلاثين, ثلاثون, thirty", 30.0),
        ("اربعين, اربعون, forty", 40.0),
        ("خمسين, خمسون, fifty", 50.0),
        ("ستين, ستون, sixty", 60.0),
        ("سبعين, سبعون", 70.0),
        ("ثمانين, ثمانون", 80.0),
        ("تسعين, تسعون", 90.0),
        ("مئه, مائه, hundred", 100.0),
        ("نصف, half", 1 / 2),
        ("ثلث", 1 / 3),
        ("ربع, quarter", 1 / 4),
    )
)
ORDINALS = _each(
    (
        ("الاول", 1),
        ("الحادي", 1),
        ("الثاني", 2),
        ("الثالث", 3),
        ("الرابع", 4),
        ("الخامس", 5),
        ("السادس", 6),
        ("السابع", 7),
        ("الثامن", 8),
        ("التاسع", 9),
        ("العاشر", 10),
        ("العشرين, العشرون", 20),
        ("الثلاثين, الثلاثون", 30),
    )
)
"""Days of the month in words: «الثالث والعشرين من», «الحادي عشر من»."""

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS = _each(
    (
        ("ثانيه, ثوان, ثواني, second, seconds, sec, secs, s", SECOND),
        ("دقيقه, دقائق, دقايق, minute, minutes, min, mins, m", MINUTE),
        ("ساعه, ساعات, hour, hours, hr, hrs, h", HOUR),
        ("يوم, يوما, ايام, day, days, d", DAY),
        ("اسبوع, اسبوعا, اسابيع, week, weeks, w", 7 * DAY),
        ("شهر, شهرا, اشهر, شهور, month, months", 30 * DAY),
        ("سنه, سنوات, سنين, عام, عاما, اعوام, year, years", 365 * DAY),
    )
)
DUALS = _each(
    (
        ("ثانيتين, ثانيتان", SECOND),
        ("دقيقتين, دقيقتان", MINUTE),
        ("ساعتين, ساعتان", HOUR),
        ("يومين, يومان", DAY),
        ("اسبوعين, اسبوعان", 7 * DAY),
        ("شهرين, شهران", 30 * DAY),
        ("سنتين, سنتان, عامين, عامان", 365 * DAY),
    )
)
"""Two of a unit."""
NEAR_DAYS = _each(
    (
        ("اليوم, today", 0),
        ("امس, البارحه, يوم امس, yesterday", 1),
        ("اول امس, اول من امس, امس الاول, قبل امس, اول البارحه", 2),
    )
)
"""Days before today."""

HALVES = _each(
    (
        ("ص, صباحا, صباح, الصباح, am, a.m, a.m., فجرا, ضحي, قبل الظهر, بعد منتصف الليل", "before noon"),
        ("م, مساء, pm, p.m, p.m., عصرا, المساء, بعد الظهر, بعد العصر, مغربا", "after noon"),
        ("ظهرا, الظهر", "around noon"),
        ("ليلا, الليل", "at night"),
    )
)

ZONES = _each(
    (
        ("غرينتش, غرينيتش, غرينش, جرينتش, جرينيتش, جرينش, العالمي", "UTC"),
        ("مكه, مكه المكرمه, السعوديه, الرياض", "Asia/Riyadh"),
        ("القاهره, مصر", "Africa/Cairo"),
        ("دمشق, سوريا", "Asia/Damascus"),
        ("بيروت, لبنان", "Asia/Beirut"),
        ("بغداد, العراق", "Asia/Baghdad"),
        ("الاردن", "Asia/Amman"),
        ("غزه", "Asia/Gaza"),
        ("ابوظبي, ابو ظبي, دبي, الامارات", "Asia/Dubai"),
        ("الدوحه, قطر", "Asia/Qatar"),
        ("الكويت", "Asia/Kuwait"),
        ("المنامه, البحرين", "Asia/Bahrain"),
        ("مسقط", "Asia/Muscat"),
        ("صنعاء, عدن, اليمن", "Asia/Aden"),
        ("الخرطوم, السودان", "Africa/Khartoum"),
        ("ليبيا", "Africa/Tripoli"),
        ("تونس", "Africa/Tunis"),
        ("الجزائر", "Africa/Algiers"),
        ("المغرب, الرباط", "Africa/Casablanca"),
        ("نواكشوط", "Africa/Nouakchott"),
        ("موسكو", "Europe/Moscow"),
        ("اسطنبول, انقره, تركيا", "Europe/Istanbul"),
        ("لندن", "Europe/London"),
        ("باريس", "Europe/Paris"),
        ("برلين", "Europe/Berlin"),
        ("واشنطن", "America/New_York"),
    )
)
"""What follows «بتوقيت» → IANA zone. Not here: عمان (two places) and القدس (two authorities with their own dates
of summer time); there the outlet's zone stands."""
AMERICAN_ZONES = _each(
    (
        ("est, cdt", timedelta(hours=-5)),
        ("edt", timedelta(hours=-4)),
        ("cst, mdt", timedelta(hours=-6)),
        ("mst, pdt", timedelta(hours=-7)),
        ("pst", timedelta(hours=-8)),
    )
)
"""The only zone names with one meaning: RFC 5322 §4.3. AST, EET, GST, MSK, ECT and their like mean different
offsets to different software, and stand for the outlet's own zone."""

LABELS = frozenset(
    word
    for words in (
        "تم نشر نشره نشرها نشرت النشر في بتاريخ تاريخ اخر التحديث تحديث تحديثه حدث حدثت محدث اضيف اضيفت بواسطه كتب",
        "الساعه ساعه بتوقيت توقيت الموافق يوم من سنه عام المكرمه المحلي بالتوقيت غرينتش",
        "published updated posted modified last on at by gmt utc le à du publié",
    )
    for word in words.split()
)
"""Words beside a date in a date line, less the tables' own."""


def words_of(*tables: Mapping[str, object]) -> frozenset[str]:
    """The single words of the tables' names."""
    return frozenset(word for table in tables for name in table for word in name.split())
