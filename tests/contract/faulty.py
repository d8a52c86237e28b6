"""One terminal that goes wrong, a real collector that follows it, and the wall's judgement of three people.

Person 1 pressed in time, before anything was read: whatever happens, that person may be called present or
waited for, never absent and never late. Person 2 presses in the middle of it. Person 3 never presses, and so
is absent, but may be called so only once the terminal was read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from attendance.assembly import Assembler
from attendance.day_result import DayResult, DayStatus
from attendance.ids import PersonId, SerialNumber, TerminalId
from attendance.roster import Roster
from attendance.terminal import TerminalHealth
from config.clock import SimClock, write_clock
from realtime.day_board import DayBoard
from simulators.faults import Transport
from simulators.line import LineServer
from simulators.serial_port import SerialServer, Wire
from simulators.station import Station
from simulators.tcp import TerminalServer
from simulators.terminal import FINGER, NO_KEY, Pressed, SimUser, TerminalLocked, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from store import Store, open_store
from tests.support.boards import BOOK, city_facts
from tests.support.collecting import FAST, city_now, collecting, until
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.rosters import plant, small_roster, terminal

SERIAL: Final = "SIM0001"
TERMINAL: Final = TerminalId(1)
IN_TIME, LATER, NEVER = PersonId(1), PersonId(2), PersonId(3)
SEED: Final = 20261123
HISTORY: Final = 130
"""Records of earlier days: more than fits into one answer."""
BAUD: Final = 921_600
PATIENCE: Final = 20.0

HASTY = FAST.model_copy(
    update={
        "count_check": timedelta(seconds=0.2),
        "keepalive": timedelta(seconds=0.3),
        "reply_timeout": timedelta(seconds=0.6),
        "silence_timeout": timedelta(seconds=0.5),
        "bulk_timeout": timedelta(seconds=8),
        "backoff_most": timedelta(seconds=0.1),
    }
)

Key = tuple[str, str, datetime]


class Watched(TerminalSim):
    """A terminal that remembers every finger it took, however it keeps its records."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.taken: set[Key] = set()

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """As any terminal."""
        pressed = super().press(pin, now, verify=verify, state=state)
        self.taken.add((self.serial, pin, pressed.device_time))
        return pressed

    def remember(self, pin: str, moment: datetime) -> None:
        """A finger of earlier."""
        self.log.append(self.pack(pin, moment))
        self.taken.add((self.serial, pin, moment))


MakeServer = Callable[[TerminalSim, Callable[[], datetime]], LineServer]


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries a terminal's frames, and how to set it up."""

    transport: Transport
    serve: MakeServer


LINES: Final[Mapping[str, Carrier]] = {
    "tcp": Carrier(Transport.TCP, TerminalServer),
    "udp": Carrier(Transport.UDP, UdpServer),
    "socket": Carrier(Transport.SERIAL, lambda sim, now: SerialServer(sim, now, wire=Wire.SOCKET, baud=BAUD)),
    "pty": Carrier(Transport.SERIAL, lambda sim, now: SerialServer(sim, now, wire=Wire.PTY, baud=BAUD)),
}


@dataclass
class Case:
    """A terminal, its line, its store, and what was seen of the wall."""

    sim: Watched
    server: Station
    store: Store
    clock: SimClock
    roster: Roster
    accusations: list[str] = field(default_factory=list)

    @property
    def number(self) -> TerminalId:
        """Of the terminal. The store may hold others'."""
        return self.roster.terminals[0].id

    @property
    def health(self) -> TerminalHealth | None:
        """As whoever follows it last told it."""
        return self.store.terminals.health().get(self.number)

    @property
    def keys(self) -> set[Key]:
        """What the store holds of it; fails when it holds something twice."""
        serial = str(self.roster.terminals[0].serial)
        found = self.store.file_imports.held(self.number, datetime.min, datetime.max)
        assert self.store.punches.count(self.number) == len(found), "a punch is stored twice"
        return {(serial, str(pin), moment) for pin, moment in found}

    def rows(self) -> dict[PersonId, DayResult]:
        """The wall's judgement of everybody at this moment."""
        return judged(self.store, self.roster, self.clock.now())

    def status(self, person: PersonId) -> DayStatus:
        """The same of one person."""
        return self.rows()[person].status

    def press(self, pin: str = "1002") -> None:
        """A finger now; nobody's when the terminal is restarting."""
        with suppress(TerminalLocked):
            self.server.press(pin, self.server.now())

    @property
    def caught_up(self) -> bool:
        """Whether everything is in the store, and the terminal vouches from now on."""
        health = self.health
        return health is not None and health.online and health.read_through is not None

    async def proved_after(self, moment: datetime) -> None:
        """Wait until the terminal was read past city time `moment` (aware)."""

        def proved() -> bool:
            health = self.health
            return (
                health is not None
                and health.online
                and health.read_through is not None
                and health.read_through > moment
            )

        await until(proved, PATIENCE)

    async def watch(self, every: float = 0.1) -> None:
        """Look at the wall again and again, `every` so many real seconds."""
        while True:
            row = self.rows()[IN_TIME]
            if row.status not in {DayStatus.WAITING, DayStatus.PRESENT}:
                self.accusations.append(f"person 1 is {row}")
            await asyncio.sleep(every)


def judged(store: Store, roster: Roster, now: datetime) -> dict[PersonId, DayResult]:
    """The wall's judgement of everybody at `now` (aware). `roster` has one of the store's terminals."""
    health = store.terminals.health()
    outages = tuple(store.facts.outages_between(at("00:00"), at("23:59")))
    number = roster.terminals[0].id
    found = store.punches.between(at("00:00"), at("23:59"))
    return DayBoard(
        Assembler(city_facts(roster, outages=outages), BOOK, ZONE),
        MONDAY,
        health=health,
        punches=[one for one in found if one.terminal_id == number],
        now=now,
        freshness=FRESHNESS,
    ).rows


@asynccontextmanager
async def case(line: str, model: TerminalModel, tmp_path: Path, url: str) -> AsyncIterator[Case]:
    """A terminal with some history behind `line`, and an empty store in which it is registered."""
    clock_file = tmp_path / "clock.json"
    write_clock(clock_file, at("07:45"), 1)
    clock = SimClock(clock_file)
    sim = Watched(SERIAL, model=model)
    sim.enrol([SimUser(str(1001 + number), f"Orang {number + 1}") for number in range(3)])
    for number in range(HISTORY):
        sim.remember(f"100{2 + number % 2}", datetime(2026, 11, 10, 7, 0) + timedelta(minutes=3 * number))
    sim.remember("1001", datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=7, minutes=10))
    server = LINES[line].serve(sim, lambda: city_now(clock))
    await server.start()
    roster = replace(
        small_roster(terminal_count=1),
        terminals=(
            terminal(
                1,
                serial=SerialNumber(SERIAL),
                address=server.address,
                port=server.port,
                driver=server.driver,
            ),
        ),
    )
    store = open_store(url)
    plant(store, roster)
    try:
        yield Case(sim, server, store, clock, roster)
    finally:
        await server.stop()
        store.close()


@asynccontextmanager
async def followed(case: Case) -> AsyncIterator[None]:
    """The collector at work, and somebody before the wall."""
    async with collecting(case.store, case.clock, HASTY), watched(case):
        yield


@asynccontextmanager
async def watched(case: Case, every: float = 0.1) -> AsyncIterator[None]:
    """Somebody before the wall, who looks `every` so many real seconds. Fails when person 1 was accused."""
    watching = asyncio.create_task(case.watch(every))
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    assert not case.accusations, case.accusations[:3]
