"""Follows the store in a thread of its own and keeps every scope's rows current.

A change notice says what to read; the clock says when somebody becomes late without any punch. While the
store is away the board goes on with time, so that terminals grow stale and nobody is accused on old data;
afterwards everything is read again and compared, so nothing is missed.

Order matters for honesty: a terminal's horizon is believed only after all punches that it vouches for were
read. The collector commits punches before the horizon; here health is read first, punches after, and they are
applied the other way round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time

from attendance.roster import RosterIndex
from attendance.schedule import Schedule
from attendance.terminal import TerminalHealth
from config.clock import Clock
from realtime.board_view import BoardView, Look, Ticker
from realtime.day_board import Arrival, DayBoard, DayFacts
from realtime.liveness import Liveness
from realtime.publisher import Outlet, Publisher
from realtime.rows import BeatRow, Reading, beat_row, reading_of
from store import Store, StoreError
from store.changes import Change, Topic

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.25
"""Longest wait on the feed, real seconds: a simulated clock may change its rate meanwhile."""
BREATH_SECONDS = 0.005
"""Shortest wait on the feed: it must get its turn even when a simulated morning rushes by."""
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0)
LIVENESS_SECONDS = 2.0
SET_BACK = timedelta(seconds=1)
"""City time that a clock may step back (it is being adjusted) before the day is judged anew."""
STUCK_SECONDS = 15.0
"""A projector that finished no turn for so long is said to be stuck."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the day is judged by."""

    schedule: Schedule
    freshness: timedelta
    """City time for which a terminal that was read still vouches."""


@dataclass(frozen=True, slots=True)
class _Day:
    """The day on the board, from its local midnight to the next; moments aware, UTC."""

    date: date
    start: datetime
    end: datetime


class Projector:
    """One thread; `start` and `stop` it from another. `beat` and `progress` may be called from anywhere."""

    def __init__(
        self, store: Store, clock: Clock, *, rules: Rules, look: Look, outlet: Outlet, coalesce: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._look = look
        self._publisher = Publisher(outlet, coalesce)
        self._feed = store.changes.feed()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projector", daemon=True)
        self._day: _Day | None = None
        self._board: DayBoard | None = None
        self._view: BoardView | None = None
        self._ticker = Ticker()
        self._ticker_moved = False
        self._stale: str | None = "loading"
        self._reload = True
        self._failures = 0
        self._retry_at = 0.0
        self._progress = time.monotonic()
        self._liveness = Liveness()
        self._liveness_due = 0.0
        self._latest = datetime.min.replace(tzinfo=UTC)

    def start(self) -> None:
        """Begin to follow the store."""
        self._thread.start()

    def stop(self) -> None:
        """Stop following, and wait until the thread is done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def progress(self) -> float:
        """`time.monotonic` when the thread last did its work. Waiting for a lost store counts as work."""
        return self._progress

    def beat(self) -> BeatRow:
        """What time it is, how far the data goes, and whether to trust it."""
        now, board, real = self._clock.now(), self._board, time.monotonic()
        reading = (
            Reading(None, 0, 0) if board is None else reading_of(board.horizons, now, self._rules.freshness)
        )
        reason = self._stale
        if reason is None and real - self._progress > STUCK_SECONDS:
            reason = "projector"
        if reason is None and self._liveness.silent(real):
            reason = "collector"
        return beat_row(now, self._clock.rate, self._look.zone, reading, reason)

    # --- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if time.monotonic() < self._retry_at:
                    self._stopping.wait(min(PATIENCE_SECONDS, max(0.0, self._retry_at - time.monotonic())))
                    self._pass_time()
                else:
                    self._turn()
                if self._stale != "projector":
                    self._progress = time.monotonic()
            except StoreError as error:
                self._lost("store", error)
            except Exception as error:
                log.exception("the projector failed; it reads everything again")
                self._lost("projector", error)
        self._feed.close()

    def _turn(self) -> None:
        self._watch_collector()
        now = self._clock.now()
        if self._reload or self._day is None or not self._day.start <= now < self._day.end:
            self._load()
        elif self._latest - now > SET_BACK:
            log.info("the city clock was set back; the day is judged anew")
            self._load()
        self._apply(self._feed.next(self._patience()))
        self._pass_time()

    def _lost(self, reason: str, error: Exception) -> None:
        if self._stale != reason:
            log.warning("following the store was interrupted (%s): %s", reason, error)
        self._stale, self._reload = reason, True
        self._retry_at = time.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1

    def _load(self) -> None:
        self._feed.position()
        now = self._clock.now()
        day = self._day_of(now)
        facts = DayFacts(
            index=RosterIndex(self._store.roster.load(day.date)),
            duty=self._rules.schedule.duty_on(day.date, self._look.zone),
            excuses=tuple(self._store.facts.excuses_on(day.date)),
            outages=tuple(self._store.facts.outages_between(day.start, day.end)),
            health=self._store.terminals.health(),
        )
        punches = self._store.punches.between(day.start, day.end)
        board = DayBoard(facts, sorted(punches, key=lambda punch: punch.id), now, self._rules.freshness)
        view = BoardView(board, self._look)
        if self._day == day and self._board is not None:
            known = self._board.seen
            arrivals = [arrival for arrival in board.arrivals if arrival.punch.id not in known]
        else:
            self._ticker.clear()
            arrivals = board.arrivals
        self._ticker.add(arrivals)
        self._day, self._board, self._view, self._latest = day, board, view, now
        self._publisher.publish_all(view, self._ticker, now)
        if self._stale is not None:
            log.info("the board of %s is live: %d people", day.date, len(board.rows))
        self._stale, self._reload, self._failures = None, False, 0

    def _apply(self, changes: Iterable[Change]) -> None:
        everything = list(changes)
        if not everything:
            return
        if any(change.topic not in (Topic.PUNCH, Topic.TERMINAL) for change in everything):
            self._load()
            return
        self._apply_punches([change for change in everything if change.topic is Topic.PUNCH])
        if any(change.topic is Topic.TERMINAL for change in everything):
            self._apply_health()

    def _apply_punches(self, changes: list[Change]) -> None:
        day, board = self._loaded()
        today = [
            change
            for change in changes
            if not (change.since and change.since >= day.end)
            and not (change.until and change.until < day.start)
        ]
        if not today:
            return
        lows = [change.punch_lo for change in today if change.punch_lo is not None]
        highs = [change.punch_hi for change in today if change.punch_hi is not None]
        punches = self._store.punches.between(
            day.start, day.end, lo=min(lows, default=None), hi=max(highs, default=None)
        )
        self._arrive(board.add_punches(sorted(punches, key=lambda punch: punch.id), self._clock.now()))

    def _apply_health(self) -> None:
        day, board = self._loaded()
        health = self._store.terminals.health()
        vouched_from = [
            max(old.read_through, day.start) if old and old.read_through else day.start
            for terminal_id, old in ((number, board.health.get(number)) for number in board.index.terminals)
            if _vouches_further(old, health.get(terminal_id))
        ]
        if vouched_from and min(vouched_from) < day.end:
            punches = self._store.punches.between(min(vouched_from), day.end)
            self._arrive(board.add_punches(punches, self._clock.now()))
        board.set_health(health, self._clock.now())

    def _arrive(self, arrivals: list[Arrival]) -> None:
        if arrivals:
            self._ticker.add(arrivals)
            self._ticker_moved = True

    def _watch_collector(self) -> None:
        real = time.monotonic()
        if real >= self._liveness_due:
            self._liveness_due = real + LIVENESS_SECONDS
            sign = self._store.terminals.collector_alive()
            self._liveness.saw(sign, now=self._clock.now(), rate=self._clock.rate, real=real)

    def _pass_time(self) -> None:
        if self._board is None or self._view is None or self._day is None:
            return
        now = self._clock.now()
        if now < self._day.end:
            self._latest = max(self._latest, now)
            self._board.advance(now)
        self._publisher.collect(self._board, ticker_moved=self._ticker_moved)
        self._ticker_moved = False
        self._publisher.flush(self._view, self._ticker, now)

    def _patience(self) -> float:
        """Real seconds until something must be done even if the store says nothing."""
        waits = [PATIENCE_SECONDS, self._publisher.patience()]
        if self._board is not None and self._board.next_turn is not None:
            waits.append(self._clock.real_seconds_until(self._board.next_turn))
        if self._day is not None:
            waits.append(self._clock.real_seconds_until(self._day.end))
        return max(BREATH_SECONDS, min(waits))

    def _day_of(self, now: datetime) -> _Day:
        today = now.astimezone(self._look.zone).date()

        def midnight(day: date) -> datetime:
            return datetime.combine(day, day_time(), self._look.zone).astimezone(UTC)

        return _Day(today, midnight(today), midnight(today + timedelta(days=1)))

    def _loaded(self) -> tuple[_Day, DayBoard]:
        assert self._day is not None
        assert self._board is not None
        return self._day, self._board


def _vouches_further(old: TerminalHealth | None, new: TerminalHealth | None) -> bool:
    if new is None or new.read_through is None:
        return False
    return old is None or old.read_through is None or new.read_through > old.read_through
