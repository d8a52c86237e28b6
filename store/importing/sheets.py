"""What a roster consists of: the kinds of sheets, and the columns of each."""

from __future__ import annotations

from enum import StrEnum


class SheetKind(StrEnum):
    """The kinds of sheets, in the order in which they depend on one another."""

    UNITS = "units"
    TERMINALS = "terminals"
    PEOPLE = "people"
    EMPLOYMENTS = "employments"
    ENROLLMENTS = "enrollments"
    EXCUSES = "excuses"
    CALENDAR = "calendar"
    PATTERNS = "patterns"
    SHIFTS = "shifts"
    ROTATIONS = "rotations"
    ROTATION_PERIODS = "rotation_periods"
    ROSTER = "roster"
    """Who works which shift on which day: a row for each day, or a row for each month with a column a day."""


MONTH_DAYS = tuple(str(day) for day in range(1, 32))
"""The columns of a month's roster, as everybody draws it."""

REQUIRED: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.UNITS: ("code", "name", "kind", "parent_code", "office"),
    SheetKind.TERMINALS: ("serial", "name", "unit_code", "address"),
    SheetKind.PEOPLE: ("nip", "name", "unit_code", "valid_from"),
    SheetKind.EMPLOYMENTS: ("nip", "state", "valid_from"),
    SheetKind.ENROLLMENTS: ("nip", "pin", "valid_from"),
    SheetKind.EXCUSES: ("nip", "kind", "first_day", "last_day"),
    SheetKind.CALENDAR: ("first_day", "kind", "name"),
    SheetKind.PATTERNS: ("unit_code", "hours", "works_holidays", "valid_from"),
    SheetKind.SHIFTS: ("code", "name", "starts", "ends", "valid_from"),
    SheetKind.ROTATIONS: ("code", "name", "cycle"),
    SheetKind.ROTATION_PERIODS: ("nip", "rotation", "anchor", "valid_from"),
    SheetKind.ROSTER: ("nip",),
}
"""Columns a sheet must have."""

OPTIONAL: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.UNITS: ("short_name",),
    SheetKind.TERMINALS: ("port", "driver", "follow", "interval", "district", "posted_from"),
    SheetKind.PEOPLE: ("title_before", "title_after", "valid_to"),
    SheetKind.EMPLOYMENTS: ("valid_to", "reference"),
    SheetKind.ENROLLMENTS: ("terminal_serial", "valid_to", "effective_at"),
    SheetKind.EXCUSES: ("reference", "first_time", "last_time", "place_code"),
    SheetKind.CALENDAR: ("last_day", "unit_code", "reference"),
    SheetKind.PATTERNS: ("valid_to",),
    SheetKind.SHIFTS: (),
    SheetKind.ROTATIONS: (),
    SheetKind.ROTATION_PERIODS: ("valid_to",),
    SheetKind.ROSTER: ("day", "codes", "month", *MONTH_DAYS, "reference"),
}
"""Columns a sheet may have."""

FORMS: dict[SheetKind, tuple[tuple[str, ...], ...]] = {SheetKind.ROSTER: (("day", "codes"), ("month",))}
"""Of a sheet that comes in several forms: the columns of each, all of which one of the forms must have."""


def columns(kind: SheetKind) -> tuple[str, ...]:
    """All columns of a sheet of that kind."""
    return REQUIRED[kind] + OPTIONAL[kind]


def kind_named(name: str) -> SheetKind | None:
    """The kind that a sheet's or a file's name says: "People", "people-2026", "units (3)"."""
    folded = name.strip().casefold().replace(" ", "_")
    for kind in SheetKind:
        rest = folded.removeprefix(kind)
        if rest != folded and (not rest or not rest[0].isalpha()):
            return kind
    return None
