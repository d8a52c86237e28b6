"""The value of one cell that speaks of times, months and shifts, or the reason why it has none."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, tzinfo

from store.importing.cells import FIRST_YEAR, LAST_YEAR, Cells

FREE = "-"
ON_CALL = "SIAGA"
MOST_SHIFTS = 3
"""Shifts of one person that may begin on one day."""
MOST_CYCLE = 366

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]00)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]+(.+))?")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01)?")
_SHIFT = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,15}")


def clock_time(cells: Cells, column: str, *, required: bool = True) -> time | None:
    """A time of day as "07:30" or "07.30", to the minute."""
    value = cells.value(column)
    if not value:
        if required:
            cells.refuse(column, "is empty", "write a time as HH:MM")
        return None
    found = _CLOCK.fullmatch(value)
    if found is None:
        cells.refuse(column, "is not a time", "write it as HH:MM, as in 07:30")
        return None
    return time(int(found[1]), int(found[2]))


def moment(cells: Cells, column: str, zone: tzinfo) -> datetime | None:
    """A moment as "2017-01-03 11:00", in `zone`; given in UTC. A day alone is its midnight."""
    value = cells.value(column)
    if not value:
        return None
    found = _MOMENT.fullmatch(value)
    clock = _CLOCK.fullmatch(found[2] or "00:00") if found else None
    try:
        if found is None or clock is None:
            raise ValueError
        day = date.fromisoformat(found[1])
    except ValueError:
        cells.refuse(column, "is not a moment", "write it as YYYY-MM-DD HH:MM, as in 2017-01-03 11:00")
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        cells.refuse(column, "is not in our time", f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
        return None
    return datetime.combine(day, time(int(clock[1]), int(clock[2])), zone).astimezone(UTC)


def month(cells: Cells, column: str) -> tuple[date, int] | None:
    """The first day of a month written as "2017-01", and how many days it has."""
    found = _MONTH.fullmatch(cells.value(column))
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        cells.refuse(column, "is not a month", "write it as YYYY-MM, as in 2017-01, in a column of text")
        return None
    first = date(int(found[1]), int(found[2]), 1)
    return first, monthrange(first.year, first.month)[1]


def shift_code(cells: Cells, column: str) -> str:
    """The code of a shift; letter case does not matter."""
    value = cells.value(column).upper()
    if _SHIFT.fullmatch(value) and value != ON_CALL:
        return value
    reason = (
        f"means on call, no shift may be called {ON_CALL}" if value == ON_CALL else "is not a shift's code"
    )
    cells.refuse(column, reason, "write at most 16 letters and digits, as in P")
    return ""


def shifts_of_day(cells: Cells, column: str) -> tuple[tuple[str, ...], bool] | None:
    """Shift codes of a day and whether somebody is on call: "P", "P+S", "SIAGA", "P+SIAGA", "-" for free."""
    found = read_shifts(cells.value(column))
    if isinstance(found, str):
        cells.refuse(column, found, 'write shift codes as in P or P+S, "SIAGA" for on call, "-" for free')
        return None
    return found


def read_shifts(text: str) -> tuple[tuple[str, ...], bool] | str:
    """As `shifts_of_day`; a text says what is wrong."""
    value = text.strip().upper()
    if value == FREE:
        return (), False
    parts = [part.strip() for part in value.split("+")]
    codes = tuple(part for part in parts if part != ON_CALL)
    if not all(_SHIFT.fullmatch(code) for code in codes):
        return "is not a day of a roster"
    if len(set(parts)) < len(parts):
        return "names a shift twice"
    if len(codes) > MOST_SHIFTS:
        return f"has more than {MOST_SHIFTS} shifts"
    return codes, ON_CALL in parts


def day_words(codes: Sequence[str], on_call: bool) -> str:
    """A day of a roster as `read_shifts` reads it."""
    return "+".join([*codes, *([ON_CALL] if on_call else [])]) or FREE


def cycle(cells: Cells, column: str) -> tuple[tuple[str, ...], ...]:
    """A rotation's days as "P,P,S,S,M,M,-,-"; empty when refused."""
    days: list[tuple[str, ...]] = []
    for part in re.split(r"[,;]", cells.value(column)):
        found = read_shifts(part)
        if isinstance(found, str) or found[1]:
            remedy = 'write the days with commas between, as in "P,P,S,S,M,M,-,-"'
            cells.refuse(column, f'"{part.strip()[:20]}" is not a day of a rotation', remedy)
            return ()
        days.append(found[0])
    if len(days) > MOST_CYCLE or not any(days):
        cells.refuse(column, "has no shift, or more days than a year", "correct it")
        return ()
    return tuple(days)
