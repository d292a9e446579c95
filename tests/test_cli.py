"""The command line: what every command has, and how errors become one line and an exit code."""

from __future__ import annotations

from argparse import Namespace

import pytest

from alerts import cli
from alerts.commands import status
from alerts.config import ConfigError
from alerts.store.errors import StoreError


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert "example" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code"), [(ConfigError("MARSAD_X=y: write z"), 2), (StoreError("the store failed: disk full"), 1)]
)
def test_an_error_for_the_operator_is_one_line_and_an_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: Namespace) -> int:
        raise error

    monkeypatch.setattr(status, "run", run)
    assert cli.main(["status"]) == code
    assert capsys.readouterr().err == f"marsad: {error}\n"


@pytest.mark.parametrize("words", [[], ["explian"]])
def test_a_command_that_is_none_is_answered_with_those_that_are(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = cli.main(words)
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert "explain" in capsys.readouterr().err
