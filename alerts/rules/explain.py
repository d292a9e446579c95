"""Explain: a rule's trace on one article, in words: each demand met or missed, by what, and the article marked.

Text only; what becomes of it (terminal, JSON, a line of an alert) is the caller's. The trace is the engine's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.rules.engine import Step, Trace
from alerts.rules.messages import Language
from alerts.rules.model import Document, Evidence, Field

_MANY = 5
"""Words that one line names; more would hide the point."""

_MANY_NAMES = 12
"""Names of places that are explained one by one: a rule on a country may be met by every one in the article."""

_SAID: dict[str, dict[Language, str]] = {
    "outlet": {"en": "outlet", "ar": "المصدر"},
    "ignore": {"en": "ignore", "ar": "الاستثناء العام (ignore)"},
    "wanted": {"en": "terms", "ar": "العبارات"},
    "where": {"en": "where", "ar": "المكان (where)"},
    "near": {"en": "near", "ar": "القرب (near)"},
    "none": {"en": "none", "ar": "الممنوع (none)"},
    "group": {"en": "{n} of {total} needed", "ar": "يلزم {n} من {total}"},
    "met": {"en": "met", "ar": "تحقّق"},
    "found": {"en": "found {words}", "ar": "وُجد {words}"},
    "absent": {"en": "not found", "ar": "لم ترد"},
    "missing": {"en": "missing: {words}", "ar": "غير موجود: {words}"},
    "stands": {"en": "{words} stands there", "ar": "وردت {words}"},
    "not-near": {"en": "what was found stands too far apart", "ar": "ما وُجد متباعد"},
    "not-outlet": {"en": "the rule is not for this outlet", "ar": "القاعدة ليست لهذا المصدر"},
    "fires": {"en": "rule {rule} fires", "ar": "القاعدة {rule} تنطلق"},
    "silent": {"en": "rule {rule} does not fire", "ar": "القاعدة {rule} لا تنطلق"},
    "more": {"en": "and {n} more", "ar": "و{n} غيرها"},
    "title": {"en": "title", "ar": "العنوان"},
    "text": {"en": "text", "ar": "النص"},
    "draft": {"en": "the rule is a draft: it is not matched in a pass", "ar": "القاعدة مسودة (draft) فلا تُطبَّق"},
}
"""Every word of an explanation, in both languages."""


def phrase(language: Language, key: str, **words: object) -> str:
    """One of the texts above, filled in."""
    return _SAID[key][language].format(**words)


def why(trace: Trace, language: Language) -> str:
    """The reason in one line: what was found where the rule fires, else what is missing or in the way."""
    if trace.match is not None:
        return phrase(language, "found", words=_listed((e.surface for e in trace.match.evidence), language))
    missed = [step for step in trace.steps if not step.met]
    if any(step.what in ("wanted", "where") for step in missed):  # what is not there is not near anything either
        missed = [step for step in missed if step.what != "near"]
    return " · ".join(_reason(step, language) for step in missed)


def headline(trace: Trace, language: Language) -> str:
    """Whether the rule fires, in a line."""
    said = phrase(language, "fires" if trace.fires else "silent", rule=trace.rule.id)
    if trace.rule.status == "draft":
        said += f" ({phrase(language, 'draft')})"
    return said


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account: how deep it stands, whether it is met, what it says."""

    depth: int
    met: bool
    text: str


def account(trace: Trace, language: Language) -> tuple[Line, ...]:
    """Every demand of the rule with what became of it, from the outside in."""
    return tuple(
        line
        for step in trace.steps
        for line in (*_lines(step, 0, language), *(_names(trace, language) if step.what == "where" else ()))
    )


def _names(trace: Trace, language: Language) -> Iterator[Line]:
    """Names that could be a place of `where`, each different decision once: what it is in this article, and why."""
    said = dict.fromkeys(
        (decision.choice is not None, f"{surface}: {decision.reason(language)}") for surface, decision in trace.names
    )
    for is_place, line in list(said)[:_MANY_NAMES]:
        yield Line(1, is_place, line)
    if len(said) > _MANY_NAMES:
        yield Line(1, True, phrase(language, "more", n=len(said) - _MANY_NAMES))


def _lines(step: Step, depth: int, language: Language, *, forbidden: bool = False) -> Iterator[Line]:
    """`forbidden`: a part of `none`, which is well when it is not found."""
    met = not step.met if forbidden else step.met
    if step.what == "term":
        places = _where(step.found, language)
        absent = phrase(language, "absent") if forbidden else ""
        yield Line(depth, met, ": ".join(said for said in (step.term, places or absent) if said))
        return
    name = "" if step.what == "group" else phrase(language, step.what)
    if step.what in ("outlet", "near", "ignore"):
        yield Line(depth, met, f"{name}: {phrase(language, 'met')}" if step.met else _reason(step, language))
        return
    if step.threshold:
        total = sum(part.weight for part in step.parts)
        name += (": " if name else "") + phrase(language, "group", n=step.threshold, total=total)
    yield Line(depth, met, name)
    for part in step.parts:
        yield from _lines(part, depth + 1, language, forbidden=step.what == "none" or forbidden)


def _reason(step: Step, language: Language) -> str:
    """Why a step is not met, in a few words."""
    if step.what == "outlet":
        return f"{phrase(language, step.what)}: {phrase(language, 'not-outlet')}"
    if step.what == "near":
        return f"{phrase(language, step.what)}: {phrase(language, 'not-near')}"
    if step.what in ("none", "ignore"):
        found = (e.surface for part in _terms(step) for e in part.found)
        return f"{phrase(language, step.what)}: {phrase(language, 'stands', words=_listed(found, language))}"
    missing = (str(part.term) for part in _terms(step, missed=True))
    return f"{phrase(language, step.what)}: {phrase(language, 'missing', words=_listed(missing, language))}"


def _terms(step: Step, *, missed: bool = False) -> Iterator[Step]:
    """The terms of a step; `missed`: only those not found, of groups that do not hold."""
    if missed and step.met:
        return
    if step.what == "term" or step.found:  # an ignore has no parts, only what was found
        yield step
    for part in step.parts:
        yield from _terms(part, missed=missed)


def _where(found: Sequence[Evidence], language: Language) -> str:
    """«surface» (field) of the occurrences, each distinct one once."""
    shown = dict.fromkeys(f"{e.surface} ({phrase(language, e.field)})" for e in found)
    return _listed(shown, language)


def _listed(words: Iterable[str], language: Language) -> str:
    distinct = list(dict.fromkeys(words))
    more = [phrase(language, "more", n=len(distinct) - _MANY)] if len(distinct) > _MANY else []
    return _comma(language).join([*distinct[:_MANY], *more])


def _comma(language: Language) -> str:
    return "، " if language == "ar" else ", "


def record(trace: Trace, language: Language) -> dict[str, Any]:
    """The JSON object of `marsad explain --json`."""
    return {
        "rule": trace.rule.id,
        "status": trace.rule.status,
        "fires": trace.fires,
        "why": why(trace, language),
        "steps": [_step_record(step) for step in trace.steps],
        "match": trace.match.record() if trace.match else None,
    }


def _step_record(step: Step) -> dict[str, Any]:
    said: dict[str, Any] = {"what": step.what, "met": step.met}
    if step.term is not None:
        said["term"] = step.term
    if step.threshold:
        said["threshold"] = step.threshold
    if step.found:
        said["found"] = [evidence.record() for evidence in step.found]
    if step.parts:
        said["parts"] = [_step_record(part) for part in step.parts]
    return said


def occurrences(trace: Trace) -> Iterator[Evidence]:
    """All that was found of the rule's terms and places, whether it helped or not."""
    waiting = list(trace.steps)
    while waiting:
        step = waiting.pop()
        yield from step.found
        waiting += step.parts


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a field: `hit` is evidence; `kept` is False for what cleaning took out."""

    text: str
    hit: bool = False
    kept: bool = True


def pieces(document: Document, field: Field, evidence: Iterable[Evidence]) -> tuple[Piece, ...]:
    """The title or text of the document, whole and in order, parted where something begins or ends."""
    whole = document.title if field == "title" else document.text
    kept = ((0, len(whole)),) if field == "title" or document.kept is None else document.kept
    hits = [(e.start, e.end) for e in evidence if e.field == field]
    edges: dict[int, list[int]] = defaultdict(lambda: [0, 0])  # how many hits, kept spans begin or end at a position
    for kind, spans in enumerate((hits, kept)):
        for start, end in spans:
            edges[start][kind] += 1
            edges[end][kind] -= 1
    found: list[Piece] = []
    at = hit = keep = 0
    for edge in sorted({*edges, len(whole)}):
        if edge > at:
            if found and (found[-1].hit, found[-1].kept) == (hit > 0, keep > 0):  # hits that overlap are one piece
                found[-1] = Piece(found[-1].text + whole[at:edge], hit > 0, keep > 0)
            else:
                found.append(Piece(whole[at:edge], hit > 0, keep > 0))
        hit, keep, at = hit + edges[edge][0], keep + edges[edge][1], edge
    return tuple(found)
