"""`check` runs the examples of a file as articles would run, and finds terms that add nothing."""

from __future__ import annotations

import pytest

from alerts.rules.check import check
from alerts.rules.messages import Language
from alerts.rules.schema import parse_reading

CHANNELS = "channels: {desk: {to: '@our_desk'}}\n"


def found(text: str, language: Language = "en") -> list[tuple[str, int, int]]:
    reading = parse_reading(CHANNELS + text, "rules.yaml", ("arab48",), language)
    return [(p.code, p.line, p.column) for p in check(reading, language).problems]


def rule(body: str, examples: str) -> str:
    return f"rules:\n- id: r\n  send: [desk]\n  {body}\n  examples: {{{examples}}}\n"


@pytest.mark.parametrize(
    ("body", "examples"),
    [
        ("any: [غارة]", "fires: [غارة ليلية], silent: [هدوء تام]"),
        ("any: [غارة]\n  in: title", "fires: [غارة ليلية]"),
        ("any: [غارة]\n  in: lead", "fires: [غارة ليلية]"),
        ("any: [غارة]\n  in: text", "fires: [غارة ليلية]"),
        ("any: [غارة]\n  none: [مناورة]", "silent: [مناورة تحاكي غارة]"),
        ("any: [غارة]\n  status: draft", "fires: [غارة ليلية]"),
        ("any: [غارة]\n  outlets: [arab48]", "fires: [غارة ليلية]"),
    ],
)
def test_an_example_is_taken_as_title_and_lead(body: str, examples: str) -> None:
    assert found(rule(body, examples)) == []


def test_an_example_that_should_fire_and_does_not_is_named_with_its_place() -> None:
    assert found(rule("any: [غارة]", "fires: [غارة, هدوء تام]")) == [("example-silent", 6, 28)]


def test_an_example_that_should_be_silent_and_fires_is_named_with_its_place() -> None:
    assert found(rule("any: [غارة]", "silent: [غارة ليلية]")) == [("example-fires", 6, 23)]


def test_what_every_rule_ignores_silences_examples_too() -> None:
    text = "ignore: [{any: [مسلسل], in: title}]\n" + rule("any: [غارة]", "silent: [غارة في مسلسل]")
    assert found(text) == []


def test_another_rules_match_is_not_this_rules() -> None:
    text = rule("any: [غارة]", "silent: [قصف مدفعي]") + "- {id: q, any: [قصف], send: [desk]}\n"
    assert found(text) == []


@pytest.mark.parametrize(
    ("body", "example", "reason"),
    [
        ("any: [غارة, قصف]", "fires: [هدوء]", "terms: missing: غارة, قصف"),
        ("all: [غارة, {any: [قصف, دمار]}]", "fires: [قصف]", "terms: missing: غارة;"),
        ("where: [حماة]\n  any: [غارة]\n  near: sentence", "fires: [غارة]", "where: missing: حماة;"),
        ("where: [حماة]\n  any: [غارة]\n  near: {words: 1}", "fires: [غارة بعيدة جدا عن حماة]", "near: what was found"),
        ("any: [غارة]\n  none: [مناورة]", "fires: [مناورة وغارة]", "none: مناورة stands there"),
        ("any: [غارة]", "silent: [والغارة]", "found والغارة"),
    ],
)
def test_a_failed_example_says_why(body: str, example: str, reason: str) -> None:
    reading = parse_reading(CHANNELS + rule(body, example), "rules.yaml", (), "en")
    (problem,) = check(reading, "en").problems
    assert reason in str(problem)


def test_a_failed_example_of_an_ignored_word_says_which() -> None:
    text = "ignore: [{any: [مسلسل]}]\n" + rule("any: [غارة]", "fires: [غارة في مسلسل]")
    (problem,) = check(parse_reading(CHANNELS + text, "rules.yaml", (), "ar"), "ar").problems
    assert "الاستثناء العام (ignore): وردت مسلسل" in problem.what


@pytest.mark.parametrize(
    "terms",
    [
        "[ضربات, ▸ضربات جوية]",
        "[▸ضربات جوية, ضربات]",
        "[غارة, ▸والغارة]",
        "[غارة, ▸غَارَة]",
        "[غارة, ▸غارة]",
        "[غا*, ▸غارة]",
        "[▸غارة, غار*]",
        "[▸«غارة», غارة]",
        "[غارة, ▸{term: غارة, in: title}]",
        "[{term: غارة, in: title}, {term: غارة, in: lead}]",
        "[{term: غارة, in: text}, ▸{term: غارة, in: lead}]",
        "[▸غارة, {term: غارة, forms: all}]",
        "[{regex: غار.}, غارة]",
        "[غارة, قصف]",
        "[$strike, ▸غارة جوية, {any: [قصف]}]",
        "[غارة جوية, {all: [غارة, قصف]}]",
    ],
)
def test_a_term_that_another_alternative_swallows_is_a_warning(terms: str) -> None:
    """`▸` stands before the term that adds nothing."""
    text = "lists: {strike: [غارة, قصف]}\nrules:\n- {id: q, any: [$strike], send: [desk]}\n"
    text += f"- id: r\n  send: [desk]\n  any: {terms.replace('▸', '')}\n"
    expected = [("term-swallowed", 7, 8 + terms.index("▸"))] if "▸" in terms else []
    assert found(text) == expected


def test_a_term_swallowed_inside_a_list_is_found_there() -> None:
    text = "lists:\n  strike: [قصف, قصف مدفعي]\nrules: [{id: r, any: [$strike], send: [desk]}]\n"
    assert found(text) == [("term-swallowed", 3, 17)]


def test_all_of_a_group_must_hold_so_nothing_is_swallowed_there() -> None:
    assert found("rules: [{id: r, all: [ضربات, ضربات جوية], send: [desk]}]\n") == []
