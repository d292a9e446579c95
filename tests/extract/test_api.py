"""JSON APIs into entries, by the paths of an outlet's file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Entry
from crawler.extract.api import read_api, value_at
from crawler.extract.entries import MAX_ENTRIES
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import Api
from tests.extract.samples import HEADLINE, LEAD, NOW, SECOND, THIRD, outlet

URL = "https://api.elsewhere.test/v2/latest?page=1"
AT_TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def read(said: Any, items: str = "", link: str = "", whole_text: bool = False, **fields: str) -> tuple[Entry, ...]:
    api = Api(URL, items=items, fields=fields, link=link, whole_text=whole_text)
    body = said if isinstance(said, str) else json.dumps(said)
    return read_api(body.encode(), api=api, url=URL, outlet=outlet(), fetched_at=NOW)


@pytest.mark.parametrize(
    ("said", "how", "entry"),
    [
        (  # a list within an object, an address of its own, naive local time
            {
                "data": [
                    {"ID": 7, "pdate": "2026-11-23 13:00:00", "title": HEADLINE, "url": "https://daily.test/news/7"}
                ]
            },
            {"items": "data", "url": "url", "id": "ID", "published": "pdate", "title": "title"},
            Entry("daily", "https://daily.test/news/7", HEADLINE, "", AT_TEN, "7"),
        ),
        (  # nested lists, a link made of an id and a slug, entities in the title
            {"sections": [{"result": {"items": [{"code": "a1", "slug": "سد قديم", "t": "&quot;سد&quot;"}]}}]},
            {
                "items": "sections.0.result.items",
                "link": "https://daily.test/ar/{code}-{slug}",
                "id": "code",
                "title": "t",
            },
            Entry("daily", "https://daily.test/ar/a1-%D8%B3%D8%AF%20%D9%82%D8%AF%D9%8A%D9%85", '"سد"', guid="a1"),
        ),
        (  # seconds since 1970, a path as address, a summary in HTML, a picture, people in a list
            {
                "data": {
                    "news": [
                        {"u": "/news/9", "at": 1795428000, "s": f"<p>{LEAD}</p>", "by": ["سعاد"], "i": {"m": "/9.jpg"}}
                    ]
                }
            },
            {"items": "data.news", "url": "u", "published": "at", "summary": "s", "author": "by", "image": "i.m"},
            Entry(
                "daily",
                "https://daily.test/news/9",
                "",
                LEAD,
                AT_TEN,
                author="سعاد",
                image="https://daily.test/9.jpg",
            ),
        ),
        (  # the root is the list; milliseconds as text
            [
                {
                    "url": "https://daily.test/news/3",
                    "title": HEADLINE,
                    "date": "1795428000000",
                    "cat": {"name": "محليات"},
                }
            ],
            {"url": "url", "title": "title", "published": "date", "section": "cat.name"},
            Entry("daily", "https://daily.test/news/3", HEADLINE, "", AT_TEN, section="محليات"),
        ),
    ],
    ids=["kul-al-arab's shape", "wam's shape", "nna's shape", "a bare list"],
)
def test_an_item_is_an_entry_by_the_paths_of_the_catalogue(said: Any, how: dict[str, str], entry: Entry) -> None:
    assert read(said, **how) == (entry,)


def test_a_whole_text_is_handed_over_cleaned() -> None:
    body = f"<p>{LEAD}</p><p>{SECOND}</p><p>{THIRD}</p>"
    (entry,) = read(
        [{"id": 1, "body": body}], link="https://daily.test/news/{id}", whole_text=True, id="id", text="body"
    )
    assert (entry.text, entry.summary) == (f"{LEAD}\n{SECOND}\n{THIRD}", f"{LEAD}\n{SECOND}\n{THIRD}")


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"title": HEADLINE},
        {"id": None, "title": HEADLINE},
        {"id": "", "title": "x"},
        {"id": True, "title": "x"},
        "x",
        None,
    ],
)
def test_an_item_without_address_is_left_out(item: Any) -> None:
    whole = {"id": 1, "title": HEADLINE}
    assert len(read([item, whole], link="https://daily.test/news/{id}", id="id", title="title")) == 1


def test_an_address_is_never_another_scheme() -> None:
    assert (
        read([{"url": "javascript:x", "title": "x"}, {"url": "file:///x", "title": "x"}], url="url", title="title")
        == ()
    )


def test_a_value_cannot_leave_its_slot_in_the_address() -> None:
    (entry,) = read([{"id": "../../x?y=1#z"}], link="https://daily.test/news/{id}", id="id")
    assert entry.url == "https://daily.test/news/..%2F..%2Fx%3Fy%3D1%23z"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("<!DOCTYPE html><html></html>", "HTML"),
        ("", "broken JSON"),
        ("{", "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ('{"data":' * 100_000, "broken JSON"),
        ({"error": "forbidden"}, "without a list at data"),
        ({"data": {"a": 1}}, "without a list at data"),
        ({"data": [{"headline": "x"}]}, "none of the fields"),
    ],
)
def test_what_has_not_the_described_shape_is_refused(said: Any, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as refused:
        read(said, items="data", url="url", title="title")
    assert refused.value.kind == "not-a-feed"


def test_an_empty_list_is_no_error() -> None:
    assert read({"data": []}, items="data", url="url") == ()


def test_entries_are_bounded() -> None:
    items = [{"url": f"https://daily.test/news/{n}"} for n in range(MAX_ENTRIES + 5)]
    assert len(read(items, url="url")) == MAX_ENTRIES


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", {"a": [{"b": 5}]}),
        ("a.0.b", 5),
        ("a.1.b", None),
        ("a.-1.b", None),
        ("a.b", None),
        ("a.0.b.c", None),
        ("x", None),
    ],
)
def test_a_path_leads_to_a_value_or_to_none(path: str, value: Any) -> None:
    assert value_at({"a": [{"b": 5}]}, path) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "url", "t", "d"]), inner, max_size=4)
    ),
)


@given(JSON)
def test_no_json_makes_it_fail_otherwise(said: Any) -> None:
    try:
        entries = read({"data": said}, items="data", url="url", title="t", published="d")
    except Unreadable as refused:
        assert refused.kind in ("not-a-feed", "broken")
    else:
        assert all(entry.url.startswith("http") for entry in entries)
