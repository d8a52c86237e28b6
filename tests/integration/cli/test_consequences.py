"""`presensi consequences` and `presensi deductions`: from stored results to explained lists."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from attendance.day_result import DayResult
from config.clock import write_clock
from presensi.exits import ExitCode
from store import Store, open_store
from store.results import Judged
from tests.integration.cli.conftest import Run
from tests.support.day_results import (
    ANI,
    BUDI,
    absent,
    absent_on_workdays,
    days_from,
    late,
    off,
    present,
    waiting,
)
from tests.support.rosters import plant, small_roster

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
YEAR = days_from(date(2026, 1, 1), 326)
"""Through 22 November, the day before `NOW`."""


@pytest.fixture
def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run, tmp_path: Path) -> Iterator[Store]:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    write_clock(tmp_path / "clock.json", NOW, 0)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(tmp_path / "clock.json"))
    opened = open_store(sqlite_url)
    plant(opened, small_roster())
    yield opened
    opened.close()


def keep(store: Store, *results: DayResult, others: Iterable[date] = YEAR) -> None:
    """Store these; on the other days everybody is off."""
    taken = {(one.person_id, one.day) for one in results}
    rest = (off(day, person) for day in others for person in (ANI, BUDI) if (person, day) not in taken)
    store.results.save([Judged(one, "00") for one in (*results, *rest)], NOW)


def test_a_year_lists_who_was_absent_the_gravest_first_with_words(presensi: Run, store: Store) -> None:
    keep(
        store,
        absent(date(2026, 2, 3)),
        waiting(date(2026, 2, 4)),
        *absent_on_workdays(date(2026, 3, 2), 4, BUDI),
    )
    shown = presensi("consequences", "--year", "2026")
    assert shown.exit_code == ExitCode.OK, shown.stderr
    assert shown.stdout.index("Orang 2") < shown.stdout.index("Orang 1")
    told = json.loads(presensi("consequences", "--year", "2026", "--json").stdout)
    assert (told["as_of"], told["ladder"], told["unjudged_days"]) == ("2026-11-22", "PP 94/2021", [])
    budi, ani = told["people"]
    assert (budi["name"], budi["days"], budi["step"]["code"]) == ("Orang 2", 4, "tertulis")
    assert "memenuhi ambang untuk pemeriksaan: teguran tertulis" in budi["explanation"]["id"]
    assert (ani["days"], ani["absent"], ani["step"]) == (1, ["2026-02-03"], None)
    reached = json.loads(presensi("consequences", "--year", "2026", "--reached", "--json").stdout)
    assert [one["name"] for one in reached["people"]] == ["Orang 2"]


def test_the_day_asked_for_bounds_what_counts(presensi: Run, store: Store) -> None:
    keep(store, *absent_on_workdays(date(2026, 3, 2), 4))
    told = json.loads(presensi("consequences", "--year", "2026", "--as-of", "2026-03-04", "--json").stdout)
    assert [one["days"] for one in told["people"]] == [3]


def test_a_run_that_began_before_new_year_is_found(presensi: Run, store: Store) -> None:
    december = days_from(date(2025, 12, 1), 31)
    keep(store, *absent_on_workdays(date(2025, 12, 22), 11), others=[*december, *YEAR])
    (one,) = json.loads(presensi("consequences", "--year", "2026", "--json").stdout)["people"]
    assert (one["by_run"], one["run"]["days"], one["days"]) == (True, 11, 3)


def test_a_csv_of_the_year_is_private_and_the_export_is_in_the_audit_log(
    presensi: Run, store: Store, tmp_path: Path
) -> None:
    keep(store, *absent_on_workdays(date(2026, 3, 2), 3))
    file = tmp_path / "tk.csv"
    result = presensi("consequences", "--year", "2026", "--csv", file)
    assert (result.exit_code, result.stdout) == (ExitCode.OK, "")
    (row,) = csv.DictReader(file.open(encoding="utf-8"))
    assert (row["nip"], row["days"], row["step"]) == ("198001012005010001", "3", "lisan")
    assert row["absent_days"] == "2026-03-02 2026-03-03 2026-03-04"
    assert row["explanation_en"].startswith("Up to 22 November 2026: 3 workdays without explanation")
    assert file.stat().st_mode & 0o777 == 0o600
    (entry,) = store.audit.latest()
    assert (entry.action, entry.subject, entry.at) == ("consequences.exported", "year:2026", NOW)
    assert "1 person" in entry.detail


def test_days_without_results_are_said_never_taken_for_presence(presensi: Run, store: Store) -> None:
    nothing = presensi("consequences", "--year", "2026")
    assert nothing.exit_code == ExitCode.FAILED
    assert "presensi recompute --from 2026-01-01 --to 2026-11-22" in nothing.stderr
    keep(store, absent(date(2026, 3, 2)), others=YEAR[:100])
    partly = presensi("consequences", "--year", "2026", "--json")
    assert "226 days from 2026-04-11 through 2026-11-22" in partly.stderr
    assert len(json.loads(partly.stdout)["unjudged_days"]) == 226


def test_a_year_or_day_that_cannot_be_is_refused(presensi: Run, store: Store) -> None:
    for arguments in (("2026", "--as-of", "2025-12-31"), ("2026", "--as-of", "2026-11-24")):
        assert presensi("consequences", "--year", *arguments).exit_code == ExitCode.USAGE
    assert presensi("consequences", "--year", "2027").exit_code == ExitCode.FAILED
    both = presensi("consequences", "--year", "2026", "--json", "--csv", "x.csv")
    assert both.exit_code == ExitCode.USAGE


MONTH = days_from(date(2026, 10, 1), 31)


def test_a_month_lists_each_deduction_with_its_reason_and_the_sum(presensi: Run, store: Store) -> None:
    keep(
        store,
        late(date(2026, 10, 5), 41, "TL2"),
        absent(date(2026, 10, 6)),
        absent(date(2026, 10, 7), final=False),
        present(date(2026, 10, 5), BUDI),
        others=MONTH,
    )
    command = ("deductions", "--month", "2026-10", "--table", "common")
    told = json.loads(presensi(*command, "--json").stdout)
    (ani,) = told["people"]
    assert [(line["date"], line["kind"], line["code"], line["per_cent"]) for line in ani["lines"]] == [
        ("2026-10-05", "late", "TL2", 1.0),
        ("2026-10-06", "absent", "TK", 3.0),
    ]
    assert (ani["deducted"], ani["pending"]) == (4.0, ["2026-10-07"])
    assert ani["lines"][0]["explanation"]["id"].startswith("terlambat 41 menit (TL2): 1 % (tabel Lazim;")
    shown = presensi(*command, "--language", "en").stdout
    for part in ("41 minutes late (TL2)", "not final: nothing is deducted yet", "together"):
        assert part in shown
    everybody = json.loads(presensi(*command, "--all", "--json").stdout)
    assert [one["deducted"] for one in everybody["people"]] == [4.0, 0.0]


def test_a_csv_of_the_month_has_a_row_for_each_reason_and_the_total(
    presensi: Run, store: Store, tmp_path: Path
) -> None:
    keep(store, *map(absent, MONTH), others=())
    table = Path("ours.toml")
    table.write_text(
        """[deductions]
name = "Perwali"
absent = 4.0
most = 100.0
grades = { TL1 = 1.0 }
""",
        "utf-8",
    )
    command = ("deductions", "--month", "2026-10", "--table", table, "--csv", tmp_path / "tpp.csv")
    assert presensi(*command).exit_code == ExitCode.OK
    rows = list(csv.DictReader((tmp_path / "tpp.csv").open(encoding="utf-8")))
    assert [row["kind"] for row in rows] == ["absent"] * 31 + ["total"]
    assert (rows[0]["per_cent"], rows[-1]["per_cent"]) == ("4", "100")
    assert rows[-1]["explanation_id"] == "jumlah 124 %, paling banyak 100 %"
    assert store.audit.latest()[0].action == "deductions.exported"


def test_no_deduction_is_computed_by_a_table_that_nobody_chose(presensi: Run, store: Store) -> None:
    keep(store, late(date(2026, 10, 5), 41, "TL2"), others=MONTH)
    result = presensi("deductions", "--month", "2026-10")
    assert result.exit_code == ExitCode.FAILED
    assert "Standar 2023" in result.stderr
    assert "--table" in result.stderr
    wrong = presensi("deductions", "--month", "2026-10", "--table", "comon")
    assert wrong.exit_code == ExitCode.CONFIG
    assert 'did you mean "common"?' in wrong.stderr


def test_a_month_is_written_with_its_year_and_lies_not_in_the_future(presensi: Run, store: Store) -> None:
    for month in ("10", "2026-13", "2026-12", "okt"):
        assert presensi("deductions", "--month", month).exit_code == ExitCode.USAGE
