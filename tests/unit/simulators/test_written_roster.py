from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from simulators.roster_files import ALWAYS, AS_IT_STOOD, SHEETS, write_as_it_stood, write_csv, write_workbook
from simulators.scenario import build
from simulators.scenarios import SCENARIOS

OLD_DAY = SCENARIOS["mojokerto_2017_01_03"](2017)
SMALL = build(2, date(2026, 11, 23), people=60, terminals=3)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_files_hold_the_whole_roster_under_the_agreed_headers(tmp_path: Path) -> None:
    serial = SMALL.city.terminals[0].serial
    written = write_csv(SMALL, tmp_path, {serial: ("127.0.0.1", 14001)}, follow="poll")
    assert [path.name for path in written] == [f"{sheet}.csv" for sheet in ALWAYS]
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
    assert book.sheetnames == list(ALWAYS)
    for sheet in ALWAYS:
        cells = [[cell or "" for cell in row] for row in book[sheet].iter_rows(values_only=True)]
        with (tmp_path / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
            assert cells == list(csv.reader(file))
    book.close()


def test_a_day_with_letters_has_a_sheet_for_each_kind_of_them(tmp_path: Path) -> None:
    written = write_csv(OLD_DAY, tmp_path)
    assert {path.stem for path in written} == set(SHEETS)
    people = rows(tmp_path / "people.csv")
    assert len(people) == 3266 + 511
    assert sum(row["valid_to"] == "2016-12-31" for row in people) == 511
    enrolled = [row["effective_at"] for row in rows(tmp_path / "enrollments.csv") if row["effective_at"]]
    assert len(enrolled) == 205 + 60
    assert all(cell.startswith("2017-01-03 ") for cell in enrolled)
    assert len(rows(tmp_path / "employments.csv")) == 410
    roster = rows(tmp_path / "roster.csv")
    assert {row["month"] for row in roster} == {"2017-01"}
    assert {row["3"] for row in roster} == {"P", "S", "M", "-", "PP", "PS"}
    assert {row["8"] for row in roster} == {""}


def test_the_roster_as_it_stood_has_everybody_once_and_no_letters(tmp_path: Path) -> None:
    write_as_it_stood(OLD_DAY, tmp_path)
    people = rows(tmp_path / AS_IT_STOOD / "people.csv")
    assert len({row["nip"] for row in people}) == len(people) == 3266
    assert {row["valid_to"] for row in people} == {""}
    assert {path.stem for path in (tmp_path / AS_IT_STOOD).iterdir()} == {
        "units",
        "people",
        "enrollments",
        "terminals",
    }
