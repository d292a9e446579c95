"""An outlet, a moment and sentences that the tests of extraction share; all written for them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawler.article import Article
from crawler.extract.page import extract_page
from crawler.outlets.catalogue import Outlet, general_outlet

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEADLINE = "انهيار جزئي في سد قديم يجبر عشرات العائلات على النزوح"
LEAD = "نزحت عشرات العائلات ليل أمس من القرى المحاذية للنهر بعد انهيار جزء من سد ترابي قديم شمال المدينة."
SECOND = "وقال رئيس المجلس المحلي إن فرق الدفاع المدني أجلت السكان إلى مدرستين ومسجد قبل وصول المياه إلى البيوت."
THIRD = "وأوضح مهندس في مديرية الموارد المائية أن التشققات ظهرت قبل أسبوعين، وأن طلبات الصيانة لم تلق ردا."
LAST = "ولم تسجل إصابات حتى الآن، فيما تواصل الفرق تدعيم الجزء المتبقي من السد تحسبا لأمطار متوقعة غدا."
BODY = (LEAD, SECOND, THIRD, LAST)
URL = "https://daily.test/news/1"


def outlet(**changes: Any) -> Outlet:
    """A known outlet at daily.test, in Damascus, with article addresses /news/<id>."""
    facts: dict[str, Any] = {
        "name_ar": "اليومية",
        "name_en": "The Daily",
        "country": "SY",
        "timezone": ZoneInfo("Asia/Damascus"),
        "hosts": ("daily.test", "www.daily.test"),
        "article_url": re.compile(r"^https?://(?:www\.)?daily\.test/news/(?P<id>\d+)"),
    }
    return replace(general_outlet("daily", "https://daily.test/"), **(facts | changes))


def paragraphs(*texts: str) -> str:
    """HTML paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)


MENU = "".join(f'<a href="/s/{n}">قسم {n}</a>' for n in range(30))


def page(
    body: str = f"<article>{paragraphs(*BODY)}</article>",
    head: str = "",
    title: str = HEADLINE,
    h1: str | None = HEADLINE,
) -> str:
    """A page of daily.test with menus around `body`."""
    heading = f"<h1>{h1}</h1>" if h1 else ""
    return f"""<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>{head}</head>
    <body><nav>{MENU}</nav><main>{heading}{body}</main><footer>جميع الحقوق محفوظة {MENU}</footer></body></html>"""


def read(markup: str | bytes, of: Outlet | None = None, url: str = URL, **more: Any) -> Article:
    """The article that `extract_page` makes of it."""
    raw = markup.encode() if isinstance(markup, str) else markup
    return extract_page(raw, url=url, outlet=of or outlet(), fetched_at=NOW, **more)


def json_ld(*things: dict[str, Any] | list[Any], kind: str = "application/ld+json") -> str:
    """Scripts of JSON-LD."""
    return "".join(f'<script type="{kind}">{json.dumps(t, ensure_ascii=False)}</script>' for t in things)


def news(**more: Any) -> dict[str, Any]:
    """A NewsArticle of JSON-LD."""
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, **more}


def meta(**values: str) -> str:
    """Metas by property; `__` stands for a colon."""
    return "".join(f'<meta property="{k.replace("__", ":")}" content="{v}">' for k, v in values.items())
