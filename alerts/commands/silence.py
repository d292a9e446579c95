"""Mutes a place, a rule, an outlet or a channel for a time, with a reason; without any of them, lists what is muted.

Matches go on being recorded, as silenced, and nothing is told of them. A place stands for all that lies in it. When the
silence ends, what is reported anew is told again; what was silenced stays untold.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.commands.run import duration

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from alerts.config import Config
    from alerts.places.gazetteer import Gazetteer
    from alerts.rules.model import RuleSet
    from alerts.store.silences import StoredSilence

LONGEST = timedelta(days=366)
"""A silence is for a time; what is never to be told is said in rules.yaml."""


def moment(text: str) -> datetime:
    """An ISO 8601 time; one without a zone is this machine's. For argparse."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write e.g. 2026-11-24T06:00 or …T06:00+03:00") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--place", metavar="NAME", help="a place as in where:, and all that lies in it")
    what.add_argument("--rule", metavar="ID", help="a rule of the rules file")
    what.add_argument("--outlet", metavar="ID", help="an outlet of the catalogue")
    what.add_argument("--channel", metavar="NAME", help="a channel of the rules file")
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--for", dest="length", metavar="6h", type=duration, help="how long: a number and s, min, h or d")
    end.add_argument("--until", metavar="TIME", type=moment, help="until when, in ISO 8601")
    parser.add_argument("--because", metavar="TEXT", help="why, for those who will ask")
    parser.add_argument("--json", action="store_true", help="JSON: what was made, or one object a line")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.epilog = """`marsad unsilence NUMBER` ends one before its time.

example:
  marsad silence --place حماة --for 6h --because "مناورة معلنة"
"""


def run(args: argparse.Namespace) -> int:
    """Makes a silence, or lists those in force; returns the exit code."""
    from alerts.cli import OK
    from alerts.config import Config, ConfigError
    from alerts.delivery.quiet import Silence, SilenceKind
    from alerts.records import line_of
    from alerts.service import now_utc
    from alerts.store import silences
    from alerts.store.database import exists, open_engine, reading, writing

    config = Config.from_env(rules=args.rules)
    now = now_utc()
    kinds: tuple[SilenceKind, ...] = ("place", "rule", "outlet", "channel")
    kind = next((k for k in kinds if getattr(args, k) is not None), None)
    if kind is None:
        if args.length or args.until or args.because:
            raise ConfigError("silence: name what is to be silent: --place, --rule, --outlet or --channel")
        found: Sequence[StoredSilence] = ()
        if exists(config.database_url):
            engine = open_engine(config.database_url)
            with reading(engine) as connection:
                found = silences.in_force(connection, now)
            engine.dispose()
        if args.json:
            print("".join(line_of(one.record()) + "\n" for one in found), end="")
        else:
            print("\n".join(said(one, now) for one in found) or "Nothing is silenced.")
        return OK

    because = " ".join((args.because or "").split())
    if not because:
        raise ConfigError('silence: say why: --because "…"')
    until = args.until or (now + args.length if args.length else None)
    if until is None:
        raise ConfigError("silence: say how long: --for 6h, or --until 2026-11-24T06:00")
    if not now < until <= now + LONGEST:
        raise ConfigError(f"silence: {until:%Y-%m-%d %H:%M} is not within a year from now; write another end")
    value, name = _meant(config, kind, getattr(args, kind))
    engine = open_engine(config.database_url)
    silence = Silence(kind, value, name, until, because)
    with writing(engine) as connection:
        number = silences.add(connection, silence, now)
        [made] = [one for one in silences.in_force(connection, now) if one.silence.id == number]
    engine.dispose()
    print(line_of(made.record()) if args.json else said(made, now))
    return OK


def said(stored: StoredSilence, now: datetime) -> str:
    """A silence in one line."""
    silence = stored.silence
    named = silence.name if silence.name == silence.value else f"{silence.name} ({silence.value})"
    left = timedelta(minutes=(silence.until - now) // timedelta(minutes=1))
    until = f"{silence.until:%Y-%m-%d %H:%M} UTC (another {left})"
    text = f"{silence.id}  {silence.kind} {named} until {until}: {silence.because}"
    return "".join(c if c.isprintable() else " " for c in text)


def _meant(config: Config, kind: str, given: str) -> tuple[str, str]:
    """(id, name) of what is to be silent. Raises ConfigError for what there is not."""
    from alerts.places.opening import opener
    from alerts.rules.schema import load_rules
    from crawler.outlets.catalogue import load_catalogue

    outlets = load_catalogue(config.outlets_dir)
    if kind == "outlet":
        return _known(given, outlets, "outlet of the catalogue")
    gazetteer = opener(config.state_dir)
    rules = load_rules(config.rules, outlets, gazetteer=gazetteer)
    if kind == "place":
        return _place(given, rules, gazetteer())
    known = [rule.id for rule in rules.rules] if kind == "rule" else rules.channels
    return _known(given, known, f"{kind} of {config.rules.name}")


def _known(given: str, known: Collection[str], what: str) -> tuple[str, str]:
    from alerts.config import ConfigError
    from alerts.rules.messages import nearest

    if given not in known:
        raise ConfigError(f"{given} is no {what}; name one that is{nearest(given, known, 'en')}")
    return given, given


def _place(given: str, rules: RuleSet, gazetteer: Gazetteer) -> tuple[str, str]:
    """A place as `where:` takes it: a region of the rules file that is one place, or the gazetteer's."""
    from alerts.config import ConfigError
    from alerts.rules.areas import meant

    own = next((place for place in rules.regions if place.name == given), None)
    places = [own] if own else meant(gazetteer.find(given))
    if not places:
        raise ConfigError(f"{given} is no place of the gazetteer; `marsad places {given!r}` shows what it knows")
    if len(places) > 1:
        shown = "; ".join(f"{gazetteer.path_of(place)} ({place.id})" for place in places[:6])
        raise ConfigError(f"{given} may be several places: {shown}; name its id, or what it lies in, after a comma")
    return places[0].id, places[0].name
