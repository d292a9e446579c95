"""Listing pages into entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extract.listing import read_listing
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import ListingSelectors, Outlet, load_catalogue
from tests.extract.samples import HEADLINE, LEAD, NOW, outlet

URL = "https://daily.test/section/"


def read(page: str, of: Outlet | None = None) -> list[tuple[str, str, datetime | None]]:
    entries = read_listing(page.encode(), url=URL, outlet=of or outlet(), fetched_at=NOW)
    return [(e.url, e.title, e.published_at) for e in entries]


def test_links_to_articles_are_entries_in_the_order_of_the_page() -> None:
    page = """<nav><a href="/">الرئيسية</a><a href="/about">من نحن</a></nav>
    <a href="/news/3">ثالث الأخبار</a><a href="../news/2">ثاني الأخبار</a>
    <a href="https://elsewhere.test/news/9">خبر عند غيرنا</a><a href="#top">أعلى</a><a>بلا عنوان</a>
    <a href="http://www.daily.test/news/1?utm_source=list">أول الأخبار</a>"""
    assert read(page) == [
        ("https://daily.test/news/3", "ثالث الأخبار", None),
        ("https://daily.test/news/2", "ثاني الأخبار", None),
        ("http://www.daily.test/news/1?utm_source=list", "أول الأخبار", None),
    ]


def test_an_address_that_stands_twice_is_one_entry_with_its_longest_text() -> None:
    page = f"""<div><a href="/news/1"><img src=x></a><a href="/news/1?utm_medium=a">{HEADLINE}</a>
    <a href="/news/1#c">تعليقات</a></div><div><a href="/news/2">خبر آخر</a></div>"""
    assert [(url, title) for url, title, _ in read(page)] == [
        ("https://daily.test/news/1", HEADLINE),
        ("https://daily.test/news/2", "خبر آخر"),
    ]


def test_an_article_in_arab48s_shape_loses_the_date_glued_to_its_headline() -> None:
    arab48 = load_catalogue()["arab48"]
    card = """<div class="card"><a href="/محليات/2026/11/2{n}/خبر-{n}"><h3>{title}</h3>2{n}/11/2026</a>
    <span class="category-inside-time">2{n}/11/2026</span></div>"""
    page = "".join(card.format(n=n, title=f"{HEADLINE} {n}") for n in (3, 2, 1))
    entries = read_listing(page.encode(), url="https://www.arab48.com/محليات", outlet=arab48, fetched_at=NOW)
    assert [(e.url, e.title) for e in entries] == [
        (f"https://www.arab48.com/محليات/2026/11/2{n}/خبر-{n}", f"{HEADLINE} {n}") for n in (3, 2, 1)
    ]
    assert entries[0].published_at == datetime(2026, 11, 22, 22, tzinfo=UTC)  # midnight in the outlet's zone
    assert entries[0].day_only


def test_the_outlets_order_of_day_and_month_counts_in_its_listing() -> None:
    page = f'<div><a href="/news/1">{HEADLINE}</a><time>04/03/2026 13:00</time></div>'
    months = [read(page, outlet(month_first=first))[0][2] for first in (True, False)]
    assert months == [datetime(2026, 4, 3, 10, tzinfo=UTC), datetime(2026, 3, 4, 10, tzinfo=UTC)]


def test_a_glued_date_dates_an_entry_that_has_no_other() -> None:
    assert read(f'<a href="/news/1">{HEADLINE}22/11/2026</a>') == [
        ("https://daily.test/news/1", HEADLINE, datetime(2026, 11, 21, 21, tzinfo=UTC))
    ]


def test_a_card_gives_title_date_and_summary_of_its_own_article() -> None:
    chosen = ListingSelectors(link="h2 a", title="h2", date=".when", summary="p")
    card = (
        '<article><h2><a href="/news/{n}">{n} {title}</a></h2><i class="when">قبل {n} دقائق</i><p>{lead}</p></article>'
    )
    page = "".join(card.format(n=n, title=HEADLINE, lead=LEAD) for n in (5, 6)) + '<a href="/news/7">في الهامش</a>'
    entries = read_listing(page.encode(), url=URL, outlet=outlet(listing_selectors=chosen), fetched_at=NOW)
    assert [(e.title, e.published_at, e.summary) for e in entries] == [
        (f"{n} {HEADLINE}", datetime(2026, 11, 23, 11, 60 - n, tzinfo=UTC), LEAD) for n in (5, 6)
    ]


def test_a_named_card_holds_although_another_link_stands_in_it() -> None:
    chosen = ListingSelectors(card=".card", date=".when")
    page = """<div class="card"><a href="/news/1">خبر أول</a> <a href="/news/2">خبر فرعي</a>
    <b class="when">2026-11-23 10:00</b></div>"""
    moments = [moment for _, _, moment in read(page, outlet(listing_selectors=chosen))]
    assert moments == [datetime(2026, 11, 23, 7, tzinfo=UTC)] * 2


def test_a_date_ahead_becomes_now() -> None:
    assert read('<div><a href="/news/1">خبر</a><time datetime="2026-11-24T10:00:00Z"></time></div>')[0][2] == NOW


def test_links_follow_the_pages_own_base() -> None:
    page = '<head><base href="https://www.daily.test/x/"></head><a href="../news/1">خبر</a>'
    assert read(page)[0][0] == "https://www.daily.test/news/1"


@pytest.mark.parametrize(
    "page", ['<a href="/about">من نحن</a>', "<p>لا روابط", '<a href="/news/1"></a>', '<a href="http://[">x</a>']
)
def test_a_page_without_articles_is_told(page: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(page)
    assert refused.value.kind == "nothing-found"


def test_an_empty_answer_is_broken() -> None:
    with pytest.raises(Unreadable) as refused:
        read("")
    assert refused.value.kind == "broken"


def test_a_page_of_thousands_of_links_is_read_soon() -> None:
    page = "".join(f'<a href="/news/{n}">خبر رقم {n}</a>' for n in range(20_000))
    assert len(read(page)) == 1000
