"""The transaction in which a stored version is decided: its story, its matches, its alerts and their messages.

`Decisions` is handed to the function that decides (alerts.decide), which sees values only; all that it writes
commits together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.delivery.model import Rendered
from alerts.delivery.quiet import HeldBy, Silence, Told
from alerts.delivery.render import AlertContent
from alerts.rules.model import Channel, Match, Rule, Severity
from alerts.store import held, silences
from alerts.store import tables as t
from alerts.store.held import HeldAlert
from alerts.stories.copies import COPY_WINDOW, Telling
from crawler.article import DAY_ONLY


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an article as the store has it."""

    id: int
    article: int
    number: int
    outlet: str
    url: str
    title: str
    text: str
    copy_hash: str
    words: int
    flags: tuple[str, ...]
    published_at: datetime | None
    seen_at: datetime
    baseline: bool

    @property
    def at(self) -> datetime:
        """When it was published, else first seen. Where only the day is known, what was seen on that day is as new
        as it could be: first seen."""
        if self.published_at is None:
            return self.seen_at
        if DAY_ONLY in self.flags:
            return min(self.seen_at, self.published_at + timedelta(days=1))
        return self.published_at


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert whose message shows a given article, with the newest text that the message has or will have."""

    id: int
    channel: str
    message: int
    severity: Severity
    number: int
    html: str


class Decisions:
    """One transaction of deciding."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._c = connection
        self._now = now
        self._rules: dict[tuple[str, str], int] = {}

    def tellings(self, version: StoredVersion) -> list[Telling]:
        """Other articles that say the same words within the copy window, with the story they stand in."""
        v, a = t.article_version, t.article
        at = sa.func.coalesce(v.c.published_at, a.c.seen_at)
        rows = self._c.execute(
            sa.select(t.story_article.c.story_id, a.c.outlet, v.c.published_at, a.c.seen_at)
            .join(a, a.c.id == v.c.article_id)
            .join(t.story_article, t.story_article.c.article_id == a.c.id)
            .where(v.c.copy_hash == version.copy_hash, a.c.id != version.article)
            .where(at.between(version.at - COPY_WINDOW, version.at + COPY_WINDOW))
        )
        return [Telling(r.story_id, r.outlet, r.published_at or r.seen_at) for r in rows]

    def story(self, article: int) -> int | None:
        """The story that an article stands in."""
        found: int | None = self._c.scalar(
            sa.select(t.story_article.c.story_id).where(t.story_article.c.article_id == article)
        )
        return found

    def join_story(self, article: int, story: int | None) -> int:
        """Puts an article into a story as a copy, or into a new one (None); returns the story."""
        reason = "copy"
        if story is None:
            reason = "first"
            story = t.insert(self._c, t.story, created_at=self._now)
        self._c.execute(
            sa.insert(t.story_article).values(article_id=article, story_id=story, reason=reason, joined_at=self._now)
        )
        return story

    def told(self, story: int) -> set[str]:
        """The channels that have an alert of the story."""
        return set(self._c.scalars(sa.select(t.alert.c.channel).where(t.alert.c.story_id == story)))

    def record_match(self, version: int, match: Match, outcome: str) -> None:
        """Stores a match with its evidence and why it was or was not told; looked at anew, the newest holds."""
        rule = self._rule(match.rule)
        self._c.execute(sa.delete(t.match).where(t.match.c.version_id == version, t.match.c.rule_id == rule))
        t.insert(
            self._c,
            t.match,
            version_id=version,
            rule_id=rule,
            evidence=[e.record() for e in match.evidence],
            outcome=outcome,
            decided_at=self._now,
        )

    def post(self, channel: Channel, kind: str, text: Rendered, *, silent: bool = False) -> int:
        """A new message in the outbox, pending; returns its id."""
        message = t.insert(
            self._c,
            t.message,
            channel=channel.name,
            kind=kind,
            chat=str(channel.to),
            topic=channel.topic,
            silent=silent,
            created_at=self._now,
        )
        self._add_text(message, 1, text)
        return message

    def edit(self, shown: ShownAlert, text: Rendered) -> None:
        """A newer text for a message that is in the outbox or has been sent."""
        self._add_text(shown.message, shown.number + 1, text)

    def add_alert(
        self,
        story: int,
        channel: str,
        article: int,
        severity: str,
        content: AlertContent,
        *,
        message: int | None = None,
        held_by: HeldBy | None = None,
    ) -> None:
        """An alert, told by a message or held: exactly one of them is given."""
        t.insert(
            self._c,
            t.alert,
            story_id=story,
            channel=channel,
            article_id=article,
            message_id=message,
            severity=severity,
            created_at=self._now,
            held=held_by,
            content=held.record_of(content),
        )

    def silences(self) -> list[Silence]:
        """Those in force, in the order in which they were made."""
        return [stored.silence for stored in silences.in_force(self._c, self._now)]

    def told_lately(self, channel: str) -> list[Told]:
        """See `held.told_lately`."""
        return held.told_lately(self._c, channel, self._now)

    def waiting(self) -> dict[str, list[HeldAlert]]:
        """See `held.waiting`."""
        return held.waiting(self._c)

    def waiting_of(self, story: int) -> dict[str, HeldAlert]:
        """See `held.of_story`."""
        return held.of_story(self._c, story)

    def waiting_with(self, article: int) -> list[HeldAlert]:
        """See `held.of_article`."""
        return held.of_article(self._c, article)

    def say_instead(self, alert: HeldAlert | ShownAlert, content: AlertContent, **values: Any) -> None:
        """See `held.say_instead`."""
        held.say_instead(self._c, alert.id, content, **values)

    def withdraw(self, alert: HeldAlert) -> None:
        """See `held.withdraw`."""
        held.withdraw(self._c, alert.id)

    def told_in(self, alert: HeldAlert, message: int) -> None:
        """See `held.told_in`."""
        held.told_in(self._c, alert.id, message)

    def showing(self, article: int) -> list[ShownAlert]:
        """The alerts whose own message (no digest) shows the article, and was not taken back."""
        mv = t.message_version
        taken_back = sa.exists().where(t.retraction.c.message_id == t.message.c.id)
        inner = mv.alias()
        newest = sa.select(sa.func.max(inner.c.number)).where(inner.c.message_id == t.message.c.id).scalar_subquery()
        rows = self._c.execute(
            sa.select(t.alert.c.id, t.alert.c.channel, t.alert.c.severity, t.alert.c.message_id, mv.c.number, mv.c.html)
            .join(t.message, t.message.c.id == t.alert.c.message_id)
            .join(mv, sa.and_(mv.c.message_id == t.message.c.id, mv.c.number == newest))
            .where(t.alert.c.article_id == article, t.message.c.kind == "alert", ~taken_back)
        )
        return [ShownAlert(r.id, r.channel, r.message_id, r.severity, r.number, r.html) for r in rows]

    def decided(self, version: int) -> None:
        """Nothing more is to be decided on this version."""
        self._c.execute(
            sa.update(t.article_version).where(t.article_version.c.id == version).values(decided_at=self._now)
        )

    def _add_text(self, message: int, number: int, text: Rendered) -> None:
        t.insert(
            self._c,
            t.message_version,
            message_id=message,
            number=number,
            html=text.html,
            plain=text.plain,
            state="pending",
            created_at=self._now,
        )

    def _rule(self, rule: Rule) -> int:
        key = (rule.id, rule.content_hash)
        if key not in self._rules:
            found = self._c.scalar(
                sa.select(t.rule.c.id).where(t.rule.c.name == rule.id, t.rule.c.content_hash == rule.content_hash)
            )
            self._rules[key] = found or t.insert(
                self._c,
                t.rule,
                name=rule.id,
                content_hash=rule.content_hash,
                definition=dict(rule.definition),
                seen_at=self._now,
            )
        return self._rules[key]


def undecided(c: Connection, limit: int) -> list[StoredVersion]:
    """Versions on which nothing has been decided, oldest news first, so that a channel reads in order."""
    v, a = t.article_version, t.article
    rows = c.execute(
        sa.select(v, a.c.outlet, a.c.url, a.c.seen_at, a.c.baseline)
        .join(a, a.c.id == v.c.article_id)
        .where(v.c.decided_at.is_(None))
        .order_by(v.c.id)
        .limit(limit)
    )
    found = [_version(r) for r in rows]
    return sorted(found, key=lambda version: (version.at, version.id))


def archive(c: Connection, since: datetime) -> Iterator[tuple[StoredVersion, int]]:
    """The newest version of each article that was news since then, oldest news first, with its story's number (that
    of an article without a story yet is its own, below zero)."""
    v, a, s = t.article_version, t.article, t.story_article
    inner = v.alias()
    newest = sa.select(sa.func.max(inner.c.number)).where(inner.c.article_id == a.c.id).scalar_subquery()
    at = sa.func.coalesce(v.c.published_at, a.c.seen_at)
    rows = c.execution_options(yield_per=500).execute(
        sa.select(v, a.c.outlet, a.c.url, a.c.seen_at, a.c.baseline, s.c.story_id)
        .join(a, a.c.id == v.c.article_id)
        .outerjoin(s, s.c.article_id == a.c.id)
        .where(v.c.number == newest, at >= since)
        .order_by(at, v.c.id)
    )
    for row in rows:
        yield _version(row), -row.article_id if row.story_id is None else row.story_id


def look_again(c: Connection, since: datetime) -> int:
    """`--backfill`: news published since then is looked at once more, history or not; returns how many.

    What came in as news since then counts too, whatever its date says; history without a date does not, for
    nobody knows how old it is. What a channel has been told it is not told again: an alert is unique for its story
    and channel.
    """
    v, a = t.article_version, t.article
    inner = v.alias()
    newest = sa.select(sa.func.max(inner.c.number)).where(inner.c.article_id == a.c.id).scalar_subquery()
    rows = c.execute(
        sa.select(v.c.id, v.c.article_id)
        .join(a, a.c.id == v.c.article_id)
        .where(v.c.number == newest)
        .where(sa.or_(v.c.published_at >= since, sa.and_(a.c.seen_at >= since, a.c.baseline.is_(False))))
    ).all()
    for row in rows:
        c.execute(sa.update(v).where(v.c.id == row.id).values(decided_at=None))
        c.execute(sa.update(a).where(a.c.id == row.article_id).values(baseline=False))
    return len(rows)


def _version(row: Any) -> StoredVersion:
    flags: Sequence[str] = row.flags
    return StoredVersion(
        id=row.id,
        article=row.article_id,
        number=row.number,
        outlet=row.outlet,
        url=row.url,
        title=row.title,
        text=row.text,
        copy_hash=row.copy_hash,
        words=row.words,
        flags=tuple(flags),
        published_at=row.published_at,
        seen_at=row.seen_at,
        baseline=row.baseline,
    )
