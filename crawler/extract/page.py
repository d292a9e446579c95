"""A page → an Article: which of the page's many voices is believed for which field.

For each field: the outlet's selectors, then what the page says for machines, then what its form suggests. The
reading itself is done by `structured.py`, `headline.py`, `times.py`, `body.py` and `clean.py`; what is no article
at all by `interstitial.py`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urljoin

from crawler.article import DAY_ONLY, MUCH_DROPPED, UNDATED, UNKNOWN_OUTLET, Article, Entry
from crawler.extract.body import find_body
from crawler.extract.clean import MUCH, Cleaned, Line, clean
from crawler.extract.dates import read_date
from crawler.extract.decode import decode
from crawler.extract.headline import find_title
from crawler.extract.interstitial import THIN, refuse_wall
from crawler.extract.language import language_of
from crawler.extract.letters import fold, words
from crawler.extract.structured import Structured, read_structured, texts
from crawler.extract.times import find_modified, find_published
from crawler.extract.tree import Element, parse_html, select_values
from crawler.extract.unreadable import Unreadable
from crawler.identity import canonical_url, host_of
from crawler.outlets.catalogue import Outlet

MAX_PARAGRAPHS = 2000
MIN_WORDS = 3
"""Words of the shortest body: «صفارات الإنذار تدوي»."""
MAX_FIELD = 300
"""Code points of an author or section; longer ones are something else."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROBED = 65536  # bytes among which more than one control character in a hundred means no text
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00")


def extract_page(
    body: bytes,
    *,
    url: str,
    outlet: Outlet,
    fetched_at: datetime,
    charset: str | None = None,
    entry: Entry | None = None,
) -> Article:
    """The article on the page that `url` answered with.

    `charset` is that of the Content-Type header; `entry`, the line of a feed that led here, gives what the page
    does not (title, time). `url` may be empty for a saved page: then the page's own address is used. Times ahead
    of `fetched_at` become it. Raises Unreadable: `interstitial`, `soft-404`, `no-body`, `broken`.
    """
    if body.startswith(_BINARY):
        raise Unreadable("broken", "an image, a PDF or an archive")
    probe = body[:_PROBED]
    if len(_CONTROL.findall(probe)) * 100 > len(probe) and not body.startswith(_UTF16):
        raise Unreadable("broken", "bytes that are no text")
    text = decode(body, charset)
    root = parse_html(text)
    said = read_structured(root)
    canonical = _canonical(root, said)
    url = url or canonical
    reasons: dict[str, str] = {}

    def note(field: str, found: tuple[str, str]) -> str:
        if found[0]:
            reasons[field] = found[1]
        return found[0]

    title = note("title", find_title(root, said, outlet, entry))
    published, reasons["published_at"], day_only = find_published(root, said, url, outlet, fetched_at, entry)
    modified, why_modified = find_modified(said, outlet, fetched_at)
    if modified:
        reasons["modified_at"] = why_modified
    author = note("author", _author(root, said, outlet))
    section = note("section", _section(root, said, outlet))
    image = note("image", _image(root, said, outlet, url))
    html_language = root.get("lang") or ""

    found = find_body(root, said, outlet)  # takes the tree apart: nothing is read of it after this
    lines = _without_header(found.lines, title, author, outlet, fetched_at)
    cleaned = clean(lines, outlet.boilerplate)
    paragraphs = [line.text[a:b] for line, spans in zip(lines, cleaned.spans, strict=True) for a, b in spans]
    paragraphs = paragraphs[:MAX_PARAGRAPHS]
    if words(told := "\n".join(paragraphs)) < THIN:
        refuse_wall(parse_html(text), title, told, url, canonical)
    if words(told) < MIN_WORDS:
        raise Unreadable("no-body", "no paragraph of text" + (" but boilerplate" if cleaned.dropped else ""))
    if not title:
        raise Unreadable("broken", "no headline")
    reasons["text"] = found.reason
    if cleaned.dropped:
        reasons["dropped"] = _told(cleaned)
    flags = {
        MUCH_DROPPED: cleaned.share() > MUCH,
        DAY_ONLY: day_only,
        UNDATED: published is None,
        UNKNOWN_OUTLET: not outlet.known,
    }
    return Article(
        outlet=outlet.id,
        url=canonical_url(canonical if _same_site(canonical, url, outlet) else url),
        request_url=url,
        title=title,
        paragraphs=tuple(paragraphs),
        published_at=published,
        modified_at=modified,
        author=author or None,
        section=section or None,
        image=image or None,
        language=language_of("\n".join([title, *paragraphs]), html_language, outlet.language),
        source=_agency(cleaned),
        flags=tuple(flag for flag, so in flags.items() if so),
        reasons=reasons,
        fetched_at=fetched_at,
    )


def own_address(body: bytes, charset: str | None = None) -> str:
    """The address that a saved page gives itself; empty where it gives none. Raises Unreadable (`broken`)."""
    root = parse_html(decode(body, charset))
    return _canonical(root, read_structured(root))


def _canonical(root: Element, said: Structured) -> str:
    """The address that the page gives itself; og:url only where there is no link (LBCI's og:url is generic)."""
    links = [*select_values(root, ["link[rel=canonical]"]), *(value for _, value in said.meta("og:url"))]
    return next((link for link in links if link.startswith(("http://", "https://"))), "")


def _same_site(canonical: str, url: str, outlet: Outlet) -> bool:
    """Whether the page's own address may be believed: it is of the outlet, or of the host that was asked."""
    ours, asked = host_of(canonical), host_of(url)
    return bool(ours) and (ours in outlet.hosts or ours.removeprefix("www.") == asked.removeprefix("www."))


def _first(*voices: tuple[str, Iterable[str]]) -> tuple[str, str]:
    """(value, reason) of the first voice that says something short enough to be a field."""
    for reason, values in voices:
        for value in values:
            if value and len(value) <= MAX_FIELD:
                return value, reason
    return "", ""


def _author(root: Element, said: Structured, outlet: Outlet) -> tuple[str, str]:
    names = (value for _, value in said.meta("author", "article:author", "dc.creator") if "://" not in value)
    people = "، ".join(dict.fromkeys(n for n in texts(said.article.get("author")) if "://" not in n))
    return _first(
        ("selector", select_values(root, outlet.selectors.author)), ("json-ld author", [people]), ("meta author", names)
    )


def _section(root: Element, said: Structured, outlet: Outlet) -> tuple[str, str]:
    return _first(
        ("selector", select_values(root, outlet.selectors.section)),
        ("json-ld articleSection", texts(said.article.get("articleSection"))),
        ("meta article:section", (value for _, value in said.meta("article:section", "articlesection"))),
    )


def _image(root: Element, said: Structured, outlet: Outlet, url: str) -> tuple[str, str]:
    """The address, absolute."""
    objects = said.article.get("image")
    addresses = [
        o.get("url") if isinstance(o, dict) else o for o in (objects if isinstance(objects, list) else [objects])
    ]
    for reason, values in (
        ("selector", select_values(root, outlet.selectors.image)),
        ("json-ld image", (a.strip() for a in addresses if isinstance(a, str))),
        ("meta og:image", (value for _, value in said.meta("og:image", "og:image:url", "twitter:image"))),
    ):
        for value in values:
            try:
                address = urljoin(url, value)
            except ValueError:
                continue
            if address.startswith(("http://", "https://")):
                return address, reason
    return "", ""


def _without_header(lines: Sequence[Line], title: str, author: str, outlet: Outlet, fetched_at: datetime) -> list[Line]:
    """The lines without the article's header where the body's node holds it: headline, author, date."""
    heads = {fold(title).strip(), fold(author).strip()} - {""}
    kept: list[Line] = []
    for n, line in enumerate(lines):
        plain = fold(line.text).strip()
        if n < _HEADER_LINES and plain in heads:
            continue
        if n < _HEADER_LINES and words(plain) <= _DATE_WORDS and read_date(plain, zone=outlet.timezone, now=fetched_at):
            continue
        kept.append(line)
    return kept


_HEADER_LINES = 8  # lines among which headline, byline and date stand
_DATE_WORDS = 9  # «نشر في: الاثنين 23 نوفمبر 2026 - 02:00 م»


_TOLD, _TOLD_LENGTH = 20, 80  # pieces that are told of, and code points of each


def _told(cleaned: Cleaned) -> str:
    """What cleaning took out, for people: «related: عنوان | boilerplate: تابعونا»."""
    pieces = [f"{piece.why}: {piece.text[:_TOLD_LENGTH]}" for piece in cleaned.dropped[:_TOLD]]
    more = len(cleaned.dropped) - len(pieces)
    return " | ".join([*pieces, *([f"and {more} more"] if more else [])])


def _agency(cleaned: Cleaned) -> str | None:
    """The agency that signed, «(رويترز)»."""
    signed = [d.text.strip(" -–—()«»[].") for d in cleaned.dropped if d.why == "signature"]
    return signed[-1] if signed else None
