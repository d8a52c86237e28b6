"""The roster as it holds on one day: units, people in service, placements, enrollments, active terminals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, ColumnElement, and_, or_, select

from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from store.database import Database
from store.schema import enrollments, people, placements, terminals, units
from store.terminals import terminal_from


class RosterTable:
    """Reading the roster. Importing it is `store.importing`'s work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, day: date) -> Roster:
        """Everything that holds on `day`, a date in the city's time zone, from one snapshot.

        A person is in service while a placement of theirs is valid. Raises `StoreUnavailable`.
        """
        placed = _holds(placements.c.valid_from, placements.c.valid_to, day)
        enrolled = _holds(enrollments.c.valid_from, enrollments.c.valid_to, day)
        serving = select(placements.c.person_id).where(placed)
        with self._database.read() as connection:
            return Roster(
                day=day,
                units=tuple(
                    Unit(
                        id=UnitId(row.id),
                        code=row.code,
                        name=row.name,
                        short_name=row.short_name,
                        kind=UnitKind(row.kind),
                        parent_id=None if row.parent_id is None else UnitId(row.parent_id),
                        office=row.office,
                    )
                    for row in connection.execute(select(units).order_by(units.c.id))
                ),
                people=tuple(
                    Person(PersonId(row.id), Nip(row.nip), row.name, row.title_before, row.title_after)
                    for row in connection.execute(
                        select(people).where(people.c.id.in_(serving)).order_by(people.c.id)
                    )
                ),
                placements=tuple(
                    Placement(PersonId(row.person_id), UnitId(row.unit_id), row.valid_from, row.valid_to)
                    for row in connection.execute(select(placements).where(placed).order_by(placements.c.id))
                ),
                enrollments=tuple(
                    Enrollment(
                        person_id=PersonId(row.person_id),
                        pin=Pin(row.pin),
                        terminal_id=None if row.terminal_id is None else TerminalId(row.terminal_id),
                        valid_from=row.valid_from,
                        valid_to=row.valid_to,
                    )
                    for row in connection.execute(
                        select(enrollments).where(enrolled).order_by(enrollments.c.id)
                    )
                ),
                terminals=tuple(
                    terminal_from(row)
                    for row in connection.execute(
                        select(terminals).where(terminals.c.active).order_by(terminals.c.id)
                    ).mappings()
                ),
            )


def _holds(first: Column[date], last: Column[date | None], day: date) -> ColumnElement[bool]:
    return and_(first <= day, or_(last.is_(None), last >= day))
