"""Push terminals that go wrong, all at one real gateway, each with its own three people before the wall.

The people are those of `faulty`. A fourth presses only while something is wrong, and perhaps while the
terminal's clock is: that person was there, and may never be called absent afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from attendance.ids import PersonId, SerialNumber
from attendance.terminal import PUSH_DRIVER
from config.clock import SimClock, write_clock
from devices.driver import AttLogRecord
from simulators.adms.dialects import NEW, OLD, SECURITY, X100_C, X105_ID, PushDialect
from simulators.adms.terminal import PushTerminal
from simulators.terminal import FINGER, NO_KEY, SimUser
from store import Store, open_store
from store.migrate import migrate
from tests.contract.faulty import Case, Watched, watched
from tests.support.collecting import city_now
from tests.support.days import MONDAY, at
from tests.support.gateway_process import GatewayProcess
from tests.support.rosters import small_roster, terminal

DURING: Final = PersonId(4)
PACE: Final = 20.0
"""The terminals' five seconds until they send again pass in a quarter of one."""
HISTORY: Final = 260
"""Records of earlier days: more than fits into two uploads."""
LOOK_SECONDS: Final = 1.0
GATEWAY: Final = """
delay = "1s"
error_delay = "2s"
proof = "0.3s"
rate = 1000
"""

WAYS: Final[Mapping[str, PushDialect]] = {
    "push-old": OLD,
    "push-new": NEW,
    "push-security": SECURITY,
    "push-x100c": X100_C,
    "push-x105": X105_ID,
}


@dataclass(frozen=True, slots=True)
class PushTown:
    """One gateway and the store behind it."""

    gateway: GatewayProcess
    store: Store
    clock: SimClock

    @asynccontextmanager
    async def case(
        self, way: str, serial: str, *, calls_itself: str = "", key: str | None = None
    ) -> AsyncIterator[Case]:
        """A registered terminal with some history, not started yet. `calls_itself`: by another number."""
        found = self.store.terminals.by_serial(SerialNumber(serial))
        assert found is not None
        sim = Watched(calls_itself or serial)
        sim.enrol([SimUser(str(1001 + number), f"Orang {number + 1}") for number in range(4)])
        station = PushTerminal(
            sim,
            lambda: city_now(self.clock),
            self.gateway.url,
            dialect=WAYS[way],
            key=key,
            pace=PACE,
            timeout=10,
        )
        first = datetime(2026, 11, 10, 7, 0)
        moments = [(str(1002 + n % 2), first + timedelta(minutes=3 * n)) for n in range(HISTORY)]
        in_time = datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=7, minutes=10)
        moments.append(("1001", in_time))
        station.fill(AttLogRecord(pin, moment, FINGER, NO_KEY, "", 0) for pin, moment in moments)
        sim.taken |= {(serial, pin, moment) for pin, moment in moments}
        roster = replace(
            small_roster(people_count=4, terminal_count=1),
            terminals=(terminal(found.id, serial=found.serial, driver=PUSH_DRIVER, address="", port=0),),
        )
        it = Case(sim, station, self.store, self.clock, roster)
        try:
            async with watched(it, LOOK_SECONDS):
                yield it
        finally:
            await station.stop()


@contextmanager
def push_town(folder: Path, keys: Mapping[str, str]) -> Iterator[PushTown]:
    """A gateway of its own process, at 07:45 of the Monday; to be started once terminals are registered.
    `keys`: what some of them must give, by serial number.
    """
    clock_file, key_file = folder / "clock.json", folder / "keys.toml"
    write_clock(clock_file, at("07:45"), 1)
    lines = [f'{serial} = "{key}"' for serial, key in keys.items()]
    key_file.write_text("\n".join(["[terminals]", *lines, ""]))
    url = f"sqlite:///{folder / 'presensi.db'}"
    migrate(url)
    store = open_store(url)
    settings = f'{GATEWAY}keys_file = "{key_file}"\n[clock]\nfile = "{clock_file}"\n'
    gateway = GatewayProcess(folder, url, settings)
    try:
        yield PushTown(gateway, store, SimClock(clock_file))
    finally:
        gateway.stop()
        store.close()
