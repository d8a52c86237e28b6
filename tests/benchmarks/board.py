"""How soon a board of the whole city stands, and how soon a late excuse is on the wall."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as day_time
from pathlib import Path

from attendance.assembly import Assembler
from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from realtime.city_calendar import with_computed
from realtime.day_board import DayBoard, punches_of
from realtime.rulebook import load_rulebook
from store import Store
from tests.benchmarks.city_store import DAY, ZONE, planted
from tests.benchmarks.report import Row, Target, seconds_text
from tests.support.postgres import PostgresServer
from tests.support.wall_process import WallProcess
from tests.support.walls import wall

NOW = datetime.combine(DAY, day_time(8), ZONE)
FRESHNESS = timedelta(minutes=3)
ROUNDS = 7
EXCUSES = 40
PAUSE_SECONDS = 0.3
"""Longer than the wall gathers changes for."""

REBUILT = Target(300, at_most=True)
"""Milliseconds, the median."""
ON_THE_WALL = Target(50, at_most=True)
"""Milliseconds, at the 95th percentile."""


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
        "rebuild: from the facts in memory to everybody's judgement at 08:00, and the moment at which each "
        f"may change; median of {ROUNDS} after a first one, which also imports the calendars. Beside it what "
        "the store takes to give the facts, the terminals' word and the punches",
        f"late excuse: {EXCUSES} people who are absent, one after the other; from the call that enters the "
        "excuse, its commit included, to its arrival at a Socket.IO client that looks at the office. "
        "The wall is a process of its own; SQLite is asked every 20 ms whether somebody committed",
    ]
    return rows, notes


def _on(name: str, folder: Path, url: str) -> list[Row]:
    store = planted(url, folder, NOW)
    try:
        return [_rebuild(name, store), _late_excuse(name, store, folder, url)]
    finally:
        store.close()


def _rebuild(name: str, store: Store) -> Row:
    book = load_rulebook("standard")
    loads, builds = [], []
    people = 0
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        health = store.terminals.health()
        facts = store.day_facts.load(DAY, DAY)
        loaded = time.perf_counter()
        calendar = with_computed(facts.calendar, DAY - timedelta(days=1), DAY + timedelta(days=1))
        assembler = Assembler(replace(facts, calendar=calendar), book, ZONE)
        paused = time.perf_counter()
        punches = store.punches.between(*punches_of(assembler, DAY))
        resumed = time.perf_counter()
        board = DayBoard(assembler, DAY, health=health, punches=punches, now=NOW, freshness=FRESHNESS)
        ended = time.perf_counter()
        loads.append(loaded - started + resumed - paused)
        builds.append(paused - loaded + ended - resumed)
        people = len(board.rows)
    load, build = statistics.median(loads[1:]), statistics.median(builds[1:])
    return Row(
        part="board",
        what=f"{name}: board of {people:,} people rebuilt",
        ours=f"first {seconds_text(builds[0])} · most {seconds_text(max(builds[1:]))}",
        reference=f"store {seconds_text(load)}",
        figure=1000 * build,
        unit=" ms",
        target=REBUILT,
    )


def _late_excuse(name: str, store: Store, folder: Path, url: str) -> Row:
    server = WallProcess(folder, url)
    server.set_clock(NOW)
    store.terminals.note_collector_alive(NOW)
    server.start()
    try:
        with wall(server.url) as monitor:
            offices = [f"office:{unit.id}" for unit in store.roster.load(DAY).units if unit.office]
            absent = {
                int(row["id"]): office
                for office in offices
                for key, row in monitor.join(office).items()
                if key.startswith("p:") and row["status"] == "absent"
            }
            delays = []
            for person, office in list(absent.items())[:EXCUSES]:
                excuse = Excuse(PersonId(person), ExcuseCode.DL, DAY, DAY, f"surat {person}")
                time.sleep(PAUSE_SECONDS)
                started = time.perf_counter()
                store.facts.add_excuse(excuse)
                monitor.until(_excused(monitor.row, office, f"p:{person}"))
                delays.append(time.perf_counter() - started)
    finally:
        server.stop()
    if len(delays) < EXCUSES:
        raise AssertionError(f"only {len(delays)} people are absent")
    return Row(
        part="board",
        what=f"{name}: late excuse → wall, p95",
        ours=f"p50 {seconds_text(statistics.median(delays))}",
        reference=f"most {seconds_text(max(delays))}",
        figure=1000 * statistics.quantiles(delays, n=20, method="inclusive")[-1],
        unit=" ms",
        target=ON_THE_WALL,
    )


def _excused(row: Callable[[str, str], dict[str, object]], scope: str, key: str) -> Callable[[], bool]:
    return lambda: row(scope, key).get("status") == "excused"
