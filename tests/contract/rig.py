"""A simulated terminal for the contract suite: what a person standing before a terminal can do to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.driver import Target
from simulators.faults import Delivery
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim

SERIAL = "CKXX201160001"
MORNING = datetime(2026, 11, 23, 7, 12, 33)
COMM_KEY = 4711


@dataclass
class Rig:
    """One simulated terminal on loopback, with its clock standing still at `now`."""

    server: TerminalServer
    target: Target
    now: datetime = MORNING

    def press(self, pin: str, count: int = 1) -> None:
        """`count` fingers of the same person, a second apart."""
        for _ in range(count):
            self.server.press(pin, self.now)
            self.now += timedelta(seconds=1)

    async def left(self) -> None:
        """Wait until the terminal has noticed that its last client hung up."""
        async with asyncio.timeout(2):
            while self.terminal.sessions or self.server.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    @property
    def terminal(self) -> TerminalSim:
        return self.server.terminal


@asynccontextmanager
async def rig(delivery: Delivery, model: TerminalModel, comm_key: int = 0) -> AsyncIterator[Rig]:
    """A terminal with three people enrolled and an empty log."""
    terminal = TerminalSim(SERIAL, comm_key=comm_key, model=model)
    terminal.enrol(
        [SimUser("1001", "Siti Rahayu"), SimUser("1002", "Budi Santoso"), SimUser("1003", "Dewi L.")]
    )
    made: list[Rig] = []
    server = TerminalServer(terminal, lambda: made[0].now, delivery=delivery)
    await server.start()
    made.append(
        Rig(
            server,
            Target("127.0.0.1", server.port, connect_timeout=2, reply_timeout=5, bulk_timeout=30),
        )
    )
    try:
        yield made[0]
    finally:
        await server.stop()
