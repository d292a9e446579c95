"""The outbox: every state of a message, and what a crash leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.look import Doubt
from alerts.delivery.model import Blocked, Later, Moved, Outcome, Refused, Rendered, Sent, State, Uncertain, Unusable
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
    attempt = outbox.claim(c, first, clock())
    later = clock() + timedelta(seconds=40)
    outbox.settle(c, attempt, Later("flood control", timedelta(seconds=40)), "pending", later, clock())
    assert due(c, clock()) == ["desk: ثالث"]  # order is kept: the second waits behind the first
    assert outbox.next_due(c, clock(), CHANNELS) == clock()
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
    attempt = outbox.claim(c, out, clock())
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
        assert outbox.next_due(c, clock(), CHANNELS) is None


def test_a_row_found_in_sending_is_uncertain_and_its_attempt_ended(c: Connection, clock: Clock) -> None:
    post(c, clock())
    outbox.claim(c, outbox.due(c, clock(), CHANNELS)[0], clock())
    assert outbox.recover(c, clock.forward(minutes=1), CHANNELS) == 1
    assert row(c)[0] == "uncertain"
    assert c.execute(sa.select(t.attempt.c.outcome, t.attempt.c.ended_at)).one() == ("crashed", clock())
    assert len(outbox.due(c, clock(), CHANNELS)) == 1
    assert outbox.recover(c, clock(), CHANNELS) == 0


def test_a_row_is_claimed_once(c: Connection, clock: Clock) -> None:
    post(c, clock())
    [out] = outbox.due(c, clock(), CHANNELS)
    outbox.claim(c, out, clock())
    with pytest.raises(LookupError):
        outbox.claim(c, out, clock())


def test_a_newer_text_edits_the_message_after_it_was_sent(c: Connection, clock: Clock) -> None:
    message = post(c, clock(), text="العنوان")
    Decisions(c, clock()).edit(ShownAlert(1, "news", message, "normal", 1, ""), Rendered("<b>النص</b>", "النص"))
    [first] = outbox.due(c, clock(), CHANNELS)
    assert (first.text.plain, first.edits) == ("العنوان", None)
    outbox.settle(c, outbox.claim(c, first, clock()), Sent(41, -100), "sent", None, clock())
    [second] = outbox.due(c, clock(), CHANNELS)
    assert (second.text.plain, second.edits, second.chat) == ("النص", 41, -100)  # the chat that it stands in


def test_an_edit_of_a_refused_message_is_refused_with_it(c: Connection, clock: Clock) -> None:
    message = post(c, clock())
    Decisions(c, clock()).edit(ShownAlert(1, "news", message, "normal", 1, ""), Rendered("<b>النص</b>", "النص"))
    [first] = outbox.due(c, clock(), CHANNELS)
    outbox.settle(c, outbox.claim(c, first, clock()), Refused("kicked"), "refused", None, clock())
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
    outbox.claim(c, outbox.due(c, clock(), CHANNELS)[0], clock())
    outbox.recover(c, clock.forward(seconds=5), CHANNELS)
    assert outbox.due(c, clock(), CHANNELS) == []
    assert outbox.next_due(c, clock(), CHANNELS) == clock() + timedelta(seconds=15)
    assert len(outbox.due(c, clock.forward(seconds=15), CHANNELS)) == 1


def test_a_row_that_is_held_steps_aside_and_with_it_what_would_edit_it(c: Connection, clock: Clock) -> None:
    message = post(c, clock(), text="أول")
    Decisions(c, clock()).edit(ShownAlert(1, "news", message, "normal", 1, ""), Rendered("<b>أطول</b>", "أطول"))
    post(c, clock(), text="ثان")
    [first] = outbox.due(c, clock(), CHANNELS)
    outbox.claim(c, first, clock())
    outbox.recover(c, clock(), CHANNELS)
    outbox.looked(c, first.version, None, "uncertain", None, clock())
    assert due(c, clock.forward(hours=1)) == ["news: ثان"]
    assert row(c)[0] == "uncertain"


def sent(c: Connection, at: datetime, message_id: int, channel: Channel = NEWS, chat_id: int = -1001) -> None:
    """A message of ours that was sent."""
    post(c, at, channel)
    [out] = [o for o in outbox.due(c, at, CHANNELS) if o.channel == channel.name]
    outbox.settle(c, outbox.claim(c, out, at), Sent(message_id, chat_id), "sent", None, at)


def in_doubt(c: Connection, at: datetime, channel: Channel = NEWS) -> None:
    """A message of ours whose send is in doubt, to be looked for at once."""
    post(c, at, channel)
    [out] = [o for o in outbox.due(c, at, CHANNELS) if o.channel == channel.name]
    outbox.settle(c, outbox.claim(c, out, at), Uncertain("timed out"), "uncertain", at, at)


def doubts(c: Connection, at: datetime) -> list[Doubt | None]:
    return [o.doubt for o in outbox.due(c, at, CHANNELS)]


def test_of_a_message_in_doubt_the_store_knows_where_to_look_from_and_what_is_ours(c: Connection, clock: Clock) -> None:
    sent(c, clock(), 41)
    sent(c, clock.forward(seconds=1), 44)
    in_doubt(c, clock.forward(seconds=1))
    assert doubts(c, clock()) == [Doubt(-1001, 44, frozenset(), True, 0)]
    other = Channel("topic", "@news", topic=9)  # another topic of the same chat goes on meanwhile
    post(c, clock.forward(seconds=1), other)
    [out] = [o for o in outbox.due(c, clock(), CHANNELS | {"topic": other}) if o.channel == "topic"]
    outbox.settle(c, outbox.claim(c, out, clock()), Sent(47, -1001), "sent", None, clock())
    assert doubts(c, clock()) == [Doubt(-1001, 44, frozenset({47}), True, 0)]


def test_a_chat_in_which_nothing_of_ours_stands_gives_no_place_to_look_from(c: Connection, clock: Clock) -> None:
    in_doubt(c, clock())
    in_doubt(c, clock(), DESK)
    assert doubts(c, clock()) == [Doubt(), Doubt(-100200, None)]


def test_two_messages_in_doubt_in_one_chat_are_not_alone(c: Connection, clock: Clock) -> None:
    sent(c, clock(), 41)
    in_doubt(c, clock())
    other = Channel("topic", "@news", topic=9)
    post(c, clock(), other)
    [out] = [o for o in outbox.due(c, clock(), CHANNELS | {"topic": other}) if o.channel == "topic"]
    outbox.settle(c, outbox.claim(c, out, clock()), Uncertain("x"), "uncertain", clock(), clock())
    assert [d.alone for d in doubts(c, clock()) if d] == [False, False]


def test_what_a_look_finds_is_sent_and_what_it_does_not_is_looked_for_again(c: Connection, clock: Clock) -> None:
    sent(c, clock(), 41)
    in_doubt(c, clock())
    [out] = outbox.due(c, clock(), CHANNELS)
    outbox.looked(c, out.version, None, "uncertain", clock() + timedelta(seconds=20), clock())
    assert outbox.due(c, clock(), CHANNELS) == []
    [again] = outbox.due(c, clock.forward(seconds=20), CHANNELS)
    assert again.doubt is not None
    assert again.doubt.looks == 1
    outbox.looked(c, out.version, Sent(43, -1001), "sent", None, clock())
    assert outbox.due(c, clock(), CHANNELS) == []
    assert list(c.scalars(sa.select(t.message.c.message_id))) == [41, 43]


def test_a_channel_that_has_a_message_in_hand_is_left_out(c: Connection, clock: Clock) -> None:
    post(c, clock(), text="أول")
    post(c, clock(), DESK, text="ثالث")
    assert [out.channel for out in outbox.due(c, clock(), CHANNELS, {"news"})] == ["desk"]
    assert outbox.next_due(c, clock(), CHANNELS, {"news", "desk"}) is None


def test_the_pace_of_the_next_process_begins_from_the_ends_of_the_attempts(c: Connection, clock: Clock) -> None:
    post(c, clock(), text="أول")
    began = clock()
    [out] = outbox.due(c, began, CHANNELS)
    attempt = outbox.claim(c, out, began)
    assert [at for _, at, _ in outbox.sends(c, began)] == [began]
    outbox.settle(c, attempt, Sent(5, -1001), "sent", None, clock.forward(seconds=4))
    assert [at for _, at, _ in outbox.sends(c, began)] == [clock()]


def test_a_chat_that_refuses_stops_its_channel_for_an_hour_and_keeps_all(c: Connection, clock: Clock) -> None:
    post(c, clock(), text="أول")
    post(c, clock(), text="ثان")
    post(c, clock(), DESK, text="ثالث")

    def refuse() -> str | None:
        first = outbox.due(c, clock(), CHANNELS)[0]
        return outbox.settle(c, outbox.claim(c, first, clock()), Blocked("kicked"), "pending", None, clock())

    assert refuse() == "stopped"
    assert due(c, clock()) == ["desk: ثالث"]
    assert outbox.next_due(c, clock(), {"news": NEWS}) is not None
    clock.forward(hours=1)
    assert due(c, clock()) == ["news: أول", "desk: ثالث"]
    assert refuse() is None  # it is known
    first = outbox.due(c, clock.forward(hours=1), CHANNELS)[0]
    freed = outbox.settle(c, outbox.claim(c, first, clock()), Sent(5, -1001), "sent", None, clock())
    assert freed == "freed"
    assert due(c, clock()) == ["news: ثان", "desk: ثالث"]


def test_a_stopped_channel_that_rules_yaml_sends_elsewhere_goes_on_at_once(c: Connection, clock: Clock) -> None:
    post(c, clock(), text="أول")
    first = outbox.due(c, clock(), CHANNELS)[0]
    outbox.settle(c, outbox.claim(c, first, clock()), Blocked("kicked"), "pending", None, clock())
    assert outbox.due(c, clock(), CHANNELS) == []
    [out] = outbox.due(c, clock(), {"news": Channel("news", "@elsewhere")})
    assert out.chat == "@elsewhere"


def test_a_group_that_became_a_supergroup_is_followed(c: Connection, clock: Clock) -> None:
    post(c, clock(), DESK)
    [out] = outbox.due(c, clock(), CHANNELS)
    outbox.settle(c, outbox.claim(c, out, clock()), Moved("upgraded", -1009), "pending", None, clock())
    [again] = outbox.due(c, clock(), CHANNELS)
    assert again.chat == -1009


def test_what_could_not_be_sent_for_twelve_hours_is_given_up_and_returned(c: Connection, clock: Clock) -> None:
    post(c, clock(), text="قديم")
    post(c, clock.forward(hours=6), text="جديد")
    assert outbox.expire(c, clock(), CHANNELS) == []
    assert [o.text.plain for o in outbox.expire(c, clock.forward(hours=6, minutes=1), CHANNELS)] == ["قديم"]
    assert row(c)[:2] == ("refused", "not sent within 12 h")
    assert due(c, clock()) == ["news: جديد"]


def test_the_last_minutes_sends_are_known_to_the_next_process(c: Connection, clock: Clock) -> None:
    sent(c, clock(), 41)
    sent(c, clock.forward(minutes=2), 42)
    assert outbox.sends(c, clock() - timedelta(minutes=1)) == [("@news", clock(), 3)]
