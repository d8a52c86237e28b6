from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.importing import day_cells
from store.importing.cells import Cells
from store.importing.day_cells import day_words, read_shifts
from store.importing.problems import Findings
from store.importing.tables import Row

JAKARTA = ZoneInfo("Asia/Jakarta")


def cells(text: str) -> tuple[Cells, Findings]:
    findings = Findings()
    return Cells(Row("x.csv", 2, {"c": text}), findings), findings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("P", (("P",), False)),
        (" p + s ", (("P", "S"), False)),
        ("-", ((), False)),
        ("siaga", ((), True)),
        ("M+SIAGA", (("M",), True)),
    ],
)
def test_a_cell_of_a_roster_says_shifts_free_or_on_call(text: str, found: object) -> None:
    assert read_shifts(text) == found


@pytest.mark.parametrize("text", ["", "+", "P+", "P++S", "P P", "P+P", "SIAGA+SIAGA", "P+-", "A+B+C+D", "×"])
def test_anything_else_is_not_guessed_at(text: str) -> None:
    assert isinstance(read_shifts(text), str)


@given(
    st.lists(st.from_regex(r"[A-Z0-9][A-Z0-9._/-]{0,15}", fullmatch=True), max_size=3, unique=True).filter(
        lambda codes: "SIAGA" not in codes
    ),
    st.booleans(),
)
def test_what_is_shown_of_a_day_is_read_back_the_same(codes: list[str], on_call: bool) -> None:
    assert read_shifts(day_words(codes, on_call)) == (tuple(codes), on_call)


@given(st.text(max_size=60))
def test_no_text_whatsoever_raises(text: str) -> None:
    readers: list[Any] = [
        day_cells.clock_time,
        day_cells.month,
        day_cells.shift_code,
        day_cells.shifts_of_day,
        day_cells.cycle,
        lambda one, column: day_cells.moment(one, column, JAKARTA),
    ]
    for read in readers:
        one, findings = cells(text)
        read(one, "c")
        assert one.well != bool(findings.problems)


@pytest.mark.parametrize("text", ["07:30", "7:30", "07.30", "07:30:00"])
def test_a_time_is_read_as_people_and_spreadsheets_write_it(text: str) -> None:
    assert day_cells.clock_time(cells(text)[0], "c") == time(7, 30)


@pytest.mark.parametrize("text", ["24:00", "7", "07:60", "07:30:15", "7.5"])
def test_what_is_no_time_is_refused(text: str) -> None:
    one, findings = cells(text)
    assert day_cells.clock_time(one, "c") is None
    assert findings.problems


@pytest.mark.parametrize("text", ["2017-01-03 11:00", "2017-01-03T11.00", "2017-01-03 11:00:00"])
def test_a_moment_is_city_time(text: str) -> None:
    assert day_cells.moment(cells(text)[0], "c", JAKARTA) == datetime(2017, 1, 3, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2016-02", "2016-02-01"])
def test_a_month_knows_how_many_days_it_has(text: str) -> None:
    assert day_cells.month(cells(text)[0], "c") == (date(2016, 2, 1), 29)


def test_a_rotation_is_its_days_with_commas_between() -> None:
    assert day_cells.cycle(cells("P, s;P+M,-")[0], "c") == (("P",), ("S",), ("P", "M"), ())
