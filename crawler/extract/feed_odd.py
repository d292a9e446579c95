"""Odd feeds: XML that is not well-formed goes to feedparser, whose loose parser has met most ways to break a feed
(unescaped HTML, crossed tags, a feed cut off in the middle).

Not all feeds go there: it takes 28 ms for 100 entries, and its dates are not ours (`2026/11/23 14:00` is read as
the 1st, «AST» as the Atlantic's, Arabic names of months not at all), hence only its texts are taken. What comes
first: the bytes are decoded by us (it makes Latin of windows-1256 under a utf-8 prolog), and the DTD is gone.

Its regular expressions take time by the square of some inputs, hence the bounds here; the crawl reads feeds in the
worker process besides, which gives up after 10 s.
"""

from __future__ import annotations

import io
import re
from typing import Any

from crawler.extract.entries import MAX_ENTRIES, Fields

MAX_SIZE = 1024 * 1024
"""Code points of an odd feed that is still read; feeds have up to 500,000. Its parser is a slow one."""
MAX_TAGS = 24_000
"""Tags of an odd feed; a thousand entries have 20,000."""
MAX_BASES = 200
"""Occurrences of xml:base; each is joined to all above it."""
_NAMES = ("title", "link", "id", "summary", "published", "updated", "created")
_LONG_WORD = re.compile(r"[\w.+-]{300,}", re.ASCII)
"""No word and no part of an address is so long. feedparser looks for an author's email in the square of a word's
length."""


class TooMuch(Exception):
    """An odd feed larger than any real one."""


def odd_items(text: str, url: str) -> list[Fields]:
    """The items of a feed whose `text` begins with its root element, links resolved against its base, else `url`.

    Raises TooMuch.
    """
    text = _LONG_WORD.sub(" ", text)
    if len(text) > MAX_SIZE or text.count("<") > MAX_TAGS or text.count("xml:base") > MAX_BASES:
        raise TooMuch(f"over {MAX_SIZE:,} characters or {MAX_TAGS:,} tags, and not well-formed")
    import feedparser

    said = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,  # markup is taken off by us
    )
    return [_fields(entry) for entry in said.entries[: MAX_ENTRIES * 2]]


def _fields(entry: dict[str, Any]) -> Fields:
    fields: Fields = {}
    for name in _NAMES:
        value = dict.get(entry, name)  # its own `get` answers for `updated` with `published`
        if isinstance(value, str) and value:
            fields[name] = [value]
    fields["content"] = [str(content.get("value") or "") for content in dict.get(entry, "content") or ()]
    people = dict.get(entry, "authors") or ()
    fields["author"] = [str(person.get("name") or "") for person in people if isinstance(person, dict)]
    fields["section"] = [str(tag.get("label") or tag.get("term") or "") for tag in dict.get(entry, "tags") or ()]
    pictures = [*(dict.get(entry, "media_content") or ()), *(dict.get(entry, "media_thumbnail") or ())]
    pictures += [link for link in dict.get(entry, "links") or () if str(link.get("type")).startswith("image")]
    fields["image"] = [str(picture.get("url") or picture.get("href") or "") for picture in pictures]
    if isinstance(source := dict.get(entry, "source"), dict):
        fields["source"] = [str(source.get("title") or "")]
    return fields
