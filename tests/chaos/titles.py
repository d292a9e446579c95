"""Nasty titles: what feeds, mistakes and mischief have put into headlines, alone and mixed, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

PIECES = (
    # mark-up, closed or not, and what only looks like it
    *(
        "<b>",
        "</b>",
        "<b",
        "<a href='",
        '<a href="http://evil.test">',
        "</a>",
        "<i><b></i>",
        "<!--",
        "]]>",
        "<![CDATA[",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</title>",
        "<pre><code>",
        "<tg-spoiler>",
        "<>",
        "< ا",
    ),
    *(
        "&",
        "&amp;",
        "&amp;lt;b&amp;gt;",
        "&#x;",
        "&#x200F;",
        "&#0;",
        "&#1114112;",
        "&lt;",
        "&nbsp",
        "&zwj;",
        "&#xD800;",
    ),
    *(
        "*نجمة*",
        "_سطر_",
        "[رابط](http://evil.test)",
        "`رمز`",
        "||مخفي||",
        "~شطب~",
        "{{ 7*7 }}",
        "{% raw %}",
        "%s",
        "%n",
    ),
    # direction
    *(
        "\u202e",
        "\u202d",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
        "\u200e",
        "\u200f",
        "\u061c",
    ),
    # nothing to see
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u180e",
        "\u034f",
        "\u115f",
        "\u3164",
        "\ufffc",
        "\u2800",
    ),
    *(
        "\0",
        "\x01",
        "\x07",
        "\x08",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\ud800",
        "\udfff",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "\ufffd",
    ),
    *("\n", "\r\n", "\t", "\v", "\f", "\u2028", "\u2029", "\u00a0", "\u3000", "   "),
    # marks and letters
    *(
        "م" + "\u064e" * 40,
        "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f",
        "\u0301",
        "é",
        "e\u0301",
        "ﷺ",
        "ﷲ",
        "ﻻ",
        "ـــ",
    ),
    *("كـتـاب", "غَزَّةُ", "ی ک ھ", "١٢٣", "۱۲۳", "؟!", "«»", "٪", "ﬁ", "ａｂｃ", "Ⅷ", "𝔘𝔫𝔦", "ǆ", "İ", "ß", "ﬃ"),
    # emoji
    *("👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇸🇾", "🇸", "👍🏽", "❤️", "❤", "☪︎", "1️⃣", "🧑🏿‍🚀", "🫠", "‍", "️"),
    # what clients make links of
    *(
        "@someone",
        "@",
        "#وسم",
        "#",
        "#1",
        "##",
        "/start",
        "/start@bot",
        "http://evil.test/?a=1&b=2",
        "evil.test",
        "a@b.test",
    ),
    *("tg://resolve?domain=x", "javascript:alert(1)", "+963111222333", "$USD", "4111 1111 1111 1111"),
    # length
    *("ط" * 500, "w" * 500, "👨‍👩‍👧‍👦" * 60, "كلمة " * 200, "&" * 300, "<" * 300, "." * 400),
    # words
    *("غارات ليلية قرب البوكمال", "عاجل:", "Reuters:", "الجيش", "قصف", "2026", "14:05", "-5", "±", "(", ")", "[", "]"),
    *(
        "NULL",
        "None",
        "undefined",
        "'; DROP TABLE alert; --",
        "../../etc/passwd",
        "${HOME}",
        "CON",
        "NaN",
        "0x1F",
        "1e999",
    ),
)


def titles(count: int, seed: int = 7) -> Iterator[str]:
    """So many: each piece alone, within a headline, 10,000 characters of it, then random mixtures."""
    chance = random.Random(seed)
    made = [
        *PIECES,
        *(f"غارات {piece} قرب البوكمال" for piece in PIECES),
        *((piece * 10_000)[:10_000] for piece in PIECES),
        "",
        " ",
        "\u202e" * 10_000 + "ا",
        "".join(map(chr, range(0x20))),
    ]
    yield from made[:count]
    for _ in range(count - len(made)):
        if chance.random() < 0.2:
            yield "".join(chr(chance.choice((chance.randrange(0x110000), chance.randrange(0x700)))) for _ in range(60))
        else:
            glue = chance.choice(("", " ", " "))
            yield glue.join(chance.choices(PIECES, k=chance.randint(2, 12)))
