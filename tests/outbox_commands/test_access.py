"""What the Bot API says of a bot in a chat, and what an operator is told of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from alerts.delivery.access import Access, Level, NoAccess, access_of, findings, jump, scratch_findings
from alerts.rules.model import Channel

CHANNEL = Channel("desk", "@desk")
GOOD = Access(-1000000000555, "channel", "مكتب", "administrator", may_post=True)
FORUM = replace(GOOD, kind="supergroup", topic=True, forum=True)
PRIVATE = Access(4242, "private", "سامي", "member", may_post=True)


def chat(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": -1, "type": kind, "title": "مكتب", **more}


@pytest.mark.parametrize(
    ("found", "member", "typed", "expected"),
    [
        (chat("channel"), {"status": "administrator", "can_post_messages": True}, None, ("administrator", True, False)),
        (chat("channel"), {"status": "administrator", "can_edit_messages": True}, None, ("administrator", False, True)),
        (chat("channel"), {"status": "creator"}, None, ("owner", True, True)),
        (chat("channel"), {"status": "member"}, None, ("member", False, False)),
        (chat("channel"), {"status": "left"}, None, ("outside", False, False)),
        (chat("supergroup"), {"status": "kicked"}, None, ("outside", False, False)),
        (chat("supergroup"), {"status": "administrator"}, None, ("administrator", True, False)),
        (chat("supergroup"), {"status": "member"}, None, ("member", True, False)),
        (
            chat("group", permissions={"can_send_messages": False}),
            {"status": "member"},
            None,
            ("member", False, False),
        ),
        (chat("supergroup"), {"status": "restricted", "is_member": True}, None, ("member", False, False)),
        (
            chat("supergroup"),
            {"status": "restricted", "is_member": False, "can_send_messages": True},
            None,
            ("outside", True, False),
        ),
        (chat("private"), None, True, ("member", True, False)),
        (chat("private"), None, False, ("member", False, False)),
    ],
)
def test_rights_are_read_by_status_and_kind_of_chat(
    found: dict[str, Any], member: dict[str, Any] | None, typed: bool | None, expected: tuple[str, bool, bool]
) -> None:
    access = access_of(found, member, typed)
    assert (access.presence, access.may_post, access.may_edit_others) == expected


@pytest.mark.parametrize(
    ("channel", "access", "scratch", "levels", "words"),
    [
        (CHANNEL, GOOD, False, [], ""),
        (CHANNEL, NoAccess("Chat not found"), False, ["wrong"], "@desk cannot be reached"),
        (CHANNEL, NoAccess("timed out", again=True), False, ["wrong"], "try again"),
        (CHANNEL, replace(GOOD, presence="outside", may_post=False), False, ["wrong"], "not in the channel"),
        (CHANNEL, replace(GOOD, presence="member", may_post=False), False, ["wrong"], "no administrator"),
        (CHANNEL, replace(GOOD, may_post=False), False, ["wrong"], "may not post"),
        (CHANNEL, replace(GOOD, may_edit_others=True), False, ["note"], "`scratch:`"),
        (CHANNEL, replace(GOOD, may_edit_others=True), True, [], ""),
        (replace(CHANNEL, topic=5), FORUM, False, [], ""),
        (replace(CHANNEL, topic=5), replace(FORUM, topic=False), False, ["wrong"], "topic 5 is not"),
        (replace(CHANNEL, topic=5), GOOD, False, ["wrong"], "has no topics"),
        (CHANNEL, PRIVATE, True, ["note"], "cannot be looked for"),
    ],
)
def test_what_is_wrong_with_a_channel_is_told_with_its_remedy(
    channel: Channel, access: Access | NoAccess, scratch: bool, levels: list[Level], words: str
) -> None:
    found = findings(channel, access, scratch=scratch)
    assert [f.level for f in found] == levels
    assert words in " ".join(map(str, found))
    assert all(f.remedy for f in found)


@pytest.mark.parametrize(
    ("access", "levels"),
    [
        (PRIVATE, []),
        (replace(PRIVATE, may_post=False), ["wrong"]),
        (NoAccess("Chat not found"), ["wrong"]),
        (GOOD, ["note"]),  # its members see the copies
        (replace(GOOD, presence="outside"), ["wrong"]),
    ],
)
def test_a_scratch_chat_must_take_copies(access: Access | NoAccess, levels: list[Level]) -> None:
    assert [f.level for f in scratch_findings(4242, access)] == levels


@pytest.mark.parametrize(
    ("sole", "before", "foreign", "levels"),
    [
        (False, 8, None, []),
        (False, 8, [9], ["note"]),
        (False, 8, [], []),
        (True, 9, None, []),
        (True, 8, None, ["wrong"]),  # nobody could look
        (True, 8, [], []),  # deleted posts, looked at
        (True, 8, [9], ["wrong"]),
    ],
)
def test_posts_of_others_are_noted_and_in_a_channel_that_is_ours_alone_wrong(
    sole: bool, before: int, foreign: Collection[int] | None, levels: list[Level]
) -> None:
    found = jump(replace(CHANNEL, sole=sole), 10, before, foreign)
    assert [f.level for f in found] == levels
