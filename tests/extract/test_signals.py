"""What a headline's words, an address and structured data say of the kind of an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import EXCLUSIVE, GALLERY, LIVE, PHOTOS, URGENT, VIDEO
from crawler.extract.letters import fold
from crawler.extract.signals import bare, kinds_of, signals_of
from tests.extract.samples import HEADLINE, json_ld, meta, news, page, read

PLAIN = fold(HEADLINE)


@pytest.mark.parametrize(
    ("title", "flags"),
    [
        (f"عاجل | {HEADLINE}", (URGENT,)),
        (f"#عاجل.. {HEADLINE}", (URGENT,)),
        (f"عاجِل {HEADLINE}", (URGENT,)),
        (f"خبر عاجل: {HEADLINE}", (URGENT,)),
        (f"Breaking: {HEADLINE}", (URGENT,)),
        (f"بالفيديو.. {HEADLINE}", (VIDEO,)),
        (f"بالفيديو {HEADLINE}", (VIDEO,)),
        (f"شاهد: {HEADLINE}", (VIDEO,)),
        (f"شاهد بالصور.. {HEADLINE}", (VIDEO, PHOTOS)),
        (f"{HEADLINE} (فيديو)", (VIDEO,)),
        (f"{HEADLINE}.. فيديو وصور", (VIDEO, PHOTOS)),
        (f"{HEADLINE} | صور", (PHOTOS,)),
        (f"بالصور والفيديو | {HEADLINE}", (VIDEO, PHOTOS)),
        (f"خاص: {HEADLINE}", (EXCLUSIVE,)),
        (f"حصري - {HEADLINE}", (EXCLUSIVE,)),
        (f"لحظة بلحظة | {HEADLINE}", (LIVE,)),
        (f"عاجل | {HEADLINE} (فيديو)", (VIDEO, URGENT)),
    ],
)
def test_a_headlines_signal_words_are_flags_and_no_part_of_its_matter(title: str, flags: tuple[str, ...]) -> None:
    assert set(signals_of(title)) == set(flags)
    assert bare(title) == PLAIN


@pytest.mark.parametrize(
    "title",
    [
        "شاهد عيان يروي لحظة الانهيار",
        "خاص بالطلاب: مواعيد الامتحانات",
        "صور لبنانية قديمة في متحف",
        "اجتماع بالفيديو بين الوزيرين",
        "مدينة صور - بلدة صيدا",
        "نداء عاجل من بلدية المدينة",
        "حصرية السلاح بيد الدولة",
        "مباشرة العمل في الجسر الجديد",
        "عاجلا أم آجلا يعود النازحون",
        "",
    ],
)
def test_the_same_words_in_a_sentence_signal_nothing(title: str) -> None:
    assert signals_of(title) == ()
    assert bare(title) == fold(title)


@pytest.mark.parametrize(
    ("url", "types", "metas", "flags"),
    [
        ("https://a.test/liveblog/2026/11/1", (), (), (LIVE,)),
        ("https://a.test/news/1", ("LiveBlogPosting",), (), (LIVE,)),
        ("https://a.test/news/1", (), ("live-blog",), (LIVE,)),
        ("https://a.test/ar/gallery/12/x", (), (), (GALLERY,)),
        ("https://a.test/%D8%B5%D9%88%D8%B1/12", (), (), (GALLERY,)),
        ("https://a.test/news/1", ("ImageGallery",), (), (GALLERY,)),
        ("https://a.test/videos/12", (), (), (VIDEO,)),
        ("https://a.test/news/1", (), ("video.other",), (VIDEO,)),
        ("https://a.test/livestock/12", ("NewsArticle", "ImageObject", "VideoObject"), ("article",), ()),
        ("", (), (), ()),
    ],
)
def test_a_pages_kind_is_told_by_its_address_and_structured_data(
    url: str, types: tuple[str, ...], metas: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    assert kinds_of(url, types, metas) == flags


def test_an_article_carries_the_flags_of_headline_and_page_once() -> None:
    title = f"عاجل | {HEADLINE}"
    article = read(page(title=title, h1=title, head=json_ld(news(**{"@type": "LiveBlogPosting", "headline": title}))))
    assert article.flags[-2:] == (URGENT, LIVE)
    assert article.title == title
    plain = read(page(head=meta(og__type="article")))
    assert not {URGENT, LIVE, VIDEO, GALLERY}.intersection(plain.flags)


@given(st.text(max_size=200))
def test_no_headline_makes_it_fail_and_what_stays_is_of_it(title: str) -> None:
    signals_of(title)
    assert len(bare(title)) <= len(fold(title))
