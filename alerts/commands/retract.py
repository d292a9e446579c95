"""Takes an alert back: its message becomes the headline struck through, with the reason; or it is deleted.

The change goes the way of every message, through the outbox, so that it survives whatever happens next; one that has
not left yet never will. The story stays told: it is not told again by another outlet's words.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.commands.outbox import reason

if TYPE_CHECKING:
    from alerts.config import Config
    from alerts.rules.model import RuleSet
    from alerts.store.outbox_view import Row
    from alerts.store.store import Store

_LINK = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/(?P<chat>c/\d{1,15}|(?!c/)[A-Za-z]\w{0,31})/(?:\d{1,15}/)?(?P<id>\d{1,15})/?(?:\?.*)?",
    re.ASCII,
)
"""Of a message (core.telegram.org/api/links, "Message links"): of a public chat by its name, of a private one by its
number; a topic's id may stand between."""


@dataclass(frozen=True, slots=True)
class ByLink:
    """A message by what its link says: `chat` is `@name` or the chat's number."""

    chat: str | int
    message_id: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad retract`."""
    parser.add_argument(
        "alert",
        metavar="ALERT",
        type=named,
        help="its id in `marsad outbox`, its link (https://t.me/…/123), or with --channel its message id",
    )
    parser.add_argument("--because", required=True, type=reason, metavar="WHY", help="told to the channel's readers")
    parser.add_argument("--delete", action="store_true", help="take the message away; Telegram allows it for 48 hours")
    parser.add_argument("--channel", metavar="NAME", help="the channel of rules.yaml in which ALERT is a message id")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.epilog = """examples:
  marsad retract https://t.me/east_desk/123 --because "نفت إدارة المطار الخبر"
  marsad retract 41 --because "the outlet withdrew it" --delete
"""


def named(text: str) -> int | ByLink:
    """For argparse: a number, or a link to a message."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 2**63:
        return int(text)
    if (link := _LINK.fullmatch(text.strip())) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor a link like https://t.me/east_desk/123")
    chat = link["chat"]
    number = -1_000_000_000_000 - int(chat[2:]) if chat.startswith("c/") else None
    return ByLink(f"@{chat}" if number is None else number, int(link["id"]))


def run(args: argparse.Namespace) -> int:
    """Takes it back and has that sent; 1 where there is no such message, or Telegram refuses. Raises ConfigError,
    RulesError."""
    from alerts.cli import NOT_SO, OK
    from alerts.commands.by_hand import answered
    from alerts.config import Config, ConfigError
    from alerts.places.opening import opener
    from alerts.rules.schema import load_rules
    from crawler.outlets.catalogue import load_catalogue

    if args.channel is not None and not isinstance(args.alert, int):
        raise ConfigError("--channel goes with a message id; a link names its chat itself")
    config = Config.from_env(rules=args.rules)
    rules = load_rules(config.rules, load_catalogue(config.outlets_dir), gazetteer=opener(config.state_dir))
    return OK if answered(config, lambda store: _retract(store, config, rules, args)) else NOT_SO


async def _retract(store: Store, config: Config, rules: RuleSet, args: argparse.Namespace) -> bool:
    from alerts.commands.by_hand import became, now_utc, sent_now
    from alerts.commands.outbox import who
    from alerts.delivery.render import RetractedContent, render
    from alerts.rules.model import Channel
    from alerts.store import outbox_view as view

    row = await _found(store, args)
    if row.kind == "digest":
        raise view.NotPossible(
            f"{row.id}: it stands in a digest with others, and one item cannot be taken back alone; tell the channel"
        )
    title = await store.read(view.headline, row.message) or row.first_line
    channel = rules.channels.get(row.channel) or Channel(row.channel, row.chat)
    text = render(RetractedContent(title, args.because), channel=channel)
    made = await store.write(
        view.retract, row.message, text, deletes=args.delete, person=who(), because=args.because, now=now_utc()
    )
    if made is None:
        print("It had not left yet, and will not.")
        return True
    first = await store.read(view.original, row.message)
    if first.standing == "held":
        print(
            f"Whether it arrived is not known, and it is not sent again. Look in {row.channel}: where it stands there,"
        )
        print(f"delete it by hand; then, or where it does not, `marsad outbox drop {first.id} --because …`.")
        return True
    now = await sent_now(store, config, made.id, args.rules)
    print(became(now))
    if now.standing == "refused" and args.delete:
        print("Without --delete its text can still be changed: run the same again without it.")
    return now.standing != "refused"


async def _found(store: Store, args: argparse.Namespace) -> Row:
    from alerts.store import outbox_view as view

    if isinstance(args.alert, ByLink):
        return await store.read(view.sent_as, args.alert.message_id, chat=args.alert.chat)
    if args.channel is not None:
        return await store.read(view.sent_as, args.alert, channel=args.channel)
    return await store.read(view.row, args.alert)
