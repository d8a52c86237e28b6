from __future__ import annotations

import struct
import time

import pytest

from devices.driver import LogPosition
from devices.errors import (
    DeadlineExceeded,
    DeviceRefused,
    LinkClosed,
    LogDiscontinuity,
    UnexpectedReply,
)
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.frames import Packet
from devices.zk.records import encode_record
from tests.unit.devices.scripted_peer import (
    Answer,
    Piece,
    opened,
    reply,
    scripted_peer,
)
from tests.unit.devices.test_zk_events import SMALL

LOG = b"".join(encode_record(SMALL._replace(pin=str(1000 + n), user_index=n)) for n in range(40))


def log_of(body: bytes, read: Answer) -> dict[int, Answer]:
    size = len(body) + 4
    return {
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, struct.pack("<xIII", size, size, 0))],
        Command.READ_BUFFER: read,
    }


def piece_of(body: bytes, packet: Packet) -> bytes:
    start, size = struct.unpack("<ii", packet.data)
    return (struct.pack("<I", len(body)) + body)[start : start + size]


def honest(body: bytes) -> dict[int, Answer]:
    return log_of(body, lambda packet: [reply(packet, piece_of(body, packet), Command.DATA)])


async def test_a_peer_closing_in_mid_bulk_is_link_closed_at_once() -> None:
    def half(packet: Packet) -> list[Piece]:
        data = piece_of(LOG, packet)
        if len(data) == 4:
            return [reply(packet, data, Command.DATA)]
        announced = reply(packet, struct.pack("<II", len(data), 1008), Command.PREPARE_DATA)
        return [announced, reply(packet, data[:500], Command.DATA), ..., None]

    async with opened(log_of(LOG, half)) as (session, _):
        spent = time.thread_time()
        with pytest.raises(LinkClosed, match="500 of 1604 bytes"):
            await session.read_log()
        assert time.thread_time() - spent < 0.2


async def test_silence_in_mid_bulk_exceeds_the_bulk_deadline() -> None:
    async with opened(log_of(LOG, lambda _: [])) as (session, _):
        with pytest.raises(DeadlineExceeded, match=r"within 1 s"):
            await session.read_log()


async def test_an_empty_log_that_the_terminal_refuses_to_prepare_is_empty() -> None:
    answers: dict[int, Answer] = {
        Command.FREE_SIZES: lambda packet: [reply(packet, bytes(92))],
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, code=Command.ACK_ERROR)],
    }
    async with opened(answers) as (session, _):
        assert (await session.read_log()).total == 0


async def test_a_log_that_is_kept_back_is_refused_and_never_empty() -> None:
    answers: dict[int, Answer] = {
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, code=Command.ACK_ERROR)],
        Command.ATTENDANCE_LOG: lambda packet: [reply(packet, code=Command.ACK_ERROR)],
    }
    async with opened(answers) as (session, _):
        with pytest.raises(DeviceRefused, match="PREPARE_BUFFER answered"):
            await session.read_log()


@pytest.mark.parametrize("kept", [1, 3, 4, 39, 40])
async def test_a_tail_is_what_follows_the_overlap(kept: int) -> None:
    async with opened(honest(LOG)) as (session, peer):
        whole = await session.read_log()
        tail = await session.read_log(whole.position_after(kept))
        assert list(tail.items) == list(whole.items[kept:])
        assert (tail.first_index, tail.total) == (kept, 40)
        assert tail.position_after(len(tail.items)) == whole.position_after(40)
        read = [
            struct.unpack("<ii", packet.data)
            for packet in peer.received
            if packet.command == Command.READ_BUFFER
        ]
        overlapped = min(4, kept)
        assert read[:2] == [(0, 4), (0, 1604)]
        assert read[2:] == [(0, 4), (4 + 40 * (kept - overlapped), 40 * (40 - kept + overlapped))]


async def test_a_terminal_that_ignores_the_offset_is_read_whole_and_remembered() -> None:
    def from_the_start(packet: Packet) -> list[Piece]:
        size = struct.unpack("<ii", packet.data)[1]
        return [reply(packet, (struct.pack("<I", len(LOG)) + LOG)[:size], Command.DATA)]

    await _check_whole_reading_instead(from_the_start)


async def test_a_terminal_that_refuses_the_offset_is_read_whole_and_remembered() -> None:
    def only_from_the_start(packet: Packet) -> list[Piece]:
        if struct.unpack("<ii", packet.data)[0] > 0:
            return [reply(packet, code=Command.ACK_ERROR)]
        return [reply(packet, piece_of(LOG, packet), Command.DATA)]

    await _check_whole_reading_instead(only_from_the_start)


async def _check_whole_reading_instead(read: Answer) -> None:
    async with scripted_peer(log_of(LOG, read)) as peer:
        driver = ZkTcpDriver()
        session = await driver.open(peer.target)
        whole = await session.read_log()
        tail = await session.read_log(whole.position_after(38))
        assert list(tail.items) == list(whole.items[38:])
        await session.close()
        peer.received.clear()
        again = await driver.open(peer.target)
        assert list((await again.read_log(whole.position_after(38))).items) == list(whole.items[38:])
        await again.close()
        starts = [
            struct.unpack("<ii", packet.data)[0]
            for packet in peer.received
            if packet.command == Command.READ_BUFFER
        ]
        assert starts == [0, 0]


async def test_a_changed_overlap_is_a_discontinuity() -> None:
    changed = LOG[: 30 * 40] + LOG[: 40 * 10]
    async with opened(honest(changed)) as (session, _):
        with pytest.raises(LogDiscontinuity, match="4 records before number 40 have changed"):
            await session.read_log(LogPosition(40, LOG[-160:]))
        assert (await session.read_log()).total == 40


async def test_a_shrunken_log_is_a_discontinuity() -> None:
    async with opened(honest(LOG[:400])) as (session, _):
        with pytest.raises(LogDiscontinuity, match="10 records, 40 were read before"):
            await session.read_log(LogPosition(40, LOG[-160:]))


@pytest.mark.parametrize("overlap", [b"", LOG[:49], LOG[:36]])
async def test_a_position_that_fits_no_record_size_is_a_discontinuity(overlap: bytes) -> None:
    async with opened(honest(LOG)) as (session, _):
        with pytest.raises(LogDiscontinuity):
            await session.read_log(LogPosition(4, overlap))


async def test_a_header_that_promises_more_than_there_is_is_an_error() -> None:
    lying = log_of(LOG, lambda packet: [reply(packet, b"\xff" * 4, Command.DATA)])
    lying[Command.ATTENDANCE_LOG] = lambda packet: [reply(packet, code=Command.ACK_ERROR)]
    async with opened(lying) as (session, _):
        with pytest.raises(UnexpectedReply, match="in a buffer of 1604"):
            await session.read_log()
