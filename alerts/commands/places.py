"""The places in articles or in a text: every name that is a place there, and which place it is.

The gazetteer that ships can be added to: import, sources and remove.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from alerts.places.gazetteer import Gazetteer
    from alerts.places.importing import Report
    from alerts.places.model import PlaceHit
    from alerts.places.resolve import Resolver
    from alerts.rules.messages import Language

_PEEK = 1 << 16
"""Bytes of a stream that are looked at to tell records from plain text."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "what", metavar='FILE|-|"text"', nargs="*", default=["-"], help="JSON lines, or a text; default: -"
    )
    parser.add_argument("--json", action="store_true", help="JSON lines; what is read as records is always answered so")
    parser.add_argument("--source", metavar="KIND", help="with import: cod, geonames, wof or csv")
    parser.add_argument(
        "--column", metavar="FIELD=NAME", action="append", default=[], help="with import: what a column of a csv holds"
    )
    parser.epilog = """in:  {"id", "url", "outlet", "title", "text", "published_at"}; only id and text are required; or
     plain text
out: {"id", "places": [{"field", "start", "end", "surface", "id", "name", "kind", "path"}]}
     {"id", "error"} in the place of a record that cannot be read; the exit status is then 1

examples:
  marsad places "قصف على صور وبنت جبيل جنوب لبنان"
  marsad places --json articles.jsonl > places.jsonl
  marsad places import syr_adminareas.tsv --source cod
  marsad places sources
  marsad places remove syr_adminareas.tsv
"""


def run(args: argparse.Namespace) -> int:
    """Answers each record as it comes, or prints the places of a text; returns the exit code."""
    import os

    from alerts.config import Config
    from alerts.rules.messages import editor_language

    config = Config.from_env()
    if args.what[0] in ("import", "sources", "remove"):
        return _change(args, config.state_dir)
    from alerts.places.gazetteer import Gazetteer
    from alerts.places.resolve import Resolver

    gazetteer = Gazetteer.load(imported=config.state_dir)
    return _find(args, Resolver(gazetteer), gazetteer, editor_language(os.environ), config.outlets_dir)


def _find(
    args: argparse.Namespace, resolver: Resolver, gazetteer: Gazetteer, language: Language, outlets_dir: Path | None
) -> int:
    import contextlib
    import io
    import sys
    from pathlib import Path

    from alerts.config import ConfigError
    from alerts.records import MAX_BYTES

    source = " ".join(args.what)
    hits: list[PlaceHit] = []
    with contextlib.ExitStack() as stack:
        if source == "-":
            stream: Any = io.BufferedReader(sys.stdin.buffer)  # which can be looked into
            stack.callback(stream.detach)  # standard input is not ours to close
        elif Path(source).is_file() if len(source) < _LONGEST_PATH else False:
            try:
                stream = stack.enter_context(Path(source).open("rb"))
            except OSError as e:
                raise ConfigError(f"{source}: cannot be read ({e.strerror}); name a file, -, or a text") from e
        else:
            stream = io.BufferedReader(io.BytesIO(source.encode("utf-8", "surrogateescape")))
            source = "text"
        if _has_records(stream):
            code = _answer(stream, resolver, outlets_dir, hits, language)
        else:
            data = stream.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                raise ConfigError(f"{source}: larger than {MAX_BYTES >> 20} MiB; give it in parts, as JSON lines")
            code = _tell(data, source, resolver, gazetteer, hits, language, as_json=args.json)
    return code


_LONGEST_PATH = 1000
"""Characters; what is longer is a text, and some systems refuse to look for a file of such a name."""


def _has_records(stream: IO[bytes]) -> bool:
    """Whether one of the first lines begins a JSON object."""
    peek = stream.peek(_PEEK)[:_PEEK]  # type: ignore[attr-defined]
    return any(line.lstrip().startswith(b"{") for line in peek.removeprefix(b"\xef\xbb\xbf").splitlines())


def _answer(
    stream: IO[bytes], resolver: Resolver, outlets_dir: Path | None, hits: list[PlaceHit], language: Language
) -> int:
    from alerts.cli import NOT_SO, OK
    from alerts.records import Unread, document_of, line_of, read_records
    from alerts.rules.page import Page
    from crawler.outlets.catalogue import load_catalogue

    outlets = load_catalogue(outlets_dir)
    code = OK
    for record in read_records(stream):
        if isinstance(record, Unread):
            code = NOT_SO
            answer = record.record()
        else:
            document = document_of(record, outlets)
            found = resolver.places(Page(document), document.country, language)
            hits += found
            answer = {"id": record.id, "places": [hit.record() for hit in found]}
        print(line_of(answer), flush=True)  # a reader downstream sees each answer when it is decided
    return code


def _tell(
    data: bytes,
    source: str,
    resolver: Resolver,
    gazetteer: Gazetteer,
    hits: list[PlaceHit],
    language: Language,
    *,
    as_json: bool,
) -> int:
    """The places of a plain text, as a table or as the one record that it is."""
    from alerts.cli import NOT_SO, OK
    from alerts.config import ConfigError
    from alerts.records import Record, document_of, line_of
    from alerts.rules.page import Page

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise ConfigError(f"{source}: is not UTF-8; save the text as UTF-8") from e
    document = document_of(Record(id=source, text=text), {})
    found = resolver.places(Page(document), None, language)
    hits += found
    if as_json:
        print(line_of({"id": source, "places": [hit.record() for hit in found]}))
        return OK
    for row in _table(found, gazetteer):
        print(row)
    return OK if found else NOT_SO


def _table(hits: tuple[PlaceHit, ...], gazetteer: Gazetteer) -> Iterator[str]:
    """A row for each place: the word, the place with its path, its kind and id, and why."""
    rows: list[tuple[Any, ...]] = [
        (hit.surface, gazetteer.path_of(hit.place), hit.place.sort or hit.place.kind, hit.place.id, hit.reason)
        for hit in hits
    ]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(4)]
    for row in dict.fromkeys(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join((*cells, row[-1])).rstrip()


def _change(args: argparse.Namespace, state_dir: Path) -> int:
    """import FILE --source KIND, sources, remove NAME: what the operator added to the gazetteer."""
    from alerts.cli import NOT_SO, OK
    from alerts.config import ConfigError
    from alerts.places import importing
    from alerts.records import line_of

    what, *names = args.what
    if (what == "sources") != (not names) or len(names) > 1:
        raise ConfigError(f"marsad places {what}: write `import FILE --source KIND`, `sources` or `remove NAME`")
    if what == "remove":
        if not importing.remove_source(names[0], state_dir):
            known = ", ".join(report.name for report in importing.sources(state_dir)) or "none"
            raise ConfigError(f"{names[0]}: nothing of that name was imported; imported are: {known}")
        return OK
    reports = importing.sources(state_dir) if what == "sources" else (_import(args, names[0], state_dir),)
    for report in reports:
        print(line_of(report.record()) if args.json else _said(report))
    return OK if reports or what == "sources" else NOT_SO


def _import(args: argparse.Namespace, file: str, state_dir: Path) -> Report:
    from pathlib import Path

    from alerts.config import ConfigError
    from alerts.places.importing import import_file
    from alerts.places.tables import SOURCES, ImportFailed

    if args.source not in SOURCES:
        raise ConfigError(f"marsad places import: write --source and one of: {', '.join(SOURCES)}")
    mapping = dict(pair.partition("=")[::2] for pair in args.column)
    try:
        return import_file(Path(file), args.source, mapping or None, state_dir)
    except ImportFailed as e:
        raise ConfigError(str(e)) from e
    except OSError as e:
        raise ConfigError(f"{file}: cannot be read ({e.strerror}); name a gazetteer's file") from e


def _said(report: Report) -> str:
    """One import in a line, and a line for each reason why rows were left out."""
    lines = [f"{report.name}: {report.rows} rows, {report.taken} new places, {report.merged} known ones"]
    for reason, (rows, samples) in report.skipped.items():
        where = ", ".join(map(str, samples))
        lines.append(f"  {rows} left out: {reason} (line {where}{' …' if rows > len(samples) else ''})")
    return "\n".join(lines)
