"""The channels of rules.yaml: where each goes, what was sent last, what waits, and what stops it.

With --check each is asked for by the Bot API: whether it can be reached, posted to, and looked at when a send is in
doubt; nothing is posted, but where only that tells, the bot shows "typing…" for a moment. --send-test posts a message.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from alerts.config import Config
    from alerts.delivery.access import Access, Finding, NoAccess
    from alerts.delivery.outbox import Standing
    from alerts.delivery.targets.telegram import TelegramTarget
    from alerts.rules.model import Channel, RuleSet
    from alerts.store.outbox_view import ChannelFacts, Row

_TEST = {
    "ar": ("رسالة تجربة من مرصد", "تصل التنبيهات إلى هذه القناة."),
    "en": ("A test message from Marsad", "Alerts reach this channel."),
}


_COUNTED: dict[Standing, str] = {
    "pending": "wait",
    "sending": "being sent",
    "uncertain": "in doubt",
    "held": "held",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel as rules.yaml has it (None: no longer), what the store knows of it, and where its chat moved."""

    name: str
    channel: Channel | None
    facts: ChannelFacts | None
    moved_to: int | None

    @property
    def stopped(self) -> str | None:
        """Why its chat takes no messages; another chat in rules.yaml than the one that refused is not stopped."""
        if self.facts is None or self.facts.stopped is None:
            return None
        now = self.moved_to or (self.channel.to if self.channel else self.facts.stopped_chat)
        return self.facts.stopped if str(now) == self.facts.stopped_chat else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `marsad channels`."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these channels (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--check", action="store_true", help="ask Telegram of each; 1 where something is wrong")
    doing.add_argument("--send-test", metavar="NAME", help="post a message into this channel, and say how to delete it")
    parser.add_argument("--rules", metavar="FILE", help="the rules file (default: MARSAD_RULES, or rules.yaml here)")
    parser.epilog = """examples:
  marsad channels
  marsad channels --check
  marsad channels --send-test desk
"""


def run(args: argparse.Namespace) -> int:
    """Lists, checks or posts; 1 where something is wrong, or Telegram refuses. Raises ConfigError, RulesError."""
    import asyncio

    from alerts.cli import NOT_SO, OK
    from alerts.config import Config, ConfigError
    from alerts.places.opening import opener
    from alerts.rules.schema import load_rules
    from crawler.outlets.catalogue import load_catalogue

    config = Config.from_env(rules=args.rules)
    rules = load_rules(config.rules, load_catalogue(config.outlets_dir), gazetteer=opener(config.state_dir))
    for name in (*args.names, *([args.send_test] if args.send_test else [])):
        if name not in rules.channels:
            raise ConfigError(f"{name} is no channel of {config.rules}; those are: {', '.join(rules.channels)}")
    if (args.check or args.send_test) and config.token is None:
        raise ConfigError("MARSAD_TELEGRAM_TOKEN is not set, and without it Telegram cannot be asked")
    if args.send_test:
        return OK if asyncio.run(_send_test(config, rules, args)) else NOT_SO
    return OK if asyncio.run(_list(config, rules, args)) else NOT_SO


async def _list(config: Config, rules: RuleSet, args: argparse.Namespace) -> bool:
    """Prints the channels; True where nothing that was checked is wrong."""
    import json

    from alerts.commands.by_hand import now_utc

    listed = await _known(config, rules)
    chosen = [one for one in listed if one.name in args.names or not args.names]
    bot: str | NoAccess | None = None
    found: dict[str, list[Finding]] = {}
    if args.check:
        bot, found = await _checked(config, rules, chosen)
    wrong = any(f.level == "wrong" for findings in found.values() for f in findings)
    if args.json:
        for one in chosen:
            more = {"findings": [vars_of(f) for f in found.get(one.name, [])]} if args.check else {}
            print(json.dumps({**record(one), **more}, ensure_ascii=False))
    else:
        if isinstance(bot, str):
            print(f"The token is good: {bot}")
        now = now_utc()
        for one in chosen:
            print("\n".join(_lines(one, now, operator=one.name == rules.operator)))
            print("".join(f"      {_mark(f)} {f}\n" for f in found.get(one.name, [])), end="")
            if args.check and not found.get(one.name):
                print("      + can be sent to")
    for f in found.get("", []):
        _tell_apart(f, as_json=args.json)
    return not wrong


def _mark(finding: Finding) -> str:
    return "-" if finding.level == "wrong" else "·"


def _tell_apart(finding: Finding, *, as_json: bool) -> None:
    """What belongs to no channel: the token, the scratch chat."""
    import json

    print(json.dumps({"channel": None, "findings": [vars_of(finding)]}) if as_json else f"{_mark(finding)} {finding}")


def vars_of(finding: Finding) -> dict[str, str]:
    """The JSON object of a finding."""
    return {"level": finding.level, "what": finding.what, "remedy": finding.remedy}


async def _known(config: Config, rules: RuleSet) -> list[Listed]:
    """The channels of rules.yaml in its order, then those that only the store knows and that have rows to go."""
    from alerts.commands.by_hand import opened
    from alerts.store import outbox_view as view
    from alerts.store.database import exists

    facts: Mapping[str, ChannelFacts] = {}
    moved: Mapping[str, int] = {}
    if exists(config.database_url):
        async with opened(config) as store:
            facts, moved = await store.read(view.channels), await store.read(view.moved)
    listed = [Listed(n, c, facts.get(n), moved.get(str(c.to))) for n, c in rules.channels.items()]
    gone = [f for n, f in facts.items() if n not in rules.channels and set(f.rows) - {"sent", "refused"}]
    return [*listed, *(Listed(f.channel, None, f, None) for f in gone)]


async def _checked(
    config: Config, rules: RuleSet, listed: list[Listed]
) -> tuple[str | NoAccess, dict[str, list[Finding]]]:
    """The bot's name, and the findings by channel; under "" those that belong to none."""
    from alerts.delivery.access import Finding, NoAccess, findings, scratch_findings
    from alerts.delivery.targets.telegram import TelegramTarget

    target = TelegramTarget(config)
    try:
        bot = await target.token()
        if isinstance(bot, NoAccess):
            remedy = "see the network, MARSAD_TELEGRAM_API" if bot.again else "@BotFather tells the right one"
            return bot, {"": [Finding("wrong", bot.reason, remedy)]}
        found: dict[str, list[Finding]] = {"": []}
        scratch: Access | NoAccess | None = None
        if rules.scratch is not None:
            scratch = await target.access(rules.scratch)
            found[""] = scratch_findings(rules.scratch, scratch)
        for one in listed:
            if one.channel is None:
                remedy = "name it in rules.yaml again, or drop them: `marsad outbox`"
                found[one.name] = [Finding("wrong", "it is not in rules.yaml, and messages wait for it", remedy)]
                continue
            access = await target.access(one.moved_to or one.channel.to, one.channel.topic)
            found[one.name] = findings(one.channel, access, scratch=rules.scratch is not None)
            if not isinstance(access, NoAccess):
                usable = rules.scratch if scratch is not None and not isinstance(scratch, NoAccess) else None
                found[one.name] += await _between(config, target, one, access.chat_id, usable)
        return bot, found
    finally:
        await target.close()


async def _between(
    config: Config, target: TelegramTarget, one: Listed, chat_id: int, scratch: int | str | None
) -> list[Finding]:
    """What stands between our last two messages in a chat whose ids are its own."""
    from alerts.commands.by_hand import opened
    from alerts.delivery.access import MOST_LOOKED_AT, jump
    from alerts.delivery.look import LookFailed, numbered_by_chat
    from alerts.store import outbox_view as view

    last = [x.telegram_id for x in one.facts.last if x.chat_id == chat_id and x.telegram_id] if one.facts else []
    if one.channel is None or len(last) < 2 or not numbered_by_chat(chat_id):
        return []
    newest, before = last
    foreign: list[int] | None = None
    async with opened(config) as store:
        ours = await store.read(view.ours_between, chat_id, before, newest)
    if scratch is not None:
        ids = [i for i in range(before + 1, newest) if i not in ours][:MOST_LOOKED_AT]
        try:
            foreign = await target.foreign(chat_id, ids, scratch)
        except LookFailed:
            foreign = None
    return jump(one.channel, newest, before, foreign)


async def _send_test(config: Config, rules: RuleSet, args: argparse.Namespace) -> bool:
    from alerts.commands.by_hand import became, opened, sent_now
    from alerts.delivery.render import NoticeContent, render
    from alerts.store import outbox_view as view

    channel = rules.channels[args.send_test]
    text = render(NoticeContent(_TEST[channel.language]), channel=channel)
    async with opened(config) as store:
        message = await store.decide(lambda decisions: decisions.post(channel, "notice", text, silent=True))
        row = await store.read(view.original, message)
        row = await sent_now(store, config, row.id, args.rules)
    print(f"{channel.name}: {became(row)}")
    if row.standing == "sent":
        print(f"Delete it: marsad retract {row.id} --because test --delete")
    return row.standing == "sent"


def record(one: Listed) -> dict[str, Any]:
    """The JSON object of a channel; times ISO 8601 in UTC."""
    facts, channel, last = one.facts, one.channel, _last(one)
    return {
        "channel": one.name,
        "to": channel.to if channel else None,
        "topic": channel.topic if channel else None,
        "language": channel.language if channel else None,
        "timezone": channel.timezone.key if channel else None,
        "moved_to": one.moved_to,
        "last_sent_at": last.settled_at.isoformat() if last and last.settled_at else None,
        "last_link": last.link if last else None,
        "rows": dict(facts.rows) if facts else {},
        "stopped": one.stopped,
    }


def _last(one: Listed) -> Row | None:
    return one.facts.last[0] if one.facts and one.facts.last else None


def _lines(one: Listed, now: datetime, *, operator: bool) -> list[str]:
    from alerts.commands.by_hand import ago, shown

    channel, facts, last = one.channel, one.facts, _last(one)
    if channel is None:
        lines = [f"{one.name}: not in rules.yaml"]
    else:
        topic = f", topic {channel.topic}" if channel.topic else ""
        name = f"{one.name} (operator)" if operator else one.name
        lines = [f"{name}: {channel.to}{topic}, {channel.language}, {channel.timezone.key}"]
    if one.moved_to:
        lines.append(f"      the group became a supergroup: write {one.moved_to} in rules.yaml")
    rows = facts.rows if facts else {}
    counted = [f"{rows[standing]} {word}" for standing, word in _COUNTED.items() if rows.get(standing)]
    sent = f"last sent {ago(last.settled_at, now)}" if last and last.settled_at else "nothing sent yet"
    lines.append("      " + ", ".join([sent, *counted]) + (f"  {last.link}" if last and last.link else ""))
    if one.stopped and facts and facts.stopped_at and facts.next_try_at:
        again = ago(facts.next_try_at, now) if facts.next_try_at > now else "at once"
        lines.append(f"      stopped {ago(facts.stopped_at, now)}: {shown(one.stopped)}; tried again {again}")
    return lines
