"""The places in articles or in a text: every name that is a place there, and which place it is.

The gazetteer that ships can be added to: import, sources and remove. With --map the places are drawn on one page of
HTML, those of an article, of records, or of what the store holds of a day.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from alerts.commands.run import duration

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from alerts.places.gazetteer import Gazetteer
    from alerts.places.model import PlaceHit
    from alerts.places.report import Report
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
    parser.add_argument(
        "--map", metavar="OUT.html", help="draw the places on this page of HTML, in place of printing them"
    )
    stored = parser.add_mutually_exclusive_group()
    stored.add_argument("--day", metavar="2026-11-23", type=_day, help="with --map: of the stored articles of that day")
    stored.add_argument("--since", metavar="24h", type=duration, help="with --map: of the stored articles since then")
    parser.add_argument("--timezone", metavar="ZONE", help="with --day: whose day, e.g. Asia/Damascus (default: UTC)")
    parser.add_argument(
        "--lang", choices=("ar", "en"), help="the language of reasons and of the page; default: the environment's"
    )
    parser.epilog = """in:  {"id", "url", "outlet", "title", "text", "published_at"}; only id and text are required; or
     plain text
out: {"id", "places": [{"field", "start", "end", "surface", "id", "name", "kind", "path"}]}
     {"id", "error"} in the place of a record that cannot be read; the exit status is then 1

examples:
  marsad places "قصف على صور وبنت جبيل جنوب لبنان"
  marsad places --json articles.jsonl > places.jsonl
  marsad places --map out.html article.txt
  marsad places --map today.html --since 24h --lang ar
  marsad places import syr_adminareas.tsv --source cod
  marsad places sources
  marsad places remove syr_adminareas.tsv
"""


_FIRST_YEAR = 1990
"""Before any outlet's pages."""


def _day(text: str) -> date:
    from datetime import date

    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year < _FIRST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} is no day of news; write it as 2026-11-23")
    return day


def run(args: argparse.Namespace) -> int:
    """Answers each record as it comes, or prints the places of a text; returns the exit code."""
    import os

    from alerts.config import Config, ConfigError
    from alerts.rules.messages import editor_language

    config = Config.from_env()
    if args.what[0] in ("import", "sources", "remove"):
        return _change(args, config.state_dir)
    language: Language = args.lang or editor_language(os.environ)
    if args.map is not None:
        from alerts.commands.places_map import draw_map

        return draw_map(args, config, language)
    if args.day or args.since or args.timezone:
        raise ConfigError("marsad places: --day, --since and --timezone say what to draw; write --map OUT.html too")
    from alerts.places.gazetteer import Gazetteer
    from alerts.places.resolve import Resolver

    gazetteer = Gazetteer.load(imported=config.state_dir)
    return _find(args, Resolver(gazetteer), gazetteer, language, config.outlets_dir)


def _find(
    args: argparse.Namespace, resolver: Resolver, gazetteer: Gazetteer, language: Language, outlets_dir: Path | None
) -> int:
    with reading(" ".join(args.what)) as (stream, source):
        if has_records(stream):
            return _answer(stream, resolver, outlets_dir, language)
        return _tell(read_text(stream, source), source, resolver, gazetteer, language, as_json=args.json)


@contextmanager
def reading(source: str) -> Iterator[tuple[IO[bytes], str]]:
    """What is read, and its name: standard input (-), a file, or else the text itself. Raises ConfigError."""
    import io
    import sys
    from contextlib import ExitStack
    from pathlib import Path

    from alerts.config import ConfigError

    with ExitStack() as stack:
        if source == "-":
            stream: Any = io.BufferedReader(sys.stdin.buffer)  # which can be looked into
            stack.callback(stream.detach)  # standard input is not ours to close
            yield stream, source
        elif Path(source).is_file() if len(source) < _LONGEST_PATH else False:
            try:
                file = stack.enter_context(Path(source).open("rb"))
            except OSError as e:
                raise ConfigError(f"{source}: cannot be read ({e.strerror}); name a file, -, or a text") from e
            yield file, source
        else:
            yield io.BufferedReader(io.BytesIO(source.encode("utf-8", "surrogateescape"))), "text"


def read_text(stream: IO[bytes], source: str) -> str:
    """All of a stream as one text. Raises ConfigError."""
    from alerts.config import ConfigError
    from alerts.records import MAX_BYTES

    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: larger than {MAX_BYTES >> 20} MiB; give it in parts, as JSON lines")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise ConfigError(f"{source}: is not UTF-8; save the text as UTF-8") from e


_LONGEST_PATH = 1000
"""Characters; what is longer is a text, and some systems refuse to look for a file of such a name."""


def has_records(stream: IO[bytes]) -> bool:
    """Whether one of the first lines begins a JSON object."""
    peek = stream.peek(_PEEK)[:_PEEK]  # type: ignore[attr-defined]
    return any(line.lstrip().startswith(b"{") for line in peek.removeprefix(b"\xef\xbb\xbf").splitlines())


def _answer(stream: IO[bytes], resolver: Resolver, outlets_dir: Path | None, language: Language) -> int:
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
            answer = {"id": record.id, "places": [hit.record() for hit in found]}
        print(line_of(answer), flush=True)  # a reader downstream sees each answer when it is decided
    return code


def _tell(
    text: str,
    source: str,
    resolver: Resolver,
    gazetteer: Gazetteer,
    language: Language,
    *,
    as_json: bool,
) -> int:
    """The places of a plain text, as a table or as the one record that it is."""
    from alerts.cli import NOT_SO, OK
    from alerts.records import Record, document_of, line_of
    from alerts.rules.page import Page

    document = document_of(Record(id=source, text=text), {})
    found = resolver.places(Page(document), None, language)
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
        with _bar() as progress:
            removed = importing.remove_source(names[0], state_dir, progress=progress)
        if not removed:
            known = ", ".join(report.name for report in importing.sources(state_dir)) or "none"
            raise ConfigError(f"{names[0]}: nothing of that name was imported; imported are: {known}")
        return OK
    reports = importing.sources(state_dir) if what == "sources" else (_import(args, names[0], state_dir),)
    for report in reports:
        print(line_of(report.record()) if args.json else "\n".join(report.lines()))
    return OK if reports or what == "sources" else NOT_SO


def _import(args: argparse.Namespace, file: str, state_dir: Path) -> Report:
    from pathlib import Path

    from alerts.config import ConfigError
    from alerts.places.importing import import_file
    from alerts.places.rows import SOURCES, ImportFailed

    if args.source not in SOURCES:
        raise ConfigError(f"marsad places import: write --source and one of: {', '.join(SOURCES)}")
    mapping = dict(pair.partition("=")[::2] for pair in args.column)
    try:
        with _bar() as progress:
            return import_file(Path(file), args.source, mapping or None, state_dir, progress=progress)
    except ImportFailed as e:
        raise ConfigError(str(e)) from e
    except OSError as e:
        raise ConfigError(f"{file}: cannot be read ({e.strerror}); name a gazetteer's file") from e


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """A bar on a terminal for what takes longer than a moment, drawn anew for each percent and wiped at the end."""
    import sys

    if not sys.stderr.isatty():
        yield lambda share: None
        return
    drawn = -1

    def draw(share: float) -> None:
        nonlocal drawn
        percent = min(100, int(share * 100))
        if percent != drawn:
            drawn = percent
            print(f"\r[{'#' * (percent // 4):<25}] {percent:>3} %", end="", file=sys.stderr, flush=True)

    try:
        yield draw
    finally:
        if drawn >= 0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
