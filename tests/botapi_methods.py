"""The Bot API's methods and parameters, and how a request's are read and refused; for `botapi`.

The published specification (../shared/data/telegram/api.min.json) is asked where it is present, else the list below.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

SPECIFICATION = Path(__file__).parents[1] / "../shared/data/telegram/api.min.json"

# name: type, "!" for required; the methods that Marsad uses or will (issue 7), of Bot API 10.1
_SEND = {
    "chat_id!": "Integer|String",
    "message_thread_id": "Integer",
    "disable_notification": "Boolean",
    "protect_content": "Boolean",
}
_TEXT = {
    "parse_mode": "String",
    "entities": "Array of MessageEntity",
    "link_preview_options": "LinkPreviewOptions",
}
METHODS: dict[str, dict[str, str]] = {
    "getMe": {},
    "getChat": {"chat_id!": "Integer|String"},
    "getChatMember": {"chat_id!": "Integer|String", "user_id!": "Integer"},
    "sendChatAction": {"chat_id!": "Integer|String", "message_thread_id": "Integer", "action!": "String"},
    "sendMessage": {**_SEND, "text!": "String", **_TEXT, "reply_parameters": "ReplyParameters"},
    "editMessageText": {
        "chat_id": "Integer|String",
        "message_id": "Integer",
        "text": "String",
        **_TEXT,
        "reply_markup": "InlineKeyboardMarkup",
    },
    "deleteMessage": {"chat_id!": "Integer|String", "message_id!": "Integer"},
    "forwardMessage": {**_SEND, "from_chat_id!": "Integer|String", "message_id!": "Integer"},
    "copyMessage": {**_SEND, "from_chat_id!": "Integer|String", "message_id!": "Integer"},
}
TYPES: dict[str, tuple[str, ...]] = {
    "LinkPreviewOptions": ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"),
}


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def record(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(description: str) -> Refusal:
    """A 400."""
    return Refusal(400, f"Bad Request: {description}")


async def parameters(request: web.Request, known: dict[str, str]) -> dict[str, Any]:
    """Query, form or JSON body; names and types checked."""
    raw: dict[str, Any] = dict(request.query)
    try:
        body = (await request.read()).decode()
        if request.content_type == "application/json":
            raw |= json.loads(body)
        else:
            raw |= dict(parse_qsl(body, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as e:
        raise bad("strings must be encoded in UTF-8") from e
    types = {name.rstrip("!"): (kind, name.endswith("!")) for name, kind in known.items()}
    if unknown := sorted(set(raw) - set(types)):
        raise bad(f"unknown parameter {unknown[0]}")
    for name, (_, required) in types.items():
        if required and raw.get(name) in (None, "") and name != "text":  # text has words of its own
            raise bad(f"{name} is empty")
    return {name: _typed(name, value, types[name][0]) for name, value in raw.items()}


def _typed(name: str, value: Any, kind: str) -> Any:
    if kind == "Integer":
        if not re.fullmatch(r"-?\d+", str(value)):
            raise bad(f"invalid {name} specified")
        return int(value)
    if kind == "Boolean":
        return str(value).lower() in ("true", "1", "yes")
    if kind in ("String", "Integer|String", "Float"):
        return value
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except ValueError as e:
        raise bad(f"can't parse {name} JSON object") from e
    if isinstance(value, dict) and kind in TYPES and (unknown := sorted(set(value) - set(TYPES[kind]))):
        raise bad(f"unknown field {unknown[0]} of {name}")
    return value


def methods() -> dict[str, dict[str, str]]:
    """Every method's parameters: name (`!` for required) → type."""
    if not SPECIFICATION.exists():
        return METHODS
    published = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["methods"]
    return {
        name: {f["name"] + "!" * f["required"]: "|".join(f["types"]) for f in method.get("fields", [])}
        for name, method in published.items()
    }
