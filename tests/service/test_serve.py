"""`marsad serve`: tells what comes, takes up changed rules, ends in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from email.utils import format_datetime, localtime
from pathlib import Path

import yaml

from newsroom.pieces import OUTLETS
from newsroom.server import Answer
from tests.botapi import Chat
from tests.service.conftest import World, ended

FEED = (
    "<rss version='2.0'><channel><title>x</title><item><title>قصف على ريف حماة</title>"
    f"<link>http://damas.test/archives/999001</link><pubDate>{format_datetime(localtime())}</pubDate></item></channel></rss>"
).encode()


async def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    """Polls a condition of another process; fails when it does not come true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def test_the_daemon_tells_what_is_new_takes_up_changed_rules_and_ends_at_sigterm(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "outlets"
    folder.mkdir()
    for file in OUTLETS.glob("*.yaml"):
        outlet = yaml.safe_load(file.read_text()) | {"interval": "1s"}
        (folder / file.name).write_text(yaml.safe_dump(outlet, allow_unicode=True))
    rules = tmp_path / "rules.yaml"
    world.api.chats[-5] = Chat(-5, "group")
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text())
    written |= {"operator": "desk", "channels": written["channels"] | {"desk": {"to": -5}}}
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    process = await world.start("serve", "--rules", str(rules), MARSAD_OUTLETS=str(folder))
    await until(lambda: (world.state / "marsad.db").exists() and _all_polled(world))
    assert world.shown() == []

    hama = next(rule for rule in written["rules"] if rule["id"] == "hama")
    hama["send"] = ["nobody"]
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    await until(lambda: any("stay in force" in text for text in world.shown("-5")))
    world.newsroom.publish()
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    await until(lambda: set(world.titles_told()) == new)  # by the rules before the broken ones

    hama["send"] = ["desk"]
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    world.newsroom.fault("http://damas.test/feed/", Answer(200, FEED, {"Content-Type": "application/rss+xml"}))
    await until(lambda: any("قصف على ريف حماة" in text for text in world.shown("-5")))  # by the new rules

    process.send_signal(signal.SIGTERM)
    done = await ended(process)
    assert done.code == 0
    assert "stay in force" in done.err
    assert "Traceback" not in done.err
    assert "apscheduler" not in done.err
    assert (await world.marsad("run", "--all")).code == 0
    assert world.titles_told().total() == len(new)


def _all_polled(world: World) -> bool:
    try:
        [(polled,)] = world.rows("SELECT count(DISTINCT outlet) FROM source WHERE answered_at IS NOT NULL")
        [(open_entries,)] = world.rows("SELECT count(*) FROM entry WHERE state = 'seen'")
        [(undecided,)] = world.rows("SELECT count(*) FROM article_version WHERE decided_at IS NULL")
    except Exception:  # the store is being made
        return False
    return polled == 6 and open_entries == 0 and undecided == 0
