"""The driver reads every make of terminal the simulator knows: two sets of tables, written apart, agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from devices import registry
from devices.driver import AttLogRecord, BadRecord, Session, Target
from devices.errors import DeadlineExceeded, DeviceError, SecureFirmware, Unreachable
from simulators.line import LineServer
from simulators.models import MODELS
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalSim
from simulators.udp import UdpServer

NOW = datetime(2026, 11, 23, 7, 15, 30)
RECORDS = 300
LINES: dict[str, type[LineServer]] = {"tcp": TerminalServer, "udp": UdpServer}
UNREADABLE: dict[tuple[str, str], type[DeviceError]] = {
    ("senseface-6001", "tcp"): SecureFirmware,
    ("senseface-6001", "udp"): SecureFirmware,
    ("mute-tcp", "tcp"): DeadlineExceeded,
    ("wl10-22", "udp"): Unreachable,
}
"""The makes that cannot be read over that line, and what the operator is told."""


@asynccontextmanager
async def session_with(sim: TerminalSim, line: str) -> AsyncIterator[tuple[LineServer, Session]]:
    server = LINES[line](sim, lambda: NOW)
    await server.start()
    try:
        target = Target(server.address, server.port, connect_timeout=5, reply_timeout=5, bulk_timeout=30)
        session = await registry.load(server.driver).open(target)
        try:
            yield server, session
        finally:
            await session.close()
    finally:
        await server.stop()


def terminal(model: str) -> tuple[TerminalSim, list[AttLogRecord]]:
    """A terminal with a log, and what it holds: PIN, time, verify and state of each punch."""
    sim = TerminalSim("SIM7", model=MODELS[model])
    sim.enrol(SimUser(str(100 + number), f"Nama {number}") for number in range(40))
    truth = []
    for number in range(RECORDS):
        pin, verify, state = str(100 + number % 40), number % 3, (0, 1, 5)[number % 3]
        moment = NOW - timedelta(seconds=7 * (RECORDS - number))
        sim.press(pin, moment, verify=verify, state=state)
        truth.append(AttLogRecord(pin, moment, verify, state, "", 0))
    return sim, truth


def essence(items: list[AttLogRecord | BadRecord]) -> list[tuple[str, datetime, int, int] | BadRecord]:
    """Without work code and the number in front, which not every layout has."""
    return [item if isinstance(item, BadRecord) else item[:4] for item in items]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("model", MODELS)
async def test_log_tail_users_and_live_punches_of_every_make_are_read(model: str, line: str) -> None:
    sim, truth = terminal(model)
    if error := UNREADABLE.get((model, line)):
        with pytest.raises(error):
            async with session_with(sim, line):
                pass
        return
    async with session_with(sim, line) as (server, session):
        read = await session.read_log()
        assert essence(list(read.items)) == essence(list(truth))
        for second in range(5):
            server.press("101", NOW + timedelta(seconds=second))
        grown = await session.read_log(read.position_after(RECORDS))
        assert grown.first_index == RECORDS
        assert [item.device_time for item in grown.items if isinstance(item, AttLogRecord)] == [
            NOW + timedelta(seconds=second) for second in range(5)
        ]
        users = [(user.user_index, user.pin, user.name) for user in await session.read_users()]
        assert users == [(number + 1, str(100 + number), f"Nama {number}") for number in range(40)]
        await session.subscribe()
        server.press("103", NOW)
        heard = (await session.events(2)).items
        assert essence(list(heard)) == [("103", NOW, 1, 255)]
    assert sim.sessions == ()
    # Read, and nothing else: people are queueing before it.
    assert not sim.disabled
    assert sim.commands[1003] == sim.commands[15] == 0
