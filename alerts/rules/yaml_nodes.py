"""Nodes of a YAML file, each with the place where it stands; no meaning yet.

Reads libyaml's events (10,000 rules in half a second; its `compose` takes four times that) into `Text`, `List`
and `Map`. Scalars stay text here: PyYAML's own resolution is YAML 1.1 (`no` is false, `12:30` is 750), so
`scalar` gives the core schema of YAML 1.2 (§10.3.2) to whoever wants a number. Sizes, depth and aliases are
bounded while reading: the file is hostile input. What the nodes must say is `schema.py`'s business.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from yaml import MarkedYAMLError, YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

MAX_BYTES = 20 * 1024 * 1024
"""A rules file over 20 MiB is refused unread: 10,000 long rules take about 5."""
MAX_NODES = 1_000_000
"""Four times what 10,000 long rules hold; about 0.25 GB as objects."""
MAX_ALIASED = 100_000
"""Nodes that aliases may stand for, counted as if written out ("billion laughs")."""
MAX_DEPTH = 32
"""Levels of brackets and indentation; a rule with groups in groups needs about 10."""
_MAX_DIGITS = 20
"""Numbers longer than those of 64 bits are no chat, count or minute; they stay text."""


class Text(NamedTuple):
    """A scalar: `value` as YAML unquotes it; `style` is the quote, `|`, `>`, or empty where plain."""

    at: int
    value: str
    style: str = ""


class List(NamedTuple):
    """A sequence."""

    at: int
    items: tuple[Node, ...]


class Entry(NamedTuple):
    """A key of a mapping and its value."""

    key: Text
    value: Node


class Map(NamedTuple):
    """A mapping in the order of the file; a key that is written twice stands twice."""

    at: int
    entries: tuple[Entry, ...]


Node = Text | List | Map


class Fault(Exception):
    """Something that no YAML file may be. `at`: code points from the start; `code`, `args`: see messages.py."""

    def __init__(self, at: int, code: str, **words: object) -> None:
        super().__init__(code)
        self.at, self.code, self.words = at, code, words


_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Source:
    """A file's text. `text` is as given, less a byte order mark; places are counted in it, from `base` on, so that
    those of several files can differ."""

    file: str
    text: str
    base: int = 0

    @classmethod
    def decode(cls, file: str, data: str | bytes, base: int = 0) -> Source:
        """UTF-8 (or UTF-16 with its mark) to text. Raises Fault where it is neither, or too large."""
        if len(data) > MAX_BYTES:
            raise Fault(base, "too-large", mib=MAX_BYTES >> 20)
        if isinstance(data, str):
            return cls(file, data.removeprefix("\ufeff"), base)
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return cls(file, data.decode(encoding), base)
        except UnicodeDecodeError as e:
            before = data[: e.start].decode(encoding, "replace")
            raise Fault(base, "encoding", line=len(_BREAK.findall(before)) + 1) from None

    @cached_property
    def is_json(self) -> bool:
        """Begins as JSON does: quotes are then nobody's choice."""
        return self.text.lstrip()[:1] == "{"

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """The text with JSON's surrogate pairs as YAML's one escape, and where each now ends.

        libyaml refuses `\\ud83d\\ude00`, which is how json.dumps writes 😀; `\\U0001F600` is two shorter.
        """
        if not self.is_json or "\\u" not in self.text:
            return self.text, []
        ends: list[int] = []

        def join(pair: re.Match[str]) -> str:
            high, low = int(pair[2], 16), int(pair[3], 16)
            ends.append(pair.end() - 2 * (len(ends) + 1))
            return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

        return _SURROGATES.sub(join, self.text), ends

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(b.end() for b in _BREAK.finditer(self.text))]

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1, of a node's `at`; columns count code points."""
        at -= self.base
        at += 2 * bisect_right(self._joined[1], at)
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def nodes(self, fault: Callable[[Fault], None]) -> Node | None:
        """The root node, or None for an empty file. `fault` is told of keys written twice.

        Raises Fault at what makes the rest unreadable: broken YAML, a second document, a tag, a bound crossed.
        """
        try:
            return _read(CParser(self._joined[0]), fault, self.base)
        except ReaderError as e:
            at = self._joined[0].find(chr(e.character)) if isinstance(e.character, int) else e.position
            raise Fault(self.base + max(at, 0), "control-character", character=f"U+{int(e.character):04X}") from None
        except MarkedYAMLError as e:
            found = _explained(self._joined[0], e)
            found.at += self.base
            raise found from None
        except (YAMLError, UnicodeEncodeError) as e:
            raise Fault(self.base, "yaml", problem=str(e).splitlines()[0]) from None


class _Open:
    """A collection whose end has not come; `size` counts its nodes, aliases as if written out."""

    __slots__ = ("anchor", "at", "is_map", "items", "size")

    def __init__(self, at: int, is_map: bool, anchor: str | None) -> None:
        self.at, self.is_map, self.anchor = at, is_map, anchor
        self.items: list[Node] = []
        self.size = 1


def _read(parser: Any, fault: Callable[[Fault], None], base: int) -> Node | None:
    outer = top = _Open(0, False, None)
    stack = [outer]
    anchors: dict[str, tuple[Node, int]] = {}
    nodes = aliased = documents = 0
    node: Node
    while (event := parser.get_event()) is not None:
        kind = type(event)
        if kind is ScalarEvent:
            if event.tag is not None:
                _refuse_tag(event, base)
            node = Text(base + event.start_mark.index, event.value, event.style or "")
            size, anchor = 1, event.anchor
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            at = base + event.start_mark.index
            if event.tag is not None:
                _refuse_tag(event, base)
            if len(stack) > MAX_DEPTH:
                raise Fault(at, "too-deep", depth=MAX_DEPTH)
            top = _Open(at, kind is MappingStartEvent, event.anchor)
            stack.append(top)
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            done = stack.pop()
            top = stack[-1]
            node = _map(done, fault) if done.is_map else List(done.at, tuple(done.items))
            size, anchor = done.size, done.anchor
        elif kind is AliasEvent:
            at = base + event.start_mark.index
            if event.anchor not in anchors:  # or it stands inside what it names
                raise Fault(at, "alias-unknown", name=event.anchor)
            node, size = anchors[event.anchor]
            anchor = None
            aliased += size
            if aliased > MAX_ALIASED:
                raise Fault(at, "too-many-aliases", nodes=MAX_ALIASED)
        elif kind is DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise Fault(base + event.start_mark.index, "two-documents")
            continue
        else:
            continue
        nodes += 1
        if nodes > MAX_NODES:
            raise Fault(node.at, "too-many-nodes", nodes=MAX_NODES)
        if anchor is not None:
            anchors[anchor] = (node, size)
        top.items.append(node)
        top.size += size
    root = outer.items[0] if outer.items else None
    return None if isinstance(root, Text) and not root.style and not root.value else root


def _map(done: _Open, fault: Callable[[Fault], None]) -> Map:
    entries: list[Entry] = []
    first: dict[str, int] = {}
    for key, value in zip(done.items[::2], done.items[1::2], strict=True):
        if not isinstance(key, Text):
            raise Fault(key.at, "key-not-text")
        entries.append(Entry(key, value))
        if key.value in first:
            fault(Fault(key.at, "key-twice", key=key.value, first=first[key.value]))
        else:
            first[key.value] = key.at
    return Map(done.at, tuple(entries))


def _refuse_tag(event: Any, base: int) -> None:
    if event.tag not in ("!", "tag:yaml.org,2002:str"):
        raise Fault(base + event.start_mark.index, "tag", tag=event.tag.replace("tag:yaml.org,2002:", "!!"))


_PROBLEMS = {
    "mapping values are not allowed in this context": "colon",
    "did not find expected key": "indentation",
    "did not find expected '-' indicator": "indentation",
    "did not find expected <document start>": "indentation",
    "block sequence entries are not allowed in this context": "indentation",
    "mapping keys are not allowed in this context": "indentation",
    "found a tab character that violates indentation": "tab",
    "found a tab character where an indentation space is expected": "tab",
    "did not find expected ',' or ']'": "bracket",
    "did not find expected ',' or '}'": "bracket",
    "found unexpected end of stream": "quote",
    "found unexpected document indicator": "quote",
    "could not find expected ':'": "no-colon",
    "did not find expected alphabetic or numeric character": "star-or-ampersand",
    "found unknown escape character": "escape",
    "did not find expected hexdecimal number": "escape",
    "found invalid Unicode character escape code": "escape",
    "did not find expected node content": "nothing-here",
}
"""libyaml's words (scanner.c, parser.c of 0.2.5) → codes of messages.py; others are shown as they are."""


def _explained(text: str, error: MarkedYAMLError) -> Fault:
    """libyaml's complaint in our words, at the place where an editor must look."""
    here = error.problem_mark.index if error.problem_mark else 0
    start = error.context_mark.index if error.context_mark else here
    problem = error.problem or ""
    if problem == "found character that cannot start any token":
        found = text[here : here + 1]
        return Fault(here, "tab") if found == "\t" else Fault(here, "reserved-start", character=found)
    code = _PROBLEMS.get(problem, "yaml")
    if code == "yaml":
        return Fault(here, code, problem=problem)
    if code == "bracket":
        # where both stand in one line a comma is missing there; else nobody closed what was opened
        return Fault(start if "\n" in text[start:here] else here, code, bracket=text[start : start + 1])
    if code == "star-or-ampersand":
        return Fault(start, code, character=text[start : start + 1])
    return Fault(start if code in ("quote", "no-colon") else here, code)


_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def scalar(node: Text) -> str | int | float | bool | None:
    """The value of a scalar by the core schema of YAML 1.2: `no` is text, `0o7` is 7, `1_000` is text.

    Infinities, `.nan` and numbers of over 18 digits stay text: nothing here could mean them.
    """
    value = node.value
    if node.style:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if value[0] not in "+-.0123456789" or len(value) > _MAX_DIGITS:
        return value
    if _INT.fullmatch(value):
        return int(value, 0) if value[:2] in ("0o", "0x") else int(value)
    return float(value) if _FLOAT.fullmatch(value) else value


def plain(node: Node) -> Any:
    """The node as JSON types."""
    if isinstance(node, Text):
        return scalar(node)
    if isinstance(node, List):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that nobody sees and that make two equal-looking words differ: direction marks (UAX #9), zero-width
and soft spaces. The joiners U+200C and U+200D are not among them: Persian and Kurdish write with them."""


def invisible(text: str) -> str:
    """The first such character as U+XXXX, or an empty string."""
    found = INVISIBLE.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""
