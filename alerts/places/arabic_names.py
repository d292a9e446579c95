"""Arabic names among the alternate names that GeoNames gives a place.

These are a mixture of languages and of machine transliteration. A name is taken where it is in Arabic letters alone
(Persian and Urdu letters make it another language's) and sounds like one of the place's Latin names: حلب is Halab,
whatever else is called Aleppo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from alerts.places.find import key_of

REGION: Final = frozenset(
    [
        "SY",
        "IQ",
        "LB",
        "PS",
        "JO",
        "YE",
        "LY",
        "SD",
        "EG",
        "SA",
        "AE",
        "QA",
        "BH",
        "KW",
        "OM",
        "MA",
        "DZ",
        "TN",
        "MR",
        "SO",
        "DJ",
        "KM",
        "TR",
        "IR",
        "IL",
    ]
)
"""The Arab world, Turkey, Iran and Israel: whose Arabic names are known well."""
SURE: Final = 0.62
"""How like its Latin name a name must sound; below it, half of a sample were other words."""

SURE_VARIANT: Final = 0.8
"""The same of a second name: the first is at least the best there is."""
MOST_VARIANTS: Final = 3
"""Names of one town beside its first, in the region; elsewhere one."""

_ARABIC = re.compile("[ء-غف-ي]{2,}(?: [ء-غف-ي]+)*")
_GENERIC = re.compile("^(?:مدينة|بلدة|قرية|ناحية|مركز قضاء) ")
_NOT_A_NAME = re.compile("^(?:ولاية|محافظة|ضلع|شهرستان|شهرك|شهر|قصبه|دائرة|بلدية|قضاء|منطقة|بخش) |ة[ء-ي]|[ؤئ]$")
_PERSIAN_SPELLING = re.compile("ئو|ؤ|ئه|ئا|ئر|وو[اية]|[^ا]وور")
_BARE_HA = re.compile("ه(?: |$)")
_PERSIAN_LANDS = frozenset(["IR", "AF"])
_MARKS = re.compile("[\u064b-\u0652\u0670ـ\u200c-\u200f]")
_PERSIAN = str.maketrans("یک", "يك")
_LATIN_ARTICLE = re.compile(r"\b(?:al|el|ar|as|ash|at|ad|adh|an|az|ath|ed|es|en|et|ez|er|ech|l)[ -](?=\w)")
_LATIN_SOUNDS = (
    ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "x"), ("gh", "g"), ("th", "t"), ("dh", "d"),
    ("ph", "f"), ("dj", "j"), ("ck", "k"), ("q", "k"), ("c", "k"), ("v", "f"), ("p", "b"), ("z", "z"), ("g", "g"),
)  # fmt: skip
_ARABIC_SOUNDS = str.maketrans(
    {"ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d", "ر": "r", "ز": "z", "س": "s",
     "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "غ": "g", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m",
     "ن": "n", "ه": "h"}
)  # fmt: skip


def arabic_names(latin: str, alternates: Sequence[str], country: str) -> tuple[str, ...]:
    """The Arabic names among a place's alternate names, the likeliest first. `latin` is GeoNames' own name of it,
    `country` the country's ISO 3166-1 code."""
    latins = [latin, *(name for name in alternates if name.isascii() or _is_latin(name))]
    sounds = {sound for name in latins if (sound := _latin_sounds(name))}
    own = _latin_sounds(latin)
    definite = bool(_LATIN_ARTICLE.match(latin.lower()))
    seen: dict[str, tuple[float, float, str]] = {}
    for alternate in alternates:
        name = _MARKS.sub("", alternate).strip()
        if country in _PERSIAN_LANDS:
            name = name.translate(_PERSIAN)
        name = _GENERIC.sub("", name)
        if not _ARABIC.fullmatch(name) or _NOT_A_NAME.search(name):
            continue
        if country not in REGION and _PERSIAN_SPELLING.search(name):
            continue
        heard = _arabic_sounds(name)
        likeness = max((SequenceMatcher(None, heard, sound).ratio() for sound in sounds), default=0.0)
        if heard and likeness < SURE:
            continue
        score = likeness + SequenceMatcher(None, heard, own).ratio() - 0.02 * name.count(" ")
        score += 0.1 * (definite == name.startswith("ال")) + 0.05 * any(letter in name for letter in "أإآئؤء")
        score -= 0.1 * bool(_BARE_HA.search(name))
        key = key_of(name)
        seen[key] = max(seen.get(key, (-1.0, 0.0, "")), (score, likeness, name))
    # الميادين is a town, ميادين are squares: where GeoNames has both, it is the one with the article
    names = [entry for key, entry in seen.items() if "ال" + key not in seen]
    best = sorted(names, reverse=True)
    most = MOST_VARIANTS if country in REGION else 1
    variants = [name for _, like, name in best[1:] if like >= SURE_VARIANT]
    return tuple([name for _, _, name in best[:1]] + variants[:most])


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") or not char.isalpha() for char in name)


def _latin_sounds(name: str) -> str:
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii() and (c.isalpha() or c in " -")
    )
    plain = _LATIN_ARTICLE.sub("", plain)
    for letters, sound in _LATIN_SOUNDS:
        plain = plain.replace(letters, sound)
    return _skeleton(plain)


def _arabic_sounds(name: str) -> str:
    return _skeleton("".join(re.sub("^ال", "", word) for word in key_of(name).split()).translate(_ARABIC_SOUNDS))


def _skeleton(sounds: str) -> str:
    kept = [c for c in sounds if c in "btjhxdrzsgfklmn"]
    return "".join(c for at, c in enumerate(kept) if at == 0 or c != kept[at - 1])
