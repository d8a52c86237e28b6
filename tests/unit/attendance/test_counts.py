from __future__ import annotations

from attendance.board import BoardRow, DayStatus
from attendance.counts import count
from attendance.ids import PersonId
from attendance.people import ExcuseKind


def test_everybody_stands_in_exactly_one_field() -> None:
    rows = [BoardRow(PersonId(number), status) for number, status in enumerate(DayStatus)]
    rows = [row for row in rows if row.status is not DayStatus.EXCUSED]
    rows += [BoardRow(PersonId(50), DayStatus.EXCUSED, excuse=kind) for kind in ExcuseKind]
    counts = count(rows)
    assert (counts.required, counts.excused, counts.people) == (6, 5, len(rows))


def test_who_came_in_spite_of_an_excuse_counts_as_present() -> None:
    counts = count([BoardRow(PersonId(1), DayStatus.PRESENT, 0, excuse=ExcuseKind.LEAVE)])
    assert (counts.present, counts.leave) == (1, 0)
