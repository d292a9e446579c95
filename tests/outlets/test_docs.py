"""docs/add-an-outlet.md, docs/outlets.md and their Arabic twins say what is so."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from crawler.outlets.catalogue import ENTRY_FIELDS, KINDS, load_catalogue
from crawler.outlets.family import SHIPPED
from crawler.outlets.reading import API_KEYS, KEYS, LISTING_KEYS, SELECTOR_KEYS, WAY_KEYS
from tools.outlets.document import files

DOCS = Path(__file__).parents[2] / "docs"
RECIPES = pytest.mark.parametrize("recipe", ["add-an-outlet.md", "add-an-outlet.ar.md"])


def said(recipe: str) -> str:
    return (DOCS / recipe).read_text(encoding="utf-8")


@RECIPES
def test_the_examples_are_outlets(tmp_path: Path, recipe: str) -> None:
    whole, of_a_family = re.findall(r"```yaml\n(.*?)```", said(recipe), re.DOTALL)
    (tmp_path / "daily.yaml").write_text(textwrap.dedent(whole), encoding="utf-8")
    outlet = load_catalogue(tmp_path)["daily"]
    assert (outlet.proven, outlet.kind) == ("live", "paper")
    assert outlet.article_url is not None
    (tmp_path / "daily.yaml").write_text(textwrap.dedent(of_a_family), encoding="utf-8")
    outlet = load_catalogue(tmp_path)["daily"]
    assert (outlet.family, outlet.proven) == ("wordpress", "live")


@RECIPES
def test_every_key_is_explained(recipe: str) -> None:
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]*)`", said(recipe)))))
    assert {*KEYS, *SELECTOR_KEYS, *LISTING_KEYS, *WAY_KEYS, *API_KEYS, *ENTRY_FIELDS, *KINDS} <= named


@RECIPES
def test_every_family_stands_in_the_table_of_families(recipe: str) -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \| [^|]+ \| `(?:name|number|proven)`", said(recipe), re.MULTILINE)) == {
        path.stem for path in SHIPPED.glob("*.yaml")
    }


def test_the_twins_have_the_same_examples_and_tables() -> None:
    english, arabic = (
        re.findall(r"^\| `(\w+)[^|]*\|", said(r), re.MULTILINE) for r in ("add-an-outlet.md", "add-an-outlet.ar.md")
    )
    assert english == arabic


@pytest.mark.parametrize("path", files().keys(), ids=lambda path: path.name)
def test_the_list_of_outlets_is_that_of_the_catalogue(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == files()[path], "make outlets-doc"


def test_the_list_names_every_outlet_once() -> None:
    listed = re.findall(r"\]\(\.\./crawler/outlets/([\w-]+)\.yaml\)", said("outlets.md"))
    assert sorted(listed) == sorted(load_catalogue())
