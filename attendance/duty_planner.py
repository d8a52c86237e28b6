"""What is expected of a person on a work date, from the calendar, the units' hours and the shift rosters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from attendance.calendar import SHIFT_HOURS, CalendarKind
from attendance.city_facts import CityFacts
from attendance.duty import Duty, DutyDay, Gathering, NoDuty, OffReason, Spell
from attendance.employment_states import EmploymentStates
from attendance.ids import PersonId, UnitId
from attendance.local_time import bounds, moment
from attendance.people import EmploymentState, Unit
from attendance.roster_spans import RosterSpans
from attendance.rules import DayHours, GatheringRule, RuleBook, Rules, Week
from attendance.shift_roster import ShiftRoster
from attendance.shifts import Shift, ShiftEntry
from attendance.work_calendar import UnitDay, WorkCalendar

_DAY = timedelta(days=1)
_OFF_REASONS = {CalendarKind.HOLIDAY: OffReason.HOLIDAY, CalendarKind.JOINT_LEAVE: OffReason.JOINT_LEAVE}


class DutyPlanner:
    """The duties of everybody. People who have the same to do on a date share one object."""

    def __init__(self, facts: CityFacts, book: RuleBook, zone: tzinfo, rosters: RosterSpans) -> None:
        self._book = book
        self._zone = zone
        self._rosters = rosters
        self._calendar = WorkCalendar(facts.calendar, facts.patterns)
        self._states = EmploymentStates(facts.employments)
        self._shifts = ShiftRoster(facts.shifts, facts.rotations, facts.rotation_periods, facts.shift_entries)
        self.with_shifts = self._shifts.people()
        """For whom any roster or rotation is entered: only their work may pass midnight."""
        self._of_unit: dict[date, dict[UnitId, Duty]] = defaultdict(dict)
        self._regular: dict[tuple[date, str, DayHours, bool, tuple[str, ...]], DutyDay] = {}
        self._of_codes: dict[tuple[date, tuple[str, ...]], Duty] = {}
        self._bridged: dict[tuple[int, bool, bool], DutyDay] = {}
        self._off: dict[tuple[date, OffReason, str, tuple[str, ...]], NoDuty] = {}

    def duty_day(self, person_id: PersonId, day: date) -> Duty:
        """What is expected of the person on the work date `day`."""
        duty = self._alone(person_id, day)
        # Regular windows end with their date, so that only shifts can reach into another work date.
        if person_id not in self.with_shifts or isinstance(duty, NoDuty):
            return duty
        before = self._alone(person_id, day - _DAY)
        after = self._alone(person_id, day + _DAY)
        bridged_before = isinstance(before, DutyDay) and before.spells[-1].closes > duty.spells[0].opens
        bridged_after = isinstance(after, DutyDay) and duty.spells[-1].closes > after.spells[0].opens
        if not bridged_before and not bridged_after:
            return duty
        key = (id(duty), bridged_before, bridged_after)
        found = self._bridged.get(key)
        if found is None:
            found = self._bridged[key] = _bridge_dates(duty, bridged_before, bridged_after)
        return found

    def usual_duty(self, day: date) -> Duty:
        """What is expected of a unit without a pattern, by what the calendar says for the whole city."""
        return self._regular_duty((), day)

    def unit_duty(self, unit_id: UnitId, day: date) -> Duty:
        """What is expected of whoever works by the hours of the unit."""
        return self._regular_duty(self._rosters.on(day).path(unit_id), day)

    def take_entries(self, person_ids: Iterable[PersonId], entries: Iterable[ShiftEntry]) -> None:
        """Put `entries` in the place of all roster entries of these people."""
        self._shifts.take(person_ids, entries)
        self.with_shifts = self._shifts.people()

    def claimed(self, person_id: PersonId, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Windows [opens, closes) of the neighbouring work dates that touch what belongs to `day`."""
        start, end = self.span(person_id, day)[0], self.strays_until(person_id, day)
        return tuple(
            (spell.opens, spell.closes)
            for neighbour in (day - _DAY, day + _DAY)
            if isinstance(duty := self._alone(person_id, neighbour), DutyDay)
            for spell in duty.spells
            if spell.opens < end and spell.closes > start
        )

    def span(self, person_id: PersonId, day: date) -> tuple[datetime, datetime]:
        """[from, to) of the local date and every window of the work date."""
        start, end = bounds(day, self._zone)
        duty = self._alone(person_id, day)
        return (min(start, duty.opens), max(end, duty.closes)) if isinstance(duty, DutyDay) else (start, end)

    def strays_until(self, person_id: PersonId, day: date) -> datetime:
        """Until just before when a punch outside the windows may be one of the work date: to the end of the
        local date, and for some hours after its windows: as long as a shift's stays open after its end.
        """
        end = bounds(day, self._zone)[1]
        duty = self._alone(person_id, day)
        if isinstance(duty, NoDuty):
            return end
        return max(end, duty.spells[-1].closes + self._book.on(day).shift_after)

    def _alone(self, person_id: PersonId, day: date) -> Duty:
        """The duty without regard to the work dates before and after."""
        if person_id in self._states.people:
            employment = self._states.of(person_id, day)
            if employment is not None and (
                not employment.state.serving or employment.state is EmploymentState.SECONDED
            ):
                return self._no_duty(day, OffReason.NOT_SERVING, employment.state.value)
        unit_id = self._rosters.on(day).unit_of(person_id)
        if unit_id is None:
            return self._no_duty(day, OffReason.NOT_SERVING)
        planned = self._shifts.planned(person_id, day) if person_id in self.with_shifts else None
        if planned is None:
            duty = self._of_unit[day].get(unit_id)
            if duty is None:
                duty = self._of_unit[day][unit_id] = self.unit_duty(unit_id, day)
            return duty
        if planned.codes is None:
            return self._no_duty(day, OffReason.UNPLANNED)
        if planned.codes:
            return self._shift_duty(planned.codes, day)
        return self._no_duty(day, OffReason.ON_CALL if planned.on_call else OffReason.SHIFT_OFF)

    def _regular_duty(self, path: Sequence[Unit], day: date) -> Duty:
        rules = self._book.on(day)
        found = self._calendar.day_of(path, day)
        name = found.hours or rules.usual_hours
        hours = rules.hours.get(name)
        if name == SHIFT_HOURS or hours is None:
            return self._no_duty(day, OffReason.UNPLANNED)
        if found.off is not None:
            ceremonies = self._on_day_off(path, day)
            return self._no_duty(day, _OFF_REASONS[found.off.kind], found.off.name, ceremonies)
        ramadan = found.ramadan and hours.ramadan is not None
        work = _work_on(hours.ramadan if ramadan and hours.ramadan else hours.week, found, day)
        if work is None:
            return self._no_duty(day, OffReason.WEEKLY, gatherings=self._on_day_off(path, day))
        gatherings = tuple(rule for rule in rules.gatherings if _is_for(rule, path, day))
        key = (day, name, work, ramadan, tuple(rule.code for rule in gatherings))
        duty = self._regular.get(key)
        if duty is None:
            duty = self._regular[key] = DutyDay(
                day=day,
                spells=(self._regular_spell(work, rules, day),),
                figures=rules.figures,
                pack=rules.id,
                hours=name,
                ramadan=ramadan,
                gatherings=tuple(self._gathering(rule, day) for rule in gatherings),
            )
        return duty

    def _on_day_off(self, path: Sequence[Unit], day: date) -> tuple[GatheringRule, ...]:
        rules = self._book.on(day).gatherings
        return tuple(rule for rule in rules if rule.on_days_off and _is_for(rule, path, day))

    def _regular_spell(self, work: DayHours, rules: Rules, day: date) -> Spell:
        return Spell(
            start=moment(day, work.start, self._zone),
            end=moment(day, work.end, self._zone),
            opens=moment(day, min(rules.opens, work.start), self._zone),
            closes=moment(day, max(rules.closes, work.end), self._zone),
        )

    def _gathering(self, rule: GatheringRule, day: date) -> Gathering:
        starts, opens, closes = (
            moment(day, clock, self._zone) for clock in (rule.starts, rule.opens, rule.closes)
        )
        return Gathering(rule.code, rule.name, starts, opens, closes)

    def _shift_duty(self, codes: tuple[str, ...], day: date) -> Duty:
        key = (day, codes)
        duty = self._of_codes.get(key)
        if duty is None:
            duty = self._of_codes[key] = self._shift_day(codes, day)
        return duty

    def _shift_day(self, codes: tuple[str, ...], day: date) -> Duty:
        rules = self._book.on(day)
        shifts = [self._shifts.shift(code, day) for code in codes]
        known = [shift for shift in shifts if shift is not None]
        if len(known) < len(shifts):
            return self._no_duty(day, OffReason.UNPLANNED)
        spells = _join(self._shift_spell(shift, rules, day) for shift in known)
        return DutyDay(
            day=day,
            spells=_bridge(spells),
            figures=rules.figures,
            pack=rules.id,
            hours=SHIFT_HOURS,
        )

    def _shift_spell(self, shift: Shift, rules: Rules, day: date) -> Spell:
        last = day if shift.ends > shift.starts else day + _DAY
        start, end = moment(day, shift.starts, self._zone), moment(last, shift.ends, self._zone)
        return Spell(start, end, start - rules.shift_before, end + rules.shift_after, shift.code)

    def _no_duty(
        self, day: date, reason: OffReason, name: str = "", gatherings: Sequence[GatheringRule] = ()
    ) -> NoDuty:
        key = (day, reason, name, tuple(rule.code for rule in gatherings))
        found = self._off.get(key)
        if found is None:
            held = tuple(self._gathering(rule, day) for rule in gatherings)
            found = self._off[key] = NoDuty(day, reason, self._book.on(day).id, name, held)
        return found


def _work_on(week: Week, found: UnitDay, day: date) -> DayHours | None:
    """The hours of the date; on a day off that must be worked all the same, those of the first workday."""
    work = week[day.weekday()]
    if work is None and found.ordered:
        return next((hours for hours in week if hours is not None), None)
    return work


def _is_for(rule: GatheringRule, path: Sequence[Unit], day: date) -> bool:
    if day.weekday() not in rule.weekdays and day not in rule.dates:
        return False
    if rule.unit_codes and not any(unit.code in rule.unit_codes for unit in path):
        return False
    office = next((unit for unit in path if unit.office), None)
    return not rule.unit_kinds or (office is not None and office.kind in rule.unit_kinds)


def _join(spells: Iterable[Spell]) -> list[Spell]:
    """In order of time; spells that touch or overlap become one."""
    joined: list[Spell] = []
    for spell in sorted(spells, key=lambda spell: (spell.start, spell.end)):
        if not joined or spell.start > joined[-1].end:
            joined.append(spell)
            continue
        first = joined[-1]
        joined[-1] = replace(
            first,
            end=max(first.end, spell.end),
            closes=max(first.closes, spell.closes),
            shift=first.shift if spell.shift == first.shift else f"{first.shift}+{spell.shift}",
        )
    return joined


def _bridge(spells: Sequence[Spell]) -> tuple[Spell, ...]:
    """Say of each spell whether its window overlaps that of the one before or after it."""
    overlaps = [earlier.closes > later.opens for earlier, later in pairwise(spells)]
    return tuple(
        replace(spell, bridged_before=before, bridged_after=after)
        for spell, before, after in zip(spells, [False, *overlaps], [*overlaps, False], strict=True)
    )


def _bridge_dates(duty: DutyDay, before: bool, after: bool) -> DutyDay:
    spells = list(duty.spells)
    spells[0] = replace(spells[0], bridged_before=before)
    spells[-1] = replace(spells[-1], bridged_after=after)
    return replace(duty, spells=tuple(spells))
