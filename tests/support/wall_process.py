"""The wall's server as its own process, as it runs in a city, on a store and a clock that the test holds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from config.clock import write_clock
from tests.support.days import at
from tests.support.ports import free_port

SERVE = """
import sys
from pathlib import Path
from config.settings import load
from wallboard.server import run
sys.exit(run(load(Path(sys.argv[1])), lambda: print("ready", flush=True), lambda: None))
"""
START_SECONDS = 60
STOP_SECONDS = 20


class WallProcess:
    """`start` and `stop` or `kill` it, as often as needed: it keeps its port."""

    def __init__(self, folder: Path, database_url: str, *, show_names: bool = True) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._clock = folder / "clock.json"
        self._settings = folder / "presensi.toml"
        self._log = folder / "wall.log"
        self._process: subprocess.Popen[str] | None = None
        self.set_clock("07:20")
        self._settings.write_text(
            f'[store]\nurl = "{database_url}"\n'
            f"[wall]\nport = {self.port}\nshow_names = {str(show_names).lower()}\n"
            f'[clock]\nfile = "{self._clock}"\n',
            "utf-8",
        )

    @property
    def pid(self) -> int:
        """Of the process that was started; the one that serves is its child."""
        assert self._process is not None
        return self._process.pid

    def set_clock(self, city: str | datetime, rate: float = 0.0) -> None:
        """City time, "HH:MM[:SS]" on the example Monday; it stands still unless a rate is given."""
        write_clock(self._clock, at(city) if isinstance(city, str) else city, rate)

    def start(self) -> None:
        """Start, and wait until the board stands."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(self._settings)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        deadline = time.monotonic() + START_SECONDS
        os.set_blocking(self._stdout(), False)
        said = b""
        while b"ready" not in said:
            assert self._process.poll() is None, self._log.read_text("utf-8")
            assert time.monotonic() < deadline, f"not ready: {self._log.read_text('utf-8')}"
            time.sleep(0.05)
            try:
                said += os.read(self._stdout(), 4096)
            except BlockingIOError:
                continue

    def stop(self) -> int:
        """SIGTERM, and wait; returns the exit code. Does nothing when it does not run."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        return self._wait()

    def kill(self) -> None:
        """SIGKILL to the process that was started."""
        assert self._process is not None
        self._process.kill()
        self._wait()

    def until_port_is_free(self, within: float) -> float:
        """Seconds until somebody else can listen on the port; fails after `within`."""
        started = time.monotonic()
        while True:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", self.port))
                except OSError:
                    assert time.monotonic() - started < within, "the port is still held"
                else:
                    return time.monotonic() - started
            time.sleep(0.02)

    def _stdout(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _wait(self) -> int:
        assert self._process is not None
        code = self._process.wait(STOP_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code
