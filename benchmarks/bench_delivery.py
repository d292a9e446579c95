"""Delivery: how many messages a second, how near to Telegram's limits, how soon after the decision.

    .venv/bin/python benchmarks/bench_delivery.py [messages]

The strict Bot API server of the tests is the other side, in a process of its own. Throughput: limits off, SQLite, a
claim and a settlement committed for each message (`synchronous=FULL`), beside python-telegram-bot alone, which keeps
nothing. Limits: the worker with its real pace in simulated time, each message some time on its way, against a
server that counts by itself and answers 429; then the same in real time, for half a minute. Latency: a worker that
waits for something to do, from just before the transaction that posts to the server's acceptance.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from alerts.config import Config, Secret  # noqa: E402
from alerts.delivery.look import Absent, LookResult  # noqa: E402
from alerts.delivery.model import Later, Outcome, Outgoing, Rendered, Sent  # noqa: E402
from alerts.delivery.pace import Pace  # noqa: E402
from alerts.delivery.targets.telegram import TelegramTarget  # noqa: E402
from alerts.delivery.worker import deliver  # noqa: E402
from alerts.rules.model import Channel  # noqa: E402
from alerts.store.decisions import Decisions  # noqa: E402
from alerts.store.store import Store  # noqa: E402
from tests.botapi import LIMITS, TOKEN, BotAPI, Chat, Flood  # noqa: E402
from tests.botapi_methods import Refusal  # noqa: E402
from tests.delivery.memory import MemoryOutbox, Time  # noqa: E402

CHANNELS = 10
TEXT = "<b>غارات ليلية قرب البوكمال</b>\n\nقال سكان إن طائرات حلّقت فوق البلدة.\n\n<a href='https://a.test/1'>صدى</a>"
ON_THE_WAY = 0.005, 0.04
"""Seconds that a simulated request takes, and its answer."""
REAL = 30.0
"""Seconds of the measurement in real time."""
NEWS = 40
"""Messages whose latency is measured; every eighth comes after the connections have been closed for idleness."""


def main(messages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(throughput(Path(folder), messages))
        asyncio.run(latency(Path(folder)))
        simulated()
        asyncio.run(real_time(Path(folder)))


async def throughput(folder: Path, messages: int) -> None:
    """Prints messages a second, ours and the library's alone."""
    with server(folder) as url:
        bare, bare_cpu = await library_alone(url, messages)
        config, channels = config_for(folder, url, "throughput"), channels_of(CHANNELS)
        store, target = Store(config.database_url, now), TelegramTarget(config)
        await store.decide(lambda d: post(d, channels, messages))
        began, cpu = time.perf_counter(), time.process_time()
        report = await deliver(
            store.outbox(channels),
            target,
            channels=channels,
            clock=now,
            wait_limit=timedelta(0),
            pace=Pace(enabled=False),
        )
        ours, ours_cpu = messages / (time.perf_counter() - began), (time.process_time() - cpu) / messages
        await target.close()
        await store.close()
    assert report.sent == messages, report
    with sqlite3.connect(folder / "throughput.db") as c:
        [(whole,)] = c.execute("SELECT count(*) FROM attempt WHERE started_at < ended_at AND outcome = 'sent'")
    assert whole == messages
    print(f"throughput, limits off, {messages} messages in {CHANNELS} channels, each with its own start and end stored")
    print(f"  {ours:.0f}/s; python-telegram-bot alone {bare:.0f}/s, ratio {ours / bare:.2f}; Telegram takes 30/s")
    print(f"  CPU a message {1000 * ours_cpu:.1f} ms, {1000 * bare_cpu:.1f} ms, ratio {ours_cpu / bare_cpu:.2f}")


async def library_alone(url: str, messages: int) -> tuple[float, float]:
    """Messages a second, and seconds of CPU a message, of a lane a channel that sends and keeps nothing."""
    from telegram import Bot
    from telegram.request import HTTPXRequest

    async with Bot(TOKEN, base_url=lambda t: f"{url}/bot{t}", request=HTTPXRequest(connection_pool_size=64)) as bot:

        async def lane(chat: int) -> None:
            for n in range(messages // CHANNELS):
                await bot.send_message(chat, f"{TEXT} {n}", parse_mode="HTML")

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(lane(-1_000_000_001_000 - n) for n in range(CHANNELS)))
        return messages / (time.perf_counter() - began), (time.process_time() - cpu) / messages


async def latency(folder: Path) -> None:
    """Prints the time from decision to acceptance."""
    with server(folder) as url:
        config, channels = config_for(folder, url, "latency"), channels_of(3)
        store, target = Store(config.database_url, now), TelegramTarget(config)
        wake, stop = asyncio.Event(), asyncio.Event()
        worker = asyncio.create_task(
            deliver(
                store.outbox(channels),
                target,
                channels=channels,
                clock=now,
                wait_limit=None,
                wake=wake,
                stop=stop,
                pace=Pace(enabled=False),
            )
        )
        decided = []
        for n in range(NEWS):
            await asyncio.sleep(6 if n % 8 == 7 else 0.3)
            decided.append(time.time())
            await store.decide(lambda d: post(d, channels, 1))
            wake.set()
        await asyncio.sleep(1)
        stop.set()
        await worker
        await target.close()
        await store.close()
        accepted = [json.loads(line)["at"] for line in (folder / "journal").read_text().splitlines()]
    took = sorted(1000 * (b - a) for a, b in zip(decided, accepted, strict=True))
    print(f"from decision to acceptance, idle worker, {NEWS} messages, some over a new connection")
    print(f"  median {statistics.median(took):.0f} ms, slowest {took[-1]:.0f} ms")


def simulated() -> None:
    """Prints what goes through in an hour of each load, of what the limits allow, and the 429s."""
    least, most = (1000 * seconds for seconds in ON_THE_WAY)
    print(f"limits on, simulated time, {least:.0f} to {most:.0f} ms each way, the server counts by itself")
    loads = {
        "one channel, 1 h": (1, False, LIMITS[1][0] / LIMITS[1][1], 3600.0),
        "10 channels, 10 min": (10, False, 10 * LIMITS[1][0] / LIMITS[1][1], 600.0),
        "one private chat, 10 min": (1, True, LIMITS[0][0] / LIMITS[0][1], 600.0),
        "40 private chats, 1 min": (40, True, 30.0, 60.0),
    }
    for name, (count, private, allowed, seconds) in loads.items():
        sent, floods = asyncio.run(in_simulated_time(count, private, seconds, allowed))
        whole = allowed * seconds
        print(f"  {name}: {sent} of {whole:.0f}, {100 * sent / whole:.1f} %, {floods} answers of 429")


async def in_simulated_time(count: int, private: bool, seconds: float, allowed: float) -> tuple[int, int]:
    """Messages accepted within so many seconds, and answers of 429."""
    clock = Time()
    began = clock.now
    sign = 1 if private else -1
    chats = [Chat(sign * (1_000_000_001_000 + n), "private" if private else "channel") for n in range(count)]
    api = BotAPI(chats, flood=Flood(lambda: (clock.now - began).total_seconds()))
    target = Simulated(api, clock)
    outbox, channels = MemoryOutbox(), {str(c.id): Channel(str(c.id), c.id) for c in chats}
    for _ in range(int(allowed * seconds / count * 1.1) + 30):
        for chat in chats:
            outbox.add(str(chat.id), "خبر", chat=chat.id)
    stop = asyncio.Event()

    async def end() -> None:
        await clock.sleep(seconds)
        stop.set()

    async def work() -> None:
        ending = asyncio.create_task(end())
        await deliver(
            outbox, target, channels=channels, clock=clock, sleep=clock.sleep, wait_limit=None, pace=Pace(), stop=stop
        )
        ending.cancel()

    await clock.run(work())
    return target.accepted, target.floods


@dataclass
class Simulated:
    """A target that calls the strict server without a network, in simulated time."""

    api: BotAPI
    clock: Time
    accepted: int = 0
    floods: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(7)

    async def send(self, message: Outgoing) -> Outcome:
        await self.clock.sleep(self._random.uniform(*ON_THE_WAY))
        outcome = self._carry_out(message)
        await self.clock.sleep(self._random.uniform(*ON_THE_WAY))
        return outcome

    def _carry_out(self, message: Outgoing) -> Outcome:
        try:
            result = self.api.do("sendMessage", {"chat_id": message.chat, "text": message.text.plain})
        except Refusal as e:
            self.floods += 1
            return Later(str(e), timedelta(seconds=e.parameters["retry_after"]))
        self.accepted += 1
        return Sent(result["message_id"], result["chat"]["id"])

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        return Absent()

    async def close(self) -> None:
        """Nothing."""


async def real_time(folder: Path) -> None:
    """Half a minute in which 50 chats are owed more than the limits allow."""
    with server(folder, "--flood") as url:
        config, channels = config_for(folder, url, "real"), channels_of(50)
        store, target = Store(config.database_url, now), TelegramTarget(config)
        await store.decide(lambda d: post(d, channels, 50 * 25))
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(REAL, stop.set)
        outbox = store.outbox(channels)
        report = await deliver(outbox, target, channels=channels, clock=now, wait_limit=None, pace=Pace(), stop=stop)
        await target.close()
        await store.close()
        told = [json.loads(line)["status"] for line in (folder / "journal").read_text().splitlines()]
    allowed = min(50 * LIMITS[1][0], 30 * REAL)
    print(f"limits on, {REAL:.0f} s of real time, 50 channels over SQLite and HTTP")
    print(f"  {report.sent} of {allowed:.0f}, {100 * report.sent / allowed:.1f} %, {told.count(429)} answers of 429")


def post(decisions: Decisions, channels: dict[str, Channel], count: int) -> None:
    """So many alerts into the outbox, for the channels in turn."""
    names = list(channels)
    for n in range(count):
        text = f"{TEXT} {n}"
        decisions.post(channels[names[n % len(names)]], "alert", Rendered(text, text))


def channels_of(count: int) -> dict[str, Channel]:
    return {f"c{n}": Channel(f"c{n}", -1_000_000_001_000 - n) for n in range(count)}


def config_for(folder: Path, url: str, name: str) -> Config:
    return Config(
        rules=folder / "rules.yaml",
        state_dir=folder,
        database_url=f"sqlite:///{folder}/{name}.db",
        token=Secret(TOKEN),
        telegram_api=url,
        telegram_limits=True,
        outlets_dir=None,
    )


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def server(folder: Path, *more: str) -> Iterator[str]:
    """The strict Bot API server as a process; its journal is `folder`/journal."""
    (folder / "journal").unlink(missing_ok=True)
    words = ["--port", "0", "--any-chat", "--journal", str(folder / "journal"), *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.botapi", *words], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout
    try:
        yield process.stdout.readline().split()[0]
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
