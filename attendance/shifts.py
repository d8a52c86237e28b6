"""Named shifts, rotations, and who works what when. The work date belongs to the shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from attendance.ids import PersonId


@dataclass(frozen=True, slots=True)
class Shift:
    """A named stretch of work, in city time, from `valid_from` until a newer one of the same code."""

    code: str
    """What stands in a roster's cells: "P", "S", "M". Upper case, no blanks."""
    name: str
    starts: time
    ends: time
    """At or before `starts`: on the next day."""
    valid_from: date


@dataclass(frozen=True, slots=True)
class Rotation:
    """A pattern that repeats: the shift codes of each of its days; an empty day is free."""

    code: str
    name: str
    cycle: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class RotationPeriod:
    """Who follows a rotation, from `valid_from` through `valid_to` (None: still)."""

    person_id: PersonId
    rotation: str
    anchor: date
    """A date on which the first day of the cycle falls."""
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ShiftEntry:
    """What one person works on one date by the roster: wins over rotation and unit hours."""

    person_id: PersonId
    day: date
    codes: tuple[str, ...]
    """Shift codes; two for a double shift; none: free."""
    on_call: bool
    """Siaga, beside or in place of shifts."""
    reference: str
