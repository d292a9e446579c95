"""The tables, named by design.md's nouns; types that SQLite and PostgreSQL share.

What must be unique is unique here, so that no process, however many run, can break it: a key names one entry
and one article, an article stands in one story, a story has one alert a channel. Times are aware UTC, ids
64-bit. The migrations under `migrations/` make these tables; a test holds both equal.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, in UTC on both sides; SQLite, which has no zones, stores its UTC clock."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """`text` without what a database cannot hold: NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class CleanText(TypeDecorator[str]):
    """Text that came from outside: `storable`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


inserting = cache(sa.insert)
"""The INSERT of a table, for values as parameters: a statement that is made once is compiled once, which is four
fifths of what SQLAlchemy takes for one made anew (benchmarks/bench_crawl.py)."""


@cache
def updating(table: sa.Table) -> sa.Update:
    """The UPDATE of the row whose id is the parameter `which`, for values as parameters."""
    return sa.update(table).where(table.c.id == sa.bindparam("which"))


def insert(connection: Connection, table: sa.Table, **values: Any) -> int:
    """Inserts a row and returns its id."""
    key = connection.execute(inserting(table), values).inserted_primary_key
    assert key is not None  # noqa: S101  # every table that this is called for has an id
    return int(key[0])


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only an INTEGER primary key (64-bit there)


def _id() -> sa.Column[Any]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _ref(name: str, table: str, *, nullable: bool = False, index: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"{table}.id"), nullable=nullable, index=index)


def _when(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime, nullable=nullable)


source = sa.Table(
    "source",
    metadata,
    _id(),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("url", CleanText, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("etag", CleanText),
    sa.Column("last_modified", CleanText),
    _when("baseline_at", nullable=True),  # the first good answer; its entries are history
    _when("answered_at", nullable=True),
    _when("failed_at", nullable=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),  # in a row
    sa.Column("failure_kind", sa.Text),
    sa.Column("failure_detail", CleanText),
    _when("next_poll_at", nullable=True),  # not before; None: whenever a pass comes
    _when("newest_at", nullable=True),  # the latest time that an entry of it has borne, if not in the future
    sa.UniqueConstraint("outlet", "url"),
)

outlet_hour = sa.Table(
    "outlet_hour",
    metadata,
    sa.Column("outlet", sa.Text, primary_key=True),
    sa.Column("hour", UtcDateTime, primary_key=True),  # its first instant; the counts are alerts.health.Hour's
    sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("polls_refused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("items", sa.Integer, nullable=False, server_default="0"),
    sa.Column("entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("dated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
    sa.Column("articles", sa.Integer, nullable=False, server_default="0"),
    sa.Column("pages_refused", sa.Integer, nullable=False, server_default="0"),
)

robots = sa.Table(
    "robots",
    metadata,
    sa.Column("origin", CleanText, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _when("fetched_at"),
)

entry = sa.Table(
    "entry",
    metadata,
    _id(),
    _ref("source_id", "source"),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("url", CleanText, nullable=False),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("summary", CleanText, nullable=False),
    sa.Column("guid", CleanText),
    _when("published_at", nullable=True),
    sa.Column("day_only", sa.Boolean, nullable=False),  # published_at is the midnight of a day that is all there is
    _when("seen_at"),
    sa.Column("baseline", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # seen | failed | fetched | given-up
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    _when("next_try_at", nullable=True),
    sa.Column("reason", CleanText),  # of the last failure
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("article.id"), index=True),
    sa.CheckConstraint("state IN ('seen', 'failed', 'fetched', 'given-up')", name="entry_state"),
    sa.Index("ix_entry_outlet_state", "outlet", "state"),
)

entry_key = sa.Table(
    "entry_key",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", CleanText, primary_key=True),
    _ref("entry_id", "entry"),
)

article = sa.Table(
    "article",
    metadata,
    _id(),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("url", CleanText, nullable=False),
    _when("seen_at"),
    sa.Column("baseline", sa.Boolean, nullable=False),
)

article_key = sa.Table(
    "article_key",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),  # url | outlet-id
    sa.Column("value", CleanText, primary_key=True),
    _ref("article_id", "article"),
)

article_version = sa.Table(
    "article_version",
    metadata,
    _id(),
    _ref("article_id", "article"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),  # of title and text as they are: another is another version
    sa.Column("copy_hash", sa.Text, nullable=False, index=True),  # of the folded text: alerts.stories.copies
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("title", CleanText, nullable=False),
    sa.Column("text", CleanText, nullable=False),
    _when("published_at", nullable=True),
    _when("modified_at", nullable=True),
    sa.Column("author", CleanText),
    sa.Column("section", CleanText),
    sa.Column("image", CleanText),
    sa.Column("language", CleanText),
    sa.Column("source", CleanText),
    sa.Column("flags", sa.JSON, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    _when("fetched_at"),
    _when("decided_at", nullable=True),  # None: stored, and nothing decided on it yet
    sa.UniqueConstraint("article_id", "number"),
    sa.Index(
        "ix_article_version_undecided",
        "id",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    ),
)

rule = sa.Table(
    "rule",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),  # the id in rules.yaml
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("definition", sa.JSON, nullable=False),
    _when("seen_at"),
    sa.UniqueConstraint("name", "content_hash"),
)

match = sa.Table(
    "match",
    metadata,
    _id(),
    _ref("version_id", "article_version"),
    _ref("rule_id", "rule"),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),  # alert | held | silenced | told | baseline | old | test
    _when("decided_at"),
    sa.UniqueConstraint("version_id", "rule_id"),
)

story = sa.Table("story", metadata, _id(), _when("created_at"))

story_article = sa.Table(
    "story_article",
    metadata,
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("article.id"), primary_key=True),
    _ref("story_id", "story"),
    sa.Column("reason", sa.Text, nullable=False),  # why it stands there: first | copy
    _when("joined_at"),
)

message = sa.Table(
    "message",
    metadata,
    _id(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # alert | digest | notice
    sa.Column("chat", sa.Text, nullable=False),  # where it was to go when it was decided
    sa.Column("topic", sa.BigInteger),
    sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("chat_id", sa.BigInteger),  # where it went, as Telegram numbers it
    sa.Column("message_id", sa.BigInteger),
    _when("created_at"),
)

message_version = sa.Table(
    "message_version",
    metadata,
    _id(),
    _ref("message_id", "message"),
    sa.Column("number", sa.Integer, nullable=False),  # 1 is sent, later ones edit it
    sa.Column("html", CleanText, nullable=False),
    sa.Column("plain", CleanText, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", CleanText),
    _when("next_try_at", nullable=True),
    sa.Column("looks", sa.Integer, nullable=False, server_default="0"),  # since the last attempt, that found nothing
    _when("created_at"),
    _when("settled_at", nullable=True),
    sa.UniqueConstraint("message_id", "number"),
    sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'refused', 'uncertain')", name="message_version_state"),
    sa.Index("ix_message_version_state", "state"),
)

retraction = sa.Table(
    "retraction",
    metadata,
    _id(),
    _ref("message_id", "message"),
    sa.Column("number", sa.Integer, nullable=False),  # of the version that takes it back; none before it is sent
    sa.Column("deletes", sa.Boolean, nullable=False),  # the message is taken away, not struck
    sa.Column("person", CleanText, nullable=False),  # the system's name of who did it
    sa.Column("because", CleanText, nullable=False),
    _when("created_at"),
)

attempt = sa.Table(
    "attempt",
    metadata,
    _id(),
    _ref("version_id", "message_version"),
    _when("started_at"),
    _when("ended_at", nullable=True),
    sa.Column("outcome", sa.Text),  # sent | refused | later | uncertain | unusable | crashed
    sa.Column("detail", CleanText),
    sa.Index("ix_attempt_started_at", "started_at"),
)

stopped_channel = sa.Table(
    "stopped_channel",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, nullable=False),  # the one that refused; another in rules.yaml is not stopped
    sa.Column("reason", CleanText, nullable=False),
    _when("stopped_at"),
    _when("next_try_at"),
)

moved_chat = sa.Table(
    "moved_chat",
    metadata,
    sa.Column("chat", sa.Text, primary_key=True),  # as rules.yaml has it
    sa.Column("chat_id", sa.BigInteger, nullable=False),  # the supergroup that it became
    _when("moved_at"),
)

alert = sa.Table(
    "alert",
    metadata,
    _id(),
    _ref("story_id", "story"),
    sa.Column("channel", sa.Text, nullable=False),
    _ref("article_id", "article"),  # whose words the message shows
    _ref("message_id", "message", nullable=True),  # None: it waits to be told with others
    sa.Column("severity", sa.Text, nullable=False),
    _when("created_at"),
    sa.Column("held", sa.Text),  # what it waits or waited for: digest | quiet | limit; None: told at once
    sa.Column("content", sa.JSON),  # AlertContent (alerts.store.held); None: of before schema 0004
    sa.UniqueConstraint("story_id", "channel"),
    sa.CheckConstraint("message_id IS NOT NULL OR (held IS NOT NULL AND content IS NOT NULL)", name="alert_waits"),
    sa.Index("ix_alert_channel_created_at", "channel", "created_at"),
    sa.Index(
        "ix_alert_waiting",
        "channel",
        sqlite_where=sa.text("message_id IS NULL"),
        postgresql_where=sa.text("message_id IS NULL"),
    ),
)

silence = sa.Table(
    "silence",
    metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False),  # place | rule | outlet | channel
    sa.Column("value", CleanText, nullable=False),  # an id, or a channel's name
    sa.Column("name", CleanText, nullable=False),  # as the editor called it
    _when("until"),
    sa.Column("because", CleanText, nullable=False),
    _when("created_at"),
    _when("ended_at", nullable=True),  # by hand, before its time
)

notice = sa.Table(
    "notice",
    metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("detail", CleanText, nullable=False),
    _when("opened_at"),
    _when("closed_at", nullable=True),
    sa.Index(
        "ix_notice_open",
        "kind",
        "subject",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", CleanText, nullable=False),
)
