"""Terms together, as rules.yaml writes them: any, all, `at least N of`, none, where, near, and lists of terms.

Nodes in, values of `expression.py` out; mistakes go to the `Reader`. It leaves a single term to `term.py`, and
channels, statuses and whatever else surrounds a condition to `schema.py`.

A `$list` is one part of its group, any of its words, except in a group that counts (`at least`, `threshold`) and in
`where`, where each of its words counts by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from alerts.rules.areas import Areas
from alerts.rules.expression import ARTICLE, HEAD, Condition, Forms, Group, Near, Scope, Term
from alerts.rules.reader import Entries, Reader
from alerts.rules.term import MAX_WEIGHT, Manner, Spec, TermReader
from alerts.rules.yaml_nodes import Map, Node, Text, invisible

MAX_LIST_TERMS = 10_000
"""Terms of a list with those it refers to; also keeps lists of lists of lists from growing without end."""
MAX_LIST_DEPTH = 32
"""Lists that stand within one another; hostile files would go as deep as Python's stack and beyond."""
MAX_SPLICED = 2_000_000
"""Terms that the `$list`s of `where`, `at least` and `threshold` stand for, in all: about 16 MB of references."""
MAX_NEAR = 1000
"""Words between two terms; longer than an article's half, the whole article says it better."""

NEAR_UNITS = ("sentence", "paragraph", "title", "lead")
_AT_LEAST = re.compile(r"at least ([0-9]{1,6}) of")
_GROUP_KEYS = ("any", "all", "none", "threshold")
CONDITION_KEYS = (*_GROUP_KEYS, "where", "not_where", "near", "in", "forms", "demonyms")
"""The keys of a condition; `at least N of` besides, for any N."""


def is_at_least(key: str) -> bool:
    """True for `at least 2 of` and its like."""
    return _AT_LEAST.fullmatch(key) is not None


class Alternatives(NamedTuple):
    """The terms of one list of alternatives, for `check`: those written there, each with its position, and those
    that its `$list`s bring."""

    written: tuple[tuple[Term, int], ...]
    listed: tuple[tuple[Term, ...], ...]


@dataclass
class Terms:
    """Reads the terms of one file. `lists` are the file's, by name; `used` collects the names of those that rules
    refer to; `alternatives` what `check` looks at for terms that others swallow."""

    reader: Reader
    lists: Entries
    areas: Areas
    demonyms: bool = False
    used: set[str] = field(default_factory=set)
    alternatives: list[Alternatives] = field(default_factory=list)
    _inner: dict[str, set[str]] = field(default_factory=dict)
    _resolved: dict[str, tuple[Spec, ...]] = field(default_factory=dict)
    _expanded: dict[tuple[str, Manner], tuple[Term, ...]] = field(default_factory=dict)
    _spliced: int = 0

    def __post_init__(self) -> None:
        self.term = TermReader(self.reader)

    def check_lists(self) -> None:
        """Reads every list, used or not, so that a mistake in one is found."""
        for name in self.lists:
            self._list(name, ())

    def reached(self, names: Iterable[str]) -> set[str]:
        """These lists and all that they refer to."""
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self._inner.get(name, ())
        return reached

    # -- conditions --------------------------------------------------------------------------------------------

    def condition(
        self, entries: Entries, at: Node, owner: str, forms: Forms, default: Sequence[Scope] | None
    ) -> Condition:
        """The condition among the entries of a rule (`default` None) or of `ignore` (the scopes it has unless said)."""
        said = self.term.scopes(entries)
        manner = Manner(self.term.forms(entries) or forms, said or tuple(default or ARTICLE))
        wanted = self._wanted(entries, manner)
        adjectives = self._demonyms(entries)
        where = self._places(entries, "where", manner.scopes, adjectives=adjectives)
        none = self._parts(entries, "none", Manner(manner.forms, said or HEAD))
        none += self._places(entries, "not_where", said or HEAD, adjectives=adjectives)
        if not any(key in entries for key in ("any", "all", "where")) and not any(map(is_at_least, entries)):
            self.reader.error(at, "nothing-wanted", owner=owner)
        near = self._near(entries)
        if near and not (wanted and where) and not (wanted and not where and wanted.threshold > 1):
            self.reader.error(entries["near"].key, "near-alone")
        return Condition(wanted, where, near, none)

    def _wanted(self, entries: Entries, manner: Manner, *, weighted: bool = False) -> Group | None:
        """All that any, all and `at least` ask for, as one group."""
        parts: list[Term | Group] = list(self._parts(entries, "all", manner))
        groups: list[Group] = []
        if "any" in entries:
            groups.append(self._any(entries, manner))
        elif "threshold" in entries:
            self.reader.error(entries["threshold"].key, "threshold-alone")
        for key, (mark, node) in entries.items():
            if least := _AT_LEAST.fullmatch(key):
                spread = self._spread(node, key, manner)
                groups.append(self._group(mark, int(least[1]), spread))
        if not parts and len(groups) == 1:
            return groups[0]
        parts += groups
        return Group(len(parts), tuple(parts)) if parts else None

    def _any(self, entries: Entries, manner: Manner) -> Group:
        node = entries["any"].value
        if "threshold" not in entries:
            return Group(1, self._parts(entries, "any", manner))
        threshold = self.reader.number(entries["threshold"].value, "threshold", 1, MAX_WEIGHT * MAX_LIST_TERMS)
        return self._group(entries["threshold"].value, threshold or 1, self._spread(node, "any", manner, weighted=True))

    def _group(self, mark: Node, threshold: int, parts: tuple[Term | Group, ...]) -> Group:
        total = sum(part.weight for part in parts)
        if parts and not 1 <= threshold <= total:
            self.reader.error(mark, "threshold", threshold=threshold, total=total)
        return Group(threshold, parts)

    def _parts(self, entries: Entries, key: str, manner: Manner) -> tuple[Term | Group, ...]:
        """The items of any, all or none; a `$list` among them is one part: any of its words."""
        if key not in entries:
            return ()
        node = entries[key].value
        parts: list[Term | Group] = []
        written: list[tuple[Term, int]] = []
        listed: list[tuple[Term, ...]] = []
        for item in self.reader.items(node, key, "غارة, قصف"):
            if nested := self._nested(item, manner):
                parts.append(nested)
            elif (name := self._list_name(item)) is not None:
                if terms := self._list_terms(item, name, manner):
                    parts.append(Group(1, terms))
                    listed.append(terms)
            elif spec := self.term.read(item):
                term = spec.under(manner)
                parts.append(term)
                written.append((term, item.at))
        if key != "all" and len(parts) > 1:
            self.alternatives.append(Alternatives(tuple(written), tuple(listed)))
        return tuple(parts)

    def _spread(self, node: Node, owner: str, manner: Manner, *, weighted: bool = False) -> tuple[Term | Group, ...]:
        """The items of a group that counts; each word of a `$list` counts by itself."""
        parts: list[Term | Group] = []
        for item in self.reader.items(node, owner, "غارة, قصف"):
            if nested := self._nested(item, manner, weighted=weighted):
                parts.append(nested)
            elif (name := self._list_name(item)) is not None:
                parts += self._splice(item, name, manner)
            elif spec := self.term.read(item, weighted=weighted):
                parts.append(spec.under(manner))
        return tuple(parts)

    def _nested(self, node: Node, manner: Manner, *, weighted: bool = False) -> Group | None:
        """A group within a group; None where the node is none."""
        if not isinstance(node, Map) or not any(
            k.value in _GROUP_KEYS or is_at_least(k.value) for k, _ in node.entries
        ):
            return None
        counts = [key.value for key, _ in node.entries if is_at_least(key.value)]
        entries = self.reader.mapping(node, "group", (*_GROUP_KEYS, "in", "forms", "weight", *counts))
        said = self.term.scopes(entries)
        inner = Manner(self.term.forms(entries) or manner.forms, said or manner.scopes)
        group = self._wanted(entries, inner)
        none = self._parts(entries, "none", Manner(inner.forms, said or HEAD))
        if none and not group:
            self.reader.error(entries["none"].key, "none-nested")
        weight = self.term.weight(entries, weighted=weighted)
        return replace(group or Group(1, ()), weight=weight, none=none)

    def _places(self, entries: Entries, key: str, scopes: tuple[Scope, ...], *, adjectives: bool) -> tuple[Term, ...]:
        """The terms of `where` or `not_where`: places, by name, id or P-code, and the adjectives of these."""
        if key not in entries:
            return ()
        manner = Manner("given", scopes)
        terms: list[Term] = []
        for item in self.reader.items(entries[key].value, key, "البوكمال"):
            if (name := self._list_name(item)) is not None:
                terms += [self.areas.term(term, item) for term in self._splice(item, name, manner)]
            elif spec := self.term.read(item):
                terms.append(self.areas.term(spec.under(manner), item))
        if adjectives:
            terms += [adjective for term in tuple(terms) for adjective in self.areas.adjectives(term)]
        return tuple(terms)

    def _demonyms(self, entries: Entries) -> bool:
        """What the key `demonyms` says; where it says nothing, what the file says."""
        if "demonyms" not in entries:
            return self.demonyms
        return self.reader.choice(entries["demonyms"].value, "demonyms", ("true", "false")) == "true"

    def _near(self, entries: Entries) -> Near | None:
        if "near" not in entries:
            return None
        node = entries["near"].value
        if isinstance(node, Text) and node.value in NEAR_UNITS:
            return Near(node.value)  # type: ignore[arg-type]  # one of NEAR_UNITS
        if isinstance(node, Map) and node.entries:
            inner = self.reader.mapping(node, "near", ("words",))
            words = self.reader.number(inner["words"].value, "words", 1, MAX_NEAR) if "words" in inner else None
            return Near("words", words or 1)
        value = node.value if isinstance(node, Text) else "…"
        self.reader.error(node, "near", value=value, choices=", ".join(NEAR_UNITS))
        return None

    # -- lists -------------------------------------------------------------------------------------------------

    def _list_name(self, node: Node) -> str | None:
        """`strike` of `$strike`; None where the node is no reference."""
        if isinstance(node, Text) and node.value.startswith("$"):
            return node.value[1:].strip()
        return None

    def _splice(self, node: Node, name: str, manner: Manner) -> tuple[Term, ...]:
        terms = self._list_terms(node, name, manner)
        self._spliced += len(terms)
        if self._spliced > MAX_SPLICED:
            self.reader.error(node, "list-too-large", name=name, most=MAX_SPLICED)
            return ()
        return terms

    def _list_terms(self, node: Node, name: str, manner: Manner) -> tuple[Term, ...]:
        """The terms of a list as they count under `manner`; one tuple however many rules use it."""
        if name not in self.lists:
            character = invisible(name)
            if character:
                self.reader.error(node, "invisible", name=name, character=character)
            else:
                self.reader.error(node, "list-unknown", name=name, near=self.reader.near(name, self.lists))
            return ()
        self.used.add(name)
        key = (name, manner)
        if key not in self._expanded:
            self._expanded[key] = tuple(spec.under(manner) for spec in self._list(name, ()))
        return self._expanded[key]

    def _list(self, name: str, way: tuple[str, ...]) -> tuple[Spec, ...]:
        """The terms of a list and of those it refers to; `way` are the lists that led here."""
        if name in self._resolved:
            return self._resolved[name]
        mark, node = self.lists[name]
        specs: list[Spec] = []
        written: list[tuple[Term, int]] = []
        for item in self.reader.items(node, f"lists.{name}", "غارة, قصف"):
            inner = self._list_name(item)
            if inner is not None:
                if inner == name or inner in way:
                    cycle = (*way[way.index(inner) :], name, inner) if inner in way else (name, name)
                    self.reader.error(item, "list-cycle", name=inner, way=" → ".join(f"${n}" for n in cycle))
                elif inner not in self.lists:
                    self.reader.error(item, "list-unknown", name=inner, near=self.reader.near(inner, self.lists))
                elif len(way) >= MAX_LIST_DEPTH:
                    self.reader.error(item, "list-too-deep", depth=MAX_LIST_DEPTH)
                else:
                    self._inner.setdefault(name, set()).add(inner)
                    specs += self._list(inner, (*way, name))
            elif isinstance(item, Map) and any(k.value in _GROUP_KEYS or is_at_least(k.value) for k, _ in item.entries):
                self.reader.error(item, "list-takes-terms")
            elif spec := self.term.read(item):
                specs.append(spec)
                written.append((spec.term, item.at))
            if len(specs) > MAX_LIST_TERMS:
                self.reader.error(mark, "list-too-large", name=name, most=MAX_LIST_TERMS)
                specs = []
                break
        self._resolved[name] = tuple(specs)
        self.alternatives.append(Alternatives(tuple(written), ()))
        return self._resolved[name]
