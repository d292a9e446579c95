"""The worker: order, independence, waiting, doubt, and what it leaves behind when it must stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from alerts.delivery.look import Absent, Found, LookResult, Unseen
from alerts.delivery.model import Blocked, Later, Outcome, Outgoing, Refused, State, Turn, Uncertain, Unusable
from alerts.delivery.pace import Pace
from alerts.delivery.worker import DeliveryReport, deliver
from alerts.rules.model import Channel
from tests.delivery.memory import MemoryOutbox, ScriptedTarget, Time

WAIT = timedelta(seconds=30)
FREE = Pace(enabled=False)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


async def run(outbox: MemoryOutbox, target: ScriptedTarget, time: Time, **options: Any) -> DeliveryReport:
    settings: dict[str, Any] = {"channels": {}, "wait_limit": WAIT, "pace": FREE, "jitter": lambda: 0.0} | options
    return await time.run(deliver(outbox, target, clock=time, sleep=time.sleep, **settings))


async def test_an_empty_outbox_is_done_at_once(outbox: MemoryOutbox, time: Time) -> None:
    before = time.now
    assert await run(outbox, ScriptedTarget(time), time) == DeliveryReport()
    assert time.now == before


async def test_each_channel_gets_its_messages_in_order_and_channels_run_at_once(
    outbox: MemoryOutbox, time: Time
) -> None:
    for i in range(5):
        for channel in "ab":
            outbox.add(channel, f"{channel}{i}")
    target = ScriptedTarget(time)
    assert await run(outbox, target, time) == DeliveryReport(sent=10)
    for channel in "ab":
        assert [t for t in target.texts() if t[0] == channel] == [f"{channel}{i}" for i in range(5)]
    assert target.most_at_once == 2
    assert outbox.rows[0].history == ["sending", "sent"]


async def test_a_slow_channel_holds_no_other(outbox: MemoryOutbox, time: Time) -> None:
    for i in range(3):
        outbox.add("slow", f"s{i}")
        outbox.add("quick", f"q{i}")
    target = ScriptedTarget(time)
    target.slow["slow"] = 20
    await run(outbox, target, time)
    assert {t: s for t, s in target.begun if t[0] == "q"} == pytest.approx({"q0": 0, "q1": 0.1, "q2": 0.2})


async def test_a_429_is_waited_out_to_the_second_on_that_channel_only(outbox: MemoryOutbox, time: Time) -> None:
    for text in ("a0", "a1", "b0", "b1"):
        outbox.add(text[0], text)
    target = ScriptedTarget(time, {"a0": [Later("flood", timedelta(seconds=17))]})
    assert await run(outbox, target, time) == DeliveryReport(sent=4, later=1)
    assert target.begun[-2:] == [("a0", pytest.approx(17.1)), ("a1", pytest.approx(17.2))]
    assert dict(target.begun)["b1"] < 1


async def test_a_wait_beyond_the_limit_is_left_to_the_next_pass(outbox: MemoryOutbox, time: Time) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    target = ScriptedTarget(time, {"a0": [Later("flood", timedelta(seconds=43_837))]})
    assert await run(outbox, target, time) == DeliveryReport(later=1)
    assert outbox.states() == ["pending", "pending"]
    time.forward(seconds=43_836)
    assert await run(outbox, target, time, wait_limit=timedelta()) == DeliveryReport()
    time.forward(seconds=1)
    assert await run(outbox, target, time) == DeliveryReport(sent=2)
    assert target.texts() == ["a0", "a0", "a1"]


async def test_waits_count_together_against_the_limit(outbox: MemoryOutbox, time: Time) -> None:
    outbox.add("a", "a0")
    again: list[Outcome | Exception] = [Later("flood", timedelta(seconds=20))] * 9
    before = time.now
    report = await run(outbox, ScriptedTarget(time, {"a0": again}), time)
    assert report == DeliveryReport(later=2)
    assert time.now - before < WAIT


async def test_a_refused_message_is_never_tried_again_and_those_after_it_go_on(
    outbox: MemoryOutbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    target = ScriptedTarget(time, {"a0": [Refused("message is too long")]})
    assert await run(outbox, target, time) == DeliveryReport(sent=1, refused=1)
    assert await run(outbox, target, time) == DeliveryReport()
    assert target.texts() == ["a0", "a1"]
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.WARNING, "a: refused for good: 'a0': message is too long")
    ]


async def test_a_chat_that_refuses_is_told_once_asked_every_hour_and_told_when_it_takes_messages_again(
    outbox: MemoryOutbox, time: Time
) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    told: list[str] = []

    async def notify(lines: Sequence[str]) -> None:
        told.extend(lines)

    target = ScriptedTarget(time, {"a0": [Blocked("Forbidden: kicked")] * 2})
    report = await run(outbox, target, time, notify=notify, wait_limit=timedelta(hours=3))
    assert report.sent == 2
    assert target.begun == [
        ("a0", 0),
        ("a0", pytest.approx(3600.1)),
        ("a0", pytest.approx(7200.2)),
        ("a1", pytest.approx(7200.3)),
    ]
    assert told == [
        "a: @a takes no messages: Forbidden: kicked; what is for it waits, and is tried again every 1 h",
        "a: takes messages again",
    ]


async def test_a_message_in_doubt_is_sent_again_when_two_looks_a_grace_apart_found_nothing(
    outbox: MemoryOutbox, time: Time
) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    target = ScriptedTarget(time, {"a0": [Uncertain("timed out")]})
    channels = {"a": Channel("a", "@a", uncertain_grace=timedelta(seconds=7))}
    assert await run(outbox, target, time, channels=channels) == DeliveryReport(sent=2, uncertain=2)
    assert target.looked_for == [("a0", pytest.approx(7.1)), ("a0", pytest.approx(14.1))]
    assert target.begun == [("a0", 0), ("a0", pytest.approx(14.1)), ("a1", pytest.approx(14.2))]
    assert outbox.rows[0].history == ["sending", "uncertain", "uncertain", "sending", "sent"]


@pytest.mark.parametrize("looks", [[Found(41, -1)], [Absent(), Found(41, -1)]])
async def test_a_message_in_doubt_that_a_look_finds_is_not_sent_again(
    outbox: MemoryOutbox, time: Time, looks: list[LookResult]
) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    target = ScriptedTarget(time, {"a0": [Uncertain("timed out")]})
    target.sees["a0"] = list(looks)
    await run(outbox, target, time, wait_limit=timedelta(minutes=2))
    assert target.texts() == ["a0", "a1"]
    assert outbox.states() == ["sent", "sent"]


async def test_where_looking_can_never_tell_the_message_is_sent_again_by_policy_and_told(
    outbox: MemoryOutbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.add("a", "a0")
    target = ScriptedTarget(time, {"a0": [Uncertain("timed out")]})
    target.sees["a0"] = [Unseen("a private chat")]
    await run(outbox, target, time)
    assert target.texts() == ["a0", "a0"]
    assert [r.getMessage() for r in caplog.records] == [
        "a: 'a0' may have arrived and is sent again, by policy: a private chat"
    ]


async def test_a_look_that_fails_for_now_is_done_again_and_nothing_is_sent_meanwhile(
    outbox: MemoryOutbox, time: Time
) -> None:
    outbox.add("a", "a0")
    target = ScriptedTarget(time, {"a0": [Uncertain("timed out")]})
    target.sees["a0"] = [Unseen("no network", again=True), RuntimeError("bug"), Found(41, -1)]
    await run(outbox, target, time, wait_limit=timedelta(minutes=5), channels={"a": Channel("a", "@a")})
    assert len(target.looked_for) == 2
    assert target.texts() == ["a0", "a0"]  # a mistake of ours in looking is settled by policy


async def test_a_held_message_steps_aside_and_is_told(
    outbox: MemoryOutbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.add("a", "a0")
    outbox.add("a", "a1")
    target = ScriptedTarget(time, {"a0": [Uncertain("timed out")]})
    target.sees["a0"] = [Unseen("a private chat")]
    channels = {"a": Channel("a", "@a", uncertain_then="hold")}
    assert await run(outbox, target, time, channels=channels) == DeliveryReport(sent=1, uncertain=2)
    assert outbox.states() == ["uncertain", "sent"]
    assert [r.getMessage() for r in caplog.records] == [
        "a: 'a0' may have arrived or not, and is held; `marsad outbox` releases it"
    ]


async def test_an_edit_in_doubt_is_simply_done_again(outbox: MemoryOutbox, time: Time) -> None:
    row = outbox.add("a", "a0", edits=41)
    report = await run(outbox, ScriptedTarget(time, {"a0": [Uncertain("500")]}), time)
    assert report == DeliveryReport(sent=1, uncertain=1)
    assert row.history == ["sending", "pending", "sending", "sent"]


async def test_an_unusable_token_stops_delivery_with_one_line_and_keeps_all(
    outbox: MemoryOutbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for channel in "abc":
        outbox.add(channel, f"{channel}0")
        outbox.add(channel, f"{channel}1")
    refused = {f"{c}0": [Unusable("the token is refused")] for c in "abc"}
    target = ScriptedTarget(time, {text: list(outcomes) for text, outcomes in refused.items()})
    report = await run(outbox, target, time)
    assert report == DeliveryReport(unusable="the token is refused")
    assert set(outbox.states()) == {"pending"}
    assert len(target.begun) == 3  # those under way together, none after
    assert [(r.levelno, vars(r)["reason"]) for r in caplog.records] == [(logging.ERROR, "the token is refused")]
    assert await run(outbox, target, time) == DeliveryReport(sent=6)


async def test_a_row_left_by_a_crash_is_recovered_before_anything_is_sent(outbox: MemoryOutbox, time: Time) -> None:
    crashed = outbox.add("a", "a0")
    crashed.state = "sending"
    outbox.add("a", "a1")
    target = ScriptedTarget(time)
    target.sees["a0"] = [Found(41, -1)]
    assert await run(outbox, target, time) == DeliveryReport(sent=2, recovered=1)
    assert target.begun == [("a1", 20)]


async def test_a_process_begins_with_the_pace_of_the_one_before_it(outbox: MemoryOutbox, time: Time) -> None:
    outbox.sent_before = [("@a", time.now - timedelta(seconds=1), 10)] * 3
    outbox.add("a", "a0")
    outbox.add("b", "b0")
    target = ScriptedTarget(time)
    await run(outbox, target, time, pace=Pace())
    assert dict(target.begun) == {"b0": 0, "a0": pytest.approx(2)}


async def test_a_mistake_in_the_target_is_doubt_and_stops_nothing(
    outbox: MemoryOutbox, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.add("a", "a0")
    outbox.add("b", "b0")
    target = ScriptedTarget(time, {"a0": [RuntimeError("bug")]})
    assert (await run(outbox, target, time, wait_limit=timedelta(minutes=1))).sent == 2
    assert caplog.records[0].exc_info


async def test_a_channels_retry_comes_in_time_though_another_is_slow_and_has_more(
    outbox: MemoryOutbox, time: Time
) -> None:
    for text in ("slow 1", "slow 2"):
        outbox.add("a", text)
    outbox.add("b", "b")
    target = ScriptedTarget(time, {"b": [Later("flood", timedelta(seconds=5))]})
    target.slow["a"] = 60
    await run(outbox, target, time)
    assert [at for text, at in target.begun if text == "b"] == [0, pytest.approx(5.1)]


async def test_a_chats_pace_is_kept_and_holds_no_other_chat(outbox: MemoryOutbox, time: Time) -> None:
    for i in range(25):
        outbox.add("a", f"a{i}")
    outbox.add("b", "b0")
    target = ScriptedTarget(time)
    assert await run(outbox, target, time, pace=Pace()) == DeliveryReport(sent=26)
    begun = dict(target.begun)
    assert begun["b0"] == 0
    assert begun["a2"] < 1
    assert begun["a3"] == pytest.approx(3.1)  # after the answer to the first, which took a tenth
    assert begun["a19"] < 21
    assert begun["a20"] == pytest.approx(60.1)


async def test_stop_ends_what_is_in_flight_and_begins_nothing_more(outbox: MemoryOutbox, time: Time) -> None:
    for i in range(9):
        outbox.add("a", f"a{i}")
        outbox.add("b", f"b{i}")
    target = ScriptedTarget(time)
    target.slow["b"] = 5
    stop = asyncio.Event()

    async def stopper() -> None:
        await time.sleep(1)
        stop.set()

    stopping = asyncio.ensure_future(stopper())
    report = await run(outbox, target, time, stop=stop, pace=Pace())
    await stopping
    assert target.texts() == ["a0", "b0", "a1", "a2"]
    assert report == DeliveryReport(sent=4)
    assert "sending" not in outbox.states()


async def test_the_daemon_waits_for_ever_and_a_wake_is_heeded_at_once(outbox: MemoryOutbox, time: Time) -> None:
    target = ScriptedTarget(time)
    target.slow["slow"] = 100
    wake, stop = asyncio.Event(), asyncio.Event()

    async def newsroom() -> None:
        await time.sleep(500)
        outbox.add("slow", "s0")
        wake.set()
        await time.sleep(1)
        outbox.add("a", "a0")  # while the other channel is busy
        wake.set()
        await time.sleep(300)
        stop.set()

    room = asyncio.ensure_future(newsroom())
    report = await run(outbox, target, time, wait_limit=None, wake=wake, stop=stop)
    await room
    assert target.begun == [("s0", 500), ("a0", 501)]
    assert outbox.looks < 10  # it looks when something happened, not all the time
    assert report == DeliveryReport(sent=2)


async def test_the_daemon_comes_back_by_itself_when_a_wait_is_over(outbox: MemoryOutbox, time: Time) -> None:
    outbox.add("a", "a0")
    outbox.add("slow", "s0")
    target = ScriptedTarget(time, {"a0": [Later("flood", timedelta(seconds=90))]})
    target.slow["slow"] = 400
    stop = asyncio.Event()

    async def stopper() -> None:
        await time.sleep(1000)
        stop.set()

    stopping = asyncio.ensure_future(stopper())
    assert (await run(outbox, target, time, wait_limit=None, stop=stop)).sent == 2
    await stopping
    assert target.begun[-1] == ("a0", pytest.approx(90.1))  # not held by the slow one


class FailingOutbox(MemoryOutbox):
    """Cannot write when told to, as a full disk cannot."""

    def __init__(self, fails: str) -> None:
        super().__init__()
        self.fails = fails

    async def claim(self, message: Outgoing, now: Any) -> int:
        if self.fails == "claim" and message.version == 0:
            raise OSError("disk full")
        return await super().claim(message, now)

    async def settle(self, attempt: int, outcome: Outcome, state: State, next_try: Any, now: Any) -> Turn | None:
        if self.fails == "settle" and attempt == 0:
            raise OSError("disk full")
        return await super().settle(attempt, outcome, state, next_try, now)


@pytest.mark.parametrize(
    ("fails", "texts", "left"), [("claim", ["b0"], "pending"), ("settle", ["a0", "b0"], "sending")]
)
async def test_a_store_that_fails_is_raised_after_the_others_in_flight_are_settled(
    fails: str, texts: list[str], left: str, time: Time
) -> None:
    outbox = FailingOutbox(fails)
    outbox.add("a", "a0")
    outbox.add("b", "b0")
    target = ScriptedTarget(time)
    target.slow["b"] = 10
    with pytest.raises(OSError, match="disk full"):
        await run(outbox, target, time)
    assert target.texts() == texts  # nothing leaves without a claim
    assert outbox.states() == [left, "sent"]


async def test_cancelling_ends_what_is_in_flight_first(outbox: MemoryOutbox, time: Time) -> None:
    outbox.add("a", "a0")
    target = ScriptedTarget(time)
    target.slow["a"] = 10

    async def cancelled() -> None:
        work = asyncio.ensure_future(
            deliver(outbox, target, channels={}, clock=time, sleep=time.sleep, wait_limit=WAIT, pace=FREE)
        )
        await time.sleep(1)
        work.cancel()
        await work

    with pytest.raises(asyncio.CancelledError):
        await time.run(cancelled())
    assert outbox.states() == ["sent"]
