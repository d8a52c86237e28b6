"""Judges whole work dates from what the store holds: facts, punches and horizons together.

The same road as the live board's, without keeping anything: the assembly of facts, then `judge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from attendance.assembly import Assembler, within
from attendance.city_read import city_read
from attendance.facts import Horizon, Mark, PersonDay
from attendance.ids import PersonId, TerminalId
from attendance.input_hash import input_hash
from attendance.judgement import judge
from attendance.people import Outage
from attendance.terminal import TerminalHealth
from realtime.day_board import punches_of
from realtime.day_source import DaySource
from store import Store
from store.punches import StoredPunch
from store.results import Judged


class Verdict(NamedTuple):
    """A result, and the facts that it was judged by."""

    judged: Judged
    facts: PersonDay


def verdict(facts: PersonDay, now: datetime, freshness: timedelta) -> Verdict:
    """Judge one person's day as known at `now` (aware)."""
    return Verdict(Judged(judge(facts, now, freshness), input_hash(facts, now)), facts)


class LoadedDays:
    """Everything that judges the work dates `first` through `last`. One thread only."""

    def __init__(
        self,
        assembler: Assembler,
        health: Mapping[TerminalId, TerminalHealth],
        punches: Iterable[StoredPunch],
        only: Collection[PersonId] | None = None,
    ) -> None:
        """With `only`, the punches of others are left out."""
        self.assembler = assembler
        self._horizons = _horizons(assembler, health)
        self._city_read = city_read(self._horizons.values())
        self._marks = _marks(assembler, punches, only)

    def facts(self, person_id: PersonId, day: date) -> PersonDay:
        """What one person's work date is judged by."""
        start, end = punches_of(self.assembler, day)  # as the board of a day: the same facts, the same hash
        marks = within(self._marks.get(person_id, ()), start, end)
        return self.assembler.person_day(person_id, day, marks, self._horizons, self._city_read)

    def pressed(self, day: date, lo: int, hi: int) -> set[PersonId]:
        """Whose work date punches with an id from `lo` to `hi` (inclusive) may count for."""
        return {
            person_id
            for person_id, marks in self._marks.items()
            if any(lo <= mark.punch_id <= hi for mark in marks)
            and any(lo <= mark.punch_id <= hi for mark in self.facts(person_id, day).marks)
        }

    def verdicts(
        self, day: date, people: Iterable[PersonId], now: datetime, freshness: timedelta
    ) -> Iterator[Verdict]:
        """Judge these people's work date as known at `now` (aware)."""
        return (verdict(self.facts(person_id, day), now, freshness) for person_id in people)


def load_days(
    source: DaySource, store: Store, first: date, last: date, only: Collection[PersonId] | None = None
) -> LoadedDays:
    """Read what judges the work dates `first` through `last`. Raises `StoreUnavailable`.

    Health is read first and punches last: a horizon is believed only where every punch that it vouches for
    was read.
    """
    health = store.terminals.health()
    assembler = source.load(first, last)
    start, end = punches_of(assembler, first)[0], punches_of(assembler, last)[1]
    return LoadedDays(assembler, health, store.punches.between(start, end), only)


def _marks(
    assembler: Assembler, punches: Iterable[StoredPunch], only: Collection[PersonId] | None
) -> dict[PersonId, list[Mark]]:
    """Each person's punches, in order of time; those of the same moment in the same order every time."""
    wanted = None if only is None else frozenset(only)
    marks: dict[PersonId, list[Mark]] = defaultdict(list)
    for punch in punches:
        owner = assembler.owner(punch.terminal_id, punch.pin, punch.at)
        if owner is not None and (wanted is None or owner in wanted):
            marks[owner].append(Mark(punch.at, punch.terminal_id, punch.id))
    for mine in marks.values():
        mine.sort()
    return marks


def _horizons(assembler: Assembler, health: Mapping[TerminalId, TerminalHealth]) -> dict[TerminalId, Horizon]:
    outages: dict[TerminalId, list[Outage]] = defaultdict(list)
    for outage in assembler.facts.outages:
        outages[outage.terminal_id].append(outage)
    terminals = {terminal.id for span in assembler.facts.rosters for terminal in span.roster.terminals}
    horizons = {}
    for terminal_id in terminals:
        news = health.get(terminal_id)
        horizons[terminal_id] = Horizon(
            terminal_id=terminal_id,
            online=news is not None and news.online,
            read_through=None if news is None else news.read_through,
            offline_since=None if news is None else news.offline_since,
            outages=tuple(outages.get(terminal_id, ())),
        )
    return horizons
