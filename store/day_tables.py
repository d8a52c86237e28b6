"""The tables about days: who is excused, who works when, what was corrected, what was judged."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)

from store.metadata import Key, metadata
from store.moments import UtcMoment

excuses = Table(
    "excuses",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False, index=True),
    Column("first_time", Text),
    Column("last_time", Text),
    Column("place_id", Key, ForeignKey("units.id")),
    Column("reference", Text, nullable=False),
    Column("entered_at", UtcMoment),
    Column("entered_by", Text, nullable=False),
    Column("withdrawn_at", UtcMoment),
    Column("withdrawn_by", Text),
    Column("withdrawn_why", Text),
    CheckConstraint("last_day >= first_day", name="days_in_order"),
    Index(None, "person_id", "first_day"),
)
"""`first_time` and `last_time`: city time "HH:MM" on the first and the last day; NULL: all day. A row is
never deleted: withdrawn, it no longer counts."""

site_outages = Table(
    "site_outages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("unit_id", Key, ForeignKey("units.id"), nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("starts_at", UtcMoment, nullable=False),
    Column("ends_at", UtcMoment, index=True),
    Column("reference", Text, nullable=False),
    Column("entered_at", UtcMoment, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("withdrawn_at", UtcMoment),
    Column("withdrawn_by", Text),
    Column("withdrawn_why", Text),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="moments_in_order"),
)
"""Declared for a unit and all below it, with the evidence in `reference`."""

employments = Table(
    "employments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("reference", Text, nullable=False),
    UniqueConstraint("person_id", "valid_from"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)

terminal_posts = Table(
    "terminal_posts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("terminal_id", Key, ForeignKey("terminals.id"), nullable=False),
    Column("unit_id", Key, ForeignKey("units.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("terminal_id", "valid_from"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)
"""Where a terminal hung before it was moved. Without a row it hangs where `terminals.unit_id` says."""

calendar_entries = Table(
    "calendar_entries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit_id", Key, ForeignKey("units.id")),
    Column("reference", Text, nullable=False),
    CheckConstraint("last_day >= first_day", name="days_in_order"),
)
"""What a decree sets apart; `unit_id` NULL: the whole city."""

work_patterns = Table(
    "work_patterns",
    metadata,
    Column("id", Key, primary_key=True),
    Column("unit_id", Key, ForeignKey("units.id"), nullable=False),
    Column("hours", Text, nullable=False),
    Column("works_holidays", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("unit_id", "valid_from"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)

shifts = Table(
    "shifts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("starts", Text, nullable=False),
    Column("ends", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    UniqueConstraint("code", "valid_from"),
)
"""`starts` and `ends`: city time "HH:MM"; an end at or before the start is on the next day."""

rotations = Table(
    "rotations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("cycle", Text, nullable=False),
)
"""`cycle`: the days with commas between; of each the shift codes with "+" between, "-" for a free day."""

rotation_periods = Table(
    "rotation_periods",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("rotation", Text, ForeignKey("rotations.code"), nullable=False),
    Column("anchor", Date, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("person_id", "valid_from"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days_in_order"),
)

shift_entries = Table(
    "shift_entries",
    metadata,
    Column("person_id", Key, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("codes", Text, nullable=False),
    Column("on_call", Boolean, nullable=False),
    Column("reference", Text, nullable=False),
    Index(None, "day"),
)
"""`codes`: shift codes with "+" between; empty: free. What stood there before is in the audit trail."""

corrections = Table(
    "corrections",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", UtcMoment),
    Column("punch_id", Key),
    Column("code", Text, nullable=False),
    Column("undoes", Key, ForeignKey("corrections.id")),
    Column("reason", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("entered_at", UtcMoment, nullable=False),
    Column("entered_by", Text, nullable=False),
    Index(None, "person_id", "day"),
    Index(None, "day"),
)
"""Append-only: triggers refuse any change, on both databases. An undo is a row that names what it undoes."""

day_results = Table(
    "day_results",
    metadata,
    Column("day", Date, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("pack", Text, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "person_id", "day"),
)
"""Computed, and computable again at any time. `input_hash`: SHA-256 over the facts it came from; `body`: the
result as canonical JSON, the same bytes for the same facts."""

day_changes = Table(
    "day_changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, ForeignKey("people.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Index(None, "person_id", "day"),
    Index(None, "day"),
    sqlite_autoincrement=True,
)
"""How a person's result became what it is: `before` and `after` are bodies as in `day_results`, `cause` is
JSON with a code and what it needs to be told in words. Append-only: triggers refuse any change."""
