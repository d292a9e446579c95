"""`marsad serve`: tells what comes, takes up changed rules, ends in order."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Callable
from email.utils import format_datetime, localtime
from pathlib import Path

import yaml

from newsroom.pieces import OUTLETS
from newsroom.server import Answer
from tests.botapi import Chat
from tests.service.conftest import World, ended


def feed(number: int) -> Answer:
    """A feed of one item that came out just now."""
    item = (
        f"<item><title>قصف على ريف حماة للمرة {number}</title><link>http://damas.test/archives/{999000 + number}</link>"
        f"<pubDate>{format_datetime(localtime())}</pubDate></item>"
    )
    body = f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>"
    return Answer(200, body.encode(), {"Content-Type": "application/rss+xml"})


async def until(condition: Callable[[], bool], seconds: float = 50, every: float = 0.05) -> None:
    """Polls a condition of another process; fails when it does not come true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(every)


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
    included = tmp_path / "more.yaml"  # where all that changes below stands
    rules.write_text(yaml.safe_dump({k: v for k, v in written.items() if k != "rules"} | {"include": [included.name]}))
    included.write_text(yaml.safe_dump({"rules": written["rules"]}, allow_unicode=True))
    process = await world.start("serve", "--rules", str(rules), MARSAD_OUTLETS=str(folder))
    await until(lambda: (world.state / "marsad.db").exists() and _all_polled(world))
    assert world.shown() == []

    hama = next(rule for rule in written["rules"] if rule["id"] == "hama")
    hama["send"] = ["nobody"]
    included.write_text(yaml.safe_dump({"rules": written["rules"]}, allow_unicode=True))
    await until(lambda: any("stay in force" in text for text in world.shown("-5")))
    world.newsroom.publish()
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    await until(lambda: set(world.titles_told()) == new)  # by the rules before the broken ones

    hama["send"] = ["desk"]
    included.write_text(yaml.safe_dump({"rules": written["rules"]}, allow_unicode=True))
    numbers = itertools.count()

    def told_by_the_new_rules() -> bool:  # an item may come before the rules are read anew: there is always a next one
        world.newsroom.fault("http://damas.test/feed/", feed(next(numbers)))
        return any("قصف على ريف حماة" in text for text in world.shown("-5"))

    await until(told_by_the_new_rules, every=1)

    process.send_signal(signal.SIGTERM)
    done = await ended(process)
    assert done.code == 0
    assert "stay in force" in done.err
    assert "Traceback" not in done.err
    assert "apscheduler" not in done.err
    assert (await world.marsad("run", "--all")).code == 0
    assert world.titles_told().total() == len(new)  # nothing twice


def _all_polled(world: World) -> bool:
    try:
        [(polled,)] = world.rows("SELECT count(DISTINCT outlet) FROM source WHERE answered_at IS NOT NULL")
        [(open_entries,)] = world.rows("SELECT count(*) FROM entry WHERE state = 'seen'")
        [(undecided,)] = world.rows("SELECT count(*) FROM article_version WHERE decided_at IS NULL")
    except Exception:  # the store is being made
        return False
    return polled == 6 and open_entries == 0 and undecided == 0
