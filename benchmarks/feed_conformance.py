"""feedparser's own test suite against `marsad extract --feed`: how many of its expectations about an entry hold.

Each file of the suite says in a comment what feedparser makes of it (`Expect: entries[0]['title'] == '…'`). Of those
expectations the ones are counted that speak of what we print: how many entries, and an entry's title, link, id,
summary, content and times. Ours are plain text, feedparser's are HTML: two texts are the same when a reader sees the
same. What the suite says of a feed's own title (all of its entity and encoding tests) is asked of an entry: the
title is put into one. Not counted: detail (types, languages, authors …) that we do not print, and encodings of which
the suite says that it skips them where Python has no codec (`SkipUnless`; viscii and six more).

    pip download --no-deps --no-binary :all: feedparser==6.0.14 && tar xf feedparser-6.0.14.tar.gz
    python benchmarks/feed_conformance.py feedparser-6.0.14 [--failures]
"""

from __future__ import annotations

import ast
import calendar
import codecs
import html
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from crawler.extract.feed import read_feed
from crawler.extract.unreadable import Unreadable
from crawler.outlets.catalogue import general_outlet

SERVER = "http://127.0.0.1:8097/tests/"
"""Where the suite's own test server offers its files; links are expected to be resolved against it."""
OURS = {
    "title": "title",
    "title_detail": "title",
    "link": "url",
    "id": "id",
    "guid": "id",
    "summary": "summary",
    "summary_detail": "summary",
    "description": "summary",
    "published_parsed": "published_at",
    "updated_parsed": "published_at",
    "created_parsed": "published_at",
}
"""feedparser's name for a part of an entry → ours."""


class Expectation(NamedTuple):
    """Entry number `entry` has `value` under our name `field`; entry None: there are `value` entries."""

    entry: int | None
    field: str
    value: Any


def expectations(rule: str, about_feed: bool) -> Iterator[Expectation]:
    """What a suite's expression says of our output; nothing where it says something else."""
    try:
        tree = ast.parse(rule.strip(), mode="eval").body
    except SyntaxError:
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if not (isinstance(part, ast.Compare) and all(isinstance(op, ast.Eq) for op in part.ops)):
            continue
        *sides, last = [part.left, *part.comparators]
        try:
            value = ast.literal_eval(last)
        except ValueError:
            continue
        for side in sides:
            if ast.unparse(side) == "len(entries)":
                yield Expectation(None, "entries", value)
            elif (path := _path(side)) and (found := _field(path, about_feed)):
                yield Expectation(*found, value)


def _path(node: ast.expr) -> list[str | int] | None:
    """entries[0]['title'] and entries[0].title → ['entries', 0, 'title']."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            return [*above, key] if (above := _path(inner)) else None
        case ast.Attribute(value=inner, attr=key):
            return [*above, key] if (above := _path(inner)) else None
    return None


def _field(path: list[str | int], about_feed: bool) -> tuple[int, str] | None:
    match path:
        case ["feed", "title"] | ["feed", "title_detail", "value"] if about_feed:
            return 0, "title"
        case ["entries", int(n), str(name)] if name in OURS and not name.endswith("_detail"):
            return n, OURS[name]
        case ["entries", int(n), ("title_detail" | "summary_detail") as name, "value"]:
            return n, OURS[str(name)]
        case ["entries", int(n), "content", 0, "value"]:
            return n, "content"
    return None


def with_entry(body: bytes) -> bytes:
    """The feed with its first title inside an entry, in whatever encoding; unchanged where it has entries."""
    for codec in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037"):
        said = {
            name: name.encode(codec)
            for name in ("<title", "</title>", "<item", "<entry", "<feed", "</entry>", "</item>")
        }
        if said["<title"] in body and said["<item"] not in body and said["<entry"] not in body:
            entry = "entry" if said["<feed"] in body else "item"
            body = body.replace(said["<title"], said[f"<{entry}"] + ">".encode(codec) + said["<title"], 1)
            return body.replace(said["</title>"], said["</title>"] + said[f"</{entry}>"], 1)
    return body


def seen(text: object) -> str:
    """A text as a reader sees it, in one line: markup off, entities decoded."""
    plain = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|</?[a-z][^<>]*>", " ", str(text or ""))
    while (decoded := html.unescape(plain)) != plain:
        plain = decoded
    plain = re.sub(r"(?is)</?[a-z][^<>]*>", " ", plain)
    return "".join(re.sub("[\u200e\u200f\u00ad]", "", unicodedata.normalize("NFC", plain)).split())


def holds(expected: Expectation, entries: list[dict[str, Any]]) -> bool:
    if expected.entry is None:
        return len(entries) == expected.value
    if expected.entry >= len(entries):
        return False
    ours = entries[expected.entry][expected.field]
    if expected.field == "published_at":
        moment = expected.value and datetime.fromtimestamp(calendar.timegm((*expected.value[:6], 0, 0, 0)), UTC)
        return bool(ours == (moment and moment.isoformat()))
    return seen(ours) == seen(expected.value)


def entries_of(body: bytes, url: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    """What `marsad extract --feed --url URL` prints of it."""
    content_type = headers.get("content-type", "")
    charset = re.search(r"charset=[\"']?([\w.:-]+)", content_type)
    base = headers.get("content-location", url)
    outlet = general_outlet("unknown", base)
    try:
        found = read_feed(
            body,
            url=base,
            outlet=outlet,
            fetched_at=datetime.now(UTC),
            charset=charset[1] if charset else None,
            addressed_only=False,
        )
    except Unreadable:
        return []
    return [entry.record() for entry in found]


def has_codec(text: str) -> bool:
    """Whether this Python knows the codec that a file's `SkipUnless` names."""
    needed = re.search(r"SkipUnless:.*lookup\('([\w.-]+)'\)", text)
    try:
        return needed is None or codecs.lookup(needed[1]) is not None
    except LookupError:
        return False


def main() -> int:
    folder = Path(sys.argv[1]) / "tests"
    show = "--failures" in sys.argv
    held: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.xml")):
        body = file.read_bytes()
        text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
        if "Expect:" not in text:
            wide = (
                body.decode(codec, "replace")
                for codec in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037")
            )
            text = next((t for t in wide if "Expect:" in t), "")
        rule = re.search(r"Expect:(.*?)(?=\n\s*[A-Z]\w+:|-->)", text, re.DOTALL)
        headers = {k.lower(): v.strip() for k, v in re.findall(r"(?m)^Header:\s+([^:]+):(.+)$", text)}
        name = file.relative_to(folder)
        about_feed = name.parts[0] in ("encoding", "entities") or name.parts[:2] == ("wellformed", "xml")
        wanted = list(expectations(rule[1] if rule else "", about_feed))
        if any(e.field == "summary" for e in wanted):
            wanted = [e for e in wanted if e.field != "content"]
        wanted = [e._replace(field="summary") if e.field == "content" else e for e in wanted]
        if not wanted or not has_codec(text):
            continue
        if about_feed:
            body = with_entry(body)
        entries = entries_of(body, SERVER + str(name), headers)
        for expected in wanted:
            asked[str(name.parent)] += 1
            if holds(expected, entries):
                held[str(name.parent)] += 1
            elif show:
                ours = [e[expected.field] for e in entries] if expected.entry is not None else len(entries)
                print(f"{name} [{expected.entry}].{expected.field}\n  theirs {expected.value!r}\n  ours   {ours!r}")
    for part in asked:
        print(f"{part:28} {held[part]:4} of {asked[part]:4}")
    print(f"{'all':28} {held.total():4} of {asked.total():4}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
