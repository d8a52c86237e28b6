"""Judges days of the past anew and stores what differs. A second run over the same facts changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from attendance.ids import PersonId
from realtime.day_source import DaySource
from realtime.judging import load_days
from store import Store
from store.results import AT_ONCE, Saved, compare

RESULTS_AT_ONCE = 100_000
"""So many results are judged from one reading of facts, about: a small city's month, a large one's day."""
DAYS_AT_ONCE = 31

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Summary:
    """What a recomputation came to; adds up as `Saved` does."""

    judged: int = 0
    saved: Saved = field(default_factory=Saved)

    @property
    def changed(self) -> int:
        """How many results differ from what was stored."""
        return self.saved.changed


def recompute(
    source: DaySource,
    store: Store,
    first: date,
    last: date,
    *,
    clock: Callable[[], datetime],
    freshness: timedelta,
    person_ids: Collection[PersonId] | None = None,
    progress: Callable[[date], None] = lambda day: None,
    dry_run: bool = False,
) -> Summary:
    """Judge the work dates `first` through `last` anew: everybody on the roster of each, and whoever has a
    result of it; where given, only `person_ids`. `progress` is called with each day that is done. With
    `dry_run` nothing is stored.

    `clock` tells the city's time (aware). It is asked whenever facts were read: a long run that judged today
    as of its beginning would store absences over people who came meanwhile.

    What somebody else stores meanwhile is left alone: it rests on facts at least as new. Raises
    `StoreUnavailable`; what was done before stands.
    """
    summary = Summary()
    only = None if person_ids is None else frozenset(person_ids)
    day, days = first, 1
    while day <= last:
        until = min(last, day + timedelta(days=days - 1))
        stored = store.results.stamps(day, until, only)
        kept: dict[date, set[PersonId]] = defaultdict(set)
        for of_day, person_id in stored:
            kept[of_day].add(person_id)
        loaded = load_days(source, store, day, until, only)
        now = clock()
        most = 1
        while day <= until:
            roster = loaded.assembler.people(day)
            people = kept[day].union(roster)
            most = max(most, len(people))
            for some in _blocks(sorted(people if only is None else people & only)):
                judged = [one.judged for one in loaded.verdicts(day, some, now, freshness)]
                came = compare(judged, stored) if dry_run else store.results.save(judged, now, seen=stored)
                summary.saved.add(came)
                summary.judged += len(judged)
            progress(day)
            day += _DAY
        days = min(DAYS_AT_ONCE, max(1, RESULTS_AT_ONCE // most))
    return summary


def _blocks(people: Sequence[PersonId]) -> Iterator[Sequence[PersonId]]:
    return (people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE))
