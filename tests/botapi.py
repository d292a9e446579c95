"""A strict local Bot API server for tests: refuses what the real one refuses, remembers, fails when told to.

    async with BotAPI(chats=[Chat(-1001, "channel", username="desk")]) as api:
        api.faults.append(Fault("drop-after"))
        ...                                       # a client talks to api.url with api.token
        api.shown("@desk")                        # what a reader sees there now
        api.journal                               # every call, refused ones too

    python -m tests.botapi --port 8081 --token 1:x --chat=-1001=@desk --journal calls.jsonl

Stricter than the real one in one thing: an unknown parameter is refused, not ignored. Parameters are checked by
`botapi_methods`, mark-up by `telegram_html`; error texts are those that the real server gives.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import random
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import regex
from aiohttp import web

from tests.botapi_methods import Refusal, bad, methods, parameters
from tests.telegram_html import Entity, MarkupError, parse, utf16

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # the example of the Bot API's own pages
MESSAGE_LIMIT = 4096
BOT = {"id": 110201543, "is_bot": True, "first_name": "Marsad", "username": "marsad_bot"}
OTHER_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories"),
)
GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
_HASHTAG = regex.compile(r"(?<![\d_\p{L}\u200c])#(?=[\d_\u200c]*\p{L})[\d_\p{L}\u200c]{1,256}(?![\d_\p{L}\u200c]*#)")


@dataclass
class Message:
    """A message as it stands now. `entities` are those of the mark-up; hashtags are found when asked."""

    id: int
    text: str
    entities: list[Entity]
    html: str = ""
    ours: bool = True
    topic: int | None = None
    silent: bool = False
    preview: dict[str, Any] | None = None
    edits: int = 0
    date: int = field(default_factory=lambda: int(time.time()))

    @property
    def hashtags(self) -> list[str]:
        """What a client would make a link to a search of."""
        return [m[0] for m in _HASHTAG.finditer(self.text)]


@dataclass
class Chat:
    """A chat that the bot knows. `forbidden` is the 403 it answers with, e.g. "bot was kicked from the channel
    chat"; `admin` False makes a channel refuse posts, as does `can_post_messages` False; with `topics` it is a forum;
    `left`: the bot is no member any more; `undeletable`: all that stands there is older than two days."""

    id: int
    type: Literal["channel", "supergroup", "group", "private"] = "channel"
    username: str | None = None
    title: str = "قناة"
    admin: bool = True
    left: bool = False
    undeletable: bool = False
    can_post_messages: bool = True
    can_edit_messages: bool = False
    forbidden: str | None = None
    migrated_to: int | None = None
    topics: frozenset[int] = frozenset()
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0

    def record(self) -> dict[str, Any]:
        """A Chat of the Bot API."""
        name = {"username": self.username} if self.username else {}
        return {"id": self.id, "type": self.type, "title": self.title, **name}


FaultKind = Literal[
    "drop-before", "drop-after", "drop-late", "500-before", "500-after", "flood", "odd", "html", "hold", "slow"
]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: the connection broken before it is carried out or after, or before and carried
    out all the same `seconds` later (a request delayed on its way); an error 500 before or after, 429 with
    `retry_after`, an odd `body` with `status` after it is carried out, a stranger's HTML page with `status` instead of
    an answer, the answer held until `BotAPI.release` is set, or `seconds` late."""

    kind: FaultKind
    retry_after: int = 3
    seconds: float = 1.0
    status: int = 200
    body: str = "{}"


@dataclass(frozen=True)
class Call:
    """A line of the journal. `accepted`: carried out, whatever the client was told; `status` what it was told
    (0: nothing). Never holds the token."""

    method: str
    params: dict[str, Any]
    accepted: bool
    status: int
    error: str | None = None
    message_id: int | None = None
    fault: str | None = None
    peer: int = 0  # the client's port: the same for calls over one connection


LIMITS = ((3, 3.0), (20, 60.0))
"""Messages and seconds: what a chat takes, the second only of groups and channels (core.telegram.org/bots/faq: one a
second with short bursts, 20 a minute)."""
LIMIT_OVERALL = (30, 1.0)


class Flood:
    """The server's own count of what was sent: answers 429 where a limit is passed. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sent: defaultdict[int | None, deque[float]] = defaultdict(lambda: deque(maxlen=30))  # None: overall

    def count(self, chat: Chat) -> None:
        """One more message; raises Refusal."""
        now = self._clock()
        limits = [(chat.id, limit) for limit in LIMITS[: 1 if chat.type == "private" else 2]] + [(None, LIMIT_OVERALL)]
        for key, (most, seconds) in limits:
            times = self._sent[key]
            if len(times) >= most and (wait := times[-most] + seconds - now) > 1e-6:  # what a sum of floats may be off
                after = math.ceil(wait)
                raise Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)
        for key in (chat.id, None):
            self._sent[key].append(now)


class BotAPI:
    """The server; listens on loopback while entered. `fault` is asked for each call (method, parameters) after
    the queue `faults`. With `any_chat` an unknown chat comes into being as a channel when it is spoken to. `flood`:
    Telegram's limits are kept."""

    def __init__(
        self,
        chats: Iterable[Chat] = (),
        *,
        token: str = TOKEN,
        port: int = 0,
        journal: Path | None = None,
        any_chat: bool = False,
        tls: ssl.SSLContext | None = None,
        fault: Callable[[str, dict[str, Any]], Fault | None] | None = None,
        flood: Flood | None = None,
        seed: int = 0,
    ) -> None:
        self.token, self.port = token, port
        self.chats = {chat.id: chat for chat in chats}
        self.journal: list[Call] = []
        self.faults: deque[Fault | None] = deque()
        self.release = asyncio.Event()
        self._file, self._any_chat, self._tls, self._fault = journal, any_chat, tls, fault
        self._flood = flood
        self._random = random.Random(seed)
        self._methods = methods()

    @property
    def url(self) -> str:
        """For MARSAD_TELEGRAM_API."""
        return f"http{'s' * bool(self._tls)}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self._tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release.set()
        await self._runner.cleanup()

    def chat(self, ref: int | str) -> Chat:
        """By id or `@username` (any case); raises Refusal."""
        for chat in self.chats.values():
            if str(ref) == str(chat.id) or (chat.username and str(ref).lower() == f"@{chat.username}".lower()):
                return chat
        if not self._any_chat:
            raise bad("chat not found")
        text = str(ref)
        id_ = int(text) if text.lstrip("-").isdigit() else -(10**12) - len(self.chats) - 1
        self.chats[id_] = Chat(id_, username=text[1:] if text.startswith("@") else None)
        return self.chats[id_]

    def shown(self, ref: int | str) -> list[Message]:
        """What stands in a chat now, oldest first."""
        return [m for _, m in sorted(self.chat(ref).messages.items())]

    def post(self, ref: int | str, text: str) -> Message:
        """A colleague's post, not the bot's."""
        return self._add(self.chat(ref), Message(0, text, [], ours=False))

    def _add(self, chat: Chat, message: Message) -> Message:
        chat.last_id += self._random.choice((1, 1, 1, 2, 5))  # service messages and deleted posts leave gaps
        message.id = chat.last_id
        chat.messages[message.id] = message
        return message

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        match = regex.fullmatch(r"bot(?P<token>[^/]+)/(?P<method>\w+)", request.match_info["path"])
        if not match:
            return web.json_response(Refusal(404, "Not Found").record(), status=404)
        method, params = match["method"], {}
        fault = self.faults.popleft() if self.faults else None
        accepted, answer, status, message_id = False, {}, 200, None
        try:
            if match["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            if not hasattr(self, f"_do_{method}"):
                raise Refusal(404, "Not Found: method not found")
            params = await parameters(request, self._methods[method])
            if fault is None and self._fault:
                fault = self._fault(method, params)
            if fault and fault.kind == "flood":
                raise Refusal(429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after)
            if fault and fault.kind == "drop-late":
                asyncio.get_running_loop().call_later(fault.seconds, self._carry_out, method, params)
            elif fault is None or fault.kind not in ("drop-before", "500-before", "html"):
                result = self.do(method, params)
                accepted, answer = True, {"ok": True, "result": result}
                message_id = result.get("message_id") if isinstance(result, dict) else None
        except Refusal as e:
            answer, status = e.record(), e.code
        except ConnectionResetError:  # the client died while it wrote
            return web.Response()
        told = status
        if fault:
            told = {"drop": 0, "500": 500, "odd": fault.status, "html": fault.status}.get(
                fault.kind.split("-")[0], status
            )
        error = answer.get("description")
        peer = request.transport.get_extra_info("peername")[1] if request.transport else 0
        self._note(Call(method, params, accepted, told, error, message_id, fault.kind if fault else None, peer))
        return await self._answer(request, fault, answer, status)

    def do(self, method: str, params: dict[str, Any]) -> Any:
        """Carries out a call; returns its `result`. Raises Refusal."""
        return getattr(self, f"_do_{method}")(params)

    def _carry_out(self, method: str, params: dict[str, Any]) -> None:
        """The call that came late, whose answer nobody hears."""
        with contextlib.suppress(Refusal):
            self.do(method, params)

    async def _answer(
        self, request: web.Request, fault: Fault | None, answer: dict[str, Any], status: int
    ) -> web.StreamResponse:
        match fault.kind if fault else None:
            case "drop-before" | "drop-after" | "drop-late":
                assert request.transport
                request.transport.abort()
            case "500-before" | "500-after":
                return web.json_response(Refusal(500, "Internal Server Error").record(), status=500)
            case "html":
                assert fault
                return web.Response(text="<html>denied</html>", content_type="text/html", status=fault.status)
            case "odd":
                assert fault
                return web.Response(text=fault.body, content_type="application/json", status=fault.status)
            case "hold":
                await self.release.wait()
            case "slow":
                assert fault
                await asyncio.sleep(fault.seconds)
        return web.json_response(answer, status=status)

    def _note(self, call: Call) -> None:
        self.journal.append(call)
        if self._file:  # at once, so that the history survives whoever is killed
            line = {"n": len(self.journal), "at": time.time(), **vars(call)}
            with self._file.open("a", encoding="utf-8") as f:
                f.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _open_chat(self, params: dict[str, Any], key: str = "chat_id") -> Chat:
        chat = self.chat(params[key])
        if chat.migrated_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, text, migrate_to_chat_id=chat.migrated_to)
        if chat.forbidden:
            raise Refusal(403, f"Forbidden: {chat.forbidden}")
        return chat

    def _postable(self, params: dict[str, Any]) -> Chat:
        chat = self._open_chat(params)
        if chat.type == "channel" and not (chat.admin and chat.can_post_messages):
            raise bad("need administrator rights in the channel chat")
        topic = params.get("message_thread_id")
        if topic is not None and topic not in chat.topics:
            raise bad("message thread not found")
        return chat

    def _record(self, chat: Chat, message: Message) -> dict[str, Any]:
        who = {"sender_chat": chat.record()} if chat.type == "channel" else {"from": BOT}
        entities = [e.record() for e in message.entities]
        return {
            "message_id": message.id,
            "date": message.date,
            "chat": chat.record(),
            **who,
            "text": message.text,
            **({"entities": entities} if entities else {}),
            **({"edit_date": message.date} if message.edits else {}),
            **({"message_thread_id": message.topic} if message.topic else {}),
        }

    def _do_getMe(self, params: dict[str, Any]) -> dict[str, Any]:
        return BOT

    def _do_getChat(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._open_chat(params)
        forum = {"is_forum": True} if chat.topics else {}
        return {**chat.record(), **forum, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}

    def _do_getChatMember(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._open_chat(params)
        if params["user_id"] != BOT["id"]:
            raise bad("user not found")
        if chat.left:
            return {"status": "left", "user": BOT}
        if not chat.admin:
            return {"status": "member", "user": BOT}
        rights = {"can_post_messages": chat.can_post_messages, "can_edit_messages": chat.can_edit_messages}
        rights = rights if chat.type == "channel" else {}
        rights = dict.fromkeys(OTHER_RIGHTS, False) | rights
        return {"status": "administrator", "user": BOT, **rights}

    def _do_sendChatAction(self, params: dict[str, Any]) -> bool:
        chat = self._postable(params)
        if chat.type == "channel":
            raise bad("chat actions are not supported in channels")
        return True

    def _do_sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._postable(params)
        text, entities = _text(params, "message is too long")
        if self._flood:
            self._flood.count(chat)
        message = Message(
            0,
            text,
            entities,
            html=params["text"],
            topic=params.get("message_thread_id"),
            silent=bool(params.get("disable_notification")),
            preview=params.get("link_preview_options"),
        )
        return self._record(chat, self._add(chat, message))

    def _do_editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:
        if "chat_id" not in params or "message_id" not in params:
            raise bad("message identifier is not specified")
        chat = self._open_chat(params)
        message = chat.messages.get(params["message_id"])
        if message is None:
            raise bad("message to edit not found")
        if not message.ours and not chat.can_edit_messages:
            raise bad("message can't be edited")
        text, entities = _text(params, "MESSAGE_TOO_LONG")
        if (text, entities) == (message.text, message.entities):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as "
                "a current content and reply markup of the message"
            )
        message.text, message.entities, message.html = text, entities, params["text"]
        message.edits += 1
        return self._record(chat, message)

    def _do_deleteMessage(self, params: dict[str, Any]) -> bool:
        if self._open_chat(params).undeletable:
            raise bad("message can't be deleted")
        if self._open_chat(params).messages.pop(params["message_id"], None) is None:
            raise bad("message to delete not found")
        return True

    def _copied(self, params: dict[str, Any], verb: str) -> dict[str, Any]:
        chat, source = self._postable(params), self._open_chat(params, "from_chat_id")
        original = source.messages.get(params["message_id"])
        if original is None:
            raise bad(f"message to {verb} not found")
        return self._record(chat, self._add(chat, Message(0, original.text, original.entities, original.html)))

    def _do_forwardMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._copied(params, "forward")

    def _do_copyMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"message_id": self._copied(params, "copy")["message_id"]}


def _text(params: dict[str, Any], too_long: str) -> tuple[str, list[Entity]]:
    """The text as it will stand, trimmed as Telegram does, with its entities."""
    raw = params.get("text", "")
    if not raw:
        raise bad("message text is empty")
    mode = params.get("parse_mode", "").lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")
    try:
        text, entities = parse(raw) if mode else (raw, [])
    except MarkupError as error:
        raise bad(f"can't parse entities: {error}") from error
    lead = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    if not text:
        raise bad("text must be non-empty")
    size = utf16(text)
    if size > MESSAGE_LIMIT:
        raise bad(too_long)
    placed = []
    for e in entities:
        begin, end = max(0, e.offset - lead), min(size, e.offset + e.length - lead)
        if begin < end:
            placed.append(Entity(e.type, begin, end - begin, e.extra))
    return text, placed


def _chat_argument(text: str) -> Chat:
    """`-1001`, `@name` or `-1001=@name`."""
    id_, _, name = (
        text.rpartition("=") if "=" in text else (text, "", "") if not text.startswith("@") else ("", "", text)
    )
    return Chat(int(id_ or -(10**12) - random.randrange(10**9)), username=name.lstrip("@") or None)


async def _serve(args: argparse.Namespace) -> None:
    flood = Flood(time.monotonic) if args.flood else None
    api = BotAPI(args.chat, token=args.token, port=args.port, journal=args.journal, any_chat=args.any_chat, flood=flood)
    api.faults.extend(Fault(kind) for kind in args.fault)
    async with api:
        print(f"{api.url} token {api.token}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """The server alone, until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description="A strict local Bot API server.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--chat", type=_chat_argument, action="append", default=[], help="-1001, @name or -1001=@name")
    parser.add_argument("--any-chat", action="store_true", help="unknown chats come into being")
    parser.add_argument("--flood", action="store_true", help="Telegram's limits are kept: 429 beyond them")
    parser.add_argument("--journal", type=Path, help="every call is added to this file as a JSON line")
    parser.add_argument("--fault", action="append", default=[], help="kind of fault of the first call, the second, …")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
