"""The look: whether a message whose send is in doubt stands in its chat. Decides over what a target can see.

Message ids in a channel or supergroup grow, with gaps (Bot API, `Message.message_id`). So a message that was begun
after ours with id `after` was accepted has a greater id, and lies before the first long run of ids that do not
exist. Each id is glimpsed in a way that the target knows; how is `targets/telegram.py`'s.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

GAP = 20
"""Ids in a row that are not found, after which nothing is taken to follow: service messages and deleted posts leave
gaps of a few."""
MOST = 300
"""Ids looked at in one look, at most: a chat in which others wrote so much meanwhile is not ours alone."""

FIRST_IDS = 60
"""Ids looked at in a chat where nothing of ours stands."""

Glimpse = Literal["ours", "another", "nothing"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is known of a message in doubt. `chat_id`: its chat's number, None where nothing of ours is known there;
    `after`: the greatest id of ours there before its first attempt; `ours`: ids after that in rows of ours; `alone`:
    no other message of ours is in doubt in that chat; `looks`: looks so far that found nothing."""

    chat_id: int | None = None
    after: int | None = None
    ours: frozenset[int] = frozenset()
    alone: bool = True
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """It stands there, as this message."""

    message_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class Absent:
    """It does not stand there."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """The look could not tell. `again`: it may, later (no network, flood control); else never, by this way."""

    reason: str
    again: bool = False


LookResult = Found | Absent | Unseen


class LookFailed(Exception):
    """A glimpse that could not be had; `again` as of `Unseen`."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


def numbered_by_chat(chat_id: int) -> bool:
    """Whether message ids count per chat there: channels and supergroups, whose ids are below -10^12 (Bot API,
    "Dialog IDs"); in private chats and basic groups they count over all chats of the bot."""
    return chat_id < -1_000_000_000_000


async def scan(doubt: Doubt, glimpse: Callable[[int], Awaitable[Glimpse]]) -> LookResult:
    """Looks at each id after `doubt.after` that is not known as ours, until `GAP` in a row are not found.

    Where no id of ours is known, at the first `FIRST_IDS` of the chat: in a young one it will be among them, and what
    is not found there tells nothing.
    """
    if doubt.chat_id is None:
        return Unseen("nothing of ours is known in that chat")
    if not numbered_by_chat(doubt.chat_id):
        return Unseen("message ids do not count per chat in a private chat or basic group")
    begin, most = (0, FIRST_IDS) if doubt.after is None else (doubt.after, MOST)
    missing = 0
    for message_id in range(begin + 1, begin + 1 + most):
        if message_id in doubt.ours:
            missing = 0
            continue
        try:
            seen = await glimpse(message_id)
        except LookFailed as e:
            return Unseen(str(e), e.again)
        if seen == "ours":
            return Found(message_id, doubt.chat_id)
        missing = missing + 1 if seen == "nothing" else 0
        if missing == GAP and doubt.after is not None:
            return Absent()
        if missing == GAP:
            break
    if doubt.after is None:
        return Unseen("nothing of ours stands in that chat yet, so there is no place to look from")
    return Unseen(f"more than {MOST} messages of others came after ours")
