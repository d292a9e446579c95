"""The language of an article, by letters that only one of the region's alphabets has."""

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
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5]")
_LATIN = re.compile("[A-Za-z]")


def language_of(text: str, declared: str = "", default: str = "ar") -> str:
    """ISO 639 code of the text's language. `declared` is the page's `lang`, believed where the letters do not
    contradict; `default` the outlet's language, for text without letters."""
    text = text[:_ENOUGH]
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    code = re.split("[-_]", declared.strip().lower())[0]
    code = code if re.fullmatch("[a-z]{2,3}", code) else ""
    if not arabic and not latin:
        return code or default
    if latin > arabic:
        return code if code and code not in ("ar", *_OWN_LETTERS) else "en"
    for language, letters in _OWN_LETTERS.items():
        if sum(map(text.count, letters)) > _SHARE * arabic:
            return language
    return code if code in ("ar", "arz", "apc", "ary") else "ar"
