"""The newsroom's outlets are read as they are meant: every feed, listing and page gives exactly what was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from crawler.article import HEADLINE_ONLY, UNDATED, Entry
from crawler.extract.feed import read_feed
from crawler.extract.listing import read_listing
from crawler.extract.page import extract_page
from crawler.extract.standin import stand_in
from crawler.extract.unreadable import Unreadable
from crawler.identity import article_match, canonical_url
from crawler.outlets.catalogue import load_catalogue
from newsroom.pieces import OUTLETS, Published
from newsroom.server import Newsroom
from newsroom.shapes import address, section_of
from newsroom.site import FEEDS, LISTINGS, Resource, find, resources
from tests.newsroom.client import OPENED

SECOND = OPENED + timedelta(minutes=30)
NOW = SECOND + timedelta(minutes=1)


def everything() -> tuple[Published, ...]:
    newsroom = Newsroom(opened=OPENED)
    newsroom.publish(SECOND)
    return newsroom.out


OUT = everything()
SITE = resources(OUT)
CATALOGUE = load_catalogue(OUTLETS)
OF_OUTLET = {outlet: [p for p in OUT if p.piece.outlet == outlet] for outlet in (*FEEDS, "furat48")}


def charset(resource: Resource) -> str | None:
    return resource.content_type.partition("charset=")[2] or None


def resource_at(url: str) -> Resource:
    resource = find(SITE, url)
    assert resource is not None
    return resource


def feed(outlet: str) -> Sequence[Entry]:
    url, _ = FEEDS[outlet]
    resource = resource_at(url)
    return read_feed(resource.body, url=url, outlet=CATALOGUE[outlet], fetched_at=NOW, charset=charset(resource))


def name(published: Published) -> str:
    return f"{published.piece.outlet}{published.piece.path}"


def test_the_catalogue_takes_the_outlets_in_and_knows_their_ways_in() -> None:
    for outlet, (url, _) in FEEDS.items():
        assert [way.url for way in CATALOGUE[outlet].feeds] == [url]
    assert {way.url for way in CATALOGUE["furat48"].listings} == set(LISTINGS.values())


@pytest.mark.parametrize("published", OUT, ids=name)
def test_an_article_is_known_by_its_address(published: Published) -> None:
    assert article_match(address(published), CATALOGUE[published.piece.outlet])


@pytest.mark.parametrize("outlet", FEEDS)
def test_a_feed_gives_each_piece_newest_first_with_its_time_or_none(outlet: str) -> None:
    written = sorted(OF_OUTLET[outlet], key=lambda p: p.at, reverse=True)
    assert [(canonical_url(e.url), e.title, e.summary, e.published_at) for e in feed(outlet)] == [
        (canonical_url(address(p)), p.piece.title, p.piece.summary, p.at if p.piece.dated else None) for p in written
    ]


@pytest.mark.parametrize("section", LISTINGS)
def test_a_listing_gives_headlines_without_the_date_that_is_glued_to_them(section: str) -> None:
    url = LISTINGS[section]
    resource = resource_at(url)
    entries = read_listing(
        resource.body, url=url, outlet=CATALOGUE["furat48"], fetched_at=NOW, charset=charset(resource)
    )
    written = [p for p in OF_OUTLET["furat48"] if section_of(p) == section]
    assert [(canonical_url(e.url), e.title) for e in entries] == [
        (canonical_url(address(p)), p.piece.title) for p in written
    ]


@pytest.mark.parametrize("published", [p for p in OUT if p.piece.paragraphs], ids=name)
def test_a_page_gives_its_headline_and_paragraphs_and_nothing_that_stands_among_them(published: Published) -> None:
    piece, resource = published.piece, resource_at(address(published))
    article = extract_page(
        resource.body,
        url=address(published),
        outlet=CATALOGUE[piece.outlet],
        fetched_at=NOW,
        charset=charset(resource),
    )
    assert (article.title, article.paragraphs) == (piece.title, piece.paragraphs)
    assert article.url == canonical_url(address(published))
    if piece.dated:
        # the old paper prints hours and minutes only
        precision = timedelta(minutes=1) if piece.outlet == "warraq" else timedelta(seconds=1)
        assert article.published_at is not None
        assert abs(article.published_at - published.at) < precision
    else:
        assert article.published_at is None
        assert UNDATED in article.flags


@pytest.mark.parametrize(
    ("published", "kind"),
    [
        (p, "interstitial" if p.piece.page == "interstitial" else "no-body")
        for p in OF_OUTLET["damas"]
        if not p.piece.lines
    ],
    ids=lambda value: name(value) if isinstance(value, Published) else value,
)
def test_a_page_without_an_article_is_refused_and_its_entry_stands_for_it(published: Published, kind: str) -> None:
    entry = next(e for e in feed("damas") if e.title == published.piece.title)
    resource, outlet = resource_at(entry.url), CATALOGUE["damas"]
    with pytest.raises(Unreadable) as refused:
        extract_page(
            resource.body, url=entry.url, outlet=outlet, fetched_at=NOW, charset=charset(resource), entry=entry
        )
    assert refused.value.kind == kind
    article = stand_in(entry, outlet, NOW, kind)
    assert article is not None
    assert (article.title, article.text) == (published.piece.title, published.piece.summary)
    assert HEADLINE_ONLY in article.flags
