"""A whole city's terminals in one process, played through a scenario as city time passes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path

from simulators.control import ControlServer
from simulators.faults import Delivery
from simulators.line import LOOPBACK
from simulators.roster_files import write_as_it_stood, write_csv
from simulators.scenario import Scenario
from simulators.serving import announce, run_until_signal
from simulators.site import Site
from simulators.terminal import SimUser, TerminalModel, TerminalSim

TRUTH_FILE = "truth.json"

_RECHECK = 0.05
"""Real seconds after which a wait for city time looks again: the clock may have been paused or hurried."""

log = logging.getLogger(__name__)


class _Kind(IntEnum):
    """What happens, in the order in which it happens at one and the same moment."""

    RESTORE = 0
    CUT = 1
    PRESS = 2


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    at: datetime
    kind: _Kind
    serial: str
    pin: str = ""


class Fleet:
    """The terminals of a scenario, on loopback.

    `now` gives city time, naive and local; `real_wait` the real seconds until such a moment at the clock's
    present rate: 0 when past, infinity when the clock stands. Whatever lies in the past when the fleet starts
    is in the logs, and lines that are then dark are cut, before `start` returns.
    """

    def __init__(
        self,
        scenario: Scenario,
        now: Callable[[], datetime],
        real_wait: Callable[[datetime], float],
        *,
        base_port: int = 0,
        delivery: Delivery | None = None,
        model: TerminalModel | None = None,
    ) -> None:
        self.scenario = scenario
        self.site = Site(
            terminals_of(scenario, model),
            self._asked_at,
            base_port=base_port,
            host=LOOPBACK,
            delivery=delivery,
        )
        self._now = now
        self._real_wait = real_wait
        self._events = sorted(_events_of(scenario))
        self._next = 0
        self.played = 0
        """Fingers of the scenario pressed so far."""
        self._player: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load what has passed, open every port, and play on as city time passes. Raises `OSError`."""
        self._load(self._now())
        await self.site.start()
        for serial in self._dark_now():
            await self.site.cut(serial)
        self._player = asyncio.get_running_loop().create_task(self._play())

    async def stop(self) -> None:
        """Stop playing and hang up everywhere."""
        if self._player is not None:
            self._player.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._player
        await self.site.stop()

    async def finished(self) -> None:
        """Wait until the scenario is played to its end; raises what stopped it before."""
        if self._player is not None:
            await asyncio.shield(self._player)

    async def play_until(self, stop: asyncio.Event) -> None:
        """Wait for `stop`; raises at once what stopped the scenario before its end."""
        stopped = asyncio.create_task(stop.wait())
        finished = asyncio.create_task(self.finished())
        await asyncio.wait({stopped, finished}, return_when=asyncio.FIRST_COMPLETED)
        if finished.done():
            finished.result()
            await stopped
        finished.cancel()

    def _load(self, now: datetime) -> None:
        pressed: dict[str, list[bytes]] = {}
        while self._next < len(self._events) and self._events[self._next].at <= now:
            event = self._events[self._next]
            self._next += 1
            if event.kind is _Kind.PRESS:
                terminal = self.site.server(event.serial).terminal
                record = terminal.pack(event.pin, terminal.clock(event.at))
                pressed.setdefault(event.serial, []).append(record)
                self.played += 1
        for serial, records in pressed.items():
            self.site.server(serial).terminal.log.append(b"".join(records))

    def _dark_now(self) -> list[str]:
        now = self._now()
        return [window.serial for window in self.scenario.dark if window.covers(now)]

    def _asked_at(self) -> datetime:
        """City time for a terminal that is asked something. Every finger due by then is in the logs first: a
        simulation that lags behind its own clock would let a terminal vouch for mornings it has not lived.
        """
        now = self._now()
        while self._next < len(self._events):
            event = self._events[self._next]
            if event.at > now or event.kind is not _Kind.PRESS:
                break
            self._next += 1
            self._press(event)
        return now

    async def _play(self) -> None:
        while self._next < len(self._events):
            event = self._events[self._next]
            wait = self._real_wait(event.at)
            if wait > 0:
                await asyncio.sleep(min(wait, _RECHECK))
                continue
            self._next += 1
            await self._happen(event)

    async def _happen(self, event: _Event) -> None:
        match event.kind:
            case _Kind.PRESS:
                self._press(event)
            case _Kind.CUT:
                await self.site.cut(event.serial)
            case _Kind.RESTORE:
                await self.site.restore(event.serial)

    def _press(self, event: _Event) -> None:
        self.played += 1
        server = self.site.server(event.serial)
        if server.terminal.disabled:
            log.warning("%s is disabled: a finger was refused", event.serial)
            return
        # At the planned moment, not the present one: the truth holds it to the second.
        server.press(event.pin, event.at)


def terminals_of(scenario: Scenario, model: TerminalModel | None = None) -> list[TerminalSim]:
    """The scenario's terminals with their users, logs empty."""
    name_of = {person.nip: person.name for person in scenario.city.people}
    terminals = []
    for plan in scenario.city.terminals:
        terminal = TerminalSim(
            plan.serial,
            plan.name,
            clock_offset=timedelta(seconds=scenario.clock_offsets.get(plan.serial, 0)),
            model=model or TerminalModel(),
        )
        terminal.enrol(SimUser(pin, name_of[nip], nip) for pin, nip in scenario.fingers_at(plan.serial))
        terminals.append(terminal)
    return terminals


def run_fleet(
    scenario: Scenario,
    directory: Path,
    now: Callable[[], datetime],
    real_wait: Callable[[datetime], float],
    *,
    base_port: int = 0,
    control_port: int = 0,
    ready: Callable[[], None] = lambda: None,
    delivery: Delivery | None = None,
) -> int:
    """Run a fleet in this process until SIGTERM or SIGINT; returns 0. Raises `OSError` for a taken port.

    See `Fleet` for `now` and `real_wait`. Before `ready` is called, `directory` holds the roster files with
    the terminals' addresses, the ground truth (`truth.json`) and the control's address (`control.json`).
    """
    fleet = Fleet(scenario, now, real_wait, base_port=base_port, delivery=delivery)
    control = ControlServer(fleet.site, port=control_port)

    async def serve(stop: asyncio.Event) -> None:
        try:
            await fleet.start()
            await control.start()
            directory.mkdir(parents=True, exist_ok=True)
            write_csv(scenario, directory, fleet.site.addresses)
            if scenario.facts.employments:
                write_as_it_stood(scenario, directory)
            (directory / TRUTH_FILE).write_text(scenario.truth.to_json(), "utf-8")
            announce(control, directory)
            ready()
            await fleet.play_until(stop)
        finally:
            await control.stop()
            await fleet.stop()

    return run_until_signal(serve)


def _events_of(scenario: Scenario) -> Iterator[_Event]:
    for press in scenario.presses:
        yield _Event(press.at, _Kind.PRESS, press.serial, press.pin)
    for window in scenario.dark:
        yield _Event(window.start, _Kind.CUT, window.serial)
        if window.end is not None:
            yield _Event(window.end, _Kind.RESTORE, window.serial)
