"""The saved pages of ../shared/data: titles, times and phrases that must, and must not, be there."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.article import Article, iso
from crawler.extract.feed import read_feed
from crawler.extract.letters import fold
from crawler.extract.page import extract_page
from crawler.outlets.catalogue import Outlet, general_outlet, load_catalogue

PAGES = Path(__file__).parents[2] / "../shared/data/pages"
EXPECTED: dict[str, Any] = (
    json.loads((PAGES / "expected.json").read_text(encoding="utf-8")) if PAGES.exists() else {"absent": {}}
)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(params=EXPECTED, ids=str)
def saved(request: pytest.FixtureRequest) -> tuple[bytes, dict[str, Any]]:
    if not PAGES.exists():
        pytest.skip("../shared/data is not beside the checkout")
    body = (PAGES / request.param).read_bytes()
    return (gzip.decompress(body) if request.param.endswith(".gz") else body), EXPECTED[request.param]


def check(article: Article, expected: dict[str, Any]) -> None:
    text = squash(article.text)
    assert squash(article.title) == squash(expected["title"])
    assert [phrase for phrase in expected["with"] if squash(phrase) not in text] == []
    assert [phrase for phrase in expected["without"] if squash(phrase) in text] == []


def squash(text: str) -> str:
    return " ".join(fold(text).split())


def test_a_saved_page_is_read_as_its_outlet_meant_it(saved: tuple[bytes, dict[str, Any]]) -> None:
    body, expected = saved
    outlet = load_catalogue().get(expected["outlet"]) or general_outlet(expected["outlet"], expected["url"])
    article = extract_page(body, url=expected["url"], outlet=outlet, fetched_at=NOW)
    check(article, expected)
    if "published_at" in expected:
        assert iso(article.published_at) == expected["published_at"]


def test_a_saved_page_of_an_outlet_that_nobody_described_is_read_too(saved: tuple[bytes, dict[str, Any]]) -> None:
    body, expected = saved
    outlet: Outlet = general_outlet("nobody", expected["url"])
    check(extract_page(body, url=expected["url"], outlet=outlet, fetched_at=NOW), expected)


def test_al_jazeeras_saved_feed_is_dated_in_utc_whatever_its_offset_says() -> None:
    if not PAGES.exists():
        pytest.skip("../shared/data is not beside the checkout")
    outlet = load_catalogue()["aljazeera"]
    entries = read_feed(
        (PAGES / "aljazeera-feed.xml").read_bytes(), url=outlet.feeds[0].url, outlet=outlet, fetched_at=NOW
    )
    assert iso(entries[0].published_at) == "2026-07-28T09:39:20+00:00"
    created = [int((e.guid or "").rpartition("=")[2]) for e in entries]
    assert all(e.published_at and e.published_at.timestamp() >= c for e, c in zip(entries, created, strict=True))
