"""A simulated terminal for the contract suite: what a person standing before a terminal can do to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from devices.driver import Target
from simulators.faults import Delivery
from simulators.line import LineServer
from simulators.serial_port import SerialServer, Wire
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.support.waiting import PATIENCE

SERIAL = "CKXX201160001"
MORNING = datetime(2026, 11, 23, 7, 12, 33)
COMM_KEY = 4711
BAUD = 921_600
"""As fast as adapters go: nobody waits in a test."""


@dataclass
class Rig:
    """One simulated terminal on loopback, with its clock standing still at `now`."""

    server: LineServer
    target: Target
    now: datetime = MORNING

    def press(self, pin: str, count: int = 1) -> None:
        """`count` fingers of the same person, a second apart."""
        for _ in range(count):
            self.server.press(pin, self.now)
            self.now += timedelta(seconds=1)

    async def left(self) -> None:
        """Wait until the terminal has noticed that its last client hung up."""
        async with asyncio.timeout(PATIENCE):
            while self.terminal.sessions or self.server.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    @property
    def terminal(self) -> TerminalSim:
        return self.server.terminal


class Line(StrEnum):
    """What carries a terminal's frames; each has one driver."""

    TCP = "tcp"
    UDP = "udp"
    PTY = "pty"
    """A serial port."""
    SOCKET = "socket"
    """A serial-to-Ethernet converter."""

    @property
    def tells_the_end(self) -> bool:
        """Whether a waiting client is told that the line was cut."""
        return self is not Line.UDP

    def serve(self, sim: TerminalSim, now: Callable[[], datetime], delivery: Delivery) -> LineServer:
        """A server of this kind, not started."""
        match self:
            case Line.TCP:
                return TerminalServer(sim, now, delivery=delivery)
            case Line.UDP:
                return UdpServer(sim, now, delivery=delivery)
            case _:
                return SerialServer(sim, now, wire=Wire(self.value), baud=BAUD, delivery=delivery)


@asynccontextmanager
async def rig(
    delivery: Delivery, model: TerminalModel, comm_key: int = 0, line: Line = Line.TCP
) -> AsyncIterator[Rig]:
    """A terminal with three people enrolled and an empty log."""
    terminal = TerminalSim(SERIAL, comm_key=comm_key, model=model)
    terminal.enrol(
        [SimUser("1001", "Siti Rahayu"), SimUser("1002", "Budi Santoso"), SimUser("1003", "Dewi L.")]
    )
    made: list[Rig] = []
    server = line.serve(terminal, lambda: made[0].now, delivery)
    await server.start()
    made.append(
        Rig(
            server,
            Target(server.address, server.port, connect_timeout=2, reply_timeout=5, bulk_timeout=30),
        )
    )
    try:
        yield made[0]
    finally:
        await server.stop()
