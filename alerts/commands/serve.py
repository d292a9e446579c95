"""The daemon: polls every outlet on its own interval, tells at once, and takes up a changed rules file by itself.

Ends at SIGTERM or Ctrl-C with everything resumable. `marsad run` by cron does the same without a daemon.
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say what is done; twice: in detail")
    parser.epilog = """exit codes: 0 ended as asked; 2 wrong usage or configuration; 75 another holds the lock

example:
  MARSAD_TELEGRAM_TOKEN_FILE=/etc/marsad/token marsad serve --rules /srv/marsad/rules.yaml
"""


def run(args: argparse.Namespace) -> int:
    import asyncio

    from alerts.cli import LOCKED, OK
    from alerts.daemon import serve
    from alerts.service import open_service

    service = open_service(args.rules, args.verbose)
    if service is None:
        return LOCKED
    asyncio.run(serve(service))
    return OK
