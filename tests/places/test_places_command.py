"""`marsad places`: records are answered one by one and in place, a text as a table."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import main


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MARSAD_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MARSAD_LANGUAGE", "en")
    return tmp_path


def feed(monkeypatch: pytest.MonkeyPatch, *lines: Any) -> None:
    data = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_record_is_answered_with_its_places(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(monkeypatch, {"id": 1, "title": "حريق في البوكمال", "text": "لا ضحايا."}, {"id": "b", "text": "هدوء"})
    assert main(["places", "--json", "-"]) == 0
    first, second = answers(capsys)
    assert second == {"id": "b", "places": []}
    (place,) = first["places"]
    assert {key: place[key] for key in ("field", "start", "end", "surface", "name")} == {
        "field": "title",
        "start": 8,
        "end": 16,
        "surface": "البوكمال",
        "name": "البوكمال",
    }
    assert place["path"][:2] == ["SY", "SY-DY"]
    assert set(place) == {"field", "start", "end", "surface", "id", "name", "kind", "path"}


def test_a_record_that_cannot_be_read_is_answered_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(monkeypatch, "nonsense", {"id": 2}, {"id": 3, "text": "في بيروت"})
    assert main(["places", "--json"]) == 1
    first, second, third = answers(capsys)
    assert first["id"] is None
    assert "text" in second["error"]
    assert [place["name"] for place in third["places"]] == ["بيروت"]


def test_a_text_is_shown_as_a_table_with_paths_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "وصل إلى مدينة صور اللبنانية"]) == 0
    shown = capsys.readouterr().out
    assert "لبنان" in shown
    assert "«مدينة» before it" in shown


def test_a_text_without_places_says_so_by_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "نشرت الوكالة صور الحريق"]) == 1
    assert capsys.readouterr().out == ""


def test_a_file_of_plain_text_is_read_as_one_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "article.txt"
    file.write_text("حريق في البوكمال\nوآخر في بغداد", encoding="utf-8")
    assert main(["places", "--json", str(file)]) == 0
    (answer,) = answers(capsys)
    assert [place["path"][:1] or [place["id"]] for place in answer["places"]] == [["SY"], ["IQ"]]


def test_what_is_imported_is_listed_and_removed(
    tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "villages.csv"
    file.write_text("name,country,lat,lon\nتل الزمرد,SY,35.1,40.2\n", encoding="utf-8")
    columns = [f"--column={column}={column}" for column in ("name", "country", "lat", "lon")]
    assert main(["places", "import", str(file), "--source", "csv", *columns, "--column=kind==village"]) == 0
    assert main(["places", "sources"]) == 0
    assert "villages.csv" in capsys.readouterr().out
    assert main(["places", "--json", "حريق في قرية تل الزمرد"]) == 0
    assert [place["name"] for place in answers(capsys)[0]["places"]] == ["تل الزمرد"]
    assert main(["places", "remove", "villages.csv"]) == 0
    assert main(["places", "حريق في قرية تل الزمرد"]) == 1
    assert main(["places", "remove", "villages.csv"]) == 2
