"""Counts by the hour, and a source's newest item: an outlet's own rhythm"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.store.tables import UtcDateTime

revision = "0002"
down_revision = "0001"

_COUNTS = ("polls", "polls_refused", "items", "entries", "dated", "pages", "articles", "pages_refused")


def upgrade() -> None:
    op.create_table(
        "outlet_hour",
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("hour", UtcDateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("outlet", "hour", name=op.f("pk_outlet_hour")),
    )
    op.add_column("source", sa.Column("newest_at", UtcDateTime(timezone=True), nullable=True))
