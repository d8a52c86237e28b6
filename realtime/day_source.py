"""From the store to what judges its days: the facts of a span of dates, with computed holidays filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attendance.assembly import Assembler
from attendance.calendar import CalendarEntry
from attendance.city_facts import CityFacts, RosterSpan
from attendance.duty import Duty
from attendance.ids import PersonId, TerminalId
from attendance.people import Outage, OutageCause
from attendance.roster import Roster
from attendance.rules import RuleBook
from realtime.city_calendar import whole_years, with_computed
from store import Store

_DAY = timedelta(days=1)

_Logs = Mapping[TerminalId, tuple[date, bool]]
"""Terminals registered later than a day: the first date that each may know of, and whether only in part."""


class DaySource:
    """Where days to judge come from. Raises `StoreUnavailable`."""

    def __init__(self, store: Store, book: RuleBook, zone: tzinfo) -> None:
        self._store = store
        self.book = book
        self.zone = zone

    def load(self, first: date, last: date) -> Assembler:
        """Everything about the city's dates `first` through `last`, but punches and health."""
        facts = self._store.day_facts.load(first, last)
        calendar = self._calendar(first, last)
        logs = self._logs(first)
        if logs:
            outages = (*facts.outages, *self._halves(logs))
            facts = replace(facts, rosters=self._as_they_hung(facts.rosters, logs), outages=outages)
        return Assembler(replace(facts, calendar=calendar), self.book, self.zone)

    def usual_duties(self, first: date, last: date) -> Mapping[date, Duty]:
        """What is expected on each date `first` through `last` of whoever works by the city's usual hours."""
        nobody = RosterSpan(first - _DAY, last + _DAY, Roster(first - _DAY, (), (), (), (), ()))
        facts = CityFacts(first, last, (nobody,), calendar=self._calendar(first, last))
        assembler = Assembler(facts, self.book, self.zone)
        days = (first + _DAY * number for number in range((last - first).days + 1))
        return {day: assembler.usual_duty(day) for day in days}

    def reload_people(self, assembler: Assembler, people: Collection[PersonId]) -> None:
        """Read again what operators change about these people every day."""
        span = assembler.facts.first, assembler.facts.last
        assembler.take_people(self._store.day_facts.of_people(*span, people))

    def reload_outages(self, assembler: Assembler) -> None:
        """Read the outages of terminals and sites again. What has not changed costs the assembler nothing."""
        known = assembler.facts
        declared, site_outages = self._store.day_facts.outages(known.first, known.last)
        outages = (*declared, *self._halves(self._logs(known.first)))
        if (outages, site_outages) != (known.outages, known.site_outages):
            assembler.take_outages(outages, site_outages)

    def _calendar(self, first: date, last: date) -> tuple[CalendarEntry, ...]:
        before, after = first - _DAY, last + _DAY
        # Whether a year is known by decree, its other entries tell.
        entries = self._store.calendars.entries_between(*whole_years(before, after))
        return with_computed(entries, before, after)

    def _as_they_hung(self, spans: Sequence[RosterSpan], logs: _Logs) -> tuple[RosterSpan, ...]:
        """Without the terminals that were not there yet: reading such a one to its end tells nothing about
        days that its log does not hold, and nobody is to be accused of those by `presensi recompute`.
        """
        pieces: list[RosterSpan] = []
        for span in spans:
            begins = {day for day, _ in logs.values() if span.first < day <= span.last}
            firsts = sorted({span.first, *begins})
            for first, following in zip(firsts, [*firsts[1:], span.last + _DAY], strict=True):
                there = [
                    one for one in span.roster.terminals if one.id not in logs or logs[one.id][0] <= first
                ]
                roster = replace(span.roster, day=first, terminals=tuple(there))
                pieces.append(RosterSpan(first, following - _DAY, roster))
        return tuple(pieces)

    def _halves(self, logs: _Logs) -> tuple[Outage, ...]:
        """The date of a log's first record, in the middle of which the log may begin."""
        return tuple(
            Outage(number, OutageCause.LOG_LOST, self._midnight(day), self._midnight(day + _DAY), "")
            for number, (day, half) in sorted(logs.items())
            if half
        )

    def _logs(self, first: date) -> _Logs:
        found = self._store.terminals.logs_begin(self._midnight(first + _DAY))
        return {number: self._log(*moments) for number, moments in found.items()}

    def _log(self, registered: datetime, punched: datetime | None) -> tuple[date, bool]:
        since = registered.astimezone(self.zone).date()
        recorded = since if punched is None else punched.astimezone(self.zone).date()
        return min(since, recorded), recorded < since

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
