"""Writing a plan: all of it in the caller's one transaction, each thing after what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update

from attendance.ids import Nip, SerialNumber
from store import day_tables, schema
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

T = TypeVar("T", bound=Fact)
Pair = tuple[T | None, T | None]

BATCH = 1000
"""Rows written between two reports of progress."""


class Progress(Protocol):
    """Told while an import writes."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` changes are written."""
        ...


Values = dict[str, object]


class Writer:
    """Writes one plan. Raises the database's own errors; the caller's transaction undoes everything then."""

    def __init__(self, connection: Connection, plan: Plan, progress: Progress) -> None:
        self._connection = connection
        self._plan = plan
        self._progress = progress
        self._done = 0

    def write(self) -> None:
        """Write all changes."""
        self._units(self._pairs(UnitFact))
        units = self._ids(schema.units, "code")
        self._terminals(self._pairs(TerminalFact), units)
        terminals = {SerialNumber(key): value for key, value in self._ids(schema.terminals, "serial").items()}
        self._people(self._pairs(PersonFact))
        people = {Nip(key): value for key, value in self._ids(schema.people, "nip").items()}
        self._dated(
            schema.placements,
            self._pairs(PlacementFact),
            lambda fact: _placement_values(fact, people, units),
            lambda fact: and_(
                schema.placements.c.person_id == people[fact.nip],
                schema.placements.c.valid_from == fact.period.first,
            ),
        )
        self._dated(
            schema.enrollments,
            self._pairs(EnrollmentFact),
            lambda fact: _enrollment_values(fact, people, terminals),
            lambda fact: _enrollment_key(fact, people, terminals),
        )
        self._dated(
            day_tables.excuses,
            self._pairs(ExcuseFact),
            lambda fact: _excuse_values(fact, people),
            lambda fact: and_(
                day_tables.excuses.c.person_id == people[fact.nip],
                day_tables.excuses.c.code == fact.code.value,
                day_tables.excuses.c.first_day == fact.first_day,
                day_tables.excuses.c.last_day == fact.last_day,
            ),
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
        self._insert(table, [_unit_values(after) for before, after in pairs if after and not before])
        ids = self._ids(table, "code")
        for fact in facts:
            parent = ids[fact.parent_code] if fact.parent_code is not None else None
            values = {**_unit_values(fact), "parent_id": parent}
            self._connection.execute(update(table).where(table.c.code == fact.code).values(values))
        self._tell(sum(before is not None for before, _ in pairs))

    def _terminals(self, pairs: Sequence[Pair[TerminalFact]], units: Mapping[str, int]) -> None:
        table = schema.terminals
        added = [_terminal_values(after, units) for before, after in pairs if after and not before]
        self._insert(table, [{**values, "active": True} for values in added])
        for before, after in pairs:
            if before and after:
                values = _terminal_values(after, units)
                self._connection.execute(update(table).where(table.c.serial == after.serial).values(values))
                self._tell(1)

    def _people(self, pairs: Sequence[Pair[PersonFact]]) -> None:
        table = schema.people
        self._insert(table, [_person_values(after) for before, after in pairs if after and not before])
        for before, after in pairs:
            if before and after:
                self._connection.execute(
                    update(table).where(table.c.nip == after.nip).values(_person_values(after))
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


def _unit_values(fact: UnitFact) -> Values:
    return {
        "code": fact.code,
        "name": fact.name,
        "short_name": fact.short_name,
        "kind": fact.kind.value,
        "office": fact.office,
    }


def _terminal_values(fact: TerminalFact, units: Mapping[str, int]) -> Values:
    return {
        "serial": fact.serial,
        "name": fact.name,
        "unit_id": units[fact.unit_code],
        "address": fact.address,
        "port": fact.port,
        "driver": fact.driver,
        "follow": fact.follow.value,
        "interval": fact.interval,
    }


def _person_values(fact: PersonFact) -> Values:
    return {
        "nip": fact.nip,
        "name": fact.name,
        "title_before": fact.title_before,
        "title_after": fact.title_after,
    }


def _placement_values(fact: PlacementFact, people: Mapping[Nip, int], units: Mapping[str, int]) -> Values:
    return {
        "person_id": people[fact.nip],
        "unit_id": units[fact.period.value],
        "valid_from": fact.period.first,
        "valid_to": fact.period.last,
    }


def _enrollment_values(
    fact: EnrollmentFact, people: Mapping[Nip, int], terminals: Mapping[SerialNumber, int]
) -> Values:
    owner = fact.owner
    return {
        "person_id": people[owner.nip],
        "pin": owner.pin,
        "terminal_id": terminals[owner.serial] if owner.serial is not None else None,
        "valid_from": fact.period.first,
        "valid_to": fact.period.last,
    }


def _enrollment_key(
    fact: EnrollmentFact, people: Mapping[Nip, int], terminals: Mapping[SerialNumber, int]
) -> ColumnElement[bool]:
    table, owner = schema.enrollments, fact.owner
    where: ColumnElement[bool] = table.c.terminal_id.is_(None)
    if owner.serial is not None:
        where = table.c.terminal_id == terminals[owner.serial]
    return and_(
        table.c.person_id == people[owner.nip],
        table.c.pin == owner.pin,
        table.c.valid_from == fact.period.first,
        where,
    )


def _excuse_values(fact: ExcuseFact, people: Mapping[Nip, int]) -> Values:
    return {
        "person_id": people[fact.nip],
        "code": fact.code.value,
        "entered_by": "",
        "first_day": fact.first_day,
        "last_day": fact.last_day,
        "reference": fact.reference,
    }
