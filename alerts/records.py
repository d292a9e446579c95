"""Record: an article as one JSON object a line, as `match` and its like take it, and JSON lines as they give it.

Owns the form of docs/operate.md at the command's edge: sizes, what is required, what is refused and why. What is
then done with an article is each command's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeGuard

from alerts.rules.model import Document
from crawler.extract.clean import kept_spans
from crawler.outlets.catalogue import Outlet

MAX_BYTES = 10 * 1024 * 1024
"""A record over 10 MiB is refused: a hundred times the longest article."""

Id = str | int | float
"""Whatever text or number the record calls itself; given back as it came."""


@dataclass(frozen=True, slots=True)
class Record:
    """An article that was read. Without an outlet it is matched by the rules of every outlet."""

    id: Id
    text: str
    title: str = ""
    outlet: str | None = None
    url: str | None = None
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that cannot be read, and why. `id` is None where not even that could be."""

    id: Id | None
    error: str

    def record(self) -> dict[str, Any]:
        """The JSON object that answers in its place."""
        return {"id": self.id, "error": self.error}


def read_records(stream: IO[bytes]) -> Iterator[Record | Unread]:
    """One of them for each line that is not blank, as the lines come; never holds more than one record."""
    while line := stream.readline(MAX_BYTES + 1):
        if len(line) > MAX_BYTES and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            yield Unread(None, f"the record is larger than {MAX_BYTES >> 20} MiB")
        elif line.strip():
            yield parse_record(line)


def parse_record(line: bytes) -> Record | Unread:
    """The record that one JSON object says."""
    try:
        found = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        return Unread(None, "the record is not UTF-8")
    except RecursionError:
        return Unread(None, "the record is nested too deeply")
    except json.JSONDecodeError as e:
        return Unread(None, f"the record is not JSON (column {e.colno}: {e.msg})")
    except ValueError as e:  # a number of thousands of digits, NaN
        return Unread(None, f"the record is not JSON ({str(e).partition(';')[0]})")
    if not isinstance(found, dict):
        return Unread(None, 'the record is not an object; write {"id": …, "text": …}')
    return _record(found)


def document_of(record: Record, outlets: Mapping[str, Outlet]) -> Document:
    """The record as rules see it: boilerplate and related blocks count for nothing, positions stay its own.

    An outlet that the catalogue lacks has no boilerplate of its own, only the general one.
    """
    outlet = outlets.get(record.outlet or "")
    kept = kept_spans(record.text, outlet.boilerplate if outlet else ())
    return Document(record.title, record.text, record.outlet, kept, outlet.country if outlet else None)


def line_of(value: object) -> str:
    """One line of JSON for people and programs: letters as they are, half a surrogate pair as the escape that it
    must have come from, since UTF-8 cannot hold it."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return written.encode("utf-8", "backslashreplace").decode("utf-8")


def _record(found: dict[str, Any]) -> Record | Unread:
    record_id = found.get("id")
    if not _is_id(record_id):
        wrong = "has no id" if record_id is None else "has an id that is neither a text nor a number"
        return Unread(None, f"the record {wrong}")
    if not isinstance(found.get("text"), str):
        wrong = "no text" if found.get("text") is None else "a text that is not a string"
        return Unread(record_id, f"the record has {wrong}")
    for key in ("title", "outlet", "url", "published_at"):
        if not isinstance(found.get(key), str | None):
            return Unread(record_id, f"{key} is not a string")
    return Record(
        id=record_id,
        text=found["text"],
        title=found.get("title") or "",
        outlet=found.get("outlet") or None,
        url=found.get("url"),
        published_at=found.get("published_at"),
    )


def _is_id(value: object) -> TypeGuard[Id]:
    if isinstance(value, float):
        return value - value == 0  # finite: 1e999 is read as infinity, which JSON cannot say back
    return isinstance(value, str | int) and not isinstance(value, bool)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
