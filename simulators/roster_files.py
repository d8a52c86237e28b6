"""Writes a scenario's roster as the files `presensi import roster` reads: CSV, or one XLSX workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from simulators.city.plan import PersonPlan
from simulators.dated_facts import RosterEntry
from simulators.scenario import Scenario

Row = tuple[str, ...]
Address = tuple[str, int]
"""Host and port."""

UNREACHED: Address = ("127.0.0.1", 4370)
"""Stands in the files for a terminal whose address was not given."""

SHEETS: dict[str, Row] = {
    "units": ("code", "name", "short_name", "kind", "parent_code", "office"),
    "people": (
        "nip",
        "name",
        "title_before",
        "title_after",
        "unit_code",
        "valid_from",
        "valid_to",
    ),
    "enrollments": ("nip", "pin", "terminal_serial", "valid_from", "valid_to", "effective_at"),
    "terminals": (
        "serial",
        "name",
        "unit_code",
        "address",
        "port",
        "driver",
        "follow",
        "interval",
        "district",
    ),
    "excuses": ("nip", "kind", "first_day", "last_day", "reference"),
    "employments": ("nip", "state", "valid_from", "reference"),
    "calendar": ("first_day", "last_day", "kind", "name", "reference"),
    "patterns": ("unit_code", "hours", "works_holidays", "valid_from"),
    "shifts": ("code", "name", "starts", "ends", "valid_from"),
    "roster": ("nip", "month", *(str(day) for day in range(1, 32))),
}
"""The columns of each sheet, in order."""

ALWAYS = ("units", "people", "enrollments", "terminals", "excuses")
"""Sheets that are written even when they have no rows."""
AS_IT_STOOD = "as_it_stood"
"""Folder of the roster that nobody had brought up to date: everybody, no letters."""
_SHIFTS_SINCE = "2010-01-01"
_FREE = "-"


def write_csv(
    scenario: Scenario,
    directory: Path,
    addresses: Mapping[str, Address] | None = None,
    *,
    follow: str = "live",
) -> list[Path]:
    """One file for each sheet in `directory`, which must exist; `addresses` by serial number."""
    return write_sheets(directory, _tables(scenario, addresses or {}, follow))


def write_sheets(directory: Path, sheets: Mapping[str, Iterable[Row]]) -> list[Path]:
    """One CSV file for each sheet, with the columns that `SHEETS` has for it."""
    written = []
    for sheet, rows in sheets.items():
        path = directory / f"{sheet}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(SHEETS[sheet])
            writer.writerows(rows)
        written.append(path)
    return written


def write_as_it_stood(scenario: Scenario, directory: Path) -> None:
    """The roster without anything dated, in a folder of its own: as a city has it that follows no letters."""
    folder = directory / AS_IT_STOOD
    folder.mkdir(exist_ok=True)
    tables = _tables(scenario, {}, "live")
    owners = ((it.nip, it.pin, it.serial or "", _day(it.valid_from), "", "") for it in scenario.enrollments)
    write_sheets(
        folder,
        {
            "units": tables["units"],
            "people": (_placed(person, person.unit_code, person.since) for person in scenario.city.people),
            "enrollments": owners,
            "terminals": tables["terminals"],
        },
    )


def write_workbook(
    scenario: Scenario, path: Path, addresses: Mapping[str, Address] | None = None, *, follow: str = "live"
) -> Path:
    """All sheets in one XLSX workbook, every cell text so that PINs keep their zeros."""
    book = Workbook(write_only=True)
    for sheet, rows in _tables(scenario, addresses or {}, follow).items():
        table = book.create_sheet(sheet)
        table.append(SHEETS[sheet])
        for row in rows:
            table.append(row)
    book.save(path)
    return path


def _tables(scenario: Scenario, addresses: Mapping[str, Address], follow: str) -> dict[str, list[Row]]:
    city, facts = scenario.city, scenario.facts
    tables: dict[str, Iterable[Row]] = {
        "units": (
            (
                unit.code,
                unit.name,
                unit.short_name,
                unit.kind,
                unit.parent_code or "",
                "ya" if unit.office else "tidak",
            )
            for unit in city.units
        ),
        "people": _people(scenario),
        "enrollments": (
            (
                entry.nip,
                entry.pin,
                entry.serial or "",
                _day(entry.valid_from),
                "",
                f"{entry.effective_at:%Y-%m-%d %H:%M}" if entry.effective_at else "",
            )
            for entry in scenario.enrollments
        ),
        "terminals": (
            (
                terminal.serial,
                terminal.name,
                terminal.unit_code,
                *_address(addresses.get(terminal.serial, UNREACHED)),
                "zk-tcp",
                follow,
                "",
                terminal.district,
            )
            for terminal in city.terminals
        ),
        "excuses": (
            (entry.nip, entry.kind, _day(entry.first_day), _day(entry.last_day), entry.reference)
            for entry in scenario.excuses
        ),
        "employments": (
            (entry.nip, entry.state, _day(entry.valid_from), entry.reference) for entry in facts.employments
        ),
        "calendar": (
            (_day(entry.first_day), _day(entry.last_day), entry.kind, entry.name, entry.reference)
            for entry in facts.calendar
        ),
        "patterns": (
            (entry.unit_code, entry.hours, "ya" if entry.works_holidays else "tidak", _day(entry.valid_from))
            for entry in facts.patterns
        ),
        "shifts": (
            (entry.code, entry.name, f"{entry.starts:%H:%M}", f"{entry.ends:%H:%M}", _SHIFTS_SINCE)
            for entry in facts.shifts
        ),
        "roster": _months(facts.roster),
    }
    found = {sheet: list(rows) for sheet, rows in tables.items()}
    return {sheet: rows for sheet, rows in found.items() if rows or sheet in ALWAYS}


def _people(scenario: Scenario) -> Iterator[Row]:
    """A row for each placement; a former one before the present one."""
    former = {entry.nip: entry for entry in scenario.facts.former_placements}
    for person in scenario.city.people:
        if entry := former.get(person.nip):
            yield _placed(person, entry.unit_code, entry.first_day, entry.last_day)
        yield _placed(person, person.unit_code, person.since)


def _placed(person: PersonPlan, unit_code: str, first: date, last: date | None = None) -> Row:
    return (
        person.nip,
        person.name,
        person.title_before,
        person.title_after,
        unit_code,
        _day(first),
        _day(last) if last else "",
    )


def _months(entries: Iterable[RosterEntry]) -> Iterator[Row]:
    """A row for each person's month, as rosters are drawn; days that nobody planned stay empty."""
    cells: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        days = cells.setdefault((entry.nip, f"{entry.day:%Y-%m}"), [""] * 31)
        days[entry.day.day - 1] = entry.code or _FREE
    for (nip, month), days in cells.items():
        yield (nip, month, *days)


def _address(address: Address) -> Row:
    host, port = address
    return (host, str(port))


def _day(day: date) -> str:
    return day.isoformat()
