"""The real Telegram target against the strict server, over loopback: what each answer and each failure becomes."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from alerts.config import Config, Secret
from alerts.delivery.model import Blocked, Later, Moved, Outcome, Outgoing, Refused, Rendered, Sent, Uncertain, Unusable
from alerts.delivery.targets import open_target, telegram
from alerts.delivery.targets.telegram import TelegramTarget
from alerts.logs import setup
from tests.botapi import TOKEN, BotAPI, Chat, Fault, FaultKind

KINDS: tuple[FaultKind, ...] = ("drop-before", "drop-after", "500-after", "flood", "odd")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the machine's own proxies and authorities."""
    for name in (*PROXIES, *map(str.upper, PROXIES), "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def api() -> AsyncIterator[BotAPI]:
    chats = (
        Chat(-1001, username="desk"),
        Chat(-1002, "supergroup", topics=frozenset({12})),
        Chat(-1003, forbidden="bot was kicked from the channel chat"),
        Chat(-1004, "group", migrated_to=-1009),
    )
    async with BotAPI(chats) as server:
        yield server


def config(api: str, token: str = TOKEN) -> Config:
    return Config.from_env({"MARSAD_TELEGRAM_TOKEN": token, "MARSAD_TELEGRAM_API": api})


@asynccontextmanager
async def target(api: str, token: str = TOKEN) -> AsyncIterator[TelegramTarget]:
    to = TelegramTarget(config(api, token))
    try:
        yield to
    finally:
        await to.close()


MESSAGE = Outgoing(1, "desk", "@desk", None, Rendered("<b>غارة</b> &amp; دخان", "غارة & دخان"))


async def send(api: BotAPI, message: Outgoing = MESSAGE) -> Outcome:
    async with target(api.url) as to:
        return await to.send(message)


async def test_a_message_arrives_with_its_markup_and_its_id_comes_back(api: BotAPI) -> None:
    outcome = await send(api)
    [message] = api.shown("@desk")
    assert outcome == Sent(message.id, -1001)
    assert message.text == "غارة & دخان"
    assert [(e.type, e.offset, e.length) for e in message.entities] == [("bold", 0, 4)]
    assert (message.silent, message.preview) == (False, {"is_disabled": True})


async def test_topic_silence_and_link_preview_go_with_it(api: BotAPI) -> None:
    url = "https://sada.example/7"
    await send(api, replace(MESSAGE, chat=-1002, topic=12, silent=True, preview_url=url))
    [message] = api.shown(-1002)
    assert (message.topic, message.silent, message.preview) == (12, True, {"is_disabled": False, "url": url})


async def test_an_edit_replaces_the_text_and_one_without_change_counts_as_done(api: BotAPI) -> None:
    async with target(api.url) as to:
        sent = await to.send(MESSAGE)
        assert isinstance(sent, Sent)
        edit = replace(MESSAGE, chat=-1001, edits=sent.message_id, text=Rendered("<i>هدنة</i>", "هدنة"))
        assert await to.send(edit) == sent
        assert await to.send(edit) == sent  # "message is not modified"
        assert await to.send(replace(edit, chat="@desk")) == sent  # the numeric id is asked for
    [message] = api.shown("@desk")
    assert (message.text, message.edits) == ("هدنة", 1)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault("drop-before"), Uncertain),
        (Fault("drop-after"), Uncertain),
        (Fault("500-before"), Uncertain),
        (Fault("500-after"), Uncertain),
        (Fault("html", status=502), Uncertain),
        (Fault("odd", body="<html>welcome</html>"), Uncertain),
        (Fault("odd", body="[]"), Uncertain),
        (Fault("odd", body="{}"), Uncertain),
        (Fault("odd", body='{"ok": true}'), Uncertain),
        (Fault("odd", body='{"ok": false, "description": "with status 200"}'), Uncertain),
        (Fault("odd", body='{"ok": true, "result": true}'), Uncertain),
        (Fault("odd", body='{"ok": true, "result": {}}'), Uncertain),
        (Fault("odd", body='{"ok": true, "result": {"message_id": 7}}'), Uncertain),
        (
            Fault(
                "odd", body='{"ok": true, "result": {"message_id": "x", "date": 0, "chat": {"id": 1, "type": "group"}}}'
            ),
            Uncertain,
        ),
        (Fault("flood", retry_after=41), Later),
        (Fault("flood", retry_after=0), Later),
        (Fault("html", status=302), Later),
        (Fault("html", status=400), Later),
        (Fault("html", status=401), Later),
        (Fault("html", status=403), Later),
        (Fault("html", status=404), Later),
        (Fault("html", status=407), Later),
        (Fault("html", status=429), Later),
    ],
    ids=lambda v: f"{v.kind}-{v.status}-{v.body}" if isinstance(v, Fault) else v.__name__,
)
@pytest.mark.parametrize("edits", [None, 1])
async def test_what_may_have_arrived_is_doubt_and_what_cannot_have_comes_later(
    fault: Fault, outcome: type[Outcome], edits: int | None, api: BotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    if edits:
        edits = api.post("@desk", "قديم").id
        api.shown("@desk")[0].ours = True
    api.faults.append(fault)
    got = await send(api, replace(MESSAGE, edits=edits))
    assert type(got) is outcome, got
    assert not [r for r in caplog.records if r.levelno > logging.INFO]  # the outcome says it, the library need not
    assert len(api.journal) == 1  # a doubtful request is never repeated by the target or a library
    if isinstance(got, Later):
        assert got.retry_after == (timedelta(seconds=41) if fault.retry_after == 41 else None)
        assert not api.journal[0].accepted


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"edits": 99_999}, "message to edit not found"),
        ({"text": Rendered("x" * 5000, "x")}, "message is too long"),
    ],
)
async def test_a_permanent_refusal_is_refused_in_telegrams_words(
    fields: dict[str, object], reason: str, api: BotAPI
) -> None:
    outcome = await send(api, replace(MESSAGE, **fields))  # type: ignore[arg-type]
    assert isinstance(outcome, Refused)
    assert outcome.reason.lower() == reason.lower()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chat": "@nobody"}, "Chat not found"),
        ({"chat": -1003}, "Forbidden: bot was kicked from the channel chat"),
        ({"chat": -1002, "topic": 99}, "Message thread not found"),
    ],
)
async def test_a_refusal_of_the_chat_is_no_fault_of_the_message(
    fields: dict[str, object], reason: str, api: BotAPI
) -> None:
    assert await send(api, replace(MESSAGE, **fields)) == Blocked(reason)  # type: ignore[arg-type]


async def test_a_group_that_became_a_supergroup_says_its_new_id(api: BotAPI) -> None:
    outcome = await send(api, replace(MESSAGE, chat=-1004))
    assert outcome == Moved("the group became a supergroup; write its new id, -1009, in rules.yaml", -1009)


async def test_markup_that_telegram_cannot_read_is_sent_once_more_as_plain_text(api: BotAPI) -> None:
    broken = replace(MESSAGE, text=Rendered("<b>غارة & دخان", "غارة & <b>دخان"))
    assert isinstance(await send(api, broken), Sent)
    [message] = api.shown("@desk")
    assert (message.text, message.entities) == ("غارة & <b>دخان", [])
    assert [c.accepted for c in api.journal] == [False, True]


@pytest.mark.parametrize("token", ["110201543:" + "A" * 35, "nonsense"])
async def test_a_wrong_token_makes_the_target_unusable(token: str, api: BotAPI) -> None:
    async with target(api.url, token) as to:
        outcome = await to.send(MESSAGE)
    assert isinstance(outcome, Unusable)
    assert "MARSAD_TELEGRAM_TOKEN" in outcome.reason
    assert token not in outcome.reason


@pytest.mark.parametrize("token", ["1:a/../../x", "1:a b", "1:ا", "1:a\n2", "1:a?b", "{token}"])
async def test_what_is_no_token_is_never_put_into_an_address(token: str, api: BotAPI) -> None:
    async with target(api.url, token) as to:
        assert isinstance(await to.send(MESSAGE), Unusable)
    assert api.journal == []


async def test_a_method_that_the_server_does_not_know_makes_the_target_unusable(
    api: BotAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(BotAPI, "_do_sendMessage")
    assert isinstance(await send(api), Unusable)


async def test_where_nobody_listens_the_message_comes_later() -> None:
    async with BotAPI() as gone:
        url = gone.url
    async with target(url) as to:
        outcome = await to.send(MESSAGE)
    assert isinstance(outcome, Later)
    assert outcome.retry_after is None


@pytest.mark.parametrize("limit", ["READ_TIMEOUT", "DEADLINE"])
async def test_no_answer_in_time_is_doubt(limit: str, api: BotAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, limit, 0.2)
    api.faults.append(Fault("hold"))
    assert isinstance(await send(api), Uncertain)
    assert len(api.shown("@desk")) == 1  # it did arrive


@pytest.mark.parametrize(("expiry", "connections"), [(telegram.IDLE_EXPIRY, 1), (0.0, 3)])
async def test_a_connection_is_used_again_only_while_it_is_fresh(
    expiry: float, connections: int, api: BotAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "IDLE_EXPIRY", expiry)
    async with target(api.url) as to:
        for _ in range(3):
            await to.send(MESSAGE)
    assert len({c.peer for c in api.journal}) == connections
    assert telegram.IDLE_EXPIRY <= 5


async def test_many_channels_are_served_at_once(api: BotAPI) -> None:
    async with target(api.url) as to:
        outcomes = await asyncio.gather(*(to.send(MESSAGE) for _ in range(60)))
    assert all(isinstance(o, Sent) for o in outcomes)


@asynccontextmanager
async def proxy() -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy that only notes what it is asked for."""
    asked: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def test_a_loopback_server_is_reached_directly_whatever_the_proxy_variables_say(
    api: BotAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy() as (url, asked):
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, url)
        assert isinstance(await send(api), Sent)
        async with target(api.url.replace("127.0.0.1", "localhost")) as to:
            assert isinstance(await to.send(MESSAGE), Sent | Later)  # Later: localhost is only ::1 here
    assert asked == []


async def test_any_other_server_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy() as (url, asked):
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("https_proxy", url)
        async with target("http://api.example.test") as to:
            assert isinstance(await to.send(MESSAGE), Uncertain)  # the proxy may have passed it on
        async with target("https://api.example.test") as to:
            assert isinstance(await to.send(MESSAGE), Later)  # no tunnel: nothing was written
    assert [line.split(" ")[:2] for line in asked] == [
        ["POST", f"http://api.example.test/bot{TOKEN}/sendMessage"],
        ["CONNECT", "api.example.test:443"],
    ]


async def test_a_certificate_authority_of_ones_own_is_heeded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with BotAPI([Chat(-1001, username="desk")], tls=context) as api:
        assert isinstance(await send(api), Later)  # not trusted: nothing was written
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert isinstance(await send(api), Sent)


async def test_a_setting_that_cannot_be_used_is_one_reason_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    to = open_target(config("https://api.example.test"))
    outcome = await to.send(MESSAGE)
    await to.close()
    assert isinstance(outcome, Unusable)
    assert "certificate" in outcome.reason


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged at the most talkative level; loggers are put back after."""
    root = logging.getLogger()
    names = ("httpx", "httpcore", "telegram", "asyncio", "scrapy")
    before = (root.handlers[:], root.level, {n: logging.getLogger(n).level for n in names})
    stream = io.StringIO()
    setup(2, secrets=[Secret(TOKEN)], stream=stream)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


async def test_the_token_stands_in_no_outcome_and_no_log_whatever_happens(
    api: BotAPI, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[Outcome] = []
    told = f'{{"ok": false, "description": "Bad Request: who is bot{TOKEN}?"}}'
    faults = [*(Fault(k) for k in KINDS), Fault("html", status=403), Fault("odd", body=told, status=400)]
    api.faults.extend([None, *faults])
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(target(api.url))
        outcomes += [await here.send(MESSAGE) for _ in range(1 + len(faults))]
        api.token = "changed"
        outcomes.append(await here.send(MESSAGE))
        api.faults.append(Fault("odd", body=f'{{"ok": true, "echo": "{TOKEN}"}}'))
        outcomes.append(await here.send(MESSAGE))
        away = await stack.enter_async_context(target("http://127.0.0.1:1"))
        outcomes.append(await away.send(MESSAGE))
    assert {type(o) for o in outcomes} == {Sent, Uncertain, Later, Unusable, Refused}
    assert "HTTP Request: POST" in log.getvalue()  # httpx does tell addresses
    secret = TOKEN.split(":")[1].lower()  # the library changes the case of error texts
    assert secret not in log.getvalue().lower()
    assert secret not in repr(outcomes).lower()


def test_the_library_is_loaded_only_when_there_is_something_to_send() -> None:
    code = "import sys, alerts.delivery.worker, alerts.delivery.targets as t; from alerts.config import Config\n"
    code += "t.open_target(Config.from_env({'MARSAD_TELEGRAM_TOKEN': '1:x'}))\n"
    code += "print([m for m in ('telegram', 'httpx', 'babel', 'regex') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
