"""A city to be worn out: offices with their people, and terminals of every make on every line."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from attendance.ids import Nip, PersonId, Pin, SerialNumber, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from attendance.terminal import USB_DRIVER, Follow, Terminal
from devices.driver import AttLogRecord
from simulators.adms.dialects import DIALECTS
from simulators.adms.terminal import PushTerminal
from simulators.faults import Faults
from simulators.models import MODELS
from simulators.station import Station
from simulators.terminal import FINGER, NO_KEY, Pressed, SimUser
from tests.contract.faulty import LINES, Key, Watched
from tests.support.rosters import CITY_UNIT

PUSH: Final = "push/"
USB: Final = "usb"
PUSH_PACE: Final = 3.0
"""How many seconds of a push terminal pass in a real one."""
MOST_DOORS: Final = 3
FIRST_PIN: Final = 1001
SINCE: Final = date(2020, 1, 1)

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Make:
    """A kind of terminal that the city bought some of."""

    model: str
    """One of `simulators.models.MODELS`."""
    way: str
    """What carries its punches: a line of `tests.contract.faulty.LINES`, "push/DIALECT", or "usb"."""
    count: int
    vouches: bool = True
    """Whether the collector or the gateway can always tell, once it is well, that it was read to its end. A
    count that lies upwards is believed only after some punches; one that answers no question never is.
    """


MAKES: Final = (
    Make("x100-c", "tcp", 34),
    Make("x100-c", "udp", 7),
    Make("x100-c", "push/new", 4),
    Make("zem500-8b", "tcp", 4),
    Make("k40", "socket", 6),
    Make("old-8a", "udp", 4),
    Make("wl10-22", "tcp", 4),
    Make("no-tail", "tcp", 5),
    Make("d2-unknown-count", "tcp", 4),
    Make("mb560-49", "tcp", 5),
    Make("x100-c", "usb", 3, vouches=False),
    Make("manual-16", "udp", 5),
    Make("senseface-range", "tcp", 3),
    Make("iclock680", "tcp", 8),
    Make("k40", "tcp", 10),
    Make("acs-zero-count", "tcp", 3),
    Make("count-too-high", "tcp", 3, vouches=False),
    Make("count-too-low", "tcp", 3),
    Make("mute-tcp", "udp", 4),
    Make("one-session", "tcp", 4),
    Make("x100-c", "pty", 2),
    Make("senseface-6001", "push/security", 3, vouches=False),
    Make("x100-c", "push/old", 2),
    Make("x100-c", "push/x100-c", 1),
    Make("x100-c", "push/mb10", 1),
    Make("x100-c", "push/chinese", 1),
    Make("x100-c", "push/no-host", 1),
    Make("x100-c", "push/x105-id", 1, vouches=False),
)
"""135 in all; a smaller city has one of each, from the first on."""


@dataclass(slots=True)
class Witness:
    """Remembers every finger of the city, by no other means than that it was there."""

    moments: dict[Key, datetime]
    """When it really was pressed, city time, naive; whatever the terminal's clock showed."""
    presses: dict[str, list[datetime]]
    """The same by PIN, in order."""


class WitnessedTerminal(Watched):
    """A terminal beside which somebody stands."""

    witness: Witness

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """As any terminal."""
        pressed = super().press(pin, now, verify=verify, state=state)
        self.witness.moments.setdefault((self.serial, pin, pressed.device_time), now)
        self.witness.presses.setdefault(pin, []).append(now)
        return pressed


@dataclass(slots=True)
class Door:
    """One terminal where it hangs."""

    make: Make
    sim: WitnessedTerminal
    station: Station | None
    """None where there is no line: a stick is carried."""
    unit: UnitId
    number: TerminalId

    def press(self, pin: str, now: datetime) -> bool:
        """A finger, unless another terminal hangs there for the time being; whether it was taken."""
        if self.station is None:
            self.sim.press(pin, now)
        elif self.station.terminal is not self.sim:
            return False
        else:
            self.station.press(pin, now)
        return True

    @property
    def called(self) -> bool:
        """Whether the collector reads it."""
        return self.station is not None and not isinstance(self.station, PushTerminal)

    @property
    def registered(self) -> Terminal:
        """Its row in the roster; only once it has started."""
        station = self.station
        return Terminal(
            id=self.number,
            serial=SerialNumber(self.sim.serial),
            name=self.sim.name,
            unit_id=self.unit,
            address=station.address if station else "",
            port=station.port if station and self.called else 0,
            driver=station.driver if station else USB_DRIVER,
            follow=Follow.LIVE,
            interval=None,
            active=True,
        )


@dataclass(slots=True)
class Office:
    """One office: its terminals, and the PINs of its people."""

    unit: UnitId
    doors: list[Door]
    pins: list[str]


class City:
    """The same `seed` gives the same city. Moments are city time, naive and local, given by `now`."""

    def __init__(self, terminals: int, people_each: int, seed: int, now: Now, gateway: str) -> None:
        """`people_each`: people for each terminal; `gateway`: URL that push terminals call."""
        self.now = now
        self.witness = Witness({}, {})
        self.offices: list[Office] = []
        self._rng = random.Random(f"city {seed}")
        makes = _bought(terminals)
        self._rng.shuffle(makes)
        while makes:
            unit = UnitId(len(self.offices) + 2)
            taken = [makes.pop() for _ in range(min(len(makes), self._rng.randint(1, MOST_DOORS)))]
            first = FIRST_PIN + sum(len(office.pins) for office in self.offices)
            office = Office(unit, [], [str(first + n) for n in range(people_each * len(taken))])
            begun = sum(len(office.doors) for office in self.offices)
            for number, make in enumerate(taken, begun + 1):
                office.doors.append(self._door(make, office, number, gateway))
            self.offices.append(office)

    @property
    def doors(self) -> list[Door]:
        """Every terminal."""
        return [door for office in self.offices for door in office.doors]

    @property
    def truth(self) -> set[Key]:
        """Every finger that any terminal ever took."""
        return set[Key]().union(*(door.sim.taken for door in self.doors))

    def stations(self, *, push: bool) -> Iterator[Station]:
        """Every line; those of terminals that push, or those of all others."""
        for door in self.doors:
            if door.station is not None and isinstance(door.station, PushTerminal) is push:
                yield door.station

    def live_before(self, start: datetime, records: int) -> None:
        """Let each terminal have taken so many fingers in the weeks before `start`."""
        for office in self.offices:
            for door in office.doors:
                gap = timedelta(days=10) / max(1, records)
                pressed = [
                    (self._rng.choice(office.pins), (start - gap * (records - number)).replace(microsecond=0))
                    for number in range(records)
                ]
                _remember(door, pressed)

    def roster(self, day: date) -> Roster:
        """Who belongs where. Call it once the lines stand: it holds their addresses."""
        people = [
            (PersonId(int(pin) - FIRST_PIN + 1), pin, office)
            for office in self.offices
            for pin in office.pins
        ]
        return Roster(
            day=day,
            units=(CITY_UNIT, *(_unit(office) for office in self.offices)),
            people=tuple(
                Person(number, Nip(f"198001012005{number:06d}"), f"Orang {pin}", "", "")
                for number, pin, _ in people
            ),
            placements=tuple(Placement(number, office.unit, SINCE, None) for number, _, office in people),
            enrollments=tuple(Enrollment(number, Pin(pin), None, SINCE, None) for number, pin, _ in people),
            terminals=tuple(door.registered for door in self.doors),
        )

    def _door(self, make: Make, office: Office, number: int, gateway: str) -> Door:
        sim = WitnessedTerminal(f"SOAK{number:04d}", f"Mesin {number}", model=MODELS[make.model])
        sim.witness = self.witness
        sim.enrol(SimUser(pin, f"Orang {pin}", fingers=()) for pin in office.pins)
        station = self._station(make, sim, gateway)
        if station is not None:
            station.faults = Faults(seed=self._rng.randrange(1 << 30))
        return Door(make, sim, station, office.unit, TerminalId(number))

    def _station(self, make: Make, sim: WitnessedTerminal, gateway: str) -> Station | None:
        if make.way == USB:
            return None
        if make.way.startswith(PUSH):
            dialect = DIALECTS[make.way.removeprefix(PUSH)]
            return PushTerminal(sim, self.now, gateway, dialect=dialect, pace=PUSH_PACE)
        return LINES[make.way].serve(sim, self.now)


def _bought(terminals: int) -> list[Make]:
    """One of each make in turn, as long as there are any left of it."""
    left = {make: make.count for make in MAKES}
    if terminals > sum(left.values()):
        raise ValueError(f"the city has {sum(left.values())} terminals")
    bought: list[Make] = []
    while len(bought) < terminals:
        for make in [make for make, count in left.items() if count][: terminals - len(bought)]:
            left[make] -= 1
            bought.append(make)
    return bought


def _remember(door: Door, pressed: Sequence[tuple[str, datetime]]) -> None:
    if isinstance(door.station, PushTerminal):
        door.station.fill(AttLogRecord(pin, moment, FINGER, NO_KEY, "", 0) for pin, moment in pressed)
        door.sim.taken.update((door.sim.serial, pin, moment) for pin, moment in pressed)
        return
    for pin, moment in pressed:
        door.sim.remember(pin, moment)


def _unit(office: Office) -> Unit:
    code = str(office.unit)
    return Unit(office.unit, code, f"Dinas {code}", code, UnitKind.AGENCY, CITY_UNIT.id, office=True)
