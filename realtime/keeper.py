"""Keeps the stored results current: what the boards of today and yesterday say is written down, at most once
a second, and days before that are judged again when a change touches them. Today is also kept as it stands at
its cut-off.

Saving compares with what is stored, so a keeper may be killed at any moment: the next one writes what is
missing, and nothing twice. Several at once do no harm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from attendance.ids import PersonId
from attendance.input_hash import input_hash
from attendance.judgement import judge
from config.clock import Clock
from realtime.cutoff import Cutoff
from realtime.day_board import DayBoard, Dirt
from realtime.day_source import DaySource
from realtime.follower import Follower
from realtime.past_days import PastDays
from realtime.touched_days import touched_by
from store import Store
from store.changes import Change
from store.results import Judged

BATCH_SECONDS = 1.0
"""Real seconds between two writings, at least."""

_DAY = timedelta(days=1)


class Keeper:
    """Two threads; `start` and `stop` them from another. `ready` and `progress` may be asked anywhere."""

    def __init__(self, store: Store, clock: Clock, source: DaySource, freshness: timedelta) -> None:
        self._store = store
        self._past = PastDays(store, clock, source, freshness)
        self._sink = _Sink(store, clock, source, self._past, freshness)
        self._follower = Follower(
            store, clock, source, freshness=freshness, sink=self._sink, days=self._days, name="keeper"
        )

    def start(self) -> None:
        """Begin to keep."""
        self._follower.start()
        self._past.start()

    def stop(self) -> None:
        """Stop keeping, and wait until the threads are done."""
        self._follower.stop()
        self._past.stop()

    def ready(self) -> bool:
        """Whether today's results stand in the store."""
        return self._sink.written.is_set()

    def progress(self) -> float:
        """`time.monotonic` when both threads had last done their work."""
        return min(self._follower.progress(), self._past.progress())

    def _days(self, today: date) -> Sequence[date]:
        """Yesterday, whose night shifts may last, and today. The days before the first one that is stored are
        nobody's: what was before Presensi came is judged only when asked for.
        """
        first = self._store.results.first_day()
        return (today - _DAY, today) if first is not None and first < today else (today,)


class _Sink:
    """Writes what the boards say. Called in the follower's thread only."""

    def __init__(
        self, store: Store, clock: Clock, source: DaySource, past: PastDays, freshness: timedelta
    ) -> None:
        self.written = threading.Event()
        self._store = store
        self._clock = clock
        self._zone = source.zone
        self._past = past
        self._freshness = freshness
        self._boards: dict[date, DayBoard] = {}
        self._fresh: dict[date, set[PersonId]] = {}
        self._due = 0.0
        self._cutoff: Cutoff | None = None
        """Today's, so that it is kept also where no wall runs."""

    def loaded(self, board: DayBoard, now: datetime) -> None:
        """Everybody's result may differ from what is stored, also of those who are on the roster no more."""
        self._boards[board.day] = board
        self._fresh[board.day] = self._store.results.people_on(board.day).union(board.rows)
        today = now.astimezone(self._zone).date()
        if board.day == today:
            self._cutoff = Cutoff(board, self._clock, self._freshness, self._store.freezes)
        self._leave(today - _DAY)

    def changed(self, board: DayBoard, dirt: Dirt, now: datetime) -> None:
        """These people's results differ."""
        if dirt.people:
            self._fresh.setdefault(board.day, set()).update(dirt.people)

    def elsewhere(self, changes: Sequence[Change], now: datetime) -> None:
        """Days before yesterday are judged again."""
        touched = (touched_by(change, self._zone) for change in changes)
        self._past.again([one for one in touched if one is not None])

    def settle(self, now: datetime) -> None:
        """Write what is due."""
        cutoff = self._cutoff
        if cutoff is not None and not cutoff.kept:
            cutoff.work(now)
        if not self._fresh or time.monotonic() < self._due:
            return
        self._store.results.save(
            [
                self._judged(self._boards[day], person_id, now)
                for day, people in self._fresh.items()
                for person_id in sorted(people)
            ],
            now,
        )
        self._fresh.clear()
        self._due = time.monotonic() + BATCH_SECONDS
        self.written.set()

    def patience(self) -> float:
        """Until the next writing is due."""
        writing = max(0.0, self._due - time.monotonic()) if self._fresh else float("inf")
        cutoff = self._cutoff
        return writing if cutoff is None or cutoff.kept else min(writing, cutoff.patience())

    def close(self) -> None:
        """Nothing is left open."""

    def _judged(self, board: DayBoard, person_id: PersonId, now: datetime) -> Judged:
        facts = board.person_day(person_id)
        result = board.rows.get(person_id) or judge(facts, now, self._freshness)
        return Judged(result, input_hash(facts, now))

    def _leave(self, first: date) -> None:
        """Days before `first` have no board any more: whatever of them is not final waits elsewhere, and also
        the days that a jump of the clock left out.
        """
        for day in [day for day in self._boards if day < first]:
            del self._boards[day]
            self._fresh.pop(day, None)
        self._past.take_over(first - _DAY)
