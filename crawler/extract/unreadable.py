"""Unreadable: a body that gives no article or entries, and why."""

from __future__ import annotations


class Unreadable(Exception):
    """What was fetched is none of what was asked for.

    `kind` is for counting (the kinds of `crawler.memory.Failure`): `not-a-feed`, `nothing-found`, `no-body`,
    `interstitial`, `soft-404`, `broken`. `detail` is for people: what was seen, in a few words.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
