"""JSON APIs, described in an outlet's file by paths (`catalogue.Api`), read into entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from crawler.article import Entry
from crawler.extract.decode import decode
from crawler.extract.entries import MAX_ENTRIES, Fields, entry_of
from crawler.extract.feed_json import read_json
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Api, Outlet


def read_api(
    body: bytes, *, api: Api, url: str, outlet: Outlet, fetched_at: datetime, charset: str | None = None
) -> tuple[Entry, ...]:
    """The entries of what the API at `url` answered, in its order, at most `MAX_ENTRIES`; () for an empty list.

    Addresses are resolved against the outlet's homepage (an API has a host of its own); items without one are left
    out. Times may be text or seconds or milliseconds since 1970. Raises Unreadable (`not-a-feed`): no JSON, or not
    of the shape that the catalogue says.
    """
    text = decode(body, charset).strip()
    if text.startswith("<"):
        raise Unreadable("not-a-feed", "an HTML page")
    items = value_at(read_json(text), api.items)
    if not isinstance(items, list):
        raise Unreadable("not-a-feed", f"JSON without a list at {api.items or 'its root'}")
    found = [_fields(item, api) for item in islice(items, MAX_ENTRIES) if isinstance(item, Mapping)]
    if found and not any(found):
        raise Unreadable("not-a-feed", "JSON whose items have none of the fields that the outlet's file names")
    entries = (
        entry_of(fields, url=outlet.homepage or url, outlet=outlet, fetched_at=fetched_at, whole_text=api.whole_text)
        for fields in found
    )
    return tuple(entry for entry in entries if entry.url)


def value_at(value: Any, path: str) -> Any:
    """What stands at a dotted path (`data.items`, `sections.0.items`; empty: the value itself); None where the way
    there ends."""
    for step in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < _INDEX_DIGITS:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


_INDEX_DIGITS = 7
_NAMES = {
    "url": "link",
    "id": "id",
    "title": "title",
    "summary": "summary",
    "published": "published",
    "text": "content",
    "author": "author",
    "section": "section",
    "image": "image",
}
"""An entry's field in the catalogue → in `entries.Fields`."""
_SLOT = re.compile(r"\{([\w.]{1,100})\}")


def _fields(item: Mapping[str, Any], api: Api) -> Fields:
    fields = {_NAMES[name]: [text] for name, path in api.fields.items() if (text := _text(value_at(item, path)))}
    if api.link and "link" not in fields and (address := _made_link(item, api)):
        fields["link"] = [address]
    return fields


def _made_link(item: Mapping[str, Any], api: Api) -> str:
    """The address that `api.link` makes; a `{slot}` is a field's name, or a path; empty where one is lacking."""
    lacking = False

    def value(slot: re.Match[str]) -> str:
        nonlocal lacking
        text = _text(value_at(item, api.fields.get(slot[1], slot[1])))
        lacking = lacking or not text
        return quote(text, safe="")

    address = _SLOT.sub(value, api.link)
    return "" if lacking else address


def _text(value: Any) -> str:
    """A text or number as text; of a list the first that is one."""
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str | int | float)), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()
