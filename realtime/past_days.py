"""Keeps stored results current of days that are past: a leave entered two days later, a terminal that could
not be read for a week, a roster that was wrong.

A thread of its own beside the follower's, so that going over a year never delays today. What is to be done is
held in memory only: at a start everything that is stored is compared with the facts anyway, newest day first.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from attendance.ids import PersonId, TerminalId
from attendance.judgement import next_change_at
from attendance.terminal import TerminalHealth
from config.clock import Clock
from realtime.day_source import DaySource
from realtime.judging import LoadedDays, Verdict, load_days
from realtime.touched_days import Touched, Wanted
from store import Store, StoreError
from store.results import Key

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often, in real seconds, is looked whether a terminal was read for which somebody's day waits."""
IDLE_SECONDS = 0.1
RETRY_SECONDS = 2.0
FAILED_SECONDS = 30.0
"""Pause after a failure that waiting will hardly mend; today goes on meanwhile."""
DAYS_AT_ONCE = 7
"""Days that are judged from one reading of facts."""
RESULTS_AT_ONCE = 1_000
"""Results of one transaction, after which a stop is heard."""

_DAY = timedelta(days=1)

Seen = tuple[TerminalId, bool, datetime | None]
"""A terminal as a day was judged by it: online, read through."""


class PastDays:
    """One thread; `start` and `stop` it from another. The rest of its methods may be called from anywhere.

    Its own days are those of which `take_over` said that they have no board that follows the store. It does
    not ask the clock which these are: at midnight it might get another answer than whoever keeps the boards,
    and a day between the two would be nobody's.
    """

    def __init__(self, store: Store, clock: Clock, source: DaySource, freshness: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._source = source
        self._freshness = freshness
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="past days", daemon=True)
        self._lock = threading.Lock()
        self._last: date | None = None
        self._asked: list[Touched] = []
        self._wanted: dict[date, Wanted] = {}
        self._backlog: dict[date, Wanted] = {}
        self._open: dict[Key, tuple[Seen, ...]] = {}
        self._turns: list[tuple[datetime, Key]] = []
        self._look_due = 0.0
        self._lost = False
        self._progress = time.monotonic()

    def start(self) -> None:
        """Begin; with the first `take_over`, all that is stored is compared."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until the thread is done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def progress(self) -> float:
        """`time.monotonic` when the thread last did its work. Waiting after a failure counts as work."""
        return self._progress

    def take_over(self, last: date) -> None:
        """The days through `last` are its own from here on; those that were not before are judged again."""
        with self._lock:
            before, self._last = self._last, last
            if before is None:
                self._asked.append(Touched())
            elif before < last:
                self._asked.append(Touched(before + _DAY, last))

    def again(self, touched: Iterable[Touched]) -> None:
        """Judge these again. What is said to be touched from the first day of all, or up to this day, comes
        after what is limited, and the newest day first.
        """
        with self._lock:
            self._asked += touched

    # --- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self._turn():
                    self._stopping.wait(IDLE_SECONDS)
                if self._lost:
                    log.info("past days are kept again")
                self._lost = False
                self._progress = time.monotonic()
            except StoreError as error:
                if not self._lost:
                    log.warning("keeping past days was interrupted: %s", error)
                self._pause(RETRY_SECONDS)
            except Exception:
                if not self._lost:
                    log.exception("past days could not be judged; it is tried again")
                self._pause(FAILED_SECONDS)

    def _pause(self, seconds: float) -> None:
        self._lost = True
        self._progress = time.monotonic()
        self._stopping.wait(seconds)

    def _turn(self) -> bool:
        """Do the next piece of work; False when there was none."""
        self._take_asked()
        self._look()
        self._pass_time()
        todo = self._wanted or self._backlog
        if not todo:
            return False
        newest = max(todo)
        piece = {day: want for day, want in todo.items() if newest - day < DAYS_AT_ONCE * _DAY}
        self._judge(piece)
        for day in piece:
            del todo[day]
        return True

    def _take_asked(self) -> None:
        if not self._asked:
            return
        first = self._store.results.first_day()
        with self._lock:
            asked, self._asked, last = self._asked, [], self._last
        if first is None or last is None:
            return
        for touched in asked:
            todo = self._backlog if touched.first is None or touched.last is None else self._wanted
            for day in touched.days(first, last):
                todo.setdefault(day, Wanted()).add(touched)

    def _look(self) -> None:
        """Find whose terminals were read, or hung up, since their days were judged."""
        if not self._open or time.monotonic() < self._look_due:
            return
        self._look_due = time.monotonic() + LOOK_SECONDS
        health = self._store.terminals.health()
        for key, seen in self._open.items():
            if any(_seen(was[0], health) != was for was in seen):
                self._want(key)

    def _pass_time(self) -> None:
        now = self._clock.now()
        while self._turns and self._turns[0][0] <= now:
            self._want(heapq.heappop(self._turns)[1])

    def _want(self, key: Key) -> None:
        day, person_id = key
        self._wanted.setdefault(day, Wanted()).people.add(person_id)

    def _judge(self, wanted: Mapping[date, Wanted]) -> None:
        some_only = all(not (want.everybody or want.punches) for want in wanted.values())
        only = frozenset[PersonId]().union(*(want.people for want in wanted.values())) if some_only else None
        loaded = load_days(self._source, self._store, min(wanted), max(wanted), only)
        for day in sorted(wanted, reverse=True):
            people = sorted(self._whose(loaded, day, wanted[day]))
            for start in range(0, len(people), RESULTS_AT_ONCE):
                now = self._clock.now()
                some = people[start : start + RESULTS_AT_ONCE]
                verdicts = list(loaded.verdicts(day, some, now, self._freshness))
                self._store.results.save([one.judged for one in verdicts], now)
                for one in verdicts:
                    self._watch(one, now)
                self._progress = time.monotonic()
                if self._stopping.is_set():
                    return

    def _whose(self, loaded: LoadedDays, day: date, want: Wanted) -> set[PersonId]:
        if want.everybody:
            return self._store.results.people_on(day).union(loaded.assembler.people(day))
        return want.people.union(*(loaded.pressed(day, lo, hi) for lo, hi in want.punches))

    def _watch(self, one: Verdict, now: datetime) -> None:
        """Remember for which terminals, and until when, a result that is not final waits."""
        closes = one.facts.duty.closes
        self._open.pop(one.judged.key, None)
        if one.judged.result.final or closes is None:
            return
        horizons = one.facts.reach.horizons
        behind = [it for it in horizons if it.read_through is None or it.read_through < closes]
        # With none behind it waits for others of the city; they are read when those at home are read on.
        self._open[one.judged.key] = tuple(
            (it.terminal_id, it.online, it.read_through) for it in behind or horizons
        )
        turn = next_change_at(one.facts, now, self._freshness)
        if turn is not None:
            heapq.heappush(self._turns, (turn, one.judged.key))


def _seen(terminal_id: TerminalId, health: Mapping[TerminalId, TerminalHealth]) -> Seen:
    news = health.get(terminal_id)
    return (terminal_id, False, None) if news is None else (terminal_id, news.online, news.read_through)
