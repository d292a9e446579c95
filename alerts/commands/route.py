"""Tells where an article would go now, and why: the rules that match, their channels, and for each channel whether it
is told at once, waits (until when, for what), is silenced, or has been told.

The same functions decide as in a pass, on what the store holds; nothing is stored and nothing is sent.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from alerts.commands.silence import moment

if TYPE_CHECKING:
    from alerts.outlook import Way


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "source", metavar="FILE", nargs="?", default="-", help="an article as one JSON object; default: -"
    )
    parser.add_argument("--at", metavar="TIME", type=moment, help="as if it were that time (ISO 8601); default: now")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument(
        "--lang",
        choices=("ar", "en"),
        help="the language of the mistakes of the rules file; default: the environment's",
    )
    parser.epilog = """exit codes: 0 it is told, now or later; 1 it is told nowhere

example:
  echo '{"id": 1, "text": "غارات على البوكمال"}' | marsad route --at 2026-11-24T02:00+03:00
"""


def run(args: argparse.Namespace) -> int:
    """Prints the ways of the article; returns the exit code."""
    from alerts.cli import NOT_SO, OK
    from alerts.commands.explain import read_source
    from alerts.config import Config, ConfigError
    from alerts.decide import Desk
    from alerts.delivery.routing import AGE_LIMIT
    from alerts.outlook import outlook
    from alerts.places.opening import opener
    from alerts.records import Unread, line_of, parse_record
    from alerts.rules.engine import Engine
    from alerts.rules.schema import load_rules
    from alerts.service import now_utc
    from alerts.store.database import exists, open_engine, reading
    from alerts.store.decisions import Decisions
    from crawler.outlets.catalogue import load_catalogue

    config = Config.from_env(rules=args.rules)
    outlets = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, outlets, args.lang, gazetteer)
    record = parse_record(read_source(args.source))
    if isinstance(record, Unread):
        raise ConfigError(f'{args.source}: {record.error}; write {{"id": 1, "title": "…", "text": "…"}}')
    now = args.at or now_utc()
    desk = Desk(rules, Engine.of(rules, gazetteer, all_places=True), outlets, gazetteer, AGE_LIMIT)
    if exists(config.database_url):
        engine = open_engine(config.database_url)
        with reading(engine) as connection:
            ways = outlook(desk, record, Decisions(connection, now), now)
        engine.dispose()
    else:
        ways = outlook(desk, record, None, now)
    if args.json:
        print(line_of({"id": record.id, "now": now.isoformat(), "ways": [way.record() for way in ways]}))
    elif ways:
        print("\n".join(_line(way) for way in ways))
    else:
        print("No rule matches: it is told nowhere.")
    return OK if any(way.outcome in ("alert", "held") for way in ways) else NOT_SO


_HELD = {"digest": "for its digest", "quiet": "for the end of its quiet hours", "limit": "for its share of the hour"}


def _line(way: Way) -> str:
    head = f"{way.rule.id} ({way.rule.severity}) → {way.channel.name} ({way.channel.to}): "
    match way.outcome:
        case "alert":
            return f"{head}at once"
        case "held" if way.held and way.until:
            local = way.until.astimezone(way.channel.timezone)
            return f"{head}waits {_HELD[way.held]}, until {local:%Y-%m-%d %H:%M %Z}"
        case "silenced" if way.silence:
            until = way.silence.until.astimezone(way.channel.timezone)
            about = f"{way.silence.kind} {way.silence.name}"
            return f"{head}silenced, {about}, until {until:%Y-%m-%d %H:%M %Z}: {way.silence.because}"
        case "told":
            return f"{head}not again, its story has been told there"
        case "old":
            return f"{head}not told, it is older than an alert may be"
        case _:
            return f"{head}not told, the rule is in test"
