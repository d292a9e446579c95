"""The shipped catalogue: every file whole, tidy and of this world, and none of the known outlets forgotten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
import yaml

from crawler.identity import article_match, canonical_url, host_of, keys
from crawler.outlets.catalogue import KINDS, PROVEN, Outlet, load_catalogue, outlet_of_host
from crawler.outlets.reading import read_outlet
from tests.outlets.addresses import ADDRESSES
from tools.outlets.document import LEFT_OUT

FOLDER = Path(__file__).parents[2] / "crawler/outlets"
DATA = Path(__file__).parents[2] / "../shared/data/outlets/outlets.yaml"
SHIPPED = load_catalogue()
OUTLETS = pytest.mark.parametrize("outlet", SHIPPED.values(), ids=SHIPPED.keys())


def test_over_ninety_outlets_are_shipped() -> None:
    assert len(SHIPPED) >= 90


@OUTLETS
def test_a_shipped_file_is_whole(outlet: Outlet) -> None:
    assert SHIPPED[outlet.id] is outlet
    assert read_outlet(FOLDER / f"{outlet.id}.yaml", check_selectors=True) == outlet
    assert outlet.ways
    assert {way.proven for way in outlet.ways} <= set(PROVEN)
    assert outlet.kind in KINDS
    assert outlet.evidence
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", outlet.checked)
    assert re.search(r"fs:\d{7,}|github \S+/\S+", " ".join(outlet.evidence))


@OUTLETS
def test_selectors_come_with_the_date_of_the_pages_they_were_seen_on(outlet: Outlet) -> None:
    assert outlet.layout or not outlet.selectors.body


@OUTLETS
def test_the_addresses_of_a_shipped_outlet_are_its_own(outlet: Outlet) -> None:
    site = host_of(outlet.homepage).removeprefix("www.")
    own = {host.removeprefix("www.") for host in outlet.hosts} | {site}
    relatives = {"feeds.bbci.co.uk", "rss.dw.com", "apiv3.alarab.com"}  # feeds on another name of the publisher
    for way in outlet.ways:
        host = host_of(way.url)
        assert host in relatives or any(host == o or host.endswith(f".{o}") for o in own), way.url


def test_no_two_outlets_have_a_host_in_common() -> None:
    owners = Counter(host for outlet in SHIPPED.values() for host in outlet.hosts)
    assert [host for host, times in owners.items() if times > 1] == []


def test_no_two_ways_in_are_one_address() -> None:
    seen = Counter(canonical_url(way.url) for outlet in SHIPPED.values() for way in outlet.ways)
    assert [url for url, times in seen.items() if times > 1] == []


# ---- the addresses of articles ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "address", "number"), [(n, *a) for n, a in ADDRESSES.items()], ids=ADDRESSES.keys())
def test_an_outlet_knows_its_articles_by_their_addresses(name: str, address: str, number: str | None) -> None:
    outlet = SHIPPED[name]
    assert article_match(address, outlet)
    assert article_match(canonical_url(address), outlet), "percent-encoded"
    assert not article_match(outlet.homepage, outlet)
    assert [way.url for way in outlet.ways if article_match(way.url, outlet)] == []
    assert [value for kind, value in keys(address, outlet) if kind == "outlet-id"] == (
        [f"{name}:{number}"] if number else []
    )
    assert outlet_of_host(SHIPPED, address) is outlet


def test_every_pattern_of_article_addresses_has_its_address_here() -> None:
    assert {name for name, outlet in SHIPPED.items() if outlet.article_url} == ADDRESSES.keys()


@OUTLETS
def test_a_listing_page_can_be_read(outlet: Outlet) -> None:
    """Links are chosen by `article_url` or by the selector of links; without either a listing yields nothing."""
    assert not outlet.listings or outlet.article_url or outlet.listing_selectors.link


@OUTLETS
def test_a_pattern_never_repeats_a_repeat_without_bound(outlet: Outlet) -> None:
    for pattern in filter(None, (outlet.article_url, *outlet.boilerplate)):
        assert not list(_nested(_parser.parse(pattern.pattern), 0)), pattern.pattern


def _nested(parsed: Any, repeats: int) -> Iterator[int]:
    """For each unbounded repeat that stands within a repeat of over 8 times, how often it is repeated."""
    for op, value in parsed:
        most = value[1] if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) else 1
        if most == sre.MAXREPEAT and repeats > 8:
            yield repeats
        for inner in _inner(value):
            yield from _nested(inner, max(repeats, int(most)) if most != 1 else repeats)


def _inner(value: Any) -> Iterator[Any]:
    for part in value if isinstance(value, tuple | list) else ():
        if isinstance(part, _parser.SubPattern):
            yield part
        elif isinstance(part, tuple | list):
            yield from _inner(part)


def test_the_check_of_patterns_finds_what_it_looks_for() -> None:
    assert list(_nested(_parser.parse(r"^(?:[a-z]+/)+x"), 0))
    assert list(_nested(_parser.parse(r"(?:(?:a|b*)c){1,30}"), 0))
    assert not list(_nested(_parser.parse(r"^(?:[a-z]+/){1,5}\d+$"), 0))


# ---- nothing forgotten, nothing invented --------------------------------------------------------------------


@lru_cache
def known() -> dict[str, dict[str, Any]]:
    if not DATA.exists():
        pytest.skip("../shared/data/outlets is not there")
    return {entry["id"]: entry for entry in yaml.safe_load(DATA.read_text(encoding="utf-8"))}


def test_every_known_outlet_is_shipped_or_left_out_with_a_reason() -> None:
    entries = known()
    assert {name for name in entries if name not in SHIPPED} == LEFT_OUT.keys()
    assert not LEFT_OUT.keys() & SHIPPED.keys()


def test_a_shipped_outlet_is_the_known_one() -> None:
    for name, entry in known().items():
        if name in SHIPPED:
            outlet = SHIPPED[name]
            assert host_of(outlet.homepage) == host_of(entry["homepage"])
            assert outlet.country in re.findall("[A-Z]{2}", entry["country"])


def test_no_address_that_is_known_to_be_dead_is_a_way_in() -> None:
    said = [feed for entry in known().values() for feed in entry.get("feeds", ())]
    dead = {feed["url"] for feed in said if re.search(r"^dead$|frozen|but 0 items|connection error", feed["status"])}
    assert len(dead) >= 4
    assert not {way.url for outlet in SHIPPED.values() for way in outlet.ways} & dead
