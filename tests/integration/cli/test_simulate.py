from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.clock import SimClock
from presensi.exits import ExitCode
from tests.integration.cli.conftest import Run, started, until
from tests.support.waiting import PATIENCE

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A simulated terminal runs here."""
    log = tmp_path / "log"
    with started("simulate", "terminal", "--port", "0", "--dir", tmp_path / "sim", log=log) as process:
        until(lambda: "listens on" in log.read_text(), PATIENCE, log.read_text)
        yield tmp_path / "sim"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_a_technician_can_do_everything_to_a_terminal(presensi: Run, folder: Path) -> None:
    here = ("--dir", folder)
    assert "PIN 1001 (Sutrisno)" in presensi("simulate", "press", "1001", *here).output
    assert "PIN 77 (unknown there)" in presensi("simulate", "press", "77", *here).output
    assert "2 records" in presensi("simulate", "cut", *here).output
    assert "line silent" not in presensi("simulate", "restore", *here).output
    assert "line silent" in presensi("simulate", "cut", "--silent", *here).output
    assert "line up" in presensi("simulate", "restore", *here).output
    assert "clock -90 s" in presensi("simulate", "clock", "--ahead", "-90", *here).output
    [terminal] = json.loads(presensi("simulate", "status", "--json", *here).output)
    assert (terminal["records"], terminal["clock_offset"], terminal["line"]) == (2, -90.0, "up")
    assert "0 records" in presensi("simulate", "clear", *here).output
    fingers = json.loads(presensi("simulate", "fingers", "--json", *here).output)
    assert {"pin": "1001", "name": "Sutrisno"} in fingers
    assert "SIM0000001" in presensi("simulate", "status", *here).output
    wrong = presensi("simulate", "press", "1001", "-t", "NONE", *here)
    assert (wrong.exit_code, "no terminal NONE" in wrong.output) == (ExitCode.FAILED, True)


def test_faults_strike_and_heal_from_the_command_line(presensi: Run, folder: Path) -> None:
    here = ("--dir", folder)
    struck = presensi("simulate", "fault", "replaced", "-t", "SIM0000001", "--for", "30s", *here)
    assert struck.output == "SIM0000001 Simulator: line up, 1 records, faults: replaced.\n"
    assert "faults: replaced, lost" in presensi("simulate", "fault", "lost", "--times", "3", *here).output
    assert "replaced (1×), lost (0×)" in presensi("simulate", "status", *here).output
    assert presensi("simulate", "heal", "--fault", "replaced", *here).output.endswith(
        "0 records, faults: lost.\n"
    )
    assert "faults" not in presensi("simulate", "heal", "--all", *here).output
    assert "there is no fault fire; there are one-byte" in presensi("simulate", "fault", "fire", *here).output
    for wrong in (["--for", "30"], ["--times", "0"], ["--all"]):
        result = presensi("simulate", "fault", "lost", "-t", "SIM0000001", *wrong, *here)
        assert result.exit_code == ExitCode.USAGE


def test_a_stick_is_written_from_a_running_terminal(presensi: Run, folder: Path, tmp_path: Path) -> None:
    here = ("--dir", folder)
    presensi("simulate", "press", "1001", *here)
    written = presensi("simulate", "stick", tmp_path / "usb", *here).output.split()
    assert [Path(file).name for file in written] == ["1_attlog.dat", "user.dat"]
    assert Path(written[0]).read_text().split()[0] == "1001"
    other = presensi("simulate", "stick", tmp_path / "usb", "--dialect", "glg", *here).output
    assert other.strip().endswith("GLG_001.TXT")
    assert "there are attlog" in presensi("simulate", "stick", tmp_path, "--dialect", "x", *here).output


def test_faults_and_models_are_listed(presensi: Run) -> None:
    told = json.loads(presensi("simulate", "faults", "--json").output)
    [cleared] = [it for it in told if it["name"] == "log-cleared"]
    assert cleared["id"] == "Log mesin dihapus"
    assert "Log mesin dihapus" in presensi("simulate", "faults").output
    assert json.loads(presensi("simulate", "models", "--json").output)["mb560-49"]["record"] == "49"
    assert "sizes_reply=dword0" in presensi("simulate", "models").output


@pytest.mark.parametrize(
    ("options", "driver", "address"),
    [
        (["--transport", "udp", "--port", "0", "--model", "mute-tcp"], "zk-udp", r"127\.0\.0\.1:\d+"),
        (["--transport", "serial", "--baud", "19200"], "zk-serial", r"/.+/line\?baud=19200"),
        (
            ["--transport", "serial", "--converter", "--port", "0"],
            "zk-serial",
            r"socket://127\.0\.0\.1:\d+\?baud=9600",
        ),
    ],
)
def test_a_terminal_runs_on_every_kind_of_line_and_its_roster_can_be_imported(
    presensi: Run, tmp_path: Path, options: list[str], driver: str, address: str
) -> None:
    log, folder = tmp_path / "log", tmp_path / "sim"
    with started("simulate", "terminal", *options, "--dir", folder, log=log):
        until(lambda: "listens on" in log.read_text(), PATIENCE, log.read_text)
        assert re.search(rf"listens on {address} \({driver}\)", log.read_text())
        presensi("migrate")
        imported = presensi("import", "roster", *sorted(folder.glob("*.csv")), "--yes")
        assert imported.exit_code == 0, imported.output
        listed = presensi("terminal", "list").output
        assert "Mesin SIM0000001" in listed
        assert re.search(address.replace("/.+", "[^ ]+"), listed)


def test_a_push_terminal_is_steered_and_registered_like_any_other(presensi: Run, tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "sim"
    with started("simulate", "push", "http://127.0.0.1:9", "--dir", folder, log=log):
        until(lambda: "calls http://127.0.0.1:9" in log.read_text(), PATIENCE, log.read_text)
        assert "1 records" in presensi("simulate", "fault", "uid-0", "--dir", folder).output
        wrong = presensi("simulate", "fault", "split", "--dir", folder)
        assert "cannot happen on a line of type push" in wrong.output
        presensi("migrate")
        imported = presensi("import", "roster", *sorted(folder.glob("*.csv")), "--yes")
        assert imported.exit_code == 0, imported.output
        [terminal] = json.loads(presensi("terminal", "list", "--json").output)
        assert "push" in str(terminal)


def test_an_unknown_model_is_refused_with_the_names_of_all(presensi: Run) -> None:
    result = presensi("simulate", "terminal", "--model", "toaster")
    assert (result.exit_code, "there are x100-c" in result.output) == (ExitCode.USAGE, True)


def test_without_a_simulator_the_sentence_says_so(presensi: Run, tmp_path: Path) -> None:
    for command in (
        ["press", "1"],
        ["cut"],
        ["restore"],
        ["clear"],
        ["fault", "lost"],
        ["heal"],
        ["status"],
        ["clock", "--ahead", "1"],
        ["console"],
    ):
        result = presensi("simulate", *command, "--dir", tmp_path)
        assert result.exit_code == ExitCode.FAILED
        assert "no simulator has written its address" in result.output


def city(path: Path) -> datetime:
    return SimClock(path).now().astimezone(JAKARTA).replace(tzinfo=None, microsecond=0)


def test_the_citys_clock_is_made_paused_hurried_and_set(presensi: Run, tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    steer = ("simulate", "clock", "--city", "--file", path)
    assert "no clock file" in presensi(*steer, "--pause").output
    made = presensi(*steer, "--at", "2026-11-23T06:45", "--rate", "0")
    assert made.output == "City time is 2026-11-23 06:45:00.\n"
    assert presensi(*steer, "--at", "07:30:50").exit_code == 0
    assert city(path) == datetime(2026, 11, 23, 7, 30, 50)
    assert SimClock(path).rate == 0
    presensi(*steer, "--rate", "15")
    assert SimClock(path).rate == 15
    presensi(*steer, "--pause")
    assert SimClock(path).rate == 0
    assert presensi(*steer, "--at", "half past seven").exit_code == ExitCode.USAGE
    assert presensi(*steer).exit_code == ExitCode.USAGE
    assert presensi("simulate", "clock").exit_code == ExitCode.USAGE


def test_a_fleet_that_cannot_be_built_is_a_usage_error(presensi: Run, tmp_path: Path) -> None:
    result = presensi("simulate", "fleet", "--terminals", "136", "--dir", tmp_path / "x")
    assert result.exit_code == ExitCode.USAGE
    assert re.search(r"choose other\s+--people", result.output)
    assert not (tmp_path / "x").exists()
