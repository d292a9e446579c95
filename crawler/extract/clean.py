"""Cleaning: which parts of an article's lines are article, and which are the outlet speaking of itself.

One function, used for pages, for feeds' bodies and, through `kept_spans`, for flat text given to `marsad match`.
What goes: the outlet's boilerplate and some general one («تابعونا على…», an agency's signature), and the related
block: a marker («اقرأ أيضًا») with the headlines right after it. What a node of a page is stands in `body.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import Pattern

from crawler.extract.agencies import END_LINE, SIGNATURE, SIGNED_TAIL
from crawler.extract.letters import fold, words
from crawler.extract.phrases import HOUSE_RULES, MARKER, MARKER_AND_HEADLINE, NOTICE, POLICY

HEADLINE_WORDS = 20
"""A line of so many words is no headline (the longest of 500 in the catalogue's feeds has 19)."""
BLOCK_LINES = 10
"""Headlines that one marker may take with it; related blocks have 1 to 5, some WordPress themes 8."""
NOTICE_WORDS = 40
"""A sentence of more words is no boilerplate, whatever it mentions."""
MAX_PARAGRAPH = 100_000
"""Code points of a line above which it is no paragraph, and kept as it is; whole articles on one line have 40,000."""
MUCH = 1 / 3
"""Share of the words above which so much was dropped that somebody should look."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading or list item, without line breaks; `is_link` when all of it is one link."""

    text: str
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece that was taken out, and why: `boilerplate`, `signature`, `marker` or `related`."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """For each line the kept spans (start, end) in its code points, in order, none for a line that went; what
    was dropped, in order."""

    spans: tuple[tuple[Span, ...], ...]
    dropped: tuple[Dropped, ...]

    def share(self) -> float:
        """Dropped words by all words; 0 where there are none."""
        return self._dropped_words / max(1, self._dropped_words + self._kept_words)

    _kept_words: int = 0
    _dropped_words: int = 0


def clean(lines: Sequence[Line], boilerplate: Sequence[Pattern[str]] = ()) -> Cleaned:
    """Decides for each line what of it is article.

    `boilerplate` are patterns of a few words, matched in folded spelling; the sentence that holds one goes.
    """
    notices = tuple(_folded(pattern) for pattern in boilerplate)
    spans: list[tuple[Span, ...]] = []
    dropped: list[Dropped] = []
    block = 0  # headlines that the last marker may still take
    for line in lines:
        if not line.text or line.text.isspace():
            spans.append(())
        elif is_marker(line.text):
            spans.append(())
            dropped.append(Dropped(line.text, "marker"))
            block = BLOCK_LINES
        elif block and (line.is_link or is_headline(line.text)):
            spans.append(())
            dropped.append(Dropped(line.text, "related"))
            block -= 1
        else:
            kept, gone = _sentences(line, notices)
            spans.append(kept)
            dropped.extend(gone)
            block = BLOCK_LINES if gone and gone[-1].why == "marker" else 0
    _sign_off(lines, spans, dropped)
    kept_words = sum(words(line.text[a:b]) for line, kept in zip(lines, spans, strict=True) for a, b in kept)
    return Cleaned(tuple(spans), tuple(dropped), kept_words, sum(words(d.text) for d in dropped))


def kept_spans(text: str, boilerplate: Sequence[Pattern[str]] = ()) -> tuple[Span, ...]:
    """The spans (start, end) of flat `text`, in its code points and in order, that are article; its lines are
    parted by line feeds. Neighbouring kept lines are one span, line feed included."""
    lines = text.split("\n")
    cleaned = clean([Line(line) for line in lines], boilerplate)
    found: list[Span] = []
    at = 0
    for line, spans in zip(lines, cleaned.spans, strict=True):
        for a, b in spans:
            start, end = at + a, at + b
            if found and not text[found[-1][1] : start].strip():
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        at += len(line) + 1
    return tuple(found)


def is_headline(text: str) -> bool:
    """Whether a line reads as a headline: under `HEADLINE_WORDS` words and no full stop."""
    return words(text) < HEADLINE_WORDS and not _FULL_STOP.search(text)


def is_marker(text: str) -> bool:
    """Whether a line is nothing but the marker of a related block, «اقرأ أيضًا:»."""
    return len(text) <= _MARKER_LENGTH and bool(MARKER.fullmatch(fold(text).strip()))


_MARKER_LENGTH = 100  # code points, marks and decoration included


# ---- the sentences of a line --------------------------------------------------------------------------------

_NO_TITLE = r"(?:(?<!\b[دأام])|(?<=\d [دأام]))"
"""What stands before a full stop that is one, unlike that of «د. ليلى» and «أ. د. سامر» (but «الساعة 5 م.»)."""
_FULL_STOP = re.compile(rf"(?<![.\d]){_NO_TITLE}\.(?!\.)(?=[\s\"»”')\]]|$)|(?<=\d)\.(?=[\"»”')\]]*$)")
_SENTENCE_END = re.compile(rf"(?:[!?؟…]|{_NO_TITLE}\.)[\"»”')\]]{{0,2}}\s+")


def _sentences(line: Line, notices: Sequence[Pattern[str]]) -> tuple[tuple[Span, ...], list[Dropped]]:
    """The kept spans of one line, and what went."""
    if len(line.text) > MAX_PARAGRAPH:
        return ((0, len(line.text)),), []
    whole = fold(line.text)
    if POLICY.search(whole) and HOUSE_RULES.search(whole) and words(line.text) <= _HOUSE_WORDS:
        return (), [Dropped(line.text, "boilerplate")]
    pieces = _split(line.text)
    kept: list[Span] = []
    gone: list[Dropped] = []
    for n, (start, end) in enumerate(pieces):
        text = line.text[start:end]
        if words(text) > NOTICE_WORDS:
            why = None
        elif n and n == len(pieces) - 1 and is_marker(text):
            why = "marker"  # at a line's end; in its middle it is prose
        else:
            plain = whole if len(pieces) == 1 else fold(text)
            why = _why_drop(plain.strip(), notices, first=n == 0, is_link=line.is_link)
        if why:
            gone.append(Dropped(text, why))
        elif kept and n and pieces[n - 1][1] == kept[-1][1]:
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return (tuple(kept) if gone else ((0, len(line.text)),)), gone


_HOUSE_WORDS = 120  # of the longest paragraph of rules for comments


def _split(text: str) -> list[Span]:
    """The spans of a line's sentences, without the white space between them."""
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    bounds = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(a, a + len(text[a:b].rstrip())) for a, b in bounds if text[a:b].strip()]


def _why_drop(plain: str, notices: Sequence[Pattern[str]], *, first: bool, is_link: bool) -> str | None:
    """Why a sentence, folded, is no article; None where it is. `first`: it begins its line."""
    if match := MARKER_AND_HEADLINE.match(plain):
        rest = plain[match.end() :]
        if words(rest) < HEADLINE_WORDS and (match["colon"] or (first and (is_link or not _FULL_STOP.search(rest)))):
            return "related"
    if any(notice.search(plain) for notice in notices) or NOTICE.match(plain):
        return "boilerplate"
    return "signature" if first and SIGNATURE.fullmatch(plain) else None


@lru_cache(maxsize=1024)
def _folded(pattern: Pattern[str]) -> Pattern[str]:
    """The pattern in the spelling of `fold`, so that an editor may write أ and a page ا."""
    return re.compile("".join(fold(c) if "\u0600" <= c <= "\u06ff" else c for c in pattern.pattern), pattern.flags)


# ---- an agency's signature ----------------------------------------------------------------------------------

_TAIL = 80  # code points at the end of the last paragraph in which a signature stands


def _sign_off(lines: Sequence[Line], spans: list[tuple[Span, ...]], dropped: list[Dropped]) -> None:
    """Takes out what closes a text and tells nothing, «(النهاية)», and cuts an agency's signature, «--(بترا)», from
    the end of the last kept line before it."""
    for n in range(len(spans) - 1, -1, -1):
        if not spans[n]:
            continue
        start, end = spans[n][-1]
        text = lines[n].text
        if end - spans[n][0][0] <= _TAIL and END_LINE.fullmatch(fold(text[spans[n][0][0] : end]).strip()):
            spans[n] = ()
            dropped.append(Dropped(text, "signature"))
            continue
        for cut in range(max(start + 1, end - _TAIL), end):
            if (text[cut] in "-–—(«[" or _stamped(text, cut)) and SIGNED_TAIL.fullmatch(fold(text[cut:end]).strip()):
                kept = start + len(text[start:cut].rstrip())
                spans[n] = (*spans[n][:-1], *(((start, kept),) if kept > start else ()))
                dropped.append(Dropped(text[cut:end], "signature"))
                return
        return


def _stamped(text: str, cut: int) -> bool:
    """Whether editors' initials may begin at `cut`: after a full stop, the text ending in a figure."""
    return text[-1:].isdigit() and text[cut - 1] in '.»") '
