"""The roster in the words of its files: codes, serial numbers, NIPs and days in place of row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from attendance.ids import Nip, Pin, SerialNumber
from attendance.people import ExcuseCode, UnitKind
from attendance.terminal import Follow
from store.importing.periods import Period


class FactKind(StrEnum):
    """What a preview counts, in the order in which it is written."""

    UNIT = "units"
    TERMINAL = "terminals"
    PERSON = "people"
    PLACEMENT = "placements"
    ENROLLMENT = "enrollments"
    EXCUSE = "excuses"


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
    """A terminal; its key is the serial number. `interval` in seconds."""

    serial: SerialNumber
    name: str
    unit_code: str
    address: str
    port: int
    driver: str
    follow: Follow
    interval: float | None


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


@dataclass(frozen=True, slots=True)
class ExcuseFact:
    """An excuse; first through last day."""

    nip: Nip
    code: ExcuseCode
    first_day: date
    last_day: date
    reference: str


Fact = UnitFact | TerminalFact | PersonFact | PlacementFact | EnrollmentFact | ExcuseFact


@dataclass(frozen=True, slots=True)
class RosterState:
    """The whole roster as the store holds it: all of time, not one day."""

    units: Mapping[str, UnitFact]
    terminals: Mapping[SerialNumber, TerminalFact]
    people: Mapping[Nip, PersonFact]
    placements: Mapping[Nip, tuple[Period[str], ...]]
    enrollments: Mapping[PinOwner, tuple[Period[None], ...]]
    excuses: Mapping[Nip, tuple[ExcuseFact, ...]]
