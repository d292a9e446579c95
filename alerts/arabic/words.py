"""Words: what a reader takes for one, in written terms and in folded text."""

from __future__ import annotations

from alerts.arabic.folding import COMMA, POINT, fold

_JOINING = COMMA + POINT


def written_words(text: str) -> list[str]:
    """The words of a term as written, each with its marks: those that folding leaves something of, and parted where
    folding parts them (U.N. is two words)."""
    words: list[str] = []
    for chunk in text.split():
        parts = fold(chunk).split()
        words += [chunk] if len(parts) == 1 else parts
    return words


def within_number(folded: str, start: int, end: int) -> bool:
    """Whether folded[start:end] begins or ends amid a number: the 3 of 3.5, the 500 of 1,500."""
    return _joined(folded, end) or _joined(folded, start - 1)


def _joined(folded: str, at: int) -> bool:
    """Whether a point or comma at `at` stands between two digits."""
    return at > 0 and folded[at] in _JOINING and folded[at - 1].isdigit() and folded[at + 1 : at + 2].isdigit()
