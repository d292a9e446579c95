"""How things stand: feeds and listing pages, the outbox, what is broken. Reads the store, changes nothing.

Exit code 1 where an outlet fails, a message was refused, or its outcome is unknown.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.store.health import Status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--rules",
        metavar="FILE",
        help="the rules file whose store is meant (default: MARSAD_RULES, or rules.yaml here)",
    )
    parser.epilog = """example:
  marsad status --json | jq .outbox
"""


def run(args: argparse.Namespace) -> int:
    import json
    from datetime import UTC, datetime

    from alerts.cli import NOT_SO, OK
    from alerts.config import Config
    from alerts.store.database import exists, open_engine, reading
    from alerts.store.health import status

    config = Config.from_env(rules=args.rules)
    if not exists(config.database_url):
        print("{}" if args.json else f"No pass yet: {config.state_dir} holds no store. `marsad run` makes it.")
        return OK
    engine = open_engine(config.database_url)
    now = datetime.now(UTC)
    with reading(engine) as connection:
        found = status(connection, now)
    engine.dispose()
    print(json.dumps(found.record(), ensure_ascii=False) if args.json else "\n".join(_lines(found, now)))
    return NOT_SO if found.troubles or found.stopped or any(s.failures for s in found.sources) else OK


def _lines(found: Status, now: datetime) -> list[str]:
    lines = ["Outlets"]
    for o in found.outlets:
        usual = "" if o.usual_items is None else f" ({o.usual_items:.0f} usual)"
        newest = f", newest {_ago(o.newest_at, now)}" if o.newest_at else ""
        lines.append(f"  {o.outlet}: {o.items} new in 24 h{usual}, {o.articles} of {o.pages} pages read{newest}")
        lines += [f"      {wrong}" for wrong in o.wrong]
    lines.append("Sources")
    for s in found.sources:
        lines.append(f"  {s.outlet}  {s.url}")
        seen = f"answered {_ago(s.answered_at, now)}" if s.answered_at else "never answered"
        lines.append(f"      {seen}" + (f"; {s.failures} failures in a row, last: {s.failure}" if s.failures else ""))
    lines.append(f"Articles  {found.articles}")
    lines.append("Entries   " + (", ".join(f"{n} {state}" for state, n in sorted(found.entries.items())) or "none"))
    lines.append("Outbox    " + (", ".join(f"{n} {state}" for state, n in sorted(found.outbox.items())) or "empty"))
    lines += [f"  {x.channel}: {x.chat} takes no messages: {x.reason}; what is for it waits" for x in found.stopped]
    lines += [f"  {x.state} in {x.channel}: {x.reason}: {x.text}" for x in found.troubles]
    if found.notices:
        lines.append("Notices")
        lines += [f"  {n.kind} {n.subject}: {n.detail} (since {_ago(n.opened_at, now)})" for n in found.notices]
    return lines


def _ago(then: datetime, now: datetime) -> str:
    seconds = int((now - then).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{max(seconds, 0)} s ago"
