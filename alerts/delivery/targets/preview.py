"""The preview: messages shown in the terminal as they would stand in Telegram, for who has no token yet."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import count
from typing import TextIO

from alerts.delivery.look import LookResult, Unseen
from alerts.delivery.model import Outcome, Outgoing, Sent

RULE = "─" * 48
"""About as wide as a phone's line."""
_STYLES = {"b": "\x1b[1m", "i": "\x1b[3m", "s": "\x1b[9m", "a": "\x1b[4;34m"}
_RESET, _DIM = "\x1b[0m", "\x1b[2m"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # a message could otherwise drive the terminal


class Preview:
    """Writes each message to `out` below a line that names its channel; bold and links only on a terminal.

    Paragraphs are left whole: a terminal that knows right-to-left text lays each of them out by itself.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._ids = count()

    async def send(self, message: Outgoing) -> Outcome:
        """Shows it; message ids count from 0."""
        text = _ansi(message.text.html) if self._out.isatty() else _CONTROL.sub("", message.text.plain)
        change = " (taken away)" if message.deletes else " (edited)" if message.edits is not None else ""
        what = f"{message.channel} → {message.chat}{change}"
        self._out.write(f"── {what} {RULE[len(what) + 4 :]}\n{text}\n{RULE}\n\n")
        self._out.flush()
        return Sent(next(self._ids) if message.edits is None else message.edits, 0)

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        """What a terminal has shown cannot be looked up."""
        return Unseen("a terminal keeps nothing")

    async def close(self) -> None:
        """Nothing to let go of."""


def _ansi(html: str) -> str:
    shown = _Terminal(convert_charrefs=True)
    shown.feed(_CONTROL.sub("", html))
    shown.close()
    return shown.text()


class _Terminal(HTMLParser):
    """Telegram HTML, as `render.py` writes it, to text with terminal styles; addresses below the line that has
    the link."""

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(_STYLES.get(tag, ""))
        self._parts.append(self._open[-1])
        self._links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()
        self._parts.append(_RESET + "".join(self._open))

    def handle_data(self, data: str) -> None:
        for part in re.split(r"(\n)", data):
            if part == "\n":
                self._end_line()
            self._parts.append(part)

    def text(self) -> str:
        """All of it."""
        self._end_line()
        return "".join(self._parts)

    def _end_line(self) -> None:
        self._parts += [f"\n{_DIM}{link}{_RESET}" for link in self._links]
        self._links.clear()
