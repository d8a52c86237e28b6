"""Who is to work when, as the store holds it, read into the words of roster files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, time

from sqlalchemy import Connection, select

from attendance.calendar import CalendarKind
from attendance.ids import Nip, SerialNumber
from attendance.people import EmploymentState
from store import day_tables as tables
from store.importing.day_facts import (
    CalendarFact,
    CalendarKey,
    DayState,
    EmploymentFact,
    PostFact,
    RotationFact,
    ShiftEntryFact,
    ShiftFact,
    Turn,
    Worked,
)
from store.importing.periods import Period


class DayReader:
    """Reads within the caller's transaction. `units`, `serials`, `nips`: what each number means."""

    def __init__(
        self,
        connection: Connection,
        units: Mapping[int, str],
        serials: Mapping[int, SerialNumber],
        nips: Mapping[int, Nip],
    ) -> None:
        self._connection = connection
        self._units = units
        self._serials = serials
        self._nips = nips

    def read(self, roster_days: tuple[date, date] | None) -> DayState:
        """All of it, but shift entries of these days only, first through last."""
        return DayState(
            posts=self._posts(),
            employments=self._employments(),
            calendar=self._calendar(),
            patterns=self._patterns(),
            shifts=self._shifts(),
            rotations={
                row.code: RotationFact(row.code, row.name, read_cycle(row.cycle))
                for row in self._connection.execute(select(tables.rotations))
            },
            rotation_periods=self._rotation_periods(),
            shift_entries=self._shift_entries(*roster_days) if roster_days else {},
        )

    def _posts(self) -> dict[SerialNumber, tuple[PostFact, ...]]:
        posts: dict[SerialNumber, list[PostFact]] = defaultdict(list)
        table = tables.terminal_posts
        for row in self._connection.execute(select(table).where(table.c.valid_to.is_not(None))):
            serial = self._serials[row.terminal_id]
            posts[serial].append(PostFact(serial, self._units[row.unit_id], row.valid_from, row.valid_to))
        return {serial: tuple(found) for serial, found in posts.items()}

    def _employments(self) -> dict[tuple[Nip, date], EmploymentFact]:
        found = (
            EmploymentFact(
                self._nips[row.person_id],
                EmploymentState(row.state),
                row.valid_from,
                row.valid_to,
                row.reference,
            )
            for row in self._connection.execute(select(tables.employments))
        )
        return {fact.key: fact for fact in found}

    def _calendar(self) -> dict[CalendarKey, CalendarFact]:
        table = tables.calendar_entries
        found = (
            CalendarFact(
                row.first_day,
                row.last_day,
                CalendarKind(row.kind),
                row.name,
                None if row.unit_id is None else self._units[row.unit_id],
                row.reference,
            )
            for row in self._connection.execute(select(table).order_by(table.c.id))
        )
        return {fact.key: fact for fact in found}

    def _patterns(self) -> dict[str, tuple[Period[Worked], ...]]:
        patterns: dict[str, list[Period[Worked]]] = defaultdict(list)
        table = tables.work_patterns
        for row in self._connection.execute(select(table).order_by(table.c.valid_from)):
            worked = Worked(row.hours, row.works_holidays)
            patterns[self._units[row.unit_id]].append(Period(worked, row.valid_from, row.valid_to))
        return {unit: tuple(periods) for unit, periods in patterns.items()}

    def _shifts(self) -> dict[tuple[str, date], ShiftFact]:
        found = (
            ShiftFact(
                row.code,
                row.name,
                time.fromisoformat(row.starts),
                time.fromisoformat(row.ends),
                row.valid_from,
            )
            for row in self._connection.execute(select(tables.shifts))
        )
        return {fact.key: fact for fact in found}

    def _rotation_periods(self) -> dict[Nip, tuple[Period[Turn], ...]]:
        turns: dict[Nip, list[Period[Turn]]] = defaultdict(list)
        table = tables.rotation_periods
        for row in self._connection.execute(select(table).order_by(table.c.valid_from)):
            turn = Turn(row.rotation, row.anchor)
            turns[self._nips[row.person_id]].append(Period(turn, row.valid_from, row.valid_to))
        return {nip: tuple(periods) for nip, periods in turns.items()}

    def _shift_entries(self, first: date, last: date) -> dict[tuple[Nip, date], ShiftEntryFact]:
        table = tables.shift_entries
        found = (
            ShiftEntryFact(
                self._nips[row.person_id], row.day, read_codes(row.codes), row.on_call, row.reference
            )
            for row in self._connection.execute(
                select(table).where(table.c.day >= first, table.c.day <= last)
            )
        )
        return {fact.key: fact for fact in found}


def read_codes(text: str) -> tuple[str, ...]:
    """Shift codes as the store keeps them, with "+" between."""
    return tuple(text.split("+")) if text else ()


def read_cycle(text: str) -> tuple[tuple[str, ...], ...]:
    """A rotation's days as the store keeps them."""
    return tuple(() if day == "-" else read_codes(day) for day in text.split(","))
