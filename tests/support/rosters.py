"""Planting a roster into a store without an import file."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import insert

from attendance.ids import Nip, PersonId, Pin, SerialNumber, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from attendance.terminal import Follow, Terminal
from store import Store
from store.changes import Notice, Topic
from store.schema import enrollments, people, placements, terminals, units

CITY_UNIT = Unit(UnitId(1), "1", "Kota Contoh", "Kota", UnitKind.CITY, None, office=False)


def plant(store: Store, roster: Roster) -> None:
    """Put everything of `roster` into the empty `store`, with its ids, and say so in a notice."""
    with store.database.write() as connection:
        for table, rows in (
            (units, roster.units),
            (people, roster.people),
            (terminals, roster.terminals),
            (placements, roster.placements),
            (enrollments, roster.enrollments),
        ):
            if rows:
                connection.execute(insert(table), [asdict(row) for row in rows])
        store.changes.post(connection, [Notice(Topic.ROSTER)])


def small_roster(*, people_count: int = 3, terminal_count: int = 2, day: date = date(2026, 11, 23)) -> Roster:
    """One office under the city with `terminal_count` terminals (ids from 1, serials SIM0001…) and
    `people_count` people (ids from 1, PINs 1001…), all since 2020.
    """
    since = date(2020, 1, 1)
    office = Unit(UnitId(2), "2", "Dinas Contoh", "Dinas", UnitKind.AGENCY, UnitId(1), office=True)
    numbers = range(1, people_count + 1)
    return Roster(
        day=day,
        units=(CITY_UNIT, office),
        people=tuple(
            Person(PersonId(n), Nip(f"19800101200501{n:04d}"), f"Orang {n}", "", "") for n in numbers
        ),
        placements=tuple(Placement(PersonId(n), office.id, since, None) for n in numbers),
        enrollments=tuple(Enrollment(PersonId(n), Pin(str(1000 + n)), None, since, None) for n in numbers),
        terminals=tuple(terminal(n) for n in range(1, terminal_count + 1)),
    )


def terminal(number: int, **changes: object) -> Terminal:
    """The terminal with id `number` at the example office; `changes` replace its fields."""
    plain = Terminal(
        id=TerminalId(number),
        serial=SerialNumber(f"SIM{number:04d}"),
        name=f"Mesin {number}",
        unit_id=UnitId(2),
        address="127.0.0.1",
        port=4370,
        driver="zk-tcp",
        follow=Follow.LIVE,
        interval=None,
        active=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
