"""A slow line: the log comes in pieces, and every piece can be the last before the line breaks."""

from __future__ import annotations

import pytest

from devices.driver import LogPosition, LogRead
from devices.errors import LogDiscontinuity
from devices.zk.access import Access
from devices.zk.commands import Command, Request
from devices.zk.exchange import Reply
from devices.zk.frames import FrameReader, Packet
from devices.zk.layouts import LAYOUT_8B, LAYOUT_40, LAYOUTS, LogLayout
from devices.zk.logread import read_tail, read_whole
from devices.zk.refusals import refusal
from tests.unit.devices.prepared_peer import Prepared, log_of, punches, users_body
from tests.unit.devices.scripted_peer import reply

PIECE = 2_000


class Asked:
    """A terminal without a line: every request is answered at once. Counts the bytes that it sends."""

    def __init__(self, peer: Prepared) -> None:
        self.peer = peer
        self.sent = 0

    async def ask(self, request: Request) -> Reply:
        packet = Packet(request.command, 1, 1, request.data)
        answers = self.peer.answers | {Command.FREE_BUFFER: lambda asked: [reply(asked)]}
        reader = FrameReader()
        for piece in answers[request.command](packet):
            assert isinstance(piece, bytes)
            reader.feed(piece)
        answer = reader.next_packet()
        assert isinstance(answer, Packet)
        self.sent += len(answer.data)
        found = Reply(answer.command, answer.session, answer.data)
        if error := refusal(request, found):
            raise error
        return found


def terminal(layout: LogLayout, records: int, *, middle: bool = True) -> tuple[Access, Asked]:
    contents: dict[int, bytes] = {
        Command.ATTENDANCE_LOG: log_of(layout, records),
        Command.USERS: users_body(),
    }
    asked = Asked(Prepared(contents, middle=middle, count=records))
    return Access(asked.ask, chunk=500, piece=PIECE), asked


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
async def test_the_pieces_of_a_log_are_the_log(layout: LogLayout) -> None:
    access, asked = terminal(layout, 700)
    read: LogRead = await read_whole(access, 700)
    items, position = list(read.items), read.position_after(len(read.items))
    while position.records_read < read.total:
        before = asked.sent
        read = await read_tail(access, position)
        assert read.first_index == len(items)
        assert 0 < len(read.raw) <= PIECE
        assert asked.sent - before < PIECE + 5 * layout.size + 100 + len(users_body())
        items += read.items
        position = read.position_after(len(read.items))
    assert items == punches(layout, 0, 700)
    assert read.total == 700


async def test_what_came_meanwhile_is_in_the_total_of_the_next_piece() -> None:
    access, asked = terminal(LAYOUT_40, 100)
    first = await read_whole(access, 100)
    assert (len(first.items), first.total) == (50, 100)
    asked.peer.contents[Command.ATTENDANCE_LOG] = log_of(LAYOUT_40, 103)
    second = await read_tail(access, first.position_after(50))
    assert (len(second.items), second.total) == (50, 103)


async def test_a_log_cleared_between_two_pieces_is_a_discontinuity() -> None:
    access, asked = terminal(LAYOUT_40, 100)
    first = await read_whole(access, 100)
    asked.peer.contents[Command.ATTENDANCE_LOG] = log_of(LAYOUT_40, 100)[2_000:]
    with pytest.raises(LogDiscontinuity):
        await read_tail(access, first.position_after(50))


async def test_where_the_middle_cannot_be_read_one_long_read_ends_it() -> None:
    access, _ = terminal(LAYOUT_8B, 700, middle=False)
    first = await read_whole(access, 700)
    rest = await read_tail(access, first.position_after(len(first.items)))
    assert [*first.items, *rest.items] == punches(LAYOUT_8B, 0, 700)
    assert access.traits.tail is False


async def test_a_line_slower_than_one_record_in_its_piece_still_gets_on() -> None:
    access, _ = terminal(LAYOUT_40, 60)
    access.piece = 1
    read = await read_whole(access, 60)
    assert len(read.items) == 1024 // 40
    assert (await read_tail(access, read.position_after(25))).first_index == 25


async def test_an_overlap_at_the_logs_very_end_brings_nothing_and_says_so() -> None:
    access, _ = terminal(LAYOUT_40, 60)
    access.piece = None
    read = await read_tail(access, LogPosition(60, log_of(LAYOUT_40, 60)[-160:]))
    assert (list(read.items), read.total, read.raw) == ([], 60, b"")
