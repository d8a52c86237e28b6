from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from simulators.roster_files import SHEETS, write_csv, write_workbook
from simulators.scenario import build

SMALL = build(2, date(2026, 11, 23), people=60, terminals=3)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_files_hold_the_whole_roster_under_the_agreed_headers(tmp_path: Path) -> None:
    serial = SMALL.city.terminals[0].serial
    written = write_csv(SMALL, tmp_path, {serial: ("127.0.0.1", 14001)}, follow="poll")
    assert [path.name for path in written] == [f"{sheet}.csv" for sheet in SHEETS]
    for path in written:
        assert path.read_text("utf-8").splitlines()[0] == ",".join(SHEETS[path.stem])
    people = rows(tmp_path / "people.csv")
    assert [row["nip"] for row in people] == [person.nip for person in SMALL.city.people]
    assert len(rows(tmp_path / "enrollments.csv")) == len(SMALL.enrollments)
    assert len(rows(tmp_path / "excuses.csv")) == len(SMALL.excuses)
    first = rows(tmp_path / "terminals.csv")[0]
    assert (first["serial"], first["port"], first["driver"], first["follow"]) == (
        serial,
        "14001",
        "zk-tcp",
        "poll",
    )


def test_offices_are_marked_in_indonesian(tmp_path: Path) -> None:
    write_csv(SMALL, tmp_path)
    units = rows(tmp_path / "units.csv")
    assert {row["office"] for row in units} == {"ya", "tidak"}
    assert units[0]["parent_code"] == ""


def test_the_workbook_holds_the_same_cells_as_text(tmp_path: Path) -> None:
    write_csv(SMALL, tmp_path)
    book = load_workbook(write_workbook(SMALL, tmp_path / "roster.xlsx"), read_only=True)
    assert book.sheetnames == list(SHEETS)
    for sheet in SHEETS:
        cells = [[cell or "" for cell in row] for row in book[sheet].iter_rows(values_only=True)]
        with (tmp_path / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
            assert cells == list(csv.reader(file))
    book.close()
