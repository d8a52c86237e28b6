"""The calendar as commands show and mend it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result

from attendance.calendar import CalendarEntry, CalendarKind
from config.clock import write_clock
from store import Store
from tests.support.rosters import plant, small_roster

Run = Callable[..., Result]
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def city(store: Store) -> Store:
    """Two days after a Monday that somebody wrongly entered as a holiday."""
    plant(store, small_roster())
    wrong = CalendarEntry(MONDAY, MONDAY, CalendarKind.HOLIDAY, "Hari jadi", None, "SK 1")
    store.calendars.add_entry(wrong, by="bkd", at=NOON)
    return store


@pytest.fixture
def run(presensi: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    clock = tmp_path / "clock.json"
    write_clock(clock, NOON, 0)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(clock))
    return presensi


@pytest.mark.usefixtures("city")
def test_a_year_lists_what_was_entered_and_what_was_computed(run: Run) -> None:
    found = json.loads(run("calendar", "list", "--json").stdout)
    by_name = {entry["name"]: entry for entry in found}
    assert by_name["Hari jadi"]["id"] == 1
    assert by_name["Hari jadi"]["reference"] == "SK 1"
    computed = [entry for entry in found if not entry["id"]]
    assert {"2026-08-17", "2026-12-25"} <= {entry["first_day"] for entry in computed}
    assert "Hari jadi" in run("calendar", "list", "--year", "2026").output
    assert "Hari jadi" not in run("calendar", "list", "--year", "2025").output


def test_a_wrong_entry_is_taken_away_after_showing_whom_it_touches(run: Run, city: Store) -> None:
    shown = run("calendar", "remove", "1", "--reason", "salah tanggal", "--dry-run", "--json")
    effects = json.loads(shown.stdout)["effects"]
    assert {(effect["person"], effect["day"]) for effect in effects} == {
        (number, "2026-11-23") for number in (1, 2, 3)
    }
    assert city.calendars.entries_between(MONDAY, MONDAY)
    done = run("calendar", "remove", "1", "--reason", "salah tanggal", "--yes")
    assert done.exit_code == 0, done.output
    assert city.calendars.entries_between(MONDAY, MONDAY) == []
    (line,) = [entry for entry in city.audit.latest() if entry.action == "calendar.removed"]
    assert "Hari jadi" in line.detail
    assert "salah tanggal" in line.detail


@pytest.mark.usefixtures("city")
def test_an_entry_that_is_not_there_and_a_removal_without_reason_are_refused(run: Run) -> None:
    missing = run("calendar", "remove", "77", "--reason", "x", "--yes")
    assert missing.exit_code == 1
    assert "presensi calendar list" in missing.output
    assert run("calendar", "remove", "1", "--reason", " ", "--yes").exit_code == 2
