"""Telegram, by python-telegram-bot, which no other module imports.

Every answer of the Bot API and every way in which the network fails becomes one `Outcome`, by one question: can the
request have been carried out? Before it was written, and where the Bot API itself says no: surely not. After that
only its own `ok` with a message tells; all else (time-out, broken connection, 5xx, an odd body) is doubt. A 3xx or
4xx that is not the Bot API's JSON is a proxy's or a captive portal's, and the API never saw the request.

The token stands in every address that is asked for: it is taken out of every reason given.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import ParseMode
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
from alerts.delivery.model import Later, Outcome, Outgoing, Refused, Sent, Uncertain, Unusable
from alerts.logs import redact

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
_TOKEN = re.compile(r"[\w:.-]+", re.ASCII)  # nothing that could change the address that it stands in


class TelegramTarget:
    """Sends and edits by the Bot API at `config.telegram_api`. `config.token` must be there.

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
        """Sends or edits once; where Telegram cannot read the mark-up, once more as plain text. An edit's `chat`
        should be the numeric id, since a channel may be renamed."""
        if not self._well_formed:
            return self._unusable("it is no token")
        outcome = await self._try(message, html=True)
        if isinstance(outcome, Refused) and "can't parse entities" in outcome.reason.lower():
            return await self._try(message, html=False)
        return outcome

    async def close(self) -> None:
        """Closes the connections."""
        await self._request.shutdown()

    async def _try(self, message: Outgoing, *, html: bool) -> Outcome:
        try:
            async with asyncio.timeout(DEADLINE):
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
            return Refused(f"the group became a supergroup; write its new id, {e.new_chat_id}, in rules.yaml")
        except InvalidToken as e:
            return self._unusable(self._reason(e))
        except (BadRequest, Forbidden) as e:
            if message.edits is not None and "message is not modified" in str(e).lower():
                return await self._already(message.edits, message.chat)
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

    async def _already(self, message_id: int, chat: str | int) -> Outcome:
        """The message stands as it should; its chat's id, where only the name is known, is asked for."""
        try:
            async with asyncio.timeout(DEADLINE):
                return Sent(message_id, chat if isinstance(chat, int) else (await self._bot.get_chat(chat)).id)
        except Exception as e:  # asking changes nothing, so the whole edit is simply done again
            return Later(f"the chat's id could not be learnt ({type(e).__name__})")

    def _unusable(self, why: str) -> Unusable:
        return Unusable(f"the bot's token is refused ({why}); set MARSAD_TELEGRAM_TOKEN to the one of @BotFather")

    def _reason(self, error: Exception) -> str:
        return redact(" ".join(str(error).split()), [self._token])[:REASON_LIMIT]


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
        if status < 300 and not (ok is True and isinstance(answer.get("result"), dict)):
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
