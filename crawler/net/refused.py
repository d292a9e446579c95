"""Refused: what `crawler.net` raises when it will not make a request or will not follow an answer.

One exception for all of its reasons; `crawler.net.failure` turns it into the `Failure` that is remembered.
"""

from __future__ import annotations

from datetime import timedelta


class Refused(RuntimeError):
    """A request not made, or an answer not taken: `kind` as in `crawler.memory.Failure`, `detail` for people.

    A RuntimeError because of aiohappyeyeballs: while it tries the addresses of a host it carries on past
    an OSError or RuntimeError and raises the first one in the end, and loses any other.
    """

    def __init__(
        self, kind: str, detail: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class Postponed(Exception):
    """The request was not made in this pass, and that is no failure: the crawl is stopping, or the host's turn
    comes too late. Whatever it was for is asked for again by the next pass."""
