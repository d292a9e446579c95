"""`marsad places --map`: reads articles, as the command does or out of the store, and writes the page that shows their
places. What is drawn, and how, is decided in `alerts/places/spots.py` and `map.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.config import Config
    from alerts.places.model import PlaceHit
    from alerts.places.resolve import Resolver
    from alerts.places.spots import Article
    from alerts.rules.messages import Language
    from alerts.rules.model import Document

    Titled = tuple[Article, Document]


@dataclass(slots=True)
class _Count:
    """What was read: articles, the title of the last of them, and records that could not be."""

    articles: int = 0
    title: str = ""
    unread: int = 0


def draw_map(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Writes `args.map` and says what is on it; returns the exit code: 1 where there is no place, or where a record
    could not be read. Raises ConfigError."""
    from pathlib import Path

    from alerts.cli import NOT_SO, OK
    from alerts.config import ConfigError
    from alerts.places.gazetteer import Gazetteer
    from alerts.places.map import page
    from alerts.places.outlines import shipped
    from alerts.places.resolve import Resolver
    from alerts.places.spots import gather

    stored = bool(args.day or args.since)
    if args.json:
        raise ConfigError("marsad places: --map writes a page and --json prints lines; write one of them")
    if stored and args.what != ["-"]:
        raise ConfigError("marsad places: --day and --since draw what the store holds; name no file beside them")
    if args.timezone and not args.day:
        raise ConfigError("marsad places: --timezone says whose day; write --day too")
    count = _Count()
    gazetteer = Gazetteer.load(imported=config.state_dir)
    if stored:
        since, until, of = _span(args, language)
        articles = _stored(config, since, until)
    else:
        articles, of = _given(" ".join(args.what), config, count), ""
    spots = gather(_found(articles, Resolver(gazetteer), language, count), gazetteer)
    outlines = shipped()
    names = {code: gazetteer.place(code).name for code in outlines.countries if code in gazetteer}
    of = of or _of(args.what, count, language)
    html = page(spots, of, count.articles, outlines, names, language)
    try:
        Path(args.map).write_text(html, encoding="utf-8")
    except OSError as e:
        raise ConfigError(f"{args.map}: cannot be written ({e.strerror}); name a file in a folder that is yours") from e
    print(f"{args.map}: {len(spots)} places of {count.articles} articles")
    return OK if spots and not count.unread else NOT_SO


def _found(
    articles: Iterator[Titled], resolver: Resolver, language: Language, count: _Count
) -> Iterator[tuple[Article, Sequence[PlaceHit]]]:
    from alerts.rules.page import Page

    for article, document in articles:
        count.articles += 1
        count.title = article.title
        yield article, resolver.places(Page(document), document.country, language)


def _given(source: str, config: Config, count: _Count) -> Iterator[Titled]:
    """The articles of a file, of standard input or of a text; a record that cannot be read is told of and counted."""
    import sys

    from alerts.commands.places import has_records, read_text, reading
    from alerts.places.spots import Article
    from alerts.records import Record, Unread, document_of, read_records
    from crawler.outlets.catalogue import load_catalogue

    with reading(source) as (stream, name):
        if not has_records(stream):
            text = read_text(stream, name)
            yield Article(_first_line(text)), document_of(Record(id=name, text=text), {})
            return
        outlets = load_catalogue(config.outlets_dir)
        for number, record in enumerate(read_records(stream), start=1):
            if isinstance(record, Unread):
                count.unread += 1
                print(f"marsad: {name}: record {number}: {record.error}", file=sys.stderr)
            else:
                title = record.title or _first_line(record.text)
                yield Article(title, record.url or ""), document_of(record, outlets)


def _stored(config: Config, since: datetime, until: datetime | None) -> Iterator[Titled]:
    """The articles of the store that were news in that time. Raises ConfigError where there is no store."""
    from datetime import timedelta

    from alerts.commands.backtest import archived
    from alerts.config import ConfigError
    from alerts.places.spots import Article
    from alerts.store.database import exists
    from crawler.outlets.catalogue import load_catalogue

    if not exists(config.database_url):
        raise ConfigError(f"{config.state_dir} holds no store yet; `marsad run` makes it")
    early = since - timedelta(days=1)  # what is dated by its day alone counts as news up to a day later
    for one in archived(config, load_catalogue(config.outlets_dir), early):
        if since <= one.at and (until is None or one.at < until):
            yield Article(one.document.title or _first_line(one.document.text), one.url), one.document


def _span(args: argparse.Namespace, language: Language) -> tuple[datetime, datetime | None, str]:
    """From when, until when (None: now), and what that is called."""
    from datetime import UTC, datetime, time, timedelta
    from zoneinfo import ZoneInfo

    from alerts.config import ConfigError
    from alerts.places.map_words import WORDS

    words = WORDS[language]
    try:
        zone = ZoneInfo(args.timezone or "UTC")
    except (KeyError, ValueError, OSError) as e:  # unknown; not a plain relative path; a folder, or too long a name
        raise ConfigError(f"--timezone {args.timezone}: there is no such zone; write e.g. Asia/Damascus") from e
    try:
        if args.since:
            since = datetime.now(UTC) - args.since
            return since, None, words.since.format(since=f"{since:%Y-%m-%d %H:%M} UTC")
        begin, end = (datetime.combine(args.day + timedelta(days), time(), zone).astimezone(UTC) for days in (0, 1))
    except OverflowError as e:
        raise ConfigError("--day, --since: there is no time that can be reckoned so far from ours") from e
    return begin, end, words.day.format(day=f"{args.day} ({args.timezone})" if args.timezone else args.day)


def _of(what: Sequence[str], count: _Count, language: Language) -> str:
    """What the places are of: one article by its title, or all of a file."""
    from pathlib import Path

    from alerts.places.map_words import WORDS

    words = WORDS[language]
    if count.articles == 1:
        return words.one.format(title=count.title)
    source = " ".join(what)
    return words.some if source == "-" else words.many.format(name=Path(source).name)


def _first_line(text: str) -> str:
    return next((line for line in map(str.strip, text.splitlines()) if line), "")
