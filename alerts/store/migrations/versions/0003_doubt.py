"""Looks at messages in doubt, channels that are stopped, chats that moved"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import CleanText, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message_version", sa.Column("looks", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_attempt_started_at", "attempt", ["started_at"])
    op.create_table(
        "stopped_channel",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("reason", CleanText(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_stopped_channel")),
    )
    op.create_table(
        "moved_chat",
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_moved_chat")),
    )
