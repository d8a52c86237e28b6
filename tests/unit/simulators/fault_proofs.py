"""For each fault that can strike a terminal which is called: what shows that it really happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from devices.errors import ChecksumMismatch, ProtocolError
from devices.zk import commands
from devices.zk.commands import Command
from devices.zk.times import unpack_time
from simulators.faults import When
from simulators.faults.log import ODD_USERS, STRANGER
from simulators.tcp import TerminalServer
from tests.support.raw_client import RawClient
from tests.unit.simulators.fault_bench import MODEL, NOW, RECORDS, Bench, until

Proof = Callable[[Bench], Awaitable[None]]
PROOFS: dict[str, Proof] = {}
FRAME = b"\x50\x50\x82\x7d"
"""How each begins on a stream."""
ATTEMPTS = 20


def proof(name: str) -> Callable[[Proof], Proof]:
    def keep(function: Proof) -> Proof:
        PROOFS[name] = function
        return function

    return keep


async def whole_log_in_pieces(on: Bench, name: str) -> list[bytes]:
    on.strike(name)
    assert await on.client.read_log() == b"".join(on.terminal.log.records())
    assert on.times(name)
    chunks = list(on.client.chunks)
    on.client.chunks.clear()
    return chunks


async def seen_in_pieces(on: Bench, name: str, seen: Callable[[list[bytes]], bool]) -> None:
    """What a busy machine keeps back reaches the reader in one piece: of several logs, one tells."""
    for _ in range(ATTEMPTS):
        if seen(await whole_log_in_pieces(on, name)):
            return
    raise AssertionError("the reader saw none of the pieces apart")


@proof("one-byte")
async def bytes_come_one_by_one(on: Bench) -> None:
    await seen_in_pieces(on, "one-byte", lambda chunks: len(chunks) > 5 * b"".join(chunks).count(FRAME))


@proof("coalesced")
async def an_answer_comes_in_one_piece(on: Bench) -> None:
    chunks = await whole_log_in_pieces(on, "coalesced")
    if on.server.baud is None:
        assert [len(chunk) > 5 * MODEL.data_frame for chunk in chunks] == [False, False]
    assert len(chunks) < b"".join(chunks).count(FRAME)


@proof("split")
async def frames_are_cut_anywhere(on: Bench) -> None:
    await seen_in_pieces(on, "split", lambda chunks: sum(not chunk.startswith(FRAME) for chunk in chunks) > 3)


@proof("delayed")
async def frames_are_late(on: Bench) -> None:
    on.strike("delayed", When(times=3))
    began = asyncio.get_running_loop().time()
    for _ in range(3):
        await on.client.ask(commands.get_time())
    assert asyncio.get_running_loop().time() - began > 0.05
    assert on.times("delayed") == 3


@proof("lost")
async def a_frame_does_not_arrive(on: Bench) -> None:
    on.strike("lost", When(times=2, every=3))
    before = on.terminal.commands[Command.GET_TIME]
    await on.client.send(commands.get_time())
    await on.client.quiet()
    assert on.terminal.commands[Command.GET_TIME] == before, "the request was lost"
    await on.client.ask(commands.get_time())
    await on.client.send(commands.get_time())
    await on.client.quiet()
    assert on.terminal.commands[Command.GET_TIME] == before + 1, "the next request came to nothing, too"
    await on.client.ask(commands.get_time())


@proof("duplicated")
async def a_frame_comes_twice(on: Bench) -> None:
    on.strike("duplicated", When(every=2, times=1))
    before = on.terminal.commands[Command.GET_TIME]
    assert await on.client.ask(commands.get_time()) == await on.client.next()
    assert on.terminal.commands[Command.GET_TIME] == before + 2, "the terminal heard it twice"
    on.strike("duplicated", When(after=1, times=1))
    assert await on.client.ask(commands.get_time()) == await on.client.next()
    assert on.terminal.commands[Command.GET_TIME] == before + 3, "its answer came twice"
    await on.client.quiet()


@proof("reordered")
async def a_frame_is_overtaken(on: Bench) -> None:
    size = await prepared(on)
    on.strike("reordered", When(after=1, times=1))
    await on.client.send(commands.read_buffer(0, size))
    packets = [await on.client.next() for _ in range(4)]
    assert [packet.command for packet in packets] == [Command.PREPARE_DATA, *[Command.DATA] * 3]
    assert [packet.session for packet in packets[1:]] == [1, 0, 2]


@proof("bad-checksum")
async def a_damaged_frame_shows(on: Bench) -> None:
    on.strike("bad-checksum", When(after=1, times=1))
    await on.client.ask(commands.get_time())
    with pytest.raises((ChecksumMismatch, ProtocolError)):
        await on.client.ask(commands.get_time())
    assert on.times("bad-checksum") == 1


@proof("wrong-session-field")
async def the_session_field_holds_something_else(on: Bench) -> None:
    on.strike("wrong-session-field", When(times=1))
    answer = await on.client.ask(commands.get_time())
    assert (answer.command, unpack_time(answer.data)) == (Command.ACK_OK, NOW)
    assert answer.session != on.client.session
    assert (await on.client.ask(commands.get_time())).session == on.client.session


@proof("silence")
async def the_line_stands_and_nothing_passes(on: Bench) -> None:
    on.strike("silence", When(after=1, times=1))
    await on.client.ask(commands.get_time())
    for _ in range(2):
        await on.client.send(commands.get_time())
        await on.client.quiet(0.05)
    assert on.client.ended is None


@proof("reset")
async def the_line_is_reset(on: Bench) -> None:
    on.strike("reset", When(after=1, times=1))
    await on.client.ask(commands.get_time())
    await on.client.send(commands.get_time())
    if isinstance(on.server, TerminalServer):
        await on.client.until_broken()
        assert isinstance(on.client.ended, ConnectionResetError)
    elif on.server.address.startswith("socket:"):
        await on.client.until_broken()
    else:
        await on.client.quiet()
    assert on.terminal.sessions == ()


@proof("eof-mid-chunk")
async def the_line_ends_in_the_middle_of_a_frame(on: Bench) -> None:
    size = await prepared(on)
    on.client.chunks.clear()
    on.strike("eof-mid-chunk", When(after=1, times=1))
    await on.client.send(commands.read_buffer(0, size))
    assert (await on.client.next()).command == Command.PREPARE_DATA
    assert (await on.client.next()).command == Command.DATA
    if on.server.address.startswith("/"):
        await on.client.quiet()
    else:
        with pytest.raises(EOFError):
            await on.client.next()
    assert MODEL.data_frame + 16 * 2 + 8 < sum(map(len, on.client.chunks)) < 2 * (MODEL.data_frame + 16) + 24


@proof("reboot-mid-read")
async def the_terminal_goes_and_comes_back(on: Bench) -> None:
    on.strike("reboot-mid-read", When(after=1, times=1), hold=0.3)
    reading = asyncio.create_task(on.client.read_log())
    await until(lambda: on.server.is_cut)
    assert on.terminal.sessions == ()
    assert on.server.faults.active == ("reboot-mid-read",)
    reading.cancel()
    await until(lambda: not on.server.is_cut)


@proof("second-session-refused")
async def connect_is_refused_while_another_program_is_in(on: Bench) -> None:
    on.strike("second-session-refused", hold=60)
    assert on.terminal.sessions == ()
    other = await RawClient.open(on.server)
    assert (await other.ask(commands.connect())).command == Command.ACK_ERROR
    await other.close()
    on.server.faults.heal()


@proof("wrong-key")
async def another_key_is_wanted(on: Bench) -> None:
    on.strike("wrong-key")
    other = await RawClient.connect(on.server)
    answer = await other.ask(commands.authenticate(0, other.session))
    assert answer.command == Command.ACK_UNAUTH
    await other.close()
    on.server.faults.heal()


@proof("log-cleared")
async def the_log_is_empty(on: Bench) -> None:
    before = on.terminal.log.records()
    on.strike("log-cleared")
    assert len(on.terminal.log) == 0
    assert on.server.faults.erased == before


@proof("log-wrapped")
async def the_oldest_records_are_gone(on: Bench) -> None:
    before = on.terminal.log.records()
    on.strike("log-wrapped")
    after = on.terminal.log.records()
    assert len(after) == len(before) == on.terminal.model.log_capacity
    assert after[: len(before) - 3] == before[3:]
    assert on.server.faults.erased == before[:3]
    on.server.faults.heal()
    assert on.terminal.model.log_capacity == MODEL.log_capacity


@proof("replaced")
async def another_serial_number_answers(on: Bench) -> None:
    own, records = on.terminal, on.terminal.log.records()
    on.strike("replaced")
    other = await RawClient.connect(on.server)
    serial = (await other.ask(commands.option("~SerialNumber"))).data
    assert own.serial.encode() not in serial
    assert await other.read_log() != b"".join(records)
    await other.close()
    on.server.faults.heal()
    assert (on.terminal, own.log.records()) == (own, records)


@proof("clock-jump")
async def the_clock_is_hours_off(on: Bench) -> None:
    on.strike("clock-jump")
    off = unpack_time((await on.client.ask(commands.get_time())).data) - NOW
    assert timedelta(hours=1) <= abs(off) <= timedelta(hours=6)
    on.server.faults.heal()
    assert unpack_time((await on.client.ask(commands.get_time())).data) == NOW


@proof("dead-battery")
async def the_clock_starts_in_2000(on: Bench) -> None:
    on.strike("dead-battery")
    other = await RawClient.connect(on.server)
    assert unpack_time((await other.ask(commands.get_time())).data) == datetime(2000, 1, 1)
    await other.close()
    on.server.faults.heal()


@proof("impossible-dates")
async def the_log_holds_days_that_never_were(on: Bench) -> None:
    on.strike("impossible-dates")
    read = await on.client.read_log()
    for at in range(RECORDS * 40, len(read), 40):
        with pytest.raises(ProtocolError):
            unpack_time(read[at + 27 : at + 31])
    assert len(read) == (RECORDS + 3) * 40


@proof("uid-0")
async def a_record_has_user_number_0(on: Bench) -> None:
    on.strike("uid-0")
    last = (await on.client.read_log())[-40:]
    assert last[:2] == b"\0\0"
    assert last[2:26].rstrip(b"\0").decode() == STRANGER


@proof("odd-pins")
async def records_hold_pins_that_are_no_numbers(on: Bench) -> None:
    on.strike("odd-pins")
    read = await on.client.read_log()
    pins = [read[at + 2 : at + 26].rstrip(b"\0").decode() for at in (-80 + len(read), -40 + len(read))]
    assert pins == [user.pin for user in ODD_USERS] == ["A17B", "ABCDEFGHIJKLMNOPQRSTUVWX"]


@proof("duplicate-punches")
async def a_record_is_there_twice(on: Bench) -> None:
    on.strike("duplicate-punches")
    *_, one, other = on.terminal.log.records()
    assert one == other
    assert len(on.terminal.log) == RECORDS + 2


@proof("punches-during-read")
async def the_log_grows_while_it_is_read(on: Bench) -> None:
    on.strike("punches-during-read", When(times=3))
    before = b"".join(on.terminal.log.records())
    assert await on.client.read_log() == before
    await until(lambda: len(on.terminal.log) == RECORDS + 3)


@proof("flash-crowd")
async def everybody_presses_when_the_line_is_back(on: Bench) -> None:
    on.strike("flash-crowd", hold=60)
    people = len(on.terminal.users)
    await until(lambda: on.server.is_cut)
    assert (on.server.connections, len(on.terminal.log)) == (0, RECORDS + people)
    on.server.faults.heal()
    await until(lambda: len(on.terminal.log) == RECORDS + 2 * people)
    assert not on.server.is_cut


async def prepared(on: Bench) -> int:
    """Let the terminal prepare its log; how many bytes there are to read."""
    await on.client.ask(commands.prepare_log())
    return len(on.terminal.log.prepare())
