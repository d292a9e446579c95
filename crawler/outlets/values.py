"""Values: what the texts of an outlet file must be. Each function reads one, or raises ValueError or KeyError."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.durations import parse_duration
from crawler.identity import host_of
from crawler.outlets.catalogue import ENCODINGS, KINDS, PROVEN, split_attribute
from crawler.outlets.nodes import Because


def identifier(text: str) -> str:
    """Lower-case Latin letters and digits, joined by single hyphens."""
    return _as(r"[a-z0-9]+(?:-[a-z0-9]+)*", text)


def http(text: str) -> str:
    """An absolute http(s) address without a user."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or re.search(r"\s", text):
        raise ValueError
    return text


def paged(text: str) -> str:
    """An address with the place of a page's number."""
    if "{n}" not in text:
        raise Because("it has no {n}")
    return http(text)


def host(text: str) -> str:
    """A host name, as `host_of` spells it."""
    name = host_of(f"http://{text}/")
    if not name or "/" in text or ":" in text:
        raise ValueError
    return name


def country(text: str) -> str:
    """ISO 3166-1 alpha-2, `UN` for the United Nations (as in UN/LOCODE)."""
    return _as("[A-Z]{2}", text)


def language(text: str) -> str:
    """ISO 639."""
    return _as("[a-z]{2,3}", text)


def zone(text: str) -> ZoneInfo:
    """An IANA time zone."""
    return ZoneInfo(text)  # ZoneInfoNotFoundError is a KeyError


def proven(text: str) -> str:
    """One of PROVEN."""
    return PROVEN[PROVEN.index(text)]


def kind(text: str) -> str:
    """One of KINDS."""
    return KINDS[KINDS.index(text)]


def encoding(text: str) -> str:
    """One of ENCODINGS."""
    return ENCODINGS[ENCODINGS.index(text)]


def truth(text: str) -> bool:
    """`true` or `false`."""
    return {"true": True, "false": False}[text.lower()]


def duration(text: str) -> timedelta:
    """A duration over zero."""
    if not (found := parse_duration(text)):
        raise ValueError
    return found


def day(text: str) -> str:
    """A date, YYYY-MM-DD."""
    return date.fromisoformat(text).isoformat()


def year_or_day(text: str) -> str:
    """A year, a year and month, or a date."""
    return text if re.fullmatch(r"20\d\d(?:-(?:0[1-9]|1[0-2]))?", text) else day(text)


def channel(text: str) -> str:
    """The name of a public Telegram channel, without @ (https://core.telegram.org/method/account.checkUsername)."""
    return _as("[A-Za-z][A-Za-z0-9_]{3,31}", text.removeprefix("@"))


def proxy(text: str) -> str:
    """The end of an environment variable's name."""
    return _as("[A-Z][A-Z0-9_]*", text)


def path(text: str) -> str:
    """A dotted path into JSON: keys and list indexes."""
    return _as(r"[^.\s]+(?:\.[^.\s]+)*", text)


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as e:
        raise Because(str(e)) from e


@lru_cache(maxsize=4096)
def css(text: str) -> str:
    """A CSS selector, with or without `::attr(name)` at its end."""
    import cssselect

    try:
        cssselect.HTMLTranslator().css_to_xpath(split_attribute(text)[0])
    except cssselect.SelectorError as e:
        raise Because(str(e)) from e
    return text


def _as(form: str, text: str) -> str:
    if not re.fullmatch(form, text):
        raise ValueError
    return text
