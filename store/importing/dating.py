"""Laying dated rows over what is known: what is added, changed, or swallowed, and what contradicts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from store.importing.periods import Period, PeriodsOverlap, merge
from store.importing.problems import Findings
from store.importing.tables import Row

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
F = TypeVar("F")

Placed = tuple[Period[V], Row]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dated(Generic[F]):
    """What becomes of one dated kind."""

    pairs: Sequence[tuple[F | None, F | None]]
    """(before, after) of what is added, changed, or swallowed by a longer period."""
    unchanged: int
    """Rows that change nothing."""


def merged(
    known: Mapping[K, tuple[Period[V], ...]], wanted: Mapping[K, Sequence[Placed[V]]], findings: Findings
) -> tuple[dict[K, tuple[Period[V], ...]], int]:
    """What each key of `wanted` will have, and how many rows change nothing."""
    after: dict[K, tuple[Period[V], ...]] = {}
    unchanged = 0
    for key, placed in wanted.items():
        before = known.get(key, ())
        try:
            after[key] = merge(before, [period for period, _ in placed])
        except PeriodsOverlap as error:
            row = next((row for period, row in placed if period.first == error.new.first), placed[-1][1])
            reason = f"runs into {_told(error.known)}"
            findings.problems.append(
                row.problem("valid_from", reason, "correct valid_from or valid_to of one of them")
            )
            after[key] = before
        else:
            unchanged += len(placed) if after[key] == before else 0
    return after, unchanged


def differences(
    before: Sequence[Period[V]], after: Sequence[Period[V]]
) -> Iterable[tuple[Period[V] | None, Period[V] | None]]:
    """What is not the same, by the first day."""
    old = {period.first: period for period in before}
    new = {period.first: period for period in after}
    for first in sorted(old.keys() | new.keys()):
        if old.get(first) != new.get(first):
            yield old.get(first), new.get(first)


def refuse_gaps(
    known: Mapping[K, tuple[Period[V], ...]],
    after: Mapping[K, tuple[Period[V], ...]],
    wanted: Mapping[K, Sequence[Placed[V]]],
    findings: Findings,
) -> None:
    """A row that ends what went on, and ends itself, would leave days of which nothing is known any more.
    Nobody means that: it must be said what holds afterwards.
    """
    for key, placed in wanted.items():
        said = {(period.first, period.value) for period, _ in placed}
        for old in known.get(key, ()):
            new = next((period for period in after[key] if period.first == old.first), None)
            if new is None or new == old or (old.first, old.value) in said:
                continue
            gap = _uncovered(new, old.last, after[key])
            if gap is not None:
                row = next((row for period, row in placed if period.last == gap - _DAY), placed[-1][1])
                reason = f"leaves the days from {gap} without any, where {_told(old)} held"
                remedy = "leave valid_to empty, or add a row for what holds from then on"
                findings.problems.append(row.problem("valid_to", reason, remedy))


def _uncovered(shortened: Period[V], last: date | None, periods: Sequence[Period[V]]) -> date | None:
    """The first day up to `last` (None: for ever) that no period covers any more."""
    covered = shortened.last
    for period in periods:
        if covered is not None and period.first == covered + _DAY:
            covered = period.last
    if covered is None or (last is not None and covered >= last):
        return None
    return covered + _DAY


def _told(period: Period[V]) -> str:
    value = f"{period.value} " if period.value is not None else "the time "
    return f"{value}from {period.first}" + (f" to {period.last}" if period.last else " on")
