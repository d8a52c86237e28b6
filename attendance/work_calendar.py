"""What kind of day a date is for a unit: by which hours it works, and what the calendar says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.ids import UnitId
from attendance.people import Unit

_Found = TypeVar("_Found")

_STRONGEST_FIRST = (CalendarKind.WORKDAY, CalendarKind.HOLIDAY, CalendarKind.JOINT_LEAVE)
"""Of several entries of one unit on one date. What the unit was told to work, it works."""


@dataclass(frozen=True, slots=True)
class UnitDay:
    """What a date is for one unit."""

    hours: str | None
    """The name of the hours; None: those of units without a pattern."""
    off: CalendarEntry | None
    """The holiday or joint leave for which the unit does not work."""
    ordered: bool
    """Worked because an entry says so, also on a day off of the week."""
    ramadan: bool


class WorkCalendar:
    """The calendar entries and the work patterns of all units."""

    def __init__(self, entries: Iterable[CalendarEntry], patterns: Iterable[WorkPattern]) -> None:
        self._entries = tuple(entries)
        self._patterns = tuple(patterns)
        self._days: dict[date, _Day] = {}

    def day_of(self, path: Sequence[Unit], day: date) -> UnitDay:
        """What `day` is for the unit at the beginning of `path`, which leads upwards to the city.

        The nearest unit that has an entry decides, before what is said for the whole city; the same with
        patterns. A unit whose pattern works on holidays works on those declared above it; one that is
        declared for the unit of the pattern, or below, is a day off all the same.
        """
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = _Day(self._entries, self._patterns, day)
        units: tuple[UnitId | None, ...] = (*(unit.id for unit in path), None)
        entry_at, entry = _nearest(known.entries, units)
        pattern_at, pattern = _nearest(known.patterns, units)
        off = entry if entry is not None and entry.kind is not CalendarKind.WORKDAY else None
        if off is not None and pattern is not None and pattern.works_holidays and entry_at > pattern_at:
            off = None
        return UnitDay(
            hours=None if pattern is None else pattern.hours,
            off=off,
            ordered=entry is not None and entry.kind is CalendarKind.WORKDAY,
            ramadan=any(unit in known.ramadan for unit in units),
        )


class _Day:
    """What holds on one date, by unit; None is the whole city."""

    def __init__(self, entries: Iterable[CalendarEntry], patterns: Iterable[WorkPattern], day: date) -> None:
        self.entries: dict[UnitId | None, CalendarEntry] = {}
        self.patterns: dict[UnitId | None, WorkPattern] = {}
        self.ramadan: set[UnitId | None] = set()
        for entry in entries:
            if not entry.first_day <= day <= entry.last_day:
                continue
            if entry.kind is CalendarKind.RAMADAN:
                self.ramadan.add(entry.unit_id)
                continue
            other = self.entries.get(entry.unit_id)
            if other is None or _rank(entry) < _rank(other):
                self.entries[entry.unit_id] = entry
        for pattern in patterns:
            if pattern.valid_from <= day and (pattern.valid_to is None or day <= pattern.valid_to):
                known = self.patterns.get(pattern.unit_id)
                if known is None or pattern.valid_from > known.valid_from:
                    self.patterns[pattern.unit_id] = pattern


def _rank(entry: CalendarEntry) -> tuple[int, str]:
    return _STRONGEST_FIRST.index(entry.kind), entry.name


def _nearest(
    found: Mapping[UnitId | None, _Found], units: Sequence[UnitId | None]
) -> tuple[int, _Found | None]:
    for steps, unit in enumerate(units):
        if (value := found.get(unit)) is not None:
            return steps, value
    return len(units), None
