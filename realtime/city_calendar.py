"""The city's calendar, with holidays and fasting months computed where no decree was entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attendance.calendar import CalendarEntry, CalendarKind
from config.computed_days import fasting_months_of, holidays_of

COMPUTED = "pustaka holidays"
"""The reference of computed holidays."""
COMPUTED_RAMADAN = "pustaka hijridate"
NEAR = timedelta(days=10)
"""A decreed Ramadan this near to a computed one replaces it."""
_MONTH = timedelta(days=45)


def whole_years(first: date, last: date) -> tuple[date, date]:
    """The days whose entries `with_computed` has to see to fill in `first` through `last`: all of the years
    they lie in, and what surrounds a Ramadan at either end.
    """
    return date(first.year, 1, 1) - _MONTH, date(last.year, 12, 31) + _MONTH


def with_computed(entries: Sequence[CalendarEntry], first: date, last: date) -> tuple[CalendarEntry, ...]:
    """`entries`, and what is computed of `first` through `last` (inclusive) where they know nothing.

    A year is known by decree once half of the national holidays that are computed for it were entered for the
    whole city: then no holiday and no joint leave of it is computed. Fewer are a decree begun and not
    finished, which must not make Eid a day of absences. An election, or a day that only the city celebrates,
    does not count. Of any year, a date for which the whole city has an entry goes by that entry. `entries`
    are all of `whole_years`.
    """
    return (*entries, *_holidays(entries, first, last), *_fasting_months(entries, first, last))


def _holidays(entries: Sequence[CalendarEntry], first: date, last: date) -> Iterator[CalendarEntry]:
    entered = [entry for entry in entries if entry.unit_id is None and entry.kind is not CalendarKind.RAMADAN]
    decreed = [entry for entry in entered if entry.kind is CalendarKind.HOLIDAY]
    for year in range(first.year, last.year + 1):
        computed = holidays_of(year)
        national = [it.day for it in computed if not it.joint_leave and not it.election]
        if national and 2 * sum(_covered(day, decreed) for day in national) >= len(national):
            continue
        for holiday in computed:
            if first <= holiday.day <= last and not _covered(holiday.day, entered):
                kind = CalendarKind.JOINT_LEAVE if holiday.joint_leave else CalendarKind.HOLIDAY
                yield CalendarEntry(holiday.day, holiday.day, kind, holiday.name, None, COMPUTED)


def _covered(day: date, entries: Sequence[CalendarEntry]) -> bool:
    return any(entry.first_day <= day <= entry.last_day for entry in entries)


def _fasting_months(entries: Sequence[CalendarEntry], first: date, last: date) -> Iterator[CalendarEntry]:
    decreed = [entry for entry in entries if entry.kind is CalendarKind.RAMADAN and entry.unit_id is None]
    months = {month for year in range(first.year, last.year + 1) for month in fasting_months_of(year)}
    for month in sorted(months, key=lambda it: it.first_day):
        near = any(
            entry.first_day <= month.last_day + NEAR and entry.last_day >= month.first_day - NEAR
            for entry in decreed
        )
        if not near and month.first_day <= last and month.last_day >= first:
            name = f"Ramadan {month.hijri_year} H"
            yield CalendarEntry(
                month.first_day, month.last_day, CalendarKind.RAMADAN, name, None, COMPUTED_RAMADAN
            )
