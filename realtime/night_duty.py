"""Who is still on duty in the night that began on the date before the board's. Pure.

Only the plan tells it: the roster, swaps, and the excuses of that date. Whether the people are there, the
result of the date before tells.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from attendance.day_result import DayStatus
from attendance.ids import PersonId
from realtime.day_board import DayBoard

_NOTHING_DUE = (DayStatus.OFF, DayStatus.NOT_DUE)
_DAY = timedelta(days=1)


class NightDuty:
    """Kept beside a board. It is to be told whose result or plan is another one, and how time passes."""

    def __init__(self, board: DayBoard, now: datetime) -> None:
        """`now`: aware, UTC."""
        self._board = board
        self._now = now
        self._stretches: dict[PersonId, tuple[tuple[datetime, datetime], ...]] = {}
        self._next: datetime | None = None
        self.until: dict[PersonId, datetime] = {}
        """Until when everybody who is on night duty now is; aware, UTC. Who has something due on the board's
        own date is not.
        """
        self.renew((), board.rows)

    def renew(self, judged: Collection[PersonId], planned: Collection[PersonId]) -> list[PersonId]:
        """Of whom something else is told, after these were judged or planned anew."""
        for person_id in planned:
            found = self._board.assembler.past_midnight(person_id, self._board.day - _DAY)
            if found:
                self._stretches[person_id] = found
            else:
                self._stretches.pop(person_id, None)
        if planned:
            self._next = self._next_border()
        return self._differing({*planned, *(self._stretches.keys() & judged)})

    def turn(self, now: datetime) -> list[PersonId]:
        """Of whom something else is told, now that time has passed until `now`."""
        self._now = now
        if self._next is None or now < self._next:
            return []
        self._next = self._next_border()
        return self._differing(self._stretches)

    def _next_border(self) -> datetime | None:
        every = (border for found in self._stretches.values() for stretch in found for border in stretch)
        return min((border for border in every if border > self._now), default=None)

    def _differing(self, people: Collection[PersonId]) -> list[PersonId]:
        return [person_id for person_id in people if self._differs(person_id)]

    def _differs(self, person_id: PersonId) -> bool:
        before, after = self.until.pop(person_id, None), self._ends(person_id)
        if after is not None:
            self.until[person_id] = after
        return before != after

    def _ends(self, person_id: PersonId) -> datetime | None:
        row = self._board.rows.get(person_id)
        if row is None or row.status not in _NOTHING_DUE:
            return None
        found = self._stretches.get(person_id, ())
        return next((end for start, end in found if start <= self._now < end), None)
