"""`presensi recompute`, `explain` and `results export`: judged anew, told in words, handed to auditors."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from attendance.ids import Nip, PersonId
from attendance.people import Excuse, ExcuseCode
from config.clock import write_clock
from presensi.exits import ExitCode
from store import Store, open_store
from tests.integration.cli.conftest import Run
from tests.support.boards import health
from tests.support.days import MONDAY, at
from tests.support.mornings import append, punch
from tests.support.rosters import plant, small_roster

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def store(
    database_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run, tmp_path: Path
) -> Iterator[Store]:
    """Tuesday morning; on Monday Orang 1 came in time, Orang 2 late, Orang 3 not at all."""
    clock = tmp_path / "clock.json"
    write_clock(clock, at("09:00", TUESDAY), 0)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(clock))
    opened = open_store(database_url)
    roster = small_roster()
    people = (replace(one, nip=Nip(f"198001012005011{one.id:03d}")) for one in roster.people)
    plant(opened, replace(roster, people=tuple(people)))
    append(
        opened,
        *(punch("1001", clock) for clock in ("07:12", "16:02")),
        *(punch("1002", clock) for clock in ("07:41", "16:03")),
    )
    opened.terminals.save_health([health(number, at("08:59", TUESDAY)) for number in (1, 2)])
    yield opened
    opened.close()


def recompute(presensi: Run, *options: str) -> dict[str, object]:
    result = presensi("recompute", "--from", MONDAY, "--to", MONDAY, "--json", *options)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_recompute_says_how_many_changed_from_what_to_what(presensi: Run, store: Store) -> None:
    first = recompute(presensi)
    assert first["judged"] == first["changed"] == 3
    assert recompute(presensi)["changed"] == 0
    store.facts.add_excuse(Excuse(PersonId(3), ExcuseCode.CT, MONDAY, MONDAY, "SC 1"))
    assert recompute(presensi)["turned"] == [{"before": "absent", "after": "excused", "count": 1}]
    (entry,) = [entry for entry in store.audit.latest() if "1 changed" in entry.detail]
    assert (entry.action, entry.subject) == ("results.recomputed", f"days:{MONDAY}..{MONDAY}")


def test_recompute_in_words_names_both_statuses(presensi: Run, store: Store) -> None:
    told = presensi("recompute", "--from", MONDAY)
    assert told.exit_code == 0
    assert "3 judged, 3 changed." in told.stdout
    for status in ("present", "late", "absent"):
        assert status in told.stdout


def test_a_dry_run_stores_nothing_and_is_in_no_log(presensi: Run, store: Store) -> None:
    assert recompute(presensi, "--dry-run")["changed"] == 3
    assert store.results.between(MONDAY, MONDAY) == []
    assert store.audit.latest() == []


def test_recompute_takes_the_people_of_a_unit_only(presensi: Run, store: Store) -> None:
    assert recompute(presensi, "--unit", "1")["judged"] == 3
    unknown = presensi("recompute", "--from", MONDAY, "--unit", "99")
    assert unknown.exit_code == ExitCode.FAILED
    assert "99" in unknown.stderr


def test_days_in_the_wrong_order_or_in_the_future_are_refused(presensi: Run, store: Store) -> None:
    for first, last in ((TUESDAY, MONDAY), (MONDAY, TUESDAY + timedelta(days=1))):
        assert presensi("recompute", "--from", first, "--to", last).exit_code == ExitCode.USAGE


def test_explain_tells_result_punches_and_history_in_both_languages(presensi: Run, store: Store) -> None:
    recompute(presensi)
    store.facts.add_excuse(Excuse(PersonId(2), ExcuseCode.IZIN, MONDAY, MONDAY, "SI 2"))
    recompute(presensi)
    told = presensi("explain", "--person", 2, "--date", MONDAY)
    assert told.exit_code == 0, told.output
    for part in ("Orang 2", "07.41", "masuk", "Mesin 1", "final", "Riwayat", "Standar"):
        assert part in told.stdout
    english = presensi("explain", "--person", 2, "--date", MONDAY, "--language", "en")
    assert "History" in english.stdout
    found = json.loads(presensi("explain", "--person", 2, "--date", MONDAY, "--json").stdout)
    assert [line["cause"] for line in found["history"]] == ["first", "excuse"]
    assert (found["final"], found["stored"], found["differs"]) == (True, True, False)
    assert [one["taken_for"] for one in found["punches"]] == ["arrival", "leaving"]
    assert all(found["explanation"].values())
    assert ("result.explained", "person:2") in {
        (entry.action, entry.subject) for entry in store.audit.latest()
    }


def test_explain_judges_a_day_that_is_not_stored_and_says_so(presensi: Run, store: Store) -> None:
    told = presensi("explain", "--person", 3, "--date", MONDAY)
    assert "belum tersimpan" in told.stdout
    found = json.loads(presensi("explain", "--person", 3, "--date", MONDAY, "--json").stdout)
    assert (found["status"], found["stored"]) == ("absent", False)


def test_explain_says_when_the_facts_have_changed_since(presensi: Run, store: Store) -> None:
    recompute(presensi)
    store.facts.add_excuse(Excuse(PersonId(3), ExcuseCode.CS, MONDAY, MONDAY, "SKS 1"))
    found = json.loads(presensi("explain", "--person", 3, "--date", MONDAY, "--json").stdout)
    assert (found["status"], found["differs"]) == ("absent", True)


def test_a_person_is_found_by_the_nip_too_which_is_asked_for(
    presensi: Run, store: Store, tmp_path: Path
) -> None:
    asked = presensi("explain", "--date", MONDAY, "--json", answer="198001012005011001\n")
    assert json.loads(asked.stdout)["person"] == 1
    (tmp_path / "nip").write_text("198001012005011002\n")
    read = presensi("explain", "--date", MONDAY, "--json", "--nip-file", tmp_path / "nip")
    assert json.loads(read.stdout)["person"] == 2


def test_an_export_explains_every_row_and_proves_itself(presensi: Run, store: Store, tmp_path: Path) -> None:
    recompute(presensi)
    file = tmp_path / "november.csv"
    done = presensi("results", "export", "--from", MONDAY, "--to", TUESDAY, file)
    assert done.exit_code == 0, done.output
    told = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (tmp_path / "november.csv.sha256").read_text() == f"{told}  november.csv\n"
    assert told in done.stdout
    comment, *lines = file.read_text("utf-8").splitlines()
    assert comment.startswith("# Presensi ")
    rows = list(csv.DictReader(lines))
    assert [row["status"] for row in rows] == ["present", "late", "absent"]
    assert all(row["explanation_id"] and row["explanation_en"] and row["pack"] for row in rows)
    assert (rows[1]["late_class"], rows[1]["minutes_late"]) == ("TL1", "11")
    assert (rows[0]["unit_name"], rows[0]["final"]) == ("Dinas Contoh", "final")
    assert file.stat().st_mode & 0o077 == 0
    (entry,) = [entry for entry in store.audit.latest() if entry.action == "results.exported"]
    assert told in entry.detail


def test_the_same_results_give_the_same_bytes_and_nothing_is_written_over(
    presensi: Run, store: Store, tmp_path: Path
) -> None:
    recompute(presensi)
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    for file in (one, other):
        assert presensi("results", "export", "--from", MONDAY, file).exit_code == 0
    assert one.read_bytes() == other.read_bytes()
    assert presensi("results", "export", "--from", MONDAY, one).exit_code == ExitCode.FAILED
