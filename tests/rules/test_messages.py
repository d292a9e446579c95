"""Messages: both languages are whole, and say the same things."""

from __future__ import annotations

import re
import string

import pytest

from alerts.rules import explain
from alerts.rules.messages import MESSAGES, editor_language, nearest, say
from alerts.rules.yaml_nodes import INVISIBLE

ARABIC = re.compile("[\u0621-\u064a]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_there_in_both_languages(code: str) -> None:
    message = MESSAGES[code]
    assert all(part.strip() == part and part and "\n" not in part for part in message)
    assert ARABIC.search(message.what_ar)
    assert ARABIC.search(message.remedy_ar)
    # Arabic letters in English ones are only those of examples
    assert len(ARABIC.findall(message.what + message.remedy)) < 5
    assert not INVISIBLE.search("".join(message)), "it would be copied into a shell or a file"


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_of_a_message_fill_in_the_same_words(code: str) -> None:
    message = MESSAGES[code]
    assert fields(message.what + message.remedy) == fields(message.what_ar + message.remedy_ar)


@pytest.mark.parametrize("key", explain._SAID)
def test_every_word_of_an_explanation_is_there_in_both_languages(key: str) -> None:
    said = explain._SAID[key]
    assert fields(said["en"]) == fields(said["ar"])
    assert ARABIC.search(said["ar"])


def test_what_the_file_says_is_cut_and_kept_in_one_line() -> None:
    what, _ = say("en", "chat", value="a\nb" + "x" * 1000)
    assert "\n" not in what
    assert len(what) < 300


def test_braces_in_the_file_are_shown_as_they_are() -> None:
    assert "{0} {x}" in say("en", "chat", value="{0} {x}")[0]


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "ar_SY.UTF-8"}, "ar"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "ar_SY.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ar"}, "ar"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "", "MARSAD_LANGUAGE": "AR"}, "ar"),
        ({"LC_ALL": "ar", "MARSAD_LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(environ: dict[str, str], language: str) -> None:
    assert editor_language(environ) == language


def test_near_names_are_proposed_few_names_listed_and_many_left_out() -> None:
    assert nearest("arb48", ["arab48", "enab-baladi"], "en") == " (did you mean arab48?)"
    assert nearest("zzz", ["desk", "ops"], "en") == " (desk, ops)"
    assert nearest("zzz", [f"outlet-{n}" for n in range(100)], "en") == ""
    assert nearest("zzz", [], "en") == ""
