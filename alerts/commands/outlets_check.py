"""`marsad outlets --check`: each outlet tried for real (`crawler.trial`), and what was found, for people or as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from crawler.memory import Failure
    from crawler.outlets.catalogue import Outlet
    from crawler.trial import Trial, WayTried

INTERRUPTED = 130
"""Exit code after Ctrl-C, as a shell gives it."""
_BAR = 24  # characters
_COLOURS = {"fine": "\x1b[32m", "partly": "\x1b[33m", "failing": "\x1b[31m"}
_PLAIN, _CLEAR = "\x1b[0m", "\r\x1b[K"


def check(outlets: Sequence[Outlet], *, articles: int, jobs: int, as_json: bool) -> int:
    """Tries the outlets and tells of each when it is done; 1 where one fails, 130 after Ctrl-C."""
    return asyncio.run(_check(outlets, articles, jobs, as_json))


async def _check(outlets: Sequence[Outlet], articles: int, jobs: int, as_json: bool) -> int:
    from crawler.trial import try_outlets

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    trials: list[Trial] = []
    bar = _Bar(sys.stderr, len(outlets))

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C leaves at once
        stop.set()
        bar.clear()
        _summarise(trials, len(outlets), as_json)
        print("marsad: ending what is under way, up to 30 s; Ctrl-C again leaves at once", file=sys.stderr)

    def told(trial: Trial) -> None:
        trials.append(trial)
        bar.clear()
        print(json.dumps(record(trial), ensure_ascii=False) if as_json else "\n".join(lines(trial, sys.stdout)))
        sys.stdout.flush()
        bar.show(len(trials), trial.outlet.id)

    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        bar.show(0, "")
        await try_outlets(outlets, articles=articles, jobs=jobs, clock=lambda: datetime.now(UTC), stop=stop, told=told)
    finally:
        bar.clear()
        loop.remove_signal_handler(signal.SIGINT)
    if stop.is_set():
        return INTERRUPTED
    _summarise(trials, len(outlets), as_json)
    return 1 if any(trial.state == "failing" for trial in trials) else 0


def _summarise(trials: Sequence[Trial], of: int, as_json: bool) -> None:
    """The last line, for people; with JSON it goes to standard error."""
    states = [f"{sum(t.state == state for t in trials)} {state}" for state in _COLOURS]
    untried = f", {of - len(trials)} not tried" if of > len(trials) else ""
    failing = [t.outlet.id for t in trials if t.state == "failing"]
    ids = f": {' '.join(sorted(failing))}" if failing else ""
    print(f"{len(trials)} tried{untried}: {', '.join(states)}{ids}", file=sys.stderr if as_json else sys.stdout)
    sys.stdout.flush()


# ---- for people ---------------------------------------------------------------------------------------------


def lines(trial: Trial, stream: TextIO) -> Iterator[str]:
    """What was found, a line for each thing; addresses and Arabic names last, where their direction moves nothing."""
    seconds = (trial.ended - trial.began).total_seconds()
    outlet = trial.outlet
    yield f"{outlet.id}  {_coloured(trial.state, stream)}  {seconds:.1f} s  {outlet.name_en} ({outlet.name_ar})"
    for way in trial.ways:
        yield f"  {way.source.kind:<9} {_way(way, trial.ended)}  {printable(way.source.url)}"
    if not trial.ways:
        yield "  ways in   none was reached"
    if trial.tried:
        yield f"  articles  {_articles(trial)}"
        for url, failure in trial.failures:
            yield f"            {reason(failure, url)}  {printable(url)}"
    if robots := _robots(trial):
        yield f"  robots    {robots}"
    if trial.alternative:
        allowed = "is allowed in its place" if outlet.telegram_allowed else "telegram: {instead: true} would allow it"
        yield f"  instead   its public channel ({allowed})  {trial.alternative}"


def _way(way: WayTried, now: datetime) -> str:
    if way.failure:
        return f"dead: {reason(way.failure, way.source.url)}"
    if not way.alive:
        return "dead: it answers, and has no items"
    return (
        f"alive: {_count(way.items, 'item')}, {f'the newest {age(now - way.newest)} old' if way.newest else 'undated'}"
    )


def _articles(trial: Trial) -> str:
    parts = [f"{len(trial.articles)} of {trial.tried} read"]
    if trial.missing:
        parts.append("without " + ", ".join(f"{name} {n}" for name, n in trial.missing.items()))
    if trial.postponed:
        parts.append(f"{trial.postponed} postponed by its Crawl-delay")
    return "; ".join(parts)


def _robots(trial: Trial) -> str:
    from crawler.identity import host_of
    from crawler.trial import crawl_delay

    forbidden = Counter(host_of(url) for url, failure in _failures(trial) if failure.kind == "robots")
    said: list[str] = []
    for robots in trial.robots:
        host, delay = host_of(robots.origin), crawl_delay(robots)
        what = f"forbids {forbidden[host]} of what was asked" if forbidden[host] else "allows what was asked"
        said.append(f"{host} {what if robots.body else 'has none'}{f', Crawl-delay {delay:g} s' if delay else ''}")
    return "; ".join(said)


def _failures(trial: Trial) -> list[tuple[str, Failure]]:
    return [*((way.source.url, way.failure) for way in trial.ways if way.failure), *trial.failures]


def reason(failure: Failure, url: str) -> str:
    """Why an address gave nothing, without the address, which stands beside it."""
    return printable(f"{failure.kind}: {failure.detail.removeprefix(url).strip()}")


def printable(text: str) -> str:
    """What strangers wrote, without what would move a terminal's cursor or turn its direction."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def age(past: timedelta) -> str:
    """How long ago, in the largest unit that fits: `40 s`, `12 min`, `5 h`, `9 days`."""
    seconds = max(0, int(past.total_seconds()))
    for unit, name in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return _count(seconds // unit, name) if name == "day" else f"{seconds // unit} {name}"
    return f"{seconds} s"


def _coloured(state: str, stream: TextIO) -> str:
    return f"{_COLOURS[state]}{state}{_PLAIN}" if stream.isatty() and not os.environ.get("NO_COLOR") else state


class _Bar:
    """How far a check has come, on a terminal; elsewhere nothing. (rich and tqdm are not among our libraries; this is
    all that is needed of them.)"""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream, self._total = stream, total
        self._shown = stream.isatty()

    def show(self, done: int, last: str) -> None:
        """Draws it; `last` is the outlet that was done last."""
        if self._shown:
            full = _BAR * done // self._total
            self._stream.write(f"{_CLEAR}[{'#' * full}{'.' * (_BAR - full)}] {done}/{self._total}  {last}")
            self._stream.flush()

    def clear(self) -> None:
        """Takes its line away, for what is printed next."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


# ---- as JSON ------------------------------------------------------------------------------------------------


def record(trial: Trial) -> dict[str, Any]:
    """A trial as one JSON object; times ISO 8601 in UTC, durations in seconds."""
    from crawler.article import iso
    from crawler.trial import crawl_delay

    return {
        "id": trial.outlet.id,
        "state": trial.state,
        "checked_at": iso(trial.ended),
        "seconds": round((trial.ended - trial.began).total_seconds(), 1),
        "ways": [
            {
                "kind": way.source.kind,
                "url": way.source.url,
                "proven": way.proven,
                "alive": way.alive,
                "items": way.items,
                "newest": iso(way.newest),
                "age": int((trial.ended - way.newest).total_seconds()) if way.newest else None,
                "error": _error(way.failure),
            }
            for way in trial.ways
        ],
        "articles": {
            "tried": trial.tried,
            "read": len(trial.articles),
            "postponed": trial.postponed,
            "missing": dict(trial.missing),
            "urls": [article.url for article in trial.articles],
            "errors": [{"url": url, **(_error(failure) or {})} for url, failure in trial.failures],
        },
        "robots": [
            {"origin": robots.origin, "found": bool(robots.body), "crawl_delay": crawl_delay(robots)}
            for robots in trial.robots
        ],
        "refused": trial.refused,
        "alternative": trial.alternative,
    }


def _error(failure: Failure | None) -> dict[str, Any] | None:
    return {"kind": failure.kind, "detail": failure.detail, "status": failure.status} if failure else None
