"""A page into an article: its body, and the bounds within which a page is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import MUCH_DROPPED
from crawler.extract.page import MAX_PARAGRAPHS
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Selectors, load_catalogue
from tests.extract.samples import (
    BODY,
    HEADLINE,
    LEAD,
    SECOND,
    THIRD,
    json_ld,
    meta,
    news,
    outlet,
    page,
    paragraphs,
    read,
)


def test_the_general_extractor_reads_a_page_that_says_nothing_of_itself() -> None:
    article = read(page())
    assert (article.title, article.paragraphs) == (HEADLINE, BODY)
    assert article.reasons["text"] == "where the page's prose stands"


def test_the_outlets_selectors_come_first_in_their_order() -> None:
    markup = page(f'<div class="b">{paragraphs(LEAD)}</div><div class="a">{paragraphs(SECOND, THIRD)}</div>')
    chosen = outlet(selectors=Selectors(body=(".none", ".a", ".b")))
    assert read(markup, chosen).paragraphs == (SECOND, THIRD)
    assert read(markup, chosen).reasons["text"] == "selector .a"


def test_selectors_that_find_nothing_any_more_give_way() -> None:
    article = read(page(), outlet(selectors=Selectors(title=(".gone",), body=(".gone",), published=(".gone",))))
    assert (article.title, article.paragraphs) == (HEADLINE, BODY)


def test_a_lead_that_stands_apart_comes_first_and_once() -> None:
    chosen = outlet(selectors=Selectors(body=(".body",), lead=(".lead",)))
    apart = f'<p class="lead">{LEAD}</p><div class="body">{paragraphs(SECOND, THIRD)}</div>'
    within = f'<div class="body"><p class="lead">{LEAD}</p>{paragraphs(SECOND, THIRD)}</div>'
    assert read(page(apart), chosen).paragraphs == (LEAD, SECOND, THIRD)
    assert read(page(within), chosen).paragraphs == (LEAD, SECOND, THIRD)


def test_what_the_outlet_drops_is_dropped_from_the_body() -> None:
    chosen = outlet(selectors=Selectors(body=("article",), drop=(".x", "sna-share")))
    body = (
        f'<article><p>{LEAD}</p><div class="x"><p>{SECOND}</p></div><sna-share>أرسل</sna-share><p>{THIRD}</p></article>'
    )
    assert read(page(body), chosen).paragraphs == (LEAD, THIRD)


def test_microdata_names_the_body() -> None:
    body = f'<div itemprop="articleBody">{paragraphs(*BODY)}</div><div>{paragraphs("نص طويل في مكان آخر " * 40)}</div>'
    article = read(page(body))
    assert (article.paragraphs, article.reasons["text"]) == (BODY, "microdata articleBody")


def test_the_node_that_holds_json_lds_article_body_is_the_body() -> None:
    told = json_ld(news(articleBody=" ".join(BODY)))
    body = f"<div><div>{paragraphs(*BODY)}<p>كلام لا يعده الموقع من الخبر</p></div></div>{paragraphs(THIRD * 5)}"
    article = read(page(body, told))
    assert (article.paragraphs, article.reasons["text"]) == (BODY, "the node of json-ld articleBody")


def test_json_lds_article_body_stands_where_scripts_would_have_written_it() -> None:
    article = read(page("<div id=app></div>", json_ld(news(articleBody=f"<p>{LEAD}</p><p>{SECOND}</p>\n{THIRD}"))))
    assert (article.paragraphs, article.reasons["text"]) == ((LEAD, SECOND, THIRD), "json-ld articleBody")


@pytest.mark.parametrize(
    ("lead", "head", "taken"),
    [
        (f'<h2 class="article-lead">{LEAD}</h2>', meta(og__description=LEAD[:70]), True),
        (f'<h2 class="article-lead">{LEAD}</h2>', "", True),
        (f"<p>{LEAD}</p>", "", True),
        (f'<h2 class="article-lead">{LEAD[:-1]}</h2>', meta(og__description=LEAD[:70]), True),
        (f'<h2 class="article-lead">{LEAD[:-1]}</h2>', "", False),
        ('<p class="intro">استطلاع: هل تؤيد إقامة الدوري بلا جمهور في الموسم المقبل؟</p>', "", False),
        ('<p class="intro">يصلكم بث الإذاعة على الموجة المتوسطة كل مساء.</p>', "", False),
    ],
)
def test_a_lead_between_headline_and_named_body_is_taken_when_it_is_the_articles(
    lead: str, head: str, taken: bool
) -> None:
    body = f'{lead}<div itemprop="articleBody">{paragraphs(SECOND, THIRD)}</div>'
    told = (LEAD.rstrip(".") + "." * lead.count(".<"),) if taken else ()
    assert read(page(body, head)).paragraphs == (*told, SECOND, THIRD)


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>سطر أول<br>سطر ثان<br/><br>سطر ثالث</p>", ("سطر أول", "سطر ثان", "سطر ثالث")),
        ("سطر أول<p>سطر ثان</p>سطر ثالث", ("سطر أول", "سطر ثان", "سطر ثالث")),
        ("<p>كتبت <b>ال</b>صحيفة <a href=x>خبرا</a>، <span>و</span>نشرته</p>", ("كتبت الصحيفة خبرا، ونشرته",)),
        ("<div>سطر أول<div>سطر ثان</div></div>", ("سطر أول", "سطر ثان")),
        ("<ul><li>بند أول</li><li>بند ثان</li></ul>", ("بند أول", "بند ثان")),
        ("<h2>عنوان فرعي</h2><p>سطر</p>", ("عنوان فرعي", "سطر")),
        ("<p>سطر\n   مكسور&nbsp;&nbsp;في\tالمصدر</p>", ("سطر مكسور في المصدر",)),
        ("<p>قال \u200fالوزير\u200f إنه</p>", ("قال الوزير إنه",)),
        ("<blockquote><p>اقتباس طويل</p></blockquote><p>سطر</p>", ("اقتباس طويل", "سطر")),
        ("<p>نص أول</p><!-- تعليق --><style>p{}</style><script>نص()</script><p>نص ثان</p>", ("نص أول", "نص ثان")),
        ("<p>نص أول</p><figure><img><figcaption>صورة أرشيفية</figcaption></figure><p>نص ثان</p>", ("نص أول", "نص ثان")),
        ('<p>نص أول</p><div class="image-caption">صورة</div><p>نص ثان هنا طويل</p>', ("نص أول", "نص ثان هنا طويل")),
        ('<p>نص أول</p><p style="display: none">خفي</p><p hidden>خفي</p><p>نص ثان</p>', ("نص أول", "نص ثان")),
        ('<p>نص أول</p><div class="social-share"><a>فيسبوك</a></div><p>نص ثان</p>', ("نص أول", "نص ثان")),
        ('<p>نص أول</p><ul class="post-tags"><li>وسم</li></ul><p>نص ثان</p>', ("نص أول", "نص ثان")),
        ("&lt;p&gt;نص أول&lt;/p&gt;&lt;p&gt;نص ثان&lt;/p&gt;", ("نص أول", "نص ثان")),
    ],
)
def test_lines_are_those_a_reader_sees(markup: str, lines: tuple[str, ...]) -> None:
    chosen = outlet(selectors=Selectors(body=("#b",)))
    assert read(page(f'<div id="b">{markup}</div>'), chosen).paragraphs == lines


@pytest.mark.parametrize(
    "block",
    [
        '<div class="rel"><h4>أخبار ذات صلة</h4><p>خبر قديم ينتهي بنقطة.</p><p>خبر آخر مثله.</p></div>',
        "<div><strong>اقرأ أيضًا:</strong><ul><li><a>خبر عن الطقس</a></li><li><a>خبر عن السير.</a></li></ul></div>",
        '<div class="related-posts"><p>خبر قديم ينتهي بنقطة.</p></div>',
        "<p>طالع أيضًا:</p><p><a href=x>خبر عن الطقس في الشمال</a></p>",
        "<p><b>اقرأ أيضا: </b><a href=x>خبر عن الطقس في الشمال</a></p>",
        "<aside><p>اقتراحات القراءة. خبر قديم.</p></aside>",
    ],
)
@pytest.mark.parametrize("place", [1, 3], ids=["in the middle", "at the end"])
def test_a_related_block_is_no_part_of_the_body_wherever_it_stands(block: str, place: int) -> None:
    chosen = outlet(selectors=Selectors(body=("article",)))
    texts = [f"<p>{text}</p>" for text in BODY]
    texts.insert(place + 1, block)
    assert read(page(f"<article>{''.join(texts)}</article>"), chosen).paragraphs == BODY


def test_a_class_that_speaks_of_what_stands_beside_drops_nothing() -> None:
    body = f'<div class="entry no-share has-sidebar">{paragraphs(*BODY)}</div><div>{"نص آخر في الصفحة. " * 200}</div>'
    assert set(BODY) <= set(read(page(body), outlet(selectors=Selectors(body=("main",)))).paragraphs)


def test_a_page_wrapped_in_one_form_is_read() -> None:
    assert read(f"<form id=aspnetForm>{page()}</form>".replace("<body>", "<body><form>")).paragraphs == BODY


def test_headline_byline_and_date_at_the_top_of_the_body_are_no_paragraphs() -> None:
    header = f"<h1>{HEADLINE}</h1><span>سمر العلي</span><p>نشر في: الإثنين 23 نوفمبر 2026 - 02:00 م</p>"
    body = f"<article>{header}{paragraphs(*BODY)}</article>"
    markup = page(body, meta(author="سمر العلي"), h1=None)
    assert read(markup, outlet(selectors=Selectors(body=("article",)))).paragraphs == BODY


def test_an_article_that_lost_a_third_of_its_words_is_flagged_and_says_what_went() -> None:
    block = "<p>اقرأ أيضا:</p>" + paragraphs(*[f"عنوان رقم {n} عن أمر آخر" for n in range(8)])
    chosen = outlet(selectors=Selectors(body=("article",)))
    article = read(page(f"<article>{paragraphs(LEAD, SECOND)}{block}</article>"), chosen)
    assert MUCH_DROPPED in article.flags
    assert "related: عنوان رقم 7" in article.reasons["dropped"]
    little = read(page(f"<article>{paragraphs(*BODY)}<p>تابعونا على فيسبوك</p></article>"), chosen)
    assert MUCH_DROPPED not in little.flags
    assert little.reasons["dropped"] == "boilerplate: تابعونا على فيسبوك"


def test_the_agency_that_signed_is_the_source() -> None:
    chosen = outlet(selectors=Selectors(body=("article",)))
    article = read(page(f"<article>{paragraphs(LEAD, SECOND)}<p>(رويترز)</p></article>"), chosen)
    assert (article.source, article.paragraphs) == ("رويترز", (LEAD, SECOND))


# ---- the seed article as a page in Arab48's shape -----------------------------------------------------------

SEED = Path(__file__).parents[2] / "../shared/data/seed/arab48.txt"


@pytest.mark.parametrize("middle", [False, True], ids=["related block at the end", "related block in the middle"])
def test_the_seed_article_as_a_page_in_arab48s_shape_keeps_its_body_alone(middle: bool) -> None:
    if not SEED.exists():
        pytest.skip("../shared/data is not beside the checkout")
    lines = SEED.read_text(encoding="utf-8").rstrip("\n").split("\n")
    body, (marker, related) = lines[:-2], lines[-2:]
    block = f'<div class="inner"><strong>{marker}</strong><a href="/أخبار/2024/11/28/x">{related}</a></div>'
    texts = [f"<p>{line}</p>" for line in body]
    texts.insert(4 if middle else len(texts), block)
    markup = page(
        f'<div class="article-content">{"".join(texts)}</div>', meta(article__published_time="2024-11-30 10:00:00")
    )
    article = read(markup, load_catalogue()["arab48"], url="https://www.arab48.com/الأخبار/2024/11/30/x")
    assert list(article.paragraphs) == [line for line in body if "تلجرام" not in line]
    assert article.published_at == datetime(2024, 11, 30, 8, tzinfo=UTC)


# ---- bounds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 500_000,
        "<p>" * 50_000 + "نص",
        "<div class='" + "a-" * 1_000_000 + "'>",
        "<div " + " ".join(f"a{n}" for n in range(300_000)) + ">",
        "<p>" + "-" * 2_000_000,
        "<p>" + ". " * 1_000_000,
        "<p>اقرأ أيضا</p>" * 15_000,
        "<br>نص" * 25_000,
        '<script type="application/ld+json">' + "[" * 500_000 + "</script>",
        '<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 10_000,
        "<h1>عنوان</h1>" * 10_000,
        "<!--" * 200_000,
        "<" * 2_000_000,
        "&nbsp;" * 400_000,
        '<meta property="article:published_time" content="' + "1" * 1_000_000 + '">',
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_page_ends_soon_in_an_article_or_a_refusal(hostile: str) -> None:
    for chosen in (outlet(selectors=Selectors(body=("main",))), outlet()):
        try:
            read(page(hostile), chosen)
        except Unreadable as refused:
            assert refused.kind in ("no-body", "broken", "soft-404", "interstitial")


def test_a_tag_with_thousands_of_attributes_is_left_out_and_the_article_is_read() -> None:
    crowded = "<i " + " ".join(f'a{n}=">"' for n in range(2_000)) + ">x</i>"
    script = "<script>for (i=0;i<n;i++) { " + "a b " * 500 + "}</script>"
    assert read(page(f"{crowded}{script}<article>{paragraphs(*BODY)}</article>")).paragraphs == BODY


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_make_it_fail_otherwise(noise: bytes, inside: bool) -> None:
    try:
        read(page("<article>@</article>").encode().replace(b"@", noise) if inside else noise)
    except Unreadable as refused:
        assert refused.detail


SCRIPTED = "<script>alert(1)</script><style>p{}</style><p onclick=x>نص&#1;&#x9b;&#8238;&#xFFFE; من كلام\u200f عادي.</p>"


@given(st.lists(st.sampled_from([SCRIPTED, *BODY, "<br>", "<div>", "</div>", "<p>", "<table>", "<!--", "<td>"])))
def test_no_script_mark_up_or_control_character_reaches_the_record(parts: list[str]) -> None:
    markup = page("<article>" + "".join(parts) + "</article>", h1=HEADLINE + "&#2;<script>alert(1)</script>")
    for chosen in (outlet(selectors=Selectors(body=("article",))), outlet()):
        try:
            article = read(markup, chosen)
        except Unreadable:
            continue
        record = article.record()
        for text in (record["title"], *article.paragraphs):
            assert text.replace("\u200c", "").replace("\u200d", "").isprintable()
            assert "alert" not in text and "<" not in text


@pytest.mark.parametrize(
    "hostile",
    [
        "<frameset><frame src=a></frameset>",
        '<meta http-equiv="refresh" content="0;url=https://evil.test/">',
        '<base href="javascript:alert(1)">',
        "<link rel=canonical href='https://[::1'>",
        '<script type="application/ld+json">' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "</script>",
        '<script type="application/ld+json">{"@type":"NewsArticle","x":"' + "y" * 2_000_000 + '"}</script>',
        '<script type="application/json">' + "[" * 100_000 + "</script>",
    ],
    ids=lambda text: text[:24],
)
def test_a_hostile_head_does_not_keep_the_article_from_being_read(hostile: str) -> None:
    assert read(page(head=hostile)).paragraphs == BODY


@pytest.mark.parametrize("known", [True, False], ids=["selectors", "none"])
def test_a_hundred_thousand_paragraphs_end_soon_in_an_article_or_a_refusal(known: bool) -> None:
    chosen = outlet(selectors=Selectors(body=("article",))) if known else outlet()
    for wrap in ("<p>نص قصير.</p>", "نص قصير.<br>", "<div><a href=x>عنوان خبر آخر هنا</a></div>"):
        for count in (3_000, 20_000):
            try:
                assert len(read(page(f"<article>{wrap * count}</article>"), chosen).paragraphs) <= MAX_PARAGRAPHS
            except Unreadable as refused:
                assert refused.kind in ("no-body", "broken")
