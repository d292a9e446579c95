"""SIGKILL anywhere: nothing is lost, nothing floods, and what was accepted is not sent again in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.botapi import Fault
from tests.service.conftest import CHANNEL, World, ended

EXCHANGES = [1, 5, 9, 14, 21, 30]
"""Requests of the crawl (robots.txt, feeds, pages) after which the kill comes; a whole pass has about 35."""


@pytest.mark.parametrize("number", EXCHANGES)
async def test_killed_anywhere_in_the_first_pass_the_baseline_stays_history_and_the_news_after_it_is_told(
    world: World, number: int
) -> None:
    world.newsroom.on_exchange = lambda n: world.kill() if n == number else None
    killed = await ended(await world.start("run"))
    assert killed.code == -9
    world.newsroom.on_exchange = None
    assert (await world.marsad("run", "--all")).code == 0
    assert world.shown() == []  # no flood
    world.newsroom.publish()
    assert (await world.marsad("run", "--all")).code == 0
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    assert set(world.titles_told()) == new


@pytest.mark.parametrize("number", [1, 4, 9])
async def test_killed_anywhere_in_the_second_pass_nothing_of_it_is_lost(world: World, number: int) -> None:
    await world.marsad("run")
    world.newsroom.publish()
    seen = world.newsroom._count
    world.newsroom.on_exchange = lambda n: world.kill() if n == seen + number else None
    await ended(await world.start("run", "--all"))
    world.newsroom.on_exchange = None
    assert (await world.marsad("run", "--all")).code == 0
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    assert set(world.titles_told()) == new


@pytest.mark.parametrize("number", [2, 4])
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "not accepted"])
async def test_killed_while_sending_every_message_comes_once(
    world: World, number: int, accepted: bool, tmp_path: Path
) -> None:
    sends = 0

    def fault(method: str, params: dict[str, object]) -> Fault | None:
        nonlocal sends
        sends += method == "sendMessage"
        if sends == number and method == "sendMessage":
            world.kill()
            return Fault("drop-after" if accepted else "drop-before")
        return None

    world.api._fault = fault
    rules = tmp_path / "short.yaml"
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text())
    written["channels"]["east-syria"]["uncertain"] = {"grace": "1s"}
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    killed = await ended(await world.start("run", "--backfill", "6h", "--rules", str(rules)))
    assert killed.code == -9
    assert world.rows("SELECT count(*) FROM message_version WHERE state = 'sending'") == [(1,)]
    done = await world.marsad("run", "--all", "--rules", str(rules))
    assert done.code == 0
    assert "after a crash" in done.err
    assert world.titles_told() == world.due()
    order = [m.text for m in world.api.shown(CHANNEL)]
    assert len(order) == len(world.due())
