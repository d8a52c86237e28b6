"""From the finger to the browser in the rush, every process real; and what they cost when nothing happens."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.helper import Helper
from tests.benchmarks.latency import Pressed, cpu_seconds, delays, family, fingers_by_number, latency_row
from tests.benchmarks.report import Row, Target, bytes_text
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
    fingers = fingers_by_number(pressed, ((number, terminal) for number, terminal, _ in arrived[0]))
    at_walls = [delays(fingers, {number: at for number, _, at in wall}) for wall in arrived]
    rush = Rush(len(pressed), [delay for wall in at_walls for delay in wall], delays(fingers, dict(shown)))
    return [*_latency(name, rush), *idle]


def _latency(name: str, rush: Rush) -> list[Row]:
    return [
        latency_row("latency", f"{name}: {rush.fingers} fingers → {where}", found, LATENCY)
        for where, found in ((f"{WALLS} walls", rush.at_walls), ("a page in Chromium", rush.in_page))
    ]


def _idle(name: str, running: Town) -> list[Row]:
    time.sleep(SETTLE_SECONDS)
    before = {what: cpu_seconds(process) for what, process in running.processes.items()}
    started = time.monotonic()
    time.sleep(IDLE_SECONDS)
    rows = []
    for what, process in running.processes.items():
        share = 100 * (cpu_seconds(process) - before[what]) / (time.monotonic() - started)
        memory = sum(each.memory_full_info().uss for each in family(process))
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
