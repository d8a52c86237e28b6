"""Which line a simulated terminal is put on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulators.adms.dialects import NEW, PushDialect
from simulators.adms.terminal import PushTerminal
from simulators.faults import Delivery, Transport
from simulators.serial_port import BAUD, SerialServer, Wire
from simulators.station import Station
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalSim
from simulators.udp import UdpServer


@dataclass(frozen=True, slots=True)
class Carrier:
    """One kind of line."""

    transport: Transport = Transport.TCP
    wire: Wire = Wire.PTY
    """What a client of a serial line opens."""
    baud: int = BAUD
    """Bits a second of a serial line."""
    url: str = ""
    """The server that a push terminal calls."""
    dialect: PushDialect = NEW
    key: str | None = None
    """What it gives as its pushcommkey."""
    pace: float = 1.0
    """How many of a push terminal's seconds pass in a real one."""
    sync_clock: bool = True
    """A push terminal sets its clock by the server's; False where the city's time is simulated."""

    def serve(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        host: str,
        port: int,
        delivery: Delivery | None,
    ) -> Station:
        """A terminal on such a line, not started yet. A push terminal has no use for the last three."""
        match self.transport:
            case Transport.TCP:
                return TerminalServer(terminal, now, host=host, port=port, delivery=delivery)
            case Transport.UDP:
                return UdpServer(terminal, now, host=host, port=port, delivery=delivery)
            case Transport.SERIAL:
                return SerialServer(
                    terminal, now, wire=self.wire, baud=self.baud, host=host, port=port, delivery=delivery
                )
            case Transport.PUSH:
                return PushTerminal(
                    terminal,
                    now,
                    self.url,
                    dialect=self.dialect,
                    key=self.key,
                    pace=self.pace,
                    sync_clock=self.sync_clock,
                )
