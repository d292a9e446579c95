"""Access: what a bot can do in a chat, and what an operator should know of it. For `marsad channels --check`.

A target asks (`targets/telegram.py`); what follows from the answers is decided here, each finding with its remedy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alerts.delivery.look import numbered_by_chat
from alerts.rules.model import Channel

Presence = Literal["owner", "administrator", "member", "outside"]
ChatKind = Literal["channel", "supergroup", "group", "private"]
Level = Literal["wrong", "note"]
KINDS: tuple[ChatKind, ...] = ("channel", "supergroup", "group", "private")

MOST_LOOKED_AT = 20
"""Ids between our last two messages that are looked at, one a second in a scratch chat."""


@dataclass(frozen=True, slots=True)
class Access:
    """What the Bot API says of a bot in a chat (getChat, getChatMember, sendChatAction). `may_post`: to send there at
    all; `may_edit_others`: to edit posts that are not its own; `topic`: whether the topic that was asked for takes
    messages (None: none was, or there are none); `forum`: whether there are topics."""

    chat_id: int
    kind: ChatKind
    title: str
    presence: Presence
    may_post: bool
    may_edit_others: bool = False
    topic: bool | None = None
    forum: bool = False


@dataclass(frozen=True, slots=True)
class NoAccess:
    """The chat could not be asked for, and why; `again`: that may pass by itself (network, flood control)."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A line for the operator: `wrong` is to be put right, a `note` only to be known."""

    level: Level
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}"


def access_of(chat: Mapping[str, Any], member: Mapping[str, Any] | None, typed: bool | None) -> Access:
    """What the Bot API's ChatFullInfo and ChatMember (of the bot; None in a private chat) say. `typed`: whether the
    chat or topic took the action "typing" (None: not tried)."""
    kind: ChatKind = next(k for k in KINDS if k == chat["type"])
    presence: Presence = "member"
    may_post, edits = typed is not False or kind != "private", False
    if member is not None:
        match member["status"]:
            case "creator":
                presence, edits = "owner", True
            case "administrator":
                presence, edits = "administrator", bool(member.get("can_edit_messages"))
                may_post = kind != "channel" or bool(member.get("can_post_messages"))
            case "restricted":
                presence = "member" if member.get("is_member") else "outside"
                may_post = bool(member.get("can_send_messages"))
            case "left" | "kicked":
                presence, may_post = "outside", False
            case _:
                may_post = kind != "channel" and chat.get("permissions", {}).get("can_send_messages", True)
    topic = typed if kind != "private" else None
    return Access(chat["id"], kind, _title(chat), presence, may_post, edits, topic, bool(chat.get("is_forum")))


def findings(channel: Channel, access: Access | NoAccess, *, scratch: bool) -> list[Finding]:
    """What is wrong with a channel, or worth knowing; `scratch`: whether rules.yaml names a scratch chat."""
    if isinstance(access, NoAccess):
        return [_unreachable(str(channel.to), access)]
    found = []
    what = {"channel": "channel", "supergroup": "group", "group": "group", "private": "chat"}[access.kind]
    if access.presence == "outside":
        found.append(Finding("wrong", f"the bot is not in the {what}", "add it as an administrator"))
    elif access.kind == "channel" and access.presence == "member":
        found.append(Finding("wrong", "the bot is no administrator of the channel", "make it one, with Post Messages"))
    elif not access.may_post:
        remedy = "allow it Post Messages" if access.kind == "channel" else "allow it to send messages there"
        found.append(Finding("wrong", f"the bot may not post in the {what}", remedy))
    if channel.topic is not None and not access.forum:
        remedy = "turn topics on in the group, or take `topic` out of rules.yaml"
        found.append(Finding("wrong", f"topic {channel.topic} cannot be: the {what} has no topics", remedy))
    elif access.topic is False:
        remedy = "write the id of one that is: the number before the message's in its link"
        found.append(Finding("wrong", f"topic {channel.topic} is not in the group", remedy))
    if not numbered_by_chat(access.chat_id):
        remedy = f"`uncertain: {{then: {channel.uncertain_then}}}` decides; a channel or supergroup can be looked at"
        found.append(
            Finding("note", "a message in doubt cannot be looked for in a private chat or basic group", remedy)
        )
    elif access.may_edit_others and not scratch:
        remedy = "name a `scratch:` chat in rules.yaml, or take Edit Messages of Others from the bot"
        found.append(Finding("note", "a message in doubt cannot be looked for: the bot may edit others' posts", remedy))
    return found


def scratch_findings(scratch: int | str, access: Access | NoAccess) -> list[Finding]:
    """The same of the scratch chat."""
    if isinstance(access, NoAccess):
        return [_unreachable(str(scratch), access)]
    if (
        access.presence == "outside"
        or not access.may_post
        or (access.kind == "channel" and access.presence == "member")
    ):
        return [Finding("wrong", f"the bot may not post in the scratch chat {scratch}", "write to it first, or add it")]
    if access.kind != "private":
        remedy = "a private chat with the bot is best"
        return [Finding("note", f"the members of the scratch chat {scratch} see copies for a moment", remedy)]
    return []


def jump(channel: Channel, last: int, before: int, foreign: Collection[int] | None) -> list[Finding]:
    """What the ids between our last two messages in a channel or supergroup tell: `foreign` are those of posts that
    others wrote (None: it could not be looked)."""
    if foreign:
        number = f"{len(foreign)} post{'s'[: len(foreign) > 1]} of others between our last two messages"
        if channel.sole:
            remedy = "is another installation running with this token, or does a colleague write there?"
            return [Finding("wrong", f"{number} ({_some(foreign)})", remedy)]
        return [Finding("note", f"{number} ({_some(foreign)})", "nothing to do, where others write there")]
    if channel.sole and foreign is None and last - before > 1:
        remedy = "another installation, a colleague, or deleted posts? a `scratch:` chat in rules.yaml would tell"
        return [Finding("wrong", f"message ids jump from {before} to {last}", remedy)]
    return []


def _title(chat: Mapping[str, Any]) -> str:
    names = (chat.get("title"), chat.get("first_name"), chat.get("last_name"))
    return " ".join(str(name) for name in names if name)


def _unreachable(chat: str, access: NoAccess) -> Finding:
    remedy = "try again" if access.again else "write the @name or number of a chat that the bot is in"
    return Finding("wrong", f"{chat} cannot be reached ({access.reason})", remedy)


def _some(ids: Collection[int]) -> str:
    first = ", ".join(map(str, sorted(ids)[:3]))
    return first + (", …" if len(ids) > 3 else "")
