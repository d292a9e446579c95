"""The rules.yaml and rules.schema.json at the top of the project are good, and agree with the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from alerts.rules import channels, schema
from alerts.rules.check import check
from alerts.rules.schema import read_rules
from alerts.rules.term import _KEYS as TERM_KEYS
from alerts.rules.terms import _GROUP_KEYS, CONDITION_KEYS
from crawler.outlets.catalogue import load_catalogue

TOP = Path(__file__).parents[2]
SCHEMA = json.loads((TOP / "rules.schema.json").read_text(encoding="utf-8"))
PARTS = SCHEMA["definitions"]


def keys(part: dict[str, Any]) -> set[str]:
    assert part["additionalProperties"] is False
    return set(part["properties"])


def test_the_shipped_file_is_good_and_its_examples_hold() -> None:
    reading = read_rules(TOP / "rules.yaml", load_catalogue(), "en")
    assert [str(p) for p in check(reading, "en").problems] == []
    assert {e.fires for e in reading.examples} == {True, False}
    assert set(reading.rules.outlets) == {"arab48", "bbc-arabic", "skynews-arabia", "enab-baladi"}


def test_the_shipped_file_names_its_schema() -> None:
    first = (TOP / "rules.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=rules.schema.json"


def test_the_schema_knows_the_keys_that_the_code_knows() -> None:
    assert keys(SCHEMA) == set(schema.FILE_KEYS)
    assert keys(PARTS["channel"]) == set(channels.CHANNEL_KEYS)
    assert keys(PARTS["rule"]) == set(schema.RULE_KEYS)
    assert keys(PARTS["condition"]) == set(CONDITION_KEYS)
    assert keys(PARTS["group"]) == {*_GROUP_KEYS, "in", "forms", "weight"} - {"none"}
    assert keys(PARTS["term"]["oneOf"][1]) == set(TERM_KEYS)


def test_the_schema_offers_the_words_that_the_code_takes() -> None:
    rule = PARTS["rule"]["properties"]
    assert tuple(rule["status"]["enum"]) == schema.STATUSES
    assert tuple(rule["severity"]["enum"]) == schema.SEVERITIES
    assert tuple(PARTS["forms"]["enum"]) == schema.FORMS
    assert tuple(PARTS["channel"]["properties"]["language"]["enum"]) == channels.LANGUAGES
    assert tuple(PARTS["pass"]["enum"]) == channels.PASSES
    assert tuple(rule["limit"]["properties"]["per"]["enum"]) == channels.PER
    assert PARTS["per_hour"]["maximum"] == channels.MOST_AN_HOUR


def test_the_shipped_file_has_the_shape_that_the_schema_says() -> None:
    file = yaml.safe_load((TOP / "rules.yaml").read_text(encoding="utf-8"))
    assert set(SCHEMA["anyOf"][0]["required"]) <= set(file) <= keys(SCHEMA)
    for rule in file["rules"]:
        assert set(PARTS["rule"]["required"]) <= set(rule) <= keys(PARTS["rule"])
    for channel in file["channels"].values():
        assert set(PARTS["channel"]["required"]) <= set(channel) <= keys(PARTS["channel"])


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            return {part["$ref"]} if "$ref" in part else set().union(*map(references, part.values()), set())
        return set().union(*map(references, part), set()) if isinstance(part, list) else set()

    assert references(SCHEMA) == {f"#/definitions/{name}" for name in PARTS}
