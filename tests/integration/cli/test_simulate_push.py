from __future__ import annotations

import signal
from pathlib import Path

from tests.integration.cli.conftest import Run, started, until
from tests.support.push_town import GatewayTown
from tests.support.waiting import PATIENCE


def test_a_technician_steers_a_push_terminal_like_any_other(
    town: GatewayTown, presensi: Run, tmp_path: Path
) -> None:
    serial, log, folder = town.take(), tmp_path / "log", tmp_path / "sim"
    wanted = ("--serial", serial, "--dialect", "old", "--records", 300, "--pace", 50, "--dir", folder)
    with started("simulate", "push", town.gateway.url, *wanted, log=log) as process:
        until(lambda: "online, 300 of 300 punches taken" in log.read_text(), PATIENCE, log.read_text)
        assert "line cut" in presensi("simulate", "cut", "--dir", folder).output
        assert "PIN 1001" in presensi("simulate", "press", "1001", "--dir", folder).output
        assert "line up" in presensi("simulate", "restore", "--dir", folder).output
        until(lambda: "online, 301 of 301 punches taken" in log.read_text(), PATIENCE, log.read_text)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert len(town.held(serial)) == 301


def test_one_that_nobody_approved_says_so(town: GatewayTown, tmp_path: Path) -> None:
    log = tmp_path / "log"
    wanted = ("--serial", "NEWCOMER", "--dir", tmp_path / "sim")
    with started("simulate", "push", town.gateway.url, *wanted, log=log) as process:
        until(lambda: "NEWCOMER offline (last answer: 403)" in log.read_text(), PATIENCE, log.read_text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_an_address_that_is_no_gateways_is_refused(presensi: Run) -> None:
    wrong = presensi("simulate", "push", "https://gateway.example")
    assert "a push terminal needs http://host:port" in wrong.output
    assert wrong.exit_code
