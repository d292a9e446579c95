"""Odd feeds: what feedparser makes of those that are not well-formed, and that it is the same."""

from __future__ import annotations

import sys
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Entry
from crawler.extract import feed_odd
from crawler.extract.entries import entry_of
from crawler.extract.feed import read_feed
from crawler.extract.feed_odd import odd_items
from crawler.extract.unreadable import Unreadable
from tests.extract.samples import HEADLINE, LEAD, NOW, SECOND, outlet

URL = "https://daily.test/feeds/all.xml"
SPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'


def read(feed: str) -> tuple[Entry, ...]:
    return read_feed(feed.encode(), url=URL, outlet=outlet(), fetched_at=NOW)


def read_by_feedparser(feed: str) -> tuple[Entry, ...]:
    items = odd_items(feed, URL)
    return tuple(entry_of(fields, url=URL, outlet=outlet(), fetched_at=NOW) for fields in items)


def item(n: int, description: str = LEAD) -> str:
    return (
        f"<item><title>{HEADLINE} {n}</title><link>/news/{n}</link><guid isPermaLink='false'>g{n}</guid>"
        f"<pubDate>2026/11/23 14:0{n}</pubDate><category>محليات</category><dc:creator>سعاد</dc:creator>"
        f"<media:content url='https://daily.test/{n}.jpg' type='image/jpeg'/>"
        f"<description>{description}</description></item>"
    )


def rss(*items: str, spaces: str = SPACES) -> str:
    return f'<rss version="2.0" {spaces}><channel><title>اليومية</title>{"".join(items)}</channel></rss>'


WHOLE = rss(item(1), item(2))


@pytest.mark.parametrize(
    "broken",
    [
        rss(item(1, f"{LEAD}<br>"), item(2)),
        rss(item(1, f"<p>{LEAD}"), item(2)),
        rss(item(1, f"<img src=a.jpg>{LEAD}"), item(2)),
        rss(item(1, f"<b><i>{LEAD}</b></i>"), item(2)),
        rss(item(1, f'<a href="x" href="y">{LEAD}</a>'), item(2)),
        rss(item(1), item(2), spaces=""),
        WHOLE.replace('"2.0"', "2.0"),
        WHOLE.replace("</title>", "</Title>"),
        WHOLE.removesuffix("</channel></rss>"),
        WHOLE + "<script>track()</script>",
        rss(item(1)) + rss(item(2)),
    ],
    ids=[
        "a line break",
        "an open paragraph",
        "unquoted",
        "crossed",
        "an attribute twice",
        "no namespaces",
        "version unquoted",
        "end tags in capitals",
        "no end",
        "a script after it",
        "twice",
    ],
)
def test_a_broken_feed_gives_the_entries_of_the_whole_one(broken: str) -> None:
    assert read(broken) == read(WHOLE)
    assert [e.published_at and e.published_at.day for e in read(WHOLE)] == [23, 23]  # feedparser alone: the 1st


def test_a_feed_cut_off_keeps_the_items_before_the_cut() -> None:
    assert read(WHOLE[: WHOLE.index("<title>", WHOLE.index("/news/1")) + 20])[0] == read(WHOLE)[0]


def test_a_well_formed_feed_does_not_wake_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)  # an import of it would fail
    assert len(read(WHOLE)) == 2
    with pytest.raises(ImportError):
        read(WHOLE.replace("</channel>", ""))


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" + "<item>" * feed_odd.MAX_TAGS,
        "<rss><item><title>" + "عاجل " * (feed_odd.MAX_SIZE // 5),
        "<rss>" + '<a xml:base="b/">' * (feed_odd.MAX_BASES + 1),
    ],
    ids=["tags", "size", "bases"],
)
def test_an_odd_feed_larger_than_any_real_one_is_refused(body: str) -> None:
    with pytest.raises(Unreadable, match="not well-formed") as refused:
        read(body)
    assert refused.value.kind == "not-a-feed"


def test_a_word_that_feedparser_would_take_minutes_for_is_taken_out_before() -> None:
    fields = odd_items(f"<rss><item><title>{HEADLINE}</title><author>{'a.' * 400_000}</author></item>", URL)
    assert [(entry["title"], entry["author"]) for entry in fields] == [([HEADLINE], [""])]


TEXT = st.text(st.sampled_from("ابتثجحخ دذرزس شصض&<>\"' 12."), max_size=30).map(lambda text: " ".join(text.split()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.integers(1, 999)), min_size=1, max_size=4))
def test_both_readers_make_the_same_of_a_well_formed_feed(items: list[tuple[str, str, int]]) -> None:
    feed = rss(
        *(
            f"<item><title>{escape(title)}</title><link>/news/{n}</link><description>{escape(escape(text))}</description>"
            f"<pubDate>Mon, 23 Nov 2026 10:00:00 +0300</pubDate><dc:creator>{SECOND[:20]}</dc:creator></item>"
            for title, text, n in items
        )
    )
    assert read(feed) == read_by_feedparser(feed)
