"""What a message says: content → lines of spans → Telegram HTML and the same as plain text.

Everything is cut here, in the model, before any mark-up exists (a message cut after it is marked up breaks, and
the alert with it). Fields are bounded so that a whole alert always fits; a digest or notice that would not is cut
at whole items and says how many are missing. Pure; the text of others passes through `text.py` first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import accumulate, chain
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.delivery.model import Rendered
from alerts.delivery.text import clean, embed, hashtag, led, number, reads_right_to_left, shorten, units
from alerts.rules.model import Channel, Severity
from crawler.article import HEADLINE_ONLY

MESSAGE_LIMIT = 4096
"""UTF-16 units of a message after entity parsing (Bot API, sendMessage)."""
TITLE_LIMIT = 400
"""A headline is under 150; beyond this it is no headline, and isolates can make it half as long again."""
LEAD_LIMIT = 200
"""Two lines on a desktop, four on a phone."""
NAME_LIMIT = 80
EVIDENCE_LIMIT = 200
URL_LIMIT = 2048
"""Telegram drops a longer address from a text link."""
RULES_LIMIT = 5
ITEM_TITLE_LIMIT = 160
NOTICE_LINE_LIMIT = 600
BECAUSE_LIMIT = 600
"""UTF-16 units of a retraction's reason, as of a notice's line."""

URGENT = "🔴"


@dataclass(frozen=True, slots=True)
class AlertContent:
    """What an alert says. Texts are the source's own and hostile; times aware; `rules` are (id, title), the title
    empty where the rule has none; `flags` the article's; `evidence_line` why it came, in a few words;
    `place_url` a page that shows the place on a map, for the channels that want it."""

    title: str
    lead: str
    outlet_name_ar: str
    outlet_name_en: str
    place: str | None
    published_at: datetime | None
    seen_at: datetime
    url: str
    rules: tuple[tuple[str, str], ...]
    severity: Severity = "normal"
    flags: tuple[str, ...] = ()
    evidence_line: str = ""
    place_url: str = ""


@dataclass(frozen=True, slots=True)
class DigestContent:
    """Many alerts in one message; `total` counts those left out of `items` too."""

    items: tuple[AlertContent, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """Lines for the operator, the first of them the headline."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetractedContent:
    """An alert that was taken back: the headline that it bore, and why, in an editor's words."""

    title: str
    because: str


Content = AlertContent | DigestContent | NoticeContent | RetractedContent


@dataclass(frozen=True, slots=True)
class Span:
    """A run of visible text, embedded for its line; `href` makes it a link."""

    text: str
    bold: bool = False
    href: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line; without spans it is blank."""

    spans: tuple[Span, ...] = ()
    right_to_left: bool = True

    @property
    def mark(self) -> str:
        """The direction mark that leads it, where it needs one."""
        text = "".join(s.text for s in self.spans)
        return led(text, right_to_left=self.right_to_left) if text else ""

    @property
    def text(self) -> str:
        """What a reader sees of it."""
        return self.mark + "".join(s.text for s in self.spans)


Block = tuple[Line, ...]
BLANK = Line()


@dataclass(frozen=True, slots=True)
class Words:
    """The few words of our own, in one language."""

    seen: str
    city: str  # {city}
    untitled: str
    article: str  # the link, where the outlet has no name
    headline_only: str
    matched: str  # {evidence}
    digest: str  # {total}
    more: str  # {count}
    comma: str
    retracted: str


WORDS = {
    "ar": Words(
        seen="رُصد",
        city="بتوقيت {city}",
        untitled="(بلا عنوان)",
        article="الخبر",
        headline_only="لا نصّ على صفحة الخبر بعد",
        matched="طابق: {evidence}",
        digest="موجز التنبيهات ({total})",
        more="… و{count} غيرها",
        comma="، ",
        retracted="سُحب هذا الخبر:",
    ),
    "en": Words(
        seen="seen",
        city="{city} time",
        untitled="(untitled)",
        article="article",
        headline_only="No text on the page yet",
        matched="matched: {evidence}",
        digest="Digest ({total})",
        more="… and {count} more",
        comma=", ",
        retracted="Retracted:",
    ),
}


def digests(items: Sequence[AlertContent], *, channel: Channel) -> tuple[DigestContent, ...]:
    """`items` in as few digests as hold all of them, each within `MESSAGE_LIMIT` as HTML; order is kept."""
    head = sum(units(line.text) + 1 for line in _digest_head(len(items), channel))
    pages: list[list[AlertContent]] = []
    room = 0
    for item in items:
        size = sum(units(line.text) + 1 for line in _digest_item(item, channel))
        if size > room or not pages:
            pages.append([])
            room = MESSAGE_LIMIT - head
        pages[-1].append(item)
        room -= size
    return tuple(DigestContent(tuple(page), len(page)) for page in pages)


def render(content: Content, *, channel: Channel) -> Rendered:
    """The message for `channel` (its language and time zone), HTML and plain, each within `MESSAGE_LIMIT`.

    The plain text is the visible text, each link's address on a line of its own below the line that holds it.
    """
    if isinstance(content, AlertContent):
        blocks: list[Block] = [alert_lines(content, channel)]
        total = 1
    elif isinstance(content, RetractedContent):
        blocks = [_retracted_lines(content, channel)]
        total = 1
    elif isinstance(content, DigestContent):
        blocks = [_digest_item(item, channel) for item in content.items]
        total = max(content.total, len(blocks))
    else:
        lines = [*filter(None, map(clean, content.lines))] or [WORDS[channel.language].untitled]
        blocks = [_notice_line(line, headline=i == 0) for i, line in enumerate(lines)]
        total = len(blocks)
    words = WORDS[channel.language]
    rtl = channel.language == "ar"
    head = _digest_head(total, channel) if isinstance(content, DigestContent) else ()

    def more(count: int) -> Block:
        return (Line((Span(words.more.format(count=number(str(count)))),), rtl),)

    # the two forms differ in length, by the addresses, so each is fitted by itself
    return Rendered(
        html="\n".join(map(_html, _fitted(head, blocks, total, more, lambda line: line.text))),
        plain="\n".join(map(_plain, _fitted(head, blocks, total, more, _plain))),
    )


def alert_lines(alert: AlertContent, channel: Channel) -> Block:
    """The lines of one alert: title, lead, source and place, time, evidence, hashtags. No italics: slanted Arabic
    reads badly."""
    words, rtl = WORDS[channel.language], channel.language == "ar"
    title = shorten(clean(alert.title), TITLE_LIMIT) or words.untitled
    lead = shorten(clean(alert.lead), LEAD_LIMIT)
    lines = [_own_line(title, rtl, bold=True, mark=f"{URGENT} " if alert.severity == "urgent" else "")]
    if lead and lead != title:
        lines += [BLANK, _own_line(lead, rtl)]
    if HEADLINE_ONLY in alert.flags:
        lines += [BLANK, Line((Span(words.headline_only),), rtl)]
    lines += [BLANK, _source_line(alert, channel, link=True), Line((Span(_when(alert, channel)),), rtl)]
    if evidence := shorten(clean(alert.evidence_line), EVIDENCE_LIMIT):
        lines.append(Line((Span(words.matched.format(evidence=embed(evidence, right_to_left=rtl))),), rtl))
    tags = dict.fromkeys(hashtag(title, rule) or hashtag(f"rule_{rule}") for rule, title in alert.rules[:RULES_LIMIT])
    if tags:
        lines.append(_own_line(" ".join(tags), rtl))
    return tuple(lines)


def when(moment: datetime, *, zone: ZoneInfo, language: Literal["ar", "en"]) -> str:
    """Day, time and zone, e.g. `12 تشرين الثاني، 14:05 بتوقيت دمشق`: months as the zone's country names them (CLDR),
    Western digits, each number isolated."""
    from babel import Locale, UnknownLocaleError  # 70 ms: only when there is something to say
    from babel.core import get_global
    from babel.dates import format_datetime, get_timezone_location

    words = WORDS[language]
    key = zone.key or "UTC"
    territory = get_global("zone_territories").get(key) if language == "ar" else None
    try:
        locale = Locale(language, territory)
    except UnknownLocaleError:  # CLDR has no Arabic of that country
        locale = Locale(language)
    local = moment.astimezone(zone)
    isolate = number if language == "ar" else str
    if "/" not in key or key.startswith("Etc/"):  # no city: UTC, or a bare offset, whose POSIX sign misleads
        offset = local.strftime("%z")
        label = isolate("UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}")
    else:
        city = get_timezone_location(zone, locale=locale, return_city=True)
        label = words.city.format(city=embed(clean(city), right_to_left=language == "ar"))
    day = f"{isolate(str(local.day))} {format_datetime(local, 'MMMM', tzinfo=zone, locale=locale)}"
    return f"{day}{words.comma}{isolate(local.strftime('%H:%M'))} {label}"


def _when(alert: AlertContent, channel: Channel) -> str:
    text = when(alert.published_at or alert.seen_at, zone=channel.timezone, language=channel.language)
    return text if alert.published_at else f"{WORDS[channel.language].seen} {text}"


def _source_line(alert: AlertContent, channel: Channel, *, link: bool) -> Line:
    """Outlet (where `link`, the link to the article) and place (where the channel wants it, the link to a map)."""
    rtl = channel.language == "ar"
    names = (alert.outlet_name_ar, alert.outlet_name_en)
    name = next(filter(None, (clean(n) for n in (names if rtl else reversed(names)))), WORDS[channel.language].article)
    spans = [Span(_field(name, rtl), href=_href(alert.url) if link else "")]
    if place := _field(alert.place or "", rtl):
        spans += [Span(" · "), Span(place, href=_href(alert.place_url) if link and channel.map else "")]
    return Line(tuple(spans), rtl)


def _digest_head(total: int, channel: Channel) -> Block:
    title = WORDS[channel.language].digest.format(total=number(str(total)))
    return (Line((Span(title, bold=True),), channel.language == "ar"), BLANK)


def _digest_item(alert: AlertContent, channel: Channel) -> Block:
    rtl = channel.language == "ar"
    title = shorten(clean(alert.title), ITEM_TITLE_LIMIT) or WORDS[channel.language].untitled
    mark = f"{URGENT} " if alert.severity == "urgent" else "• "
    source = _source_line(alert, channel, link=False)
    return (
        _own_line(title, rtl, mark=mark, href=_href(alert.url)),
        Line((*source.spans, Span(f" · {_when(alert, channel)}")), rtl),
        BLANK,
    )


def _retracted_lines(retracted: RetractedContent, channel: Channel) -> Block:
    words, rtl = WORDS[channel.language], channel.language == "ar"
    title = shorten(clean(retracted.title), TITLE_LIMIT) or words.untitled
    because = embed(shorten(clean(retracted.because), BECAUSE_LIMIT), right_to_left=rtl)
    right = rtl or reads_right_to_left(title)
    struck = Line((Span(embed(title, right_to_left=right), struck=True),), right)
    return struck, BLANK, Line((Span(words.retracted, bold=True), Span(f" {because}")), rtl)


def _notice_line(text: str, *, headline: bool) -> Block:
    line = shorten(text, NOTICE_LINE_LIMIT)
    return (_own_line(line, reads_right_to_left(line), bold=headline),)


def _own_line(text: str, channel_rtl: bool, *, bold: bool = False, mark: str = "", href: str = "") -> Line:
    """A line of the source's text alone. In an Arabic channel every line runs from the right; in an English one
    an Arabic headline keeps its own direction."""
    rtl = channel_rtl or reads_right_to_left(text)
    spans = (Span(embed(text, right_to_left=rtl), bold, href),)
    return Line((Span(mark), *spans) if mark else spans, rtl)


def _field(text: str, rtl: bool) -> str:
    return embed(shorten(clean(text), NAME_LIMIT), right_to_left=rtl)


def _href(url: str) -> str:
    """An address that Telegram takes for a link; empty where it is none."""
    url = re.sub(r"[\s\x00-\x1f\x7f\ud800-\udfff]", "", url)
    return url if re.match(r"https?://[^/?#]", url, re.IGNORECASE) and units(url) <= URL_LIMIT else ""


def _fitted(
    head: Block, blocks: Sequence[Block], total: int, more: Callable[[int], Block], text: Callable[[Line], str]
) -> Block:
    """`head` and as many whole `blocks` as fit by the length of `text`, then how many of `total` are missing."""

    def size(block: Block) -> int:
        return sum(units(text(line)) + 1 for line in block)

    ends = list(accumulate((size(block) for block in blocks), initial=size(head)))
    kept = len(blocks)
    while kept and ends[kept] + (size(more(total - kept)) if kept < total else 0) > MESSAGE_LIMIT:
        kept -= 1
    lines = [*head, *chain.from_iterable(blocks[:kept]), *(more(total - kept) if kept < total else ())]
    while lines and not lines[-1].spans:
        lines.pop()
    return tuple(lines)


def _plain(line: Line) -> str:
    return "\n".join([line.text, *(s.href for s in line.spans if s.href)])


def _html(line: Line) -> str:
    return line.mark + "".join(_span_html(s) for s in line.spans)


def _span_html(span: Span) -> str:
    html = escape(span.text, quote=False)
    if span.href:
        html = f'<a href="{escape(span.href)}">{html}</a>'
    if span.struck:
        html = f"<s>{html}</s>"
    return f"<b>{html}</b>" if span.bold else html
