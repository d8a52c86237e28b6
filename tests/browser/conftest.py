"""A small city on a real wall: three offices, of which one has a dark terminal and one has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.punch import Capture, Punch
from attendance.roster import Roster
from attendance.terminal import TerminalHealth
from store import Store, open_store
from store.punches import Ingest
from tests.support.browser import Incidents, browser, incidents, page, playwright
from tests.support.days import MONDAY, ZONE, at
from tests.support.rosters import CITY_UNIT, plant, terminal
from tests.support.wall_process import WallProcess

__all__ = ["browser", "incidents", "page", "playwright"]

SINCE = date(2020, 1, 1)
OFFICES = {
    2: ("Dinas Sosial", "Dinsos", 4),
    3: ("Dinas Perhubungan", "Dishub", 3),
    4: ("Kantor Baru", "Kantor Baru", 2),
}
"""Unit → name, short name, people. Terminals 1 and 2 hang at the first two; the third has none."""
LIT, DARK = TerminalId(1), TerminalId(2)


def city_roster(offices: dict[int, tuple[str, str, int]] | None = None, terminals: int = 2) -> Roster:
    """Offices with people whose ids and PINs run on: 1 and "1001", 2 and "1002", …"""
    offices = OFFICES if offices is None else offices
    homes = [unit for unit, (_, _, size) in offices.items() for _ in range(size)]
    numbers = range(1, len(homes) + 1)
    return Roster(
        day=MONDAY,
        units=(
            CITY_UNIT,
            *(
                Unit(UnitId(unit), str(unit), name, short, UnitKind.AGENCY, UnitId(1), office=True)
                for unit, (name, short, _) in offices.items()
            ),
        ),
        people=tuple(
            Person(PersonId(n), Nip(f"19800101200501{n:04d}"), f"Pegawai {n}", "", "S.Sos.") for n in numbers
        ),
        placements=tuple(
            Placement(PersonId(n), UnitId(unit), SINCE, None) for n, unit in zip(numbers, homes, strict=True)
        ),
        enrollments=tuple(Enrollment(PersonId(n), Pin(str(1000 + n)), None, SINCE, None) for n in numbers),
        terminals=tuple(terminal(n, unit_id=UnitId(n + 1)) for n in range(1, terminals + 1)),
    )


@dataclass
class City:
    """What a test does to the city; the wall follows by itself."""

    store: Store
    wall: WallProcess

    def press(self, pin: int, clock: str, where: TerminalId = LIT) -> None:
        """Person `pin` punches at that city time, and the collector commits it."""
        moment = at(clock)
        local = moment.astimezone(ZONE).replace(tzinfo=None)
        punch = Punch(where, Pin(str(pin)), local, moment, moment, 1, 255, "", Capture.LIVE)
        self.store.punches.append([Ingest(where, [punch])])

    def report(self, number: TerminalId, read_through: str | None, offline_since: str | None = None) -> None:
        """The collector says how a terminal does."""
        self.store.terminals.save_health(
            [
                TerminalHealth(
                    terminal_id=number,
                    online=offline_since is None,
                    read_through=at(read_through) if read_through else None,
                    last_contact_at=None,
                    offline_since=at(offline_since) if offline_since else None,
                    clock_offset=0.2,
                    log_records=100,
                    log_capacity=1000,
                    error=None if offline_since is None else "Unreachable",
                    error_detail=None,
                    action=None,
                    firmware=None,
                )
            ]
        )

    def set_clock(self, clock: str) -> None:
        """It is that time in the city, and the collector lives."""
        self.wall.set_clock(clock)
        self.store.terminals.note_collector_alive(at(clock))


MakeCity = Callable[..., City]


@pytest.fixture
def make_city(sqlite_url: str, tmp_path: Path) -> Iterator[MakeCity]:
    """`make_city(roster, show_names=True)`: planted, at 07:20, with its wall running."""
    made: list[City] = []

    def make(roster: Roster | None = None, *, show_names: bool = True) -> City:
        store = open_store(sqlite_url)
        made.append(city := City(store, WallProcess(tmp_path, sqlite_url, show_names=show_names)))
        if roster is not None:
            plant(store, roster)
        city.set_clock("07:20")
        if roster is not None and roster.terminals:
            city.report(LIT, "07:20")
            city.report(DARK, None, offline_since="06:45")
        city.wall.start()
        return city

    yield make
    for city in made:
        city.wall.stop()
        city.store.close()


@pytest.fixture
def city(make_city: MakeCity, incidents: Incidents) -> Iterator[City]:
    """The small city, names shown. Whatever a test does, its page asks nobody but the wall's server."""
    found = make_city(city_roster())
    yield found
    assert incidents.asked_outside(found.wall.url) == []
