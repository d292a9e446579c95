"""That a message was taken back, by whom and why"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import CleanText, Id, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "retraction",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deletes", sa.Boolean(), nullable=False),
        sa.Column("person", CleanText(), nullable=False),
        sa.Column("because", CleanText(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_retraction_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraction")),
    )
    op.create_index(op.f("ix_retraction_message_id"), "retraction", ["message_id"])
