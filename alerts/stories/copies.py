"""Exact copies: when the same text under another address, or from another outlet, is the same story.

Owns what "the same text" is and how long it counts; part 6 makes it stories told in other words. The store
finds tellings by `Telling.copy_hash`; this module decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.arabic.folding import fold
from crawler.extract.signals import bare

SHORT = 25
"""Words under which a text alone proves nothing: «صفارات الإنذار تدوي» stands word for word several times a day."""

COPY_WINDOW = timedelta(hours=24)
SHORT_WINDOW_ELSEWHERE = timedelta(minutes=30)
SHORT_WINDOW_SAME_OUTLET = timedelta(minutes=10)


_WORD = re.compile(r"\w+")  # over folded text, where marks and tatweel are gone


def copy_print(title: str, text: str) -> tuple[str, int]:
    """What two copies share: a hash of the folded words, and the number of words of the text.

    Wire copies keep the text and change the headline, so the headline counts only where the text is short;
    without a text the headline is the text. What an outlet puts around its headline («عاجل | …») does not count.
    """
    body = _WORD.findall(fold(text))
    head = _WORD.findall(fold(bare(title)))
    counted = body or head
    told = body if len(body) >= SHORT else [*head, *body]
    return hashlib.sha256(" ".join(told).encode()).hexdigest(), len(counted)


@dataclass(frozen=True, slots=True)
class Telling:
    """An article with a given copy hash that stands in a story. `at`: published, else first seen (UTC)."""

    story: int
    outlet: str
    at: datetime


def story_of(outlet: str, at: datetime, word_count: int, tellings: Iterable[Telling]) -> int | None:
    """The story that an article joins as a copy, or None where it is news.

    `tellings` are the other articles with the same copy hash. A short text is a copy only of another outlet's
    within 30 minutes, or of the same outlet's within 10; and not where its own outlet has told that story
    longer ago: then it says the same words of a new event.
    """
    by_story: dict[int, list[Telling]] = {}
    for telling in tellings:
        by_story.setdefault(telling.story, []).append(telling)
    joined = [
        (min(abs(at - t.at) for t in told), story)
        for story, told in by_story.items()
        if (_short_copy(outlet, at, told) if word_count < SHORT else _copy(at, told))
    ]
    return min(joined)[1] if joined else None


def _copy(at: datetime, told: Sequence[Telling]) -> bool:
    return any(abs(at - t.at) <= COPY_WINDOW for t in told)


def _short_copy(outlet: str, at: datetime, told: Sequence[Telling]) -> bool:
    own = [t for t in told if t.outlet == outlet]
    if any(abs(at - t.at) > SHORT_WINDOW_SAME_OUTLET for t in own):
        return False
    return bool(own) or any(abs(at - t.at) <= SHORT_WINDOW_ELSEWHERE for t in told)
