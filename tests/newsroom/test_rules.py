"""The newsroom's rules: whole, their examples hold, and each fires on exactly the pieces that are meant for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from alerts.rules.engine import Engine
from alerts.rules.model import Document
from alerts.rules.schema import load_rules
from crawler.outlets.catalogue import load_catalogue
from newsroom.pieces import OUTLETS, RULES, Piece, load
from newsroom.server import Newsroom

MARSAD = Path(sys.executable).with_name("marsad")
PIECES = load()


@pytest.fixture(scope="module")
def engine() -> Engine:
    rules = load_rules(RULES, load_catalogue(OUTLETS))
    return Engine(rules.rules, rules.ignore)


def fired(engine: Engine, piece: Piece, *lines: str) -> set[str]:
    return {match.rule.id for match in engine.match(Document(piece.title, "\n".join(lines), piece.outlet))}


def test_check_accepts_the_rules_and_their_examples(tmp_path: Path) -> None:
    done = subprocess.run(
        [MARSAD, "check", str(RULES)], env=Newsroom().environ(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: f"{piece.outlet}{piece.path}")
def test_a_piece_fires_the_rules_meant_for_it_and_no_other(engine: Engine, piece: Piece) -> None:
    assert fired(engine, piece, *(piece.paragraphs or [piece.summary])) == piece.fires


def test_every_rule_has_a_piece_that_fires_it() -> None:
    rules = load_rules(RULES, load_catalogue(OUTLETS)).rules
    assert {rule.id for rule in rules} == frozenset().union(*(piece.fires for piece in PIECES))


def test_told_are_those_that_fire_a_live_rule_except_the_copy_and_the_old_one() -> None:
    rules = load_rules(RULES, load_catalogue(OUTLETS)).rules
    live = {rule.id for rule in rules if rule.status == "live"}
    silent = [piece.path for piece in PIECES if piece.fires & live and not piece.told]
    assert silent == ["/archives/348111", "/news.php?id=90315"]
    assert all(piece.fires & live for piece in PIECES if piece.told)


def test_boilerplate_and_related_headlines_are_traps_that_cleaning_must_disarm(engine: Engine) -> None:
    trapped = {
        (piece.outlet, rule)
        for piece in PIECES
        for rule in fired(engine, piece, *(line.text for line in piece.lines)) - piece.fires
    }
    assert trapped >= {("furat48", "hama"), ("furat48", "telegram"), ("ufuq", "hama")}
