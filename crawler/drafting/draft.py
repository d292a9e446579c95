"""Draft: an outlet file made of an address: home page, section, article or feed.

A few crawls, each with the guard, the manners and robots.txt of any other: the address itself; the ways in that it
names or that its site may have (`addresses.usual_feeds`); a few articles. What is asked for is bounded: forty
addresses at the very most, six where the address is a feed. Nothing is written here: the draft is text, read back by
the reader of the catalogue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.article import Article, Entry
from crawler.crawl import crawl
from crawler.drafting.addresses import (
    article_pattern,
    family_of,
    hosts_of_entries,
    is_family_feed,
    listed_pattern,
    usual_feeds,
)
from crawler.drafting.file import Facts, Guess, as_yaml, country_of_host, is_arabic, read_back, zone_of
from crawler.drafting.sample import Sample
from crawler.drafting.site import Site, usable
from crawler.extract.unreadable import Unreadable
from crawler.identity import canonical_url, host_of
from crawler.memory import Failure, PendingEntry, Robots
from crawler.net.site import belongs
from crawler.outlets.catalogue import Outlet, Selectors, Way, general_outlet
from crawler.outlets.values import http
from crawler.spiders.ways import refuses
from crawler.trial import Sampling, Trial, WayTried, try_outlet
from crawler.worker import Worker, shared

MAX_FEEDS, MAX_SITEMAPS = 3, 1
"""Ways in that a draft keeps: more than these say the same again."""
MAX_TRIED_FEEDS, MAX_TRIED_SITEMAPS = 6, 3
"""Feeds that the site names and sitemaps of its robots.txt that are asked for."""
SAMPLES = 3
"""Articles that selectors must hold for."""
LONG_TEXT = 4
"""Words of a link's text from which on it is a headline and no menu."""
_HOPELESS = frozenset({"blocked-address", "redirect", "dns", "connection", "timeout", "slow", "too-large", "robots"})
"""Failures of the address itself after which nothing else is asked for: they are the host's, or its wish."""


Tried = tuple[WayTried, tuple[Entry, ...]]
"""A way in, and the entries that it gave."""


class DraftError(Exception):
    """Why there is no draft; the text is `what; remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who asks for the draft says of the outlet; empty where they say nothing."""

    id: str = ""
    country: str = ""
    kind: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is the file, `outlet` what it reads as; `ways` all that were tried to find its ways in; `trial` what
    came of trying the outlet as the draft describes it."""

    text: str
    outlet: Outlet
    ways: tuple[WayTried, ...]
    trial: Trial


async def draft_outlet(
    url: str, wishes: Wishes, *, clock: Callable[[], datetime], step: Callable[[str], None] = lambda _: None
) -> Draft:
    """The draft of the outlet at `url`; `step` is told what is being done. Raises DraftError."""
    try:
        http(url)
    except ValueError:
        raise DraftError(
            f"{url[:200]!r} is no address", "write one that begins with http:// or https://, without a user's name"
        ) from None
    asked = general_outlet("draft", url)
    country = wishes.country or country_of_host(host_of(url))
    asked = replace(asked, hosts=_both(host_of(url)), country=country, timezone=zone_of(country))
    step(f"asking for {url}")
    robots: dict[str, Robots] = {}
    site = await _site(asked, url, robots, clock)
    homepage = _homepage(site, url)
    asked = replace(asked, homepage=homepage, hosts=tuple(dict.fromkeys((*asked.hosts, *_both(host_of(homepage))))))
    tried = await _try_feeds(asked, site, robots, clock, step)
    asked, entries = _with_ways(asked, tried)
    if not asked.ways:
        step("looking for headlines on the page")
        asked, entries, listing = await _listing(asked, site, robots, clock)
        tried += listing
    if not asked.ways:
        raise DraftError(
            f"no way in was found among {len(tried)} addresses of {host_of(homepage)}{_why(tried)}",
            "name the address of its feed, or of a page that lists its articles",
        )
    step("reading articles")
    site = await _introduced(asked, site, robots, clock)
    named = next((name for name in site.names if is_arabic(name)), "")
    samples = await _samples(replace(asked, name_ar=named), entries, site, robots, clock)
    text = as_yaml(_facts(asked, site, [entry.url for entry in entries], samples, wishes, clock()))
    outlet = read_back(text)
    step("trying the draft")
    trial = await try_outlet(outlet, articles=SAMPLES, clock=clock)
    return Draft(text, outlet, tuple(way for way, _ in tried), trial)


# ---- what is asked for --------------------------------------------------------------------------------------


async def _site(asked: Outlet, url: str, robots: dict[str, Robots], clock: Callable[[], datetime]) -> Site:
    """What the address says; nothing, where only the address fails. Raises DraftError where the host does."""
    failures, read = await _read("crawler.drafting.site:read_site", asked, [Entry(asked.id, url, "")], robots, clock)
    site: Site | None = read.get(url)
    if site:
        return site
    failure = failures[url]
    if failure.kind in _HOPELESS:
        remedies = {
            "redirect": "if that is the outlet too, write that address",
            "robots": "the site does not want its pages read by programs; ask its owner",
            "blocked-address": "write the outlet's public address",
        }
        raise DraftError(f"{failure.kind}: {failure.detail}", remedies.get(failure.kind, "look whether it opens"))
    return Site(url)


async def _introduced(asked: Outlet, site: Site, robots: dict[str, Robots], clock: Callable[[], datetime]) -> Site:
    """The site with what its other face says: of a feed the home page, of a page the feed."""
    other = asked.homepage if site.entries else next((way.url for way in asked.feeds), "")
    if not other:
        return site
    try:
        said = await _site(asked, other, robots, clock)
    except DraftError:
        return site
    names = (*said.names, *site.names) if site.entries else (*site.names, *said.names)
    return replace(site, names=names, language=site.language or said.language, telegram=site.telegram or said.telegram)


async def _try_feeds(
    asked: Outlet, site: Site, robots: dict[str, Robots], clock: Callable[[], datetime], step: Callable[[str], None]
) -> list[Tried]:
    """Every feed and sitemap that the site names; where none of the feeds lives, the usual places too."""
    linked = (link.url for link in site.links if is_family_feed(link.url) and _ours(link.url, asked))
    feeds = list(dict.fromkeys((*site.feeds, *linked)))[:MAX_TRIED_FEEDS]
    sitemaps = [url for found in robots.values() for url in _sitemaps(found.body) if _ours(usable(url), asked)]
    sitemaps = sorted(dict.fromkeys(sitemaps), key=lambda url: "news" not in url.lower())[:MAX_TRIED_SITEMAPS]
    tried: list[Tried] = []
    if feeds or sitemaps:
        step(f"trying what the site names: {len(feeds)} × feed, {len(sitemaps)} × sitemap")
        tried += await _try(asked, feeds, sitemaps, robots, clock)
    if not any(way.alive and way.source.kind == "feed" for way, _ in tried):
        guesses = [url for url in usual_feeds(asked.homepage) if url not in feeds]
        step(f"trying {len(guesses)} places where sites have their feed")
        tried += await _try(asked, guesses, (), robots, clock)
    return tried


async def _try(
    asked: Outlet,
    feeds: Sequence[str],
    sitemaps: Sequence[str],
    robots: dict[str, Robots],
    clock: Callable[[], datetime],
) -> list[Tried]:
    """Each way in, with the entries that it gave."""
    outlet = replace(asked, feeds=tuple(map(Way, feeds)), sitemaps=tuple(map(Way, sitemaps)))
    memory = Sampling(outlet, articles_wanted=0, robots_read=robots)
    await crawl([outlet], memory, clock=clock)
    return [(way, tuple(memory.entries.get(way.source, ()))) for way in memory.ways()]


_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(https?://[^\s#]{1,1000})", re.IGNORECASE | re.MULTILINE)


def _sitemaps(robots: bytes) -> list[str]:
    """The sitemaps that a robots.txt names (RFC 9309 §2.2.4, sitemaps.org)."""
    return list(dict.fromkeys(_SITEMAP.findall(robots.decode("utf-8-sig", "replace"))))


async def _listing(
    asked: Outlet, site: Site, robots: dict[str, Robots], clock: Callable[[], datetime]
) -> tuple[Outlet, tuple[Entry, ...], list[Tried]]:
    """The outlet with the page as a listing, where its headlines' addresses have a form of their own."""
    headlines = [link.url for link in site.links if len(link.text.split()) >= LONG_TEXT and _ours(link.url, asked)]
    pattern = listed_pattern(headlines, site.url)
    if pattern is None:
        return asked, (), []
    with_listing = replace(asked, listings=(Way(site.url),), article_url=re.compile(pattern))
    memory = Sampling(with_listing, articles_wanted=0, robots_read=robots)
    await crawl([with_listing], memory, clock=clock)
    entries = tuple(entry for found in memory.entries.values() for entry in found)
    return (with_listing if entries else asked), entries, [(way, entries) for way in memory.ways()]


async def _samples(
    asked: Outlet, entries: Sequence[Entry], site: Site, robots: dict[str, Robots], clock: Callable[[], datetime]
) -> list[Sample]:
    """Articles read by general extraction: the one asked for, where it was one, and the newest ones."""
    given = [Entry(asked.id, site.url, "")] if site.is_article else []
    wanted = list({canonical_url(entry.url): entry for entry in (*given, *entries)}.values())[:SAMPLES]
    _, read = await _read("crawler.drafting.sample:read_sample", asked, wanted, robots, clock)
    return [read[entry.url] for entry in wanted if entry.url in read]


async def _read(
    function: str, asked: Outlet, entries: Sequence[Entry], robots: dict[str, Robots], clock: Callable[[], datetime]
) -> tuple[dict[str, Failure], dict[str, Any]]:
    """(why an entry's page could not be read, what `function` made of it), each by the entry's address."""
    memory, worker = _Pages(asked, 0, robots_read=robots, wanted=entries), _Instead(function)
    await crawl([replace(asked, feeds=(), sitemaps=(), apis=(), listings=())], memory, clock=clock, worker=worker)
    return {url: failure for url, failure in memory.failures if url not in worker.found}, worker.found


@dataclass
class _Pages(Sampling):
    """A memory that wants these entries' pages."""

    wanted: Sequence[Entry] = field(default=(), kw_only=True)

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        return [PendingEntry(n, entry) for n, entry in enumerate(self.wanted)]


class _Instead(Worker):
    """The shared worker, which reads pages by another function and keeps what it made of them: the crawl, which
    knows articles only, is told that there is none."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function
        self.found: dict[str, Any] = {}

    def start(self) -> None:
        shared().start()

    async def run(self, function: str, *args: Any, **facts: Any) -> Any:
        self.found[facts["entry"].url] = await shared().run(self.function, *args, **facts)
        raise Unreadable("no-body", "kept for the draft")


# ---- what is made of it -------------------------------------------------------------------------------------


def _both(host: str) -> tuple[str, ...]:
    bare = host.removeprefix("www.")
    return (f"www.{bare}", bare)


def _ours(url: str, asked: Outlet) -> bool:
    return belongs(url, asked.hosts)


def _homepage(site: Site, url: str) -> str:
    """Where the outlet's own pages begin: where a feed says, the page itself where it is near the root, else that."""
    if site.entries or site.home:
        hosts = [*hosts_of_entries([entry.url for entry in site.entries])]
        if site.home and (not hosts or host_of(site.home) in hosts or _related(host_of(site.home), hosts[0])):
            return site.home.rstrip("/")
        return f"{urlsplit(url).scheme}://{hosts[0] if hosts else host_of(url)}"
    parts = urlsplit(site.url)
    edition = parts.path.rstrip("/") if _EDITION.fullmatch(parts.path) else ""
    return f"{parts.scheme}://{parts.netloc}{edition}"


_EDITION = re.compile(r"/(?:[a-z]{2}|arabic)/?")
"""The path of an edition's home page: /ar, /arabic."""


def _related(host: str, other: str) -> bool:
    """Whether one host is the other, or stands beneath it."""
    a, b = host.removeprefix("www."), other.removeprefix("www.")
    return a == b or a.endswith("." + b) or b.endswith("." + a)


def _with_ways(asked: Outlet, tried: Sequence[Tried]) -> tuple[Outlet, tuple[Entry, ...]]:
    """The outlet with the ways in that live, and their entries, newest way first: a feed of the site's own articles
    that says more than those before it; a news sitemap (whose entries have titles), any other only without feeds."""
    feeds: list[str] = []
    sitemaps: list[str] = []
    entries: dict[str, Entry] = {}
    hosts = dict.fromkeys(asked.hosts)
    for way, given in tried:
        urls = [entry.url for entry in given]
        theirs = list(hosts_of_entries(urls))
        at_home = belongs(way.source.url, hosts) or any(belongs(f"http://{host}/", hosts) for host in theirs)
        if not given or not at_home or set(urls) <= entries.keys():
            continue
        if way.source.kind == "feed" and len(feeds) < MAX_FEEDS:
            feeds.append(way.source.url)
        elif (
            way.source.kind == "sitemap" and len(sitemaps) < MAX_SITEMAPS and (not feeds or any(e.title for e in given))
        ):
            sitemaps.append(way.source.url)
        else:
            continue
        hosts |= dict.fromkeys(theirs)
        entries |= {entry.url: entry for entry in given if entry.url not in entries}
    outlet = replace(asked, feeds=tuple(map(Way, feeds)), sitemaps=tuple(map(Way, sitemaps)), hosts=tuple(hosts))
    return outlet, tuple(entry for entry in entries.values() if belongs(entry.url, hosts))


def _why(tried: Sequence[Tried]) -> str:
    """Why the first of what was tried gave nothing."""
    failures = [way.failure for way, _ in tried if way.failure]
    first = next((f for f in failures if refuses(f)), failures[0] if failures else None)
    return f" ({first.kind}: {first.detail})" if first else ""


def _facts(
    asked: Outlet, site: Site, urls: Sequence[str], samples: Sequence[Sample], wishes: Wishes, now: datetime
) -> Facts:
    """What the file says: what was wished, what was found, else what is guessed. `urls` are articles' addresses."""
    family = next((f for way in asked.feeds if (f := family_of(way.url, urls))), None)
    if family and host_of(family.feed) != host_of(asked.homepage):  # a family knows one host
        family = None
    pattern = asked.article_url.pattern if asked.article_url else article_pattern(urls)
    articles = [sample.article for sample in samples]
    guess = Guess.of(asked, site, articles)
    outlet = replace(
        asked,
        id=wishes.id or guess.id,
        kind=wishes.kind,
        language=wishes.language or guess.language,
        name_ar=guess.name_ar,
        name_en=guess.name_en,
        telegram=site.telegram,
        article_url=re.compile(pattern) if pattern and not (family and family.knows_articles) else None,
        selectors=_selectors(samples),
        boilerplate=_repeated(articles),
        checked=f"{now:%Y-%m-%d}",
    )
    return Facts(outlet, family, country_said=bool(wishes.country), named=guess.named)


def _selectors(samples: Sequence[Sample]) -> Selectors:
    """For each field the first selector that holds for every sample."""
    if not samples:
        return Selectors()
    body, lead = next((b for b in samples[0].bodies if all(b in s.bodies for s in samples)), ("", ""))
    title = next((t for t in samples[0].titles if all(t in s.titles for s in samples)), "")
    dated = [s for s in samples if s.article.published_at]
    date = next((d for d in dated[0].dates if all(d in s.dates for s in dated)), "") if dated else ""
    as_tuple = {"body": body, "lead": lead, "title": title, "published": date}
    return Selectors(**{name: (css,) for name, css in as_tuple.items() if css})


_OPENING = 4  # words by which a repeated line is known


def _repeated(articles: Sequence[Article]) -> tuple[re.Pattern[str], ...]:
    """Patterns of the lines that several different articles have: by their first words."""
    counts = Counter(line for article in {a.title: a for a in articles}.values() for line in set(article.paragraphs))
    openings = (" ".join(line.split()[:_OPENING]) for line, n in counts.items() if n > 1)
    return tuple(re.compile("^" + re.escape(opening).replace(r"\ ", " ")) for opening in dict.fromkeys(openings))
