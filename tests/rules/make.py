"""Short ways to make the values that the engine's tests need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alerts.rules.engine import Engine
from alerts.rules.expression import ARTICLE, Condition, Forms, Group, Near, Scope, Term
from alerts.rules.model import Document, Match, Rule


def term(written: str, forms: Forms = "given", scopes: tuple[Scope, ...] = ARTICLE, weight: int = 1) -> Term:
    """A term written as in rules.yaml: «exact», beginning*, regex:…"""
    text = written
    exact = prefix = regex = False
    if written.startswith("«") and written.endswith("»"):
        text, exact = written[1:-1], True
    elif written.startswith("regex:"):
        text, regex = written.removeprefix("regex:"), True
    elif written.endswith("*"):
        text, prefix = written[:-1], True
    return Term(written, text, exact=exact, prefix=prefix, regex=regex, forms=forms, scopes=scopes, weight=weight)


def group(parts: Sequence[str | Term | Group], threshold: int = 1, weight: int = 1, **manner: Any) -> Group:
    """A group of parts, of which `threshold` must hold; text becomes a term in the given manner."""
    return Group(threshold, tuple(term(p, **manner) if isinstance(p, str) else p for p in parts), weight)


def condition(
    wanted: Sequence[str | Term | Group] | Group | None = None,
    where: Sequence[str] = (),
    near: Near | None = None,
    none: Sequence[str | Term | Group] = (),
) -> Condition:
    """A condition; a sequence of wanted parts is any of them."""
    if wanted is not None and not isinstance(wanted, Group):
        wanted = group(wanted)
    return Condition(wanted, tuple(map(term, where)), near, group(none).parts)


def rule(name: str, demand: Condition, status: str = "live", outlets: tuple[str, ...] = ()) -> Rule:
    """A rule that sends nowhere."""
    return Rule(name, name, status, "normal", (), outlets, {}, "", demand)  # type: ignore[arg-type]


def surfaces(match: Match) -> list[str]:
    """What its evidence covers."""
    return [evidence.surface for evidence in match.evidence]


def fires(demand: Condition, text: str, title: str = "", **document: Any) -> list[str] | None:
    """The surfaces by which a condition holds in an article; None where it does not."""
    matches = Engine([rule("only", demand)]).match(Document(title, text, **document))
    return surfaces(matches[0]) if matches else None
