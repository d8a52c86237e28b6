"""One simulated terminal for a technician: to try a driver, a network or a screen against."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from simulators.bench_roster import write_bench
from simulators.carrier import Carrier
from simulators.control import ControlServer
from simulators.faults import Delivery
from simulators.line import LOOPBACK
from simulators.serving import announce, run_until_signal
from simulators.site import Site
from simulators.station import Station
from simulators.terminal import SimUser, TerminalModel, TerminalSim

DEMO_SERIAL = "SIM0000001"
DEMO_USERS = (
    SimUser("1001", "Sutrisno", "197403121999031901"),
    SimUser("1002", "Siti Aminah", "198107062005012901"),
    SimUser("1003", "Bambang Hariyanto", "197911232006041901"),
    SimUser("1004", "Ni Wayan Suartini", "198502172010122901"),
    SimUser("1005", "Moh. Hasan", "199005302015031901"),
)
"""Nobody: enough fingers to press. The staff numbers are synthetic, see `simulators.city.people`."""


def make_terminal(
    serial: str = DEMO_SERIAL,
    *,
    name: str = "Simulator",
    comm_key: int = 0,
    clock_offset: float = 0.0,
    users: Sequence[SimUser] = DEMO_USERS,
    model: TerminalModel | None = None,
) -> TerminalSim:
    """A terminal with users and an empty log; `clock_offset` in seconds ahead of city time."""
    terminal = TerminalSim(
        serial,
        name,
        comm_key=comm_key,
        clock_offset=timedelta(seconds=clock_offset),
        model=model or TerminalModel(),
    )
    terminal.enrol(users)
    return terminal


def fill_log(terminal: TerminalSim, records: int, until: datetime, seed: int = 0) -> None:
    """Append `records` punches of the terminal's users, some seconds apart, the last just before `until`.

    `until` is by the terminal's own clock, naive. Raises `ValueError` for a terminal without users.
    """
    pins = [user.pin for user in terminal.users]
    if not pins:
        raise ValueError(f"{terminal.serial} has no users who could have punched")
    rng = random.Random(seed)
    gaps = [rng.randint(2, 60) for _ in range(records)]
    moment = until - timedelta(seconds=sum(gaps))
    terminal.log.append(b"".join(_punches(terminal, pins, gaps, moment)))


def run_terminal(
    terminal: TerminalSim,
    now: Callable[[], datetime],
    *,
    host: str = LOOPBACK,
    port: int = 0,
    control_port: int = 0,
    directory: Path | None = None,
    delivery: Delivery | None = None,
    carrier: Carrier | None = None,
    ready: Callable[[Station, int], None] = lambda server, control_port: None,
) -> int:
    """Run one terminal until SIGTERM or SIGINT; returns 0. Raises `OSError` for a taken port.

    `now` gives city time, naive and local. `carrier`: its line, None for TCP. `ready` is told where the
    terminal is reached and the control's port; by then `directory`, when given, holds the control's address
    (`control.json`) and a roster of this terminal and its people, to be imported.
    """
    site = Site([terminal], now, base_port=port, host=host, delivery=delivery, carrier=carrier)
    control = ControlServer(site, port=control_port)

    async def serve(stop: asyncio.Event) -> None:
        try:
            await site.start()
            await control.start()
            if directory is not None:
                directory.mkdir(parents=True, exist_ok=True)
                announce(control, directory)
                write_bench(site, directory)
            ready(site.server(None), control.port)
            await stop.wait()
        finally:
            await control.stop()
            await site.stop()

    return run_until_signal(serve)


def _punches(
    terminal: TerminalSim, pins: Sequence[str], gaps: Iterable[int], moment: datetime
) -> Iterable[bytes]:
    for number, gap in enumerate(gaps):
        yield terminal.pack(pins[number % len(pins)], moment)
        moment += timedelta(seconds=gap)
