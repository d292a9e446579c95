"""The canonical URL and the keys under which an article is known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.identity import article_match, canonical_url, host_of, keys
from crawler.outlets.catalogue import general_outlet

RAW = "https://news.test/أخبار/2026/11/خبر-عاجل"
ENCODED = quote(RAW, safe=":/")

SAME = [
    (RAW, ENCODED),
    (RAW, re.sub("%..", lambda m: m[0].lower(), ENCODED)),
    (RAW, RAW + "/"),
    (RAW, RAW + "//"),
    (RAW, RAW + "#comments"),
    (RAW, RAW + "?utm_source=x&utm_medium=rss"),
    (RAW, RAW + "?fbclid=1&gclid=2"),
    (RAW, RAW + "?at_medium=RSS&at_campaign=KARANGA"),
    (RAW, RAW + "?traffic_source=rss"),
    (RAW, RAW + "?ns_mchannel=social"),
    (RAW, RAW + "?ref=homepage"),
    (RAW, RAW + "?"),
    (RAW, RAW.replace("https://news.test", "https://NEWS.Test:443")),
    (RAW, RAW.replace("https://news.test", "HTTPS://user:secret@news.test.")),
    (RAW, " " + RAW + "\u200f\n"),
    (RAW, RAW.replace("/2026/", "/2025/../2026/./")),
    (RAW, unicodedata.normalize("NFD", RAW)),
    ("https://a.test/x?id=5&page=2", "https://a.test/x?utm_campaign=a&id=5&page=2"),
    ("https://a.test/a b", "https://a.test/a%20b"),
    ("https://a.test/%7Euser", "https://a.test/~user"),
    ("https://موقع.test/", "https://xn--4gbrim.test"),
]

DIFFERENT = [
    ("https://a.test/x?id=5&page=2", "https://a.test/x?page=2&id=5"),  # the order may mean something
    ("https://a.test/x?id=5", "https://a.test/x?id=6"),
    ("https://a.test/a%2Fb", "https://a.test/a/b"),
    ("https://a.test/a%2Bb", "https://a.test/a+b"),
    ("https://a.test/%25D8", "https://a.test/%D8"),
    ("https://a.test/الخبـر", "https://a.test/الخبر"),  # tatweel is part of Shafaq's paths
    ("https://a.test/X", "https://a.test/x"),
    ("https://a.test:8080/x", "https://a.test/x"),
    ("https://a.test/حلب", "https://a.test/حلبا"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_addresses_stay_different(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_the_canonical_form_is_ascii_percent_encoded_once() -> None:
    assert canonical_url(RAW) == ENCODED


def test_the_canonical_form_keeps_the_scheme_and_the_key_does_not() -> None:
    assert canonical_url("http://www.news.test/a") == "http://www.news.test/a"
    forms = ("http://www.news.test/a", "https://www.news.test/a", "https://news.test/a/", "https://news.test/\u200fa")
    assert {keys(u, None) for u in forms} == {(("url", "news.test/a"),)}


@pytest.mark.parametrize(
    "text", ["", "not an address", "mailto:desk@news.test", "/relative", "https://", "http://[::1"]
)
def test_what_is_no_web_address_comes_back_as_it_is(text: str) -> None:
    assert canonical_url(text) == text


def test_the_outlets_own_id_is_a_key_whatever_the_headline_in_the_address() -> None:
    outlet = replace(
        general_outlet("daily", "https://daily.test/"),
        article_url=re.compile(r"^https://daily\.test/news/(?P<id>\d+)(?:-[^/]*)?$"),
    )
    first = keys("https://daily.test/news/77-غارة-على-المطار?utm_source=rss", outlet)
    second = keys("https://daily.test/news/77-غارتان-على-المطار", outlet)
    assert first[1] == second[1] == ("outlet-id", "daily:77")
    assert first[0] != second[0]


def test_a_pattern_in_arabic_letters_matches_the_encoded_address() -> None:
    outlet = replace(general_outlet("daily", "https://news.test/"), article_url=re.compile(r"/أخبار/(?P<y>\d{4})/"))
    match = article_match(ENCODED + "?x=1", outlet)
    assert match is not None
    assert match["y"] == "2026"


def test_an_address_longer_than_any_is_no_article() -> None:
    outlet = replace(general_outlet("daily", "https://news.test/"), article_url=re.compile("news"))
    assert article_match("https://news.test/" + "a" * 10_000, outlet) is None


def test_a_host_is_spelt_one_way() -> None:
    assert host_of("https://WWW.News.Test.:443/a") == "www.news.test"
    assert host_of("no address") == ""


def test_a_host_that_is_no_domain_name_makes_no_error() -> None:
    assert canonical_url("https://خبر\u2066..test/a").startswith("https://")


_PIECES = st.sampled_from(
    [
        *("%", "%2", "%25", "%D8", "%d8%a3", "%FF", "%7E", "%2F", "%00"),
        *("أ", "ا\u0654", "خـبر", "é", "≠", "\u0338", "\u200f", "\ud800"),
        *("/", "//", "/.", "/..", "?", "&", "=", "+", " ", "#", ";", ":", "@", "'", '"', "<"),
        *("a", "B", "~", "utm_x=1", "ref="),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_the_canonical_form_of_a_canonical_form_is_itself(tail: str) -> None:
    once = canonical_url("https://news.test/" + tail)
    assert canonical_url(once) == once
    assert once.isascii()


@given(st.text(max_size=40))
def test_any_text_has_a_stable_canonical_form(text: str) -> None:
    once = canonical_url(text)
    assert canonical_url(once) == once


@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةى-", min_size=1, max_size=30))
def test_raw_upper_and_lower_case_escapes_are_one_article(slug: str) -> None:
    upper = "https://news.test/" + quote(slug)
    assert canonical_url("https://news.test/" + slug) == canonical_url(upper) == canonical_url(upper.lower())
