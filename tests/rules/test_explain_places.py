"""`marsad explain` says of each name that could meet `where` what it is in the article, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.cli import main


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("MARSAD_STATE_DIR", str(tmp_path))
    file = tmp_path / "rules.yaml"
    file.write_text(
        'channels: {c: {to: "@x"}}\n'
        'rules:\n  - {id: tyre, where: ["صور، لبنان"], any: [قصف], send: [c]}\n'
        "  - {id: syria, where: [سوريا], any: [قصف], send: [c]}\n"
    )
    return file


def explained(capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path, rule: str, text: str) -> str:
    article = tmp_path / "article.json"
    article.write_text(json.dumps({"id": 1, "title": text, "text": ""}))
    main(["explain", rule, str(article), "--rules", str(rules)])
    return capsys.readouterr().out


def test_a_name_that_is_no_place_here_is_told_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    out = explained(capsys, tmp_path, rules, "tyre", "صور قصف الضاحية تنتشر")
    assert "does not fire" in out
    assert "✗ صور: a common word" in out


def test_a_name_that_is_the_place_is_told_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    out = explained(capsys, tmp_path, rules, "tyre", "قصف على مدينة صور")
    assert "rule tyre fires" in out
    assert "✓ صور: «مدينة» before it" in out


def test_a_rule_on_a_country_tells_no_more_names_than_a_person_reads(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    towns = "دمشق وحلب وحمص وحماة واللاذقية وطرطوس ودرعا والسويداء وإدلب والرقة والحسكة ودير الزور والبوكمال والقامشلي"
    out = explained(capsys, tmp_path, rules, "syria", f"قصف على {towns}")
    assert "rule syria fires" in out
    assert "and 2 more" in out
