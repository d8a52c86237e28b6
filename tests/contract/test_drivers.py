"""What every driver must do, on every kind of line. A new driver adds its line to `WAYS` and passes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from devices import registry
from devices.driver import AttLogRecord, Driver, LogCounts, LogPosition, Session
from devices.errors import (
    AuthRejected,
    Busy,
    DeadlineExceeded,
    DeviceError,
    LinkClosed,
    LinkError,
    LogDiscontinuity,
    SecureFirmware,
    Unreachable,
    WrongTerminal,
)
from devices.zk.commands import Command
from simulators.faults import Delivery, Mode
from simulators.terminal import TerminalModel
from tests.contract.rig import COMM_KEY, MORNING, SERIAL, Line, Rig, rig

WAYS = [
    *((Line.TCP, mode) for mode in Mode),
    (Line.UDP, Mode.WHOLE),
    (Line.PTY, Mode.SPLIT),
    (Line.SOCKET, Mode.WHOLE),
]
FORBIDDEN = (Command.DISABLE, Command.CLEAR_LOG, Command.CLEAR_DATA)
SHORT = 0.2


@dataclass(frozen=True)
class Way:
    """A line, how it delivers, and the driver for it."""

    line: Line
    delivery: Delivery

    def rig(self, model: TerminalModel, comm_key: int = 0) -> AbstractAsyncContextManager[Rig]:
        return rig(self.delivery, model, comm_key, self.line)


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def way(request: pytest.FixtureRequest) -> Way:
    line, mode = request.param
    return Way(line, Delivery(mode, seed=20261123))


@pytest.fixture
def driver(way: Way) -> Driver:
    return registry.load("zk-serial" if way.line in {Line.PTY, Line.SOCKET} else f"zk-{way.line}")


@pytest.fixture(
    params=[
        TerminalModel(data_frame=1008),
        TerminalModel(inline_up_to=0, single_up_to=1 << 20, event_size=52),
        TerminalModel(tail_reads=False, event_size=36),
    ],
    ids=["transfer", "single", "no-tail"],
)
def model(request: pytest.FixtureRequest) -> TerminalModel:
    found: TerminalModel = request.param
    return found


@pytest.fixture
async def terminal(way: Way, model: TerminalModel) -> AsyncIterator[Rig]:
    async with way.rig(model) as made:
        yield made
        assert not any(made.terminal.commands[command] for command in FORBIDDEN)


@pytest.fixture
async def session(driver: Driver, terminal: Rig) -> AsyncIterator[Session]:
    opened = await driver.open(terminal.target)
    yield opened
    await opened.close()


async def next_events(session: Session, count: int) -> list[AttLogRecord]:
    items: list[AttLogRecord] = []
    while len(items) < count:
        arrived = (await session.events(5)).items
        assert arrived, f"{len(items)} of {count} events came"
        items += [item for item in arrived if isinstance(item, AttLogRecord)]
    return items


async def test_the_terminal_is_identified_by_its_serial_number(session: Session) -> None:
    assert session.identity.serial == SERIAL
    assert session.identity.firmware.startswith("Ver 6.60")
    assert session.identity.platform == "ZEM760_TFT"


async def test_another_serial_number_is_the_wrong_terminal(driver: Driver, terminal: Rig) -> None:
    with pytest.raises(WrongTerminal, match=SERIAL):
        await driver.open(replace(terminal.target, expected_serial="SOMETHING-ELSE"))
    await terminal.left()


async def test_the_clock_is_read_and_set_in_the_terminals_own_time(session: Session, terminal: Rig) -> None:
    assert await session.read_clock() == MORNING
    await session.set_clock(datetime(2026, 11, 23, 7, 0, 0))
    assert await session.read_clock() == datetime(2026, 11, 23, 7, 0, 0)
    terminal.now += timedelta(seconds=5)
    assert await session.read_clock() == datetime(2026, 11, 23, 7, 0, 5)


async def test_counts_say_how_full_the_terminal_is(session: Session, terminal: Rig) -> None:
    assert await session.counts() == LogCounts(0, 100_000, 3, 5_000)
    terminal.press("1001", 2)
    assert (await session.counts()).records == 2


async def test_users_are_read_without_passwords(session: Session) -> None:
    users = await session.read_users()
    assert [(user.pin, user.name) for user in users] == [
        ("1001", "Siti Rahayu"),
        ("1002", "Budi Santoso"),
        ("1003", "Dewi L."),
    ]


async def test_an_empty_log_is_read_as_empty(session: Session) -> None:
    log = await session.read_log()
    assert (list(log.items), log.total, log.raw) == ([], 0, b"")
    assert log.position_after(0) == LogPosition(0, b"")


async def test_a_full_read_gives_every_record_in_order(session: Session, terminal: Rig) -> None:
    terminal.press("1001", 150)
    terminal.press("1002")
    log = await session.read_log()
    assert (log.first_index, log.total, len(log.items)) == (0, 151, 151)
    assert log.items[0] == AttLogRecord("1001", MORNING, 1, 255, "", 1)
    assert log.items[150] == AttLogRecord("1002", MORNING + timedelta(seconds=150), 1, 255, "", 2)
    assert len(log.raw) == 151 * log.record_size


@pytest.mark.parametrize("kept", [1, 79, 80])
async def test_a_tail_read_gives_only_what_follows(session: Session, terminal: Rig, kept: int) -> None:
    terminal.press("1001", 80)
    whole = await session.read_log()
    terminal.press("1003", 2)
    tail = await session.read_log(whole.position_after(kept))
    assert (tail.first_index, tail.total) == (kept, 82)
    assert list(tail.items[: 80 - kept]) == list(whole.items[kept:])
    assert [item.pin for item in tail.items[80 - kept :] if isinstance(item, AttLogRecord)] == ["1003"] * 2
    end = tail.position_after(len(tail.items))
    assert end.records_read == 82
    assert (await session.read_log(end)).items == []


async def test_a_position_in_an_empty_log_reads_all_that_came_since(session: Session, terminal: Rig) -> None:
    start = (await session.read_log()).position_after(0)
    terminal.press("1001", 3)
    assert len((await session.read_log(start)).items) == 3


async def test_a_cleared_log_is_a_discontinuity_and_can_be_read_whole(
    session: Session, terminal: Rig
) -> None:
    terminal.press("1001", 30)
    position = (await session.read_log()).position_after(30)
    terminal.terminal.log.clear()
    with pytest.raises(LogDiscontinuity):
        await session.read_log(position)
    terminal.press("1002", 40)
    with pytest.raises(LogDiscontinuity):
        await session.read_log(position)
    assert (await session.read_log()).total == 40


async def test_a_log_that_wrapped_at_its_capacity_is_a_discontinuity(driver: Driver, way: Way) -> None:
    async with way.rig(TerminalModel(log_capacity=50)) as terminal:
        session = await driver.open(terminal.target)
        terminal.press("1001", 50)
        position = (await session.read_log()).position_after(50)
        terminal.press("1002", 10)
        assert (await session.counts()).records == 50
        with pytest.raises(LogDiscontinuity):
            await session.read_log(position)
        await session.close()


async def test_punches_arriving_during_a_read_are_live_events_and_in_the_next_tail(
    session: Session, terminal: Rig
) -> None:
    terminal.press("1001", 150)
    await session.subscribe()
    reading = asyncio.create_task(session.read_log())
    pressed = 0
    while not reading.done() and pressed < 20:
        terminal.press("1002")
        pressed += 1
        await asyncio.sleep(0.001)
    log = await reading
    assert 150 <= log.total <= 150 + pressed
    assert log.items[149] == AttLogRecord("1001", MORNING + timedelta(seconds=149), 1, 255, "", 1)
    rest = await session.read_log(log.position_after(len(log.items)))
    assert rest.total == 150 + pressed
    live = await next_events(session, pressed)
    logged = [item for item in [*log.items, *rest.items][150:] if isinstance(item, AttLogRecord)]
    assert [(item.pin, item.device_time) for item in live] == [
        (item.pin, item.device_time) for item in logged
    ]


async def test_live_events_arrive_as_they_happen_and_are_acknowledged(
    session: Session, terminal: Rig
) -> None:
    await session.subscribe()
    terminal.press("1001")
    terminal.press("1003")
    assert await next_events(session, 2) == [
        AttLogRecord("1001", MORNING, 1, 255, "", 0),
        AttLogRecord("1003", MORNING + timedelta(seconds=1), 1, 255, "", 0),
    ]
    await session.read_clock()
    assert [peer.events_acknowledged for peer in terminal.terminal.sessions] == [2]


async def test_nothing_is_heard_without_subscribing(session: Session, terminal: Rig) -> None:
    terminal.press("1001")
    assert (await session.events(SHORT)).items == []


async def test_closing_says_exit_and_a_second_session_follows(driver: Driver, way: Way) -> None:
    async with way.rig(TerminalModel(sessions=1)) as terminal:
        first = await driver.open(terminal.target)
        # A converter hangs up on its second client; what is behind it nobody can tell.
        with pytest.raises(Unreachable if way.line is Line.SOCKET else Busy):
            await driver.open(terminal.target)
        await first.close()
        assert terminal.terminal.commands[Command.EXIT] == 1
        second = await driver.open(terminal.target)
        assert await second.read_clock() == MORNING
        await second.close()
        await terminal.left()


async def test_the_right_comm_key_opens_and_a_wrong_one_is_rejected(driver: Driver, way: Way) -> None:
    async with way.rig(TerminalModel(), COMM_KEY) as terminal:
        session = await driver.open(replace(terminal.target, comm_key=COMM_KEY))
        assert session.identity.serial == SERIAL
        await session.close()
        with pytest.raises(AuthRejected):
            await driver.open(replace(terminal.target, comm_key=COMM_KEY + 1))
        await terminal.left()


async def test_secure_firmware_is_named(driver: Driver, way: Way) -> None:
    async with way.rig(TerminalModel(secure=True)) as terminal:
        with pytest.raises(SecureFirmware):
            await driver.open(terminal.target)


async def test_silence_ends_in_a_deadline_and_the_session_is_over(driver: Driver, way: Way) -> None:
    async with way.rig(TerminalModel()) as terminal:
        terminal.press("1001", 100)
        session = await driver.open(replace(terminal.target, reply_timeout=SHORT, bulk_timeout=SHORT))
        await terminal.server.cut(silent=True)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            await session.read_log()
        assert time.monotonic() - started < 4  # the target would else allow 5
        with pytest.raises(LinkClosed):
            await session.read_clock()
        await session.close()


async def test_a_cut_line_is_link_closed_and_a_terminal_away_is_unreachable(
    driver: Driver, way: Way, session: Session, terminal: Rig
) -> None:
    await session.subscribe()
    waiting = asyncio.create_task(session.events(10 if way.line.tells_the_end else 0.1))
    await asyncio.sleep(0.01)
    await terminal.server.cut()
    if way.line.tells_the_end:
        with pytest.raises(LinkClosed):
            await waiting
    else:
        await waiting
        with pytest.raises(LinkClosed):
            await session.read_clock()
    with pytest.raises(Unreachable):
        await driver.open(terminal.target)
    await terminal.server.restore()
    again = await driver.open(terminal.target)
    assert again.identity.serial == SERIAL
    await again.close()


@pytest.mark.parametrize("after", [0.0, 0.002, 0.01])
async def test_a_line_cut_in_mid_read_raises_at_once_and_does_not_spin(
    driver: Driver, way: Way, terminal: Rig, after: float
) -> None:
    terminal.press("1001", 2000)
    session = await driver.open(terminal.target)
    reading = asyncio.create_task(session.read_log())
    await asyncio.sleep(after)
    await terminal.server.cut()
    started, spent = time.monotonic(), time.process_time()
    with contextlib.suppress(LinkError):
        await reading
    # Where nobody tells of the end, it shows when the request is sent again.
    assert time.monotonic() - started < 4  # a reply is awaited for 5
    assert time.process_time() - spent < 1
    with pytest.raises(DeviceError):
        await session.read_clock()
    await session.close()
