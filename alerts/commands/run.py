"""One pass: polls the outlets that are due, decides what is to be told, sends it, and leaves. Made for cron:
silent when all is well, safe at any frequency, and what one pass did not finish, the next one does.

The first sight of an outlet is a baseline: its articles are stored and matched, not sent.
"""

from __future__ import annotations

import argparse
from datetime import timedelta

from crawler.durations import parse_duration


def duration(text: str) -> timedelta:
    """For argparse, which turns its error into one line and exit code 2."""
    try:
        return parse_duration(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from e


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "outlets",
        nargs="*",
        metavar="OUTLET",
        help="only these outlets, now (default: those of rules.yaml that are due)",
    )
    parser.add_argument(
        "--all", action="store_true", help="every outlet of rules.yaml now, also one that rests after failures"
    )
    parser.add_argument(
        "--backfill",
        type=duration,
        metavar="6h",
        help="look again at what was published since then, with the rules of now; what was told is not told again",
    )
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say what is done; twice: in detail")
    parser.epilog = """exit codes: 0 the pass did its work (failing outlets included: they are notices); 1 nothing could
be polled or delivered; 2 wrong usage or configuration; 75 another pass holds the lock

example, a crontab line:
  * * * * *  cd /srv/marsad && .venv/bin/marsad run
"""


def run(args: argparse.Namespace) -> int:
    import asyncio

    from alerts.cli import LOCKED, NOT_SO, OK
    from alerts.service import open_service, pass_until_signal

    service = open_service(args.rules, args.verbose)
    if service is None:
        return LOCKED
    outlets = service.outlets(args.outlets)
    every = bool(args.all or args.outlets)
    report = asyncio.run(pass_until_signal(service, outlets, every=every, backfill=args.backfill))
    return OK if report.worked else NOT_SO
