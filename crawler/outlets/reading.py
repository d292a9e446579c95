"""Outlet files: the YAML of one outlet, read and checked, every mistake with its line.

Scalars are text as written (YAML 1.1 would make Norway's `NO` false and `12:30` 750), so the nodes of libyaml
are walked here and each key says what its text must be. What an outlet is stands in `catalogue.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml

from crawler.durations import parse_duration
from crawler.identity import host_of
from crawler.outlets.catalogue import (
    PROVEN,
    CatalogueError,
    ListingSelectors,
    Outlet,
    Selectors,
    Way,
    split_attribute,
)

MAX_BYTES = 256 * 1024
"""An outlet file is 2 to 5 KiB; one over this is some other file."""

_T = TypeVar("_T")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it


def read_outlet(path: Path) -> Outlet:
    """The outlet that a file describes. Raises CatalogueError."""
    try:
        body = path.read_bytes()
    except OSError as e:
        raise CatalogueError(path, 1, f"cannot be read ({e.strerror})", "make it readable or take it away") from e
    if len(body) > MAX_BYTES:
        raise CatalogueError(path, 1, f"is over {MAX_BYTES // 1024} KiB", "an outlet file describes one outlet")
    try:
        root = yaml.compose(body.decode("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError as e:
        raise CatalogueError(path, body[: e.start].count(b"\n") + 1, "is not UTF-8", "save the file as UTF-8") from e
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        raise CatalogueError(path, line, f"is no YAML: {e.problem}", "mind indentation, quotes and colons") from e
    except (yaml.YAMLError, RecursionError) as e:
        raise CatalogueError(path, 1, "is no YAML", "mind indentation, quotes and colons") from e
    if root is None:
        raise CatalogueError(path, 1, "is empty", "describe an outlet, or take the file away")
    return _outlet(_File(path), root)


class _File:
    """One outlet file: turns its nodes into values, and says where one is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, node: yaml.Node, what: str, remedy: str) -> CatalogueError:
        return CatalogueError(self.path, node.start_mark.line + 1, what, remedy)

    def mapping(self, node: yaml.Node, known: Collection[str], name: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{name} is not a mapping", f"write keys and values: {', '.join(known)}")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            word = self.text(key, f"a key of {name}")
            if word not in known:
                near = difflib.get_close_matches(word, known, 1)
                remedy = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
                raise self.error(key, f"unknown key {word!r} in {name}", remedy)
            if word in found:
                raise self.error(key, f"{word} stands twice in {name}", "keep one")
            found[word] = value
        return found

    def text(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error(node, f"{name} is not a text", "write one value")
        return str(node.value).strip()

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """A list, or one value for a list of one."""
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    def texts(self, node: yaml.Node, name: str, check: Callable[[str], _T], remedy: str) -> tuple[_T, ...]:
        return tuple(self.value(item, name, check, remedy) for item in self.items(node))

    def value(self, node: yaml.Node, name: str, check: Callable[[str], _T], remedy: str) -> _T:
        """The node's text as `check` reads it; a ValueError of it, or KeyError, becomes the file's error."""
        text = self.text(node, name)
        try:
            return check(text)
        except (ValueError, KeyError) as e:
            reason = f": {e.args[0]}" if isinstance(e, _Because) else ""
            raise self.error(node, f"{name} {text!r} cannot be used{reason}", remedy) from e


class _Because(ValueError):
    """A refusal with a reason worth showing."""


_OUTLET_KEYS = (
    "id name country language homepage hosts timezone z_is_local feed_offset_is_false interval tags feeds listings"
    " sitemaps article_url selectors listing boilerplate evidence checked"
)
KEYS = tuple(_OUTLET_KEYS.split())
SELECTOR_KEYS = ("title", "body", "lead", "drop", "published", "author", "section", "image")
LISTING_KEYS = ("link", "card", "title", "date", "summary")
_ADDRESS = "write a whole address that begins with http:// or https://"
_ID = "write lower-case Latin letters, digits and hyphens, e.g. enab-baladi"
_SELECTOR = "write a CSS selector, e.g. div.article-body > p; an attribute is taken with ::attr(name)"


def _outlet(file: _File, root: yaml.Node) -> Outlet:
    found = file.mapping(root, KEYS, "the outlet")
    for key in ("id", "name", "country", "homepage", "timezone"):
        if key not in found:
            raise file.error(root, f"{key} is missing", f"add the key {key}")
    read = _Reader(file, found)
    names = file.mapping(found["name"], ("ar", "en"), "name")
    for key in ("ar", "en"):
        if key not in names:
            raise file.error(found["name"], f"name.{key} is missing", "write the name in Arabic (ar) and English (en)")
    homepage = read.one("homepage", _http, _ADDRESS, "")
    return Outlet(
        id=read.one("id", _identifier, _ID, ""),
        name_ar=file.text(names["ar"], "name.ar"),
        name_en=file.text(names["en"], "name.en"),
        country=read.one("country", _country, "write the two capital letters of ISO 3166-1, e.g. SY", ""),
        homepage=homepage,
        timezone=read.one("timezone", _zone, "write an IANA name, e.g. Asia/Damascus", ZoneInfo("UTC")),
        language=read.one("language", _language, "write an ISO 639 code, e.g. ar", "ar"),
        hosts=read.many("hosts", _host, "write host names, e.g. www.example.org") or _both(host_of(homepage)),
        feeds=_ways(file, found, "feeds"),
        sitemaps=_ways(file, found, "sitemaps"),
        listings=_ways(file, found, "listings"),
        article_url=read.one("article_url", _pattern, "write a regular expression; groups: id, y, m, d", None),
        selectors=_selectors(file, found.get("selectors")),
        listing_selectors=_listing(file, found.get("listing")),
        boilerplate=read.many("boilerplate", _pattern, "write a short regular expression of a few words"),
        z_is_local=read.one("z_is_local", _truth, "write true or false", False),
        feed_offset_is_false=read.one("feed_offset_is_false", _truth, "write true or false", False),
        interval=read.one("interval", _interval, "write a number and s, m or h, e.g. 60s", None),
        evidence=read.many("evidence", str, "write texts"),
        checked=read.one("checked", lambda t: date.fromisoformat(t).isoformat(), "write a date, e.g. 2026-11-23", ""),
        tags=read.many("tags", str, "write texts"),
    )


class _Reader:
    """Keys of a mapping whose values are texts or lists of texts."""

    def __init__(self, file: _File, found: Mapping[str, yaml.Node]) -> None:
        self.file, self.found = file, found

    def one(self, key: str, check: Callable[[str], _T], remedy: str, default: _T) -> _T:
        return self.file.value(self.found[key], key, check, remedy) if key in self.found else default

    def many(self, key: str, check: Callable[[str], _T], remedy: str) -> tuple[_T, ...]:
        return self.file.texts(self.found[key], key, check, remedy) if key in self.found else ()


def _ways(file: _File, found: Mapping[str, yaml.Node], key: str) -> tuple[Way, ...]:
    if key not in found:
        return ()
    ways: list[Way] = []
    for node in file.items(found[key]):
        parts = file.mapping(node, ("url", "proven", "note"), f"an entry of {key}")
        if "url" not in parts:
            raise file.error(node, f"an entry of {key} has no url", _ADDRESS)
        read = _Reader(file, parts)
        proven = read.one("proven", _proven, f"write one of {', '.join(PROVEN)}", "listed")
        ways.append(Way(read.one("url", _http, _ADDRESS, ""), proven, read.one("note", str, "write a text", "")))
    return tuple(ways)


def _selectors(file: _File, node: yaml.Node | None) -> Selectors:
    read = _Reader(file, file.mapping(node, SELECTOR_KEYS, "selectors") if node else {})
    return Selectors(**{key: read.many(key, _css, _SELECTOR) for key in SELECTOR_KEYS})


def _listing(file: _File, node: yaml.Node | None) -> ListingSelectors:
    read = _Reader(file, file.mapping(node, LISTING_KEYS, "listing") if node else {})
    return ListingSelectors(**{key: read.one(key, _css, _SELECTOR, "") for key in LISTING_KEYS})


def _both(host: str) -> tuple[str, ...]:
    """The host with and without `www.`: outlets answer to both."""
    bare = host.removeprefix("www.")
    return (f"www.{bare}", bare)


def _identifier(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text):
        raise ValueError
    return text


def _http(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or re.search(r"\s", text):
        raise ValueError
    return text


def _host(text: str) -> str:
    host = host_of(f"http://{text}/")
    if not host or "/" in text or ":" in text:
        raise ValueError
    return host


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise ValueError
    return text


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", text):
        raise ValueError
    return text


def _zone(text: str) -> ZoneInfo:
    return ZoneInfo(text)  # ZoneInfoNotFoundError is a KeyError


def _proven(text: str) -> str:
    if text not in PROVEN:
        raise ValueError
    return text


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _interval(text: str) -> timedelta:
    if not (interval := parse_duration(text)):
        raise ValueError
    return interval


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as e:
        raise _Because(str(e)) from e


@lru_cache(maxsize=4096)
def _css(text: str) -> str:
    import cssselect

    try:
        cssselect.HTMLTranslator().css_to_xpath(split_attribute(text)[0])
    except cssselect.SelectorError as e:
        raise _Because(str(e)) from e
    return text
