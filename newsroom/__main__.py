"""`python -m newsroom`: shows Marsad at work on the newsroom (`make run`); `serve` only plays the outlets."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys

from newsroom import demonstration
from newsroom.pieces import OUTLETS, RULES
from newsroom.server import CONTROL, Newsroom


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m newsroom", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="play the outlets until interrupted")
    serve.add_argument("--port", type=int, default=8048, help="of 127.0.0.1; default %(default)s, 0: any that is free")
    args = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):  # Arabic, whatever the locale says
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        return asyncio.run(_serve(args.port) if args.command == "serve" else demonstration.show())
    except KeyboardInterrupt:
        return 130
    except OSError as e:
        print(f"newsroom: {e}", file=sys.stderr)
        return 1


async def _serve(port: int) -> int:
    async with Newsroom(port=port) as newsroom:
        print(f"export http_proxy={newsroom.proxy} MARSAD_OUTLETS={OUTLETS} MARSAD_RULES={RULES}")
        print(f"# two more articles: curl -x {newsroom.proxy} -X POST {CONTROL}", flush=True)
        await asyncio.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
