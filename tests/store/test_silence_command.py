"""`marsad silence`: what it refuses is one line with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts import cli


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--for", "6h", "--because", "x"], "--place, --rule"),
        (["--place", "حماة", "--because", "x"], "say how long"),
        (["--place", "حماة", "--for", "6h"], "say why"),
        (["--place", "حماة", "--for", "6h", "--because", " \n"], "say why"),
        (["--place", "حماة", "--until", "2020-01-01", "--because", "x"], "within a year"),
        (["--place", "حماة", "--for", "900d", "--because", "x"], "within a year"),
        (["--place", "طرابلس", "--for", "6h", "--because", "x"], "several places"),
        (["--place", "لا مكان كهذا", "--for", "6h", "--because", "x"], "no place"),
        (["--rule", "strikse", "--for", "6h", "--because", "x"], "did you mean strikes?"),
        (["--channel", "dekk", "--for", "6h", "--because", "x"], "did you mean desk?"),
        (["--outlet", "arb48", "--for", "6h", "--because", "x"], "did you mean arab48?"),
    ],
)
def test_a_silence_that_cannot_be_is_refused_and_nothing_is_made(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("channels: {desk: {to: '@d'}}\nrules: [{id: strikes, any: [غارة], send: [desk]}]\n", "utf-8")
    for name in ("MARSAD_STATE_DIR", "MARSAD_DATABASE_URL", "MARSAD_OUTLETS"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["silence", *words, "--rules", str(rules)]) == cli.USAGE
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / ".marsad").exists()
