"""What a valid row of a roster file says, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from store.importing.day_facts import (
    CalendarFact,
    EmploymentFact,
    PatternFact,
    RotationFact,
    RotationPeriodFact,
    ShiftEntryFact,
    ShiftFact,
)
from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    PersonFact,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.tables import Row

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A row of a units sheet."""

    row: Row
    unit: UnitFact


@dataclass(frozen=True, slots=True)
class TerminalEntry:
    """A row of a terminals sheet."""

    row: Row
    terminal: TerminalFact
    posted_from: date
    """If its unit changes: the first day at the new one."""


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A row of a people sheet: the person, and one placement."""

    row: Row
    person: PersonFact
    placement: PlacementFact


@dataclass(frozen=True, slots=True)
class EnrollmentEntry:
    """A row of an enrollments sheet."""

    row: Row
    enrollment: EnrollmentFact


@dataclass(frozen=True, slots=True)
class ExcuseEntry:
    """A row of an excuses sheet."""

    row: Row
    excuse: ExcuseFact


@dataclass(frozen=True, slots=True)
class Entry(Generic[F]):
    """A fact that a row states, or a cell of it."""

    row: Row
    fact: F
    column: str = ""
    """The cell that says it; empty: the whole row."""


@dataclass(frozen=True, slots=True)
class Entries:
    """All valid rows of an import."""

    units: Sequence[UnitEntry] = field(default_factory=list)
    terminals: Sequence[TerminalEntry] = field(default_factory=list)
    people: Sequence[PersonEntry] = field(default_factory=list)
    enrollments: Sequence[EnrollmentEntry] = field(default_factory=list)
    excuses: Sequence[ExcuseEntry] = field(default_factory=list)
    employments: Sequence[Entry[EmploymentFact]] = field(default_factory=list)
    calendar: Sequence[Entry[CalendarFact]] = field(default_factory=list)
    patterns: Sequence[Entry[PatternFact]] = field(default_factory=list)
    shifts: Sequence[Entry[ShiftFact]] = field(default_factory=list)
    rotations: Sequence[Entry[RotationFact]] = field(default_factory=list)
    rotation_periods: Sequence[Entry[RotationPeriodFact]] = field(default_factory=list)
    shift_entries: Sequence[Entry[ShiftEntryFact]] = field(default_factory=list)

    @property
    def roster_days(self) -> tuple[date, date] | None:
        """The first and the last day of which shift entries speak; None: of none."""
        days = [entry.fact.day for entry in self.shift_entries]
        return (min(days), max(days)) if days else None
