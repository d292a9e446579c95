"""Records are read one by one, bounded, and answered in their place whatever they are."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import records
from alerts.records import Record, Unread, document_of, line_of, parse_record, read_records
from crawler.outlets.catalogue import general_outlet


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"id": "a", "text": "t"}', Record("a", "t")),
        (b'{"id": 0, "text": "", "title": null, "outlet": ""}', Record(0, "")),
        (b'{"id": 1.5, "text": "t", "extra": [1]}', Record(1.5, "t")),
        (
            b'{"id": 1, "url": "u", "outlet": "o", "title": "T", "text": "t", "published_at": "2026-01-01"}',
            Record(1, "t", "T", "o", "u", "2026-01-01"),
        ),
        (b'\xef\xbb\xbf{"id": 1, "text": "t"}\r\n', Record(1, "t")),
        (b'{"id": 1, "text": "\\ud83d\\ude00"}', Record(1, "😀")),
    ],
)
def test_a_record_needs_only_id_and_text(line: bytes, expected: Record) -> None:
    assert parse_record(line) == expected


@pytest.mark.parametrize(
    ("line", "record_id", "error"),
    [
        (b"{bad", None, "not JSON"),
        (b'"text"', None, "not an object"),
        (b"[]", None, "not an object"),
        (b'{"text": "t"}', None, "has no id"),
        (b'{"id": null, "text": "t"}', None, "has no id"),
        (b'{"id": true, "text": "t"}', None, "neither a text nor a number"),
        (b'{"id": ["a"], "text": "t"}', None, "neither a text nor a number"),
        (b'{"id": 1e999, "text": "t"}', None, "neither a text nor a number"),
        (b'{"id": NaN, "text": "t"}', None, "not JSON"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "t"}', None, "not JSON"),
        (b'{"id": 7}', 7, "no text"),
        (b'{"id": 7, "text": ["t"]}', 7, "text that is not a string"),
        (b'{"id": 7, "text": "t", "title": 1}', 7, "title is not a string"),
        (b'{"id": 7, "text": "t", "outlet": {}}', 7, "outlet is not a string"),
        (b'{"id": 7, "text": "\xe3"}', None, "not UTF-8"),
        (b'{"id": 7, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "text": "t"}', None, "nested too deeply"),
    ],
)
def test_a_record_that_cannot_be_read_says_why_under_its_id(line: bytes, record_id: Any, error: str) -> None:
    unread = parse_record(line)
    assert isinstance(unread, Unread)
    assert unread.id == record_id
    assert error in unread.error
    assert json.loads(line_of(unread.record())) == {"id": record_id, "error": unread.error}


def test_a_record_over_the_bound_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_BYTES", 40)
    lines = [b'{"id": 1, "text": "' + b"x" * 200 + b'"}\n', b"\n", b'{"id": 2, "text": "t"}\n', b" " * 500]
    found = list(read_records(io.BytesIO(b"".join(lines))))
    assert [type(r) for r in found] == [Unread, Record, Unread]
    assert isinstance(found[1], Record)
    assert found[1].id == 2


def test_a_record_of_just_the_bound_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'{"id": 1, "text": "t"}'
    monkeypatch.setattr(records, "MAX_BYTES", len(line) + 1)
    assert list(read_records(io.BytesIO(line + b"\n"))) == [Record(1, "t")]
    assert list(read_records(io.BytesIO(line))) == [Record(1, "t")]


def test_records_are_read_as_they_come() -> None:
    class Pipe(io.RawIOBase):
        """Gives one line and has no other yet."""

        def __init__(self) -> None:
            self.lines = [b'{"id": 1, "text": "t"}\n']

        def readline(self, size: int | None = -1) -> bytes:
            return self.lines.pop(0)

    assert next(read_records(Pipe())) == Record(1, "t")  # type: ignore[arg-type]


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_what_is_printed_is_one_line_of_utf_8_that_says_the_same(value: object) -> None:
    line = line_of(value)
    assert "\n" not in line
    assert json.loads(line.encode("utf-8")) == value


def test_half_a_surrogate_pair_is_printed_as_its_escape() -> None:
    assert line_of({"id": "x\ud83d"}) == '{"id": "x\\ud83d"}'
    assert json.loads(line_of("\ud83d \\ud83d")) == "\ud83d \\ud83d"


def test_the_outlets_boilerplate_counts_for_nothing_and_only_its_own() -> None:
    from dataclasses import replace

    outlet = replace(general_outlet("o", ""), boilerplate=(re.compile("مجلة الأجيال"),))
    text = "وصل الوفد إلى العاصمة صباح اليوم.\nاقتنوا عدد مجلة الأجيال من الأكشاك\nوغادر مساءً."
    line = text.index("اقتنوا")
    for outlet_id, seen in (("o", False), ("unknown", True), (None, True)):
        document = document_of(Record(1, text, outlet=outlet_id), {"o": outlet})
        assert document.kept is not None
        assert any(a <= line < b for a, b in document.kept) is seen
        assert (document.text, document.outlet) == (text, outlet_id)
