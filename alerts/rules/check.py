"""Check: what `marsad check` says of a rules file that can be read: its warnings, and its examples run.

The examples go through the same engine as articles do. Mistakes that make a file unusable are `schema.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from alerts.rules.engine import Engine, resolver_of
from alerts.rules.explain import why
from alerts.rules.expression import ARTICLE, Condition, Group, Term
from alerts.rules.include import in_order
from alerts.rules.messages import Language
from alerts.rules.model import Document, Problem, Rule, Status
from alerts.rules.page import LEAD_WORDS
from alerts.rules.reader import Reader
from alerts.rules.schema import Reading
from alerts.rules.terms import Alternatives

if TYPE_CHECKING:
    from alerts.places.resolve import Places, Resolver

_ANY_STATUS: tuple[Status, ...] = ("draft", "test", "live")
_FILLER = " ꙮ"
"""A word that no rule asks for: it makes an example long enough to be a lead, whatever its length."""


@dataclass(frozen=True, slots=True)
class Finding:
    """All problems in the order of the file; `failed` counts the examples that are not so."""

    problems: tuple[Problem, ...]
    failed: int


def check(reading: Reading, language: Language, gazetteer: Callable[[], Places] | None = None) -> Finding:
    """Runs the examples and looks for terms that add nothing. `gazetteer`: as the file was read with."""
    reader = Reader(reading.sources[0], language, reading.sources[1:])
    known = gazetteer is not None and reading.rules.uses_places
    failed = _run_examples(reading, reader, resolver_of(reading.rules, gazetteer) if gazetteer and known else None)
    _find_swallowed(reading, reader)
    problems = in_order([*reading.warnings, *reader.problems], reader.sources)
    return Finding(tuple(problems), failed)


def example_document(text: str) -> Document:
    """An example as an article: it is the title, and the lead too."""
    return Document(title=text, text=text + _FILLER * LEAD_WORDS)


def _run_examples(reading: Reading, reader: Reader, resolver: Resolver | None) -> int:
    """Tries each example on its own rule, with what every rule ignores; returns how many are not so."""
    rules = {rule.id: rule for rule in reading.rules.rules}
    failed = 0
    for rule_id, examples in groupby(reading.examples, key=attrgetter("rule")):
        rule = rules[rule_id]
        # one for all rules would try all of them on every example
        engine = Engine([rule], reading.rules.ignore, resolver, apart=True)
        for example in examples:
            document = example_document(example.text)
            if bool(engine.match(document, _ANY_STATUS)) != example.fires:
                failed += 1
                code = "example-silent" if example.fires else "example-fires"
                reason = why(engine.trace(rule, document), reader.language)
                reader.error(example.at, code, rule=rule.id, example=example.text, why=reason)
    return failed


def _find_swallowed(reading: Reading, reader: Reader) -> None:
    """Warns of every term that another alternative finds wherever it stands itself; of two that find each other,
    of the later."""
    groups = [group for group in reading.alternatives if group.written]
    hits = _hits(groups)
    for group in groups:
        order = dict.fromkeys((term for terms in group.listed for term in terms), -1)
        for number, (term, _) in enumerate(group.written):
            order.setdefault(term, number)
        for number, (term, at) in enumerate(group.written):
            for other in hits.get(term, ()):
                place = order.get(other, number)
                mutual = _covers(term, other) and term in hits[other]
                if place != number and _covers(other, term) and (place < number or not mutual):
                    reader.warn(at, "term-swallowed", term=term.written, other=other.written)
                    break


def _hits(groups: Iterable[Alternatives]) -> dict[Term, tuple[Term, ...]]:
    """For each term, the terms that are found in its own words."""
    numbers: dict[Term, int] = {}
    for group in groups:
        for term in (*(t for t, _ in group.written), *(t for terms in group.listed for t in terms)):
            if not term.regex:  # nobody can say of an expression what else it covers
                numbers.setdefault(term, len(numbers))
    terms = list(numbers)
    engine = Engine([_alone(number, term) for number, term in enumerate(terms)])
    return {term: tuple(terms[int(match.rule.id)] for match in engine.match(Document("", term.text))) for term in terms}


def _alone(number: int, term: Term) -> Rule:
    """A rule that asks for one term anywhere."""
    condition = Condition(Group(1, (replace(term, scopes=ARTICLE),)))
    return Rule(str(number), "", "live", "normal", (), (), {}, "", condition)


def _covers(other: Term, term: Term) -> bool:
    """Whether `other`, found in the words of `term`, is found wherever `term` is: it is no narrower in any way."""
    scopes = {*other.scopes, "lead"} if "text" in other.scopes else other.scopes
    return (
        not other.regex
        and (term.exact or not other.exact)
        and (other.prefix or not term.prefix)
        and (other.forms == "all" or term.forms == "given")
        and set(term.scopes) <= set(scopes)
    )
