"""Articles in, matches out, as JSON lines: which rules of rules.yaml fire on each article, and by which words.

Touches no store and sends nothing. Rules in draft are not matched, those in test are.
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="articles, one JSON object a line; default: -"
    )
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument("--json", action="store_true", help="JSON lines; the output is always that")
    parser.add_argument(
        "--lang",
        choices=("ar", "en"),
        help="the language of the mistakes of the rules file; default: that of the environment",
    )
    parser.epilog = """in:  {"id", "url", "outlet", "title", "text", "published_at"}; only id and text are required
out: {"id", "matches": [{"rule", "severity", "channels", "evidence": [...]}], "places": [...]}
     {"id", "error"} in the place of a record that cannot be read; the exit status is then 1

example:
  echo '{"id": 1, "text": "غارات على البوكمال"}' | marsad match
"""


def run(args: argparse.Namespace) -> int:
    """Answers each record as it comes; returns the exit code."""
    import sys
    from pathlib import Path

    from alerts.cli import NOT_SO, OK
    from alerts.config import Config, ConfigError
    from alerts.places.opening import opener
    from alerts.records import Unread, document_of, line_of, read_records
    from alerts.rules.engine import Engine
    from alerts.rules.schema import load_rules
    from crawler.outlets.catalogue import load_catalogue

    config = Config.from_env(rules=args.rules)
    outlets = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, outlets, args.lang, gazetteer)
    engine = Engine.of(rules, gazetteer, all_places=True)
    try:
        stream = sys.stdin.buffer if args.file == "-" else Path(args.file).open("rb")  # noqa: SIM115  # closed below
    except OSError as e:
        raise ConfigError(f"{args.file}: cannot be read ({e.strerror}); name a file of JSON lines, or -") from e
    code = OK
    with stream:
        for record in read_records(stream):
            if isinstance(record, Unread):
                code = NOT_SO
                answer = record.record()
            else:
                matches, places = engine.survey(document_of(record, outlets))
                answer = {
                    "id": record.id,
                    "matches": [match.record() for match in matches],
                    "places": [place.record() for place in places],
                }
            print(line_of(answer), flush=True)  # a reader downstream sees each answer when it is decided
    return code
