"""Every outlet whose shape is known, and every CMS family: pages and feeds in that shape give what they must, and a
fact of the outlet that were wrong would be noticed. `pytest -k alyaum` is the way to mend one."""

from __future__ import annotations

import re

import pytest

from crawler.outlets.catalogue import ListingSelectors
from crawler.outlets.family import SHIPPED as FAMILIES
from crawler.spiders.ways import ways_in
from tests.testbed.bed import (
    FOLDER,
    KEYS,
    SHIPPED,
    address_parts,
    bed,
    changes,
    names,
    notices,
    parse_expected,
    read_page,
    read_ways,
)

LIST = FOLDER.parents[1] / "docs/outlets.md"
NO_SELECTORS = ListingSelectors()
PAGES = [(name, page) for name in names() for page in bed(name).pages]
SOURCES = [(name, kind) for name in names() for kind in bed(name).sources]
CHANGES = [(name, fact) for name in names() for fact, _ in changes(bed(name).outlet)]


def ids(pairs: list[tuple[str, str]]) -> list[str]:
    return [" ".join(pair) for pair in pairs]


@pytest.mark.parametrize(("name", "page"), PAGES, ids=ids(PAGES))
def test_a_page_gives_exactly_its_article(name: str, page: str) -> None:
    document, article = bed(name).pages[page]
    assert read_page(document, bed(name).address, bed(name).outlet) == article


@pytest.mark.parametrize(("name", "kind"), SOURCES, ids=ids(SOURCES))
def test_a_way_in_gives_exactly_its_entries(name: str, kind: str) -> None:
    document, entries = bed(name).sources[kind]
    found = list(read_ways(kind, document, bed(name).outlet))
    assert found
    assert [what for what in found if what != entries] == []


@pytest.mark.parametrize("name", names())
def test_the_pattern_knows_the_pages_address(name: str) -> None:
    one = bed(name)
    if one.address:
        assert address_parts(one.address, one.outlet) == (one.parts if one.outlet.article_url else None)


@pytest.mark.parametrize("name", names())
def test_every_kind_of_way_in_has_its_document(name: str) -> None:
    assert {way.source.kind for way in ways_in(bed(name).outlet)} == set(bed(name).sources)


@pytest.mark.parametrize(("name", "fact"), CHANGES, ids=ids(CHANGES))
def test_a_fact_that_is_wrong_is_noticed(name: str, fact: str) -> None:
    one = bed(name)
    wrong = dict(changes(one.outlet))[fact]
    if fact in one.untested:
        assert not notices(one, wrong), f"{fact} is shown to matter: take it out of untested"
    else:
        assert notices(one, wrong), f"{one.name}: all is as expected without {fact}: the page does not need it"


@pytest.mark.parametrize("name", names())
def test_what_is_untested_is_a_fact_and_says_why(name: str) -> None:
    one = bed(name)
    assert set(one.untested) <= {fact for fact, _ in changes(one.outlet)}
    assert all(len(why.split()) > 2 for why in one.untested.values())


@pytest.mark.parametrize("outlet", [outlet.id for outlet in SHIPPED.values() if outlet.evidenced])
def test_an_outlet_whose_shape_is_known_has_a_page_and_a_document_for_each_way_in(outlet: str) -> None:
    assert (FOLDER / outlet / "expected.yaml").exists(), f"write tests/testbed/{outlet}"
    assert bed(outlet).pages


@pytest.mark.parametrize("outlet", [o.id for o in SHIPPED.values() if o.apis or o.listing_selectors != NO_SELECTORS])
def test_an_outlet_whose_ways_in_are_described_has_documents_for_them(outlet: str) -> None:
    assert (FOLDER / outlet / "expected.yaml").exists(), f"write tests/testbed/{outlet}"


@pytest.mark.parametrize("outlet", [outlet.id for outlet in SHIPPED.values() if not outlet.evidenced])
def test_an_outlet_whose_pages_nobody_saw_is_read_by_its_form_and_listed_so(outlet: str) -> None:
    one = SHIPPED[outlet]
    document, article = bed("family-drupal").pages["page"]
    found = read_page(document, f"{one.homepage}/node/77120", one)
    assert (found["title"], found["text"]) == (article["title"], article["text"])
    (row,) = (line for line in LIST.read_text(encoding="utf-8").splitlines() if f"[`{outlet}`]" in line)
    assert "| general |" in row


@pytest.mark.parametrize("family", [path.stem for path in sorted(FAMILIES.glob("*.yaml"))])
def test_a_family_has_an_outlet_of_five_lines(family: str) -> None:
    one = bed(f"family-{family}")
    assert one.outlet.family == family
    assert one.pages


@pytest.mark.parametrize("recipe", ["add-an-outlet.md", "add-an-outlet.ar.md"])
def test_the_recipe_shows_every_key_of_expected_yaml(recipe: str) -> None:
    (example,) = re.findall(r"```yml\n(.*?)```", (FOLDER.parents[1] / "docs" / recipe).read_text("utf-8"), re.DOTALL)
    expected = parse_expected(example)
    assert set(expected) == KEYS["expected.yaml"]
    assert set(expected["variants"][0]) == KEYS["a variant"]


def test_a_folder_is_an_outlets_or_a_familys() -> None:
    families = {f"family-{path.stem}" for path in FAMILIES.glob("*.yaml")}
    assert set(names()) <= set(SHIPPED) | families
    assert {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(names())
