"""Items as their sources say them, made into entries: the one place where it is decided which of an item's
addresses, texts and dates are believed, for feeds, sitemaps, APIs and previews alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from crawler.article import Entry
from crawler.extract.dates import Reading, not_ahead, read_date
from crawler.extract.fragment import plain_text
from crawler.extract.letters import tidy
from crawler.extract.section import says_section
from crawler.extract.times import date_facts
from crawler.outlets.catalogue import Outlet

MAX_ENTRIES = 1000
"""Entries read of one source; the longest feed of the catalogue has 300."""
MAX_TITLE = 1000
MAX_SUMMARY = 5000
"""Code points kept of an entry's texts."""
MAX_TEXT = 200_000
"""Code points kept of a whole article's markup; the longest of the catalogue's feeds has 60,000."""
MAX_FIELD = 300
"""Code points of an author or section; longer ones are something else."""

Fields = dict[str, list[str]]
"""What an item says, each in the item's order: `link`, `permalink` (stands for a link that is lacking), `title`,
`summary`, `content`, `published`, `updated`, `created`, `id`, `author`, `section`, `image`, `source` (the publisher)
and, for texts that count only where there are no others, `other title` and `other text`."""


def entry_of(fields: Fields, *, url: str, outlet: Outlet, fetched_at: datetime, whole_text: bool = False) -> Entry:
    """The entry that an item of the source at `url` is.

    The address is empty where the item gives none of the web; of several the last is taken, as feedparser does.
    With `whole_text` the entry's `text` is its longest content, cleaned. Times without numeric offset are the
    outlet's local ones; those ahead of `fetched_at` become it; where no time is named for sure there is none.
    """
    get = fields.get
    link = _address(get("link"), url) or _address(get("permalink"), url)
    title = _plain(get("title"), " ", MAX_TITLE) or _plain(get("other title"), " ", MAX_TITLE)
    if title and "source" in fields:
        title = _without_outlet(title, fields["source"])
    summary = _plain(get("summary"), "\n", MAX_SUMMARY) or _plain(get("content"), "\n", MAX_SUMMARY)
    summary = _without_post_tail(summary)
    read = _date(fields, outlet, fetched_at)
    ids = get("id")
    return Entry(
        outlet=outlet.id,
        url=link,
        title=title,
        summary=summary or _plain(get("other text"), "\n", MAX_SUMMARY),
        published_at=not_ahead(read.moment, fetched_at) if read else None,
        guid=(tidy(ids[-1]) or None) if ids else None,
        day_only=read is not None and not read.has_time,
        text=_whole_text(fields, outlet) if whole_text else "",
        author=_author(fields["author"]) if "author" in fields else None,
        section=_section(fields["section"]) if "section" in fields else None,
        image=(_address(fields["image"], url) or None) if "image" in fields else None,
    )


def _plain(texts: list[str] | None, joint: str, most: int) -> str:
    """The first of the texts that says something, as a reader sees it."""
    for text in texts or ():
        if plain := plain_text(text, joint, most):
            return plain
    return ""


# ---- addresses ----------------------------------------------------------------------------------------------

_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_PLAIN_HTTP = re.compile(r"https?://[\w.-]+(?::[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_CLEAN_HTTP = re.compile(r"https?://[\w.-]+(?:/[!-%'-~]*+)?", re.ASCII)
_AMP = re.compile(r"&(?:amp|#0{0,3}38|#x0{0,3}26);", re.IGNORECASE)
_AROUND = " \u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
"""What is taken off an address's ends; inside it, all letters and marks stay (Shafaq's paths carry tatweel)."""


def web_address(text: str, base: str) -> str:
    """The absolute http(s) address that a text is, resolved against `base`; empty where it is none.

    Ampersands that were escaped once too often come right; other entities stay (`&copy=1` is a parameter).
    """
    if _CLEAN_HTTP.fullmatch(text):
        return text
    address = text.replace("\n", "").replace("\r", "").replace("\t", "").strip(_AROUND)
    while "&" in address and (decoded := _AMP.sub("&", address)) != address:
        address = decoded
    address = join(base, address)
    if _PLAIN_HTTP.match(address):
        return address
    try:
        return address if _HTTP.match(address) and urlsplit(address).hostname else ""
    except ValueError:
        return ""


def join(base: str, address: str) -> str:
    """`address` resolved against `base` (RFC 3986 §5); empty where that cannot be."""
    if not address or _HTTP.match(address):
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _address(texts: list[str] | None, base: str) -> str:
    for text in reversed(texts or ()):
        if address := web_address(text, base):
            return address
    return ""


# ---- texts --------------------------------------------------------------------------------------------------


def _without_outlet(title: str, sources: list[str]) -> str:
    """Google News appends ` - outlet` to every title, and names the outlet in <source>."""
    for source in sources:
        name = plain_text(source, " ", MAX_FIELD)
        if name and title.endswith(f" - {name}"):
            return title[: -len(name) - 3].rstrip()
    return title


_POST_TAIL = re.compile(
    r"The post .{1,400} (?:appeared first|first appeared) on .{1,200}"
    r"|ظهرت (?:المقالة|المقال|التدوينة) .{1,400} (?:أولا|أولاً|أولًا|للمرة الأولى) (?:على|في) .{1,200}"
)


def _without_post_tail(summary: str) -> str:
    """A summary less the sentence that WordPress ends it with."""
    for beginning in ("The post ", "ظهرت الم", "ظهرت التدوينة "):
        at = summary.rfind(beginning)
        if at >= 0 and _POST_TAIL.fullmatch(summary, at):
            return summary[:at].rstrip()
    return summary


_RSS_AUTHOR = re.compile(r"\S{1,200}@\S{1,200}\s\((.{1,200})\)")


def _author(texts: list[str]) -> str | None:
    """RSS 2.0 writes `desk@daily.test (name)`; an address alone is nobody's name."""
    name = _plain(texts, " ", MAX_FIELD)
    if "@" not in name:
        return name or None
    match = _RSS_AUTHOR.fullmatch(name)
    return match[1].strip() if match else None


def _section(texts: list[str]) -> str | None:
    for text in texts:
        if (name := plain_text(text, " ", MAX_FIELD)) and says_section(name):
            return name
    return None


def _whole_text(fields: Fields, outlet: Outlet) -> str:
    from crawler.extract.whole_text import whole_text

    texts = [*fields.get("content", ()), *fields.get("summary", ()), *fields.get("other text", ())]
    return whole_text(max(texts, key=len, default="")[:MAX_TEXT], outlet)


# ---- dates --------------------------------------------------------------------------------------------------

_OFFSET = re.compile(r"\s*[+-]\d\d:?\d\d$")


def _date(fields: Fields, outlet: Outlet, now: datetime) -> Reading | None:
    """The first of the item's dates that can be read; of one kind the last, as feedparser does."""
    for kind in ("published", "updated", "created"):
        for text in reversed(fields.get(kind, ())):
            if reading := _reading(text.strip(), outlet, now):
                return reading
    return None


def _reading(text: str, outlet: Outlet, now: datetime) -> Reading | None:
    facts = date_facts(outlet)
    if outlet.feed_offset_is_false:
        text, facts["zone"] = _OFFSET.sub("", text), UTC
    return read_date(text, now=now, **facts)
