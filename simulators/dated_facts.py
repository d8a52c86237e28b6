"""What a scenario may say of people, units and days beyond one ordinary day, as plain values.

Moments are city time, naive and local; a period without an end still lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class FormerPlacement:
    """Where a person served before, first through last day."""

    nip: str
    unit_code: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class EmploymentPlan:
    """What became of a person, from `valid_from` on: "moved", "retired", "deceased"."""

    nip: str
    state: str
    valid_from: date
    reference: str


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    """Days that a decree sets apart: "holiday" or "joint_leave"."""

    first_day: date
    last_day: date
    kind: str
    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class PatternPlan:
    """After which hours a unit and all below it work: a name of `HOURS`, or `SHIFTS`."""

    unit_code: str
    hours: str
    works_holidays: bool
    valid_from: date


SHIFTS = "shift"
HOURS: dict[str, tuple[tuple[time, time] | None, ...]] = {
    "six_day": (
        *((time(7, 30), time(14, 30)),) * 4,
        (time(7, 30), time(11, 0)),
        (time(7, 30), time(13, 0)),
        None,
    ),
}
"""Start and end of work for seven days from Monday, by name, where they are not the usual ones."""


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """A named shift; one that ends at or before its start ends on the next day."""

    code: str
    name: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """Which shift a person works on a day; an empty code is a free day."""

    nip: str
    day: date
    code: str


@dataclass(frozen=True, slots=True)
class OutagePlan:
    """A terminal took no fingers from `start` until `end`; the office's letter says so."""

    serial: str
    cause: str
    start: datetime
    end: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class DatedFacts:
    """All of them; an ordinary day has none."""

    former_placements: tuple[FormerPlacement, ...] = ()
    employments: tuple[EmploymentPlan, ...] = ()
    calendar: tuple[CalendarPlan, ...] = ()
    patterns: tuple[PatternPlan, ...] = ()
    shifts: tuple[ShiftPlan, ...] = ()
    roster: tuple[RosterEntry, ...] = ()
    outages: tuple[OutagePlan, ...] = ()
