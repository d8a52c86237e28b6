"""The demo city with the real processes: terminals, collector and wall, each its own, on one database."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from store import open_store
from tests.benchmarks.helper import Helper
from tests.benchmarks.rush import CLOCK_FILE, ZONE
from tests.support.ports import free_port

START_SECONDS = 120.0
STOP_SECONDS = 20.0
SHEETS = ("units", "terminals", "people", "enrollments", "excuses")


@dataclass(frozen=True, slots=True)
class Town:
    """What runs."""

    url: str
    """Where the wall is served."""
    rush: Helper
    processes: dict[str, psutil.Process]
    """Each process of the product, and the simulated terminals, by name."""


@contextmanager
def town(folder: Path, database: str, seconds: float, pace: float | None = None) -> Iterator[Town]:
    """Start everything on the empty `database`; gives it once every terminal's log is in the store.
    `pace`: see `tests.benchmarks.rush`.
    """
    with Helper("rush", str(folder), str(seconds), *([] if pace is None else [str(pace)])) as rush:
        rush.wait_ready()
        port = free_port()
        settings = folder / "presensi.toml"
        settings.write_text(
            f'[city]\ntimezone = "{ZONE.key}"\n[store]\nurl = "{database}"\n'
            f'[wall]\nport = {port}\nunpaired = "names"\n[clock]\nfile = "{CLOCK_FILE}"\n'
            '[log]\nlevel = "WARNING"\n'
        )
        _finish(_presensi("migrate", settings, quiet=True))
        files = [str(folder / f"{sheet}.csv") for sheet in SHEETS]
        _finish(_presensi("import", settings, "roster", "--yes", *files, quiet=True))
        services = {name: _presensi(name, settings) for name in ("collect", "wall")}
        try:
            _wait_read(database)
            url = f"http://127.0.0.1:{port}"
            _wait_served(url)
            pids = {"terminals (simulated)": rush.process.pid}
            pids |= {name: process.pid for name, process in services.items()}
            yield Town(url, rush, {name: psutil.Process(pid) for name, pid in pids.items()})
        finally:
            for process in services.values():
                process.terminate()
            for process in services.values():
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _presensi(command: str, settings: Path, *words: str, quiet: bool = False) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "presensi", command, *words, "--config", str(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
    )


def _finish(process: subprocess.Popen[bytes]) -> None:
    if process.wait(START_SECONDS):
        raise RuntimeError(f"{process.args!r} failed")


def _wait_read(database: str) -> None:
    store = open_store(database)
    try:
        wanted = {terminal.id for terminal in store.terminals.list()}
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            health = store.terminals.health()
            if wanted == {number for number, row in health.items() if row.online and row.read_through}:
                return
            time.sleep(0.2)
        raise RuntimeError("the collector did not read every terminal")
    finally:
        store.close()


def _wait_served(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
