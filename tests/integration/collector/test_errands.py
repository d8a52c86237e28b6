"""Errands: done by the terminal's own task, in one session at a time, whatever dies in between."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import Follow
from collector.errands import (
    AddUser,
    CopyUser,
    DeleteUser,
    Failed,
    ListUsers,
    Report,
    Restart,
    SetTime,
    ShowMessage,
    Task,
    TestVoice,
    UpdateUser,
    decode_outcome,
    encode,
)
from devices.zk.commands import Command
from simulators.administration import Admin
from simulators.faults import Delivery
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel
from simulators.udp import UdpServer
from store import Store, open_store
from store.errands import Errand, ErrandState
from tests.integration.collector.test_surviving import collector_process
from tests.support.collecting import (
    FAST,
    city_now,
    collecting,
    health_of,
    register,
    served,
    stored_keys,
    truth_of,
    until,
    utc_now,
)
from tests.support.databases import FreshDatabase
from tests.support.waiting import PATIENCE

ONE_SESSION = TerminalModel(sessions=1)
DEWI = SimUser("1003", "Dewi Lestari", privilege=2, card=77, password="4321", fingers=(0, 6))
ENDED = {ErrandState.DONE, ErrandState.FAILED}


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """On SQLite: what differs between the engines is tested with the tables, and by the killed collector."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.supervisor.ERRAND_SECONDS", 0.1)


def ask(
    store: Store, terminal: TerminalId, task: Task, *, dry_run: bool = False, at: datetime | None = None
) -> int:
    kind, arguments = encode(task)
    when = at or datetime.now(UTC)
    return store.errands.put(terminal, kind, arguments, dry_run=dry_run, actor="ani", at=when)


def errand(store: Store, number: int) -> Errand:
    found = store.errands.get(number)
    assert found is not None
    return found


async def ended(store: Store, number: int, within: float = PATIENCE) -> Report | Failed:
    await until(lambda: errand(store, number).state in ENDED, within)
    outcome = decode_outcome(errand(store, number).outcome)
    assert isinstance(outcome, Failed) == (errand(store, number).state is ErrandState.FAILED)
    return outcome


def is_read(store: Store, terminal: TerminalId, since: datetime | None = None) -> Callable[[], bool]:
    def read() -> bool:
        health = health_of(store, terminal)
        through = health.read_through if health else None
        return through is not None and (since is None or through > since)

    return read


@asynccontextmanager
async def two_terminals(
    store: Store, model: TerminalModel = ONE_SESSION
) -> AsyncIterator[tuple[TerminalServer, TerminalServer, TerminalId, TerminalId]]:
    async with served("CKQ1", model=model) as old, served("CKQ2", model=model) as new:
        old.terminal.enrol([DEWI])
        new.terminal.enrol([SimUser("1001", "Siti Rahayu")])
        yield old, new, register(store, "CKQ1", old.port), register(store, "CKQ2", new.port)


def fingers(server: TerminalServer, pin: str) -> dict[int, bytes]:
    return {finger: raw for (who, finger), raw in server.terminal.templates.items() if who == pin}


@pytest.mark.parametrize("follow", list(Follow), ids=str)
async def test_all_errands_of_a_terminal_that_takes_one_session_are_done_and_it_is_followed_on(
    store: Store, follow: Follow
) -> None:
    async with served("CKQ1", model=ONE_SESSION) as server:
        server.terminal.enrol([SimUser("1001", "Siti Rahayu"), SimUser("1002", "Budi")])
        terminal = register(store, "CKQ1", server.port, follow=follow, interval=0.5)
        async with collecting(store):
            await until(is_read(store, terminal))
            tasks = [
                AddUser("7", "Ayu", 0, 0),
                UpdateUser("1001", "Siti R.", None, None),
                DeleteUser("1002"),
                ShowMessage(1, "Rapat 09:00"),
                TestVoice(),
                ListUsers(),
            ]
            numbers = [ask(store, terminal, task) for task in tasks]
            server.press("1001", city_now())
            outcomes = [await ended(store, number) for number in numbers]
            assert all(isinstance(outcome, Report) for outcome in outcomes), outcomes
            listed = outcomes[-1]
            assert isinstance(listed, Report)
            assert [(user.pin, user.name) for user in listed.users] == [("1001", "Siti R."), ("7", "Ayu")]
            await until(is_read(store, terminal, utc_now()))
            await until(lambda: stored_keys(store) == truth_of(server.terminal))
            assert (server.terminal.voices, server.terminal.screen) == (1, {1: "Rapat 09:00"})
        assert not {Command.DISABLE, Command.CLEAR_LOG} & set(server.terminal.commands)
    actions = [entry.action for entry in reversed(store.audit.latest())]
    assert actions == [task.action for task in tasks]
    assert {entry.actor for entry in store.audit.latest()} == {"ani"}


async def test_a_person_is_copied_between_two_followed_terminals_and_no_finger_is_ever_stored(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with two_terminals(store) as (old, new, here, there):
        async with collecting(store):
            await until(lambda: is_read(store, here)() and is_read(store, there)())
            dry = ask(store, there, CopyUser("1003", SerialNumber("CKQ1"), over=False), dry_run=True)
            planned = await ended(store, dry)
            assert fingers(new, "1003") == {}
            number = ask(store, there, CopyUser("1003", SerialNumber("CKQ1"), over=False))
            assert await ended(store, number) == planned
        assert fingers(new, "1003") == fingers(old, "1003")
        assert len(fingers(new, "1003")) == 2
        copied = new.terminal.enrolled.by_pin("1003")
        assert copied is not None
        assert copied.password == "4321"
        held = [errand(store, one) for one in (dry, number)] + [str(entry) for entry in store.audit.latest()]
        for secret in ("4321", str(fingers(old, "1003")[6])[2:20]):
            assert secret not in str(held)
            assert secret not in caplog.text
    last, first = store.audit.latest()
    assert last.detail == f"127.0.0.1:{new.port}, PIN 1003 from CKQ1, done"
    assert first.detail == f"127.0.0.1:{new.port}, PIN 1003 from CKQ1, dry run, done"
    assert "1003" not in " ".join(line.getMessage() for line in caplog.records if line.name != "sqlalchemy")


async def test_two_copies_that_cross_do_not_wait_for_each_other(store: Store) -> None:
    async with two_terminals(store) as (old, new, here, there), collecting(store):
        await until(lambda: is_read(store, here)() and is_read(store, there)())
        numbers = [
            ask(store, there, CopyUser("1003", SerialNumber("CKQ1"), over=False)),
            ask(store, here, CopyUser("1001", SerialNumber("CKQ2"), over=False)),
        ]
        for number in numbers:
            assert isinstance(await ended(store, number), Report)
        assert fingers(new, "1003") == fingers(old, "1003")
        assert fingers(old, "1001") == fingers(new, "1001")


async def test_a_terminal_that_is_away_fails_its_errand_at_once_with_what_to_do(store: Store) -> None:
    async with two_terminals(store) as (old, _, here, there), collecting(store):
        await until(lambda: is_read(store, here)() and is_read(store, there)())
        await old.cut()
        await until(lambda: (at := health_of(store, here)) is not None and not at.online)
        for number in (
            ask(store, here, AddUser("7", "Ayu", 0, 0)),
            ask(store, there, CopyUser("1003", SerialNumber("CKQ1"), over=False)),
        ):
            outcome = await ended(store, number)
            assert isinstance(outcome, Failed)
            assert (outcome.code, bool(outcome.action)) == ("Unreachable", True)
        refused = await ended(store, ask(store, there, CopyUser("1", SerialNumber("CKQ9"), over=False)))
        assert isinstance(refused, Failed)
        assert "CKQ9" in refused.message
        assert store.audit.latest()[0].detail.endswith("PIN 1 from CKQ9, failed: ErrandRefused")


async def test_an_errand_that_waited_too_long_or_that_nobody_understands_is_not_begun(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        stale = ask(store, terminal, Restart(), at=datetime.now(UTC) - timedelta(minutes=11))
        foreign = store.errands.put(
            terminal, "polish", "{}", dry_run=False, actor="ani", at=datetime.now(UTC)
        )
        async with collecting(store):
            outcomes = [await ended(store, number) for number in (stale, foreign)]
        assert [isinstance(one, Failed) and one.code for one in outcomes] == ["Expired", "ErrandRefused"]
        assert not server.terminal.commands[Command.RESTART]


async def test_a_clock_is_set_on_request_and_never_back_over_a_recorded_punch(store: Store) -> None:
    async with served("CKQ1", model=ONE_SESSION) as server:
        terminal = register(store, "CKQ1", server.port)
        server.terminal.clock_offset = timedelta(minutes=5)
        async with collecting(store):
            server.press("1001", city_now())
            await until(lambda: len(stored_keys(store)) == 1)
            refused = await ended(store, ask(store, terminal, SetTime(over_recorded=False)))
            assert isinstance(refused, Failed)
            assert refused.code == "ClockBehindLog"
            assert server.terminal.clock_offset == timedelta(minutes=5)
            planned = await ended(store, ask(store, terminal, SetTime(over_recorded=True), dry_run=True))
            assert isinstance(planned, Report)
            assert server.terminal.clock_offset == timedelta(minutes=5)
            done = await ended(store, ask(store, terminal, SetTime(over_recorded=True)))
            assert isinstance(done, Report)
            assert abs(server.terminal.clock_offset) < timedelta(seconds=2)
            again = await ended(store, ask(store, terminal, SetTime(over_recorded=False)))
            assert isinstance(again, Report)
            assert "right" in again.steps[0]


async def test_errands_reach_a_terminal_that_speaks_udp(store: Store) -> None:
    async with served("CKQ1") as tcp:
        server = UdpServer(tcp.terminal, city_now)
        await server.start()
        terminal = register(store, "CKQ1", server.port, driver="zk-udp")
        try:
            async with collecting(store):
                await until(is_read(store, terminal))
                tcp.terminal.enrol([SimUser("1001", "Siti")])
                assert isinstance(await ended(store, ask(store, terminal, AddUser("7", "Ayu", 0, 0))), Report)
        finally:
            await server.stop()
        assert [user.pin for user in tcp.terminal.users] == ["1001", "7"]


async def test_the_end_of_an_errand_that_cannot_be_written_down_now_is_written_later(store: Store) -> None:
    """Its end and its audit line are one transaction: neither is there without the other."""
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        async with collecting(store):
            await until(is_read(store, terminal))
            with store.database.write() as connection:
                connection.execute(text("ALTER TABLE audit RENAME TO away"))
            number = ask(store, terminal, TestVoice())
            await until(lambda: server.terminal.voices == 1)
            await asyncio.sleep(0.2)
            assert errand(store, number).state is ErrandState.RUNNING
            with store.database.write() as connection:
                connection.execute(text("ALTER TABLE away RENAME TO audit"))
            assert isinstance(await ended(store, number), Report)
        assert len(store.audit.latest()) == 1
        assert server.terminal.voices == 1


@pytest.mark.parametrize(
    ("dialect", "moment"),
    [
        ("sqlite", Command.TEMPLATE_READ),
        ("sqlite", Admin.USERS_SAVE),
        pytest.param("postgresql", Command.PREPARE_DATA, marks=pytest.mark.postgres),
    ],
)
async def test_a_collector_killed_in_the_middle_of_a_copy_leaves_it_to_be_done_again(
    fresh_database: FreshDatabase, tmp_path: Path, dialect: str, moment: int
) -> None:
    database_url = fresh_database(dialect)
    store = open_store(database_url)
    async with two_terminals(store, TerminalModel()) as (old, new, here, there):
        number = 0
        async with collector_process(database_url, tmp_path) as process:
            await until(lambda: is_read(store, here)() and is_read(store, there)())
            for server in (old, new):
                server.delivery = Delivery(gap=0.02)
            number = ask(store, there, CopyUser("1003", SerialNumber("CKQ1"), over=False))
            await until(lambda: bool(old.terminal.commands[moment] or new.terminal.commands[moment]))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert errand(store, number).state is ErrandState.RUNNING
        assert store.audit.latest() == []
        for server in (old, new):
            server.delivery = Delivery()
            server.hang_up()
        async with collector_process(database_url, tmp_path) as process:
            outcome = await ended(store, number)
            assert isinstance(outcome, Report), outcome
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        assert fingers(new, "1003") == fingers(old, "1003")
        assert len(new.terminal.users) == 2
        (entry,) = store.audit.latest()
        assert entry.detail.endswith("PIN 1003 from CKQ1, done")
    store.close()


async def test_a_delete_that_was_interrupted_after_it_was_done_is_done_and_not_an_error(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        server.terminal.enrol([SimUser("1001", "Siti")])
        interrupted = ask(store, terminal, DeleteUser("1002"))
        store.errands.take([terminal], datetime.now(UTC))
        async with collecting(store):
            assert isinstance(await ended(store, interrupted), Report)
            mistaken = await ended(store, ask(store, terminal, DeleteUser("1002")))
            assert isinstance(mistaken, Failed)
            assert mistaken.code == "UserConflict"


async def test_a_restart_is_not_done_twice_and_no_errand_is_taken_up_for_ever(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        restart = ask(store, terminal, Restart())
        store.errands.take([terminal], datetime.now(UTC))
        async with collecting(store):
            outcome = await ended(store, restart)
            assert isinstance(outcome, Failed)
            assert outcome.code == "Interrupted"
        twice = ask(store, terminal, AddUser("7", "Ayu", 0, 0))
        for _ in range(2):
            store.errands.take([terminal], datetime.now(UTC))
            store.errands.recover([terminal]) if not errand(store, twice).again else None
        assert errand(store, twice).state is ErrandState.RUNNING
        async with collecting(store):
            outcome = await ended(store, twice)
            assert isinstance(outcome, Failed)
            assert outcome.code == "Interrupted"
        assert not server.terminal.commands[Command.RESTART]
        assert not server.terminal.commands[Command.USER_WRITE]


async def test_a_collector_that_stops_in_order_leaves_its_errand_to_the_next(store: Store) -> None:
    settings = FAST.model_copy(update={"reply_timeout": timedelta(seconds=10)})
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        server.terminal.enrol([SimUser("1001", "Siti")])
        async with collecting(store, settings=settings):
            await until(is_read(store, terminal))
            server.delivery = Delivery(gap=0.05)
            number = ask(store, terminal, AddUser("7", "Ayu", 0, 0))
            await until(lambda: errand(store, number).state is ErrandState.RUNNING)
        assert errand(store, number).state is ErrandState.RUNNING
        server.delivery = Delivery()
        async with collecting(store):
            assert isinstance(await ended(store, number), Report)
        assert [user.pin for user in server.terminal.users] == ["1001", "7"]


async def test_a_terminal_that_pushes_or_is_read_by_stick_is_not_called(store: Store) -> None:
    async with served("CKQ1") as server, served("CKQ2") as called:
        for driver, serial, at in (("push", "CKQ1", server), ("zk-tcp", "CKQ2", called)):
            number = register(store, serial, at.port, driver=driver)
        async with collecting(store):
            await until(is_read(store, number))
            assert server.connections_accepted == 0
