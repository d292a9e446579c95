"""The lines of an article's node as a reader sees them.

The node is cut out of the page by lxml and read by BeautifulSoup, which sees that node only: over a whole page it
costs five times as much (benchmarks of the stack). Which node it is, is `body.py`'s decision; which of its lines are
article, `clean.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, cast

from lxml import etree

from crawler.extract.clean import Line, is_marker
from crawler.extract.letters import tidy
from crawler.extract.parts import MOST
from crawler.extract.tree import BLOCKS, Element

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString


def article_lines(nodes: Sequence[Element]) -> list[Line]:
    """The lines of the nodes as a reader sees them: blocks and `<br>` part, inline elements do not. Related
    blocks, which begin with their marker, go as nodes; of one without a node of its own the lines stay."""
    markup = "".join(etree.tostring(node, encoding="unicode", method="html", with_tail=False) for node in nodes)
    return _lines(f"<div>{markup}</div>")


def _lines(markup: str) -> list[Line]:
    from bs4 import BeautifulSoup  # 126 ms, needed only where there is an article

    soup = BeautifulSoup(markup, "lxml")
    if _ESCAPED.search(text := soup.get_text()):  # Akhbar El-Yom's script decodes the body's mark-up
        soup = BeautifulSoup(text, "lxml")
    _drop_related(soup)
    reader = _LineReader()
    reader.read(soup)
    return reader.finish()


_ESCAPED = re.compile(r"</(?:p|div|span|strong)>|<br\s?/?>")


def _drop_related(soup: BeautifulSoup) -> None:
    """Takes out each node that begins with a marker and holds more than it, unless it is most of the body."""
    before: NavigableString | None = None
    markers: list[tuple[NavigableString, NavigableString | None]] = []
    for string in cast("list[NavigableString]", [node for node in soup.descendants if isinstance(node, str)]):
        if is_marker(string):
            markers.append((string, before))
        if not string.isspace():
            before = string
    most = len(soup.get_text()) * MOST if markers else 0
    for string, before in markers[:_MARKERS]:
        begun = set(map(id, before.parents)) if before else set()  # what begins before the marker is no block of it
        block: Tag | None = None
        for above in islice(string.parents, _BLOCK_LEVELS):
            if id(above) in begun or above.parent is None or len(above.get_text()) > most:
                break
            block = above
        if block is not None and len(block.get_text()) > len(string):
            block.decompose()


_MARKERS = 20  # related blocks of one article; Sky News Arabia has up to 3
_BLOCK_LEVELS = 6  # how far above its marker a related block's node is


class _LineReader:
    """Collects the text of a soup into lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._pieces: list[str] = []
        self._all_link = True

    def read(self, node: Tag, in_link: bool = False) -> None:
        block = node.name in BLOCKS
        if block:
            self._flush()
        for child in node.children:
            if not isinstance(child, str):
                self.read(cast("Tag", child), in_link or node.name == "a")
            else:
                self._pieces.append(child)
                self._all_link &= in_link or node.name == "a" or not child.strip()
        if block:
            self._flush()

    def finish(self) -> list[Line]:
        self._flush()
        return self._lines

    def _flush(self) -> None:
        if text := tidy("".join(self._pieces)):
            self._lines.append(Line(text, self._all_link))
        self._pieces, self._all_link = [], True
