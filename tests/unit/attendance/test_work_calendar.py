from __future__ import annotations

from datetime import date

import pytest

from attendance.calendar import CalendarKind, WorkPattern
from attendance.people import Unit
from attendance.work_calendar import WorkCalendar
from tests.support.planning import CITY, DAY, HOSPITAL, MONDAY, OFFICE, SECTION, SINCE, UNITS, marked, works

HOLIDAY, WORKDAY, RAMADAN = CalendarKind.HOLIDAY, CalendarKind.WORKDAY, CalendarKind.RAMADAN
OF = {unit.id: unit for unit in UNITS}
IN_SECTION: tuple[Unit, ...] = (OF[SECTION], OF[OFFICE], OF[CITY])
IN_HOSPITAL: tuple[Unit, ...] = (OF[HOSPITAL], OF[CITY])


def test_an_ordinary_day_has_no_entry_and_no_pattern() -> None:
    found = WorkCalendar((), ()).day_of(IN_SECTION, MONDAY)
    assert (found.hours, found.off, found.ordered, found.ramadan) == (None, None, False, False)


def test_the_nearest_unit_with_an_entry_decides_over_those_above_it() -> None:
    calendar = WorkCalendar([marked(HOLIDAY), marked(WORKDAY, OFFICE), marked(HOLIDAY, CITY)], ())
    of_section, of_hospital = calendar.day_of(IN_SECTION, MONDAY), calendar.day_of(IN_HOSPITAL, MONDAY)
    assert of_section.off is None
    assert of_section.ordered
    assert of_hospital.off is not None


def test_a_unit_entry_of_another_unit_says_nothing() -> None:
    assert WorkCalendar([marked(HOLIDAY, HOSPITAL)], ()).day_of(IN_SECTION, MONDAY).off is None


def test_of_two_entries_of_one_unit_the_ordered_workday_wins_and_a_holiday_before_joint_leave() -> None:
    both = [marked(CalendarKind.JOINT_LEAVE), marked(HOLIDAY)]
    for entries in (both, both[::-1]):
        off = WorkCalendar(entries, ()).day_of(IN_SECTION, MONDAY).off
        assert off is not None
        assert off.kind is HOLIDAY
        assert WorkCalendar([*entries, marked(WORKDAY)], ()).day_of(IN_SECTION, MONDAY).ordered


def test_an_entry_holds_from_its_first_through_its_last_day() -> None:
    calendar = WorkCalendar([marked(HOLIDAY, day=MONDAY, last=MONDAY + DAY)], ())
    off = [calendar.day_of(IN_SECTION, MONDAY + number * DAY).off is not None for number in (-1, 0, 1, 2)]
    assert off == [False, True, True, False]


def test_the_nearest_pattern_decides_and_of_one_unit_the_one_that_began_last() -> None:
    patterns = [
        works(CITY, "five_day"),
        works(OFFICE, "six_day"),
        works(OFFICE, "shift", since=MONDAY),
    ]
    calendar = WorkCalendar((), patterns)
    assert calendar.day_of(IN_SECTION, MONDAY - DAY).hours == "six_day"
    assert calendar.day_of(IN_SECTION, MONDAY).hours == "shift"
    assert calendar.day_of(IN_HOSPITAL, MONDAY).hours == "five_day"


def test_a_pattern_holds_through_its_last_day() -> None:
    ended = WorkPattern(OFFICE, "six_day", False, SINCE, MONDAY)
    calendar = WorkCalendar((), [ended])
    assert calendar.day_of(IN_SECTION, MONDAY).hours == "six_day"
    assert calendar.day_of(IN_SECTION, MONDAY + DAY).hours is None


@pytest.mark.parametrize("kind", [HOLIDAY, CalendarKind.JOINT_LEAVE])
def test_a_unit_that_works_on_holidays_works_on_the_citys(kind: CalendarKind) -> None:
    calendar = WorkCalendar([marked(kind)], [works(HOSPITAL, "six_day", holidays=True)])
    assert calendar.day_of(IN_HOSPITAL, MONDAY).off is None
    assert calendar.day_of(IN_SECTION, MONDAY).off is not None


def test_a_holiday_of_its_own_is_free_also_for_a_unit_that_works_on_holidays() -> None:
    calendar = WorkCalendar([marked(HOLIDAY, HOSPITAL)], [works(HOSPITAL, "six_day", holidays=True)])
    assert calendar.day_of(IN_HOSPITAL, MONDAY).off is not None


def test_ramadan_stands_beside_every_other_entry() -> None:
    month = marked(RAMADAN, day=date(2026, 2, 18), last=date(2026, 3, 19))
    calendar = WorkCalendar([month, marked(WORKDAY, OFFICE, date(2026, 3, 1))], ())
    assert calendar.day_of(IN_SECTION, date(2026, 3, 1)).ramadan
    assert calendar.day_of(IN_SECTION, date(2026, 3, 1)).ordered
    assert not calendar.day_of(IN_SECTION, date(2026, 3, 20)).ramadan


def test_a_ramadan_of_one_unit_is_nobody_elses() -> None:
    calendar = WorkCalendar([marked(RAMADAN, OFFICE)], ())
    assert calendar.day_of(IN_SECTION, MONDAY).ramadan
    assert not calendar.day_of(IN_HOSPITAL, MONDAY).ramadan
