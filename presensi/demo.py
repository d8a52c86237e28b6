"""`presensi demo`: a simulated city's terminals, and all of Presensi over them, on this machine alone."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from datetime import date, datetime

from config.clock import SimClock, set_rate, write_clock
from config.settings import CitySettings, Settings, load
from presensi.demo_folder import (
    CLOCK_FILE,
    DATABASE_FILE,
    LOG_FOLDER,
    SETTINGS_FILE,
    DemoOptions,
    announce,
    begin_anew,
    folder_for_us,
    settings_text,
    sheets,
    working_day,
)
from presensi.demo_outages import enter_outages
from presensi.demo_past import judge_past
from presensi.demo_screen import DemoScreen
from presensi.exits import Failure
from presensi.process import Child, Supervisor, presensi
from presensi.roster_import import perform_roster, prepare_roster
from presensi.up import services, stop_on_signals, wall_address
from simulators.day_plan import working_days_before
from simulators.scenario import Scenario
from simulators.scenarios import SCENARIOS
from store import Store, StoreError, open_store
from store.migrate import migrate

READY_SECONDS = 120.0
FIRST_READS_SECONDS = 60
CATCH_UP_SECONDS = 5.0
"""Real seconds between the city's clock standing still at `until` and the end."""


def run_demo(options: DemoOptions, screen: DemoScreen) -> int:
    """Run a demo to its end; the exit code. Raises `Failure` when it cannot begin."""
    folder = options.folder.absolute()
    with folder_for_us(folder):
        begin_anew(folder)
        zone = CitySettings().zone
        played = SCENARIOS[options.scenario](options.seed) if options.scenario else None
        day = played.day if played else options.day or working_day(datetime.now(zone).date())
        write_clock(folder / CLOCK_FILE, datetime.combine(day, options.start, zone), 0.0)
        (folder / SETTINGS_FILE).write_text(settings_text(options, folder), "utf-8")
        settings = load(folder / SETTINGS_FILE, {})
        return asyncio.run(_Demo(options, day, settings, screen, played).run())


class _Demo:
    """One demo; asyncio holds its children together."""

    def __init__(
        self,
        options: DemoOptions,
        day: date,
        settings: Settings,
        screen: DemoScreen,
        played: Scenario | None,
    ) -> None:
        self._options = options
        self._folder = options.folder.absolute()
        self._day = day
        self._settings = settings
        self._screen = screen
        self._played = played
        self._last_lines: deque[str] = deque(maxlen=15)

    async def run(self) -> int:
        stop = stop_on_signals()
        fleet = Supervisor([self._fleet()], self._log)
        services_of_it = Supervisor(services(self._settings, self._folder / SETTINGS_FILE), self._log)
        with self._screen.step("Preparing the database"):
            self._migrate()
        try:
            with self._screen.step(f"Starting {self._options.terminals} simulated terminals"):
                await fleet.start()
                await self._ready(fleet, stop)
            if not stop.is_set():
                with self._screen.step("Importing the roster"):
                    self._import()
            if not stop.is_set():
                with self._screen.step("Starting the collector and the wall"):
                    await services_of_it.start()
                    await self._ready(services_of_it, stop)
            if not stop.is_set():
                with self._screen.step("Reading the terminals' logs"):
                    await self._first_reads(stop)
            if not stop.is_set():
                until = self._until()
                set_rate(self._folder / CLOCK_FILE, self._options.rate, until)
                announce(self._folder, wall_address(self._settings), self._settings.store.url)
                self._screen.running(wall_address(self._settings), self._options.folder)
                past = asyncio.create_task(asyncio.to_thread(self._judge_past, stop))
                await self._watch(stop, until)
                stop.set()
                await past
        finally:
            with self._screen.step("Stopping"):
                await services_of_it.stop()
                await fleet.stop()
        self._screen.ended(self._options.folder, self._options.database or DATABASE_FILE)
        return 0

    def _fleet(self) -> Child:
        options = self._options
        what = (
            ("--scenario", options.scenario)
            if options.scenario
            else (
                *("--day", self._day.isoformat()),
                *("--people", str(options.people), "--terminals", str(options.terminals)),
                *("--history", str(options.history)),
            )
        )
        command = presensi(
            *("simulate", "fleet", "--config", str(self._folder / SETTINGS_FILE), "--dir", str(self._folder)),
            *("--seed", str(options.seed), *what),
        )
        # Started anew it would listen on other ports than the roster says.
        return Child("fleet", command, restart=False)

    def _migrate(self) -> None:
        migrate(self._settings.store.url)
        store = open_store(self._settings.store.url)
        try:
            if store.terminals.list(active_only=False):
                raise Failure("The database holds a roster already: give the demo an empty one.")
        finally:
            store.close()

    def _import(self) -> None:
        store = open_store(self._settings.store.url)
        try:
            now = self._now()
            prepared = prepare_roster(store, sheets(self._folder), self._settings.city.zone, now)
            perform_roster(store, prepared, now, self._screen.console)
            if self._played is not None:
                enter_outages(store, self._played, self._settings.city.zone)
        finally:
            store.close()

    async def _ready(self, supervisor: Supervisor, stop: asyncio.Event) -> None:
        ready = asyncio.create_task(supervisor.wait_ready(READY_SECONDS))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            ready.cancel()
            return
        if late := ready.result():
            told = "\n".join(self._last_lines)
            where = self._folder / LOG_FOLDER
            raise Failure(f"Not ready after {READY_SECONDS:g} s: {', '.join(late)}. See {where}.\n{told}")

    async def _first_reads(self, stop: asyncio.Event) -> None:
        """Until each terminal was read or found dark, so that the morning begins with what was before it."""
        store = open_store(self._settings.store.url)
        try:
            terminals = store.terminals.list()
            for _ in range(FIRST_READS_SECONDS):
                health = store.terminals.health()
                known = [health.get(terminal.id) for terminal in terminals]
                if stop.is_set() or all(it and (it.read_through or it.error) for it in known):
                    return
                await _pause(stop, 1.0)
        finally:
            store.close()

    def _judge_past(self, stop: asyncio.Event) -> None:
        if self._played is not None:
            return
        days = reversed(working_days_before(self._day, self._options.history))
        store = open_store(self._settings.store.url)
        try:
            clock = SimClock(self._folder / CLOCK_FILE)
            judge_past(store, self._settings, clock, days, stopped=stop.is_set)
        except StoreError as error:
            self._log("demo", f"the days before could not be judged: {error}")
        finally:
            store.close()

    async def _watch(self, stop: asyncio.Event, until: datetime | None) -> None:
        store = open_store(self._settings.store.url)
        clock = SimClock(self._folder / CLOCK_FILE)
        try:
            with self._screen.live():
                while not stop.is_set():
                    over = until is not None and clock.now() >= until
                    if over:  # what is on its way arrives
                        await _pause(stop, CATCH_UP_SECONDS)
                    with suppress(StoreError):
                        self._show(store, clock, last=over)
                    if over:
                        return
                    await _pause(stop, 1.0)
        finally:
            store.close()

    def _show(self, store: Store, clock: SimClock, *, last: bool) -> None:
        terminals, health = store.terminals.list(), store.terminals.health()
        self._screen.show(
            clock.now().astimezone(self._settings.city.zone),
            clock.rate,
            punches=store.punches.count(),
            online=sum(item.online for item in health.values()),
            terminals=len(terminals),
            last=last,
        )

    def _now(self) -> datetime:
        return SimClock(self._folder / CLOCK_FILE).now()

    def _until(self) -> datetime | None:
        if self._options.until is None:
            return None
        return datetime.combine(self._day, self._options.until, self._settings.city.zone)

    def _log(self, name: str, line: str) -> None:
        self._last_lines.append(f"{name}: {line}")
        folder = self._folder / LOG_FOLDER
        folder.mkdir(exist_ok=True)
        with (folder / f"{name}.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        if name == "up":
            self._screen.note(line)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
