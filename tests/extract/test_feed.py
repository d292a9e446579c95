"""Feeds into entries."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Entry
from crawler.extract.feed import MAX_ENTRIES, MAX_SUMMARY, MAX_TITLE, read_feed
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Outlet
from tests.extract.samples import HEADLINE, LEAD, NOW, SECOND, THIRD, outlet

URL = "https://daily.test/feeds/all.xml"


def read(body: str | bytes, of: Outlet | None = None, charset: str | None = None) -> tuple[Entry, ...]:
    raw = body.encode() if isinstance(body, str) else body
    return read_feed(raw, url=URL, outlet=of or outlet(), fetched_at=NOW, charset=charset)


def rss(*items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>اليومية</title>{"".join(items)}</channel></rss>'


def item(title: str = HEADLINE, link: str = "https://daily.test/news/1", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def test_an_rss_item_is_an_entry() -> None:
    more = f"<description>{LEAD}</description><guid isPermaLink='false'>g-1</guid>"
    (entry,) = read(rss(item(more=more + "<pubDate>Mon, 23 Nov 2026 13:00:00 +0300</pubDate>")))
    assert entry == Entry(
        "daily", "https://daily.test/news/1", HEADLINE, LEAD, datetime(2026, 11, 23, 10, tzinfo=UTC), "g-1"
    )


def test_an_atom_entry_is_an_entry() -> None:
    (entry,) = read(
        f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://daily.test/ar/"><title>x</title>
        <entry xml:base="news/"><title type="html">&lt;b&gt;{HEADLINE}&lt;/b&gt;</title><id>tag:1</id>
        <link rel="enclosure" href="a.mp3"/><link href="1"/><updated>2026-11-23T11:00:00Z</updated>
        <published>2026-11-23T10:00:00Z</published><category term="local" label="محليات"/>
        <author><name>سعاد الخطيب</name><email>desk@daily.test</email></author>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{LEAD}</p><p>{SECOND}</p></div></content>
        </entry></feed>"""
    )
    assert entry == Entry(
        "daily",
        "https://daily.test/ar/news/1",
        HEADLINE,
        f"{LEAD}\n{SECOND}",
        datetime(2026, 11, 23, 10, tzinfo=UTC),
        "tag:1",
        author="سعاد الخطيب",
        section="محليات",
    )


def test_an_rdf_item_is_an_entry() -> None:
    (entry,) = read(
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>x</title></channel>
        <item rdf:about="x"><title>{HEADLINE}</title><link>https://daily.test/news/1</link>
        <dc:date>2026-11-23T10:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert (entry.title, entry.published_at) == (HEADLINE, datetime(2026, 11, 23, 10, tzinfo=UTC))


def test_a_json_feed_item_is_an_entry() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "/news/1",
                "title": HEADLINE,
                "content_html": f"<p>{LEAD}",
                "date_published": "2026-11-23T10:00Z",
            },
            "no item",
        ],
    }
    (entry,) = read(json.dumps(feed))
    assert entry == Entry(
        "daily", "https://daily.test/news/1", HEADLINE, LEAD, datetime(2026, 11, 23, 10, tzinfo=UTC), "1"
    )


def test_a_news_sitemap_is_a_feed() -> None:
    (entry,) = read(
        f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://daily.test/news/1</loc>
        <news:news><news:publication><news:name>x</news:name></news:publication>
        <news:publication_date>2026-11-23T10:00:00Z</news:publication_date><news:title>{HEADLINE}</news:title>
        </news:news></url></urlset>"""
    )
    assert (entry.title, entry.published_at) == (HEADLINE, datetime(2026, 11, 23, 10, tzinfo=UTC))


OLD = "<title>t</title><link>https://daily.test/news/1</link>"


@pytest.mark.parametrize(
    "feed",
    [
        f"<rss version='0.91'><channel><item>{OLD}</item></channel></rss>",
        f"<rss version='0.92'><item>{OLD}</item></rss>",
        f'<RDF:rdf xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://my.netscape.com/rdf/simple/0.9/"><item>{OLD}</item></RDF:rdf>',
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:r="http://purl.org/rss/1.0/"><r:item>'
        f"{OLD.replace('<', '<r:').replace('<r:/', '</r:')}</r:item></rdf:RDF>",
        f'<rss xmlns="http://backend.userland.com/rss2"><channel><item>{OLD}</item></channel></rss>',
        f'<rss xmlns="https://unheard.test/of"><channel><item>{OLD}</item></channel></rss>',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">dA==</title>'
        '<link rel="alternate" type="text/html" href="https://daily.test/news/1"/></entry></feed>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><item><title>t</title><id>https://daily.test/news/1</id></item></feed>',
        '<CHANNEL><ITEM HREF="https://daily.test/news/1"><TITLE>t</TITLE></ITEM></CHANNEL>',
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "t", '
        '"external_url": "https://daily.test/news/1", "author": {"name": "x"}}]}',
    ],
    ids=[
        "0.91",
        "0.92",
        "0.90",
        "1.0 prefixed",
        "2.0 in a namespace",
        "unknown",
        "atom 0.3",
        "atom items",
        "cdf",
        "json 1",
    ],
)
def test_every_kind_of_feed_gives_its_entry(feed: str) -> None:
    assert [(e.url, e.title) for e in read(feed)] == [("https://daily.test/news/1", "t")]


def test_a_feed_within_an_item_is_not_read_for_it() -> None:
    inner = "<image><title>صورة</title><link>https://daily.test/i</link></image><source><title>x</title></source>"
    quoted = f"<content><item><title>x</title><link>/x</link></item><p>{LEAD}</p></content>"
    assert [(e.title, e.url) for e in read(rss(item(more=inner + quoted)))] == [(HEADLINE, "https://daily.test/news/1")]


@pytest.mark.parametrize(
    ("name", "more", "value"),
    [
        ("author", "<author>desk@daily.test (سعاد الخطيب)</author>", "سعاد الخطيب"),
        ("author", "<author>desk@daily.test</author>", None),
        ("author", "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>سعاد</dc:creator>", "سعاد"),
        ("section", "<category>أخبار</category><category>محليات</category>", "محليات"),
        ("section", "<category>أخبار</category>", None),
        ("image", "<enclosure url='/i/1.jpg' type='image/jpeg'/>", "https://daily.test/i/1.jpg"),
        ("image", "<enclosure url='/i/1.mp3' type='audio/mpeg'/>", None),
        ("image", "<m:content xmlns:m='http://search.yahoo.com/mrss/' url='/a.webp'/>", "https://daily.test/a.webp"),
        ("image", "<m:thumbnail xmlns:m='http://search.yahoo.com/mrss/' url='/a'/>", "https://daily.test/a"),
        (
            "image",
            "<m:group xmlns:m='http://search.yahoo.com/mrss/'><m:content url='/a.mp4' type='video/mp4'/>"
            "<m:content url='/a.png'/></m:group>",
            "https://daily.test/a.png",
        ),
        ("image", "<image><url>javascript:x</url></image>", None),
    ],
)
def test_author_section_and_picture_are_read_where_they_are_some(name: str, more: str, value: str | None) -> None:
    assert getattr(read(rss(item(more=more)))[0], name) == value


def test_google_news_appends_the_outlet_and_it_is_taken_off() -> None:
    more = '<source url="https://other.test">صحيفة المدينة</source>'
    (entry,) = read(rss(item(f"{HEADLINE} - صحيفة المدينة", "https://news.google.com/rss/articles/CBM", more)))
    assert (entry.title, entry.url) == (HEADLINE, "https://news.google.com/rss/articles/CBM")
    assert read(rss(item(f"{HEADLINE} - تفاصيل", more=more)))[0].title == f"{HEADLINE} - تفاصيل"


def test_one_post_id_on_all_items_is_nobodys_id() -> None:
    constant = '<post-id xmlns="com-wordpress:feed-additions:1">77</post-id>'
    guids = [f'<guid isPermaLink="false">https://daily.test/?t={n}</guid>' for n in (1, 2)]
    entries = read(rss(*(item(link=f"/news/{n}", more=guid + constant) for n, guid in enumerate(guids))))
    assert [e.guid for e in entries] == ["https://daily.test/?t=1", "https://daily.test/?t=2"]


def test_a_whole_text_is_handed_over_cleaned_when_it_is_asked_for() -> None:
    body = f"<p>{LEAD}</p><p>{SECOND}</p><p>{THIRD}</p><p>اقرأ أيضا:</p><p><a href='x'>عنوان خبر آخر</a></p>"
    encoded = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[{body}]]></content:encoded>'
    feed = rss(item(more=f"<description>{LEAD}</description>{encoded}")).encode()
    (entry,) = read_feed(feed, url=URL, outlet=outlet(), fetched_at=NOW, whole_text=True)
    assert entry.text == f"{LEAD}\n{SECOND}\n{THIRD}"
    assert read(feed)[0].text == ""


def test_a_teaser_is_no_whole_text() -> None:
    feed = rss(item(more=f"<description>{LEAD}</description>")).encode()
    assert read_feed(feed, url=URL, outlet=outlet(), fetched_at=NOW, whole_text=True)[0].text == ""


def test_the_titles_of_pictures_are_not_the_entrys() -> None:
    media = '<media:title xmlns:media="http://search.yahoo.com/mrss/">صورة</media:title>'
    assert (
        read(rss(f"<item>{media}<title>{HEADLINE}</title><link>https://daily.test/news/1</link></item>"))[0].title
        == HEADLINE
    )


@pytest.mark.parametrize(
    "encoded",
    [
        rss(item(), prolog='<?xml version="1.0" encoding="windows-1256"?>').encode("windows-1256"),
        rss(item()).encode("windows-1256"),
        rss(item()).encode("utf-16"),
        rss(item()).encode("utf-16-le"),
        rss(item()).encode("utf-8-sig"),
        ("\n\n  " + rss(item())).encode(),
        ("<b>Warning</b>: mysql on line 3\n" + rss(item())).encode(),
        rss(item()).replace("<rss", '<?xml-stylesheet href="a.xsl"?><!DOCTYPE rss SYSTEM "x.dtd"><rss').encode(),
        rss(item()).replace("</channel></rss>", "").encode(),
        rss(item(more="<media:x>no such prefix</media:x>")).encode(),
        rss(item(more="<a><b></a>")).encode(),
    ],
    ids=[
        "cp1256",
        "cp1256 said utf-8",
        "utf-16",
        "utf-16 unmarked",
        "mark",
        "blank lines",
        "output before",
        "doctype",
        "cut off",
        "prefix",
        "tags crossed",
    ],
)
def test_a_feed_in_disorder_still_gives_its_entry(encoded: bytes) -> None:
    assert [(e.url, e.title) for e in read(encoded)] == [("https://daily.test/news/1", HEADLINE)]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("السوق&nbsp;القديم", "السوق القديم"),
        ("المياه & الكهرباء", "المياه & الكهرباء"),
        ("المياه &amp; الكهرباء", "المياه & الكهرباء"),
        ("&amp;quot;هدنة&amp;quot; جديدة", '"هدنة" جديدة'),
        ("&amp;amp;quot;هدنة&amp;amp;quot;", '"هدنة"'),
        ("خبر\x0b عاجل", "خبر عاجل"),
        ("<![CDATA[خبر & <b>عاجل</b>]]>", "خبر & عاجل"),
        ("&#1582;&#x628;&#1585;", "خبر"),
        ("سطر\n  آخر", "سطر آخر"),
        ("&unknown; خبر", "&unknown; خبر"),
        ("الحرارة &lt; 5 درجات", "الحرارة < 5 درجات"),
    ],
)
def test_a_title_is_what_a_reader_sees(written: str, title: str) -> None:
    assert read(rss(item(written)))[0].title == title


def test_a_summary_is_plain_text_whose_blocks_are_lines() -> None:
    markup = f"<description><![CDATA[<p>{LEAD}</p><img src=x>قال<b>ت</b><br>نعم<script>x()</script>]]></description>"
    assert read(rss(item(more=markup)))[0].summary == f"{LEAD}\nقالت\nنعم"


def test_the_content_stands_for_a_summary_that_is_lacking() -> None:
    encoded = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">{LEAD}</content:encoded>'
    assert read(rss(item(more=encoded)))[0].summary == LEAD


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/2?a=1&amp;b=2", "https://daily.test/news/2?a=1&b=2"),
        ("/news/2?a=1&b=2", "https://daily.test/news/2?a=1&b=2"),
        ("<![CDATA[https://daily.test/news/2?a=1&b=2]]>", "https://daily.test/news/2?a=1&b=2"),
        ("item2", "https://daily.test/feeds/item2"),
        ("//daily.test/news/2", "https://daily.test/news/2"),
        ("/news/2?a=1&amp;amp;b=2&amp;#038;c=3", "https://daily.test/news/2?a=1&b=2&c=3"),
        ("/news/2?a=1&amp;copy=2", "https://daily.test/news/2?a=1&copy=2"),
        ("https://daily.test/أخـبار\u200f/2", "https://daily.test/أخـبار\u200f/2"),
        ("\n https://daily.test/أخبار/2 \n", "https://daily.test/أخبار/2"),
    ],
)
def test_links_are_absolute_and_else_as_written(link: str, url: str) -> None:
    assert read(rss(item(link=link)))[0].url == url


def test_links_follow_the_bases_of_the_elements_around_them() -> None:
    feed = """<rss xml:base="https://www.daily.test/a/"><channel xml:base="b/"><item><link>1</link></item>
    <item xml:base="/c/"><link xml:base="d/">2</link></item></channel></rss>"""
    assert [e.url for e in read(feed)] == ["https://www.daily.test/a/b/1", "https://www.daily.test/c/d/2"]


def test_of_several_links_the_last_page_is_taken() -> None:
    links = """<link href="/news/1"/><link rel="self" href="/news/2"/><link type="text/html" href="/news/3"/>
    <link type="application/json" href="/news/4"/><link rel="enclosure" type="image/png" href="/5.png"/>"""
    (entry,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{links}</entry></feed>')
    assert (entry.url, entry.image) == ("https://daily.test/news/3", "https://daily.test/5.png")


def test_an_item_without_address_is_shown_where_all_are_asked_for() -> None:
    entries = read_feed(
        rss("<item><title>خبر بلا رابط</title></item>").encode(),
        url=URL,
        outlet=outlet(),
        fetched_at=NOW,
        addressed_only=False,
    )
    assert [(e.url, e.title) for e in entries] == [("", "خبر بلا رابط")]


def test_a_guid_that_is_a_permalink_stands_for_the_link() -> None:
    assert read(rss("<item><title>x</title><guid>https://daily.test/news/3</guid></item>"))[0].url.endswith("/news/3")
    assert read(rss("<item><title>x</title><guid isPermaLink='false'>https://daily.test/news/3</guid></item>")) == ()


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "ftp://daily.test/x", "mailto:desk@daily.test", "http://[bad"]
)
def test_an_item_without_a_web_address_is_left_out(link: str) -> None:
    assert read(rss(item(link=link), item())) == read(rss(item()))


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("الإثنين, 23 نوفمبر 2026 13:00:00", "2026-11-23T10:00"),
        ("Mon, ٢٣ Nov ٢٠٢٦ 10:00:00 GMT", "2026-11-23T10:00"),
        ("Mon, 23 Nov 2026 13:00:00 AST", "2026-11-23T10:00"),
        ("2026-11-23 13:00:00", "2026-11-23T10:00"),
        ("Tue, 24 Nov 2026 13:00:00 +0300", "2026-11-23T12:00"),  # ahead: now
        ("1448-06-13", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_the_outlets_zone_or_left_out(date: str, moment: str | None) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert read(rss(item(more=f"<pubDate>{date}</pubDate>")))[0].published_at == expected


def test_the_next_date_is_taken_where_the_first_is_none() -> None:
    more = (
        "<pubDate>1448-06-13</pubDate><dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-11-23T10:00Z</dc:date>"
    )
    assert read(rss(item(more=more)))[0].published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize("quote", ["&#146;", "&#x92;", "&#0146;"])
def test_a_reference_to_a_control_is_the_quote_that_it_was_meant_as(quote: str) -> None:
    assert read(f"<rss><item><title>the ministry{quote}s plan</title><link>/1</link></item></rss>")[0].title == (
        "the ministry’s plan"
    )


def test_the_outlets_order_of_day_and_month_counts_in_its_feed() -> None:
    feed = rss(item(more="<pubDate>04/03/2026 13:00</pubDate>"))
    months = [read(feed, outlet(month_first=first))[0].published_at for first in (True, False)]
    assert months == [datetime(2026, 4, 3, 10, tzinfo=UTC), datetime(2026, 3, 4, 10, tzinfo=UTC)]


def test_a_feed_whose_offset_is_false_is_read_as_utc() -> None:
    feed = rss(item(more="<pubDate>Mon, 23 Nov 2026 10:00:00 +0300</pubDate>"))
    assert read(feed, outlet(feed_offset_is_false=True))[0].published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!DOCTYPE html><html><body>هذه صفحة</body></html>",
        "<html><rssx/></html>",
        "نص",
        "{",
        "{}",
        '{"items": 3}',
        "<sitemapindex><sitemap/></sitemapindex>",
        "[" * 100000,
        '{"a":' * 100000,
        "<!DOCTYPE html><html><svg><feed></feed></svg></html>",
    ],
)
def test_what_is_no_feed_is_refused(body: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body)
    assert refused.value.kind == "not-a-feed"


@pytest.mark.parametrize("body", [rss(), '<feed xmlns="http://www.w3.org/2005/Atom"/>', '{"items": []}'])
def test_a_feed_without_items_is_empty_and_no_error(body: str) -> None:
    assert read(body) == ()


def test_short_entities_that_a_doctype_declares_are_read_and_nothing_else() -> None:
    doctype = """<!DOCTYPE rss [<!ENTITY town "بلدة"><!ENTITY both "&town;&town;"><!ENTITY % p "x">]>"""
    assert read(rss(item("&town; &both;"), prolog=doctype))[0].title == "بلدة &both;"


def test_a_quadratic_entity_is_not_expanded() -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
    (entry,) = read(rss(item("&a;" * 300), prolog=doctype))
    assert len(entry.title) <= 3 * 300


def test_entities_are_never_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("كلمة السر", encoding="utf-8")
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "x">{bomb}<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    (entry,) = read(rss(item("&e12; &file;"), prolog=doctype))
    assert entry.title == "&e12; &file;"


def test_entries_and_texts_are_bounded() -> None:
    assert len(read(rss(*(item(link=f"/news/{n}") for n in range(MAX_ENTRIES + 5))))) == MAX_ENTRIES
    (entry,) = read(rss(item("ع" * 5000, more=f"<description>{'و' * 9000}</description>")))
    assert (len(entry.title), len(entry.summary)) == (MAX_TITLE, MAX_SUMMARY)


@pytest.mark.parametrize(("date", "day_only"), [("2026-11-23", True), ("2026-11-23 10:00", False), ("", False)])
def test_an_entry_says_when_only_its_day_is_known(date: str, day_only: bool) -> None:
    assert read(rss(item(more=f"<pubDate>{date}</pubDate>")))[0].day_only is day_only


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" + "<item>" * 500000,
        "<rss>" + "<![CDATA[" * 300000,
        "<rss><item><title>" + "&" * 3000000,
        "<rss " + "a" * 3000000,
        "<rss><channel>" + "<item/>" * 500000,
        "<rss>" + "<item><title>" * 200000,
        "<!--" * 1_000_000 + "<rss/>",
        "<!-- <rss> -->" * 300_000,
        "<rss><channel><item><title>" + "&lt;" * 1_000_000,
        "<rss><channel>" + '<item xml:base="a/"/>' * 200_000 + "</channel></rss>",
    ],
)
def test_hostile_feeds_end_soon_and_give_nothing(body: str) -> None:
    with contextlib.suppress(Unreadable):
        assert read(body) == ()


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_make_it_fail_otherwise(noise: bytes, inside: bool) -> None:
    try:
        read(rss(item(more="<description>")).encode() + noise + b"</description>" if inside else noise)
    except Unreadable as refused:
        assert refused.kind in ("not-a-feed", "broken")  # broken: bytes that no encoding makes text of


@pytest.mark.parametrize(
    "tail",
    [
        "<p>The post <a href='/1'>عنوان الخبر</a> appeared first on <a href='/'>اليومية</a>.</p>",
        " The post عنوان الخبر first appeared on اليومية.",
        "<p>ظهرت المقالة <a href='/1'>عنوان الخبر</a> أولاً على <a href='/'>اليومية</a>.</p>",
    ],
)
def test_wordpress_word_on_where_a_post_appeared_goes_from_the_summary(tail: str) -> None:
    lead = "وصلت القافلة إلى المدينة."
    (entry,) = read(rss(item(more=f"<description><![CDATA[{lead}{tail}]]></description>")))
    assert entry.summary == lead
