"""Which work dates, and whose, a change of the store touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from attendance.ids import PersonId
from store.changes import Change, Topic

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Touched:
    """Work dates `first` through `last`, and whose. Never too few; sometimes more than needed."""

    first: date | None = None
    """None: from the first day of all."""
    last: date | None = None
    """None: to this day."""
    people: frozenset[PersonId] | None = None
    """None: everybody's, or with `punches` the people who pressed."""
    punches: tuple[int, int] | None = None
    """Only the people to whom punches with these ids belong, lowest and highest."""

    def days(self, first: date, last: date) -> Iterator[date]:
        """Those of its days that lie from `first` through `last`."""
        day = first if self.first is None else max(first, self.first)
        until = last if self.last is None else min(last, self.last)
        while day <= until:
            yield day
            day += _DAY


@dataclass(slots=True)
class Wanted:
    """Whose result of one day is wanted anew."""

    everybody: bool = False
    people: set[PersonId] = field(default_factory=set)
    punches: list[tuple[int, int]] = field(default_factory=list)
    """And those of whoever pressed these."""

    def add(self, touched: Touched) -> None:
        """This as well."""
        if touched.punches is not None:
            self.punches.append(touched.punches)
        elif touched.people is not None:
            self.people |= touched.people
        else:
            self.everybody = True


def touched_by(change: Change, zone: tzinfo) -> Touched | None:
    """What a change touches; None for news of terminals, which say nothing of a day by themselves.

    A work date's windows and spans reach into the dates beside it, so that these count as touched.
    """
    if change.topic is Topic.TERMINAL:
        return None
    first = change.first_day or _local(change.since, zone)
    last = change.last_day or _local(change.until, zone)
    punches = None
    if change.topic is Topic.PUNCH and change.punch_lo is not None and change.punch_hi is not None:
        punches = change.punch_lo, change.punch_hi
    return Touched(
        first=None if first is None else first - _DAY,
        last=None if last is None else last + _DAY,
        people=frozenset(change.person_ids) or None,
        punches=punches,
    )


def _local(moment: datetime | None, zone: tzinfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()
