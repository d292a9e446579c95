"""Which of a page's dates is believed, and how far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.article import Entry
from crawler.extract.structured import read_structured
from crawler.extract.times import Published, find_modified, find_published
from crawler.extract.tree import parse_html
from crawler.outlets.catalogue import Selectors, general_outlet

from .samples import URL, outlet, page

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 13:00 in Damascus


def published(markup: str, entry: Entry | None = None, url: str = URL, **facts: Any) -> Published:
    root = parse_html(markup)
    return find_published(root, read_structured(root), url, outlet(**facts), NOW, entry)


def meta(content: str, name: str = "article:published_time") -> str:
    return f'<meta property="{name}" content="{content}">'


def json_ld(**fields: str) -> str:
    said = ",".join(f'"{name}": "{value}"' for name, value in fields.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {said}}}</script>'


def entry(at: datetime, day_only: bool = False) -> Entry:
    return Entry("daily", URL, "عنوان", published_at=at, day_only=day_only)


OCTOBER = datetime(2026, 10, 11, 10, tzinfo=UTC)
BEFORE = datetime(2026, 11, 19, 21, tzinfo=UTC)  # midnight of the 20th in Damascus
LD = "json-ld datePublished"
AGREE = meta("2026-11-23 13:00") + meta("2026-11-23 13:00", "pubdate")


@pytest.mark.parametrize(
    ("head", "body", "moment", "confidence", "reason"),
    [
        # one voice
        (json_ld(datePublished="2026-11-23T13:00:00+03:00"), "", TEN, "high", LD),
        (meta("2026-11-23 13:00:00"), "", TEN, "medium", "meta article:published_time"),
        # two that agree
        (json_ld(datePublished="2026-11-23T10:00:00Z") + meta("2026-11-23 13:00"), "", TEN, "high", LD),
        (AGREE, "", TEN, "high", "meta article:published_time"),
        # a day gives way to a time on that day, and to none on another
        (json_ld(datePublished="2026-11-23") + meta("2026-11-23 13:00"), "", TEN, "medium", "meta"),
        (
            json_ld(datePublished="2026-11-20") + meta("2026-11-23 13:00"),
            "",
            BEFORE,
            "low",
            "published_time says 2026-11-23",
        ),
        # Hijri in the machine's place, the Gregorian date where readers see it
        (meta("1448-06-13"), "<time>23 نوفمبر 2026 - 13:00</time>", TEN, "medium", "beside the headline"),
        # Arabic prose in the machine's place
        (meta("الإثنين، 23 نوفمبر 2026 - 01:00 م"), "", TEN, "medium", "meta article:published_time"),
        # a guess says so, unless another voice bears it out
        (meta("11/10/2026 13:00"), "", OCTOBER, "low", "day and month may be turned"),
        (meta("11/10/2026 13:00") + meta("2026-10-11 13:00", "pubdate"), "", OCTOBER, "medium", "may be turned"),
        # two that disagree by more than zones can
        (
            json_ld(datePublished="2026-11-23T10:00:00Z") + meta("2021-05-05T10:00:00Z"),
            "",
            TEN,
            "low",
            "says 2021-05-05",
        ),
        # ahead of now: another voice of that day is taken, else now
        (json_ld(datePublished="2026-11-23T16:00:00Z") + meta("2026-11-23T13:00:00+03:00"), "", TEN, "high", "meta"),
        (json_ld(datePublished="2026-11-24T02:00:00+03:00"), "", NOW, "low", "ahead of now: 2026-11-23T23:00:00+00:00"),
    ],
)
def test_the_dates_of_a_page_are_weighed(head: str, body: str, moment: datetime, confidence: str, reason: str) -> None:
    found = published(page(head=head, body=f"{body}<p>نص الخبر.</p>"))
    assert (found.moment, found.confidence) == (moment, confidence)
    assert reason in found.reason


def test_a_z_beside_the_same_clock_shown_to_readers_is_local_time() -> None:
    shown = "<span class='date'>الإثنين، 23 نوفمبر 2026 09:30 ص</span>"
    found = published(page(head=meta("2026-11-23T09:30:27Z"), body=shown))
    assert found.moment == datetime(2026, 11, 23, 6, 30, 27, tzinfo=UTC)
    assert "its Z is the local time that the page shows" in found.reason


def test_a_z_beside_its_own_local_clock_is_believed() -> None:
    shown = "<span class='date'>الإثنين، 23 نوفمبر 2026 01:00 م</span>"
    found = published(page(head=meta("2026-11-23T10:00:27Z"), body=shown))
    assert (found.moment, found.confidence) == (TEN + timedelta(seconds=27), "high")


def test_an_unknown_outlets_z_is_judged_by_the_zone_of_its_countrys_domain() -> None:
    markup = page(head=meta("2026-11-23T12:00:27Z"), body="<span class='date'>الإثنين، 23 نوفمبر 2026 12:00 م</span>")
    for host, hour in (("paper.eg", 10), ("paper.test", 12)):
        root = parse_html(markup)
        unknown = general_outlet("unknown", f"https://{host}/1")
        found = find_published(root, read_structured(root), f"https://{host}/1", unknown, NOW, None)
        assert found.moment == datetime(2026, 11, 23, hour, 0, 27, tzinfo=UTC)


def test_an_offset_is_believed_whatever_the_page_shows() -> None:
    shown = "<span class='date'>الإثنين، 23 نوفمبر 2026 10:00 ص</span>"
    assert published(page(head=meta("2026-11-23T10:00:00+00:00"), body=shown)).moment == TEN


def test_the_outlets_order_of_day_and_month_is_followed_and_no_doubt_then() -> None:
    head = meta("11/10/2026 13:00")
    assert published(page(head=head), month_first=True).moment == datetime(2026, 11, 10, 10, tzinfo=UTC)
    known = published(page(head=head), month_first=False)
    assert (known.moment, known.confidence) == (datetime(2026, 10, 11, 10, tzinfo=UTC), "medium")


def test_the_feed_gives_the_time_that_the_page_lacks() -> None:
    found = published(page(), entry(TEN))
    assert (found.moment, found.reason, found.day_only) == (TEN, "entry", False)
    found = published(page(head=meta("2026-11-23")), entry(TEN))
    assert (found.moment, found.reason, found.day_only) == (TEN, "entry", False)


def test_a_feed_of_another_day_casts_doubt_on_the_page() -> None:
    found = published(page(head=meta("2026-11-23T10:00:00Z")), entry(TEN - timedelta(days=9)))
    assert (found.moment, found.confidence) == (TEN, "low")
    assert "entry says 2026-11-14" in found.reason


def test_without_a_date_nothing_is_made_up_and_what_was_refused_is_told() -> None:
    found = published(page(head=meta("1448-06-13")))
    assert (found.moment, found.confidence, found.day_only) == (None, "low", False)
    assert found.reason == "no date was found; meta article:published_time «1448-06-13»: a Hijri year"
    assert published(page()).reason == "no date was found"


def test_a_modified_time_is_read_with_the_outlets_facts() -> None:
    root = parse_html(page(head=json_ld(dateModified="2026-11-23T13:00:00Z")))
    assert find_modified(read_structured(root), outlet(z_is_local=True), NOW) == (TEN, "json-ld dateModified")
    assert find_modified(read_structured(parse_html(page())), outlet(), NOW) == (None, "")


@pytest.mark.parametrize("date", ["<span class='date'>23.11.2026 13:00</span>", "<b>23.11.2026 13:00</b>"])
@pytest.mark.parametrize("heading", ["<blockquote>عنوان</blockquote>", "<h2>عنوان</h2>"])
def test_a_date_beside_the_headline_counts_whatever_element_the_outlet_makes_it(heading: str, date: str) -> None:
    elsewhere = "<p>نص</p>" * 40 + "<div><div><div><div><div><div><h1>الموقع</h1></div></div></div></div></div></div>"
    markup = f"<body><section><div>{heading}{date}</div></section>{elsewhere}</body>"
    selectors = Selectors(title=("meta[name=headline]", heading[1:].partition(">")[0]))
    assert published(markup, selectors=selectors).moment == TEN
    assert published(markup).moment is None
