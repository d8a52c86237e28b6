"""One terminal on a serial line, as a port and behind a converter: slow, noisy, its ends unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from devices.zk import commands
from devices.zk.commands import Command, EventMask
from simulators.serial_port import SerialServer, Wire
from simulators.single import fill_log, make_terminal
from simulators.terminal import TerminalModel
from tests.support.raw_client import RawClient

NOW = datetime(2026, 11, 23, 7, 15, 30)
FAST = 4_000_000


@asynccontextmanager
async def serving(
    wire: Wire, baud: int = FAST, model: TerminalModel | None = None
) -> AsyncIterator[SerialServer]:
    server = SerialServer(make_terminal(model=model), lambda: NOW, wire=wire, baud=baud)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.mark.parametrize("wire", Wire)
async def test_bytes_take_the_time_that_the_baud_rate_gives_them(wire: Wire) -> None:
    async with serving(wire, baud=19_200, model=TerminalModel(inline_up_to=1 << 20)) as server:
        fill_log(server.terminal, 20, NOW)
        client = await RawClient.connect(server)
        began = asyncio.get_running_loop().time()
        await client.read_log()
        took = asyncio.get_running_loop().time() - began
        passed = sum(map(len, client.chunks)) + 16 + 11
        assert 0.95 * passed < took * 1_920
        await client.close()


@pytest.mark.parametrize("wire", Wire)
async def test_what_is_no_frame_is_skipped(wire: Wire) -> None:
    async with serving(wire) as server:
        client = await RawClient.open(server)
        client.throw(b"\x00\xff noise on the wire")
        await asyncio.sleep(0.02)
        client.session = (await client.ask(commands.connect())).session
        assert (await client.ask(commands.get_time())).command == Command.ACK_OK
        await client.close()


@pytest.mark.parametrize("wire", Wire)
async def test_a_session_lasts_until_the_next_connect_whoever_has_left(wire: Wire) -> None:
    async with serving(wire, model=TerminalModel(sessions=1)) as server:
        gone = await RawClient.connect(server)
        await gone.close()
        await asyncio.sleep(0.02)
        assert server.connections == 1
        assert (await RawClient.connect(server)).session != gone.session
        assert server.connections == len(server.terminal.sessions) == 1


@pytest.mark.parametrize("wire", Wire)
async def test_live_events_come_over_the_wire(wire: Wire) -> None:
    async with serving(wire) as server:
        client = await RawClient.connect(server)
        await client.ask(commands.register_events(EventMask.ATTENDANCE))
        server.press("1001", NOW + timedelta(seconds=1))
        assert (await client.next()).command == Command.EVENT
        await client.close()


async def test_an_adapter_that_is_pulled_out_comes_back_at_the_same_path_and_leaves_nothing_behind() -> None:
    async with serving(Wire.PTY) as server:
        path = Path(server.address.partition("?")[0])
        client = await RawClient.connect(server)
        await server.cut()
        assert not path.exists()
        await client.until_broken()
        await client.close()
        await server.restore()
        assert path.exists()
        again = await RawClient.connect(server)
        await again.close()
    assert not path.parent.exists()


async def test_a_cable_that_is_out_swallows_everything() -> None:
    async with serving(Wire.PTY) as server:
        client = await RawClient.connect(server)
        await server.cut(silent=True)
        await client.send(commands.get_time())
        await client.quiet(0.05)
        assert client.ended is None
        await client.close()


async def test_a_converter_takes_one_client_and_drops_it_when_it_is_cut() -> None:
    async with serving(Wire.SOCKET) as server:
        first, second = await RawClient.connect(server), await RawClient.open(server)
        await second.until_broken()
        assert (await first.ask(commands.get_time())).command == Command.ACK_OK
        port = server.port
        await server.cut()
        await first.until_broken()
        with pytest.raises(OSError, match="Connect call failed"):
            await RawClient.open(server)
        await server.restore()
        assert server.port == port
        again = await RawClient.connect(server)
        for client in (first, second, again):
            await client.close()
