"""Follows every registered terminal: starts and ends their tasks, keeps the store told how they are."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as day_time
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from attendance.ids import TerminalId
from attendance.terminal import LogCursor, Terminal, TerminalHealth
from collector.bulk_gate import BulkGate
from collector.city_clock import CityClock
from collector.clock_keeper import ClockKeeper
from collector.clock_watch import ClockWatch, LastKnown
from collector.comm_keys import CommKeys
from collector.doubt import Doubts
from collector.errand_desk import ErrandDesk
from collector.health import HealthBook
from collector.ingest import Ingest
from collector.log_reader import LogReader
from collector.normalize import Normalizer
from collector.reconcile import Tally, Verdict
from collector.schedule import Daily, Repeated, Schedule
from collector.session import TerminalSession
from collector.surroundings import Surroundings
from collector.vitals import Vitals
from config.clock import Clock
from config.settings import CollectorSettings
from devices import registry
from store import Store, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
"""How often, in real seconds, health is saved and the collector shows that it lives."""
ERRAND_SECONDS = 1.0
"""How often errands are looked for."""
ROSTER_SECONDS = 10.0
"""How often the list of terminals is read again."""
CLOCK_SECONDS = 600.0
"""How often each terminal's clock is measured."""
START_SPREAD, START_SPREAD_MOST = 0.02, 3.0
"""Seconds per terminal, and at most, over which first contacts are spread."""
SWEEP_SECONDS = 1.0
"""Over how long a sweep of all terminals is spread."""
STOP_SECONDS = 5.0
"""How long sessions may take to say EXIT."""
RECONCILE_AT = day_time(23, 30)
MIDNIGHT = day_time(0, 0)


@dataclass(slots=True)
class _Followed:
    terminal: Terminal
    session: TerminalSession
    task: asyncio.Task[None]


class Supervisor:
    """One per process. Create it inside the running event loop."""

    def __init__(
        self,
        *,
        settings: CollectorSettings,
        zone: ZoneInfo,
        store: Store,
        clock: Clock,
        sweep_times: Sequence[day_time],
        random: Random,
    ) -> None:
        """`sweep_times`: times of the city's day at which the board needs every terminal read. Raises
        `ConfigError` for a bad comm-key file.
        """
        self._settings = settings
        self._store = store
        self._clock = clock
        self._random = random
        self._gate = BulkGate(settings.bulk_reads)
        comm_keys = CommKeys(settings.comm_keys_file)
        self._ingest = Ingest(store)
        self._shared = Surroundings(
            settings=settings,
            zone=zone,
            clock=clock,
            comm_keys=comm_keys,
            store=store,
            ingest=self._ingest,
            random=random,
            load_driver=cache(registry.load),
            city=CityClock(lambda: self._book.online(self._followed)),
        )
        self._book = HealthBook({})
        self._followed: dict[TerminalId, _Followed] = {}
        self._roster_lock = asyncio.Lock()
        self._punches_before = 0
        self._errands = ErrandDesk(
            self._shared,
            lambda: {number: (one.terminal, one.session) for number, one in self._followed.items()},
        )
        self._schedule = Schedule(
            clock,
            zone,
            daily=[
                Daily("sweep", sweep_times, self.sweep),
                Daily("reconcile", [RECONCILE_AT], self.reconcile),
                Daily("day", [MIDNIGHT], self._begin_day),
                Daily("quiet", [settings.quiet_hours.begins], self._begin_quiet_hours),
            ],
            repeated=[
                Repeated("roster", ROSTER_SECONDS, self.refresh),
                Repeated("clocks", CLOCK_SECONDS, self._check_clocks),
                Repeated("errands", ERRAND_SECONDS, self._errands.look),
            ],
            when_moved=self._follow_clock,
        )

    async def run(self, stop: asyncio.Event, ready: Callable[[], None], progress: Callable[[], None]) -> None:
        """Follow the terminals until `stop` is set. `ready` is called once; `progress` about once a second,
        only when the event loop turned and the writer answered. Raises `StoreError` when it cannot begin.
        """
        try:
            self._book = HealthBook(await self._ingest.call(self._store.terminals.health))
            self._book.forget_future(self._clock.now())
            await self._refresh()
            await self._errands.recover()
            log.info("Following %d terminals.", len(self._followed))
            self._schedule.start()
            ready()
            await self._beat(stop, progress)
        finally:
            await self._close()

    async def refresh(self) -> None:
        """Take up new terminals, let go those no longer active, begin anew with those that changed."""
        try:
            await self._refresh()
        except StoreUnavailable as error:
            log.debug("The list of terminals cannot be read now: %s", error)

    async def sweep(self) -> None:
        """Let every terminal be counted and read now, spread over a second; failing ones keep their pause."""
        sessions = [followed.session for followed in self._followed.values()]
        for session in sessions:
            session.ask_check()
            await asyncio.sleep(SWEEP_SECONDS / len(sessions))

    async def reconcile(self) -> None:
        """Compare what every terminal holds with what the store holds; read anew where rows are missing, and
        let every log prove that it is still the same one.
        """
        try:
            cursors = await self._ingest.call(self._store.terminals.cursors)
            verdicts = [await self._reconcile_one(one, cursors) for one in list(self._followed.values())]
        except StoreError as error:
            log.warning("Counts could not be reconciled, tomorrow again: %s", error)
            return
        log.info(
            "Reconciled %d terminals: %s.",
            len(verdicts),
            ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict),
        )
        await self.sweep()

    async def _reconcile_one(self, followed: _Followed, cursors: dict[TerminalId, LogCursor]) -> Verdict:
        terminal = followed.terminal
        punches = await self._ingest.call(lambda: self._store.punches.count(terminal.id))
        tally = Tally(cursors.get(terminal.id), self._book.of(terminal.id).log_records, punches)
        if tally.verdict is Verdict.SHORT:
            log.warning(
                "%s (%s): the store has %d punches, fewer than were read from it: reading its log anew.",
                terminal.name,
                terminal.serial,
                punches,
            )
        followed.session.ask_proof(anew=tally.verdict is Verdict.SHORT)
        return tally.verdict

    async def _refresh(self) -> None:
        async with self._roster_lock:
            known = await self._ingest.call(self._store.terminals.list)
            listed = [terminal for terminal in known if terminal.called]
            wanted = {terminal.id: terminal for terminal in listed}
            ended = [
                followed
                for number, followed in self._followed.items()
                if wanted.get(number) != followed.terminal
            ]
            for followed in ended:
                del self._followed[followed.terminal.id]
            await _end(ended)
            begun = [terminal for terminal in listed if terminal.id not in self._followed]
            if begun:
                cursors = await self._ingest.call(self._store.terminals.cursors)
                for terminal in begun:
                    self._follow(terminal, cursors.get(terminal.id), len(begun))

    def _follow(self, terminal: Terminal, cursor: LogCursor | None, starting: int) -> None:
        normalizer = Normalizer(terminal.id, self._shared.zone, terminal.driver)
        doubts = Doubts(self._shared.zone)
        health = self._book.of(terminal.id)
        held = health.log_records
        reader = LogReader(
            terminal=terminal,
            cursor=cursor,
            reload_cursor=lambda: self._store.terminals.cursors().get(terminal.id),
            declare=self._store.facts.note_outage,
            ingest=self._ingest,
            gate=self._gate,
            normalizer=normalizer,
            doubts=doubts,
            clock=self._clock,
            caught_up=cursor is not None and held is not None and cursor.records_read >= held,
        )
        vitals = Vitals(terminal, self._book, self._clock)
        keeper = ClockKeeper(
            terminal=terminal,
            watch=ClockWatch(_last_known(health)),
            doubts=doubts,
            normalizer=normalizer,
            vitals=vitals,
            shared=self._shared,
        )
        session = TerminalSession(
            terminal=terminal,
            reader=reader,
            keeper=keeper,
            doubts=doubts,
            normalizer=normalizer,
            vitals=vitals,
            shared=self._shared,
        )
        pause = self._random.uniform(0, min(START_SPREAD_MOST, START_SPREAD * starting))
        task = asyncio.create_task(session.run(pause), name=f"terminal {terminal.serial}")
        self._followed[terminal.id] = _Followed(terminal, session, task)

    async def _beat(self, stop: asyncio.Event, progress: Callable[[], None]) -> None:
        """Once a second, and at once when a terminal goes on or off: tell the store."""
        stopping = asyncio.ensure_future(stop.wait())
        alive_at = 0.0
        while not stop.is_set():
            rows = self._book.take_changes()
            now = self._clock.now()
            due = time.monotonic() >= alive_at + BEAT_SECONDS / 2
            if due:
                alive_at = time.monotonic()
            await self._tell(rows, now if due else None)
            progress()
            if due:
                self._schedule.tick()
            urgent = asyncio.ensure_future(self._book.urgent.wait())
            await asyncio.wait({urgent, stopping}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            urgent.cancel()
        await self._tell(self._book.take_changes(), None)

    async def _tell(self, rows: Sequence[TerminalHealth], alive_at: datetime | None) -> None:
        """Save health and sign of life. Returns once the writer answered, be it that the store is away."""

        def save() -> None:
            self._store.terminals.save_health(rows)
            if alive_at is not None:
                self._store.terminals.note_collector_alive(alive_at)

        try:
            await self._ingest.call(save)
        except StoreUnavailable as error:
            log.debug("Health is not saved now: %s", error)
            self._book.not_saved(rows)
        except StoreError as error:
            log.error("The store refuses the health of %d terminals: %s", len(rows), error)

    async def _follow_clock(self) -> None:
        self._book.forget_future(self._clock.now())
        await self._check_clocks()
        await self.sweep()

    async def _check_clocks(self) -> None:
        for followed in self._followed.values():
            followed.session.ask_clock()

    async def _begin_quiet_hours(self) -> None:
        await self._check_clocks()
        await self.sweep()

    async def _begin_day(self) -> None:
        log.info(
            "A new day. %d new punches since the last; %d of %d terminals online.",
            self._ingest.inserted - self._punches_before,
            len(self._book.online(self._followed)),
            len(self._followed),
        )
        self._punches_before = self._ingest.inserted
        await self.refresh()

    async def _close(self) -> None:
        self._schedule.stop()
        await self._errands.close()
        await _end(list(self._followed.values()))
        self._followed.clear()
        await self._ingest.close()


def _last_known(health: TerminalHealth) -> LastKnown | None:
    if health.clock_offset is None or health.last_contact_at is None:
        return None
    return LastKnown(timedelta(seconds=health.clock_offset), health.last_contact_at)


async def _end(followed: Sequence[_Followed]) -> None:
    """Cancel the tasks and give them time to say EXIT."""
    for one in followed:
        one.task.cancel()
    if followed:
        await asyncio.wait([one.task for one in followed], timeout=STOP_SECONDS)
