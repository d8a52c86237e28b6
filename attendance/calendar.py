"""Which days are worked, and after which hours: the city's calendar and the units' work patterns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from attendance.ids import UnitId

SHIFT_HOURS = "shift"
"""The hours of a unit whose people work by a shift roster."""


class CalendarKind(StrEnum):
    """What a calendar entry says of its days."""

    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    """Cuti bersama."""
    WORKDAY = "workday"
    """Worked in spite of a holiday or a day off, after the hours of that weekday; on a weekday without hours,
    after Monday's.
    """
    RAMADAN = "ramadan"
    """The fasting month as decreed."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Days that the calendar sets apart, first through last (inclusive)."""

    first_day: date
    last_day: date
    kind: CalendarKind
    name: str
    unit_id: UnitId | None
    """Only for this unit and all below it; None: the whole city. The nearest unit upwards decides."""
    reference: str
    """The decree or letter; "pustaka" where a library computed it."""
    id: int = field(default=0, compare=False)
    """The store's own number; 0 where it is computed, and before it is stored."""


@dataclass(frozen=True, slots=True)
class WorkPattern:
    """After which hours a unit and all below it work, from `valid_from` through `valid_to` (None: still).

    The nearest unit upwards that has a pattern on the day decides.
    """

    unit_id: UnitId
    hours: str
    """A name in the rule pack's hours, or `SHIFT_HOURS`."""
    works_holidays: bool
    """Whether holidays and joint leave are worked, as in a hospital."""
    valid_from: date
    valid_to: date | None
