"""Facts that cannot be meant so are refused with what to do, and nothing of them is entered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from attendance.ids import PersonId
from config.clock import write_clock
from presensi.exits import ExitCode
from store import Store
from tests.support.rosters import plant, small_roster

MONDAY = "2026-11-23"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta")).astimezone(UTC)
LETTER = ("--reference", "ST 1/2026")
Run = Callable[..., Result]


@pytest.fixture
def city(store: Store) -> Store:
    plant(store, small_roster())
    return store


@pytest.fixture
def run(presensi: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    write_clock(tmp_path / "clock.json", NOW, 0)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(tmp_path / "clock.json"))
    return presensi


OUTAGE = ("outage", "add", "--cause", "power", "--from", "2026-11-23 06:30", *LETTER, "--yes")


@pytest.mark.parametrize("place", [("--unit", "2"), ("--terminal", "SIM0001")])
def test_an_outage_is_not_declared_twice(run: Run, city: Store, place: tuple[str, str]) -> None:
    assert run(*OUTAGE, *place).exit_code == 0
    again = run(*OUTAGE, *place)
    assert again.exit_code == ExitCode.FAILED
    assert "presensi outage list" in again.output
    assert len(city.audit.latest()) == 1


def test_a_correction_in_force_is_not_entered_twice(run: Run, city: Store) -> None:
    command = ("correct", "add", "present", "--person", 3, "--day", MONDAY, "--reason", "x", *LETTER, "--yes")
    assert run(*command).exit_code == 0
    again = run(*command)
    assert again.exit_code == ExitCode.FAILED
    assert "says so already" in again.output
    assert run("correct", "undo", 1, "--person", 3, "--reason", "salah", "--yes").exit_code == 0
    assert run(*command).exit_code == 0


def test_nobody_is_said_to_have_come_or_left_later_than_now(run: Run, city: Store) -> None:
    command = ("correct", "add", "departure", "--person", 3, "--day", MONDAY, "--reason", "x", *LETTER)
    for when in (("--at", "16:05"), ("--at", "07:00", "--next-day")):
        result = run(*command, *when, "--yes")
        assert result.exit_code == ExitCode.USAGE
        assert "lies in the future" in result.output
    assert city.corrections.of_person(PersonId(3)) == []


def test_a_long_fact_says_from_which_day_on_its_effects_are_shown(run: Run, city: Store) -> None:
    command = ("excuse", "add", "DL", "--person", 3, "--from", "2026-01-05", "--to", MONDAY, *LETTER)
    assert "Days before 2026-10-24 change too" in run(*command, "--dry-run").output
    assert json.loads(run(*command, "--dry-run", "--json").stdout)["effects_from"] == "2026-10-24"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (
            ("excuse", "add", "DL", "--person", 3, "--from", MONDAY, "--to", "2096-11-23", *LETTER),
            "ten years",
        ),
        (("excuse", "add", "DL", "--person", 10**20, "--from", MONDAY, *LETTER), "not in the range"),
        (("excuse", "withdraw", 10**20, "--reason", "x"), "not in the range"),
        (("excuse", "list", "--from", MONDAY, "--to", "2026-11-01"), "lies before"),
        (("outage", "list", "--from", MONDAY, "--to", "2026-11-01"), "lies before"),
        (("shift", "set", "free", "--person", 3, "--day", "9999-12-31", *LETTER), "write a year"),
        (("shift", "show", "--month", "9999-12"), "write a year"),
        (("recompute", "--from", "0001-01-01", "--to", MONDAY), "write a year"),
        (("explain", "--person", 3, "--date", "0001-01-01"), "write a year"),
        (("outage", "add", "--unit", "2", "--cause", "power", "--from", "0001-01-01 00:00", *LETTER), "year"),
    ],
)
def test_days_and_numbers_that_cannot_be_meant_are_a_wrong_command_line(
    run: Run, city: Store, arguments: tuple[object, ...], hint: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == ExitCode.USAGE, result.output
    assert hint in result.output
    assert city.audit.latest() == []


def test_an_unknown_unit_is_refused_with_where_codes_stand(run: Run, city: Store) -> None:
    result = run("excuse", "add", "DL", "--person", 3, "--from", MONDAY, "--place", "zzzz", *LETTER, "--yes")
    assert result.exit_code == ExitCode.FAILED
    assert "units sheet" in result.output


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        (("excuse", "list", "--from", MONDAY), "excuses.viewed"),
        (("correct", "list", "--person", 3, "--day", MONDAY), "corrections.viewed"),
        (("employment", "list", "--person", 3), "employments.viewed"),
    ],
)
def test_who_looked_at_what_is_kept_about_people_stands_in_the_audit_log(
    run: Run, city: Store, arguments: tuple[object, ...], action: str
) -> None:
    assert run(*arguments).exit_code == 0
    [line] = city.audit.latest()
    assert (line.action, line.at) == (action, NOW)
    assert line.actor
