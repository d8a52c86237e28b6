"""All facts that one person's day is judged by, and how far each terminal vouches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from attendance.corrections import Correction
from attendance.duty import Duty
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.people import ExcuseCode, Outage, SiteOutage


class Mark(NamedTuple):
    """A punch of the person, as far as the judgement cares. In/out keys are left out on purpose."""

    at: datetime
    """Aware, UTC."""
    terminal_id: TerminalId
    punch_id: PunchId


@dataclass(frozen=True, slots=True)
class ExcuseSpan:
    """An excuse as it touches one work date. `start` and `end` None: from the date's beginning, to its end,
    wholly with the shifts that belong to it.
    """

    code: ExcuseCode
    start: datetime | None
    end: datetime | None
    reference: str = ""

    @property
    def whole(self) -> bool:
        """Whether it covers the whole work date."""
        return self.start is None and self.end is None


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far one terminal can vouch. All moments aware, UTC."""

    terminal_id: TerminalId
    online: bool
    read_through: datetime | None
    """Every punch made there before this moment is known. None: never read."""
    offline_since: datetime | None
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person can punch."""

    has_pin: bool
    """Whether any terminal at home, or one given to the person apart since the placement began, knows the
    finger. An old enrollment at a former office does not count.
    """
    horizons: tuple[Horizon, ...]
    """One for every terminal the person may use, those of a former office included."""
    pin_from: datetime | None = None
    """The finger is known there only from here on; aware, UTC. None: since before the day."""
    outages: tuple[SiteOutage, ...] = ()
    """Of the person's site."""
    home: frozenset[TerminalId] = frozenset()
    """Where a punch is no news: the terminals at home, those given apart, those of an acting place."""
    city_read: datetime | None = None
    """Through which moment the city's other terminals were read, see `attendance.city_read`; aware, UTC.
    None: nothing is claimed about them.
    """


class PersonDay(NamedTuple):
    """All facts about one person's work date. A named tuple: one is made for every judgement."""

    person_id: PersonId
    duty: Duty
    reach: Reach
    marks: Sequence[Mark] = ()
    """Punches at any terminal, in any order, at least those of the duty's windows and of the local date."""
    excuses: tuple[ExcuseSpan, ...] = ()
    """In the order in which they decide, the strongest first."""
    corrections: tuple[Correction, ...] = ()
    """Those in force, in the order they were entered."""
    claimed: tuple[tuple[datetime, datetime], ...] = ()
    """Windows [opens, closes) of the person's neighbouring work dates: a punch in them is no stray."""
    local: tuple[datetime, datetime] | None = None
    """The local date, [from, to) in aware UTC moments; where work is due, also some hours after windows that
    close late: a punch there may be the leaving. None: every mark is taken as of the date, and a day without
    a roster is never over.
    """
