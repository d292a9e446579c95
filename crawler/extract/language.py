"""The language of an article, by letters that only one of the region's alphabets has, and by its smallest words.

langdetect and fastText's models are made for whole texts of one script; a headline, or Arabic typed on a Persian
keyboard (ی for ي), they take for another language.
"""

from __future__ import annotations

import re

_OWN_LETTERS = {
    "ur": frozenset("ٹڈڑںےھہ"),
    "ckb": frozenset("ێۆڵڕەڤ"),
    "ps": frozenset("ښځډړږټڼې"),
    "fa": frozenset("پچژگی"),
}
"""Letters that Arabic lacks; Persian last: the others use its letters too."""
_SHARE = 0.01
"""Of the letters, from which on they are the language's own and no foreign name's: Persian texts have 8 %."""
_ENOUGH = 2000
"""Code points that tell; more are not looked at."""
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5]+")
_LATIN = re.compile("[A-Za-z]+")
_LETTERS = re.compile(r"[^\W\d_]+")


_SMALL_WORDS = {
    "ar": frozenset(
        [
            "في",
            "من",
            "على",
            "علی",
            "عن",
            "إلى",
            "الى",
            "الی",
            "أن",
            "ان",
            "التي",
            "التی",
            "الذي",
            "الذی",
            "هذا",
            "هذه",
            "بعد",
            "مع",
            "قال",
            "بين",
            "ما",
            "لا",
            "كان",
            "وقد",
        ]
    ),
    "fa": frozenset(
        [
            "است",
            "این",
            "که",
            "در",
            "از",
            "با",
            "را",
            "برای",
            "آن",
            "شد",
            "شده",
            "می",
            "های",
            "بود",
            "خود",
            "تا",
            "بر",
            "وی",
            "هم",
            "نیز",
        ]
    ),
    "ur": frozenset(["کے", "کی", "کا", "میں", "ہے", "سے", "اور", "کو", "نے", "پر", "یہ", "ہیں"]),
}


def language_of(text: str, declared: str = "", default: str = "ar") -> str:
    """ISO 639 code of the text's language, `und` for an alphabet that is neither Arabic nor Latin. `declared` is
    the page's `lang`, believed where the letters do not contradict; `default` the outlet's language, for text
    without letters."""
    text = text[:_ENOUGH]
    arabic, latin, letters = (sum(map(len, runs.findall(text))) for runs in (_ARABIC, _LATIN, _LETTERS))
    code = re.split("[-_]", declared.strip().lower())[0]
    code = code if re.fullmatch("[a-z]{2,3}", code) else ""
    foreign = code if code and code not in ("ar", *_DIALECTS, *_OWN_LETTERS) else ""
    if (arabic + latin) * 2 < letters:
        return foreign or "und"
    if not arabic and not latin:
        return code or default
    if latin > arabic:
        return foreign or "en"
    for language, own in _OWN_LETTERS.items():
        if sum(map(text.count, own)) > _SHARE * arabic:
            return "ar" if language == "fa" and _is_arabic(text) else language
    return code if code in _DIALECTS else "ar"


_DIALECTS = ("arz", "apc", "ary")


def _is_arabic(text: str) -> bool:
    """Whether text with Persian letters is Arabic by its small words, «فی» for «في» among them."""
    said = text.replace("فی ", "في ").split()
    counts = {language: sum(word in small for word in said) for language, small in _SMALL_WORDS.items()}
    articles = sum(word.startswith(("ال", "وال", "بال")) for word in said)
    return counts["ar"] > counts["fa"] + counts["ur"] and articles * _WORDS_AN_ARTICLE >= len(said)


_WORDS_AN_ARTICLE = 12  # Arabic has «ال» on every third word, Persian on loans only
