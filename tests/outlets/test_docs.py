"""docs/add-an-outlet.md says what is so."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from crawler.outlets.catalogue import load_catalogue
from crawler.outlets.reading import KEYS, LISTING_KEYS, SELECTOR_KEYS

DOCS = Path(__file__).parents[2] / "docs/add-an-outlet.md"


def test_the_example_is_an_outlet(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "daily.yaml").write_text(textwrap.dedent(example[1]), encoding="utf-8")
    outlet = load_catalogue(tmp_path)["daily"]
    assert outlet.feeds[0].proven == "live"
    assert outlet.article_url is not None


def test_every_key_is_explained() -> None:
    table = DOCS.read_text(encoding="utf-8").partition("## Keys")[2]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", table))))
    assert {*KEYS, *SELECTOR_KEYS, *LISTING_KEYS} <= named
