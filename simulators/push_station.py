"""Puts a simulated push terminal where a technician can reach it, with the faults of every other line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from simulators.adms.dialects import NEW, PushDialect
from simulators.adms.faults import LineFault, PushFaults
from simulators.adms.terminal import PushTerminal
from simulators.faults.breaks import EofMidChunk
from simulators.faults.frames import CorruptLine, Duplicated, Lost
from simulators.faults.layer import Layer, Transport
from simulators.faults.wire import Delayed
from simulators.station import Station
from simulators.terminal import FINGER, NO_KEY, Pressed, TerminalSim

_UPLOADS: Final[dict[type[Layer], LineFault]] = {
    Lost: LineFault.LOST_ANSWER,
    Duplicated: LineFault.DUPLICATE,
    Delayed: LineFault.SLOW_BODY,
    EofMidChunk: LineFault.CUT_BODY,
    CorruptLine: LineFault.CORRUPT_LINE,
}
"""What each fault of a line does to an upload."""


class PushStation(Station):
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
    ) -> None:
        """See `PushTerminal`. Raises `ValueError` for a URL that no terminal can call."""
        super().__init__(terminal, now)
        self.url = url
        self.push = PushTerminal(
            terminal,
            now,
            url,
            dialect=dialect,
            faults=_Layers(self),
            key=key,
            pace=pace,
            sync_clock=sync_clock,
        )

    @property
    def host(self) -> str:
        """The server's."""
        return self.push.host

    @property
    def port(self) -> int:
        """The server's."""
        return self.push.port

    @property
    def address(self) -> str:
        """None: nobody calls it."""
        return ""

    @property
    def whereabouts(self) -> str:
        """Whom it calls."""
        return self.url

    @property
    def bytes_sent(self) -> int:
        """Requests, heads included."""
        return self.push.bytes_sent

    @property
    def bytes_received(self) -> int:
        """Bodies of answers."""
        return self.push.bytes_received

    @property
    def is_cut(self) -> bool:
        """Whether its cable is pulled."""
        return self.push.is_cut

    @property
    def connections(self) -> int:
        """Connections to the server."""
        return self.push.connections

    async def start(self) -> None:
        """Switch it on."""
        await self.push.start()

    async def stop(self) -> None:
        """Switch it off."""
        await super().stop()
        await self.push.stop()

    async def cut(self, *, silent: bool = False) -> None:
        """Pull its cable; `silent`: somewhere on the way, so that every request waits in vain."""
        self.silent = silent
        await self.push.cut(silent=silent)

    async def restore(self) -> None:
        """Put the cable back."""
        self.silent = False
        await self.push.restore()

    def hang_up(self) -> None:
        """Break its connection; it makes a new one."""
        self.push.hang_up()

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """A finger at city time `now`: into the log, and to the server as soon as it takes it."""
        return self.push.press(pin, now, verify=verify, state=state)

    def clear_log(self) -> None:
        """Empty the log; what was not sent is gone."""
        self.push.clear()


class _Layers(PushFaults):
    """Asks the station's faults what strikes the next upload."""

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._station = station

    def next(self) -> LineFault | None:
        """The first whose turn it is."""
        for layer in self._station.faults.layers:
            if (fault := _UPLOADS.get(type(layer))) is not None and layer.turn():
                return fault
        return None
