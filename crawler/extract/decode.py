"""Bytes to text: the encoding of a page or feed, judged by the bytes before what anybody declares.

Declarations of Arabic outlets are often wrong (windows-1256 under a utf-8 prolog, UTF-8 under an iso-8859-1
header), and w3lib, Scrapy's decoder, believes them; hence this module. UTF-8 proves itself: text in another
encoding is next to never valid UTF-8.
"""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, resolve_encoding

MAX_BYTES = 5 * 1024 * 1024
"""Bytes read of a body: the crawler's own DOWNLOAD_MAXSIZE; a news page or feed is under 1 MiB."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BROKEN_SHARE = 0.02
"""Share of a text's non-ASCII characters that may be broken before it is taken for another encoding."""
_DECLARATION_BYTES = 4096
_ARABIC = ("windows-1256", "iso-8859-6")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(body: bytes, charset: str | None = None) -> str:
    """The text of `body` (at most `MAX_BYTES` of it), without byte order mark and control characters.

    `charset` is that of the Content-Type header, as written. Never raises: what cannot be decoded becomes
    U+FFFD.
    """
    body = body[:MAX_BYTES]
    return _CONTROLS.sub("", _decode(body, charset).lstrip("\ufeff"))


def _decode(body: bytes, charset: str | None) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = body.decode("utf-8", "replace")
    beyond_ascii = sum(1 for c in text if c > "\x7f")
    if text.count("\ufffd") <= 1 + beyond_ascii * _BROKEN_SHARE:  # a few bytes lost, or cut in a character
        return text
    declared = [charset and resolve_encoding(charset), html_body_declared_encoding(body[:_DECLARATION_BYTES])]
    names = [n for n in dict.fromkeys([*declared, *_ARABIC, "windows-1252"]) if n and not n.startswith("utf")]
    return max((body.decode(n, "replace") for n in names), key=_arabic_words)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of the first tag is zero (annahar.com's feed)."""
    head = body[:64].lstrip()
    if head.startswith(b"<\x00"):
        return "utf-16-le"
    return "utf-16-be" if body[:64].lstrip(b"\x00 \r\n").startswith(b"<\x00") or body.startswith(b"\x00<") else None


def _arabic_words(text: str) -> int:
    """How many words begin with the article «ال»: read in a wrong Arabic encoding its lam is another letter."""
    return len(re.findall(r"\bال", text))
