"""Alerts that wait to be told with others, silences"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import CleanText, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("alert") as alert:
        alert.alter_column("message_id", existing_type=sa.BigInteger(), nullable=True)
        alert.add_column(sa.Column("held", sa.Text()))
        alert.add_column(sa.Column("content", sa.JSON()))
        alert.create_check_constraint(
            op.f("alert_waits"), "message_id IS NOT NULL OR (held IS NOT NULL AND content IS NOT NULL)"
        )
    op.create_index("ix_alert_channel_created_at", "alert", ["channel", "created_at"])
    op.create_index(
        "ix_alert_waiting",
        "alert",
        ["channel"],
        sqlite_where=sa.text("message_id IS NULL"),
        postgresql_where=sa.text("message_id IS NULL"),
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", CleanText(), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("because", CleanText(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
