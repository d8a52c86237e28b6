"""The wall's process: how it starts, stops, dies, and whom it lets in."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from config.errors import ConfigError
from config.settings import Settings
from store import MigrationNeeded, open_store
from tests.support.rosters import plant, small_roster
from tests.support.waiting import PATIENCE
from tests.support.wall_process import WallProcess
from tests.support.walls import wait_until, wall
from wallboard.server import run


@pytest.fixture
def running(sqlite_url: str, tmp_path: Path) -> Iterator[WallProcess]:
    store = open_store(sqlite_url)
    plant(store, small_roster())
    store.close()
    process = WallProcess(tmp_path, sqlite_url)
    process.start()
    yield process
    process.stop()


SOON = 15.0
"""Seconds; gunicorn itself would wait thirty for monitors to go."""


def nothing() -> None:
    """Nobody waits for this server."""


def test_sigterm_ends_it_soon_though_monitors_are_connected(running: WallProcess) -> None:
    with wall(running.url) as monitor:
        monitor.join("city")
        started = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - started < SOON


def test_killed_with_monitors_connected_it_frees_its_port(running: WallProcess) -> None:
    with wall(running.url) as monitor:
        monitor.join("city")
        running.kill()
        running.until_port_is_free(within=PATIENCE)


def test_a_worker_that_dies_is_replaced_and_monitors_find_the_board_again(running: WallProcess) -> None:
    [worker] = psutil.Process(running.pid).children()
    with wall(running.url, reconnect=True) as monitor:
        monitor.join("city")
        epoch = monitor.seen["city"].epoch
        monitor.client.on("connect", lambda: monitor.client.emit("join", {"scope": "city"}))
        worker.send_signal(signal.SIGKILL)
        wait_until(lambda: monitor.seen["city"].epoch != epoch)
        assert monitor.row("city", "total")["people"] == 3


def test_a_page_of_another_site_cannot_connect(running: WallProcess) -> None:
    client = socketio.Client(reconnection=False)
    with pytest.raises(Refused):
        client.connect(running.url, headers={"Origin": "http://evil.example"}, transports=["websocket"])


def test_a_message_longer_than_a_wall_ever_sends_ends_the_connection(running: WallProcess) -> None:
    with wall(running.url) as monitor:
        monitor.join("city")
        monitor.emit("join", {"scope": "x" * 100_000})
        wait_until(lambda: not monitor.client.connected)
    with wall(running.url) as monitor:
        assert monitor.join("city")


def test_an_address_in_use_is_one_clear_sentence(sqlite_url: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings.model_validate({"store": {"url": sqlite_url}, "wall": {"port": port}})
        with pytest.raises(ConfigError, match=rf"127\.0\.0\.1, port {port} .*choose another \[wall\] port"):
            run(settings, nothing, nothing)


def test_a_database_without_tables_is_said_before_anything_is_served(tmp_path: Path) -> None:
    settings = Settings.model_validate({"store": {"url": f"sqlite:///{tmp_path}/empty.db"}})
    with pytest.raises(MigrationNeeded, match="presensi migrate"):
        run(settings, nothing, nothing)
