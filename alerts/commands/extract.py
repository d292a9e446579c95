"""Saved pages to articles, or with --feed saved feeds to entries, one JSON object a line.

With --feed a file may be a feed, a sitemap (gzip too), what an outlet's JSON API answered, a channel's Telegram
preview, or an outlet's listing page: told apart by their beginnings.
Each line says its "file"; a file that yields nothing says {"file", "error"}, the others go on, and the exit code
is 1. A page whose outlet the catalogue lacks is read by general extraction and flagged `unknown-outlet`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alerts.config import Config, ConfigError

if TYPE_CHECKING:
    from crawler.outlets.catalogue import Outlet

_EPILOG = """example:
  marsad extract --outlet arab48 page.html | marsad match
  marsad extract --feed --outlet bbc-arabic --url https://feeds.bbci.co.uk/arabic/rss.xml rss.xml
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
    from crawler.extract.unreadable import Unreadable
    from crawler.outlets.catalogue import CatalogueError, load_catalogue

    try:
        catalogue = load_catalogue(Config.from_env().outlets_dir)
    except CatalogueError as e:
        raise ConfigError(str(e)) from e
    failed = False
    for file in args.files:
        try:
            body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            records = list(_records(body, catalogue, args.outlet, args.url, feed=args.feed))
        except Unreadable as e:
            records, failed = [{"error": str(e)}], True
        except OSError as e:
            records, failed = [{"error": f"cannot be read: {e.strerror}"}], True
        for record in records:
            print(json.dumps({"file": file} | record, ensure_ascii=False))
    return 1 if failed else 0


def _records(
    body: bytes, catalogue: Mapping[str, Outlet], outlet_id: str | None, url: str, *, feed: bool
) -> Iterator[dict[str, Any]]:
    from crawler.outlets.catalogue import general_outlet, outlet_of_host

    now = datetime.now(UTC)
    if feed:
        from crawler.extract.source import own_address as own_source_address
        from crawler.extract.source import read_source

        address = url or own_source_address(body)
        outlet = catalogue.get(outlet_id) if outlet_id else outlet_of_host(catalogue, address)
        outlet = outlet or general_outlet(outlet_id or "unknown", address)
        yield from (entry.record() for entry in read_source(body, url=address, outlet=outlet, fetched_at=now))
        return
    from crawler.extract.page import extract_page, own_address

    address = url or own_address(body)
    outlet = catalogue.get(outlet_id) if outlet_id else outlet_of_host(catalogue, address)
    outlet = outlet or general_outlet(outlet_id or "unknown", address)
    yield extract_page(body, url=address, outlet=outlet, fetched_at=now).record()
