"""What a month's days take off the allowance: each line explained, none for a doubtful day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from attendance.day_result import DayResult, DayStatus, Forgot, GatheringResult, Rule
from attendance.deductions import DeductionKind, MonthDeductions, TableMissing, month_deductions
from attendance.rules import DeductionTable, RuleBook
from config.rules import load_deductions
from realtime.rulebook import deductions_from, load_rulebook
from tests.support.day_results import ANI, BUDI, absent, days_from, late, off, present, result, waiting

BOOK = load_rulebook("standard")
COMMON, REGIONAL, PERMENTAN = (
    deductions_from(load_deductions(name)) for name in ("common", "regional", "permentan-68-2012")
)
MONDAY = date(2026, 11, 2)
TUESDAY = MONDAY + timedelta(days=1)


def month(results: Iterable[DayResult], table: DeductionTable = COMMON) -> MonthDeductions:
    return month_deductions(results, BOOK, table)[ANI]


def apel(day: date, attended: bool | None, **more: object) -> DayResult:
    return present(day)._replace(gatherings=(GatheringResult("APEL", "Apel Senin", attended),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "absent_day", "tl", "psw", "forgot", "gathering"),
    [
        (PERMENTAN, "4", ["0.5", "1", "1.5", "2"], ["0.5", "1", "1.5", "2"], "2", "0"),
        (REGIONAL, "5", ["0", "0.5", "1.25", "2.5"], ["0.5", "0.5", "1.25", "2.5"], "2.5", "0"),
        (COMMON, "3", ["0.5", "1", "1.25", "1.5"], ["0.5", "1", "1.25", "1.5"], "0", "1"),
    ],
    ids=lambda it: getattr(it, "name", None),
)
def test_the_tables_that_come_along_hold_the_figures_of_their_sources(
    table: DeductionTable, absent_day: str, tl: list[str], psw: list[str], forgot: str, gathering: str
) -> None:
    def total(*results: DayResult) -> Decimal:
        return month(results, table).total

    assert total(absent(MONDAY)) == Decimal(absent_day)
    for step, (late_per_cent, early_per_cent) in enumerate(zip(tl, psw, strict=True), 1):
        assert total(late(MONDAY, 10 * step, f"TL{step}")) == Decimal(late_per_cent)
        early = result(
            MONDAY, DayStatus.LEFT_EARLY, Rule.LEFT_EARLY, late=0, early=9, early_grade=f"PSW{step}"
        )
        assert total(early) == Decimal(early_per_cent)
    for side in Forgot:
        assert total(present(MONDAY, forgot=side)) == Decimal(forgot)
    assert total(apel(MONDAY, False)) == Decimal(gathering)


def test_each_reason_is_a_line_with_its_day_and_in_both_languages() -> None:
    day = late(MONDAY, 41, "TL2")._replace(early=95, early_grade="PSW4")
    deductions = month([day, absent(TUESDAY)])
    assert [(line.day, line.kind, line.code, line.per_cent) for line in deductions.lines] == [
        (MONDAY, DeductionKind.LATE, "TL2", Decimal(1)),
        (MONDAY, DeductionKind.EARLY, "PSW4", Decimal("1.5")),
        (TUESDAY, DeductionKind.ABSENT, "TK", Decimal(3)),
    ]
    assert deductions.lines[1].because.id == (
        "pulang 95 menit sebelum waktunya (PSW4): 1,5 % (tabel Lazim; aturan Standar 2023 butir 10)"
    )
    assert deductions.lines[1].because.en == (
        "left 95 minutes early (PSW4): 1.5 % (table Lazim; rule Standard 2023 item 10)"
    )
    assert deductions.deducted == deductions.total == Decimal("5.5")


@pytest.mark.parametrize(
    "harmless",
    [
        present(MONDAY),
        off(MONDAY),
        waiting(MONDAY),
        result(MONDAY, DayStatus.EXCUSED, Rule.EXCUSED),
        result(MONDAY, DayStatus.PRESENT, Rule.FLEXI_REPAID, late=20, repaid=20),
        apel(MONDAY, True),
        apel(MONDAY, None),
    ],
    ids=lambda it: f"{it.rule.value} {it.gatherings[0].attended if it.gatherings else ''}",
)
def test_nothing_is_taken_off_where_nothing_is_held_against_anybody(harmless: DayResult) -> None:
    deductions = month([harmless])
    assert not deductions.lines
    assert not deductions.pending
    assert deductions.deducted == 0


def test_a_day_that_is_not_final_is_told_and_deducts_nothing_yet() -> None:
    days = [absent(MONDAY, final=False), late(TUESDAY, 41)._replace(final=False)]
    deductions = month(days)
    assert (deductions.lines, deductions.pending) == ((), (MONDAY, TUESDAY))


def test_a_day_without_explanation_is_one_line_whatever_else_was_missed() -> None:
    missed = absent(MONDAY)._replace(gatherings=(GatheringResult("APEL", "Apel Senin", False),))
    assert [line.kind for line in month([missed]).lines] == [DeductionKind.ABSENT]


def test_a_missed_roll_call_names_it() -> None:
    (line,) = month([apel(MONDAY, False)]).lines
    assert (line.kind, line.code) == (DeductionKind.GATHERING, "APEL")
    assert line.because.id.startswith("tidak mengikuti Apel Senin: 1 %")


def test_never_more_than_the_most_is_taken_off() -> None:
    capped = replace(COMMON, most=50.0)
    deductions = month(map(absent, days_from(MONDAY, 20)), capped)
    assert (deductions.total, deductions.deducted) == (Decimal(60), Decimal(50))


def test_per_cents_add_up_exactly() -> None:
    table = replace(COMMON, grades={**COMMON.grades, "TL1": 0.1})
    assert month([late(day, 5) for day in days_from(MONDAY, 3)], table).total == Decimal("0.3")


def test_each_day_goes_by_the_table_in_force_on_it() -> None:
    old, new = (
        replace(BOOK.on(MONDAY), valid_from=day, deductions=table)
        for day, table in ((date(2020, 1, 1), COMMON), (TUESDAY, PERMENTAN))
    )
    deductions = month_deductions([absent(MONDAY), absent(TUESDAY)], RuleBook([old, new]))[ANI]
    assert [line.per_cent for line in deductions.lines] == [3, 4]


def test_without_a_table_nothing_is_computed() -> None:
    with pytest.raises(TableMissing, match=r"2026-11-02 .*Standar 2023.* no deduction table"):
        month_deductions([present(MONDAY)], BOOK)


def test_a_class_that_the_table_does_not_know_is_told_not_left_out() -> None:
    with pytest.raises(TableMissing, match='"Lazim" has no percentage for the class TL9'):
        month([late(MONDAY, 5, "TL9")])


def test_each_person_has_a_month_of_their_own_also_without_any_line() -> None:
    both = month_deductions([absent(MONDAY), present(MONDAY, BUDI)], BOOK, COMMON)
    assert {person: it.deducted for person, it in both.items()} == {ANI: 3, BUDI: 0}
