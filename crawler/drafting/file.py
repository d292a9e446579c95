"""The draft as YAML: every key in its order, what is a guess marked so, and read back by the catalogue's own reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import yaml

from crawler.article import Article
from crawler.drafting.addresses import Family
from crawler.drafting.site import Site
from crawler.identity import host_of
from crawler.net.site import belongs
from crawler.outlets.catalogue import KINDS, Outlet, Way
from crawler.outlets.reading import read_outlet

UNKNOWN_COUNTRY = "ZZ"
"""What a draft says where nothing tells the country (CLDR's code for it; ISO 3166-1 leaves it to users)."""
_ARABIC = re.compile("[\u0621-\u064a]")
_GENERIC = ("co", "com", "net", "org", "gov", "edu", "ac", "info")
"""Labels before a country's ending that are no name."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is guessed of an outlet from its address and what its pages say. `named`: in which languages its site
    says its name."""

    id: str
    language: str
    name_ar: str
    name_en: str
    named: frozenset[str]

    @classmethod
    def of(cls, asked: Outlet, site: Site, articles: Sequence[Article]) -> Guess:
        """The guess for the outlet that `asked` is so far."""
        host = host_of(asked.homepage)
        label = name_of_host(host)
        arabic = next((name for name in site.names if is_arabic(name)), "")
        latin = next((name for name in site.names if not is_arabic(name)), "")
        languages = [article.language for article in articles if article.language]
        language = max(languages, key=languages.count, default=site.language)
        return cls(
            id=re.sub(r"[^a-z0-9]+", "-", label).strip("-") or "outlet",
            language=language if re.fullmatch("[a-z]{2,3}", language) else "ar",
            name_ar=arabic or latin or label,
            name_en=latin or label.replace("-", " ").title(),
            named=frozenset(key for key, name in (("ar", arabic), ("en", latin)) if name),
        )


def is_arabic(name: str) -> bool:
    """Whether a name is written in Arabic letters."""
    return bool(_ARABIC.search(name))


def name_of_host(host: str) -> str:
    """The label of a host that names the outlet: `damas` of `www.damas.com.sy`."""
    labels = host.removeprefix("www.").split(".")
    names = [label for label in labels[:-1] if label not in _GENERIC]
    return names[-1] if names else labels[0]


def country_of_host(host: str) -> str:
    """The country that a host's ending names; UNKNOWN_COUNTRY where it names none."""
    ending = host.rpartition(".")[2].upper().replace("UK", "GB")
    return ending if ending in _zones() else UNKNOWN_COUNTRY


def zone_of(country: str) -> ZoneInfo:
    """The time zone of most of a country's people; UTC where the country is not known."""
    return ZoneInfo(_zones().get(country, "UTC"))


@cache
def _zones() -> dict[str, str]:
    """By country its first time zone in IANA's zone.tab, which orders them by their people."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {country: zone for country, _, zone, *_ in reversed(rows)}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the file says. `country_said`: by the person who asks; `named` as of `Guess`."""

    outlet: Outlet
    family: Family | None
    country_said: bool
    named: frozenset[str]


def as_yaml(facts: Facts) -> str:
    """The file, with a remark on each line that is a guess."""
    return "\n".join(_lines(facts)) + "\n"


def read_back(text: str) -> Outlet:
    """The outlet that the text describes. Raises CatalogueError."""
    with TemporaryDirectory(prefix="marsad-draft-") as folder:
        path = Path(folder, "draft.yaml")
        path.write_text(text, encoding="utf-8")
        return read_outlet(path)


def _lines(facts: Facts) -> Iterator[str]:
    outlet, family = facts.outlet, facts.family
    homepage = host_of(outlet.homepage)
    yield "# A draft of `marsad outlets add`: look at what is marked as a guess."
    yield f"id: {_scalar(outlet.id)}"
    name = f"{{ar: {_scalar(outlet.name_ar)}, en: {_scalar(outlet.name_en)}}}"
    yield f"name: {name}{_guess({'ar', 'en'} - facts.named, 'the site says no {} name')}"
    yield f"kind: {outlet.kind}" if outlet.kind else f"# kind: one of {', '.join(KINDS)}"
    known = outlet.country != UNKNOWN_COUNTRY
    remark = "" if facts.country_said else "  # a guess, of the address" if known else "  # not known: write it"
    yield f"country: {outlet.country}{remark}"
    yield f"timezone: {outlet.timezone.key}  # a guess, of the country: matters where times say no offset"
    yield f"language: {outlet.language}"
    yield f"homepage: {_scalar(outlet.homepage)}"
    usual = (f"www.{homepage.removeprefix('www.')}", homepage.removeprefix("www."))
    if others := [host for host in outlet.hosts if not belongs(f"http://{host}/", usual)]:
        yield f"hosts: [{', '.join(map(_scalar, (*usual, *others)))}]"
    if family:
        places = "".join(f", {key}: {_scalar(value)}" for key, value in family.places.items())
        yield f"family: {{is: {family.name}, proven: live{places}}}"
    covered = family is not None and [way.url for way in outlet.feeds] == [family.feed]
    if not covered:
        yield from _ways("feeds", outlet.feeds, outlet.checked)
    yield from _ways("sitemaps", outlet.sitemaps, outlet.checked)
    yield from _ways("listings", outlet.listings, outlet.checked)
    if outlet.article_url:
        yield f"article_url: {_scalar(outlet.article_url.pattern)}  # a guess, of {_what(outlet)}"
    chosen = outlet.selectors
    found = [(key, getattr(chosen, key)) for key in ("title", "lead", "body", "published") if getattr(chosen, key)]
    if found:
        yield f"layout: {outlet.checked}"
        yield "selectors:  # each gives what general extraction gave"
        yield from (f"  {key}: {_scalar(css)}" for key, (css,) in found)
    if outlet.boilerplate:
        yield "boilerplate:  # a guess: lines that several articles have"
        yield from (f"  - {_scalar(pattern.pattern)}" for pattern in outlet.boilerplate)
    if outlet.telegram:
        yield f"telegram: {outlet.telegram}  # a guess: its pages link to it"
    yield f"evidence: [{_scalar(f'marsad outlets add on {outlet.checked}: asked for it')}]"
    yield f"checked: {outlet.checked}"


def _what(outlet: Outlet) -> str:
    return "the page's headlines" if outlet.listings else "the feed's addresses"


def _guess(unnamed: set[str], remark: str) -> str:
    languages = {"ar": "Arabic", "en": "English"}
    said = " or ".join(languages[key] for key in sorted(unnamed))
    return f"  # a guess: {remark.format(said)}" if unnamed else ""


def _ways(key: str, ways: Sequence[Way], day: str) -> Iterator[str]:
    if ways:
        yield f"{key}:"
        yield from (f"  - {{url: {_scalar(way.url)}, proven: live, note: answered on {day}}}" for way in ways)


def _scalar(text: str) -> str:
    """The text as a YAML scalar that may stand anywhere, quoted where it must be."""
    return yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10**9).strip()[1:-1]
