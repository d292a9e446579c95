"""The encoding of a body, judged by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.decode import MAX_BYTES, decode
from crawler.extract.unreadable import Unreadable

TEXT = "<p>أعلنت البلدية إغلاق الجسر الرئيسي أمام الشاحنات حتى إشعار آخر</p>"


@pytest.mark.parametrize(
    ("prefix", "encoding", "header"),
    [
        ("", "utf-8", None),
        ("", "utf-8", "iso-8859-1"),
        ("", "utf-8", "windows-1256"),
        ('<meta charset="windows-1256">', "utf-8", None),
        ("", "utf-8-sig", None),
        ("", "windows-1256", None),
        ("", "windows-1256", "windows-1256"),
        ("", "windows-1256", "utf-8"),
        ("", "windows-1256", "iso-8859-6"),
        ("", "windows-1256", "iso-8859-1"),
        ("", "windows-1256", "no-such-encoding"),
        ('<?xml version="1.0" encoding="windows-1256"?>', "windows-1256", None),
        ('<?xml version="1.0" encoding="utf-8"?>', "windows-1256", "utf-8"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">', "windows-1256", None),
        ("", "iso-8859-6", "iso-8859-6"),
        ("", "iso-8859-6", None),
        ("", "utf-16", None),
        ("", "utf-16-le", None),
        ("", "utf-16-be", None),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-16-le", "utf-8"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-16-be", None),
        ("", "utf-32", None),
    ],
)
def test_arabic_is_read_whatever_the_declarations_say(prefix: str, encoding: str, header: str | None) -> None:
    text = prefix + TEXT.replace("إ", "ا") if encoding == "iso-8859-6" else prefix + TEXT
    assert decode(text.encode(encoding), header) == text


def test_a_western_page_is_read_as_declared() -> None:
    assert decode("<p>café à la crème</p>".encode("latin-1"), "iso-8859-1") == "<p>café à la crème</p>"


def test_a_character_cut_in_two_does_not_make_utf8_another_encoding() -> None:
    assert decode(TEXT.encode()[:-10]).startswith("<p>أعلنت البلدية")


def test_control_characters_go_and_line_feeds_and_tabs_stay() -> None:
    assert decode("أ\x0bب\x00ج\nد\tه".encode()) == "أبج\nد\tه"


def test_no_more_is_read_than_the_crawler_fetches() -> None:
    assert len(decode(b"a" * (MAX_BYTES + 10))) == MAX_BYTES


# ---- wrong before it was sent ------------------------------------------------------------------------------------


def sloppy(raw: bytes, encoding: str) -> str:
    """`raw` as software reads it that knows no undefined bytes: they become controls."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in raw)


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252", "windows-1256"])
def test_utf8_that_was_read_as_something_else_and_encoded_again_is_mended(encoding: str) -> None:
    assert decode(sloppy(TEXT.encode(), encoding).encode()) == TEXT


def test_utf8_that_was_encoded_twice_too_often_is_mended() -> None:
    assert decode(TEXT.encode().decode("latin-1").encode().decode("latin-1").encode()) == TEXT


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6"])
def test_an_arabic_encoding_that_was_read_as_western_is_mended(encoding: str) -> None:
    assert decode(TEXT.encode(encoding).decode("latin-1").encode()) == TEXT


def test_a_mojibake_headline_on_a_right_page_is_mended_and_the_page_left() -> None:
    headline = "افتتاح معرض الكتاب"
    page = f"<h1>{sloppy(headline.encode(), 'windows-1252')}</h1>{TEXT}"
    assert decode(page.encode()) == f"<h1>{headline}</h1>{TEXT}"


def test_what_is_right_is_not_mended() -> None:
    for text in ("<p>Çáva? Ù là Ø noël, déjà vu à Málaga</p>", "<p>ط§ الصفحة</p>", "Ünlü gazeteci Çağlar Çınar"):
        assert decode(text.encode()) == text


# ---- more than one encoding, damage ------------------------------------------------------------------------------


def test_a_page_in_two_encodings_is_read_in_both() -> None:
    menu = "<li>الرئيسية</li><li>سياسة واقتصاد</li><li>تحقيقات ميدانية</li>"
    assert decode(TEXT.encode() + menu.encode("windows-1256") + TEXT.encode(), "utf-8") == TEXT + menu + TEXT
    assert decode(menu.encode("windows-1256") * 9 + TEXT.encode()) == menu * 9 + TEXT


def test_a_headline_in_windows_1256_on_an_english_page_is_read() -> None:
    text = "<p>Officials said the bridge would stay closed.</p>" * 50 + "<h1>إغلاق الجسر</h1>"
    assert decode(text.encode("windows-1256")) == text


@pytest.mark.parametrize(
    "text",
    [
        "<p>استاندار گفت که پل تا پایان هفته بسته می‌ماند و چاره‌ای جز تعمیر آن نیست</p>",
        "<p>گورنر نے کہا کہ پُل مرمت کے بعد ہی ٹریفک کے لیے کھولا جائے گا</p>",
        "<p>پارێزگار ڕایگەیاند کە پردەکە بۆ ماوەی هەفتەیەک دادەخرێت</p>",
    ],
)
def test_persian_urdu_and_kurdish_letters_come_through(text: str) -> None:
    assert decode(text.encode(), "windows-1256") == text
    assert decode(text.encode("utf-16-le"), "utf-8") == text


def test_damage_in_utf8_costs_only_what_is_damaged() -> None:
    body = (TEXT * 5).encode()
    read = decode(body[:200] + b"\xd8" + body[200:], "windows-1256")
    assert read.replace("\ufffd", "") == TEXT * 5


def test_a_text_cut_in_a_character_by_the_size_limit_ends_with_a_whole_one() -> None:
    body = b"a" * (MAX_BYTES - 1) + "ب".encode()
    assert decode(body) == "a" * (MAX_BYTES - 1)


def test_c1_controls_are_the_quotes_that_they_were_meant_as() -> None:
    assert decode("\x93عاجل\x94 \x97 خبر\x81".encode()) == "“عاجل” — خبر"


# ---- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "header", "why"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, None, "no text"),
        (("多国外长举行会议讨论局势" * 5).encode("gbk"), None, "no encoding makes words"),
        (bytes(range(0x80, 0xA0)) * 30, "windows-1256", "no encoding makes words"),
        ("عن".encode("windows-1256"), None, "too little text to tell"),
        (b"\xff\xfe" + b"\x00\xd8" * 50, None, "no utf-16"),
    ],
)
def test_bytes_that_nothing_makes_readable_are_refused_with_the_reason(
    body: bytes, header: str | None, why: str
) -> None:
    with pytest.raises(Unreadable, match=why) as refusal:
        decode(body, header)
    assert refusal.value.kind == "broken"


def test_another_language_is_read_as_it_declares() -> None:
    text = "Министр заявил, что переговоры продолжатся на этой неделе"
    assert decode(text.encode("windows-1251"), "windows-1251") == text


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("Ç", "cp437", "cp437"),
        ("А", "cp866", "IBM866"),
        ("Ђ", "cp1251", "windows_1251"),
        ("Ä", "mac-roman", "macintosh"),
        ("қ", "koi8-t", "koi8-t"),
        ("년", "euc-kr", "euc-kr"),
        ("عن", "iso8859-6", "iso-8859-6"),
        ("في", "windows-1256", "windows-1256"),
    ],
)
def test_bytes_too_few_to_weigh_are_read_as_declared(text: str, encoding: str, declared: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>'
    assert decode((prolog + text).encode(encoding)) == prolog + text
    assert decode(text.encode(encoding), declared) == text
    assert decode((prolog + text).encode(encoding), "utf-8") == prolog + text  # what is not UTF-8 refutes that


def test_the_header_is_believed_before_the_prolog_where_both_could_be() -> None:
    assert decode(b'<?xml version="1.0" encoding="cp437"?>\x80', "cp866").endswith("А")


@pytest.mark.parametrize("header", [None, "iso-8859-1", "windows-1252", "no-such-encoding"])
def test_a_servers_default_declares_nothing(header: str | None) -> None:
    with pytest.raises(Unreadable, match="too little text to tell"):
        decode("عن".encode("windows-1256"), header)


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp875", "cp1140"])
def test_ebcdic_is_read_as_its_prolog_declares(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<title>Bridge closed: 3 hurt</title>'
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("header", ["punycode", "idna", "unicode_escape", "rot13", "hex", "utf-7", "mbcs", "base64"])
def test_a_codec_that_is_no_encoding_of_pages_is_not_used(header: str) -> None:
    assert decode(TEXT.encode("windows-1256"), header) == TEXT


# ---- any text, any encoding, any declaration ---------------------------------------------------------------------

WORDS = [
    word
    for line in (
        "أعلن قال أفاد مصدر رسمي وزير الداخلية الخارجية مدينة المحافظة صباح مساء اليوم أمس في من إلى على عن بعد قبل",
        "خلال",
        "إصابة مقتل ثلاثة جرحى حريق سيول أمطار غزيرة طريق دولي مطار ميناء مستشفى جامعة طلاب عمال شركة نفط غاز كهرباء",
        "مياه",
        "اتفاق هدنة مفاوضات جلسة برلمان حكومة رئيس مجلس انتخابات ضريبة أسعار عملة ذهب قمح مظاهرة إضراب محكمة قاض شرطة",
    )
    for word in line.split()
]
NEWS = st.lists(st.sampled_from(WORDS), min_size=10, max_size=30, unique=True).map(" ".join)
ENCODINGS = ["utf-8", "utf-8-sig", "windows-1256", "iso-8859-6", "utf-16-le", "utf-16-be", "utf-16", "utf-32-le"]
DECLARED = [None, "utf-8", "windows-1256", "iso-8859-6", "iso-8859-1", "windows-1252", "windows-1251", "utf-16", "gbk"]
DECLARED += ["cp437", "cp720", "cp864", "koi8-r", "mac-roman", "euc-kr"]


@given(NEWS, st.sampled_from(ENCODINGS), st.sampled_from(DECLARED), st.sampled_from(DECLARED), st.booleans())
def test_news_in_any_encoding_is_itself_or_refused_whatever_is_declared(
    news: str, encoding: str, header: str | None, meta: str | None, long_head: bool
) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    page = f"{head}{'<script>var a = 1;</script>' * 99 if long_head else ''}<p>{news}</p>"
    try:
        assert decode(page.encode(encoding), header) == page
    except Unreadable as refusal:
        assert refusal.detail


@given(NEWS, st.sampled_from(["windows-1256", "iso-8859-6", "utf-16-le"]), st.sampled_from(DECLARED))
def test_a_paragraph_of_news_is_read_and_never_refused(news: str, encoding: str, header: str | None) -> None:
    page = f"<p>{news}</p>"
    assert decode(page.encode(encoding), header) == page


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "windows-1256", "utf-16", "x"]))
def test_no_bytes_make_it_fail_but_by_refusal(body: bytes, header: str | None) -> None:
    try:
        text = decode(body, header)
    except Unreadable:
        return
    assert not any(char in text for char in "\x00\x0b\x1f\x85\x9f\uffff")


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"), max_size=100)
)
def test_utf8_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode()) == text
