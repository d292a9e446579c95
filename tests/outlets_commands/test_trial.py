"""A trial: which pages are wanted, what its state is, how many outlets are tried at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler import trial
from crawler.article import UNDATED, Article, Entry
from crawler.memory import Failure, Poll, Robots, Source, Validators
from crawler.outlets.catalogue import Outlet, Way
from crawler.trial import QUIET, Sampling, Trial, WayTried, crawl_delay, try_outlets

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OUTLET = Outlet(
    "nahr",
    "النهر",
    "Nahr",
    "SY",
    "https://nahr.test",
    ZoneInfo("Asia/Damascus"),
    feeds=(Way("https://nahr.test/a", "live"), Way("https://nahr.test/b", "guess")),
)
A, B = (Source("nahr", way.url, "feed") for way in OUTLET.feeds)
FAILURE = Failure("status", "answered 403", NOW, status=403)
ALIVE = WayTried(A, "live", 5, NOW - timedelta(hours=1))
DEAD = WayTried(B, "guess", failure=FAILURE)
ARTICLE = Article("nahr", "https://nahr.test/1", "خبر", ("نص",), published_at=NOW)


def made(*ways: WayTried, articles: int = 0, failed: int = 0, postponed: int = 0, undated: bool = False) -> Trial:
    article = replace(ARTICLE, published_at=None, flags=(UNDATED,)) if undated else ARTICLE
    failures = tuple((f"https://nahr.test/{n}", FAILURE) for n in range(failed))
    return Trial(OUTLET, NOW, NOW, ways, (article,) * articles, failures, postponed)


@pytest.mark.parametrize(
    ("tried", "state"),
    [
        (made(ALIVE, articles=3), "fine"),
        (made(ALIVE, articles=2, postponed=1), "fine"),
        (made(ALIVE, postponed=3), "fine"),  # its robots.txt asks for patience: that is no fault
        (made(ALIVE, DEAD, articles=3), "partly"),
        (made(ALIVE, articles=2, failed=1), "partly"),
        (made(ALIVE, articles=3, undated=True), "partly"),
        (made(replace(ALIVE, newest=NOW - QUIET - timedelta(seconds=1)), articles=3), "partly"),
        (made(replace(ALIVE, newest=NOW - QUIET), articles=3), "fine"),
        (made(replace(ALIVE, items=0), articles=0), "failing"),
        (made(ALIVE, failed=3), "failing"),
        (made(ALIVE, failed=1, postponed=2), "failing"),
        (made(DEAD), "failing"),
        (made(), "failing"),
    ],
)
def test_the_state_says_whether_the_outlet_could_be_followed(tried: Trial, state: str) -> None:
    assert tried.state == state


def test_the_alternative_is_told_of_a_refusing_outlet_only() -> None:
    with_channel = replace(made(DEAD), outlet=replace(OUTLET, telegram="nahr_voice"))
    assert with_channel.alternative == "https://t.me/s/nahr_voice"
    assert replace(with_channel, ways=(ALIVE,)).alternative is None
    assert made(DEAD).alternative is None


def test_missing_fields_are_counted() -> None:
    other = replace(ARTICLE, author="فريق التحرير", section="محليات", image="https://nahr.test/1.jpg")
    assert replace(made(ALIVE), articles=(ARTICLE, ARTICLE, other)).missing == {"author": 2, "section": 2, "image": 2}


def entries(*numbers: int) -> tuple[Entry, ...]:
    return tuple(Entry("nahr", f"https://nahr.test/news/{n}", f"خبر {n}") for n in numbers)


async def wanted(memory: Sampling, source: Source, *numbers: int) -> list[str]:
    pendings = await memory.polled(Poll(source, NOW, entries(*numbers)))
    return [pending.entry.url.rpartition("/")[2] for pending in pendings]


async def test_the_articles_are_spread_over_the_ways_in_and_none_is_asked_for_twice() -> None:
    memory = Sampling(OUTLET, 3)
    assert await wanted(memory, A, 9, 8, 7) == ["9", "8"]
    assert await wanted(memory, B, 9, 8, 7, 6) == ["7", "6"]


async def test_only_the_first_document_of_a_way_in_is_sampled_and_all_items_count() -> None:
    memory = Sampling(OUTLET, 2)
    assert await wanted(memory, A, 9, 8) == ["9"]
    assert await wanted(memory, A, 7, 6) == []
    assert [(way.items, way.alive) for way in memory.ways()] == [(4, True)]


async def test_no_articles_may_be_wanted() -> None:
    assert await wanted(Sampling(OUTLET, 0), A, 9, 8) == []


async def test_ways_in_come_in_the_order_of_the_catalogue_with_what_they_gave() -> None:
    memory = Sampling(OUTLET, 0)
    await memory.poll_failed(B, FAILURE)
    await memory.polled(Poll(A, NOW, (replace(entries(1)[0], published_at=NOW), *entries(2))))
    first, second = memory.ways()
    assert (first.source, first.proven, first.items, first.newest, first.failure) == (A, "live", 2, NOW, None)
    assert (second.source, second.proven, second.failure) == (B, "guess", FAILURE)


async def test_nothing_is_known_from_before() -> None:
    assert await Sampling(OUTLET, 1).validators(A) == Validators()
    assert await Sampling(OUTLET, 1).unfinished("nahr", NOW) == ()


@pytest.mark.parametrize(
    ("body", "delay"),
    [
        (b"", None),
        (b"User-agent: *\nDisallow: /x\n", None),
        (b"User-agent: *\nCrawl-delay: 10\n", 10.0),
        (b"User-agent: Other\nCrawl-delay: 10\n", None),
        (b"\xff\xfe\x00\n" * 10, None),
        (b"user-agent: a\n" * 200_000, None),
    ],
    ids=["none", "no delay", "ten", "another's", "binary", "hostile"],
)
def test_a_crawl_delay_is_the_one_that_is_meant_for_us(body: bytes, delay: float | None) -> None:
    assert crawl_delay(Robots("https://nahr.test", body, NOW)) == delay


class _Crowd:
    """Stands for `try_outlet`: each trial waits until it is let go."""

    def __init__(self) -> None:
        self.under_way: list[str] = []
        self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, outlet: Outlet, **_: object) -> Trial:
        self.under_way.append(outlet.id)
        self.most = max(self.most, len(self.under_way))
        await self.go.wait()
        self.under_way.remove(outlet.id)
        return replace(made(ALIVE), outlet=outlet)


async def _trying(crowd: _Crowd, monkeypatch: pytest.MonkeyPatch, stop: asyncio.Event, told: list[Trial]) -> None:
    monkeypatch.setattr(trial, "try_outlet", crowd)
    outlets = [replace(OUTLET, id=f"outlet-{n}") for n in range(7)]
    await try_outlets(outlets, articles=1, jobs=3, clock=lambda: NOW, stop=stop, told=told.append)


async def _until_full(crowd: _Crowd) -> None:
    while len(crowd.under_way) < 3:
        await asyncio.sleep(0)


async def test_no_more_outlets_than_jobs_are_tried_at_a_time_and_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, told = _Crowd(), list[Trial]()
    task = asyncio.create_task(_trying(crowd, monkeypatch, asyncio.Event(), told))
    await _until_full(crowd)
    crowd.go.set()
    await task
    assert crowd.most == 3
    assert sorted(t.outlet.id for t in told) == [f"outlet-{n}" for n in range(7)]


async def test_when_it_is_stopped_none_is_begun_and_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, told, stop = _Crowd(), list[Trial](), asyncio.Event()
    task = asyncio.create_task(_trying(crowd, monkeypatch, stop, told))
    await _until_full(crowd)
    stop.set()
    crowd.go.set()
    await task
    assert (crowd.most, told) == (3, [])
