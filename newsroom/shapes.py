"""How the invented outlets look: their pages, feeds and listing pages, in the shapes of real ones.

Each outlet's habits stand here and in templates/: where a date stands and in which form, what a related block is
made of, what the encoding is and who says so. Pure functions of what is published; `site` gives them addresses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from string import Template
from urllib.parse import quote
from zoneinfo import ZoneInfo

from newsroom.pieces import HERE, Line, Published

EASTERN_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
LEVANTINE_MONTHS = (
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
)
WEEKDAYS = ("الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")

ORIGINS = {
    "furat48": "http://www.furat48.test",
    "manara": "http://www.manara.test",
    "ufuq": "http://www.ufuq.test",
    "damas": "http://damas.test",
    "warraq": "http://warraq.test",
    "sahel": "http://sahel.test",
}
ZONES = {
    "furat48": ZoneInfo("Asia/Damascus"),
    "manara": ZoneInfo("Europe/London"),
    "ufuq": ZoneInfo("Asia/Dubai"),
    "damas": ZoneInfo("Asia/Damascus"),
    "warraq": ZoneInfo("Asia/Baghdad"),
    "sahel": ZoneInfo("Asia/Beirut"),
}
CHARSETS = {"warraq": "windows-1256"}
"""Of an outlet's feed and pages; UTF-8 where none is named."""
UNDECLARED = frozenset({"warraq"})
"""Outlets whose HTTP headers say nothing of the charset: only the XML prolog and a meta tag do."""


def local(published: Published) -> datetime:
    """When it came out, by the outlet's own clock."""
    return published.at.astimezone(ZONES[published.piece.outlet])


def address(published: Published) -> str:
    """The URL of the piece as people read it, in Arabic letters; `wire` gives it as it travels."""
    piece = published.piece
    return ORIGINS[piece.outlet] + piece.path.format(date=f"{local(published):%Y/%m/%d}")


def wire(url: str) -> str:
    """A URL in percent-encoding (RFC 3986), lower-case hexadecimal as WordPress writes it."""
    head, *escapes = quote(url, safe=":/?=&").split("%")
    return head + "".join(f"%{e[:2].lower()}{e[2:]}" for e in escapes)


# Pages


def page(published: Published) -> str:
    """The page of a piece: the article in its outlet's shape, or what stands in its way."""
    piece = published.piece
    if piece.page != "article":
        return _template(piece.page).template
    return _PAGES[piece.outlet](published)


def _template(name: str) -> Template:
    return Template((HERE / "templates" / f"{name}.html").read_text(encoding="utf-8"))


def _fill(published: Published, lines: str, **more: str) -> str:
    piece, at = published.piece, local(published)
    common = {
        "title": escape(piece.title),
        "url": wire(address(published)),
        "image": f"{ORIGINS[piece.outlet]}/data/news/{at:%Y/%m/%d}/640-376/{at:%Y%m%d%H%M%S}.jpg",
        "published_text": f"{at:%d/%m/%Y %H:%M}",
        "lines": lines,
    }
    return _template(piece.outlet).substitute(common | more)


def _paragraphs(lines: Sequence[Line], related: Callable[[str], str]) -> str:
    """Lines as `<p>`, boilerplate among them as real pages have it, a related headline by the outlet's own form."""
    return "\n".join(
        related(escape(line.text)) if line.kind == "related" else f"<p>{escape(line.text)}</p>" for line in lines
    )


def _furat48(published: Published) -> str:
    return _fill(
        published,
        _paragraphs(
            published.piece.lines,
            lambda headline: f'<p><strong>طالع أيضًا:</strong></p>\n<p><a href="/الأخبار/قديم">{headline}</a></p>',
        ),
        section=section_of(published),
        stamp=f"{local(published):%Y-%m-%d %H:%M:%S}",
    )


def _manara(published: Published) -> str:
    organisation = {"@type": "NewsMediaOrganization", "@id": "#org", "name": "المنارة عربي"}
    article = {
        "@type": "NewsArticle",
        "url": wire(address(published)),
        "headline": published.piece.title,
        "datePublished": f"{published.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "dateModified": f"{published.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "author": organisation,
        "publisher": {"@id": "#org"},
        "inLanguage": "ar",
    }
    return _fill(
        published,
        _paragraphs(
            published.piece.lines,
            lambda headline: (
                '<section data-e2e="related-content"><h2>قصص مقترحة</h2>'
                f'<ul><li><a href="/arabic/articles/c0old0piece1o">{headline}</a></li></ul></section>'
            ),
        ),
        linked_data=_json({"@context": "https://schema.org", "@graph": [organisation, article]}),
    )


def _ufuq(published: Published) -> str:
    stamp = local(published).isoformat(timespec="seconds").translate(EASTERN_DIGITS)
    lead = "".join(escape(line.text) for line in published.piece.lines if line.kind == "lead")
    return _fill(
        published,
        _paragraphs(
            [line for line in published.piece.lines if line.kind != "lead"],
            lambda headline: (
                '<div class="rel_article_group"><div class="rel_article_group_title">أخبار ذات صلة</div>'
                f'<a class="rel_article_item" href="/middle-east/1930001">{headline}</a></div>\n'
                "<sna-related-article>أخبار ذات صلة</sna-related-article>"
            ),
        ),
        lead=f'<p class="article-summary">{lead}</p>',
        summary=escape(published.piece.summary),
        stamp=stamp,
        linked_data=_json(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": published.piece.title,
                "datePublished": stamp,
                "author": {"@type": "Organization", "name": "أفق نيوز عربية"},
            }
        ),
    )


def _damas(published: Published) -> str:
    return _fill(
        published,
        _paragraphs(
            published.piece.lines,
            lambda headline: (
                '<div class="post-related"><p>اقرأ أيضًا: </p>'
                f'<div class="one-post"><a href="/archives/340000"><h3>{headline}</h3></a></div></div>'
            ),
        ),
        stamp=published.at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def _warraq(published: Published) -> str:
    at = local(published)
    date = f"{WEEKDAYS[at.weekday()]} {at.day} {LEVANTINE_MONTHS[at.month - 1]} {at.year} - {at:%H:%M}"
    return _fill(
        published,
        "<BR><BR>\n".join(escape(line.text) for line in published.piece.lines),
        date=f'<DIV class="news-date">{date}</DIV>' if published.piece.dated else "",
    )


_PAGES: dict[str, Callable[[Published], str]] = {
    "furat48": _furat48,
    "manara": _manara,
    "ufuq": _ufuq,
    "damas": _damas,
    "warraq": _warraq,
}


def _json(data: object) -> str:
    """JSON for a script element: no `</` may end it early."""
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


# Listing pages


def section_of(published: Published) -> str:
    """The section that a piece of furat48 is listed under: the first step of its path."""
    return published.piece.path.split("/")[1]


def listing(section: str, out: Sequence[Published]) -> str:
    """The listing page of a section of furat48: a card for each piece, the date glued to the headline."""
    cards = "\n".join(
        f'<div class="category-inside-item"><a href="{escape(address(published).removeprefix(ORIGINS["furat48"]))}">'
        f'<img src="/thumb.jpg" alt=""><h3>{escape(published.piece.title)}'
        f'<span class="category-inside-time">{local(published):%d/%m/%Y}</span></h3></a></div>'
        for published in out
    )
    return _template("furat48-listing").substitute(section=section, cards=cards)


# Feeds


def rss(outlet: str, title: str, out: Sequence[Published]) -> str:
    """An outlet's RSS 2.0 feed, each item as this outlet writes them."""
    items = "\n".join(_ITEMS[outlet](published) for published in out)
    return f"""<?xml version="1.0" encoding="{CHARSETS.get(outlet, "utf-8")}"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{title}</title>
<link>{ORIGINS[outlet]}/</link>
<language>ar</language>
{items}
</channel>
</rss>
"""


def atom(outlet: str, title: str, out: Sequence[Published]) -> str:
    """An outlet's Atom feed (RFC 4287)."""
    entries = "\n".join(
        f"""<entry>
<title>{escape(published.piece.title)}</title>
<link rel="alternate" type="text/html" href="{wire(address(published))}"/>
<id>tag:{outlet}.test,2026:{published.piece.path}</id>
<published>{local(published).isoformat(timespec="seconds")}</published>
<updated>{local(published).isoformat(timespec="seconds")}</updated>
<summary type="html">{escape(f"<p>{escape(published.piece.summary)}</p>")}</summary>
</entry>"""
        for published in out
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">
<title>{title}</title>
<id>tag:{outlet}.test,2026:feed</id>
<link rel="self" href="{ORIGINS[outlet]}/atom.xml"/>
<updated>{max(published.at for published in out).isoformat(timespec="seconds")}</updated>
{entries}
</feed>
"""


def _manara_item(published: Published) -> str:
    url = wire(address(published))
    return f"""<item>
<title><![CDATA[{published.piece.title}]]></title>
<description><![CDATA[{published.piece.summary}]]></description>
<link>{url}?at_medium=RSS&amp;at_campaign=rss</link>
<guid isPermaLink="false">{url}#0</guid>
<pubDate>{format_datetime(published.at.astimezone(UTC), usegmt=True)}</pubDate>
<media:thumbnail width="240" height="135" url="{ORIGINS["manara"]}/240/cpsprodpb/p0.jpg"/>
</item>"""


def _ufuq_item(published: Published) -> str:
    summary = f'<img src="{ORIGINS["ufuq"]}/images/v1/600/400/1.jpg"/><p>{escape(published.piece.summary)}</p>'
    return f"""<item>
<title>{escape(published.piece.title)}</title>
<link>{wire(address(published))}</link>
<description>{escape(summary)}</description>
<guid isPermaLink="false">{published.piece.path.split("/")[2].split("-")[0]}</guid>
<pubDate>{format_datetime(local(published))}</pubDate>
</item>"""


def _damas_item(published: Published) -> str:
    number = published.piece.path.rpartition("/")[2]
    return f"""<item>
<title>{escape(published.piece.title)}</title>
<link>{address(published)}</link>
<dc:creator><![CDATA[فريق التحرير]]></dc:creator>
<pubDate>{format_datetime(published.at.astimezone(UTC))}</pubDate>
<category><![CDATA[أخبار]]></category>
<guid isPermaLink="false">{ORIGINS["damas"]}/?p={number}</guid>
<description><![CDATA[{f"<p>{published.piece.summary}</p>" if published.piece.summary else ""}]]></description>
</item>"""


def _warraq_item(published: Published) -> str:
    date = f"\n<pubDate>{format_datetime(local(published))}</pubDate>" if published.piece.dated else ""
    return f"""<item>
<title>{escape(published.piece.title)}</title>
<link>{address(published)}</link>
<description>{escape(published.piece.summary)}</description>{date}
</item>"""


_ITEMS: dict[str, Callable[[Published], str]] = {
    "manara": _manara_item,
    "ufuq": _ufuq_item,
    "damas": _damas_item,
    "warraq": _warraq_item,
}
