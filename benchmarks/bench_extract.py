"""What extracting an article costs, on the saved pages of ../shared/data/pages, against trafilatura.

    .venv/bin/python benchmarks/bench_extract.py [rounds]

CPU milliseconds a page, the median of `rounds` interleaved runs; each ratio is the sum over pages by trafilatura's sum
over the same pages, and beside it the median of the pages' own ratios, in which one huge page counts no more than
the others. trafilatura: `bare_extraction(page, with_metadata=True)` with its defaults, and the same with `fast=True`.
Ours: `extract_page` with the outlet of the catalogue, where that has selectors for the body, and without any.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from trafilatura import bare_extraction

from crawler.extract.page import extract_page
from crawler.outlets.catalogue import general_outlet, load_catalogue

PAGES = Path(__file__).parents[1] / "../shared/data/pages"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFERENCE, FAST, SELECTORS, GENERAL = "trafilatura", "trafilatura fast", "with selectors", "without"
BOUNDS = {SELECTORS: 0.5, GENERAL: 1.3}


def readers(body: bytes, outlet_id: str, url: str) -> dict[str, Callable[[], object]]:
    """The ways of reading one page."""
    outlet = load_catalogue().get(outlet_id)
    unknown = general_outlet("unknown", url)
    ways: dict[str, Callable[[], object]] = {
        REFERENCE: lambda: bare_extraction(body, with_metadata=True),
        FAST: lambda: bare_extraction(body, with_metadata=True, fast=True),
        GENERAL: lambda: extract_page(body, url=url, outlet=unknown, fetched_at=NOW),
    }
    if outlet is not None and outlet.selectors.body:
        ways[SELECTORS] = lambda: extract_page(body, url=url, outlet=outlet, fetched_at=NOW)
    return ways


def cost(read: Callable[[], object]) -> float:
    """CPU milliseconds of one reading."""
    began = time.process_time()
    read()
    return (time.process_time() - began) * 1000


def main(rounds: int) -> None:
    if not PAGES.exists():
        print("bench-extract: ../shared/data is not beside the checkout; nothing was measured")
        return
    pages: dict[str, dict[str, Callable[[], object]]] = {}
    for name, about in json.loads((PAGES / "expected.json").read_text(encoding="utf-8")).items():
        body = (PAGES / name).read_bytes()
        body = gzip.decompress(body) if name.endswith(".gz") else body
        pages[f"{name.partition('.')[0][:24]}, {len(body) // 1000} KB"] = readers(body, about["outlet"], about["url"])
    figures: dict[str, dict[str, list[float]]] = {name: {way: [] for way in ways} for name, ways in pages.items()}
    for turn in range(rounds + 1):
        for name, ways in pages.items():
            for way, read in ways.items():
                spent = cost(read)
                if turn:  # the first warms up: imports, compiled patterns
                    figures[name][way].append(spent)
    medians = {name: {way: median(spent) for way, spent in ways.items()} for name, ways in figures.items()}
    print(f"{'ms a page':34}" + "".join(f"{way:>18}" for way in (REFERENCE, FAST, SELECTORS, GENERAL)))
    for name, spent_by in medians.items():
        cells = (f"{spent_by[way]:.1f}" if way in spent_by else "-" for way in (REFERENCE, FAST, SELECTORS, GENERAL))
        print(f"{name:34}" + "".join(f"{cell:>18}" for cell in cells))
    for way, bound in BOUNDS.items():
        read_so = [spent_by for spent_by in medians.values() if way in spent_by]
        total = sum(s[way] for s in read_so) / sum(s[REFERENCE] for s in read_so)
        usual = median(s[way] / s[REFERENCE] for s in read_so)
        print(f"{way}: {total:.2f} of trafilatura's time, median page {usual:.2f}; at most {bound}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
