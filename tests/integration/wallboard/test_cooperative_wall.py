"""The wall with gevent: what it does with threads, for more monitors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from attendance.ids import UnitId
from presensi.supervised import SUPERVISED
from store import Store, open_store
from store.walls import WallFacts
from tests.support.days import at
from tests.support.mornings import OFFICE, append, both_read, punch, settled
from tests.support.paired_walls import paired
from tests.support.revoking import ATTEMPTS, REVOKED_WITHIN, seconds_until_revoked
from tests.support.waiting import PATIENCE
from tests.support.wall_process import CooperativeWallProcess
from tests.support.walls import wait_until, wall

SOON = 15.0
"""Seconds; gunicorn itself would wait thirty for monitors to go."""


@pytest.fixture
def city(database_url: str) -> Iterator[Store]:
    store = settled(open_store(database_url))
    yield store
    store.close()


@pytest.fixture
def running(city: Store, database_url: str, tmp_path: Path) -> Iterator[CooperativeWallProcess]:
    process = CooperativeWallProcess(tmp_path, database_url, unpaired="names")
    process.start()
    yield process
    process.stop()


def test_it_serves_the_page_snapshots_deltas_and_revocations(
    city: Store, running: CooperativeWallProcess
) -> None:
    assert "presensi-build" in requests.get(running.url, timeout=PATIENCE).text
    facts = WallFacts("Ruang Kepala", UnitId(2), "names")
    device = paired(city, facts)
    with wall(running.url) as monitor, wall(running.url, credential=device.credential) as office:
        office.until(lambda: bool(office.hellos))
        assert (office.hellos[0]["root"], office.hellos[0]["wall"]["name"]) == (OFFICE, "Ruang Kepala")
        assert monitor.join("city")["total"]["people"] == 3
        assert office.join(OFFICE)["p:1"]["name"] == "Orang 1"

        append(city, punch("1001", "06:58"))
        city.terminals.save_health(both_read("07:20"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)
        office.until(lambda: office.row(OFFICE, "p:1")["status"] == "present")

        assert city.walls.revoke(device.wall_id, by="test", why="lost", at=at("07:20"))
        office.until(lambda: "revoked" in office.words)
        monitor.until(lambda: len(monitor.beats) > 2)
    assert min(seconds_until_revoked(city, running.url) for _ in range(ATTEMPTS)) < REVOKED_WITHIN


def test_it_ends_soon_and_a_worker_that_dies_is_replaced(running: CooperativeWallProcess) -> None:
    [worker] = psutil.Process(running.pid).children()
    with wall(running.url, reconnect=True) as monitor:
        monitor.join("city")
        epoch = monitor.seen["city"].epoch
        worker.send_signal(signal.SIGKILL)
        wait_until(lambda: monitor.seen["city"].epoch != epoch)
        started = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - started < SOON


def test_presensi_wall_begins_anew_with_gevent_and_ends_with_its_supervisor(
    sqlite_url: str, tmp_path: Path
) -> None:
    process = CooperativeWallProcess(tmp_path, sqlite_url)
    with subprocess.Popen(
        [sys.executable, "-m", "presensi", "wall", "--config", str(process.settings_file)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, SUPERVISED: "1"},
    ) as started:
        try:
            wait_until(lambda: _answers(process.url))
            assert psutil.Process(started.pid).cmdline()[-4:-2] == ["presensi.cooperative", "wall"]
            said = started.communicate(timeout=PATIENCE)[1]
        finally:
            started.kill()
    assert started.returncode == 0
    assert "Warning" not in said
    assert "gevent on SQLite" in said


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False
