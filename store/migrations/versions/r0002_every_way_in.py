"""Push terminals, errands for terminals, punches to review, files from USB sticks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Integer, "sqlite")
DEVICE_TIME = sa.DateTime(timezone=False).with_variant(sa.Text, "sqlite")

TABLES = ("file_imports", "punch_reviews", "errands", "push_commands", "push_registrations")


def upgrade() -> None:
    _push()
    _errands()
    op.create_table(
        "punch_reviews",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("pin", sa.Text, nullable=False),
        sa.Column("device_time", DEVICE_TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", sa.Text),
        sa.UniqueConstraint("terminal_id", "device_time", "pin", "reason"),
    )
    op.create_table(
        "file_imports",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _push() -> None:
    op.create_table(
        "push_registrations",
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("network", sa.Text),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("firmware", sa.Text),
        sa.Column("push_version", sa.Text),
        sa.Column("device_type", sa.Text),
        sa.Column("attlog_stamp", sa.Text),
        sa.Column("operlog_stamp", sa.Text),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "push_commands",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("serial", sa.Text, sa.ForeignKey("push_registrations.serial"), nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("return_code", sa.Integer),
    )
    op.create_index(None, "push_commands", ["serial"])


def _errands() -> None:
    op.create_table(
        "errands",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("steps_done", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index(None, "errands", ["terminal_id"])
