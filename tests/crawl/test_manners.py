"""Turns: how far apart, how many at once, and when a turn comes too late. Time is moved by hand, chance is none."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.net import manners as module
from crawler.net.manners import (
    CONNECTIONS,
    FREE_REQUESTS,
    JITTER,
    LEAST_SPACING,
    LONGEST_CRAWL_DELAY,
    PASS_LASTS,
    Manners,
    spacing,
)
from crawler.net.refused import Postponed


class Time:
    """A monotonic clock that a sleep moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(module, "monotonic", time)
    monkeypatch.setattr(module.asyncio, "sleep", time.sleep)
    return time


@pytest.fixture
def crawler() -> Any:
    return SimpleNamespace(engine=SimpleNamespace(running=True))


@pytest.fixture
def manners(crawler: Any) -> Manners:
    return Manners(crawler, chance=lambda: 0.0)


async def starts(
    manners: Manners, time: Time, host: str, count: int, *, takes: float = 0.0, **options: bool
) -> list[float]:
    """When each of `count` requests to `host`, one after the other, began, in seconds from the first; each one is
    answered after `takes` seconds."""
    began = []
    for _ in range(count):
        async with manners.turn(host, **options):
            began.append(time.now)
            time.now += takes
    return [pytest.approx(b - began[0]) for b in began]


@pytest.mark.parametrize(
    ("sent", "took", "crawl_delay", "chance", "apart"),
    [
        (1, 3, 0, 1, 0),
        (9, 3, 0, 1, 0),
        (10, 0.4, 0, 0, 0.4),
        (500, 3, 0, 0, 3),
        (10, 0, 0, 0, LEAST_SPACING),
        (10, 0.001, 0, 0, LEAST_SPACING),
        (10, 0.4, 0, 0.5, 0.4 * (1 + JITTER / 2)),
        (10, 0.4, 0, 1, 0.4 * (1 + JITTER)),
        (1, 0.4, 5, 0, 5),
        (10, 0.4, 5, 1, 5),
        (10, 8, 5, 0, 8),
    ],
)
def test_requests_are_apart_as_the_host_and_we_wish(
    sent: int, took: float, crawl_delay: float, chance: float, apart: float
) -> None:
    assert spacing(sent, took, crawl_delay, chance) == pytest.approx(apart)


async def test_the_first_ten_go_without_delay_and_later_ones_as_the_host_bears(time: Time, manners: Manners) -> None:
    assert await starts(manners, time, "a.test", 13) == [0] * FREE_REQUESTS + [0.1, 0.2, 0.3]


async def test_a_host_that_is_slow_is_asked_less(time: Time, crawler: Any) -> None:
    """One request takes two seconds and its answer ends as the next but one begins: each waits for what it took."""
    manners = Manners(crawler, chance=lambda: 1.0)
    began = await starts(manners, time, "a.test", FREE_REQUESTS + 2, takes=2.0)
    assert began[-2:] == [2 * FREE_REQUESTS + 1, 2 * FREE_REQUESTS + 4]


async def test_a_crawl_delay_holds_from_the_first_request_after_it_is_known(time: Time, manners: Manners) -> None:
    await starts(manners, time, "a.test", 1)
    manners.slow_down("a.test", 7)
    began = time.now
    async with manners.turn("a.test"):
        assert time.now - began == 7


async def test_of_two_crawl_delays_the_longer_holds(time: Time, manners: Manners) -> None:
    for wish in (5, 9, 7):
        manners.slow_down("a.test", wish)
    assert await starts(manners, time, "a.test", 2) == [0, 9]


async def test_a_crawl_delay_beyond_reason_is_capped(time: Time, manners: Manners) -> None:
    manners.slow_down("a.test", 86_400)
    assert await starts(manners, time, "a.test", 2) == [0, LONGEST_CRAWL_DELAY]


async def test_one_host_does_not_wait_for_another(time: Time, manners: Manners) -> None:
    manners.slow_down("a.test", 20)
    await starts(manners, time, "a.test", 3)
    began = time.now
    await starts(manners, time, "b.test", 5)
    assert time.now == began


async def test_a_host_has_two_connections_at_once(crawler: Any) -> None:
    manners, inside, most, release = Manners(crawler), 0, 0, asyncio.Event()

    async def ask() -> None:
        nonlocal inside, most
        async with manners.turn("a.test"):
            inside += 1
            most = max(most, inside)
            await release.wait()
            inside -= 1

    asking = [asyncio.create_task(ask()) for _ in range(6)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert most == CONNECTIONS
    release.set()
    await asyncio.gather(*asking)
    assert most == CONNECTIONS


async def test_a_page_whose_turn_comes_after_the_pass_is_postponed(time: Time, manners: Manners) -> None:
    had = 0
    manners.slow_down("a.test", 2)
    with pytest.raises(Postponed):
        for _ in range(1000):
            async with manners.turn("a.test", postponable=True):
                had += 1
    assert had == 1 + PASS_LASTS / 2


async def test_what_is_no_page_is_never_postponed_nor_the_first_page(time: Time, manners: Manners) -> None:
    time.now += 10 * PASS_LASTS
    assert await starts(manners, time, "a.test", 12) == [0] * FREE_REQUESTS + [0.1, 0.2]
    await starts(manners, time, "a.test", 1, postponable=True)
    with pytest.raises(Postponed):
        await starts(manners, time, "a.test", 1, postponable=True)


async def test_who_waits_for_a_turn_is_sent_home_when_the_crawl_stops(
    time: Time, crawler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    manners = Manners(crawler)
    manners.slow_down("a.test", 30)
    await starts(manners, time, "a.test", 1)

    async def stop_meanwhile(seconds: float) -> None:
        crawler.engine.running = False
        time.now += seconds

    monkeypatch.setattr(module.asyncio, "sleep", stop_meanwhile)
    began = time.now
    with pytest.raises(Postponed):
        await starts(manners, time, "a.test", 1)
    assert time.now - began < 2
