"""Entries: nothing seen is lost, nothing is fetched twice, history is not news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.store import entries
from alerts.store import tables as t
from crawler.article import HEADLINE_ONLY, Article, Entry
from crawler.memory import RETRY_AFTER, Failure, PendingEntry, Poll, Robots, Source, Validators
from tests.clock import Clock

FEED = Source("damas", "http://damas.test/feed", "feed")
OTHER = Source("damas", "http://damas.test/world", "feed")


def entry(n: int, **kwargs: object) -> Entry:
    return replace(Entry("damas", f"http://damas.test/{n}", f"عنوان {n}", "ملخص"), **kwargs)  # type: ignore[arg-type]


def keys(e: Entry | Article) -> list[tuple[str, str]]:
    return [("url", e.url)]


def poll(c: Connection, at: datetime, *found: Entry, source: Source = FEED, **kwargs: object) -> list[PendingEntry]:
    done = replace(Poll(source, at, found, Validators('"v1"', None)), **kwargs)  # type: ignore[arg-type]
    return entries.polled(c, done, [keys(e) for e in done.entries])


def article(n: int, text: str = "نص الخبر كما نشر", **kwargs: object) -> Article:
    made = Article("damas", f"http://damas.test/{n}", f"عنوان {n}", (text,))
    return replace(made, **kwargs)  # type: ignore[arg-type]


def states(c: Connection) -> list[str]:
    return list(c.scalars(sa.select(t.entry.c.state).order_by(t.entry.c.id)))


def test_entries_and_validators_stand_together_and_an_entry_is_new_once(c: Connection, clock: Clock) -> None:
    assert entries.validators(c, FEED) == Validators()
    assert [p.entry.url for p in poll(c, clock(), entry(1), entry(2))] == ["http://damas.test/1", "http://damas.test/2"]
    assert entries.validators(c, FEED) == Validators('"v1"', None)
    assert [p.entry.title for p in poll(c, clock(), entry(2, title="عنوان معدل"), entry(3))] == ["عنوان 3"]


def test_not_modified_keeps_the_validators(c: Connection, clock: Clock) -> None:
    poll(c, clock(), entry(1))
    poll(c, clock(), validators=Validators(), not_modified=True)
    assert entries.validators(c, FEED) == Validators('"v1"', None)


def test_not_modified_hides_no_unfinished_entry(c: Connection, clock: Clock) -> None:
    poll(c, clock(), entry(1))
    poll(c, clock(), not_modified=True)
    assert [p.entry.url for p in entries.unfinished(c, "damas", clock())] == ["http://damas.test/1"]


def test_the_first_good_answer_of_each_source_is_its_baseline(c: Connection, clock: Clock) -> None:
    poll(c, clock(), entry(1))
    poll(c, clock(), entry(1), entry(2))
    poll(c, clock(), entry(2), entry(3), source=OTHER)  # a feed added later has a history of its own
    poll(c, clock(), entry(4), source=OTHER)
    assert list(c.scalars(sa.select(t.entry.c.baseline).order_by(t.entry.c.id))) == [True, False, True, False]


def test_a_failed_first_poll_is_no_baseline(c: Connection, clock: Clock) -> None:
    entries.poll_failed(c, FEED, Failure("status", "500", clock()))
    poll(c, clock(), entry(1))
    assert c.scalar(sa.select(t.entry.c.baseline)) is True
    poll(c, clock(), entry(2))
    assert c.scalar(sa.select(t.entry.c.baseline).where(t.entry.c.url.endswith("/2"))) is False


def test_the_article_of_a_baseline_entry_is_history_also_when_its_page_comes_later(c: Connection, clock: Clock) -> None:
    [pending] = poll(c, clock(), entry(1))
    entries.fetched(c, pending, article(1), keys(article(1)), clock.forward(hours=3))
    assert c.scalar(sa.select(t.article.c.baseline)) is True


def test_an_entry_that_was_fetched_is_done(c: Connection, clock: Clock) -> None:
    [pending] = poll(c, clock(), entry(1))
    entries.fetched(c, pending, article(1), keys(article(1)), clock())
    assert states(c) == ["fetched"]
    assert entries.unfinished(c, "damas", clock.forward(days=9)) == []


def test_a_page_is_tried_after_1_5_15_60_minutes_and_a_day_then_given_up(c: Connection, clock: Clock) -> None:
    [pending] = poll(c, clock(), entry(1))
    for failures, wait in enumerate(RETRY_AFTER, start=1):
        entries.page_failed(c, pending, Failure("status", "HTTP 403", clock()), None, (), clock())
        assert states(c) == ["failed"]
        assert entries.unfinished(c, "damas", clock.forward(seconds=wait.total_seconds() - 1)) == []
        [pending] = entries.unfinished(c, "damas", clock.forward(seconds=1))
        assert pending.failures == failures
    entries.page_failed(c, pending, Failure("status", "HTTP 403", clock()), None, (), clock())
    assert states(c) == ["given-up"]
    assert c.scalar(sa.select(t.entry.c.reason)) == "status: HTTP 403"
    assert entries.unfinished(c, "damas", clock.forward(days=30)) == []


def test_a_servers_own_longer_wait_holds(c: Connection, clock: Clock) -> None:
    [pending] = poll(c, clock(), entry(1))
    slow = Failure("status", "HTTP 429", clock(), 429, timedelta(hours=2))
    entries.page_failed(c, pending, slow, None, (), clock())
    assert entries.unfinished(c, "damas", clock.forward(minutes=119)) == []
    assert len(entries.unfinished(c, "damas", clock.forward(minutes=1))) == 1


def test_the_headline_stands_for_the_page_once_and_the_page_becomes_its_second_version(
    c: Connection, clock: Clock
) -> None:
    [pending] = poll(c, clock(), entry(1))
    headline = article(1, "ملخص", flags=(HEADLINE_ONLY,))
    failure = Failure("no-body", "the page has no text", clock())
    entries.page_failed(c, pending, failure, headline, keys(headline), clock())
    [pending] = entries.unfinished(c, "damas", clock.forward(minutes=1))
    entries.page_failed(c, pending, failure, headline, keys(headline), clock())
    versions = sa.select(t.article_version.c.number, t.article_version.c.text).order_by(t.article_version.c.id)
    assert c.execute(versions).all() == [(1, "ملخص")]
    [pending] = entries.unfinished(c, "damas", clock.forward(minutes=5))
    entries.fetched(c, pending, article(1), keys(article(1)), clock())
    assert c.execute(versions).all() == [(1, "ملخص"), (2, "نص الخبر كما نشر")]
    assert c.scalar(sa.select(sa.func.count()).select_from(t.article)) == 1


def test_two_addresses_of_one_article_are_one_article(c: Connection, clock: Clock) -> None:
    first, second = poll(c, clock(), entry(1), entry(2))
    entries.fetched(c, first, article(1), keys(article(1)), clock())
    again = [("url", "http://damas.test/2"), ("url", "http://damas.test/1")]  # the page names its canonical address
    entries.fetched(c, second, article(1), again, clock())
    assert c.scalar(sa.select(sa.func.count()).select_from(t.article)) == 1
    assert c.scalar(sa.select(sa.func.count()).select_from(t.article_version)) == 1
    assert poll(c, clock(), entry(9, url="http://damas.test/2")) == []


def test_an_address_known_from_an_article_is_no_new_entry(c: Connection, clock: Clock) -> None:
    [pending] = poll(c, clock(), entry(1))
    entries.fetched(c, pending, article(1), [("url", "http://damas.test/canonical")], clock())
    assert poll(c, clock(), entry(5, url="http://damas.test/canonical")) == []


def test_the_outlets_own_id_makes_two_spellings_one_entry(c: Connection, clock: Clock) -> None:
    first = Poll(FEED, clock(), (entry(1),))
    assert len(entries.polled(c, first, [[("url", "http://damas.test/1-slug"), ("outlet-id", "damas:1")]])) == 1
    assert entries.polled(c, first, [[("url", "http://damas.test/1-new-slug"), ("outlet-id", "damas:1")]]) == []


@pytest.mark.parametrize(("failures", "minutes"), [(1, 0), (2, 0), (3, 1), (4, 2), (5, 4), (12, 30)])
def test_a_source_that_keeps_failing_is_asked_less_often(
    c: Connection, clock: Clock, failures: int, minutes: int
) -> None:
    for n in range(1, failures + 1):
        assert entries.poll_failed(c, FEED, Failure("timeout", "too slow", clock())) == n
    assert (("damas", FEED.url) in entries.resting(c, clock(), {})) is (minutes > 0)
    assert ("damas", FEED.url) not in entries.resting(c, clock.forward(minutes=minutes), {})


def test_retry_after_holds_from_the_first_failure_and_a_good_answer_ends_it(c: Connection, clock: Clock) -> None:
    entries.poll_failed(c, FEED, Failure("status", "HTTP 429", clock(), 429, timedelta(hours=1)))
    assert entries.resting(c, clock.forward(minutes=59), {}) == {("damas", FEED.url)}
    poll(c, clock(), entry(1))
    assert entries.resting(c, clock(), {}) == set()


def test_robots_are_kept(c: Connection, clock: Clock) -> None:
    assert entries.robots(c, "http://damas.test") is None
    for body in (b"User-agent: *", b""):
        entries.robots_fetched(c, Robots("http://damas.test", body, clock()))
        assert entries.robots(c, "http://damas.test") == Robots("http://damas.test", body, clock())


def test_an_outlet_with_an_interval_of_its_own_is_due_when_that_is_over(c: Connection, clock: Clock) -> None:
    poll(c, clock(), entry(1))
    five = {"damas": timedelta(minutes=5)}
    assert entries.resting(c, clock.forward(minutes=4), five) == {("damas", FEED.url)}
    assert entries.resting(c, clock(), {}) == set()
    assert entries.resting(c, clock.forward(seconds=50), five) == set()  # a cron that is a little early
