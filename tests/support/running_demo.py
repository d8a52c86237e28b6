"""`presensi demo` as a user starts it, its clock and its processes in the test's hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import psutil

from config.clock import SimClock, set_rate, write_clock
from config.settings import CitySettings
from simulators.truth import GroundTruth
from store import Store, open_store
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE

READY_SECONDS = 90.0
DAY = "2026-11-23"
BEGIN = "06:45"
HISTORY = "2"
"""Working days in the logs: enough to be read, without the cost of five."""
RECHECK = 0.02


class RunningDemo:
    """A demo whose clock stands still until `go`. City moments are given as "07:31", local to the city."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._process = process
        self._zone = CitySettings().zone

    @cached_property
    def settings(self) -> dict[str, dict[str, str]]:
        """The demo's settings file, as it wrote it."""
        return tomllib.loads((self.folder / "presensi.toml").read_text("utf-8"))

    @cached_property
    def truth(self) -> GroundTruth:
        """What the scenario says really happened."""
        return GroundTruth.from_json((self.folder / "truth.json").read_text("utf-8"))

    @cached_property
    def clock(self) -> SimClock:
        """The city's clock."""
        return SimClock(self.folder / "clock.json")

    @property
    def url(self) -> str:
        """Where the wall is."""
        return f"http://127.0.0.1:{self.settings['wall']['port']}"

    @property
    def day(self) -> date:
        """The demo's city day."""
        return self.truth.day

    def open_store(self) -> Store:
        """The demo's store, beside its own processes."""
        return open_store(self.settings["store"]["url"])

    def at(self, moment: str) -> datetime:
        """City time `moment` of the demo's day, aware."""
        return datetime.combine(self.day, datetime.strptime(moment, "%H:%M").time(), self._zone)

    def now(self) -> datetime:
        """City time, naive and local, as the ground truth counts it."""
        return self.clock.now().astimezone(self._zone).replace(tzinfo=None)

    def go(self, rate: float, until: str) -> None:
        """Let the clock run at `rate` and stop exactly at `until`; returns at once."""
        set_rate(self.folder / "clock.json", rate, self.at(until))

    def jump(self, moment: datetime) -> None:
        """Set the clock to `moment` (city time, naive), where it stands."""
        write_clock(self.folder / "clock.json", moment.replace(tzinfo=self._zone), 0.0)

    def wait_for(self, moment: str) -> None:
        """Return when city time has reached `moment`."""
        while self.clock.now() < self.at(moment):
            assert self._process.poll() is None, f"the demo ended by itself: {self.log()}"
            time.sleep(RECHECK)

    def kill(self, name: str) -> None:
        """kill -9 the child `name` ("collect", "wall" or "judge"): no word of farewell, no flush.

        One that is just being started again is waited for.
        """
        deadline = time.monotonic() + PATIENCE
        while (found := self._child(name)) is None and time.monotonic() < deadline:
            time.sleep(RECHECK)
        assert found is not None, f"no child {name}: {self.log()}"
        found.send_signal(signal.SIGKILL)
        found.wait(PATIENCE)

    def alive(self, name: str) -> bool:
        """Whether the child `name` runs at this moment."""
        return self._child(name) is not None

    def log(self) -> str:
        """The last lines of everything the demo's processes said."""
        files = sorted((self.folder / "logs").glob("*.log"))
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text("utf-8").splitlines()[-15:]) for path in files
        )

    def wait_ready(self) -> None:
        """Return when the demo says that it runs; the clock still stands then."""
        deadline = time.monotonic() + READY_SECONDS
        while not (self._ended() or (self.folder / "demo.json").exists()):
            assert time.monotonic() < deadline, f"the demo was not ready in time: {self.log()}"
            time.sleep(0.2)
        assert not self._ended(), f"the demo ended at its start: {self.log()}"

    def stop(self) -> None:
        """Ctrl-C, and wait for the orderly end."""
        if not self._ended():
            self._process.send_signal(signal.SIGINT)
        try:
            assert self._process.wait(PATIENCE) == 0, self.log()
        finally:
            self._process.kill()

    def _ended(self) -> bool:
        return self._process.poll() is not None

    def _child(self, name: str) -> psutil.Process | None:
        for child in psutil.Process(self._process.pid).children():
            try:
                if name in child.cmdline():
                    return child
            except psutil.Error:
                continue
        return None


@contextmanager
def running_demo(
    folder: Path, *, database: str | None = None, count_check: str = "1s", scenario: str | None = None
) -> Iterator[RunningDemo]:
    """The whole demo city, or a `scenario` that really happened, ready, its clock standing at 06:45."""
    command = [
        sys.executable,
        "-m",
        "presensi",
        "demo",
        "--dir",
        str(folder),
        "--rate",
        "0.1",
        "--start",
        BEGIN,
    ]
    command += ["--port", str(free_port())]
    command += ["--database", database] if database else []
    command += ["--scenario", scenario] if scenario else ["--history", HISTORY]
    environment = {**os.environ, "PRESENSI_COLLECTOR_COUNT_CHECK": count_check}
    with (folder.parent / f"{folder.name}.out").open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
    demo = RunningDemo(folder, process)
    try:
        demo.wait_ready()
        yield demo
        demo.stop()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
