"""The outbox: every state of a message, and what a crash leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.model import Later, Outcome, Refused, Rendered, Sent, State, Uncertain, Unusable
from alerts.rules.model import Channel
from alerts.store import outbox
from alerts.store import tables as t
from alerts.store.decisions import Decisions, ShownAlert
from tests.clock import Clock

NEWS, DESK = Channel("news", "@news", topic=7), Channel("desk", -100200)
CHANNELS = {"news": NEWS, "desk": DESK}


def post(c: Connection, at: datetime, channel: Channel = NEWS, text: str = "خبر") -> int:
    return Decisions(c, at).post(channel, "alert", Rendered(f"<b>{text}</b>", text))


def due(c: Connection, at: datetime) -> list[str]:
    return [f"{o.channel}: {o.text.plain}" for o in outbox.due(c, at, CHANNELS)]


def row(c: Connection) -> tuple[str, str | None, datetime | None]:
    r = c.execute(sa.select(t.message_version).order_by(t.message_version.c.id)).first()
    assert r is not None
    return r.state, r.reason, r.next_try_at


def test_a_channel_yields_its_first_row_and_holds_no_other_channel(c: Connection, clock: Clock) -> None:
    post(c, clock(), NEWS, "أول")
    post(c, clock(), NEWS, "ثان")
    post(c, clock(), DESK, "ثالث")
    assert due(c, clock()) == ["news: أول", "desk: ثالث"]
    first = outbox.due(c, clock(), CHANNELS)[0]
    attempt = outbox.claim(c, first.version, clock())
    later = clock() + timedelta(seconds=40)
    outbox.settle(c, attempt, Later("flood control", timedelta(seconds=40)), "pending", later, clock())
    assert due(c, clock()) == ["desk: ثالث"]  # order is kept: the second waits behind the first
    assert outbox.next_due(c, clock()) == clock()
    assert due(c, later) == ["news: أول", "desk: ثالث"]


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Sent(41, -100), "sent", None),
        (Refused("Bad Request: chat not found"), "refused", "Bad Request: chat not found"),
        (Later("connection refused"), "pending", "connection refused"),
        (Uncertain("timed out"), "uncertain", "timed out"),
        (Unusable("the token is refused"), "pending", "the token is refused"),
    ],
)
def test_an_outcome_moves_the_row_and_ends_the_attempt(
    c: Connection, clock: Clock, outcome: Outcome, state: State, reason: str | None
) -> None:
    post(c, clock())
    [out] = outbox.due(c, clock(), CHANNELS)
    assert (out.chat, out.topic, out.edits, out.attempts) == ("@news", 7, None, 0)
    attempt = outbox.claim(c, out.version, clock())
    assert row(c)[0] == "sending"
    assert outbox.due(c, clock(), CHANNELS) == []
    next_try = clock.forward(seconds=1) if state == "uncertain" else None  # without one it would be held
    outbox.settle(c, attempt, outcome, state, next_try, clock())
    assert row(c)[:2] == (state, reason)
    ended = c.execute(sa.select(t.attempt.c.ended_at, t.attempt.c.outcome)).one()
    assert ended == (clock(), type(outcome).__name__.lower())
    if state in ("pending", "uncertain"):
        assert outbox.due(c, clock(), CHANNELS)[0].attempts == 1
    else:
        assert outbox.due(c, clock(), CHANNELS) == []
        assert outbox.next_due(c, clock()) is None


def test_a_row_found_in_sending_is_uncertain_and_its_attempt_ended(c: Connection, clock: Clock) -> None:
    post(c, clock())
    outbox.claim(c, outbox.due(c, clock(), CHANNELS)[0].version, clock())
    assert outbox.recover(c, clock.forward(minutes=1), CHANNELS) == 1
    assert row(c)[0] == "uncertain"
    assert c.execute(sa.select(t.attempt.c.outcome, t.attempt.c.ended_at)).one() == ("crashed", clock())
    assert len(outbox.due(c, clock(), CHANNELS)) == 1
    assert outbox.recover(c, clock(), CHANNELS) == 0


def test_a_row_is_claimed_once(c: Connection, clock: Clock) -> None:
    post(c, clock())
    [out] = outbox.due(c, clock(), CHANNELS)
    outbox.claim(c, out.version, clock())
    with pytest.raises(LookupError):
        outbox.claim(c, out.version, clock())


def test_a_newer_text_edits_the_message_after_it_was_sent(c: Connection, clock: Clock) -> None:
    message = post(c, clock(), text="العنوان")
    Decisions(c, clock()).edit(ShownAlert("news", message, "normal", 1, ""), Rendered("<b>النص</b>", "النص"))
    [first] = outbox.due(c, clock(), CHANNELS)
    assert (first.text.plain, first.edits) == ("العنوان", None)
    outbox.settle(c, outbox.claim(c, first.version, clock()), Sent(41, -100), "sent", None, clock())
    [second] = outbox.due(c, clock(), CHANNELS)
    assert (second.text.plain, second.edits, second.chat) == ("النص", 41, -100)  # the chat that it stands in


def test_an_edit_of_a_refused_message_is_refused_with_it(c: Connection, clock: Clock) -> None:
    message = post(c, clock())
    Decisions(c, clock()).edit(ShownAlert("news", message, "normal", 1, ""), Rendered("<b>النص</b>", "النص"))
    [first] = outbox.due(c, clock(), CHANNELS)
    outbox.settle(c, outbox.claim(c, first.version, clock()), Refused("kicked"), "refused", None, clock())
    assert outbox.due(c, clock(), CHANNELS) == []
    assert list(c.scalars(sa.select(t.message_version.c.state))) == ["refused", "refused"]


def test_a_channel_that_moved_is_reached_where_rules_yaml_says_now_and_one_that_went_where_it_was(
    c: Connection, clock: Clock
) -> None:
    post(c, clock(), NEWS)
    post(c, clock(), DESK)
    found = outbox.due(c, clock(), {"news": Channel("news", "@news_new")})
    assert [(o.chat, o.topic) for o in found] == [("@news_new", None), (-100200, None)]


def test_after_a_crash_a_row_waits_out_the_channels_grace_from_the_start_of_its_attempt(
    c: Connection, clock: Clock
) -> None:
    post(c, clock())
    outbox.claim(c, outbox.due(c, clock(), CHANNELS)[0].version, clock())
    outbox.recover(c, clock.forward(seconds=5), CHANNELS)
    assert outbox.due(c, clock(), CHANNELS) == []
    assert outbox.next_due(c, clock()) == clock() + timedelta(seconds=15)
    assert len(outbox.due(c, clock.forward(seconds=15), CHANNELS)) == 1


def test_where_the_channel_holds_what_is_in_doubt_the_row_steps_aside(c: Connection, clock: Clock) -> None:
    holding = {"news": Channel("news", "@news", uncertain_then="hold")}
    post(c, clock(), text="أول")
    post(c, clock(), text="ثان")
    outbox.claim(c, outbox.due(c, clock(), holding)[0].version, clock())
    assert outbox.recover(c, clock(), holding) == 1
    assert due(c, clock.forward(days=1)) == ["news: ثان"]
    assert row(c)[0] == "uncertain"
