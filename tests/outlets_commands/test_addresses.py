"""What addresses have in common: patterns of articles, families of feeds, hosts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.drafting.addresses import (
    article_pattern,
    family_of,
    hosts_of_entries,
    is_family_feed,
    listed_pattern,
    usual_feeds,
)


def numbered(form: str, *numbers: int) -> list[str]:
    return [form.format(n=n) for n in numbers]


@pytest.mark.parametrize(
    ("urls", "another", "groups"),
    [
        (
            numbered("https://www.nahr.test/archives/{n}", 3401, 3402, 3410, 3411),
            "http://nahr.test/archives/9999/",
            {"id": "9999"},
        ),
        (
            numbered("https://nahr.test/news/{n}-عنوان-الخبر", 101, 102, 103, 104),
            "https://www.nahr.test/news/777-غيره?utm_source=x",
            {"id": "777"},
        ),
        (
            numbered("https://nahr.test/s/slug-of-it-{n}.html", 10001, 10002, 10003, 10004),
            "https://nahr.test/s/another-555.html",
            {"id": "555"},
        ),
        (
            numbered("http://nahr.test/news.php?id={n}&cat=3", 90391, 90399, 90402, 90403),
            "http://nahr.test/news.php?cat=3&id=12",
            {"id": "12"},
        ),
        (
            numbered("https://nahr.test/محليات/2026/11/{n}/خبر-{n}", 1, 2, 13, 23),
            "https://nahr.test/محليات/2025/1/31/غيره",
            {"y": "2025", "m": "1", "d": "31"},
        ),
        (
            [
                *numbered("https://nahr.test/a/2026/11/{n}/x", 1, 2, 3),
                *numbered("https://nahr.test/a/b/2026/11/{n}/y", 4, 5),
            ],
            "https://nahr.test/c/2026/11/30/z",
            {"y": "2026", "m": "11", "d": "30"},
        ),
        (
            [f"https://nahr.test/{s}/some-slug" for s in ("politics", "sport", "world", "local")],
            "https://nahr.test/economy/some-slug",
            {},
        ),
    ],
)
def test_a_pattern_knows_the_addresses_it_was_made_of_and_others_like_them(
    urls: list[str], another: str, groups: dict[str, str]
) -> None:
    pattern = article_pattern(urls)
    assert pattern is not None
    assert all(re.search(pattern, url) for url in urls)
    match = re.search(pattern, another)
    assert match is not None
    assert match.groupdict() == groups


@pytest.mark.parametrize(
    "urls",
    [
        [],
        numbered("https://nahr.test/news/{n}", 101, 102, 103),
        [*numbered("https://nahr.test/news/{n}", 101, 102, 103, 104), "https://nahr.test/", "https://nahr.test/a/b/c"],
        ["https://nahr.test/news/101"] * 10,
    ],
    ids=["none", "few", "mixed", "one and the same"],
)
def test_there_is_no_pattern_of_few_or_unlike_addresses(urls: list[str]) -> None:
    assert article_pattern(urls) is None


def test_a_number_that_two_articles_share_is_not_taken_for_the_articles_own() -> None:
    urls = [f"https://nahr.test/{section}/{slug}" for section, slug in zip("1112", "abcd", strict=True)]
    pattern = article_pattern([url.replace("/1/", "/1000/").replace("/2/", "/2000/") for url in urls])
    assert pattern is not None
    assert "id" not in re.compile(pattern).groupindex


def test_a_number_of_the_query_that_articles_share_is_not_taken_for_their_own() -> None:
    urls = [f"https://nahr.test/show?cat=300&slug={slug}" for slug in "abcd"]
    pattern = article_pattern(urls)
    assert pattern is not None
    assert "id" not in re.compile(pattern).groupindex


MENU = ["https://nahr.test/", "https://nahr.test/about-us", "https://nahr.test/contact", "https://nahr.test/tag/2026"]


def test_of_a_pages_links_the_most_frequent_telling_form_is_that_of_articles() -> None:
    links = [*MENU, *numbered("https://nahr.test/local/{n}/slug", 5001, 5002, 5003, 5004)]
    pattern = listed_pattern(links, "https://nahr.test/local")
    assert pattern is not None
    assert [link for link in links if re.search(pattern, link)] == links[len(MENU) :]
    assert re.search(pattern, "https://nahr.test/politics/5005/slug")  # the page's own section stands for any


def test_two_dated_links_are_enough_and_two_others_are_not() -> None:
    dated = numbered("https://nahr.test/2026/11/{n}/slug", 22, 23)
    assert listed_pattern([*MENU, *dated], "https://nahr.test/") is not None
    assert listed_pattern([*MENU, *numbered("https://nahr.test/n/{n}", 5001, 5002)], "https://nahr.test/") is None


ODD = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=8)


@given(ODD, st.integers(0, 3))
def test_whatever_the_addresses_are_a_pattern_compiles_and_knows_most_of_them(tails: list[str], day: int) -> None:
    urls = [f"https://nahr.test/2026/1{day}/{n + 1}/{tail}" for n, tail in enumerate(tails)]
    for pattern in (article_pattern(urls), listed_pattern(urls, "https://nahr.test/")):
        if pattern is not None:
            assert re.compile(pattern)


@pytest.mark.parametrize(
    ("feed", "articles", "family", "places"),
    [
        ("https://nahr.test/feed/", ["https://nahr.test/a"], "wordpress", {}),
        ("https://nahr.test/feed", ["https://nahr.test/a"], "wordpress", {}),
        (
            "https://www.nahr.test/Rss/latest-news/ar",
            ["https://www.nahr.test/news/local/123/slug/ar"],
            "named-rss",
            {"name": "latest-news"},
        ),
        ("https://nahr.test/rssFeed/7", ["https://nahr.test/article/123/slug"], "numbered-rss", {"number": "7"}),
        ("https://nahr.test/rss.xml", ["https://nahr.test/node/123"], "drupal", {}),
    ],
)
def test_a_family_is_known_by_its_feeds_address_and_its_articles(
    feed: str, articles: list[str], family: str, places: dict[str, str]
) -> None:
    found = family_of(feed, articles)
    assert found is not None
    assert (found.name, found.places) == (family, places)
    assert is_family_feed(feed)


def test_a_feed_at_a_familys_place_whose_articles_are_of_another_kind_is_not_of_it() -> None:
    assert family_of("https://nahr.test/rss.xml", ["https://nahr.test/2026/11/23/slug"]) is None
    assert family_of("https://nahr.test/some/feed.php", ["https://nahr.test/a"]) is None


def test_usual_places_are_few_and_on_the_sites_own_host_and_scheme() -> None:
    places = usual_feeds("http://www.nahr.test:8080/ar")
    assert "http://www.nahr.test:8080/feed/" in places
    assert len(places) <= 10
    assert all(place.startswith("http://www.nahr.test:8080/") and "{" not in place for place in places)


def test_a_host_of_half_of_the_entries_is_the_sites_and_a_stray_one_is_not() -> None:
    urls = ["https://a.test/1", "https://a.test/2", "https://b.test/3", "http://[::1]/4"]
    assert [*hosts_of_entries(urls)] == ["a.test"]
    assert [*hosts_of_entries(["http://[::1]/1"])] == []
