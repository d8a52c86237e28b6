"""Every fault of the catalogue really happens on the wire, on each line where it can, and then it is over."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from devices.errors import ChecksumMismatch, ProtocolError
from devices.zk import commands
from devices.zk.commands import Command, EventMask
from devices.zk.frames import Packet
from devices.zk.times import unpack_time
from simulators.faults import FAULTS, CannotStrike, Fault, Faults, Transport, When
from simulators.faults.log import ODD_USERS, STRANGER
from simulators.line import LineServer
from simulators.serial_port import SerialServer, Wire
from simulators.single import fill_log, make_terminal
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.support.raw_client import RawClient

NOW = datetime(2026, 11, 23, 7, 15, 30)
SEED = 20261123
RECORDS = 60
MODEL = TerminalModel(inline_up_to=0, data_frame=600)
FAST = 4_000_000
"""Baud: fast enough not to wait for."""
LINES: dict[str, Callable[[TerminalSim], LineServer]] = {
    "tcp": lambda sim: TerminalServer(sim, lambda: NOW),
    "udp": lambda sim: UdpServer(sim, lambda: NOW),
    "pty": lambda sim: SerialServer(sim, lambda: NOW, baud=FAST),
    "socket": lambda sim: SerialServer(sim, lambda: NOW, wire=Wire.SOCKET, baud=FAST),
}


@dataclass
class Bench:
    """A terminal with some records, a client in a session, and a fault about to strike."""

    server: LineServer
    client: RawClient

    @property
    def terminal(self) -> TerminalSim:
        return self.server.terminal

    def strike(self, name: str, when: When | None = None, hold: float | None = None) -> None:
        self.server.faults.strike(Fault(name, when, hold))

    async def again(self) -> RawClient:
        """A new client, which reads the whole log rightly."""
        client = await RawClient.connect(self.server)
        assert await client.read_log() == b"".join(self.terminal.log.records())
        return client

    def times(self, name: str) -> int:
        return self.server.faults.struck[name]


@asynccontextmanager
async def bench(line: str, model: TerminalModel = MODEL) -> AsyncIterator[Bench]:
    terminal = make_terminal(model=model)
    fill_log(terminal, RECORDS, NOW - timedelta(hours=1))
    server = LINES[line](terminal)
    await server.start()
    server.faults = Faults(seed=SEED)
    client = await RawClient.connect(server)
    try:
        yield Bench(server, client)
    finally:
        await client.close()
        await server.stop()


Proof = Callable[[Bench], Awaitable[None]]
PROOFS: dict[str, Proof] = {}


def proof(name: str) -> Callable[[Proof], Proof]:
    def keep(function: Proof) -> Proof:
        PROOFS[name] = function
        return function

    return keep


async def whole_log_in_pieces(on: Bench, name: str) -> list[bytes]:
    on.strike(name)
    assert await on.client.read_log() == b"".join(on.terminal.log.records())
    assert on.times(name)
    return on.client.chunks


@proof("one-byte")
async def bytes_come_one_by_one(on: Bench) -> None:
    chunks = await whole_log_in_pieces(on, "one-byte")
    # Some more may have arrived by the time that a busy reader looks.
    assert len(chunks) > 5 * b"".join(chunks).count(b"\x50\x50\x82\x7d")


@proof("coalesced")
async def an_answer_comes_in_one_piece(on: Bench) -> None:
    chunks = await whole_log_in_pieces(on, "coalesced")
    if on.server.baud is None:
        assert [len(chunk) > 5 * MODEL.data_frame for chunk in chunks] == [False, False]
    frames = b"".join(chunks).count(b"\x50\x50\x82\x7d")
    assert len(chunks) < frames


@proof("split")
async def frames_are_cut_anywhere(on: Bench) -> None:
    chunks = await whole_log_in_pieces(on, "split")
    assert sum(not chunk.startswith(b"\x50\x50\x82\x7d") for chunk in chunks) > 3


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
    size = len((await prepared(on)).data) and len(on.terminal.log.prepare())
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
    size = len((await prepared(on)).data) and len(on.terminal.log.prepare())
    on.client.chunks.clear()
    on.strike("eof-mid-chunk", When(after=1, times=1))
    await on.client.send(commands.read_buffer(0, size))
    assert (await on.client.next()).command == Command.PREPARE_DATA
    assert (await on.client.next()).command == Command.DATA
    if on.server.address.endswith("/line?baud=4000000"):
        await on.client.quiet()
    else:
        with pytest.raises(EOFError):
            await on.client.next()
    assert MODEL.data_frame + 16 * 2 + 8 < sum(map(len, on.client.chunks)) < 2 * (MODEL.data_frame + 16) + 24


@proof("reboot-mid-read")
async def the_terminal_goes_and_comes_back(on: Bench) -> None:
    on.strike("reboot-mid-read", When(after=1, times=1), hold=0.1)
    reading = asyncio.create_task(on.client.read_log())
    await asyncio.sleep(0.05)
    assert on.server.is_cut
    assert on.terminal.sessions == ()
    assert on.server.faults.active == ("reboot-mid-read",)
    reading.cancel()
    await asyncio.sleep(0.15)
    assert not on.server.is_cut


@proof("second-session-refused")
async def connect_is_refused_while_another_program_is_in(on: Bench) -> None:
    on.strike("second-session-refused", hold=0.15)
    assert on.terminal.sessions == ()
    other = await RawClient.open(on.server)
    assert (await other.ask(commands.connect())).command == Command.ACK_ERROR
    await other.close()
    await asyncio.sleep(0.2)


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
    await asyncio.sleep(0.02)
    assert len(on.terminal.log) == RECORDS + 3


@proof("flash-crowd")
async def everybody_presses_when_the_line_is_back(on: Bench) -> None:
    on.strike("flash-crowd", hold=0.15)
    await asyncio.sleep(0.05)
    people = len(on.terminal.users)
    assert (on.server.connections, on.server.is_cut) == (0, True)
    assert len(on.terminal.log) == RECORDS + people
    await asyncio.sleep(0.15)
    assert (on.server.is_cut, len(on.terminal.log)) == (False, RECORDS + 2 * people)


async def prepared(on: Bench) -> Packet:
    return await on.client.ask(commands.prepare_log())


CALLED = [name for name, kind in FAULTS.items() if kind.transports != {Transport.PUSH}]
CASES = [
    pytest.param(name, line, id=f"{name}-{line}")
    for name, line in itertools.product(CALLED, LINES)
    if (Transport.SERIAL if line in ("pty", "socket") else Transport(line)) in FAULTS[name].transports
]


@pytest.mark.parametrize(("name", "line"), CASES)
async def test_each_fault_happens_on_the_wire_and_then_is_over(name: str, line: str) -> None:
    async with bench(line) as on:
        await PROOFS[name](on)
        assert on.times(name)
        await asyncio.sleep(0.01)
        on.server.faults.heal()
        assert on.server.faults.active == ()
        await on.client.close()
        await (await on.again()).close()


def test_every_fault_is_proved() -> None:
    assert set(PROOFS) == set(CALLED)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_both_languages(name: str) -> None:
    kind = FAULTS[name]
    assert kind.indonesian
    assert kind.english
    assert kind.indonesian != kind.english


async def test_a_fault_that_cannot_happen_on_a_line_says_so() -> None:
    async with bench("udp") as on:
        for name in ("one-byte", "coalesced", "split", "eof-mid-chunk"):
            with pytest.raises(CannotStrike, match=f"{name} cannot happen on a line of type udp"):
                on.strike(name)
        with pytest.raises(CannotStrike, match="there is no fault earthquake; there are one-byte"):
            on.strike("earthquake")


async def test_a_model_that_keeps_numbers_only_takes_no_odd_pins() -> None:
    async with bench("tcp", TerminalModel(record="16", event_size=12)) as on:
        with pytest.raises(CannotStrike, match="keeps numbers only"):
            on.strike("odd-pins")


async def transcript(line: str, seed: int) -> tuple[bytes, dict[str, int]]:
    """What a client sees, byte for byte, while many faults strike by chance; and how often they did."""
    async with bench(line) as on:
        faults = Faults(
            [
                Fault("lost", When(chance=0.3, times=4)),
                Fault("duplicated", When(chance=0.3)),
                Fault("bad-checksum", When(chance=0.2)),
                Fault("wrong-session-field", When(chance=0.5)),
                *(["split"] if line == "tcp" else []),
            ],
            seed,
        )
        on.server.faults = faults
        heard = on.server.bytes_received
        await on.client.send(*[commands.get_time()] * 25)
        frame = 8 if line == "udp" else 16
        await until(lambda: on.server.bytes_received == heard + 25 * frame)
        struck = dict(faults.struck)
        on.server.faults = Faults()
        # What was sent before it arrives before its answer.
        await on.client.send(commands.option("~Platform"))
        await until(lambda: b"~Platform=" in b"".join(on.client.chunks))
        return b"".join(on.client.chunks), struck


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


@pytest.mark.parametrize("line", ["tcp", "udp"])
async def test_the_same_seed_gives_the_same_faults_and_another_one_others(line: str) -> None:
    first = await transcript(line, SEED)
    assert await transcript(line, SEED) == first
    assert await transcript(line, SEED + 1) != first


async def test_faults_are_put_together() -> None:
    async with bench("tcp") as on:
        on.server.faults = Faults(["split", "wrong-session-field", Fault("duplicated", When(times=1))], SEED)
        await on.client.send(commands.get_time(), commands.get_time())
        answers = [await on.client.next() for _ in range(3)]
        assert [answer.command for answer in answers] == [Command.ACK_OK] * 3
        assert sorted(on.server.faults.struck) == ["duplicated", "split", "wrong-session-field"]
        assert on.server.faults.active == ("split", "wrong-session-field")


async def test_a_fault_lasts_as_long_as_it_is_told_and_heals_by_itself() -> None:
    async with bench("tcp") as on:
        on.strike("wrong-session-field", When(), hold=0.1)
        assert (await on.client.ask(commands.get_time())).session != on.client.session
        await asyncio.sleep(0.15)
        assert on.server.faults.active == ()
        assert (await on.client.ask(commands.get_time())).session == on.client.session


async def test_a_fault_of_the_terminal_can_wait_for_its_moment() -> None:
    async with bench("tcp") as on:
        on.strike("log-cleared", When(after=2, times=1))
        for records in (RECORDS, RECORDS, 0):
            await on.client.ask(commands.get_time())
            await asyncio.sleep(0.01)
            assert len(on.terminal.log) == records
        assert on.server.faults.active == ()


async def test_other_faults_end_those_that_were_and_put_back_what_they_changed() -> None:
    async with bench("tcp") as on:
        own = on.terminal
        on.server.faults = Faults(["wrong-key", "clock-jump", "replaced", "second-session-refused"], SEED)
        assert on.terminal is not own
        on.server.faults = Faults()
        assert (on.terminal, own.comm_key, own.clock_offset, own.model) == (own, 0, timedelta(), MODEL)
        await (await on.again()).close()


async def test_a_clock_that_somebody_set_right_stays_right() -> None:
    async with bench("tcp") as on:
        on.strike("clock-jump")
        await on.client.ask(commands.set_time(NOW + timedelta(seconds=1)))
        on.server.faults.heal()
        assert on.terminal.clock_offset == timedelta(seconds=1)


async def test_a_live_event_can_be_lost_and_the_log_still_tells() -> None:
    async with bench("tcp") as on:
        await on.client.ask(commands.register_events(EventMask.ATTENDANCE))
        on.strike("lost", When(times=1))
        on.server.press("1001", NOW)
        await on.client.quiet()
        assert len(on.terminal.log) == RECORDS + 1
        on.server.press("1002", NOW)
        assert (await on.client.next()).command == Command.EVENT
