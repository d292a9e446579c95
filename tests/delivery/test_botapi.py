"""The strict Bot API server itself: what it refuses, what it remembers, how it fails when told to."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.botapi import BOT, BotAPI, Chat, Fault, Flood
from tests.botapi_methods import METHODS, SPECIFICATION, TYPES, Refusal, methods

CHATS = (
    Chat(-1001, username="Desk"),
    Chat(-1002, "supergroup", topics=frozenset({12})),
    Chat(-1003, forbidden="bot was kicked from the channel chat"),
    Chat(-1004, "group", migrated_to=-1009),
    Chat(-1005, admin=False),
)


async def call(api: BotAPI, method: str, **params: Any) -> dict[str, Any]:
    """The answer, with its HTTP status as `status`."""
    form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
    async with aiohttp.ClientSession() as http, http.post(f"{api.url}/bot{api.token}/{method}", data=form) as r:
        body: dict[str, Any] = await r.json()
        return {"status": r.status, **body}


@pytest.mark.parametrize(
    ("method", "params", "status", "description"),
    [
        ("sendMessages", {}, 404, "Not Found: method not found"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": -1, "text": "x"}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": -1001}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": -1001, "text": " \n "}, 400, "Bad Request: text must be non-empty"),
        ("sendMessage", {"chat_id": -1001, "text": "غ" * 4097}, 400, "Bad Request: message is too long"),
        ("sendMessage", {"chat_id": -1001, "text": "😀" * 2049}, 400, "Bad Request: message is too long"),
        (
            "sendMessage",
            {"chat_id": -1001, "text": "<b>x", "parse_mode": "HTML"},
            400,
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("sendMessage", {"chat_id": -1001, "text": "x", "colour": "red"}, 400, "Bad Request: unknown parameter colour"),
        (
            "sendMessage",
            {"chat_id": -1001, "text": "x", "link_preview_options": {"large": True}},
            400,
            "Bad Request: unknown field large of link_preview_options",
        ),
        (
            "sendMessage",
            {"chat_id": -1002, "text": "x", "message_thread_id": 13},
            400,
            "Bad Request: message thread not found",
        ),
        ("sendMessage", {"chat_id": -1003, "text": "x"}, 403, "Forbidden: bot was kicked from the channel chat"),
        (
            "sendMessage",
            {"chat_id": -1004, "text": "x"},
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
        ),
        (
            "sendMessage",
            {"chat_id": -1005, "text": "x"},
            400,
            "Bad Request: need administrator rights in the channel chat",
        ),
        (
            "editMessageText",
            {"chat_id": -1001, "message_id": 9999, "text": "x"},
            400,
            "Bad Request: message to edit not found",
        ),
        ("deleteMessage", {"chat_id": -1001, "message_id": 9999}, 400, "Bad Request: message to delete not found"),
        (
            "forwardMessage",
            {"chat_id": -1002, "from_chat_id": -1001, "message_id": 9999},
            400,
            "Bad Request: message to forward not found",
        ),
    ],
)
async def test_it_refuses_what_the_real_one_refuses(
    method: str, params: dict[str, Any], status: int, description: str
) -> None:
    async with BotAPI(CHATS) as api:
        answer = await call(api, method, **params)
        assert (answer["status"], answer["error_code"], answer["description"]) == (status, status, description)
        assert [c.accepted for c in api.journal] == [False]
        assert not any(chat.messages for chat in api.chats.values())


async def test_a_wrong_token_is_unauthorized_and_never_stands_in_the_journal(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    async with BotAPI(CHATS, journal=file) as api:
        api.token, right = "1:wrong-token", api.token
        answer = await call(api, "getMe")
        assert answer["ok"]
        api.token, wrong = right, api.token
        async with aiohttp.ClientSession() as http, http.get(f"{api.url}/bot{wrong}/getMe") as r:
            assert (r.status, await r.json()) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    assert right not in file.read_text()
    assert wrong not in file.read_text()


async def test_a_message_is_sent_edited_copied_and_deleted() -> None:
    async with BotAPI([Chat(-1001, username="desk"), Chat(7, "private")]) as api:
        sent = await call(api, "sendMessage", chat_id="@DESK", text=" <b>قصف</b> #البوكمال_شرق ", parse_mode="HTML")
        message = sent["result"]
        assert (message["text"], message["entities"]) == (
            "قصف #البوكمال_شرق",
            [{"type": "bold", "offset": 0, "length": 3}],
        )
        here = {"chat_id": -1001, "message_id": message["message_id"]}
        same = await call(api, "editMessageText", **here, text="<b>قصف</b> #البوكمال_شرق", parse_mode="HTML")
        assert same["description"].startswith("Bad Request: message is not modified: ")
        edited = await call(api, "editMessageText", **here, text="قصف آخر")
        assert edited["result"]["edit_date"]
        copy = await call(api, "forwardMessage", chat_id=7, from_chat_id=-1001, message_id=message["message_id"])
        assert [m.text for m in api.shown(7)] == [copy["result"]["text"]] == ["قصف آخر"]
        assert (await call(api, "deleteMessage", **here))["result"] is True
        assert api.shown("@desk") == []
        assert [c.method for c in api.journal if c.accepted] == [
            "sendMessage",
            "editMessageText",
            "forwardMessage",
            "deleteMessage",
        ]


async def test_hashtags_are_found_as_a_client_finds_them() -> None:
    async with BotAPI(any_chat=True) as api:
        await call(api, "sendMessage", chat_id=-5, text="#ضربات_شرق #2026 #x-y a#b #\u2066#c")
        assert api.shown(-5)[0].hashtags == ["#ضربات_شرق", "#x", "#c"]


async def test_another_ones_post_is_edited_only_with_the_right_to() -> None:
    async with BotAPI([Chat(-1001)]) as api:
        post = api.post(-1001, "منشور زميل")
        edit = {"chat_id": -1001, "message_id": post.id, "text": "x"}
        assert (await call(api, "editMessageText", **edit))["description"] == "Bad Request: message can't be edited"
        member = await call(api, "getChatMember", chat_id=-1001, user_id=BOT["id"])
        assert member["result"]["can_edit_messages"] is False
        api.chats[-1001].can_edit_messages = True
        assert (await call(api, "editMessageText", **edit))["ok"]


async def test_ids_grow_with_gaps() -> None:
    async with BotAPI([Chat(-1001)]) as api:
        ids = [(await call(api, "sendMessage", chat_id=-1001, text="x"))["result"]["message_id"] for _ in range(30)]
    assert ids == sorted(set(ids))
    assert ids[-1] - ids[0] > 29


@pytest.mark.parametrize(
    ("fault", "status", "stands"),
    [
        (Fault("drop-before"), None, 0),
        (Fault("drop-after"), None, 1),
        (Fault("500-before"), 500, 0),
        (Fault("500-after"), 500, 1),
        (Fault("flood", retry_after=7), 429, 0),
        (Fault("html", status=403), 403, 0),
        (Fault("odd", body='{"ok": true}'), 200, 1),
    ],
)
async def test_a_fault_is_what_it_says_and_strikes_once(fault: Fault, status: int | None, stands: int) -> None:
    async with BotAPI([Chat(-1001)]) as api:
        api.faults.append(fault)
        url = f"{api.url}/bot{api.token}/sendMessage"
        async with aiohttp.ClientSession() as http:
            try:
                async with http.post(url, data={"chat_id": "-1001", "text": "x"}) as r:
                    assert r.status == status
            except aiohttp.ClientError:
                assert status is None
        assert len(api.shown(-1001)) == stands
        assert [(c.accepted, c.status, c.fault) for c in api.journal] == [(stands == 1, status or 0, fault.kind)]
        assert (await call(api, "sendMessage", chat_id=-1001, text="y"))["ok"]


async def test_a_callable_chooses_faults_by_what_is_asked() -> None:
    def fault(method: str, params: dict[str, Any]) -> Fault | None:
        return Fault("flood", retry_after=41) if params.get("chat_id") == "-1001" else None

    async with BotAPI([Chat(-1001), Chat(-1002)], fault=fault) as api:
        refused = await call(api, "sendMessage", chat_id=-1001, text="x")
        assert refused["parameters"] == {"retry_after": 41}
        assert (await call(api, "sendMessage", chat_id=-1002, text="x"))["ok"]


async def test_the_journal_on_disk_survives_the_client(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    async with BotAPI([Chat(-1001)], journal=file) as api:
        await call(api, "sendMessage", chat_id=-1001, text="خبر")
        [line] = [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]
    assert (line["method"], line["params"]["text"], line["accepted"], line["status"]) == (
        "sendMessage",
        "خبر",
        True,
        200,
    )


def test_the_built_in_list_agrees_with_the_published_specification() -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not here")
    published = methods()
    for name, params in METHODS.items():
        assert params.items() <= published[name].items(), name
    types = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["types"]
    for name, fields in TYPES.items():
        assert set(fields) == {f["name"] for f in types[name]["fields"]}


async def test_a_request_that_is_late_is_carried_out_though_nobody_hears_of_it() -> None:
    async with BotAPI(CHATS) as api:
        api.faults.append(Fault("drop-late", seconds=0))
        with pytest.raises(aiohttp.ClientError):
            await call(api, "sendMessage", chat_id=-1001, text="متأخر")
        while not api.shown(-1001):
            await asyncio.sleep(0)
        assert [m.text for m in api.shown(-1001)] == ["متأخر"]


@pytest.mark.parametrize(
    ("chats", "taken", "wait"),
    [
        ([-1001] * 4, 3, 3),  # a burst of three
        (list(range(1, 32)), 30, 1),  # 30 a second overall
    ],
)
async def test_beyond_its_limits_it_answers_429_and_names_the_wait(chats: list[int], taken: int, wait: int) -> None:
    now = 100.0
    api = BotAPI([Chat(-1001), *(Chat(n, "private") for n in range(1, 32))], flood=Flood(lambda: now))
    answers = [send(api, chat) for chat in chats]
    assert answers == [None] * taken + [wait] * (len(chats) - taken)
    now += wait
    assert send(api, chats[-1]) is None


async def test_a_channel_takes_twenty_a_minute() -> None:
    now = 0.0
    api = BotAPI([Chat(-1001)], flood=Flood(lambda: now))
    for n in range(20):
        now = 2.0 * n
        assert send(api, -1001) is None
    now = 40.0
    assert send(api, -1001) == 20


def send(api: BotAPI, chat: int) -> int | None:
    """A message without a network; what `retry_after` says, None where it is taken."""
    try:
        api.do("sendMessage", {"chat_id": chat, "text": "خبر"})
    except Refusal as e:
        return e.parameters["retry_after"]
    return None
