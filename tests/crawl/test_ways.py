"""Ways in: what is asked for, in which order, what follows from an answer, and by which road."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.article import Entry
from crawler.crawl import OutletCounts
from crawler.memory import Failure, Source, Validators
from crawler.net.manners import Manners
from crawler.outlets.catalogue import Api, Way
from crawler.spiders import ways
from crawler.spiders.ways import MORE_MOST, Look, WayIn, next_document, refuses, ways_in, with_alternatives
from tests.crawl.conftest import Crawling, Diary, feed, outlet, page
from tests.crawl.web import Answer, Web, running_web

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RSS = "http://a.test/rss"
NEWS = "http://a.test/news"
ONE = "http://a.test/1"


def look(pages: str = "", more: tuple[str, ...] = (), asked: int = 0) -> Look:
    way = WayIn(Source("a", NEWS, "listing"), "", frozenset({"a.test"}), pages=pages)
    return Look(way, Validators(), more=more, asked=asked)


def entries(number: int) -> list[Entry]:
    return [Entry("a", f"http://a.test/{n}", "خبر") for n in range(number)]


# Decisions


@pytest.mark.parametrize(
    ("under_way", "found", "new", "then"),
    [
        pytest.param(look(), 20, 20, None, id="no further pages"),
        pytest.param(look("/p/{n}"), 20, 20, "/p/2", id="all new"),
        pytest.param(look("/p/{n}"), 20, 11, "/p/2", id="most of it new"),
        pytest.param(look("/p/{n}"), 20, 10, None, id="half of it known"),
        pytest.param(look("/p/{n}"), 20, 0, None, id="nothing new"),
        pytest.param(look("/p/{n}"), 0, 0, None, id="nothing on the page"),
        pytest.param(look("/p/{n}", asked=1), 20, 20, "/p/3", id="from the second to the third"),
        pytest.param(look("/p/{n}", asked=MORE_MOST), 20, 20, None, id="as many as there may be"),
        pytest.param(look(more=("/x", "/y")), 0, 0, "/x", id="what an index names"),
        pytest.param(look(more=("/x",), asked=MORE_MOST), 0, 0, None, id="an index without end"),
    ],
)
def test_a_look_goes_on_until_what_is_known(under_way: Look, found: int, new: int, then: str | None) -> None:
    assert next_document(under_way, entries(found), new) == then


def test_every_way_in_of_an_outlet_is_a_source_with_its_reader() -> None:
    rich = outlet(
        "a",
        feeds=(Way(RSS, whole_text=True),),
        sitemaps=(Way("http://a.test/news.xml"),),
        apis=(Api("http://a.test/api", items="data"),),
        listings=(Way(NEWS, pages="http://a.test/news/{n}"),),
    )
    ways = ways_in(rich)
    assert [(way.source.kind, way.source.url.removeprefix("http://a.test/")) for way in ways] == [
        ("feed", "rss"),
        ("sitemap", "news.xml"),
        ("api", "api"),
        ("listing", "news"),
    ]
    assert ways[0].facts == {"whole_text": True}
    assert ways[2].facts == {"api": rich.apis[0]}
    assert ways[3].pages == "http://a.test/news/{n}"
    assert all(way.hosts == {"a.test"} for way in ways)


@pytest.mark.parametrize(("status", "is_one"), [(401, True), (403, True), (451, True), (404, False), (429, False)])
def test_a_refusal_is_what_says_so(status: int, is_one: bool) -> None:
    assert refuses(Failure("status", "", AT, status=status)) is is_one


def test_a_refusal_names_the_outlets_public_channel() -> None:
    refusal, gone = Failure("status", "answered 403", AT, status=403), Failure("status", "answered 404", AT, status=404)
    silent, speaks = outlet("a"), outlet("a", telegram="akhbar")
    assert with_alternatives(refusal, silent) == refusal
    assert with_alternatives(gone, speaks) == gone
    assert "https://t.me/s/akhbar could be read instead" in with_alternatives(refusal, speaks).detail
    assert with_alternatives(refusal, replace(speaks, telegram_allowed=True)).detail.endswith("is read instead")


# Listings of several pages


def listing(*numbers: int) -> Answer:
    links = "".join(f'<li><a href="/{n}">عنوان الخبر رقم {n}</a></li>' for n in numbers)
    return Answer(f"<html><body><ul>{links}</ul></body></html>".encode(), etag=f'"{numbers}"')


PAGED = outlet(
    "a", feeds=(), listings=(Way(NEWS, pages=NEWS + "?page={n}"),), article_url=re.compile(r"a\.test/(?P<id>\d+)$")
)


@pytest.fixture
def articles(web: Web) -> Web:
    """The web with a hundred articles of outlet a."""
    web.pages |= {f"http://a.test/{n}": Answer(page()) for n in range(100)}
    return web


def asked(web: Web) -> list[str]:
    return [url.removeprefix(NEWS) for url in web.urls() if url.startswith(NEWS)]


async def test_a_listing_is_read_on_until_what_is_known(articles: Web, crawling: Crawling, memory: Diary) -> None:
    articles.pages |= {NEWS: listing(9, 8, 7), f"{NEWS}?page=2": listing(6, 5, 4), f"{NEWS}?page=3": listing(5, 4, 3)}
    articles.pages[f"{NEWS}?page=4"] = listing(2, 1, 0)
    report = await crawling(PAGED)
    assert asked(articles) == ["", "?page=2", "?page=3"]
    assert len(memory.articles) == 7
    assert report.outlets["a"] == OutletCounts(answered=1, pages_fetched=7)


async def test_the_pages_of_one_look_are_one_poll_to_the_memory_whose_last_part_brings_the_validators(
    articles: Web, crawling: Crawling, memory: Diary
) -> None:
    articles.pages |= {NEWS: listing(9, 8), f"{NEWS}?page=2": listing(7, 6), f"{NEWS}?page=3": Answer(status=404)}
    await crawling(PAGED)
    first = Validators(etag='"(9, 8)"')
    assert [(len(p.entries), p.continued, p.validators) for p in memory.polls] == [
        (2, True, Validators()),
        (2, True, Validators()),
        (0, False, first),
    ]
    assert {p.source.url for p in memory.polls} == {NEWS}
    asked(articles)
    await crawling(PAGED)
    assert asked(articles) == [""]
    assert memory.polls[-1].not_modified


async def test_a_look_that_breaks_off_is_made_again_from_its_beginning(
    articles: Web, crawling: Crawling, memory: Diary
) -> None:
    articles.pages |= {NEWS: listing(9, 8), f"{NEWS}?page=2": Answer(status=500)}
    await crawling(PAGED)
    assert memory.poll_failures == []
    assert memory.polls[-1].validators == Validators()
    articles.pages[f"{NEWS}?page=2"] = listing(7, 6)
    await crawling(PAGED)
    assert not memory.polls[-1].not_modified


async def test_an_unchanged_listing_is_not_read_on(articles: Web, crawling: Crawling, memory: Diary) -> None:
    articles.pages |= {NEWS: listing(9, 8), f"{NEWS}?page=2": listing(9, 8)}
    await crawling(PAGED)
    asked(articles)
    articles.pages[NEWS] = listing(10, 9, 8)
    await crawling(PAGED)
    assert asked(articles) == [""]


# Whole texts

WHOLE = "أعلنت دائرة المياه في البلدية بدء أعمال صيانة الخط الرئيس مساء اليوم، وتستمر الأعمال حتى فجر الغد في الأحياء"
PARAGRAPHS = f"<p>{WHOLE} الشرقية والشمالية.</p><p>وأضافت الدائرة أن {WHOLE} الغربية، ودعت السكان إلى تخزين المياه.</p>"


def full_feed(text: str) -> Answer:
    item = f"<item><title>أعمال صيانة</title><link>{ONE}</link><description><![CDATA[{text}]]></description></item>"
    return Answer(f'<?xml version="1.0"?><rss version="2.0"><channel><title>ن</title>{item}</channel></rss>'.encode())


async def test_a_feed_of_whole_texts_saves_the_pages(web: Web, crawling: Crawling, memory: Diary) -> None:
    web.pages |= {RSS: full_feed(PARAGRAPHS), ONE: Answer(page())}
    report = await crawling(outlet("a", feeds=(Way(RSS, whole_text=True),)))
    assert web.urls() == [RSS]
    (article,) = memory.articles
    assert len(article.paragraphs) == 2
    assert report.outlets["a"] == OutletCounts(answered=1, pages_fetched=1)
    assert await memory.unfinished("a", AT + timedelta(days=1)) == []


async def test_a_teaser_in_such_a_feed_does_not_save_its_page(web: Web, crawling: Crawling, memory: Diary) -> None:
    web.pages |= {RSS: full_feed("تابعوا التفاصيل"), ONE: Answer(page())}
    await crawling(outlet("a", feeds=(Way(RSS, whole_text=True),)))
    assert web.urls() == [RSS, ONE]


# Sitemaps and APIs

INDEX, NEWEST, OLDER = "http://a.test/sitemaps.xml", "http://a.test/s-2.xml", "http://a.test/s-1.xml"


def index(*addresses: str) -> bytes:
    inner = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'.encode()


def urlset(*numbers: int) -> bytes:
    inner = "".join(
        f"<url><loc>http://a.test/{n}</loc><lastmod>2026-11-23T10:00:00+00:00</lastmod></url>" for n in numbers
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()


async def test_an_index_leads_to_its_sitemaps_and_they_to_pages(
    articles: Web, crawling: Crawling, memory: Diary
) -> None:
    articles.pages |= {
        INDEX: Answer(index(NEWEST, OLDER, "http://elsewhere.test/s.xml"), etag='"i"'),
        NEWEST: Answer(urlset(5, 4)),
        OLDER: Answer(gzip.compress(urlset(3))),
    }
    mapped = outlet("a", feeds=(), sitemaps=(Way(INDEX),))
    report = await crawling(mapped)
    assert report.outlets["a"] == OutletCounts(answered=1, pages_fetched=3)
    assert [p.continued for p in memory.polls] == [True, True, True, False]
    articles.urls()
    articles.pages[NEWEST] = Answer(urlset(6, 5, 4))
    await crawling(mapped)
    assert sorted(articles.urls()) == sorted([INDEX, NEWEST, OLDER, "http://a.test/6"])


async def test_an_index_that_names_itself_is_left(articles: Web, crawling: Crawling) -> None:
    articles.pages[INDEX] = Answer(index(INDEX))
    await crawling(outlet("a", feeds=(), sitemaps=(Way(INDEX),)))
    assert articles.urls() == [INDEX] * (1 + MORE_MOST)


async def test_an_api_is_read_on_until_what_is_known(articles: Web, crawling: Crawling, memory: Diary) -> None:
    def answer(*numbers: int) -> Answer:
        return Answer(json.dumps({"data": [{"id": n, "headline": f"خبر {n}"} for n in numbers]}).encode())

    api = Api(
        "http://a.test/api",
        items="data",
        fields={"title": "headline", "id": "id"},
        link="http://a.test/{id}",
        pages="http://a.test/api/{n}",
    )
    articles.pages |= {api.url: answer(9, 8), "http://a.test/api/2": answer(7, 6), "http://a.test/api/3": answer()}
    await crawling(outlet("a", feeds=(), apis=(api,)))
    assert [url for url in articles.urls() if "api" in url] == [api.url, "http://a.test/api/2", "http://a.test/api/3"]
    assert sorted(a.request_url for a in memory.articles) == [f"http://a.test/{n}" for n in (6, 7, 8, 9)]


# Where the site refuses

PREVIEW = "http://t.me/s/akhbar"
POST = (
    '<div class="tgme_widget_message" data-post="akhbar/7"><div class="tgme_widget_message_text">أغلقت بلدية المدينة'
    " الجسر الغربي أمام الشاحنات.<br>وقالت إن الفحص مستمر حتى نهاية الأسبوع وإن النتائج تعلن بعده مباشرة.</div>"
    '<a class="tgme_widget_message_date"><time datetime="2026-11-23T11:00:00+00:00"></time></a></div>'
)
ON_TELEGRAM = outlet("a", telegram="akhbar", telegram_allowed=True)


@pytest.fixture
def channel(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """The web with the channel's preview, which is had without TLS here."""
    monkeypatch.setattr(ways, "PREVIEW", ways.PREVIEW.replace("https:", "http:"))
    web.pages[PREVIEW] = Answer(f"<html><body>{POST}</body></html>".encode())
    return web


@pytest.mark.parametrize("status", [401, 403, 451])
async def test_a_site_that_refuses_is_read_from_its_channel_where_the_editor_allows_it(
    channel: Web, crawling: Crawling, memory: Diary, status: int
) -> None:
    channel.pages[RSS] = Answer(status=status)
    report = await crawling(ON_TELEGRAM)
    assert channel.urls() == [RSS, PREVIEW]
    ((url, failure),) = memory.poll_failures
    assert (url, failure.status) == (RSS, status)
    (article,) = memory.articles
    assert article.title.startswith("أغلقت بلدية المدينة")
    assert article.request_url == "https://t.me/akhbar/7"
    assert report.outlets["a"] == OutletCounts(answered=1, failed=1, pages_fetched=1)


@pytest.mark.parametrize(
    ("site", "allowed"),
    [
        pytest.param({RSS: Answer(status=403)}, False, id="not allowed"),
        pytest.param({RSS: Answer(status=500)}, True, id="no refusal"),
        pytest.param({RSS: Answer(feed())}, True, id="not refused"),
        pytest.param({RSS: Answer(status=403), NEWS: Answer(feed())}, True, id="another way in answers"),
        pytest.param({"http://a.test/robots.txt": Answer(b"User-agent: *\nDisallow: /")}, True, id="robots.txt"),
    ],
)
async def test_its_channel_is_not_read_otherwise(
    channel: Web, crawling: Crawling, site: dict[str, Answer], allowed: bool
) -> None:
    channel.pages |= site
    await crawling(outlet("a", telegram="akhbar", telegram_allowed=allowed, feeds=(Way(RSS), Way(NEWS))))
    assert PREVIEW not in channel.urls()


async def test_a_channel_that_refuses_too_is_not_asked_again(channel: Web, crawling: Crawling, memory: Diary) -> None:
    channel.pages |= {RSS: Answer(status=403), PREVIEW: Answer(status=403)}
    await crawling(ON_TELEGRAM)
    assert channel.urls() == [RSS, PREVIEW]
    assert [url for url, _ in memory.poll_failures] == [RSS, PREVIEW]


# Roads


async def test_an_outlet_is_asked_for_the_encodings_that_it_bears(web: Web, crawling: Crawling) -> None:
    web.pages |= {RSS: Answer(feed(ONE)), ONE: Answer(page()), "http://b.test/rss": Answer(feed())}
    await crawling(outlet("a", accept_encoding=("gzip", "deflate")), outlet("b"))
    assert {web.header(url, "Accept-Encoding") for url in (RSS, ONE)} == {"gzip, deflate"}
    assert "br" in (web.header("http://b.test/rss", "Accept-Encoding") or "")


async def test_an_outlets_own_crawl_delay_reaches_the_manners(
    web: Web, crawling: Crawling, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[tuple[str, float]] = set()
    monkeypatch.setattr(Manners, "slow_down", lambda self, host, delay: asked.add((host, delay)))
    web.pages |= {RSS: Answer(feed(ONE)), ONE: Answer(page())}
    await crawling(outlet("a", crawl_delay=timedelta(seconds=4)), outlet("b"))
    assert asked == {("a.test", 4.0)}


BY_HOME = outlet("a", proxy="HOME")


async def test_an_outlet_with_a_proxy_of_its_own_is_reached_by_no_other_road(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_web() as home:
        monkeypatch.setenv("MARSAD_PROXY_HOME", home.proxy.replace("//", "//name:secret@"))
        home.pages |= {
            RSS: Answer(status=302, headers={"Location": "/feed"}),
            ONE: [Answer(status=500), Answer(page())],
        }
        home.pages["http://a.test/feed"] = Answer(feed(ONE))
        await crawling(BY_HOME, outlet("b"))
        assert {"http://a.test/robots.txt", RSS, "http://a.test/feed", ONE} == {a.url for a in home.asked}
        basic = "Basic " + base64.b64encode(b"name:secret").decode()
        assert {a.headers.get("proxy-authorization") for a in home.asked} == {basic}
    assert {url.split("/")[2] for url in web.urls(robots=True)} == {"b.test"}
    assert len(memory.articles) == 1


@pytest.mark.parametrize("value", [None, "", "socks5://10.0.0.1"])
async def test_an_outlet_whose_proxy_is_not_set_is_not_asked_at_all(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("MARSAD_PROXY_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("MARSAD_PROXY_HOME", value)
    report = await crawling(BY_HOME, outlet("b"))
    assert {url.split("/")[2] for url in web.urls(robots=True)} == {"b.test"}
    failure = next(failure for url, failure in memory.poll_failures if url == RSS)
    assert failure.kind == "proxy"
    assert "MARSAD_PROXY_HOME" in failure.detail
    assert report.outlets["a"] == OutletCounts(failed=1)


async def test_a_proxys_password_is_in_no_failure(
    web: Web, crawling: Crawling, memory: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARSAD_PROXY_HOME", "http://name:secret@127.0.0.1:9")
    await crawling(BY_HOME)
    ((_, failure),) = memory.poll_failures
    assert failure.kind == "connection"
    assert "secret" not in failure.detail
