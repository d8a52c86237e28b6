"""A city of any size with everything that judges it in memory, and what must come out of it."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attendance.assembly import Assembler
from attendance.calendar import SHIFT_HOURS, CalendarEntry, CalendarKind, WorkPattern
from attendance.city_facts import CityFacts, RosterSpan
from attendance.day_result import DayStatus
from attendance.facts import Horizon, Mark
from attendance.ids import Nip, PersonId, Pin, PunchId, SerialNumber, TerminalId, UnitId
from attendance.people import (
    Enrollment,
    Excuse,
    ExcuseCode,
    Outage,
    OutageCause,
    Person,
    Placement,
    Unit,
    UnitKind,
)
from attendance.roster import Roster
from attendance.shifts import Rotation, RotationPeriod, Shift
from attendance.terminal import Follow, Terminal
from realtime.rulebook import load_rulebook

ZONE = ZoneInfo("Asia/Jakarta")
DAY = timedelta(days=1)
OFFICES, TERMINALS = 50, 135
SINCE = date(2020, 1, 1)
HOSPITAL = UnitId(2)
"""The first office; everybody there works in rotation."""
SHIFTS = {"P": (7, 14), "S": (14, 21), "M": (21, 31)}
"""First and last hour, counted from the work date's midnight."""
CYCLE = ("P", "S", "M", "")
ABSENT, LATE = 0.04, 0.10
"""Shares of the days that a person misses, or comes late on."""
EXCUSED = 0.03
"""Share of the people who are on leave for a week of every month."""


@dataclass(frozen=True)
class JudgedCity:
    """Facts, punches and horizons of some days, read through to the end."""

    facts: CityFacts
    marks: dict[PersonId, list[Mark]]
    """Sorted."""
    horizons: dict[TerminalId, Horizon]
    now: datetime
    expected: Counter[DayStatus] = field(default_factory=Counter)
    """How many person-days must come out as what."""

    def days(self) -> Iterator[date]:
        """The work dates."""
        for number in range((self.facts.last - self.facts.first).days + 1):
            yield self.facts.first + number * DAY

    def assembler(self) -> Assembler:
        """Nothing prepared yet."""
        return Assembler(self.facts, load_rulebook("standard"), ZONE)


def judged_city(first: date, last: date, people: int, *, seed: int = 20261123) -> JudgedCity:
    """`people` people through the days, one in fifty of them in rotation, two holidays in every month."""
    city = _Town(first, last, people, random.Random(seed))
    return city.built()


class _Town:
    def __init__(self, first: date, last: date, people: int, chance: random.Random) -> None:
        self.first, self.last, self.chance = first, last, chance
        self.people = [PersonId(number) for number in range(1, people + 1)]
        self.holidays = {
            first + number * DAY
            for number in range((last - first).days + 1)
            if (first + number * DAY).day in (9, 20)
        }
        self.midnights = {
            first + number * DAY: datetime.combine(first + number * DAY, time(), ZONE).astimezone(UTC)
            for number in range(-1, (last - first).days + 3)
        }
        self.excuses: list[Excuse] = []
        self.marks: dict[PersonId, list[Mark]] = {}
        self.expected: Counter[DayStatus] = Counter()
        self.punches = 0

    def built(self) -> JudgedCity:
        for person_id in self.people:
            self._live(person_id)
        until = self.midnights[self.last + 2 * DAY]
        holidays = tuple(
            CalendarEntry(day, day, CalendarKind.HOLIDAY, "Libur", None, "SK")
            for day in sorted(self.holidays)
        )
        facts = CityFacts(
            first=self.first,
            last=self.last,
            rosters=(RosterSpan(self.first - DAY, self.last + DAY, self._roster()),),
            calendar=holidays,
            patterns=(WorkPattern(HOSPITAL, SHIFT_HOURS, True, SINCE, None),),
            shifts=tuple(
                Shift(code, code, time(start), time(end % 24), SINCE) for code, (start, end) in SHIFTS.items()
            ),
            rotations=(Rotation("R", "Rotasi", tuple((code,) if code else () for code in CYCLE)),),
            rotation_periods=tuple(
                RotationPeriod(person_id, "R", SINCE + person_id % len(CYCLE) * DAY, SINCE, None)
                for person_id in self.people
                if unit_of(person_id) == HOSPITAL
            ),
            excuses=tuple(self.excuses),
            outages=(Outage(TerminalId(TERMINALS), OutageCause.POWER, until, None, ""),),
        )
        horizons = {
            TerminalId(number): Horizon(TerminalId(number), True, until, None)
            for number in range(1, TERMINALS + 1)
        }
        return JudgedCity(facts, self.marks, horizons, until, self.expected)

    def _live(self, person_id: PersonId) -> None:
        """The days of one person: what is pressed, and what must come out."""
        mine: list[Mark] = []
        away: set[date] = set()
        excused = self.chance.random() < EXCUSED
        day = self.first
        while day <= self.last:
            if excused and day.day == 1 + person_id % 20:
                away |= {day + number * DAY for number in range(7)}
                self.excuses.append(Excuse(person_id, ExcuseCode.CT, day, day + 6 * DAY, "SC"))
            hours = self._hours(person_id, day)
            if hours is None:
                self.expected[DayStatus.OFF] += 1
            elif day in away:
                self.expected[DayStatus.EXCUSED] += 1
            else:
                self.expected[self._press(mine, person_id, day, hours)] += 1
            day += DAY
        self.marks[person_id] = mine

    def _press(
        self, mine: list[Mark], person_id: PersonId, day: date, hours: tuple[float, float]
    ) -> DayStatus:
        luck = self.chance.random()
        if luck < ABSENT:
            return DayStatus.ABSENT
        status = DayStatus.LATE if luck < ABSENT + LATE else DayStatus.PRESENT
        minutes = self.chance.uniform(2, 59) if status is DayStatus.LATE else self.chance.uniform(-55, 0)
        for moment in (hours[0] * 60 + minutes, hours[1] * 60 + self.chance.uniform(1, 40)):
            self.punches += 1
            at = self.midnights[day] + timedelta(minutes=moment)
            mine.append(Mark(at, terminal_of(unit_of(person_id)), PunchId(self.punches)))
        return status

    def _hours(self, person_id: PersonId, day: date) -> tuple[float, float] | None:
        if unit_of(person_id) == HOSPITAL:
            code = CYCLE[(day - SINCE - person_id % len(CYCLE) * DAY).days % len(CYCLE)]
            return SHIFTS[code] if code else None
        if day.weekday() > 4 or day in self.holidays:
            return None
        return 7.5, 16.5 if day.weekday() == 4 else 16

    def _roster(self) -> Roster:
        city = Unit(UnitId(1), "KOTA", "Kota", "Kota", UnitKind.CITY, None, office=False)
        offices = tuple(
            Unit(
                UnitId(number), f"U{number}", f"Dinas {number}", f"D{number}", UnitKind.AGENCY, city.id, True
            )
            for number in range(2, OFFICES + 2)
        )
        return Roster(
            day=self.first,
            units=(city, *offices),
            people=tuple(Person(one, Nip(f"{one:018}"), f"Orang {one}", "", "") for one in self.people),
            placements=tuple(Placement(one, unit_of(one), SINCE, None) for one in self.people),
            enrollments=tuple(Enrollment(one, Pin(str(one)), None, SINCE, None) for one in self.people),
            terminals=tuple(
                Terminal(
                    TerminalId(number),
                    SerialNumber(f"B{number:04}"),
                    f"Mesin {number}",
                    UnitId(2 + number % OFFICES),
                    "",
                    4370,
                    "zk-tcp",
                    Follow.POLL,
                    None,
                    active=True,
                )
                for number in range(1, TERMINALS + 1)
            ),
        )


def unit_of(person_id: PersonId) -> UnitId:
    """Where somebody is placed."""
    return UnitId(2 + person_id % OFFICES)


def terminal_of(unit_id: UnitId) -> TerminalId:
    """One of the unit's terminals."""
    return TerminalId((unit_id - 2) or OFFICES)


def judge_by_one_hour(city: JudgedCity) -> Counter[str]:
    """What a wall of the first kind does, as the least that can be done: the first punch of each date against
    07.30, one roster, no question about the data.
    """
    found: Counter[str] = Counter()
    for day in city.days():
        start = datetime.combine(day, time(), ZONE).astimezone(UTC)
        late_from = start + timedelta(hours=7, minutes=31)
        end = start + DAY
        for marks in city.marks.values():
            first = bisect_left(marks, (start,))
            if first == len(marks) or marks[first].at >= end:
                found["absent"] += 1
            else:
                found["late" if marks[first].at >= late_from else "present"] += 1
    return found
