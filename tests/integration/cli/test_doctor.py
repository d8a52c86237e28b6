from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from attendance.ids import TerminalId
from attendance.terminal import TerminalHealth
from presensi.exits import ExitCode
from store import Store
from store.walls import WallFacts
from tests.integration.cli.conftest import Run
from tests.support.rosters import plant, small_roster


def answers(presensi: Run, code: ExitCode) -> dict[str, dict[str, str]]:
    result = presensi("doctor", "--json")
    assert result.exit_code == code, result.output
    return {answer["name"]: answer for answer in json.loads(result.output)}


def health(number: int, *, online: bool, error: str | None = None) -> TerminalHealth:
    return TerminalHealth(
        terminal_id=TerminalId(number),
        online=online,
        read_through=None,
        last_contact_at=None,
        offline_since=None,
        clock_offset=12.0,
        log_records=50,
        log_capacity=100,
        error=error,
        error_detail="The terminal does not answer at its address." if error else None,
        action="Check the cable." if error else None,
        firmware=None,
    )


def test_a_machine_without_a_database_fails_and_is_told_how_to_go_on(presensi: Run) -> None:
    found = answers(presensi, ExitCode.FAILED)
    assert found["database"]["level"] == "fail"
    assert "presensi migrate" in found["database"]["finding"]
    assert found["python"]["level"] == found["time zones"]["level"] == "ok"


def test_settings_that_are_wrong_do_not_silence_the_other_questions(presensi: Run, tmp_path: Path) -> None:
    (tmp_path / "presensi.toml").write_text("[wal]\n")
    found = answers(presensi, ExitCode.FAILED)
    assert 'did you mean "wall"?' in found["settings"]["finding"]
    assert found["machine clock"]["level"] == "ok"


def test_terminals_and_collector_are_summed_up(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    found = answers(presensi, ExitCode.OK)
    assert found["terminals"]["finding"] == "none registered"
    assert "presensi up" in found["collector"]["remedy"]
    plant(store, small_roster(terminal_count=3))
    store.terminals.save_health([health(1, online=True), health(2, online=False, error="Unreachable")])
    found = answers(presensi, ExitCode.OK)
    assert found["terminals"]["level"] == "warn"
    assert "3 registered, 1 never tried, 1 offline" in found["terminals"]["finding"]
    listed = presensi("terminal", "list").output
    for part in (
        "SIM0001",
        "online",
        "offline Unreachable",
        "never tried",
        "+12 s",
        "50 of 100",
        "Check the cable.",
    ):
        assert part in listed
    told = json.loads(presensi("terminal", "list", "--json").output)
    assert [it["health"] and it["health"]["error"] for it in told] == [None, "Unreachable", None]


def test_walls_are_counted_and_one_that_is_away_is_asked_after(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    now = datetime.now(UTC)

    def begin() -> str:
        begun = store.pairings.begin("10.1.1.7", now=now, life=timedelta(minutes=15), secret=None)
        assert begun is not None
        return begun.code

    code = begin()
    found = answers(presensi, ExitCode.OK)["walls"]
    assert found["finding"] == "0 paired; one that is not shows counts; 1 screen waits to be paired"
    assert found["remedy"] == "`presensi wall pair` with the code on the screen"
    for one, name, paired in ((code, "Lobi", now), (begin(), "Ruang Rapat", now - timedelta(days=4))):
        assert store.pairings.confirm(one, WallFacts(name), by="ani", at=paired, now=now) is not None
    found = answers(presensi, ExitCode.OK)["walls"]
    assert found["level"] == "warn"
    assert found["finding"] == "2 paired; one that is not shows counts; not seen for days: Ruang Rapat"
    store.walls.seen([device.id for device in store.walls.devices()], now)
    assert answers(presensi, ExitCode.OK)["walls"]["level"] == "ok"


def test_a_machine_whose_clock_differs_from_the_databases_is_told_of(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    found = answers(presensi, ExitCode.OK)
    if store.dialect == "sqlite":
        assert "database clock" not in found
        return
    assert found["database clock"]["level"] == "ok"
    for seconds, told in ((9, "9.0 s behind"), (-9, "9.0 s ahead of")):
        there = timedelta(seconds=seconds)
        monkeypatch.setattr("store.database.Database.now", lambda _, by=there: datetime.now(UTC) + by)
        answer = answers(presensi, ExitCode.OK)["database clock"]
        assert answer["level"] == "warn"
        assert told in answer["finding"]


def test_gevent_on_sqlite_is_told_of(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    assert "wall workers" not in answers(presensi, ExitCode.OK)
    monkeypatch.setenv("PRESENSI_WALL_WORKERS", "gevent")
    answer = answers(presensi, ExitCode.OK)["wall workers"]
    assert answer["level"] == ("warn" if store.dialect == "sqlite" else "ok")
    assert ('workers = "threads"' in answer["remedy"]) == (store.dialect == "sqlite")


def test_a_secret_that_others_may_read_fails(
    presensi: Run, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    keys = tmp_path / "keys.toml"
    keys.write_text("default = 1234\n")
    monkeypatch.setenv("PRESENSI_COLLECTOR_COMM_KEYS_FILE", str(keys))
    keys.chmod(0o644)
    found = answers(presensi, ExitCode.FAILED)
    assert found["secrets"]["remedy"] == f"chmod 600 {keys}"
    keys.chmod(0o600)
    assert answers(presensi, ExitCode.OK)["secrets"]["level"] == "ok"
    assert "1234" not in presensi("doctor").output


def test_settings_can_be_printed_and_checked(presensi: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(presensi("config", "sample").output)
    assert presensi("config", "check", "mine.toml").output == "mine.toml: the settings are valid.\n"
    shown = json.loads(presensi("config", "check", "--json").output)
    assert shown["collector"]["count_check"] == "30s"
