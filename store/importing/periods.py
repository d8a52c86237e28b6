"""Dated values of one person: laying what a file says over what is known, without a day told twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period(Generic[V]):
    """`value` holds from `first` through `last`, inclusive; `last` None: still."""

    value: V
    first: date
    last: date | None

    def overlaps(self, other: Period[V]) -> bool:
        """Whether they share a day."""
        return (self.last is None or other.first <= self.last) and (
            other.last is None or self.first <= other.last
        )


class PeriodsOverlap(ValueError):
    """Two periods claim the same day, and nothing says which one is meant."""

    def __init__(self, new: Period[V], known: Period[V]) -> None:
        super().__init__(f"{new} and {known}")
        self.new: Period[V] = new
        self.known: Period[V] = known


def in_sequence(wanted: Iterable[Period[V]]) -> list[Period[V]]:
    """A file's periods in order; one without an end ends the day before the next begins.

    Raises `PeriodsOverlap` when two with ends overlap, or two begin on the same day.
    """
    ordered = sorted(wanted, key=lambda period: period.first)
    result: list[Period[V]] = []
    for at, period in enumerate(ordered):
        if at + 1 < len(ordered):
            following = ordered[at + 1]
            if period.last is None and following.first > period.first:
                period = replace(period, last=following.first - _DAY)  # noqa: PLW2901
            if period.overlaps(following):
                raise PeriodsOverlap(following, period)
        result.append(period)
    return result


def merge(known: Sequence[Period[V]], wanted: Iterable[Period[V]]) -> tuple[Period[V], ...]:
    """`known` with `wanted` laid over it, in order of time. Merging the same again changes nothing.

    A new value ends the one before it on the day before; the same value takes the new end; a value that
    begins on the same day is corrected. Raises `PeriodsOverlap` when `wanted` runs into a later one.
    """
    result = list(known)
    for new in in_sequence(wanted):
        result = _lay(result, new)
    return tuple(sorted(result, key=lambda period: period.first))


def _lay(known: Sequence[Period[V]], new: Period[V]) -> list[Period[V]]:
    same = [period for period in known if period.value == new.value and period.overlaps(new)]
    laid = replace(new, first=min([new.first, *(period.first for period in same)]))
    result = [laid]
    for period in known:
        if period in same or period.first == laid.first:
            continue
        if not period.overlaps(laid):
            result.append(period)
        elif period.first < laid.first:
            result.append(replace(period, last=laid.first - _DAY))
        else:
            raise PeriodsOverlap(new, period)
    return result
