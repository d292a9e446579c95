"""Bytes → Entry and Article: feeds, listing pages, article pages, dates, paragraph cleaning.

Pure functions over bytes and an `Outlet`; no network, no clock of their own.
"""

from __future__ import annotations


class Unreadable(Exception):
    """Bytes that are not what they should be. `kind` is one of `crawler.memory.Failure`'s, `detail` for people."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
