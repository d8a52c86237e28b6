"""Corrections of people's days: appended to, never changed. The database itself refuses anything else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import RowMapping, insert, select

from attendance.corrections import Correction, CorrectionId, CorrectionKind, in_force
from attendance.errors import CorrectionRejected
from attendance.ids import PersonId, PunchId
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import corrections
from store.few import among


class CorrectionTable:
    """Raises `StoreUnavailable`."""

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def add(self, correction: Correction) -> CorrectionId:
        """Enter a correction, with its notice and its line in the audit trail; its number.

        Raises `CorrectionRejected` for one without reason or evidence, one that lacks what its kind needs,
        and an UNDO of what is not there, belongs to another person's day or was undone before.
        """
        check(correction)
        with self._database.write() as connection:
            same_day = select(corrections).where(
                corrections.c.person_id == correction.person_id, corrections.c.day == correction.day
            )
            known = [_correction(row) for row in connection.execute(same_day).mappings()]
            _check_undo(correction, known)
            key = connection.execute(
                insert(corrections).values(
                    person_id=correction.person_id,
                    day=correction.day,
                    kind=correction.kind.value,
                    at=correction.at,
                    punch_id=correction.punch_id,
                    code=correction.code,
                    undoes=correction.undoes,
                    reason=correction.reason,
                    reference=correction.reference,
                    entered_at=correction.entered_at,
                    entered_by=correction.entered_by,
                )
            ).inserted_primary_key
            assert key is not None
            detail = f"{correction.kind} on {correction.day}: {correction.reason}; {correction.reference}"
            subject, action = f"person:{correction.person_id}", "correction.entered"
            note(
                connection,
                AuditLine(correction.entered_by, action, subject, detail, correction.entered_at),
            )
            day = correction.day
            notice = Notice(Topic.CORRECTION, person_ids=(correction.person_id,), first_day=day, last_day=day)
            self._changes.post(connection, [notice])
        return CorrectionId(int(key[0]))

    def between(
        self, first: date, last: date, person_ids: Collection[PersonId] | None = None
    ) -> list[Correction]:
        """All that were ever entered for the work dates `first` through `last`, UNDOs too, in that order."""
        query = select(corrections).where(corrections.c.day >= first, corrections.c.day <= last)
        with self._database.read() as connection:
            rows = among(connection, query.order_by(corrections.c.id), corrections.c.person_id, person_ids)
            return [_correction(row) for row in rows]

    def of_person(self, person_id: PersonId, day: date | None = None) -> list[Correction]:
        """All that were ever entered for a person, or for one work date, in the order of entering."""
        query = select(corrections).where(corrections.c.person_id == person_id)
        if day is not None:
            query = query.where(corrections.c.day == day)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(corrections.c.id)).mappings()
            return [_correction(row) for row in rows]


def check(correction: Correction) -> None:
    """Raises `CorrectionRejected`, saying what is missing."""
    if not correction.reason.strip():
        raise CorrectionRejected("a correction needs a reason")
    if not correction.reference.strip() and correction.kind is not CorrectionKind.UNDO:
        raise CorrectionRejected("a correction needs its evidence: a letter's number, or where it is kept")
    needs = {
        CorrectionKind.ARRIVAL: (correction.at, "the time of coming"),
        CorrectionKind.DEPARTURE: (correction.at, "the time of leaving"),
        CorrectionKind.VOID: (correction.punch_id, "the punch that does not count"),
        CorrectionKind.GATHERING: (correction.code or None, "the roll-call's code"),
        CorrectionKind.UNDO: (correction.undoes, "the correction that it undoes"),
    }
    value, what = needs.get(correction.kind, (True, ""))
    if value is None:
        raise CorrectionRejected(f"a correction of kind {correction.kind} names {what}")


def _check_undo(correction: Correction, known: list[Correction]) -> None:
    if correction.undoes is None:
        return
    if correction.undoes not in {one.id for one in known}:
        raise CorrectionRejected(f"this person's day has no correction number {correction.undoes}")
    undone = next(one for one in known if one.id == correction.undoes)
    if undone.kind is not CorrectionKind.UNDO and undone not in in_force(known):
        raise CorrectionRejected(f"correction number {correction.undoes} was undone before")


def _correction(row: RowMapping) -> Correction:
    return Correction(
        id=CorrectionId(row["id"]),
        person_id=PersonId(row["person_id"]),
        day=row["day"],
        kind=CorrectionKind(row["kind"]),
        at=row["at"],
        punch_id=None if row["punch_id"] is None else PunchId(row["punch_id"]),
        code=row["code"],
        undoes=None if row["undoes"] is None else CorrectionId(row["undoes"]),
        reason=row["reason"],
        reference=row["reference"],
        entered_at=row["entered_at"],
        entered_by=row["entered_by"],
    )
