"""A simulated terminal, and whoever administers it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from devices.driver import Target
from devices.zk.administrator import Administrator
from devices.zk.commands import Command
from simulators.line import LineServer
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.contract.rig import MORNING

DEWI = SimUser("1003", "Dewi Lestari", privilege=2, card=77, password="4321", group="3", fingers=(0, 6))


class Desk:
    """A simulated terminal and whoever administers it."""

    def __init__(self, server: LineServer) -> None:
        self.server = server
        self.sim = server.terminal
        self.target = Target(server.address, server.port, reply_timeout=5, bulk_timeout=30)
        self.admin = Administrator(self.target, server.driver)

    def user(self, pin: str) -> SimUser:
        found = self.sim.enrolled.by_pin(pin)
        assert found is not None
        return found

    def fingers(self, pin: str) -> dict[int, bytes]:
        return {finger: raw for (who, finger), raw in self.sim.templates.items() if who == pin}


@contextlib.asynccontextmanager
async def desk(
    serial: str, model: TerminalModel, transport: str = "tcp", *users: SimUser
) -> AsyncIterator[Desk]:
    sim = TerminalSim(serial, model=model)
    sim.enrol([SimUser("1001", "Siti Rahayu"), SimUser("1002", "Budi Santoso", privilege=1), *users])
    server = UdpServer(sim, lambda: MORNING) if transport == "udp" else TerminalServer(sim, lambda: MORNING)
    await server.start()
    try:
        yield Desk(server)
        assert not {Command.DISABLE, Command.CLEAR_LOG, Command.CLEAR_DATA} & set(sim.commands)
    finally:
        await server.stop()
