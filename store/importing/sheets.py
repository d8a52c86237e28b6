"""What a roster consists of: the kinds of sheets, and the columns of each."""

from __future__ import annotations

from enum import StrEnum


class SheetKind(StrEnum):
    """The kinds of sheets, in the order in which they depend on one another."""

    UNITS = "units"
    TERMINALS = "terminals"
    PEOPLE = "people"
    ENROLLMENTS = "enrollments"
    EXCUSES = "excuses"


REQUIRED: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.UNITS: ("code", "name", "kind", "parent_code", "office"),
    SheetKind.TERMINALS: ("serial", "name", "unit_code", "address"),
    SheetKind.PEOPLE: ("nip", "name", "unit_code", "valid_from"),
    SheetKind.ENROLLMENTS: ("nip", "pin", "valid_from"),
    SheetKind.EXCUSES: ("nip", "kind", "first_day", "last_day"),
}
"""Columns a sheet must have."""

OPTIONAL: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.UNITS: ("short_name",),
    SheetKind.TERMINALS: ("port", "driver", "follow", "interval"),
    SheetKind.PEOPLE: ("title_before", "title_after", "valid_to"),
    SheetKind.ENROLLMENTS: ("terminal_serial", "valid_to"),
    SheetKind.EXCUSES: ("reference",),
}
"""Columns a sheet may have."""


def columns(kind: SheetKind) -> tuple[str, ...]:
    """All columns of a sheet of that kind."""
    return REQUIRED[kind] + OPTIONAL[kind]


def kind_named(name: str) -> SheetKind | None:
    """The kind that a sheet's or a file's name says: "People", "people-2026", "units (3)"."""
    folded = name.strip().casefold()
    for kind in SheetKind:
        rest = folded.removeprefix(kind)
        if rest != folded and (not rest or not rest[0].isalpha()):
            return kind
    return None
