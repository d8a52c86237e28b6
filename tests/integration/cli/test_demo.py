from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from datetime import datetime, time
from pathlib import Path

import psutil
import pytest

from presensi.demo_folder import working_day
from presensi.exits import ExitCode
from simulators.truth import GroundTruth
from store import Store, open_store
from tests.integration.cli.conftest import Run, started, until
from tests.support.databases import FreshDatabase
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE

SMALL = ("--people", 40, "--terminals", 4)


def stored(store: Store) -> set[tuple[str, str, datetime]]:
    return set(store.punches.keys())


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_demo_runs_by_itself_to_its_end_with_every_readable_punch_stored(
    dialect: str, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    folder, log = tmp_path / "demo", tmp_path / "log"
    database = [] if dialect == "sqlite" else ["--database", fresh_database(dialect, False)]
    times = ("--start", "07:15", "--until", "07:35", "--rate", 120)
    with started("demo", *SMALL, *times, "--dir", folder, *database, log=log) as process:
        assert process.wait(120) == 0, log.read_text()
    assert json.loads((folder / "demo.json").read_text())["truth"] == str(folder / "truth.json")
    assert "The wall is at http://127.0.0.1:" in log.read_text()
    truth = GroundTruth.from_json((folder / "truth.json").read_text())
    end = datetime.combine(truth.day, time(7, 35))
    readable = {
        (punch.serial, punch.pin, punch.device_time)
        for punch in truth.punches
        if punch.at <= end and punch.readable_from is not None and punch.readable_from <= end
    }
    store = open_store(database[1] if database else f"sqlite:///{folder}/presensi.db")
    assert len(readable) > 20
    assert stored(store) == readable
    store.close()


def test_ctrl_c_stops_every_process_and_says_where_the_data_is(presensi: Run, tmp_path: Path) -> None:
    folder, log = tmp_path / "demo", tmp_path / "log"
    with started("demo", *SMALL, "--dir", folder, log=log) as process:
        until(lambda: "Ctrl-C ends the demo" in log.read_text(), PATIENCE, log.read_text)
        found = re.search(r"http://\S+", log.read_text())
        assert found is not None
        with urllib.request.urlopen(found[0], timeout=PATIENCE) as page:
            assert page.status == 200
        second = presensi("demo", "--dir", folder)
        assert (second.exit_code, "runs already" in second.output) == (ExitCode.FAILED, True)
        status = json.loads(presensi("simulate", "status", "--json", "--dir", folder).output)
        assert len(status) == 4
        listed = json.loads(
            presensi("terminal", "list", "--json", "--config", folder / "presensi.toml").output
        )
        assert {it["serial"] for it in listed} == {it["serial"] for it in status}
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 3
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, log.read_text()
    assert "data stays in" in log.read_text()
    assert not [child for child in family if child.is_running() and child.status() != "zombie"]


def test_a_folder_with_something_else_is_left_alone(presensi: Run, tmp_path: Path) -> None:
    (tmp_path / "presensi.db").write_text("mine")
    result = presensi("demo", "--dir", tmp_path)
    assert result.exit_code == ExitCode.FAILED
    assert "something else than a demo" in result.output
    assert (tmp_path / "presensi.db").read_text() == "mine"


def test_a_day_that_really_happened_keeps_its_own_date_and_size(presensi: Run, tmp_path: Path) -> None:
    for option, value in (("--day", "2026-11-23"), ("--people", "60"), ("--terminals", "3")):
        result = presensi("demo", "--dir", tmp_path, "--scenario", "mojokerto_2017_01_03", option, value)
        assert result.exit_code == 2
        assert "leave them out" in result.output


def test_a_demo_falls_on_a_working_day() -> None:
    monday, friday = datetime(2026, 11, 23).date(), datetime(2026, 11, 27).date()
    assert working_day(monday) == monday
    assert working_day(friday) == friday
    assert working_day(datetime(2026, 11, 21).date()) == monday
    assert working_day(datetime(2026, 11, 22).date()) == monday


def test_up_restarts_what_dies_and_stops_all_at_sigterm(
    presensi: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, log = tmp_path / "presensi.toml", tmp_path / "log"
    ports = f"[wall]\nport = {free_port()}\n[gateway]\nport = {free_port()}\n"
    settings.write_text(f'[store]\nurl = "{database_url}"\n{ports}')
    with started("up", "--config", settings, log=log) as process:
        until(lambda: "The wall is at" in log.read_text(), PATIENCE, log.read_text)
        address = re.findall(r"http://127\S+:\d+/", log.read_text())[-1]
        wall = next(child for child in psutil.Process(process.pid).children() if "wall" in child.cmdline())
        os.kill(wall.pid, signal.SIGKILL)
        until(lambda: "wall ended (signal SIGKILL)" in log.read_text(), PATIENCE, log.read_text)

        def answers() -> bool:
            try:
                with urllib.request.urlopen(address, timeout=5) as page:
                    return bool(page.status == 200)
            except OSError:
                return False

        until(answers, PATIENCE, log.read_text)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log.read_text()
    assert not [child for child in family if child.is_running() and child.status() != "zombie"]
