"""The encoding of a body, judged by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.decode import MAX_BYTES, decode

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


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "windows-1256", "utf-16", "x"]))
def test_no_bytes_make_it_fail(body: bytes, header: str | None) -> None:
    assert isinstance(decode(body, header), str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=100))
def test_utf8_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode()) == text
