"""Deciding where alerts may wait: what is held, what is told of it and when; what silences keep from being told."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.decide import Desk, PassCount, decide, flush
from alerts.delivery.quiet import Silence
from alerts.delivery.render import AlertContent
from alerts.places.gazetteer import Gazetteer
from alerts.places.model import Place, PlaceHit
from alerts.places.opening import opener
from alerts.rules.engine import Survey
from alerts.rules.expression import Condition
from alerts.rules.model import Channel, Digest, Document, Evidence, Limit, Match, Quiet, Rule, RuleSet, Severity
from alerts.store import entries, held, silences
from alerts.store import tables as t
from alerts.store.decisions import Decisions, undecided
from crawler.article import Article, Entry
from crawler.memory import Poll, Source
from tests.clock import Clock

RULE = Rule("strikes", "ضربات", "live", "normal", ("news",), (), {}, "hash", Condition())
NEWS = Channel("news", "@news")
UTC_NIGHT = Quiet(time(23), time(6), NEWS.timezone)
TWICE = Digest((time(8), time(20)))


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return opener(tmp_path_factory.mktemp("nothing imported"))()


@dataclass
class Room:
    """A newsroom of one transaction: articles come in and are decided on as a pass would, by rules that match what
    they are told to."""

    c: Connection
    clock: Clock
    gazetteer: Gazetteer
    channels: Mapping[str, Channel]
    rules: tuple[Rule, ...] = (RULE,)
    fire: dict[str, tuple[str, ...]] = field(default_factory=dict)  # rules by title; else all
    places: dict[str, str] = field(default_factory=dict)  # ids by title
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def survey(self, document: Document) -> Survey:
        rules = self.fire.get(document.title, tuple(rule.id for rule in self.rules))
        matches = tuple(
            Match(rule, (Evidence("title", 0, 4, "غارة", "غارة"),)) for rule in self.rules if rule.id in rules
        )
        if document.title not in self.places:
            return Survey(matches, ())
        place: Place = self.gazetteer.place(self.places[document.title])
        return Survey(matches, (PlaceHit("title", 0, 4, place.name, place),))

    @property
    def rule_set(self) -> RuleSet:
        return RuleSet("rules.yaml", (), self.channels, self.rules, "")

    def comes(self, title: str, text: str = "", *, url: str = "", place: str = "") -> None:
        """An article that came in now; with the `url` of one before, its next version."""
        feed = Source("damas", "http://damas.test/feed", "feed")
        if self.c.scalar(sa.select(sa.func.count()).select_from(t.source)) == 0:
            entries.polled(self.c, Poll(feed, self.clock()), [])
        number = next(self.numbers)
        new, url = not url, url or f"http://damas.test/{number}"
        if place:
            self.places[title] = place
        article = Article("damas", url, title, (text or f"نص الخبر {number}",), published_at=self.clock())
        pending = entries.polled(self.c, Poll(feed, self.clock(), (Entry("damas", url, title, ""),)), [[("url", url)]])
        if new:
            entries.fetched(self.c, pending[0], article, [("url", url)], self.clock())
        else:
            row = self.c.execute(sa.select(t.article_version).order_by(t.article_version.c.id)).first()
            assert row is not None
            t.insert(
                self.c,
                t.article_version,
                **{
                    **{k: v for k, v in row._asdict().items() if k != "id"},
                    "number": 2,
                    "text_hash": "2",
                    "title": title,
                    "decided_at": None,
                },
            )

    def passes(self) -> list[str]:
        """What a pass does with the store, without crawling and sending; the channels that are gone."""
        gone = flush(self.rule_set, self.clock())(Decisions(self.c, self.clock()))
        desk = Desk(self.rule_set, self, {}, lambda: self.gazetteer, timedelta(hours=12))
        decide(desk, undecided(self.c, 99), PassCount(), self.clock())(Decisions(self.c, self.clock()))
        return gone

    def silence(self, kind: Any, value: str, **length: float) -> int:
        until = self.clock() + timedelta(**length)
        return silences.add(self.c, Silence(kind, value, value, until, "تجربة"), self.clock())

    def messages(self) -> list[tuple[str, str]]:
        """Kind and text of what is in the outbox, without direction marks."""
        rows = self.c.execute(
            sa.select(t.message.c.kind, t.message_version.c.html).join(t.message).order_by(t.message_version.c.id)
        )
        return [(r.kind, "".join(x for x in r.html if x not in "\u200e\u200f\u2066\u2067\u2068\u2069")) for r in rows]

    def titles(self) -> list[tuple[str, list[str]]]:
        """Kind of each message, and which of the titles it shows."""
        titles = list(self.c.scalars(sa.select(t.article_version.c.title).order_by(t.article_version.c.id)))
        return [(kind, [title for title in titles if title in text]) for kind, text in self.messages()]

    def outcomes(self) -> list[str]:
        return list(self.c.scalars(sa.select(t.match.c.outcome).order_by(t.match.c.id)))

    def held(self) -> list[tuple[str, bool]]:
        """For what each alert waits or waited, and whether it still does."""
        rows = self.c.execute(sa.select(t.alert.c.held, t.alert.c.message_id).order_by(t.alert.c.id))
        return [(row.held, row.message_id is None) for row in rows]


@pytest.fixture
def room(c: Connection, clock: Clock, gazetteer: Gazetteer) -> Room:
    return Room(c, clock, gazetteer, {"news": NEWS})


def with_channel(room: Room, **said: Any) -> Room:
    room.channels = {"news": replace(NEWS, **said)}
    return room


def test_a_night_is_held_and_told_once_in_the_morning_in_its_order(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=11.5)  # 23:30
    for title in ("غارة على التل الأول", "غارة على التل الثاني", "غارة على التل الثالث"):
        room.comes(title)
        room.passes()
        room.clock.forward(hours=2)
    assert (room.messages(), room.outcomes(), room.held()) == ([], ["held"] * 3, [("quiet", True)] * 3)
    room.clock.forward(minutes=29)  # 05:59
    room.passes()
    assert room.messages() == []
    room.clock.forward(minutes=1)
    room.comes("غارة على التل الرابع")
    for _ in range(3):
        room.passes()
        room.clock.forward(minutes=1)
    assert room.titles() == [
        ("digest", ["غارة على التل الأول", "غارة على التل الثاني", "غارة على التل الثالث"]),
        ("alert", ["غارة على التل الرابع"]),
    ]
    assert room.held() == [("quiet", False)] * 3 + [(None, False)]


def test_the_urgent_passes_the_night(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=12)
    room.rules = (replace(RULE, severity="urgent"),)
    room.comes("غارة على التل")
    room.passes()
    assert room.titles() == [("alert", ["غارة على التل"])]


def test_a_pass_that_comes_days_late_tells_what_waited_once(room: Room) -> None:
    with_channel(room, digest=TWICE)
    for title in ("خبر أول", "خبر ثان"):
        room.comes(title)
        room.passes()
    room.clock.forward(days=4)
    room.passes()
    room.passes()
    assert room.titles() == [("digest", ["خبر أول", "خبر ثان"])]


def test_a_clock_that_is_set_back_repeats_nothing_and_loses_nothing(room: Room) -> None:
    with_channel(room, digest=TWICE)
    room.comes("خبر أول")
    room.passes()
    room.clock.forward(hours=9)
    room.passes()
    assert room.titles() == [("alert", ["خبر أول"])]
    room.clock.forward(hours=-30)
    room.passes()
    room.comes("خبر ثان")
    room.passes()
    room.clock.forward(hours=30)
    room.passes()
    assert room.titles() == [("alert", ["خبر أول"]), ("alert", ["خبر ثان"])]


def test_what_was_held_by_a_clock_that_ran_ahead_does_not_wait_for_it(room: Room) -> None:
    with_channel(room, digest=TWICE).clock.forward(days=300)
    room.comes("خبر أول")
    room.passes()
    room.clock.forward(days=-300)
    room.passes()
    assert room.titles() == [("alert", ["خبر أول"])]


def test_over_the_limit_of_an_hour_the_rest_is_told_together_an_hour_later(room: Room) -> None:
    with_channel(room, limit=Limit(2))
    for n in range(5):
        room.comes(f"الخبر رقم {n} من هنا")
        room.passes()
        room.clock.forward(minutes=1)
    assert room.outcomes() == ["alert", "alert", "held", "held", "held"]
    room.clock.forward(minutes=56)  # 61 after the first, 59 after the first that waits
    room.passes()
    assert len(room.messages()) == 2
    room.clock.forward(minutes=1)
    room.passes()
    assert [(kind, len(titles)) for kind, titles in room.titles()] == [("alert", 1), ("alert", 1), ("digest", 3)]
    room.comes("خبر بعد الساعة")
    room.passes()
    assert room.outcomes()[-1] == "alert", "an hour later there is room again"


def test_the_limit_counts_what_one_pass_tells(room: Room) -> None:
    with_channel(room, limit=Limit(2))
    for n in range(5):
        room.comes(f"الخبر رقم {n} من هنا")
    room.passes()
    assert sorted(room.outcomes()) == ["alert", "alert", "held", "held", "held"]


def test_a_rule_has_its_share_for_each_place(room: Room) -> None:
    room.rules = (replace(RULE, limit=Limit(1, per="place")),)
    for title, place in (("غارة أولى", "SY-HM"), ("غارة ثانية", "SY-HM"), ("غارة ثالثة", "SY-HI")):
        room.comes(title, place=place)
        room.passes()
    assert room.outcomes() == ["alert", "held", "alert"]


def test_a_graver_report_of_a_story_that_waits_is_told_at_once_and_in_its_place(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=12)
    room.rules = (RULE, replace(RULE, id="raids", severity="urgent"))
    room.fire = {"غارة على الجسر": ("strikes",), "غارة على الجسر وقتلى": ("strikes", "raids")}
    words = "قصف الطيران جسرًا على الفرات فجر اليوم ولم ترد أنباء عن ضحايا حتى الآن " * 5
    room.comes("غارة على الجسر", words)
    room.passes()
    room.comes("غارة على الجسر وقتلى", words)
    room.passes()
    assert room.outcomes() == ["held", "told", "alert"]
    room.clock.forward(hours=9)
    room.passes()
    assert [kind for kind, _ in room.messages()] == ["alert"]
    assert "غارة على الجسر وقتلى" in room.messages()[0][1]


def test_two_matches_of_a_story_that_waits_make_one_alert(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=12)
    words = "أعلنت الإدارة المحلية إغلاق المعبر أمام الشاحنات حتى إشعار آخر بسبب الأضرار " * 5
    for n in range(3):
        room.comes(f"إغلاق المعبر {n}", words)
    room.passes()
    assert (room.outcomes(), room.held()) == (["held", "told", "told"], [("quiet", True)])


def test_a_page_that_comes_later_brings_up_to_date_what_waits(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=12)
    room.comes("عنوان الليل")
    room.passes()
    room.comes("عنوان أوفى بالصفحة", url="http://damas.test/1")
    room.passes()
    assert room.messages() == []
    room.clock.forward(hours=9)
    room.passes()
    [(kind, text)] = room.messages()
    assert kind == "alert"
    assert "عنوان أوفى بالصفحة" in text


def test_an_old_night_is_told_in_parts_that_hold_all_of_it(room: Room) -> None:
    with_channel(room, quiet=UTC_NIGHT).clock.forward(hours=12)
    titles = [f"خبر الليل رقم {n} عن حركة المعابر وأسعار الوقود في المدن" for n in range(70)]
    for title in titles:
        room.comes(title)
    room.passes()
    room.clock.forward(hours=9)
    room.passes()
    shown = room.messages()
    assert len(shown) > 1
    assert {kind for kind, _ in shown} == {"digest"}
    text = "\n".join(html for _, html in shown)
    assert re.findall(r"خبر الليل رقم \d+ عن حركة المعابر وأسعار الوقود في المدن", text) == titles
    assert all(len(re.sub("<[^>]+>", "", html)) <= 4096 for _, html in shown)
    assert not any(waits for _, waits in room.held())


def test_what_waits_for_a_channel_that_is_gone_waits_on_and_the_others_are_told(room: Room) -> None:
    room.channels = {"news": replace(NEWS, digest=TWICE), "desk": Channel("desk", "@desk", digest=TWICE)}
    room.rules = (replace(RULE, send=("news", "desk")),)
    room.comes("خبر أول")
    room.passes()
    desk = room.channels["desk"]
    room.channels, room.rules = {"news": room.channels["news"]}, (RULE,)
    room.clock.forward(hours=24)
    assert room.passes() == ["desk"]
    assert room.titles() == [("alert", ["خبر أول"])]
    room.channels = {"news": NEWS, "desk": desk}
    assert room.passes() == []
    assert len(room.messages()) == 2


@pytest.mark.parametrize("part", ["post", "told_in"])
def test_a_digest_that_breaks_half_way_is_whole_the_next_time(
    engine: sa.Engine, clock: Clock, gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    from alerts.store.database import writing

    channels = {"news": replace(NEWS, quiet=UTC_NIGHT)}
    clock.forward(hours=12)
    with writing(engine) as c:
        room = Room(c, clock, gazetteer, channels)
        for n in range(3):
            room.comes(f"خبر الليل رقم {n}")
        room.passes()
    clock.forward(hours=9)

    def breaks(*args: object, **kwargs: object) -> int:
        raise OSError("the disk is full")

    for fails in (True, False):
        with monkeypatch.context() as patch:
            if fails:
                patch.setattr(Decisions, part, breaks)
            try:
                with writing(engine) as c:
                    Room(c, clock, gazetteer, channels).passes()
            except OSError:
                assert fails
        with writing(engine) as c:
            room = Room(c, clock, gazetteer, channels)
            assert len(room.messages()) == (0 if fails else 1)
            assert [waits for _, waits in room.held()] == [fails] * 3


@pytest.mark.parametrize(
    ("kind", "value", "silent"),
    [
        ("place", "SY-HM", True),
        ("place", "SY", True),
        ("place", "LB", False),
        ("rule", "strikes", True),
        ("rule", "raids", False),
        ("outlet", "damas", True),
        ("channel", "news", True),
        ("channel", "desk", False),
    ],
)
def test_a_silence_is_recorded_and_told_nowhere_until_its_end(room: Room, kind: str, value: str, silent: bool) -> None:
    room.silence(kind, value, hours=6)
    room.comes("غارة أولى", place="SY-HM")
    room.passes()
    assert room.outcomes() == ["silenced" if silent else "alert"]
    assert len(room.messages()) == (not silent)
    room.clock.forward(hours=6)
    room.comes("غارة ثانية", place="SY-HM")
    room.passes()
    assert room.outcomes()[1] == "alert"


def test_after_a_silence_a_new_report_of_the_story_is_told(room: Room) -> None:
    number = room.silence("rule", "strikes", hours=6)
    words = "شهدت الأسواق إقبالًا ضعيفًا هذا الصباح مع ارتفاع أسعار المواد الأساسية في المدينة " * 5
    room.comes("إقبال ضعيف", words)
    room.passes()
    assert silences.end(room.c, number, room.clock())
    assert not silences.end(room.c, number, room.clock())
    room.comes("إقبال ضعيف على الأسواق", words)
    room.passes()
    assert room.outcomes() == ["silenced", "alert"]
    assert room.c.scalar(sa.select(sa.func.count()).select_from(t.story)) == 1


def test_a_rule_with_one_silenced_channel_tells_the_other(room: Room) -> None:
    room.channels = {"news": NEWS, "desk": Channel("desk", "@desk")}
    room.rules = (replace(RULE, send=("news", "desk")),)
    room.silence("channel", "news", hours=1)
    room.comes("غارة أولى")
    room.passes()
    assert room.outcomes() == ["alert"]
    assert list(room.c.scalars(sa.select(t.alert.c.channel))) == ["desk"]


def test_what_waits_in_a_channel_that_is_silenced_waits_for_the_end_of_the_silence(room: Room) -> None:
    with_channel(room, digest=TWICE)
    room.comes("خبر أول")
    room.passes()
    room.silence("channel", "news", hours=24)
    room.clock.forward(hours=23)
    room.passes()
    assert room.messages() == []
    room.clock.forward(hours=1)
    room.passes()
    assert room.titles() == [("alert", ["خبر أول"])]


def test_silences_are_listed_while_they_are_in_force(room: Room) -> None:
    first = room.silence("place", "SY", hours=1)
    second = room.silence("rule", "strikes", hours=2)
    assert [x.silence.id for x in silences.in_force(room.c, room.clock())] == [first, second]
    assert [x.silence.id for x in silences.in_force(room.c, room.clock.forward(hours=1))] == [second]
    assert [x.record()["because"] for x in silences.in_force(room.c, room.clock())] == ["تجربة"]


WHEN = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)


@pytest.mark.parametrize("published", [WHEN, None])
@pytest.mark.parametrize("severity", ["info", "urgent"])
def test_what_an_alert_says_comes_back_from_json_as_it_was(published: datetime | None, severity: Severity) -> None:
    content = AlertContent(
        *('عنوان "<b>', "مقدمة", "دمس", "Damas", None, published, WHEN, "http://damas.test/1"),
        rules=(("strikes", "ضربات"), ("raids", "")),
        severity=severity,
        flags=("headline-only",),
        evidence_line="غارة",
    )
    assert held.content_of(json.loads(json.dumps(held.record_of(content)))) == content


def test_what_another_version_wrote_of_an_alert_is_read_with_what_both_know(room: Room) -> None:
    content = AlertContent("عنوان", "", "", "", None, None, WHEN, "u", ())
    record = held.record_of(content)
    del record["place_url"]
    assert held.content_of({**record, "a_field_to_come": [1]}) == content
