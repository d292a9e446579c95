"""JSON Feed 1 and 1.1 (jsonfeed.org/version/1.1): its items under the names of the XML forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from crawler.extract.entries import MAX_ENTRIES, Fields
from crawler.extract.unreadable import Unreadable

_NAMES = {
    "id": "id",
    "permalink": "external_url",
    "link": "url",
    "title": "title",
    "summary": "summary",
    "content": "content_html",
    "other text": "content_text",
    "published": "date_published",
    "updated": "date_modified",
}


def read_json(text: str) -> Any:
    """What a JSON text says. Raises Unreadable (`not-a-feed`) where it is broken or nested absurdly deep."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as e:
        raise Unreadable("not-a-feed", f"broken JSON: {str(e)[:100]}") from e


def json_items(said: Any) -> list[Fields]:
    """The items of a JSON Feed. Raises Unreadable (`not-a-feed`) where it is other JSON."""
    items = said.get("items") if isinstance(said, Mapping) else None
    if not isinstance(items, list):
        raise Unreadable("not-a-feed", "JSON, but no JSON Feed")
    return [_fields(item) for item in islice(items, MAX_ENTRIES * 2) if isinstance(item, Mapping)]


def _fields(item: Mapping[str, Any]) -> Fields:
    fields = {name: [str(item[key])] for name, key in _NAMES.items() if _is_text(item.get(key))}
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    fields["author"] = [str(p["name"]) for p in people or () if isinstance(p, Mapping) and _is_text(p.get("name"))]
    tags = item.get("tags")
    fields["section"] = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    fields["image"] = [str(item[key]) for key in ("image", "banner_image") if _is_text(item.get(key))]
    return fields


def _is_text(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
