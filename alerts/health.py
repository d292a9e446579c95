"""An outlet's health, measured against its own rhythm: what is normal for it, and what has gone wrong.

Pure: counts by the hour go in, verdicts come out. Counting is `alerts.store.rhythm`'s, telling the operator is
`alerts.service`'s, which opens a notice at the first broken verdict and closes it at the first that is well.

Each question has its own test, and each may answer "not to be told yet" (`None`): then what was said stands.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HISTORY = timedelta(days=28)
"""What is normal is learnt from this long: each hour of the week stands in it four times."""
LEARNT = 48
"""Hours in which the outlet answered before its silence means anything."""
SILENT_AT = 12.0
"""Items that should have come since the last one: by chance alone (Poisson) none comes once in 160,000 times."""
SHORTEST_SILENCE = timedelta(hours=2)
STALE = timedelta(days=3)
"""The newest item's age at which a source is called frozen although nothing is known of its rhythm."""
RECENT = timedelta(hours=24)
FEWEST_PAGES = 5
"""Below this a share says nothing."""
SURPRISE = 1e-4
"""The probability, were all as usual, below which a share is called broken …"""
PEACE = 1e-2
"""… and above which it is well again; between the two nothing is said."""
PRIOR_WEIGHT = 10.0
"""Pages that the usual share below counts for until the outlet's own history outweighs it."""
USUAL_PAGES = 0.9
"""One page in ten may be a gallery, a video or a flash of one line, whatever the past days were like."""
USUAL_REFUSALS = 0.02


@dataclass(frozen=True, slots=True)
class Hour:
    """What an outlet did in one hour (`at`: its first instant, UTC). Counts: polls that were asked, and those of them
    refused (401, 403, 429, a challenge page); new items that are no baseline; entries seen first, and those of them
    with a date; pages first tried, those that gave an article, and those refused."""

    at: datetime
    polls: int = 0
    polls_refused: int = 0
    items: int = 0
    entries: int = 0
    dated: int = 0
    pages: int = 0
    articles: int = 0
    pages_refused: int = 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All that is judged: an outlet's hours, oldest first, and the time of the newest item that it ever showed."""

    outlet: str
    hours: Sequence[Hour]
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind`: silent | pages | dates | refusals. `broken`: None where it cannot be told yet. `detail`: one line."""

    kind: str
    broken: bool | None
    detail: str = ""


def judge(rhythm: Rhythm, now: datetime) -> tuple[Verdict, ...]:
    """The four verdicts on an outlet, in a fixed order."""
    return (
        _silence(rhythm, now),
        _pages(rhythm.hours, now),
        _dates(rhythm.hours, now),
        _refusals(rhythm.hours, now),
    )


def items_a_day(hours: Sequence[Hour]) -> float | None:
    """New items a day in the hours that were watched; None before there are `LEARNT` of them."""
    watched = [h for h in hours if h.polls > h.polls_refused]
    return 24 * sum(h.items for h in watched) / len(watched) if len(watched) >= LEARNT else None


def _silence(rhythm: Rhythm, now: datetime) -> Verdict:
    watched = [h for h in rhythm.hours if h.polls > h.polls_refused]
    if not watched or now - watched[-1].at > RECENT:
        return Verdict("silent", None)  # it does not answer: that is a source's notice
    age = now - rhythm.newest_at if rhythm.newest_at else None
    since = max((h.at for h in watched if h.items), default=None)
    history = [h for h in watched if since and h.at <= since]
    if since is None or len(history) < LEARNT:
        if age is None:
            return Verdict("silent", None)
        if age > STALE:
            return Verdict("silent", True, f"answers, but its newest item is {_span(age)} old")
        return Verdict("silent", False)
    expected = _expected(history, [h for h in watched if h.at > since])
    quiet = now - since
    if expected < SILENT_AT or quiet < SHORTEST_SILENCE:
        return Verdict("silent", False)
    newest = f"; its newest is {_span(age)} old" if age else ""
    return Verdict(
        "silent",
        True,
        f"answers, but has shown nothing new for {_span(quiet)}, where {expected:.0f} items are usual{newest}",
    )


def _expected(history: Iterable[Hour], hours: Iterable[Hour]) -> float:
    """Items that `hours` would have had by the history's week: each hour of the day leans on the mean by two
    observations, each hour of the week on its hour of the day by half a one (so that two empty Fridays make a free
    day; the very first free day of an outlet that nobody has watched for a week is called a silence)."""
    week: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    day: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    total, number = 0.0, 0
    for h in history:
        for slot in (week[_slot(h.at)], day[h.at.hour]):
            slot[0] += h.items
            slot[1] += 1
        total, number = total + h.items, number + 1
    mean = total / number

    def rate(at: datetime) -> float:
        items, seen = day[at.hour]
        leaning = (items + 2 * mean) / (seen + 2)
        items, seen = week[_slot(at)]
        return (items + leaning / 2) / (seen + 0.5)

    return sum(rate(h.at) for h in hours)


def _pages(hours: Sequence[Hour], now: datetime) -> Verdict:
    recent, before = _parted(hours, now, lambda h: h.pages)
    tried, gave = sum(h.pages for h in recent), sum(h.articles for h in recent)
    usual = min(_share(sum(h.articles for h in before), sum(h.pages for h in before), USUAL_PAGES), USUAL_PAGES)
    refused = sum(h.pages_refused for h in recent)
    parts = [f"{refused} refused"] * (refused > 0) + [f"{tried - gave - refused} without a text"] * (
        tried - gave > refused
    )
    return _shares(
        "pages",
        _at_most(gave, tried, usual) if tried >= FEWEST_PAGES else None,
        f"{tried - gave} of the last {tried} pages gave no article ({', '.join(parts)}); usually {usual:.0%} do",
    )


def _dates(hours: Sequence[Hour], now: datetime) -> Verdict:
    recent, before = _parted(hours, now, lambda h: h.entries)
    seen, dated = sum(h.entries for h in recent), sum(h.dated for h in recent)
    seen_before, dated_before = sum(h.entries for h in before), sum(h.dated for h in before)
    usual = (dated_before + 1) / (seen_before + 2)  # an outlet without dates is usual too
    enough = seen >= FEWEST_PAGES and seen_before >= 2 * PRIOR_WEIGHT
    return _shares(
        "dates",
        _at_most(dated, seen, usual) if enough else None,
        f"{seen - dated} of the last {seen} items came without a date; usually {usual:.0%} have one",
    )


def _refusals(hours: Sequence[Hour], now: datetime) -> Verdict:
    recent, before = _parted(hours, now, lambda h: h.polls)
    asked, refused = sum(h.polls for h in recent), sum(h.polls_refused for h in recent)
    usual = max(
        _share(sum(h.polls_refused for h in before), sum(h.polls for h in before), USUAL_REFUSALS), USUAL_REFUSALS
    )
    chance = _at_most(asked - refused, asked, 1 - usual) if asked >= 2 * FEWEST_PAGES else None
    if chance is not None and chance <= SURPRISE and refused < asked / 4:
        chance = None  # rare but real refusals among thousands of polls: nobody need act
    return _shares(
        "refusals", chance, f"{refused} of the last {asked} requests for its feeds were refused; usually {usual:.0%}"
    )


def _shares(kind: str, chance: float | None, detail: str) -> Verdict:
    if chance is None or PEACE > chance > SURPRISE:
        return Verdict(kind, None)
    return Verdict(kind, True, detail) if chance <= SURPRISE else Verdict(kind, False)


def _parted(hours: Sequence[Hour], now: datetime, count: Callable[[Hour], int]) -> tuple[list[Hour], list[Hour]]:
    """The recent hours, newest back until they hold `2 * FEWEST_PAGES` of what `count` counts, at most a day; and
    those before."""
    recent: list[Hour] = []
    held = 0
    for n in range(len(hours) - 1, -1, -1):
        if held >= 2 * FEWEST_PAGES or now - hours[n].at > RECENT:
            return recent, list(hours[: n + 1])
        recent.append(hours[n])
        held += count(hours[n])
    return recent, []


def _share(good: int, all_: int, usual: float) -> float:
    return (good + PRIOR_WEIGHT * usual) / (all_ + PRIOR_WEIGHT)


def _at_most(good: int, tried: int, share: float) -> float:
    """The binomial probability of `good` or fewer of `tried`; by logarithms, so that thousands do no harm."""
    share = min(max(share, 1e-9), 1 - 1e-9)
    log_share, log_other = math.log(share), math.log1p(-share)
    return math.fsum(
        math.exp(
            math.lgamma(tried + 1)
            - math.lgamma(k + 1)
            - math.lgamma(tried - k + 1)
            + k * log_share
            + (tried - k) * log_other
        )
        for k in range(good + 1)
    )


def _slot(at: datetime) -> int:
    return at.weekday() * 24 + at.hour


def _span(length: timedelta) -> str:
    """`40 min`, `7 h`, `3 days`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
