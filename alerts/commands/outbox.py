"""The outbox: messages that wait, are in doubt, held or refused; each by its id, and what a person may do with one.

Works while the daemon runs; a message that is being sent at this moment is left alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from alerts.delivery.outbox import STANDINGS, Standing, Wish

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.store.outbox_view import Attempt, Retraction, Row
    from alerts.store.store import Store

OPEN: tuple[Standing, ...] = ("pending", "sending", "uncertain", "held", "refused")
"""What is listed unless another state is asked for: all that is not done as it should be."""
LIMIT = 100

_WORDS: dict[Standing, str] = {
    "pending": "waits",
    "sending": "is being sent",
    "uncertain": "in doubt, is looked for",
    "held": "in doubt, held",
    "refused": "refused",
    "sent": "sent",
}
_DONE: dict[Wish, str] = {
    "resend": "is sent again",
    "release": "is sent again",
    "drop": "goes nowhere any more",
}
_TWICE = "it may come twice: whether it had arrived was not known"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad outbox`."""
    common = argparse.ArgumentParser(add_help=False)
    for one, default in ((parser, None), (common, argparse.SUPPRESS)):
        one.add_argument("--json", action="store_true", default=default, help="one JSON object a line")
        one.add_argument(
            "--rules",
            metavar="FILE",
            default=default,
            help="the rules file whose store is meant (default: MARSAD_RULES)",
        )
    parser.add_argument(
        "--state",
        choices=STANDINGS,
        action="append",
        help="only those in this state, again for another (default: all but sent)",
    )
    parser.add_argument("--limit", metavar="N", type=_number, default=LIMIT, help=f"the newest N (default {LIMIT})")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="with one of them")
    show = actions.add_parser("show", parents=[common], help="its text, its attempts and how each ended")
    show.add_argument("ids", metavar="ID", nargs=1, type=_number)
    show.epilog = "example:\n  marsad outbox show 41\n"
    for name, told, example in (
        ("resend", "what was refused, or waits, is sent now", "resend 41 42"),
        ("release", "what is held in doubt is sent again; it may come twice", "release 41"),
        ("drop", "is not sent any more", 'drop 41 --because "the outlet withdrew it"'),
    ):
        action = actions.add_parser(name, parents=[common], help=told)
        action.add_argument("ids", metavar="ID", nargs="+", type=_number)
        action.epilog = f"example:\n  marsad outbox {example}\n"
        if name == "drop":
            action.add_argument("--because", required=True, type=reason, metavar="WHY", help="kept with the message")
    for action in actions.choices.values():
        action.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = """examples:
  marsad outbox
  marsad outbox --state sent --limit 5
  marsad outbox show 41
  marsad outbox drop 41 --because "the outlet withdrew it"
"""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"{text!r} is no id; write a number that `marsad outbox` shows")
    return int(text)


def reason(text: str) -> str:
    """For argparse: why, in words."""
    if not (text := " ".join(text.split())):
        raise argparse.ArgumentTypeError("say why, in a few words")
    return text[:REASON_LIMIT]


REASON_LIMIT = 1000
"""Code points of a reason that are kept."""


def run(args: argparse.Namespace) -> int:
    """Lists, shows or changes; 1 where a row is not there or a wish not possible."""
    from alerts.cli import NOT_SO, OK
    from alerts.commands.by_hand import answered
    from alerts.config import Config
    from alerts.store.database import exists

    config = Config.from_env(rules=args.rules)
    if args.action is None:
        if not exists(config.database_url):
            if not args.json:
                print(f"No pass yet: {config.state_dir} holds no store. `marsad run` makes it.")
            return OK
        return OK if answered(config, lambda store: _list(store, args)) else NOT_SO
    if args.action == "show":
        return OK if answered(config, lambda store: _show(store, args)) else NOT_SO
    done = [answered(config, partial(_change, version=i, args=args)) for i in args.ids]  # each by itself
    return OK if all(done) else NOT_SO


async def _list(store: Store, args: argparse.Namespace) -> bool:
    from alerts.commands.by_hand import now_utc
    from alerts.store import outbox_view as view

    wanted: Sequence[Standing] = args.state or OPEN
    rows = await store.read(view.rows, wanted, args.limit)
    if args.json:
        _print_json([record(row) for row in rows])
        return True
    counts = await store.read(view.counts)
    now = now_utc()
    for row in rows:
        print("\n".join(_lines(row, now)))
    if (more := sum(counts.get(s, 0) for s in wanted) - len(rows)) > 0:
        print(f"… and {more} older; --limit shows them")
    if not rows:
        all_sent = f"{counts.get('sent', 0)} sent"
        print(f"Nothing waits, is in doubt or refused ({all_sent})." if not args.state else "None.")
    return True


async def _show(store: Store, args: argparse.Namespace) -> bool:
    from alerts.commands.by_hand import now_utc, shown
    from alerts.store import outbox_view as view

    [version] = args.ids
    row = await store.read(view.row, version)
    tries = await store.read(view.attempts, version)
    back = await store.read(view.retractions, row.message)
    if args.json:
        _print_json([{**record(row), "text": row.plain, **_history(tries, back)}])
        return True
    now = now_utc()
    print("\n".join(_lines(row, now)))
    for n, attempt in enumerate(tries, 1):
        ended = f"{attempt.ended_at:%H:%M:%S}" if attempt.ended_at else "…"
        detail = f": {shown(attempt.detail)}" if attempt.detail else ""
        outcome = attempt.outcome or "under way"
        print(f"      try {n}: {attempt.started_at:%Y-%m-%d %H:%M:%S}–{ended} UTC, {outcome}{detail}")
    for one in back:
        what = "deleted" if one.deletes else "struck"
        print(f"      taken back ({what}) by {one.person}, {one.created_at:%Y-%m-%d %H:%M} UTC: {shown(one.because)}")
    print(f"\n{shown(row.plain)}")
    return True


async def _change(store: Store, version: int, args: argparse.Namespace) -> bool:
    from alerts.commands.by_hand import now_utc
    from alerts.store import outbox_view as view

    wish: Wish = next(w for w in get_args(Wish) if w == args.action)
    why = f"dropped by {who()}: {args.because}" if wish == "drop" else f"sent again by {who()}"
    before = await store.write(view.change, version, wish, why, now_utc())
    twice = f"; {_TWICE}" if wish != "drop" and before.standing == "held" else ""
    if wish == "drop" and before.standing in ("uncertain", "held"):
        twice = "; look in the channel: it may stand there"
    if args.json:
        _print_json([{"id": version, "channel": before.channel, "was": before.standing, "done": wish}])
    else:
        print(f"{version} ({before.channel}) {_DONE[wish]}{twice}.")
    return True


def who() -> str:
    """The system's name of the person at the keyboard."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return f"user {os.getuid()}"


def record(row: Row) -> dict[str, Any]:
    """The JSON object of a row; times ISO 8601 in UTC."""
    return {
        "id": row.id,
        "channel": row.channel,
        "kind": row.kind,
        "state": row.standing,
        "what": _what(row),
        "first_line": row.first_line,
        "since": row.since.isoformat(),
        "reason": row.reason,
        "next_try_at": _iso(row.next_try_at),
        "settled_at": _iso(row.settled_at),
        "chat": row.chat,
        "message_id": row.telegram_id,
        "link": row.link,
    }


def _history(tries: Sequence[Attempt], back: Sequence[Retraction]) -> dict[str, Any]:
    return {
        "attempts": [
            {
                "started_at": x.started_at.isoformat(),
                "ended_at": _iso(x.ended_at),
                "outcome": x.outcome,
                "detail": x.detail,
            }
            for x in tries
        ],
        "retractions": [
            {"by": x.person, "because": x.because, "deletes": x.deletes, "at": x.created_at.isoformat()} for x in back
        ],
    }


def _lines(row: Row, now: datetime) -> list[str]:
    """Facts first and text last, each on a line of its own: a terminal lays a right-to-left line out by itself."""
    from alerts.commands.by_hand import ago, shown

    changes = {"new": "", "edit": ", an edit", "deletion": ", a deletion"}[_what(row)]
    at = row.settled_at if row.standing in ("sent", "refused") and row.settled_at else row.since
    facts = f"{row.id}  {row.channel}{changes}  {_WORDS[row.standing]}  {ago(at, now)}"
    if row.next_try_at and row.standing in ("pending", "uncertain"):
        facts += f", next try {ago(row.next_try_at, now) if row.next_try_at > now else 'now'}"
    lines = [facts + (f"  {row.link}" if row.link and row.standing == "sent" else "")]
    if row.reason and row.standing != "sent":
        lines.append(f"      {shown(row.reason)}")
    return [*lines, f"      {row.first_line[:120]}"]


def _what(row: Row) -> str:
    return "deletion" if row.deletes else "edit" if row.number > 1 else "new"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _print_json(records: Sequence[dict[str, Any]]) -> None:
    import json

    for one in records:
        print(json.dumps(one, ensure_ascii=False))
