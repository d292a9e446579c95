"""The table of cases.yaml: what a name is in a sentence, decided with the gazetteer that ships."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alerts.places.gazetteer import Gazetteer
from alerts.places.resolve import Resolver
from alerts.rules.model import Document
from alerts.rules.page import Page

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
RESOLVER = Resolver(Gazetteer.load())


def found(sentence: str, name: str) -> list[set[str]]:
    """Of the places of a sentence those that stand where the name does: the id of each with what it lies in."""
    start = sentence.index(name)
    end = start + len(name)
    hits = RESOLVER.places(Page(Document("", sentence)))
    inside = [hit for hit in hits if hit.start < end and start < hit.end]
    return [{hit.place.id, *hit.place.parents, *hit.place.also_in} for hit in inside]


@pytest.mark.parametrize(("sentence", "name", "decision", "why"), CASES)
def test_a_name_is_decided_as_a_reader_would(sentence: str, name: str, decision: str, why: str) -> None:
    places = found(sentence, name)
    if decision == "none":
        assert places == [], why
    elif decision == "SITE":
        assert len(places) == 1, why
    else:
        assert len(places) == 1, why
        assert places[0] & set(decision.split("|")), why


def test_there_are_more_than_120_cases_and_none_twice() -> None:
    assert len(CASES) > 120
    assert len({(sentence, name) for sentence, name, _, _ in CASES}) == len(CASES)
