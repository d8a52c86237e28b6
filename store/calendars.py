"""Which days are worked: the calendar as decreed, and the units' work patterns."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.ids import UnitId
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import calendar_entries, work_patterns
from store.errors import StoreError
from store.spans import follow_on


class CalendarTable:
    """Every change carries its ROSTER notice and its line in the audit trail. `by` is who does it, `at` the
    city time (aware). Raises `StoreUnavailable`, and `StoreError` about an unknown unit.
    """

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def entries_between(self, first: date, last: date) -> list[CalendarEntry]:
        """Entries that touch the dates `first` through `last`."""
        query = select(calendar_entries).where(
            calendar_entries.c.first_day <= last, calendar_entries.c.last_day >= first
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(calendar_entries.c.id)).mappings()
            return [_entry(row) for row in rows]

    def add_entry(self, entry: CalendarEntry, *, by: str, at: datetime) -> None:
        """Enter what a decree sets apart; the same entry again changes nothing."""
        values = {
            "first_day": entry.first_day,
            "last_day": entry.last_day,
            "kind": entry.kind.value,
            "name": entry.name,
            "unit_id": entry.unit_id,
            "reference": entry.reference,
        }
        with self._database.write() as connection:
            same_days = select(calendar_entries).where(calendar_entries.c.first_day == entry.first_day)
            if entry in map(_entry, connection.execute(same_days).mappings()):
                return
            connection.execute(insert(calendar_entries).values(values))
            self._tell(
                connection,
                AuditLine(by, "calendar.entered", _subject(entry.unit_id), _words(entry), at),
            )

    def remove_entry(self, entry_id: int, why: str, *, by: str, at: datetime) -> CalendarEntry:
        """Take a wrong entry away; what it was. The audit trail keeps it, and why it went.

        Raises `StoreError` when there is none of that number.
        """
        mine = calendar_entries.c.id == entry_id
        with self._database.write() as connection:
            row = connection.execute(select(calendar_entries).where(mine)).mappings().one_or_none()
            if row is None:
                raise StoreError(f"the calendar has no entry number {entry_id}")
            entry = _entry(row)
            connection.execute(delete(calendar_entries).where(mine))
            detail = f"{_words(entry)}; {why}"
            self._tell(connection, AuditLine(by, "calendar.removed", _subject(entry.unit_id), detail, at))
        return entry

    def patterns(self) -> list[WorkPattern]:
        """All work patterns, of all time."""
        query = select(work_patterns).order_by(work_patterns.c.unit_id, work_patterns.c.valid_from)
        with self._database.read() as connection:
            return [_pattern(row) for row in connection.execute(query).mappings()]

    def set_pattern(self, pattern: WorkPattern, *, by: str, at: datetime) -> None:
        """Let a unit work so from its `valid_from` on: the pattern before ends on the day before; one that
        begins on the same day is replaced.
        """
        with self._database.write() as connection:
            mine = work_patterns.c.unit_id == pattern.unit_id
            follow_on(connection, work_patterns, mine, pattern.valid_from)
            values = {
                "unit_id": pattern.unit_id,
                "hours": pattern.hours,
                "works_holidays": pattern.works_holidays,
                "valid_from": pattern.valid_from,
                "valid_to": pattern.valid_to,
            }
            same_start = mine & (work_patterns.c.valid_from == pattern.valid_from)
            if not connection.execute(update(work_patterns).where(same_start).values(values)).rowcount:
                connection.execute(insert(work_patterns).values(values))
            detail = f"{pattern.hours} from {pattern.valid_from}"
            self._tell(connection, AuditLine(by, "pattern.set", _subject(pattern.unit_id), detail, at))

    def _tell(self, connection: Connection, line: AuditLine) -> None:
        note(connection, line)
        self._changes.post(connection, [Notice(Topic.ROSTER)])


def _words(entry: CalendarEntry) -> str:
    return f"{entry.kind} {entry.first_day}..{entry.last_day} {entry.name}; {entry.reference}"


def _subject(unit_id: UnitId | None) -> str:
    return "city" if unit_id is None else f"unit:{unit_id}"


def _entry(row: RowMapping) -> CalendarEntry:
    return CalendarEntry(
        first_day=row["first_day"],
        last_day=row["last_day"],
        kind=CalendarKind(row["kind"]),
        name=row["name"],
        unit_id=None if row["unit_id"] is None else UnitId(row["unit_id"]),
        reference=row["reference"],
        id=row["id"],
    )


def _pattern(row: RowMapping) -> WorkPattern:
    return WorkPattern(
        unit_id=UnitId(row["unit_id"]),
        hours=row["hours"],
        works_holidays=row["works_holidays"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
