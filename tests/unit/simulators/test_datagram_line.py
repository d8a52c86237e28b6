"""One terminal on a UDP port: sessions by their numbers, and nobody who tells that a client left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from devices.zk import commands
from devices.zk.commands import Command, EventMask, Request
from devices.zk.frames import Packet
from simulators.single import fill_log, make_terminal
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel
from simulators.udp import DATAGRAM_DATA, UdpServer
from tests.support.raw_client import RawClient

NOW = datetime(2026, 11, 23, 7, 15, 30)


@asynccontextmanager
async def serving(model: TerminalModel | None = None, idle: float = 60) -> AsyncIterator[UdpServer]:
    server = UdpServer(make_terminal(model=model), lambda: NOW, idle=idle)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def test_a_datagram_is_a_packet_and_none_is_too_long() -> None:
    async with serving(TerminalModel(data_frame=65_528, single_up_to=1 << 20)) as server:
        fill_log(server.terminal, 200, NOW)
        client = await RawClient.connect(server)
        assert await client.read_log() == b"".join(server.terminal.log.records())
        assert all(Packet.from_bytes(datagram) for datagram in client.chunks)
        assert max(map(len, client.chunks)) == DATAGRAM_DATA + 8
        await client.close()


async def test_every_connect_opens_a_session_and_each_is_known_by_its_number() -> None:
    async with serving() as server:
        client = await RawClient.open(server)
        sessions = [(await client.ask(commands.connect())).session for _ in range(2)]
        assert len(set(sessions)) == server.connections == 2
        for client.session in sessions:
            assert (await client.ask(commands.get_time())).session == client.session
        client.session = sessions[0]
        await client.ask(Request(Command.EXIT))
        await asyncio.sleep(0)
        assert server.connections == 1
        await client.send(commands.get_time())
        await client.quiet(0.05)
        await client.close()


async def test_a_session_is_its_clients_and_no_other_ports() -> None:
    async with serving() as server:
        one, other = await RawClient.connect(server), await RawClient.open(server)
        other.session = one.session
        await other.send(commands.get_time())
        await other.quiet(0.05)
        await one.close()
        await other.close()


async def test_a_session_that_went_silent_is_forgotten_when_the_next_one_connects() -> None:
    async with serving(TerminalModel(sessions=1), idle=2.0) as server:
        gone = await RawClient.connect(server)
        await gone.close()
        late = await RawClient.open(server)
        assert (await late.ask(commands.connect())).command == Command.ACK_ERROR
        await asyncio.sleep(2.5)
        assert (await late.ask(commands.connect())).command == Command.ACK_OK
        assert server.connections == 1
        await late.close()


async def test_a_cut_line_refuses_and_is_restored_on_the_same_port_without_its_sessions() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        port = server.port
        await server.cut()
        assert server.terminal.sessions == ()
        await client.send(commands.get_time())
        with pytest.raises(ConnectionRefusedError):
            await client.next()
        await client.close()
        with pytest.raises(OSError, match="in use"):
            await UdpServer(make_terminal(), lambda: NOW, port=port).start()
        await server.restore()
        assert server.port == port
        await (await RawClient.connect(server)).close()


async def test_a_silent_line_swallows_everything() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await server.cut(silent=True)
        await client.send(commands.get_time())
        await client.quiet(0.05)
        await client.close()


async def test_live_events_come_as_datagrams_and_are_acknowledged() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await client.ask(commands.register_events(EventMask.ATTENDANCE))
        server.press("1001", NOW + timedelta(seconds=1))
        assert (await client.next()).command == Command.EVENT
        await client.send(Request(Command.ACK_OK))
        await client.ask(commands.get_time())
        assert [session.events_acknowledged for session in server.terminal.sessions] == [1]
        await client.close()


async def test_junk_is_left_unanswered_and_harms_nobody() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        for junk in (b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", Packet(1000, 0, 0).to_bytes()[:-1] + b"\x01"):
            client.throw(junk)
        await client.quiet(0.05)
        assert (await client.ask(commands.get_time())).command == Command.ACK_OK
        await client.close()


async def test_some_models_speak_only_one_of_both() -> None:
    async with serving(TerminalModel(udp=False)) as server:
        client = await RawClient.open(server)
        await client.send(commands.connect())
        await client.quiet(0.05)
        await client.close()
    mute = TerminalServer(make_terminal(model=TerminalModel(mute_tcp=True)), lambda: NOW)
    await mute.start()
    client = await RawClient.open(mute)
    await client.send(commands.connect())
    await client.quiet(0.05)
    assert client.ended is None
    await client.close()
    await mute.stop()


async def test_a_restart_ends_every_session() -> None:
    async with serving() as server:
        one, other = await RawClient.connect(server), await RawClient.connect(server)
        await one.ask(Request(Command.RESTART))
        await other.send(commands.get_time())
        await other.quiet(0.05)
        assert server.terminal.sessions == ()
        await one.close()
        await other.close()
