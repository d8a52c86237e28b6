from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from store.importing import HOST, Addressing, Locality, Problem
from store.importing.parse import parse
from store.importing.sheets import REQUIRED, SheetKind, kind_named
from store.importing.tables import Files, read_files
from store.importing.workbook import MOST_UNPACKED

NIP = "198501012010011001"
HERE = Locality({"zk-tcp": HOST}, ZoneInfo("Asia/Jakarta"), date(2026, 11, 23))
UNITS = "code,name,short_name,kind,parent_code,office\n"
PEOPLE = "nip,name,title_before,title_after,unit_code,valid_from,valid_to\n"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(folder: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / "roster.xlsx"
    book.save(path)
    return path


def problems(*paths: Path) -> list[Problem]:
    files = read_files(paths)
    parse(files.sheets, HERE, files.findings)
    return files.findings.problems


def only(found: list[Problem]) -> Problem:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("People", SheetKind.PEOPLE),
        (" units ", SheetKind.UNITS),
        ("people-2026", SheetKind.PEOPLE),
        ("terminals (2)", SheetKind.TERMINALS),
        ("peoples", None),
        ("Catatan", None),
    ],
)
def test_a_name_says_what_a_sheet_holds(name: str, kind: SheetKind | None) -> None:
    assert kind_named(name) is kind


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_make_of_csv_is_read(tmp_path: Path, delimiter: str, mark: bytes, end: str) -> None:
    text = f"CODE, Name ,kind,Parent Code,OFFICE{end}u1,Dinas Sosial,agency,,ya{end}{end}".replace(
        ",", delimiter
    )
    files = read_files([written(tmp_path, "units.csv", mark + text.encode())])
    assert files.findings.problems == []
    [row] = files.sheets[0].rows
    assert row.values["name"] == "Dinas Sosial"
    assert row.values["parent_code"] == ""
    assert row.values["short_name"] == ""


def test_a_workbooks_sheets_are_read_in_one_go(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {
            "Units": [("code", "name", "kind", "parent_code", "office"), (7, "Dinas", "agency", None, True)],
            "people": [
                ("valid_from", "nip", "name", "unit_code"),
                (date(2026, 1, 2), NIP, "Siti", 7),
            ],
            "Catatan": [("apa saja",)],
        },
    )
    files = read_files([path])
    entries = parse(files.sheets, HERE, files.findings)
    assert files.findings.problems == []
    assert files.findings.notes == [
        f"roster.xlsx [Catatan]: not a roster sheet ({', '.join(SheetKind)}), passed over"
    ]
    assert entries.units[0].unit.code == "7"
    assert entries.units[0].unit.office is True
    assert entries.people[0].placement.period.first == date(2026, 1, 2)


def test_a_number_that_a_spreadsheet_has_rounded_is_named_not_taken(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {"people": [("nip", "name", "unit_code", "valid_from"), (int(NIP), "Siti", "7", "2026-01-02")]},
    )
    found = problems(path)
    assert found[0].column == "A"
    assert "rounded" in found[0].reason
    assert "as text" in found[0].remedy


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f"{NIP},,,,u1,2026-01-01,", "name", "is empty"),
        ("12345,Siti,,,u1,2026-01-01,", "nip", "18 digits"),
        (f"{NIP},Siti,,,u1,01/02/2026,", "valid_from", "is not a day"),
        (f"{NIP},Siti,,,u1,2026-02-30,", "valid_from", "is not a day"),
        (f"{NIP},Siti,,,u1,0026-02-03,", "valid_from", "not in our time"),
        (f"{NIP},Siti,,,u1,2026-01-02,2026-01-01", "valid_to", "before valid_from"),
        (f"{NIP},Siti,,,u 1,2026-01-02,", "unit_code", "another form"),
        (f'{NIP},"Si\nti",,,u1,2026-01-02,', "name", "line break"),
        (f"{NIP},{'x' * 201},,,u1,2026-01-02,", "name", "longer than"),
        (f"{NIP},Siti,,,u1,2026-01-02,,more", None, "more cells"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_and_column(
    tmp_path: Path, row: str, column: str | None, reason: str
) -> None:
    good = f"{NIP},Budi,,,u1,2026-01-01,\n"
    found = only(problems(written(tmp_path, "people.csv", PEOPLE + good + row + "\n")))
    assert (found.source, found.row, found.column) == ("people.csv", 3, column)
    assert reason in found.reason
    assert found.remedy


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "units.csv", UNITS + "u1,,,agncy,,maybe\n,B,B,school,,ya\n")
    found = [(it.row, it.column) for it in problems(path)]
    assert found == [(2, "name"), (2, "kind"), (2, "office"), (3, "code")]


def test_a_nip_is_never_repeated_whole(tmp_path: Path) -> None:
    wrong = "198513012010011001"
    found = only(problems(written(tmp_path, "people.csv", f"{PEOPLE}{wrong},Siti,,,u1,2026-01-01,\n")))
    assert found.value == "…1001"
    assert wrong not in str(found)


def test_a_mistyped_value_names_the_nearest(tmp_path: Path) -> None:
    found = only(problems(written(tmp_path, "units.csv", UNITS + "u1,A,A,shool,,ya\n")))
    assert 'did you mean "school"?' in found.remedy


def test_an_unknown_column_is_a_mistake_only_where_it_looks_like_a_known_one(tmp_path: Path) -> None:
    header = "nip,name,unit_code,valid_from,vaild_to,GOLONGAN\n"
    files = read_files([written(tmp_path, "people.csv", header)])
    assert 'rename it to "valid_to"' in only(files.findings.problems).remedy
    assert files.findings.notes == ['people.csv: column "GOLONGAN" is not known, passed over']


@pytest.mark.parametrize("kind", list(SheetKind))
def test_every_missing_column_is_named(tmp_path: Path, kind: SheetKind) -> None:
    found = problems(written(tmp_path, f"{kind}.csv", "x\n1\n"))
    assert [it.column for it in found] == list(REQUIRED[kind])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("people.csv", b"", "is empty"),
        ("people.csv", b"nip,name\n\xe9\xe9,x\n", "not UTF-8"),
        ("people.csv", b"PK\x03\x04rest", "not a CSV"),
        ("people.csv", b"nip,na\0me\n", "not a CSV"),
        ("people.csv", b'nip,name\n"unclosed\n', "not readable as CSV"),
        ("people.xlsx", b"nip,name\n", "not an .xlsx workbook"),
        ("people.xlsx", b"", "not an .xlsx workbook"),
        ("staff.csv", b"nip,name\n", "does not say what it holds"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_whole(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    found = only(problems(written(tmp_path, name, content)))
    assert (found.source, reason in found.reason) == (name, True), found


def test_a_missing_file_is_a_problem_like_any_other(tmp_path: Path) -> None:
    assert "cannot be read" in only(problems(tmp_path / "units.csv")).reason


def test_the_kind_may_be_told(tmp_path: Path) -> None:
    files: Files = read_files([written(tmp_path, "staff.csv", PEOPLE)], SheetKind.PEOPLE)
    assert files.findings.problems == []


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/bomb.xml", "w") as part:
        zeros = b"0" * (1 << 20)
        for _ in range((MOST_UNPACKED >> 20) + 1):
            part.write(zeros)
    assert path.stat().st_size < 1 << 20
    assert "unpacks to" in only(problems(path)).reason


def test_a_workbook_with_a_damaged_part_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"people": [("nip",)]})
    damaged = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(damaged, "w") as target:
        for part in source.namelist():
            target.writestr(part, b"<broken" if "sheet1" in part else source.read(part))
    path.write_bytes(damaged.getvalue())
    assert "not a readable workbook" in only(problems(path)).reason


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["units.csv", "people.xlsx", "excuses.csv"]))
def test_no_bytes_whatsoever_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    problems(path)


SERIAL = Addressing(fault=lambda address: None if address.startswith("/dev/") else "write /dev/…")
TERMINALS = "serial,name,unit_code,address,port,driver\n"


def terminal_of(folder: Path, cells: str) -> tuple[tuple[str, int, str] | None, list[Problem]]:
    """Address, port and driver of the one terminal in a file, and what is wrong with it."""
    files = read_files([written(folder, "terminals.csv", TERMINALS + cells + "\n")])
    entries = parse(
        files.sheets, replace(HERE, drivers={"zk-tcp": HOST, "zk-serial": SERIAL}), files.findings
    )
    facts = [entry.terminal for entry in entries.terminals]
    found = (facts[0].address, facts[0].port, facts[0].driver) if facts else None
    return found, files.findings.problems


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("S1,Gate,A,10.0.0.8,,", ("10.0.0.8", 4370, "zk-tcp")),
        ("S1,Gate,A,/dev/ttyUSB0?baud=9600,,zk-serial", ("/dev/ttyUSB0?baud=9600", 0, "zk-serial")),
        ("S1,Gate,A,,,push", ("", 0, "push")),
        ("S1,Gate,A,10.8.0.3,,push", ("10.8.0.3", 0, "push")),
        ("S1,Gate,A,,,usb", ("", 0, "usb")),
    ],
)
def test_a_terminals_address_is_what_its_driver_needs(
    tmp_path: Path, cells: str, found: tuple[str, int, str]
) -> None:
    assert terminal_of(tmp_path, cells) == (found, [])


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("S1,Gate,A,,,", "address"),
        ("S1,Gate,A,/dev/ttyUSB0,,zk-tcp", "address"),
        ("S1,Gate,A,10.0.0.8,,zk-serial", "address"),
        ("S1,Gate,A,,,zk-serial", "address"),
        ("S1,Gate,A,/dev/ttyUSB0,4370,zk-serial", "port"),
        ("S1,Gate,A,10.0.0.8,,zk-carrier-pigeon", "driver"),
    ],
)
def test_an_address_that_its_driver_cannot_use_is_refused(tmp_path: Path, cells: str, column: str) -> None:
    found, refused = terminal_of(tmp_path, cells)
    assert found is None
    assert only(refused).column == column
