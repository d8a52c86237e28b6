"""What is known of a city's people from one day through another, apart from punches and horizons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from attendance.calendar import CalendarEntry, WorkPattern
from attendance.corrections import Correction
from attendance.ids import PersonId
from attendance.people import Employment, Excuse, Outage, SiteOutage
from attendance.roster import Roster
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry


@dataclass(frozen=True, slots=True)
class RosterSpan:
    """One roster that holds unchanged on every day from `first` through `last`."""

    first: date
    last: date
    roster: Roster
    """`roster.day` is the span's first day."""


@dataclass(frozen=True, slots=True)
class CityFacts:
    """The facts that judge every day from `first` through `last`, dates in the city's time zone.

    Whatever is dated covers one day more on either side: a night shift of the day before may still be
    running, and a spell may be bridged to one of the next work date.
    """

    first: date
    last: date
    rosters: tuple[RosterSpan, ...]
    """In order of time, without gap or overlap."""
    calendar: tuple[CalendarEntry, ...] = ()
    patterns: tuple[WorkPattern, ...] = ()
    shifts: tuple[Shift, ...] = ()
    """Every version of every shift, also older ones."""
    rotations: tuple[Rotation, ...] = ()
    rotation_periods: tuple[RotationPeriod, ...] = ()
    shift_entries: tuple[ShiftEntry, ...] = ()
    employments: tuple[Employment, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    """None that was withdrawn."""
    corrections: tuple[Correction, ...] = ()
    """All that were entered, undone ones and undos too."""
    outages: tuple[Outage, ...] = ()
    site_outages: tuple[SiteOutage, ...] = ()
    """None that was withdrawn."""


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """What operators change about some people every day; it replaces that of `CityFacts`.

    Over the same days as the `CityFacts` that it renews.
    """

    person_ids: frozenset[PersonId]
    """Whose; everything of theirs stands below, and nothing of anybody else."""
    excuses: tuple[Excuse, ...] = ()
    corrections: tuple[Correction, ...] = ()
    shift_entries: tuple[ShiftEntry, ...] = ()
