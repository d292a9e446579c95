"""docs/rules.md and docs/rules.ar.md are true: their files are good, their examples hold, their messages are real."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from alerts.places.opening import opener
from alerts.rules.channels import CHANNEL_KEYS
from alerts.rules.check import check
from alerts.rules.messages import Language
from alerts.rules.model import RulesError
from alerts.rules.schema import FILE_KEYS, RULE_KEYS, parse_reading
from crawler.outlets.catalogue import load_catalogue

DOCS = Path(__file__).parents[2] / "docs"
LANGUAGES: dict[Language, str] = {"en": "rules.md", "ar": "rules.ar.md"}
_BLOCK = re.compile(r"^```(yaml|text)\n(.*?)^```$", re.M | re.S)


def blocks(language: Language) -> list[tuple[str, str]]:
    return [(kind, body) for kind, body in _BLOCK.findall((DOCS / LANGUAGES[language]).read_text(encoding="utf-8"))]


def whole(body: str) -> str:
    """A block as a file: rules alone are given a channel to send to."""
    return f"channels: {{desk: {{to: '@our_desk'}}}}\nrules:\n{body}" if body.startswith("- ") else body


GAZETTEER = opener(DOCS / "none imported")
GOOD, WRONG = [], []
for language in LANGUAGES:
    found = [*blocks(language), ("", "")]
    for (kind, body), (then, message) in pairwise(found):
        if kind == "yaml" and then == "text":
            WRONG.append((language, body, message))
        elif kind == "yaml":
            GOOD.append((language, body))


@pytest.mark.parametrize(("language", "body"), GOOD)
def test_what_the_docs_show_is_a_good_file_whose_examples_hold(language: Language, body: str) -> None:
    reading = parse_reading(whole(body), "rules.yaml", load_catalogue(), language, GAZETTEER)
    assert reading.examples
    assert [str(p) for p in check(reading, language, GAZETTEER).problems] == []


@pytest.mark.parametrize(("language", "body", "message"), WRONG)
def test_the_mistakes_of_the_docs_have_the_messages_of_the_docs(language: Language, body: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_reading(body, "rules.yaml", load_catalogue(), language)
    assert str(caught.value) + "\n" == message


def test_both_languages_show_the_same_five_mistakes() -> None:
    shown = {language: [body for of, body, _ in WRONG if of == language] for language in LANGUAGES}
    assert len(shown["en"]) == 5
    assert shown["en"] == shown["ar"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_in_the_docs(language: Language) -> None:
    text = (DOCS / LANGUAGES[language]).read_text(encoding="utf-8")
    assert [key for key in {*FILE_KEYS, *CHANNEL_KEYS, *RULE_KEYS} if not re.search(rf"\b{key}\b", text)] == []
