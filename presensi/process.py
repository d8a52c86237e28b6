"""Child processes under supervision: started in order, restarted when they die, stopped in reverse order.

A child reports over the sd_notify protocol on a socket of its own, exactly as it would to systemd: READY
makes it ready, and a child whose watchdog stays unfed is killed and started again. A child that loses its
supervisor sees the end of its standard input and stops (`presensi.supervised`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from presensi.supervised import SUPERVISED

WELL_AFTER = 10.0
"""Real seconds a child must have run for its next restart to be immediate again."""


LONGEST_LINE = 1 << 20
"""Bytes of one line of a child's output."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to run. Durations in real seconds."""

    name: str
    command: Sequence[str]
    """Program and arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)
    watchdog: float | None = None
    """Killed and restarted when it reports no progress for this long; None: not watched."""
    stop_timeout: float = 20.0
    """Killed when it has not ended this long after SIGTERM."""
    restart: bool = True
    """False: its end is not a fault; it stays ended."""


def presensi(*arguments: str) -> list[str]:
    """The command line of `presensi` with these arguments, in this very Python."""
    return [sys.executable, "-m", "presensi", *arguments]


class Supervisor:
    """Runs children until `stop`. For one event loop."""

    def __init__(
        self,
        children: Sequence[Child],
        log: Callable[[str, str], None],
        *,
        first_pause: float = 0.5,
        longest_pause: float = 5.0,
    ) -> None:
        """`log` receives (child's name or "up", line)."""
        self._runners = [_Runner(child, log, first_pause, longest_pause) for child in children]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start all children, each after the one before it."""
        for runner in self._runners:
            runner.open()
            self._tasks.append(asyncio.create_task(runner.run()))

    async def wait_ready(self, timeout: float) -> list[str]:
        """Wait until every child is ready; the names of those that were not within `timeout` seconds."""
        waits = [asyncio.create_task(runner.ready.wait()) for runner in self._runners]
        _, pending = await asyncio.wait(waits, timeout=timeout)
        for wait in pending:
            wait.cancel()
        return [
            runner.child.name for runner, wait in zip(self._runners, waits, strict=True) if wait in pending
        ]

    def pid(self, name: str) -> int | None:
        """Process id of the child `name` while it runs."""
        return next((runner.pid for runner in self._runners if runner.child.name == name), None)

    def silent(self) -> list[str]:
        """Names of the children that are not ready, or that reported no progress within their watchdog."""
        return [runner.child.name for runner in self._runners if not runner.well()]

    async def stop(self) -> None:
        """Stop all children, the last one started first, and wait until they have ended."""
        for runner, task in reversed(list(zip(self._runners, self._tasks, strict=True))):
            await runner.stop()
            await task
        for runner in self._runners:
            runner.close()
        self._tasks.clear()


class _Exit(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells when the process has ended; asyncio's own `wait` also waits for whoever inherited its output."""

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit, loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class _Runner:
    """Keeps one child running."""

    def __init__(
        self, child: Child, log: Callable[[str, str], None], first_pause: float, longest_pause: float
    ) -> None:
        self.child = child
        self.ready = asyncio.Event()
        self._log = log
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._heard = 0.0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._line: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    def well(self) -> bool:
        watchdog = self.child.watchdog
        return self.ready.is_set() and (watchdog is None or time.monotonic() - self._heard < watchdog)

    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="presensi-")
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._line.bind(self._socket_path)
        asyncio.get_running_loop().add_reader(self._line, self._hear, self._line)

    def close(self) -> None:
        if self._line is not None and self._folder is not None:
            asyncio.get_running_loop().remove_reader(self._line)
            self._line.close()
            self._folder.cleanup()

    async def run(self) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set() or not self.child.restart:
                return
            if time.monotonic() - started >= WELL_AFTER:
                pause = self._first_pause
            self._log("up", f"{self.child.name} ended ({_outcome(code)}); starting it again in {pause:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, self._longest_pause)

    async def stop(self) -> None:
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    @property
    def _socket_path(self) -> str:
        assert self._folder is not None
        return str(Path(self._folder.name) / "notify")

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **self.child.environment}
        environment |= {"NOTIFY_SOCKET": self._socket_path, SUPERVISED: "1"}
        environment.pop("WATCHDOG_USEC", None)
        environment.pop("WATCHDOG_PID", None)
        if self.child.watchdog is not None:
            environment["WATCHDOG_USEC"] = str(int(self.child.watchdog * 1e6))
        return environment

    async def _run_once(self) -> int:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.subprocess_exec(
            lambda: _Exit(LONGEST_LINE, loop),
            *self.child.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment(),
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which stops its children in order
        )
        process = asyncio.subprocess.Process(transport, protocol, loop)
        self._process = process
        self._heard = time.monotonic()
        if self._stopping.is_set():
            await self.stop()
        echo = asyncio.create_task(self._echo(process))
        guard = asyncio.create_task(self._guard(process))
        await protocol.exited.wait()
        _end_group(process)
        code = await process.wait()
        self.ready.clear()
        guard.cancel()
        with suppress(TimeoutError):  # a grandchild may hold the pipe open
            await asyncio.wait_for(echo, 2.0)
        return code

    async def _guard(self, process: asyncio.subprocess.Process) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), 1.0)
            except TimeoutError:
                silent = time.monotonic() - self._heard
                if self.child.watchdog is not None and self.ready.is_set() and silent > self.child.watchdog:
                    self._log("up", f"{self.child.name} reported no progress for {silent:.0f} s; ending it")
                    _end_group(process)
                    return
        await asyncio.sleep(self.child.stop_timeout)
        self._log("up", f"{self.child.name} did not stop within {self.child.stop_timeout:g} s; ending it")
        _end_group(process)

    async def _echo(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                continue  # a line longer than the limit: its rest follows
            if not line:
                return
            self._log(self.child.name, line.decode("utf-8", "replace").rstrip())

    def _hear(self, line: socket.socket) -> None:
        with suppress(BlockingIOError):
            while True:
                told = line.recv(4096).decode("utf-8", "replace").splitlines()
                self._heard = time.monotonic()
                if "READY=1" in told:
                    self.ready.set()


def _end_group(process: asyncio.subprocess.Process) -> None:
    """End the child and whatever it has left behind: an orphaned worker would hold the wall's port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _outcome(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
