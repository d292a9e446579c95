"""Entry and Article: the two things that leave the crawler.

An `Entry` is a line of a feed or listing page; an `Article` is what its page says, cleaned. Both are
values without behaviour beyond the shape that they have as a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

HEADLINE_ONLY = "headline-only"
"""Flag: the page gave no body (yet); title and summary of the entry stand for the article."""
MUCH_DROPPED = "much-dropped"
"""Flag: cleaning took over a third of the words; `reasons["dropped"]` says what went."""
UNKNOWN_OUTLET = "unknown-outlet"
"""Flag: the outlet is not in the catalogue; general extraction was used."""
DAY_ONLY = "day-only"
"""Flag: only the day of publication is known; `published_at` is its midnight where the outlet is."""
DATE_UNSURE = "date-unsure"
"""Flag: the time was guessed in part, or the page's dates disagree; `reasons["published_at"]` says how."""
UNDATED = "undated"
"""Flag: neither entry nor page gives a usable time of publication."""

LIVE = "live"
"""Flag: a page that grows, «لحظة بلحظة»; its text is that of the moment."""
GALLERY = "gallery"
"""Flag: a page of pictures with captions."""
VIDEO = "video"
"""Flag: a page about a video, by its address or its headline («بالفيديو», «شاهد»)."""
PHOTOS = "photos"
"""Flag: the headline says «بالصور»."""
URGENT = "urgent"
"""Flag: the headline says «عاجل»."""
EXCLUSIVE = "exclusive"
"""Flag: the headline says «خاص» or «حصري»."""


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with `+00:00`, whole seconds; None stays None."""
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0).isoformat()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a feed or listing page.

    `url` is absolute, as the outlet wrote it; `title` and `summary` are plain text; `published_at` is
    aware UTC or None where the outlet gives no usable time, and with `day_only` the midnight of a day that is all
    it gives; `guid` is only a hint, never an identity. `text` is the whole article (paragraphs parted by line
    feeds, cleaned) where the way in gives it and the catalogue says so, else empty.
    """

    outlet: str
    url: str
    title: str
    summary: str = ""
    published_at: datetime | None = None
    guid: str | None = None
    day_only: bool = False
    text: str = ""
    author: str | None = None
    section: str | None = None
    image: str | None = None

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad extract --feed`, less `file`."""
        return {
            "url": self.url,
            "title": self.title,
            "summary": self.summary,
            "published_at": iso(self.published_at),
            "id": self.guid,
        }


@dataclass(frozen=True, slots=True)
class Article:
    """What an outlet published at one address, without boilerplate and related blocks.

    `url` is the canonical URL; `request_url` the one that was asked for. `paragraphs` hold no line
    breaks. Times are aware UTC. `reasons` says for each field how it was decided.
    """

    outlet: str
    url: str
    title: str
    paragraphs: tuple[str, ...]
    request_url: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    author: str | None = None
    section: str | None = None
    image: str | None = None
    language: str | None = None
    source: str | None = None
    flags: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    fetched_at: datetime | None = None

    @property
    def text(self) -> str:
        """The paragraphs, parted by line feeds."""
        return "\n".join(self.paragraphs)

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad extract` and `scrapy crawl -O`, times in ISO 8601 UTC."""
        return {
            "url": self.url,
            "outlet": self.outlet,
            "title": self.title,
            "text": self.text,
            "published_at": iso(self.published_at),
            "modified_at": iso(self.modified_at),
            "author": self.author,
            "section": self.section,
            "image": self.image,
            "language": self.language,
            "source": self.source,
            "flags": list(self.flags),
            "reasons": dict(self.reasons),
        }
