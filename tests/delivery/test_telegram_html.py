"""The strict server's reading of mark-up: TDLib's own cases, in our words."""

from __future__ import annotations

import pytest

from tests.telegram_html import MarkupError, parse

HEAD = "🏟 🏟&lt;"  # 13 bytes, six UTF-16 units


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("<abacaba", "Unclosed start tag at byte offset 13"),
        ("<br>", 'Unsupported start tag "br" at byte offset 13'),
        ("< b>", 'Unsupported start tag "" at byte offset 13'),
        ("<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("<i    aba>", 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13'),
        ("<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('<a href="&lt;x>', "Unclosed start tag at byte offset 13"),
        ("</b>", "Unexpected end tag at byte offset 13"),
        ("<b></b></", "Unexpected end tag at byte offset 20"),
        ("<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 13'),
        ("&#xDFDF;", "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched"),
    ],
)
def test_wrong_markup_is_refused_in_telegrams_words(html: str, error: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse(HEAD + html)
    assert str(caught.value).startswith(error)


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("a & b &nbsp; &lt&gt;&amp;&quot; &#1594;&#x632;", 'a & b &nbsp; <>&" غز', []),
        ("&#12345678;", "&#12345678;", []),
        ("<b>غ🏟</b>زة", "غ🏟زة", [("bold", 0, 3)]),
        ("<b></b>", "", []),
        ("<B>x</>", "x", [("bold", 0, 1)]),
        ("<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>", "🏟 ><🏟", [("italic", 0, 7), ("bold", 4, 3)]),
        ("<a href=telegram.org>t</a>", "t", [("text_link", 0, 1)]),
        ("<a href='javascript:alert(1)'>t</a>", "t", []),
        ("<a href='nowhere'>t</a>", "t", []),
        ('<span class="tg-spoiler">s</span><blockquote expandable>q</blockquote>', "sq", None),
    ],
)
def test_markup_becomes_text_and_entities(html: str, text: str, entities: list[tuple[str, int, int]] | None) -> None:
    got, found = parse(html)
    assert got == text
    if entities is None:
        entities = [("spoiler", 0, 1), ("blockquote", 1, 1)]
    assert [(e.type, e.offset, e.length) for e in found] == entities


def test_a_link_keeps_its_address_unescaped() -> None:
    _, [link] = parse('<a href="https://a.example/?x=1&amp;y=&quot;2&quot;">خبر</a>')
    assert link.record() == {"type": "text_link", "offset": 0, "length": 3, "url": 'https://a.example/?x=1&y="2"'}
