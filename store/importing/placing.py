"""Planning what has dates: placements, enrollments, excuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from attendance.ids import Nip, Pin, SerialNumber
from store.importing.cells import masked
from store.importing.entries import EnrollmentEntry, ExcuseEntry, PersonEntry
from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    PersonFact,
    PinOwner,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.periods import Period, PeriodsOverlap, merge
from store.importing.problems import Findings
from store.importing.tables import Row

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
F = TypeVar("F")

Placed = tuple[Period[V], Row]


@dataclass(frozen=True, slots=True)
class Dated(Generic[F]):
    """What becomes of one dated kind."""

    pairs: Sequence[tuple[F | None, F | None]]
    """(before, after) of what is added, changed, or swallowed by a longer period."""
    unchanged: int
    """Rows that change nothing."""


def plan_placements(
    known: Mapping[Nip, tuple[Period[str], ...]],
    entries: Iterable[PersonEntry],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> Dated[PlacementFact]:
    """A changed unit ends the placement before it on the day before."""
    wanted: dict[Nip, list[Placed[str]]] = defaultdict(list)
    for entry in entries:
        wanted[entry.person.nip].append((entry.placement.period, entry.row))
        if entry.placement.period.value not in units:
            findings.problems.append(
                entry.row.problem(
                    "unit_code", "is no known unit", "add that unit to the units sheet, or correct the code"
                )
            )
    after, unchanged = _merged(known, wanted, findings)
    pairs = [
        (
            PlacementFact(nip, before) if before else None,
            PlacementFact(nip, period) if period else None,
        )
        for nip, periods in after.items()
        for before, period in _differences(known.get(nip, ()), periods)
    ]
    return Dated(pairs, unchanged)


def plan_enrollments(
    known: Mapping[PinOwner, tuple[Period[None], ...]],
    entries: Sequence[EnrollmentEntry],
    people: Mapping[Nip, PersonFact],
    terminals: Mapping[SerialNumber, TerminalFact],
    findings: Findings,
) -> Dated[EnrollmentFact]:
    """A PIN is one person's at a time: within the city, and at each terminal."""
    wanted: dict[PinOwner, list[Placed[None]]] = defaultdict(list)
    for entry in entries:
        owner = entry.enrollment.owner
        _check_person(owner.nip, people, entry.row, findings)
        if owner.serial is not None and owner.serial not in terminals:
            findings.problems.append(
                entry.row.problem(
                    "terminal_serial",
                    "is no known terminal",
                    "add it to the terminals sheet, or leave the cell empty for the whole city",
                )
            )
        wanted[owner].append((entry.enrollment.period, entry.row))
    after, unchanged = _merged(known, wanted, findings)
    _check_pins({**known, **after}, wanted, people, findings)
    pairs = [
        (
            EnrollmentFact(owner, before) if before else None,
            EnrollmentFact(owner, period) if period else None,
        )
        for owner, periods in after.items()
        for before, period in _differences(known.get(owner, ()), periods)
    ]
    return Dated(pairs, unchanged)


def plan_excuses(
    known: Mapping[Nip, tuple[ExcuseFact, ...]],
    entries: Iterable[ExcuseEntry],
    people: Mapping[Nip, PersonFact],
    findings: Findings,
) -> Dated[ExcuseFact]:
    """The same kind from the same first day takes the new last day and letter; others may not share a day."""
    after: dict[Nip, list[ExcuseFact]] = {}
    pairs: list[tuple[ExcuseFact | None, ExcuseFact | None]] = []
    told: set[tuple[object, ...]] = set()
    unchanged = 0
    for entry in entries:
        excuse = entry.excuse
        _check_person(excuse.nip, people, entry.row, findings)
        mine = after.setdefault(excuse.nip, list(known.get(excuse.nip, ())))
        key = (excuse.nip, excuse.code, excuse.first_day)
        if key in told:
            findings.problems.append(
                entry.row.problem(
                    "first_day", "this excuse stands in another row too", "remove one of the rows"
                )
            )
            continue
        told.add(key)
        before = next((old for old in mine if (old.nip, old.code, old.first_day) == key), None)
        others = [old for old in mine if old is not before]
        clash = next((old for old in others if _share_a_day(old, excuse)), None)
        if clash is not None:
            reason = f"overlaps {clash.code} from {clash.first_day} to {clash.last_day}"
            findings.problems.append(
                entry.row.problem("first_day", reason, "correct the days of one of them")
            )
        elif before == excuse:
            unchanged += 1
        else:
            pairs.append((before, excuse))
        after[excuse.nip] = [*others, excuse]
    return Dated(pairs, unchanged)


def _merged(
    known: Mapping[K, tuple[Period[V], ...]], wanted: Mapping[K, Sequence[Placed[V]]], findings: Findings
) -> tuple[dict[K, tuple[Period[V], ...]], int]:
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


def _differences(
    before: Sequence[Period[V]], after: Sequence[Period[V]]
) -> Iterable[tuple[Period[V] | None, Period[V] | None]]:
    old = {period.first: period for period in before}
    new = {period.first: period for period in after}
    for first in sorted(old.keys() | new.keys()):
        if old.get(first) != new.get(first):
            yield old.get(first), new.get(first)


def _check_person(nip: Nip, people: Mapping[Nip, PersonFact], row: Row, findings: Findings) -> None:
    if nip not in people:
        findings.problems.append(
            row.problem(
                "nip",
                "is nobody's NIP",
                "add the person to the people sheet, or correct the NIP",
                masked(nip),
            )
        )


def _check_pins(
    after: Mapping[PinOwner, tuple[Period[None], ...]],
    wanted: Mapping[PinOwner, Sequence[Placed[None]]],
    people: Mapping[Nip, PersonFact],
    findings: Findings,
) -> None:
    claims: dict[tuple[SerialNumber | None, Pin], list[PinOwner]] = defaultdict(list)
    for owner in after:
        claims[owner.serial, owner.pin].append(owner)
    for owner, placed in wanted.items():
        for other in claims[owner.serial, owner.pin]:
            if other.nip == owner.nip:
                continue
            if any(mine.overlaps(theirs) for mine in after[owner] for theirs in after[other]):
                person = people.get(other.nip)
                reason = f"is also the PIN of {person.name if person else masked(other.nip)}"
                remedy = "end the other's enrollment first (valid_to), or give another PIN"
                findings.problems.append(placed[-1][1].problem("pin", reason, remedy))
                break


def _share_a_day(one: ExcuseFact, other: ExcuseFact) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _told(period: Period[V]) -> str:
    value = f"{period.value} " if period.value is not None else "the time "
    return f"{value}from {period.first}" + (f" to {period.last}" if period.last else " on")
