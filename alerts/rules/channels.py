"""Channels: the part of rules.yaml that says where alerts go, and when a channel is left in peace.

Reads `channels:` into `Channel` values, and the keys that channels share with the file (chats, time zones) and with
rules (`limit`). Which rules send to a channel is `schema.py`'s; what quiet hours and digests do is
`alerts.delivery.quiet`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from alerts.arabic.folding import fold
from alerts.rules.model import Channel, Digest, Limit, Passes, Quiet
from alerts.rules.reader import Entries, Reader
from alerts.rules.yaml_nodes import List, Map, Node, Text
from crawler.durations import parse_duration

CHANNEL_KEYS = ("to", "topic", "language", "timezone", "uncertain", "map", "quiet", "limit", "digest", "sole")
CHANNEL_KEYS_LATER: tuple[str, ...] = ()
LANGUAGES: tuple[Literal["ar", "en"], ...] = ("ar", "en")
PASSES: tuple[Passes, ...] = ("urgent", "normal", "nothing")
PER: tuple[Literal["rule", "place"], ...] = ("rule", "place")

MOST_AN_HOUR = 1000
"""Of `per_hour`: Telegram takes 1,200 messages an hour into one channel (20 a minute)."""
EVERY_LEAST, EVERY_MOST = timedelta(minutes=15), timedelta(hours=12)
"""Of `digest: "every 3h"`: more often is no digest, and more seldom is said better by times of the day."""

_GRACE_LEAST, _GRACE_MOST = timedelta(seconds=1), timedelta(minutes=10)
_CHAT = re.compile(r"@[A-Za-z][A-Za-z0-9_]{0,31}")
_CHAT_NUMBER = re.compile(r"-?[1-9][0-9]{0,17}")
_MAX_TOPIC = 2**31 - 1
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_EVERY = re.compile(r"every\s+(\S.*)")
_DAY: Final = timedelta(days=1)

_WEEKDAYS = (
    ("monday", "mon", "الاثنين"),
    ("tuesday", "tue", "الثلاثاء"),
    ("wednesday", "wed", "الأربعاء"),
    ("thursday", "thu", "الخميس"),
    ("friday", "fri", "الجمعة"),
    ("saturday", "sat", "السبت"),
    ("sunday", "sun", "الأحد"),
)
WEEKDAYS: Mapping[str, int] = {fold(name): day for day, names in enumerate(_WEEKDAYS) for name in names}
"""Days of the week by their folded names, Monday 0. Numbers are none of them: cron's 1 and Python's are other days."""


class Channels:
    """Reads the channels of one file; what is wrong is noted with the reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def channel(self, name: str, node: Node, zone: ZoneInfo) -> Channel:
        """A channel, in the file's `zone` unless it says another; where something is wrong, a stand-in that lets the
        rest be read."""
        reader = self.reader
        entries = reader.mapping(node, name, CHANNEL_KEYS, CHANNEL_KEYS_LATER)
        to = self.chat(entries["to"].value, "to") if "to" in entries else None
        if "to" not in entries and isinstance(node, Map):
            reader.error(node, "key-missing", owner=name, key="to", example='"@name"')
        topic = reader.number(entries["topic"].value, "topic", 1, _MAX_TOPIC) if "topic" in entries else None
        zone = self.zone(entries) or zone
        channel = Channel(
            name,
            to or "",
            topic,
            "en" if self._chosen(entries, "language", LANGUAGES) == "en" else "ar",
            zone,
            map=self._chosen(entries, "map", ("false", "true")) == "true",
            sole=self._chosen(entries, "sole", ("false", "true")) == "true",
            quiet=self._quiet(entries["quiet"].value, zone) if "quiet" in entries else None,
            limit=self.limit(entries["limit"].value, of_rule=False) if "limit" in entries else None,
            digest=self._digest(entries["digest"].value) if "digest" in entries else None,
        )
        return replace(channel, **self._uncertain(entries["uncertain"].value)) if "uncertain" in entries else channel

    def chat(self, node: Node, owner: str) -> str | int | None:
        """`@name`, or a chat's number, in quotes or not."""
        value = self.reader.text(node, owner, f'{owner}: "@name"')
        if value is None or _CHAT.fullmatch(value):
            return value
        if _CHAT_NUMBER.fullmatch(value):
            return int(value)
        self.reader.error(node, "chat", value=value)
        return None

    def zone(self, entries: Entries) -> ZoneInfo | None:
        """The time zone that `timezone` names, if it is there."""
        if "timezone" not in entries:
            return None
        node = entries["timezone"].value
        value = self.reader.text(node, "timezone", "timezone: Asia/Damascus")
        if value is None:
            return None
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # unknown; not a plain relative path; a folder, or too long a name
            self.reader.error(node, "timezone", value=value, near=self.reader.near(value, available_timezones()))
            return None

    def limit(self, node: Node, *, of_rule: bool) -> Limit | None:
        """`{per_hour: 12}` of a channel, `{per_hour: 3, per: place}` of a rule."""
        entries = self.reader.mapping(node, "limit", ("per_hour", "pass", *(["per"] if of_rule else [])))
        if not isinstance(node, Map):
            return None
        if "per_hour" not in entries:
            self.reader.error(node, "key-missing", owner="limit", key="per_hour", example="12")
            return None
        per_hour = self.reader.number(entries["per_hour"].value, "per_hour", 1, MOST_AN_HOUR)
        per = self._chosen(entries, "per", PER)
        passes = self._passes(entries, "nothing")
        return None if per_hour is None else Limit(per_hour, "place" if per == "place" else "rule", passes)

    # -- quiet hours and digests -------------------------------------------------------------------------------

    def _quiet(self, node: Node, zone: ZoneInfo) -> Quiet | None:
        entries = self.reader.mapping(node, "quiet", ("from", "to", "timezone", "pass"))
        if not isinstance(node, Map):
            return None
        for key, example in (("from", '"23:00"'), ("to", '"06:00"')):
            if key not in entries:
                self.reader.error(node, "key-missing", owner="quiet", key=key, example=example)
        start = self._time(entries["from"].value, "from") if "from" in entries else None
        end = self._time(entries["to"].value, "to") if "to" in entries else None
        zone = self.zone(entries) or zone
        passes = self._passes(entries, "urgent")
        if start is None or end is None:
            return None
        if start == end:
            self.reader.error(entries["to"].value, "quiet-empty", value=f"{start:%H:%M}")
            return None
        return Quiet(start, end, zone, passes)

    def _digest(self, node: Node) -> Digest | None:
        """`every 3h`, `{every: 3h}` or `{at: ["08:00"], days: [mon]}`."""
        if isinstance(node, Text):
            found = _EVERY.fullmatch(node.value.strip())
            times = self._every(node, found[1] if found else "")
            return Digest(times) if times else None
        if not isinstance(node, Map):
            self.reader.error(node, "digest-when")
            return None
        entries = self.reader.mapping(node, "digest", ("every", "at", "days", "pass"))
        if ("every" in entries) == ("at" in entries):
            self.reader.error(node, "digest-when")
            return None
        if "every" in entries:
            every = entries["every"].value
            times = self._every(every, every.value.strip() if isinstance(every, Text) else "")
        else:
            at = entries["at"].value
            nodes = self.reader.items(at, "at", '"08:00"') if isinstance(at, List) else (at,)
            times = tuple(sorted({t for t in (self._time(n, "at") for n in nodes) if t is not None}))
        days = self._days(entries["days"].value) if "days" in entries else frozenset(range(7))
        passes = self._passes(entries, "nothing")
        return Digest(times, days, passes) if times and days else None

    def _every(self, node: Node, written: str) -> tuple[time, ...]:
        """The times of day, from midnight on, of an interval."""
        try:
            every = parse_duration(written)
        except ValueError:
            every = timedelta(0)
        if not EVERY_LEAST <= every <= EVERY_MOST:
            self.reader.error(node, "digest-every", value=node.value if isinstance(node, Text) else "…")
            return ()
        minutes = (every * n // timedelta(minutes=1) for n in range(-(-_DAY // every)))
        return tuple(time(*divmod(m, 60)) for m in minutes)

    def _time(self, node: Node, owner: str) -> time | None:
        """A time of day, in quotes or not: our YAML keeps 23:00 as it is written."""
        written = node.value.strip() if isinstance(node, Text) else "…"
        if found := _TIME.fullmatch(written):
            hour, minute = int(found[1]), int(found[2])
            if hour < 24 and minute < 60:
                return time(hour, minute)
        self.reader.error(node, "time-of-day", value=written, owner=owner)
        return None

    def _days(self, node: Node) -> frozenset[int]:
        days = set()
        for item in self.reader.items(node, "days", "mon"):
            written = item.value.strip() if isinstance(item, Text) else "…"
            day = WEEKDAYS.get(fold(written))
            if day is None:
                self.reader.error(item, "weekday", value=written)
            else:
                days.add(day)
        return frozenset(days)

    # -- small things ------------------------------------------------------------------------------------------

    def _uncertain(self, node: Node) -> dict[str, Any]:
        entries = self.reader.mapping(node, "uncertain", ("grace", "then"))
        said: dict[str, Any] = {}
        if "grace" in entries:
            grace = entries["grace"].value
            written = grace.value if isinstance(grace, Text) else "…"
            try:
                said["uncertain_grace"] = parse_duration(written)
            except ValueError:
                said["uncertain_grace"] = timedelta(0)
            if not _GRACE_LEAST <= said["uncertain_grace"] <= _GRACE_MOST:
                self.reader.error(grace, "grace", value=written)
        if "then" in entries:
            said["uncertain_then"] = self.reader.choice(entries["then"].value, "then", ("resend", "hold"))
        return said

    def _passes(self, entries: Entries, default: Passes) -> Passes:
        said = self._chosen(entries, "pass", PASSES)
        return next((one for one in PASSES if one == said), default)

    def _chosen(self, entries: Entries, key: str, choices: tuple[str, ...]) -> str | None:
        return self.reader.choice(entries[key].value, key, choices) if key in entries else None
