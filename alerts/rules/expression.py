"""What a rule asks of an article, as a small tree: terms, groups of them, and where they must stand.

`schema.py` builds it from rules.yaml, `engine.py` evaluates it; neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["title", "lead", "text"]
"""Where a term counts. `lead` is the first paragraph of the text that has at least 8 words."""

ARTICLE: tuple[Scope, ...] = ("title", "text")
HEAD: tuple[Scope, ...] = ("title", "lead")

Forms = Literal["given", "all"]
"""`given`: the word with whatever clitics stand on it; `all`: plural, dual and feminine too."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to be found.

    `written` is what the editor wrote, and what evidence names; `text` is what is looked for, quotes and `*`
    taken off. At most one of `exact` (as written), `prefix` (any ending), `regex` is set. `places` are the ids of
    the places that it stands for, each with all that lies within it; none: it is only words.
    """

    written: str
    text: str
    exact: bool = False
    prefix: bool = False
    regex: bool = False
    forms: Forms = "given"
    scopes: tuple[Scope, ...] = ARTICLE
    weight: int = 1
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which enough must hold: the weights of those that do add up to `threshold`, and none of `none` does.

    `any` is a threshold of 1 over weights of 1, `all` one of the number of parts.
    """

    threshold: int
    parts: tuple[Term | Group, ...]
    weight: int = 1
    none: tuple[Term | Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """How close a term and a place (with `where`), or the parts of the group (without), must stand: within
    `words` words of each other, or in one sentence, one paragraph, both in the title, both in the lead."""

    unit: Literal["words", "sentence", "paragraph", "title", "lead"]
    words: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule's whole demand: `wanted` and one of `where` hold (near each other, if `near`), nothing of `none` does.

    At least one of `wanted`, `where` is there. The terms of `none` carry their own scopes: that of the rule's
    `in`, or `HEAD` where the rule has no `in`.
    """

    wanted: Group | None = None
    where: tuple[Term, ...] = ()
    near: Near | None = None
    none: tuple[Term | Group, ...] = ()

    def areas(self) -> tuple[Term, ...]:
        """The terms that may stand for places: those of `where` and `not_where`."""
        return (*self.where, *(term for term in self.none if isinstance(term, Term)))
