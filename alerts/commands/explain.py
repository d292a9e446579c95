"""Says why a rule fires on an article or does not: each demand met or missed, by what, and the article with every
hit marked.

The article is a record (JSON), a saved page (HTML) or plain text whose first line is the title, told apart by its
beginning.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.rules.engine import Trace
    from alerts.rules.messages import Language
    from alerts.rules.model import Document, Rule, RuleSet
    from crawler.outlets.catalogue import Outlet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("rule", metavar="RULE", help="the id of a rule in the rules file")
    parser.add_argument("source", metavar="FILE|URL|-", nargs="?", default="-", help="the article; default: -")
    parser.add_argument("--outlet", metavar="ID", help="the outlet that the article is of")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--lang", choices=("ar", "en"), help="the language of messages; default: that of the environment"
    )
    parser.epilog = """exit codes:
  0   the rule fires
  1   it does not
  2   the rule, the rules file or the article cannot be read

example:
  echo "غارات على البوكمال" | marsad explain east-strikes
"""


def run(args: argparse.Namespace) -> int:
    """Prints the account on standard output; returns the exit code."""
    import os
    import sys

    from alerts.cli import NOT_SO, OK
    from alerts.config import Config
    from alerts.places.opening import opener
    from alerts.records import line_of
    from alerts.rules.engine import Engine, resolver_of
    from alerts.rules.explain import record
    from alerts.rules.messages import editor_language
    from alerts.rules.schema import load_rules
    from crawler.outlets.catalogue import load_catalogue

    language: Language = args.lang or editor_language(os.environ)
    config = Config.from_env(rules=args.rules)
    outlets = load_catalogue(config.outlets_dir)
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, outlets, language, gazetteer)
    rule = _rule(rules, args.rule, language)
    if args.source.lower().startswith(("http://", "https://")):
        document = _fetch(args.source, args.outlet, outlets)
    else:
        document = read_document(read_source(args.source), args.source, args.outlet, outlets)
    resolver = resolver_of(rules, gazetteer) if rules.uses_places else None
    trace = Engine((), rules.ignore, resolver).trace(rule, document)
    if args.json:
        print(line_of(record(trace, language)))
    else:
        print(show(trace, document, language, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return OK if trace.fires else NOT_SO


def _rule(rules: RuleSet, rule_id: str, language: Language) -> Rule:
    from alerts.config import ConfigError
    from alerts.rules.messages import nearest

    found = {rule.id: rule for rule in rules.rules}
    if rule_id not in found:
        raise ConfigError(
            f"{rules.path}: there is no rule {rule_id}; name one of its rules{nearest(rule_id, found, language)}"
        )
    return found[rule_id]


def read_source(source: str) -> bytes:
    """The bytes of a file or of standard input. Raises ConfigError."""
    import sys
    from pathlib import Path

    from alerts.config import ConfigError
    from alerts.records import MAX_BYTES

    try:
        if source == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as e:
        raise ConfigError(f"{source}: cannot be read ({e.strerror}); name a file with an article, or -") from e
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: is larger than {MAX_BYTES >> 20} MiB; name a file with one article")
    return data


def read_document(data: bytes, source: str, outlet_id: str | None, outlets: Mapping[str, Outlet]) -> Document:
    """The article in `data`, by its beginning: `{` a record, `<` a page, else plain text. `source` is its name in
    errors, `outlet_id` goes before what the record says. Raises ConfigError."""
    from dataclasses import replace

    from alerts.config import ConfigError
    from alerts.records import Record, Unread, document_of, parse_record

    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return _page(data, source, outlet_id, outlets)
    if start.startswith(b"{"):
        record = parse_record(data)
        if isinstance(record, Unread):  # or the first of many, one a line
            record = next(
                r for r in (parse_record(start.splitlines()[0]), record) if isinstance(r, Record) or r is record
            )
        if isinstance(record, Unread):
            raise ConfigError(f'{source}: {record.error}; write {{"id": 1, "title": "…", "text": "…"}}')
    else:
        try:
            title, _, text = data.decode("utf-8-sig").strip().partition("\n")
        except UnicodeDecodeError as e:
            raise ConfigError(f"{source}: is not UTF-8; save the text as UTF-8") from e
        record = Record(id=source, title=title.strip(), text=text)
    return document_of(replace(record, outlet=outlet_id or record.outlet), outlets)


def _fetch(url: str, outlet_id: str | None, outlets: Mapping[str, Outlet]) -> Document:
    """The article at an address, as the crawler would fetch it. Raises ConfigError."""
    import asyncio
    from datetime import UTC, datetime

    from alerts.config import ConfigError
    from alerts.rules.model import Document
    from crawler.extract.unreadable import Unreadable
    from crawler.one_page import fetch_article
    from crawler.outlets.catalogue import general_outlet, outlet_of_host

    outlet = outlets.get(outlet_id or "") or outlet_of_host(outlets, url) or general_outlet(outlet_id or "", url)
    try:
        article = asyncio.run(fetch_article(url, outlet, lambda: datetime.now(UTC)))
    except Unreadable as e:
        raise ConfigError(f"{url}: gave no article ({e.kind}: {e.detail}); or save the page and name the file") from e
    return Document(article.title, article.text, outlet.id or None)


def _page(data: bytes, source: str, outlet_id: str | None, outlets: Mapping[str, Outlet]) -> Document:
    from datetime import UTC, datetime

    from alerts.config import ConfigError
    from alerts.rules.model import Document
    from crawler.extract.page import extract_page
    from crawler.extract.unreadable import Unreadable
    from crawler.outlets.catalogue import general_outlet

    outlet = outlets.get(outlet_id or "") or general_outlet(outlet_id or "", "")
    try:
        article = extract_page(data, url="", outlet=outlet, fetched_at=datetime.now(UTC))
    except Unreadable as e:
        raise ConfigError(f"{source}: no article was found ({e.detail}); name the outlet, --outlet ID") from e
    return Document(article.title, article.text, outlet_id)


_BOLD, _DIM, _PLAIN = "\033[1;33m", "\033[2m", "\033[0m"


def show(trace: Trace, document: Document, language: Language, *, colour: bool) -> str:
    """The account and the marked article, for a terminal (`colour`) or a file."""
    from alerts.rules.explain import account, headline, occurrences, pieces

    hit, cut = ((_BOLD, _PLAIN), (_DIM, _PLAIN)) if colour else (("⟦", "⟧"), ("⟨", "⟩"))
    lines = [headline(trace, language)]
    lines += [f"{'  ' * line.depth}{'✓' if line.met else '✗'} {line.text}" for line in account(trace, language)]
    found = list(occurrences(trace))
    for field in ("title", "text"):
        marked = (
            _marked(piece.text, *(hit if piece.hit else cut)) if piece.hit or not piece.kept else piece.text
            for piece in pieces(document, field, found)
        )
        lines += ["", "".join(marked)]
    return "\n".join(lines)


def _marked(text: str, before: str, after: str) -> str:
    """The text between marks, line by line; blank ends stay outside."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return text[:start] + before + inner.replace("\n", f"{after}\n{before}") + after + text[start + len(inner) :]
