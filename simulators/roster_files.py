"""Writes a scenario's roster as the files `presensi import roster` reads: CSV, or one XLSX workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from openpyxl import Workbook

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
    "enrollments": ("nip", "pin", "terminal_serial", "valid_from", "valid_to"),
    "terminals": ("serial", "name", "unit_code", "address", "port", "driver", "follow", "interval"),
    "excuses": ("nip", "kind", "first_day", "last_day", "reference"),
}
"""The columns of each sheet, in order."""


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


def _tables(scenario: Scenario, addresses: Mapping[str, Address], follow: str) -> dict[str, Iterator[Row]]:
    city = scenario.city
    return {
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
        "people": (
            (
                person.nip,
                person.name,
                person.title_before,
                person.title_after,
                person.unit_code,
                _day(person.since),
                "",
            )
            for person in city.people
        ),
        "enrollments": (
            (entry.nip, entry.pin, entry.serial or "", _day(entry.valid_from), "")
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
            )
            for terminal in city.terminals
        ),
        "excuses": (
            (entry.nip, entry.kind, _day(entry.first_day), _day(entry.last_day), entry.reference)
            for entry in scenario.excuses
        ),
    }


def _address(address: Address) -> Row:
    host, port = address
    return (host, str(port))


def _day(day: date) -> str:
    return day.isoformat()
