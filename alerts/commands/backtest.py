"""What rules would have sent on the stored archive: alerts a day for each channel, samples, the noisiest terms.

The functions are those of a pass; the store is only read. With --against, what the rules of now add to those of
another file, or of a git revision, and what they take away.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from alerts.commands.run import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from alerts.backtest import Archived, Would
    from alerts.config import Config
    from alerts.places.gazetteer import Gazetteer
    from alerts.rules.model import Match, RuleSet
    from crawler.outlets.catalogue import Outlet

SAMPLES = 3
"""Headlines shown for each channel."""
NOISIEST = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "rule", nargs="?", metavar="RULE", help="only this rule, whatever its status (default: all that are live)"
    )
    parser.add_argument(
        "--since", type=duration, default=duration("7d"), metavar="7d", help="how far back (default: 7d)"
    )
    parser.add_argument(
        "--against", metavar="FILE|REV", help="the rules to compare with: a file, or a git revision such as HEAD"
    )
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument("--json", action="store_true", help="one JSON object an alert")
    parser.epilog = """example:
  marsad backtest east-strikes --since 3d --against HEAD
"""


def run(args: argparse.Namespace) -> int:
    """Prints what would have been sent; returns the exit code."""
    import json
    from datetime import UTC, datetime

    from alerts.backtest import difference, live
    from alerts.cli import OK
    from alerts.config import Config, ConfigError
    from alerts.places.opening import opener
    from alerts.rules.schema import load_rules
    from alerts.store.database import exists
    from crawler.outlets.catalogue import load_catalogue

    config = Config.from_env(rules=args.rules)
    outlets = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, outlets, gazetteer=gazetteer)
    if args.rule and not live(rules, args.rule):
        raise ConfigError(f"{config.rules}: there is no rule {args.rule}; name one of its rules")
    if not exists(config.database_url):
        raise ConfigError(f"{config.state_dir} holds no store yet; `marsad run` makes it")
    since = datetime.now(UTC) - args.since
    now = _replayed(config, rules, args.rule, gazetteer, outlets, since)
    if args.against:
        other = _other_rules(args.against, config.rules, outlets, gazetteer)
        before = _replayed(config, other, args.rule, gazetteer, outlets, since)
        added, gone = difference(now, before)
        if args.json:
            for sign, would in (("+", added), ("-", gone)):
                print("\n".join(json.dumps({"change": sign, **_record(w)}, ensure_ascii=False) for w in would))
            return OK
        print(
            f"Against {args.against}: {len(added)} alerts more, {len(gone)} fewer; {len(before)} before, {len(now)} now"
        )
        for sign, would in (("+", added), ("-", gone)):
            for one in sorted(would, key=lambda w: w.article.at):
                print(f"  {sign} {one.day} {one.channel}: {one.article.document.title}")
        return OK
    if args.json:
        for one in now:
            print(json.dumps(_record(one), ensure_ascii=False))
        return OK
    print("\n".join(_table(now)))
    return OK


def _record(would: Would) -> dict[str, Any]:
    return {
        "day": would.day.isoformat(),
        "channel": would.channel,
        "rules": list(would.rules),
        "terms": list(would.terms),
        "title": would.article.document.title,
        "outlet": would.article.outlet,
        "url": would.article.url,
    }


def _table(would: Sequence[Would]) -> Iterator[str]:
    """Days by channels, then samples and the noisiest terms."""
    from alerts.backtest import by_day, noisiest

    channels = sorted({one.channel for one in would})
    if not channels:
        yield "Nothing would have been sent."
        return
    widths = [max(len(name), 5) for name in channels]
    yield "day         " + "  ".join(name.rjust(width) for name, width in zip(channels, widths, strict=True))
    for day, counts in by_day(would).items():
        yield f"{day}  " + "  ".join(
            str(counts[name]).rjust(width) for name, width in zip(channels, widths, strict=True)
        )
    totals = [sum(one.channel == name for one in would) for name in channels]
    yield "all         " + "  ".join(str(n).rjust(width) for n, width in zip(totals, widths, strict=True))
    for name in channels:
        yield f"\n{name}, the last of them:"
        last = [one for one in would if one.channel == name][-SAMPLES:]
        for one in last:
            yield f"  {one.article.at:%Y-%m-%d %H:%M} {one.article.outlet}: {one.article.document.title}"
    yield "\nWhat took part most often: " + "، ".join(f"{term} {n}" for term, n in noisiest(would, NOISIEST))


def _replayed(
    config: Config,
    rules: RuleSet,
    only: str | None,
    gazetteer: Callable[[], Gazetteer],
    outlets: Mapping[str, Outlet],
    since: datetime,
) -> tuple[Would, ...]:
    from dataclasses import replace

    from alerts.backtest import live, replay
    from alerts.rules.engine import Engine

    engine = Engine.of(replace(rules, rules=live(rules, only)), gazetteer)

    def found() -> Iterator[tuple[Archived, Sequence[Match]]]:
        for article in _progress(archived(config, outlets, since)):
            yield article, engine.match(article.document)

    return replay(found(), rules.channels)


def archived(config: Config, outlets: Mapping[str, Outlet], since: datetime) -> Iterator[Archived]:
    """The stored articles that were news since then, oldest first, each in its newest text. Raises StoreError."""
    from alerts.backtest import Archived
    from alerts.decide import document_of
    from alerts.store.database import open_engine, reading
    from alerts.store.decisions import archive

    engine = open_engine(config.database_url)
    try:
        with reading(engine) as connection:
            for version, story in archive(connection, since):
                document = document_of(version, outlets)
                yield Archived(version.article, story, version.at, version.outlet, version.url, document)
    finally:
        engine.dispose()


def _progress(articles: Iterator[Archived]) -> Iterator[Archived]:
    """The same, counted on standard error where that is a terminal."""
    import sys

    shown = sys.stderr.isatty()
    for number, article in enumerate(articles, start=1):
        if shown and number % 500 == 0:
            print(f"\r{number} articles", end="", file=sys.stderr, flush=True)
        yield article
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _other_rules(named: str, rules: Path, outlets: Mapping[str, Outlet], gazetteer: Callable[[], Gazetteer]) -> RuleSet:
    """The rules of a file, or of the rules file at a git revision. Raises ConfigError, RulesError."""
    import os
    import subprocess
    from pathlib import Path

    from alerts.config import ConfigError
    from alerts.rules.messages import editor_language
    from alerts.rules.schema import load_rules, parse_reading

    if Path(named).is_file():
        return load_rules(Path(named), outlets, gazetteer=gazetteer)
    shown = subprocess.run(  # noqa: S603  # no shell; a revision that begins with - is refused by git's --end-of-options
        ["git", "show", "--end-of-options", f"{named}:./{rules.name}"],  # noqa: S607
        cwd=rules.parent,
        capture_output=True,
        check=False,
    )
    if shown.returncode:
        why = shown.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise ConfigError(f"--against {named}: no such file, and no git revision that holds {rules.name} ({why[0]})")
    return parse_reading(shown.stdout, f"{named}:{rules.name}", outlets, editor_language(os.environ), gazetteer).rules
