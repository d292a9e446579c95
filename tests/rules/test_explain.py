"""An explanation names every demand, met or missed, by what, and marks the article."""

from __future__ import annotations

import json

import pytest

from alerts.commands.explain import show
from alerts.records import line_of
from alerts.rules.engine import Engine, Trace
from alerts.rules.explain import Piece, account, headline, occurrences, pieces, record, why
from alerts.rules.messages import Language
from alerts.rules.model import Document, Evidence
from alerts.rules.schema import parse_rules

RULES = """
channels: {desk: {to: '@our_desk'}}
ignore: [{any: [مسلسل]}]
rules:
- id: r
  outlets: [arab48]
  where: [حماة]
  any: [غارة, {all: [قصف, دمار]}]
  none: [مناورة]
  near: sentence
  send: [desk]
- {id: d, status: draft, any: [a, b, c, d, e, f, g], send: [desk]}
"""


def trace(document: Document, rule: int = 0) -> Trace:
    rules = parse_rules(RULES, "rules.yaml", ("arab48", "enab-baladi"))
    return Engine(rules.rules, rules.ignore).trace(rules.rules[rule], document)


def told(document: Document, language: Language = "en") -> list[tuple[int, bool, str]]:
    return [(line.depth, line.met, line.text) for line in account(trace(document), language)]


FIRES = Document("والغارة على حماة", "قصف ودمار في حماة. غارة بعيدة.")


def test_a_rule_that_fires_says_by_what() -> None:
    assert told(FIRES) == [
        (0, True, "outlet: met"),
        (0, True, "ignore: met"),
        (0, True, "terms: 1 of 2 needed"),
        (1, True, "غارة: والغارة (title), غارة (text)"),
        (1, True, "2 of 2 needed"),
        (2, True, "قصف: قصف (text)"),
        (2, True, "دمار: ودمار (text)"),
        (0, True, "where: 1 of 1 needed"),
        (1, True, "حماة: حماة (title), حماة (text)"),
        (0, True, "near: met"),
        (0, True, "none"),
        (1, True, "مناورة: not found"),
    ]
    assert headline(trace(FIRES), "en") == "rule r fires"
    assert why(trace(FIRES), "ar") == "وُجد والغارة، حماة، قصف، ودمار"


@pytest.mark.parametrize(
    ("document", "line", "reason"),
    [
        (Document("غارة على حمص", ""), (0, False, "where: 1 of 1 needed"), "where: missing: حماة"),
        (Document("قصف حماة", ""), (2, False, "دمار"), "terms: missing: غارة, دمار"),
        (
            Document("غارة", "حماة"),
            (0, False, "near: what was found stands too far apart"),
            "near: what was found stands too far apart",
        ),
        (Document("مناورة: غارة على حماة", ""), (1, False, "مناورة: مناورة (title)"), "none: مناورة stands there"),
        (Document("مسلسل غارة حماة", ""), (0, False, "ignore: مسلسل stands there"), "ignore: مسلسل stands there"),
        (
            Document("غارة على حماة", "", outlet="enab-baladi"),
            (0, False, "outlet: the rule is not for this outlet"),
            "outlet: the rule is not for this outlet",
        ),
        (Document("هدوء", ""), (1, False, "غارة"), "terms: missing: غارة, قصف, دمار · where: missing: حماة"),
    ],
)
def test_a_rule_that_does_not_fire_says_what_is_missing_or_in_the_way(
    document: Document, line: tuple[int, bool, str], reason: str
) -> None:
    assert line in told(document)
    assert why(trace(document), "en") == reason
    assert headline(trace(document), "en") == "rule r does not fire"


def test_a_long_list_of_words_is_cut() -> None:
    assert why(trace(Document("x", ""), 1), "en") == "terms: missing: a, b, c, d, e, and 2 more"


def test_a_draft_says_that_it_is_one() -> None:
    assert (
        headline(trace(Document("a", ""), 1), "en") == "rule d fires (the rule is a draft: it is not matched in a pass)"
    )


def test_the_article_is_parted_at_hits_and_at_what_was_cut() -> None:
    document = Document("", "abcdefghij", kept=((0, 6), (8, 10)))
    evidence = [Evidence("text", 1, 3, "bc", "x"), Evidence("text", 2, 4, "cd", "y"), Evidence("title", 0, 1, "a", "z")]
    assert pieces(document, "text", evidence) == (
        Piece("a"),
        Piece("bcd", hit=True),
        Piece("ef"),
        Piece("gh", kept=False),
        Piece("ij"),
    )
    assert pieces(document, "title", []) == ()


def test_a_hit_is_marked_by_brackets_or_colour_and_a_cut_line_too() -> None:
    text = "غارة على حماة.\nسطر محذوف\nنهاية."
    cut = text.index("سطر")
    document = Document("", text, kept=((0, cut), (cut + len("سطر محذوف"), len(text))))
    plain = show(trace(document), document, "en", colour=False)
    assert plain.endswith("⟦غارة⟧ على ⟦حماة⟧.\n⟨سطر محذوف⟩\nنهاية.")
    assert "\033" not in plain
    assert "\033[1;33mغارة\033[0m" in show(trace(document), document, "en", colour=True)


def test_hits_count_whether_the_rule_fires_or_not() -> None:
    assert {e.surface for e in occurrences(trace(Document("مناورة وغارة", "")))} == {"مناورة", "وغارة"}


def test_the_json_says_the_same_as_the_text() -> None:
    said = json.loads(line_of(record(trace(FIRES), "en")))
    assert (said["rule"], said["fires"], said["status"]) == ("r", True, "live")
    assert [step["what"] for step in said["steps"]] == ["outlet", "ignore", "wanted", "where", "near", "none"]
    assert said["steps"][2]["parts"][0]["term"] == "غارة"
    assert said["match"]["evidence"][0]["surface"] == "والغارة"
    assert json.loads(line_of(record(trace(Document("", "")), "en")))["match"] is None
