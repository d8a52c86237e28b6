from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from presensi.notify import Notifier
from presensi.process import Child, Supervisor
from tests.support.waiting import PATIENCE

WELL = "from presensi.notify import Notifier; n = Notifier(); n.ready()"
WAIT = "import time; print('started', flush=True); time.sleep(60)"


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


class Lines:
    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.all.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for said, line in self.all if said == name]


async def test_a_child_is_ready_when_it_says_so_and_its_lines_carry_its_name() -> None:
    lines = Lines()
    supervisor = Supervisor([Child("good", script(f"{WELL}; {WAIT}")), Child("late", script(WAIT))], lines)
    await supervisor.start()
    await until(lambda: lines.of("good") == ["started"])
    await until(lambda: supervisor.silent() == ["late"])
    assert await supervisor.wait_ready(0.1) == ["late"]
    await supervisor.stop()


async def test_a_child_that_dies_is_started_again_after_a_growing_pause() -> None:
    lines = Lines()
    supervisor = Supervisor([Child("weak", script("raise SystemExit(7)"))], lines, first_pause=0.05)
    await supervisor.start()
    await until(lambda: len(lines.of("up")) >= 3)
    await supervisor.stop()
    assert lines.of("up")[:2] == [
        "weak ended (exit code 7); starting it again in 0.05 s",
        "weak ended (exit code 7); starting it again in 0.1 s",
    ]


async def test_a_killed_child_comes_back_and_leaves_no_worker_behind(tmp_path: Path) -> None:
    note = tmp_path / "worker"
    text = (
        "import os, time, pathlib\n"
        "worker = os.fork()\n"
        f"if worker: pathlib.Path({str(note)!r}).write_text(str(worker))\n"
        "time.sleep(60)"
    )
    lines = Lines()
    supervisor = Supervisor([Child("wall", script(text))], lines, first_pause=0.05)
    await supervisor.start()
    await until(lambda: note.exists() and note.read_text() != "")
    worker, first = int(note.read_text()), supervisor.pid("wall")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("wall") not in (None, first))
    await until(lambda: not psutil.pid_exists(worker) or psutil.Process(worker).status() == "zombie")
    assert "wall ended (signal SIGKILL)" in lines.of("up")[0]
    await supervisor.stop()


async def test_a_child_without_progress_is_ended_and_started_again() -> None:
    lines = Lines()
    supervisor = Supervisor(
        [Child("stuck", script(f"{WELL}; {WAIT}"), watchdog=0.5)], lines, first_pause=0.05
    )
    await supervisor.start()
    await until(lambda: any("reported no progress" in line for line in lines.of("up")))
    await until(lambda: len(lines.of("stuck")) >= 2)
    await supervisor.stop()


async def test_a_child_with_progress_is_left_alone() -> None:
    lines = Lines()
    busy = f"{WELL}\nimport time\nwhile True: n.progress(); time.sleep(0.05)"
    supervisor = Supervisor([Child("busy", script(busy), watchdog=4.0)], lines)
    await supervisor.start()
    assert await supervisor.wait_ready(PATIENCE) == []
    await asyncio.sleep(6.0)
    assert supervisor.silent() == []
    assert lines.of("up") == []
    await supervisor.stop()


async def test_children_are_stopped_in_reverse_order_and_a_deaf_one_is_ended() -> None:
    lines = Lines()
    orderly = (
        "import signal, sys, time\n"
        "def end(*_): print('bye', flush=True); sys.exit(0)\n"
        f"signal.signal(signal.SIGTERM, end)\n{WELL}\ntime.sleep(60)"
    )
    deaf = f"import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{WELL}\ntime.sleep(60)"
    supervisor = Supervisor(
        [Child("first", script(orderly)), Child("deaf", script(deaf), stop_timeout=0.3)], lines
    )
    await supervisor.start()
    assert await supervisor.wait_ready(PATIENCE) == []
    await supervisor.stop()
    assert lines.all == [("up", "deaf did not stop within 0.3 s; ending it"), ("first", "bye")]
    assert supervisor.pid("first") is None


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "child"
    child = (
        "import os, pathlib, time; from presensi.supervised import stop_with_supervisor;"
        f"stop_with_supervisor(); pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    parent = (
        "import asyncio, sys; from presensi.process import *\n"
        f"async def main():\n s = Supervisor([Child('c', [sys.executable, '-c', {child!r}])], print)\n"
        " await s.start(); await asyncio.sleep(60)\nasyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        deadline = time.monotonic() + PATIENCE
        while not (note.exists() and note.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pid = int(note.read_text())
        process.kill()
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie":
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(tmp_path / "notify"))
    line.settimeout(0.2)
    return line


def heard(manager: socket.socket) -> list[str]:
    told = []
    try:
        while True:
            told.append(manager.recv(1000).decode())
    except TimeoutError:
        return told


def test_the_service_manager_hears_what_happens(manager: socket.socket) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "30000000"})
    assert notifier.watchdog_seconds == 30.0
    notifier.ready()
    notifier.status("135 terminals\nread")
    for _ in range(100):
        notifier.progress()
    notifier.stopping()
    assert heard(manager) == ["READY=1", "STATUS=135 terminals read", "WATCHDOG=1", "STOPPING=1"]
    manager.close()


def test_without_a_watchdog_nothing_is_fed(manager: socket.socket) -> None:
    Notifier({"NOTIFY_SOCKET": manager.getsockname()}).progress()
    assert heard(manager) == []
    manager.close()


def test_without_a_manager_nothing_happens() -> None:
    for environment in ({}, {"NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "1000"}):
        notifier = Notifier(environment)
        notifier.ready()
        notifier.progress()
