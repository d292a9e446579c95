"""The outbox for people, in the store: wishes beside a delivery, retractions, and what delivery makes of both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection

from alerts.delivery.model import Outcome, Refused, Rendered, Sent, State, Uncertain
from alerts.rules.model import Channel
from alerts.store import outbox
from alerts.store import outbox_view as view
from alerts.store.decisions import Decisions
from alerts.store.outbox_view import NotPossible, Row
from tests.clock import Clock

NEWS = Channel("news", "@news")
CHANNELS = {"news": NEWS}


def post(c: Connection, clock: Clock, text: str = "خبر") -> Row:
    return view.original(c, Decisions(c, clock()).post(NEWS, "alert", Rendered(f"<b>{text}</b>", text)))


def attempt(c: Connection, clock: Clock, outcome: Outcome, state: State, *, held: bool = False) -> None:
    """The first due row is sent, with this outcome."""
    [due] = outbox.due(c, clock(), CHANNELS)
    again = clock() + timedelta(seconds=20) if state == "uncertain" and not held else None
    outbox.settle(c, outbox.claim(c, due, clock()), outcome, state, again, clock())


def taken_back(c: Connection, clock: Clock, row: Row, *, deletes: bool = False) -> Row | None:
    text = Rendered("<s>خبر</s>", "خبر")
    return view.retract(c, row.message, text, deletes=deletes, person="sami", because="خطأ", now=clock())


def test_a_refused_row_is_sent_again_however_old_it_is(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Refused("no"), "refused")
    clock.forward(hours=13)
    view.change(c, row.id, "resend", "sent again by sami", clock())
    assert outbox.expire(c, clock(), CHANNELS) == []
    assert [due.version for due in outbox.due(c, clock(), CHANNELS)] == [row.id]
    clock.forward(hours=13)
    assert [old.version for old in outbox.expire(c, clock(), CHANNELS)] == [row.id]  # its age counts anew


def test_a_newer_text_that_was_refused_with_its_message_comes_back_with_it(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Refused("no"), "refused")
    c.exec_driver_sql(
        "INSERT INTO message_version (message_id, number, html, plain, state, looks, created_at) "
        f"SELECT message_id, 2, 'new', 'new', 'pending', 0, created_at FROM message_version WHERE id = {row.id}"
    )
    assert outbox.due(c, clock(), CHANNELS) == []
    view.change(c, row.id, "resend", "sent again by sami", clock())
    attempt(c, clock, Sent(41, -1001), "sent")
    [edit] = outbox.due(c, clock(), CHANNELS)
    assert (edit.text.plain, edit.edits) == ("new", 41)


def test_what_is_held_is_released_without_a_look_and_a_drop_of_it_holds(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Uncertain("timed out"), "uncertain", held=True)
    assert view.row(c, row.id).standing == "held"
    assert outbox.due(c, clock(), CHANNELS) == []
    assert view.change(c, row.id, "release", "sent again by sami", clock()).standing == "held"
    [due] = outbox.due(c, clock(), CHANNELS)
    assert due.doubt is None
    view.change(c, row.id, "drop", "dropped by sami: late", clock())
    found = view.row(c, row.id)
    assert (found.standing, found.reason, found.settled_at) == ("refused", "dropped by sami: late", clock())
    with pytest.raises(LookupError):
        outbox.claim(c, due, clock())  # what delivery had in hand is no longer to be sent


def test_a_row_in_flight_is_not_touched(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    [due] = outbox.due(c, clock(), CHANNELS)
    outbox.claim(c, due, clock())
    for wish in ("resend", "drop", "release"):
        with pytest.raises(NotPossible, match="being sent at this moment"):
            view.change(c, row.id, wish, "", clock())  # type: ignore[arg-type]
    assert view.row(c, row.id).standing == "sending"


def test_an_older_text_is_not_put_back_over_a_newer_one(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Sent(41, -1001), "sent")
    first = taken_back(c, clock, row)
    attempt(c, clock, Refused("no"), "refused")
    taken_back(c, clock, row)
    assert first is not None
    with pytest.raises(NotPossible, match="a newer text"):
        view.change(c, first.id, "resend", "", clock())


def test_a_retraction_edits_what_was_sent_and_is_recorded(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Sent(41, -1001), "sent")
    made = taken_back(c, clock, row)
    [due] = outbox.due(c, clock(), CHANNELS)
    assert made is not None
    assert (due.version, due.edits, due.chat, due.deletes, due.text.html) == (made.id, 41, -1001, False, "<s>خبر</s>")
    [record] = view.retractions(c, row.message)
    assert (record.person, record.because, record.deletes, record.created_at) == ("sami", "خطأ", False, clock())


def test_a_deletion_goes_through_the_outbox_and_is_done_once(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Sent(41, -1001), "sent")
    taken_back(c, clock, row, deletes=True)
    [due] = outbox.due(c, clock(), CHANNELS)
    assert (due.deletes, due.edits, due.doubt) == (True, 41, None)
    with pytest.raises(NotPossible, match="taken away already"):
        taken_back(c, clock, row)
    attempt(c, clock, Refused("message can't be deleted"), "refused")
    assert taken_back(c, clock, row) is not None  # after two days its text can still be changed


def test_what_had_not_left_never_leaves(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    assert taken_back(c, clock, row) is None
    assert outbox.due(c, clock(), CHANNELS) == []
    with pytest.raises(NotPossible, match="taken back"):
        view.change(c, row.id, "resend", "", clock())
    with pytest.raises(NotPossible, match="never sent"):
        taken_back(c, clock, row)


@pytest.mark.parametrize(("outcome", "state"), [(Sent(41, -1001), "sent"), (Uncertain("timed out"), "pending")])
def test_what_was_in_flight_when_it_was_taken_back_is_changed_or_never_sent_again(
    c: Connection, clock: Clock, outcome: Outcome, state: State
) -> None:
    row = post(c, clock)
    [due] = outbox.due(c, clock(), CHANNELS)
    in_flight = outbox.claim(c, due, clock())
    made = taken_back(c, clock, row)
    assert made is not None
    assert outbox.due(c, clock(), CHANNELS) == []
    outbox.settle(c, in_flight, outcome, state, None, clock())
    then = [x.version for x in outbox.due(c, clock(), CHANNELS)]
    assert then == ([made.id] if state == "sent" else [])
    assert [view.row(c, row.id).standing, view.row(c, made.id).standing] == (
        ["sent", "pending"] if state == "sent" else ["refused", "refused"]
    )


def test_what_is_in_doubt_when_it_is_taken_back_is_looked_for_and_not_claimed(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Uncertain("timed out"), "uncertain")
    clock.forward(seconds=30)
    [stale] = outbox.due(c, clock(), CHANNELS)
    made = taken_back(c, clock, row)
    with pytest.raises(LookupError):  # a look that began before cannot end in a send
        outbox.claim(c, stale, clock())
    [due] = outbox.due(c, clock(), CHANNELS)
    assert (due.version, due.retracted) == (row.id, True)
    outbox.looked(c, row.id, Sent(41, -1001), "sent", None, clock())
    [edit] = outbox.due(c, clock(), CHANNELS)
    assert made is not None
    assert (edit.version, edit.edits, edit.retracted) == (made.id, 41, False)


def test_a_message_is_found_by_its_chat_in_any_case_and_by_its_channel(c: Connection, clock: Clock) -> None:
    row = post(c, clock)
    attempt(c, clock, Sent(41, -1001000000009), "sent")
    assert view.sent_as(c, 41, chat="@NEWS").id == row.id
    assert view.sent_as(c, 41, chat=-1001000000009).id == row.id
    assert view.sent_as(c, 41, channel="news").id == row.id
    with pytest.raises(NotPossible, match="stands as 42"):
        view.sent_as(c, 42, chat="@news")


def test_channels_are_told_with_what_waits_and_what_was_sent_last(c: Connection, clock: Clock) -> None:
    for number in (41, 43):
        post(c, clock)
        attempt(c, clock, Sent(number, -1001000000009), "sent")
    post(c, clock)
    facts = view.channels(c)["news"]
    assert facts.rows == {"sent": 2, "pending": 1}
    assert [row.telegram_id for row in facts.last] == [43, 41]
    assert facts.last[0].link == "https://t.me/news/43"
    assert view.ours_between(c, -1001000000009, 40, 43) == {41}
    assert [row.standing for row in view.rows(c, ["pending", "sent"], limit=2)] == ["sent", "pending"]
