"""Walls as paired devices, the day as it stood at the cut-off, and in which district a terminal hangs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Integer, "sqlite")

TABLES = ("wall_pairings", "walls", "day_freezes")


def upgrade() -> None:
    op.create_table(
        "walls",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id")),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("look", sa.Text, nullable=False),
        sa.Column("credential", sa.Text, unique=True),
        sa.Column("paired_at", MOMENT, nullable=False),
        sa.Column("paired_by", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.Text),
        sa.Column("revoked_why", sa.Text),
        sa.Column("revision", KEY, nullable=False, unique=True),
    )
    op.create_table(
        "wall_pairings",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("secret", sa.Text, nullable=False, unique=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("wall_id", KEY, sa.ForeignKey("walls.id")),
    )
    op.create_table(
        "day_freezes",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("cutoff_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.add_column("terminals", sa.Column("district", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("terminals") as terminals:
        terminals.drop_column("district")
    for table in TABLES:
        op.drop_table(table)
