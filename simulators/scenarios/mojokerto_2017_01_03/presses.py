"""Every finger pressed from the evening of 2 January to the morning of the 4th."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from simulators.city.plan import PersonPlan
from simulators.day_plan import EnrollmentPlan, Press
from simulators.scenarios.mojokerto_2017_01_03 import shift_work, sites
from simulators.scenarios.mojokerto_2017_01_03.causes import Causes, Fate
from simulators.scenarios.mojokerto_2017_01_03.population import DAY

_AWAY = frozenset(
    {
        Fate.MOVED,
        Fate.RETIRED,
        Fate.DECEASED,
        Fate.ON_LEAVE,
        Fate.NO_TERMINAL,
        Fate.NEVER_ENROLLED,
        Fate.ABSENT,
    }
)
"""Nobody of them presses."""
_FIRST_SECOND, _LAST_SECOND = 5, 54
"""No press nearer to a full minute: a terminal's whole seconds must not change the minutes."""
_QUIET_BEFORE_A_CUT = timedelta(minutes=5)
"""Nobody presses so shortly before a line is cut that a fast city clock leaves no time to send it."""
_FORGET_TO_LEAVE = 0.03
_PRESS_TWICE = 0.04
_STRANGERS = 6
_SIX_DAY_END, _FIVE_DAY_END = time(14, 30), time(16)
_SPAN = {
    "P": (time(6, 20), time(6, 58)),
    "S": (time(13, 5), time(13, 58)),
    "M": (time(20, 20), time(20, 58)),
    "PP": (time(7, 6), time(7, 29)),
    "PS": (time(12, 10), time(12, 58)),
}
"""When those come who come in time."""
_LATE_SPAN = {
    "P": (time(7, 32), time(8, 10)),
    "S": (time(14, 2), time(14, 50)),
    "M": (time(21, 3), time(21, 40)),
    "PP": (time(8, 3), time(8, 40)),
    "PS": (time(13, 4), time(13, 40)),
}
_NIGHT = "M"
_TOMORROW = DAY + timedelta(days=1)


def presses_of(causes: Causes, enrollments: Sequence[EnrollmentPlan], seed: int) -> tuple[Press, ...]:
    """All presses, in order."""
    return tuple(sorted(_Day(causes, enrollments, seed).presses()))


class _Day:
    def __init__(self, causes: Causes, enrollments: Sequence[EnrollmentPlan], seed: int) -> None:
        self._causes = causes
        self._rng = random.Random(f"mojokerto presses {seed}")
        self._doors: dict[str, list[EnrollmentPlan]] = {}
        for enrollment in enrollments:
            self._doors.setdefault(enrollment.nip, []).append(enrollment)
        self._dark = sites.dark_windows(causes.city)
        self._six_days = {
            person.nip
            for person in causes.city.people
            if (office := causes.city.office_of(person.unit_code)) is not None
            and office.kind in {"school", "hospital", "health_centre"}
        }

    def presses(self) -> Iterator[Press]:
        for person in self._causes.city.people:
            if self._causes.of(person) in _AWAY:
                continue
            code = self._causes.shift.get(person.nip)
            found = self._by_day(person) if code is None else self._in_shift(person, code)
            yield from (self._before_a_cut(press) for press in found)
        lit = sorted(
            {terminal.serial for terminal in self._causes.city.terminals} - {it.serial for it in self._dark}
        )
        for number in range(_STRANGERS):
            yield Press(self._between(time(7), time(7, 28)), self._rng.choice(lit), f"77700{number}", None)

    def _by_day(self, person: PersonPlan) -> Iterator[Press]:
        fate = self._causes.of(person)
        enrolled = self._doors[person.nip]
        if fate in (Fate.ENROLLED_MORNING, Fate.ENROLLED_AFTERNOON):
            door = enrolled[-1]
            assert door.effective_at is not None
            come = door.effective_at + timedelta(seconds=self._second())
        else:
            door = enrolled[0] if fate is Fate.SEEN_ELSEWHERE else self._rng.choice(enrolled)
            come = self._coming(person, fate)
        yield self._press(come, door)
        if fate is Fate.SEEN_ELSEWHERE:
            yield self._press(self._between(time(9, 5), time(10, 30)), enrolled[-1])
        if self._rng.random() < _PRESS_TWICE:
            yield self._press(come + timedelta(seconds=self._rng.randint(2, 5)), door)
        # Without it the press at the Setda would be the leaving.
        if fate is Fate.SEEN_ELSEWHERE or self._stays_to_press():
            yield self._press(self._leaving(person, fate), door)

    def _coming(self, person: PersonPlan, fate: Fate) -> datetime:
        if fate is Fate.LATE:
            return self._minute(7, 31 + int(min(self._rng.expovariate(1 / 24), 118)))
        if person.unit_code in sites.POWERLESS:
            return self._between(time(9, 11), time(9, 29))
        if person.unit_code in sites.DARK_SITES:
            return self._between(time(7, 2), time(7, 28))
        return self._minute(6, int(min(89.0, max(40.0, self._rng.gauss(76, 8)))))

    def _leaving(self, person: PersonPlan, fate: Fate) -> datetime:
        end = _SIX_DAY_END if person.nip in self._six_days else _FIVE_DAY_END
        if fate is Fate.LEAVES_EARLY:
            return self._minute(end.hour, end.minute - self._rng.randint(20, 70))
        return self._minute(end.hour, end.minute + int(min(self._rng.expovariate(1 / 9), 120)))

    def _in_shift(self, person: PersonPlan, code: str) -> Iterator[Press]:
        door = self._rng.choice(self._doors[person.nip])
        fate = self._causes.of(person)
        if code == shift_work.FREE:
            yield self._press(self._between(*_SPAN[_NIGHT], DAY - timedelta(days=1)), door)
            yield self._press(self._between(time(7, 3), time(7, 29)), door)
            return
        match fate:
            case Fate.LATE:
                come = self._between(*_LATE_SPAN[code])
            case Fate.OVERLOOKED:
                come = self._between(time(7, 2), time(7, 28))
            case Fate.SHIFT_FROM_EIGHT:
                come = self._between(time(7, 32), time(7, 57))
            case _:
                come = self._between(*_SPAN[code])
        yield self._press(come, door)
        if self._stays_to_press():
            end = next(plan.ends for plan in shift_work.SHIFT_PLANS if plan.code == code)
            day = _TOMORROW if code == _NIGHT else DAY
            yield self._press(self._minute(end.hour, end.minute + self._rng.randint(1, 35), day), door)

    def _stays_to_press(self) -> bool:
        return self._rng.random() >= _FORGET_TO_LEAVE

    def _press(self, at: datetime, door: EnrollmentPlan) -> Press:
        assert door.serial is not None
        return Press(at, door.serial, door.pin, door.nip)

    def _between(self, first: time, last: time, day: date = DAY) -> datetime:
        """Some minute from `first` through `last`."""
        minute = self._rng.randint(first.hour * 60 + first.minute, last.hour * 60 + last.minute)
        return self._minute(0, minute, day)

    def _minute(self, hour: int, minute: int, day: date = DAY) -> datetime:
        return datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute, seconds=self._second())

    def _second(self) -> int:
        return self._rng.randint(_FIRST_SECOND, _LAST_SECOND)

    def _before_a_cut(self, press: Press) -> Press:
        """The same press, or ten minutes earlier when its line is about to be cut."""
        for window in self._dark:
            if (
                window.serial == press.serial
                and window.start - _QUIET_BEFORE_A_CUT <= press.at < window.start
            ):
                return Press(press.at - 2 * _QUIET_BEFORE_A_CUT, press.serial, press.pin, press.nip)
        return press
