"""Saved sources of every kind, told apart by their beginnings."""

from __future__ import annotations

import gzip
import json

import pytest

from crawler.article import Entry
from crawler.extract.source import own_address, read_source
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Api, Way
from tests.extract.samples import HEADLINE, NOW, outlet

PAPER = outlet(
    apis=(
        Api("https://api.daily.test/a", items="rows", fields={"url": "u"}),
        Api("https://api.daily.test/b", items="data", fields={"url": "u", "title": "t"}),
    ),
    listings=(Way("https://daily.test/section"),),
)
RSS = f"<rss><channel><item><title>{HEADLINE}</title><link>/news/1</link></item></channel></rss>"
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>{HEADLINE}</title><link href="/news/1"/></entry></feed>'
)
SITEMAP = f"""<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://daily.test/news/1</loc>
<lastmod>2016-01-01</lastmod><news:news><news:title>{HEADLINE}</news:title></news:news></url></urlset>"""
PREVIEW = f"""<!DOCTYPE html><html><body><div class="tgme_widget_message" data-post="daily/1">
<div class="tgme_widget_message_text">{HEADLINE} <a href="https://daily.test/news/1"></a></div></div></body></html>"""
LISTING = f'<!DOCTYPE html><html><body><a href="https://daily.test/news/1">{HEADLINE}</a></body></html>'


def read(body: str | bytes) -> tuple[Entry, ...]:
    raw = body.encode() if isinstance(body, str) else body
    return read_source(raw, url="https://daily.test/rss", outlet=PAPER, fetched_at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        RSS,
        "\n" + RSS,
        RSS.encode("utf-16"),
        ATOM,
        SITEMAP,
        gzip.compress(SITEMAP.encode()),
        json.dumps({"data": [{"u": "/news/1", "t": HEADLINE}]}),
        json.dumps({"items": [{"url": "/news/1", "title": HEADLINE}]}),
        PREVIEW,
        LISTING,
    ],
    ids=["rss", "blank line", "utf-16", "atom", "an old sitemap", "gzip", "api", "json feed", "telegram", "listing"],
)
def test_every_kind_of_source_gives_its_entries(body: str | bytes) -> None:
    assert [(e.url, e.title) for e in read(body)] == [("https://daily.test/news/1", HEADLINE)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<rss><channel/></rss>", "without entries"),
        ('{"items": []}', "without entries"),
        ("<urlset/>", "without entries"),
        ("<sitemapindex><sitemap><loc>https://daily.test/a.xml</loc></sitemap></sitemapindex>", "index of sitemaps"),
        ("<!DOCTYPE html><html><body>x</body></html>", "no link on the page"),
        ("نص", "neither XML"),
        ('{"a": 1}', "no JSON Feed"),
    ],
)
def test_a_source_that_gives_nothing_says_why(body: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(body)


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (
            """<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><link>https://daily.test</link>
            <a:link rel="self" href="https://daily.test/rss?a=1&amp;b=2"/><item><link>https://x.test/1</link></item>""",
            "https://daily.test/rss?a=1&b=2",
        ),
        (
            "<rss><channel><link>https://daily.test</link><item><link>https://x.test/1</link></item>",
            "https://daily.test",
        ),
        ("<rss><channel><item><link>https://daily.test/1</link></item>", "https://daily.test/1"),
        (SITEMAP, "https://daily.test/news/1"),
        ('{"version": "x", "home_page_url": "https:\\/\\/daily.test\\/", "items": []}', "https://daily.test/"),
        (RSS, ""),
        ("", ""),
    ],
)
def test_a_saved_source_says_where_it_is_from(body: str, address: str) -> None:
    assert own_address(body.encode()) == address
