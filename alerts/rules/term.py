"""A term as an editor writes it, one item of a list: `غارة`, `«…»`, `exact:`, `word*`, `regex:`, or a mapping.

A node in, a `Spec` out: the term and what it says itself of forms and scopes, the rest being its rule's. Mistakes go
to the `Reader`. What a term means in a text is the engine's business, groups and lists of terms are `terms.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple, cast

from alerts.arabic.folding import fold
from alerts.rules.expression import ARTICLE, Forms, Scope, Term
from alerts.rules.reader import Entries, Reader
from alerts.rules.yaml_nodes import INVISIBLE, List, Map, Node, Text, invisible, scalar

MAX_TERM = 200
"""Code points of a term: a headline's length; what is longer is a sentence, and no sentence comes twice."""
MAX_REGEX = 500
"""Code points of a regular expression; a page of alternatives is a list of terms."""
MAX_WEIGHT = 1000

SCOPES: tuple[Scope, ...] = ("title", "lead", "text")
FORMS: tuple[Forms, ...] = ("given", "all")
_KINDS = ("term", "exact", "regex")
_KEYS = (*_KINDS, "forms", "in", "weight")
_WORDS = re.compile(r"[ء-غف-يA-Za-z]\w*(?: \w+)*")
"""Words without a mark of any kind: nine terms of ten, which need no closer look, nor YAML's quotes."""
_YAML_WORDS = frozenset(["yes", "no", "on", "off", "true", "false", "null"])


class Manner(NamedTuple):
    """What a term inherits from its rule and file."""

    forms: Forms = "given"
    scopes: tuple[Scope, ...] = ARTICLE


class Spec(NamedTuple):
    """A term as written, and what it says itself of forms and scopes (None: inherited)."""

    term: Term
    forms: Forms | None = None
    scopes: tuple[Scope, ...] | None = None

    def under(self, manner: Manner) -> Term:
        """The term where a rule's manner holds. Other forms of what is written literally are not looked for."""
        term = self.term
        literal = term.exact or term.prefix or term.regex
        forms: Forms = "given" if literal else self.forms or manner.forms
        scopes = self.scopes or manner.scopes
        if forms == term.forms and scopes == term.scopes:
            return term
        return Term(term.written, term.text, term.exact, term.prefix, term.regex, forms, scopes, term.weight)


class TermReader:
    """Reads single terms. `quoted` collects where terms stand that were quoted for YAML only."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.quoted: list[int] = []
        self._plain: dict[str, Spec] = {}

    def note_quoted(self) -> None:
        """Warns once, after all is read, of terms that were quoted for YAML only."""
        if self.quoted:
            self.reader.warn(min(self.quoted), "term-quoted", count=len(self.quoted))

    def read(self, node: Node, *, weighted: bool = False) -> Spec | None:
        """A term, or None where it is none (reported). `weighted`: its group counts weights."""
        if isinstance(node, List):
            self.reader.error(node, "term-list")
            return None
        if isinstance(node, Text):
            return self._bare(node)
        return self._full(node, weighted=weighted)

    def _bare(self, node: Text) -> Spec | None:
        """A term written as a text, its kind by its marks."""
        value = node.value.strip()
        plain_words = _WORDS.fullmatch(value) is not None and value.lower() not in _YAML_WORDS
        if plain_words and node.style == '"' and not self.reader.source.is_json:
            self.quoted.append(node.at)
        if plain_words and len(value) <= MAX_TERM:
            if value not in self._plain:
                self._plain[value] = Spec(Term(value, value))
            return self._plain[value]
        if scalar(node) is None:
            self.reader.error(node, "term-missing")
            return None
        if not node.style and value.lower() in _YAML_WORDS:
            self.reader.warn(node, "term-yaml-word", term=value)
        for kind in ("exact", "regex"):
            if value.startswith(f"{kind}:"):
                return self._of_kind(node, kind, value, value[len(kind) + 1 :].strip())
        if value[:1] in ('"', "“") and value[-1:] in ('"', "”"):
            self.quoted.append(node.at)
        if "«" in value or "»" in value:
            if not (value[0] == "«" and value[-1] == "»") or value.count("«") != 1 or value.count("»") != 1:
                self.reader.error(node, "term-guillemets", term=value)
                return None
            return self._of_kind(node, "exact", value, value[1:-1])
        return self._of_kind(node, "term", value, value)

    def _full(self, node: Map, *, weighted: bool) -> Spec | None:
        """A term written as a mapping: {term: …, forms: all, in: title, weight: 2}."""
        kinds = [key.value for key, _ in node.entries if key.value in _KINDS]
        if not kinds:
            key, value = node.entries[0] if node.entries else (Text(node.at, "", "'"), Text(node.at, ""))
            shown = value.value if isinstance(value, Text) else "…"
            self.reader.error(node, "term-colon", key=key.value, value=shown)
            return None
        entries = self.reader.mapping(node, "term", _KEYS)
        if len(kinds) > 1:
            self.reader.error(node, "term-many-kinds")
            return None
        value = entries[kinds[0]].value
        if isinstance(value, Text) and value.value.startswith("$") and kinds[0] == "term":
            self.reader.error(value, "list-in-term", name=value.value)
            return None
        if not isinstance(value, Text) or scalar(value) is None:
            self.reader.error(value, "not-text", owner=kinds[0], example=f"{kinds[0]}: غارة")
            return None
        written = value.value.strip()
        spec = self._bare(value) if kinds[0] == "term" else self._of_kind(value, kinds[0], written, written)
        if spec is None:
            return None
        forms, scopes = self.forms(entries), self.scopes(entries)
        if forms and (spec.term.exact or spec.term.prefix or spec.term.regex):
            self.reader.error(entries["forms"].key, "term-forms")
        return Spec(replace(spec.term, weight=self.weight(entries, weighted=weighted)), forms, scopes)

    def _of_kind(self, node: Text, kind: str, written: str, text: str) -> Spec | None:
        """The term `text` of one kind; the star is found here."""
        if len(text) > (MAX_REGEX if kind == "regex" else MAX_TERM):
            self.reader.error(node, "term-long", most=MAX_REGEX if kind == "regex" else MAX_TERM)
            return None
        if character := invisible(text):
            self.reader.warn(node, "invisible", name=written, character=character)
            text = INVISIBLE.sub("", text)
        if kind == "regex":
            return self._regex(node, written, text)
        text = " ".join(text.split())
        prefix = kind == "term" and text.endswith("*")
        if prefix:
            text = text[:-1]
        last_word = text.rpartition(" ")[2]
        if (kind == "term" and "*" in text) or (prefix and _letters(last_word) < 2):
            self.reader.error(node, "term-star", term=written)
            return None
        if not _letters(text):
            self.reader.error(node, "term-empty", term=written)
            return None
        return Spec(Term(written, text, exact=kind == "exact", prefix=prefix))

    def _regex(self, node: Text, written: str, text: str) -> Spec | None:
        from alerts.rules.regex import compile_expression  # re2 takes 20 ms, and few files have one

        try:
            compiled = compile_expression(text)
        except ValueError as e:
            self.reader.error(node, "regex", reason=e)
            return None
        if compiled.search(_NOTHING) is not None:
            self.reader.error(node, "regex-empty")
            return None
        return Spec(Term(written, text, regex=True))

    def forms(self, entries: Entries) -> Forms | None:
        """What the key `forms` says; None where it says nothing."""
        if "forms" not in entries:
            return None
        return cast("Forms | None", self.reader.choice(entries["forms"].value, "forms", FORMS))

    def scopes(self, entries: Entries) -> tuple[Scope, ...] | None:
        """`in:` one of title, lead, text, or a list of them; in that order."""
        if "in" not in entries:
            return None
        node = entries["in"].value
        nodes = self.reader.items(node, "in", "title, lead") if isinstance(node, List) else (node,)
        said = {self.reader.choice(item, "in", SCOPES) for item in nodes}
        return tuple(scope for scope in SCOPES if scope in said) or None

    def weight(self, entries: Entries, *, weighted: bool) -> int:
        """The key `weight`, 1 where there is none; a mistake unless the group counts weights (`weighted`)."""
        if "weight" not in entries:
            return 1
        key, node = entries["weight"]
        if not weighted:
            self.reader.error(key, "weight-alone")
        return self.reader.number(node, "weight", 1, MAX_WEIGHT) or 1


_NOTHING = "   "
"""A page without a word, as expressions see it."""


def _letters(text: str) -> int:
    """Letters and digits that folding leaves of a text: what can be found."""
    return len("".join(fold(text).split()))
