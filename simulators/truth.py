"""What really happened on a simulated day: every punch, and what must be said of everybody at any moment.

Written from the rules and not from the product's code, so that the two check each other. All moments are city
time, naive and local. Assumed throughout: a terminal whose line stands is read without delay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from pydantic import TypeAdapter

WINDOW_OPENS = time(6, 0)
WINDOW_CLOSES = time(23, 0)
STARTS = time(7, 30)
ENDS = time(16, 0)
ENDS_FRIDAY = time(16, 30)
_FRIDAY, _SATURDAY = 4, 5
_SHORTEST_STAY = timedelta(minutes=30)
"""A second punch sooner after the first is not a departure."""

PunchKey = tuple[str, str, datetime]
"""Serial number, PIN, device time."""


class TruthStatus(StrEnum):
    """What is to be said of a person."""

    OFF = "off"
    NOT_DUE = "not_due"
    NOT_YET = "not_yet"
    WAITING = "waiting"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    EXCUSED = "excused"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class TruthState:
    """What is to be said of a person at a moment."""

    status: TruthStatus
    minutes: int | None = None
    """Whole minutes late; only with LATE."""
    reason: str | None = field(default=None, compare=False)
    """Why data is awaited, as a wall's row has it: "no_terminal", "no_pin", "outage_power" (or another cause)
    or "dark". On WAITING; on PRESENT why the first press that is known need not be the first one.
    """


@dataclass(frozen=True, slots=True)
class DarkWindow:
    """A terminal's line is cut from `start` until `end` (None: for good). Fingers are still taken."""

    serial: str
    start: datetime
    end: datetime | None

    def covers(self, moment: datetime) -> bool:
        """Whether the line is cut at `moment`."""
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class TruthOutage:
    """A terminal took no fingers from `start` until `end`, and a letter says so."""

    serial: str
    cause: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class TruthPunch:
    """One record of one terminal's log."""

    serial: str
    pin: str
    device_time: datetime
    """By the terminal's own clock."""
    at: datetime
    """When the finger was pressed."""
    readable_from: datetime | None
    """When it could first be read; None: the line never came back."""
    nip: str | None
    """Whose finger; None for somebody on no roster."""

    @property
    def key(self) -> PunchKey:
        """What makes it one punch, in however many ways it arrives."""
        return (self.serial, self.pin, self.device_time)


@dataclass(frozen=True, slots=True)
class TruthWork:
    """One stretch of work. Punches count from `opens` until just before `closes`."""

    starts: datetime
    ends: datetime
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class TruthPerson:
    """What decides about one person."""

    nip: str
    terminals: tuple[str, ...]
    """The terminals whose logs may hold a press of that person; empty: there is none."""
    has_pin: bool
    """Whether a terminal at the person's own site knows the finger, now or later on the day."""
    excuse: str | None
    work: TruthWork | None = None
    """None: the usual hours of the day."""
    free: bool = False
    """Nothing is expected on this day."""
    site_has_terminal: bool = True
    pin_from: datetime | None = None
    """The finger is known only from here on; None: since before the day."""


@dataclass(frozen=True, slots=True)
class _Document:
    day: date
    people: tuple[TruthPerson, ...]
    punches: tuple[TruthPunch, ...]
    dark: tuple[DarkWindow, ...]
    outages: tuple[TruthOutage, ...] = ()


_DOCUMENT = TypeAdapter(_Document)


class GroundTruth:
    """The truth of one day (`day`), with the punches of the days before it."""

    def __init__(
        self,
        day: date,
        people: Sequence[TruthPerson],
        punches: Sequence[TruthPunch],
        dark: Sequence[DarkWindow],
        outages: Sequence[TruthOutage] = (),
    ) -> None:
        self.day = day
        self.people = tuple(people)
        self.punches = tuple(punches)
        self.dark = tuple(dark)
        self.outages = tuple(outages)

    def punch_keys(self, moment: datetime | None = None) -> set[PunchKey]:
        """What the store must hold, exactly: all that was readable at `moment`, or ever is without one."""
        return {
            punch.key
            for punch in self.punches
            if punch.readable_from is not None and (moment is None or punch.readable_from <= moment)
        }

    def log_lengths(self, moment: datetime) -> Counter[str]:
        """How many records each terminal's log holds at `moment`, repeated ones counted each time."""
        return Counter(punch.serial for punch in self.punches if punch.at <= moment)

    def state_at(self, nip: str, moment: datetime) -> TruthState:
        """What is to be said of one person. Raises `KeyError` for a stranger."""
        person = self._by_nip[nip]
        work = self._work_of.get(nip)
        if work is None:
            return TruthState(TruthStatus.OFF)
        seen = self._seen(nip, moment)
        if seen:
            return self._came(person, work, seen, moment)
        if person.excuse is not None:
            return TruthState(TruthStatus.EXCUSED)
        if moment < work.opens:
            return TruthState(TruthStatus.NOT_DUE)
        if moment < _late_from(work):
            return TruthState(TruthStatus.NOT_YET)
        doubt = self._doubt(person, work, moment, work.closes)
        return TruthState(TruthStatus.WAITING if doubt else TruthStatus.ABSENT, reason=doubt)

    def states_at(self, moment: datetime) -> dict[str, TruthState]:
        """What is to be said of everybody, by NIP."""
        return {person.nip: self.state_at(person.nip, moment) for person in self.people}

    def summary(self, moment: datetime) -> Counter[TruthStatus]:
        """How many people are in each state."""
        return Counter(state.status for state in self.states_at(moment).values())

    def to_json(self) -> str:
        """The whole truth as text; `from_json` reads it back."""
        return _DOCUMENT.dump_json(
            _Document(self.day, self.people, self.punches, self.dark, self.outages)
        ).decode()

    @classmethod
    def from_json(cls, text: str) -> GroundTruth:
        """Read what `to_json` wrote. Raises `ValueError` for anything else."""
        document = _DOCUMENT.validate_json(text)
        return cls(document.day, document.people, document.punches, document.dark, document.outages)

    @cached_property
    def _by_nip(self) -> dict[str, TruthPerson]:
        return {person.nip: person for person in self.people}

    @cached_property
    def _work_of(self) -> dict[str, TruthWork]:
        """What is expected, by NIP; nobody who is free."""
        usual = usual_work(self.day)
        found = {person.nip: person.work or usual for person in self.people if not person.free}
        return {nip: work for nip, work in found.items() if work is not None}

    @cached_property
    def _punches_of(self) -> dict[str, list[TruthPunch]]:
        """The punches within each one's window, by NIP, in order."""
        found: dict[str, list[TruthPunch]] = {}
        for punch in sorted(self.punches, key=lambda punch: punch.at):
            work = self._work_of.get(punch.nip) if punch.nip is not None else None
            if punch.nip is not None and work is not None and work.opens <= punch.at < work.closes:
                found.setdefault(punch.nip, []).append(punch)
        return found

    def _seen(self, nip: str, moment: datetime) -> list[TruthPunch]:
        return [
            punch
            for punch in self._punches_of.get(nip, ())
            if punch.at <= moment and punch.readable_from is not None and punch.readable_from <= moment
        ]

    def _came(
        self, person: TruthPerson, work: TruthWork, seen: list[TruthPunch], moment: datetime
    ) -> TruthState:
        if person.excuse is not None:
            return TruthState(TruthStatus.PRESENT)
        late = (seen[0].at - work.starts) // timedelta(minutes=1)
        if late >= 1:
            # An earlier press may wait on a terminal that could not be read since, or could not be made.
            doubt = self._doubt(person, work, moment, _late_from(work))
            if doubt is not None:
                return TruthState(TruthStatus.PRESENT, reason=doubt)
            return TruthState(TruthStatus.LATE, late)
        left = seen[-1].at
        early = (work.ends - left) // timedelta(minutes=1)
        stayed = left - seen[0].at >= _SHORTEST_STAY
        over = moment >= work.closes and self._doubt(person, work, moment, work.closes) is None
        if over and stayed and early >= 1:
            return TruthState(TruthStatus.LEFT_EARLY)
        return TruthState(TruthStatus.PRESENT)

    def _doubt(self, person: TruthPerson, work: TruthWork, moment: datetime, limit: datetime) -> str | None:
        """Why a press of that person's finger until `limit`, or `moment` if sooner, may be unknown or was
        perhaps impossible; the gravest reason. None: whatever there was is known.
        """
        if not person.site_has_terminal or not person.terminals:
            return "no_terminal"
        if not person.has_pin or (person.pin_from is not None and person.pin_from > work.opens):
            return "no_pin"
        until = min(moment, limit)
        struck = [
            outage
            for outage in self.outages
            if outage.serial in person.terminals and outage.start <= until and outage.end > work.opens
        ]
        if struck:
            return f"outage_{min(struck, key=lambda outage: outage.start).cause}"
        blind = any(
            window.serial in person.terminals and window.covers(moment) and window.start < limit
            for window in self.dark
        )
        return "dark" if blind else None


def usual_work(day: date) -> TruthWork | None:
    """A day at an office; None on Saturdays and Sundays."""
    if day.weekday() >= _SATURDAY:
        return None

    def on_day(clock: time) -> datetime:
        return datetime.combine(day, clock)

    ends = ENDS_FRIDAY if day.weekday() == _FRIDAY else ENDS
    return TruthWork(on_day(STARTS), on_day(ends), on_day(WINDOW_OPENS), on_day(WINDOW_CLOSES))


def _late_from(work: TruthWork) -> datetime:
    return work.starts + timedelta(minutes=1)
