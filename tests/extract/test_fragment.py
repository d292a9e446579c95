"""Fragments of HTML, or of what was HTML once, as a reader sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import fragment
from crawler.extract.fragment import plain_text
from crawler.extract.tree import lines_of_fragment


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("نص", "نص"),
        ("  سطر \n آخر ", "سطر آخر"),
        ("<p>أول</p><p>ثان</p>", "أول\nثان"),
        ("<P>أول<BR/>ثان", "أول\nثان"),
        ("قال<b>ت</b> ال<a href='/x?a=1&amp;b=\">\"'>مديرة</a>", "قالت المديرة"),
        ('<img alt="أ > ب" src=x>نص', "نص"),
        ("أول<script>var x = '<p>';</script>ثان", "أولثان"),
        ("أول<!-- <p>سر</p> -->ثان", "أولثان"),
        ("<svg><title>رسم</title></svg>نص", "نص"),
        ("<iframe src='https://video.test'></iframe>نص", "نص"),
        ("&lt;p&gt;نص&lt;/p&gt;", "نص"),
        ("&amp;lt;p&amp;gt;نص &amp;amp; نص", "نص & نص"),
        ("&amp;amp;amp;quot;", "&quot;"),
        ("الحرارة &lt; 5 و&gt; 2", "الحرارة < 5 و> 2"),
        ("5 < 7 <b>نعم</b>", "5 < 7 نعم"),
        ("<p>نص\u200f \u00adمخفي\u200e</p>", "نص مخفي"),
        ("<unknown>نص</unknown>", "نص"),
        ("<!DOCTYPE html><p>نص", "نص"),
        ("", ""),
    ],
)
def test_a_text_is_what_a_reader_sees(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_blocks_are_joined_as_asked_and_the_text_is_bounded() -> None:
    assert plain_text("<p>أول</p><p>ثان</p>", " ") == "أول ثان"
    assert plain_text("<i>ا</i>" * 9000, most=50) == "ا" * 50
    assert len(plain_text("ب" * 9000, most=50)) == 50


@pytest.mark.parametrize(
    "hostile", ["<" * 400_000, "<a " * 200_000, "<a b='" * 100_000, "&" * 400_000, "<p>" * 200_000]
)
def test_hostile_markup_ends_soon(hostile: str) -> None:
    assert len(plain_text(hostile, most=50_000)) <= 50_000


WORDS = st.lists(
    st.sampled_from(["نص", "كلمة", " ", "\n", "&amp;", "&quot;", "5", "<br>", "<img src='a.jpg'/>"]), max_size=6
)
INLINE = st.builds("{}<b class='x'>{}</b><a href=\"/?a>b\">{}</a>".format, *[WORDS.map("".join)] * 3)
BLOCKS = st.builds("{}<div><p>{}</p>\n<ul><li>{}</li></ul></div>{}".format, *[INLINE] * 4)


@given(BLOCKS)
def test_plain_tags_come_off_by_hand_as_the_parser_takes_them_off(markup: str) -> None:
    assert plain_text(markup) == "\n".join(lines_of_fragment(markup))


def test_plain_tags_do_not_wake_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(fragment, "lines_of_fragment")
    assert plain_text('<div class="a"><p>نص<br/>نص</p></div>') == "نص\nنص"
