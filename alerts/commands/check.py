"""Checks rules.yaml: every mistake with file, line and column, what is wrong and what would be right; then runs the
examples inside the rules.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from alerts.records import line_of

if TYPE_CHECKING:
    from alerts.rules.messages import Language
    from alerts.rules.model import Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("file", metavar="RULES", nargs="?", help="the rules file; - is standard input")
    parser.add_argument("--rules", metavar="FILE", help="the same; default: MARSAD_RULES, or rules.yaml here")
    parser.add_argument("--json", action="store_true", help="print one JSON object with all problems")
    parser.add_argument(
        "--lang", choices=("ar", "en"), help="the language of messages; default: that of the environment"
    )
    parser.epilog = """exit codes:
  0   the file is good (there may be warnings)
  1   an example is not as the file says
  2   the file cannot be used

messages are in Arabic with --lang ar, or where MARSAD_LANGUAGE, LC_ALL or LANG begins with ar

example:
  marsad check rules.yaml
"""


def run(args: argparse.Namespace) -> int:
    """Prints problems on standard error and a summary on standard output; returns the exit code."""
    import os
    import sys

    from alerts.cli import NOT_SO, OK, USAGE
    from alerts.config import Config
    from alerts.places.opening import opener
    from alerts.rules.check import check
    from alerts.rules.messages import editor_language
    from alerts.rules.model import RulesError
    from alerts.rules.schema import parse_reading, read_rules
    from alerts.rules.yaml_nodes import MAX_BYTES
    from crawler.outlets.catalogue import load_catalogue

    language: Language = args.lang or editor_language(os.environ)
    named = args.file if args.file != "-" else None
    config = Config.from_env(rules=named or args.rules)
    outlets = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    try:
        if args.file == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
            reading = parse_reading(data, "<stdin>", outlets, language, gazetteer)
        else:
            reading = read_rules(config.rules, outlets, language, gazetteer)
    except RulesError as e:
        if not args.json:
            raise
        _print_json(e.files[0], e.problems)
        return USAGE
    finding = check(reading, language, gazetteer)
    if args.json:
        _print_json(reading.rules.path, finding.problems)
    else:
        for problem in finding.problems:
            print(_line(problem, language), file=sys.stderr)
    if finding.failed:
        return NOT_SO
    if not args.json:
        rules = reading.rules
        counts = (len(rules.rules), len(rules.channels), len(rules.outlets or outlets), len(reading.examples))
        print(_SUMMARY[language].format(rules.path, *counts))
    return OK


_WARNING = {"en": "warning", "ar": "تنبيه"}
_SUMMARY = {
    "en": "{}: good; rules: {}, channels: {}, outlets: {}, examples: {}",
    "ar": "{}: سليم؛ القواعد: {}، القنوات: {}، المصادر: {}، الأمثلة: {}",
}


def _line(problem: Problem, language: Language) -> str:
    if problem.level == "error":
        return str(problem)
    return str(replace(problem, what=f"{_WARNING[language]}: {problem.what}"))


def _print_json(path: str, problems: Iterable[Problem]) -> None:
    listed = [asdict(problem) for problem in problems]
    good = not any(problem["level"] == "error" for problem in listed)
    print(line_of({"file": path, "good": good, "problems": listed}))
