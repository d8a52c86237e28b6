"""What systemd is told: ready once the work has begun, and alive only while real work is done."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from psycopg import sql

from config.settings import load
from store.database import BUSY_SECONDS
from tests.support.databases import FreshDatabase
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.support.waiting import PATIENCE

WATCHDOG_SECONDS = 4.0
HARDENED = """
import ctypes, os, sys
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Runs Python as MemoryDenyWriteExecute= of the units does; a kernel before 6.3 does not know how."""


class Manager:
    """The service manager's end of the notification socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))

    def close(self) -> None:
        """Stop listening."""
        self._line.close()

    def wait_for(self, message: str, seconds: float) -> bool:
        """Whether `message` comes within `seconds`; others are passed over."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._line.settimeout(left)
            try:
                if message in self._line.recv(4096).decode().splitlines():
                    return True
            except TimeoutError:
                return False
        return False

    def forget(self) -> None:
        """Drop what has come so far."""
        self._line.setblocking(False)
        try:
            while True:
                self._line.recv(4096)
        except BlockingIOError:
            return


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    opened = Manager(tmp_path / "notify")
    yield opened
    opened.close()


Installation = Callable[[str], Path]
"""Gives the settings file of an installation on a migrated database of its own: "sqlite" or "postgresql"."""


@pytest.fixture
def installation(tmp_path: Path, fresh_database: FreshDatabase) -> Installation:
    def install(dialect: str) -> Path:
        path = tmp_path / "presensi.toml"
        path.write_text(
            f'[store]\nurl = "{fresh_database(dialect)}"\n'
            f"[wall]\nport = {free_port()}\n[gateway]\nport = {free_port()}\n"
        )
        return path

    return install


@contextmanager
def service(command: str, settings_file: Path, manager: Manager) -> Iterator[subprocess.Popen[bytes]]:
    """`presensi COMMAND` as systemd would start it; ended with SIGTERM, which it has to obey."""
    environment = os.environ | {
        "NOTIFY_SOCKET": str(manager.path),
        "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6)),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", HARDENED, "-m", "presensi", command, "--config", str(settings_file)],
        env=environment,
    )
    try:
        assert manager.wait_for("READY=1", PATIENCE), "never ready"
        yield process
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        for child in family(process.pid):
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()
        process.wait()


def family(pid: int) -> list[psutil.Process]:
    """The living children of a process."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@contextmanager
def standing_still(processes: list[psutil.Process]) -> Iterator[None]:
    """Within the block, these processes exist and do nothing."""
    try:
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("command", ["collect", "judge", "wall", "gateway"])
def test_a_service_says_that_it_is_ready_and_goes_on_feeding_the_watchdog(
    command: str, installation: Installation, manager: Manager
) -> None:
    with service(command, installation("sqlite"), manager):
        waited = []
        for _ in range(3):
            began = time.monotonic()
            assert manager.wait_for("WATCHDOG=1", PATIENCE)
            waited.append(time.monotonic() - began)
        # A busy machine stands still now and then; it does not always.
        assert min(waited) < WATCHDOG_SECONDS, waited
    assert manager.wait_for("STOPPING=1", PATIENCE)


@pytest.mark.postgres
def test_a_collector_whose_writer_hangs_does_not_feed_the_watchdog(
    installation: Installation, manager: Manager, postgres_server: PostgresServer
) -> None:
    with service("collect", installation("postgresql"), manager):
        assert manager.wait_for("WATCHDOG=1", PATIENCE)
        backends = postgres_server.execute(
            sql.SQL("SELECT pid FROM pg_stat_activity WHERE application_name = 'presensi'")
        )
        stopped = [psutil.Process(int(str(pid))) for (pid,) in backends]
        assert stopped
        with standing_still(stopped):
            time.sleep(1.0)
            manager.forget()
            assert not manager.wait_for("WATCHDOG=1", 2 * WATCHDOG_SECONDS), (
                "alive, and nothing can be written"
            )
        assert manager.wait_for("WATCHDOG=1", PATIENCE), "did not recover"


def test_a_collector_whose_database_is_locked_waits_and_is_not_taken_for_dead(
    installation: Installation, manager: Manager
) -> None:
    settings_file = installation("sqlite")
    database = load(settings_file).store.url.removeprefix("sqlite:///")
    with service("collect", settings_file, manager), closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1.0)
        manager.forget()
        assert manager.wait_for("WATCHDOG=1", 2 * BUSY_SECONDS)


def test_a_wall_whose_worker_hangs_does_not_feed_the_watchdog(
    installation: Installation, manager: Manager
) -> None:
    with service("wall", installation("sqlite"), manager) as process:
        assert manager.wait_for("WATCHDOG=1", PATIENCE)
        workers = family(process.pid)
        assert workers, "the wall works in its parent: stop that one instead"
        with standing_still(workers):
            manager.forget()
            assert not manager.wait_for("WATCHDOG=1", 2 * WATCHDOG_SECONDS), "alive, with a worker that hangs"
        assert manager.wait_for("WATCHDOG=1", PATIENCE), "did not recover"
