"""A night that is held, a digest that is told once whatever happens to it, silences: by the real `marsad`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.botapi import Fault, FaultKind
from tests.service.conftest import CHANNEL, World, clean

YESTERDAY = "UPDATE alert SET created_at = datetime(created_at, '-1 day') || '.000000' WHERE message_id IS NULL"


def rules_with(world: World, tmp_path: Path, **channel: Any) -> str:
    """The newsroom's rules, its channel saying something more."""
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text(encoding="utf-8"))
    written["channels"]["east-syria"] |= {"uncertain": {"grace": "1s"}, **channel}
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return str(path)


def around_now(begins: float, ends: float) -> dict[str, str]:
    """Quiet hours from so many hours after now to so many after now."""
    now = datetime.now(UTC)
    start, end = (now + timedelta(hours=hours) for hours in (begins, ends))
    return {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}", "timezone": "UTC"}


@pytest.mark.parametrize("fault", [None, "drop-before", "drop-after", "500-after"])
async def test_a_night_is_held_but_for_the_urgent_and_told_once_in_the_morning(
    world: World, tmp_path: Path, fault: FaultKind | None
) -> None:
    rules = rules_with(world, tmp_path, quiet=around_now(-2, 2))
    for words in (("--backfill", "6h"), ("--all",)):
        assert (await world.marsad("run", *words, "--rules", rules)).code == 0
    held = {title for (title,) in world.rows(HELD_TITLES)}
    assert held
    assert set(world.titles_told()) == set(world.due()) - held
    assert all("🔴" in text for text in world.shown())
    at_night = len(world.accepted())
    assert at_night

    rules = rules_with(world, tmp_path, quiet=around_now(-6, -4))
    world.execute(YESTERDAY)
    rows = "SELECT count(*) FROM message WHERE kind = 'digest'"
    if fault:
        world.api.faults.append(Fault(fault))
    for _ in range(3):
        await world.marsad("run", "--all", "--rules", rules)
    assert world.titles_told() == world.due(), "each headline once"
    assert len(world.shown()) == at_night + 1
    assert world.rows(rows) == [(1,)]
    assert [title for title in held if title not in clean(world.shown()[-1])] == []


HELD_TITLES = """SELECT v.title FROM alert a JOIN article_version v ON v.article_id = a.article_id
    WHERE a.message_id IS NULL AND a.held = 'quiet'"""


async def test_a_silenced_place_is_recorded_and_not_told_and_a_new_report_after_its_end_is(world: World) -> None:
    await world.marsad("run")
    made = await world.marsad("silence", "--place", "حماة", "--for", "6h", "--because", "مناورة معلنة", "--json")
    assert made.code == 0
    silence = json.loads(made.out)
    assert (silence["kind"], silence["name"], silence["because"]) == ("place", "حماة", "مناورة معلنة")
    listed = await world.marsad("silence")
    assert (listed.code, listed.out.count("\n"), "مناورة معلنة" in listed.out) == (0, 1, True)
    world.newsroom.publish()
    await world.marsad("run", "--all")
    silenced = {title for (title,) in world.rows(SILENCED)}
    assert silenced
    assert {title for title in silenced if "حماة" in title} == silenced
    told = set(world.titles_told())
    assert told
    assert not told & silenced

    article = json.dumps({"id": 7, "title": "قصف مدفعي على حماة", "text": "سقطت قذائف على أطراف حماة صباحًا."})
    path = world.state / "article.json"
    path.write_text(article, encoding="utf-8")
    before = world.rows("SELECT count(*) FROM alert"), world.rows("SELECT count(*) FROM match")
    route = await world.marsad("route", str(path), "--json")
    [way] = json.loads(route.out)["ways"]
    assert (route.code, way["outcome"], way["silence"], way["because"]) == (
        1,
        "silenced",
        silence["id"],
        "مناورة معلنة",
    )
    assert (await world.marsad("unsilence", str(silence["id"]))).code == 0
    assert (await world.marsad("unsilence", str(silence["id"]))).code == 1
    route = await world.marsad("route", str(path))
    assert (route.code, route.out) == (0, f"hama (normal) → east-syria ({CHANNEL}): at once\n")
    assert (world.rows("SELECT count(*) FROM alert"), world.rows("SELECT count(*) FROM match")) == before
    assert (await world.marsad("silence")).out == "Nothing is silenced.\n"


SILENCED = (
    """SELECT v.title FROM "match" m JOIN article_version v ON v.id = m.version_id WHERE m.outcome = 'silenced'"""
)


async def test_alerts_that_wait_for_a_channel_that_is_gone_are_told_to_the_operator_once(
    world: World, tmp_path: Path
) -> None:
    rules = rules_with(world, tmp_path, digest={"at": "08:00", "days": ["mon"]})
    await world.marsad("run", "--backfill", "6h", "--rules", rules)
    assert world.shown() == []
    text = Path(rules).read_text(encoding="utf-8")
    Path(rules).write_text(text.replace("east-syria", "east"), encoding="utf-8")
    first = await world.marsad("run", "--rules", rules)
    assert first.err.count("alerts wait for the channel east-syria, which rules.yaml no longer has") == 1
    assert "alerts wait" not in (await world.marsad("run", "--rules", rules)).err
    rules_with(world, tmp_path)  # the channel again, and without its digest
    await world.marsad("run", "--rules", rules)
    assert world.titles_told() == world.due()
    assert world.rows("SELECT count(*) FROM notice WHERE kind = 'waiting' AND closed_at IS NULL") == [(0,)]
