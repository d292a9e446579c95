"""Three outlets that break in three ways: what the operator is told of each, once, and once when it is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from newsroom.pieces import RULES
from newsroom.server import Answer
from newsroom.shapes import address
from tests.botapi import Chat
from tests.service.conftest import World, clean

DESK = -5


@pytest.fixture
def rules(world: World, tmp_path: Path) -> str:
    """The newsroom's rules with an operator's channel."""
    written = yaml.safe_load(RULES.read_text("utf-8"))
    written |= {"operator": "desk", "channels": written["channels"] | {"desk": {"to": DESK}}}
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    world.api.chats[DESK] = Chat(DESK, "group")
    return str(file)


def notices(world: World) -> str:
    """All that the operator's channel shows."""
    return "\n".join(clean(m.text) for m in world.api.shown(DESK))


def remember(world: World, outlet: str, silent_hours: int) -> None:
    """Fourteen days in which the outlet showed three items an hour, and then none for `silent_hours`."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    world.execute(f"DELETE FROM outlet_hour WHERE outlet = '{outlet}'")
    for n in range(14 * 24, 0, -1):
        items = 3 if n > silent_hours else 0
        world.execute(
            "INSERT INTO outlet_hour VALUES "
            f"('{outlet}', '{now - timedelta(hours=n)}.000000', 60, 0, {items}, {items}, {items}, {items}, {items}, 0)"
        )


async def test_what_breaks_is_told_once_and_once_when_it_is_back(world: World, rules: str) -> None:
    assert (await world.marsad("run", "--rules", rules)).code == 0
    assert notices(world) == ""

    # warraq's feed answers and shows nothing new; ufuq's pages lose their text; manara refuses its feed
    remember(world, "warraq", silent_hours=8)
    remember(world, "ufuq", silent_hours=0)
    world.execute(
        "UPDATE outlet_hour SET pages = 12, articles = 0 WHERE outlet = 'ufuq' AND hour = ("
        "SELECT max(hour) FROM outlet_hour WHERE outlet = 'ufuq')"
    )
    feeds = [url for (url,) in world.rows("SELECT url FROM source WHERE outlet = 'manara'")]
    for url in feeds:
        world.newsroom.fault(url, Answer(403, b"no"))
    for _ in range(3):
        world.execute("DELETE FROM setting WHERE name = 'examined_at'")
        await world.marsad("run", "--all", "--rules", rules)
    told = notices(world)
    assert told.count("warraq: answers, but has shown nothing new for") == 1
    assert told.count("ufuq: 12 of the last") == 1
    assert told.count("has failed 3 times") == len(feeds)
    status = (await world.marsad("status", "--rules", rules)).out
    assert "shown nothing new" in status and "gave no article" in status and "answered 403" in status

    for url in feeds:
        world.newsroom.fault(url, None)
    world.newsroom.publish()
    remember(world, "ufuq", silent_hours=0)
    for _ in range(2):
        world.execute("DELETE FROM setting WHERE name = 'examined_at'")
        await world.marsad("run", "--all", "--rules", rules)
    told = notices(world)
    assert told.count("warraq: shows new items again") == 1
    assert told.count("ufuq: pages give articles again") == 1
    assert told.count("answers again") == len(feeds)


async def test_pages_that_the_newsroom_published_out_are_no_alarm(world: World, rules: str) -> None:
    """One page without a text among good ones is said on standard error and is no notice."""
    out = next(p for p in world.newsroom.out if p.piece.told and p.piece.outlet == "ufuq")
    world.newsroom.fault(address(out), Answer(200, b"", {"Content-Type": "text/html"}))
    done = await world.marsad("run", "--rules", rules)
    assert "ufuq: 1 page gave no article" in done.err
    assert notices(world) == ""
