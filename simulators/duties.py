"""What is expected of each person on a day: by the shift roster, or by the unit's hours and the calendar.

Written from the rules and not from the product's code. Moments are city time, naive and local.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from simulators.city.plan import City, PersonPlan
from simulators.dated_facts import HOURS, SHIFTS, DatedFacts, PatternPlan
from simulators.truth import WINDOW_CLOSES, WINDOW_OPENS, TruthWork, usual_work

SHIFT_BEFORE, SHIFT_AFTER = timedelta(hours=1), timedelta(hours=3)
"""How long before a shift and after it punches count: the default of Jakarta's circular e-0059/2023."""


class Duties:
    """The duties of one day."""

    def __init__(self, city: City, facts: DatedFacts, day: date) -> None:
        self._city = city
        self._day = day
        self._patterns = {it.unit_code: it for it in facts.patterns if it.valid_from <= day}
        self._shifts = {it.code: it for it in facts.shifts}
        self._roster = {it.nip: it.code for it in facts.roster if it.day == day}
        self._holiday = any(it.first_day <= day <= it.last_day for it in facts.calendar)

    def of(self, person: PersonPlan) -> TruthWork | None:
        """What the person is to do; None on a free day. Raises `KeyError` where the roster has a gap."""
        pattern = self._pattern(person)
        if pattern is not None and pattern.hours == SHIFTS:
            return self._shift(self._roster[person.nip])
        if self._holiday and not (pattern and pattern.works_holidays):
            return None
        if pattern is None:
            return usual_work(self._day)
        hours = HOURS[pattern.hours][self._day.weekday()]
        if hours is None:
            return None
        starts, ends = hours
        return TruthWork(*(self._at(clock) for clock in (starts, ends, WINDOW_OPENS, WINDOW_CLOSES)))

    def _pattern(self, person: PersonPlan) -> PatternPlan | None:
        """That of the nearest unit upwards."""
        units = self._city.upwards(person.unit_code)
        return next((self._patterns[unit.code] for unit in units if unit.code in self._patterns), None)

    def _shift(self, code: str) -> TruthWork | None:
        if not code:
            return None
        shift = self._shifts[code]
        starts, ends = self._at(shift.starts), self._at(shift.ends)
        if ends <= starts:
            ends += timedelta(days=1)
        return TruthWork(starts, ends, starts - SHIFT_BEFORE, ends + SHIFT_AFTER)

    def _at(self, clock: time) -> datetime:
        return datetime.combine(self._day, clock)
