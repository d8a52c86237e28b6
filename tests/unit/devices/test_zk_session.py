from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from devices.errors import (
    DeadlineExceeded,
    DeviceRefused,
    LinkClosed,
    ProtocolError,
    UnexpectedReply,
)
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.frames import Packet
from devices.zk.times import pack_time
from tests.support.waiting import PATIENCE
from tests.unit.devices import vectors
from tests.unit.devices.scripted_peer import (
    SESSION,
    Answer,
    Piece,
    opened,
    reply,
    scripted_peer,
)
from tests.unit.devices.test_zk_events import PUBLISHED

NOON = datetime(2026, 11, 23, 12, 0, 1)


def clock(packet: Packet) -> list[Piece]:
    return [reply(packet, pack_time(NOON))]


class TestRequests:
    async def test_a_reply_header_split_anywhere_is_one_reply(self) -> None:
        def split(packet: Packet) -> list[Piece]:
            frame = reply(packet, pack_time(NOON))
            return [frame[:3], ..., frame[3:9], ..., frame[9:]]

        async with opened({Command.GET_TIME: split}) as (session, _):
            assert await session.read_clock() == NOON
            assert await session.read_clock() == NOON

    async def test_an_event_between_request_and_reply_is_kept_and_acknowledged(self) -> None:
        answer: Answer = lambda packet: [vectors.LIVE_EVENT_32, ..., *clock(packet)]  # noqa: E731
        async with opened({Command.GET_TIME: answer}) as (session, peer):
            assert await session.read_clock() == NOON
            assert (await session.events(0)).items == [PUBLISHED]
            await session.close()
            acknowledged = [packet for packet in peer.received if packet.command == Command.ACK_OK]
            assert acknowledged == [Packet(Command.ACK_OK, SESSION, 0)]

    async def test_an_impossible_clock_is_an_unexpected_reply_and_the_session_goes_on(self) -> None:
        answers = iter([b"\xff\xff\xff\xff", b"", pack_time(NOON)])
        async with opened({Command.GET_TIME: lambda packet: [reply(packet, next(answers))]}) as (session, _):
            for _ in range(2):
                with pytest.raises(UnexpectedReply):
                    await session.read_clock()
            assert await session.read_clock() == NOON

    async def test_after_a_deadline_the_late_reply_is_never_misread(self) -> None:
        frames: list[Packet] = []

        def late(packet: Packet) -> Sequence[Piece]:
            frames.append(packet)
            return [] if len(frames) == 1 else [reply(frames[0], b"late"), reply(packet, b"mine")]

        async with opened({Command.GET_TIME: late}) as (session, _):
            with pytest.raises(DeadlineExceeded, match=r"no reply within 1 s"):
                await session.read_clock()
            with pytest.raises(LinkClosed):
                await session.read_clock()
            with pytest.raises(LinkClosed):
                await session.events(0.1)

    async def test_a_cancelled_request_leaves_a_session_that_can_say_exit(self) -> None:
        async with opened({Command.GET_TIME: lambda _: []}) as (session, peer):
            task = asyncio.create_task(session.read_clock())
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert (await session.counts()).records is None
            await session.close()
            assert peer.received[-1].command == Command.EXIT

    async def test_garbage_in_place_of_a_reply_ends_the_session(self) -> None:
        async with opened({Command.GET_TIME: lambda _: [b"\xde\xad\xbe\xef"]}) as (session, _):
            with pytest.raises(ProtocolError):
                await session.read_clock()
            with pytest.raises(LinkClosed):
                await session.counts()

    async def test_a_refusal_says_what_was_asked_and_what_was_answered(self) -> None:
        refuse: Answer = lambda packet: [reply(packet, code=Command.ACK_ERROR)]  # noqa: E731
        async with opened({Command.SET_TIME: refuse}) as (session, _):
            with pytest.raises(DeviceRefused, match=r"SET_TIME answered with ACK_ERROR \(2001\)"):
                await session.set_clock(NOON)

    async def test_a_session_that_the_terminal_forgot_is_over_and_accuses_no_comm_key(self) -> None:
        forgotten: Answer = lambda packet: [reply(packet, code=Command.ACK_UNAUTH)]  # noqa: E731
        async with opened({Command.GET_TIME: forgotten}) as (session, _):
            with pytest.raises(LinkClosed, match="no longer knows"):
                await session.read_clock()

    async def test_close_may_be_called_twice_and_after_the_peer_is_gone(self) -> None:
        async with opened({Command.EXIT: lambda _: [None]}) as (session, _):
            await session.close()
            await session.close()


class TestEvents:
    async def test_two_events_in_one_segment_are_both_returned(self) -> None:
        async with opened({Command.EVENT: lambda packet: [reply(packet), vectors.LIVE_EVENT_32 * 2]}) as (
            session,
            _,
        ):
            await session.subscribe()
            assert (await session.events(1)).items == [PUBLISHED, PUBLISHED]

    async def test_no_event_is_an_empty_answer_after_the_time_given(self) -> None:
        async with opened({}) as (session, _):
            await session.subscribe()
            assert (await session.events(0.05)).items == []
            assert (await session.events(0)).items == []

    async def test_cancelling_the_wait_loses_no_event(self) -> None:
        answer: Answer = lambda packet: [reply(packet), ..., vectors.LIVE_EVENT_32]  # noqa: E731
        async with opened({Command.EVENT: answer}) as (session, _):
            await session.subscribe()
            waiting = asyncio.create_task(session.events(5))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            assert (await session.events(1)).items == [PUBLISHED]

    async def test_a_terminal_that_hangs_up_while_we_listen_is_link_closed(self) -> None:
        async with opened({Command.EVENT: lambda packet: [reply(packet), ..., None]}) as (session, _):
            await session.subscribe()
            with pytest.raises(LinkClosed):
                await session.events(5)

    async def test_events_that_came_before_the_hang_up_are_not_lost(self) -> None:
        answer: Answer = lambda packet: [reply(packet) + vectors.LIVE_EVENT_32, None]  # noqa: E731
        async with opened({Command.EVENT: answer}) as (session, _):
            await session.subscribe()
            assert (await session.events(1)).items == [PUBLISHED]
            with pytest.raises(LinkClosed):
                await session.events(1)


class TestSilence:
    async def test_silence_in_mid_read_ends_it_long_before_the_bulk_deadline(self) -> None:
        answer: Answer = lambda _: []  # noqa: E731
        async with scripted_peer({Command.PREPARE_BUFFER: answer}) as peer:
            session = await ZkTcpDriver().open(
                replace(peer.target, bulk_timeout=10 * PATIENCE, silence_timeout=0.2)
            )
            started = time.monotonic()
            with pytest.raises(DeadlineExceeded, match=r"silent for 0\.2 s in mid-read, no reply"):
                await session.read_log()
            assert time.monotonic() - started < PATIENCE
            with pytest.raises(LinkClosed):
                await session.counts()

    async def test_whoever_goes_on_sending_is_not_silent(self) -> None:
        def trickle(packet: Packet) -> list[Piece]:
            frame = reply(packet, bytes(4), Command.DATA)
            return [piece for at in range(len(frame)) for piece in (frame[at : at + 1], ..., ..., ...)]

        async with scripted_peer({Command.PREPARE_BUFFER: trickle}) as peer:
            session = await ZkTcpDriver().open(replace(peer.target, bulk_timeout=PATIENCE, silence_timeout=1))
            assert (await session.read_log()).total == 0
            await session.close()
