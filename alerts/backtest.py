"""Backtest: what rules would have sent on the stored archive. Pure: the production functions, replayed.

Articles are taken in the order in which they were news; a story is told to a channel once, as in a pass. What it
leaves out: the age limit and the baseline (everything in the archive counts), and digests (it counts alerts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from alerts.delivery.routing import Circumstances, route
from alerts.rules.model import Channel, Document, Match, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Archived:
    """An article of the archive, in its newest text. `at` is when it was news (UTC); its copies share `story`."""

    article: int
    story: int
    at: datetime
    outlet: str
    url: str
    document: Document


@dataclass(frozen=True, slots=True)
class Would:
    """An alert that would have been sent, with what it fires on. `day` is the channel's."""

    day: date
    channel: str
    article: Archived
    rules: tuple[str, ...]
    terms: tuple[str, ...]


def live(rules: RuleSet, only: str | None = None) -> tuple[Rule, ...]:
    """The rules that a backtest asks: the live ones, or `only` this one whatever its status."""
    if only is None:
        return tuple(rule for rule in rules.rules if rule.status == "live")
    return tuple(replace(rule, status="live") for rule in rules.rules if rule.id == only)


def replay(found: Iterable[tuple[Archived, Sequence[Match]]], channels: Mapping[str, Channel]) -> tuple[Would, ...]:
    """The alerts that these matches would have made; `found` in the order of `Archived.at`."""
    told: dict[int, set[str]] = {}
    would = []
    for article, matches in found:
        known = told.setdefault(article.story, set())
        there = Circumstances(baseline=False, at=article.at, now=article.at, told=known)
        for alert in route(matches, there)[1]:
            known.add(alert.channel)
            evidence = [e for match in alert.matches for e in match.evidence]
            would.append(
                Would(
                    day=article.at.astimezone(channels[alert.channel].timezone).date(),
                    channel=alert.channel,
                    article=article,
                    rules=tuple(match.rule.id for match in alert.matches),
                    terms=tuple(dict.fromkeys(e.term or e.place or "" for e in evidence)),
                )
            )
    return tuple(would)


def by_day(would: Sequence[Would]) -> dict[date, Counter[str]]:
    """Alerts a day for each channel, the days in order."""
    days: dict[date, Counter[str]] = {}
    for one in sorted(would, key=lambda w: w.day):
        days.setdefault(one.day, Counter())[one.channel] += 1
    return days


def noisiest(would: Sequence[Would], most: int) -> list[tuple[str, int]]:
    """The terms and places that took part in the most alerts."""
    return Counter(term for one in would for term in one.terms).most_common(most)


def difference(now: Sequence[Would], before: Sequence[Would]) -> tuple[tuple[Would, ...], tuple[Would, ...]]:
    """(what `now` adds, what it takes away): alerts by story and channel."""

    def keys(would: Sequence[Would]) -> dict[tuple[int, str], Would]:
        return {(one.article.story, one.channel): one for one in would}

    new, old = keys(now), keys(before)
    return tuple(new[k] for k in new.keys() - old.keys()), tuple(old[k] for k in old.keys() - new.keys())
