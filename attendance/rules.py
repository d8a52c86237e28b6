"""What a rule pack says, as the judgement uses it. Every figure comes from `config/rules`; none is code.

A pack is in force from `valid_from` until the next one begins; the pack in force on a day judges that day, so
a new pack never changes an old day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import NewType

from attendance.people import ExcuseCode, UnitKind

PackId = NewType("PackId", str)
"""Name, first day and a hash of all figures: "standard 2023-04-13 #1a2b3c4d". Stored with each result."""


class Clause(StrEnum):
    """The parts of a pack that a judgement may rest on. Each may carry the local rule's own paragraph."""

    HOURS = "hours"
    WINDOW = "window"
    LATE = "late"
    EARLY = "early"
    FLEXI = "flexi"
    FORGOT = "forgot"
    HOLIDAYS = "holidays"
    SHIFTS = "shifts"
    EXCUSES = "excuses"
    GATHERINGS = "gatherings"
    DATA = "data"
    """That nobody is accused without data."""
    SANCTIONS = "sanctions"
    DEDUCTIONS = "deductions"


@dataclass(frozen=True, slots=True)
class Grade:
    """A class of whole minutes, e.g. TL1 for 1–30 minutes late."""

    code: str
    to: int | None
    """The last minute that belongs to it; None: without end."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How minutes late, or early, are forgiven and classed."""

    tolerance: int
    """Whole minutes that do not count."""
    grades: tuple[Grade, ...]
    """Rising; the last one has no end."""

    def grade(self, minutes: int) -> str:
        """The code of the class that `minutes` (above the tolerance) belong to."""
        return next(grade.code for grade in self.grades if grade.to is None or minutes <= grade.to)


@dataclass(frozen=True, slots=True)
class Figures:
    """How one duty day's minutes are judged."""

    late: Deviation
    early: Deviation
    apart: timedelta
    """A last punch sooner than this after the first is the same arrival, not leaving."""
    flexi: int
    """Minutes late that may be made up the same day after the end of work; 0: none."""
    leaving_from: timedelta
    """A single punch this long before the end of work or later is a leaving; the coming was forgotten."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """Work of one day, in city time; `end` after `start`."""

    start: time
    end: time


Week = tuple[DayHours | None, ...]
"""Seven days from Monday, as `date.weekday()` counts; None on a day off."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One kind of working week, such as "five_day"."""

    name: str
    week: Week
    ramadan: Week | None
    """In the fasting month; None: as ever."""


@dataclass(frozen=True, slots=True)
class GatheringRule:
    """A roll-call (apel) or ceremony: a required event of its own, apart from coming and leaving."""

    code: str
    name: str
    weekdays: frozenset[int]
    """0 is Monday; empty where `dates` say it."""
    dates: frozenset[date]
    starts: time
    opens: time
    """From here on a punch proves that somebody was there…"""
    closes: time
    """… until just before here."""
    unit_codes: frozenset[str]
    """For whom: these units and all below them; empty: everybody on regular hours."""
    unit_kinds: frozenset[UnitKind]
    """For whom, by the kind of the office; empty: every kind."""
    on_days_off: bool = False
    """Also for those who have one of `dates` off, by the calendar or by their week; the day stays off."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step: `first` through `last` days (None: and more) of absence without excuse in a year."""

    first: int
    last: int | None
    code: str
    """Short and stable: "lisan", "tertulis"."""
    sanction: str
    """What the regulation names, Indonesian."""
    sanction_en: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """A regulation's steps. What is reached is a threshold for an examination; nothing is ever imposed."""

    name: str
    """"PP 94/2021"."""
    steps: tuple[LadderStep, ...]
    minutes_per_day: int | None
    """Minutes late and early that add up to one day; None: they do not add up."""
    running: int | None
    """Workdays without a break that reach the last step by themselves; None: no such rule."""


@dataclass(frozen=True, slots=True)
class DeductionTable:
    """Allowance (TPP) deductions in per cent of the month's allowance. Differs by local rule: only data."""

    name: str
    absent: float
    """A day without excuse."""
    grades: Mapping[str, float]
    """By class: "TL1" → 0.5."""
    forgot_in: float
    forgot_out: float
    gathering: float
    """A roll-call missed."""
    most: float
    """Never more than this in a month."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One rule pack."""

    id: PackId
    title: str
    title_en: str
    valid_from: date
    hours: Mapping[str, Hours]
    """By name. "five_day" is always there."""
    usual_hours: str
    """The hours of units that have no work pattern of their own."""
    opens: time
    """Regular hours: punches count from here…"""
    closes: time
    """… until just before here, city time."""
    shift_before: timedelta
    """Shifts: punches count from this long before the start…"""
    shift_after: timedelta
    """… until just before this long after the end."""
    figures: Figures
    gatherings: tuple[GatheringRule, ...]
    excuse_order: tuple[ExcuseCode, ...]
    """Of overlapping excuses the first in this order decides. Holds every code once."""
    ladder: Ladder
    deductions: DeductionTable | None
    clauses: Mapping[Clause, str]
    """Where the local rule says it: "pasal 5 ayat (2)"."""
    clauses_en: Mapping[Clause, str] = field(default_factory=dict)
    """The same in English; holds what `clauses` holds."""
    basis: str = ""
    """The regulations it rests on."""


class RuleBook:
    """All packs of one series, by the day from which they hold."""

    def __init__(self, packs: Sequence[Rules]) -> None:
        """Raises `ValueError` for no packs, and for two that begin on the same day."""
        if not packs:
            raise ValueError("a rule book needs a pack")
        self._packs = sorted(packs, key=lambda pack: pack.valid_from)
        self._starts = [pack.valid_from for pack in self._packs]
        if len(set(self._starts)) != len(self._starts):
            raise ValueError("two packs begin on the same day")
        self._by_id = {pack.id: pack for pack in self._packs}

    @property
    def packs(self) -> tuple[Rules, ...]:
        """All packs, the oldest first."""
        return tuple(self._packs)

    def on(self, day: date) -> Rules:
        """The pack in force on `day`; before the first one began, that one."""
        return self._packs[max(0, bisect_right(self._starts, day) - 1)]

    def by_id(self, pack: PackId) -> Rules | None:
        """The pack that a stored result names; None when the series no longer holds exactly those figures."""
        return self._by_id.get(pack)
