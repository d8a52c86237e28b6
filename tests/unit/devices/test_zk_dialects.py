"""Models that do not read like most: against peers that say what is known of them, and not more."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from devices.driver import BadRecord, LogPosition, UserRecord
from devices.errors import DeadlineExceeded, DeviceRefused, LogDiscontinuity, UnexpectedReply
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.frames import Packet
from devices.zk.layouts import LAYOUT_8A, LAYOUT_8B, LAYOUT_22, LAYOUT_40, LAYOUTS, LogLayout
from devices.zk.records import encode_record
from devices.zk.users import encode_user
from tests.unit.devices.prepared_peer import (
    USERS,
    Prepared,
    log_of,
    prepared_for,
    punch,
    punches,
    refuse,
    times_asked,
    users_body,
)
from tests.unit.devices.scripted_peer import Answer, Piece, opened, reply, scripted_peer


class TestEveryRecordSize:
    @pytest.mark.parametrize("user_size", [28, 72])
    @pytest.mark.parametrize("name", LAYOUTS)
    async def test_a_log_is_read_whole_and_by_its_tail(self, name: str, user_size: int) -> None:
        layout = LAYOUTS[name]
        contents: dict[int, bytes] = {
            Command.ATTENDANCE_LOG: log_of(layout, 60),
            Command.USERS: users_body(user_size),
        }
        peer = Prepared(contents)
        async with opened(peer.answers) as (session, _):
            whole = await session.read_log()
            assert list(whole.items) == punches(layout, 0, 60)
            contents[Command.ATTENDANCE_LOG] = log_of(layout, 63)
            tail = await session.read_log(whole.position_after(60))
            assert list(tail.items) == punches(layout, 60, 63)
            assert (tail.first_index, tail.total, tail.record_size) == (60, 63, layout.size)
            assert session.capabilities.record_size == layout.size
            assert (session.capabilities.tail, session.capabilities.bulk) == (True, True)

    @pytest.mark.parametrize("name", LAYOUTS)
    async def test_after_a_restart_of_ours_the_tail_is_read_by_the_same_layout(self, name: str) -> None:
        layout = LAYOUTS[name]
        peer = Prepared({Command.ATTENDANCE_LOG: log_of(layout, 30), Command.USERS: users_body()})
        position = LogPosition(28, log_of(layout, 28)[-4 * layout.size :])
        async with opened(peer.answers) as (session, _):
            assert list((await session.read_log(position)).items) == punches(layout, 28, 30)

    async def test_two_records_of_which_none_makes_sense_are_read_whole_before_they_are_guessed(self) -> None:
        log = log_of(LAYOUT_8B, 30) + bytes(8) * 2
        position = LogPosition(31, bytes(8) * 4)
        peer = Prepared({Command.ATTENDANCE_LOG: log[: 27 * 8] + bytes(8) * 5, Command.USERS: users_body()})
        async with opened(peer.answers) as (session, _):
            with pytest.raises(LogDiscontinuity, match="layout cannot be told"):
                await session.read_log(position)

    @pytest.mark.parametrize("layout", [LAYOUT_8A, LAYOUT_8B], ids=["8a", "8b"])
    async def test_a_new_user_is_asked_for_once_a_log_shows_a_number_nobody_had(
        self, layout: LogLayout
    ) -> None:
        contents: dict[int, bytes] = {Command.ATTENDANCE_LOG: log_of(layout, 20), Command.USERS: users_body()}
        async with opened(Prepared(contents).answers) as (session, peer):
            whole = await session.read_log()
            newcomer = punch(20)._replace(user_index=40)
            contents[Command.ATTENDANCE_LOG] += encode_record(newcomer, layout)
            contents[Command.USERS] += encode_user(UserRecord(40, "2040", "", 0, 0))
            tail = await session.read_log(whole.position_after(20))
            assert list(tail.items) == [newcomer._replace(pin="2040")]
            asked = prepared_for(peer.received)
            assert asked == [Command.ATTENDANCE_LOG, Command.USERS, Command.ATTENDANCE_LOG, Command.USERS]

    async def test_a_deleted_users_record_is_quarantined_and_the_rest_is_read(self) -> None:
        body = log_of(LAYOUT_8B, 10) + encode_record(punch(10)._replace(user_index=99), LAYOUT_8B)
        peer = Prepared({Command.ATTENDANCE_LOG: body, Command.USERS: users_body()})
        async with opened(peer.answers) as (session, _):
            items = (await session.read_log()).items
            assert list(items[:10]) == punches(LAYOUT_8B, 0, 10)
            assert items[10] == BadRecord(10, body[-8:], "no user has number 99")

    @pytest.mark.parametrize("count", [0, 7, 59, 61, 6000])
    @pytest.mark.parametrize("name", LAYOUTS)
    async def test_a_count_that_lies_changes_nothing(self, name: str, count: int) -> None:
        layout = LAYOUTS[name]
        contents: dict[int, bytes] = {Command.ATTENDANCE_LOG: log_of(layout, 60), Command.USERS: users_body()}
        async with opened(Prepared(contents, count=count).answers) as (session, _):
            assert list((await session.read_log()).items) == punches(layout, 0, 60)


def bare(body: bytes, *, preamble: bytes = b"") -> Answer:
    """As the WL10 answers: the DATA's session and reply id say something else."""

    def answer(packet: Packet) -> Sequence[Piece]:
        data = preamble + struct.pack("<I", len(body)) + body
        announced = reply(packet, struct.pack("<II", len(data), 0x9FB0), Command.PREPARE_DATA)
        return [announced + Packet(Command.DATA, 0xBEEF, 0x7777, data).to_frame() + reply(packet)]

    return answer


class TestBareCommands:
    @pytest.mark.parametrize("preamble", [b"", struct.pack("<II", 4 + 22 * 30, 0x9FB0)], ids=["4", "12"])
    async def test_a_terminal_that_prepares_nothing_is_read_bare_and_remembered(
        self, preamble: bytes
    ) -> None:
        answers: dict[int, Answer] = {
            Command.PREPARE_BUFFER: refuse,
            Command.ATTENDANCE_LOG: bare(log_of(LAYOUT_22, 30), preamble=preamble),
            Command.USERS: bare(users_body(), preamble=preamble),
        }
        async with scripted_peer(answers) as peer:
            driver = ZkTcpDriver()
            session = await driver.open(peer.target)
            whole = await session.read_log()
            assert list(whole.items) == punches(LAYOUT_22, 0, 30)
            assert await session.read_users() == USERS
            assert session.capabilities.reading == "bare"
            await session.close()
            again = await driver.open(peer.target)
            peer.received.clear()
            answers[Command.ATTENDANCE_LOG] = bare(log_of(LAYOUT_22, 33), preamble=preamble)
            tail = await again.read_log(whole.position_after(30))
            assert (list(tail.items), tail.total) == (punches(LAYOUT_22, 30, 33), 33)
            assert prepared_for(peer.received) == []
            await again.close()

    async def test_a_log_in_the_answer_to_the_preparing_itself_is_no_bare_command(self) -> None:
        answers: dict[int, Answer] = {Command.PREPARE_BUFFER: bare(log_of(LAYOUT_22, 30))}
        async with opened(answers) as (session, peer):
            assert list((await session.read_log()).items) == punches(LAYOUT_22, 0, 30)
            assert session.capabilities.bulk
            assert times_asked(peer.received, Command.ATTENDANCE_LOG) == 0

    @pytest.mark.parametrize(
        "garbage",
        [
            bytes(range(256)) * 4,
            b"",
            b"\x01",
            struct.pack("<I", 40) + b"\xa5" * 40,
            struct.pack("<I", 4000) + log_of(LAYOUT_40, 20),
        ],
        ids=["noise", "nothing", "short", "senseless", "cut"],
    )
    async def test_what_a_terminal_says_to_the_bare_command_is_not_believed_unseen(
        self, garbage: bytes
    ) -> None:
        answers: dict[int, Answer] = {
            Command.PREPARE_BUFFER: refuse,
            Command.ATTENDANCE_LOG: lambda packet: [reply(packet, garbage, Command.DATA)],
        }
        async with opened(answers) as (session, _):
            if garbage:
                with pytest.raises(DeviceRefused, match="PREPARE_BUFFER answered"):
                    await session.read_log()
            else:
                assert (await session.read_log()).total == 0
            assert session.capabilities.bulk is None

    async def test_where_preparing_has_worked_the_bare_command_is_never_tried(self) -> None:
        peer = Prepared({Command.ATTENDANCE_LOG: log_of(LAYOUT_40, 20)})
        answers = peer.answers
        async with opened(answers) as (session, scripted):
            await session.read_log()
            scripted.answers[Command.PREPARE_BUFFER] = refuse
            with pytest.raises(DeviceRefused):
                await session.read_log()
            assert times_asked(scripted.received, Command.ATTENDANCE_LOG) == 0

    async def test_silence_to_both_is_a_deadline_and_never_an_empty_log(self) -> None:
        async with opened({Command.PREPARE_BUFFER: refuse}) as (session, _):
            with pytest.raises(DeadlineExceeded):
                await session.read_log()

    async def test_a_bare_answer_cut_short_is_an_error_and_the_terminal_is_asked_again(self) -> None:
        body = log_of(LAYOUT_22, 30)
        answers: dict[int, Answer] = {Command.PREPARE_BUFFER: refuse, Command.ATTENDANCE_LOG: bare(body)}
        async with opened(answers) as (session, peer):
            await session.read_log()
            peer.answers[Command.ATTENDANCE_LOG] = lambda packet: [
                reply(packet, struct.pack("<I", len(body)) + body[:-22], Command.DATA)
            ]
            with pytest.raises(UnexpectedReply, match="make no sense"):
                await session.read_log()
            peer.answers[Command.ATTENDANCE_LOG] = bare(body)
            assert (await session.read_log()).total == 30
