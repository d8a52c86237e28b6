"""Everything that days are judged by, apart from the punches and the terminals' health."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from attendance.city_facts import CityFacts, PeopleFacts
from attendance.ids import PersonId
from attendance.people import Outage, SiteOutage
from store.calendars import CalendarTable
from store.corrections import CorrectionTable
from store.database import Database
from store.day_tables import employments
from store.employments import employment_from
from store.facts import FactTable
from store.roster import roster_spans
from store.shifts import ShiftTable
from store.spans import touches

_DAY = timedelta(days=1)


class DayFactsTable:
    """Not one snapshot: a change while it reads may be seen in part. Whoever took a feed's position before
    reading learns of that change and reads again. Raises `StoreUnavailable`.
    """

    def __init__(
        self,
        database: Database,
        *,
        facts: FactTable,
        calendars: CalendarTable,
        shifts: ShiftTable,
        corrections: CorrectionTable,
    ) -> None:
        self._database = database
        self._facts = facts
        self._calendars = calendars
        self._shifts = shifts
        self._corrections = corrections

    def load(self, first: date, last: date) -> CityFacts:
        """The facts of every date from `first` through `last` in the city's time zone, and of the day before
        and after.
        """
        before, after = first - _DAY, last + _DAY
        states = touches(employments.c.valid_from, employments.c.valid_to, before, after)
        with self._database.read() as connection:
            rosters = roster_spans(connection, before, after)
            query = select(employments).where(states).order_by(employments.c.id)
            employed = tuple(employment_from(row) for row in connection.execute(query).mappings())
        people = self._of(before, after, None)
        outages, site_outages = self.outages(first, last)
        return CityFacts(
            first=first,
            last=last,
            rosters=rosters,
            calendar=tuple(self._calendars.entries_between(before - _DAY, after + _DAY)),
            patterns=tuple(self._calendars.patterns()),
            shifts=tuple(self._shifts.shifts()),
            rotations=tuple(self._shifts.rotations()),
            rotation_periods=tuple(self._shifts.periods()),
            shift_entries=people.shift_entries,
            employments=employed,
            excuses=people.excuses,
            corrections=people.corrections,
            outages=outages,
            site_outages=site_outages,
        )

    def of_people(self, first: date, last: date, person_ids: Collection[PersonId]) -> PeopleFacts:
        """What operators change about these people every day, over the same days as `load`."""
        return self._of(first - _DAY, last + _DAY, person_ids)

    def outages(self, first: date, last: date) -> tuple[tuple[Outage, ...], tuple[SiteOutage, ...]]:
        """The outages of terminals and of sites that touch the same days as `load`."""
        # A day more on either side: the city's midnight is not that of UTC.
        start, end = _midnight(first - 2 * _DAY), _midnight(last + 3 * _DAY)
        return (
            tuple(self._facts.outages_between(start, end)),
            tuple(self._facts.site_outages_between(start, end)),
        )

    def _of(self, first: date, last: date, person_ids: Collection[PersonId] | None) -> PeopleFacts:
        return PeopleFacts(
            person_ids=frozenset(person_ids or ()),
            excuses=tuple(self._facts.excuses_between(first, last, person_ids)),
            corrections=tuple(self._corrections.between(first, last, person_ids)),
            shift_entries=tuple(self._shifts.entries_between(first, last, person_ids)),
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
