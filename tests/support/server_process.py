"""A server of ours as its own process, as it runs in a city, on a store and a clock that the test holds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

from tests.support.ports import free_port
from tests.support.waiting import PATIENCE

SERVE = """
{prelude}
import sys
from pathlib import Path
from config.settings import load
from {module} import run
sys.exit(run(load(Path(sys.argv[1])), lambda: print("ready", flush=True), lambda: None))
"""


class ServerProcess:
    """`start` and `stop` or `kill` it, as often as needed: it keeps its port."""

    module: ClassVar[str]
    """Whose `run(settings, ready, progress)` serves."""

    prelude: ClassVar[str] = ""
    """What the process does before it imports anything."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = folder / f"{self.module}.toml"
        self._log = folder / f"{self.module}.log"
        self._process: subprocess.Popen[str] | None = None

    @property
    def settings_file(self) -> Path:
        """Whoever starts the same server otherwise needs it."""
        return self._settings

    @property
    def pid(self) -> int:
        """Of the process that was started; the one that serves is its child."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it serves."""
        serve = SERVE.format(module=self.module, prelude=self.prelude)
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", serve, str(self._settings)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        deadline = time.monotonic() + PATIENCE
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
        code = self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code
