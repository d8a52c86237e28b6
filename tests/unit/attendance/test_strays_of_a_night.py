"""Who leaves after the hours that count have ended may press on the next date, and was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from attendance.day_result import DayResult, DayStatus, Flag, WaitCode
from attendance.facts import Mark
from attendance.ids import PunchId
from attendance.judgement import judge
from attendance.shifts import ShiftEntry
from tests.support.planning import DAY, MONDAY, OFFICE_TERMINAL, PERSON, PLAIN, at, city, entry, read_all

TUESDAY = MONDAY + DAY
LATER = at("12:00", TUESDAY + DAY)
OFF = entry("", TUESDAY)


def judged(entries: Sequence[ShiftEntry], *presses: datetime) -> DayResult:
    """Monday's result by that roster, everything read."""
    marks = [Mark(moment, OFFICE_TERMINAL, PunchId(number)) for number, moment in enumerate(presses, 1)]
    assembler = city(replace(PLAIN, shift_entries=tuple(entries)), last=TUESDAY)
    facts = assembler.person_day(PERSON, MONDAY, marks, read_all(LATER))
    return judge(facts, LATER, timedelta(minutes=3))


def test_a_night_left_half_an_hour_after_its_window_is_not_left_early() -> None:
    presses = at("20:50"), at("02:00", TUESDAY), at("10:30", TUESDAY)
    found = judged([entry("M"), OFF], *presses)
    assert (found.status, found.early, found.flags) == (DayStatus.PRESENT, None, (Flag.OUTSIDE_WINDOW,))


def test_a_late_shift_left_after_midnight_is_no_forgotten_leaving() -> None:
    found = judged([entry("S"), OFF], at("13:50"), at("00:20", TUESDAY))
    assert (found.forgot, found.flags) == (None, (Flag.OUTSIDE_WINDOW,))


def test_who_stays_at_the_office_past_midnight_has_not_left_at_noon() -> None:
    found = judged([], at("07:20"), at("12:05"), at("00:40", TUESDAY))
    assert (found.status, found.early, found.flags) == (DayStatus.PRESENT, None, (Flag.OUTSIDE_WINDOW,))
    assert judged([], at("07:20"), at("12:05"), at("05:50", TUESDAY)).status is DayStatus.LEFT_EARLY


def test_who_pressed_only_after_the_window_of_the_night_is_not_absent() -> None:
    found = judged([entry("M"), OFF], at("10:30", TUESDAY))
    assert found.status is DayStatus.WAITING
    assert found.reason is not None
    assert (found.reason.code, found.reason.since) == (WaitCode.OUTSIDE_WINDOW, at("10:30", TUESDAY))


def test_what_is_pressed_for_the_next_shift_or_much_later_says_nothing_of_the_night() -> None:
    next_one = [entry("M"), entry("S", TUESDAY)]
    assert judged(next_one, at("13:20", TUESDAY)).status is DayStatus.ABSENT
    assert judged([entry("M"), OFF], at("13:00", TUESDAY)).status is DayStatus.ABSENT
