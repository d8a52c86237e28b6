"""A session over UDP with a peer that answers late, twice, never, or as something else."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest

from devices.driver import AttLogRecord
from devices.errors import (
    AccessPanel,
    DeadlineExceeded,
    DeviceError,
    LinkClosed,
    LinkError,
    MalformedFrame,
    SecureFirmware,
    UnexpectedReply,
    Unreachable,
)
from devices.zk.commands import Command
from devices.zk.driver import ZkUdpDriver
from devices.zk.frames import Packet
from devices.zk.layouts import LAYOUTS
from devices.zk.records import encode_record
from devices.zk.sizes import FreeSizes, encode_sizes
from devices.zk.times import pack_time
from tests.support.waiting import PATIENCE
from tests.unit.devices.scripted_peer import SESSION, Answer, Piece, datagram_peer, reply

NOON = datetime(2026, 11, 23, 12, 0, 1)
LOG = b"".join(
    encode_record(AttLogRecord(str(pin), NOON, 1, 0, "", pin), LAYOUTS["40"]) for pin in range(1, 81)
)
BUFFER = struct.pack("<I", len(LOG)) + LOG


def clock(packet: Packet) -> list[Piece]:
    return [reply(packet, pack_time(NOON))]


def sizes(packet: Packet) -> list[Piece]:
    return [reply(packet, encode_sizes(FreeSizes(records=80, users=0)))]


def transfer(packet: Packet, body: bytes, most: int, *, counted: bool) -> list[bytes]:
    pieces = [body[at : at + most] for at in range(0, len(body), most)]
    head = struct.pack("<II", len(body), most)
    return [
        Packet(Command.PREPARE_DATA, SESSION, packet.reply, head).to_frame(),
        *(
            Packet(Command.DATA, index if counted else SESSION, packet.reply, piece).to_frame()
            for index, piece in enumerate(pieces)
        ),
        Packet(Command.ACK_OK, len(pieces), packet.reply).to_frame(),
    ]


def prepared(packet: Packet) -> list[Piece]:
    return [reply(packet, struct.pack("<BIII", 0, len(BUFFER), len(BUFFER), 0))]


def wanted(packet: Packet) -> bytes:
    start, size = struct.unpack("<ii", packet.data)
    return BUFFER[start : start + size]


async def test_a_request_that_got_lost_is_sent_again_under_its_reply_id() -> None:
    asked: list[Packet] = []

    def second_time(packet: Packet) -> Sequence[Piece]:
        asked.append(packet)
        return [] if len(asked) == 1 else clock(packet)

    async with datagram_peer({Command.GET_TIME: second_time}) as peer:
        session = await ZkUdpDriver().open(replace(peer.target, reply_timeout=3))
        started = time.monotonic()
        assert await session.read_clock() == NOON
        assert time.monotonic() - started > 0.9
        assert asked[0] == asked[1]
        await session.close()


async def test_every_read_fits_into_one_datagram_and_a_lost_one_is_asked_for_soon() -> None:
    lost = iter([True, False, False, True] + [False] * 100)

    def read(packet: Packet) -> Sequence[Piece]:
        body = wanted(packet)
        assert len(body) <= 1008
        return [] if next(lost) else transfer(packet, body, 1008, counted=False)

    answers: dict[int, Answer] = {
        Command.FREE_SIZES: sizes,
        Command.PREPARE_BUFFER: prepared,
        Command.READ_BUFFER: read,
    }
    async with datagram_peer(answers) as peer:
        long = 10 * PATIENCE
        session = await ZkUdpDriver().open(replace(peer.target, bulk_timeout=long, silence_timeout=long))
        started = time.monotonic()
        log = await session.read_log()
        assert time.monotonic() - started < PATIENCE
        assert log.raw == LOG
        await session.close()


async def test_a_log_in_pieces_that_do_not_count_is_read_until_two_readings_agree() -> None:
    readings = count()

    def bare(packet: Packet) -> Sequence[Piece]:
        frames = transfer(packet, BUFFER, 1008, counted=False)
        if next(readings) == 0:
            frames[1], frames[2] = frames[2], frames[1]
        return frames

    answers: dict[int, Answer] = {
        Command.FREE_SIZES: sizes,
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, code=Command.ACK_ERROR)],
        Command.ATTENDANCE_LOG: bare,
    }
    async with datagram_peer(answers) as peer:
        session = await ZkUdpDriver().open(peer.target)
        assert (await session.read_log()).raw == LOG
        assert next(readings) == 3
        assert session.capabilities.reading == "bare"
        await session.close()


async def test_readings_that_never_agree_are_an_error_and_never_a_log() -> None:
    readings = count()

    def bare(packet: Packet) -> Sequence[Piece]:
        frames = transfer(packet, BUFFER, 1008, counted=False)
        turn = next(readings) % 3
        return [frames[0], *frames[1 + turn : -1], *frames[1 : 1 + turn], frames[-1]]

    answers: dict[int, Answer] = {
        Command.FREE_SIZES: sizes,
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, code=Command.ACK_ERROR)],
        Command.ATTENDANCE_LOG: bare,
    }
    async with datagram_peer(answers) as peer:
        session = await ZkUdpDriver().open(peer.target)
        with pytest.raises(DeviceError):
            await session.read_log()
        await session.close()


async def test_an_exit_that_got_lost_is_said_again_before_hanging_up() -> None:
    heard: list[Packet] = []

    def second_time(packet: Packet) -> Sequence[Piece]:
        heard.append(packet)
        return [] if len(heard) == 1 else [reply(packet)]

    async with datagram_peer({Command.EXIT: second_time}) as peer:
        await (await ZkUdpDriver().open(peer.target)).close()
        assert heard[:1] == heard[1:], "the terminal would hold the session for nobody"


async def test_two_sessions_for_one_connect_are_both_left_and_one_is_opened() -> None:
    numbers = iter([(SESSION, SESSION + 1), (SESSION + 2,)])

    def twice(packet: Packet) -> Sequence[Piece]:
        return [Packet(Command.ACK_OK, number, packet.reply).to_frame() for number in next(numbers)]

    async with datagram_peer({Command.CONNECT: twice, Command.GET_TIME: clock}) as peer:
        session = await ZkUdpDriver().open(replace(peer.target, reply_timeout=2))
        assert await session.read_clock() == NOON
        await session.close()
        left = [packet.session for packet in peer.received if packet.command == Command.EXIT]
        assert left == [SESSION, SESSION + 1, SESSION + 2]


async def test_a_second_session_that_shows_later_ends_the_first() -> None:
    connects: list[Packet] = []

    def remembered(packet: Packet) -> Sequence[Piece]:
        connects.append(packet)
        return [reply(packet)]

    def late(packet: Packet) -> Sequence[Piece]:
        return [Packet(Command.ACK_OK, SESSION + 1, connects[0].reply).to_frame(), *clock(packet)]

    async with datagram_peer({Command.CONNECT: remembered, Command.GET_TIME: late}) as peer:
        session = await ZkUdpDriver().open(peer.target)
        with pytest.raises(LinkClosed, match="two sessions"):
            await session.read_clock()
        with pytest.raises(LinkClosed):
            await session.counts()
        await session.close()
        assert [packet.session for packet in peer.received[-2:]] == [SESSION, SESSION + 1]


async def test_nobody_there_is_unreachable_whether_the_system_says_so_or_not() -> None:
    async with datagram_peer({Command.CONNECT: lambda _: []}) as peer:
        with pytest.raises(Unreachable, match=r"no reply within 1 s"):
            await ZkUdpDriver().open(peer.target)
    with pytest.raises(Unreachable, match="refused"):
        await ZkUdpDriver().open(peer.target)


async def test_a_terminal_that_vanishes_is_a_link_error_once_the_system_says_so() -> None:
    async with datagram_peer({Command.GET_TIME: clock}) as peer:
        session = await ZkUdpDriver().open(replace(peer.target, reply_timeout=3))
    await asyncio.sleep(0)
    with pytest.raises(LinkError):
        await session.read_clock()
    await session.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (bytes.fromhex("aa01c80400000055"), AccessPanel),
        (b"HTTP/1.1 400", MalformedFrame),
    ],
)
async def test_something_else_on_the_port_is_named(answer: bytes, error: type[DeviceError]) -> None:
    async with datagram_peer({Command.CONNECT: lambda _: [answer]}) as peer:
        with pytest.raises(error):
            await ZkUdpDriver().open(peer.target)


async def test_secure_firmware_is_named_with_push_as_the_way_out() -> None:
    async with datagram_peer({Command.CONNECT: lambda it: [reply(it, code=Command.SECURE_FIRMWARE)]}) as peer:
        with pytest.raises(SecureFirmware, match="6001") as caught:
            await ZkUdpDriver().open(peer.target)
    assert "push" in (caught.value.action or "")


async def test_silence_in_mid_read_ends_it_long_before_the_bulk_deadline() -> None:
    answers: dict[int, Answer] = {
        Command.FREE_SIZES: sizes,
        Command.PREPARE_BUFFER: prepared,
        Command.READ_BUFFER: lambda _: [],
    }
    async with datagram_peer(answers) as peer:
        patient = replace(peer.target, bulk_timeout=10 * PATIENCE, silence_timeout=0.6)
        session = await ZkUdpDriver().open(patient)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded, match=r"silent for 0\.6 s in mid-read"):
            await session.read_log()
        assert time.monotonic() - started < PATIENCE
        asked = [packet for packet in peer.received if packet.command == Command.READ_BUFFER]
        assert len(asked) == 2
        assert asked[0] == asked[1]
        await asyncio.sleep(0.05)
        assert peer.received[-1].command == Command.EXIT, "the terminal would hold the session for nobody"


async def test_an_impossible_transfer_is_an_unexpected_reply() -> None:
    huge = struct.pack("<II", 1 << 30, 1008)
    answers: dict[int, Answer] = {
        Command.FREE_SIZES: sizes,
        Command.PREPARE_BUFFER: lambda it: [Packet(Command.PREPARE_DATA, 0, it.reply, huge).to_frame()],
    }
    async with datagram_peer(answers) as peer:
        session = await ZkUdpDriver().open(peer.target)
        with pytest.raises(UnexpectedReply):
            await session.read_log()
