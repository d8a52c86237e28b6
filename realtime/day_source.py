"""From the store to what judges its days: the facts of a span of dates, with computed holidays filled in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta, tzinfo

from attendance.assembly import Assembler
from attendance.ids import PersonId
from attendance.rules import RuleBook
from realtime.city_calendar import whole_years, with_computed
from store import Store


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
        return Assembler(replace(facts, calendar=calendar), self.book, self.zone)

    def reload_people(self, assembler: Assembler, people: Collection[PersonId]) -> None:
        """Read again what operators change about these people every day."""
        span = assembler.facts.first, assembler.facts.last
        assembler.take_people(self._store.day_facts.of_people(*span, people))

    def reload_outages(self, assembler: Assembler) -> None:
        """Read the outages of terminals and sites again. What has not changed costs the assembler nothing."""
        known = assembler.facts
        outages, site_outages = self._store.day_facts.outages(known.first, known.last)
        if (outages, site_outages) != (known.outages, known.site_outages):
            assembler.take_outages(outages, site_outages)
