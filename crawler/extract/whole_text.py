"""Whole texts: articles that a feed or an API gives entire, so that no page need be fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.article import HEADLINE_ONLY, Article, Entry
from crawler.extract.clean import Line, clean
from crawler.extract.fragment import plain_text
from crawler.extract.letters import words
from crawler.extract.standin import stand_in
from crawler.outlets.catalogue import Outlet

ENOUGH = 25
"""Words under which a text is taken for a teaser, and the page is fetched all the same."""


def whole_text(markup: str, outlet: Outlet) -> str:
    """The article that some HTML or text of a feed is, its paragraphs parted by line feeds, without boilerplate and
    related blocks; empty where it is a teaser."""
    lines = [Line(line) for line in plain_text(markup, "\n", len(markup)).split("\n")]
    cleaned = clean(lines, outlet.boilerplate)
    kept = [line.text[a:b] for line, spans in zip(lines, cleaned.spans, strict=True) for a, b in spans]
    text = "\n".join(kept)
    return text if words(text) >= ENOUGH else ""


def article_of_entry(entry: Entry, outlet: Outlet, fetched_at: datetime) -> Article | None:
    """The article that an entry with a whole text is; None where it has none, or no title."""
    made = stand_in(entry, outlet, fetched_at, "") if entry.text else None
    if made is None:
        return None
    return replace(
        made,
        paragraphs=tuple(entry.text.split("\n")),
        author=entry.author,
        section=entry.section,
        image=entry.image,
        flags=tuple(flag for flag in made.flags if flag != HEADLINE_ONLY),
        reasons={**made.reasons, "text": "the feed's whole text"},
    )
