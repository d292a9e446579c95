"""Sitemaps into entries, indexes into the sitemaps to read."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.decode import MAX_BYTES
from crawler.extract.entries import MAX_ENTRIES
from crawler.extract.sitemap import MAX_SITEMAPS, Sitemap, read_sitemap, unzipped
from crawler.extract.unreadable import Unreadable
from tests.extract.samples import HEADLINE, NOW, outlet

URL = "https://daily.test/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(body: str | bytes, recent: timedelta | None = timedelta(days=2)) -> Sitemap:
    raw = body.encode() if isinstance(body, str) else body
    return read_sitemap(raw, url=URL, outlet=outlet(), fetched_at=NOW, recent=recent)


def urlset(*urls: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}>{"".join(f"<url>{u}</url>" for u in urls)}</urlset>'


def index(**children: str) -> str:
    items = "".join(
        f"<sitemap><loc>/{name.replace('__', '-')}</loc>{more}</sitemap>" for name, more in children.items()
    )
    return f"<sitemapindex {SPACES}>{items}</sitemapindex>"


def lastmod(text: str) -> str:
    return f"<lastmod>{text}</lastmod>"


def news(n: int, date: str, language: str = "ar", title: str = HEADLINE) -> str:
    return (
        f"<loc>https://daily.test/news/{n}</loc><news:news><news:publication><news:name>اليومية</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"
        f"<image:image><image:loc>https://daily.test/{n}.jpg</image:loc></image:image>"
    )


def test_a_news_sitemaps_url_is_an_entry() -> None:
    (entry,) = read(urlset(news(1, "2026-11-23T13:00:00+03:00"))).entries
    assert (entry.url, entry.title, entry.published_at, entry.image) == (
        "https://daily.test/news/1",
        HEADLINE,
        datetime(2026, 11, 23, 10, tzinfo=UTC),
        "https://daily.test/1.jpg",
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (lastmod("2026-11-23T10:00:00Z"), True),
        (lastmod("2026-11-21"), True),  # a day: until its end
        (lastmod("2026-11-20"), False),
        (lastmod("2025-11-23T10:00:00Z"), False),
        ("", True),
        (lastmod("soon"), True),
    ],
)
def test_only_the_recent_part_of_a_plain_sitemap_is_read(said: str, kept: bool) -> None:
    body = urlset(f"<loc>https://daily.test/news/1</loc>{said}")
    assert bool(read(body).entries) is kept
    assert read(body, recent=None).entries


def test_when_a_page_last_changed_is_not_when_it_was_published() -> None:
    (entry,) = read(urlset(f"<loc>https://daily.test/news/1</loc>{lastmod('2026-11-23T10:00:00Z')}")).entries
    assert (entry.title, entry.published_at) == ("", None)


def test_a_date_in_the_address_tells_the_old_ones() -> None:
    body = urlset(
        *(f"<loc>https://daily.test/{day}/news/1</loc>" for day in ("2026/11/22", "2026/11/19", "2026-10-01"))
    )
    assert [e.url for e in read(body).entries] == ["https://daily.test/2026/11/22/news/1"]


@pytest.mark.parametrize(
    ("language", "kept"),
    [("ar", True), ("ar-SA", True), ("AR", True), ("en", False), ("fa", False), ("arabic", True), ("", True)],
)
def test_news_in_another_language_is_left_out(language: str, kept: bool) -> None:
    assert bool(read(urlset(news(1, "2026-11-23T10:00:00Z", language))).entries) is kept


def test_of_very_many_the_newest_are_kept_in_the_order_of_the_file() -> None:
    start = NOW - timedelta(minutes=MAX_ENTRIES + 50)
    urls = [
        f"<loc>https://daily.test/news/{n}</loc>{lastmod((start + timedelta(minutes=n)).isoformat())}"
        for n in range(MAX_ENTRIES + 50)
    ]
    kept = [e.url.rpartition("/")[2] for e in read(urlset(*urls)).entries]
    assert kept == [str(n) for n in range(50, MAX_ENTRIES + 50)]


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(urlset(news(1, "2026-11-23T10:00:00Z")).encode()),
        b"\xef\xbb\xbf" + urlset(news(1, "2026-11-23T10:00:00Z")).encode(),
        b"\n\n" + urlset(news(1, "2026-11-23T10:00:00Z")).encode(),
        urlset(news(1, "2026-11-23T10:00:00Z")).replace("xmlns=", "xmlns:old=").encode(),
        urlset(news(1, "2026-11-23T10:00:00Z", title="المياه & الكهرباء")).encode(),
        urlset(news(1, "2026-11-23T10:00:00Z"), news(2, "2026-11-23T10:00:00Z"))[:-40].encode(),
        gzip.compress(urlset(news(1, "2026-11-23T10:00:00Z")).encode())[:-8],
    ],
    ids=["gzip", "mark", "blank lines", "no namespace", "bare ampersand", "cut off", "gzip cut off"],
)
def test_a_sitemap_in_disorder_still_gives_its_entry(body: bytes) -> None:
    assert [e.url for e in read(body).entries] == ["https://daily.test/news/1"]


def test_a_gzip_bomb_is_read_up_to_the_bound() -> None:
    bomb = gzip.compress(b" " * (40 * MAX_BYTES))
    assert len(unzipped(bomb)) == MAX_BYTES
    with pytest.raises(Unreadable):
        read(bomb)


@pytest.mark.parametrize("body", ["", "<html><body>x</body></html>", "<rss/>", "\x1f\x8b", "<urlset", "{}"])
def test_what_is_no_sitemap_is_refused(body: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body.encode("latin-1"))
    assert refused.value.kind in ("not-a-feed", "broken")


def test_an_empty_sitemap_is_none_of_an_error() -> None:
    assert read(urlset()) == Sitemap()


# ---- indexes ------------------------------------------------------------------------------------------------


def names(sitemap: Sitemap) -> list[str]:
    return [address.removeprefix("https://daily.test/") for address in sitemap.sitemaps]


def test_an_index_gives_its_recent_sitemaps_the_newest_first() -> None:
    body = index(
        old=lastmod("2026-01-01"),
        b=lastmod("2026-11-22T10:00:00Z"),
        a=lastmod("2026-11-23T10:00:00Z"),
    )
    assert names(read(body)) == ["a", "b"]
    assert read(body).entries == ()


@pytest.mark.parametrize(
    ("children", "wanted"),
    [
        (["2026-11-22.xml", "2026-11-23.xml", "2026-11-01.xml"], ["2026-11-23.xml", "2026-11-22.xml"]),
        (["sitemap-202610.xml", "sitemap-202611.xml"], ["sitemap-202611.xml"]),
        (["2025/12.xml", "2026/11.xml"], ["2026/11.xml"]),
        (
            ["post-sitemap.xml", "category-sitemap.xml", "author-sitemap.xml", "post_tag-sitemap2.xml"],
            ["post-sitemap.xml"],
        ),
        ([f"{n}.xml" for n in range(1, 41)], ["1.xml", "2.xml", "3.xml", "39.xml", "40.xml"]),
        (["2019-01-01.xml", "2019-02-01.xml"], ["2019-02-01.xml"]),  # a site gone quiet
        (
            ["2026-11-23.xml", *(f"s{n}.xml" for n in range(9))],
            ["2026-11-23.xml", "s0.xml", "s1.xml", "s7.xml", "s8.xml"],
        ),
    ],
)
def test_names_tell_the_recent_sitemaps_where_dates_do_not(children: list[str], wanted: list[str]) -> None:
    body = f"<sitemapindex>{''.join(f'<sitemap><loc>/{c}</loc></sitemap>' for c in children)}</sitemapindex>"
    assert names(read(body)) == wanted


def test_an_index_of_sections_that_all_changed_today_is_bounded() -> None:
    body = index(**{f"cat{n}": lastmod(f"2026-11-23T{n:02}:00:00Z") for n in range(11)})
    assert names(read(body)) == ["cat10", "cat9", "cat8", "cat7", "cat6"]
    assert len(read(body).sitemaps) == MAX_SITEMAPS


@given(st.text(max_size=100), st.sampled_from(["urlset", "sitemapindex"]))
def test_no_text_makes_it_fail_otherwise(noise: str, root: str) -> None:
    try:
        read(f"<{root}><url><loc>{noise}</loc></url>{noise}</{root}>")
    except Unreadable as refused:
        assert refused.kind in ("not-a-feed", "broken")
