"""What is read of an unknown outlet's documents: of its site, and of a sample of its articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.drafting.addresses import Family
from crawler.drafting.file import Facts, as_yaml, read_back
from crawler.drafting.sample import Sample, read_sample
from crawler.drafting.site import MAX_FEEDS, MAX_LINKS, Site, read_site
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Way, general_outlet

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://nahr.test/news/1"
OUTLET = general_outlet("nahr", URL)
ONE = "افتتحت بلدية القرية الواقعة على ضفة النهر مدرسة ابتدائية من اثني عشر صفًّا بعد عامين من العمل في بنائها."
TWO = "وقال مدير التربية إن المدرسة تستقبل ثلاثمئة تلميذ كانوا يقطعون خمسة كيلومترات سيرًا إلى أقرب صف."
LEAD = "ثلاثمئة تلميذ يبدؤون عامهم الدراسي في مبنى جديد على ضفة النهر."
TITLE = "مدرسة جديدة تفتح أبوابها على ضفة النهر"


def sample(body: str, head: str = "") -> Sample:
    page = f"<html lang='ar'><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return read_sample(page.encode(), url=URL, outlet=OUTLET, fetched_at=NOW)


MENU = "<nav><a href='/'>الرئيسة</a> <a href='/sport'>رياضة</a></nav>"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"<h1>{TITLE}</h1><div class='story-text'><p>{ONE}</p><p>{TWO}</p></div>", ("div.story-text", "")),
        (f"<h1>{TITLE}</h1><div id='story'><p>{ONE}</p><p>{TWO}</p></div>", ("div#story", "")),
        (f"<h1>{TITLE}</h1><div itemprop='articleBody'><p>{ONE}</p><p>{TWO}</p></div>", ("[itemprop=articleBody]", "")),
        (f"<h1>{TITLE}</h1><article>{ONE}<br><br>{TWO}</article>", ("article", "")),
        (
            f"<main class='all'><h1>{TITLE}</h1><p class='intro'>{LEAD}</p>"
            f"<div class='story-text'><p>{ONE}</p><p>{TWO}</p></div></main>",
            ("div.story-text", "p.intro"),
        ),
    ],
    ids=["class", "id", "microdata", "tag", "lead apart"],
)
def test_the_bodys_element_is_named_as_a_person_would(body: str, wanted: tuple[str, str]) -> None:
    found = sample(MENU + body)
    assert found.bodies[0] == wanted
    assert found.article.paragraphs[-2:] == (ONE, TWO)


def test_a_stray_line_of_the_header_is_left_out_by_the_selector() -> None:
    found = sample(
        f"<main><h1>{TITLE}</h1><div itemprop='articleBody'><div class='bar'>مدة القراءة دقيقتان</div>"
        f"<div class='story-text'><p>{ONE}</p><p>{TWO}</p></div></div></main>"
    )
    assert found.bodies[0] == ("div.story-text", "")


@pytest.mark.parametrize("name", ["post-48213", "css-1x9zk2", "x{y}", "نص"])
def test_a_name_that_is_an_articles_own_a_builds_or_no_css_is_not_proposed(name: str) -> None:
    found = sample(f"{MENU}<h1>{TITLE}</h1><section class='{name}' id='{name}'><p>{ONE}</p><p>{TWO}</p></section>")
    assert found.article.paragraphs == (ONE, TWO)
    assert found.bodies == ()


def test_a_name_that_another_element_has_too_is_not_proposed() -> None:
    found = sample(f"<h1>{TITLE}</h1><div class='box'><p>{ONE}</p><p>{TWO}</p></div><div class='box'></div>")
    assert "div.box" not in [body for body, _ in found.bodies]


def test_the_date_that_readers_see_is_proposed_and_that_of_json_ld_needs_no_selector() -> None:
    body = (
        f"<h1>{TITLE}</h1><span class='post-date'>22/11/2026 14:30</span><div id='story'><p>{ONE}</p><p>{TWO}</p></div>"
    )
    assert sample(MENU + body).dates == ("span.post-date",)
    data = '{"@type": "NewsArticle", "headline": "x", "datePublished": "2026-11-22T14:30:00Z"}'
    assert sample(MENU + body, f"<script type='application/ld+json'>{data}</script>").dates == ()


def test_a_page_without_an_article_is_no_sample() -> None:
    with pytest.raises(Unreadable):
        sample(MENU)


# ---- sites --------------------------------------------------------------------------------------------------


def site(body: str, url: str = "https://nahr.test/") -> Site:
    return read_site(body.encode(), url=url, outlet=OUTLET, fetched_at=NOW)


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>صوت النهر</title><link>https://www.nahr.test/</link>
<language>ar-SY</language><item><title>خبر</title><link>https://www.nahr.test/1</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>صوت النهر</title>
<link rel="self" href="https://nahr.test/atom.xml"/><link href="https://www.nahr.test/"/>
<entry><title>خبر</title><link href="https://www.nahr.test/1"/></entry></feed>"""


@pytest.mark.parametrize("body", [RSS, ATOM], ids=["RSS", "Atom"])
def test_a_feed_says_the_name_the_language_and_the_home_of_its_site(body: str) -> None:
    found = site(body, "https://nahr.test/feed")
    assert (found.names, found.language, found.home) == (("صوت النهر",), "ar", "https://www.nahr.test/")
    assert (found.feeds, [entry.url for entry in found.entries]) == (
        ("https://nahr.test/feed",),
        ["https://www.nahr.test/1"],
    )


def test_a_page_says_its_names_in_the_order_of_their_worth() -> None:
    head = "<title>أخبار | صوت النهر</title><meta property='og:site_name' content='Nahr Voice'>"
    found = site(f"<html lang='ar-SY'><head>{head}</head><body><a href='/'>النهر</a></body></html>")
    assert found.names == ("Nahr Voice", "النهر", "صوت النهر", "أخبار")
    assert (found.language, found.is_article) == ("ar", False)


def test_the_headline_of_an_article_is_no_name() -> None:
    head = f"<title>{TITLE} | صوت النهر</title><meta property='og:type' content='article'>"
    found = site(f"<html><head>{head}</head><body></body></html>")
    assert (found.names, found.is_article) == ((), True)


def test_links_and_feeds_are_few_absolute_and_of_the_web() -> None:
    addresses = ["/a b.xml", "http://user:secret@nahr.test/f", *(f"/f{n}" for n in range(50))]
    feeds = "".join(f"<link rel='alternate' type='application/rss+xml' href='{a}'>" for a in addresses)
    odd = "<a href='javascript:x'>a</a><a href='mailto:a@b'>b</a><a href='http://[x'>c</a><a href='/ok'>d</a>"
    many = "".join(f"<a href='/{n}'>{n}</a>" for n in range(MAX_LINKS + 50))
    found = site(f"<html><head>{feeds}</head><body>{odd}{many}</body></html>")
    assert (len(found.feeds), len(found.links)) == (MAX_FEEDS, MAX_LINKS)
    assert (found.feeds[0], found.links[0].url) == ("https://nahr.test/f0", "https://nahr.test/ok")


def test_an_empty_body_is_neither_page_nor_feed() -> None:
    with pytest.raises(Unreadable):
        read_site(b"", url="https://nahr.test/", outlet=OUTLET, fetched_at=NOW)


# ---- the file -----------------------------------------------------------------------------------------------


def test_a_feed_that_the_family_gives_is_not_written_twice() -> None:
    feed = "https://nahr.test/Rss/latest-news/ar"
    family = Family("named-rss", {"name": "latest-news"}, feed, knows_articles=True)
    outlet = replace(
        OUTLET,
        country="LB",
        name_ar="النهر",
        name_en="Nahr",
        homepage="https://nahr.test",
        checked="2026-11-23",
        feeds=(Way(feed),),
    )
    text = as_yaml(Facts(outlet, family, country_said=False, named=frozenset({"ar", "en"})))
    assert "feeds:" not in text
    back = read_back(text)
    assert ([way.url for way in back.feeds], back.proven, back.family) == ([feed], "live", "named-rss")
    assert back.article_url is not None
