from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from presensi.cli import cli
from presensi.exits import ExitCode
from simulators.roster_files import write_csv, write_workbook
from simulators.scenario import Scenario, build
from store import Store, open_store
from store.changes import Topic
from store.importing import HOST, Locality, RosterMoved, perform, prepare

DAY = date(2026, 11, 23)
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build(7, DAY, people=60, terminals=4)


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str | Path, answer: str | None = None) -> Result:
        return CliRunner().invoke(cli, ["import", "roster", *map(str, arguments)], input=answer)

    return call


@pytest.fixture
def files(scenario: Scenario, tmp_path: Path) -> list[Path]:
    addresses = {
        terminal.serial: ("127.0.0.1", 5000 + number)
        for number, terminal in enumerate(scenario.city.terminals)
    }
    return write_csv(scenario, tmp_path, addresses)


def edit(path: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    names = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, names)
        writer.writeheader()
        writer.writerows(rows)


def named(files: list[Path], name: str) -> Path:
    return next(path for path in files if path.stem == name)


def counts(result: Result) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(result.output)["changes"]
    return found


def nothing_stored(store: Store) -> bool:
    roster = store.roster.load(DAY)
    return not (roster.units or roster.people or roster.terminals or store.audit.latest())


def test_a_whole_roster_comes_in_with_its_notice_and_its_audit_line(
    run: Run, files: list[Path], store: Store, scenario: Scenario
) -> None:
    feed = store.changes.feed()
    feed.position()
    result = run(*files, "--yes")
    assert result.exit_code == 0, result.output
    roster = store.roster.load(DAY)
    assert len(roster.people) == 60
    assert len(roster.placements) == 60
    assert len(roster.terminals) == 4
    assert {unit.code: unit.short_name for unit in roster.units} == {
        unit.code: unit.short_name for unit in scenario.city.units
    }
    codes = {unit.id: unit.code for unit in roster.units}
    assert {unit.code: codes.get(unit.parent_id) for unit in roster.units if unit.parent_id} == {
        unit.code: unit.parent_code for unit in scenario.city.units if unit.parent_code
    }
    assert len(store.facts.excuses_on(DAY)) == sum(
        excuse.first_day <= DAY <= excuse.last_day for excuse in scenario.excuses
    )
    assert [change.topic for change in feed.next(5.0)] == [Topic.ROSTER]
    feed.close()
    [line] = store.audit.latest()
    assert line.action == "roster.imported"
    assert "60 added" in line.detail


def test_importing_the_same_files_twice_changes_nothing(run: Run, files: list[Path], store: Store) -> None:
    run(*files, "--yes")
    before = store.roster.load(DAY)
    again = run(*files, "--yes", "--json")
    assert again.exit_code == 0
    assert not any(kind["added"] or kind["changed"] or kind["removed"] for kind in counts(again).values()), (
        again.output
    )
    assert counts(again)["people"]["unchanged"] == 60
    assert store.roster.load(DAY) == before
    assert len(store.audit.latest()) == 1
    assert "nothing to import" in run(*files).output


def test_a_workbook_says_the_same_as_the_csv_files(
    run: Run, files: list[Path], scenario: Scenario, tmp_path: Path
) -> None:
    addresses = {
        terminal.serial: ("127.0.0.1", 5000 + number)
        for number, terminal in enumerate(scenario.city.terminals)
    }
    book = write_workbook(scenario, tmp_path / "roster.xlsx", addresses)
    assert run(book, "--yes").exit_code == 0
    again = run(*files, "--dry-run", "--json")
    assert again.exit_code == 0, again.output
    assert not any(kind["added"] or kind["changed"] for kind in counts(again).values())


def test_a_dry_run_and_a_no_change_nothing(run: Run, files: list[Path], store: Store) -> None:
    dry = run(*files, "--dry-run")
    assert dry.exit_code == 0
    assert "people" in dry.output
    assert "60" in dry.output
    declined = run(*files, answer="n\n")
    assert declined.exit_code == ExitCode.FAILED
    assert "Nothing was imported" in declined.output
    assert run(*files, answer="").exit_code == ExitCode.FAILED
    assert nothing_stored(store)
    assert run(*files, answer="y\n").exit_code == 0
    assert not nothing_stored(store)


def test_a_transfer_closes_the_old_placement_the_day_before(
    run: Run, files: list[Path], store: Store, scenario: Scenario
) -> None:
    run(*files, "--yes")
    mover = scenario.city.people[0]
    other = next(person.unit_code for person in scenario.city.people if person.unit_code != mover.unit_code)
    people = named(files, "people")
    edit(people, lambda rows: rows[0].update(unit_code=other, valid_from="2026-12-01"))
    result = run(people, "--yes", "--json")
    assert counts(result)["placements"] == {"added": 1, "changed": 1, "removed": 0, "unchanged": 59}
    for day, code in ((date(2026, 11, 30), mover.unit_code), (date(2026, 12, 1), other)):
        roster = store.roster.load(day)
        person = next(it.id for it in roster.people if it.nip == mover.nip)
        [placement] = [it for it in roster.placements if it.person_id == person]
        assert next(it.code for it in roster.units if it.id == placement.unit_id) == code


def test_who_is_missing_from_a_file_stays_and_who_has_left_goes_on_that_day(
    run: Run, files: list[Path], store: Store
) -> None:
    run(*files, "--yes")
    people = named(files, "people")

    def change(rows: list[dict[str, str]]) -> None:
        del rows[1:]
        rows[0]["valid_to"] = "2026-11-22"

    edit(people, change)
    assert run(people, "--yes").exit_code == 0
    assert len(store.roster.load(date(2026, 11, 22)).people) == 60
    assert len(store.roster.load(DAY).people) == 59


@pytest.mark.parametrize(
    ("sheet", "change", "column", "reason"),
    [
        ("people", {"unit_code": "nowhere"}, "unit_code", "is no known unit"),
        ("terminals", {"unit_code": "nowhere"}, "unit_code", "is no known unit"),
        ("terminals", {"driver": "zk-udb"}, "driver", "is not known"),
        ("terminals", {"port": "0"}, "port", "is not a port"),
        ("terminals", {"interval": "30"}, "interval", "is not a duration"),
        ("units", {"parent_code": "nowhere"}, "parent_code", "is no known unit"),
        ("enrollments", {"nip": "198501012010011001"}, "nip", "is nobody's NIP"),
        ("enrollments", {"terminal_serial": "NONE1"}, "terminal_serial", "is no known terminal"),
        ("excuses", {"nip": "198501012010011001"}, "nip", "is nobody's NIP"),
        ("excuses", {"kind": "holiday"}, "kind", "not one of the known"),
    ],
)
def test_a_broken_roster_is_refused_whole_with_the_place_of_the_fault(
    run: Run, files: list[Path], store: Store, sheet: str, change: dict[str, str], column: str, reason: str
) -> None:
    edit(named(files, sheet), lambda rows: rows[1].update(change))
    result = run(*files, "--yes", "--json")
    assert result.exit_code == ExitCode.FILES
    told = json.loads(result.output)
    assert told["imported"] is False
    places = [(it["source"], it["row"], it["column"]) for it in told["problems"]]
    assert (f"{sheet}.csv", 3, column) in places
    assert any(reason in it["reason"] for it in told["problems"]), told
    assert nothing_stored(store)


@pytest.mark.parametrize(
    ("sheet", "column"),
    [("units", "code"), ("terminals", "serial"), ("people", "valid_from"), ("enrollments", "valid_from")],
)
def test_the_same_row_twice_is_refused(
    run: Run, files: list[Path], store: Store, sheet: str, column: str
) -> None:
    edit(named(files, sheet), lambda rows: rows.append(rows[0]))
    result = run(*files, "--yes", "--json")
    assert result.exit_code == ExitCode.FILES
    assert column in {it["column"] for it in json.loads(result.output)["problems"]}
    assert nothing_stored(store)


def test_two_people_on_one_pin_are_refused_also_against_the_store(
    run: Run, files: list[Path], store: Store
) -> None:
    run(*files, "--yes")
    enrollments = named(files, "enrollments")
    edit(enrollments, lambda rows: rows[1].update(pin=rows[0]["pin"], terminal_serial=""))
    edit(enrollments, lambda rows: rows.pop(0))
    result = run(enrollments, "--yes", "--json")
    assert result.exit_code == ExitCode.FILES
    [problem] = json.loads(result.output)["problems"]
    assert (problem["row"], problem["column"]) == (2, "pin")
    assert "also the PIN of" in problem["reason"]


def test_a_unit_below_itself_is_refused(run: Run, tmp_path: Path, store: Store) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name,kind,parent_code,office\na,A,agency,b,ya\nb,B,section,a,tidak\n")
    result = run(path, "--yes", "--json")
    assert result.exit_code == ExitCode.FILES
    assert {it["reason"] for it in json.loads(result.output)["problems"]} == {"puts the unit below itself"}
    assert nothing_stored(store)


def test_the_district_of_a_terminal_comes_in_and_a_row_that_is_silent_about_it_changes_nothing(
    run: Run, files: list[Path], scenario: Scenario, store: Store
) -> None:
    run(*files, "--yes")
    told = {terminal.serial: terminal.district for terminal in scenario.city.terminals}
    assert {terminal.serial: terminal.district for terminal in store.terminals.list()} == told
    assert all(told.values())
    terminals = files[0].with_name("terminals.csv")
    edit(terminals, lambda rows: [row.update(district="") for row in rows])
    assert "nothing" in run(terminals, "--yes").output.casefold()
    edit(terminals, lambda rows: rows[0].update(district="Kecamatan lain"))
    assert run(terminals, "--yes").exit_code == 0
    assert [terminal.district for terminal in store.terminals.list()].count("Kecamatan lain") == 1


def test_a_roster_changed_after_the_preview_is_not_overwritten(
    files: list[Path], database_url: str, run: Run
) -> None:
    store = open_store(database_url)
    try:
        prepared = prepare(store, files, Locality({"zk-tcp": HOST}, UTC, DAY))
        assert run(*files, "--yes").exit_code == 0
        with pytest.raises(RosterMoved, match="run it again"):
            perform(store, prepared, actor="t", at=datetime.now(UTC), progress=lambda done, total: None)
        assert len(store.audit.latest()) == 1
    finally:
        store.close()


def test_no_nip_is_printed(run: Run, files: list[Path], scenario: Scenario) -> None:
    shown = run(*files, "--dry-run").output
    edit(named(files, "people"), lambda rows: [row.update(unit_code="x") for row in rows])
    shown += run(*files).output
    assert not any(person.nip in shown for person in scenario.city.people)


def test_json_never_asks(run: Run, files: list[Path]) -> None:
    result = run(*files, "--json")
    assert result.exit_code == ExitCode.USAGE
    assert "--yes or --dry-run" in result.output


def test_terminals_that_nobody_calls_and_serial_lines_are_imported(
    run: Run, files: list[Path], store: Store
) -> None:
    ways = [("push", "", ""), ("usb", "", ""), ("zk-serial", "/dev/ttyUSB0?baud=9600", ""), ("push", "", "")]

    def change(rows: list[dict[str, str]]) -> None:
        for row, (driver, address, port) in zip(rows, ways, strict=True):
            row.update(driver=driver, address=address, port=port)

    edit(named(files, "terminals"), change)
    assert run(*files, "--yes").exit_code == 0
    found = [(it.driver, it.place, it.called) for it in store.terminals.list()]
    assert found == [
        ("push", "", False),
        ("usb", "", False),
        ("zk-serial", "/dev/ttyUSB0?baud=9600", True),
        ("push", "", False),
    ]


def test_a_serial_line_that_cannot_be_is_refused_with_what_to_write(run: Run, files: list[Path]) -> None:
    edit(
        named(files, "terminals"),
        lambda rows: rows[0].update(driver="zk-serial", address="ttyUSB0", port=""),
    )
    result = run(*files, "--yes", "--json")
    assert result.exit_code == ExitCode.FILES
    [problem] = json.loads(result.output)["problems"]
    assert problem["column"] == "address"
    assert "/dev/" in problem["remedy"]
