"""Backtest: what rules would have sent, by the production functions."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from alerts.backtest import Archived, Would, by_day, difference, live, noisiest, replay
from alerts.rules.expression import Condition
from alerts.rules.model import Channel, Document, Evidence, Match, Rule, RuleSet
from tests.service.conftest import World

NIGHT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # past midnight in Damascus
RULE = Rule("a", "a", "live", "normal", ("news",), (), {}, "", Condition())
CHANNELS = {"news": Channel("news", "@n", timezone=ZoneInfo("Asia/Damascus")), "desk": Channel("desk", -1)}


def archived(n: int, story: int, at: datetime = NIGHT) -> Archived:
    return Archived(n, story, at, "damas", f"http://damas.test/{n}", Document(f"خبر {n}", ""))


def match(rule: Rule = RULE, term: str = "غارة") -> Match:
    return Match(rule, (Evidence("title", 0, 4, term, term=term),))


def told(*found: tuple[Archived, list[Match]]) -> tuple[Would, ...]:
    return replay(found, CHANNELS)


def test_a_story_would_be_told_to_a_channel_once() -> None:
    would = told((archived(1, 7), [match()]), (archived(2, 7), [match()]), (archived(3, 8), [match()]))
    assert [(w.article.article, w.channel) for w in would] == [(1, "news"), (3, "news")]


def test_a_day_is_the_channels_own() -> None:
    both = replace(RULE, send=("news", "desk"))
    would = told((archived(1, 1), [match(both)]), (archived(2, 2, NIGHT + timedelta(hours=5)), [match()]))
    assert {day.isoformat(): dict(counts) for day, counts in by_day(would).items()} == {
        "2026-11-22": {"desk": 1},
        "2026-11-23": {"news": 2},
    }


def test_the_noisiest_terms_are_counted_by_alerts() -> None:
    would = told((archived(1, 1), [match(), match(term="قصف")]), (archived(2, 2), [match(term="قصف")]))
    assert noisiest(would, 1) == [("قصف", 2)]


def test_a_change_of_rules_is_shown_as_alerts_more_and_fewer() -> None:
    before = told((archived(1, 1), [match()]), (archived(2, 2), [match()]))
    now = told((archived(2, 2), [match()]), (archived(3, 3), [match()]))
    added, gone = difference(now, before)
    assert ([w.article.article for w in added], [w.article.article for w in gone]) == ([3], [1])


def test_only_live_rules_are_asked_or_the_one_that_is_named() -> None:
    rules = RuleSet("r", (), CHANNELS, (RULE, replace(RULE, id="t", status="test")), "")
    assert [r.id for r in live(rules)] == ["a"]
    assert [(r.id, r.status) for r in live(rules, "t")] == [("t", "live")]
    assert live(rules, "none") == ()


async def test_the_command_tells_what_a_pass_would_have_told_and_what_a_change_adds(
    world: World, tmp_path: Path
) -> None:
    await world.marsad("run")
    done = await world.marsad("backtest", "--since", "6h", "--json")
    assert done.code == 0
    assert sorted(json.loads(line)["title"] for line in done.out.splitlines()) == sorted(world.due())
    table = await world.marsad("backtest", "--since", "6h")
    assert "east-syria" in table.out
    assert f"all         {len(world.due()):>10}" in table.out
    assert world.shown() == []

    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text())
    less = tmp_path / "rules.yaml"
    less.write_text(yaml.safe_dump(written, allow_unicode=True))
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    written["rules"] = [rule for rule in written["rules"] if rule["id"] != "sirens"]
    less.write_text(yaml.safe_dump(written, allow_unicode=True))
    change = await world.marsad("backtest", "--since", "6h", "--rules", str(less), "--against", "HEAD")
    sirens = {p.piece.title for p in world.newsroom.out if "sirens" in p.piece.fires and p.piece.told}
    assert f"0 alerts more, {len(sirens)} fewer" in change.out
    assert all(f"- {day}" in change.out and title in change.out for title in sirens for day in ("20",))


async def test_a_mistaken_question_is_answered_in_one_line(world: World) -> None:
    await world.marsad("run")
    for words in (["no-such-rule"], ["--against", "no-such-revision"]):
        done = await world.marsad("backtest", *words)
        assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
