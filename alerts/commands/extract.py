"""Saved pages to articles, or with --feed saved feeds to entries, one JSON object a line.

With --feed a file may be a feed, a sitemap (gzip too), what an outlet's JSON API answered, a channel's Telegram
preview, or an outlet's listing page: told apart by their beginnings.
Each line says its "file"; a file that yields nothing says {"file", "error"}, the others go on, and the exit code
is 1. A page whose outlet the catalogue lacks is read by general extraction and flagged `unknown-outlet`.

Files are read where the crawl reads its bodies, in a process of their own (`crawler.worker`): one that takes over 10 s
or too much memory is given up, and no other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alerts.config import Config, ConfigError

if TYPE_CHECKING:
    from crawler.outlets.catalogue import Outlet
    from crawler.worker import Worker

_EPILOG = """example:
  marsad extract --outlet arab48 page.html | marsad match
  marsad extract --feed --outlet bbc-arabic --url https://feeds.bbci.co.uk/arabic/rss.xml rss.xml

"flags" of an article: headline-only, much-dropped (cleaning took over a third), unknown-outlet; undated, day-only,
date-unsure (part of the time was guessed, or the page's dates disagree); live, gallery, video, photos, urgent,
exclusive. "reasons" says for each field how it was decided.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad extract`."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "files", metavar="FILE", nargs="*", default=["-"], help="a saved page or feed; - or none: stdin"
    )
    parser.add_argument("--outlet", metavar="ID", help="whose it is (default: the one that its address belongs to)")
    parser.add_argument("--url", default="", help="the address that it was saved from")
    parser.add_argument(
        "--feed",
        action="store_true",
        help="the files are feeds, sitemaps, JSON of an API, listings or Telegram previews; print their entries",
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines, as without it")


def run(args: argparse.Namespace) -> int:
    """Prints the records; 0 where every file gave one, else 1. Raises ConfigError."""
    from crawler.outlets.catalogue import CatalogueError, load_catalogue

    try:
        catalogue = load_catalogue(Config.from_env().outlets_dir)
    except CatalogueError as e:
        raise ConfigError(str(e)) from e
    return asyncio.run(_print_all(args, catalogue))


async def _print_all(args: argparse.Namespace, catalogue: Mapping[str, Outlet]) -> int:
    from crawler.extract.unreadable import Unreadable
    from crawler.worker import Worker

    failed, worker = False, Worker()
    try:
        for file in args.files:
            try:
                records = await _records(worker, _body(file), catalogue, args.outlet, args.url, feed=args.feed)
            except Unreadable as e:
                records, failed = [{"error": str(e)}], True
            except OSError as e:
                records, failed = [{"error": f"cannot be read: {e.strerror}"}], True
            for record in records:
                print(json.dumps({"file": file} | record, ensure_ascii=False))
    finally:
        worker.close()
    return 1 if failed else 0


def _body(file: str) -> bytes:
    """What of the file counts. Raises OSError."""
    from crawler.extract.decode import MAX_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES)
    with Path(file).open("rb") as opened:
        return opened.read(MAX_BYTES)


async def _records(
    worker: Worker, body: bytes, catalogue: Mapping[str, Outlet], outlet_id: str | None, url: str, *, feed: bool
) -> list[dict[str, Any]]:
    """The objects to print. Raises Unreadable."""
    from crawler.outlets.catalogue import general_outlet, outlet_of_host

    module, reader = ("crawler.extract.source", "read_source") if feed else ("crawler.extract.page", "extract_page")
    address = url or await worker.run(f"{module}:own_address", body)
    outlet = catalogue.get(outlet_id) if outlet_id else outlet_of_host(catalogue, address)
    outlet = outlet or general_outlet(outlet_id or "unknown", address)
    found = await worker.run(f"{module}:{reader}", body, url=address, outlet=outlet, fetched_at=datetime.now(UTC))
    return [one.record() for one in (found if feed else [found])]
