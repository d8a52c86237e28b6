"""Facts of roster files as rows of the tables, and which row a dated fact is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Column, ColumnElement, and_

from attendance.ids import Nip, SerialNumber
from store import day_tables, schema
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
    PersonFact,
    PlacementFact,
    TerminalFact,
    UnitFact,
)

Values = dict[str, object]
Key = ColumnElement[bool]


def unit_values(fact: UnitFact) -> Values:
    """Without the parent."""
    return {
        "code": fact.code,
        "name": fact.name,
        "short_name": fact.short_name,
        "kind": fact.kind.value,
        "office": fact.office,
    }


def person_values(fact: PersonFact) -> Values:
    """All of it."""
    return {
        "nip": fact.nip,
        "name": fact.name,
        "title_before": fact.title_before,
        "title_after": fact.title_after,
    }


def shift_values(fact: ShiftFact) -> Values:
    """All of it."""
    return {
        "code": fact.code,
        "name": fact.name,
        "starts": clock(fact.starts),
        "ends": clock(fact.ends),
        "valid_from": fact.valid_from,
    }


def shift_key(fact: ShiftFact) -> Key:
    """Code and first day."""
    return and_(day_tables.shifts.c.code == fact.code, day_tables.shifts.c.valid_from == fact.valid_from)


def rotation_values(fact: RotationFact) -> Values:
    """All of it."""
    cycle = ",".join("+".join(day) or "-" for day in fact.cycle)
    return {"code": fact.code, "name": fact.name, "cycle": cycle}


def rotation_key(fact: RotationFact) -> Key:
    """The code."""
    return day_tables.rotations.c.code == fact.code


@dataclass(frozen=True, slots=True)
class Numbers:
    """The store's numbers of what files name by code, serial number and NIP."""

    units: Mapping[str, int]
    terminals: Mapping[SerialNumber, int]
    people: Mapping[Nip, int]

    def post_values(self, fact: PostFact) -> Values:
        """All of it."""
        return {
            "terminal_id": self.terminals[fact.serial],
            "unit_id": self.units[fact.unit_code],
            "valid_from": fact.first_day,
            "valid_to": fact.last_day,
        }

    def post_key(self, fact: PostFact) -> Key:
        """Terminal and first day."""
        table = day_tables.terminal_posts
        return and_(table.c.terminal_id == self.terminals[fact.serial], table.c.valid_from == fact.first_day)

    def placement_values(self, fact: PlacementFact) -> Values:
        """All of it."""
        return {
            "person_id": self.people[fact.nip],
            "unit_id": self.units[fact.period.value],
            "valid_from": fact.period.first,
            "valid_to": fact.period.last,
        }

    def placement_key(self, fact: PlacementFact) -> Key:
        """Person and first day."""
        table = schema.placements
        return and_(table.c.person_id == self.people[fact.nip], table.c.valid_from == fact.period.first)

    def enrollment_values(self, fact: EnrollmentFact) -> Values:
        """All of it."""
        owner = fact.owner
        return {
            "person_id": self.people[owner.nip],
            "pin": owner.pin,
            "terminal_id": None if owner.serial is None else self.terminals[owner.serial],
            "valid_from": fact.period.first,
            "valid_to": fact.period.last,
            "effective_at": fact.effective_at,
        }

    def enrollment_key(self, fact: EnrollmentFact) -> Key:
        """Person, PIN, scope and first day."""
        table, owner = schema.enrollments, fact.owner
        return and_(
            table.c.person_id == self.people[owner.nip],
            table.c.pin == owner.pin,
            table.c.valid_from == fact.period.first,
            _same(table.c.terminal_id, None if owner.serial is None else self.terminals[owner.serial]),
        )

    def excuse_values(self, fact: ExcuseFact, actor: str, at: datetime) -> Values:
        """All of it, entered by `actor` at `at`."""
        return {
            "person_id": self.people[fact.nip],
            "code": fact.code.value,
            "first_day": fact.first_day,
            "last_day": fact.last_day,
            "first_time": None if fact.first_time is None else clock(fact.first_time),
            "last_time": None if fact.last_time is None else clock(fact.last_time),
            "place_id": None if fact.place_code is None else self.units[fact.place_code],
            "reference": fact.reference,
            "entered_at": at,
            "entered_by": actor,
        }

    def excuse_key(self, fact: ExcuseFact) -> Key:
        """Of those that hold: person, code and beginning."""
        table = day_tables.excuses
        return and_(
            table.c.person_id == self.people[fact.nip],
            table.c.code == fact.code.value,
            table.c.first_day == fact.first_day,
            _same(table.c.first_time, None if fact.first_time is None else clock(fact.first_time)),
            table.c.withdrawn_at.is_(None),
        )

    def employment_values(self, fact: EmploymentFact) -> Values:
        """All of it."""
        return {
            "person_id": self.people[fact.nip],
            "state": fact.state.value,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "reference": fact.reference,
        }

    def employment_key(self, fact: EmploymentFact) -> Key:
        """Person and first day."""
        table = day_tables.employments
        return and_(table.c.person_id == self.people[fact.nip], table.c.valid_from == fact.valid_from)

    def calendar_values(self, fact: CalendarFact) -> Values:
        """All of it."""
        return {
            "first_day": fact.first_day,
            "last_day": fact.last_day,
            "kind": fact.kind.value,
            "name": fact.name,
            "unit_id": None if fact.unit_code is None else self.units[fact.unit_code],
            "reference": fact.reference,
        }

    def calendar_key(self, fact: CalendarFact) -> Key:
        """Kind, first day and unit."""
        table = day_tables.calendar_entries
        return and_(
            table.c.kind == fact.kind.value,
            table.c.first_day == fact.first_day,
            _same(table.c.unit_id, None if fact.unit_code is None else self.units[fact.unit_code]),
        )

    def pattern_values(self, fact: PatternFact) -> Values:
        """All of it."""
        return {
            "unit_id": self.units[fact.unit_code],
            "hours": fact.period.value.hours,
            "works_holidays": fact.period.value.works_holidays,
            "valid_from": fact.period.first,
            "valid_to": fact.period.last,
        }

    def pattern_key(self, fact: PatternFact) -> Key:
        """Unit and first day."""
        table = day_tables.work_patterns
        return and_(table.c.unit_id == self.units[fact.unit_code], table.c.valid_from == fact.period.first)

    def rotation_period_values(self, fact: RotationPeriodFact) -> Values:
        """All of it."""
        return {
            "person_id": self.people[fact.nip],
            "rotation": fact.period.value.rotation,
            "anchor": fact.period.value.anchor,
            "valid_from": fact.period.first,
            "valid_to": fact.period.last,
        }

    def rotation_period_key(self, fact: RotationPeriodFact) -> Key:
        """Person and first day."""
        table = day_tables.rotation_periods
        return and_(table.c.person_id == self.people[fact.nip], table.c.valid_from == fact.period.first)

    def shift_entry_values(self, fact: ShiftEntryFact) -> Values:
        """All of it."""
        return {
            "person_id": self.people[fact.nip],
            "day": fact.day,
            "codes": "+".join(fact.codes),
            "on_call": fact.on_call,
            "reference": fact.reference,
        }

    def shift_entry_key(self, fact: ShiftEntryFact) -> Key:
        """Person and day."""
        table = day_tables.shift_entries
        return and_(table.c.person_id == self.people[fact.nip], table.c.day == fact.day)

    def terminal_values(self, fact: TerminalFact) -> Values:
        """All of it."""
        return {
            "serial": fact.serial,
            "name": fact.name,
            "unit_id": self.units[fact.unit_code],
            "address": fact.address,
            "port": fact.port,
            "driver": fact.driver,
            "follow": fact.follow.value,
            "interval": fact.interval,
            "district": fact.district,
        }


def clock(value: time) -> str:
    """City time as the tables keep it."""
    return f"{value:%H:%M}"


def _same(column: Column[object], value: object) -> Key:
    return column.is_(None) if value is None else column == value
