"""The schema of rules.yaml: the file's text becomes a `RuleSet`, or all of its mistakes with their places.

Reads outlets, lists, ignore and what surrounds a rule's condition; conditions are `terms.py`'s, channels
`channels.py`'s. It knows nothing of matching. `read_rules` also gives what `marsad check` looks at beyond the rules
themselves.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from alerts.rules.areas import Areas, Atlas
from alerts.rules.channels import Channels
from alerts.rules.expression import HEAD, Condition
from alerts.rules.include import Includer, Numbers, in_order
from alerts.rules.messages import Language, editor_language
from alerts.rules.model import UTC_ZONE, Channel, Problem, Rule, RulesError, RuleSet, Severity, Status
from alerts.rules.reader import Entries, Reader
from alerts.rules.term import FORMS
from alerts.rules.terms import CONDITION_KEYS, Alternatives, Terms, is_at_least
from alerts.rules.yaml_nodes import MAX_BYTES, Fault, Map, Node, Source, Text, plain

FILE_KEYS = (
    *("outlets", "channels", "lists", "ignore", "rules", "forms", "timezone", "operator", "scratch"),
    *("regions", "demonyms", "include"),
)
FILE_KEYS_LATER = ("tags",)
RULE_KEYS = ("id", "title", "note", "status", "severity", *CONDITION_KEYS, "outlets", "send", "limit", "examples")
RULE_KEYS_LATER = ("regions", "tags", "quiet", "digest")
STATUSES: tuple[Status, ...] = ("live", "test", "draft")
SEVERITIES: tuple[Severity, ...] = ("normal", "urgent", "info")

_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class Example:
    """A text inside a rule, and whether the rule must fire on it. `at`: where it stands in the source."""

    rule: str
    text: str
    fires: bool
    at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A rules file that is whole, and what an editor might still want to know of it."""

    rules: RuleSet
    warnings: tuple[Problem, ...]
    sources: tuple[Source, ...]
    examples: tuple[Example, ...]
    alternatives: tuple[Alternatives, ...]


def load_rules(
    path: Path,
    outlet_ids: Collection[str],
    language: Language | None = None,
    gazetteer: Callable[[], Atlas] | None = None,
) -> RuleSet:
    """The rules of a file. `outlet_ids` are those of the catalogue; `gazetteer` gives the known places, and is called
    only where the file names one (None: every place is words).

    Messages are in `language` (None: that of the environment). Raises RulesError with every mistake of the file and of
    those that it includes.
    """
    return read_rules(path, outlet_ids, language, gazetteer).rules


def parse_rules(text: str | bytes, file: str, outlet_ids: Collection[str], language: Language = "en") -> RuleSet:
    """The rules of a text; `file` is its name in messages. Raises RulesError."""
    return parse_reading(text, file, outlet_ids, language).rules


def read_rules(
    path: Path,
    outlet_ids: Collection[str],
    language: Language | None = None,
    gazetteer: Callable[[], Atlas] | None = None,
) -> Reading:
    """As `load_rules`, with warnings and examples. Raises RulesError."""
    language = language or editor_language(os.environ)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as e:
        reader = Reader(Source(str(path), ""), language)
        reader.error(0, "unreadable", reason=e.strerror or type(e).__name__)
        raise RulesError(tuple(reader.problems), (str(path),)) from None
    return parse_reading(data, str(path), outlet_ids, language, gazetteer, path.parent)


def parse_reading(
    text: str | bytes,
    file: str,
    outlet_ids: Collection[str],
    language: Language = "en",
    gazetteer: Callable[[], Atlas] | None = None,
    folder: Path | None = None,
) -> Reading:
    """As `parse_rules`, with warnings and examples. `folder` is where included files are; without, a text that
    includes some is refused. Raises RulesError."""
    with _without_garbage_collection():
        reader = Reader(Source(file, ""), language)
        files = [file]
        try:
            reader.sources[0] = Source.decode(file, text)
            root = reader.source.nodes(reader.fault)
        except Fault as fault:
            reader.fault(fault)
        else:
            if root is None:
                reader.error(0, "empty-file")
            else:
                includer = Includer(reader, folder, FILE_KEYS, FILE_KEYS_LATER)
                reading = _File(reader, outlet_ids, gazetteer).read(root, includer)
                files += includer.files
        problems = in_order(reader.problems, reader.sources)
        if errors := tuple(p for p in problems if p.level == "error"):
            raise RulesError(errors, tuple(files))
        rules = replace(reading[0], files=tuple(files))
        return Reading(rules, tuple(problems), tuple(reader.sources), reading[1], reading[2])


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A file's nodes all live to the end of the reading; looking for cycles among them would double its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _File:
    """One reading of one file: each method reads one kind of thing and notes what is wrong with it."""

    def __init__(
        self, reader: Reader, outlet_ids: Collection[str], gazetteer: Callable[[], Atlas] | None = None
    ) -> None:
        self.reader, self.outlet_ids, self.gazetteer = reader, outlet_ids, gazetteer
        self.of_channels = Channels(reader)
        self.examples: list[Example] = []
        self.channel_entries: Entries = {}
        self.sent_to: set[str] = set()
        self.used_lists: set[str] = set()

    def read(self, root: Node, includer: Includer) -> tuple[RuleSet, tuple[Example, ...], tuple[Alternatives, ...]]:
        reader = self.reader
        entries = includer.joined(reader.mapping(root, reader.source.file, FILE_KEYS, FILE_KEYS_LATER))
        self.outlets = self._outlets(entries)
        self.channels = self._channels(root, entries)
        self.lists = reader.named(entries["lists"].value, "lists") if "lists" in entries else {}
        regions = entries["regions"].value if "regions" in entries else None
        areas = Areas(reader, self.gazetteer, regions)
        self.region_contents = _digest(plain(regions)) if regions else ""
        self.terms = Terms(reader, self.lists, areas, self._choice(entries, "demonyms", ("false", "true")) == "true")
        self.terms.check_lists()
        self.list_contents = {name: _digest(plain(entry.value)) for name, entry in self.lists.items()}
        self.forms = self._choice(entries, "forms", FORMS)
        ignore = self._ignore(entries)
        rules = self._rules(root, entries)
        operator = None
        if "operator" in entries:
            operator = reader.reference(entries["operator"].value, "operator", self.channels, "channel-unknown")
        self._note_unused(operator)
        rule_set = RuleSet(
            path=reader.source.file,
            outlets=self.outlets,
            channels=self.channels,
            rules=rules,
            fingerprint=_fingerprint(reader.sources),
            ignore=ignore,
            operator=operator,
            regions=tuple(areas.own),
            scratch=self.of_channels.chat(entries["scratch"].value, "scratch") if "scratch" in entries else None,
        )
        return rule_set, tuple(self.examples), tuple(self.terms.alternatives)

    # -- outlets and channels ----------------------------------------------------------------------------------

    def _outlets(self, entries: Entries) -> tuple[str, ...]:
        """The outlets of the file or of a rule; empty for all."""
        if "outlets" not in entries:
            return ()
        node = entries["outlets"].value
        if isinstance(node, Text):
            if node.value != "all":
                self.reader.error(node, "outlets-text", value=node.value)
            return ()
        ids = [
            self.reader.reference(item, "outlets", self.outlet_ids, "outlet-unknown")
            for item in self.reader.items(node, "outlets", "arab48")
        ]
        return tuple(dict.fromkeys(i for i in ids if i))

    def _channels(self, root: Node, entries: Entries) -> dict[str, Channel]:
        if "channels" not in entries:
            if isinstance(root, Map):
                self._missing(root, self.reader.source.file, "channels", '{desk: {to: "@name"}}')
            return {}
        zone = self.of_channels.zone(entries) or UTC_ZONE
        self.channel_entries = self.reader.named(entries["channels"].value, "channels")
        return {name: self.of_channels.channel(name, entry.value, zone) for name, entry in self.channel_entries.items()}

    # -- rules -------------------------------------------------------------------------------------------------

    def _ignore(self, entries: Entries) -> tuple[Condition, ...]:
        """Conditions that silence every rule: where none looks, title and lead, unless they say `in`."""
        if "ignore" not in entries:
            return ()
        conditions = []
        for item in self.reader.items(entries["ignore"].value, "ignore", "{any: [مباراة]}"):
            known = (*CONDITION_KEYS, *_counts(item))
            inner = self.reader.mapping(item, "ignore", known, RULE_KEYS_LATER)
            if isinstance(item, Map):
                conditions.append(self.terms.condition(inner, item, "ignore", self.forms, HEAD))
        self.used_lists |= self.terms.used
        return tuple(conditions)

    def _rules(self, root: Node, entries: Entries) -> tuple[Rule, ...]:
        if "rules" not in entries:
            if isinstance(root, Map):
                self._missing(root, self.reader.source.file, "rules", "[{id: …, any: […], send: […]}]")
            return ()
        rules: list[Rule] = []
        first: dict[str, Node] = {}
        numbers = Numbers(self.reader)
        for item in self.reader.items(entries["rules"].value, "rules", "{id: …}"):
            number = numbers.next(item)
            fields = self.reader.mapping(item, f"rules[{number}]", (*RULE_KEYS, *_counts(item)), RULE_KEYS_LATER)
            if not isinstance(item, Map):
                continue
            rule_id = self._id(item, fields, f"rules[{number}]")
            if rule_id in first:
                again = fields["id"].value
                file, line, _ = self.reader.place(first[rule_id].at)
                if file == self.reader.place(again.at)[0]:
                    self.reader.error(again, "rule-twice", name=rule_id, first=line)
                else:
                    self.reader.twice(again, first[rule_id], rule_id)
            elif rule_id:
                first[rule_id] = fields["id"].value
            rules.append(self._rule(item, fields, rule_id or f"rules[{number}]"))
        return tuple(rules)

    def _id(self, item: Node, fields: Entries, owner: str) -> str | None:
        if "id" not in fields:
            self._missing(item, owner, "id", "east-strikes")
            return None
        return self.reader.name(fields["id"].value, "id")

    def _rule(self, item: Map, fields: Entries, rule_id: str) -> Rule:
        reader = self.reader
        self.terms.used = set()
        condition = self.terms.condition(fields, item, rule_id, self.forms, None)
        lists = self.terms.reached(self.terms.used)
        self.used_lists |= lists
        outlets = self._outlets(fields)
        if outlets and self.outlets and not set(outlets) & set(self.outlets):
            reader.warn(fields["outlets"].value, "outlet-not-read")
        if "note" in fields:
            reader.text(fields["note"].value, "note", "note: …")
        definition = plain(item)
        # the lists, and what the file says of forms, are part of what the rule means
        content = [definition, {name: self.list_contents[name] for name in sorted(lists)}, self.forms]
        if ("where" in fields or "not_where" in fields) and (self.region_contents or self.terms.demonyms):
            content += [self.region_contents, self.terms.demonyms]
        return Rule(
            id=rule_id,
            title=(reader.text(fields["title"].value, "title", "title: …") if "title" in fields else None) or rule_id,
            status=self._choice(fields, "status", STATUSES),
            severity=self._choice(fields, "severity", SEVERITIES),
            send=self._send(item, fields, rule_id),
            limit=self.of_channels.limit(fields["limit"].value, of_rule=True) if "limit" in fields else None,
            outlets=outlets,
            definition=definition,
            content_hash=_digest(content),
            condition=condition,
            examples_fire=self._examples(fields, rule_id, "fires"),
            examples_silent=self._examples(fields, rule_id, "silent"),
        )

    def _send(self, item: Node, fields: Entries, rule_id: str) -> tuple[str, ...]:
        if "send" not in fields:
            self._missing(item, rule_id, "send", f"[{next(iter(self.channels), 'desk')}]")
            return ()
        nodes = self.reader.items(fields["send"].value, "send", next(iter(self.channels), "desk"))
        if not self.channels:  # said already
            return ()
        names = [self.reader.reference(node, "send", self.channels, "channel-unknown") for node in nodes]
        send = tuple(dict.fromkeys(name for name in names if name))
        self.sent_to.update(send)
        return send

    def _examples(self, fields: Entries, rule_id: str, kind: str) -> tuple[str, ...]:
        if "examples" not in fields:
            return ()
        entries = self.reader.mapping(fields["examples"].value, "examples", ("fires", "silent"))
        if kind not in entries:
            return ()
        texts = []
        for item in self.reader.items(entries[kind].value, kind, "'…'"):
            if (text := self.reader.text(item, kind, f"{kind}: ['…']")) is not None:
                texts.append(text)
                self.examples.append(Example(rule_id, text, kind == "fires", item.at))
        return tuple(texts)

    # -- small things ------------------------------------------------------------------------------------------

    def _choice(self, entries: Entries, key: str, choices: tuple[_Word, ...]) -> _Word:
        """What the key says, one of `choices`; the first of them where it says nothing."""
        said = self.reader.choice(entries[key].value, key, choices) if key in entries else None
        return next((choice for choice in choices if choice == said), choices[0])

    def _missing(self, node: Node, owner: str, key: str, example: str) -> None:
        self.reader.error(node, "key-missing", owner=owner, key=key, example=example)

    def _note_unused(self, operator: str | None) -> None:
        for name, entry in self.lists.items():
            if name not in self.used_lists:
                self.reader.warn(entry.key, "list-unused", name=name)
        for name, entry in self.channel_entries.items():
            if name not in self.sent_to and name != operator:
                self.reader.warn(entry.key, "channel-unused", name=name)
        self.terms.term.note_quoted()


def _counts(node: Node) -> tuple[str, ...]:
    """The keys `at least N of` of a mapping."""
    return tuple(e.key.value for e in node.entries if is_at_least(e.key.value)) if isinstance(node, Map) else ()


def _fingerprint(sources: Sequence[Source]) -> str:
    """SHA-256 in hexadecimal of one file's text; of several, of their texts in order, each hashed by itself."""
    digests = [hashlib.sha256(s.text.encode("utf-8", "surrogatepass")) for s in sources]
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(d.digest() for d in digests)).hexdigest()


def _digest(content: object) -> str:
    """SHA-256 in hexadecimal of a value of JSON types."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
