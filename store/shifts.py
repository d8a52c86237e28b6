"""Named shifts, rotations, and the shift roster: who works what when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from attendance.ids import PersonId
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import rotation_periods, rotations, shift_entries, shifts
from store.errors import StoreError
from store.few import among
from store.spans import follow_on

FREE = "-"
"""A day of a rotation's cycle on which nothing is worked."""

PersonDate = tuple[PersonId, date]
EntryChange = tuple[ShiftEntry | None, ShiftEntry | None]
"""A day of the roster before and after; None: nothing stands there."""


class ShiftTable:
    """Every change carries its notice and its line in the audit trail. `by` is who does it, `at` the city
    time (aware). Raises `StoreUnavailable`, and `StoreError` about somebody or something unknown.
    """

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    # --- shifts and rotations -----------------------------------------------------------------------------

    def shifts(self) -> list[Shift]:
        """All shifts, of all time."""
        with self._database.read() as connection:
            rows = connection.execute(select(shifts).order_by(shifts.c.code, shifts.c.valid_from)).mappings()
            return [_shift(row) for row in rows]

    def define(self, shift: Shift, *, by: str, at: datetime) -> None:
        """Let a shift be worked so from its `valid_from` on; one of the same code and day is replaced."""
        values = {
            "code": shift.code,
            "name": shift.name,
            "starts": f"{shift.starts:%H:%M}",
            "ends": f"{shift.ends:%H:%M}",
            "valid_from": shift.valid_from,
        }
        same = (shifts.c.code == shift.code) & (shifts.c.valid_from == shift.valid_from)
        with self._database.write() as connection:
            if not connection.execute(update(shifts).where(same).values(values)).rowcount:
                connection.execute(insert(shifts).values(values))
            detail = f"{shift.name} {shift.starts:%H:%M}-{shift.ends:%H:%M} from {shift.valid_from}"
            self._tell_all(connection, AuditLine(by, "shift.defined", f"shift:{shift.code}", detail, at))

    def rotations(self) -> list[Rotation]:
        """All rotations."""
        with self._database.read() as connection:
            rows = connection.execute(select(rotations).order_by(rotations.c.code)).mappings()
            return [_rotation(row) for row in rows]

    def add_rotation(self, rotation: Rotation, *, by: str, at: datetime) -> None:
        """Enter a rotation; one of the same code is replaced."""
        values = {"code": rotation.code, "name": rotation.name, "cycle": cycle_text(rotation.cycle)}
        with self._database.write() as connection:
            same = rotations.c.code == rotation.code
            if not connection.execute(update(rotations).where(same).values(values)).rowcount:
                connection.execute(insert(rotations).values(values))
            subject = f"rotation:{rotation.code}"
            self._tell_all(connection, AuditLine(by, "rotation.defined", subject, values["cycle"], at))

    def periods(self) -> list[RotationPeriod]:
        """Who follows which rotation, of all time."""
        query = select(rotation_periods).order_by(rotation_periods.c.id)
        with self._database.read() as connection:
            return [_period(row) for row in connection.execute(query).mappings()]

    def follow(self, period: RotationPeriod, *, by: str, at: datetime) -> None:
        """Let a person follow a rotation: the one before ends on the day before."""
        values = {
            "person_id": period.person_id,
            "rotation": period.rotation,
            "anchor": period.anchor,
            "valid_from": period.valid_from,
            "valid_to": period.valid_to,
        }
        with self._database.write() as connection:
            mine = rotation_periods.c.person_id == period.person_id
            follow_on(connection, rotation_periods, mine, period.valid_from)
            same_start = mine & (rotation_periods.c.valid_from == period.valid_from)
            if not connection.execute(update(rotation_periods).where(same_start).values(values)).rowcount:
                connection.execute(insert(rotation_periods).values(values))
            detail = f"{period.rotation} from {period.valid_from}"
            subject = f"person:{period.person_id}"
            self._tell_all(connection, AuditLine(by, "rotation.followed", subject, detail, at))

    # --- the roster ---------------------------------------------------------------------------------------

    def entries_between(
        self, first: date, last: date, person_ids: Collection[PersonId] | None = None
    ) -> list[ShiftEntry]:
        """What the roster says for `first` through `last`; where given, only of these people."""
        query = select(shift_entries).where(shift_entries.c.day >= first, shift_entries.c.day <= last)
        order = query.order_by(shift_entries.c.day, shift_entries.c.person_id)
        with self._database.read() as connection:
            rows = among(connection, order, shift_entries.c.person_id, person_ids)
            return [_entry(row) for row in rows]

    def set_entries(self, entries: Sequence[ShiftEntry], *, by: str, at: datetime) -> int:
        """Enter days of the roster, each in place of what stood there; how many are different now."""
        with self._database.write() as connection:
            changed = self._set(connection, entries)
            self._tell(connection, changed, by, "roster.entered", at)
        return len(changed)

    def clear_entries(self, dates: Iterable[PersonDate], *, by: str, at: datetime) -> int:
        """Take days off the roster: rotation or unit hours hold there again; how many stood there."""
        gone: list[EntryChange] = []
        with self._database.write() as connection:
            for person_id, day in dates:
                here = _here(person_id, day)
                row = connection.execute(select(shift_entries).where(here)).mappings().one_or_none()
                if row is not None:
                    gone.append((_entry(row), None))
                    connection.execute(delete(shift_entries).where(here))
            self._tell(connection, gone, by, "roster.cleared", at)
        return len(gone)

    def swap(
        self, one: PersonId, other: PersonId, day: date, reference: str, *, by: str, at: datetime
    ) -> None:
        """Let two people work each other's shifts on a date; over two dates it takes two swaps.

        Raises `StoreError` when the roster does not say what either works.
        """
        with self._database.write() as connection:
            found = {person: self._entry_at(connection, (person, day)) for person in (one, other)}
            swapped = [
                ShiftEntry(mine, day, found[theirs].codes, found[theirs].on_call, reference)
                for mine, theirs in ((one, other), (other, one))
            ]
            self._tell(connection, self._set(connection, swapped), by, "roster.swapped", at)

    def _entry_at(self, connection: Connection, date_of: PersonDate) -> ShiftEntry:
        query = select(shift_entries).where(_here(*date_of))
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise StoreError(f"the roster does not say what person {date_of[0]} works on {date_of[1]}")
        return _entry(row)

    def _set(self, connection: Connection, entries: Sequence[ShiftEntry]) -> list[EntryChange]:
        if not entries:
            return []
        wanted = {(entry.person_id, entry.day): entry for entry in entries}
        days = [entry.day for entry in entries]
        query = select(shift_entries).where(shift_entries.c.day.between(min(days), max(days)))
        rows = among(connection, query, shift_entries.c.person_id, {entry.person_id for entry in entries})
        known = {(entry.person_id, entry.day): entry for entry in map(_entry, rows)}
        changed: list[EntryChange] = [
            (known.get(key), entry) for key, entry in wanted.items() if known.get(key) != entry
        ]
        new = [entry_values(entry) for before, entry in changed if entry and not before]
        if new:
            connection.execute(insert(shift_entries), new)
        old = [
            {"who": entry.person_id, "when": entry.day, **entry_values(entry)}
            for before, entry in changed
            if entry and before
        ]
        if old:
            here = and_(
                shift_entries.c.person_id == bindparam("who"), shift_entries.c.day == bindparam("when")
            )
            connection.execute(update(shift_entries).where(here), old)
        return changed

    def _tell(
        self, connection: Connection, changed: Sequence[EntryChange], by: str, action: str, at: datetime
    ) -> None:
        """One line of the trail for each person, with what stood there before; one notice."""
        lines: dict[PersonId, list[str]] = {}
        days: list[date] = []
        for before, after in changed:
            entry = after or before
            assert entry is not None
            days.append(entry.day)
            lines.setdefault(entry.person_id, []).append(f"{entry.day}: {_words(before)} → {_words(after)}")
        if not lines:
            return
        for person_id, told in lines.items():
            note(connection, AuditLine(by, action, f"person:{person_id}", "\n".join(told), at))
        notice = Notice(Topic.DUTY, person_ids=tuple(sorted(lines)), first_day=min(days), last_day=max(days))
        self._changes.post(connection, [notice])

    def _tell_all(self, connection: Connection, line: AuditLine) -> None:
        note(connection, line)
        self._changes.post(connection, [Notice(Topic.ROSTER)])


def cycle_text(cycle: Sequence[Sequence[str]]) -> str:
    """A rotation's cycle as it is written: "P,P,S,M,-"."""
    return ",".join("+".join(codes) or FREE for codes in cycle)


def entry_values(entry: ShiftEntry) -> dict[str, object]:
    """A roster entry as a row."""
    return {
        "person_id": entry.person_id,
        "day": entry.day,
        "codes": "+".join(entry.codes),
        "on_call": entry.on_call,
        "reference": entry.reference,
    }


def _words(entry: ShiftEntry | None) -> str:
    if entry is None:
        return "nothing"
    shifts = "+".join([*entry.codes, *(["SIAGA"] if entry.on_call else [])]) or FREE
    return f"{shifts} ({entry.reference})" if entry.reference else shifts


def _here(person_id: PersonId, day: date) -> ColumnElement[bool]:
    return (shift_entries.c.person_id == person_id) & (shift_entries.c.day == day)


def _shift(row: RowMapping) -> Shift:
    starts, ends = time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"])
    return Shift(row["code"], row["name"], starts, ends, row["valid_from"])


def _rotation(row: RowMapping) -> Rotation:
    cycle = tuple(_codes(day) for day in row["cycle"].split(","))
    return Rotation(row["code"], row["name"], cycle)


def _codes(text: str) -> tuple[str, ...]:
    return () if text in ("", FREE) else tuple(text.split("+"))


def _period(row: RowMapping) -> RotationPeriod:
    return RotationPeriod(
        PersonId(row["person_id"]), row["rotation"], row["anchor"], row["valid_from"], row["valid_to"]
    )


def _entry(row: RowMapping) -> ShiftEntry:
    person_id = PersonId(row["person_id"])
    return ShiftEntry(person_id, row["day"], _codes(row["codes"]), row["on_call"], row["reference"])
