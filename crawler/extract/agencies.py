"""News agencies: the names by which they sign, and where on an article a signature stands.

Patterns are for text in the spelling of `letters.fold` and linear in it. A short name («وفا», «أ ب») is an agency's
only as a whole line or between separators, as in «رام الله (وفا) -».
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.letters import fold
from crawler.extract.phrases import any_of

_NAMES: dict[str, tuple[str, ...]] = {
    "رويترز": ("رويترز", "reuters"),
    "أ ف ب": (r"ا ?\.? ?ف ?\.? ?ب\.?", "فرانس ?برس", "(?:وكاله )?الصحافه الفرنسيه", "afp"),
    "أ ب": (r"ا ?\.? ?ب\.?", "ا?اسوشيي?تد ?برس", "associated press", "ap"),
    "د ب أ": (r"د ?\.? ?ب ?\.? ?ا\.?", "dpa", "الالمانيه"),
    "الأناضول": ("(?:ال)?اناضول", "anadolu(?: agency)?", "aa"),
    "بترا": ("بترا", "petra"),
    "وام": ("وام", "wam"),
    "واس": ("واس", "spa"),
    "سانا": ("سانا", "sana"),
    "كونا": ("كونا", "kuna"),
    "وفا": ("وفا", "wafa"),
    "قنا": ("قنا", "qna"),
    "بنا": ("بنا", "bna"),
    "العمانية": ("العمانيه", "ona"),
    "سبأ": ("سبا", "saba"),
    "واع": ("واع", "ina"),
    "أ ش أ": (r"ا ?\.? ?ش ?\.? ?ا\.?", "mena"),
    "الوكالة الوطنية للإعلام": ("الوكاله الوطنيه(?: للاعلام)?",),
    "وأج": (r"و ?\.? ?ا ?\.? ?ج\.?", "aps"),
    "وات": (r"و ?\.? ?ا ?\.? ?ت\.?",),
    "ومع": (r"و ?\.? ?م ?\.? ?ع\.?",),
    "سونا": ("سونا", "suna"),
    "سبوتنيك": ("سبوتنيك", "sputnik"),
    "نوفوستي": ("(?:ريا )?نوفوستي", "ria novosti"),
    "تاس": ("تاس", "tass"),
    "شينخوا": ("شينخوا", "xinhua"),
    "إفي": ("افي", "efe"),
    "بي بي سي": ("بي بي سي", "bbc"),
    "سي إن إن": ("سي ان ان", "cnn"),
    "وكالات": ("(?:ال)?وكالات",),
}
_ORDER = {name: any_of(*patterns) for name, patterns in _NAMES.items()}
_CLAIM = any_of("وكالات?(?: ال)?(?:انباء)? ?", "وكاله ", "مراسل[وه]? ", "المصدر ?: ?", "(?:نقلا )?عن ", "©")
_AGENCY = f"(?:{_CLAIM})?{any_of(*_ORDER.values())}"
_SEVERAL = rf"{_AGENCY}(?:[\W_]{{1,5}}و?{_AGENCY}){{0,5}}"
_DECORATION = r"[\W_]{0,8}"
_INITIALS = r"[\u0621-\u064a]{1,2}(?:[ ./]{1,3}[\u0621-\u064a]{1,2}){1,4}"
_STAMP = r"\d{1,2}/\d{1,2}/\d{4}(?: {1,3}\d{1,2}:\d{2}(?::\d{2})?)?"
_ONLY_INITIALS = any_of(
    r"[\u0621-\u064a](?:\s?[\u0621-\u064a])?(?:\s?[./]\s?[\u0621-\u064a](?:\s?[\u0621-\u064a])?){1,4}",
    r"[\u0621-\u064a](?:\s[\u0621-\u064a]){1,4}",
)
_THE_END = r"(?:النهايه|انتهي|يتبع)"
_EDITORS = rf"(?:\s{{0,3}}{_INITIALS})?(?:\s{{0,3}}{_STAMP})?"

SIGNATURE = re.compile(
    any_of(
        rf"{_DECORATION}(?:(?:ال)?مصدر\s?:?\s?)?{_SEVERAL}{_DECORATION}{_EDITORS}",
        r"(?:ال)?مصدر\s?:?(?:\s?\S{1,30}(?:\s\S{1,30}){0,4})?(?<![.؟!])",
        rf"{_INITIALS}\s{{0,3}}{_STAMP}",
    )
)
"""A line that names agencies only, or says «المصدر: …»."""
SIGNED_TAIL = re.compile(
    any_of(
        rf"(?:--|[-–—(«\[])\s?\(?{_SEVERAL}[\s)»\].]{{0,4}}{_EDITORS}",
        rf"[-–—]{{0,2}}\s?{_INITIALS}\s{{0,3}}{_STAMP}",
        rf"\(\s?{_THE_END}\s?\)\W{{0,4}}(?:{_ONLY_INITIALS})?\W{{0,4}}",
    )
)
"""The end of a last paragraph: «--(بترا)», and the editors' initials and the time that Petra adds."""
END_LINE = re.compile(rf"{_DECORATION}(?:{_THE_END}{_DECORATION})?(?:{_ONLY_INITIALS})?[\W_]{{0,80}}")
"""A line after the last paragraph: a rule («ــ»), editors' initials («ع.ف»), «(النهاية)»."""
_PLACE = r"\w{1,30}(?:\s\w{1,30}){0,3}"
_DATELINE = re.compile(
    rf"[^.؟!()/]{{0,60}}?(?:[(/]|\s[-–—]{{1,2}}|\d\s)\s?(?P<agency>{_SEVERAL})\s?[)/:–—-]"
    rf"|[\w ]{{1,30}}[-–—]\s?(?P<whole>{_SEVERAL})$|(?P<first>{_SEVERAL})\s?[-–—:/]"
    rf"|{_PLACE}(?:[-–—]|\s?/\s?(?:[\w ]{{1,40}}/\s?)?)(?=(?:ال)?\w{{4}})(?P<open>{_AGENCY})(?!\w)"
)


def agencies_in(text: str) -> str:
    """The agencies that a signature names, by their usual Arabic names, «رويترز، أ ف ب»; empty where it names none."""
    plain = fold(text)
    found: list[tuple[int, str]] = []
    for name, pattern in _ORDER.items():
        if match := re.search(rf"(?<!\w){pattern}(?!\w)", plain):
            found.append((match.start(), name))
    return "، ".join(name for _, name in sorted(found))


def dateline_agency(text: str) -> str:
    """The agency of an opening «دمشق (رويترز) -», «أبوظبي / وام /», «سانا -» or «دمشق-سانا …»; empty
    where there is none. A name of under four letters («وفا») is also a word, and counts only between separators."""
    match = _DATELINE.match(fold(text[:_OPENING]).strip())
    return agencies_in(match["agency"] or match["whole"] or match["first"] or match["open"]) if match else ""


_OPENING = 120  # code points in which a dateline stands


def agency_named(names: Sequence[str]) -> str:
    """The agency that an author's field names and nothing else («رويترز»), so that it is the source."""
    for name in names:
        if _WHOLE.fullmatch(fold(name).strip()):
            return agencies_in(name)
    return ""


_WHOLE = re.compile(f"{_DECORATION}{_SEVERAL}{_DECORATION}")
