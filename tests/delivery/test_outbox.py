"""The outbox's decisions, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.look import Absent, Found, LookResult, Unseen
from alerts.delivery.model import Blocked, Later, Moved, Outcome, Refused, Sent, State, Uncertain, Unusable
from alerts.delivery.outbox import BACKOFF_FIRST, BACKOFF_MOST, TRANSITIONS, Settlement, after_look, backoff, settle
from alerts.rules.model import Channel

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNEL = Channel("desk", -1001, uncertain_grace=timedelta(seconds=20))
HOLDS = Channel("desk", -1001, uncertain_then="hold")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("outcome", "edits", "attempts", "channel", "settlement"),
    [
        (Sent(5, -1001), False, 1, CHANNEL, Settlement("sent")),
        (Sent(5, -1001), True, 3, CHANNEL, Settlement("sent")),
        (Refused("chat not found"), False, 1, CHANNEL, Settlement("refused")),
        (Refused("message can't be edited"), True, 1, CHANNEL, Settlement("refused")),
        (Later("flood", timedelta(seconds=41)), False, 9, CHANNEL, Settlement("pending", after(41))),
        (Later("flood", timedelta(seconds=43_837)), True, 1, CHANNEL, Settlement("pending", after(43_837))),
        (Later("no connection"), False, 1, CHANNEL, Settlement("pending", after(1.5))),
        (Later("no connection"), True, 4, CHANNEL, Settlement("pending", after(12))),
        (Uncertain("timed out"), False, 1, CHANNEL, Settlement("uncertain", after(20))),
        (Uncertain("timed out"), False, 6, CHANNEL, Settlement("uncertain", after(48))),
        (Uncertain("timed out"), False, 1, HOLDS, Settlement("uncertain", after(20))),
        (Blocked("Forbidden: kicked"), False, 1, CHANNEL, Settlement("pending")),
        (Moved("upgraded", -1009), False, 1, CHANNEL, Settlement("pending")),
        (Uncertain("timed out"), True, 1, CHANNEL, Settlement("pending", after(1.5))),
        (Uncertain("timed out"), True, 1, HOLDS, Settlement("pending", after(1.5))),
        (Unusable("401"), False, 1, CHANNEL, Settlement("pending", NOW)),
    ],
)
def test_an_outcome_settles_to_a_state_and_a_time(
    outcome: Outcome, edits: bool, attempts: int, channel: Channel, settlement: Settlement
) -> None:
    assert settle(outcome, edits=edits, attempts=attempts, channel=channel, now=NOW, jitter=0.5) == settlement


@given(
    st.sampled_from(
        [
            Sent(1, 2),
            Refused("x"),
            Blocked("x"),
            Moved("x", -1),
            Later("x"),
            Later("x", timedelta(5)),
            Uncertain("x"),
            Unusable("x"),
        ]
    ),
    st.booleans(),
    st.integers(1, 10_000),
    st.sampled_from([CHANNEL, HOLDS]),
    st.floats(0, 1, exclude_max=True),
)
def test_a_message_leaves_only_with_an_id_or_a_refusal(
    outcome: Outcome, edits: bool, attempts: int, channel: Channel, jitter: float
) -> None:
    settled = settle(outcome, edits=edits, attempts=attempts, channel=channel, now=NOW, jitter=jitter)
    assert settled.state in TRANSITIONS["sending"]
    assert (settled.state == "sent") == isinstance(outcome, Sent)
    assert (settled.state == "refused") == isinstance(outcome, Refused)
    if settled.state == "pending" and settled.next_try is not None:
        assert settled.next_try >= NOW


def test_every_state_has_its_transitions_and_the_last_two_have_none() -> None:
    assert set(TRANSITIONS) == set(get_args(State))
    assert {state for state, then in TRANSITIONS.items() if not then} == {"sent", "refused"}
    assert TRANSITIONS["pending"] == {"sending", "refused"}


@pytest.mark.parametrize(
    ("result", "looks", "channel", "settlement"),
    [
        (Found(41, -1001), 1, CHANNEL, Settlement("sent")),
        (Found(41, -1001), 2, HOLDS, Settlement("sent")),
        (Absent(), 1, CHANNEL, Settlement("uncertain", after(20))),  # it may still be on its way
        (Absent(), 2, CHANNEL, Settlement("sending")),
        (Absent(), 2, HOLDS, Settlement("sending")),  # it is known, so no policy is asked
        (Unseen("a private chat"), 1, CHANNEL, Settlement("sending")),
        (Unseen("a private chat"), 1, HOLDS, Settlement("uncertain")),
        (Unseen("no network", again=True), 1, CHANNEL, Settlement("uncertain", after(20))),
        (Unseen("no network", again=True), 9, HOLDS, Settlement("uncertain", after(20))),
    ],
)
def test_a_look_settles_a_doubt(result: LookResult, looks: int, channel: Channel, settlement: Settlement) -> None:
    found = after_look(result, looks=looks, attempts=1, channel=channel, now=NOW, jitter=0.5)
    assert found == settlement
    assert found.state in TRANSITIONS["uncertain"]


def test_backoff_doubles_to_a_bound_and_leaves_half_to_chance() -> None:
    assert [backoff(n, 0) / BACKOFF_FIRST for n in (1, 2, 3, 4)] == [0.5, 1, 2, 4]
    assert backoff(1, 0.999) < BACKOFF_FIRST
    assert backoff(10**6, 0) == BACKOFF_MOST / 2
