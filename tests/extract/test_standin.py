"""The stand-in for a page that gave nothing."""

from __future__ import annotations

import re
from datetime import timedelta

from crawler.article import DAY_ONLY, HEADLINE_ONLY, UNDATED, Entry
from crawler.extract.standin import stand_in
from tests.extract.samples import HEADLINE, LEAD, NOW, SECOND, outlet

URL = "https://daily.test/news/1?utm_source=rss"


def test_title_and_summary_of_the_entry_stand_for_the_article() -> None:
    entry = Entry("daily", URL, f" {HEADLINE}\u200f ", f"{LEAD}\n{SECOND}", NOW - timedelta(minutes=5))
    article = stand_in(entry, outlet(), NOW, "no-body: empty")
    assert article is not None
    assert (article.title, article.paragraphs, article.published_at) == (HEADLINE, (LEAD, SECOND), entry.published_at)
    assert (article.url, article.request_url) == ("https://daily.test/news/1", URL)
    assert article.flags == (HEADLINE_ONLY,)
    assert "no-body: empty" in article.reasons["text"]


def test_an_entry_without_title_stands_for_nothing() -> None:
    assert stand_in(Entry("daily", URL, " \u200f ", LEAD), outlet(), NOW, "x") is None


def test_boilerplate_and_a_repeated_title_are_no_text() -> None:
    own = outlet(boilerplate=(re.compile("إذاعة الأمل"),))
    entry = Entry("daily", URL, HEADLINE, f"{HEADLINE}\n{LEAD}\nاستمعوا إلى إذاعة الأمل\nتابعونا على فيسبوك")
    article = stand_in(entry, own, NOW, "x")
    assert article is not None
    assert article.paragraphs == (LEAD,)


def test_the_time_is_flagged_when_it_is_a_day_or_none_and_is_never_ahead() -> None:
    undated = stand_in(Entry("daily", URL, HEADLINE), outlet(), NOW, "x")
    day = stand_in(Entry("daily", URL, HEADLINE, published_at=NOW, day_only=True), outlet(), NOW, "x")
    ahead = stand_in(Entry("daily", URL, HEADLINE, published_at=NOW + timedelta(hours=2)), outlet(), NOW, "x")
    assert undated is not None and day is not None and ahead is not None
    assert undated.flags == (HEADLINE_ONLY, UNDATED)
    assert day.flags == (HEADLINE_ONLY, DAY_ONLY)
    assert ahead.published_at == NOW
