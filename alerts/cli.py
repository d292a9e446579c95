"""`marsad`: finds the command, reads its arguments, turns errors into one line and an exit code.

Each command is a module of `alerts.commands`, imported only when it is the one asked for, so that a command
starts without the libraries of the others.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from alerts.config import ConfigError
from alerts.store.errors import StoreError

OK, NOT_SO, USAGE, LOCKED = 0, 1, 2, 75
"""Exit codes: done; what was asked about is not so; wrong usage or configuration; another pass holds the lock."""

COMMANDS = {
    "run": "one pass over the outlets that are due, for cron",
    "serve": "the daemon: every outlet on its own interval",
    "check": "check rules.yaml and run the examples inside it",
    "match": "articles in, matches out, as JSON lines",
    "explain": "why a rule fires or not on one article",
    "backtest": "what rules would have sent on the stored archive",
    "extract": "saved pages to articles, saved feeds to entries",
    "outlets": "the catalogue of outlets; try them, add one",
    "places": "the places in articles or in a text; the gazetteer's sources",
    "channels": "the channels of rules.yaml; with --check, whether each can be sent to",
    "outbox": "messages that wait, are in doubt or refused; what a person may do with them",
    "retract": "take an alert back: struck through with the reason, or deleted",
    "route": "where an article would go now, and why",
    "silence": "mute a place, a rule, an outlet or a channel for a time; list what is",
    "unsilence": "end a silence before its time",
    "status": "health of outlets, channels and outbox",
}

_EPILOG = """exit codes:
  0   done
  1   what was asked about is not so (a rule broken, a file that yields nothing)
  2   wrong usage, or a configuration that cannot be read
  75  another pass holds the lock

example:
  marsad check && marsad run --backfill 6h
"""


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="marsad",
        description="Watches Arabic news outlets and tells a Telegram channel about each story once.",
        epilog="commands:\n" + "".join(f"  {n:<9} {h}\n" for n, h in COMMANDS.items()) + "\n" + _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    parser.add_argument(
        "command",
        metavar="COMMAND",
        choices=list(COMMANDS),
        nargs="?",
        help="one of those below; `marsad COMMAND --help` says more",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line `argv` (default: that of the process); returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):  # UTF-8 whatever the locale says
            stream.reconfigure(encoding="utf-8", errors=errors)
    if not words or words[0] not in COMMANDS:
        return _without_command(words)
    name = words[0]
    module = importlib.import_module(f"alerts.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=f"marsad {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    args = parser.parse_args(words[1:])
    try:
        code: int = module.run(args)
        sys.stdout.flush()
        return code
    except ConfigError as e:
        print(f"marsad: {e}", file=sys.stderr)
        return USAGE
    except StoreError as e:
        print(f"marsad: {e}", file=sys.stderr)
        return NOT_SO
    except _unusable_files() as e:
        print(e, file=sys.stderr)
        return USAGE
    except _unusable_machine() as e:
        print(f"marsad: {e}", file=sys.stderr)
        return NOT_SO
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe has left; nothing to say and nobody to hear it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _unusable_files() -> tuple[type[Exception], ...]:
    """The errors of files that an operator writes, whose text is one line for each mistake; looked up only when
    something was raised, since most commands start without these modules."""
    from alerts.places.index import IndexFileError
    from alerts.rules.model import RulesError
    from crawler.outlets.catalogue import CatalogueError

    return RulesError, CatalogueError, IndexFileError


def _unusable_machine() -> type[Exception]:
    from crawler.worker import WorkerError

    return WorkerError


def _without_command(words: list[str]) -> int:
    parser = _overview()
    args = parser.parse_args(words)
    if args.version:
        from importlib.metadata import version

        print(f"marsad {version('marsad')}")
        return OK
    parser.print_help(sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
