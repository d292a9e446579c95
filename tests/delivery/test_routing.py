from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.delivery.routing import AGE_LIMIT, Circumstances, in_digest, route
from alerts.rules.expression import Condition
from alerts.rules.model import Match, Rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULE = Rule("a", "a", "live", "normal", ("news",), (), {}, "", Condition())
NEW = Circumstances(baseline=False, at=NOW - timedelta(minutes=5), now=NOW, told=frozenset())


@pytest.mark.parametrize(
    ("rule", "there", "outcome", "channels"),
    [
        (RULE, NEW, "alert", ["news"]),
        (replace(RULE, status="test"), NEW, "test", []),
        (RULE, replace(NEW, baseline=True), "baseline", []),
        (RULE, replace(NEW, at=NOW - AGE_LIMIT), "alert", ["news"]),
        (RULE, replace(NEW, at=NOW - AGE_LIMIT - timedelta(seconds=1)), "old", []),
        (RULE, replace(NEW, told={"news"}), "told", []),
        (replace(RULE, send=("news", "desk")), replace(NEW, told={"news"}), "alert", ["desk"]),
    ],
)
def test_what_becomes_of_a_match(rule: Rule, there: Circumstances, outcome: str, channels: list[str]) -> None:
    outcomes, alerts = route([Match(rule, ())], there)
    assert outcomes == {"a": outcome}
    assert [alert.channel for alert in alerts] == channels


def test_several_rules_make_one_alert_a_channel_with_the_highest_severity() -> None:
    urgent = replace(RULE, id="b", severity="urgent")
    info = replace(RULE, id="c", severity="info", send=("desk",))
    _, alerts = route([Match(RULE, ()), Match(urgent, ()), Match(info, ())], NEW)
    assert [(a.channel, a.severity, [m.rule.id for m in a.matches]) for a in alerts] == [
        ("news", "urgent", ["a", "b"]),
        ("desk", "info", ["c"]),
    ]


@pytest.mark.parametrize(("already", "new", "digest"), [(0, 20, False), (0, 21, True), (15, 5, False), (15, 6, True)])
def test_more_than_twenty_in_a_pass_are_a_digest(already: int, new: int, digest: bool) -> None:
    assert in_digest({"news": already}, "news", new) is digest
