"""The sheets that say who is to work when, from file to table."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from openpyxl import Workbook
from sqlalchemy import Table, select

from presensi.exits import ExitCode
from store import Store, day_tables, schema

ANI, BUDI = "198501012010012001", "199002022015031002"
SHEETS = {
    "units": "code,name,kind,parent_code,office\n"
    "kota,Kota,city,,tidak\nrsud,RSUD,hospital,kota,ya\nigd,IGD,section,rsud,tidak\n",
    "people": "nip,name,unit_code,valid_from\n"
    f"{ANI},Ani Lestari,igd,2010-01-01\n{BUDI},Budi Santoso,igd,2015-03-01\n",
    "terminals": "serial,name,unit_code,address\nT1,Lobi,rsud,10.0.0.1\n",
    "enrollments": "nip,pin,valid_from,effective_at\n"
    f"{ANI},1,2016-01-01,\n{BUDI},2,2017-01-02,2017-01-03 11:00\n",
    "employments": "nip,state,valid_from,valid_to,reference\n"
    f"{ANI},study,2016-08-01,2018-07-31,SK 12/2016\n{BUDI},retired,2048-03-01,,\n",
    "excuses": "nip,kind,first_day,last_day,first_time,last_time,place_code,reference\n"
    f"{BUDI},DL,2017-01-03,2017-01-03,10:00,,kota,ST 4/2017\n{BUDI},CT,2017-01-03,2017-01-05,,,,\n",
    "calendar": "first_day,last_day,kind,name,unit_code,reference\n"
    "2017-01-28,,holiday,Tahun Baru Imlek,,SKB 2016\n"
    "2017-06-23,2017-06-23,joint_leave,Cuti bersama,,SKB 2016\n"
    "2017-06-23,,workday,Tetap buka,rsud,Edaran direktur\n",
    "patterns": "unit_code,hours,works_holidays,valid_from,valid_to\n"
    "igd,shift,ya,2010-01-01,\nkota,five_day,tidak,2010-01-01,\n",
    "shifts": "code,name,starts,ends,valid_from\nP,Pagi,07:00,14:00,2010-01-01\n"
    "S,Siang,14.00,21.00,2010-01-01\nm,Malam,21:00,7:00,2010-01-01\n",
    "rotations": 'code,name,cycle\nR8,Delapan hari,"P,P,S,S,M,M,-,-"\nRG,Ganda,"P+S,-"\n',
    "rotation_periods": f"nip,rotation,anchor,valid_from,valid_to\n{BUDI},R8,2017-01-01,2017-01-01,\n",
    "roster": f"nip,month,1,2,3,4,5,31,NAMA\n{ANI},2017-01,P,P+S,-,SIAGA,,m+SIAGA,Ani\n",
}
Import = Callable[..., Result]


@pytest.fixture
def bring(presensi: Import, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Import:
    """Import sheets given as name=text; "--json" is added."""
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)

    def call(*options: str, **sheets: str) -> Result:
        paths = []
        for name, text in sheets.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text, "utf-8")
        return presensi("import", "roster", *paths, *(options or ("--yes", "--json")))

    return call


@pytest.fixture
def stocked(bring: Import, store: Store) -> Store:
    result = bring(**SHEETS)
    assert result.exit_code == 0, result.output
    return store


def rows(store: Store, table: Table, *names: str) -> list[tuple[Any, ...]]:
    with store.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*(table.c[name] for name in names)))]


def faults(result: Result) -> list[tuple[str, int, str]]:
    assert result.exit_code == ExitCode.FILES, result.output
    return [(it["source"], it["row"], it["column"]) for it in json.loads(result.output)["problems"]]


def changes(result: Result) -> dict[str, tuple[int, int, int]]:
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)["changes"]
    return {
        kind: (it["added"], it["changed"], it["removed"])
        for kind, it in found.items()
        if it["added"] or it["changed"] or it["removed"]
    }


def test_every_sheet_reaches_its_table(stocked: Store) -> None:
    at = datetime(2017, 1, 3, 4, 0, tzinfo=UTC)
    assert rows(stocked, schema.enrollments, "pin", "effective_at") == [("1", None), ("2", at)]
    assert sorted(rows(stocked, day_tables.employments, "state", "valid_to", "reference")) == [
        ("retired", None, ""),
        ("study", date(2018, 7, 31), "SK 12/2016"),
    ]
    assert rows(stocked, day_tables.excuses, "code", "first_time", "last_time", "reference") == [
        ("DL", "10:00", None, "ST 4/2017"),
        ("CT", None, None, ""),
    ]
    assert {it[0] is not None for it in rows(stocked, day_tables.excuses, "entered_at", "entered_by")} == {
        True
    }
    assert rows(stocked, day_tables.calendar_entries, "first_day", "last_day", "kind") == [
        (date(2017, 1, 28), date(2017, 1, 28), "holiday"),
        (date(2017, 6, 23), date(2017, 6, 23), "joint_leave"),
        (date(2017, 6, 23), date(2017, 6, 23), "workday"),
    ]
    assert sorted(rows(stocked, day_tables.work_patterns, "hours", "works_holidays")) == [
        ("five_day", False),
        ("shift", True),
    ]
    assert rows(stocked, day_tables.shifts, "code", "starts", "ends") == [
        ("P", "07:00", "14:00"),
        ("S", "14:00", "21:00"),
        ("M", "21:00", "07:00"),
    ]
    assert rows(stocked, day_tables.rotations, "code", "cycle") == [
        ("R8", "P,P,S,S,M,M,-,-"),
        ("RG", "P+S,-"),
    ]
    assert rows(stocked, day_tables.rotation_periods, "rotation", "anchor") == [("R8", date(2017, 1, 1))]


def test_a_months_roster_tells_shifts_free_days_and_on_call_and_is_silent_where_empty(stocked: Store) -> None:
    assert rows(stocked, day_tables.shift_entries, "day", "codes", "on_call") == [
        (date(2017, 1, 1), "P", False),
        (date(2017, 1, 2), "P+S", False),
        (date(2017, 1, 3), "", False),
        (date(2017, 1, 4), "", True),
        (date(2017, 1, 31), "M", True),
    ]


def test_importing_all_of_it_again_changes_nothing(stocked: Store, bring: Import) -> None:
    before = len(stocked.audit.latest())
    assert changes(bring(**SHEETS)) == {}
    assert len(stocked.audit.latest()) == before


def test_long_rows_say_the_same_as_the_matrix(stocked: Store, bring: Import) -> None:
    text = "nip,day,codes\n"
    for day, codes in enumerate(("P", "p + s", "-", "siaga"), 1):
        text += f"{ANI},2017-01-0{day},{codes}\n"
    assert changes(bring(roster=text)) == {}


def test_a_workbook_says_the_same_as_csv(stocked: Store, presensi: Import, tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    table: Sequence[Sequence[object]] = [
        ("nip", "month", *range(1, 32)),
        (ANI, date(2017, 1, 1), "P", "P+S", "-"),
    ]
    for title, cells in {
        "roster": table,
        "shifts": [
            ("code", "name", "starts", "ends", "valid_from"),
            ("P", "Pagi", datetime(2017, 1, 1, 7).time(), "14:00", date(2010, 1, 1)),
        ],
        "enrollments": [
            ("nip", "pin", "valid_from", "effective_at"),
            (BUDI, "2", date(2017, 1, 2), datetime(2017, 1, 3, 11, 0)),
        ],
    }.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(list(row))
    book.save(tmp_path / "januari.xlsx")
    assert changes(presensi("import", "roster", tmp_path / "januari.xlsx", "--yes", "--json")) == {}


def test_a_changed_roster_day_leaves_what_stood_there_in_the_audit_log(stocked: Store, bring: Import) -> None:
    result = bring(roster=f"nip,day,codes\n{ANI},2017-01-02,M\n")
    assert changes(result) == {"roster days": (0, 1, 0)}
    [line] = [it for it in stocked.audit.latest() if it.action == "roster.changed"]
    assert line.subject.startswith("person:")
    assert line.detail == "roster days: 2017-01-02 P+S → 2017-01-02 M"
    assert ANI not in line.detail


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("employments", f"{ANI},moving,2017-01-01,,", "state"),
        ("employments", "198501012010011009,retired,2017-01-01,,", "nip"),
        ("calendar", "2017-01-28,,vacation,Imlek,,", "kind"),
        ("calendar", "2017-01-28,2017-01-27,holiday,Imlek,,", "last_day"),
        ("calendar", "2017-01-28,,holiday,Imlek,puskesmas,", "unit_code"),
        ("patterns", "puskesmas,shift,ya,2017-01-01,", "unit_code"),
        ("patterns", "igd,shift,often,2017-01-01,", "works_holidays"),
        ("patterns", "igd,five_days,ya,2017-01-01,", "hours"),
        ("shifts", "P,Pagi,25:00,14:00,2017-01-01", "starts"),
        ("shifts", "SIAGA,Siaga,07:00,14:00,2017-01-01", "code"),
        ("shifts", "P+S,Ganda,07:00,14:00,2017-01-01", "code"),
        ("rotations", "R9,Salah,P;X", "cycle"),
        ("rotations", "R9,Kosong,-;-", "cycle"),
        ("rotation_periods", f"{ANI},R7,2017-01-01,2017-01-01,", "rotation"),
        ("excuses", f"{ANI},DL,2017-01-03,2017-01-03,10:00,09:00,,", "last_time"),
        ("excuses", f"{ANI},DL,2017-01-03,2017-01-03,,,nowhere,", "place_code"),
        ("excuses", f"{ANI},CT,2017-01-03,2017-01-03,,,kota,", "place_code"),
        ("excuses", f"{BUDI},CT,2017-01-04,2017-01-06,,,,", "first_day"),
        ("enrollments", f"{ANI},1,2016-01-01,11:00", "effective_at"),
        ("enrollments", f"{ANI},1,2016-01-01,2015-12-31 11:00", "effective_at"),
        ("enrollments", f"{ANI},1,2017-01-03,2017-01-03 11:00", "effective_at"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_cell_and_nothing_is_imported(
    stocked: Store, bring: Import, sheet: str, row: str, column: str
) -> None:
    before = stocked.audit.latest()
    header = SHEETS[sheet].partition("\n")[0]
    assert faults(bring(**{sheet: f"{header}\n{row}\n"})) == [(f"{sheet}.csv", 2, column)]
    assert stocked.audit.latest() == before


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (f"nip,month,1,30\n{ANI},2017-02,P,P\n", "30"),
        (f"nip,month,1\n{ANI},Jan-17,P\n", "month"),
        (f"nip,month,1,2\n{ANI},2017-01,P,X\n", "2"),
        (f"nip,month,1,2\n{ANI},2017-01,P,P+P\n", "2"),
        (f"nip,month,1\n{ANI},2009-12,P\n", "1"),
        (f"nip,day,codes\n{ANI},2017-01-01,\n", "codes"),
        (f"nip,day,codes,month\n{ANI},2017-01-01,P,2017-01\n", "month"),
        (f"nip,day\n{ANI},2017-01-01\n", None),
        ("nip,month,1\n198501012010011009,2017-01,P\n", "nip"),
    ],
)
def test_a_roster_that_cannot_be_is_named_by_its_cell(
    stocked: Store, bring: Import, text: str, column: str
) -> None:
    assert [it[2] for it in faults(bring(roster=text))] == [column]


def test_the_same_day_twice_is_refused(stocked: Store, bring: Import) -> None:
    text = f"nip,month,1\n{ANI},2017-02,P\n{ANI},2017-02,S\n"
    assert faults(bring(roster=text)) == [("roster.csv", 3, "1")]


def test_excuses_of_one_kind_may_share_a_day_but_no_moment(stocked: Store, bring: Import) -> None:
    header = SHEETS["excuses"].partition("\n")[0]
    morning = f"{ANI},DL,2017-01-04,2017-01-04,08:00,10:00,,\n"
    noon = f"{ANI},DL,2017-01-04,2017-01-04,10:00,12:00,,\n"
    assert changes(bring(excuses=f"{header}\n{morning}{noon}")) == {"excuses": (2, 0, 0)}
    longer = f"{ANI},DL,2017-01-04,2017-01-04,09:00,,,\n"
    assert faults(bring(excuses=f"{header}\n{longer}")) == [("excuses.csv", 2, "first_day")]


def test_a_row_silent_about_the_finger_keeps_what_is_known_of_it(stocked: Store, bring: Import) -> None:
    text = f"nip,pin,valid_from,valid_to\n{BUDI},2,2017-01-02,2017-12-31\n"
    assert changes(bring(enrollments=text)) == {"enrollments": (0, 1, 0)}
    assert (datetime(2017, 1, 3, 4, 0, tzinfo=UTC),) in rows(stocked, schema.enrollments, "effective_at")


def test_a_terminal_that_moves_hung_at_its_former_unit_until_the_day_before(
    stocked: Store, bring: Import
) -> None:
    moved = "serial,name,unit_code,address,posted_from\nT1,Lobi,igd,10.0.0.1,2017-02-01\n"
    assert changes(bring(terminals=moved)) == {"terminals": (0, 1, 0), "terminal posts": (1, 0, 0)}
    assert changes(bring(terminals=moved)) == {}
    back = moved.replace("igd", "kota").replace("2017-02-01", "2017-03-01")
    assert changes(bring(terminals=back)) == {"terminals": (0, 1, 0), "terminal posts": (1, 0, 0)}
    assert rows(stocked, day_tables.terminal_posts, "valid_from", "valid_to") == [
        (date(1945, 1, 1), date(2017, 1, 31)),
        (date(2017, 2, 1), date(2017, 2, 28)),
    ]
    early = moved.replace("2017-02-01", "2017-01-15")
    assert faults(bring(terminals=early)) == [("terminals.csv", 2, "posted_from")]


def test_a_terminal_that_moves_without_a_day_moves_today(stocked: Store, bring: Import) -> None:
    bring(terminals="serial,name,unit_code,address\nT1,Lobi,igd,10.0.0.1\n")
    [(last,)] = rows(stocked, day_tables.terminal_posts, "valid_to")
    assert abs((last - datetime.now(UTC).date()).days) <= 2


def test_hours_for_a_while_must_say_what_holds_afterwards(stocked: Store, bring: Import) -> None:
    header = SHEETS["patterns"].partition("\n")[0]
    while_ = "igd,six_day,tidak,2017-05-01,2017-05-31\n"
    assert faults(bring(patterns=f"{header}\n{while_}")) == [("patterns.csv", 2, "valid_to")]
    after = "igd,shift,ya,2017-06-01,\n"
    assert changes(bring(patterns=f"{header}\n{while_}{after}")) == {"patterns": (2, 1, 0)}
    assert changes(bring(patterns=f"{header}\n{while_}{after}")) == {}


def test_the_preview_tells_each_kind_in_words_without_a_nip(bring: Import, store: Store) -> None:
    shown = bring("--dry-run", **SHEETS).output
    for told in (
        "Ani Lestari, study from 2016-08-01",
        "Ani Lestari, 2017-01-02: P+S",
        "igd works shift",
        "R8",
    ):
        assert told in shown
    assert "finger known there from 2017-01-03 11:00" in shown
    assert ANI not in shown
