"""A page into an article: which of its voices is believed for headline, time and the other fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from crawler.article import DATE_UNSURE, DAY_ONLY, UNDATED, UNKNOWN_OUTLET, Entry
from crawler.extract.language import language_of
from crawler.extract.page import own_address
from crawler.outlets.catalogue import Selectors, general_outlet
from tests.extract.samples import (
    BODY,
    HEADLINE,
    NOW,
    SECOND,
    URL,
    json_ld,
    meta,
    news,
    outlet,
    page,
    paragraphs,
    read,
)

# ---- the headline -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        page(title=f"{HEADLINE} - اليومية"),
        page(title=f"اليومية | {HEADLINE}", h1=None),
        page(title="اليومية", h1=None, head=meta(og__title=f"{HEADLINE} | The Daily")),
        page(title="x", h1=None, head=meta(og__title=f"{HEADLINE} – أخبار الساعة", og__site_name="أخبار الساعة")),
        page(title="x", h1=None, head=json_ld(news())),
        page(title="x", h1=None, head=json_ld(news(headline=HEADLINE.replace(" ", "&nbsp;")))),
        page(head=meta(og__title=f"موقع مجهول - {HEADLINE}")),
        page(head=json_ld(news(headline=HEADLINE[:35] + "..."))),
        page(body=f"<h1>اليومية</h1><article>{paragraphs(*BODY)}</article>"),
        page(title=f"{HEADLINE} - اليومية", h1="اليومية"),
        page(h1=f"<span>{HEADLINE}</span>\n"),
        page(
            title=f"{HEADLINE} | موقع مجهول", h1=None, body=f"<b>{HEADLINE}</b><article>{paragraphs(*BODY)}</article>"
        ),
        page(
            title=f"موقع مجهول - {HEADLINE}", h1=None, body=f"<b>{HEADLINE}</b><article>{paragraphs(*BODY)}</article>"
        ),
    ],
)
def test_the_headline_is_the_pages_own_without_the_sites_name(markup: str) -> None:
    assert read(markup).title == HEADLINE


def test_an_h1_that_no_other_voice_knows_gives_way() -> None:
    assert read(page(h1="نشرة البريد الأسبوعية", head=meta(og__title=HEADLINE))).title == HEADLINE


def test_a_headline_with_a_dash_is_not_cut() -> None:
    title = "دير الزور - انقطاع الماء يدخل أسبوعه الثاني"
    assert read(page(title=title, h1=title)).title == title


def test_the_entry_gives_the_headline_that_the_page_lacks() -> None:
    assert read(page(title="", h1=None), entry=Entry("daily", URL, HEADLINE)).title == HEADLINE


# ---- the time -----------------------------------------------------------------------------------------------

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        json_ld(news(datePublished="2026-11-23T13:00:00+03:00")),
        json_ld({"@graph": [{"@type": "WebSite"}, news(datePublished="2026-11-23T10:00:00Z")]}),
        json_ld([{"@type": "Organization"}, news(datePublished="2026-11-23T10:00:00Z")]),
        json_ld({"@type": "WebPage", "mainEntity": news(datePublished="2026-11-23T10:00:00Z")}),
        json_ld(news(**{"@type": ["Article", "Thing"]}, datePublished="٢٠٢٦-١١-٢٣T١٠:٠٠:٠٠Z")),
        json_ld(news(datePublished="2026-11-23T10:00:00Z")).replace("}<", ",}<"),
        json_ld({"@type": "VideoObject", "uploadDate": "2026-11-01"}, news(datePublished="2026-11-23T10:00:00Z")),
        json_ld(news(headline="خبر آخر تماما", datePublished="2026-11-01"), news(datePublished="2026-11-23T10:00:00Z"))
        + meta(og__title=HEADLINE),
        '<script type="application/ld+json">{broken</script>' + meta(article__published_time="2026-11-23T10:00:00Z"),
        json_ld({"@type": "WebPage", "datePublished": "2026-11-23T10:00:00Z"}),
        meta(article__published_time="2026-11-23 13:00:00"),
        meta(article__published_time="الإثنين، 23 نوفمبر 2026 - 01:00 م"),
        meta(datePublished="1448-06-13", pubdate="2026-11-23T10:00:00Z"),
        '<meta name="publishdate" content="2026-11-23T10:00:00Z">',
        '<meta itemprop="datePublished" content="2026-11-23T10:00:00Z">',
    ],
)
def test_the_time_of_publication_is_found_in_the_head(head: str) -> None:
    assert read(page(head=head)).published_at == TEN


@pytest.mark.parametrize(
    "line",
    [
        '<time datetime="2026-11-23T10:00:00Z">اليوم</time>',
        "<time>23 تشرين الثاني 2026 13:00</time>",
        '<span itemprop="datePublished">23/11/2026 13:00</span>',
        '<div class="post-date">23/11/2026 - 01:00 م</div>',
        '<div class="articleDate">قبل ساعتين</div>',
        "<div>تم نشره الإثنين 23 تشرين الثاني / نوفمبر 2026 01:00 مساءً</div>",
    ],
)
def test_the_time_of_publication_is_found_beside_the_headline(line: str) -> None:
    assert read(page(f"{line}<article>{paragraphs(*BODY)}</article>")).published_at == TEN


def test_the_dates_of_other_articles_are_not_this_ones() -> None:
    teaser = '<div class="teaser"><h3>خبر آخر</h3><time datetime="2026-11-20T10:00:00Z"></time></div>' * 3
    article = read(page().replace("</main>", f"</main><div>{teaser}</div>"))
    assert article.published_at is None
    assert UNDATED in article.flags


def test_a_day_gives_way_to_a_time_on_that_day_and_is_flagged_alone() -> None:
    day = meta(article__published_time="2026-11-23")
    assert read(page(f"<time>13:00 23/11/2026</time><article>{paragraphs(*BODY)}</article>", day)).published_at == TEN
    alone = read(page(head=day))
    assert alone.published_at == datetime(2026, 11, 22, 21, tzinfo=UTC)
    assert DAY_ONLY in alone.flags


def test_a_time_that_was_guessed_or_is_disputed_is_flagged_and_the_reason_told() -> None:
    guessed = read(page(head=meta(article__published_time="04/03/2026 13:00")))
    assert DATE_UNSURE in guessed.flags
    assert "day and month may be turned" in guessed.reasons["published_at"]
    known = read(page(head=meta(article__published_time="04/03/2026 13:00")), outlet(month_first=True))
    assert (known.published_at, known.flags) == (datetime(2026, 4, 3, 10, tzinfo=UTC), ())
    assert DATE_UNSURE not in read(page()).flags  # undated says it all


def test_the_selector_for_the_time_comes_first_also_with_an_attribute() -> None:
    markup = page(
        '<i class="t" data-at="2026-11-23T10:00:00Z">x</i>' + paragraphs(*BODY),
        json_ld(news(datePublished="2026-11-01")),
    )
    assert read(markup, outlet(selectors=Selectors(published=("i.t::attr(data-at)",)))).published_at == TEN


def test_a_false_z_is_read_as_the_outlets_local_time() -> None:
    head = meta(article__published_time="2026-11-23T13:00:00Z")
    assert read(page(head=head), outlet(z_is_local=True)).published_at == TEN


def test_the_address_dates_a_page_that_has_no_date() -> None:
    dated = outlet(article_url=re.compile(r"/(?P<y>\d{4})/(?P<m>\d\d)/(?P<d>\d\d)/"))
    article = read(page(), dated, url="https://daily.test/2026/11/22/x")
    assert article.published_at == datetime(2026, 11, 21, 21, tzinfo=UTC)
    assert DAY_ONLY in article.flags


def test_the_entry_dates_a_page_that_has_no_date() -> None:
    assert read(page(), entry=Entry("daily", URL, "x", published_at=TEN)).published_at == TEN


def test_a_time_ahead_becomes_now_and_the_reason_keeps_it() -> None:
    article = read(page(head=meta(article__published_time="2026-11-24T02:00:00+03:00")))
    assert article.published_at == NOW
    assert "2026-11-23T23:00:00+00:00" in article.reasons["published_at"]


def test_the_time_of_change_is_read_too() -> None:
    article = read(page(head=json_ld(news(datePublished="2026-11-23T09:00Z", dateModified="2026-11-23T10:00:00Z"))))
    assert article.modified_at == TEN
    assert read(page()).modified_at is None


# ---- the other fields ---------------------------------------------------------------------------------------


def test_author_section_and_image_are_read_from_structured_data() -> None:
    told = news(
        author=[{"@type": "Person", "name": "سمر&nbsp;العلي"}, {"name": "عمر"}],
        articleSection=["محليات"],
        image={"url": "/a.jpg"},
    )
    article = read(page(head=json_ld(told)))
    assert (article.author, article.section, article.image) == ("سمر العلي، عمر", "محليات", "https://daily.test/a.jpg")


def test_author_section_and_image_are_read_from_metas() -> None:
    head = meta(
        article__author="https://facebook.test/daily",
        author="سمر العلي",
        article__section="محليات",
        og__image="//cdn.test/a.jpg",
    )
    article = read(page(head=head))
    assert (article.author, article.section, article.image) == ("سمر العلي", "محليات", "https://cdn.test/a.jpg")


def test_author_section_and_image_are_read_by_selectors_first() -> None:
    chosen = outlet(selectors=Selectors(author=(".by",), section=(".sec",), image=("img.hero",)))
    body = f'<b class="by">سمر العلي</b><i class="sec">محليات</i><img class="hero" src="h.jpg">{paragraphs(*BODY)}'
    article = read(
        page(body, json_ld(news(author="غيرها", articleSection="عالم", image="https://x.test/b.jpg"))), chosen
    )
    assert (article.author, article.section, article.image) == ("سمر العلي", "محليات", "https://daily.test/news/h.jpg")
    assert article.reasons["author"] == "selector"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://daily.test/news/1-خبر/?utm_source=x", "https://daily.test/news/1-%D8%AE%D8%A8%D8%B1"),
        ("https://www.daily.test/news/1", "https://www.daily.test/news/1"),
        ("http://52.16.95.170/news/1", URL),
        ("https://elsewhere.test/news/1", URL),
        ("/news/9", "https://daily.test/news/9"),
        ("//daily.test/news/9", "https://daily.test/news/9"),
        ("https://m.daily.test/news/1", URL),
        ("https://daily.test/", URL),
        ("https://daily.test/section/2", URL),
        ("https://[daily.test/news/1", URL),
        ("javascript:alert(1)", URL),
        ("", URL),
    ],
)
def test_the_pages_own_address_is_believed_where_it_is_an_articles_on_its_own_site(link: str, url: str) -> None:
    assert read(page(head=f'<link rel="canonical" href="{link}">')).url == url


def test_the_canonical_link_comes_before_a_generic_og_url() -> None:
    head = meta(og__url="https://daily.test/generic") + '<link rel="canonical" href="https://daily.test/news/1-x">'
    assert read(page(head=head)).url == "https://daily.test/news/1-x"
    assert own_address(page(head=head).encode()) == "https://daily.test/news/1-x"


@pytest.mark.parametrize(
    ("text", "lang", "language"),
    [
        (SECOND, "ar", "ar"),
        (SECOND, "en", "ar"),
        (SECOND, "", "ar"),
        ("رئیس جمهور گفت که پروژه‌های بزرگ پیش از پایان سال گشایش می‌یابد و چندین شهر از آن بهره می‌گیرند", "ar", "fa"),
        ("وزیر اعظم نے کہا ہے کہ ڈیم کی مرمت کا کام جلد شروع ہو گا اور لوگ اپنے گھروں کو لوٹیں گے", "", "ur"),
        ("سەرۆکی حکومەت ڕایگەیاند کە پڕۆژەکە لە ماوەی دوو ساڵدا تەواو دەبێت و خەڵک سوودی لێ دەبینن", "", "ckb"),
        (
            "The minister said that the dam would be repaired before the end of the year, officials told reporters",
            "ar",
            "en",
        ),
        (
            "Le ministre a dit que le barrage serait remis en état avant la fin de cette année, selon les autorités",
            "fr-FR",
            "fr",
        ),
    ],
)
def test_the_language_is_told_by_its_letters(text: str, lang: str, language: str) -> None:
    markup = page(f"<article>{paragraphs(text, text)}</article>", title=text[:30], h1=text[:30]).replace(
        'lang="ar"', f'lang="{lang}"'
    )
    assert read(markup, outlet(selectors=Selectors(body=("article",)))).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("صفارات الإنذار تدوي", "ar"),
        ("قال الرئیس إن بلاده ترفض الضغوط وتدعو إلى الحوار فی المنطقة", "ar"),
        ("رئيس الشركة يلتقي مدير Microsoft في لندن", "ar"),
        ("دولت این کشور برای مذاکره با همسایگان آماده است", "fa"),
        ("وزیراعظم نے کہا ہے کہ بجلی کی قیمت کم ہو گی", "ur"),
        ("د ولسمشر دفتر وویل چې د سولې خبرې به پیل شي", "ps"),
        ("سەرۆکی هەرێم پێشوازی لە شاندێک کرد", "ckb"),
        ("Пресс-служба сообщила", "und"),
        ("123", "ar"),
    ],
)
def test_the_language_of_a_short_text_is_told_too(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_unknown_outlets_mobile_edition_may_name_the_page_that_it_is_of() -> None:
    head = '<link rel="canonical" href="https://www.site.test/a/1">'
    unknown = general_outlet("nobody", "")
    assert read(page(head=head), unknown, url="https://m.site.test/a/1?x=2").url == "https://www.site.test/a/1"
    assert read(page(head=head), unknown, url="https://other.test/a/1").url == "https://other.test/a/1"


@pytest.mark.parametrize(
    ("markup", "author"),
    [
        (page(head=json_ld(news(author=[{"name": "سمر العلي"}, {"name": "جاد نصر"}]))), "سمر العلي، جاد نصر"),
        (
            page(
                head=json_ld(
                    {"@graph": [news(author={"@id": "#p/7"}), {"@type": "Person", "@id": "#p/7", "name": "سمر العلي"}]}
                )
            ),
            "سمر العلي",
        ),
        (page(head=meta(author="سمر العلي")), "سمر العلي"),
        (page(head=meta(article__author="https://facebook.test/samar")), None),
        (page(f'<span itemprop="author"><b itemprop="name">سمر العلي</b></span>{paragraphs(*BODY)}'), "سمر العلي"),
        (page(f'<a rel="author" href="/u/7">سمر العلي</a>{paragraphs(*BODY)}'), "سمر العلي"),
        (page(f'<a rel="author" href="/u/7">كل ما كتبته سمر العلي في هذا القسم</a>{paragraphs(*BODY)}'), None),
    ],
)
def test_the_author_is_found_in_whatever_form(markup: str, author: str | None) -> None:
    assert read(markup).author == author


CRUMBS = [{"@type": "ListItem", "position": n, "name": name} for n, name in enumerate(("الرئيسية", "محليات", HEADLINE))]


@pytest.mark.parametrize(
    "head",
    [
        json_ld(news(articleSection=["محليات", "عام"])),
        meta(article__section="محليات"),
        json_ld({"@type": "BreadcrumbList", "itemListElement": CRUMBS}),
        json_ld({"@type": "BreadcrumbList", "itemListElement": [*CRUMBS[:1], {"item": {"name": "محليات"}}]}),
    ],
)
def test_the_section_is_found_in_whatever_form(head: str) -> None:
    assert read(page(head=head)).section == "محليات"


@pytest.mark.parametrize(
    "head",
    [
        json_ld(news(image="/i/1.jpg")),
        json_ld(news(image=[{"@type": "ImageObject", "contentUrl": "https://daily.test/i/1.jpg"}])),
        meta(og__image="https://daily.test/i/1.jpg"),
        '<meta name="twitter:image:src" content="//daily.test/i/1.jpg">',
        json_ld(news(image="javascript:x()")) + meta(og__image="../i/1.jpg"),
        '<base href="https://evil.test/">' + meta(og__image="/i/1.jpg"),
    ],
)
def test_the_image_is_found_in_whatever_form_and_absolute(head: str) -> None:
    assert read(page(head=head)).image == "https://daily.test/i/1.jpg"


def test_an_outlet_that_the_catalogue_lacks_is_flagged_and_read_all_the_same() -> None:
    article = read(page(), general_outlet("nobody", URL))
    assert (article.outlet, article.paragraphs) == ("nobody", BODY)
    assert UNKNOWN_OUTLET in article.flags
    assert UNKNOWN_OUTLET not in read(page()).flags


def test_a_saved_page_without_address_is_known_by_its_own() -> None:
    article = read(page(head=f'<link rel="canonical" href="{URL}">'), url="")
    assert (article.url, article.request_url) == (URL, URL)


@pytest.mark.parametrize("declared", ["windows-1256", "utf-8"])
def test_a_page_in_windows_1256_is_read_whatever_it_declares(declared: str) -> None:
    markup = page().replace('charset="utf-8"', f'charset="{declared}"')
    assert read(markup.encode("windows-1256"), charset=declared).paragraphs == BODY


def test_every_field_has_its_reason() -> None:
    article = read(
        page(head=json_ld(news(datePublished="2026-11-23T10:00Z", author="سمر", image="https://x.test/a.jpg")))
    )
    assert {"title", "text", "published_at", "author", "image"} <= article.reasons.keys()
    assert all(article.reasons.values())


@pytest.mark.parametrize("nothing", ["أخبار", "الأخبار", "Uncategorized"])
def test_a_section_that_says_nothing_gives_way_to_one_that_does(nothing: str) -> None:
    head = json_ld(news(articleSection=nothing))
    assert read(page(head=head)).section is None
    assert read(page(head=head + meta(article__section="اقتصاد"))).section == "اقتصاد"


@pytest.mark.parametrize("title", [f"جريدة اليومية: {HEADLINE}", f"اليومية : {HEADLINE}"])
def test_the_sites_name_before_a_colon_is_no_headline(title: str) -> None:
    assert read(page(head=meta(og__title=title), h1=None)).title == HEADLINE


def test_a_name_nobody_says_goes_before_a_colon_where_the_page_shows_the_rest() -> None:
    shown = f"<h2>{HEADLINE}</h2><article>{paragraphs(*BODY)}</article>"
    assert read(page(shown, title=f"جريدة الوراق: {HEADLINE}", h1=None)).title == HEADLINE


def test_a_colon_of_the_headline_stays() -> None:
    title = f"السد: {HEADLINE}"
    assert read(page(head=meta(og__title=title), h1=None), outlet(name_ar="قناة السد العالي")).title == title
