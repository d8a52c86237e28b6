"""A simulated terminal that pushes: its mind (`unit`) bound to a real connection and a real clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType

from devices.driver import AttLogRecord
from simulators.adms.dialects import NEW, PushDialect
from simulators.adms.http_line import TIMEOUT, HttpLine, LineError, UploadFault
from simulators.adms.reading import Answer
from simulators.adms.unit import UPLOADS, Errand, Purpose, PushUnit
from simulators.faults.breaks import EofMidChunk
from simulators.faults.frames import CorruptLine, Duplicated, Lost
from simulators.faults.layer import Layer, Transport
from simulators.faults.wire import Delayed
from simulators.station import Station
from simulators.terminal import FINGER, NO_KEY, Pressed, TerminalSim

_LONGEST_WAIT = 1.0
"""Real seconds: how late a change from outside may be noticed."""

_UPLOAD_FAULTS: Mapping[type[Layer], UploadFault] = MappingProxyType(
    {
        Lost: UploadFault.LOST_ANSWER,
        Duplicated: UploadFault.DUPLICATE,
        Delayed: UploadFault.SLOW_BODY,
        EofMidChunk: UploadFault.CUT_BODY,
        CorruptLine: UploadFault.CORRUPT_LINE,
    }
)
"""What each fault of a line does to an upload."""


class PushTerminal(Station):
    """One terminal that calls the server at `url`."""

    transport = Transport.PUSH
    driver = "push"

    def __init__(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        url: str,
        *,
        dialect: PushDialect = NEW,
        key: str | None = None,
        pace: float = 1.0,
        sync_clock: bool = True,
        timeout: float = TIMEOUT,
        seed: int = 0,
    ) -> None:
        """`now` gives city time, naive and local. `pace`: how many of the terminal's seconds pass in a real
        one, so that a test need not wait for ErrorDelay. `timeout` in real seconds. `sync_clock` False: it
        leaves its clock alone. Raises `ValueError` for a URL that no terminal can call.
        """
        super().__init__(terminal, now)
        self.url = url
        self.unit = PushUnit(terminal, dialect, key=key, sync_clock=sync_clock)
        self.answers: Counter[int] = Counter()
        """How often each HTTP status came; 0 for no answer at all."""
        self.last_status: int | None = None
        """Of the last request; None before the first."""
        self._pace = pace
        self._line = HttpLine(url, dialect, seed, timeout)
        self._unplugged = False
        self._something = asyncio.Event()
        self._answered = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def host(self) -> str:
        """The server's."""
        return self._line.host

    @property
    def port(self) -> int:
        """The server's."""
        return self._line.port

    @property
    def address(self) -> str:
        """None: nobody calls it."""
        return ""

    @property
    def whereabouts(self) -> str:
        """Whom it calls."""
        return self.url

    @property
    def connections(self) -> int:
        """Connections to the server that stand."""
        return int(self._line.is_connected)

    @property
    def bytes_sent(self) -> int:
        """Requests, heads included."""
        return self._line.bytes_sent

    @property
    def bytes_received(self) -> int:
        """Bodies of answers."""
        return self._line.bytes_received

    @property
    def is_cut(self) -> bool:
        """Whether its cable is pulled."""
        return self._unplugged

    @property
    def online(self) -> bool:
        """Whether the server answered its handshake and has not failed since."""
        return self.unit.online

    async def start(self) -> None:
        """Power on."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Power off. The log survives; `start` goes on where it was."""
        await super().stop()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self.hang_up()
        self.unit.restart()

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """A finger at city time `now`: into the log, and to the server as soon as it takes it."""
        pressed = super().press(pin, now, verify=verify, state=state)
        self.unit.add([AttLogRecord(pin, pressed.device_time, verify, state, "", 0)])
        self._something.set()
        return pressed

    def fill(self, records: Iterable[AttLogRecord]) -> None:
        """Punches that were made before: a backlog to send. Into the terminal's log, too."""
        held = list(records)
        self.terminal.log.append(
            b"".join(
                self.terminal.pack(record.pin, record.device_time, verify=record.verify, state=record.state)
                for record in held
            )
        )
        self.unit.add(held)
        self._something.set()

    def clear_log(self) -> None:
        """Empty its log, as a careless hand at its menu would. What was not sent is gone."""
        super().clear_log()
        self.unit.clear()

    async def cut(self, *, silent: bool = False) -> None:
        """Pull the network cable: what is under way breaks, and nothing is reached until `restore`. `silent`:
        somewhere on the way, so that every request waits in vain.
        """
        self._unplugged, self.silent = True, silent
        self.hang_up()

    def hang_up(self) -> None:
        """Break the connection that stands; the terminal makes a new one."""
        self._line.hang_up()

    async def restore(self) -> None:
        """Put the cable back."""
        self._unplugged = self.silent = False
        self._something.set()

    async def drained(self, timeout: float) -> None:
        """Wait until everything was sent and acknowledged. Raises `TimeoutError` after real seconds."""
        await self.until(lambda: self.unit.idle, timeout)

    async def until(self, condition: Callable[[], bool], timeout: float) -> None:
        """Wait until `condition` holds after an answer. Raises `TimeoutError` after real seconds."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._answered.clear()
                await self._answered.wait()

    async def _run(self) -> None:
        while True:
            self._something.clear()
            errand = self.unit.next_errand(self._at())
            if errand is None:
                wait = min(_LONGEST_WAIT, self.unit.due(self._at()) / self._pace)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._something.wait(), max(wait, 0.001))
                continue
            fault = self._struck() if errand.purpose in UPLOADS else None
            if fault is UploadFault.CORRUPT_LINE and errand.purpose is not Purpose.USERS:
                errand = errand.with_garbage()
            answer = await self._ask(errand, fault)
            self.unit.heard(errand, answer, self._at(), self.now())
            self._answered.set()

    def _struck(self) -> UploadFault | None:
        """What strikes the next upload: the first whose turn it is."""
        for layer in self.faults.layers:
            if (fault := _UPLOAD_FAULTS.get(type(layer))) is not None and layer.turn():
                return fault
        return None

    async def _ask(self, errand: Errand, fault: UploadFault | None) -> Answer | None:
        answer = await self._exchange(errand, fault)
        self.last_status = 0 if answer is None else answer.status
        self.answers[self.last_status] += 1
        return answer

    async def _exchange(self, errand: Errand, fault: UploadFault | None) -> Answer | None:
        if self.is_cut:
            await asyncio.sleep(self._line.timeout if self.silent else 0)
            return None
        try:
            if fault is UploadFault.DUPLICATE:
                await self._line.exchange(errand.request)
            return await self._line.exchange(errand.request, fault)
        except LineError:
            return None

    def _at(self) -> float:
        return asyncio.get_running_loop().time() * self._pace
