"""How many people are in which state: what one tile of the wall shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attendance.day_result import DayResult, DayStatus
from attendance.people import ExcuseKind


@dataclass(frozen=True, slots=True)
class Counts:
    """People by state. Everybody stands in exactly one field."""

    present: int = 0
    late: int = 0
    not_yet: int = 0
    waiting: int = 0
    absent: int = 0
    left_early: int = 0
    leave: int = 0
    duty_travel: int = 0
    study: int = 0
    training: int = 0
    permit: int = 0
    not_due: int = 0
    off: int = 0

    @property
    def required(self) -> int:
        """Of whom presence is asked at this moment ("wajib hadir saat ini")."""
        return self.present + self.late + self.not_yet + self.waiting + self.absent + self.left_early

    @property
    def excused(self) -> int:
        """Excused, of whatever kind."""
        return self.leave + self.duty_travel + self.study + self.training + self.permit

    @property
    def people(self) -> int:
        """Everybody."""
        return self.required + self.excused + self.not_due + self.off


def state_of(result: DayResult) -> DayStatus | ExcuseKind:
    """The field of `Counts` in which somebody stands."""
    if result.status is DayStatus.EXCUSED and result.excuse is not None:
        return result.excuse.kind
    return result.status


def counts_of(states: Mapping[DayStatus | ExcuseKind, int]) -> Counts:
    """How many stand in each state, as `Counts`."""
    return Counts(**{str(state): number for state, number in states.items()})


def count(results: Iterable[DayResult]) -> Counts:
    """The results by state."""
    return counts_of(Counter(map(state_of, results)))
