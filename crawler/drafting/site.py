"""Site: what one document of an unknown outlet says of the outlet: names, language, feeds, links.

Runs in the worker process, as all reading of what strangers wrote does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.article import Entry
from crawler.extract.decode import decode
from crawler.extract.entries import web_address
from crawler.extract.feed import read_feed
from crawler.extract.letters import tidy
from crawler.extract.structured import read_structured, texts
from crawler.extract.tree import Element, parse_html, select_values, text_of
from crawler.extract.unreadable import Unreadable
from crawler.identity import MAX_URL, host_of
from crawler.outlets.catalogue import Outlet
from crawler.outlets.values import http

MAX_LINKS = 500
"""Links of a page that are looked at; home pages of newspapers have 200 to 800, what is newest first."""
MAX_FEEDS = 6
"""Feeds that a page may name; WordPress names two, sites with a feed a section a dozen."""
MAX_NAME = 100
"""Code points of a name; «المركز السوري للإعلام وحرية التعبير» has 35."""
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_COMMENTS = re.compile(r"comments?\b|تعليق", re.IGNORECASE)
_CHANNEL = re.compile(r"https?://(?:t|telegram)\.me/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?(?:\?[^#]*)?")
_NO_CHANNEL = ("share", "joinchat", "addstickers", "proxy", "iv")


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor of a page: its absolute address and its text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is the document's own address, after redirects; `names` how the site calls itself, the best first;
    `home` where a feed says that its site is; `entries` those of a feed, else (); `is_article`: the page says so."""

    url: str
    names: tuple[str, ...] = ()
    language: str = ""
    home: str = ""
    feeds: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    telegram: str = ""
    entries: tuple[Entry, ...] = ()
    is_article: bool = False


def read_site(
    body: bytes,
    *,
    url: str,
    outlet: Outlet,
    fetched_at: datetime,
    charset: str | None = None,
    entry: Entry | None = None,
) -> Site:
    """What the feed or page at `url` says. Raises Unreadable: `broken`, where it is neither."""
    try:
        entries = read_feed(body, url=url, outlet=outlet, fetched_at=fetched_at, charset=charset)
    except Unreadable:
        return _of_page(parse_html(decode(body, charset)), url)
    return _of_feed(decode(body, charset), url, entries)


def _of_page(root: Element, url: str) -> Site:
    said = read_structured(root)
    base = urljoin(url, next(select_values(root, ["base[href]::attr(href)"]), ""))
    title = next((text_of(t) for t in root.iter("title")), "")
    links = tuple(islice(_links(root, base), MAX_LINKS))
    names = [value for _, value in said.meta("og:site_name", "application-name")]
    names += texts(said.article.get("publisher"))
    is_article = bool(said.article) or any(value == "article" for _, value in said.meta("og:type"))
    if not is_article:
        names += [
            link.text for link in links if urlsplit(link.url).path in ("", "/") and host_of(link.url) == host_of(url)
        ]
        names += reversed(re.split(r"\s+[|\-–—•»]\s+", title))  # «أخبار | فرات 48»
    return Site(
        url,
        _names(names),
        (root.get("lang") or "").lower().partition("-")[0],
        feeds=tuple(dict.fromkeys(_feeds(root, base)))[:MAX_FEEDS],
        links=links,
        telegram=next(_channels(links), ""),
        is_article=is_article,
    )


def _feeds(root: Element, base: str) -> Iterator[str]:
    """The feeds that the page names (https://www.rssboard.org/rss-autodiscovery), those of comments left out."""
    for link in root.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower()
        address = _address(link, base)
        named = "alternate" in rel and kind in _FEED_TYPES
        if named and address and not _COMMENTS.search(f"{link.get('title') or ''} {address}"):
            yield address


def _links(root: Element, base: str) -> Iterator[Link]:
    for anchor in root.iter("a"):
        if address := _address(anchor, base):
            yield Link(address, tidy(text_of(anchor) or anchor.get("title") or ""))


def _address(element: Element, base: str) -> str:
    return usable(web_address((element.get("href") or "").strip(), base))


def usable(address: str) -> str:
    """The address, if an outlet file may hold it; else empty."""
    try:
        return http(address) if address.isprintable() and len(address) <= MAX_URL else ""
    except ValueError:
        return ""


def _channels(links: tuple[Link, ...]) -> Iterator[str]:
    """Public Telegram channels that the page links to."""
    for link in links:
        if (match := _CHANNEL.fullmatch(link.url)) and match[1].lower() not in _NO_CHANNEL:
            yield match[1]


def _names(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for text in found if 0 < len(name := tidy(text)) <= MAX_NAME))


def _of_feed(text: str, url: str, entries: tuple[Entry, ...]) -> Site:
    """What stands in the feed before its first item."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    start = re.search(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:rss|feed|rdf|channel)[\s>]", text, re.IGNORECASE)
    head = text[start.start() :][:_FEED_HEAD] if start else ""
    first = re.search(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)[\s>]", head, re.IGNORECASE)
    head = head[: first.start()] if first else head
    root = etree.fromstring(head.encode("utf-8", "replace"), parser) if head else None
    names: list[str] = []
    language = home = ""
    for element in root.iter(etree.Element) if root is not None else ():
        name, said = etree.QName(element).localname.lower(), tidy(element.text or "")
        if name == "title" and said:
            names.append(said)
        elif name == "language":
            language = said.lower().partition("-")[0]
        elif name == "link" and element.get("rel") != "self":
            home = home or usable(web_address(said or element.get("href") or "", url))
        language = language or (element.get(_XML_LANG) or "").lower().partition("-")[0]
    return Site(url, _names(names), language, home, (url,), entries=entries)


_FEED_HEAD = 65536  # code points in which a feed says what it is
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
