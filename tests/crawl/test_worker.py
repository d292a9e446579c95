"""The process that reads: what it answers, what it gives up, what it does not take along, when it ends."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.article import Article
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import load_catalogue
from crawler.worker import Worker, WorkerError, _Ours
from tests.clock import Clock
from tests.crawl.conftest import page

FOR_EVER = 3600.0  # seconds
LONGEST = 20.0  # seconds that a process takes to end, on a machine that is very busy


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def hasty() -> Iterator[Worker]:
    """One that gives up after the time that a healthy answer never needs here."""
    worker = Worker(read_seconds=1.0)
    yield worker
    worker.close()


async def failure(worker: Worker, function: str, *args: object) -> tuple[str, str]:
    with pytest.raises(Unreadable) as unreadable:
        await worker.run(function, *args)
    return unreadable.value.kind, unreadable.value.detail


async def test_a_page_is_read_there_as_it_is_here(worker: Worker, clock: Clock) -> None:
    from crawler.extract.page import extract_page

    outlet = load_catalogue()["arab48"]
    facts = {"url": "https://www.arab48.com/1", "outlet": outlet, "fetched_at": clock()}
    article = await worker.run("crawler.extract.page:extract_page", page(), **facts)
    assert isinstance(article, Article)
    assert article == extract_page(page(), **facts)


async def test_answers_come_to_who_asked_whatever_their_size(worker: Worker) -> None:
    sizes = [1, 3_000_000, 2, 0, 500_000]
    answers = await asyncio.gather(*(worker.run("builtins:bytes", size) for size in sizes))
    assert [len(answer) for answer in answers] == sizes


async def test_large_bodies_and_large_answers_do_not_wait_for_each_other(worker: Worker) -> None:
    body = b"x" * 3_000_000
    answers = await asyncio.gather(*(worker.run("builtins:bytes", body) for _ in range(6)))
    assert all(answer == body for answer in answers)


async def test_what_a_reader_says_of_a_body_is_handed_on(worker: Worker, clock: Clock) -> None:
    with pytest.raises(Unreadable) as unreadable:
        await worker.run(
            "crawler.extract.page:extract_page", b"%PDF", url="", outlet=load_catalogue()["arab48"], fetched_at=clock()
        )
    assert unreadable.value.kind == "broken"
    assert "PDF" in unreadable.value.detail


async def test_a_mistake_in_a_reader_is_a_broken_page_and_no_more(worker: Worker) -> None:
    assert await failure(worker, "operator:truediv", 1, 0) == ("broken", "ZeroDivisionError: division by zero")
    assert await worker.run("operator:truediv", 1, 2) == 0.5


async def test_what_takes_too_long_is_given_up_and_what_waited_behind_it_is_answered(hasty: Worker) -> None:
    slow = asyncio.create_task(failure(hasty, "time:sleep", FOR_EVER))
    behind = [asyncio.create_task(hasty.run("builtins:abs", -n)) for n in range(3)]
    kind, detail = await slow
    assert (kind, detail) == ("slow-to-read", "reading it takes over 1 s")
    assert await asyncio.gather(*behind) == [0, 1, 2]


async def test_what_breaks_the_process_is_broken_and_the_next_process_goes_on(worker: Worker) -> None:
    first = await worker.run("os:getpid")
    kind, detail = await failure(worker, "os:abort")
    assert kind == "broken"
    assert f"status -{signal.SIGABRT}" in detail
    assert await worker.run("os:getpid") != first


async def test_a_process_that_cannot_begin_is_the_machines_fault_and_nobody_waits_for_ever() -> None:
    cramped = Worker(memory_most=2**20)
    answers = await asyncio.gather(*(cramped.run("builtins:abs", -n) for n in range(2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [WorkerError] * 2
    assert "before it began" in str(answers[0])


async def test_what_takes_too_much_memory_is_given_up_by_the_process_itself() -> None:
    small = Worker(memory_most=200 * 2**20)
    assert (await failure(small, "builtins:bytearray", 10**9))[0] == "too-large"
    assert await small.run("builtins:abs", -1) == 1
    small.close()


async def test_only_values_of_ours_are_taken_from_it(worker: Worker) -> None:
    kind, detail = await failure(worker, "fractions:Fraction", 1, 2)
    assert kind == "broken"
    assert "fractions.Fraction" in detail
    assert await worker.run("builtins:abs", -1) == 1


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("crawler.worker", "subprocess.Popen"), ("crawler.worker", "shared"), ("builtins", "eval")],
)
def test_an_answer_can_name_nothing_but_classes_of_ours(module: str, name: str) -> None:
    forged = b"\x80\x04" + b"".join(b"\x8c" + bytes([len(s)]) + s.encode() for s in (module, name)) + b"\x93."
    with pytest.raises(pickle.UnpicklingError, match="none of our values"):
        _Ours(io.BytesIO(forged)).load()


async def test_who_waits_no_more_gets_nobody_elses_answer(worker: Worker) -> None:
    first = asyncio.create_task(worker.run("builtins:abs", -1))
    second = asyncio.create_task(worker.run("builtins:abs", -2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2


async def test_after_so_many_bodies_another_process_takes_over() -> None:
    worker = Worker(renewed_after=2)
    pids = await asyncio.gather(*(worker.run("os:getpid") for _ in range(5)))
    worker.close()
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2, 1]


def test_it_is_kept_from_one_loop_to_the_next(worker: Worker) -> None:
    assert asyncio.run(worker.run("os:getpid")) == asyncio.run(worker.run("os:getpid"))


async def test_nothing_is_started_before_there_is_something_to_read(worker: Worker) -> None:
    assert worker.pid is None
    worker.start()
    started = worker.pid
    assert await worker.run("os:getpid") == started


async def test_it_is_told_no_secrets(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MARSAD_TELEGRAM_TOKEN", "MARSAD_DATABASE_URL", "MARSAD_PROXY_HOME", "https_proxy"):
        monkeypatch.setenv(name, "http://name:secret@proxy.test")
        assert await worker.run("os:getenv", name) is None


async def test_it_does_not_take_the_lock_along(worker: Worker, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        await worker.run("builtins:abs", -1)
    with (tmp_path / "lock").open("w") as another:
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_to_the_whole_group_does_not_end_it_before_its_parent(
    worker: Worker, number: signal.Signals
) -> None:
    pid = await worker.run("os:getpid")
    os.kill(pid, number)
    assert await worker.run("os:getpid") == pid


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when it is done with the page")
@pytest.mark.parametrize("what", ["os:getpid", "time:sleep"])
def test_it_ends_with_its_parent_even_amid_a_page(what: str) -> None:
    code = f"""
import asyncio, os, signal
from crawler.worker import Worker, WorkerError, _Ours

async def main():
    worker = Worker()
    print(await worker.run("os:getpid"), flush=True)
    task = asyncio.create_task(worker.run({what!r}, *{[FOR_EVER] if what == "time:sleep" else []!r}))
    await asyncio.wait([task], timeout=0.1)
    input()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    watch = os.pidfd_open(int(parent.stdout.readline()))
    parent.communicate(b"\n")
    assert parent.returncode == -signal.SIGKILL
    ended, _, _ = select.select([watch], [], [], LONGEST)
    os.close(watch)
    assert ended
