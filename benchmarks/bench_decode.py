"""Encodings: how many bodies each way of reading bytes gets right, ours beside Scrapy's and charset-normalizer.

Every text in every encoding that can carry it, undeclared and under each declaration, right or wrong. Right is the
text itself; refused is the honest second best; anything else is silently wrong. charset-normalizer reads no
declarations, so that its row is the same for each. Run: make bench-decode.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from w3lib.encoding import html_to_unicode

from crawler.extract.decode import decode
from crawler.extract.unreadable import Unreadable

TEXTS = {
    "a headline": "وفاة ثلاثة عمال في انهيار رافعة بميناء طرطوس",
    "a paragraph": "قالت وزارة الصحة مساء الأربعاء إن المختبرات سجلت ست إصابات جديدة في المحافظات الشمالية، "
    "وأوضح الناطق باسمها أن المصابين نقلوا إلى مستشفى ميداني وأن حالتهم مستقرة.",
    "a page": "<html><head><title>الأخبار</title><style>p { margin: 0 }</style></head><body>"
    + "<p>ارتفعت أسعار الخضار في أسواق العاصمة هذا الأسبوع، وعزا تجار ذلك إلى كلفة النقل وشح المحروقات.</p>\n" * 20
    + "</body></html>",
    "mostly English": "<p>Breaking: the minister resigned on Tuesday, officials said, and talks go on.</p>\n" * 20
    + "<h1>استقالة وزير المالية</h1>",
}
ENCODINGS = ("utf-8", "windows-1256", "iso-8859-6", "utf-16-le", "utf-16-be")
DECLARED = (None, "utf-8", "windows-1256", "iso-8859-6", "iso-8859-1", "utf-16")


def ours(body: bytes, charset: str | None) -> str | None:
    try:
        return decode(body, charset)
    except Unreadable:
        return None


def scrapy(body: bytes, charset: str | None) -> str | None:
    return html_to_unicode(f"text/html; charset={charset}" if charset else None, body)[1]


def normalizer(body: bytes, charset: str | None) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body).best()
    return str(best) if best else None


def main() -> None:
    logging.disable()
    ways: dict[str, Callable[[bytes, str | None], str | None]] = {"ours": ours, "w3lib (Scrapy)": scrapy}
    try:
        import charset_normalizer  # noqa: F401
    except ImportError:
        print("charset-normalizer is not installed: left out")
    else:
        ways["charset-normalizer"] = normalizer
    print(f"{'encoding':14}" + "".join(f"{name:>36}" for name in ways))
    totals: dict[str, Counter[str]] = {name: Counter() for name in ways}
    for encoding in ENCODINGS:
        row: dict[str, Counter[str]] = {name: Counter() for name in ways}
        for text in TEXTS.values():
            body = text.encode(encoding)
            for charset in DECLARED:
                for name, way in ways.items():
                    read = way(body, charset)
                    row[name]["right" if read == text else "refused" if read is None else "wrong"] += 1
        print(f"{encoding:14}" + "".join(f"{_told(row[name]):>36}" for name in ways))
        for name in ways:
            totals[name] += row[name]
    print(f"{'all':14}" + "".join(f"{_told(totals[name]):>36}" for name in ways))


def _told(counts: Counter[str]) -> str:
    return f"{counts['right']} right, {counts['refused']} refused, {counts['wrong']} wrong"


if __name__ == "__main__":
    main()
