"""One terminal, followed: session after session, from open to EXIT, for as long as it is registered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TypeVar

from attendance.terminal import Follow, Terminal
from collector.backoff import Backoff
from collector.clock_keeper import ClockKeeper
from collector.doubt import Doubts
from collector.log_reader import LogReader, is_full
from collector.normalize import Normalizer
from collector.orders import Orders, Work
from collector.surroundings import Surroundings
from collector.vitals import Vitals
from devices.driver import LiveEvents, Session
from devices.errors import DeviceError, DeviceRefused, LinkClosed, Retry, WrongTerminal
from store.punches import Ingest as Batch

log = logging.getLogger(__name__)

T = TypeVar("T")

CLOSE_SECONDS = 2.0
"""How long saying EXIT may take."""
PATIENCE_SECONDS = 0.5
"""A wait for the store or for the bulk gate that lasts longer is spent listening to the terminal."""
LISTEN_SECONDS = 0.5
"""How long each such listening lasts."""
LIVE_WITHIN = timedelta(seconds=5)
"""A live punch further than this from the present: the terminal's clock was moved, or the event came late."""
READ_SHARE = 0.1
"""Largest share of the time that reads may take where live punches cause them, or a full log that turns over:
for each the terminal prepares its whole log, so one that needs long for it is asked less often.
"""
SPREAD = 0.1
"""Intervals vary by this share, so that terminals do not fall into step."""


class TerminalSession:
    """Follows one terminal until its task is cancelled. Everything here runs in the event loop's thread."""

    def __init__(
        self,
        *,
        terminal: Terminal,
        reader: LogReader,
        keeper: ClockKeeper,
        doubts: Doubts,
        normalizer: Normalizer,
        vitals: Vitals,
        shared: Surroundings,
    ) -> None:
        settings = shared.settings
        self._terminal = terminal
        self._reader = reader
        self._keeper = keeper
        self._doubts = doubts
        self._normalizer = normalizer
        self._vitals = vitals
        self._shared = shared
        self._backoff = Backoff(
            settings.backoff_first.total_seconds(), settings.backoff_most.total_seconds(), shared.random
        )
        self._check_asked = False
        self._clock_asked = False
        self._proof_asked = True
        self._anew_asked = False
        self._listening: asyncio.Future[LiveEvents] | None = None
        self._orders = Orders()
        self._called = asyncio.Event()
        self._live_unproved = False
        self._check_due = 0.0
        self._settle_due: float | None = None
        self._keepalive_due = 0.0
        self._gentle_until = 0.0
        self._lost: DeviceError | None = None

    async def run(self, first_pause: float) -> None:
        """Follow the terminal; the first contact comes after `first_pause` real seconds."""
        try:
            await self._rest(first_pause, heed_checks=False)
            while True:
                try:
                    await self._visit()
                except Exception as error:
                    await self._rest(self._pause_after(error), heed_checks=False)
                else:
                    await self._rest(0 if self._orders else self._interval(), heed_checks=True)
        finally:
            self._orders.refuse(
                LinkClosed("the collector follows it no longer", terminal=self._terminal.serial)
            )

    async def perform(self, work: Work[T]) -> T:
        """What `work` gives, done by this terminal's task between two sessions; raises what it raises. A
        terminal that does not answer is tried at once.
        """
        asked = asyncio.ensure_future(self._orders.ask(work))
        await asyncio.sleep(0)
        self._wake()
        return await asked

    def ask_check(self) -> None:
        """Count and read now instead of when the interval is over. A failing terminal keeps its back-off."""
        self._check_asked = True
        self._wake()

    def _wake(self) -> None:
        self._called.set()
        if self._listening is not None:
            self._listening.cancel()

    def ask_clock(self) -> None:
        """Measure the clock with the next check."""
        self._clock_asked = True

    def ask_proof(self, *, anew: bool = False) -> None:
        """With the next check, read even if the count is unchanged, and so prove that the log is the same
        one; `anew`: read it whole and account for every record again.
        """
        self._proof_asked = True
        self._anew_asked = self._anew_asked or anew

    async def _visit(self) -> None:
        """One session. Returns only where the terminal is polled; raises what ended the session."""
        async with self._line() as line:
            await self._measure_clock(line)
            if self._terminal.follow is Follow.POLL:
                await self._check(line, measured=True)
                return
            self._proof_asked = True
            # Without live events the counts bring everything, only later.
            with suppress(DeviceRefused):
                await line.subscribe()
            await self._check(line, measured=True)
            while not self._orders:
                await self._follow(line)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Session]:
        terminal = self._terminal
        line = await self._shared.load_driver(terminal.driver).open(self._shared.target(terminal))
        self._lost = None
        try:
            if line.identity.serial != terminal.serial:
                raise WrongTerminal(f"it says {line.identity.serial}", terminal=terminal.serial)
            yield line
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(line.close(), CLOSE_SECONDS)

    async def _follow(self, line: Session) -> None:
        """Listen until something is due, and do it."""
        due = min(self._check_due, self._settle_due or self._check_due, self._keepalive_due)
        pause = due - time.monotonic()
        if pause > 0 and not self._check_asked:
            self._take(await self._listen(line, pause))
        if self._orders:
            return
        now = time.monotonic()
        settled = self._settle_due is not None and now >= self._settle_due
        if self._check_asked or settled or now >= self._check_due:
            await self._check(line)
        elif now >= self._keepalive_due:
            await self._measure_clock(line)

    async def _listen(self, line: Session, pause: float) -> LiveEvents:
        """Events of up to `pause` seconds; `ask_check` cuts it short."""
        self._listening = asyncio.ensure_future(line.events(pause))
        try:
            return await self._listening
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return LiveEvents(())
        finally:
            self._listening = None

    def _take(self, events: LiveEvents) -> None:
        """Bring live punches to the wall at once; the log read that proves them follows.

        Those that do not show the present moment are left to it, once the clock is measured: what is stored
        keeps its moment, and a wrong one may call somebody late who was not.
        """
        if not events.items:
            return
        now, rate = self._shared.clock.now(), self._shared.clock.rate
        normalised = self._normalizer.live(events, now)
        within, punches = LIVE_WITHIN * max(1.0, rate), normalised.punches
        if any(abs(punch.at - now) > within for punch in punches):
            punches, self._clock_asked = [], True
        if punches or normalised.quarantine:
            self._shared.ingest.offer(
                Batch(
                    terminal_id=self._terminal.id,
                    punches=punches,
                    cursor=None,
                    quarantine=normalised.quarantine,
                    expected=None,
                    reviews=self._doubts.marks(punches, now, fresh=True, rate=rate),
                )
            )
        self._live_unproved = True
        if self._settle_due is None:
            settle = time.monotonic() + self._shared.settings.settle.total_seconds()
            self._settle_due = max(settle, self._gentle_until)

    async def _check(self, line: Session, *, measured: bool = False) -> None:
        """Count; read what the count or a live punch says is there; move the horizon. `measured`: the clock
        was, just now.
        """
        self._check_asked = False
        if self._clock_asked:
            await self._measure_clock(line)
            measured = True
        heard = self._live_unproved
        must_read = self._proof_asked or self._anew_asked or heard
        self._live_unproved = False
        self._settle_due = None
        through = self._shared.clock.now()
        counts = await line.counts()
        self._vitals.contacted(line.identity, counts)
        inserted = 0
        read_through = self._vitals.health.read_through
        elapsed = None if read_through is None else through - read_through
        unread = not self._reader.covers(counts, elapsed)

        async def tend(waiting: Awaitable[T], *, needs_line: bool = False) -> T:
            return await self._tend(line, waiting, needs_line)

        if must_read or unread:
            if unread and not (measured or heard):
                await self._measure_clock(line)
            caught = await self._reader.catch_up(line, counts, read_through, tend, anew=self._anew_asked)
            through, inserted = caught.through, caught.inserted
            self._gentle_until = time.monotonic() + caught.seconds * (1 / READ_SHARE - 1)
            self._proof_asked = self._anew_asked = False
        if self._lost is not None:
            raise self._lost
        self._vitals.proved(through, inserted)
        self._keeper.read_through(through)
        self._backoff.reset()
        await self._keeper.set_if_due(line, tend)
        self._check_due = time.monotonic() + self._interval()
        if is_full(counts):
            self._check_due = max(self._check_due, self._gentle_until)
        self._answered()

    async def _tend(self, line: Session, waiting: Awaitable[T], needs_line: bool) -> T:
        """See `collector.bulk_gate.Tend`."""
        future = asyncio.ensure_future(waiting)
        try:
            await asyncio.wait({future}, timeout=PATIENCE_SECONDS)
            while not future.done():
                if self._lost is not None:
                    if needs_line:
                        raise self._lost
                    await asyncio.wait({future})
                    continue
                try:
                    await self._keep_alive(line)
                    self._take(await line.events(LISTEN_SECONDS))
                except DeviceError as error:
                    self._lost = error
                    self._vitals.failed(error)
            return future.result()
        finally:
            future.cancel()

    async def _keep_alive(self, line: Session) -> None:
        if time.monotonic() >= self._keepalive_due:
            await line.read_clock()
            self._answered()

    def _answered(self) -> None:
        self._keepalive_due = time.monotonic() + self._shared.settings.keepalive.total_seconds()

    async def _measure_clock(self, line: Session) -> None:
        await self._keeper.measure(line)
        self._clock_asked = False
        self._answered()

    def _interval(self) -> float:
        own = self._terminal.interval
        seconds = self._shared.settings.count_check.total_seconds() if own is None else own
        return seconds * self._shared.random.uniform(1 - SPREAD, 1.0)

    def _pause_after(self, error: Exception) -> float:
        self._vitals.failed(error)
        self._proof_asked = True
        return self._backoff.pause(error.retry if isinstance(error, DeviceError) else Retry.BACKOFF)

    async def _rest(self, seconds: float, *, heed_checks: bool) -> None:
        """Pause between two sessions. What was ordered is carried out at once, and ends the pause."""
        over = time.monotonic() + seconds
        while not (heed_checks and self._check_asked):
            self._called.clear()
            if self._orders:
                await self._orders.carry_out(lambda: self._shared.target(self._terminal))
                return
            left = over - time.monotonic()
            if left <= 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), left)
