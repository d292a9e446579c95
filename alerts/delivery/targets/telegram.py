"""Telegram, by python-telegram-bot, which no other module imports.

Every answer of the Bot API and every way in which the network fails becomes one `Outcome`, by one question: can the
request have been carried out? Before it was written, and where the Bot API itself says no: surely not. After that
only its own `ok` with a message tells; all else (time-out, broken connection, 5xx, an odd body) is doubt. A 3xx or
4xx that is not the Bot API's JSON is a proxy's or a captive portal's, and the API never saw the request.

A message in doubt is looked for (`look.py`) in one of two ways. Where there is a scratch chat, each candidate id is
forwarded into it without a sound, compared, and the copy deleted: nothing that a subscriber sees can change. Without
one, the candidate is edited to the very text that is in doubt: "not modified" means that it is there, "not found" that
nothing is, "can't be edited" that it is another's. That is a write, and only tried where it can meet no message but
ours (`_may_edit`). Errors by their texts in the Bot API server (core.telegram.org/bots/api names no codes for them).

The token stands in every address that is asked for: it is taken out of every reason given.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import re
from collections.abc import Awaitable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from telegram import Bot, ChatMemberOwner, LinkPreviewOptions, Message
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from alerts.config import Config
from alerts.delivery.access import Access, NoAccess, access_of
from alerts.delivery.look import Doubt, Glimpse, LookFailed, LookResult, Unseen, numbered_by_chat, scan
from alerts.delivery.markup import Look, look_of, look_of_html
from alerts.delivery.model import Blocked, Later, Moved, Outcome, Outgoing, Refused, Sent, Uncertain, Unusable
from alerts.logs import redact

_T = TypeVar("_T")

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library then gives `retry_after` as a timedelta

CONNECT_TIMEOUT, WRITE_TIMEOUT, READ_TIMEOUT, POOL_TIMEOUT = 10.0, 10.0, 20.0, 10.0
DEADLINE = 45.0
"""Seconds for one call in all: the time-outs above are for each step, and an answer may drip."""
IDLE_EXPIRY = 5.0
"""Seconds after which an idle connection is not used again: the other side may have dropped it without a word, and
a request written into it would be in doubt."""
REASON_LIMIT = 300
_NEVER_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_BLOCKED = (
    "chat not found",
    "need administrator rights",
    "not enough rights",
    "have no rights to send",
    "chat_write_forbidden",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "peer_id_invalid",
)
"""What a 400 says where not the message is refused but the chat, for every message."""
COPIES_AT_ONCE = 3
"""Copies into the scratch chat before one a second is kept (core.telegram.org/bots/faq, "My bot is hitting limits")."""
_TOKEN = re.compile(r"[\w:.-]+", re.ASCII)  # nothing that could change the address that it stands in


class TelegramTarget:
    """Sends, edits and deletes by the Bot API at `config.telegram_api`. `config.token` must be there.

    Raises OSError (a certificate file that cannot be read), ValueError, RuntimeError (a proxy that cannot be used).
    """

    def __init__(self, config: Config) -> None:
        if config.token is None:
            raise ValueError("there is no token")
        self._token = config.token
        api = config.telegram_api
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=IDLE_EXPIRY)
        # a transport of our own is never replaced by a proxy's, and still heeds SSL_CERT_FILE
        direct = {"transport": httpx.AsyncHTTPTransport(limits=limits)} if _is_loopback(api) else {}
        self._request = _Request(
            connect_timeout=CONNECT_TIMEOUT,
            write_timeout=WRITE_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            pool_timeout=POOL_TIMEOUT,
            httpx_kwargs={"limits": limits, **direct},
        )
        token = self._token.reveal()
        self._well_formed = _TOKEN.fullmatch(token) is not None
        self._bot = Bot(
            token, base_url=lambda t: f"{api}/bot{t}", request=self._request, get_updates_request=self._request
        )

    async def send(self, message: Outgoing) -> Outcome:
        """Sends, edits or deletes once; where Telegram cannot read the mark-up, once more as plain text. An edit's
        `chat` should be the numeric id, since a channel may be renamed."""
        if not self._well_formed:
            return self._unusable("it is no token")
        outcome = await self._try(message, html=True)
        if isinstance(outcome, Refused) and "can't parse entities" in outcome.reason.lower():
            return await self._try(message, html=False)
        return outcome

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        """By the scratch chat; where there is none, or it takes nothing, by the same text where that is safe."""
        doubt = message.doubt or Doubt()
        if doubt.chat_id is None or not numbered_by_chat(doubt.chat_id):
            return await scan(doubt, self._never)
        result: LookResult = Unseen("there is no scratch chat to look by")
        if scratch is not None:
            result = await scan(doubt, _Forwards(self, _looks_of(message), doubt.chat_id, scratch).glimpse)
        if isinstance(result, Unseen) and not result.again:
            if (why_not := await self._may_edit(doubt)) is not None:
                return Unseen(f"{result.reason}; {why_not[0]}", why_not[1])
            return await scan(doubt, _Edits(self, message, doubt.chat_id).glimpse)
        return result

    async def close(self) -> None:
        """Closes the connections."""
        await self._request.shutdown()

    async def _try(self, message: Outgoing, *, html: bool) -> Outcome:
        try:
            async with asyncio.timeout(DEADLINE):
                if message.deletes and message.edits is not None:
                    await self._bot.delete_message(message.chat, message.edits)
                    return Sent(message.edits, int(message.chat))
                answer = await self._call(message, html=html)
            if not isinstance(answer, Message) or not isinstance(answer.message_id, int):
                return Uncertain("the answer holds no message")
            return Sent(answer.message_id, int(answer.chat.id))
        except _InDoubt as e:
            return Uncertain(self._reason(e))
        except _NotCarriedOut as e:
            return Later(self._reason(e))
        except RetryAfter as e:
            wait = e.retry_after
            return Later(self._reason(e), wait if isinstance(wait, timedelta) else timedelta(seconds=wait))
        except ChatMigrated as e:
            return Moved(
                f"the group became a supergroup; write its new id, {e.new_chat_id}, in rules.yaml", e.new_chat_id
            )
        except InvalidToken as e:
            return self._unusable(self._reason(e))
        except (BadRequest, Forbidden) as e:
            if message.edits is not None and "message is not modified" in str(e).lower():
                return await self._already(message.edits, message.chat)
            if message.edits is not None and message.deletes and isinstance(e, BadRequest):
                gone = "message to delete not found" in str(e).lower()
                return Sent(message.edits, int(message.chat)) if gone else Refused(self._reason(e))
            if isinstance(e, Forbidden) or any(words in str(e).lower() for words in _BLOCKED):
                return Blocked(self._reason(e))
            return Refused(self._reason(e))
        except NetworkError as e:
            if e.__cause__ is None or isinstance(e.__cause__, _NEVER_WRITTEN):  # no cause: an unusual no of the API
                return Later(self._reason(e))
            return Uncertain(self._reason(e))
        except TimeoutError:
            return Uncertain(f"no answer within {DEADLINE:.0f} s")
        except Exception as e:  # an `ok` whose message the library cannot read; never the token's own text
            return Uncertain(f"odd answer ({type(e).__name__})")

    async def _call(self, message: Outgoing, *, html: bool) -> Message | bool:
        text = message.text.html if html else message.text.plain
        mode = ParseMode.HTML if html else None
        preview = LinkPreviewOptions(url=message.preview_url, is_disabled=message.preview_url is None)
        if message.edits is not None:
            return await self._bot.edit_message_text(
                text, message.chat, message.edits, parse_mode=mode, link_preview_options=preview
            )
        return await self._bot.send_message(
            message.chat,
            text,
            parse_mode=mode,
            link_preview_options=preview,
            message_thread_id=message.topic,
            disable_notification=message.silent,
        )

    async def edit_same(self, message: Outgoing, chat_id: int, message_id: int) -> Message | bool:
        """Edits a message to the text that is in doubt, as it was sent; raises what the library raises."""
        return await self._call(replace(message, chat=chat_id, edits=message_id), html=True)

    async def _already(self, message_id: int, chat: str | int) -> Outcome:
        """The message stands as it should; its chat's id, where only the name is known, is asked for."""
        try:
            async with asyncio.timeout(DEADLINE):
                return Sent(message_id, chat if isinstance(chat, int) else (await self._bot.get_chat(chat)).id)
        except Exception as e:  # asking changes nothing, so the whole edit is simply done again
            return Later(f"the chat's id could not be learnt ({type(e).__name__})")

    async def _never(self, message_id: int) -> Glimpse:
        raise AssertionError("there is nothing to look at")

    async def _may_edit(self, doubt: Doubt) -> tuple[str, bool] | None:
        """None where an edit to the same text can change no message but ours; else why not, and whether that may
        change: the bot must be unable to edit others' posts, and no other message of ours be in doubt there."""
        if doubt.chat_id is None or doubt.after is None:
            return (
                "nothing of ours stands in that chat yet, so an edit could meet a message of another installation",
                False,
            )
        if not doubt.alone:
            return "another message is in doubt in that chat", True
        try:
            async with asyncio.timeout(DEADLINE):
                me = await self._bot.get_me()
                member = await self._bot.get_chat_member(doubt.chat_id, me.id)
        except TelegramError as e:
            said_no = isinstance(e, BadRequest | Forbidden)  # of all errors the only ones that asking again leaves
            return f"the bot's rights could not be learnt ({self._reason(e)})", not said_no
        except Exception as e:
            return f"the bot's rights could not be learnt ({type(e).__name__})", True
        if isinstance(member, ChatMemberOwner) or getattr(member, "can_edit_messages", False):
            return "the bot may edit the posts of others there, so none may be tried", False
        return None

    async def ask(self, call: Awaitable[_T]) -> _T:
        """The answer to a call of a look. Raises TelegramError of the Bot API's own no (400, 403), else LookFailed."""
        try:
            async with asyncio.timeout(DEADLINE):
                return await call
        except (BadRequest, Forbidden):
            raise
        except InvalidToken as e:
            raise LookFailed(self._reason(e), again=True) from None
        except Exception as e:
            raise LookFailed(f"{type(e).__name__}: {self._reason(e)}", again=True) from None

    async def token(self) -> str | NoAccess:
        """The bot's @name, where the token is good."""
        if not self._well_formed:
            return NoAccess(self._unusable("it is no token").reason)
        try:
            async with asyncio.timeout(DEADLINE):
                return f"@{(await self._bot.get_me()).username}"
        except InvalidToken as e:
            return NoAccess(self._unusable(self._reason(e)).reason)
        except Exception as e:
            return NoAccess(f"{type(e).__name__}: {self._reason(e)}", again=True)

    async def access(self, chat: int | str, topic: int | None = None) -> Access | NoAccess:
        """What the bot can do in a chat; changes nothing there, but shows "typing…" for a moment where only that tells
        (a topic, a private chat)."""
        try:
            found = await self.ask(self._bot.get_chat(chat))
            private = found.type == ChatType.PRIVATE
            me = await self.ask(self._bot.get_me())
            member = None if private else await self.ask(self._bot.get_chat_member(found.id, me.id))
            typed = await self._may_type(found.id, topic) if private or (topic is not None and found.is_forum) else None
        except LookFailed as e:
            return NoAccess(self._reason(e), again=e.again)
        except TelegramError as e:
            return NoAccess(self._reason(e))
        return access_of(found.to_dict(), member.to_dict() if member else None, typed)

    async def foreign(self, chat_id: int, ids: Iterable[int], scratch: int | str) -> list[int]:
        """Those of `ids` that stand in a chat, by forwarding each into the scratch chat. Raises LookFailed."""
        glimpses = _Forwards(self, (), chat_id, scratch)
        return [i for i in ids if await glimpses.glimpse(i) != "nothing"]

    async def _may_type(self, chat: int, topic: int | None) -> bool:
        """Whether a message could go there: the action "typing" is refused as it would be. Raises as `ask`."""
        try:
            await self.ask(self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=topic))
        except (BadRequest, Forbidden) as e:
            if isinstance(e, Forbidden) or any(words in str(e).lower() for words in _BLOCKED):
                return False
            raise
        return True

    @property
    def bot(self) -> Bot:
        """The bot, for looks."""
        return self._bot

    def _unusable(self, why: str) -> Unusable:
        return Unusable(f"the bot's token is refused ({why}); set MARSAD_TELEGRAM_TOKEN to the one of @BotFather")

    def _reason(self, error: Exception) -> str:
        return redact(" ".join(str(error).split()), [self._token])[:REASON_LIMIT]


class _Forwards:
    """Glimpses by forwarding into the scratch chat: nothing that is there changes. `looks`: how ours may look."""

    def __init__(self, target: TelegramTarget, looks: Collection[Look], chat_id: int, scratch: int | str) -> None:
        self._target, self._looks, self._chat, self._scratch = target, looks, chat_id, scratch
        self._copies = 0

    async def glimpse(self, message_id: int) -> Glimpse:
        if self._copies >= COPIES_AT_ONCE:
            await asyncio.sleep(1)
        bot = self._target.bot
        try:
            copy = await self._target.ask(
                bot.forward_message(self._scratch, self._chat, message_id, disable_notification=True)
            )
        except (BadRequest, Forbidden) as e:
            text = str(e).lower()
            if "message to forward not found" in text or "message_id_invalid" in text:
                return "nothing"
            if "can't be forwarded" in text:  # a service message, or protected content
                return "another"
            raise LookFailed(f"the scratch chat cannot be used: {e}", again=False) from None
        self._copies += 1
        with contextlib.suppress(BadRequest, Forbidden, LookFailed):  # a copy that stays there harms nobody
            await self._target.ask(bot.delete_message(copy.chat.id, copy.message_id))
        return "ours" if _look_of_message(copy) in self._looks else "another"


class _Edits:
    """Glimpses by editing to the same text; only where `_may_edit`."""

    def __init__(self, target: TelegramTarget, message: Outgoing, chat_id: int) -> None:
        self._target, self._message, self._chat = target, message, chat_id

    async def glimpse(self, message_id: int) -> Glimpse:
        try:
            await self._target.ask(self._target.edit_same(self._message, self._chat, message_id))
        except (BadRequest, Forbidden) as e:
            text = str(e).lower()
            if "message is not modified" in text:
                return "ours"
            if "message to edit not found" in text or "message_id_invalid" in text:
                return "nothing"
            if "can't be edited" in text or "message_author_required" in text:
                return "another"
            raise LookFailed(str(e), again=False) from None
        return "ours"  # it was, and stood there otherwise: as plain text, where mark-up had been refused


def _looks_of(message: Outgoing) -> tuple[Look, ...]:
    """How it looks as HTML, and as the plain text that is sent where mark-up is refused."""
    return look_of_html(message.text.html), look_of(message.text.plain)


def _look_of_message(message: Message) -> Look:
    entities = message.parse_entities() | message.parse_caption_entities()
    return look_of(message.text or message.caption or "", [(str(e.type), text) for e, text in entities.items()])


class _InDoubt(TelegramError):
    """An answer that does not tell whether the request was carried out."""


class _NotCarriedOut(TelegramError):
    """An answer of something that is not the Bot API, standing before it."""


class _Request(HTTPXRequest):
    """Looks at each answer before the library does, which takes any 403 page for Telegram's word and raises
    whatever comes over an odd body."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As of the library; raises _InDoubt, _NotCarriedOut besides."""
        status, payload = await super().do_request(*args, **kwargs)
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        ok = answer.get("ok") if isinstance(answer, dict) else None
        if status >= 500:
            raise _InDoubt(f"the server failed (HTTP {status})")
        if status < 300 and not (ok is True and isinstance(answer.get("result"), dict | bool)):
            raise _InDoubt(f"the answer is not the Bot API's (HTTP {status})")
        if status >= 300 and ok is not False:
            raise _NotCarriedOut(f"something before the Bot API answered (HTTP {status})")
        return status, payload


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
