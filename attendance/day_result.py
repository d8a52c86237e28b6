"""What is known of one person's day at one moment, with everything needed to explain it and nothing else.

Same facts, same result: a result holds no time of its making. Results are named tuples because a city's month
is a hundred thousand of them, and to fill a frozen dataclass of so many fields takes as long as to judge it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from attendance.corrections import CorrectionId
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.people import ExcuseCode, ExcuseKind, OutageCause
from attendance.rules import PackId


class DayStatus(StrEnum):
    """What is known of a person's day."""

    NOT_DUE = "not_due"
    """Punches do not count yet."""
    NOT_YET = "not_yet"
    """No punch, and not late yet."""
    WAITING = "waiting"
    """No punch in the store, but the person's terminals cannot vouch for that."""
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    EXCUSED = "excused"
    ABSENT = "absent"
    OFF = "off"


class WaitCode(StrEnum):
    """Why data is awaited."""

    NO_TERMINAL = "no_terminal"
    NO_PIN = "no_pin"
    """No terminal at home knows the finger, or not since before work began."""
    NO_ROSTER = "no_roster"
    """A shift worker for whom no roster was entered."""
    OUTAGE = "outage"
    DARK = "dark"
    NEVER_READ = "never_read"
    BEHIND = "behind"
    OUTSIDE_WINDOW = "outside_window"
    """The only punches of the day lie outside the hours in which they count: a person must decide."""


class WaitReason(NamedTuple):
    """Why data is awaited, and from which terminal."""

    code: WaitCode
    terminal_id: TerminalId | None = None
    """None also for an outage of the whole site, and BEHIND where terminals away from home are."""
    since: datetime | None = None
    """DARK: offline since; BEHIND: read through; OUTAGE: its start; NO_PIN: known from here on;
    OUTSIDE_WINDOW: the punch. Aware, UTC.
    """
    cause: OutageCause | None = None
    """Of an OUTAGE."""


class Rule(StrEnum):
    """The rule that decided a result. Stable: stored, and each has its sentence in `attendance.explain`."""

    OFF_WEEKLY = "off_weekly"
    OFF_HOLIDAY = "off_holiday"
    OFF_JOINT_LEAVE = "off_joint_leave"
    OFF_SHIFT = "off_shift"
    ON_CALL = "on_call"
    NOT_SERVING = "not_serving"
    NO_ROSTER = "no_roster"
    BEFORE_WINDOW = "before_window"
    BEFORE_START = "before_start"
    IN_TIME = "in_time"
    WITHIN_GRACE = "within_grace"
    """Minutes late, all of them forgiven."""
    LATE = "late"
    ARRIVAL_UNSURE = "arrival_unsure"
    """A punch after the start is known, but an earlier one may still come in: present, not called late."""
    FLEXI_OPEN = "flexi_open"
    """Late within the flexible minutes; they can still be made up today, or the data for it is awaited."""
    FLEXI_REPAID = "flexi_repaid"
    FLEXI_OWED = "flexi_owed"
    """Not made up: late."""
    LEFT_EARLY = "left_early"
    FORGOT_IN = "forgot_in"
    FORGOT_OUT = "forgot_out"
    BRIDGED = "bridged"
    """Stayed on from the spell before, or into the one after: one punch serves both."""
    EXCUSED = "excused"
    EXCUSED_PART = "excused_part"
    """Excused for a part of the day; the rest was kept."""
    CAME_EXCUSED = "came_excused"
    """Punched in spite of an excuse for the day."""
    CORRECTED = "corrected"
    WAITS = "waits"
    NO_PUNCH = "no_punch"
    """No punch, every terminal vouches for it: without explanation (tanpa keterangan)."""


class Forgot(StrEnum):
    """A punch that is missing beside the other one (lupa absen)."""

    IN = "in"
    OUT = "out"


class Flag(StrEnum):
    """What somebody should look at. Flags never judge."""

    OTHER_SITE = "other_site"
    """A punch that counts was made away from home."""
    TWO_SITES = "two_sites"
    """Two sites within minutes: possibly somebody else's finger (titip absen)."""
    WORKED_OFF = "worked_off"
    """Punched on a day on which nothing was expected."""
    OUTSIDE_WINDOW = "outside_window"
    """There are punches outside the hours in which they count."""
    VOIDED = "voided"
    """A punch does not count because a correction says so."""


class Used(NamedTuple):
    """A punch, or a correction in place of one, on which a result rests."""

    at: datetime
    """Aware, UTC."""
    punch_id: PunchId | None
    """None: a correction says it."""
    terminal_id: TerminalId | None
    """None: a correction says it."""


class GatheringResult(NamedTuple):
    """Whether somebody was at a roll-call. `attended` None: not over yet, or data is awaited."""

    code: str
    name: str
    attended: bool | None


class SpellResult(NamedTuple):
    """One of several spells of a day."""

    shift: str | None
    starts: datetime
    ends: datetime
    status: DayStatus
    rule: Rule
    late: int | None = None
    late_grade: str | None = None
    early: int | None = None
    early_grade: str | None = None
    arrival: Used | None = None
    leaving: Used | None = None
    forgot: Forgot | None = None
    repaid: int = 0
    reason: WaitReason | None = None


class DayResult(NamedTuple):
    """One person's day as known at one moment. Of several spells: see `judge` for which one speaks."""

    person_id: PersonId
    day: date
    """The work date."""
    status: DayStatus
    rule: Rule
    pack: PackId
    final: bool = False
    """Every terminal concerned was read past the day's windows: only a new fact can change it now."""
    late: int | None = None
    """Whole minutes late; 0 in time; None without an arrival, and while an earlier punch may still come in.
    Of several spells the sum.
    """
    late_grade: str | None = None
    """"TL1"; None when nothing is held against the person."""
    early: int | None = None
    """Whole minutes that somebody left before the end; None until the whole day is vouched for."""
    early_grade: str | None = None
    arrival: Used | None = None
    leaving: Used | None = None
    """The last punch, `apart` after the first or later."""
    forgot: Forgot | None = None
    """Set only when the whole day is vouched for."""
    repaid: int = 0
    """Flexible minutes made up."""
    reason: WaitReason | None = None
    """On WAITING; on PRESENT: why the punch that is known cannot be called the arrival."""
    excuse: ExcuseCode | None = None
    """The excuse that touches the day, also beside a punch."""
    excuse_reference: str = ""
    correction: CorrectionId | None = None
    """The correction that decided or took part."""
    starts: datetime | None = None
    """When the person was to come, after a part of the day that is excused; aware, UTC."""
    ends: datetime | None = None
    shift: str | None = None
    hours: str = ""
    ramadan: bool = False
    off_name: str = ""
    """The holiday's name, or the employment state, of a day without duty."""
    gatherings: tuple[GatheringResult, ...] = ()
    flags: tuple[Flag, ...] = ()
    """Each once, in the order of `Flag`."""
    spells: tuple[SpellResult, ...] = ()
    """Only where there are two or more."""

    @property
    def excuse_kind(self) -> ExcuseKind | None:
        """What a wall says of the excuse."""
        return None if self.excuse is None else self.excuse.kind

    @property
    def unexcused(self) -> bool:
        """Whether the day counts as absence without excuse, for good."""
        return self.final and self.status is DayStatus.ABSENT
