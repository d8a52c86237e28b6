"""Writing a plan: all of it in the caller's one transaction, each thing after what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from attendance.ids import Nip, SerialNumber
from store import day_tables, schema
from store.audit import AuditLine, note
from store.importing.day_facts import (
    CalendarFact,
    EmploymentFact,
    PatternFact,
    PostFact,
    RotationFact,
    RotationPeriodFact,
    ShiftEntryFact,
    ShiftFact,
)
from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    Fact,
    PersonFact,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.plan import Plan
from store.importing.row_values import (
    Numbers,
    Values,
    person_values,
    rotation_key,
    rotation_values,
    shift_key,
    shift_values,
    unit_values,
)
from store.importing.trail import trail

T = TypeVar("T", bound=Fact)
Pair = tuple[T | None, T | None]

BATCH = 1000
"""Rows written between two reports of progress."""


class Progress(Protocol):
    """Told while an import writes."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` changes are written."""
        ...


class Writer:
    """Writes one plan. Raises the database's own errors; the caller's transaction undoes everything then."""

    def __init__(
        self, connection: Connection, plan: Plan, progress: Progress, *, actor: str, at: datetime
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._actor = actor
        self._at = at
        self._progress = progress
        self._done = 0

    def write(self) -> None:
        """Write all changes, and into the audit log what stood where something is changed."""
        self._units(self._pairs(UnitFact))
        units = self._ids(schema.units, "code")
        numbers = Numbers(units, {}, {})
        self._terminals(self._pairs(TerminalFact), numbers)
        self._people(self._pairs(PersonFact))
        numbers = Numbers(
            units,
            {SerialNumber(key): value for key, value in self._ids(schema.terminals, "serial").items()},
            {Nip(key): value for key, value in self._ids(schema.people, "nip").items()},
        )
        self._places(numbers)
        self._days(numbers)
        for line in trail(self._plan.changes, numbers.people):
            note(self._connection, AuditLine(self._actor, "roster.changed", *line, self._at))

    def _places(self, to: Numbers) -> None:
        self._dated(day_tables.terminal_posts, self._pairs(PostFact), to.post_values, to.post_key)
        self._dated(schema.placements, self._pairs(PlacementFact), to.placement_values, to.placement_key)
        self._dated(schema.enrollments, self._pairs(EnrollmentFact), to.enrollment_values, to.enrollment_key)

    def _days(self, to: Numbers) -> None:
        tables = day_tables
        self._dated(tables.employments, self._pairs(EmploymentFact), to.employment_values, to.employment_key)
        self._dated(
            tables.excuses,
            self._pairs(ExcuseFact),
            lambda fact: to.excuse_values(fact, self._actor, self._at),
            to.excuse_key,
        )
        self._dated(tables.calendar_entries, self._pairs(CalendarFact), to.calendar_values, to.calendar_key)
        self._dated(tables.work_patterns, self._pairs(PatternFact), to.pattern_values, to.pattern_key)
        self._dated(tables.shifts, self._pairs(ShiftFact), shift_values, shift_key)
        self._dated(tables.rotations, self._pairs(RotationFact), rotation_values, rotation_key)
        self._dated(
            tables.rotation_periods,
            self._pairs(RotationPeriodFact),
            to.rotation_period_values,
            to.rotation_period_key,
        )
        self._dated(
            tables.shift_entries, self._pairs(ShiftEntryFact), to.shift_entry_values, to.shift_entry_key
        )

    def _pairs(self, kind: type[T]) -> list[Pair[T]]:
        return [
            (
                change.before if isinstance(change.before, kind) else None,
                change.after if isinstance(change.after, kind) else None,
            )
            for change in self._plan.changes
            if isinstance(change.after or change.before, kind)
        ]

    def _ids(self, table: Table, key: str) -> dict[str, int]:
        return {row[0]: row[1] for row in self._connection.execute(select(table.c[key], table.c.id))}

    def _units(self, pairs: Sequence[Pair[UnitFact]]) -> None:
        """First without their parents, who may stand further down in the file."""
        table = schema.units
        facts = [after for _, after in pairs if after is not None]
        self._insert(table, [unit_values(after) for before, after in pairs if after and not before])
        ids = self._ids(table, "code")
        for fact in facts:
            parent = ids[fact.parent_code] if fact.parent_code is not None else None
            values = {**unit_values(fact), "parent_id": parent}
            self._connection.execute(update(table).where(table.c.code == fact.code).values(values))
        self._tell(sum(before is not None for before, _ in pairs))

    def _terminals(self, pairs: Sequence[Pair[TerminalFact]], to: Numbers) -> None:
        table = schema.terminals
        added = [to.terminal_values(after) for before, after in pairs if after and not before]
        self._insert(table, [{**values, "active": True, "registered_at": self._at} for values in added])
        for before, after in pairs:
            if before and after:
                values = to.terminal_values(after)
                self._connection.execute(update(table).where(table.c.serial == after.serial).values(values))
                self._tell(1)

    def _people(self, pairs: Sequence[Pair[PersonFact]]) -> None:
        table = schema.people
        self._insert(table, [person_values(after) for before, after in pairs if after and not before])
        for before, after in pairs:
            if before and after:
                self._connection.execute(
                    update(table).where(table.c.nip == after.nip).values(person_values(after))
                )
                self._tell(1)

    def _dated(
        self,
        table: Table,
        pairs: Sequence[Pair[T]],
        values: Callable[[T], Values],
        key: Callable[[T], ColumnElement[bool]],
    ) -> None:
        """Removed first, then shortened, then added: no moment in which two rows claim one day."""
        for before, after in pairs:
            if before and not after:
                self._connection.execute(delete(table).where(key(before)))
                self._tell(1)
        for before, after in pairs:
            if before and after:
                self._connection.execute(update(table).where(key(before)).values(values(after)))
                self._tell(1)
        self._insert(table, [values(after) for before, after in pairs if after and not before])

    def _insert(self, table: Table, rows: Sequence[Values]) -> None:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            self._connection.execute(insert(table), batch)
            self._tell(len(batch))

    def _tell(self, count: int) -> None:
        self._done += count
        self._progress(self._done, len(self._plan.changes))
