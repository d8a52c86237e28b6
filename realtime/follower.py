"""Follows the store in a thread of its own and keeps the boards of some days current.

A change notice says what to read; the clock says when somebody becomes late without any punch. While the
store is away the boards go on with time, so that terminals grow stale and nobody is accused on old data;
afterwards everything is read again and compared, so nothing is missed. What to do with a board is its sink's
affair: a wall shows it, a keeper stores it.

Order matters for honesty: a terminal's horizon is believed only after all punches that it vouches for were
read. The collector commits punches, and outages that it found, before the horizon; here health is read first,
outages and punches after, and they are applied the other way round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from typing import Protocol

from attendance.assembly import Assembler
from attendance.facts import Horizon
from attendance.roster import RosterIndex
from config.clock import Clock
from realtime.day_board import DayBoard, Dirt, punches_of
from realtime.day_source import DaySource
from realtime.liveness import Liveness
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
"""City time that a clock may step back (it is being adjusted) before the days are judged anew."""
STUCK_SECONDS = 15.0
"""A follower that finished no turn for so long is said to be stuck."""
ONE_DAY = timedelta(days=1)
PERSONAL = (Topic.EXCUSE, Topic.CORRECTION, Topic.DUTY)
"""What is read again only of the people whom it concerns."""


class BoardSink(Protocol):
    """Who is told of the boards, always in the follower's thread. A `StoreError` that it raises is taken as a
    lost store, anything else as a failure; everything is read and told again then.
    """

    def loaded(self, board: DayBoard, now: datetime) -> None:
        """The board of a day was built anew from everything that the store holds."""
        ...

    def changed(self, board: DayBoard, dirt: Dirt, now: datetime) -> None:
        """This is different on the board since the last call, or since it was loaded."""
        ...

    def elsewhere(self, changes: Sequence[Change], now: datetime) -> None:
        """The store changed in a way that touches days whose boards are not kept, perhaps also kept ones."""
        ...

    def settle(self, now: datetime) -> None:
        """End of a turn: every board has been told of."""
        ...

    def patience(self) -> float:
        """Real seconds after which `settle` is due although nothing happens; infinity: nothing waits."""
        ...

    def close(self) -> None:
        """The last call."""
        ...


def only_today(today: date) -> Sequence[date]:
    """The days that a wall needs."""
    return (today,)


@dataclass(frozen=True, slots=True)
class _Today:
    """The city's date, from its local midnight to the next; moments aware, UTC."""

    date: date
    start: datetime
    end: datetime


class Follower:
    """One thread; `start` and `stop` it from another. `stale`, `horizons` and `progress` may be called from
    anywhere. `days` names the work dates whose boards are kept, given today's date in the city.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        source: DaySource,
        *,
        freshness: timedelta,
        sink: BoardSink,
        days: Callable[[date], Sequence[date]] = only_today,
        name: str = "follower",
    ) -> None:
        self._store = store
        self._clock = clock
        self._source = source
        self._freshness = freshness
        self._sink = sink
        self._days = days
        self._name = name
        self._feed = store.changes.feed()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._today: _Today | None = None
        self._assembler: Assembler | None = None
        self._boards: dict[date, DayBoard] = {}
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

    def stale(self) -> str | None:
        """Why the boards are not to be trusted: "loading", "store", "follower" or "collector"; None: they
        are.
        """
        if self._stale is not None:
            return self._stale
        real = time.monotonic()
        if real - self._progress > STUCK_SECONDS:
            return "follower"
        return "collector" if self._liveness.silent(real) else None

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """How far each active terminal vouches today; empty before the first board."""
        boards, today = self._boards, self._today
        board = None if today is None else boards.get(today.date)
        return () if board is None else board.horizons

    @property
    def index(self) -> RosterIndex | None:
        """The roster of today's board; None before the first."""
        boards, today = self._boards, self._today
        board = None if today is None else boards.get(today.date)
        return None if board is None else board.index

    # --- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if time.monotonic() < self._retry_at:
                    self._stopping.wait(min(PATIENCE_SECONDS, max(0.0, self._retry_at - time.monotonic())))
                    self._pass_time()
                else:
                    self._turn()
                if self._stale != "follower":
                    self._progress = time.monotonic()
            except StoreError as error:
                self._lost("store", error)
            except Exception as error:
                log.exception("the %s failed; it reads everything again", self._name)
                self._lost("follower", error)
        self._feed.close()
        self._sink.close()

    def _turn(self) -> None:
        self._watch_collector()
        now = self._clock.now()
        if self._reload or self._today is None or not self._today.start <= now < self._today.end:
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
        today = self._today_of(now)
        days = sorted(self._days(today.date))
        health = self._store.terminals.health()
        assembler = self._source.load(days[0], days[-1])
        boards = {}
        for day in days:
            punches = self._store.punches.between(*punches_of(assembler, day))
            before = self._boards.get(day)
            boards[day] = DayBoard(
                assembler,
                day,
                health=health,
                punches=punches,
                now=now,
                freshness=self._freshness,
                city_read=None if before is None else before.city_read,
            )
        self._today, self._assembler, self._boards, self._latest = today, assembler, boards, now
        for board in boards.values():
            self._sink.loaded(board, now)
        if self._stale is not None:
            people = max(len(board.rows) for board in boards.values())
            log.info("the board of %s is live: %d people", today.date, people)
        self._stale, self._reload, self._failures = None, False, 0

    def _apply(self, changes: Sequence[Change]) -> None:
        if not changes:
            return
        if any(_concerns_everybody(change) for change in changes):
            self._load()
        else:
            self._apply_facts([change for change in changes if change.topic in PERSONAL])
            self._apply_punches([change for change in changes if change.topic is Topic.PUNCH])
            if any(change.topic is Topic.TERMINAL for change in changes):
                self._apply_health()
            elif any(change.topic is Topic.OUTAGE for change in changes):
                self._apply_outages()
        away = [change for change in changes if self._touches_other_days(change)]
        if away:
            self._sink.elsewhere(away, self._clock.now())

    def _apply_facts(self, changes: Iterable[Change]) -> None:
        facts = self._loaded().facts
        people = {
            person_id
            for change in changes
            if (change.first_day is None or change.first_day <= facts.last + ONE_DAY)
            and (change.last_day is None or change.last_day >= facts.first - ONE_DAY)
            for person_id in change.person_ids
        }
        if not people:
            return
        self._source.reload_people(self._loaded(), people)
        for board in self._boards.values():
            board.facts_changed(people, self._clock.now())

    def _apply_punches(self, changes: Sequence[Change]) -> None:
        for board in self._boards.values():
            start, end = board.reads
            mine = [
                change
                for change in changes
                if (change.since is None or change.since < end)
                and (change.until is None or change.until >= start)
            ]
            if mine:
                lows = [change.punch_lo for change in mine if change.punch_lo is not None]
                highs = [change.punch_hi for change in mine if change.punch_hi is not None]
                lo, hi = min(lows, default=None), max(highs, default=None)
                punches = self._store.punches.between(start, end, lo=lo, hi=hi)
                board.add_punches(punches, self._clock.now())

    def _apply_health(self) -> None:
        health = self._store.terminals.health()
        self._apply_outages()
        for board in self._boards.values():
            span = board.vouched_anew(health)
            if span is not None:
                board.add_punches(self._store.punches.between(*span), self._clock.now())
            board.set_health(health, self._clock.now())

    def _apply_outages(self) -> None:
        """Those that the collector found were committed before the horizon that they make doubtful, but their
        notice may come after it was read: so they are read with every horizon.
        """
        assembler = self._loaded()
        before = assembler.facts
        self._source.reload_outages(assembler)
        after = assembler.facts
        terminals = {outage.terminal_id for outage in {*before.outages} ^ {*after.outages}}
        of_sites = {*before.site_outages} != {*after.site_outages}
        if terminals or of_sites:
            for board in self._boards.values():
                board.outages_changed(None if of_sites else terminals, self._clock.now())

    def _touches_other_days(self, change: Change) -> bool:
        if change.topic is Topic.TERMINAL:
            return False
        zone = self._source.zone
        first = change.first_day or (change.since and change.since.astimezone(zone).date())
        last = change.last_day or (change.until and change.until.astimezone(zone).date())
        if first is None or last is None:
            return True
        # A night of the day before the first one may end in it, or be bridged to what begins there.
        return any(last - ONE_DAY * number not in self._boards for number in range((last - first).days + 2))

    def _watch_collector(self) -> None:
        real = time.monotonic()
        if real >= self._liveness_due:
            self._liveness_due = real + LIVENESS_SECONDS
            sign = self._store.terminals.collector_alive()
            self._liveness.saw(sign, now=self._clock.now(), rate=self._clock.rate, real=real)

    def _pass_time(self) -> None:
        if self._today is None:
            return
        now = self._clock.now()
        if now < self._today.end:
            self._latest = max(self._latest, now)
            for board in self._boards.values():
                board.advance(now)
        for board in self._boards.values():
            dirt = board.take_dirt()
            if dirt:
                self._sink.changed(board, dirt, now)
        self._sink.settle(now)

    def _patience(self) -> float:
        """Real seconds until something must be done even if the store says nothing."""
        waits = [PATIENCE_SECONDS, self._sink.patience()]
        turns = [board.next_turn for board in self._boards.values()]
        moments = [turn for turn in turns if turn is not None]
        if self._today is not None:
            moments.append(self._today.end)
        waits += [self._clock.real_seconds_until(moment) for moment in moments]
        return max(BREATH_SECONDS, min(waits))

    def _today_of(self, now: datetime) -> _Today:
        zone = self._source.zone
        today = now.astimezone(zone).date()

        def midnight(day: date) -> datetime:
            return datetime.combine(day, day_time(), zone).astimezone(UTC)

        return _Today(today, midnight(today), midnight(today + ONE_DAY))

    def _loaded(self) -> Assembler:
        assert self._assembler is not None
        return self._assembler


def _concerns_everybody(change: Change) -> bool:
    return change.topic is Topic.ROSTER or (change.topic in PERSONAL and not change.person_ids)
