"""Stored results of many days, a month in memory at a time, and whom they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from attendance.day_result import DayResult
from attendance.explanation import days_en
from attendance.ids import Nip, PersonId
from presensi.exits import Failure
from store import Store

_DAY = timedelta(days=1)
_AT_ONCE = 31


class PastResults:
    """The results of the days `first` through `last`, and which days had any. Raises `StoreUnavailable`."""

    def __init__(self, store: Store, first: date, last: date) -> None:
        self._store = store
        self._first = first
        self._last = last
        self._seen: set[date] = set()

    def __iter__(self) -> Iterator[DayResult]:
        """Each result, in the order of days."""
        start = self._first
        while start <= self._last:
            end = min(self._last, start + (_AT_ONCE - 1) * _DAY)
            for result in self._store.results.between(start, end):
                self._seen.add(result.day)
                yield result
            start = end + _DAY

    def unjudged(self, since: date) -> tuple[date, ...]:
        """The days from `since` on of which no result of anybody is stored; asked after the results."""
        days = (since + offset * _DAY for offset in range((self._last - since).days + 1))
        return tuple(day for day in days if day not in self._seen)


def told_unjudged(days: Sequence[date], since: date, last: date) -> str | None:
    """What to say of days without results. Raises `Failure` when none of `since` through `last` has any."""
    if not days:
        return None
    again = f"`presensi recompute --from {days[0]} --to {days[-1]}`"
    if len(days) > (last - since).days:
        raise Failure(f"No results are stored from {since} through {last}: run {again}.")
    said = days_en(days) if len(days) <= 7 else f"{len(days)} days from {days[0]} through {days[-1]}"
    return f"No results are stored of {said}: they count as nothing. Run {again}."


@dataclass(frozen=True, slots=True)
class Known:
    """How a person is named in a list."""

    name: str
    nip: Nip | None


def names_of(store: Store) -> dict[PersonId, Known]:
    """Everybody who was ever registered."""
    nips = {person_id: nip for nip, person_id in store.people.numbers().items()}
    return {person_id: Known(name, nips.get(person_id)) for person_id, name in store.people.names().items()}
