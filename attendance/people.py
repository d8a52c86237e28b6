"""Units, people, where they are placed, which PIN is theirs, and why they may be away: all dated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
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
    effective_at: datetime | None = None
    """The terminal knows the finger only from here on; aware, UTC. None: through all of `valid_from`. Before
    it the person could not press, so no missing punch says anything.
    """


class ExcuseKind(StrEnum):
    """Why a person need not punch. Sickness is LEAVE here: a wall never says more."""

    LEAVE = "leave"
    DUTY_TRAVEL = "duty_travel"
    STUDY = "study"
    TRAINING = "training"
    PERMIT = "permit"


class ExcuseCode(StrEnum):
    """The field's own names. Leave: PP 11/2017 and BKN 24/2017; the others are no leave."""

    CT = "CT"
    """Cuti tahunan."""
    CB = "CB"
    """Cuti besar."""
    CAP = "CAP"
    """Cuti karena alasan penting."""
    CS = "CS"
    """Cuti sakit."""
    CM = "CM"
    """Cuti melahirkan."""
    CBER = "CBer"
    """Cuti bersama."""
    CLTN = "CLTN"
    """Cuti di luar tanggungan negara."""
    CUTI = "CUTI"
    """Leave of which no kind was entered."""
    DL = "DL"
    """Dinas luar."""
    TB = "TB"
    """Tugas belajar."""
    DIKLAT = "DIKLAT"
    IZIN = "IZIN"

    @property
    def kind(self) -> ExcuseKind:
        """What a wall says of it."""
        return _KINDS.get(self, ExcuseKind.LEAVE)


_KINDS = {
    ExcuseCode.DL: ExcuseKind.DUTY_TRAVEL,
    ExcuseCode.TB: ExcuseKind.STUDY,
    ExcuseCode.DIKLAT: ExcuseKind.TRAINING,
    ExcuseCode.IZIN: ExcuseKind.PERMIT,
}
USUAL_CODE = {
    ExcuseKind.LEAVE: ExcuseCode.CUTI,
    ExcuseKind.DUTY_TRAVEL: ExcuseCode.DL,
    ExcuseKind.STUDY: ExcuseCode.TB,
    ExcuseKind.TRAINING: ExcuseCode.DIKLAT,
    ExcuseKind.PERMIT: ExcuseCode.IZIN,
}
"""The code of an excuse of which only the kind was entered."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A dated excuse, first through last day (inclusive), with the letter it rests on."""

    person_id: PersonId
    code: ExcuseCode
    first_day: date
    last_day: date
    reference: str
    first_time: time | None = None
    """City time on the first day from which it holds; None: from its beginning."""
    last_time: time | None = None
    """City time on the last day until just before which it holds; None: to its end."""
    place: UnitId | None = None
    """Where the person serves meanwhile (duty travel to another office); a punch there is at home."""
    entered_at: datetime | None = None
    """Aware, UTC; when somebody entered it. None: with the first roster."""
    entered_by: str = ""
    id: int = field(default=0, compare=False)
    """The store's own number; 0 before it is stored."""

    @property
    def kind(self) -> ExcuseKind:
        """What a wall says of it."""
        return self.code.kind

    def overlaps(self, other: Excuse) -> bool:
        """Whether they share a moment."""
        mine, theirs = (
            excuse_bounds(one.first_day, one.first_time, one.last_day, one.last_time) for one in (self, other)
        )
        return mine[0] < theirs[1] and theirs[0] < mine[1]


def excuse_bounds(
    first_day: date, first_time: time | None, last_day: date, last_time: time | None
) -> tuple[datetime, datetime]:
    """From when until just before when an excuse holds: naive, city time."""
    begins = datetime.combine(first_day, first_time or time.min)
    if last_time is not None:
        return begins, datetime.combine(last_day, last_time)
    return begins, datetime.combine(last_day + timedelta(days=1), time.min)


class EmploymentState(StrEnum):
    """What became of somebody. Only ACTIVE, STUDY and SECONDED stand on the roster."""

    ACTIVE = "active"
    MOVED = "moved"
    """To another government, such as the province."""
    RETIRED = "retired"
    DECEASED = "deceased"
    DISMISSED = "dismissed"
    SECONDED = "seconded"
    """Lent to another government: serves elsewhere, nothing is expected here."""
    STUDY = "study"
    """Tugas belajar: excused for as long as it lasts."""

    @property
    def serving(self) -> bool:
        """Whether the person stands on this city's roster."""
        return self in (EmploymentState.ACTIVE, EmploymentState.SECONDED, EmploymentState.STUDY)


@dataclass(frozen=True, slots=True)
class Employment:
    """A person's state from `valid_from` through `valid_to` (None: still). Without any: ACTIVE while placed.

    Of several on one day, the one that began last holds.
    """

    person_id: PersonId
    state: EmploymentState
    valid_from: date
    valid_to: date | None
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
    NO_TERMINAL = "no_terminal"
    """A site has none, or none that works: declared for the unit."""

    @property
    def found(self) -> bool:
        """Whether only the collector finds it. It is an observation then, which nobody declares or
        withdraws.
        """
        return self in (OutageCause.LOG_LOST, OutageCause.CLOCK_WRONG)


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
    id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SiteOutage:
    """A time in which nobody of a unit, or of any unit below it, could press anywhere at home; declared."""

    unit_id: UnitId
    cause: OutageCause
    starts_at: datetime
    ends_at: datetime | None
    reference: str
    """The evidence: the office's letter."""
    id: int = field(default=0, compare=False)
