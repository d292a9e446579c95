"""The world of the chaos: an outlet whose feed grows, a strict Bot API server that fails, `marsad` between them.

Everything is real but the two ends: the program crawls the feed, decides by its rules, and delivers, each in the
transactions that it has in use. Every piece has a number in its headline, by which it is found again in what the
channels show; `verdict` compares that with what was published.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import yaml
from aiohttp import web

from benchmarks.chaos_process import Process, fork, script
from tests.botapi import BotAPI, Chat, Fault

ROOT = Path(__file__).resolve().parents[1]
FEED = "http://chaos.test/feed"
IN_FEED = 200
"""Pieces that the feed shows: more than are published while nobody reads it."""
SCRATCH = 700_700
WORDS = {"port": "ميناء", "airport": "مطار", "crossing": "معبر"}
"""A channel's name: the word whose pieces it is told."""
TITLES = ("قافلة جديدة تصل إلى {}", "تأخر الشاحنات عند {}", "إعادة فتح {} بعد الصيانة", "زحام غير معتاد في {}")
LIMIT = 90.0
"""Seconds after which a process is taken to hang."""

Hook = Callable[[str, Mapping[str, Any]], Fault | None]


@dataclass(frozen=True)
class Variant:
    """What is killed, `marsad run` or `serve`, and how it looks. `scratch`: there is a private chat to look by; else by
    the same text."""

    command: str
    scratch: bool

    @property
    def key(self) -> str:
        """For the command line."""
        return f"{self.command}-{'scratch' if self.scratch else 'edit'}"

    @property
    def looks(self) -> str:
        """For the table."""
        return "scratch chat" if self.scratch else "same-text edit"


VARIANTS = tuple(Variant(command, scratch) for command in ("run", "serve") for scratch in (True, False))


@dataclass(frozen=True)
class Verdict:
    """What the channels show, against what was published: alerts that are missing, that stand there more than once,
    that stand behind a later one; messages, ours or a colleague's, that no longer say what they said."""

    alerts: int
    lost: tuple[int, ...]
    twice: tuple[int, ...]
    unordered: int
    overwritten: int

    @property
    def good(self) -> bool:
        """Nothing of the kind."""
        return not (self.lost or self.twice or self.unordered or self.overwritten)


@dataclass
class World:
    """Entered, it runs both servers; `folder` holds rules, outlet, store and what `marsad` prints. `hook` is asked for
    each call of the Bot API what is to go wrong with it."""

    folder: Path
    variant: Variant
    random: random.Random
    hook: Hook | None = None
    pieces: list[tuple[int, str]] = field(default_factory=list)  # number, channel
    process: Process | None = None
    history: int = 0  # pieces that were there before

    async def __aenter__(self) -> Self:
        edits = self.variant.scratch  # where the bot may edit the posts of others, no same text may be tried
        chats = [
            Chat(-1_000_000_000_101, can_edit_messages=edits),
            Chat(-1_000_000_000_102, username="chaos_airport", can_edit_messages=edits),
            Chat(-1_000_000_000_103, "supergroup", topics=frozenset({7})),
        ]
        self.api = BotAPI([*chats, Chat(SCRATCH, "private")], fault=self._fault, seed=self.random.randrange(2**32))
        await self.api.__aenter__()
        self._began = datetime.now(UTC) - timedelta(hours=1)
        self._newsroom = web.AppRunner(_proxy(self._feed), access_log=None, shutdown_timeout=0.1)
        await self._newsroom.setup()
        await web.TCPSite(self._newsroom, "127.0.0.1", 0).start()
        (self.folder / "outlets").mkdir(parents=True)
        (self.folder / "outlets/chaos.yaml").write_text(yaml.safe_dump(OUTLET, allow_unicode=True))
        (self.folder / "rules.yaml").write_text(yaml.safe_dump(self._rules(), allow_unicode=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self._newsroom.cleanup()
        await self.api.__aexit__()

    @property
    def env(self) -> dict[str, str]:
        """What `marsad` is started with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MARSAD_") and not k.lower().endswith("_proxy")}
        return kept | {
            "PYTHONPATH": str(ROOT),  # the checkout that this file stands in, whichever is installed
            "http_proxy": f"http://127.0.0.1:{self._newsroom.addresses[0][1]}",
            "MARSAD_OUTLETS": str(self.folder / "outlets"),
            "MARSAD_RULES": str(self.folder / "rules.yaml"),
            "MARSAD_STATE_DIR": str(self.folder / "state"),
            "MARSAD_TELEGRAM_TOKEN": self.api.token,
            "MARSAD_TELEGRAM_API": self.api.url,
            "MARSAD_TELEGRAM_LIMITS": "off",
        }

    async def start(self, *words: str, forked: bool = True, before: Callable[[], None] | None = None) -> Process:
        """Starts `marsad …` (`chaos_process`)."""
        if forked:
            self.process = fork(words, self.env, self.folder, before)
        else:
            self.process = await script(words, self.env, self.folder)
        return self.process

    async def kill(self) -> None:
        """SIGKILL to the process that runs, and its end."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def run(self, *words: str, forked: bool = True, before: Callable[[], None] | None = None) -> int:
        """`marsad …` to its end; its exit code. Raises TimeoutError where it hangs."""
        process = await self.start(*words, forked=forked, before=before)
        return await asyncio.wait_for(process.wait(), LIMIT)

    def publish(self, count: int) -> None:
        """So many more pieces, for the channels in turn."""
        names = list(WORDS)
        for number in range(len(self.pieces), len(self.pieces) + count):
            self.pieces.append((number, names[number % len(names)]))

    async def prime(self) -> None:
        """The first pass, whose pieces are history, and a second one that tells each channel its first alert: looks
        begin from what is known to stand in a chat."""
        self.hook, hook = None, self.hook
        self.history = 1
        self.publish(1)
        assert await self.run("run") == 0
        self.publish(len(WORDS))
        assert await self.run("run") == 0
        assert self.verdict().good, self.verdict()
        self.hook = hook

    async def calm(self, passes: int = 30) -> None:
        """Passes without faults until nothing waits."""
        self.hook = None
        await self.kill()
        for _ in range(passes):
            await self.run("run")
            if not self.waiting():
                return

    def waiting(self) -> int:
        """Rows of the outbox that will be tried again by themselves."""
        with sqlite3.connect(self.folder / "state/marsad.db", timeout=30) as connection:
            [(count,)] = connection.execute(
                "SELECT count(*) FROM message_version WHERE state IN ('pending', 'sending')"
                " OR (state = 'uncertain' AND next_try_at IS NOT NULL)"
            )
        return int(count)

    def states(self) -> dict[str, int]:
        """Rows of the outbox by state."""
        with sqlite3.connect(self.folder / "state/marsad.db", timeout=30) as connection:
            return dict(connection.execute("SELECT state, count(*) FROM message_version GROUP BY state"))

    def verdict(self) -> Verdict:
        """As of now."""
        due = {name: [n for n, channel in self.pieces[self.history :] if channel == name] for name in WORDS}
        lost, twice, unordered, overwritten = [], [], 0, 0
        for name, chat in zip(WORDS, self.api.chats.values(), strict=False):
            messages = self.api.shown(chat.id)
            shown = [int(n) for m in messages if m.ours for n in re.findall(r"نشرة \W*(\d+)", m.text)]
            lost += sorted(set(due[name]) - set(shown))
            twice += sorted(n for n, times in Counter(shown).items() if times > 1)
            first = list(dict.fromkeys(shown))
            unordered += sum(a > b for a, b in pairwise(first))
            overwritten += sum(m.edits > 0 for m in messages)  # nothing here is edited on purpose
        return Verdict(sum(map(len, due.values())), tuple(lost), tuple(twice), unordered, overwritten)

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        return self.hook(method, params) if self.hook else None

    def _rules(self) -> dict[str, Any]:
        policy = {"uncertain": {"grace": "1s", "then": "resend"}}
        return {
            "outlets": ["chaos"],
            **({"scratch": SCRATCH} if self.variant.scratch else {}),
            "channels": {
                "port": {"to": -1_000_000_000_101, **policy},
                "airport": {"to": "@chaos_airport", **policy},
                "crossing": {"to": -1_000_000_000_103, "topic": 7, **policy},
            },
            "rules": [{"id": name, "any": [word], "send": [name]} for name, word in WORDS.items()],
        }

    def _feed(self) -> str:
        """RSS, newest first, each item with its whole text."""
        items = []
        for number, channel in reversed(self.pieces[-IN_FEED:]):
            word, title = WORDS[channel], TITLES[number % len(TITLES)]
            text = f"<p>قال مسؤول في ال{word} إن العمل فيه مستمر، وإن عدد الرحلات بلغ {number} منذ أول العام.</p>" * 3
            items.append(
                f"<item><title>نشرة {number}: {title.format('ال' + word)}</title>"
                f"<link>http://chaos.test/news/{number}</link>"
                f"<pubDate>{format_datetime(self._began + timedelta(seconds=number))}</pubDate>"
                f"<description>{escape(text)}</description></item>"
            )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>chaos</title>{"".join(items)}</channel></rss>'


OUTLET: dict[str, Any] = {
    "id": "chaos",
    "name": {"ar": "وكالة الاختبار", "en": "Test Agency"},
    "country": "SY",
    "language": "ar",
    "homepage": "http://chaos.test/",
    "hosts": ["chaos.test"],
    "timezone": "UTC",
    "tags": ["newsroom"],
    "feeds": [{"url": FEED, "proven": "live", "whole_text": True}],
    "article_url": r"^http://chaos\.test/news/(?P<id>\d+)$",
    "evidence": ["benchmarks/chaos_world.py"],
    "checked": datetime(2026, 11, 23).date(),  # noqa: DTZ001  # a day
}


def _proxy(feed: Callable[[], str]) -> web.Application:
    """An HTTP forward proxy that knows one feed."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/feed":
            return web.Response(text=feed(), content_type="application/rss+xml")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app
