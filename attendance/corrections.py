"""Corrections: dated, signed facts beside the punches. None is ever changed; an undo is another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from attendance.ids import PersonId, PunchId

CorrectionId = NewType("CorrectionId", int)


class CorrectionKind(StrEnum):
    """What a correction says of a person's day."""

    ARRIVAL = "arrival"
    """Came at `at`, though no punch says so (lupa absen, no terminal)."""
    DEPARTURE = "departure"
    """Left at `at`."""
    PRESENT = "present"
    """Was at work as expected the whole day."""
    VOID = "void"
    """Punch `punch_id` does not count: another pressed (titip absen), or the terminal recorded it wrongly."""
    GATHERING = "gathering"
    """Attended the roll-call named in `code`."""
    UNDO = "undo"
    """Correction `undoes` holds no more."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one person's work date."""

    id: CorrectionId
    person_id: PersonId
    day: date
    kind: CorrectionKind
    at: datetime | None
    """Of ARRIVAL and DEPARTURE; aware, UTC."""
    punch_id: PunchId | None
    code: str
    """Of GATHERING: the roll-call's code; else empty."""
    undoes: CorrectionId | None
    reason: str
    reference: str
    """The evidence."""
    entered_at: datetime
    """Aware, UTC."""
    entered_by: str


def in_force(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Those that hold, in the order they were entered: an undo takes away what it names, and may itself be
    undone. UNDO entries themselves are left out.
    """
    ordered = sorted(corrections, key=lambda correction: correction.id)
    undone: set[CorrectionId] = set()
    for correction in reversed(ordered):
        if correction.undoes is not None and correction.id not in undone:
            undone.add(correction.undoes)
    return tuple(
        correction
        for correction in ordered
        if correction.kind is not CorrectionKind.UNDO and correction.id not in undone
    )
