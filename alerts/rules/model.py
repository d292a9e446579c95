"""Rule, Channel, Match, Evidence: what rules.yaml becomes, and what it finds.

Values only; `schema.py` reads the file into them, `engine.py` matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from alerts.rules.expression import Condition

if TYPE_CHECKING:
    from alerts.places.model import Place

Severity = Literal["info", "normal", "urgent"]
Status = Literal["draft", "test", "live"]
Field = Literal["title", "text"]

UTC_ZONE = ZoneInfo("UTC")

Passes = Literal["urgent", "normal", "nothing"]
"""The least severity of an alert that is told at once all the same; `nothing`: none is."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which a channel is left in peace: from `start` to `end`, times of day in `zone`; where `end` is not
    later than `start`, over midnight. They are never equal."""

    start: time
    end: time
    zone: ZoneInfo
    passes: Passes = "urgent"


@dataclass(frozen=True, slots=True)
class Digest:
    """A channel that is told together: at these times of day, in the channel's zone, on these `days` of the week
    (Monday 0)."""

    times: tuple[time, ...]
    days: frozenset[int] = frozenset(range(7))
    passes: Passes = "nothing"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `per_hour` alerts in 60 minutes; the rest is told together. Of a rule: counted for all that it tells a
    channel, or for each place."""

    per_hour: int
    per: Literal["rule", "place"] = "rule"
    passes: Passes = "nothing"


@dataclass(frozen=True, slots=True)
class Channel:
    """A Telegram chat that alerts go to. `to` is `@name` or a numeric chat id; `topic` a forum topic's id; `map`:
    whether the place of an alert is a link to a map; `quiet`, `limit`, `digest`: when an alert waits and is told
    together with others; `sole`: nobody else posts there."""

    name: str
    to: str | int
    topic: int | None = None
    language: Literal["ar", "en"] = "ar"
    timezone: ZoneInfo = UTC_ZONE
    uncertain_grace: timedelta = timedelta(seconds=20)
    uncertain_then: Literal["resend", "hold"] = "resend"
    map: bool = False
    quiet: Quiet | None = None
    limit: Limit | None = None
    digest: Digest | None = None
    sole: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What an editor wants to know. `definition` is the rule as written (JSON types); `content_hash` is
    its SHA-256 in hexadecimal, lists it uses included, so that a change of either is a change of the rule."""

    id: str
    title: str
    status: Status
    severity: Severity
    send: tuple[str, ...]
    outlets: tuple[str, ...]  # empty: all
    definition: Mapping[str, Any]
    content_hash: str
    condition: Condition
    examples_fire: tuple[str, ...] = ()
    examples_silent: tuple[str, ...] = ()
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rules file that is whole. `outlets` empty: all of the catalogue. An article that satisfies one of
    `ignore` matches no rule. `operator` is the channel that notices go to, `fingerprint` a hash of all of it, `regions`
    the places that it adds to the gazetteer, `files` the paths of all that was read, itself first."""

    path: str
    outlets: tuple[str, ...]
    channels: Mapping[str, Channel]
    rules: tuple[Rule, ...]
    fingerprint: str
    ignore: tuple[Condition, ...] = ()
    operator: str | None = None
    scratch: int | str | None = None
    regions: tuple[Place, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def uses_places(self) -> bool:
        """Whether a rule names a place that the gazetteer knows."""
        conditions = (*(rule.condition for rule in self.rules), *self.ignore)
        return any(term.places for condition in conditions for term in condition.areas())


@dataclass(frozen=True, slots=True)
class Evidence:
    """One occurrence of what satisfied a rule. `start`, `end`: code points of the field as it was given.
    Exactly one of `term`, `place` is set: the term or place name as the editor wrote it."""

    field: Field
    start: int
    end: int
    surface: str
    term: str | None = None
    place: str | None = None

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad match`."""
        what = {"term": self.term} if self.place is None else {"place": self.place}
        return {"field": self.field, "start": self.start, "end": self.end, "surface": self.surface, **what}


@dataclass(frozen=True, slots=True)
class Match:
    """Article × rule, with its evidence in the order of the article (title first)."""

    rule: Rule
    evidence: tuple[Evidence, ...]

    def record(self) -> dict[str, Any]:
        """The JSON object of `marsad match`."""
        return {
            "rule": self.rule.id,
            "severity": self.rule.severity,
            "channels": list(self.rule.send),
            "evidence": [e.record() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the engine sees it. `kept` are the spans (start, end) of `text`, in code points and in
    order, that are article (`crawler.extract.clean`); None: all of it. `country` is that of the outlet (ISO 3166), by
    which a name that several places bear is settled last."""

    title: str
    text: str
    outlet: str | None = None
    kept: tuple[tuple[int, int], ...] | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a rules file: where (1-based), what is wrong, what would be right, in the editor's language.

    `code` is its name in `messages.py`, the same in every language."""

    file: str
    line: int
    column: int
    what: str
    remedy: str
    level: Literal["error", "warning"] = "error"
    code: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}; {self.remedy}"


class RulesError(Exception):
    """A rules file that cannot be used; `problems` says why, each with its place; `files` are the paths of all that
    it names, itself first: a change of one may mend it."""

    def __init__(self, problems: tuple[Problem, ...], files: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems, self.files = problems, files
