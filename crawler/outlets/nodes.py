"""Nodes: the YAML of a catalogue file, as values whose every mistake is told with its file and line.

Scalars are text as written (YAML 1.1 would make Norway's `NO` false and `12:30` 750), so the nodes of libyaml
are walked here and each key says what its text must be. What the keys are stands in `reading.py`.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from crawler.outlets.catalogue import CatalogueError

MAX_BYTES = 256 * 1024
"""An outlet file is 1 to 5 KiB; one over this is some other file."""

_T = TypeVar("_T")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it


class Because(ValueError):
    """A refusal of a value, with a reason worth showing."""


def read_nodes(path: Path) -> yaml.Node:
    """The root node of a file; each node knows the file it stands in. Raises CatalogueError."""
    try:
        body = path.read_bytes()
    except OSError as e:
        raise CatalogueError(path, 1, f"cannot be read ({e.strerror})", "make it readable or take it away") from e
    if len(body) > MAX_BYTES:
        raise CatalogueError(path, 1, f"is over {MAX_BYTES // 1024} KiB", "an outlet file describes one outlet")
    try:
        stream = io.StringIO(body.decode("utf-8"))
        stream.name = str(path)  # what libyaml calls the stream in its marks
        root = yaml.compose(stream, Loader=_LOADER)
    except UnicodeDecodeError as e:
        raise CatalogueError(path, body[: e.start].count(b"\n") + 1, "is not UTF-8", "save the file as UTF-8") from e
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        raise CatalogueError(path, line, f"is no YAML: {e.problem}", "mind indentation, quotes and colons") from e
    except (yaml.YAMLError, RecursionError) as e:
        raise CatalogueError(path, 1, "is no YAML", "mind indentation, quotes and colons") from e
    if root is None:
        raise CatalogueError(path, 1, "is empty", "describe an outlet, or take the file away")
    return root


def error(node: yaml.Node, what: str, remedy: str) -> CatalogueError:
    """The mistake at a node."""
    return CatalogueError(Path(node.start_mark.name), node.start_mark.line + 1, what, remedy)


def mapping(node: yaml.Node, known: Collection[str], name: str) -> dict[str, yaml.Node]:
    """The values of a mapping by key, all of them `known` ones."""
    if not isinstance(node, yaml.MappingNode):
        raise error(node, f"{name} is not a mapping", f"write keys and values: {', '.join(known)}")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        word = text(key, f"a key of {name}")
        if word not in known:
            near = difflib.get_close_matches(word, known, 1)
            remedy = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise error(key, f"unknown key {word!r} in {name}", remedy)
        if word in found:
            raise error(key, f"{word} stands twice in {name}", "keep one")
        found[word] = value
    return found


def text(node: yaml.Node, name: str) -> str:
    """The text of a scalar, trimmed; an empty one is a mistake."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise error(node, f"{name} is not a text", "write one value")
    return str(node.value).strip()


def items(node: yaml.Node) -> list[yaml.Node]:
    """A list, or one value for a list of one."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


class Reader:
    """Keys of a mapping whose values are texts or lists of texts."""

    def __init__(self, found: Mapping[str, yaml.Node]) -> None:
        self._found = found

    def one(self, key: str, check: Callable[[str], _T], remedy: str, default: _T) -> _T:
        """The value of `key` as `check` reads its text; a ValueError or KeyError of `check` is the file's mistake."""
        return self._value(self._found[key], key, check, remedy) if key in self._found else default

    def many(self, key: str, check: Callable[[str], _T], remedy: str) -> tuple[_T, ...]:
        """The values of a list, each as `one` reads it."""
        if key not in self._found:
            return ()
        return tuple(self._value(item, key, check, remedy) for item in items(self._found[key]))

    def _value(self, node: yaml.Node, name: str, check: Callable[[str], _T], remedy: str) -> _T:
        written = text(node, name)
        try:
            return check(written)
        except (ValueError, KeyError) as e:
            reason = f": {e.args[0]}" if isinstance(e, Because) else ""
            shown = re.sub(r"//[^/@\s]*@", "//…@", written)  # whoever writes a password here sees it nowhere else
            raise error(node, f"{name} {shown!r} cannot be used{reason}", remedy) from e
