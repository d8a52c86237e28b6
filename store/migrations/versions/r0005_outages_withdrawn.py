"""Outages of terminals can be withdrawn; what was declared hides nothing that the collector finds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.Integer, "sqlite")
HOLDS = sa.text("withdrawn_at IS NULL")
ONCE = "uq_outages_terminal_id"


def upgrade() -> None:
    with op.batch_alter_table("outages") as outages:
        outages.drop_constraint(ONCE, type_="unique")
        outages.add_column(sa.Column("withdrawn_at", MOMENT))
        outages.add_column(sa.Column("withdrawn_by", sa.Text))
        outages.add_column(sa.Column("withdrawn_why", sa.Text))
    op.create_index(
        None,
        "outages",
        ["terminal_id", "starts_at", "cause"],
        unique=True,
        sqlite_where=HOLDS,
        postgresql_where=HOLDS,
    )


def downgrade() -> None:
    # The older program knows no withdrawal, and one outage from a moment on: the longest accuses nobody.
    op.execute("DELETE FROM outages WHERE withdrawn_at IS NOT NULL")
    op.execute(
        "DELETE FROM outages WHERE EXISTS (SELECT 1 FROM outages AS other"
        " WHERE other.terminal_id = outages.terminal_id AND other.starts_at = outages.starts_at"
        " AND other.id <> outages.id AND (CASE"
        " WHEN other.ends_at IS NULL AND outages.ends_at IS NULL THEN other.id < outages.id"
        " WHEN other.ends_at IS NULL THEN 1 = 1 WHEN outages.ends_at IS NULL THEN 1 = 0"
        " WHEN other.ends_at = outages.ends_at THEN other.id < outages.id"
        " ELSE other.ends_at > outages.ends_at END))"
    )
    op.drop_index("ix_outages_terminal_id", "outages")
    with op.batch_alter_table("outages") as outages:
        outages.drop_column("withdrawn_at")
        outages.drop_column("withdrawn_by")
        outages.drop_column("withdrawn_why")
        outages.create_unique_constraint(ONCE, ["terminal_id", "starts_at"])
