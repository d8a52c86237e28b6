"""The first tables. A released migration is never changed, so this repeats what store/schema.py says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Integer, "sqlite")
DEVICE_TIME = sa.DateTime(timezone=False).with_variant(sa.Text, "sqlite")

REFUSE_POSTGRES = """
CREATE FUNCTION presensi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END
$$
"""

TRIGGERS_POSTGRES = (
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION presensi_refuse_change()",
    "CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION presensi_refuse_change()",
)

TRIGGERS_SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{event.lower()} BEFORE {event} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    for event in ("UPDATE", "DELETE")
)

TABLES = (
    "roster_imports",
    "collector_heartbeat",
    "audit",
    "change_notices",
    "outages",
    "excuses",
    "quarantine",
    "punches",
    "enrollments",
    "placements",
    "people",
    "log_cursors",
    "terminal_health",
    "terminals",
    "units",
)


def upgrade() -> None:
    _registers()
    _people()
    _readings()
    _facts()
    _house_keeping()
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(REFUSE_POSTGRES)
    for trigger in TRIGGERS_POSTGRES if postgres else TRIGGERS_SQLITE:
        op.execute(trigger)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION presensi_refuse_change()")


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, sa.ForeignKey(target), nullable=nullable)


def _registers() -> None:
    op.create_table(
        "units",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        _key("parent_id", "units.id", nullable=True),
        sa.Column("office", sa.Boolean, nullable=False),
    )
    op.create_index(None, "units", ["parent_id"])
    op.create_table(
        "terminals",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("serial", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        _key("unit_id", "units.id"),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("driver", sa.Text, nullable=False),
        sa.Column("follow", sa.Text, nullable=False),
        sa.Column("interval", sa.Float),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_index(None, "terminals", ["unit_id"])
    op.create_table(
        "terminal_health",
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
        sa.Column("online", sa.Boolean, nullable=False),
        sa.Column("read_through", MOMENT),
        sa.Column("last_contact_at", MOMENT),
        sa.Column("offline_since", MOMENT),
        sa.Column("clock_offset", sa.Float),
        sa.Column("log_records", sa.Integer),
        sa.Column("log_capacity", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("error_detail", sa.Text),
        sa.Column("action", sa.Text),
        sa.Column("firmware", sa.Text),
    )
    op.create_table(
        "log_cursors",
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("records_read", sa.Integer, nullable=False),
        sa.Column("overlap", sa.LargeBinary, nullable=False),
        sa.Column("stored", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.CheckConstraint("stored + duplicates + quarantined = records_read", name="adds_up"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("nip", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title_before", sa.Text, nullable=False),
        sa.Column("title_after", sa.Text, nullable=False),
    )
    op.create_table(
        "placements",
        sa.Column("id", KEY, primary_key=True),
        _key("person_id", "people.id"),
        _key("unit_id", "units.id"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("person_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )
    op.create_index(None, "placements", ["unit_id"])
    op.create_table(
        "enrollments",
        sa.Column("id", KEY, primary_key=True),
        _key("person_id", "people.id"),
        sa.Column("pin", sa.Text, nullable=False),
        _key("terminal_id", "terminals.id", nullable=True),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )
    op.create_index(None, "enrollments", ["person_id"])
    op.create_index(None, "enrollments", ["pin"])
    op.create_index(None, "enrollments", ["terminal_id"])


def _readings() -> None:
    op.create_table(
        "punches",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, nullable=False),
        sa.Column("pin", sa.Text, nullable=False),
        sa.Column("device_time", DEVICE_TIME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("verify", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("work_code", sa.Text, nullable=False),
        sa.Column("capture", sa.Text, nullable=False),
        sa.Column("log_generation", sa.Integer),
        sa.UniqueConstraint("terminal_id", "device_time", "pin"),
    )
    op.create_index(None, "punches", ["at"])
    op.create_table(
        "quarantine",
        sa.Column("id", KEY, primary_key=True),
        _key("terminal_id", "terminals.id"),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer),
        sa.Column("log_index", sa.Integer, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.UniqueConstraint("terminal_id", "fingerprint"),
    )


def _facts() -> None:
    op.create_table(
        "excuses",
        sa.Column("id", KEY, primary_key=True),
        _key("person_id", "people.id"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.UniqueConstraint("person_id", "kind", "first_day", "last_day"),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
    )
    op.create_index(None, "excuses", ["last_day"])
    op.create_table(
        "outages",
        sa.Column("id", KEY, primary_key=True),
        _key("terminal_id", "terminals.id"),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("reference", sa.Text, nullable=False),
        sa.UniqueConstraint("terminal_id", "starts_at"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="moments_in_order"),
    )
    op.create_index(None, "outages", ["ends_at"])


def _house_keeping() -> None:
    op.create_table(
        "change_notices",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("terminal_ids", sa.Text, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("punch_lo", KEY),
        sa.Column("punch_hi", KEY),
        sa.Column("txid", sa.BigInteger),
        sa.Column("created_at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "change_notices", ["txid"])
    op.create_index(None, "change_notices", ["created_at"])
    op.create_table(
        "audit",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index(None, "audit", ["at"])
    op.create_table(
        "collector_heartbeat",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "roster_imports",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
