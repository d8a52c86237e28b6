"""Registered terminals, simulated ones behind them, and a collector that runs in the test's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import Follow, Terminal, TerminalHealth
from collector.supervisor import Supervisor
from config.clock import Clock, SystemClock
from config.settings import CollectorSettings
from devices.driver import AttLogRecord
from devices.zk.layouts import LAYOUT_40
from devices.zk.records import decode_log
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from store import Store
from store.schema import terminals, units
from tests.support.waiting import PATIENCE

ZONE = ZoneInfo("Asia/Jakarta")
SEED = 20261123

FAST = CollectorSettings(
    count_check=timedelta(seconds=0.3),
    keepalive=timedelta(seconds=1),
    connect_timeout=timedelta(seconds=2),
    reply_timeout=timedelta(seconds=2),
    bulk_timeout=timedelta(seconds=20),
    silence_timeout=timedelta(seconds=2),
    backoff_first=timedelta(seconds=0.05),
    backoff_most=timedelta(seconds=0.3),
    settle=timedelta(seconds=0.1),
    set_clocks=False,
)
"""A collector in a hurry, so that tests do not wait."""


def city_now(clock: Clock | None = None) -> datetime:
    """City time as a simulated terminal wants it: naive, local."""
    return (clock or SystemClock()).now().astimezone(ZONE).replace(tzinfo=None)


def register(
    store: Store,
    serial: str,
    port: int = 1,
    *,
    follow: Follow = Follow.LIVE,
    interval: float | None = None,
    driver: str = "zk-tcp",
) -> TerminalId:
    """Add a terminal to the roster, on loopback, at a unit of its own."""
    with store.database.write() as connection:
        unit = connection.execute(
            insert(units).values(
                code=serial, name=serial, short_name=serial, kind="agency", parent_id=None, office=True
            )
        ).inserted_primary_key
        assert unit is not None
        row = connection.execute(
            insert(terminals).values(
                serial=serial,
                name=f"Mesin {serial}",
                unit_id=unit[0],
                address="127.0.0.1",
                port=port,
                driver=driver,
                follow=follow.value,
                interval=interval,
                active=True,
            )
        ).inserted_primary_key
        assert row is not None
        return TerminalId(row[0])


def change_terminal(
    store: Store, terminal_id: TerminalId, *, port: int | None = None, active: bool = True
) -> None:
    """Correct a terminal's row in the roster."""
    values: dict[str, int | bool] = {"active": active}
    if port is not None:
        values["port"] = port
    with store.database.write() as connection:
        connection.execute(update(terminals).where(terminals.c.id == terminal_id).values(values))


def health_of(store: Store, terminal_id: TerminalId) -> TerminalHealth | None:
    """What the store knows of a terminal's health."""
    return store.terminals.health().get(terminal_id)


def terminal_of(store: Store, serial: str) -> Terminal:
    """The registered terminal with that serial number."""
    found = store.terminals.by_serial(SerialNumber(serial))
    assert found is not None
    return found


def stored_keys(store: Store) -> list[tuple[str, str, datetime]]:
    """Every stored punch: serial, PIN, device time; sorted, with whatever repeats."""
    return sorted(store.punches.keys())


def fill(sim: TerminalSim, count: int, *, first: datetime = datetime(2026, 1, 5, 6, 0)) -> None:
    """Put `count` punches of 300 people into a log, seven seconds apart, none the same as another."""
    sim.log.append(
        b"".join(
            sim.pack(str(1000 + number % 300), first + timedelta(seconds=7 * number))
            for number in range(count)
        )
    )


def truth_of(sim: TerminalSim) -> list[tuple[str, str, datetime]]:
    """What a terminal's log holds, as `stored_keys` would have it."""
    items = decode_log(b"".join(sim.log.records()), LAYOUT_40, 0)
    return sorted(
        (sim.serial, item.pin, item.device_time) for item in items if isinstance(item, AttLogRecord)
    )


@asynccontextmanager
async def served(
    serial: str, clock: Clock | None = None, *, comm_key: int = 0, model: TerminalModel | None = None
) -> AsyncIterator[TerminalServer]:
    """A simulated terminal on a loopback port."""
    sim = TerminalSim(serial, comm_key=comm_key, model=model or TerminalModel())
    server = TerminalServer(sim, lambda: city_now(clock))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def collecting(
    store: Store,
    clock: Clock | None = None,
    settings: CollectorSettings = FAST,
    sweeps: Sequence[time] = (),
) -> AsyncIterator[Supervisor]:
    """A collector in this event loop, following what is registered; stopped cleanly at the end."""
    stop, ready = asyncio.Event(), asyncio.Event()
    supervisor = Supervisor(
        settings=settings,
        zone=ZONE,
        store=store,
        clock=clock or SystemClock(),
        sweep_times=sweeps,
        random=Random(SEED),
    )
    running = asyncio.create_task(supervisor.run(stop, ready.set, lambda: None))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield supervisor
    finally:
        stop.set()
        await running


async def until(holds: Callable[[], bool], within: float = PATIENCE, every: float = 0.02) -> None:
    """Wait until `holds`, looking `every` so many seconds; fail when it does not within so many."""
    deadline = asyncio.get_running_loop().time() + within
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "it never came to be"
        await asyncio.sleep(every)


async def until_read(store: Store, terminal_id: TerminalId) -> TerminalHealth:
    """Wait until a terminal was read for the first time; its health then."""
    await until(lambda: (at := health_of(store, terminal_id)) is not None and at.read_through is not None)
    health = health_of(store, terminal_id)
    assert health is not None
    return health


def utc_now() -> datetime:
    """The machine's time, aware."""
    return datetime.now(UTC)
