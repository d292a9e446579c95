"""The look: what is found, what is surely not there, and what can never be told; on ids, then against the server."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import Config
from alerts.delivery.look import (
    FIRST_IDS,
    GAP,
    MOST,
    Absent,
    Doubt,
    Found,
    Glimpse,
    LookFailed,
    LookResult,
    Unseen,
    scan,
)
from alerts.delivery.markup import look_of, look_of_html
from alerts.delivery.model import Outgoing, Rendered, Sent
from alerts.delivery.targets.telegram import TelegramTarget
from tests.botapi import TOKEN, BotAPI, Chat, Fault

CHAT, GROUP, SCRATCH, PRIVATE = -1001000000001, -1001000000002, 700, 701
TEXT = Rendered(
    '\u200f<b>غارات على البوكمال</b>\n\n<a href="https://www.x.test/1">عرب 48</a> · دير الزور\n#ضربات',
    "\u200fغارات على البوكمال\n\nعرب 48 · دير الزور\nhttps://www.x.test/1\n#ضربات",
)


async def scanned(seen: Mapping[int, Glimpse], doubt: Doubt) -> tuple[LookResult, list[int]]:
    """What a scan gives, and the ids that it glimpsed; what `seen` does not say is nothing."""
    glimpsed = []

    async def glimpse(message_id: int) -> Glimpse:
        glimpsed.append(message_id)
        return seen.get(message_id, "nothing")

    return await scan(doubt, glimpse), glimpsed


@pytest.mark.parametrize(
    ("seen", "doubt", "result"),
    [
        ({41: "ours"}, Doubt(CHAT, 40), Found(41, CHAT)),
        ({59: "ours"}, Doubt(CHAT, 40), Found(59, CHAT)),  # nineteen that are missing
        ({60: "ours"}, Doubt(CHAT, 40), Found(60, CHAT)),
        ({61: "ours"}, Doubt(CHAT, 40), Absent()),  # twenty
        ({50: "another", 70: "ours"}, Doubt(CHAT, 40), Found(70, CHAT)),
        ({50: "ours", 70: "ours"}, Doubt(CHAT, 40, frozenset({50})), Found(70, CHAT)),
        ({}, Doubt(CHAT, 40), Absent()),
        ({}, Doubt(CHAT, 0), Absent()),
    ],
)
async def test_a_scan_goes_on_until_a_score_of_ids_in_a_row_is_not_found(
    seen: Mapping[int, Glimpse], doubt: Doubt, result: LookResult
) -> None:
    assert (await scanned(seen, doubt))[0] == result


async def test_an_id_that_is_known_as_ours_is_not_looked_at() -> None:
    result, glimpsed = await scanned({43: "ours"}, Doubt(CHAT, 40, frozenset({41, 42})))
    assert (result, glimpsed) == (Found(43, CHAT), [43])


@pytest.mark.parametrize("doubt", [Doubt(), Doubt(PRIVATE, 40), Doubt(-5, 40), Doubt(-5)])
async def test_where_ids_do_not_count_per_chat_or_none_is_known_nothing_is_looked_at(doubt: Doubt) -> None:
    result, glimpsed = await scanned({41: "ours"}, doubt)
    assert isinstance(result, Unseen) and not result.again
    assert glimpsed == []


@pytest.mark.parametrize(("at", "found"), [(1, True), (20, True), (FIRST_IDS + 1, False)])
async def test_in_a_chat_where_nothing_of_ours_stands_only_a_find_tells(at: int, found: bool) -> None:
    others: dict[int, Glimpse] = dict.fromkeys(range(1, at), "another")
    result, _ = await scanned(others | {at: "ours"}, Doubt(CHAT))
    assert (result == Found(at, CHAT)) is found
    assert found or (isinstance(result, Unseen) and not result.again)
    result, _ = await scanned({}, Doubt(CHAT))
    assert isinstance(result, Unseen)


async def test_a_chat_in_which_others_wrote_too_much_cannot_be_told() -> None:
    others: dict[int, Glimpse] = dict.fromkeys(range(41, 41 + 2 * MOST), "another")
    result, glimpsed = await scanned(others, Doubt(CHAT, 40))
    assert isinstance(result, Unseen)
    assert len(glimpsed) == MOST


async def test_a_glimpse_that_fails_ends_the_scan_without_a_verdict() -> None:
    async def glimpse(message_id: int) -> Glimpse:
        raise LookFailed("no network", again=True)

    assert await scan(Doubt(CHAT, 40), glimpse) == Unseen("no network", True)


@given(
    st.lists(st.sampled_from(["another", "nothing"]), max_size=60),
    st.integers(0, 59),
)
async def test_whatever_else_is_there_a_message_before_the_first_long_gap_is_found(others: list[Any], at: int) -> None:
    seen: dict[int, Glimpse] = {41 + n: kind for n, kind in enumerate(others)} | {41 + at: "ours"}
    missing = longest = 0
    for n in range(at):
        missing = missing + 1 if seen.get(41 + n, "nothing") == "nothing" else 0
        longest = max(longest, missing)
    expected = Found(41 + at, CHAT) if longest < GAP else Absent()
    assert (await scanned(seen, Doubt(CHAT, 40)))[0] == expected


@pytest.mark.parametrize(
    ("text", "marked", "same"),
    [
        ("غارات على البوكمال", [("bold", "غارات على البوكمال")], True),
        ("\u200fغارات  على البوكمال\n", [("bold", "غارات على البوكمال ")], True),  # as Telegram trims and drops
        ("غارات على البوكمال", [("bold", "غارات على البوكمال"), ("hashtag", "#x")], True),
        ("غارات على البوكمال", [], False),
        ("غارات على البوكمال", [("bold", "غارات")], False),
        ("غارات على الميادين", [("bold", "غارات على الميادين")], False),
    ],
)
def test_two_messages_that_a_reader_cannot_tell_apart_look_the_same(
    text: str, marked: list[tuple[str, str]], same: bool
) -> None:
    assert (look_of(text, marked) == look_of_html("\u200f<b>غارات على البوكمال</b>")) is same


# -- against the server ------------------------------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotAPI]:
    chats = (
        Chat(CHAT, username="desk"),
        Chat(GROUP, "supergroup"),
        Chat(SCRATCH, "private"),
        Chat(PRIVATE, "private"),
    )
    async with BotAPI(chats, seed=3) as server:
        yield server


@pytest.fixture
async def target(api: BotAPI) -> AsyncIterator[TelegramTarget]:
    to = TelegramTarget(Config.from_env({"MARSAD_TELEGRAM_TOKEN": TOKEN, "MARSAD_TELEGRAM_API": api.url}))
    yield to
    await to.close()


def message(text: Rendered = TEXT, chat: int | str = "@desk", **doubt: Any) -> Outgoing:
    return Outgoing(1, "desk", chat, None, text, doubt=Doubt(**{"chat_id": CHAT} | doubt))


async def accepted(target: TelegramTarget, text: Rendered = TEXT, chat: int | str = CHAT) -> int:
    """The id of a message that the server took."""
    outcome = await target.send(Outgoing(0, "desk", chat, None, text))
    assert isinstance(outcome, Sent)
    return outcome.message_id


OTHER = Rendered("<b>خبر آخر</b>", "خبر آخر")


@pytest.mark.parametrize("scratch", [SCRATCH, None])
async def test_what_arrived_is_found_and_nothing_that_a_reader_sees_has_changed(
    api: BotAPI, target: TelegramTarget, scratch: int | None
) -> None:
    before = await accepted(target, OTHER)
    api.post(CHAT, "منشور زميل")
    there = await accepted(target)
    api.post(CHAT, "منشور آخر")
    shown = [(m.id, m.text, m.edits) for m in api.shown(CHAT)]
    assert await target.look(message(after=before), scratch) == Found(there, CHAT)
    assert [(m.id, m.text, m.edits) for m in api.shown(CHAT)] == shown
    assert api.shown(SCRATCH) == []  # the copies are gone
    assert all(c.params.get("disable_notification") for c in api.journal if c.method == "forwardMessage")


@pytest.mark.parametrize("scratch", [SCRATCH, None])
async def test_what_did_not_arrive_is_absent_though_others_wrote(
    api: BotAPI, target: TelegramTarget, scratch: int | None
) -> None:
    before = await accepted(target, OTHER)
    api.post(CHAT, "غارات على البوكمال")
    assert await target.look(message(after=before), scratch) == Absent()


async def test_a_message_that_went_as_plain_text_is_found_too(api: BotAPI, target: TelegramTarget) -> None:
    before = await accepted(target, OTHER)
    there = await accepted(target, Rendered("<b>" + TEXT.html, TEXT.plain))  # mark-up that is refused
    assert await target.look(message(after=before), SCRATCH) == Found(there, CHAT)


async def test_where_the_bot_may_edit_others_posts_no_edit_is_ever_tried(api: BotAPI, target: TelegramTarget) -> None:
    api.chats[CHAT].can_edit_messages = True
    before = await accepted(target, OTHER)
    api.post(CHAT, "منشور زميل")
    result = await target.look(message(after=before), None)
    assert isinstance(result, Unseen) and not result.again
    assert not [c for c in api.journal if c.method == "editMessageText"]
    assert isinstance(await target.look(message(after=before), SCRATCH), Absent)  # a look by forwarding may


async def test_where_another_of_ours_is_in_doubt_too_no_edit_is_tried_but_later(
    api: BotAPI, target: TelegramTarget
) -> None:
    before = await accepted(target, OTHER)
    await accepted(target)
    result = await target.look(message(after=before, alone=False), None)
    assert isinstance(result, Unseen) and result.again
    assert not [c for c in api.journal if c.method == "editMessageText"]


async def test_an_id_of_ours_is_never_edited(api: BotAPI, target: TelegramTarget) -> None:
    before = await accepted(target, OTHER)
    ours = await accepted(target, Rendered("<b>ثالث</b>", "ثالث"))
    assert await target.look(message(after=before, ours=frozenset({ours})), None) == Absent()
    assert all(c.params["message_id"] != ours for c in api.journal if c.method == "editMessageText")


async def test_a_scratch_chat_that_takes_nothing_leaves_the_other_way(api: BotAPI, target: TelegramTarget) -> None:
    api.chats[SCRATCH].forbidden = "bot was blocked by the user"
    before = await accepted(target, OTHER)
    there = await accepted(target)
    assert await target.look(message(after=before), SCRATCH) == Found(there, CHAT)


@pytest.mark.parametrize("chat", [PRIVATE, -5])
async def test_in_private_chats_and_basic_groups_nothing_is_tried(
    api: BotAPI, target: TelegramTarget, chat: int
) -> None:
    result = await target.look(message(chat=chat, chat_id=chat, after=40), SCRATCH)
    assert isinstance(result, Unseen) and not result.again
    assert api.journal == []


@pytest.mark.parametrize("kind", ["drop-before", "500-before", "flood", "html", "odd"])
async def test_a_look_that_the_network_breaks_is_to_be_done_again(
    api: BotAPI, target: TelegramTarget, kind: Any
) -> None:
    before = await accepted(target, OTHER)
    api.faults.append(Fault(kind))
    result = await target.look(message(after=before), SCRATCH)
    assert isinstance(result, Unseen) and result.again


@pytest.mark.parametrize("kind", ["drop-before", "500-before", "flood", "html", "odd"])
@pytest.mark.parametrize("call", ["getMe", "getChatMember"])
async def test_rights_that_could_not_be_asked_for_are_asked_for_again_and_nothing_is_sent_meanwhile(
    api: BotAPI, target: TelegramTarget, call: str, kind: Any
) -> None:
    before = await accepted(target, OTHER)
    api._fault = lambda method, params: Fault(kind) if method == call else None
    result = await target.look(message(after=before), None)
    assert isinstance(result, Unseen) and result.again


async def test_rights_that_the_chat_does_not_tell_are_not_asked_for_for_ever(
    api: BotAPI, target: TelegramTarget
) -> None:
    before = await accepted(target, OTHER)
    api.chats[CHAT].forbidden = "bot was kicked from the channel chat"
    result = await target.look(message(after=before), None)
    assert isinstance(result, Unseen) and not result.again


async def test_the_token_is_in_no_reason_that_a_look_gives(api: BotAPI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "alerts")
    config = Config.from_env({"MARSAD_TELEGRAM_TOKEN": TOKEN, "MARSAD_TELEGRAM_API": "http://127.0.0.1:1"})
    to = TelegramTarget(config)
    result = await to.look(message(after=40), SCRATCH)
    await to.close()
    assert isinstance(result, Unseen) and result.again
    assert TOKEN not in repr(result) + caplog.text


async def test_a_supergroup_is_looked_at_like_a_channel(api: BotAPI, target: TelegramTarget) -> None:
    before = await accepted(target, OTHER, GROUP)
    there = await accepted(target, TEXT, GROUP)
    doubtful = replace(message(), chat=GROUP, doubt=Doubt(GROUP, before))
    assert await target.look(doubtful, None) == Found(there, GROUP)
