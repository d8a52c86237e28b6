"""What one look at every terminal costs when each has a full log and one new punch."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from attendance.terminal import LogCursor, Terminal
from devices.zk.driver import ZkTcpDriver
from store import Store
from tests.benchmarks import by_pyzk, sample_log
from tests.benchmarks.reading import Visits
from tests.benchmarks.registered import place_cursors_at_end, store_with_terminals
from tests.benchmarks.report import Row, Target, bytes_text, seconds_text
from tests.benchmarks.terminal_farm import Farm

TERMINALS = 135
SAMPLE = 2
"""Terminals that pyzk reads; its figures are scaled to all of them."""
FEWER_BYTES = Target(1000)


@dataclass(frozen=True, slots=True)
class Cost:
    """What all terminals together cost."""

    traffic: int
    """Bytes in both directions."""
    seconds: float


def measure() -> tuple[list[Row], list[str]]:
    """Sweep by visits (as pyzk does, a session each) and over sessions that stand; then let pyzk read."""
    with Farm(TERMINALS) as farm, tempfile.TemporaryDirectory() as folder:
        with store_with_terminals(f"sqlite:///{Path(folder) / 'sweep.db'}", farm.ports()) as (
            store,
            registered,
        ):
            cursors = place_cursors_at_end(store, registered)
            visits, held = asyncio.run(_sweeps(farm, store, registered, cursors))
        farm.traffic()
        seconds = sum(by_pyzk.read(port)[1] for port in farm.ports()[:SAMPLE])
        scale = TERMINALS / SAMPLE
        theirs = Cost(round(farm.traffic().both * scale), seconds * scale)
    rows = [
        _bytes("connect, read, EXIT", visits, theirs),
        _bytes("over sessions that stand", held, theirs),
        _seconds("connect, read, EXIT", visits, theirs),
        _seconds("over sessions that stand", held, theirs),
    ]
    notes = [
        f"{TERMINALS} simulated terminals with {sample_log.RECORDS:,} records each and one new punch each; "
        "ours counts, reads the tail with its overlap, commits punch, cursor and notice into SQLite",
        f"pyzk read {SAMPLE} of them in full, one after the other; its bytes and seconds are scaled by "
        f"{TERMINALS}/{SAMPLE}, not measured on all",
        "bytes are payload in both directions; our cursors were placed at the end of each log beforehand",
    ]
    return rows, notes


async def _sweeps(
    farm: Farm, store: Store, registered: Sequence[Terminal], cursors: Sequence[LogCursor]
) -> tuple[Cost, Cost]:
    visits = Visits(store, ZkTcpDriver())
    farm.press()
    farm.traffic()
    started = time.perf_counter()
    brought = await asyncio.gather(*map(visits.visit, registered, cursors))
    by_visits = Cost(farm.traffic().both, time.perf_counter() - started)
    _all_came(brought, store, 1)

    sessions = await asyncio.gather(*map(visits.open, registered))
    farm.press()
    moved = store.terminals.cursors()
    now = [moved[terminal.id] for terminal in registered]
    farm.traffic()
    started = time.perf_counter()
    brought = await asyncio.gather(*map(visits.read, sessions, registered, now))
    over_sessions = Cost(farm.traffic().both, time.perf_counter() - started)
    _all_came(brought, store, 2)
    for session in sessions:
        await session.close()
    await visits.close()
    return by_visits, over_sessions


def _all_came(brought: Sequence[int], store: Store, punches_each: int) -> None:
    if list(brought) != [1] * TERMINALS or store.punches.count() != punches_each * TERMINALS:
        raise AssertionError(f"{sum(brought)} of {TERMINALS} new punches came in")


def _bytes(how: str, ours: Cost, theirs: Cost) -> Row:
    return Row(
        part="sweep",
        what=f"{TERMINALS} × {sample_log.RECORDS:,} records + 1 new, bytes; {how}",
        ours=bytes_text(ours.traffic),
        reference=f"pyzk, scaled {bytes_text(theirs.traffic)}",
        figure=theirs.traffic / ours.traffic,
        unit="× fewer",
        target=FEWER_BYTES,
    )


def _seconds(how: str, ours: Cost, theirs: Cost) -> Row:
    return Row(
        part="sweep",
        what=f"the same, time; {how}",
        ours=seconds_text(ours.seconds),
        reference=f"pyzk, scaled {seconds_text(theirs.seconds)}",
        figure=theirs.seconds / ours.seconds,
        unit="×",
    )
