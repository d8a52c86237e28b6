"""What became of people, dated: retired, moved to another government, studying…"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from attendance.ids import PersonId
from attendance.people import Employment, EmploymentState
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import employments


class EmploymentTable:
    """Raises `StoreUnavailable`, and `StoreError` about an unknown person."""

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def of_person(self, person_id: PersonId) -> list[Employment]:
        """A person's states in the order of time."""
        query = select(employments).where(employments.c.person_id == person_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(employments.c.valid_from)).mappings()
            return [employment_from(row) for row in rows]

    def add(self, employment: Employment, *, by: str, at: datetime) -> None:
        """Enter a state, over those that began before: where it ends, they hold again. One that begins on the
        same day is replaced.

        `by` is who does it, `at` the city time (aware); the notice and the audit line are written with it.
        """
        values = {
            "person_id": employment.person_id,
            "state": employment.state.value,
            "valid_from": employment.valid_from,
            "valid_to": employment.valid_to,
            "reference": employment.reference,
        }
        with self._database.write() as connection:
            mine = employments.c.person_id == employment.person_id
            same_start = mine & (employments.c.valid_from == employment.valid_from)
            if not connection.execute(update(employments).where(same_start).values(values)).rowcount:
                connection.execute(insert(employments).values(values))
            detail = f"{employment.state} from {employment.valid_from}; {employment.reference}"
            subject = f"person:{employment.person_id}"
            note(connection, AuditLine(by, "employment.entered", subject, detail, at))
            self._changes.post(connection, [Notice(Topic.ROSTER)])


def employment_from(row: RowMapping) -> Employment:
    """A row of the table."""
    return Employment(
        person_id=PersonId(row["person_id"]),
        state=EmploymentState(row["state"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        reference=row["reference"],
    )
