"""What a person may do with a row of the outbox, as tables; and what was taken back while it was in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.delivery.look import Absent, Doubt, Found, LookResult, Unseen
from alerts.delivery.model import Outgoing
from alerts.delivery.outbox import BY_A_PERSON, STANDINGS, Settlement, Standing, Wish, after_look, why_not
from alerts.delivery.render import RetractedContent, render
from alerts.delivery.worker import deliver
from alerts.rules.model import Channel
from tests.delivery.memory import MemoryOutbox, ScriptedTarget, Time

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNEL = Channel("desk", -1001)


@pytest.mark.parametrize(
    ("wish", "standing", "state"),
    [
        ("resend", "pending", "pending"),
        ("resend", "sending", None),
        ("resend", "uncertain", None),
        ("resend", "held", "pending"),
        ("resend", "refused", "pending"),
        ("resend", "sent", None),
        ("release", "pending", None),
        ("release", "sending", None),
        ("release", "uncertain", None),
        ("release", "held", "pending"),
        ("release", "refused", None),
        ("release", "sent", None),
        ("drop", "pending", "refused"),
        ("drop", "sending", None),
        ("drop", "uncertain", "refused"),
        ("drop", "held", "refused"),
        ("drop", "refused", None),
        ("drop", "sent", None),
    ],
)
def test_a_wish_has_a_state_or_a_reason_why_not(wish: Wish, standing: Standing, state: str | None) -> None:
    assert BY_A_PERSON[wish].get(standing) == state
    assert (why_not(wish, standing) is None) == (state is not None)


def test_what_is_being_sent_or_was_sent_is_nobodys_to_change() -> None:
    assert set(STANDINGS) - {s for then in BY_A_PERSON.values() for s in then} == {"sending", "sent"}


@pytest.mark.parametrize(
    ("result", "settlement"),
    [
        (Found(41, -1001), Settlement("sent")),  # it stands there: what takes it back can go
        (Absent(), Settlement("refused")),
        (Unseen("a private chat"), Settlement("uncertain")),  # nobody can tell: held, never sent again
        (Unseen("no network", again=True), Settlement("uncertain", NOW + timedelta(seconds=20))),
    ],
)
def test_what_was_taken_back_in_doubt_is_never_sent_again(result: LookResult, settlement: Settlement) -> None:
    found = after_look(result, looks=2, attempts=1, channel=CHANNEL, now=NOW, jitter=0.5, retracted=True)
    assert found == settlement


async def test_the_worker_sends_nothing_that_was_taken_back_and_is_not_there() -> None:
    time, outbox = Time(), MemoryOutbox()
    target = ScriptedTarget(time)
    row = outbox.add("desk", "خبر", doubt=Doubt(-1001, 4, looks=1), retracted=True)
    row.state, row.next_try = "uncertain", time()
    await time.run(deliver(outbox, target, channels={}, clock=time, sleep=time.sleep, wait_limit=timedelta(minutes=1)))
    assert (row.state, target.texts()) == ("refused", [])


async def test_a_row_that_a_person_takes_away_while_it_waits_for_its_turn_stops_nothing() -> None:
    time, outbox = Time(), MemoryOutbox()
    target = ScriptedTarget(time)
    dropped, other = outbox.add("desk", "سقط"), outbox.add("desk", "بقي")

    class Dropping(MemoryOutbox):
        async def claim(self, message: Outgoing, now: datetime) -> int:
            if message.version == dropped.message.version:
                dropped.state = "refused"
                raise LookupError("it is not waiting")
            return await super().claim(message, now)

    outbox.__class__ = Dropping
    await time.run(deliver(outbox, target, channels={}, clock=time, sleep=time.sleep, wait_limit=timedelta(minutes=1)))
    assert (dropped.state, other.state, target.texts()) == ("refused", "sent", ["بقي"])


@pytest.mark.parametrize(
    ("language", "html"),
    [
        ("ar", "<s>قصف على &lt;بلدة&gt;</s>\n\n<b>سُحب هذا الخبر:</b> نفته البلدية &amp; الدفاع المدني"),
        ("en", "<s>قصف على &lt;بلدة&gt;</s>\n\n<b>Retracted:</b> \u2067نفته البلدية &amp; الدفاع المدني\u2069"),
    ],
)
def test_a_retraction_is_the_headline_struck_and_why(language: str, html: str) -> None:
    channel = Channel("desk", -1001, language="en" if language == "en" else "ar")
    text = render(RetractedContent("قصف على <بلدة>", "نفته البلدية & الدفاع المدني"), channel=channel)
    assert text.html.replace("\u200e", "").replace("\u200f", "") == html
    assert "<" not in text.plain.replace("<بلدة>", "")


def test_a_retraction_of_a_hostile_headline_for_a_long_reason_is_one_message() -> None:
    text = render(RetractedContent("<b>" * 4000, "سبب " * 4000), channel=CHANNEL)
    assert len(text.html) < 8000
    assert len(text.plain.encode("utf-16-le")) // 2 <= 4096
