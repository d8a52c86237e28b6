"""A small city on a real wall: invented people, an office whose terminal is dark, and one that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import requests

from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.punch import Capture, Punch
from attendance.roster import Roster
from attendance.terminal import TerminalHealth
from store import Store, open_store
from store.punches import Ingest
from tests.support.days import MONDAY, ZONE, at
from tests.support.rosters import CITY_UNIT, plant, terminal
from tests.support.waiting import PATIENCE
from tests.support.wall_process import WallProcess
from tests.support.walls import wait_until

SINCE = date(2020, 1, 1)
SOSIAL, PERHUBUNGAN, BARU, BKD = 2, 3, 4, 5
OFFICES = {
    SOSIAL: ("Dinas Sosial", "Dinsos", 4),
    PERHUBUNGAN: ("Dinas Perhubungan", "Dishub", 3),
    BARU: ("Kantor Baru", "Kantor Baru", 2),
}
"""Unit → name, short name, people. Terminals 1 and 2 hang at the first two; the third has none."""
LIT, DARK = TerminalId(1), TerminalId(2)
BKD_TERMINAL = TerminalId(4)
WITH_BKD = {**OFFICES, BKD: ("Badan Kepegawaian", "BKD", 34)}
"""The same with an office of 34 people, PINs 1010 to 1043, at terminal 4."""
FIRST_OF_BKD = 1010


def city_roster(offices: dict[int, tuple[str, str, int]] | None = None, terminals: int = 2) -> Roster:
    """Offices with people whose ids and PINs run on: 1 and "1001", 2 and "1002", …"""
    offices = OFFICES if offices is None else offices
    homes = [unit for unit, (_, _, size) in offices.items() for _ in range(size)]
    numbers = range(1, len(homes) + 1)
    doors = [number for number in range(1, terminals + 1) if number + 1 in offices and number + 1 != BARU]
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
        terminals=tuple(terminal(n, unit_id=UnitId(n + 1)) for n in doors),
    )


def with_bkd() -> Roster:
    """The small city and the office of 34 people."""
    return city_roster(WITH_BKD, terminals=BKD_TERMINAL)


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

    def until_read(self, clock: str) -> None:
        """Return when the wall knows that every terminal online was read through that city time."""

        def as_of() -> datetime | None:
            told = requests.get(f"{self.wall.url}/healthz", timeout=PATIENCE).json()["as_of"]
            return None if told is None else datetime.fromisoformat(told)

        wait_until(lambda: as_of() == at(clock))

    def set_clock(self, clock: str) -> None:
        """It is that time in the city, and the collector lives."""
        self.wall.set_clock(clock)
        self.store.terminals.note_collector_alive(at(clock))

    def judge(self) -> None:
        """08:00, all data of the first office is in: one is in time, one 17 minutes late, two are absent."""
        self.press(1001, "07:12:33")
        self.press(1002, "07:47:10")
        self.report(LIT, "08:00")
        self.set_clock("08:00")


MakeCity = Callable[..., City]
"""`make_city(roster, show_names=True, unpaired=None)`: planted, at 07:20, with its wall running."""


@contextmanager
def cities(fresh_url: Callable[[], str], folder: Callable[[], Path]) -> Iterator[MakeCity]:
    """Makes cities, and ends them all."""
    with ExitStack() as stack:

        def make(
            roster: Roster | None = None, *, show_names: bool = True, unpaired: str | None = None
        ) -> City:
            url = fresh_url()
            store = open_store(url)
            stack.callback(store.close)
            wall = WallProcess(folder(), url, show_names=show_names, unpaired=unpaired)
            stack.callback(wall.stop)
            city = City(store, wall)
            if roster is not None:
                plant(store, roster)
            city.set_clock("07:20")
            for door in () if roster is None else roster.terminals:
                city.report(door.id, *((None, "06:45") if door.id == DARK else ("07:20",)))
            wall.start()
            return city

        yield make
