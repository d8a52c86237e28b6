"""Units, people, where they are placed, which PIN is theirs, and why they may be away: all dated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId


class UnitKind(StrEnum):
    """Offices are compared only with offices of their own kind."""

    CITY = "city"
    SECRETARIAT = "secretariat"
    AGENCY = "agency"
    """Dinas, badan, inspektorat, satpol."""
    HOSPITAL = "hospital"
    HEALTH_CENTRE = "health_centre"
    DISTRICT = "district"
    """Kecamatan."""
    SUBDISTRICT = "subdistrict"
    """Kelurahan."""
    SCHOOL = "school"
    SECTION = "section"
    """Bagian, bidang, seksi: part of an office."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree city → OPD → bagian/bidang/UPT/kelurahan/school."""

    id: UnitId
    code: str
    """The city's own code for it; unique."""
    name: str
    short_name: str
    """What fits on a tile."""
    kind: UnitKind
    parent_id: UnitId | None
    office: bool
    """True: this unit is one tile of the wall; people of its sub-units count there."""


@dataclass(frozen=True, slots=True)
class Person:
    """A civil servant."""

    id: PersonId
    nip: Nip
    name: str
    title_before: str
    title_after: str

    @property
    def full_name(self) -> str:
        """The name with its academic titles, as it is printed."""
        before = f"{self.title_before} " if self.title_before else ""
        after = f", {self.title_after}" if self.title_after else ""
        return f"{before}{self.name}{after}"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a person serves, from `valid_from` through `valid_to` (inclusive; None: still)."""

    person_id: PersonId
    unit_id: UnitId
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Enrollment:
    """PIN → person within a scope, from `valid_from` through `valid_to` (inclusive; None: still).

    `terminal_id` None means the whole city: one PIN everywhere. A terminal's own enrollment wins over it.
    """

    person_id: PersonId
    pin: Pin
    terminal_id: TerminalId | None
    valid_from: date
    valid_to: date | None


class ExcuseKind(StrEnum):
    """Why a person need not punch. Sickness is LEAVE here: a wall never says more."""

    LEAVE = "leave"
    DUTY_TRAVEL = "duty_travel"
    STUDY = "study"
    TRAINING = "training"
    PERMIT = "permit"


@dataclass(frozen=True, slots=True)
class Excuse:
    """A dated excuse, first through last day (inclusive), with the letter it rests on."""

    person_id: PersonId
    kind: ExcuseKind
    first_day: date
    last_day: date
    reference: str


class OutageCause(StrEnum):
    """Why a terminal could not be punched at, or could not be read."""

    POWER = "power"
    NETWORK = "network"
    BROKEN = "broken"
    LOG_LOST = "log_lost"
    """Its log was cleared or replaced before we had read it all: found by the collector, never declared."""
    CLOCK_WRONG = "clock_wrong"
    """Its clock was wrong, so that punches came with impossible times: found by the collector."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a terminal could not serve, or for which its log is lost; declared, or found by the
    collector. It suspends accusation for its users.
    """

    terminal_id: TerminalId
    cause: OutageCause
    starts_at: datetime
    ends_at: datetime | None
    reference: str
