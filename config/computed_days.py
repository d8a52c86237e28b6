"""Indonesia's holidays and fasting months, computed: what holds as long as no decree was entered.

The one user of the libraries `holidays` and `hijridate`. They know past decrees and estimate the years to
come; a decree that is entered always wins over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
from hijridate import Gregorian, Hijri

RAMADAN_MONTH, SHAWWAL = 9, 10
_DAY = timedelta(days=1)
_NEAR = timedelta(days=3)
"""As far as the sighting in Indonesia is from the calendar of Mecca, at most."""
_FIRST_YEAR, _LAST_YEAR = 1946, 2076
"""The years that both libraries know."""
_EID = "Hari Raya Idul Fitri"
_SECOND_DAY = "Hari kedua dari"
_JOINT = "Cuti Bersama"
_ELECTION = "Pemilihan"


@dataclass(frozen=True, slots=True)
class ComputedHoliday:
    """One day on which offices are closed."""

    day: date
    name: str
    """Indonesian."""
    joint_leave: bool
    """Cuti bersama; known only for years whose decree the library knows."""
    election: bool = False
    """An election day: decreed apart from the year's holidays."""


@dataclass(frozen=True, slots=True)
class FastingMonth:
    """Ramadan, first through last day (inclusive)."""

    hijri_year: int
    first_day: date
    last_day: date


@cache
def holidays_of(year: int) -> tuple[ComputedHoliday, ...]:
    """The national holidays and the joint leave of a year, by date. Empty for years no library knows."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return ()
    public, government = (
        holidays.country_holidays("ID", years=year, categories=(kind,), language="id")
        for kind in (holidays.PUBLIC, holidays.GOVERNMENT)
    )
    found = {day: ComputedHoliday(day, name, _JOINT in name) for day, name in government.items()}
    found |= {day: ComputedHoliday(day, name, False, _ELECTION in name) for day, name in public.items()}
    return tuple(found[day] for day in sorted(found))


def fasting_months_of(year: int) -> tuple[FastingMonth, ...]:
    """The fasting months that touch a Gregorian year: mostly one, sometimes two, by date.

    By the calendar of Mecca, which may differ from Indonesia's sighting by a day or two. Where Indonesia's
    Eid is known to come later, the month is taken to last until then: a computed month may be too long,
    never too short, because its hours are the milder ones.
    """
    if not _FIRST_YEAR < year < _LAST_YEAR:
        return ()
    start, end = date(year, 1, 1), date(year, 12, 31)
    years = range(Gregorian.fromdate(start).to_hijri().year, Gregorian.fromdate(end).to_hijri().year + 1)
    months = (_fasting_month(hijri_year) for hijri_year in years)
    return tuple(month for month in months if month.last_day >= start and month.first_day <= end)


@cache
def _fasting_month(hijri_year: int) -> FastingMonth:
    first, eid = (
        date.fromordinal(Hijri(hijri_year, month, 1).to_gregorian().toordinal())
        for month in (RAMADAN_MONTH, SHAWWAL)
    )
    told = [
        holiday.day
        for year in {eid.year, (eid + _NEAR).year}
        for holiday in holidays_of(year)
        if _EID in holiday.name and _SECOND_DAY not in holiday.name and not holiday.joint_leave
        if eid <= holiday.day <= eid + _NEAR
    ]
    return FastingMonth(hijri_year, first, max([eid, *told]) - _DAY)
