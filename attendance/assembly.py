"""All facts about one person's work date, put together from the city's facts, the marks and the horizons."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from attendance.city_facts import CityFacts, PeopleFacts
from attendance.corrections import Correction, CorrectionKind, in_force
from attendance.duty import Duty, NoDuty
from attendance.duty_planner import DutyPlanner
from attendance.employment_states import EmploymentStates
from attendance.excuse_spans import spans_of, study_span
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay
from attendance.ids import PersonId, Pin, TerminalId, UnitId
from attendance.local_time import bounds
from attendance.people import EmploymentState, Excuse, Outage, SiteOutage
from attendance.reach import Reaches
from attendance.required import required
from attendance.roster import RosterIndex
from attendance.roster_spans import RosterSpans
from attendance.rules import RuleBook

_DAY = timedelta(days=1)


class Assembler:
    """Puts together what the judgement of a person's work date needs. To be used from one thread at a time.

    It remembers what people and days have in common, so keep it for as long as the facts hold.
    """

    def __init__(self, facts: CityFacts, book: RuleBook, zone: tzinfo) -> None:
        """`zone` is the city's. Raises `ValueError` for facts without a roster."""
        self.facts = facts
        """With the outages as `take_outages` renewed them; what `take_people` replaced is still in them."""
        self.book = book
        self.zone = zone
        self._rosters = RosterSpans(facts.rosters)
        self._planner = DutyPlanner(facts, book, zone, self._rosters)
        self._states = EmploymentStates(facts.employments)
        self._studying = {
            employment.person_id
            for employment in facts.employments
            if employment.state is EmploymentState.STUDY
        }
        self._excuses: dict[PersonId, list[Excuse]] = defaultdict(list)
        self._corrections: dict[PersonId, dict[date, list[Correction]]] = {}
        self._enter(facts.excuses, facts.corrections)
        self._reaches: dict[tuple[RosterIndex, RosterIndex], Reaches] = {}
        self._dates: dict[date, _Date] = {}
        self._people: dict[date, tuple[PersonId, ...]] = {}

    def index(self, day: date) -> RosterIndex:
        """The roster of `day`, a date in the city's time zone."""
        return self._rosters.on(day)

    def people(self, day: date) -> Sequence[PersonId]:
        """Who stands on the roster on `day`, in its order; nobody who had left the service by then."""
        found = self._people.get(day)
        if found is None:
            gone = {person_id for person_id in self._states.people if not self._serves(person_id, day)}
            on_roster = self._rosters.on(day).people
            found = self._people[day] = tuple(each for each in on_roster if each not in gone)
        return found

    def duty_day(self, person_id: PersonId, day: date) -> Duty:
        """What is expected of the person on the work date `day`."""
        return self._planner.duty_day(person_id, day)

    def past_midnight(self, person_id: PersonId, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """When work of the work date `day` goes on by the plan after the local date has ended: [from, to),
        aware, UTC, in order of time, without what excuses take of it. Nothing but shifts goes on so long.
        """
        if person_id not in self._planner.with_shifts:
            return ()
        duty, midnight = self._planner.duty_day(person_id, day), bounds(day, self.zone)[1]
        if isinstance(duty, NoDuty) or duty.spells[-1].end <= midnight:
            return ()
        last = duty.spells[-1]
        since, left = max(midnight, last.start), []
        for begins, ends in required(last, self._spans(person_id, duty), duty.figures).excused:
            if begins > since:
                left.append((since, begins))
            since = max(since, ends)
        return (*left, (since, last.end)) if since < last.end else tuple(left)

    def usual_duty(self, day: date) -> Duty:
        """What is expected on `day` of whoever works by the usual hours, whichever the unit."""
        return self._planner.usual_duty(day)

    def unit_duty(self, unit_id: UnitId, day: date) -> Duty:
        """What is expected on `day` of whoever works by the unit's hours."""
        return self._planner.unit_duty(unit_id, day)

    def owner(self, terminal_id: TerminalId, pin: Pin, at: datetime) -> PersonId | None:
        """Whose punch it is, by the roster of the city's date at `at` (aware); None: nobody's for sure.

        Where nobody has the PIN on that date, a punch in the window of a shift that began the day before, or
        that begins on the next, is still that person's: the last night of somebody who leaves ends on a date
        that no longer knows the finger, and a first shift from midnight on opens on one that does not yet.
        """
        day = at.astimezone(self.zone).date()
        index = self._rosters.on(day)
        found = index.person_by_pin(terminal_id, pin)
        if found is not None or index.pin_in_use(terminal_id, pin):
            return found
        for neighbour in (day - _DAY, day + _DAY):
            person_id = self._rosters.on(neighbour).person_by_pin(terminal_id, pin)
            if person_id is not None and person_id in self._planner.with_shifts:
                start, end = self._planner.span(person_id, neighbour)
                if start <= at < end:
                    return person_id
        return None

    def span(self, person_id: PersonId, day: date) -> tuple[datetime, datetime]:
        """[from, to) of the moments whose marks `person_day` wants: the local date, every window, and some
        hours after one that closes late.
        """
        if person_id not in self._planner.with_shifts:
            return _plain_span(self._planner.duty_day(person_id, day), self._date(day))
        return self._planner.span(person_id, day)[0], self._planner.strays_until(person_id, day)

    def person_day(
        self,
        person_id: PersonId,
        day: date,
        marks: Sequence[Mark],
        horizons: Mapping[TerminalId, Horizon],
        city_read: datetime | None = None,
    ) -> PersonDay:
        """The facts of the person's work date.

        `marks`: at least those within `span`, in any order; others are left out. `horizons`: of all
        terminals, with their outages; one that is missing was never read. `city_read`: as in `Reach`.
        """
        duty = self._planner.duty_day(person_id, day)
        has_shifts = person_id in self._planner.with_shifts
        of_date = self._date(day)
        local = of_date.local
        start, end = self.span(person_id, day) if has_shifts else _plain_span(duty, of_date)
        for mark in marks:
            if not start <= mark.at < end:
                marks = [mark for mark in marks if start <= mark.at < end]
                break
        excuses: tuple[ExcuseSpan, ...] = ()
        acting: list[UnitId] = []
        if person_id in self._excuses or person_id in self._studying:
            excuses = self._spans(person_id, duty)
            acting = self._acting(person_id, day)
        corrections: tuple[Correction, ...] = ()
        if person_id in self._corrections:
            corrections = self._in_force(person_id, day, marks)
        return PersonDay(
            person_id,
            duty,
            of_date.reaches.of(person_id, duty, local[0], acting, horizons, city_read=city_read),
            marks,
            excuses,
            corrections,
            self._planner.claimed(person_id, day) if has_shifts else (),
            (local[0], end),
        )

    def take_people(self, people: PeopleFacts) -> None:
        """Replace what operators change about some people every day."""
        for person_id in people.person_ids:
            self._excuses.pop(person_id, None)
            self._corrections.pop(person_id, None)
        self._enter(people.excuses, people.corrections)
        self._planner.take_entries(people.person_ids, people.shift_entries)

    def take_outages(self, outages: Sequence[Outage], site_outages: Sequence[SiteOutage]) -> None:
        """Replace all outages."""
        if tuple(site_outages) != self.facts.site_outages:
            self._reaches.clear()
            self._dates.clear()
        self.facts = replace(self.facts, outages=tuple(outages), site_outages=tuple(site_outages))

    def _enter(self, excuses: Sequence[Excuse], corrections: Sequence[Correction]) -> None:
        for excuse in excuses:
            self._excuses[excuse.person_id].append(excuse)
        entered: dict[PersonId, list[Correction]] = defaultdict(list)
        for correction in corrections:
            entered[correction.person_id].append(correction)
        for person_id, of_person in entered.items():
            by_day: dict[date, list[Correction]] = defaultdict(list)
            for correction in in_force(of_person):
                by_day[correction.day].append(correction)
            if by_day:
                self._corrections[person_id] = by_day

    def _serves(self, person_id: PersonId, day: date) -> bool:
        employment = self._states.of(person_id, day)
        return employment is None or employment.state.serving

    def _spans(self, person_id: PersonId, duty: Duty) -> tuple[ExcuseSpan, ...]:
        order = self.book.on(duty.day).excuse_order
        spans = spans_of(self._excuses.get(person_id, ()), duty, self.zone, order)
        employment = self._states.of(person_id, duty.day)
        if employment is not None and employment.state is EmploymentState.STUDY:
            return (study_span(employment.reference), *spans)
        return spans

    def _acting(self, person_id: PersonId, day: date) -> list[UnitId]:
        return [
            excuse.place
            for excuse in self._excuses.get(person_id, ())
            if excuse.place is not None and excuse.first_day <= day <= excuse.last_day
        ]

    def _in_force(self, person_id: PersonId, day: date, marks: Sequence[Mark]) -> tuple[Correction, ...]:
        """The corrections of the date; and those of the dates beside it that void one of the marks: a finger
        that was somebody else's counts for no shift.
        """
        by_day = self._corrections[person_id]
        found = list(by_day.get(day, ()))
        punches = {mark.punch_id for mark in marks}
        for neighbour in (day - _DAY, day + _DAY):
            found += [
                correction
                for correction in by_day.get(neighbour, ())
                if correction.kind is CorrectionKind.VOID and correction.punch_id in punches
            ]
        return tuple(sorted(found, key=lambda correction: correction.id))

    def _date(self, day: date) -> _Date:
        found = self._dates.get(day)
        if found is None:
            rosters = self._rosters.on(day), self._rosters.on(day - _DAY)
            if rosters not in self._reaches:
                self._reaches[rosters] = Reaches(*rosters, self.facts.site_outages)
            after = self.book.on(day).shift_after
            found = self._dates[day] = _Date(bounds(day, self.zone), self._reaches[rosters], after)
        return found


class _Date(NamedTuple):
    """What a date is for everybody."""

    local: tuple[datetime, datetime]
    reaches: Reaches
    after: timedelta
    """For so long after its windows a punch may be one of the date."""


def _plain_span(duty: Duty, of_date: _Date) -> tuple[datetime, datetime]:
    """As `Assembler.span`, of somebody without shifts: regular windows begin within their date."""
    start, end = of_date.local
    return (start, end) if isinstance(duty, NoDuty) else (start, max(end, duty.closes + of_date.after))


def within(marks: Sequence[Mark], start: datetime, end: datetime) -> Sequence[Mark]:
    """Those of `marks`, sorted, that lie in [start, end)."""
    # A shorter tuple sorts before every mark of its moment, so that no key has to be taken from each mark.
    return marks[bisect_left(marks, (start,)) : bisect_left(marks, (end,))]
