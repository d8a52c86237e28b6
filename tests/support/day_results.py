"""Day results of one person, made by hand: what counts over a year or a month is their sum."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from attendance.day_result import DayResult, DayStatus, Rule
from attendance.ids import PersonId
from attendance.rules import PackId

ANI, BUDI = PersonId(1), PersonId(2)
PACK = PackId("standard 2023-04-13 #00000000")


def result(day: date, status: DayStatus, rule: Rule, person: PersonId = ANI, **more: Any) -> DayResult:
    """A final result, unless `more` says otherwise."""
    return DayResult(person, day, status, rule, PACK, **{"final": True, **more})


def absent(day: date, person: PersonId = ANI, **more: Any) -> DayResult:
    """No punch, and everybody vouches for it."""
    return result(day, DayStatus.ABSENT, Rule.NO_PUNCH, person, **more)


def present(day: date, person: PersonId = ANI, **more: Any) -> DayResult:
    """Came in time."""
    return result(day, DayStatus.PRESENT, Rule.IN_TIME, person, late=0, **more)


def late(day: date, minutes: int, grade: str | None = "TL1", person: PersonId = ANI) -> DayResult:
    """Came late."""
    return result(day, DayStatus.LATE, Rule.LATE, person, late=minutes, late_grade=grade)


def waiting(day: date, person: PersonId = ANI, **more: Any) -> DayResult:
    """Data is awaited."""
    return result(day, DayStatus.WAITING, Rule.WAITS, person, **more)


def off(day: date, person: PersonId = ANI, rule: Rule = Rule.OFF_WEEKLY) -> DayResult:
    """Nothing was expected."""
    return result(day, DayStatus.OFF, rule, person)


def days_from(first: date, count: int) -> list[date]:
    """So many dates in a row."""
    return [first + timedelta(days=offset) for offset in range(count)]


def absent_on_workdays(first: date, workdays: int, person: PersonId = ANI) -> Iterable[DayResult]:
    """Absent on so many workdays from `first` on, with the weekends between as days off."""
    day = first
    while workdays:
        if day.weekday() < 5:
            yield absent(day, person)
            workdays -= 1
        else:
            yield off(day, person)
        day += timedelta(days=1)
