"""Deciding: what commits together, what is found again, what is looked at once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.model import Rendered
from alerts.delivery.render import AlertContent
from alerts.rules.expression import Condition
from alerts.rules.model import Channel, Evidence, Match, Rule
from alerts.store import entries
from alerts.store import tables as t
from alerts.store.decisions import Decisions, StoredVersion, look_again, undecided
from crawler.article import DAY_ONLY, Article, Entry
from crawler.memory import Poll, Source
from tests.clock import Clock

CHANNEL = Channel("news", "@news")
RULE = Rule("strikes", "ضربات", "live", "normal", ("news",), (), {"id": "strikes"}, "hash", Condition())
MATCH = Match(RULE, (Evidence("title", 0, 4, "غارة", term="غارة"),))

CONTENT = AlertContent("غارة", "", "دمس", "Damas", None, None, datetime(2026, 11, 23, tzinfo=UTC), "http://d.test", ())


def store(c: Connection, clock: Clock, n: int, title: str, text: str, *, hours_ago: float = 0) -> StoredVersion:
    """An article that came in now; the first one's feed has its baseline behind it."""
    feed = Source("damas", "http://damas.test/feed", "feed")
    if c.scalar(sa.select(sa.func.count()).select_from(t.source)) == 0:
        entries.polled(c, Poll(feed, clock()), [])
    published = clock() - timedelta(hours=hours_ago)
    url = f"http://damas.test/{n}"
    poll = Poll(feed, clock(), (Entry("damas", url, title, "", published),))
    pending = entries.polled(c, poll, [[("url", url)]])
    version = Article("damas", url, title, (text,), published_at=published)
    if pending:
        entries.fetched(c, pending[0], version, [("url", url)], clock())
    found = {v.url: v for v in undecided(c, 99)}
    return found[url]


def tell(c: Connection, clock: Clock, version: StoredVersion) -> Decisions:
    """Decides on a version as a pass would: a story, a match, an alert with its message."""
    d = Decisions(c, clock())
    story = d.join_story(version.article, None)
    d.record_match(version.id, MATCH, "alert")
    message = d.post(CHANNEL, "alert", Rendered("<b>خبر</b>", "خبر"))
    d.add_alert(story, "news", version.article, "normal", CONTENT, message=message)
    d.decided(version.id)
    return d


def test_what_was_decided_is_not_decided_again(c: Connection, clock: Clock) -> None:
    version = store(c, clock, 1, "غارة", "نص")
    tell(c, clock, version)
    assert undecided(c, 99) == []


def test_versions_come_oldest_news_first(c: Connection, clock: Clock) -> None:
    store(c, clock, 1, "الأحدث", "نص", hours_ago=1)
    store(c, clock, 2, "الأقدم", "نص", hours_ago=3)
    assert [v.title for v in undecided(c, 99)] == ["الأقدم", "الأحدث"]


def test_a_story_is_told_to_a_channel_once_and_the_database_holds_it(c: Connection, clock: Clock) -> None:
    version = store(c, clock, 1, "غارة", "نص")
    d = tell(c, clock, version)
    story = d.story(version.article)
    assert story is not None
    assert d.told(story) == {"news"}
    message = d.post(CHANNEL, "alert", Rendered("x", "x"))
    with pytest.raises(sa.exc.IntegrityError):
        d.add_alert(story, "news", version.article, "normal", CONTENT, message=message)


def test_the_same_words_elsewhere_are_found_within_a_day(c: Connection, clock: Clock) -> None:
    first = store(c, clock, 1, "عنوان", "النص نفسه كما ورد")
    story = tell(c, clock, first).story(first.article)
    second = store(c, clock, 2, "عنوان", "النص نفسه كما ورد")
    third = store(c, clock, 3, "عنوان", "نص آخر")
    d = Decisions(c, clock())
    assert [x.story for x in d.tellings(second)] == [story]
    assert d.tellings(third) == []
    clock.forward(hours=25)
    assert d.tellings(store(c, clock, 4, "عنوان", "النص نفسه كما ورد")) == []


def test_a_match_looked_at_anew_replaces_the_one_before(c: Connection, clock: Clock) -> None:
    version = store(c, clock, 1, "غارة", "نص")
    d = Decisions(c, clock())
    d.record_match(version.id, MATCH, "baseline")
    d.record_match(version.id, MATCH, "alert")
    assert c.execute(sa.select(t.match.c.outcome, t.match.c.evidence)).all() == [
        ("alert", [{"field": "title", "start": 0, "end": 4, "surface": "غارة", "term": "غارة"}])
    ]
    assert c.scalar(sa.select(sa.func.count()).select_from(t.rule)) == 1


def test_a_changed_rule_is_another_rule(c: Connection, clock: Clock) -> None:
    from dataclasses import replace

    version = store(c, clock, 1, "غارة", "نص")
    d = Decisions(c, clock())
    d.record_match(version.id, MATCH, "alert")
    d.record_match(version.id, Match(replace(RULE, content_hash="other"), MATCH.evidence), "alert")
    assert c.scalar(sa.select(sa.func.count()).select_from(t.rule)) == 2


def test_the_message_of_an_article_is_found_with_its_newest_text(c: Connection, clock: Clock) -> None:
    version = store(c, clock, 1, "غارة", "نص")
    d = tell(c, clock, version)
    [shown] = d.showing(version.article)
    assert (shown.channel, shown.number, shown.html) == ("news", 1, "<b>خبر</b>")
    d.edit(shown, Rendered("<b>أتم</b>", "أتم"))
    [shown] = d.showing(version.article)
    assert (shown.number, shown.html) == (2, "<b>أتم</b>")
    assert d.showing(version.article + 1) == []


def test_backfill_looks_again_at_what_was_published_since(c: Connection, clock: Clock) -> None:
    for n, hours in ((1, 2), (2, 8)):
        version = store(c, clock, n, f"خبر {n}", "نص", hours_ago=hours)
        Decisions(c, clock()).decided(version.id)
    c.execute(sa.update(t.article).values(baseline=True))
    assert look_again(c, clock() - timedelta(hours=6)) == 1
    assert [(v.title, v.baseline) for v in undecided(c, 99)] == [("خبر 1", False)]


@pytest.mark.parametrize(("hours_seen", "hours_old"), [(15, 0), (30, 6)])
def test_news_of_which_only_the_day_is_known_is_as_new_as_its_first_sight_on_that_day(
    clock: Clock, hours_seen: int, hours_old: int
) -> None:
    midnight = clock()
    seen = midnight + timedelta(hours=hours_seen)
    version = StoredVersion(1, 1, 1, "damas", "u", "t", "x", "h", 1, (DAY_ONLY,), midnight, seen, False)
    assert seen - version.at == timedelta(hours=hours_old)
