from __future__ import annotations

from attendance.counts import count
from attendance.day_result import DayResult, DayStatus, Rule
from attendance.ids import PersonId
from attendance.people import USUAL_CODE, ExcuseCode, ExcuseKind
from attendance.rules import PackId
from tests.support.days import MONDAY


def result(number: int, status: DayStatus, excuse: ExcuseCode | None = None) -> DayResult:
    return DayResult(PersonId(number), MONDAY, status, Rule.WAITS, PackId("any"), excuse=excuse)


def test_everybody_stands_in_exactly_one_field() -> None:
    results = [result(number, status) for number, status in enumerate(DayStatus)]
    results = [one for one in results if one.status is not DayStatus.EXCUSED]
    results += [result(50, DayStatus.EXCUSED, USUAL_CODE[kind]) for kind in ExcuseKind]
    counts = count(results)
    assert (counts.required, counts.excused, counts.people) == (6, 5, len(results))


def test_who_came_in_spite_of_an_excuse_counts_as_present() -> None:
    counts = count([result(1, DayStatus.PRESENT, ExcuseCode.CT)])
    assert (counts.present, counts.leave) == (1, 0)


def test_sick_leave_counts_as_leave_like_any_other() -> None:
    assert count([result(1, DayStatus.EXCUSED, ExcuseCode.CS)]).leave == 1
