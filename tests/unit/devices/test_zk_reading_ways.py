from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from devices.driver import LogPosition
from devices.errors import LogDiscontinuity
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.frames import Packet
from devices.zk.layouts import LAYOUT_40, LAYOUTS
from devices.zk.records import encode_record
from tests.unit.devices.prepared_peer import (
    Prepared,
    log_of,
    prepared_for,
    punch,
    punches,
    refuse,
)
from tests.unit.devices.scripted_peer import Piece, opened, reply, scripted_peer
from tests.unit.devices.test_zk_recognition import city_log


class TestTimeRange:
    async def no_tail(self, records: int, *, ranges: bool = True) -> tuple[Prepared, dict[int, bytes]]:
        contents: dict[int, bytes] = {Command.ATTENDANCE_LOG: log_of(LAYOUT_40, records)}
        peer = Prepared(contents, middle=False, count=records)
        peer.ranges = ranges
        return peer, contents

    async def test_where_the_middle_is_refused_a_range_is_read_and_both_are_remembered(self) -> None:
        peer, contents = await self.no_tail(200)
        async with opened(peer.answers) as (session, scripted):
            whole = await session.read_log()
            first = await session.read_log(whole.position_after(198))
            assert list(first.items) == punches(LAYOUT_40, 198, 200)
            contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_40, 203), 203
            scripted.received.clear()
            tail = await session.read_log(whole.position_after(200))
            assert (list(tail.items), tail.first_index, tail.total) == (
                punches(LAYOUT_40, 200, 203),
                200,
                203,
            )
            assert tail.position_after(3) == LogPosition(203, log_of(LAYOUT_40, 203)[-160:])
            assert prepared_for(scripted.received) == [Command.ATTENDANCE_RANGE]
            assert session.capabilities.reading == "time range"
            assert sum(
                struct.unpack("<ii", packet.data)[1]
                for packet in scripted.received
                if packet.command == Command.READ_BUFFER
            ) == (4 + 7 * 40)

    @pytest.mark.parametrize("slack", [1, 60, 3600])
    async def test_a_range_taken_more_widely_than_asked_is_cut_to_what_is_new(self, slack: int) -> None:
        peer, contents = await self.no_tail(400)
        peer.slack = slack
        async with opened(peer.answers) as (session, _):
            position = (await session.read_log()).position_after(400)
            await session.read_log(position)
            contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_40, 402), 402
            assert list((await session.read_log(position)).items) == punches(LAYOUT_40, 400, 402)
            assert session.capabilities.time_range is True
            assert (await session.probe()).time_range is True

    @pytest.mark.parametrize("code", [2001, 65535, 65533, 4989])
    async def test_every_refusal_falls_back_to_the_whole_log_and_is_remembered(self, code: int) -> None:
        peer, contents = await self.no_tail(50, ranges=False)
        prepare = peer.prepare

        def refusing(packet: Packet) -> Sequence[Piece]:
            asked = struct.unpack("<bhII", packet.data)[1]
            return [reply(packet, code=code)] if asked == Command.ATTENDANCE_RANGE else prepare(packet)

        answers = peer.answers | {Command.PREPARE_BUFFER: refusing}
        async with opened(answers) as (session, scripted):
            position = (await session.read_log()).position_after(50)
            contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_40, 52), 52
            for _ in range(3):
                tail = await session.read_log(position)
                assert (list(tail.items), tail.total) == (punches(LAYOUT_40, 50, 52), 52)
            assert prepared_for(scripted.received).count(Command.ATTENDANCE_RANGE) == 1
            assert session.capabilities.reading == "whole"

    async def test_a_record_that_went_back_in_time_is_not_missed(self) -> None:
        peer, contents = await self.no_tail(50)
        async with opened(peer.answers) as (session, _):
            position = (await session.read_log()).position_after(50)
            await session.read_log(position)
            early = punch(3)._replace(pin="77")
            contents[Command.ATTENDANCE_LOG] += encode_record(early) + encode_record(punch(50))
            peer.count = 52
            assert list((await session.read_log(position)).items) == [early, punch(50)]

    async def test_a_log_that_changed_before_the_range_is_another_log(self) -> None:
        peer, contents = await self.no_tail(50)
        async with opened(peer.answers) as (session, _):
            position = (await session.read_log()).position_after(50)
            await session.read_log(position)
            contents[Command.ATTENDANCE_LOG] = log_of(LAYOUT_40, 60)[400:] + log_of(LAYOUT_40, 1)
            peer.count = 51
            with pytest.raises(LogDiscontinuity):
                await session.read_log(position)

    async def test_a_count_that_does_not_add_up_is_not_trusted_with_a_range(self) -> None:
        peer, contents = await self.no_tail(50)
        async with opened(peer.answers) as (session, scripted):
            position = (await session.read_log()).position_after(50)
            await session.read_log(position)
            contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_40, 52), 58
            scripted.received.clear()
            assert (await session.read_log(position)).total == 52
            asked = prepared_for(scripted.received)
            assert asked == [Command.ATTENDANCE_RANGE, Command.ATTENDANCE_LOG]

    async def test_records_that_repeat_leave_open_which_of_them_were_read(self) -> None:
        peer, contents = await self.no_tail(50)
        frozen = contents[Command.ATTENDANCE_LOG] + 4 * encode_record(punch(49))
        contents[Command.ATTENDANCE_LOG], peer.count = frozen, 54

        def pressed_meanwhile(packet: Packet) -> Sequence[Piece]:
            answer = peer.prepare(packet)
            contents[Command.ATTENDANCE_LOG], peer.count = frozen + encode_record(punch(60)), 55
            return answer

        async with opened(peer.answers) as (session, scripted):
            whole = await session.read_log()
            await session.read_log(whole.position_after(50))
            scripted.answers[Command.PREPARE_BUFFER] = pressed_meanwhile
            tail = await session.read_log(whole.position_after(54))
            assert list(tail.items) == [punch(60)], "no cursor may go past what was not read"

    async def test_a_terminal_that_ignores_the_range_saves_nothing_and_is_not_asked_again(self) -> None:
        peer, contents = await self.no_tail(50, ranges=False)
        contents[Command.ATTENDANCE_RANGE] = contents[Command.ATTENDANCE_LOG]
        async with opened(peer.answers) as (session, _):
            position = (await session.read_log()).position_after(48)
            await session.read_log(position)
            assert list((await session.read_log(position)).items) == punches(LAYOUT_40, 48, 50)
            assert session.capabilities.time_range is False


class TestRemembering:
    async def test_a_new_firmware_is_probed_anew(self) -> None:
        firmware = b"Ver 6.60\0"
        peer = Prepared({Command.ATTENDANCE_LOG: log_of(LAYOUT_40, 30)}, middle=False)
        answers = peer.answers | {Command.VERSION: lambda packet: [reply(packet, firmware)]}
        async with scripted_peer(answers) as scripted:
            driver = ZkTcpDriver()
            session = await driver.open(scripted.target)
            whole = await session.read_log()
            await session.read_log(whole.position_after(28))
            assert session.capabilities.tail is False
            await session.close()
            firmware, peer.middle = b"Ver 6.61\0", True
            updated = await driver.open(scripted.target)
            before = updated.capabilities.tail
            await updated.read_log(whole.position_after(28))
            assert (before, updated.capabilities.tail) == (None, True)
            await updated.close()

    async def test_terminals_are_remembered_one_by_one(self) -> None:
        driver = ZkTcpDriver()
        for middle in (True, False):
            peer = Prepared({Command.ATTENDANCE_LOG: log_of(LAYOUT_40, 30)}, middle=middle)
            serial = f"S{middle}".encode()

            def option(packet: Packet, serial: bytes = serial) -> Sequence[Piece]:
                return [reply(packet, packet.data.rstrip(b"\0") + b"=" + serial)]

            async with scripted_peer(peer.answers | {Command.OPTION: option}) as scripted:
                session = await driver.open(scripted.target)
                await session.read_log((await session.read_log()).position_after(28))
                assert session.capabilities.tail is middle
                await session.close()


class TestProbing:
    @pytest.mark.parametrize("name", LAYOUTS)
    @pytest.mark.parametrize("middle", [True, False])
    async def test_small_reads_tell_how_the_log_can_be_read(self, name: str, middle: bool) -> None:
        layout = LAYOUTS[name]
        peer = Prepared({Command.ATTENDANCE_LOG: city_log(layout, 2000, 1)}, middle=middle, count=2000)
        async with opened(peer.answers) as (session, scripted):
            found = await session.probe()
            assert (found.transport, found.record_size, found.bulk, found.tail) == (
                "tcp",
                layout.size,
                True,
                middle,
            )
            assert found.time_range is False
            assert found.live is True
            read = [struct.unpack("<ii", p.data)[1] for p in scripted.received if p.command == 1504]
            assert sum(read) < 10_000
            commands = {packet.command for packet in scripted.received}
            assert not commands & {
                Command.DISABLE,
                Command.CLEAR_LOG,
                Command.SET_TIME,
                Command.ATTENDANCE_LOG,
            }
            assert scripted.received[-1].data == bytes(4)

    async def test_a_range_that_is_given_exactly_is_a_capability(self) -> None:
        peer = Prepared({Command.ATTENDANCE_LOG: log_of(LAYOUT_40, 500)}, middle=False, count=500)
        peer.ranges = True
        async with opened(peer.answers) as (session, _):
            assert (await session.probe()).reading == "time range"

    async def test_an_empty_log_tells_little_and_probing_it_is_no_error(self) -> None:
        peer = Prepared({Command.ATTENDANCE_LOG: b""}, count=0)
        async with opened(peer.answers) as (session, _):
            found = await session.probe()
            assert (found.bulk, found.tail, found.record_size) == (True, None, None)
        async with opened(peer.answers | {Command.PREPARE_BUFFER: refuse}) as (session, _):
            assert (await session.probe()).bulk is None
