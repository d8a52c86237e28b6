from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from simulators.control import ControlClient
from simulators.single import fill_log, make_terminal
from tests.support.waiting import PATIENCE

SERVE = """
    import sys
    from datetime import datetime
    from pathlib import Path
    from simulators.single import make_terminal, run_terminal

    sys.exit(run_terminal(
        make_terminal(comm_key=5),
        lambda: datetime(2026, 11, 23, 7, 30),
        directory=Path(sys.argv[1]),
        ready=lambda server, control: print(server.port, control, flush=True),
    ))
"""


def test_one_terminal_runs_by_itself_and_is_steered_without_naming_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVE), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    try:
        assert process.stdout is not None
        port, control_port = (int(word) for word in process.stdout.readline().split())
        client = ControlClient.of(tmp_path)
        assert client.port == control_port
        assert client.press("1001").device_time == datetime(2026, 11, 23, 7, 30)
        assert client.move_clock(60).clock == datetime(2026, 11, 23, 7, 31)
        (status,) = client.status()
        assert (status.port, status.records, status.users) == (port, 1, 5)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_log_is_filled_in_order_up_to_a_moment() -> None:
    terminal = make_terminal()
    fill_log(terminal, 500, datetime(2026, 11, 23, 7))
    times = [int.from_bytes(raw[27:31], "little") for raw in terminal.log.records()]
    assert len(times) == 500
    assert times == sorted(set(times))


def test_a_terminal_without_users_cannot_have_a_log() -> None:
    with pytest.raises(ValueError, match="no users who could have punched"):
        fill_log(make_terminal(users=()), 1, datetime(2026, 11, 23))
