"""What pages say of themselves for machines, well-formed and otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.structured import MAX_SCRIPT, Structured, read_structured, written_by_scripts
from crawler.extract.tree import parse_html
from tests.extract.samples import BODY, HEADLINE, NOW, json_ld, meta, news, page, paragraphs, read

WHEN = "2026-11-23T10:00:00Z"


def said(head: str) -> Structured:
    """The structured data of a page with this head."""
    return read_structured(parse_html(page(head=head)))


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


GOOD = json.dumps(news(datePublished=WHEN), ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"[{GOOD}]",
        f'{{"@graph": [{{"@type": "WebSite"}}, {GOOD}]}}',
        f'{{"@graph": [[{GOOD}]]}}',
        f'{{"@type": "WebPage", "mainEntity": {GOOD}}}',
        f"<!-- {GOOD} -->",
        f"//<![CDATA[\n{GOOD}\n//]]>",
        GOOD + ";",
        GOOD[:-1] + ",}",
        GOOD.replace("NewsArticle", "schema:NewsArticle"),
        GOOD.replace('"NewsArticle"', '["Thing", "ReportageNewsArticle"]'),
        GOOD.replace('"', "&quot;"),
        GOOD + GOOD,
        f'{{"@type": "Organization"}}\n{GOOD}',
        GOOD[:-1] + ', "description": "سطر\nمكسور\tهنا"}',
        GOOD[:-1] + ', "description": "قال "كفى" ثم غادر"}',
        GOOD[:-1] + ', "image": ',
        GOOD[:-1] + ', "articleBody": "' + "نص " * MAX_SCRIPT + '"}',
        GOOD[:-1] + ', "x": ' + "[" * 10_000 + "]" * 10_000 + "}",
    ],
    ids=lambda text: text[:24],
)
def test_the_article_of_json_ld_is_read_however_it_is_wrapped_or_broken(text: str) -> None:
    article = said(script(text)).article
    assert (article["headline"], article["datePublished"]) == (HEADLINE, WHEN)


def test_a_headline_with_bare_quotes_is_read_up_to_the_next_key() -> None:
    text = '{"@type": "NewsArticle", "headline": "الوزير: "السد آمن" ولا خطر", "datePublished": "' + WHEN + '"}'
    assert said(script(text)).text("headline") == 'الوزير: "السد آمن" ولا خطر'
    assert said(script(text)).article["datePublished"] == WHEN


def test_entities_in_json_ld_are_decoded_however_often_they_were_encoded() -> None:
    found = said(json_ld(news(headline="السد &quot;آمن&quot; &amp;amp; لا خطر")))
    assert found.text("headline") == 'السد "آمن" & لا خطر'


def test_of_several_articles_the_one_headed_as_the_page_is_taken() -> None:
    others = [news(headline=f"خبر آخر برقم {n}", datePublished=WHEN) for n in range(3)]
    assert said(json_ld(*others, news()) + meta(og__title=HEADLINE)).text("headline") == HEADLINE


def test_what_is_said_by_reference_is_looked_up() -> None:
    person = {"@type": "Person", "@id": "#7", "name": "سمر العلي"}
    head = json_ld({"@graph": [news(author={"@id": "#7"}, publisher=[{"@id": "#none"}]), person]})
    assert said(head).article["author"] == person
    assert said(head).article["publisher"] == [{"@id": "#none"}]


@pytest.mark.parametrize("name", ["property", "name", "itemprop"])
def test_metas_are_known_by_whatever_names_them(name: str) -> None:
    found = said(f'<meta {name}="OG:Title" content="أ &amp;amp; ب"><meta {name}="og:title" content="ثان">')
    assert list(found.meta("og:title")) == [("og:title", "أ & ب"), ("og:title", "ثان")]


def test_half_a_surrogate_pair_in_json_reaches_nobody() -> None:
    article = read(page(title="x", h1=None, head=script(GOOD.replace(HEADLINE, HEADLINE + "\\ud83d\\u0001"))))
    assert article.title == HEADLINE


def test_the_longest_text_that_scripts_data_has_is_the_body_they_would_write() -> None:
    data = json.dumps({"a": [{"body": "قصير"}, {"story": {"content": paragraphs(*BODY)}}], "css": "x" * 9000})
    assert written_by_scripts(["window.__INITIAL_STATE__ = " + data + ";"]) == paragraphs(*BODY)
    assert written_by_scripts(["{broken", "[" * 50_000, ""]) == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@graph", "@id", "headline", "author", "image", "datePublished", "articleBody", "x"]
            )
            | st.text(max_size=5),
            inner | st.sampled_from(["NewsArticle", "BreadcrumbList", "#1"]),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(json_values, st.integers(min_value=0, max_value=200))
def test_no_json_however_typed_or_cut_makes_a_page_fail(value: Any, cut: int) -> None:
    text = json.dumps(value)
    for head in (script(text), script(text[:cut]), script(json.dumps({"@type": "NewsArticle", "@graph": value}))):
        article = read(page(head=head))
        assert article.paragraphs == BODY
        assert article.published_at is None or article.published_at <= NOW
