"""The stand-in: an entry's title and summary as an article, while its page is empty, late or refused."""

from __future__ import annotations

from datetime import datetime

from crawler.article import DAY_ONLY, HEADLINE_ONLY, UNDATED, Article, Entry
from crawler.extract.clean import Line, clean
from crawler.extract.dates import not_ahead
from crawler.extract.letters import tidy
from crawler.identity import canonical_url
from crawler.outlets.catalogue import Outlet


def stand_in(entry: Entry, outlet: Outlet, fetched_at: datetime, why: str) -> Article | None:
    """The article that an entry makes by itself; None where it has no title.

    `why` says, for `reasons`, what its page gave. The summary is cleaned as a page's paragraphs are.
    """
    title = tidy(entry.title)
    if not title:
        return None
    lines = [Line(text) for piece in entry.summary.split("\n") if (text := tidy(piece)) and text != title]
    kept = clean(lines, outlet.boilerplate).spans
    paragraphs = [line.text[a:b] for line, spans in zip(lines, kept, strict=True) for a, b in spans]
    published = entry.published_at and not_ahead(entry.published_at, fetched_at)
    return Article(
        outlet=entry.outlet,
        url=canonical_url(entry.url),
        request_url=entry.url,
        title=title,
        paragraphs=tuple(paragraphs),
        published_at=published,
        language=outlet.language,
        flags=(HEADLINE_ONLY, *((UNDATED,) if not published else (DAY_ONLY,) if entry.day_only else ())),
        reasons={"title": "entry", "text": f"entry's summary: {why}", "published_at": "entry" if published else "none"},
        fetched_at=fetched_at,
    )
