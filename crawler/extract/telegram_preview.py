"""The preview page of a public Telegram channel (t.me/s/<channel>) read into entries.

The way in where a site refuses us and the editor allows it. The page's shape is that of the widget's published
classes (`tgme_widget_message…`), as public readers of it use them; it was verified here only against a page written
in that shape, not against one of Telegram's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import html

from crawler.article import Entry
from crawler.extract.clean import Line, clean
from crawler.extract.dates import not_ahead, read_date
from crawler.extract.decode import decode
from crawler.extract.entries import MAX_ENTRIES, MAX_SUMMARY, MAX_TITLE, web_address
from crawler.extract.letters import tidy
from crawler.extract.tree import Element, lines_of_fragment, parse_html, select, select_each
from crawler.extract.unreadable import Unreadable
from crawler.identity import host_of
from crawler.outlets.catalogue import Outlet

_MESSAGE = ".tgme_widget_message[data-post]"
_TEXT = ".tgme_widget_message_text:not(.js-message_reply_text)"
_PHOTO = ".tgme_widget_message_photo_wrap"
_BACKGROUND = re.compile(r"url\(\s*['\"]?([^'\")]{1,2000})")
_POST = re.compile(r"[A-Za-z0-9_]{1,64}/[0-9]{1,12}")


def is_preview(text: str) -> bool:
    """Whether a page is a channel's preview."""
    return "tgme_widget_message" in text or "tgme_channel_info" in text


def read_preview(
    body: bytes, *, url: str, outlet: Outlet, fetched_at: datetime, charset: str | None = None
) -> tuple[Entry, ...]:
    """The posts that have text, the newest first; () for a channel without any.

    The address is the first link to the outlet's own site, else the post's; the id is `channel/number`; the title
    the text's first line; `text` all of it, without the outlet's boilerplate. Raises Unreadable (`not-a-feed`,
    `broken`).
    """
    page = decode(body, charset)
    if not is_preview(page):
        raise Unreadable("not-a-feed", "no preview of a Telegram channel")
    posts = select(parse_html(page), [_MESSAGE])
    found = (_entry(post, outlet, fetched_at) for post in reversed(posts[-MAX_ENTRIES:]))
    return tuple(entry for entry in found if entry)


def _entry(post: Element, outlet: Outlet, fetched_at: datetime) -> Entry | None:
    name = str(post.get("data-post"))
    texts = select(post, [_TEXT])
    if not texts or not _POST.fullmatch(name):
        return None
    lines = [Line(line) for line in lines_of_fragment(html.tostring(texts[0], encoding="unicode", with_tail=False))]
    spans = clean(lines, outlet.boilerplate).spans
    kept = [line.text[a:b] for line, parts in zip(lines, spans, strict=True) for a, b in parts]
    if not kept:
        return None
    # the zone is Telegram's, not the outlet's
    dates = (str(e.get("datetime") or "") for e in select_each(post, ["a.tgme_widget_message_date time", "time"]))
    readings = (read_date(text, zone=UTC, now=fetched_at) for text in dates)
    read = next(filter(None, readings), None)
    text = "\n".join(kept)
    return Entry(
        outlet=outlet.id,
        url=_own_link(post, outlet) or f"https://t.me/{name}",
        title=kept[0][:MAX_TITLE].rstrip(),
        summary=text[:MAX_SUMMARY].rstrip(),
        published_at=not_ahead(read.moment, fetched_at) if read else None,
        guid=name,
        text=text,
        image=_photo(post),
    )


def _own_link(post: Element, outlet: Outlet) -> str:
    """The first link out that leads to the outlet's own site."""
    for link in select_each(post, [f"{_TEXT} a[href]", "a.tgme_widget_message_link_preview[href]"]):
        address = web_address(str(link.get("href")), "https://t.me/")
        if address and host_of(address) in outlet.hosts:
            return address
    return ""


def _photo(post: Element) -> str | None:
    for wrap in select(post, [_PHOTO]):
        if match := _BACKGROUND.search(tidy(wrap.get("style") or "")):
            return web_address(match[1], "https://t.me/") or None
    return None
