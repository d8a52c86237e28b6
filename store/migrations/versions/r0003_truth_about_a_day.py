"""The truth about a day: calendars, shifts, people over time, corrections, results and their history."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Integer, "sqlite")

TABLES = (
    "day_changes",
    "day_results",
    "corrections",
    "shift_entries",
    "rotation_periods",
    "rotations",
    "shifts",
    "work_patterns",
    "calendar_entries",
    "terminal_posts",
    "employments",
    "site_outages",
)
APPEND_ONLY = ("corrections", "day_changes")
CODES = {"leave": "CUTI", "duty_travel": "DL", "study": "TB", "training": "DIKLAT", "permit": "IZIN"}
"""Until now an excuse knew only its kind."""

DAYS_IN_ORDER = sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order")


def upgrade() -> None:
    _facts()
    _calendars()
    _shifts()
    _judgements()
    _refuse_changes()
    _excuses()
    op.add_column("enrollments", sa.Column("effective_at", MOMENT))
    op.add_column("terminals", sa.Column("registered_at", MOMENT))
    # Notices only wake whoever follows; who starts anew reads everything.
    op.drop_table("change_notices")
    _notices(named=True)


def downgrade() -> None:
    op.drop_table("change_notices")
    _notices(named=False)
    with op.batch_alter_table("enrollments", table_args=(DAYS_IN_ORDER,)) as enrollments:
        enrollments.drop_column("effective_at")
    with op.batch_alter_table("terminals") as terminals:
        terminals.drop_column("registered_at")
    _excuses_back()
    for table in TABLES:
        op.drop_table(table)


def _refuse_changes() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION presensi_refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION presensi_refuse_change()"
            )
            continue
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _excuses() -> None:
    kept = op.get_bind().execute(sa.text("SELECT * FROM excuses ORDER BY id")).mappings().all()
    op.drop_table("excuses")
    table = op.create_table(
        "excuses",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("first_time", sa.Text),
        sa.Column("last_time", sa.Text),
        sa.Column("place_id", KEY, sa.ForeignKey("units.id")),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_why", sa.Text),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
    )
    op.create_index(None, "excuses", ["last_day"])
    op.create_index(None, "excuses", ["person_id", "first_day"])
    rows = [
        {
            "person_id": row["person_id"],
            "code": CODES[row["kind"]],
            "first_day": _day(row["first_day"]),
            "last_day": _day(row["last_day"]),
            "reference": row["reference"],
            "entered_by": "",
        }
        for row in kept
    ]
    op.bulk_insert(table, rows)


def _excuses_back() -> None:
    kinds = {code: kind for kind, code in CODES.items()}
    bind = op.get_bind()
    kept = bind.execute(sa.text("SELECT * FROM excuses ORDER BY id")).mappings().all()
    op.drop_table("excuses")
    table = op.create_table(
        "excuses",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.UniqueConstraint("person_id", "kind", "first_day", "last_day"),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
    )
    op.create_index(None, "excuses", ["last_day"])
    rows = {
        (row["person_id"], kinds.get(row["code"], "leave"), row["first_day"], row["last_day"]): row[
            "reference"
        ]
        for row in kept
        if row["withdrawn_at"] is None
    }
    op.bulk_insert(
        table,
        [
            {"person_id": key[0], "kind": key[1], "first_day": _day(key[2]), "last_day": _day(key[3])}
            | {"reference": reference}
            for key, reference in rows.items()
        ],
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _notices(*, named: bool) -> None:
    people = (
        sa.Column("person_ids", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
    )
    op.create_table(
        "change_notices",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("terminal_ids", sa.Text, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("punch_lo", KEY),
        sa.Column("punch_hi", KEY),
        *(people if named else ()),
        sa.Column("txid", sa.BigInteger),
        sa.Column("created_at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "change_notices", ["txid"])
    op.create_index(None, "change_notices", ["created_at"])


def _facts() -> None:
    op.create_table(
        "site_outages",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_why", sa.Text),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="moments_in_order"),
    )
    op.create_index(None, "site_outages", ["ends_at"])
    op.create_index(None, "site_outages", ["unit_id"])
    op.create_table(
        "employments",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("reference", sa.Text, nullable=False),
        sa.UniqueConstraint("person_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )
    op.create_table(
        "terminal_posts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("terminal_id", KEY, sa.ForeignKey("terminals.id"), nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("terminal_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )


def _calendars() -> None:
    op.create_table(
        "calendar_entries",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id")),
        sa.Column("reference", sa.Text, nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="days_in_order"),
    )
    op.create_index(None, "calendar_entries", ["last_day"])
    op.create_table(
        "work_patterns",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("works_holidays", sa.Boolean, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("unit_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("starts", sa.Text, nullable=False),
        sa.Column("ends", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.UniqueConstraint("code", "valid_from"),
    )
    op.create_table(
        "rotations",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("cycle", sa.Text, nullable=False),
    )
    op.create_table(
        "rotation_periods",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("rotation", sa.Text, sa.ForeignKey("rotations.code"), nullable=False),
        sa.Column("anchor", sa.Date, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("person_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
    )
    op.create_table(
        "shift_entries",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("codes", sa.Text, nullable=False),
        sa.Column("on_call", sa.Boolean, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
    )
    op.create_index(None, "shift_entries", ["day"])


def _judgements() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT),
        sa.Column("punch_id", KEY),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("undoes", KEY, sa.ForeignKey("corrections.id")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
    )
    op.create_index(None, "corrections", ["day"])
    op.create_index(None, "corrections", ["person_id", "day"])
    op.create_table(
        "day_results",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("pack", sa.Text, nullable=False),
        sa.Column("input_hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index(None, "day_results", ["person_id", "day"])
    op.create_table(
        "day_changes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "day_changes", ["day"])
    op.create_index(None, "day_changes", ["person_id", "day"])
