"""Listing pages: a section's HTML read into entries, newest first as it stands there."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import datetime
from urllib.parse import urljoin

from crawler.article import Entry
from crawler.extract.dates import not_ahead, read_date
from crawler.extract.decode import decode
from crawler.extract.letters import fold, tidy
from crawler.extract.times import date_facts
from crawler.extract.tree import Element, parse_html, select, select_values, text_of
from crawler.extract.unreadable import Unreadable
from crawler.identity import article_match, canonical_url, host_of
from crawler.outlets.catalogue import Outlet

MAX_ENTRIES = 1000
"""Entries read of one page; listings show 10 to 100."""
MAX_LINKS = 5000
"""Links looked at on one page; the fullest home pages have 800."""
MAX_TITLE = 1000
MAX_SUMMARY = 5000
"""Code points kept of an entry's texts."""
_CARD_LEVELS = 8  # a card's root is at most so far above its link (Arab48's scraper walks as far)
_GLUED_DATE = re.compile(r"\s*\d{1,2}[/.\-]\d{1,2}[/.\-]20\d\d(?:\s*[-|]?\s*\d{1,2}:\d{2})?\s*$")


def read_listing(
    body: bytes, *, url: str, outlet: Outlet, fetched_at: datetime, charset: str | None = None
) -> tuple[Entry, ...]:
    """The entries of a listing page at `url`, each address once, in the order of the page.

    Links are those of `listing_selectors.link`, by default every one whose address matches `article_url`; those
    to other hosts are left out. Raises Unreadable: `broken`, or `nothing-found` where no link matches.
    """
    root = parse_html(decode(body, charset))
    base = urljoin(url, next(select_values(root, ["base[href]::attr(href)"]), ""))
    addresses: dict[str, str] = {}
    article_of: dict[Element, str] = {}
    for link in select(root, [outlet.listing_selectors.link or "a[href]"])[:MAX_LINKS]:
        address = _address(link, base)
        if address and _is_article(address, outlet):
            article_of[link] = canonical_url(address)
            addresses.setdefault(article_of[link], address)
    links: dict[str, list[Element]] = {}
    for link, article in article_of.items():
        links.setdefault(article, []).append(link)
    cards = set(select(root, [outlet.listing_selectors.card])) if outlet.listing_selectors.card else set()
    entries: list[Entry] = []
    for article, address in list(addresses.items())[:MAX_ENTRIES]:
        card = _card(links[article][0], article_of, cards)
        if entry := _entry(address, links[article], card, outlet, fetched_at):
            entries.append(entry)
    if not entries:
        raise Unreadable("nothing-found", "no link on the page is an article of this outlet")
    return tuple(entries)


def _address(link: Element, base: str) -> str:
    try:
        return urljoin(base, str(link.get("href") or "").strip())
    except ValueError:
        return ""


def _is_article(address: str, outlet: Outlet) -> bool:
    if host_of(address) not in outlet.hosts:
        return False
    return bool(article_match(address, outlet)) if outlet.article_url else bool(outlet.listing_selectors.link)


def _entry(address: str, links: list[Element], card: Element, outlet: Outlet, fetched_at: datetime) -> Entry | None:
    chosen = outlet.listing_selectors
    titles = [*select_values(card, [chosen.title]), *select_values(card, ["h1, h2, h3, h4"])] if chosen.title else []
    titles += sorted((text_of(link) for link in links), key=len, reverse=True)
    titles += [tidy(link.get("title") or "") for link in links]
    title = next((t for text in titles if (t := _GLUED_DATE.sub("", text))), "")
    if not title:
        return None
    dates = [*(select_values(card, [chosen.date]) if chosen.date else ()), *select_values(card, ["time"])]
    dates += [match[0] for link in links if (match := _GLUED_DATE.search(fold(text_of(link))))]
    readings = (read_date(text, now=fetched_at, **date_facts(outlet)) for text in dates)
    read = next(filter(None, readings), None)
    summary = next(select_values(card, [chosen.summary]), "") if chosen.summary else ""
    return Entry(
        outlet.id,
        address,
        title[:MAX_TITLE],
        summary[:MAX_SUMMARY],
        published_at=not_ahead(read.moment, fetched_at) if read else None,
        day_only=read is not None and not read.has_time,
    )


def _card(link: Element, article_of: Mapping[Element, str], cards: Container[Element]) -> Element:
    """The nearest ancestor that is one of `cards`, else the outermost that holds no other article's link."""
    card = link
    for level, above in enumerate(link.iterancestors()):
        if above in cards:
            return above
        if level >= _CARD_LEVELS or any(
            article_of.get(a, article_of[link]) != article_of[link] for a in above.iter("a")
        ):
            break
        card = above
    return card
