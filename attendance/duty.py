"""What is expected of a person on one work date. All moments aware, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from attendance.rules import Figures, PackId

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch of work without a break in it: a day at the office, or one shift."""

    start: datetime
    end: datetime
    opens: datetime
    """First moment whose punch counts."""
    closes: datetime
    """First moment whose punch no longer counts."""
    shift: str | None = None
    """The shift's code; None on regular hours."""
    bridged_before: bool = False
    """Its window overlaps that of the spell before, which may belong to the work date before: whoever stayed
    on pressed once for both. Then its lateness is not judged.
    """
    bridged_after: bool = False
    """The same with the spell that follows: its early leaving is not judged."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """A roll-call or ceremony that the person is to attend: any punch from `opens` until before `closes`."""

    code: str
    name: str
    starts: datetime
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class DutyDay:
    """What is expected of a person on a work date. The date belongs to the shift: a night from 21.00 counts
    wholly to the day on which it began.
    """

    day: date
    spells: tuple[Spell, ...]
    """At least one, in order of time, not overlapping."""
    figures: Figures
    pack: PackId
    hours: str
    """Which hours made it: "five_day", "six_day", "shift"…"""
    ramadan: bool = False
    gatherings: tuple[Gathering, ...] = ()

    @property
    def opens(self) -> datetime:
        """First moment of the whole day whose punch counts."""
        return self.spells[0].opens

    @property
    def closes(self) -> datetime:
        """First moment after the whole day whose punch no longer counts."""
        return (
            max(self.spells[-1].closes, *(gathering.closes for gathering in self.gatherings))
            if (self.gatherings)
            else self.spells[-1].closes
        )


class OffReason(StrEnum):
    """Why nothing is expected of a person on a date."""

    WEEKLY = "weekly"
    """A day off of the unit's week."""
    HOLIDAY = "holiday"
    JOINT_LEAVE = "joint_leave"
    """Cuti bersama."""
    SHIFT_OFF = "shift_off"
    """Free by the shift roster."""
    ON_CALL = "on_call"
    """Siaga: to be reachable, not to be present."""
    NOT_SERVING = "not_serving"
    """Not in service of this city on that date, or elsewhere; the name says which."""
    UNPLANNED = "unplanned"
    """A shift worker for whom no roster was entered: nobody knows whether work was due. The person waits."""


@dataclass(frozen=True, slots=True)
class NoDuty:
    """No work can be expected of the person on the date."""

    day: date
    reason: OffReason
    pack: PackId
    name: str = ""
    """The holiday's name, or an employment state's value."""
    gatherings: tuple[Gathering, ...] = ()
    """Ceremonies that are held on days off too. To miss one is told; it makes no absent day."""

    @property
    def closes(self) -> datetime | None:
        """First moment at which no punch can count any more; None where none ever could."""
        return max((gathering.closes for gathering in self.gatherings), default=None)


Duty = DutyDay | NoDuty
