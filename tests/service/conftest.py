"""The real `marsad` as a process, between the newsroom that comes with the project and a strict Bot API server."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from newsroom.server import Newsroom
from tests.botapi import BotAPI, Call, Chat

MARSAD = Path(sys.executable).with_name("marsad")
CHANNEL = "@east_syria_newsroom"
LIMIT = 60  # seconds after which a process is taken to hang


@dataclass(frozen=True)
class Done:
    """A process that has ended; its code is negative where a signal ended it."""

    code: int
    out: str
    err: str


class WatchedNewsroom(Newsroom):
    """Calls `on_exchange` with the number of each exchange (from 1) before it is answered."""

    on_exchange: Callable[[int], None] | None = None
    _count = 0

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self._count += 1
        if self.on_exchange:
            self.on_exchange(self._count)
        return await super()._answer(request)


@dataclass
class World:
    """A newsroom, a Bot API server and a folder for the store; `env` is what `marsad` is started with."""

    newsroom: WatchedNewsroom
    api: BotAPI
    state: Path
    env: dict[str, str]
    process: asyncio.subprocess.Process | None = field(default=None)

    async def start(self, *words: str, **env: str) -> asyncio.subprocess.Process:
        """Starts `marsad …`; the caller waits for it."""
        self.process = await asyncio.create_subprocess_exec(
            MARSAD,
            *words,
            env=self.env | env,
            cwd=self.state,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return self.process

    async def marsad(self, *words: str, **env: str) -> Done:
        """Runs `marsad …` to its end."""
        return await ended(await self.start(*words, **env))

    def kill(self) -> None:
        """SIGKILL to the process that was started last, if it runs."""
        if self.process and self.process.returncode is None:
            self.process.kill()

    def shown(self, channel: str = CHANNEL) -> list[str]:
        """What stands in a channel, oldest first."""
        return [m.text for m in self.api.shown(channel)]

    def accepted(self) -> list[Call]:
        """The sends that the server carried out, whatever it said of them."""
        return [call for call in self.api.journal if call.accepted and call.method == "sendMessage"]

    def titles_told(self, channel: str = CHANNEL) -> Counter[str]:
        """How often each headline of the newsroom stands in the channel."""
        text = "\n".join(clean(shown) for shown in self.shown(channel))
        counts = Counter({title: text.count(title) for title in {piece.title for piece in self.newsroom.pieces}})
        return +counts

    def due(self) -> Counter[str]:
        """What should stand there: the headlines of the pieces that are out and to be told, each once."""
        return Counter(published.piece.title for published in self.newsroom.out if published.piece.told)

    def execute(self, statement: str) -> None:
        """Changes the store behind its back, as the passing of time would."""
        with sqlite3.connect(self.state / "marsad.db") as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        with sqlite3.connect(self.state / "marsad.db") as connection:
            return connection.execute(query).fetchall()


def clean(text: str) -> str:
    """Without direction marks."""
    return "".join(c for c in text if c not in "\u200e\u200f\u2066\u2067\u2068\u2069")


async def ended(process: asyncio.subprocess.Process) -> Done:
    """Waits for a process; one that hangs is killed and fails the test."""
    try:
        out, err = await asyncio.wait_for(process.communicate(), LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AssertionError(f"marsad did not end within {LIMIT} s") from None
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Both servers, and an environment with a token; the pace of our own is off, for speed."""
    async with WatchedNewsroom() as newsroom, BotAPI([Chat(-1000000200300, username=CHANNEL[1:])]) as api:
        env = newsroom.environ(tmp_path, os.environ) | {
            "MARSAD_TELEGRAM_TOKEN": api.token,
            "MARSAD_TELEGRAM_API": api.url,
            "MARSAD_TELEGRAM_LIMITS": "off",
        }
        yield World(newsroom, api, tmp_path, env)
