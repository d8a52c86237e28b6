"""A terminal with some records, a client in a session, and a fault about to strike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.faults import Fault, Faults, When
from simulators.line import LineServer
from simulators.serial_port import SerialServer, Wire
from simulators.single import fill_log, make_terminal
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.support.raw_client import RawClient
from tests.support.waiting import PATIENCE

NOW = datetime(2026, 11, 23, 7, 15, 30)
SEED = 20261123
RECORDS = 60
MODEL = TerminalModel(inline_up_to=0, data_frame=600)
FAST = 4_000_000
"""Baud: fast enough not to wait for."""
LINES: dict[str, Callable[[TerminalSim], LineServer]] = {
    "tcp": lambda sim: TerminalServer(sim, lambda: NOW),
    "udp": lambda sim: UdpServer(sim, lambda: NOW),
    "pty": lambda sim: SerialServer(sim, lambda: NOW, baud=FAST),
    "socket": lambda sim: SerialServer(sim, lambda: NOW, wire=Wire.SOCKET, baud=FAST),
}


@dataclass
class Bench:
    """A terminal with some records, a client in a session, and a fault about to strike."""

    server: LineServer
    client: RawClient

    @property
    def terminal(self) -> TerminalSim:
        return self.server.terminal

    def strike(self, name: str, when: When | None = None, hold: float | None = None) -> None:
        self.server.faults.strike(Fault(name, when, hold))

    async def again(self) -> RawClient:
        """A new client, which reads the whole log rightly."""
        client = await RawClient.connect(self.server)
        assert await client.read_log() == b"".join(self.terminal.log.records())
        return client

    async def said_all(self) -> None:
        """Return when the terminal says nothing more: on a serial line the next client would hear it."""
        said, still = -1, 0
        while still < 5:
            await asyncio.sleep(0.004)
            still = still + 1 if self.server.bytes_sent == said else 0
            said = self.server.bytes_sent

    def times(self, name: str) -> int:
        return self.server.faults.struck[name]


@asynccontextmanager
async def bench(line: str, model: TerminalModel = MODEL) -> AsyncIterator[Bench]:
    terminal = make_terminal(model=model)
    fill_log(terminal, RECORDS, NOW - timedelta(hours=1))
    server = LINES[line](terminal)
    await server.start()
    server.faults = Faults(seed=SEED)
    client = await RawClient.connect(server)
    try:
        yield Bench(server, client)
    finally:
        await client.close()
        await server.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
