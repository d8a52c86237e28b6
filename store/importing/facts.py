"""The roster in the words of its files: codes, serial numbers, NIPs and days in place of row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from attendance.ids import Nip, Pin, SerialNumber
from attendance.people import ExcuseCode, UnitKind, excuse_bounds
from attendance.terminal import Follow
from store.importing.day_facts import DayFact, DayState
from store.importing.periods import Period


class FactKind(StrEnum):
    """What a preview counts, in the order in which it is written."""

    UNIT = "units"
    TERMINAL = "terminals"
    POST = "terminal posts"
    PERSON = "people"
    PLACEMENT = "placements"
    EMPLOYMENT = "employments"
    ENROLLMENT = "enrollments"
    EXCUSE = "excuses"
    CALENDAR = "calendar"
    PATTERN = "patterns"
    SHIFT = "shifts"
    ROTATION = "rotations"
    ROTATION_PERIOD = "rotation periods"
    SHIFT_ENTRY = "roster days"


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit; its key is the code."""

    code: str
    name: str
    short_name: str
    kind: UnitKind
    parent_code: str | None
    office: bool


@dataclass(frozen=True, slots=True)
class TerminalFact:
    """A terminal; its key is the serial number. `interval` in seconds; `district` empty: not told."""

    serial: SerialNumber
    name: str
    unit_code: str
    address: str
    port: int
    driver: str
    follow: Follow
    interval: float | None
    district: str


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A person; the key is the NIP."""

    nip: Nip
    name: str
    title_before: str
    title_after: str


@dataclass(frozen=True, slots=True)
class PlacementFact:
    """A person's time at a unit."""

    nip: Nip
    period: Period[str]
    """Its value is the unit's code."""


@dataclass(frozen=True, slots=True, order=True)
class PinOwner:
    """Whose PIN it is, and where: None is the whole city."""

    nip: Nip
    pin: Pin
    serial: SerialNumber | None


@dataclass(frozen=True, slots=True)
class EnrollmentFact:
    """The time in which a PIN is a person's."""

    owner: PinOwner
    period: Period[None]
    effective_at: datetime | None = None
    """The terminal knows the finger from here on; aware, UTC. None: through all of the first day."""


@dataclass(frozen=True, slots=True)
class ExcuseFact:
    """An excuse; first through last day, city time."""

    nip: Nip
    code: ExcuseCode
    first_day: date
    last_day: date
    reference: str
    first_time: time | None = None
    """On the first day, from here on; None: from its beginning."""
    last_time: time | None = None
    """On the last day, until just before here; None: to its end."""
    place_code: str | None = None
    """The unit where the person serves meanwhile."""

    @property
    def key(self) -> tuple[Nip, ExcuseCode, date, time | None]:
        """What makes it this one and no other."""
        return self.nip, self.code, self.first_day, self.first_time

    def overlaps(self, other: ExcuseFact) -> bool:
        """Whether they share a moment."""
        mine, theirs = (
            excuse_bounds(one.first_day, one.first_time, one.last_day, one.last_time) for one in (self, other)
        )
        return mine[0] < theirs[1] and theirs[0] < mine[1]


Fact = UnitFact | TerminalFact | PersonFact | PlacementFact | EnrollmentFact | ExcuseFact | DayFact


@dataclass(frozen=True, slots=True)
class RosterState:
    """The whole roster as the store holds it: all of time, not one day."""

    units: Mapping[str, UnitFact]
    terminals: Mapping[SerialNumber, TerminalFact]
    people: Mapping[Nip, PersonFact]
    placements: Mapping[Nip, tuple[Period[str], ...]]
    enrollments: Mapping[PinOwner, tuple[Period[None], ...]]
    effective: Mapping[tuple[PinOwner, date], datetime]
    """When a terminal came to know the finger, by owner and first day; aware, UTC."""
    excuses: Mapping[Nip, tuple[ExcuseFact, ...]]
    days: DayState
