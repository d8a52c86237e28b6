from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from devices.driver import BadRecord, UserRecord
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.events import encode_event
from devices.zk.frames import Packet
from devices.zk.layouts import LAYOUT_8B
from devices.zk.users import encode_user
from tests.unit.devices.prepared_peer import (
    USERS,
    Prepared,
    log_of,
    prepared_for,
    punch,
    refuse,
    users_body,
)
from tests.unit.devices.scripted_peer import Answer, opened, reply, scripted_peer


def numbered_event(number: int, size: int = 10) -> bytes:
    data = encode_event(punch(0)._replace(pin=str(number)), size)
    return Packet(Command.EVENT, 1, 0, data).to_frame()


class TestNumberedEvents:
    def answers(self, users: Sequence[UserRecord], *numbers: int, size: int = 10) -> dict[int, Answer]:
        body = b"".join(encode_user(user) for user in users)
        events = b"".join(numbered_event(number, size) for number in numbers)
        return Prepared({Command.USERS: body}).answers | {
            Command.EVENT: lambda packet: [reply(packet) + events]
        }

    @pytest.mark.parametrize("size", [10, 14])
    @pytest.mark.parametrize(("number", "pin"), [(3, "1003"), (1005, "1005")])
    async def test_the_number_is_whoever_alone_it_can_be(self, number: int, pin: str, size: int) -> None:
        async with opened(self.answers(USERS, number, size=size)) as (session, _):
            await session.subscribe()
            assert (await session.events(1)).items == [punch(0)._replace(pin=pin, user_index=0)]

    async def test_one_that_is_a_pin_and_another_ones_number_is_left_to_the_log(self) -> None:
        users = [UserRecord(1, "2", "", 0, 0), UserRecord(2, "1", "", 0, 0), UserRecord(3, "3", "", 0, 0)]
        async with opened(self.answers(users, 1, 3)) as (session, peer):
            await session.subscribe()
            ambiguous, certain = (await session.events(1)).items
            assert isinstance(ambiguous, BadRecord)
            assert "two users" in ambiguous.reason
            assert certain == punch(0)._replace(pin="3", user_index=0)
            assert prepared_for(peer.received) == [Command.USERS]

    async def test_one_that_nobody_has_is_left_to_the_log(self) -> None:
        async with opened(self.answers(USERS, 500)) as (session, _):
            await session.subscribe()
            (item,) = (await session.events(1)).items
            assert isinstance(item, BadRecord)
            assert "no user" in item.reason

    async def test_cancelling_the_look_up_loses_no_event(self) -> None:
        answers = self.answers(USERS, 3)
        prepare, held = answers[Command.PREPARE_BUFFER], [True]
        answers[Command.PREPARE_BUFFER] = lambda packet: [] if held[0] else prepare(packet)
        async with scripted_peer(answers) as peer:
            session = await ZkTcpDriver().open(replace(peer.target, bulk_timeout=5.0))
            await session.subscribe()
            waiting = asyncio.create_task(session.events(1))
            await asyncio.sleep(0.1)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            held[0] = False
            assert (await session.events(1)).items == [punch(0)._replace(pin="1003", user_index=0)]
            await session.close()


async def test_users_without_a_readable_pin_are_left_out_and_told(caplog: pytest.LogCaptureFixture) -> None:
    peer = Prepared({Command.USERS: users_body() + bytes(72)})
    async with opened(peer.answers) as (session, _):
        assert await session.read_users() == USERS
        assert "1 of 8 user records name nobody" in caplog.text


async def test_users_of_a_terminal_that_counts_none_are_read_all_the_same() -> None:
    peer = Prepared({Command.USERS: users_body()})
    sizes: Answer = lambda packet: [reply(packet, bytes(92))]  # noqa: E731
    async with opened(peer.answers | {Command.FREE_SIZES: sizes}) as (session, _):
        assert await session.read_users() == USERS
    answers: dict[int, Answer] = {Command.FREE_SIZES: sizes, Command.PREPARE_BUFFER: refuse}
    async with opened(answers) as (session, _):
        assert await session.read_users() == []


async def test_a_number_given_to_somebody_else_is_the_new_holders() -> None:
    peer = Prepared({Command.USERS: users_body(), Command.ATTENDANCE_LOG: log_of(LAYOUT_8B, 4)}, count=4)
    async with opened(peer.answers) as (session, scripted):
        first = await session.read_log()
        peer.contents[Command.USERS] = b"".join(
            encode_user(user)
            for user in [*USERS[:4], UserRecord(5, "2005", "", 0, 0), UserRecord(9, "9", "", 0, 0)]
        )
        peer.users = 6
        peer.contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_8B, 5), 5
        tail = await session.read_log(first.position_after(4))
        assert list(tail.items) == [punch(4)._replace(pin="2005")]
        assert prepared_for(scripted.received).count(Command.USERS) == 2


async def test_a_number_given_on_between_two_counts_is_not_the_leavers() -> None:
    peer = Prepared({Command.USERS: users_body(), Command.ATTENDANCE_LOG: log_of(LAYOUT_8B, 4)}, count=4)
    async with opened(peer.answers) as (session, _):
        first = await session.read_log()
        peer.users = len(USERS) - 1
        await session.counts()
        heir = UserRecord(5, "2005", "", 0, 0)
        peer.contents[Command.USERS] = b"".join(map(encode_user, [*USERS[:4], heir, *USERS[5:]]))
        peer.users = len(USERS)
        peer.contents[Command.ATTENDANCE_LOG], peer.count = log_of(LAYOUT_8B, 5), 5
        tail = await session.read_log(first.position_after(4))
        assert list(tail.items) == [punch(4)._replace(pin="2005")]
