"""Simulated terminals as the independent clients find them, and what these must read there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from simulators.faults import Delivery
from simulators.line import LineServer
from simulators.single import make_terminal
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.support.waiting import PATIENCE

NOW = datetime(2026, 11, 23, 7, 15, 30)
SPACED = Delivery(gap=0.05)
"""On a stream the Node clients take every received piece for exactly one frame, and pyzk, once two frames of
a transfer came in one piece, waits for bytes that it has already.
"""
SIZES = [3, 400, 3000]
"""A log small enough to come inline; in one transfer; in several."""
LINES: dict[str, type[LineServer]] = {"tcp": TerminalServer, "udp": UdpServer}
USERS = 60
_VERIFY = 3
_STATES = (0, 1, 5)


class Punch(NamedTuple):
    """What a client must have read of one punch."""

    pin: str
    time: datetime
    verify: int
    state: int


def punches(count: int, first_pin: int = 1000) -> list[Punch]:
    """What a terminal with so many punches has in its log, oldest first."""
    return [
        Punch(
            str(first_pin + number % USERS),
            NOW - timedelta(seconds=7 * (count - number)),
            number % _VERIFY,
            _STATES[number % len(_STATES)],
        )
        for number in range(count)
    ]


def terminal(
    records: int, model: TerminalModel | None = None, *, comm_key: int = 0, first_pin: int = 1000
) -> TerminalSim:
    """A terminal with 60 users, numbered from 1 on, and so many punches of theirs."""
    if model is None:
        model = TerminalModel(data_frame=8192) if records == 400 else TerminalModel()
    users = [SimUser(str(first_pin + number), f"Nama {number}") for number in range(USERS)]
    sim = make_terminal(comm_key=comm_key, users=users, model=model)
    for punch in punches(records, first_pin):
        sim.press(punch.pin, punch.time, verify=punch.verify, state=punch.state)
    return sim


def user_rows(first_pin: int = 1000) -> list[tuple[int, str, str]]:
    """Number, PIN and name of the users of such a terminal."""
    return [(number + 1, str(first_pin + number), f"Nama {number}") for number in range(USERS)]


@asynccontextmanager
async def serving(sim: TerminalSim, line: str = "tcp") -> AsyncIterator[LineServer]:
    """The terminal on a port of its own, its clock standing still."""
    server = LINES[line](sim, lambda: NOW, delivery=SPACED if line == "tcp" else None)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def press_for_listeners(server: LineServer, pins: list[str]) -> None:
    """Once somebody listens, these fingers; each a second after the one before."""
    async with asyncio.timeout(PATIENCE):
        while not any(session.live for session in server.terminal.sessions):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    for number, pin in enumerate(pins):
        # Every one of these clients loses the second of two events that come in one piece.
        await asyncio.sleep(0.1)
        server.press(pin, NOW + timedelta(seconds=number))
