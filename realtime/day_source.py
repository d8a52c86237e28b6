"""From the store to what judges its days: the facts of a span of dates, with computed holidays filled in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attendance.assembly import Assembler
from attendance.ids import PersonId
from attendance.people import Outage, OutageCause
from attendance.rules import RuleBook
from realtime.city_calendar import whole_years, with_computed
from store import Store

LONG_AGO = datetime(1945, 8, 17, tzinfo=UTC)
_DAY = timedelta(days=1)


class DaySource:
    """Where days to judge come from. Raises `StoreUnavailable`."""

    def __init__(self, store: Store, book: RuleBook, zone: tzinfo) -> None:
        self._store = store
        self.book = book
        self.zone = zone

    def load(self, first: date, last: date) -> Assembler:
        """Everything about the city's dates `first` through `last`, but punches and health."""
        facts = self._store.day_facts.load(first, last)
        before, after = first - timedelta(days=1), last + timedelta(days=1)
        # Whether a year is known by decree, its other entries tell.
        entries = self._store.calendars.entries_between(*whole_years(before, after))
        calendar = with_computed(entries, before, after)
        outages = (*facts.outages, *self._without_log(first))
        return Assembler(replace(facts, calendar=calendar, outages=outages), self.book, self.zone)

    def reload_people(self, assembler: Assembler, people: Collection[PersonId]) -> None:
        """Read again what operators change about these people every day."""
        span = assembler.facts.first, assembler.facts.last
        assembler.take_people(self._store.day_facts.of_people(*span, people))

    def reload_outages(self, assembler: Assembler) -> None:
        """Read the outages of terminals and sites again. What has not changed costs the assembler nothing."""
        known = assembler.facts
        declared, site_outages = self._store.day_facts.outages(known.first, known.last)
        outages = (*declared, *self._without_log(known.first))
        if (outages, site_outages) != (known.outages, known.site_outages):
            assembler.take_outages(outages, site_outages)

    def _without_log(self, first: date) -> tuple[Outage, ...]:
        """The past before a terminal was there is an outage of it: reading it to its end tells nothing about
        days that its log does not hold. Nobody is to be accused of those by `presensi recompute`.

        It holds the dates from its registration on, and those after its first punch: the log may begin in the
        middle of that date.
        """
        found = self._store.terminals.logs_begin(self._midnight(first + _DAY))
        return tuple(
            Outage(terminal_id, OutageCause.LOG_LOST, LONG_AGO, begins, "")
            for terminal_id, (registered, punched) in sorted(found.items())
            if (begins := self._log_begins(registered, punched)) > self._midnight(first - _DAY)
        )

    def _log_begins(self, registered: datetime, punched: datetime | None) -> datetime:
        begins = self._midnight(registered.astimezone(self.zone).date())
        if punched is None:
            return begins
        return min(begins, self._midnight(punched.astimezone(self.zone).date() + _DAY))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
