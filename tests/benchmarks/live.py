"""From the finger to the browser in the rush, every process real; and what they cost when nothing happens."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.helper import Helper
from tests.benchmarks.report import Row, Target, bytes_text, seconds_text
from tests.benchmarks.town import Town, town
from tests.benchmarks.walls import Arrival
from tests.support.postgres import PostgresServer

WALLS = 50
RUSH_SECONDS = 60.0
LAST_DELTA_SECONDS = 2.0
SETTLE_SECONDS = 10.0
IDLE_SECONDS = 30.0

LATENCY = Target(0.250, at_most=True)
"""Seconds, at the 99th percentile."""
COLLECTOR_IDLE = Target(5.0, at_most=True)
"""Per cent of one core."""

Pressed = tuple[str, float]
"""Terminal, Unix time."""


@dataclass(frozen=True, slots=True)
class Rush:
    """Seconds from each finger to each wall, and to the page of a real browser."""

    fingers: int
    at_walls: list[float]
    in_page: list[float]


def measure() -> tuple[list[Row], list[str]]:
    """The same on both databases."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sqlite"
        path.mkdir()
        rows += _on("SQLite", path, f"sqlite:///{path / 'presensi.db'}")
        server = PostgresServer(durable=True)
        try:
            server.start()
            path = Path(folder) / "postgresql"
            path.mkdir()
            rows += _on("PostgreSQL", path, server.create("presensi"))
        finally:
            server.destroy()
    notes = [
        f"the {RUSH_SECONDS:g} s of the simulated morning with the most fingers, at the pace of life; "
        f"135 terminals followed live, {WALLS} Socket.IO clients and one Chromium page, all on this machine",
        "latency: from the press in the simulator to the delta's arrival at a wall, every finger at every "
        "wall, or to the change of the page's DOM; a finger that missed a wall would end the benchmark",
        f"idle: CPU time over {IDLE_SECONDS:g} s without a finger, all terminals followed live and the "
        f"{WALLS} walls connected; memory is what only that process and its children hold (USS)",
    ]
    return rows, notes


def _on(name: str, folder: Path, database: str) -> list[Row]:
    with (
        town(folder, database, RUSH_SECONDS) as running,
        Helper("walls", running.url, str(WALLS)) as walls,
        Helper("page", running.url) as page,
    ):
        walls.wait_ready()
        page.wait_ready()
        pressed: list[Pressed] = [(terminal, at) for terminal, at in running.rush.ask("go")]
        time.sleep(LAST_DELTA_SECONDS)
        shown: list[tuple[int, float]] = [(number, at) for number, at in page.finish()]
        idle = _idle(name, running)
        arrived: list[list[Arrival]] = walls.finish()
    fingers = _fingers_by_number(pressed, arrived[0])
    at_walls = [_delays(fingers, ((number, at) for number, _, at in wall)) for wall in arrived]
    rush = Rush(len(pressed), [delay for wall in at_walls for delay in wall], _delays(fingers, shown))
    return [*_latency(name, rush), *idle]


def _fingers_by_number(pressed: Iterable[Pressed], wall: Iterable[Arrival]) -> dict[int, float]:
    """When the finger of each ticker number was pressed: within one terminal they arrive in order."""
    waiting: dict[str, deque[float]] = defaultdict(deque)
    for terminal, at in pressed:
        waiting[terminal].append(at)
    found = {number: waiting[terminal].popleft() for number, terminal, _ in sorted(wall)}
    missing = sum(map(len, waiting.values()))
    if missing:
        raise AssertionError(f"{missing} fingers did not reach the walls")
    return found


def _delays(pressed: Mapping[int, float], seen: Iterable[tuple[int, float]]) -> list[float]:
    """Every finger's delay at one wall."""
    arrived = dict(seen)
    if arrived.keys() != pressed.keys():
        raise AssertionError(f"{len(pressed)} fingers, {len(arrived)} at a wall")
    return [arrived[number] - at for number, at in pressed.items()]


def _latency(name: str, rush: Rush) -> list[Row]:
    rows = []
    for where, delays in (
        (f"{WALLS} walls", rush.at_walls),
        ("a page in Chromium", rush.in_page),
    ):
        cuts = statistics.quantiles(delays, n=100, method="inclusive")
        rows.append(
            Row(
                part="latency",
                what=f"{name}: {rush.fingers} fingers → {where}, p99",
                ours=f"p50 {seconds_text(cuts[49])} · p95 {seconds_text(cuts[94])}",
                reference=f"most {seconds_text(max(delays))}",
                figure=cuts[98],
                unit=" s",
                target=LATENCY,
            )
        )
    return rows


def _idle(name: str, running: Town) -> list[Row]:
    time.sleep(SETTLE_SECONDS)
    before = {what: _cpu_seconds(process) for what, process in running.processes.items()}
    started = time.monotonic()
    time.sleep(IDLE_SECONDS)
    rows = []
    for what, process in running.processes.items():
        share = 100 * (_cpu_seconds(process) - before[what]) / (time.monotonic() - started)
        memory = sum(each.memory_full_info().uss for each in _family(process))
        rows.append(
            Row(
                part="idle",
                what=f"{name}: {what}",
                ours=bytes_text(memory),
                reference="",
                figure=share,
                unit=" % of a core",
                target=COLLECTOR_IDLE if what == "collect" else None,
            )
        )
    return rows


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu_seconds(process: psutil.Process) -> float:
    return sum(times.user + times.system for times in (each.cpu_times() for each in _family(process)))
