"""The roster as it holds on a day or through days: units, people in service, where, which PINs, terminals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import Connection, select

from attendance.city_facts import RosterSpan
from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import Employment, Enrollment, Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from attendance.terminal import Terminal
from store.database import Database
from store.day_tables import employments, terminal_posts
from store.employments import employment_from
from store.schema import enrollments, people, placements, terminals, units
from store.spans import touches
from store.terminals import terminal_from

_DAY = timedelta(days=1)


class RosterTable:
    """Reading the roster. Importing it is `store.importing`'s work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, day: date) -> Roster:
        """Everything that holds on `day`, a date in the city's time zone, from one snapshot.

        A person is in service while a placement of theirs is valid and no state says otherwise. Raises
        `StoreUnavailable`.
        """
        with self._database.read() as connection:
            return roster_spans(connection, day, day)[0].roster


def roster_spans(connection: Connection, first: date, last: date) -> tuple[RosterSpan, ...]:
    """The rosters of `first` through `last`, in order and without a gap: a new one begins on each day on
    which anything begins or has ended.
    """
    pieces = _Pieces.read(connection, first, last)
    starts = sorted({first, *(day for day in pieces.turns() if first < day <= last)})
    ends = [start - _DAY for start in starts[1:]] + [last]
    return tuple(RosterSpan(start, end, pieces.on(start)) for start, end in zip(starts, ends, strict=True))


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


D = TypeVar("D", bound=_Dated)


@dataclass(frozen=True, slots=True)
class _Post:
    """Where a terminal hung."""

    terminal_id: TerminalId
    unit_id: UnitId
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Everything that holds on any of the days."""

    units: tuple[Unit, ...]
    people: Mapping[PersonId, Person]
    placements: Sequence[Placement]
    enrollments: Sequence[Enrollment]
    terminals: Sequence[Terminal]
    posts: Sequence[_Post]
    employments: Sequence[Employment]

    @classmethod
    def read(cls, connection: Connection, first: date, last: date) -> _Pieces:
        placed = touches(placements.c.valid_from, placements.c.valid_to, first, last)
        enrolled = touches(enrollments.c.valid_from, enrollments.c.valid_to, first, last)
        posted = touches(terminal_posts.c.valid_from, terminal_posts.c.valid_to, first, last)
        employed = touches(employments.c.valid_from, employments.c.valid_to, first, last)
        serving = select(placements.c.person_id).where(placed)
        return cls(
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
            people={
                PersonId(row.id): Person(
                    PersonId(row.id), Nip(row.nip), row.name, row.title_before, row.title_after
                )
                for row in connection.execute(
                    select(people).where(people.c.id.in_(serving)).order_by(people.c.id)
                )
            },
            placements=[
                Placement(PersonId(row.person_id), UnitId(row.unit_id), row.valid_from, row.valid_to)
                for row in connection.execute(select(placements).where(placed).order_by(placements.c.id))
            ],
            enrollments=[
                Enrollment(
                    person_id=PersonId(row.person_id),
                    pin=Pin(row.pin),
                    terminal_id=None if row.terminal_id is None else TerminalId(row.terminal_id),
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                    effective_at=row.effective_at,
                )
                for row in connection.execute(select(enrollments).where(enrolled).order_by(enrollments.c.id))
            ],
            terminals=[
                terminal_from(row)
                for row in connection.execute(
                    select(terminals).where(terminals.c.active).order_by(terminals.c.id)
                ).mappings()
            ],
            posts=[
                _Post(TerminalId(row.terminal_id), UnitId(row.unit_id), row.valid_from, row.valid_to)
                for row in connection.execute(select(terminal_posts).where(posted))
            ],
            employments=[
                employment_from(row)
                for row in connection.execute(
                    select(employments).where(employed).order_by(employments.c.valid_from)
                ).mappings()
            ],
        )

    def turns(self) -> Iterable[date]:
        """Every day on which anything begins, or has ended the day before."""
        for rows in (self.placements, self.enrollments, self.posts, self.employments):
            for row in rows:
                yield row.valid_from
                if row.valid_to is not None:
                    yield row.valid_to + _DAY

    def on(self, day: date) -> Roster:
        placed = _holding(self.placements, day)
        states = {one.person_id: one.state for one in _holding(self.employments, day)}
        gone = {person_id for person_id, state in states.items() if not state.serving}
        serving = {placement.person_id for placement in placed} - gone
        hung = {post.terminal_id: post.unit_id for post in _holding(self.posts, day)}
        return Roster(
            day=day,
            units=self.units,
            people=tuple(person for number, person in self.people.items() if number in serving),
            placements=tuple(placement for placement in placed if placement.person_id in serving),
            enrollments=tuple(_holding(self.enrollments, day)),
            terminals=tuple(
                replace(terminal, unit_id=hung[terminal.id]) if terminal.id in hung else terminal
                for terminal in self.terminals
            ),
        )


def _holding(rows: Sequence[D], day: date) -> list[D]:
    return [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
