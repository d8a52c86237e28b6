"""What the corrections of a day say, sorted by what they act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.duty import Spell
from attendance.ids import PunchId


@dataclass(frozen=True, slots=True)
class Word:
    """The corrections in force of one work date. Of several of one kind the one entered last wins."""

    present: CorrectionId | None = None
    """The person was at work as expected the whole day."""
    arrivals: Mapping[int, Correction] = field(default_factory=dict)
    """By the spell's place in the day."""
    departures: Mapping[int, Correction] = field(default_factory=dict)
    voids: Mapping[PunchId, CorrectionId] = field(default_factory=dict)
    gatherings: Mapping[str, CorrectionId] = field(default_factory=dict)


SILENCE = Word()
"""No correction."""


def word_of(corrections: Sequence[Correction], spells: Sequence[Spell], now: datetime) -> Word:
    """What the corrections say at `now`; a coming or leaving after `now` is not said yet.

    A coming belongs to the spell whose start is nearest to it, a leaving to that whose end is.
    """
    present: CorrectionId | None = None
    arrivals: dict[int, Correction] = {}
    departures: dict[int, Correction] = {}
    voids: dict[PunchId, CorrectionId] = {}
    gatherings: dict[str, CorrectionId] = {}
    for correction in corrections:
        at = correction.at
        if correction.kind is CorrectionKind.PRESENT:
            present = correction.id
        elif correction.kind is CorrectionKind.VOID and correction.punch_id is not None:
            voids[correction.punch_id] = correction.id
        elif correction.kind is CorrectionKind.GATHERING:
            gatherings[correction.code] = correction.id
        elif correction.kind is CorrectionKind.ARRIVAL and at is not None and at <= now:
            arrivals[_nearest([spell.start for spell in spells], at)] = correction
        elif correction.kind is CorrectionKind.DEPARTURE and at is not None and at <= now:
            departures[_nearest([spell.end for spell in spells], at)] = correction
    return Word(present, arrivals, departures, voids, gatherings)


def _nearest(moments: Sequence[datetime], at: datetime) -> int:
    return min(range(len(moments)), key=lambda place: abs(moments[place] - at), default=0)
