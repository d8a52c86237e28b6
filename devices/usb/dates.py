"""Date and time as the boards' text files have them, and which of two numbers is the day.

    2026/02/03 07:29:31      2026-02-03  07:29:31      the year first: month, then day
    02/03/2026 07:29:31      02-03-2026 07:29:31 AM    the year last: 3 February or 2 March

Nothing in a year-last row tells the day from the month unless one of them is above 12. All rows of a file are
written in one order, so the file as a whole often tells; when it does not, a person must.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from typing import Final

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099

_TURNS: Final = 3
"""How often a file must jump back in time when read in one order, and never in the other, to tell the order:
a clock that was set right makes a jump too.
"""

# Seconds are demanded and what follows them is looked at: a cut line must not give another time.
_STAMP: Final = re.compile(
    r"(?<![\d/.-])(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})[ \t]{1,8}(\d{1,2}):(\d{2}):(\d{2})"
    r"(?: ?([AaPp])[Mm])?(?=[ \t]|$)(?! ?[AaPp]$)",
    re.ASCII,
)


class DateOrder(StrEnum):
    """Which number comes first in a date whose year comes last."""

    DMY = "dmy"
    MDY = "mdy"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Date and time as they are written."""

    written: str
    first: int
    second: int
    year: int
    year_first: bool
    clock: time | None
    """None: no such time of day."""
    half_day: bool
    """It says AM or PM."""

    def day(self, order: DateOrder | None) -> date | None:
        """The date; None when there is no such date in that order, or none at all."""
        month, day = self.first, self.second
        if not self.year_first and order is not DateOrder.MDY:
            month, day = day, month
        try:
            return date(self.year, month, day) if FIRST_YEAR <= self.year <= LAST_YEAR else None
        except ValueError:
            return None

    def moment(self, order: DateOrder | None) -> datetime | None:
        """Date and time, naive; None when either is impossible."""
        day = self.day(order)
        return None if day is None or self.clock is None else datetime.combine(day, self.clock)


def find_stamp(text: str) -> Stamp | None:
    """The last date and time in `text` that is followed by a blank or by nothing; None when there is none."""
    every = list(_STAMP.finditer(text))
    if not every:
        return None
    found = every[-1]
    one, _, two, three, hour, minute, second, half = found.groups()
    year_first = len(one) == 4
    if year_first == (len(three) == 4):
        return None
    numbers = (int(two), int(three), int(one)) if year_first else (int(one), int(two), int(three))
    return Stamp(
        found[0], *numbers, year_first, _clock(int(hour), int(minute), int(second), half), half is not None
    )


def decide(stamps: Sequence[Stamp]) -> DateOrder | None:
    """The order in which these rows of one file, in the file's order, are written; None: they do not tell.

    A day above 12 tells, and so does the order in time; where the two, or two rows, disagree, nothing is
    told.
    """
    told = {order for stamp in stamps if not stamp.year_first and (order := _only(stamp))}
    if len(told) > 1:
        return None
    by_time = _in_time([stamp for stamp in stamps if not stamp.year_first and can_be_both(stamp)])
    if by_time is not None:
        told.add(by_time)
    return told.pop() if len(told) == 1 else None


def can_be_both(stamp: Stamp) -> bool:
    """Whether it can be read either way, with two different results."""
    if stamp.year_first or stamp.first == stamp.second:
        return False
    return stamp.day(DateOrder.DMY) is not None and stamp.day(DateOrder.MDY) is not None


def _only(stamp: Stamp) -> DateOrder | None:
    """The one order in which this is a date; None when it is one in both or in neither."""
    possible = [order for order in DateOrder if stamp.day(order) is not None]
    return possible[0] if len(possible) == 1 else None


def _in_time(stamps: Sequence[Stamp]) -> DateOrder | None:
    """The order in which these follow each other in time, when the other order clearly does not."""
    jumps = {order: _jumps_back(stamp.day(order) for stamp in stamps) for order in DateOrder}
    for order, other in ((DateOrder.DMY, DateOrder.MDY), (DateOrder.MDY, DateOrder.DMY)):
        if jumps[order] == 0 and jumps[other] >= _TURNS:
            return order
    return None


def _jumps_back(days: Iterable[date | None]) -> int:
    return sum(later < earlier for earlier, later in pairwise(day for day in days if day is not None))


def _clock(hour: int, minute: int, second: int, half: str | None) -> time | None:
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
