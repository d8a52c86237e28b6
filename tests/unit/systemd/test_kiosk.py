"""The unit for the computer behind a monitor: one page, full screen, for years, with what it remembers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.systemd.unit_file import UNITS, UnitFile

KIOSK = UNITS / "kiosk"
UNIT = UnitFile.read(KIOSK / "presensi-kiosk.service")


def test_the_browser_shows_the_walls_address_and_nothing_else() -> None:
    _, browser = UNIT.commands()
    assert browser[:2] == ["/usr/bin/cage", "-d"]
    assert browser[-1] == "${KIOSK_URL}"
    assert "--kiosk" in browser
    assert any(
        line.startswith("KIOSK_URL=http") for line in (KIOSK / "kiosk.env").read_text("utf-8").splitlines()
    )


def test_the_browser_remembers_that_it_was_paired() -> None:
    _, browser = UNIT.commands()
    assert "--incognito" not in browser
    assert f"--user-data-dir=%S/{UNIT.one('StateDirectory')}/chromium" in browser
    assert UNIT.one("StateDirectoryMode") == "0700"


def test_it_waits_for_the_server_and_comes_back_whatever_happens() -> None:
    wait, _ = UNIT.commands()
    assert "until curl" in wait[-1]
    assert UNIT.one("TimeoutStartSec") == "infinity"
    assert UNIT.one("Restart") == "always"
    assert UNIT.one("StartLimitIntervalSec", "Unit") == "0"


def test_it_is_a_user_of_its_own() -> None:
    declared = (KIOSK / "presensi-kiosk.sysusers").read_text("utf-8")
    assert any(line.split()[:2] == ["u", UNIT.one("User")] for line in declared.splitlines())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    text = (KIOSK / UNIT.name).read_text("utf-8")
    for program in ("/usr/bin/cage", "/bin/sh"):
        text = text.replace(program, shutil.which("true") or program)
    (tmp_path / UNIT.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / UNIT.name)], capture_output=True, text=True
    )
    assert not [line for line in done.stderr.splitlines() if "presensi" in line], done.stderr
