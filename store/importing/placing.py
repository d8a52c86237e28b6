"""Planning where people serve and which PINs are theirs, over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from attendance.ids import Nip, Pin, SerialNumber
from store.importing.cells import masked
from store.importing.dating import Dated, Placed, differences, merged
from store.importing.entries import EnrollmentEntry, PersonEntry
from store.importing.facts import (
    EnrollmentFact,
    PersonFact,
    PinOwner,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.periods import Period
from store.importing.problems import Findings
from store.importing.tables import Row

Effective = Mapping[tuple[PinOwner, date], datetime]
"""By owner and first day; aware, UTC."""


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
    after, unchanged = merged(known, wanted, findings)
    pairs = [
        (
            PlacementFact(nip, before) if before else None,
            PlacementFact(nip, period) if period else None,
        )
        for nip, periods in after.items()
        for before, period in differences(known.get(nip, ()), periods)
    ]
    return Dated(pairs, unchanged)


def plan_enrollments(
    known: Mapping[PinOwner, tuple[Period[None], ...]],
    effective: Effective,
    entries: Sequence[EnrollmentEntry],
    people: Mapping[Nip, PersonFact],
    terminals: Mapping[SerialNumber, TerminalFact],
    *,
    findings: Findings,
) -> Dated[EnrollmentFact]:
    """A PIN is one person's at a time: within the city, and at each terminal. `effective` says when a
    terminal came to know the finger; a row that is silent about it changes nothing of that.
    """
    wanted: dict[PinOwner, list[Placed[None]]] = defaultdict(list)
    for entry in entries:
        owner = entry.enrollment.owner
        check_person(owner.nip, people, entry.row, findings)
        if owner.serial is not None and owner.serial not in terminals:
            findings.problems.append(
                entry.row.problem(
                    "terminal_serial",
                    "is no known terminal",
                    "add it to the terminals sheet, or leave the cell empty for the whole city",
                )
            )
        wanted[owner].append((entry.enrollment.period, entry.row))
    after, _ = merged(known, wanted, findings)
    _check_pins({**known, **after}, wanted, people, findings)
    said = _said(entries, after, findings)
    pairs = []
    changed: set[PinOwner] = set()
    for owner, periods in after.items():
        old = {period.first: period for period in known.get(owner, ())}
        new = {period.first: period for period in periods}
        for first in sorted(old.keys() | new.keys()):
            before = _enrollment(owner, old.get(first), effective.get((owner, first)))
            moment = said.get((owner, first)) or _inherited(owner, new.get(first), old, effective)
            then = _enrollment(owner, new.get(first), moment)
            if before != then:
                pairs.append((before, then))
                changed.add(owner)
    unchanged = sum(len(placed) for owner, placed in wanted.items() if owner not in changed)
    return Dated(pairs, unchanged)


def _enrollment(
    owner: PinOwner, period: Period[None] | None, effective_at: datetime | None
) -> EnrollmentFact | None:
    return None if period is None else EnrollmentFact(owner, period, effective_at)


def _said(
    entries: Sequence[EnrollmentEntry],
    after: Mapping[PinOwner, tuple[Period[None], ...]],
    findings: Findings,
) -> dict[tuple[PinOwner, date], datetime]:
    said: dict[tuple[PinOwner, date], datetime] = {}
    for entry in entries:
        enrollment = entry.enrollment
        first = enrollment.period.first
        if enrollment.effective_at is None:
            continue
        holding = [period for period in after[enrollment.owner] if period.first <= first]
        if holding and holding[-1].first != first:
            reason = f"speaks of a PIN that is the person's from {holding[-1].first} on"
            remedy = f"write {holding[-1].first} as valid_from"
            findings.problems.append(entry.row.problem("effective_at", reason, remedy))
        said[enrollment.owner, first] = enrollment.effective_at
    return said


def _inherited(
    owner: PinOwner,
    period: Period[None] | None,
    old: Mapping[date, Period[None]],
    effective: Effective,
) -> datetime | None:
    """When the earliest of the periods that `period` holds became effective: making a period longer says
    nothing of the finger.
    """
    if period is None:
        return None
    within = [first for first, known in old.items() if known.overlaps(period)]
    return effective.get((owner, min(within))) if within else None


def check_person(nip: Nip, people: Mapping[Nip, PersonFact], row: Row, findings: Findings) -> None:
    """Note a problem when nobody has the NIP."""
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
