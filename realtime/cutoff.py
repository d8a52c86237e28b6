"""The cut-off of a day, when the usual work begins: what was said of that moment, and what is said of it now.

What is said is always the judgement's word of the cut-off itself, never a guess from a later state. The
cut-off of a day that was kept stays what it was, also where the day's hours are others since: it is about
what was said then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from attendance.cutoff_judgement import judge_back
from attendance.day_result import DayResult, DayStatus
from attendance.duty import DutyDay
from attendance.ids import PersonId
from config.clock import Clock
from realtime.day_board import DayBoard
from store import StoreError
from store.freezes import Freeze

log = logging.getLogger(__name__)

AT_ONCE = 100
"""People who are judged in one turn, some milliseconds of work: the punches of the rush must not wait."""
WAITING_SECONDS = 5.0
"""How often, in real seconds, who waited for data at the cut-off is judged again: the word of a terminal may
change that without changing what is said of now.
"""
KEEP_AGAIN_SECONDS = 30.0
"""After how long, in real seconds, a store that could not keep the day is asked again. A board that was read
anew asks at once, so that what is kept seldom rests on what was known before the store was away.
"""


class Freezes(Protocol):
    """What `store.freezes.FreezeTable` does."""

    def keep(
        self, day: date, cutoff_at: datetime, made_at: datetime, statuses: Mapping[PersonId, DayStatus]
    ) -> Freeze:
        """Write the day down unless somebody has already; what is written of it."""
        ...

    def of(self, day: date) -> Freeze | None:
        """The day as it was written down; None: it was not."""
        ...


class Cutoff:
    """Of one board, in its follower's thread. Everybody is judged as of the cut-off once it has passed, and
    again whenever something about them changed; once all are, the day is kept as it stands, unless it was.
    """

    def __init__(self, board: DayBoard, clock: Clock, freshness: timedelta, freezes: Freezes) -> None:
        usual = board.assembler.usual_duty(board.day)
        self.start: datetime | None = usual.spells[0].start if isinstance(usual, DutyDay) else None
        """When the usual work begins by what is known now; aware, UTC. None: it is a day off."""
        self.at = self.start
        """The cut-off: of a day that was kept the moment that it was kept of. None: there is none."""
        self.results: dict[PersonId, DayResult] = {}
        """What is said now of everybody at the cut-off; empty before it has passed."""
        self.freeze: Freeze | None = None
        """What was said then. None before the cut-off has passed and everybody was judged."""
        self._board = board
        self._freezes = freezes
        self._clock = clock
        self._freshness = freshness
        self._begun = False
        self._queue: dict[PersonId, None] = {}
        self._sweep_at = 0.0
        self._kept: Freeze | None = None
        self._sought = False
        """Whether it is known if somebody has kept the day before."""
        self._ask_at = 0.0

    @property
    def kept(self) -> bool:
        """Whether the day is known to be written down."""
        return self._kept is not None

    def touch(self, people: Iterable[PersonId]) -> None:
        """Something about these people changed."""
        if self._begun:
            self._queue.update(dict.fromkeys(people))

    def work(self, now: datetime, most: int = AT_ONCE) -> set[PersonId]:
        """Judge those whose turn it is, at most so many; of whom something else is said than before. A store
        that does not keep the day is asked again later: nothing else waits for it.
        """
        if not self._sought:
            self._seek()
        if not self._sought or self.at is None or now < self.at:
            return set()
        if not self._begun:
            self._begun = True
            self._queue.update(dict.fromkeys(self._board.rows))
        self._sweep()
        moved = set()
        for person_id in list(self._queue)[:most]:
            del self._queue[person_id]
            if self._judge(person_id, self.at):
                moved.add(person_id)
        if self.freeze is None and self.results and not self._queue:
            if self._kept is None:
                self._keep(self.at, now)
            self.freeze = self._kept
        return moved

    def patience(self) -> float:
        """Real seconds until there is something to do, when nothing happens meanwhile."""
        if self._queue:
            return 0.0
        if not self._sought:
            return max(0.0, self._ask_at - time.monotonic())
        if self._begun or self.at is None:
            return float("inf")
        return self._clock.real_seconds_until(self.at)

    def _sweep(self) -> None:
        real = time.monotonic()
        if real >= self._sweep_at:
            self._sweep_at = real + WAITING_SECONDS
            waiting = (one for one, row in self.results.items() if row.status is DayStatus.WAITING)
            self._queue.update(dict.fromkeys(waiting))

    def _judge(self, person_id: PersonId, at: datetime) -> bool:
        """Whether something else is said of the person than before."""
        result = judge_back(self._board.person_day(person_id), at, self._freshness)
        changed = self.results.get(person_id) != result
        self.results[person_id] = result
        return changed

    def _seek(self) -> None:
        """Find out whether somebody has kept the day: then its moment is the cut-off."""
        real = time.monotonic()
        if real < self._ask_at:
            return
        try:
            self._kept = self._freezes.of(self._board.day)
        except StoreError as error:
            log.debug("it is not known whether the day was kept: %s", error)
            self._ask_at = real + KEEP_AGAIN_SECONDS
            return
        self._sought = True
        if self._kept is not None:
            self.at = self._kept.cutoff_at

    def _keep(self, at: datetime, now: datetime) -> None:
        real = time.monotonic()
        if real < self._ask_at:
            return
        statuses = {person_id: result.status for person_id, result in self.results.items()}
        try:
            self._kept = self._freezes.keep(self._board.day, at, now, statuses)
        except StoreError as error:
            log.debug("the day could not be kept as it stood at its cut-off: %s", error)
            self._ask_at = real + KEEP_AGAIN_SECONDS
            return
        if self._kept.cutoff_at != at:
            # Somebody who knew other hours was first: what is said now has to be of the moment that was kept.
            self.at = self._kept.cutoff_at
            for person_id in self.results:
                self._judge(person_id, self.at)
