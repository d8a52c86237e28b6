from __future__ import annotations

import signal
from pathlib import Path

from tests.integration.cli.conftest import started, until
from tests.support.push_town import GatewayTown


def test_a_technician_runs_a_push_terminal_against_the_gateway(town: GatewayTown, tmp_path: Path) -> None:
    serial, log = town.take(), tmp_path / "log"
    wanted = (
        "--dialect",
        "old",
        "--records",
        300,
        "--press-every",
        0.2,
        "--fault",
        "duplicate",
        "--pace",
        50,
    )
    with started("simulate", "push", town.gateway.url, "--serial", serial, *wanted, log=log) as process:
        until(lambda: "online, 302 of 302 punches taken" in log.read_text(), 30, log.read_text)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert len(town.held(serial)) >= 302
    assert len(set(town.held(serial))) == len(town.held(serial))


def test_one_that_nobody_approved_says_so(town: GatewayTown, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started("simulate", "push", town.gateway.url, "--serial", "NEWCOMER", log=log) as process:
        until(lambda: "NEWCOMER offline (last answer: 403)" in log.read_text(), 30, log.read_text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
