"""The catalogue of outlets: who is read, by which ways in, and how far each is proven.

With --check each outlet is tried for real; `add URL` drafts the file of a new one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from alerts.config import Config, ConfigError
from crawler.outlets.catalogue import KINDS, PROVEN

if TYPE_CHECKING:
    from crawler.outlets.catalogue import Api, Outlet, Way

_EPILOG = """example:
  marsad outlets
  marsad outlets arab48 --json
  marsad outlets --country SY --kind agency --proven live
  marsad outlets --check sana enab-baladi
  marsad outlets add https://www.daily.test --country SY --out my-outlets

--check leaves with 1 where an outlet fails: no way in gives anything, or no article can be read
"""
_JOBS = 8
"""Outlets that are tried at a time: each waits for its own site most of the time."""
_ARTICLES = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad outlets`."""
    parser.epilog = _EPILOG
    parser.add_argument("ids", metavar="ID", nargs="*", help="only these outlets, each in full; or: add URL")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with every fact")
    chosen = parser.add_argument_group("only outlets of (with add: what the new one is)")
    chosen.add_argument("--country", metavar="SY", type=_country, help="this country (ISO 3166-1)")
    chosen.add_argument("--kind", choices=KINDS, help="this kind")
    chosen.add_argument("--language", metavar="ar", help="this language (ISO 639)")
    chosen.add_argument("--tag", metavar="TAG", help="this tag")
    chosen.add_argument("--proven", choices=PROVEN, help="a best way in that is proven so far")
    trying = parser.add_argument_group("trying")
    trying.add_argument("--check", action="store_true", help="try each for real, and report what was found")
    trying.add_argument(
        "--articles", metavar="N", type=_number, default=_ARTICLES, help=f"articles of each (default {_ARTICLES})"
    )
    trying.add_argument("--jobs", metavar="N", type=_number, default=_JOBS, help=f"outlets at a time (default {_JOBS})")
    adding = parser.add_argument_group("adding")
    adding.add_argument("--id", help="with add: the new outlet's id (default: after its address)")
    adding.add_argument("--out", metavar="FOLDER", help="with add: where its file goes (default: MARSAD_OUTLETS)")
    adding.add_argument("--yes", action="store_true", help="with add: write without asking")


def _country(text: str) -> str:
    if len(text) != 2 or not (text.isascii() and text.isalpha()):
        raise argparse.ArgumentTypeError(f"{text!r} is no country; write the two letters of ISO 3166-1, e.g. SY")
    return text.upper()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Prints the outlets asked for, tries them, or drafts a new one; 1 where there is none such, or one fails.

    Raises ConfigError.
    """
    from crawler.outlets.catalogue import CatalogueError, load_catalogue

    try:
        if args.ids[:1] == ["add"]:
            from alerts.commands.outlets_add import add

            return add(args, Config.from_env().outlets_dir)
        if args.id or args.out or args.yes:
            raise ConfigError("--id, --out and --yes are for adding an outlet; write: marsad outlets add URL")
        catalogue = load_catalogue(Config.from_env().outlets_dir)
        unknown = [name for name in args.ids if name not in catalogue]
        named = [catalogue[name] for name in dict.fromkeys(args.ids) if name in catalogue]
        chosen = _matching(named if args.ids else catalogue.values(), args)
    except CatalogueError as e:
        raise ConfigError(str(e)) from e
    for name in unknown:
        print(f"marsad: there is no outlet {name}; `marsad outlets` lists those there are", file=sys.stderr)
    if not chosen and not unknown:
        print("marsad: no outlet is all of this; `marsad outlets` lists those there are", file=sys.stderr)
    if args.check and chosen:
        from alerts.commands.outlets_check import check

        return max(check(chosen, articles=args.articles, jobs=args.jobs, as_json=args.json), 1 if unknown else 0)
    if args.json:
        for outlet in chosen:
            print(json.dumps(record(outlet), ensure_ascii=False))
    elif args.ids:
        print("\n\n".join("\n".join(_in_full(outlet)) for outlet in chosen))
    elif chosen:
        print(_table(chosen))
    return 1 if unknown or not chosen else 0


def _matching(outlets: Iterable[Outlet], args: argparse.Namespace) -> list[Outlet]:
    """Those that are all that the options say."""
    return [
        outlet
        for outlet in outlets
        if args.country in (None, outlet.country)
        and args.kind in (None, outlet.kind)
        and args.language in (None, outlet.language)
        and args.proven in (None, outlet.proven)
        and (args.tag is None or args.tag in outlet.tags)
    ]


def _ways(outlet: Outlet) -> tuple[tuple[str, Sequence[Way | Api]], ...]:
    """The ways in, by the names that their keys in a file have in the singular."""
    found = (("feed", outlet.feeds), ("sitemap", outlet.sitemaps), ("api", outlet.apis), ("listing", outlet.listings))
    return tuple((kind, ways) for kind, ways in found if ways)


def _table(outlets: Sequence[Outlet]) -> str:
    """Columns aligned; the Arabic name comes last, where its direction moves nothing."""
    rows = [("id", "country", "kind", "ways in", "proven", "pages", "name")]
    for outlet in outlets:
        ways = ", ".join(f"{len(ways)} {kind}{'' if len(ways) == 1 else 's'}" for kind, ways in _ways(outlet))
        pages = outlet.layout or ("known" if outlet.evidenced else "general")
        name = f"{outlet.name_en} ({outlet.name_ar})"
        rows.append((outlet.id, outlet.country, outlet.kind or "-", ways or "-", outlet.proven, pages, name))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join([*map(str.ljust, row[:-1], widths), row[-1]]) for row in rows)


def _in_full(outlet: Outlet) -> list[str]:
    """Every fact of an outlet that a person asks for, a line for each."""
    facts: list[tuple[str, str]] = [
        ("country", outlet.country),
        ("kind", outlet.kind),
        ("language", outlet.language),
        ("zone", outlet.timezone.key),
        ("homepage", outlet.homepage),
        ("hosts", ", ".join(outlet.hosts)),
        ("family", outlet.family),
    ]
    for kind, ways in _ways(outlet):
        for way in ways:
            remarks = "; ".join(filter(None, [way.proven, "whole text" if way.whole_text else "", way.note]))
            facts.append((kind, f"{way.url}  ({remarks})"))
    facts.append(("articles", outlet.article_url.pattern if outlet.article_url else ""))
    chosen = outlet.selectors
    for name in chosen.__dataclass_fields__:
        facts += [(name, selector) for selector in getattr(chosen, name)]
    if not outlet.evidenced:
        facts.append(("pages", "by general extraction; their shape is not known"))
    facts.append(("layout", f"as seen in {outlet.layout}" if outlet.layout else ""))
    facts += [("drop text", pattern.pattern) for pattern in outlet.boilerplate]
    facts += [
        ("interval", _seconds(outlet.interval)),
        ("delay", _seconds(outlet.crawl_delay)),
        ("dates", ", ".join(_oddities(outlet))),
        ("encodings", ", ".join(outlet.accept_encoding)),
        ("proxy", f"MARSAD_PROXY_{outlet.proxy}" if outlet.proxy else ""),
        (
            "telegram",
            f"@{outlet.telegram}{', read where the site refuses' * outlet.telegram_allowed}" * bool(outlet.telegram),
        ),
        ("tags", ", ".join(outlet.tags)),
        *(("evidence", evidence) for evidence in outlet.evidence),
        ("checked", outlet.checked),
    ]
    return [
        f"{outlet.id}  {outlet.name_en} ({outlet.name_ar})",
        *(f"  {name:<10} {value}" for name, value in facts if value),
    ]


def _oddities(outlet: Outlet) -> Iterable[str]:
    if outlet.z_is_local:
        yield "its Z is the local time"
    if outlet.feed_offset_is_false:
        yield "its feed's offset is false, the clock is UTC"
    if outlet.month_first is not None:
        yield "the month comes first" if outlet.month_first else "the day comes first"


def _seconds(duration: Any) -> str:
    return f"{duration.total_seconds():g} s" if duration else ""


def record(outlet: Outlet) -> dict[str, Any]:
    """Every fact of an outlet file, under its names; durations in seconds."""
    from dataclasses import asdict

    def every(ways: Sequence[Way | Api]) -> list[dict[str, Any]]:
        return [asdict(way) for way in ways]

    return {
        "id": outlet.id,
        "name": {"ar": outlet.name_ar, "en": outlet.name_en},
        "kind": outlet.kind or None,
        "country": outlet.country,
        "language": outlet.language,
        "homepage": outlet.homepage,
        "hosts": list(outlet.hosts),
        "timezone": outlet.timezone.key,
        "family": outlet.family or None,
        "proven": outlet.proven,
        "evidenced": outlet.evidenced,
        "feeds": every(outlet.feeds),
        "sitemaps": every(outlet.sitemaps),
        "apis": every(outlet.apis),
        "listings": every(outlet.listings),
        "article_url": outlet.article_url.pattern if outlet.article_url else None,
        "layout": outlet.layout or None,
        "selectors": asdict(outlet.selectors),
        "listing": asdict(outlet.listing_selectors),
        "boilerplate": [pattern.pattern for pattern in outlet.boilerplate],
        "z_is_local": outlet.z_is_local,
        "feed_offset_is_false": outlet.feed_offset_is_false,
        "month_first": outlet.month_first,
        "accept_encoding": list(outlet.accept_encoding),
        "interval": int(outlet.interval.total_seconds()) if outlet.interval else None,
        "crawl_delay": outlet.crawl_delay.total_seconds() if outlet.crawl_delay else None,
        "proxy": outlet.proxy or None,
        "telegram": {"channel": outlet.telegram, "instead": outlet.telegram_allowed} if outlet.telegram else None,
        "tags": list(outlet.tags),
        "evidence": list(outlet.evidence),
        "checked": outlet.checked or None,
    }
