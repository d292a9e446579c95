"""How soon a chat may be sent to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.pace import CHAT, GROUP, OVERALL, Limit, Pace, wait
from tests.clock import Clock

START = Clock().now


def at(*seconds: float) -> list[datetime]:
    return [START + timedelta(seconds=s) for s in seconds]


@pytest.mark.parametrize(
    ("history", "limits", "now", "waits"),
    [
        ([], CHAT, 0, 0),
        ([0, 0], CHAT, 0, 0),  # a short burst
        ([0, 0, 0], CHAT, 1, 2),
        ([0, 1, 2], CHAT, 3, 0),
        ([0, 0, 0], CHAT, 9, 0),
        (range(20), GROUP, 20, 40),  # twenty a minute
        ([0.5] * 30, OVERALL, 1, 0.5),
        ([5, 5, 5], CHAT, 0, 0),  # the clock was set back
    ],
)
def test_a_limit_makes_the_next_message_wait(
    history: list[float], limits: tuple[Limit, ...], now: float, waits: float
) -> None:
    [moment] = at(now)
    assert max(timedelta(), wait(at(*history), limits, moment)) == timedelta(seconds=waits)


def send_all(pace: Pace, chats: list[str | int], clock: Clock) -> list[datetime]:
    times = []
    for chat in chats:
        while (pause := pace.wait(chat, clock())) > timedelta():
            clock.now += pause
        pace.sent(chat, clock())
        times.append(clock())
    return times


@pytest.mark.parametrize(("chat", "minutes"), [("@channel", 5), (-1001, 5), (42, 2)])
def test_a_hundred_messages_to_a_group_take_five_minutes_and_to_a_person_less(
    chat: str | int, minutes: int, clock: Clock
) -> None:
    times = send_all(Pace(), [chat] * 101, clock)
    assert times[-1] - times[0] == pytest.approx(timedelta(minutes=minutes), abs=timedelta(seconds=25))


@given(st.lists(st.sampled_from(["@a", "@b", -1, 7, 8, 9]), max_size=150))
def test_no_span_of_time_holds_more_than_its_limit(chats: list[str | int]) -> None:
    times = send_all(Pace(), chats, Clock())
    for limit, kept in [
        *((limit, times) for limit in OVERALL),
        *((limit, [t for t, c in zip(times, chats, strict=True) if c == "@a"]) for limit in GROUP),
        *((limit, [t for t, c in zip(times, chats, strict=True) if c == 7]) for limit in CHAT),
    ]:
        for i, begin in enumerate(kept):
            assert sum(t < begin + limit.per for t in kept[i:]) <= limit.count


def test_a_message_counts_from_its_answer_since_nobody_knows_when_within_the_call_it_arrived(clock: Clock) -> None:
    pace = Pace()
    for _ in range(3):
        with pace.sending("@a", clock):
            clock.forward(seconds=1)
    assert pace.wait("@a", clock()) == timedelta(seconds=1)  # 3 s after the first answer, a second after the last


def test_what_is_on_its_way_counts_as_sent_just_now(clock: Clock) -> None:
    pace = Pace()
    with pace.sending("@a", clock), pace.sending("@a", clock), pace.sending("@a", clock):
        clock.forward(seconds=10)
        assert pace.wait("@a", clock()) == timedelta(seconds=3)
    with pytest.raises(LookupError), pace.sending("@b", clock):
        raise LookupError
    assert pace.wait("@b", clock()) <= timedelta()


def test_one_chats_wait_is_not_anothers_and_lifted_limits_are_none(clock: Clock) -> None:
    pace = Pace()
    for _ in range(3):
        pace.sent("@a", clock())
    assert pace.wait("@a", clock()) == timedelta(seconds=3)
    assert pace.wait("@b", clock()) <= timedelta()
    free = Pace(enabled=False)
    for _ in range(500):
        free.sent("@a", clock())
    assert free.wait("@a", clock()) == timedelta()


def test_a_clock_set_back_does_not_stop_a_chat(clock: Clock) -> None:
    pace = Pace()
    for _ in range(3):
        pace.sent("@a", clock())
    clock.forward(days=-1)
    assert pace.wait("@a", clock()) <= timedelta()
    pace.sent("@a", clock())
    assert pace.wait("@a", clock()) <= timedelta()


@pytest.fixture
def clock() -> Clock:
    return Clock()
