"""What the results of days would be with other facts: for whoever is about to enter one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from attendance.assembly import Assembler
from attendance.day_result import DayResult
from attendance.ids import PersonId
from realtime.day_board import punches_of
from realtime.day_source import DaySource
from realtime.judging import LoadedDays
from store import Store

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Effect:
    """A result that would change."""

    person_id: PersonId
    day: date
    before: DayResult | None
    """None: not on the roster."""
    after: DayResult | None


class WhatIf:
    """Judges the work dates `first` through `last` as known at `now` (aware). Writes nothing.

    Raises `StoreUnavailable`.
    """

    def __init__(
        self, source: DaySource, store: Store, first: date, last: date, *, now: datetime, freshness: timedelta
    ) -> None:
        self._health = store.terminals.health()
        self._assembler = source.load(first, last)
        begins, ends = punches_of(self._assembler, first)[0], punches_of(self._assembler, last)[1]
        self._punches = store.punches.between(begins, ends)
        self._first, self._last = first, last
        self._now, self._freshness = now, freshness

    def effects(
        self, change: Callable[[Assembler], Assembler], people: Collection[PersonId] | None = None
    ) -> list[Effect]:
        """What differs with the assembler that `change` makes of the present one; of these people, or of
        everybody. By day, then person. To be asked once: `change` may alter the assembler it is given.
        """
        before = self._results(self._assembler, people)
        after = self._results(change(self._assembler), people)
        return [
            Effect(person_id, day, before.get((day, person_id)), after.get((day, person_id)))
            for day, person_id in sorted(before.keys() | after.keys())
            if before.get((day, person_id)) != after.get((day, person_id))
        ]

    def _results(
        self, assembler: Assembler, people: Collection[PersonId] | None
    ) -> dict[tuple[date, PersonId], DayResult]:
        loaded = LoadedDays(assembler, self._health, self._punches, people)
        results: dict[tuple[date, PersonId], DayResult] = {}
        for number in range((self._last - self._first).days + 1):
            day = self._first + number * _DAY
            serving = [one for one in assembler.people(day) if people is None or one in people]
            for verdict in loaded.verdicts(day, serving, self._now, self._freshness):
                result = verdict.judged.result
                results[day, result.person_id] = result
        return results
