"""The demo's morning, from the finger to the monitor, compared with the ground truth name by name."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import Store
from tests.support.city_watch import CityWatch, city_watch
from tests.support.databases import DIALECTS, FreshDatabase
from tests.support.postgres import PostgresServer
from tests.support.running_demo import RunningDemo, running_demo
from tests.support.stored_results import wait_until_current

OUTAGE_SECONDS = 30.0
KEPT_SECONDS = 60.0
PAUSES = ("07:31", "08:00", "12:00")

Outage = Callable[[], None]


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_after_the_rush_store_and_monitor_equal_the_truth(
    dialect: str, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    with running_demo(tmp_path / "demo", database=fresh_database(dialect)) as demo:
        _live_through_the_day(demo, rates=(150, 150, 1200))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_kills_and_a_stopped_database_in_mid_rush_change_nothing(
    dialect: str, fresh_database: FreshDatabase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = fresh_database(dialect)
    with running_demo(tmp_path / "demo", database=url) as demo:
        outage = (
            _sqlite_outage(url)
            if dialect == "sqlite"
            else _postgres_outage(request.getfixturevalue("postgres_server"))
        )
        _live_through_the_day(demo, rates=(45, 100, 1200), outage=outage)


def _live_through_the_day(
    demo: RunningDemo, rates: tuple[float, float, float], outage: Outage | None = None
) -> None:
    store = demo.open_store()
    try:
        with city_watch(demo, store) as watch:
            for number, (moment, rate) in enumerate(zip(PAUSES, rates, strict=True)):
                demo.go(rate, moment)
                if outage is not None and number == 0:
                    _a_bad_morning(demo, outage)
                if outage is not None and number == 1:
                    _a_bad_half_hour(demo)
                demo.wait_for(moment)
                counted = watch.agree()
                assert counted["waiting"] > 0, "the dark terminals' people are not among those waiting"
                assert counted["present"] > 2000
                assert sum(counted.values()) == len(demo.truth.people)
                _store_equals_truth(store, watch)
                wait_until_current(store, demo.day, demo.day, demo.clock.now(), within=KEPT_SECONDS)
            assert watch.accused == []
    finally:
        store.close()


def _a_bad_morning(demo: RunningDemo, outage: Outage) -> None:
    demo.wait_for("06:48")
    demo.kill("wall")  # long before the outage: while a view of names cannot be logged, nobody may look
    demo.wait_for("06:54")
    demo.kill("collect")
    demo.kill("judge")
    demo.wait_for("07:00")
    outage()
    demo.wait_for("07:25")
    demo.kill("collect")
    demo.wait_for("07:28")
    demo.kill("collect")


def _a_bad_half_hour(demo: RunningDemo) -> None:
    demo.wait_for("07:36")
    demo.kill("wall")
    demo.kill("collect")
    demo.wait_for("07:51")
    demo.kill("collect")
    demo.kill("judge")


def _sqlite_outage(url: str) -> Outage:
    """Nobody can write, and new readers wait: another process holds the file for itself."""

    def hold() -> None:
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(OUTAGE_SECONDS)
        connection.execute("ROLLBACK")
        connection.close()

    return hold


def _postgres_outage(server: PostgresServer) -> Outage:
    def stop() -> None:
        server.stop("immediate")
        time.sleep(OUTAGE_SECONDS)
        server.start()

    return stop


def _store_equals_truth(store: Store, watch: CityWatch) -> None:
    demo = watch.demo
    moment = demo.now()
    held = list(store.punches.keys())
    true = demo.truth.punch_keys(moment)
    assert len(held) == len(set(held)), "a punch is held twice"
    assert set(held) == true, f"missing {len(true - set(held))}, too many {len(set(held) - true)}"
    lengths = demo.truth.log_lengths(moment)
    serials = {terminal.id: terminal.serial for terminal in store.terminals.list()}
    dark = {window.serial for window in demo.truth.dark if window.covers(moment)}
    for terminal_id, cursor in store.terminals.cursors().items():
        assert cursor.stored + cursor.duplicates + cursor.quarantined == cursor.records_read
        serial = serials[terminal_id]
        if serial not in dark:
            assert cursor.records_read == lengths[serial], f"{serial}: the count does not add up"
