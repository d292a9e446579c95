"""The crontab line and the units work as they are written, but for the folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"


def test_the_crontab_line_runs_a_pass_where_it_stands(tmp_path: Path) -> None:
    lines = (ROOT / "deploy" / "crontab").read_text().replace("/srv/marsad", str(tmp_path)).splitlines()
    [command] = [found[1] for line in lines if (found := re.match(r"(?:\S+ ){5}(.+)", line)) and line[0] != "#"]
    settings = dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/marsad").write_text('#!/bin/sh\necho "$PWD $* $MARSAD_TELEGRAM_TOKEN_FILE"\n')
    (tmp_path / ".venv/bin/marsad").chmod(0o755)
    done = subprocess.run(["/bin/sh", "-c", command], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{tmp_path} run {tmp_path}/token"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    for name in ("marsad.service", "marsad.timer"):
        unit = (UNITS / name).read_text().replace("/srv/marsad/.venv/bin/marsad", shutil.which("true") or "")
        (tmp_path / name).write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "marsad." in line]
    assert (ours, done.returncode) == ([], 0)


def test_an_overlapping_pass_is_no_failure_for_systemd() -> None:
    assert "SuccessExitStatus=75" in (UNITS / "marsad.service").read_text()
