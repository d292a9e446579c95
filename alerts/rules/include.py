"""Include: the files that rules.yaml takes rules, lists, channels and the like from, as if they stood in it.

Paths are hostile input as the files are: nothing outside the folder of rules.yaml is opened, and nothing that is no
plain file. What the entries mean is the business of `schema.py`, which reads them all as one file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from alerts.rules.model import Problem
from alerts.rules.reader import Entries, Reader
from alerts.rules.yaml_nodes import MAX_BYTES, Entry, Fault, List, Map, Node, Source, Text

MAX_FILES = 50
"""Files that one rules.yaml may include."""
INCLUDED_LISTS, INCLUDED_MAPS = ("rules", "ignore"), ("channels", "lists", "regions")
INCLUDED_KEYS = (*INCLUDED_LISTS, *INCLUDED_MAPS)
"""The keys of an included file; the settings of the whole stay in rules.yaml."""


class Includer:
    """Reads the files that one rules.yaml names. `files` are the paths of all that it names, whether or not they could
    be read: who waits for a mistake to be mended watches them."""

    def __init__(self, reader: Reader, folder: Path | None, file_keys: tuple[str, ...], later: tuple[str, ...]) -> None:
        self.reader, self.folder, self.file_keys, self.later = reader, folder, file_keys, later
        self.files: list[str] = []
        self._seen: set[Path] = set()
        self._bytes = 0

    def joined(self, entries: Entries) -> Entries:
        """The entries of rules.yaml with those of the files that it includes; mistakes go to the reader."""
        if "include" not in entries:
            return entries
        key, value = entries["include"]
        if self.folder is None:
            self.reader.error(key, "include-nowhere")
            return entries
        self._bytes = len(self.reader.source.text.encode("utf-8", "surrogatepass"))
        self._seen.add(Path(self.reader.source.file).resolve())
        others: list[Entries] = []
        for number, item in enumerate(self.reader.items(value, "include", "east.yaml")):
            if number == MAX_FILES:
                self.reader.error(item, "include-many", most=MAX_FILES)
                break
            if (found := self._included(item, self.folder)) is not None:
                others.append(found)
        return {**entries, **self._together(entries, others)}

    # -- one file ----------------------------------------------------------------------------------------------

    def _included(self, item: Node, folder: Path) -> Entries | None:
        """The entries of the file that an item of `include` names; None, with the mistake told, where it has none."""
        reader = self.reader
        written = reader.text(item, "include", "include: [east.yaml]")
        if written is None:
            return None
        data = self._data(item, written, folder)
        if data is None:
            return None
        file = str(folder / written)
        reader.add(Source(file, "", base := reader.end))  # so that what is wrong with its bytes has a place
        try:
            reader.sources[-1] = source = Source.decode(file, data, base)
            root = source.nodes(reader.fault)
        except Fault as fault:
            reader.fault(fault)
            return None
        if root is None:
            reader.error(base, "include-empty")
            return None
        found = dict(reader.mapping(root, file, self.file_keys, self.later))
        for name in [name for name in found if name not in INCLUDED_KEYS]:
            key = found.pop(name).key
            code = "include-nested" if name == "include" else "include-key"
            reader.error(key, code, key=name, file=reader.source.file, keys=", ".join(INCLUDED_KEYS))
        return found

    def _data(self, item: Node, written: str, folder: Path) -> bytes | None:
        """The bytes of an included file; None, with the mistake told, where it may not or cannot be read."""
        path = Path(written)
        if path.is_absolute() or ".." in path.parts or "\0" in written:
            self.reader.error(item, "include-outside", path=written)
            return None
        self.files.append(str(folder / path))
        try:
            real = (folder / path).resolve(strict=True)
            if not real.is_relative_to(folder.resolve()):
                self.reader.error(item, "include-outside", path=written)
                return None
            if real in self._seen:
                self.reader.error(item, "include-twice", path=written)
                return None
            self._seen.add(real)
            if not real.is_file():  # a pipe would be waited for without end
                self.reader.error(item, "include-unreadable", path=written, reason="not a file")
                return None
            with real.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, RuntimeError, ValueError) as e:  # links in a circle; what no path can be
            reason = getattr(e, "strerror", None) or type(e).__name__
            self.reader.error(item, "include-unreadable", path=written, reason=reason)
            return None
        self._bytes += len(data)
        if self._bytes > MAX_BYTES >= len(data):
            self.reader.error(item, "include-large", mib=MAX_BYTES >> 20)
            return None
        return data

    # -- all files together ------------------------------------------------------------------------------------

    def _together(self, entries: Entries, others: list[Entries]) -> dict[str, Entry]:
        joined: dict[str, Entry] = {}
        for key in INCLUDED_KEYS:
            found = [of[key] for of in (entries, *others) if key in of]
            if not found:
                continue
            kind = List if key in INCLUDED_LISTS else Map
            good = [entry.value for entry in found if isinstance(entry.value, kind) and entry.value[1]]
            for _, value in found if good else found[1:]:  # where none is good, who reads the first says so
                if not isinstance(value, kind):
                    code = "not-list" if kind is List else "not-mapping"
                    self.reader.error(value, code, owner=key, example="{…}")
                elif not value[1]:
                    self.reader.error(value, "empty-list", owner=key)
            if good:
                mark = found[0].key
                node = self._list(good) if kind is List else self._map(good)
                joined[key] = Entry(mark, node)
            else:
                joined[key] = found[0]
        return joined

    def _list(self, nodes: Sequence[Node]) -> List:
        return List(nodes[0].at, tuple(item for node in nodes if isinstance(node, List) for item in node.items))

    def _map(self, nodes: Sequence[Node]) -> Map:
        """One mapping of several; a name that an earlier file has already is a mistake."""
        first: dict[str, Text] = {}
        entries: list[Entry] = []
        for node in nodes:
            here: dict[str, Text] = {}
            for entry in node.entries if isinstance(node, Map) else ():
                name = " ".join(entry.key.value.split())
                if name in first:
                    self.reader.twice(entry.key, first[name], name)
                else:
                    here.setdefault(name, entry.key)  # twice in one file is already reported
                    entries.append(entry)
            first |= here
        return Map(nodes[0].at, tuple(entries))


class Numbers:
    """Numbers the items of a list that several files make up, from 1 in each of them."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._count = reader, Counter[str]()

    def next(self, item: Node) -> int:
        """The number of the next item, in the file where it stands."""
        file = self._reader.place(item.at)[0]
        self._count[file] += 1
        return self._count[file]


def in_order(problems: list[Problem], sources: list[Source]) -> list[Problem]:
    """The problems in the order of the files, and in that of each file."""
    order = {source.file: number for number, source in reversed([*enumerate(sources)])}
    return sorted(problems, key=lambda p: (order.get(p.file, 0), p.line, p.column))
