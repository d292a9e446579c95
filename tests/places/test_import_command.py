"""`marsad places import|sources|remove` as typed: what is printed, where, and the exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from alerts.cli import main
from alerts.places.gazetteer import IMPORTED


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MARSAD_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MARSAD_LANGUAGE", "en")
    return tmp_path / "state"


@pytest.fixture
def villages(tmp_path: Path) -> Path:
    path = tmp_path / "syria_villages.csv"
    path.write_text("name_ar,lat,lon\nدوحة الخير,34.1,36.1\nDoha,34.2,36.2\n", "utf-8")
    return path


def test_an_import_says_what_was_taken_from_which_columns_and_what_was_left_out(
    villages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["places", "import", str(villages), "--source", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "csv:syria_villages.csv: 2 rows: 1 new places, 0 known ones, 1 left out",
        "  read as: name from name_ar, lat from lat, lon from lon, country from =SY",
        "  1 left out: no Arabic name (line 3)",
    ]
    assert err == ""


def test_what_was_imported_is_found_listed_and_gone_when_removed(
    villages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["places", "import", str(villages), "--source", "csv"])
    capsys.readouterr()
    assert main(["places", "--json", "حريق في قرية دوحة الخير"]) == 0
    (place,) = json.loads(capsys.readouterr().out)["places"]
    assert place["path"][0] == "SY"
    assert main(["places", "sources", "--json"]) == 0
    (record,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (record["name"], record["taken"]) == ("csv:syria_villages.csv", 1)
    assert record["skipped"] == {"no Arabic name": {"rows": 1, "lines": [3], "details": {}}}
    assert main(["places", "remove", "syria_villages.csv"]) == 0
    assert main(["places", "sources"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"", ["--source", "csv"], "bad.csv: the file holds no rows"),
        (b"\x1f\x8b\x08", ["--source", "csv"], "gunzip -k bad.csv"),
        (b"a,b\n1,2\n", ["--source", "cod"], "missing columns"),
        (b"a,b\n1,2\n", ["--source", "csv", "--column", "name=c"], "missing columns: c; this file has a, b"),
        (b"a,b\n1,2\n", ["--source", "osm"], "write --source and one of: cod, geonames, wof, csv"),
        (None, ["--source", "csv"], "bad.csv: cannot be read (No such file or directory)"),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_line_and_exit_code_2(
    tmp_path: Path,
    state: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    options: list[str],
    says: str,
) -> None:
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    assert main(["places", "import", str(path), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("marsad: ")
    assert says in line
    assert not (state / IMPORTED).exists()


def test_a_folder_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "import", str(tmp_path), "--source", "csv"]) == 2
    assert "cannot be read (Is a directory)" in capsys.readouterr().err


def test_what_was_never_imported_cannot_be_removed(villages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["places", "import", str(villages), "--source", "csv"])
    assert main(["places", "remove", "other.csv"]) == 2
    assert "imported are: csv:syria_villages.csv" in capsys.readouterr().err


def test_a_terminal_sees_a_bar_and_nothing_is_left_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    path = tmp_path / "syria.csv"
    path.write_text("name_ar\n" + "".join(f"دوحة الخير {n}\n" for n in range(6000)), "utf-8")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["places", "import", str(path), "--source", "csv"]) == 0
    drawn = terminal.getvalue()
    assert drawn.startswith("\r[#")
    assert drawn.endswith("\r\x1b[K")
