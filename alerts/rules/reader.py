"""Reader: takes typed values out of the nodes of one rules file, and collects what is wrong with them.

It never raises for a mistake: it notes the problem with its place and returns nothing, so that one reading finds
every mistake of a file. What the values mean is the business of `terms.py` and `schema.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from alerts.rules.messages import Language, nearest, say
from alerts.rules.model import Problem
from alerts.rules.yaml_nodes import Entry, Fault, List, Map, Node, Source, Text, invisible, scalar

Level = Literal["error", "warning"]
Entries = Mapping[str, Entry]
"""The entries of a mapping by their keys."""

MAX_PROPOSALS = 200
"""Names that are looked up for their likes in one file: each takes a comparison with every name there is."""
_NAME = re.compile(r"\w[\w.-]{0,63}")


class Reader:
    """The typed view of one file and of those that it includes. `owner` is always the key or name that the message
    speaks of; `included` are sources whose positions follow one another (`Source.base`)."""

    def __init__(self, source: Source, language: Language, included: Sequence[Source] = ()) -> None:
        self.sources, self.language = [source, *included], language
        self.problems: list[Problem] = []
        self._proposed = 0

    @property
    def source(self) -> Source:
        """The file that includes the others."""
        return self.sources[0]

    @property
    def end(self) -> int:
        """The first position that no source has: the base of the next."""
        last = self.sources[-1]
        return last.base + len(last.text) + 1

    def add(self, source: Source) -> None:
        """A further file, whose base is `end`."""
        self.sources.append(source)

    def error(self, where: Node | int, code: str, **words: object) -> None:
        """Notes a mistake of messages.py at a node, or at a position of the text in code points."""
        self._note(where, code, words, "error")

    def warn(self, where: Node | int, code: str, **words: object) -> None:
        """Notes something that works, but hardly as meant."""
        self._note(where, code, words, "warning")

    def fault(self, fault: Fault) -> None:
        """Notes what the YAML itself is at fault for."""
        words = dict(fault.words)
        if fault.code == "key-twice":
            words["first"] = self.line(int(str(words["first"])))
        self.error(fault.at, fault.code, **words)

    def line(self, at: int) -> int:
        """The line, from 1, of a position."""
        return self.place(at)[1]

    def place(self, at: int) -> tuple[str, int, int]:
        """File, line and column of a position."""
        number = bisect_right(self.sources, at, key=lambda source: source.base) - 1 if len(self.sources) > 1 else 0
        source = self.sources[number]
        return source.file, *source.place(at)

    def twice(self, again: Node, first: Node, name: str) -> None:
        """Notes that a name of one file stands in another already."""
        file, line, column = self.place(first.at)
        self.error(again, "twice-in-files", name=name, first=f"{file}:{line}:{column}")

    def near(self, name: str, known: Collection[str]) -> str:
        """The known name most like this one, as the tail of a message; for the first mistakes only."""
        self._proposed += 1
        if self._proposed > MAX_PROPOSALS:
            return ""
        return nearest(name, known, self.language)

    def _note(self, where: Node | int, code: str, words: Mapping[str, object], level: Level) -> None:
        file, line, column = self.place(where if isinstance(where, int) else where.at)
        what, remedy = say(self.language, code, **words)
        self.problems.append(Problem(file, line, column, what, remedy, level, code))

    def mapping(self, node: Node, owner: str, known: Collection[str], later: Collection[str] = ()) -> Entries:
        """The entries of known keys; none where the node is no mapping.

        `later` are keys of docs/rules.md that this version does not have yet.
        """
        if not isinstance(node, Map):
            self.error(node, "not-mapping", owner=owner)
            return {}
        found: dict[str, Entry] = {}
        for entry in node.entries:
            key = entry.key
            if key.value in known:
                found.setdefault(key.value, entry)  # the second of two is already reported
            elif character := invisible(key.value):
                self.error(key, "invisible", name=key.value, character=character)
            elif key.value in later:
                self.error(key, "key-later", key=key.value)
            else:
                self.error(key, "key-unknown", key=key.value, near=self.near(key.value, known))
        return found

    def named(self, node: Node, owner: str) -> Entries:
        """The entries of a mapping whose keys are names; none where it is no mapping."""
        if not isinstance(node, Map):
            self.error(node, "not-mapping", owner=owner)
            return {}
        if not node.entries:
            self.error(node, "empty-list", owner=owner)
        found: dict[str, Entry] = {}
        for entry in node.entries:
            if (name := self.name(entry.key, owner)) is not None:
                found.setdefault(name, entry)
        return found

    def items(self, node: Node, owner: str, example: str) -> tuple[Node, ...]:
        """The items of a list; empty, and reported, where it is none or has none."""
        if not isinstance(node, List):
            self.error(node, "not-list", owner=owner, example=example)
            return ()
        if not node.items:
            self.error(node, "empty-list", owner=owner)
        return node.items

    def text(self, node: Node, owner: str, example: str) -> str | None:
        """A text that is not empty, as written: `48` and `no` are texts here."""
        if isinstance(node, Text) and scalar(node) is not None and node.value.strip():
            return node.value.strip()
        self.error(node, "not-text", owner=owner, example=example)
        return None

    def name(self, node: Node, owner: str) -> str | None:
        """An id, or the name of a list or channel: letters of any script, digits, `-`, `_`, `.`."""
        value = self.text(node, owner, f"{owner}: name")
        if value is None or _NAME.fullmatch(value):
            return value
        if character := invisible(value):
            self.error(node, "invisible", name=value, character=character)
        else:
            self.error(node, "name", value=value, owner=owner)
        return None

    def choice(self, node: Node, owner: str, choices: Collection[str]) -> str | None:
        """One of some words."""
        value = node.value if isinstance(node, Text) else ""
        if value in choices:
            return value
        if isinstance(node, Text):
            self.error(node, "not-one-of", value=value or "~", owner=owner, choices=", ".join(choices))
        else:
            self.error(node, "not-text", owner=owner, example=f"{owner}: {next(iter(choices))}")
        return None

    def number(self, node: Node, owner: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        value = scalar(node) if isinstance(node, Text) else None
        if type(value) is int and least <= value <= most:
            return value
        shown = node.value if isinstance(node, Text) else "…"
        self.error(node, "not-number", value=shown, owner=owner, least=least, most=most)
        return None

    def reference(self, node: Node, owner: str, known: Collection[str], code: str) -> str | None:
        """A name that must be among those known; else the mistake `code`, with the nearest."""
        value = self.text(node, owner, f"{owner}: [name]")
        if value is None or value in known:
            return value
        if character := invisible(value):
            self.error(node, "invisible", name=value, character=character)
        else:
            self.error(node, code, name=value, near=self.near(value, known))
        return None
