"""FileMemory: what a crawl by hand remembers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.article import Article, Entry
from crawler.file_memory import FileMemory, default_path
from crawler.memory import RETRY_AFTER, Failure, Poll, Robots, Source, Validators
from tests.clock import Clock

FEED = Source("o", "http://o.test/rss", "feed")


def entry(number: int, outlet: str = "o") -> Entry:
    return Entry(outlet, f"http://o.test/{number}", f"خبر {number}", "ملخص", Clock().now, f"guid-{number}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "crawl.db"


@pytest.fixture
async def memory(path: Path) -> AsyncIterator[FileMemory]:
    memory = FileMemory(path)
    yield memory
    await memory.close()


async def test_new_entries_come_back_once_in_the_order_of_the_feed(memory: FileMemory, clock: Clock) -> None:
    first = await memory.polled(Poll(FEED, clock(), (entry(3), entry(1), entry(3), entry(2))))
    assert [p.entry for p in first] == [entry(3), entry(1), entry(2)]
    assert await memory.polled(Poll(FEED, clock(), (entry(2), entry(4)))) == [type(first[0])(4, entry(4))]


async def test_the_same_address_in_another_spelling_is_the_same_entry(memory: FileMemory, clock: Clock) -> None:
    await memory.polled(Poll(FEED, clock(), (Entry("o", "http://o.test/خبر", "خبر"),)))
    again = Entry("o", "https://www.o.test/%D8%AE%D8%A8%D8%B1/?utm_source=rss", "خبر")
    assert await memory.polled(Poll(FEED, clock(), (again,))) == []


async def test_an_article_is_known_by_its_own_address_too(memory: FileMemory, clock: Clock) -> None:
    (pending,) = await memory.polled(Poll(FEED, clock(), (entry(1),)))
    await memory.fetched(pending, Article("o", "http://o.test/moved", "خبر", ("نص",)))
    assert await memory.polled(Poll(FEED, clock(), (Entry("o", "http://o.test/moved", "خبر"),))) == []


async def test_two_outlets_may_show_the_same_address(memory: FileMemory, clock: Clock) -> None:
    await memory.polled(Poll(FEED, clock(), (entry(1),)))
    other = Source("p", "http://p.test/rss", "feed")
    assert len(await memory.polled(Poll(other, clock(), (entry(1, "p"),)))) == 1


async def test_validators_are_those_of_the_last_good_answer(memory: FileMemory, clock: Clock) -> None:
    assert await memory.validators(FEED) == Validators()
    await memory.polled(Poll(FEED, clock(), validators=Validators('"1"', "Mon")))
    await memory.poll_failed(FEED, Failure("status", "500", clock()))
    assert await memory.validators(FEED) == Validators('"1"', "Mon")
    await memory.polled(Poll(FEED, clock(), validators=Validators('"2"')))
    assert await memory.validators(FEED) == Validators('"2"', None)


async def test_entries_and_validators_are_one_transaction(memory: FileMemory, path: Path, clock: Clock) -> None:
    broken = Entry("o", "http://o.test/2", None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        await memory.polled(Poll(FEED, clock(), (entry(1), broken), Validators('"1"')))
    assert await memory.validators(FEED) == Validators()
    assert await memory.unfinished("o", clock()) == []


async def test_an_entry_is_unfinished_until_its_page_was_had_even_for_another_process(
    memory: FileMemory, path: Path, clock: Clock
) -> None:
    one, two = await memory.polled(Poll(FEED, clock(), (entry(1), entry(2))))
    await memory.fetched(one, Article("o", "http://o.test/1", "خبر", ("نص",)))
    other = FileMemory(path)
    assert await other.unfinished("o", clock()) == [two]
    assert await other.unfinished("p", clock()) == []
    await other.close()


async def test_a_failed_page_comes_again_after_each_wait_and_is_then_given_up(memory: FileMemory, clock: Clock) -> None:
    await memory.polled(Poll(FEED, clock(), (entry(1),)))
    for failures, wait in enumerate(RETRY_AFTER):
        (pending,) = await memory.unfinished("o", clock())
        assert pending.failures == failures
        await memory.page_failed(pending, Failure("status", "500", clock()), None)
        clock.forward(seconds=wait.total_seconds() - 1)
        assert await memory.unfinished("o", clock()) == []
        clock.forward(seconds=1)
    (pending,) = await memory.unfinished("o", clock())
    await memory.page_failed(pending, Failure("status", "500", clock()), None)
    assert await memory.unfinished("o", clock.forward(days=400)) == []


async def test_a_server_that_wants_a_longer_wait_gets_it(memory: FileMemory, clock: Clock) -> None:
    (pending,) = await memory.polled(Poll(FEED, clock(), (entry(1),)))
    await memory.page_failed(pending, Failure("status", "429", clock(), 429, timedelta(hours=2)), None)
    assert await memory.unfinished("o", clock.forward(minutes=119)) == []
    assert len(await memory.unfinished("o", clock.forward(minutes=1))) == 1


async def test_robots_txt_is_kept_byte_for_byte(memory: FileMemory, clock: Clock) -> None:
    assert await memory.robots("http://o.test") is None
    for body in (b"", b"User-agent: *\xff\x00"):
        kept = Robots("http://o.test", body, clock.forward(hours=1))
        await memory.robots_fetched(kept)
        assert await memory.robots("http://o.test") == kept


async def test_two_crawls_by_hand_may_run_at_once(memory: FileMemory, path: Path, clock: Clock) -> None:
    other = FileMemory(path)
    polls = [m.polled(Poll(FEED, clock(), (entry(n), entry(n + 1)))) for n in range(20) for m in (memory, other)]
    new = [p.entry.url for found in await asyncio.gather(*polls) for p in found]
    assert sorted(new) == sorted({entry(n).url for n in range(21)})
    await other.close()


async def test_a_crawl_waits_while_another_makes_the_file(memory: FileMemory, path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        poll = asyncio.create_task(memory.polled(Poll(FEED, clock(), (entry(1),))))
        done, _ = await asyncio.wait({poll}, timeout=0.1)
        other.execute("ROLLBACK")
    assert not done
    assert [p.entry for p in await poll] == [entry(1)]


async def test_a_file_of_another_version_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    memory = FileMemory(path)
    with pytest.raises(sqlite3.DatabaseError, match="another version"):
        await memory.validators(FEED)
    await memory.close()


async def test_what_fails_is_told_in_one_line(
    memory: FileMemory, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await memory.poll_failed(FEED, Failure("status", "answered 403", clock(), 403))
    assert caplog.messages == ["o: feed http://o.test/rss gave nothing: status: answered 403"]


def test_the_file_lies_in_the_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_STATE_DIR", "/somewhere")
    assert default_path() == Path("/somewhere/crawl.db")
    monkeypatch.delenv("MARSAD_STATE_DIR")
    assert default_path() == Path(".marsad/crawl.db")
