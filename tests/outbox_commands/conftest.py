"""The real commands on a store of their own, and a strict Bot API server; the store's and the newsroom's fixtures."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.config import Config
from alerts.delivery.model import Rendered
from alerts.rules.model import Channel
from alerts.store.database import open_engine, writing
from alerts.store.decisions import Decisions
from tests.botapi import BotAPI, Chat
from tests.service.conftest import MARSAD, Done, ended, world
from tests.store.conftest import c, clock, engine, postgresql, url

__all__ = ["c", "clock", "engine", "postgresql", "url", "world"]

RULES = """
channels:
  desk: {to: "@desk_news", timezone: Asia/Damascus}
  group: {to: -1000000000777, topic: 5, language: en, sole: true}
  away: {to: "@nobody_there"}
scratch: 4242
rules: [{id: strikes, any: [قصف], send: [desk, group, away]}]
"""
DESK = Channel("desk", "@desk_news")


@dataclass
class Office:
    """A folder with rules.yaml and a store, a Bot API server, and the commands run there."""

    api: BotAPI
    folder: Path
    env: dict[str, str]

    async def start(self, *words: str, **env: str) -> asyncio.subprocess.Process:
        """Starts `marsad …`."""
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            MARSAD, *words, env=self.env | env, cwd=self.folder, stdout=pipe, stderr=pipe
        )

    async def marsad(self, *words: str, **env: str) -> Done:
        """Runs `marsad …` to its end."""
        return await ended(await self.start(*words, **env))

    def post(self, *texts: str, channel: Channel = DESK, kind: str = "alert") -> list[int]:
        """Puts messages into the outbox; their ids there."""
        config = Config.from_env(self.env)
        engine = open_engine(config.database_url)
        with writing(engine) as connection:
            decisions = Decisions(connection, datetime.now(UTC))
            for text in texts:
                decisions.post(channel, kind, Rendered(f"<b>{text}</b>", text))
        engine.dispose()
        return [row for (row,) in self.rows("SELECT id FROM message_version ORDER BY id")][-len(texts) :]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        with sqlite3.connect(self.folder / ".marsad/marsad.db") as connection:
            return connection.execute(query).fetchall()

    def execute(self, statement: str) -> None:
        """Changes the store behind its back."""
        with sqlite3.connect(self.folder / ".marsad/marsad.db") as connection:
            connection.execute(statement)

    def state(self, version: int) -> str:
        """Of a row."""
        [(found,)] = self.rows(f"SELECT state FROM message_version WHERE id = {version}")
        return str(found)

    def shown(self, chat: str | int = "@desk_news") -> list[str]:
        """What stands in a chat, as HTML, oldest first."""
        return [m.html for m in self.api.shown(chat)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Three channels, one of which leads nowhere, and a scratch chat."""
    chats = [
        Chat(-1000000000555, username="desk_news", can_edit_messages=True),
        Chat(-1000000000777, "supergroup", topics=frozenset({5})),
        Chat(4242, "private"),
    ]
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    async with BotAPI(chats) as api:
        env = {k: v for k, v in os.environ.items() if not k.startswith("MARSAD_")}
        yield Office(
            api,
            tmp_path,
            env
            | {
                "MARSAD_RULES": str(tmp_path / "rules.yaml"),
                "MARSAD_TELEGRAM_TOKEN": api.token,
                "MARSAD_TELEGRAM_API": api.url,
                "MARSAD_TELEGRAM_LIMITS": "off",
            },
        )
