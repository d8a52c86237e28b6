"""What a valid row of a roster file says, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    PersonFact,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.tables import Row


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
class Entries:
    """All valid rows of an import."""

    units: Sequence[UnitEntry] = field(default_factory=list)
    terminals: Sequence[TerminalEntry] = field(default_factory=list)
    people: Sequence[PersonEntry] = field(default_factory=list)
    enrollments: Sequence[EnrollmentEntry] = field(default_factory=list)
    excuses: Sequence[ExcuseEntry] = field(default_factory=list)
