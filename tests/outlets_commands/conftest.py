"""The newsroom as the network of `marsad outlets`, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.server import Newsroom


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom that is reached as the open network would be; `marsad` knows its outlets, its state is nowhere."""
    with Newsroom() as newsroom:
        environ = newsroom.environ(tmp_path / "state")
        for name in os.environ.keys() - environ.keys():
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield newsroom


@pytest.fixture
def stranger(newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The newsroom's outlets are unknown; the folder is MARSAD_OUTLETS, and empty."""
    folder = tmp_path / "outlets"
    folder.mkdir()
    monkeypatch.setenv("MARSAD_OUTLETS", str(folder))
    return folder
