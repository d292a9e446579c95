"""What a message looks like to Telegram: text and marked pieces, for comparing one with another.

Telegram changes what it is sent: it drops control characters, trims, joins and moves entities. Two texts that a
reader could not tell apart are therefore the same here, by what is left when everything invisible is taken away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

_TYPES = {"a": "text_link", "b": "bold", "i": "italic", "s": "strikethrough", "u": "underline", "code": "code"}
"""Telegram's HTML tags and its names of the entities that they become (Bot API, "HTML style")."""
MARKED = frozenset(_TYPES.values())
"""The entities that mark-up makes; others (hashtags, addresses) Telegram finds by itself."""


@dataclass(frozen=True, slots=True)
class Look:
    """A message's text and its marked pieces (entity type, text), without what nobody sees; order of the pieces left
    out."""

    text: str
    marked: tuple[tuple[str, str], ...]


def look_of(text: str, marked: Iterable[tuple[str, str]] = ()) -> Look:
    """The look of a text with these pieces marked."""
    pieces = ((kind, _seen(piece)) for kind, piece in marked if kind in MARKED)
    return Look(_seen(text), tuple(sorted((kind, piece) for kind, piece in pieces if piece)))


def look_of_html(html: str) -> Look:
    """The look of Telegram HTML as `render.py` writes it."""
    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return look_of("".join(reader.parts), reader.marked)


def _seen(text: str) -> str:
    """Letters, digits, signs and single spaces; no control, format or separating characters, no marks that Telegram
    takes away (NFC keeps those that are part of a letter)."""
    kept = (c if unicodedata.category(c)[0] not in "CZ" else " " for c in unicodedata.normalize("NFC", text))
    return "".join("".join(kept).split())


class _Reader(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.parts: list[str] = []
        self.marked: list[tuple[str, str]] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, begin = self._open.pop()
            self.marked.append((_TYPES.get(tag, ""), "".join(self.parts[begin:])))

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
