"""Reasons: why a name is a place or not, and why this one, in both languages.

Every decision of `judge.py` and `choose.py` has its key here; `{word}` is the word of the text, or the place, that it
is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alerts.rules.messages import Language

REASONS: Final[Mapping[str, dict[Language, str]]] = {
    # a place
    "known": {"en": "a well-known place, and nothing speaks against it", "ar": "مكان معروف ولا شيء ينفيه"},
    "likely": {"en": "the name of a town, and nothing speaks against it", "ar": "اسم بلدة ولا شيء ينفيه"},
    "type": {"en": "«{word}» before it", "ar": "قبله «{word}»"},
    "direction": {"en": "«{word}» before it", "ar": "قبله «{word}»"},
    "placed": {"en": "«{word}» before it", "ar": "قبله «{word}»"},
    "listed": {"en": "stands in one list with {word}", "ar": "معطوف مع {word}"},
    "qualified": {"en": "{word} after it says where it lies", "ar": "بعده {word}، وهو ما يقع فيه"},
    "company": {"en": "the text names {word}, where it lies", "ar": "يذكر النص {word}، وهو ما يقع فيه"},
    "settled": {"en": "is a place elsewhere in this text", "ar": "هو مكان في موضع آخر من النص"},
    # none
    "owner": {"en": "«{word}» before it makes it a part of another name", "ar": "«{word}» قبله تجعله من اسم آخر"},
    "tail": {"en": "«{word}» after it makes it a part of another name", "ar": "«{word}» بعده تجعله من اسم آخر"},
    "person": {"en": "«{word}» beside it makes it a person", "ar": "«{word}» بجانبه تجعله شخصًا"},
    "sport": {"en": "a team, in a text about sport", "ar": "فريق في خبر رياضي"},
    "adjective": {"en": "an adjective after «{word}»", "ar": "صفة بعد «{word}»"},
    "function": {"en": "a common word", "ar": "كلمة شائعة"},
    "common": {
        "en": "a common word or a person's name, and nothing says that it is a place",
        "ar": "كلمة شائعة أو اسم شخص، ولا شيء يدل على مكان",
    },
    "small": {
        "en": "a little-known name, and nothing says that it is a place",
        "ar": "اسم غير معروف، ولا شيء يدل على مكان",
    },
    # which one
    "only": {"en": "the only place of this name", "ar": "لا مكان غيره بهذا الاسم"},
    "called": {"en": "«{word}» says what kind of place", "ar": "«{word}» تدل على نوعه"},
    "near": {"en": "with {word} in the text", "ar": "مع ذكر {word} في النص"},
    "outlet": {"en": "in the outlet's country", "ar": "في بلد المصدر"},
    "largest": {"en": "the best known of {word} places of this name", "ar": "أشهر {word} أماكن بهذا الاسم"},
}


def say(language: Language, why: str, word: str = "") -> str:
    """One reason in words. Raises KeyError for an unknown one."""
    return REASONS[why][language].format(word=word)
