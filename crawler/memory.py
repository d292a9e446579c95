"""What a crawl remembers between passes: the small protocol that the crawler is handed.

`marsad run` hands it the store; `scrapy crawl` alone uses `crawler.file_memory.FileMemory`. Neither reads
the other's, so that a crawl by hand never swallows an alert. Every method is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from crawler.article import Article, Entry

SourceKind = Literal["feed", "sitemap", "api", "listing", "telegram"]

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
    timedelta(days=1),
)
"""Waits after the first, second … failure of a page; after one failure more the entry is given up."""


def next_try(failures: int, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """When a page that has failed `failures` (1, 2, …) times is due again; None: given up.

    `retry_after` is the server's own wish; the later of both holds.
    """
    if failures > len(RETRY_AFTER):
        return None
    return now + max(RETRY_AFTER[failures - 1], retry_after or timedelta(0))


@dataclass(frozen=True, slots=True)
class Source:
    """One way into an outlet: a feed, sitemap, JSON API or listing page, or its Telegram channel's preview page."""

    outlet: str
    url: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request sends back (RFC 9110 §13.1): header values as received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A good answer of a source: its entries, newest first as the source has them, or "not modified".

    `continued`: more of the same look at the source follows (its next page, the next sitemap of an index), whose
    entries are a baseline if these are; the last poll of the look is not continued, and brings the validators.
    """

    source: Source
    at: datetime
    entries: tuple[Entry, ...] = ()
    validators: Validators = Validators()
    not_modified: bool = False
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a source or a page gave nothing: a short kind for counting, a detail for people.

    Kinds: `status` (with `status`), `timeout`, `connection`, `dns`, `too-large`, `robots`, `blocked-address`,
    `redirect`, `off-site` (an entry's address is not on the outlet's hosts), `not-a-feed`, `nothing-found`, `no-body`,
    `interstitial`, `soft-404`, `broken`, `slow`, `data-loss`, `slow-to-read` (its bytes are here, and reading them
    takes too long), `proxy` (the outlet's own proxy is not set).
    """

    kind: str
    detail: str
    at: datetime
    status: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry whose page is to be fetched now. `ref` belongs to the memory; `failures` counts past tries."""

    ref: int
    entry: Entry
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt as last fetched; `body` is empty where it has none (RFC 9309 §2.3.1.3)."""

    origin: str
    body: bytes
    fetched_at: datetime


class Memory(Protocol):
    """The crawler's whole knowledge of storage."""

    async def validators(self, source: Source) -> Validators:
        """Those of the source's last good answer; empty ones where there is none."""

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        """Stores validators and entries in one transaction; returns the entries never seen before."""

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        """Records that a source gave nothing; its validators and entries stay."""

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        """Entries of the outlet whose page is still wanted and whose next try has come."""

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        """The page gave an article: it is stored, the entry is done."""

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        """The page gave nothing: counted, next try set (`next_try`); the stand-in (flag headline-only),
        made of the entry, is stored the first time. None: the entry has no title to stand for it."""

    async def robots(self, origin: str) -> Robots | None:
        """The robots.txt kept for `scheme://host[:port]`, of any age."""

    async def robots_fetched(self, robots: Robots) -> None:
        """Keeps it."""
