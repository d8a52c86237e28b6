"""The tables. The migrations in `store/migrations` build exactly these; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store import day_tables, wall_tables
from store.metadata import REVISION, Key, metadata
from store.moments import DeviceTime, UtcMoment

__all__ = ["REVISION", "day_tables", "metadata", "wall_tables"]

units = Table(
    "units",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent_id", Key, ForeignKey("units.id"), index=True),
    Column("office", Boolean, nullable=False),
)

terminals = Table(
    "terminals",
    metadata,
    Column("id", Key, primary_key=True),
    Column("serial", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Key, ForeignKey("units.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("driver", Text, nullable=False),
    Column("follow", Text, nullable=False),
    Column("interval", Float),
    Column("active", Boolean, nullable=False),
    Column("registered_at", UtcMoment),
    Column("district", Text, nullable=False, server_default=""),
)
"""`registered_at`: city time; NULL: before the store kept it. `district`: the kecamatan where it hangs, for
the plan of terminals; empty: not told."""

terminal_health = Table(
    "terminal_health",
    metadata,
    Column("terminal_id", Key, ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
    Column("online", Boolean, nullable=False),
    Column("read_through", UtcMoment),
    Column("last_contact_at", UtcMoment),
    Column("offline_since", UtcMoment),
    Column("clock_offset", Float),
    Column("log_records", Integer),
    Column("log_capacity", Integer),
    Column("error", Text),
    Column("error_detail", Text),
    Column("action", Text),
    Column("firmware", Text),
)

log_cursors = Table(
    "log_cursors",
    metadata,
    Column("terminal_id", Key, ForeignKey("terminals.id"), primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("records_read", Integer, nullable=False),
    Column("overlap", LargeBinary, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    CheckConstraint("stored + duplicates + quarantined = records_read", name="adds_up"),
)

people = Table(
    "people",
    metadata,
    Column("id", Key, primary_key=True),
    Column("nip", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("title_before", Text, nullable=False),
    Column("title_after", Text, nullable=False),
)

placements = Table(
    "placements",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("unit_id", Key, ForeignKey("units.id"), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("person_id", "valid_from"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)

enrollments = Table(
    "enrollments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False, index=True),
    Column("pin", Text, nullable=False, index=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("effective_at", UtcMoment),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)

punches = Table(
    "punches",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, nullable=False),
    Column("pin", Text, nullable=False),
    Column("device_time", DeviceTime, nullable=False),
    Column("at", UtcMoment, nullable=False, index=True),
    Column("received_at", UtcMoment, nullable=False),
    Column("verify", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("work_code", Text, nullable=False),
    Column("capture", Text, nullable=False),
    Column("log_generation", Integer),
    UniqueConstraint("terminal_id", "device_time", "pin"),
)
"""`log_generation`: the newest generation of the terminal's log in which the punch was found; NULL while only
a live event, a push or a stick has brought it.

The unique key has the time before the PIN because a log comes in the order of time: each row then goes to the
end of its terminal's part of the index. No foreign key holds `terminal_id`: PostgreSQL checks one row by row,
which doubles the time of a log read. The write path locks the terminal's row instead, once a batch, and so
finds that it exists (`store.cursors.lock`).
"""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("generation", Integer),
    Column("log_index", Integer, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at", UtcMoment, nullable=False),
    UniqueConstraint("terminal_id", "fingerprint"),
)
"""`fingerprint`: `log:<generation>:<index>` for a log record, `raw:<sha256>` for anything else, so that the
same bad record is kept once however often it is read."""

outages = Table(
    "outages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("starts_at", UtcMoment, nullable=False),
    Column("ends_at", UtcMoment, index=True),
    Column("reference", Text, nullable=False),
    Column("withdrawn_at", UtcMoment),
    Column("withdrawn_by", Text),
    Column("withdrawn_why", Text),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="moments_in_order"),
    Index(
        None,
        "terminal_id",
        "starts_at",
        "cause",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)
"""Declared with the evidence in `reference`, or found by the collector. A row is never deleted: withdrawn, it
no longer counts, and hides nothing that is declared or found from the same moment on."""

change_notices = Table(
    "change_notices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("terminal_ids", Text, nullable=False),
    Column("since", UtcMoment),
    Column("until", UtcMoment),
    Column("punch_lo", Key),
    Column("punch_hi", Key),
    Column("person_ids", Text, nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("txid", BigInteger),
    Column("created_at", UtcMoment, nullable=False),
    Index(None, "txid"),
    Index(None, "created_at"),
    sqlite_autoincrement=True,
)
"""`terminal_ids`, `person_ids`: numbers joined by commas. `first_day`, `last_day`: the work dates that a fact
about people touches; NULL: any. `txid`: the writing transaction on PostgreSQL, NULL on SQLite.
`created_at`: the machine's own time, not city time, because it decides only when a notice is pruned."""

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcMoment, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
"""Append-only: triggers refuse any change, on both databases."""

collector_heartbeat = Table(
    "collector_heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcMoment, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

roster_imports = Table(
    "roster_imports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("imported_at", UtcMoment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("summary", Text, nullable=False),
)
"""`source`: the files' names; `digest`: SHA-256 over their bytes; `summary`: what changed."""

push_registrations = Table(
    "push_registrations",
    metadata,
    Column("serial", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("network", Text),
    Column("address", Text, nullable=False),
    Column("firmware", Text),
    Column("push_version", Text),
    Column("device_type", Text),
    Column("attlog_stamp", Text),
    Column("operlog_stamp", Text),
    Column("first_seen_at", UtcMoment, nullable=False),
    Column("last_seen_at", UtcMoment, nullable=False),
)
"""Every terminal that ever called the gateway. `state`: pending, approved or refused; `network`: the
only one it may call from, as CIDR; `address`: where it last called from. A stamp is the
terminal's own word."""

push_commands = Table(
    "push_commands",
    metadata,
    Column("id", Key, primary_key=True),
    Column("serial", Text, ForeignKey("push_registrations.serial"), nullable=False, index=True),
    Column("command", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    Column("sent_at", UtcMoment),
    Column("answered_at", UtcMoment),
    Column("return_code", Integer),
)
"""What a push terminal is asked to do. `state`: queued, sent, done, failed or timed_out."""

errands = Table(
    "errands",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    Column("taken_at", UtcMoment),
    Column("finished_at", UtcMoment),
    Column("steps_done", Integer, nullable=False),
    Column("steps", Integer),
    Column("outcome", Text, nullable=False),
)
"""Administration that a terminal's own task in the collector carries out between two reads. `arguments` and
`outcome` are JSON and never hold a password or a template. `state`: queued, running, done or failed."""

punch_reviews = Table(
    "punch_reviews",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False),
    Column("pin", Text, nullable=False),
    Column("device_time", DeviceTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("noted_at", UtcMoment, nullable=False),
    Column("settled_at", UtcMoment),
    Column("settled_by", Text),
    UniqueConstraint("terminal_id", "device_time", "pin", "reason"),
)
"""Punches whose time a person should look at; the punch itself stays as it was recorded."""

file_imports = Table(
    "file_imports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("imported_at", UtcMoment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("summary", Text, nullable=False),
)
"""Files that a USB stick brought. `source`: the file's name; `digest`: SHA-256 of its bytes."""
