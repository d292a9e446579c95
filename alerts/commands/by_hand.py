"""What the commands share by which a person reads and changes the outbox: the store, and having a row sent.

A change is made in the store and nowhere else, so that it survives whatever happens next. Where no daemon and no pass
holds the lock, the command then delivers what is due itself, as a pass would; else it waits a little for the other.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from alerts.config import Config
from alerts.store import outbox_view as view
from alerts.store.database import exists
from alerts.store.outbox_view import NotPossible, Row
from alerts.store.store import Store

T = TypeVar("T")

PATIENCE = timedelta(seconds=20)
"""How long a command waits for a running daemon or pass to send a row: it looks at the outbox every few seconds."""
LOOK_EVERY = timedelta(milliseconds=200)


def now_utc() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Store]:
    """The store, closed at the end."""
    store = Store(config.database_url, now_utc)
    try:
        yield store
    finally:
        await store.close()


def answered(config: Config, work: Callable[[Store], Awaitable[T]]) -> T | None:
    """What `work` gives; where it is not possible, or there is no store yet, one line on standard error, and None."""

    async def run() -> T:
        async with opened(config) as store:
            return await work(store)

    if not exists(config.database_url):
        print(f"marsad: there is no store yet in {config.state_dir}; `marsad run` makes it", file=sys.stderr)
        return None
    try:
        return asyncio.run(run())
    except NotPossible as e:
        print(f"marsad: {e}", file=sys.stderr)
        return None


async def sent_now(store: Store, config: Config, version: int, rules_file: str | None) -> Row:
    """Has a row sent, if that can be now; returns it as it then stands. Without a token nothing is sent: the terminal
    of this command is not the preview's."""
    from alerts.service import WAIT_LIMIT, open_service

    service = open_service(rules_file, 0) if config.token is not None else None
    if service is not None:
        try:
            await service.deliver(wait_limit=WAIT_LIMIT)
        finally:
            await service.close()
        return await store.read(view.row, version)
    row = await store.read(view.row, version)
    for _ in range(PATIENCE // LOOK_EVERY if config.token is not None else 0):
        if row.standing not in ("pending", "sending"):
            break
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        row = await store.read(view.row, version)
    return row


def became(row: Row) -> str:
    """What became of a row, in a line."""
    match row.standing:
        case "sent" if row.deletes:
            return "Deleted."
        case "sent":
            return (
                f"{'Changed' if row.number > 1 else 'Sent'}: message {row.telegram_id} of {row.chat}"
                + (f", {row.link}" if row.link else "")
                + "."
            )
        case "refused":
            return f"Refused: {row.reason}."
        case "uncertain" | "held":
            return f"In doubt: {row.reason}; `marsad outbox show {row.id}` tells how it goes on."
        case _:
            why = f" ({row.reason})" if row.reason else ""
            return f"It waits in the outbox{why} and goes with the next pass, or by the daemon."


def ago(then: datetime, now: datetime) -> str:
    """How long since, or until (`in 5 min`), in one unit."""
    seconds = int((now - then).total_seconds())
    size, unit = next(((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "min")) if abs(seconds) >= s), (1, "s"))
    return f"{seconds // size} {unit} ago" if seconds >= 0 else f"in {-seconds // size} {unit}"


def shown(text: str) -> str:
    """Text of others fit for a terminal: nothing that could drive it; joiners and direction marks stay."""
    return "".join(c if c == "\n" or (c >= " " and not "\x7f" <= c <= "\x9f") else "" for c in text)
