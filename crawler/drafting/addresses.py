"""Addresses: what a site's addresses have in common: the pattern of its articles, the CMS family of its feed. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from crawler.identity import host_of
from crawler.outlets.family import PLACE, SHIPPED

LEAST_ALIKE = 4
"""Addresses of one form from which a pattern may be made; two or three agree by chance."""
LEAST_DATED = 2
"""Links of a page that are enough where their addresses hold a date: menus have none."""
MOST_ALIKE = 0.8
"""Share of a feed's addresses that must be of that form."""
_ANY = "[^/?#]+"
_ID_DIGITS = 3
"""Digits of the shortest number that is taken for an article's: a page or section has one or two."""


# ---- articles -----------------------------------------------------------------------------------------------


def article_pattern(urls: Sequence[str]) -> str | None:
    """The regular expression of articles' addresses like `urls` (a feed's), with groups y, m, d and id where they
    show themselves; None where most are not of one form.

    A number is taken for the article's own (`id`) only where each address has another one: a wrong id would make
    different articles one.
    """
    forms: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        forms[_form(url)].append(url)
    alike = max(forms.values(), key=len, default=[])
    if len(alike) < LEAST_ALIKE or len(alike) < MOST_ALIKE * sum(map(len, forms.values())):
        return None
    return _pattern(alike)


def listed_pattern(links: Sequence[str], page: str) -> str | None:
    """As `article_pattern`, of the long-worded links of the page at `page`, most of which may be something else: the
    most frequent form that has a number, a date or a long slug. The page's own section stands for any."""
    forms: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for url in dict.fromkeys(links):
        if any(_is_telling(segment) for segment in _segments(url)) or urlsplit(url).query:
            forms[_form(url)].append(url)
    alike = max(forms.values(), key=len, default=[])
    if len(alike) < LEAST_DATED:
        return None
    pattern = _pattern(alike, any_of=frozenset(_segments(page)))
    return pattern if len(alike) >= LEAST_ALIKE or "(?P<y>" in pattern else None


def _segments(url: str) -> list[str]:
    return [unquote(part) for part in urlsplit(url).path.split("/") if part]


def _form(url: str) -> tuple[Any, ...]:
    """What addresses of one form share: the host, a date, how many steps (after it), which of them are numbers, the
    names of the query."""
    _, date, after = _split(url)
    numbers = tuple(segment.isdigit() for segment in after)
    query = tuple(name for name, _ in _query(url) if not name.startswith(("utm_", "at_"))) if len(after) <= 1 else ()
    return host_of(url).removeprefix("www."), len(date), numbers, query


def _split(url: str) -> tuple[list[str], list[str], list[str]]:
    """The steps of an address before, of and after its date; without a date, all are after it."""
    steps = _segments(url)
    for n in range(len(steps) - 2):
        if re.fullmatch(r"20\d\d", steps[n]) and _is_number(steps[n + 1], most=12):
            end = n + 2 + _is_number(steps[n + 2], most=31)
            return steps[:n], steps[n:end], steps[end:]
    return [], [], steps


def _is_number(step: str, most: int) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,2}", step)) and 1 <= int(step) <= most


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query)
    except ValueError:
        return []


def _is_telling(segment: str) -> bool:
    return bool(re.search(rf"\d{{{_ID_DIGITS},}}", segment)) or len(re.split(r"[-_\s]", segment)) >= _SLUG_WORDS


_SLUG_WORDS = 4


def _pattern(urls: Sequence[str], any_of: frozenset[str] = frozenset()) -> str:
    """The regular expression of addresses of one form; `any_of` are steps that are not taken as written."""
    parts = [_split(url) for url in urls]
    lengths = sorted({len(before) for before, _, _ in parts})
    if len(lengths) > 1:
        path = f"(?:/{_ANY}){{{lengths[0]},{lengths[-1]}}}"
    else:
        path = "".join(f"/{_step(column, any_of)}" for column in zip(*(before for before, _, _ in parts), strict=True))
    path += "".join(_DATE[: len(parts[0][1])])
    own = ""
    for column in zip(*(after for _, _, after in parts), strict=True):
        written = None if own else _with_id(column)
        own = own or written or ""
        path += f"/{written or _step(column, any_of)}"
    host = re.escape(host_of(urls[0]).removeprefix("www."))
    end = "" if own else _query_id(urls)
    return f"^https?://(?:www\\.)?{host}{path}{end or _END}"


_DATE = (r"/(?P<y>20\d\d)", r"/(?P<m>\d{1,2})", r"/(?P<d>\d{1,2})")
_END = "/?(?:[?#].*)?$"


def _step(column: Sequence[str], any_of: frozenset[str]) -> str:
    """A step as it is written where all addresses write it so."""
    return re.escape(column[0]) if len(set(column)) == 1 and column[0] not in any_of else _ANY


def _query_id(urls: Sequence[str]) -> str:
    """The end of addresses whose query has the article's own number (`?id=90402`); empty where it has none."""
    queries = [dict(_query(url)) for url in urls]
    for name in queries[0]:
        values = [query.get(name, "") for query in queries]
        if all(re.fullmatch(r"[0-9]+", value) for value in values) and len(set(values)) == len(values):
            return rf"\?(?:[^#]*&)?{re.escape(name)}=(?P<id>\d+)(?:[&#].*)?$"
    return ""


def _with_id(column: Sequence[str]) -> str | None:
    """A step with the article's own number: all of it, its beginning or its end."""
    for form, written in (
        (rf"(\d{{{_ID_DIGITS},}})", r"(?P<id>\d+)"),
        (rf"(\d{{{_ID_DIGITS},}})[-_].*", r"(?P<id>\d+)[-_][^/?#]*"),
        (rf".*[-_](\d{{{_ID_DIGITS},}})(?:\.html?)?", r"[^/?#]*[-_](?P<id>\d+)(?:\.html?)?"),
        (rf"(\d{{{_ID_DIGITS},}})\.html?", r"(?P<id>\d+)\.html?"),
    ):
        matches = [re.fullmatch(form, segment) for segment in column]
        numbers = {match[1] for match in matches if match}
        if all(matches) and len(numbers) == len(column):
            return written
    return None


# ---- families -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Family:
    """A CMS family and the places that an outlet fills; `feed` is the address that they make of its feed;
    `knows_articles`: it gives their pattern."""

    name: str
    places: Mapping[str, str]
    feed: str
    knows_articles: bool


USUAL_PATHS = ("/rss", "/atom.xml", "/feed.xml", "/rss/news")
"""Where sites put their feed, beside the families' own places."""


def usual_feeds(homepage: str) -> tuple[str, ...]:
    """Addresses where a site may have its feed: the families' that need no facts of it, and USUAL_PATHS."""
    scheme, host = urlsplit(homepage).scheme, urlsplit(homepage).netloc
    families = [
        PLACE.sub(lambda place: host if place[1] == "host" else "", template).partition("://")[2]
        for _, template, _ in _templates()
        if set(PLACE.findall(template)) <= {"host"}
    ]
    return tuple(dict.fromkeys(f"{scheme}://{address}" for address in (*families, *(host + p for p in USUAL_PATHS))))


def family_of(feed: str, articles: Sequence[str]) -> Family | None:
    """The family whose feed has this address, if the articles' addresses are its kind too."""
    host = host_of(feed)
    for name, template, article_url in _templates():
        match = re.fullmatch(_as_pattern(template), feed.partition("://")[2])
        if not match or match["host"].lower() != host:
            continue
        places = {key: value for key, value in match.groupdict().items() if key != "host"}
        filling = {key: re.escape(v) for key, v in {**places, "host": host, "site": host.removeprefix("www.")}.items()}
        pattern = re.compile(PLACE.sub(lambda place, f=filling: f.get(place[1], place[0]), article_url))  # type: ignore[misc]
        if article_url and sum(bool(pattern.search(unquote(a))) for a in articles) < MOST_ALIKE * len(articles):
            continue
        made = PLACE.sub(lambda place, f={**places, "host": host}: f.get(place[1], place[0]), template)  # type: ignore[misc]
        return Family(name, places, made, bool(article_url))
    return None


def is_family_feed(url: str) -> bool:
    """Whether an address has the form of some family's feed."""
    return any(re.fullmatch(_as_pattern(template), url.partition("://")[2]) for _, template, _ in _templates())


def _as_pattern(template: str) -> str:
    """A feed's address with places, without its scheme, as a regular expression."""
    parts = re.split(PLACE, template.partition("://")[2])
    return "".join(re.escape(p) if n % 2 == 0 else rf"(?P<{p}>{_ANY})" for n, p in enumerate(parts)).rstrip("/") + "/?"


@cache
def _templates() -> tuple[tuple[str, str, str], ...]:
    """(family, a feed's address, its articles' pattern) of the shipped families, the most particular first."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        family = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [(path.stem, feed["url"], family.get("article_url", "")) for feed in family.get("feeds", ())]
    return tuple(sorted(found, key=lambda one: not one[2]))


# ---- hosts --------------------------------------------------------------------------------------------------


def hosts_of_entries(urls: Sequence[str]) -> Iterator[str]:
    """The host names that at least half of the addresses are on."""
    counts = Counter(host_of(url) for url in urls)
    for host, n in counts.most_common():
        if _HOST.fullmatch(host) and 2 * n >= len(urls):
            yield host


_HOST = re.compile(r"[a-z0-9_.-]+")
