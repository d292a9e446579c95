"""YAML is read by the rules of YAML 1.2, JSON included, with places, and within bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import yaml_nodes
from alerts.rules.yaml_nodes import Fault, List, Map, Node, Source, Text, plain, scalar


def read(text: str) -> Node | None:
    def refuse(fault: Fault) -> None:
        raise fault

    return Source("f", text).nodes(refuse)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("2024-01-01", "2024-01-01"),
        ("<<", "<<"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("48", 48),
        ("-48", -48),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("4.5", 4.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("9" * 400, "9" * 400),
        ("1e" + "9" * 30, "1e" + "9" * 30),
        ("'48'", "48"),
        ('"true"', "true"),
        ("!!str 48", "48"),
        ("! 48", "48"),
    ],
)
def test_a_scalar_is_resolved_by_the_core_schema(written: str, value: object) -> None:
    if written.startswith("!"):
        value = 48  # a tag that changes nothing is let through; whoever wants text takes the text
    node = read(f"[{written}]")
    assert isinstance(node, List)
    assert plain(node) == [value]
    assert type(plain(node)[0]) is type(value)


# a key of more than 1024 characters is none in YAML
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, JSON))
def test_json_as_json_dumps_writes_it_says_what_it_says_to_json(value: dict[str, Any]) -> None:
    node = read(json.dumps(value))
    assert node is not None
    assert plain(node) == value


@given(st.lists(st.sampled_from(["😀", "\\", "غ", '"', "\\ud83d", "u"]), max_size=6).map("".join))
def test_backslashes_before_a_surrogate_pair_stay_what_they_are(text: str) -> None:
    node = read(json.dumps({"a": text, "b": 1}))
    assert node is not None
    assert plain(node) == {"a": text, "b": 1}


def test_places_after_a_surrogate_pair_are_those_of_the_text_as_given() -> None:
    text = '{"a": "\\ud83d\\ude00\\ud83d\\ude00", "b": ["\\ud83d\\ude00", "c"]}'
    source = Source("f", text)
    node = source.nodes(lambda fault: None)
    assert isinstance(node, Map)
    last = node.entries[1].value
    assert isinstance(last, List)
    places = [node.entries[0].value.at, node.entries[1].key.at, last.items[1].at]
    assert [source.place(at) for at in places] == [(1, text.index(s) + 1) for s in ('"\\', '"b', '"c')]


@given(st.text(max_size=60) | st.text("[]{}:,-&*!|>'\"#%@ \n\t\\aغ", max_size=60))
def test_whatever_the_text_reading_gives_nodes_or_a_fault_inside_it(text: str) -> None:
    try:
        source = Source.decode("f", text)
        source.nodes(lambda fault: None)
    except Fault as fault:
        line, column = source.place(fault.at)
        assert line >= 1
        assert column >= 1


@given(st.binary(max_size=60))
def test_whatever_the_bytes_reading_gives_nodes_or_a_fault(data: bytes) -> None:
    try:
        Source.decode("f", data).nodes(lambda fault: None)
    except Fault as fault:
        assert fault.code


def test_billion_laughs_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 60)]
    with pytest.raises(Fault) as caught:
        read("\n".join(lines))
    assert caught.value.code == "too-many-aliases"


def test_an_alias_that_is_used_with_measure_is_read() -> None:
    node = read("a: &words [x, y]\nb: *words\n")
    assert node is not None
    assert plain(node) == {"a": ["x", "y"], "b": ["x", "y"]}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "- - ? "])
def test_depth_without_end_is_refused(opening: str) -> None:
    with pytest.raises(Fault) as caught:
        read(opening * 100_000)
    assert caught.value.code == "too-deep"


def test_a_file_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MAX_NODES", 10)
    with pytest.raises(Fault) as caught:
        read("[" + "x, " * 11 + "]")
    assert caught.value.code == "too-many-nodes"


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_file_over_the_bound_is_refused_before_it_is_read(kind: type) -> None:
    text = "a" * (yaml_nodes.MAX_BYTES + 1)
    with pytest.raises(Fault) as caught:
        Source.decode("f", text if kind is str else text.encode())
    assert caught.value.code == "too-large"


def test_text_is_the_text_whatever_it_would_be_as_a_value() -> None:
    node = read("48")
    assert isinstance(node, Text)
    assert (node.value, scalar(node)) == ("48", 48)
