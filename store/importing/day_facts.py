"""What says who is to work when, in the words of roster files: codes and NIPs in place of row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from attendance.calendar import CalendarKind
from attendance.ids import Nip, SerialNumber
from attendance.people import EmploymentState
from store.importing.periods import Period


@dataclass(frozen=True, slots=True)
class PostFact:
    """Where a terminal hung before it was moved, first through last day."""

    serial: SerialNumber
    unit_code: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class EmploymentFact:
    """A person's state from its first day on; of several the one that began last holds."""

    nip: Nip
    state: EmploymentState
    valid_from: date
    valid_to: date | None
    reference: str

    @property
    def key(self) -> tuple[Nip, date]:
        """What makes it this one and no other."""
        return self.nip, self.valid_from


CalendarKey = tuple[CalendarKind, date, str | None]


@dataclass(frozen=True, slots=True)
class CalendarFact:
    """Days that a decree sets apart, for a unit and all below it, or for the whole city (None)."""

    first_day: date
    last_day: date
    kind: CalendarKind
    name: str
    unit_code: str | None
    reference: str

    @property
    def key(self) -> CalendarKey:
        """What makes it this one and no other."""
        return self.kind, self.first_day, self.unit_code


@dataclass(frozen=True, slots=True)
class Worked:
    """After which hours a unit works, and whether on holidays too."""

    hours: str
    works_holidays: bool

    def __str__(self) -> str:
        return self.hours + (", holidays worked" if self.works_holidays else "")


@dataclass(frozen=True, slots=True)
class PatternFact:
    """The time in which a unit works so."""

    unit_code: str
    period: Period[Worked]


@dataclass(frozen=True, slots=True)
class ShiftFact:
    """A named shift, city time, from `valid_from` until a newer one of the same code."""

    code: str
    name: str
    starts: time
    ends: time
    valid_from: date

    @property
    def key(self) -> tuple[str, date]:
        """What makes it this one and no other."""
        return self.code, self.valid_from


@dataclass(frozen=True, slots=True)
class RotationFact:
    """A pattern of shifts that repeats; a day without codes is free."""

    code: str
    name: str
    cycle: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Which rotation, and a date on which its first day falls."""

    rotation: str
    anchor: date

    def __str__(self) -> str:
        return f"{self.rotation} (first day on {self.anchor})"


@dataclass(frozen=True, slots=True)
class RotationPeriodFact:
    """The time in which a person follows a rotation."""

    nip: Nip
    period: Period[Turn]


@dataclass(frozen=True, slots=True)
class ShiftEntryFact:
    """What a person works on one day."""

    nip: Nip
    day: date
    codes: tuple[str, ...]
    on_call: bool
    reference: str

    @property
    def key(self) -> tuple[Nip, date]:
        """What makes it this one and no other."""
        return self.nip, self.day


DayFact = (
    PostFact
    | EmploymentFact
    | CalendarFact
    | PatternFact
    | ShiftFact
    | RotationFact
    | RotationPeriodFact
    | ShiftEntryFact
)


@dataclass(frozen=True, slots=True)
class DayState:
    """What the store holds of them: all of time, but shift entries of the days asked for only."""

    posts: Mapping[SerialNumber, tuple[PostFact, ...]]
    employments: Mapping[tuple[Nip, date], EmploymentFact]
    calendar: Mapping[CalendarKey, CalendarFact]
    patterns: Mapping[str, tuple[Period[Worked], ...]]
    shifts: Mapping[tuple[str, date], ShiftFact]
    rotations: Mapping[str, RotationFact]
    rotation_periods: Mapping[Nip, tuple[Period[Turn], ...]]
    shift_entries: Mapping[tuple[Nip, date], ShiftEntryFact]
