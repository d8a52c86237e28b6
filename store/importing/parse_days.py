"""From rows of text to entries that say who is to work when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from attendance.calendar import SHIFT_HOURS, CalendarKind
from attendance.people import EmploymentState
from store.importing import day_cells
from store.importing.cells import Cells
from store.importing.day_facts import (
    CalendarFact,
    EmploymentFact,
    PatternFact,
    RotationFact,
    RotationPeriodFact,
    ShiftEntryFact,
    ShiftFact,
    Turn,
    Worked,
)
from store.importing.entries import Entries, Entry
from store.importing.periods import Period
from store.importing.sheets import MONTH_DAYS, SheetKind
from store.importing.tables import Row


@dataclass(slots=True)
class DayEntries:
    """Collects the valid rows."""

    hours: Collection[str] | None
    """The names that hours may have beside "shift"; None: not checked."""
    employments: list[Entry[EmploymentFact]] = field(default_factory=list)
    calendar: list[Entry[CalendarFact]] = field(default_factory=list)
    patterns: list[Entry[PatternFact]] = field(default_factory=list)
    shifts: list[Entry[ShiftFact]] = field(default_factory=list)
    rotations: list[Entry[RotationFact]] = field(default_factory=list)
    rotation_periods: list[Entry[RotationPeriodFact]] = field(default_factory=list)
    shift_entries: list[Entry[ShiftEntryFact]] = field(default_factory=list)

    def take(self, kind: SheetKind, row: Row, cells: Cells) -> None:
        """Read a row of such a sheet; other kinds are passed over."""
        match kind:
            case SheetKind.EMPLOYMENTS:
                self.employments += _employment(row, cells)
            case SheetKind.CALENDAR:
                self.calendar += _calendar(row, cells)
            case SheetKind.PATTERNS:
                self.patterns += self._pattern(row, cells)
            case SheetKind.SHIFTS:
                self.shifts += _shift(row, cells)
            case SheetKind.ROTATIONS:
                self.rotations += _rotation(row, cells)
            case SheetKind.ROTATION_PERIODS:
                self.rotation_periods += _rotation_period(row, cells)
            case SheetKind.ROSTER:
                self.shift_entries += _roster(row, cells)

    def joined(self, entries: Entries) -> Entries:
        """`entries` with these beside them."""
        return replace(
            entries,
            employments=self.employments,
            calendar=self.calendar,
            patterns=self.patterns,
            shifts=self.shifts,
            rotations=self.rotations,
            rotation_periods=self.rotation_periods,
            shift_entries=self.shift_entries,
        )

    def _pattern(self, row: Row, cells: Cells) -> list[Entry[PatternFact]]:
        unit = cells.code("unit_code")
        hours = cells.code("hours")
        if hours and self.hours is not None:
            cells.known("hours", {*self.hours, SHIFT_HOURS}, hours)
        holidays = cells.yes("works_holidays")
        days = cells.days("valid_from", "valid_to", open_end=True)
        if not cells.well or days is None:
            return []
        return [Entry(row, PatternFact(unit, Period(Worked(hours, holidays), *days)))]


def _employment(row: Row, cells: Cells) -> list[Entry[EmploymentFact]]:
    nip, state = cells.nip("nip"), cells.choice("state", EmploymentState)
    days = cells.days("valid_from", "valid_to", open_end=True)
    reference = cells.text("reference", required=False)
    if not cells.well or state is None or days is None:
        return []
    return [Entry(row, EmploymentFact(nip, state, *days, reference))]


def _calendar(row: Row, cells: Cells) -> list[Entry[CalendarFact]]:
    kind, name = cells.choice("kind", CalendarKind), cells.text("name")
    days = cells.days("first_day", "last_day", open_end=True)
    unit = cells.code("unit_code", required=False) or None
    reference = cells.text("reference", required=False)
    if not cells.well or kind is None or days is None:
        return []
    return [Entry(row, CalendarFact(days[0], days[1] or days[0], kind, name, unit, reference))]


def _shift(row: Row, cells: Cells) -> list[Entry[ShiftFact]]:
    code, name = day_cells.shift_code(cells, "code"), cells.text("name")
    starts, ends = day_cells.clock_time(cells, "starts"), day_cells.clock_time(cells, "ends")
    valid_from = cells.day("valid_from")
    if not cells.well or starts is None or ends is None or valid_from is None:
        return []
    return [Entry(row, ShiftFact(code, name, starts, ends, valid_from))]


def _rotation(row: Row, cells: Cells) -> list[Entry[RotationFact]]:
    code, name, cycle = cells.code("code"), cells.text("name"), day_cells.cycle(cells, "cycle")
    return [Entry(row, RotationFact(code, name, cycle))] if cells.well else []


def _rotation_period(row: Row, cells: Cells) -> list[Entry[RotationPeriodFact]]:
    nip, rotation, anchor = cells.nip("nip"), cells.code("rotation"), cells.day("anchor")
    days = cells.days("valid_from", "valid_to", open_end=True)
    if not cells.well or anchor is None or days is None:
        return []
    return [Entry(row, RotationPeriodFact(nip, Period(Turn(rotation, anchor), *days)))]


Planned = tuple[date, str, tuple[str, ...], bool]
"""A day, the column that says it, shift codes, whether on call."""


def _month(row: Row, cells: Cells) -> list[Planned]:
    """Empty cells say nothing: what is known of those days stays."""
    found = day_cells.month(cells, "month")
    if found is None:
        return []
    first, length = found
    planned: list[Planned] = []
    for column in MONTH_DAYS:
        if not row.values[column]:
            continue
        if int(column) > length:
            cells.refuse(column, f"{first:%Y-%m} has no day {column}", "leave the cell empty")
        elif (shifts := day_cells.shifts_of_day(cells, column)) is not None:
            planned.append((first.replace(day=int(column)), column, *shifts))
    return planned


def _roster(row: Row, cells: Cells) -> list[Entry[ShiftEntryFact]]:
    nip, reference = cells.nip("nip"), cells.text("reference", required=False)
    if cells.value("month"):
        if cells.value("day") or cells.value("codes"):
            cells.refuse(
                "month", "stands beside a single day", "write either month and 1 to 31, or day and codes"
            )
        found = _month(row, cells)
    else:
        day = cells.day("day")
        shifts = day_cells.shifts_of_day(cells, "codes")
        found = [] if day is None or shifts is None else [(day, "codes", *shifts)]
    if not cells.well:
        return []
    return [
        Entry(row, ShiftEntryFact(nip, day, codes, on_call, reference), column)
        for day, column, codes, on_call in found
    ]
