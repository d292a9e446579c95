"""A page → an Article: which of the page's many voices is believed for which field.

For each field: the outlet's selectors, then what the page says for machines, then what its form suggests. The
reading itself is done by `structured.py`, `headline.py`, `times.py`, `body.py` and `clean.py`; what is no article
at all by `interstitial.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.article import DATE_UNSURE, DAY_ONLY, MUCH_DROPPED, UNDATED, UNKNOWN_OUTLET, Article, Entry
from crawler.extract.agencies import agencies_in, agency_named, dateline_agency
from crawler.extract.body import find_body
from crawler.extract.clean import MUCH, Cleaned, Line, clean
from crawler.extract.dates import read_date
from crawler.extract.decode import decode
from crawler.extract.headline import find_title
from crawler.extract.interstitial import THIN, refuse_wall
from crawler.extract.language import language_of
from crawler.extract.letters import fold, words
from crawler.extract.prose import judge
from crawler.extract.section import says_section
from crawler.extract.signals import kinds_of, signals_of
from crawler.extract.structured import Structured, itemprop, read_structured, texts
from crawler.extract.times import date_facts, find_modified, find_published
from crawler.extract.tree import Element, parse_html, select_values, text_of
from crawler.extract.unreadable import Unreadable
from crawler.identity import article_match, canonical_url, host_of
from crawler.outlets.catalogue import Outlet

MAX_PARAGRAPHS = 2000
MIN_WORDS = 3
"""Words of the shortest body: «صفارات الإنذار تدوي»."""
MAX_FIELD = 300
"""Code points of an author or section; longer ones are something else."""
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
    text = decode(body, charset)
    root = parse_html(text)
    said = read_structured(root)
    canonical = _canonical(root, said, url)
    url = url or canonical
    reasons: dict[str, str] = {}

    def note(field: str, found: tuple[str, str]) -> str:
        if found[0]:
            reasons[field] = found[1]
        return found[0]

    title = note("title", find_title(root, said, outlet, entry))
    when = find_published(root, said, url, outlet, fetched_at, entry)
    published, reasons["published_at"], day_only = when.moment, when.reason, when.day_only
    modified, why_modified = find_modified(said, outlet, fetched_at)
    if modified:
        reasons["modified_at"] = why_modified
    author = note("author", _author(root, said, outlet))
    section = note("section", _section(root, said, outlet))
    image = note("image", _image(root, said, outlet, url))
    kinds = kinds_of(url, said.types, [value for _, value in said.meta("og:type", "contenttype", "content-type")])
    html_language = root.get("lang") or ""

    found = find_body(root, said, outlet, title)  # takes the tree apart: nothing is read of it after this
    names = [outlet.name_ar, *(value for _, value in said.meta("og:site_name")), *texts(said.article.get("publisher"))]
    lines = _without_header(found.lines, title, [author, *names], outlet, fetched_at)
    cleaned = clean(lines, outlet.boilerplate)
    paragraphs = [line.text[a:b] for line, spans in zip(lines, cleaned.spans, strict=True) for a, b in spans]
    paragraphs = paragraphs[:MAX_PARAGRAPHS]
    if words(told := "\n".join(paragraphs)) < THIN:
        refuse_wall(parse_html(text), title, paragraphs, url, canonical)
    if words(told) < MIN_WORDS:
        raise Unreadable("no-body", "no paragraph of text" + (" but boilerplate" if cleaned.dropped else ""))
    if canonical and _leads_home(canonical, url) and not (title and judge(lines, title).good):
        raise Unreadable("soft-404", "the address answers with the home page")
    if not title:
        raise Unreadable("broken", "no headline")
    reasons["text"] = found.reason
    source = note("source", _source(cleaned, paragraphs[0], author, said))
    if cleaned.dropped:
        reasons["dropped"] = _told(cleaned)
    flags = {
        MUCH_DROPPED: cleaned.share() > MUCH,
        DAY_ONLY: day_only,
        DATE_UNSURE: published is not None and when.confidence == "low",
        UNDATED: published is None,
        UNKNOWN_OUTLET: not outlet.known,
    }
    return Article(
        outlet=outlet.id,
        url=canonical_url(_own(canonical, url, outlet)),
        request_url=url,
        title=title,
        paragraphs=tuple(paragraphs),
        published_at=published,
        modified_at=modified,
        author=author or None,
        section=section or None,
        image=image or None,
        language=language_of("\n".join([title, *paragraphs]), html_language, outlet.language),
        source=source or None,
        flags=(*(flag for flag, so in flags.items() if so), *dict.fromkeys((*signals_of(title), *kinds))),
        reasons=reasons,
        fetched_at=fetched_at,
    )


def own_address(body: bytes, charset: str | None = None) -> str:
    """The address that a saved page gives itself; empty where it gives none. Raises Unreadable (`broken`)."""
    root = parse_html(decode(body, charset))
    return _canonical(root, read_structured(root), "")


def _canonical(root: Element, said: Structured, url: str) -> str:
    """The address that the page at `url` gives itself; og:url only where there is no link (LBCI's og:url is
    generic)."""
    for link in (*select_values(root, ["link[rel=canonical]"]), *(value for _, value in said.meta("og:url"))):
        try:
            address = urljoin(url, link)
        except ValueError:
            continue
        if host_of(address) and address.startswith(("http://", "https://")):
            return address
    return ""


def _own(canonical: str, url: str, outlet: Outlet) -> str:
    """The page's own address where it may be believed, else the one asked for: it is of the outlet or of the site
    that was asked, and an article's where that is one (some templates name the home page or a section)."""
    ours = host_of(canonical)
    same = ours and (ours in outlet.hosts or _site(ours) == _site(host_of(url)))
    lost = _leads_home(canonical, url) or bool(article_match(url, outlet) and not article_match(canonical, outlet))
    return canonical if same and not lost else url


def _site(host: str) -> str:
    """A host without the label of its edition: www, mobile, AMP."""
    first, _, rest = host.partition(".")
    return rest if first in ("www", "m", "mobile", "amp") and "." in rest else host


def _first(*voices: tuple[str, Iterable[str]]) -> tuple[str, str]:
    """(value, reason) of the first voice that says something short enough to be a field."""
    for reason, values in voices:
        for value in values:
            if value and len(value) <= MAX_FIELD:
                return value, reason
    return "", ""


def _author(root: Element, said: Structured, outlet: Outlet) -> tuple[str, str]:
    names = (value for _, value in said.meta("author", "article:author", "dc.creator", "parsely-author"))
    people = "، ".join(dict.fromkeys(n for n in texts(said.article.get("author")) if "://" not in n))
    bylines = (text_of(name) for e in itemprop(root, "author") for name in _NAME_IN(e)[:1] or [e])
    return _first(
        ("selector", select_values(root, outlet.selectors.author)),
        ("json-ld author", [people]),
        ("meta author", (name for name in names if "://" not in name)),
        ("microdata author", bylines),
        ("rel author", (text for e in root.xpath("//a[@rel='author']") if words(text := text_of(e)) <= _NAME_WORDS)),
    )


_NAME_IN = etree.XPath(".//*[@itemprop='name']")
_NAME_WORDS = 6


def _section(root: Element, said: Structured, outlet: Outlet) -> tuple[str, str]:
    """The section; of the page's breadcrumbs the last that is neither the home page nor the article."""
    crumbs = said.crumbs[1:]
    if crumbs and words(crumbs[-1]) > _CRUMB_WORDS:
        crumbs = crumbs[:-1]
    voices: tuple[tuple[str, Iterable[str]], ...] = (
        ("selector", select_values(root, outlet.selectors.section)),
        ("json-ld articleSection", texts(said.article.get("articleSection"))),
        ("meta article:section", (v for _, v in said.meta("article:section", "articlesection", "parsely-section"))),
        ("microdata articleSection", (text_of(e) for e in itemprop(root, "articleSection"))),
        ("breadcrumbs", crumbs[-1:]),
    )
    return _first(*((reason, filter(says_section, names)) for reason, names in voices))


_CRUMB_WORDS = 4  # of a section's name, «الشرق الأوسط وشمال أفريقيا»; a headline has more


def _image(root: Element, said: Structured, outlet: Outlet, url: str) -> tuple[str, str]:
    """The address, absolute."""
    objects = said.article.get("image")
    addresses = [
        (o.get("url") or o.get("contentUrl")) if isinstance(o, dict) else o
        for o in (objects if isinstance(objects, list) else [objects])
    ]
    for reason, values in (
        ("selector", select_values(root, outlet.selectors.image)),
        ("json-ld image", (a.strip() for a in addresses if isinstance(a, str))),
        (
            "meta og:image",
            (value for _, value in said.meta("og:image", "og:image:url", "twitter:image", "twitter:image:src")),
        ),
        ("microdata image", (e.get("src") or e.get("content") or "" for e in root.xpath("//img[@itemprop='image']"))),
    ):
        for value in values:
            try:
                address = urljoin(url, value)
            except ValueError:
                continue
            if address.startswith(("http://", "https://")):
                return address, reason
    return "", ""


_IMAGE_METAS = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")


def _without_header(
    lines: Sequence[Line], title: str, names: Sequence[str], outlet: Outlet, fetched_at: datetime
) -> list[Line]:
    """The lines without the article's header where the body's node holds it: headline, byline, date. `names`: the
    author's and the outlet's; «اليومية - دمشق» is a byline. The first longer line ends the header."""
    headline = fold(title).strip()
    bylines = {plain for name in names if (plain := fold(name).strip())}
    kept: list[Line] = []
    for n, line in enumerate(lines[:_HEADER_LINES]):
        if len(line.text) > MAX_FIELD:
            return [*kept, *lines[n:]]
        plain = fold(line.text).strip()
        if plain == headline or plain in bylines or _is_byline(plain, bylines):
            continue
        if words(plain) > _DATE_WORDS:
            return [*kept, *lines[n:]]
        if not read_date(plain, now=fetched_at, **date_facts(outlet)):
            kept.append(line)
    return [*kept, *lines[_HEADER_LINES:]]


def _is_byline(plain: str, names: Collection[str]) -> bool:
    """Whether a line is a name and, parted from it, a place or agency."""
    parts = [part.strip() for part in _BYLINE_PARTS.split(plain) if part.strip()]
    return 2 <= len(parts) <= _PARTS and words(plain) <= _BYLINE_WORDS and any(part in names for part in parts)


_BYLINE_PARTS = re.compile(r"\s[-–—|/]\s|[-–—|/]|[()]")
_PARTS, _BYLINE_WORDS = 4, 10
_HEADER_LINES = 8  # lines among which headline, byline and date stand
_DATE_WORDS = 9  # «نشر في: الاثنين 23 نوفمبر 2026 - 02:00 م»


_TOLD, _TOLD_LENGTH = 20, 80  # pieces that are told of, and code points of each


def _told(cleaned: Cleaned) -> str:
    """What cleaning took out, for people: «related: عنوان | boilerplate: تابعونا»."""
    pieces = [f"{piece.why}: {piece.text[:_TOLD_LENGTH]}" for piece in cleaned.dropped[:_TOLD]]
    more = len(cleaned.dropped) - len(pieces)
    return " | ".join([*pieces, *([f"and {more} more"] if more else [])])


def _source(cleaned: Cleaned, opening: str, author: str, said: Structured) -> tuple[str, str]:
    """(the agencies that it is of, how that is known): a signature, the dateline, an author who is an agency."""
    signatures = (agencies_in(d.text) for d in reversed(cleaned.dropped) if d.why == "signature")
    organisations = texts(said.article.get("sourceOrganization"))
    return _first(
        ("signature", signatures),
        ("dateline", [dateline_agency(opening)]),
        ("author", [agency_named([author])]),
        ("json-ld sourceOrganization", organisations),
    )


def _leads_home(canonical: str, url: str) -> bool:
    """Whether an address that is no home page answers with a page that calls itself one."""
    return urlsplit(canonical).path in ("", "/") and urlsplit(url).path not in ("", "/")
