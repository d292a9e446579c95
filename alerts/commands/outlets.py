"""The catalogue of outlets: who is read, by which ways in, and how far each is proven."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alerts.config import Config, ConfigError

if TYPE_CHECKING:
    from crawler.outlets.catalogue import Outlet, Way

_EPILOG = """example:
  marsad outlets
  marsad outlets arab48 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad outlets`."""
    parser.epilog = _EPILOG
    parser.add_argument("ids", metavar="ID", nargs="*", help="only these outlets")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with every fact")


def run(args: argparse.Namespace) -> int:
    """Prints the outlets asked for; 1 where one is not in the catalogue. Raises ConfigError."""
    import sys

    from crawler.outlets.catalogue import CatalogueError, load_catalogue

    try:
        catalogue = load_catalogue(Config.from_env().outlets_dir)
    except CatalogueError as e:
        raise ConfigError(str(e)) from e
    unknown = [name for name in args.ids if name not in catalogue]
    for name in unknown:
        print(f"marsad: there is no outlet {name}; `marsad outlets` lists those there are", file=sys.stderr)
    chosen = [outlet for name, outlet in catalogue.items() if not args.ids or name in args.ids]
    if args.json:
        for outlet in chosen:
            print(json.dumps(_record(outlet), ensure_ascii=False))
    elif chosen:
        print(_table(chosen))
    return 1 if unknown else 0


def _table(outlets: Sequence[Outlet]) -> str:
    """Columns aligned; the Arabic name comes last, where its direction moves nothing."""
    rows = [("id", "country", "zone", "every", "ways in", "name")]
    for outlet in outlets:
        every = f"{int(outlet.interval.total_seconds())}s" if outlet.interval else "-"
        ways = [
            f"{len(found)} {kind}"
            for kind, found in (("feeds", outlet.feeds), ("listings", outlet.listings), ("sitemaps", outlet.sitemaps))
            if found
        ]
        name = f"{outlet.name_en} ({outlet.name_ar})"
        rows.append((outlet.id, outlet.country, outlet.timezone.key, every, ", ".join(ways), name))
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    return "\n".join(
        "  ".join([*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[5]]) for row in rows
    )


def _record(outlet: Outlet) -> dict[str, Any]:
    """Every fact of an outlet file, under its names."""
    from dataclasses import asdict

    def ways(found: Sequence[Way]) -> list[dict[str, Any]]:
        return [asdict(way) for way in found]

    return {
        "id": outlet.id,
        "name": {"ar": outlet.name_ar, "en": outlet.name_en},
        "country": outlet.country,
        "language": outlet.language,
        "homepage": outlet.homepage,
        "hosts": list(outlet.hosts),
        "timezone": outlet.timezone.key,
        "z_is_local": outlet.z_is_local,
        "interval": int(outlet.interval.total_seconds()) if outlet.interval else None,
        "tags": list(outlet.tags),
        "feeds": ways(outlet.feeds),
        "listings": ways(outlet.listings),
        "sitemaps": ways(outlet.sitemaps),
        "article_url": outlet.article_url.pattern if outlet.article_url else None,
        "selectors": asdict(outlet.selectors),
        "listing": asdict(outlet.listing_selectors),
        "boilerplate": [pattern.pattern for pattern in outlet.boilerplate],
        "evidence": list(outlet.evidence),
        "checked": outlet.checked,
    }
