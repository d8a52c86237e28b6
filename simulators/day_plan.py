"""Plans a day: what becomes of each person, and every finger pressed, drawn from a seed.

The shares follow a regency's ordinary day (142 not in: 93 on duty travel, 23 technical trouble, 12 in
training, 14 sick or with family): technical trouble are here the people of the terminal that is dark all day.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from simulators.city.build import PEOPLE
from simulators.city.plan import City, PersonPlan
from simulators.truth import DarkWindow

_FIRST_WORKING_SECOND, _LAST_WORKING_SECOND = 5, 54
"""No first press nearer to a full minute: a terminal's whole seconds must not change the minutes late."""
_QUIET_BEFORE_A_CUT = timedelta(seconds=60)
"""Nobody presses so shortly before a line is cut that a fast city clock leaves no time to send it."""
_FRIDAY, _SATURDAY = 4, 5
_IN_TIME_UNTIL = time(7, 29)
_MOODS = (-6, 4)
"""Minutes by which a past day's coming may be moved."""


@dataclass(frozen=True, slots=True)
class EnrollmentPlan:
    """PIN → person, at one terminal or, with `serial` None, in the whole city."""

    nip: str
    pin: str
    serial: str | None
    valid_from: date
    effective_at: datetime | None = None
    """City time, naive, from which the terminal knows the finger; None: all of `valid_from`."""


@dataclass(frozen=True, slots=True)
class ExcusePlan:
    """Why a person need not come, first through last day, with the letter it rests on."""

    nip: str
    kind: str
    first_day: date
    last_day: date
    reference: str


@dataclass(frozen=True, slots=True, order=True)
class Press:
    """One finger, once. `at` is city time; the terminal's own clock may differ."""

    at: datetime
    serial: str
    pin: str
    nip: str | None
    """None for somebody on no roster."""

    def device_time(self, clock_offset: int) -> datetime:
        """What the log records when the terminal's clock is `clock_offset` seconds ahead."""
        return (self.at + timedelta(seconds=clock_offset)).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What `plan_day` makes."""

    enrollments: tuple[EnrollmentPlan, ...]
    excuses: tuple[ExcusePlan, ...]
    presses: tuple[Press, ...]


class _Part(StrEnum):
    """What a day holds for a person who does not simply come in time."""

    DUTY_TRAVEL = "duty_travel"
    TRAINING = "training"
    LEAVE = "leave"
    STUDY = "study"
    PERMIT = "permit"
    TRUANT = "truant"
    LATE = "late"
    LEAVES_EARLY = "leaves_early"


# How many of 3,128 people.
_PARTS = {
    _Part.DUTY_TRAVEL: 123,
    _Part.TRAINING: 16,
    _Part.LEAVE: 18,
    _Part.STUDY: 3,
    _Part.PERMIT: 4,
    _Part.TRUANT: 22,
    _Part.LATE: 142,
    _Part.LEAVES_EARLY: 11,
}
_EXCUSED = (_Part.DUTY_TRAVEL, _Part.TRAINING, _Part.LEAVE, _Part.STUDY, _Part.PERMIT)
_LETTERS = {
    _Part.DUTY_TRAVEL: "SPT",
    _Part.TRAINING: "DIKLAT",
    _Part.LEAVE: "CUTI",
    _Part.STUDY: "TB",
    _Part.PERMIT: "IZIN",
}
_LASTS_DAYS = {
    _Part.DUTY_TRAVEL: (1, 3),
    _Part.TRAINING: (2, 5),
    _Part.LEAVE: (1, 12),
    _Part.STUDY: (60, 300),
    _Part.PERMIT: (1, 1),
}
_WITHOUT_PIN = 3
_ENROLLED_ELSEWHERE = 60
_OTHER_PIN = 5
_ELSEWHERE_BY_CHANCE = 40
_PRESS_TWICE = 120
_SAME_SECOND = 9
_STRANGERS = 6
_EXCUSED_WHO_COME = 4


def plan_day(city: City, seed: int, day: date, history_days: int, dark: Sequence[DarkWindow]) -> DayPlan:
    """Everything that happens on `day` and on the `history_days` working days before it.

    People who punch away from their own site choose a terminal that can be read all day.
    """
    return _Planner(city, seed, day, dark).plan(history_days)


def working_days_before(day: date, count: int) -> list[date]:
    """The `count` last days from Monday to Friday before `day`, in order."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            found.append(day)
    return found[::-1]


class _Planner:
    """Holds what all the draws of one day share."""

    def __init__(self, city: City, seed: int, day: date, dark: Sequence[DarkWindow]) -> None:
        self._city = city
        self._day = day
        self._dark = dark
        self._rng = random.Random(f"day {seed} {day.isoformat()}")
        self._size = len(city.people)
        self._readable = sorted(
            {terminal.serial for terminal in city.terminals} - {window.serial for window in dark}
        )
        self._parts = self._draw_parts()
        self._without_pin = {
            person.nip
            for person in self._some([p for p in city.people if p.nip not in self._parts], _WITHOUT_PIN, 0)
        }
        self._extra = self._draw_extra_enrollments()

    def plan(self, history_days: int) -> DayPlan:
        presses = [press for day in working_days_before(self._day, history_days) for press in self._past(day)]
        if self._day.weekday() < _SATURDAY:
            presses += self._today()
        return DayPlan(
            tuple(self._enrollments()),
            tuple(self._excuses()),
            tuple(sorted(self._before_the_cut(press) for press in presses)),
        )

    def _scaled(self, of_all: int, least: int = 1) -> int:
        return max(least, round(of_all * self._size / PEOPLE))

    def _some(self, people: Sequence[PersonPlan], of_all: int, least: int = 1) -> list[PersonPlan]:
        return self._rng.sample(people, min(len(people), self._scaled(of_all, least)))

    def _draw_parts(self) -> dict[str, _Part]:
        order = self._rng.sample(self._city.people, self._size)
        parts: dict[str, _Part] = {}
        for part, of_all in _PARTS.items():
            for person in order[len(parts) : len(parts) + self._scaled(of_all)]:
                parts[person.nip] = part
        return parts

    def _draw_extra_enrollments(self) -> dict[str, tuple[str, str]]:
        """Serial number and PIN of the extra terminal, by NIP; a few have another PIN there."""
        able = [person for person in self._city.people if person.nip not in self._without_pin]
        taken = {person.pin for person in self._city.people}
        extra: dict[str, tuple[str, str]] = {}
        for number, person in enumerate(self._some(able, _ENROLLED_ELSEWHERE, 2)):
            serial = self._elsewhere(person)
            if serial is None:
                continue
            pin = person.pin
            if number < self._scaled(_OTHER_PIN):
                pin = next(new for new in iter(self._new_pin, "") if new not in taken)
                taken.add(pin)
            extra[person.nip] = (serial, pin)
        return extra

    def _new_pin(self) -> str:
        return str(self._rng.randint(50_000, 99_999))

    def _elsewhere(self, person: PersonPlan) -> str | None:
        own = self._city.home_terminals(person.unit_code)
        others = [serial for serial in self._readable if serial not in own]
        return self._rng.choice(others) if others else None

    def _enrollments(self) -> Iterator[EnrollmentPlan]:
        for person in self._city.people:
            if person.nip in self._without_pin:
                continue
            yield EnrollmentPlan(person.nip, person.pin, None, person.since)
            if person.nip in self._extra:
                serial, pin = self._extra[person.nip]
                yield EnrollmentPlan(person.nip, pin, serial, person.since)

    def _excuses(self) -> Iterator[ExcusePlan]:
        number = 0
        for person in self._city.people:
            part = self._parts.get(person.nip)
            if part not in _EXCUSED:
                continue
            number += 1
            length = self._rng.randint(*_LASTS_DAYS[part])
            first = self._day - timedelta(days=self._rng.randrange(length))
            letter = f"{_LETTERS[part]}/{number:04d}/{self._day:%m/%Y}"
            yield ExcusePlan(person.nip, part.value, first, first + timedelta(days=length - 1), letter)

    def _past(self, day: date) -> Iterator[Press]:
        # Rain, a market day: a whole city comes some minutes earlier or later.
        shift = timedelta(minutes=random.Random(f"mood {day.isoformat()}").randint(*_MOODS))
        for person in self._city.people:
            if person.nip in self._without_pin or person.since > day or self._rng.random() < 0.05:
                continue
            serial = self._own_terminal(person)
            if serial is None:
                continue
            late = self._rng.random() < 0.045
            come = self._late(day) if late else self._in_time(day)
            moved = come + shift
            if not late and moved.time() < _IN_TIME_UNTIL:
                come = moved
            yield Press(come, serial, person.pin, person.nip)
            yield Press(self._leave(day), serial, person.pin, person.nip)

    def _today(self) -> Iterator[Press]:
        come = [p for p in self._city.people if self._comes(p)]
        by_chance = {person.nip for person in self._some(come, _ELSEWHERE_BY_CHANCE)}
        twice = {person.nip for person in self._some(come, _PRESS_TWICE)}
        same_second = {person.nip for person in self._some(come, _SAME_SECOND)}
        for person in come:
            first, *others = self._presses_of(person, elsewhere=person.nip in by_chance)
            yield first
            yield from others
            if person.nip in twice:
                again = first.at + timedelta(seconds=self._rng.randint(2, 9))
                yield Press(again, first.serial, first.pin, first.nip)
            if person.nip in same_second:
                yield first
        excused = [p for p in self._city.people if self._parts.get(p.nip) is _Part.DUTY_TRAVEL]
        for person in self._some(excused, _EXCUSED_WHO_COME):
            if (serial := self._own_terminal(person)) is not None:
                yield Press(self._in_time(self._day), serial, person.pin, person.nip)
        for number in range(self._scaled(_STRANGERS)):
            yield Press(
                self._in_time(self._day), self._rng.choice(self._readable), f"77700{number:04d}", None
            )

    def _comes(self, person: PersonPlan) -> bool:
        part = self._parts.get(person.nip)
        away = part in _EXCUSED or part is _Part.TRUANT or person.nip in self._without_pin
        return not away and bool(self._city.home_terminals(person.unit_code))

    def _presses_of(self, person: PersonPlan, *, elsewhere: bool) -> list[Press]:
        day, part = self._day, self._parts.get(person.nip)
        come = self._late(day) if part is _Part.LATE else self._in_time(day)
        leave = self._early_leave(day) if part is _Part.LEAVES_EARLY else self._leave(day)
        serial, pin = self._own_terminal(person), person.pin
        if person.nip in self._extra and self._rng.random() < 0.4:
            serial, pin = self._extra[person.nip]
        elif elsewhere:
            serial = self._elsewhere(person) or serial
        if serial is None:
            raise LookupError(f"{person.nip} has no terminal to come to")
        presses = [Press(come, serial, pin, person.nip)]
        # Some forget to press when they leave.
        if self._rng.random() < 0.97:
            presses.append(Press(leave, serial, pin, person.nip))
        return presses

    def _own_terminal(self, person: PersonPlan) -> str | None:
        own = self._city.home_terminals(person.unit_code)
        return self._rng.choice(own) if own else None

    def _in_time(self, day: date) -> datetime:
        """Most come between 07:10 and 07:28; some early birds from 06:20 on; nobody after 07:29."""
        if self._rng.random() < 0.09:
            minute = self._rng.triangular(20, 62, 52)
        else:
            minute = self._rng.gauss(79, 6.5)
            while not 40 <= minute < 90:
                minute = self._rng.gauss(79, 6.5)
        return self._moment(day, 6 * 60 + int(minute))

    def _late(self, day: date) -> datetime:
        """From 07:31 to 09:30, most of them in the first half hour."""
        return self._moment(day, 7 * 60 + 31 + int(min(self._rng.expovariate(1 / 24), 118)))

    def _leave(self, day: date) -> datetime:
        end = 16 * 60 + (30 if day.weekday() == _FRIDAY else 0)
        return self._moment(day, end + int(min(self._rng.expovariate(1 / 9), 150)))

    def _early_leave(self, day: date) -> datetime:
        return self._moment(day, self._rng.randint(14 * 60, 15 * 60 + 50))

    def _moment(self, day: date, minute: int) -> datetime:
        second = self._rng.randint(_FIRST_WORKING_SECOND, _LAST_WORKING_SECOND)
        return datetime.combine(day, time(minute // 60, minute % 60, second))

    def _before_the_cut(self, press: Press) -> Press:
        for window in self._dark:
            if (
                window.serial == press.serial
                and window.start - _QUIET_BEFORE_A_CUT <= press.at < window.start
            ):
                return Press(press.at - 2 * _QUIET_BEFORE_A_CUT, press.serial, press.pin, press.nip)
        return press
