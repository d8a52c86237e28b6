"""The unit files start commands that exist, are locked down, and are understood by systemd itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from config.settings import load
from tests.support.command_line import command_of, unknown_options
from tests.unit.systemd.unit_file import UNITS, UnitFile, services

INSTALLED = "/opt/presensi/.venv/bin/presensi"
YES = (
    "NoNewPrivileges",
    "ProtectHome",
    "PrivateTmp",
    "PrivateDevices",
    "PrivateUsers",
    "ProtectClock",
    "ProtectHostname",
    "ProtectControlGroups",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "LockPersonality",
    "MemoryDenyWriteExecute",
)

MORE_WALLS = "presensi-wall@.service"
"""A template: its instance is the port."""

each_service = pytest.mark.parametrize("unit", services(), ids=lambda unit: unit.name)


def test_there_is_a_unit_for_each_process_and_a_target_over_all() -> None:
    target = UnitFile.read(UNITS / "presensi.target")
    wanted = target.one("Wants", "Unit").split()
    assert (
        wanted
        == [unit.name for unit in services() if unit.name != MORE_WALLS]
        == [
            "presensi-collector.service",
            "presensi-gateway.service",
            "presensi-judge.service",
            "presensi-wall.service",
        ]
    )


def test_more_walls_on_other_ports_run_as_the_first_one_does() -> None:
    first, more = UnitFile.read(UNITS / "presensi-wall.service"), UnitFile.read(UNITS / MORE_WALLS)
    port = ("Service", "Environment", "PRESENSI_WALL_PORT=%i")
    assert port in more.settings
    told = {"Description"}
    assert [line for line in more.settings if line != port and line[1] not in told] == [
        line for line in first.settings if line[1] not in told
    ]


@each_service
def test_what_a_unit_starts_exists_with_these_options(unit: UnitFile) -> None:
    for program, *words in unit.commands():
        assert program == INSTALLED
        command = command_of(words)
        assert not isinstance(command, click.Group) or command.invoke_without_command, words
        assert unknown_options(words) == []


@each_service
def test_the_environment_of_a_unit_holds_settings_that_exist(unit: UnitFile) -> None:
    settings = {key: value for key, value in unit.environment().items() if key.startswith("PRESENSI_")}
    assert settings
    load(None, {key: value.replace("%i", "8082") for key, value in settings.items()})


@each_service
def test_a_unit_gets_its_secrets_as_credentials_that_it_loads(unit: UnitFile) -> None:
    loaded = {value.split(":", 1)[0] for value in unit.all("LoadCredential")}
    used = {value.removeprefix("%d/") for value in unit.environment().values() if value.startswith("%d/")}
    assert used == loaded
    lines = [line.split() for line in (UNITS / "presensi.tmpfiles").read_text("utf-8").splitlines()]
    kept = {words[1]: words[2:5] for words in lines if words[0] == "f"}
    for value in unit.all("LoadCredential"):
        assert kept[value.split(":", 1)[1]] == ["0600", "root", "root"]


@each_service
def test_a_unit_says_when_it_is_ready_and_is_restarted_when_it_hangs(unit: UnitFile) -> None:
    assert unit.one("Type") == "notify"
    assert unit.one("WatchdogSec")
    assert unit.one("Restart") == "always"
    assert unit.one("StartLimitIntervalSec", "Unit") == "0"


@each_service
def test_a_unit_may_touch_only_what_it_needs(unit: UnitFile) -> None:
    for key in YES:
        assert unit.one(key) == "yes", key
    assert unit.one("User") == "presensi"
    assert unit.one("ProtectSystem") == "strict"
    assert unit.one("CapabilityBoundingSet") == ""
    assert unit.one("AmbientCapabilities") == ""
    assert unit.one("StateDirectory") == "presensi"
    assert unit.one("RestrictAddressFamilies").split() == ["AF_INET", "AF_INET6", "AF_UNIX"]
    assert unit.all("SystemCallFilter") == ["@system-service", "~@privileged @resources"]
    assert unit.one("SystemCallArchitectures") == "native"


def test_the_user_of_the_units_is_declared() -> None:
    declared = (UNITS / "presensi.sysusers").read_text("utf-8")
    assert any(line.split()[:2] == ["u", "presensi"] for line in declared.splitlines())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    program = tmp_path / "presensi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    names = [path.name for path in UNITS.iterdir() if path.suffix in {".service", ".target"}]
    for name in names:
        text = (UNITS / name).read_text("utf-8").replace(INSTALLED, str(program))
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "presensi" in line], done.stderr
