"""Trial: an outlet tried for real, once, through the same crawl as any pass, of which nothing is kept.

The crawl is handed a memory of its own that knows nothing from before (so nothing is asked conditionally), wants the
pages of a few entries only, and keeps what became of everything until the trial is told. `marsad outlets --check`
shows trials, `crawler.drafting` tries the ways in that it found.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from crawler.article import UNDATED, Article, Entry
from crawler.crawl import crawl
from crawler.identity import keys
from crawler.memory import Failure, PendingEntry, Poll, Robots, Source, Validators
from crawler.outlets.catalogue import PROVEN, Outlet
from crawler.settings import USER_AGENT
from crawler.spiders.ways import PREVIEW, refuses

QUIET = timedelta(days=7)
"""A newest item that is older is told: even local papers and rights organisations write weekly."""
FIELDS = ("published_at", "author", "section", "image")
"""Fields of an article whose absence is told; title and text an article always has."""


@dataclass(frozen=True, slots=True)
class WayTried:
    """What a way in gave: `items` and the newest one's time, or the reason why nothing."""

    source: Source
    proven: str
    items: int = 0
    newest: datetime | None = None
    failure: Failure | None = None

    @property
    def alive(self) -> bool:
        """Whether it gave anything."""
        return self.items > 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying an outlet between `began` and `ended`. `postponed`: pages whose turn, by the site's own
    Crawl-delay, would have come too late; `robots`: the robots.txt files that were read."""

    outlet: Outlet
    began: datetime
    ended: datetime
    ways: tuple[WayTried, ...]
    articles: tuple[Article, ...]
    failures: tuple[tuple[str, Failure], ...] = ()
    postponed: int = 0
    robots: tuple[Robots, ...] = ()

    @property
    def tried(self) -> int:
        """Articles that were asked for."""
        return len(self.articles) + len(self.failures) + self.postponed

    @property
    def newest(self) -> datetime | None:
        """When the newest item of all ways in was published."""
        return max((way.newest for way in self.ways if way.newest), default=None)

    @property
    def quiet(self) -> bool:
        """Whether its newest item is old."""
        return self.newest is not None and self.ended - self.newest > QUIET

    @property
    def missing(self) -> Mapping[str, int]:
        """In how many of the articles each of FIELDS is missing; those that none lacks are left out."""
        return Counter(name for article in self.articles for name in FIELDS if getattr(article, name) is None)

    @property
    def refused(self) -> bool:
        """Whether the site said that it does not want us, somewhere."""
        return any(refuses(f) for f in (*(w.failure for w in self.ways), *(f for _, f in self.failures)) if f)

    @property
    def alternative(self) -> str | None:
        """Where a refusing outlet may be read in public all the same."""
        return PREVIEW.format(channel=self.outlet.telegram) if self.refused and self.outlet.telegram else None

    @property
    def state(self) -> str:
        """`failing`: no way in gave anything, or of the articles that were asked for none could be had; `partly`:
        some way in or article failed, its items are old, or its articles have no date; else `fine`."""
        if not any(way.alive for way in self.ways) or (self.tried > self.postponed and not self.articles):
            return "failing"
        undated = any(UNDATED in article.flags for article in self.articles)
        flawed = undated or self.quiet or self.failures or any(not way.alive for way in self.ways)
        return "partly" if flawed else "fine"


async def try_outlet(
    outlet: Outlet, *, articles: int, clock: Callable[[], datetime], stop: asyncio.Event | None = None
) -> Trial:
    """Tries the outlet: every way in, and the newest pages that they lead to: `articles` of them, spread over the
    ways in, at least one each; 0 for none. `clock` gives aware UTC; `stop` as of `crawl`."""
    began = clock()
    memory = Sampling(outlet, articles)
    report = await crawl([outlet], memory, clock=clock, stop=stop)
    counts = report.outlets.get(outlet.id)
    return Trial(
        outlet,
        began,
        clock(),
        memory.ways(),
        tuple(memory.articles),
        tuple(memory.failures),
        counts.postponed if counts else 0,
        tuple(memory.robots_read.values()),
    )


async def try_outlets(
    outlets: Sequence[Outlet],
    *,
    articles: int,
    jobs: int,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    told: Callable[[Trial], None],
) -> None:
    """Tries `jobs` outlets at a time; each trial is told when it is over. Once `stop` is set none is begun, those
    under way are ended, and none is told."""
    gate = asyncio.Semaphore(jobs)

    async def one(outlet: Outlet) -> None:
        async with gate:
            if not stop.is_set():
                trial = await try_outlet(outlet, articles=articles, clock=clock, stop=stop)
                if not stop.is_set():
                    told(trial)

    async with asyncio.TaskGroup() as group:
        for outlet in outlets:
            group.create_task(one(outlet))


def crawl_delay(robots: Robots) -> float | None:
    """Seconds that a robots.txt asks us to leave between two requests."""
    delay = Protego.parse(robots.body[:_HEAD].decode("utf-8-sig", "replace")).crawl_delay(USER_AGENT)
    return float(delay) if delay else None


_HEAD = 16 * 1024  # bytes of a robots.txt; Protego's rules grow with the square of a hostile file's length


@dataclass
class Sampling:
    """`crawler.memory.Memory` of one outlet that wants the pages of `articles` entries and keeps what became of
    everything."""

    outlet: Outlet
    articles_wanted: int
    entries: dict[Source, list[Entry]] = field(default_factory=dict)
    articles: list[Article] = field(default_factory=list)
    failures: list[tuple[str, Failure]] = field(default_factory=list)
    robots_read: dict[str, Robots] = field(default_factory=dict)
    _sources: dict[Source, Failure | None] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def ways(self) -> tuple[WayTried, ...]:
        """What the ways in gave, in the order of the catalogue; those that were not reached are left out."""
        proven = {way.url: way.proven for way in self.outlet.ways}
        order = {way.url: n for n, way in enumerate(self.outlet.ways)}
        tried = sorted(self._sources, key=lambda source: order.get(source.url, len(order)))
        return tuple(self._way(source, proven.get(source.url, PROVEN[0])) for source in tried)

    def _way(self, source: Source, proven: str) -> WayTried:
        entries = self.entries.get(source, [])
        newest = max((e.published_at for e in entries if e.published_at), default=None)
        return WayTried(source, proven, len(entries), newest, None if entries else self._sources[source])

    async def validators(self, source: Source) -> Validators:
        return Validators()

    async def polled(self, poll: Poll) -> Sequence[PendingEntry]:
        self._sources.setdefault(poll.source, None)
        known = self.entries.setdefault(poll.source, [])
        first = not known
        known += poll.entries
        return self._wanted(poll.entries) if first else ()

    def _wanted(self, entries: Sequence[Entry]) -> list[PendingEntry]:
        """The first of the entries that are nobody's yet: as many as a way in's share is."""
        share = -(-self.articles_wanted // max(1, len(self.outlet.ways)))
        wanted: list[PendingEntry] = []
        for entry in entries:
            known_as = set(keys(entry.url, self.outlet))
            if len(wanted) < share and not known_as & self._seen:
                wanted.append(PendingEntry(len(self._seen), entry))
                self._seen |= known_as
        return wanted

    async def poll_failed(self, source: Source, failure: Failure) -> None:
        self._sources[source] = failure

    async def unfinished(self, outlet: str, now: datetime) -> Sequence[PendingEntry]:
        return ()

    async def fetched(self, pending: PendingEntry, article: Article) -> None:
        self.articles.append(article)

    async def page_failed(self, pending: PendingEntry, failure: Failure, stand_in: Article | None) -> None:
        self.failures.append((pending.entry.url, failure))

    async def robots(self, origin: str) -> Robots | None:
        return self.robots_read.get(origin)

    async def robots_fetched(self, robots: Robots) -> None:
        self.robots_read[robots.origin] = robots
