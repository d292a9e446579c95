"""Site: what each address of the six outlets answers, once given pieces are out.

Pure: pieces and times in, `Resource`s out. How a resource travels (conditional requests, headers, faults) is
the business of `server`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from newsroom import shapes
from newsroom.pieces import Published

FEEDS = {
    "manara": ("http://feeds.manara.test/arabic/rss.xml", "المنارة عربي"),
    "ufuq": ("http://www.ufuq.test/rss", "أفق نيوز عربية"),
    "damas": ("http://damas.test/feed/", "صدى دمشق"),
    "warraq": ("http://warraq.test/rss.xml", "جريدة الوراق"),
    "sahel": ("http://sahel.test/atom.xml", "الساحل اليوم"),
}
LISTINGS = {section: f"http://www.furat48.test/{section}" for section in ("الأخبار", "محليات")}
ROBOTS = {
    "http://www.furat48.test/robots.txt": "User-agent: *\nDisallow: /بحث\n",
    "http://www.manara.test/robots.txt": "User-agent: *\nDisallow: /search\n",
    "http://damas.test/robots.txt": "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
    "http://sahel.test/robots.txt": "User-agent: *\nAllow: /\n",
}
"""The others have none and answer 404."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What an address answers. `modified`: when it last changed; None where it carries no validators."""

    body: bytes
    content_type: str
    modified: datetime | None = None
    status: Literal[200, 403, 404] = 200


def key(url: str) -> str:
    """An address as resources are kept under it: unescaped, so that every spelling of it is the same."""
    parts = urlsplit(url)
    query = f"?{unquote(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.lower()}{unquote(parts.path)}{query}"


def find(resources: dict[str, Resource], url: str) -> Resource | None:
    """The resource at an address; a query that means nothing there (tracking, `?page=2`) changes nothing."""
    wanted = key(url)
    return resources.get(wanted) or resources.get(wanted.partition("?")[0])


def resources(out: Iterable[Published]) -> dict[str, Resource]:
    """Every address that answers, by its `key`, when these pieces are out."""
    newest_first = sorted(out, key=lambda published: published.at, reverse=True)
    site = {url: Resource(text.encode(), "text/plain; charset=utf-8") for url, text in ROBOTS.items()}
    for published in newest_first:
        site[shapes.address(published)] = _page(published)
    for outlet, (url, title) in FEEDS.items():
        mine = [published for published in newest_first if published.piece.outlet == outlet]
        write, kind = (
            (shapes.atom, "application/atom+xml") if outlet == "sahel" else (shapes.rss, "application/rss+xml")
        )
        site[url] = _resource(outlet, write(outlet, title, mine), kind, mine[0].at)
    for section, url in LISTINGS.items():
        mine = [p for p in newest_first if p.piece.outlet == "furat48" and shapes.section_of(p) == section]
        site[url] = _resource("furat48", shapes.listing(section, mine), "text/html", mine[0].at)
    return site


def _page(published: Published) -> Resource:
    piece, html = published.piece, shapes.page(published)
    if piece.page == "refused":
        return Resource(html.encode(), "text/html", status=403)
    if piece.page == "interstitial":  # with 200, as the worst of them do
        return Resource(html.encode(), "text/html; charset=utf-8")
    return _resource(piece.outlet, html, "text/html", published.at)


def _resource(outlet: str, text: str, kind: str, modified: datetime) -> Resource:
    charset = shapes.CHARSETS.get(outlet, "utf-8")
    declared = kind if outlet in shapes.UNDECLARED else f"{kind}; charset={charset}"
    return Resource(text.encode(charset), declared, modified)
