"""Which line a simulated terminal is put on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulators.faults import Delivery, Transport
from simulators.line import LineServer
from simulators.serial_port import BAUD, SerialServer, Wire
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

    def serve(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        host: str,
        port: int,
        delivery: Delivery | None,
    ) -> LineServer:
        """A terminal on such a line, not started yet. See `LineServer`."""
        match self.transport:
            case Transport.TCP:
                return TerminalServer(terminal, now, host=host, port=port, delivery=delivery)
            case Transport.UDP:
                return UdpServer(terminal, now, host=host, port=port, delivery=delivery)
            case Transport.SERIAL:
                return SerialServer(
                    terminal, now, wire=self.wire, baud=self.baud, host=host, port=port, delivery=delivery
                )
