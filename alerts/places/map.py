"""Map: the places of articles as one page of HTML that needs nothing else: no network, no tiles, no script.

A pure function of the spots (`spots.py`): `chart.py` draws, this module says in words what is drawn, lists all of it
in a table for those who do not see a drawing, and links each article. What articles say is hostile: it is cleaned,
cut and escaped, and an address is a link only where it is one of the web.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from alerts.delivery.text import clean, shorten
from alerts.places import chart
from alerts.places.chart import name_of
from alerts.places.map_words import WORDS, Words
from alerts.places.outlines import Outlines
from alerts.places.position import map_url
from alerts.places.spots import Article, Spot
from alerts.rules.messages import Language

TITLES_SHOWN: Final = 5
"""Articles of a place that stand open in the table; more are folded away."""
TITLES_LISTED: Final = 20
"""Articles of a place that are listed at all: a day has hundreds that name its capital."""
TITLES_IN_TIP: Final = 3
NAMES_LISTED: Final = 24
"""Places named in one line under a map, the most mentioned; the table has the rest."""
LINES_OPEN: Final = 12
"""Lines of a list that stand open; a longer one is folded away."""
TITLE_LIMIT: Final = 160
URL_LIMIT: Final = 2048

_TEMPLATE: Final = Path(__file__).with_name("data") / "map.html"


def page(
    spots: Sequence[Spot],
    of: str,
    articles: int,
    outlines: Outlines,
    names: Mapping[str, str],
    language: Language = "ar",
) -> str:
    """The page: a map of `spots`, the most mentioned first, under a heading that says what they are `of`.

    `articles` is how many were read, `names` those of countries by ISO 3166-1 code. The same values, the same page.
    """
    words = WORDS[language]
    title = words.heading.format(of=_cut(of) or words.untitled)
    rows = {spot.place.id: f"p{number}" for number, spot in enumerate(spots, start=1)}
    said = chart.Sayings(
        words.chart, words.km, words.inside, lambda spot: _tip(spot, words), lambda spot: f"#{rows[spot.place.id]}"
    )
    charts = [chart.draw(spots, outlines, names, paper, said) for paper in chart.PAPERS]
    named_in = dict.fromkeys(article for spot in spots for article in spot.articles)
    summary = escape(words.summary.format(places=len(spots), articles=articles) if spots else words.nothing)
    if articles == 1 and (only := next((_title(article, words) for article in named_in), "")).startswith("<a"):
        summary += f" · {only}"
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        lang=language,
        dir=words.direction,
        title=escape(title),
        summary=summary,
        figures="\n".join(drawn.svg for drawn in charts),
        large=_large(spots, outlines, names, said, words) if any(drawn.unnamed for drawn in charts) else "",
        beyond="\n".join(_beyond(charts, spots, outlines, said, words)),
        legend="\n".join(_legend(words)),
        notes=escape(" ".join([words.notes, *([words.unnamed] if any(c.unnamed for c in charts) else [])])),
        apart="\n".join(_apart(spots, outlines, said, words)),
        table="\n".join(_table(spots, outlines, rows, words, alone=articles == 1)) if spots else "",
        sources=escape(words.sources),
    )


def _cut(text: str) -> str:
    return shorten(clean(text), TITLE_LIMIT)


def _tip(spot: Spot, words: Words) -> str:
    """What is known of a spot, as plain text: its path, how often, why, and the first articles."""
    titles = [f"• {_cut(article.title) or words.untitled}" for article in spot.articles[:TITLES_IN_TIP]]
    if len(spot.articles) > TITLES_IN_TIP:
        titles.append(words.more.format(count=len(spot.articles) - TITLES_IN_TIP))
    return "\n".join([clean(spot.path), _said(spot, words), *map(clean, spot.reasons), *titles])


def _said(spot: Spot, words: Words) -> str:
    return words.said.format(mentions=spot.mentions, articles=len(spot.articles))


def _large(
    spots: Sequence[Spot], outlines: Outlines, names: Mapping[str, str], said: chart.Sayings, words: Words
) -> str:
    """A drawing with room for more names than a screen has, folded away."""
    drawn = chart.draw(spots, outlines, names, chart.LARGE, said)
    return f'<details><summary>{escape(words.large)}</summary>\n<div class="scroll">\n{drawn.svg}\n</div></details>'


def _beyond(
    charts: Sequence[chart.Chart], spots: Sequence[Spot], outlines: Outlines, said: chart.Sayings, words: Words
) -> Iterable[str]:
    """The small map, and the names of what each chart does not show; nothing where they show everything."""
    beyond = tuple(dict.fromkeys(spot for drawn in charts for spot in drawn.beyond))
    if not beyond:
        return
    yield '<div class="beyond">'
    yield chart.draw_world(spots, outlines, beyond, chart.PAPERS, replace(said, label=words.world))
    for paper, drawn in zip(chart.PAPERS, charts, strict=True):
        if drawn.beyond:
            yield f'<p class="{paper.name}">{escape(words.beyond)} {_links(drawn.beyond, said, words)}</p>'
    yield "</div>"


def _links(spots: Sequence[Spot], said: chart.Sayings, words: Words, *, path: bool = False) -> str:
    names = [
        f'<a href="{said.link(spot)}"><bdi>{escape(clean(spot.path) if path else name_of(spot, said.inside))}</bdi></a>'
        for spot in spots[:NAMES_LISTED]
    ]
    if len(spots) > NAMES_LISTED:
        names.append(escape(words.more.format(count=len(spots) - NAMES_LISTED)))
    return " · ".join(names)


_SIGNS: Final = {
    "town": '<circle class="town" cx="10" cy="10" r="6"/>',
    "quarter": '<rect class="quarter" x="5" y="5" width="10" height="10"/>',
    "site": '<path class="site" d="M10,3 17,10 10,17 3,10z"/>',
    "ring": '<circle class="ring" cx="10" cy="10" r="7"/>',
    "ring apart": '<circle class="ring apart" cx="10" cy="10" r="7"/>',
    "land named": '<rect class="land named" x="2" y="4" width="16" height="12"/>',
}


def _legend(words: Words) -> Iterable[str]:
    for sign, meaning in words.legend.items():
        yield f'<li><svg viewBox="0 0 20 20" aria-hidden="true">{_SIGNS[sign]}</svg>{escape(meaning)}</li>'
    small, large = '<circle class="town" cx="5" cy="12" r="3"/>', '<circle class="town" cx="14" cy="10" r="5.5"/>'
    yield f'<li><svg viewBox="0 0 20 20" aria-hidden="true">{small}{large}</svg>{escape(words.size)}</li>'


def _apart(spots: Sequence[Spot], outlines: Outlines, said: chart.Sayings, words: Words) -> Iterable[str]:
    """What is drawn elsewhere than where it lies, by where that is; then what is not drawn at all, with its path."""
    held: dict[str, list[Spot]] = {}
    for spot in spots:
        if spot.position and spot.position.at:
            held.setdefault(clean(spot.position.at.name), []).append(spot)
    nowhere = [spot for spot in spots if spot.position is None and spot.place.id not in outlines.countries]
    lines = [f"{escape(words.at.format(place=at))} {_links(there, said, words)}" for at, there in held.items()]
    if nowhere:
        lines.append(f"{escape(words.nowhere)} {_links(nowhere, said, words, path=True)}")
    if lines:
        is_open = " open" if len(lines) <= LINES_OPEN else ""
        yield f"<details{is_open}><summary><h2>{escape(words.apart)}</h2></summary>\n<ul>"
        yield from (f"<li>{line}</li>" for line in lines)
        yield "</ul></details>"


def _table(
    spots: Sequence[Spot], outlines: Outlines, rows: Mapping[str, str], words: Words, *, alone: bool
) -> Iterable[str]:
    """Everything, for those who do not see a drawing. The articles are left out where one is all there is (`alone`)."""
    columns = {key: name for key, name in words.columns.items() if not (alone and key == "articles")}
    yield f"<h2>{escape(words.all)}</h2>\n<table>\n<thead><tr>"
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in columns.values())
    yield "</tr></thead>\n<tbody>"
    for spot in spots:
        cells = {
            "place": _place(spot),
            "kind": escape(words.kinds[spot.place.kind]),
            "mentions": str(spot.mentions),
            "articles": _articles(spot.articles, words),
            "position": _position(spot, outlines, words),
            "why": "<br>".join(f"<bdi>{escape(clean(reason))}</bdi>" for reason in spot.reasons),
        }
        row = "".join(f'<td data-name="{escape(name)}">{cells[key]}</td>' for key, name in columns.items())
        yield f'<tr id="{rows[spot.place.id]}">{row}</tr>'
    yield "</tbody>\n</table>"


def _place(spot: Spot) -> str:
    """Its name, and what it lies in below that."""
    above = clean(spot.path).partition("، ")[2]
    return f'<b><bdi>{escape(clean(spot.place.name))}</bdi></b><bdi class="small">{escape(above)}</bdi>'


def _articles(articles: Sequence[Article], words: Words) -> str:
    items = [f"<li>{_title(article, words)}</li>" for article in articles[:TITLES_LISTED]]
    if len(articles) > TITLES_LISTED:
        items.append(f"<li>{escape(words.more.format(count=len(articles) - TITLES_LISTED))}</li>")
    shown, folded = items[:TITLES_SHOWN], items[TITLES_SHOWN:]
    html = f"<ul>{''.join(shown)}</ul>"
    if folded:
        more = escape(words.more.format(count=len(articles) - TITLES_SHOWN))
        html += f"<details><summary>{more}</summary><ul>{''.join(folded)}</ul></details>"
    return html


def _title(article: Article, words: Words) -> str:
    title = f"<bdi>{escape(_cut(article.title) or words.untitled)}</bdi>"
    address = web_address(article.url)
    return f'<a href="{escape(address)}" rel="noopener noreferrer">{title}</a>' if address else title


def web_address(url: str) -> str:
    """An address that may be a link: http or https, with a host, and short; "": anything else."""
    address = clean(url)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc) and len(address) <= URL_LIMIT
    return address if is_web and " " not in address else ""


def _position(spot: Spot, outlines: Outlines, words: Words) -> str:
    if spot.position is None:
        return escape(words.outline if spot.place.id in outlines.countries else words.none)
    place = f"{spot.position.lat:.3f}, {spot.position.lon:.3f}"
    address = escape(map_url(spot.place, spot.position))
    link = f'<a class="number" dir="ltr" href="{address}" rel="noopener noreferrer">{place}</a>'
    at = spot.position.at
    return link if at is None else f"{escape(words.at.format(place=clean(at.name)))} {link}"
