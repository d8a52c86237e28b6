"""How many people are in which state: what one tile of the wall shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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


def count(results: Iterable[DayResult]) -> Counts:
    """The results by state."""
    found: Counter[DayStatus | ExcuseKind] = Counter(
        result.excuse.kind
        if result.status is DayStatus.EXCUSED and result.excuse is not None
        else result.status
        for result in results
    )
    return Counts(**{str(state): number for state, number in found.items()})
