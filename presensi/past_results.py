"""Stored results of many days, a week in memory at a time, and whom they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.console import Console
from rich.progress import Progress

from attendance.day_result import DayResult
from attendance.explanation import days_en
from attendance.ids import Nip, PersonId
from presensi.exits import Failure
from store import Store

_DAY = timedelta(days=1)
_AT_ONCE = 7


class PastResults:
    """The results of the days `first` through `last`, and which days had any. Raises `StoreUnavailable`."""

    def __init__(self, store: Store, first: date, last: date, console: Console) -> None:
        """`console`: where a bar shows how far reading has come, if it is a terminal."""
        self._store = store
        self._first = first
        self._last = last
        self._console = console
        self._seen: set[date] = set()

    def __iter__(self) -> Iterator[DayResult]:
        """Each result, in the order of days."""
        start = self._first
        with Progress(console=self._console, transient=True, disable=not self._console.is_terminal) as bar:
            task = bar.add_task("Reading results", total=(self._last - self._first).days + 1)
            while start <= self._last:
                end = min(self._last, start + (_AT_ONCE - 1) * _DAY)
                for result in self._store.results.between(start, end):
                    self._seen.add(result.day)
                    yield result
                bar.advance(task, (end - start).days + 1)
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
