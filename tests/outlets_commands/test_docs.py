"""docs/add-an-outlet.md and its Arabic twin show what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from alerts.cli import main
from newsroom.server import Newsroom

DOCS = Path(__file__).parents[2] / "docs"
_VARIES = (
    (re.compile(r"\d+\.\d s\b"), "N s"),
    (re.compile(r"\d+ min old"), "N min old"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DAY"),
    (re.compile(r"(MARSAD_OUTLETS=).*"), r"\1FOLDER"),
)
"""What is another thing each time, and what stands for it."""


def shown(recipe: str) -> dict[str, str]:
    """What the docs show, by command line."""
    text = (DOCS / recipe).read_text(encoding="utf-8")
    return dict(re.findall(r"^```console\n\$ marsad (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE))


def settled(text: str) -> str:
    for pattern, stands in _VARIES:
        text = pattern.sub(stands, text)
    return text


COMMANDS = [(recipe, line) for recipe in ("add-an-outlet.md", "add-an-outlet.ar.md") for line in shown(recipe)]


@pytest.mark.parametrize(("recipe", "line"), COMMANDS)
def test_the_docs_show_what_the_command_prints(
    newsroom: Newsroom,
    recipe: str,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "my-outlets").mkdir()
    monkeypatch.chdir(tmp_path)
    if " add " in line:
        monkeypatch.delenv("MARSAD_OUTLETS")
    main(shlex.split(line))
    assert settled(capsys.readouterr().out) == settled(shown(recipe)[line])


def test_the_twins_show_the_same_two_commands() -> None:
    english, arabic = shown("add-an-outlet.md"), shown("add-an-outlet.ar.md")
    assert [line.split()[1] for line in english] == ["add", "--check"]
    assert {k: settled(v) for k, v in english.items()} == {k: settled(v) for k, v in arabic.items()}
