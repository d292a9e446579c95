"""Terms written as `regex:`: linear-time expressions (RE2) over folded text, with word edges that know Arabic.

RE2's own `\b` and `\\w` are ASCII only, and it has no look-around. So a page is rewritten with three equal gaps between
any two words, of which a `\\b` takes one, and the expression is rewritten to suit: its letters folded, `\\b ^ $` as
gaps, a space as all gaps between two words. A match must begin and end at a word's edge, as every term does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import re2

from alerts.arabic.folding import BREAK, SEPARATORS, SPACE, fold

MAX_MEMORY: Final = 1 << 20
"""Bytes that RE2 may spend on one expression; one that needs more is refused when it is compiled."""
MAX_MATCHES: Final = 1_000
"""Matches of one expression in an article: as many as evidence may list; bounds the work on hostile text."""

Span = tuple[int, int]

_GAP, _HARD_GAP, _BREAK_GAP = "   ", "\t\t\t", "\n\n\n"
_EDGE = r"[ \t\n]"
_OUTSIDE = {"b": _EDGE, "w": r"[\p{L}\p{N}]", "W": _EDGE, "s": _EDGE, "S": r"[\p{L}\p{N}]"}
_INSIDE = {"w": r"\p{L}\p{N}", "s": r" \t\n", "S": r"\p{L}\p{N}", "W": r" \t\n"}
_TOKEN = re.compile(
    r"(?P<kept>\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})"
    r"|\(\?(?:P?<\w+>|[A-Za-z-]*[:)])|\{[0-9]*,?[0-9]*\})"
    r"|\\(?P<escaped>.)|(?P<char>.)",
    re.DOTALL,
)
_META = frozenset(".*+?()|")
_GAPS = dict.fromkeys(SEPARATORS, r" \t") | {SPACE: " ", BREAK: r"\n"}
"""What of spread text a separator stands for in an expression."""


def compile_expression(pattern: str) -> Any:
    """The compiled form of an editor's expression. Raises ValueError where RE2 refuses it, saying why."""
    try:
        return re2.compile(_wrapped(pattern), _options())
    except re2.error as e:
        reason = e.args[0] if e.args else e
        raise ValueError(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from e


class Expressions:
    """All expressions of all rules: one pass says which of them match at all, those are then looked at."""

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        self._compiled = [(needle, compile_expression(pattern)) for needle, pattern in patterns]
        self._any = re2.Set.SearchSet(_options())
        for _, pattern in patterns:
            self._any.Add(_wrapped(pattern))
        self._any.Compile()

    def find(self, folded: str) -> dict[int, list[Span]]:
        """For each needle that matches: the spans of `folded`, from the first word's first letter on."""
        text, here, there = _spread(folded)
        found: dict[int, list[Span]] = {}
        for number in self._any.Match(text) or ():
            needle, expression = self._compiled[number]
            spans = []
            for match in islice(expression.finditer(text), MAX_MATCHES):
                start, end = match.span(1)
                start, end = end - len(match[1].lstrip()), start + len(match[1].rstrip())
                if start < end:
                    spans.append((_moved(start, there, here), _moved(end - 1, there, here) + 1))
            if spans:
                found[needle] = spans
        return found


def _options() -> Any:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return options


def _wrapped(pattern: str) -> str:
    return f"{_EDGE}({_rewritten(pattern)}){_EDGE}"


def _rewritten(pattern: str) -> str:
    """An expression in the letters and gaps of spread text."""
    out: list[str] = []
    letters: list[str] | None = None  # of the class that is being read
    gaps = ""
    for token in _TOKEN.finditer(pattern):
        char, escaped = token["char"], token["escaped"]
        if letters is None:
            if char == "[":
                letters, gaps = [], ""
            elif char in ("^", "$"):
                out.append(r"\n")
            elif escaped is not None:
                out.append(_OUTSIDE.get(escaped) or ("\\" + escaped if escaped.isalnum() else _literal(escaped)))
            else:
                out.append(token["kept"] or (char if char in _META else _literal(char)))
        elif char == "]" and letters not in ([], ["^"]):
            out.append(_class("".join(letters), gaps))
            letters = None
        elif char == "^" or char == "-":
            letters.append(char)
        elif token["kept"] or (escaped or "").isalnum():
            letters.append(token["kept"] or _INSIDE.get(escaped or "", "\\" + (escaped or "")))
        else:
            folded = fold(escaped or char)
            gaps += _GAPS.get(folded, "")
            letters.append(re.escape(folded.strip(SEPARATORS)))
    return "".join(out) if letters is None else pattern  # a class without end: RE2 says so


def _class(letters: str, gaps: str) -> str:
    """A class of letters, and of gaps if signs stood in it; between two words a gap stands thrice."""
    if not gaps:
        return f"[{letters}]"
    if letters.startswith("^"):
        return f"[{letters} \\t\\n]"
    return f"(?:[{letters}]|[{gaps}]+)" if letters else f"(?:[{gaps}]+)"


def _literal(char: str) -> str:
    """A character that stands for itself, folded; a sign stands for the gap that folding makes of it."""
    folded = fold(char)
    if folded in _GAPS:
        return f"(?:[{_GAPS[folded]}]+)"
    return re.escape(folded) or "(?:)"


def _spread(folded: str) -> tuple[str, list[int], list[int]]:
    """Folded text with three gaps between words, and the starts of the words in `folded` and there."""
    parts: list[str] = [_BREAK_GAP]
    here: list[int] = []
    there: list[int] = []
    length, end = len(_BREAK_GAP), 0
    for word in re.finditer(r"\S+", folded):
        if here:
            between = folded[end : word.start()]
            gap = _BREAK_GAP if BREAK in between else _GAP if not between.strip(SPACE) else _HARD_GAP
            parts.append(gap)
            length += len(gap)
        here.append(word.start())
        there.append(length)
        parts.append(word[0])
        length += len(word[0])
        end = word.end()
    parts.append(_BREAK_GAP)
    return "".join(parts), here, there


def _moved(position: int, source: list[int], target: list[int]) -> int:
    word = bisect_right(source, position) - 1
    return target[word] + position - source[word]
