"""A terminal's outage that was declared by mistake is withdrawn; what the collector found is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Outage, OutageCause, SiteOutage
from config.clock import write_clock
from presensi.exits import ExitCode
from store import Store
from tests.integration.cli.conftest import Run
from tests.support.boards import health
from tests.support.days import MONDAY, at
from tests.support.mornings import append, punch
from tests.support.rosters import plant, small_roster

ADD = ("outage", "add", "--terminal", "SIM0001", "--cause", "broken", "--reference", "421/19/2026", "--yes")
WHY = ("--reason", "surat untuk mesin lain")


@pytest.fixture
def city(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """Monday evening: Orang 1 came in time, Orang 2 at 07:50, Orang 3 not; both terminals vouch."""
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    write_clock(tmp_path / "clock.json", at("20:00"), 0)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(tmp_path / "clock.json"))
    plant(store, small_roster())
    append(
        store,
        *(punch("1001", clock) for clock in ("07:10", "16:02")),
        *(punch("1002", clock) for clock in ("07:50", "16:03")),
    )
    store.terminals.save_health([health(number, at("20:00")) for number in (1, 2)])
    return store


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def declare(presensi: Run) -> str:
    number = told(presensi(*ADD, "--from", "2026-11-23 06:30", "--to", "2026-11-23 09:00", "--json"))[
        "number"
    ]
    assert isinstance(number, str)
    return number


def test_a_withdrawn_outage_of_a_terminal_counts_no_longer_and_its_withdrawal_is_signed(
    presensi: Run, city: Store
) -> None:
    number = declare(presensi)
    assert number in presensi("outage", "list").stdout
    command = ("outage", "withdraw", number, *WHY)
    shown = told(presensi(*command, "--dry-run", "--json"))
    assert [(it["person"], it["now"], it["then"]) for it in shown["effects"]] == [
        (2, "present (outage)", "late TL1 (20 min)"),
        (3, "waiting (outage)", "absent"),
    ]
    assert len(city.facts.outages_between(at("07:00"), at("08:00"))) == 1
    asked = presensi(*command, answer="y\n")
    assert asked.exit_code == 0
    assert "Mesin 1 (SIM0001): broken, from 2026-11-23 06:30 to 2026-11-23 09:00" in asked.stdout
    assert city.facts.outages_between(at("07:00"), at("08:00")) == []
    line = city.audit.latest()[0]
    assert (line.action, line.subject, line.at) == ("outage.withdrawn", "terminal:1", at("20:00"))
    assert "surat untuk mesin lain" in line.detail
    again = presensi(*command, "--yes")
    assert again.exit_code == ExitCode.FAILED
    assert "presensi outage list" in again.output


def test_the_history_of_a_result_names_the_outage_that_was_withdrawn(presensi: Run, city: Store) -> None:
    number = declare(presensi)
    recompute = ("recompute", "--from", MONDAY)
    assert presensi(*recompute).exit_code == 0
    assert presensi("outage", "withdraw", number, *WHY, "--yes").exit_code == 0
    assert presensi(*recompute).exit_code == 0
    change = city.results.changes_of(PersonId(3), MONDAY, MONDAY)[-1].change
    assert (change.cause, change.terminal_id, change.code) == ("outage", TerminalId(1), "broken")
    words = presensi("explain", "--person", 3, "--date", MONDAY)
    assert "keterangan gangguan (kerusakan) di mesin Mesin 1 dimasukkan, diubah, atau dicabut" in words.stdout


def test_the_number_of_a_terminals_outage_is_never_taken_for_that_of_a_site(
    presensi: Run, city: Store
) -> None:
    site = SiteOutage(UnitId(2), OutageCause.POWER, at("06:30"), at("09:00"), "PLN 7")
    of_site = city.facts.add_site_outage(site, by="bkd", at=at("09:00"))
    assert declare(presensi) == f"T{of_site}"
    assert presensi("outage", "withdraw", f"t{of_site}", *WHY, "--yes").exit_code == 0
    assert city.facts.site_outage(of_site) == site
    assert presensi("outage", "withdraw", of_site, *WHY, "--yes").exit_code == 0
    assert city.facts.site_outage(of_site) is None


def test_what_the_collector_found_is_not_withdrawn_and_the_refusal_says_why(
    presensi: Run, city: Store
) -> None:
    lost = Outage(TerminalId(1), OutageCause.LOG_LOST, at("06:30"), at("09:00"), "collector")
    city.facts.note_outage(lost)
    [found] = city.facts.outages_between(at("07:00"), at("08:00"))
    for how in ("--yes", "--dry-run"):
        refused = presensi("outage", "withdraw", f"T{found.id}", *WHY, how)
        assert refused.exit_code == ExitCode.FAILED
        assert "found by the collector" in refused.output
        assert "presensi correct" in refused.output
    assert city.facts.outages_between(at("07:00"), at("08:00")) == [lost]
    assert city.audit.latest() == []
    assert f"T{found.id}" not in presensi("outage", "list").stdout


@pytest.mark.parametrize("number", ["T0", "0", "TT1", "T", "satu", "-1", f"T{2**63}"])
def test_what_is_no_number_of_an_outage_is_a_wrong_command_line(
    presensi: Run, city: Store, number: str
) -> None:
    result = presensi("outage", "withdraw", *WHY, "--yes", "--", number)
    assert result.exit_code == ExitCode.USAGE
    assert "presensi outage list" in result.output


def test_the_list_for_scripts_has_the_numbers_that_withdraw_takes(presensi: Run, city: Store) -> None:
    number = declare(presensi)
    city.facts.note_outage(Outage(TerminalId(2), OutageCause.LOG_LOST, at("06:30"), at("09:00"), "collector"))
    listed = told(presensi("outage", "list", "--json"))
    assert [(it["serial"], it["number"]) for it in listed] == [("SIM0001", number), ("SIM0002", None)]
