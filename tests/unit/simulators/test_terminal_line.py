"""One terminal on a real loopback port: how its line delivers, breaks and comes back."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from devices.driver import Target
from devices.errors import AuthRejected, Busy, LinkClosed, LogDiscontinuity, SecureFirmware, Unreachable
from devices.registry import load
from devices.zk import commands
from devices.zk.commands import EventMask, Request
from devices.zk.frames import Packet
from simulators.faults import Delivery, Mode
from simulators.single import fill_log, make_terminal
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from tests.support.raw_client import RawClient

NOW = datetime(2026, 11, 23, 7, 15, 30)
DELIVERIES = [
    Delivery(Mode.WHOLE),
    Delivery(Mode.COALESCED),
    Delivery(Mode.SPLIT, seed=1),
    Delivery(Mode.SPLIT, seed=2),
    Delivery(Mode.BYTEWISE),
    Delivery(Mode.WHOLE, gap=0.002),
]


def name_of(delivery: Delivery) -> str:
    return f"{delivery.mode}-{delivery.gap}-{delivery.seed}"


@asynccontextmanager
async def serving(
    terminal: TerminalSim | None = None, delivery: Delivery | None = None
) -> AsyncIterator[TerminalServer]:
    server = TerminalServer(terminal or make_terminal(), lambda: NOW, delivery=delivery)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def session_count(server: TerminalServer) -> int:
    return len(server.terminal.sessions)


def target(server: TerminalServer, comm_key: int = 0) -> Target:
    return Target(
        server.host, server.port, comm_key, connect_timeout=2.0, reply_timeout=2.0, bulk_timeout=10.0
    )


@pytest.mark.parametrize("delivery", DELIVERIES, ids=name_of)
async def test_the_driver_reads_the_same_however_frames_are_delivered(delivery: Delivery) -> None:
    terminal = make_terminal(model=TerminalModel(data_frame=1500))
    fill_log(terminal, 120, NOW)
    async with serving(terminal, delivery) as server:
        session = await load("zk-tcp").open(target(server))
        try:
            assert session.identity.serial == terminal.serial
            assert [user.pin for user in await session.read_users()] == [u.pin for u in terminal.users]
            read = await session.read_log()
            assert read.raw == b"".join(terminal.log.records())
            assert (await session.counts()).records == 120
            await session.subscribe()
            server.press("1003", NOW + timedelta(seconds=5))
            server.press("1004", NOW + timedelta(seconds=6))
            seen: list[object] = []
            while len(seen) < 2:
                seen += (await session.events(2.0)).items
            assert [getattr(item, "pin", None) for item in seen] == ["1003", "1004"]
            tail = await session.read_log(read.position_after(120))
            assert [getattr(item, "pin", None) for item in tail.items] == ["1003", "1004"]
        finally:
            await session.close()


async def test_bytes_really_come_one_by_one_or_cut_or_together() -> None:
    chunks = {}
    for delivery in DELIVERIES[:5]:
        terminal = make_terminal(model=TerminalModel(data_frame=200))
        fill_log(terminal, 50, NOW)
        async with serving(terminal, delivery) as server:
            client = await RawClient.connect(server)
            await client.send(commands.prepare_log())
            await client.next()
            client.chunks.clear()
            await client.send(commands.read_buffer(0, 2004))
            for _ in range(13):
                await client.next()
            chunks[name_of(delivery)] = len(client.chunks)
            await client.close()
    together, cut, bytewise = (chunks[name_of(DELIVERIES[n])] for n in (1, 2, 4))
    assert together == 1
    assert cut > together
    assert bytewise > together


async def test_requests_that_arrive_together_are_all_answered_in_order() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await client.send(commands.get_time(), commands.option("~SerialNumber"), commands.free_sizes())
        answers = [await client.next() for _ in range(3)]
        assert [len(answer.data) for answer in answers] == [4, len("~SerialNumber=SIM0000001") + 1, 92]
        await client.close()


async def test_a_cut_line_resets_and_refuses_and_is_restored_on_the_same_port() -> None:
    async with serving() as server:
        session = await load("zk-tcp").open(target(server))
        port = server.port
        await server.cut()
        assert server.is_cut
        with pytest.raises(LinkClosed):
            await session.read_clock()
        await session.close()
        with pytest.raises(Unreachable):
            await load("zk-tcp").open(target(server))
        server.press("1001", NOW)
        await server.restore()
        assert server.port == port
        again = await load("zk-tcp").open(target(server))
        assert len((await again.read_log()).items) == 1
        await again.close()


async def test_a_client_sees_a_reset_and_not_an_orderly_end() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await server.cut()
        with pytest.raises(ConnectionResetError):
            await client.next()
        await client.close()


async def test_a_silent_line_takes_connections_and_answers_nothing_until_restored() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await server.cut(silent=True)
        await client.send(commands.get_time())
        await client.quiet()
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(Packet(1000, 0, 0).to_frame())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.read(1)
        await server.restore()
        assert server.connections == 0
        writer.close()
        await client.close()
        fresh = await RawClient.connect(server)
        await fresh.close()


async def test_cutting_twice_and_restoring_twice_is_harmless() -> None:
    async with serving() as server:
        await server.cut()
        await server.cut()
        await server.restore()
        await server.restore()
        client = await RawClient.connect(server)
        await client.close()


async def test_a_restart_breaks_every_line() -> None:
    async with serving() as server:
        one, other = await RawClient.connect(server), await RawClient.connect(server)
        await one.send(Request(commands.Command.RESTART))
        for client in (one, other):
            await client.until_broken()
            await client.close()
        assert server.terminal.sessions == ()


async def test_junk_on_the_line_breaks_it_and_harms_nobody_else() -> None:
    async with serving() as server:
        good = await RawClient.connect(server)
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        await good.send(commands.get_time())
        assert len((await good.next()).data) == 4
        await good.close()


async def test_a_client_that_leaves_without_exit_leaves_no_session() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        await client.send(commands.register_events(EventMask.ATTENDANCE))
        await client.next()
        assert session_count(server) == 1
        await client.close()
        for _ in range(100):
            if not server.connections:
                break
            await asyncio.sleep(0.01)
        assert session_count(server) == 0
        assert not server.press("1001", NOW).events


async def test_bytes_are_counted_both_ways() -> None:
    async with serving() as server:
        client = await RawClient.connect(server)
        assert (server.bytes_received, server.bytes_sent) == (16, 16)
        await client.send(commands.get_time())
        await client.next()
        assert (server.bytes_received, server.bytes_sent) == (32, 36)
        await client.close()


async def test_what_the_driver_must_tell_the_operator_can_be_provoked() -> None:
    driver = load("zk-tcp")
    async with serving(make_terminal(comm_key=77)) as server:
        with pytest.raises(AuthRejected):
            await driver.open(target(server, comm_key=78))
        await (await driver.open(target(server, comm_key=77))).close()
    async with serving(make_terminal(model=TerminalModel(secure=True))) as server:
        with pytest.raises(SecureFirmware):
            await driver.open(target(server))
    async with serving(make_terminal(model=TerminalModel(sessions=1))) as server:
        first = await driver.open(target(server))
        with pytest.raises(Busy):
            await driver.open(target(server))
        await first.close()


async def test_a_hundred_thousand_records_are_read_whole_and_by_tail_in_a_few_bytes() -> None:
    terminal = make_terminal(model=TerminalModel(log_capacity=200_000))
    fill_log(terminal, 100_000, NOW)
    async with serving(terminal) as server:
        session = await load("zk-tcp").open(target(server))
        read = await session.read_log()
        assert len(read.items) == 100_000
        assert struct.unpack_from("<I", terminal.log.prepare().read(0, 4)) == (4_000_000,)
        server.press("1001", NOW)
        before = server.bytes_sent
        tail = await session.read_log(read.position_after(100_000))
        assert len(tail.items) == 1
        assert server.bytes_sent - before < 1000
        await session.close()


async def test_a_log_that_wrapped_is_no_continuation() -> None:
    terminal = make_terminal(model=TerminalModel(log_capacity=50))
    fill_log(terminal, 50, NOW)
    async with serving(terminal) as server:
        session = await load("zk-tcp").open(target(server))
        read = await session.read_log()
        server.press("1001", NOW)
        with pytest.raises(LogDiscontinuity):
            await session.read_log(read.position_after(50))
        await session.close()
