"""What really happened on a simulated day: every punch, and what must be said of everybody at any moment.

Written from the rules and not from the product's code, so that the two check each other. All moments are city
time, naive and local. Assumed throughout: a terminal whose line stands is read without delay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
class TruthPerson:
    """What decides about one person."""

    nip: str
    terminals: tuple[str, ...]
    """The terminals that person may use; empty: there is none."""
    has_pin: bool
    excuse: str | None


@dataclass(frozen=True, slots=True)
class _Document:
    day: date
    people: tuple[TruthPerson, ...]
    punches: tuple[TruthPunch, ...]
    dark: tuple[DarkWindow, ...]


_DOCUMENT = TypeAdapter(_Document)


class GroundTruth:
    """The truth of one day (`day`), with the punches of the days before it."""

    def __init__(
        self,
        day: date,
        people: Sequence[TruthPerson],
        punches: Sequence[TruthPunch],
        dark: Sequence[DarkWindow],
    ) -> None:
        self.day = day
        self.people = tuple(people)
        self.punches = tuple(punches)
        self.dark = tuple(dark)

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
        if self.day.weekday() >= _SATURDAY:
            return TruthState(TruthStatus.OFF)
        person = self._by_nip[nip]
        seen = self._seen(nip, moment)
        if seen:
            return self._came(person, seen, moment)
        if person.excuse is not None:
            return TruthState(TruthStatus.EXCUSED)
        if moment < self._on_day(WINDOW_OPENS):
            return TruthState(TruthStatus.NOT_DUE)
        if moment < self._on_day(STARTS) + timedelta(minutes=1):
            return TruthState(TruthStatus.NOT_YET)
        known = self._known_until(person, moment, self._on_day(WINDOW_CLOSES))
        return TruthState(TruthStatus.ABSENT if known else TruthStatus.WAITING)

    def states_at(self, moment: datetime) -> dict[str, TruthState]:
        """What is to be said of everybody, by NIP."""
        return {person.nip: self.state_at(person.nip, moment) for person in self.people}

    def summary(self, moment: datetime) -> Counter[TruthStatus]:
        """How many people are in each state."""
        return Counter(state.status for state in self.states_at(moment).values())

    def to_json(self) -> str:
        """The whole truth as text; `from_json` reads it back."""
        return _DOCUMENT.dump_json(_Document(self.day, self.people, self.punches, self.dark)).decode()

    @classmethod
    def from_json(cls, text: str) -> GroundTruth:
        """Read what `to_json` wrote. Raises `ValueError` for anything else."""
        document = _DOCUMENT.validate_json(text)
        return cls(document.day, document.people, document.punches, document.dark)

    @cached_property
    def _by_nip(self) -> dict[str, TruthPerson]:
        return {person.nip: person for person in self.people}

    @cached_property
    def _punches_of(self) -> dict[str, list[TruthPunch]]:
        """The day's punches within the window, by NIP, in order."""
        found: dict[str, list[TruthPunch]] = {}
        opens, closes = self._on_day(WINDOW_OPENS), self._on_day(WINDOW_CLOSES)
        for punch in sorted(self.punches, key=lambda punch: punch.at):
            if punch.nip is not None and opens <= punch.at < closes:
                found.setdefault(punch.nip, []).append(punch)
        return found

    def _seen(self, nip: str, moment: datetime) -> list[TruthPunch]:
        return [
            punch
            for punch in self._punches_of.get(nip, ())
            if punch.at <= moment and punch.readable_from is not None and punch.readable_from <= moment
        ]

    def _came(self, person: TruthPerson, seen: list[TruthPunch], moment: datetime) -> TruthState:
        if person.excuse is not None:
            return TruthState(TruthStatus.PRESENT)
        late = (seen[0].at - self._on_day(STARTS)) // timedelta(minutes=1)
        if late >= 1:
            # An earlier punch may wait on a terminal that could not be read since.
            known = self._known_until(person, moment, self._on_day(STARTS) + timedelta(minutes=1))
            return TruthState(TruthStatus.LATE, late) if known else TruthState(TruthStatus.PRESENT)
        closes = self._on_day(WINDOW_CLOSES)
        over = moment >= closes and self._known_until(person, moment, closes)
        left = seen[-1].at
        ends = self._on_day(ENDS_FRIDAY if self.day.weekday() == _FRIDAY else ENDS)
        early = (ends - left) // timedelta(minutes=1)
        if over and left - seen[0].at >= _SHORTEST_STAY and early >= 1:
            return TruthState(TruthStatus.LEFT_EARLY)
        return TruthState(TruthStatus.PRESENT)

    def _known_until(self, person: TruthPerson, moment: datetime, limit: datetime) -> bool:
        """Whether every press of that person's finger until `limit`, or `moment` if sooner, is known."""
        blind = any(
            window.serial in person.terminals and window.covers(moment) and window.start < limit
            for window in self.dark
        )
        return bool(person.terminals) and person.has_pin and not blind

    def _on_day(self, clock: time) -> datetime:
        return datetime.combine(self.day, clock)
