"""Ends a silence before its time. What is reported from now on is told again; what was silenced stays untold."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("id", metavar="NUMBER", type=int, help="of the silence, as `marsad silence` lists it")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.epilog = """exit codes: 0 it has ended; 1 no silence of that number is in force

example:
  marsad unsilence 3
"""


def run(args: argparse.Namespace) -> int:
    """Ends it; returns the exit code."""
    import sys

    from alerts.cli import NOT_SO, OK
    from alerts.config import Config
    from alerts.service import now_utc
    from alerts.store import silences
    from alerts.store.database import exists, open_engine, writing

    config = Config.from_env(rules=args.rules)
    ended = False
    if exists(config.database_url) and 0 < args.id < 2**63:
        engine = open_engine(config.database_url)
        with writing(engine) as connection:
            ended = silences.end(connection, args.id, now_utc())
        engine.dispose()
    if not ended:
        print(f"marsad: no silence {args.id} is in force; `marsad silence` lists those that are", file=sys.stderr)
    return OK if ended else NOT_SO
