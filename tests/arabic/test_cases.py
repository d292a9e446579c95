"""The table of cases.yaml: what a term finds in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rules.make import condition, fires, term

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['term']} in {case['text']}: {case['why']}")
def test_a_term_finds_what_the_table_says(case: dict[str, Any]) -> None:
    wanted = term(case["term"], forms=case.get("forms", "given"))
    assert (fires(condition([wanted]), case["text"]) or []) == case["finds"], case["why"]


def test_every_case_says_why_and_the_table_is_large_enough_to_be_worth_reading() -> None:
    assert all(case["why"] and isinstance(case["finds"], list) for case in CASES)
    assert len(CASES) >= 150
    assert len({(case["term"], case["text"], case.get("forms")) for case in CASES}) == len(CASES), "a case stands twice"
