"""Users, clock and screen from the command line: by the collector if it is at work, else by ourselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from devices.zk.commands import Command
from presensi.exits import ExitCode
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel
from store import Store, open_store
from store.errands import ErrandState, ErrandTable
from tests.integration.cli.conftest import Run
from tests.support.collecting import change_terminal, city_now, collecting, health_of, register, served, until

DEWI = SimUser("1003", "Dewi Lestari", fingers=(0, 6))


class Desk:
    """An operator, two terminals that each take one session, and a database that knows both."""

    def __init__(self, presensi: Run, store: Store, old: TerminalServer, new: TerminalServer) -> None:
        self._presensi = presensi
        self.store = store
        self.old, self.new = old, new

    async def ask(self, *arguments: object, answer: str | None = None) -> Result:
        return await asyncio.to_thread(self._presensi, *arguments, answer=answer)

    def fingers(self, server: TerminalServer) -> dict[int, bytes]:
        return {finger: raw for (who, finger), raw in server.terminal.templates.items() if who == DEWI.pin}

    def pins(self) -> list[str]:
        return [user.pin for user in self.new.terminal.users]


@pytest.fixture
def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run) -> Iterator[Store]:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(params=["collector at work", "nobody at work"])
async def desk(
    request: pytest.FixtureRequest, store: Store, presensi: Run, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setattr("collector.supervisor.ERRAND_SECONDS", 0.05)
    model = TerminalModel(sessions=1)
    async with AsyncExitStack() as stack:
        old = await stack.enter_async_context(served("CKQ1", model=model))
        new = await stack.enter_async_context(served("CKQ2", model=model))
        old.terminal.enrol([DEWI])
        new.terminal.enrol([SimUser("1001", "Siti Rahayu")])
        numbers = [register(store, one.terminal.serial, one.port) for one in (old, new)]
        if request.param == "collector at work":
            await stack.enter_async_context(collecting(store))
            await until(
                lambda: all((at := health_of(store, one)) is not None and at.online for one in numbers)
            )
        yield Desk(presensi, store, old, new)


async def test_users_are_added_changed_and_deleted_and_each_is_audited(desk: Desk) -> None:
    for command, done in (
        (("user-add", "CKQ2", "7077", "Ayu Lestari"), "Done: add PIN 7077 as user 2."),
        (
            ("user-update", "CKQ2", "7077", "--name", "Ayu L.", "--privilege", "manager"),
            "the name and the priv",
        ),
        (("user-delete", "CKQ2", "1001", "--yes"), "Done: delete user 1, PIN 1001"),
    ):
        result = await desk.ask("terminal", *command)
        assert result.exit_code == 0, result.output
        assert done in result.stdout
    (left,) = desk.new.terminal.users
    assert (left.pin, left.name, left.privilege) == ("7077", "Ayu L.", 6)
    lines = [(entry.action, entry.subject, entry.detail) for entry in reversed(desk.store.audit.latest())]
    place = f"127.0.0.1:{desk.new.port}"
    assert lines == [
        ("terminal.user_added", "terminal:CKQ2", f"{place}, PIN 7077, done"),
        ("terminal.user_changed", "terminal:CKQ2", f"{place}, PIN 7077, done"),
        ("terminal.user_deleted", "terminal:CKQ2", f"{place}, PIN 1001, done"),
    ]


async def test_people_are_copied_one_after_the_other_and_one_that_fails_does_not_keep_the_next(
    desk: Desk,
) -> None:
    result = await desk.ask("terminal", "copy-user", "404", "1003", "--from", "CKQ1", "--to", "CKQ2")
    assert result.exit_code == ExitCode.TERMINAL
    assert "PIN 404" in result.stderr
    assert "Not copied: 404." in result.stderr
    assert "Done: add user 2, PIN 1003, with fingers 0, 6." in result.stdout
    assert desk.fingers(desk.new) == desk.fingers(desk.old)
    details = [entry.detail for entry in desk.store.audit.latest()]
    assert details[0].endswith("PIN 1003 from CKQ1, done")
    assert details[1].endswith("PIN 404 from CKQ1, failed: UserConflict")


async def test_a_dry_run_says_so_and_changes_nothing(desk: Desk) -> None:
    for command in (
        ("user-add", "CKQ2", "7", "Ayu"),
        ("user-delete", "CKQ2", "1001"),
        ("copy-user", "1003", "--from", "CKQ1", "--to", "CKQ2"),
        ("restart", "CKQ2"),
        ("voice", "CKQ2"),
        ("message", "CKQ2", "Halo"),
        ("set-time", "CKQ2"),
    ):
        result = await desk.ask("terminal", *command, "--dry-run")
        assert result.exit_code == 0, result.output
        assert "Would " in result.stdout
        assert "Nothing was changed." in result.stdout
    assert desk.pins() == ["1001"]
    touched = (Command.USER_WRITE, Command.USER_DELETE, Command.RESTART, Command.LCD_WRITE, Command.SET_TIME)
    assert not any(desk.new.terminal.commands[command] for command in touched)
    assert all("dry run" in entry.detail for entry in desk.store.audit.latest())


async def test_users_are_listed_and_not_left_lying_in_the_database(desk: Desk) -> None:
    listed = json.loads((await desk.ask("terminal", "users", "CKQ1", "--json")).stdout)
    assert [user["pin"] for user in listed] == ["1003"]
    with desk.store.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT outcome FROM errands").scalars().all()
    assert not any("Dewi" in outcome for outcome in kept)


async def test_a_clock_is_set_and_what_stands_in_the_way_is_said(desk: Desk) -> None:
    desk.new.terminal.clock_offset = timedelta(minutes=5)
    desk.new.press("1001", city_now())
    refused = await desk.ask("terminal", "set-time", "CKQ2")
    assert refused.exit_code == ExitCode.TERMINAL
    assert "--over-recorded" in refused.stderr
    assert desk.new.terminal.clock_offset == timedelta(minutes=5)
    agreed = await desk.ask("terminal", "set-time", "CKQ2", "--over-recorded")
    assert agreed.exit_code == 0, agreed.output
    assert abs(desk.new.terminal.clock_offset) < timedelta(seconds=2)


async def test_a_message_is_shown_and_cleared(desk: Desk) -> None:
    assert (await desk.ask("terminal", "message", "CKQ2", "Rapat 09:00", "--line", "1")).exit_code == 0
    assert desk.new.terminal.screen == {1: "Rapat 09:00"}
    assert (await desk.ask("terminal", "message", "CKQ2")).exit_code == 0
    assert desk.new.terminal.screen == {}


async def test_a_delete_is_asked_for_first(desk: Desk) -> None:
    refused = await desk.ask("terminal", "user-delete", "CKQ2", "1001", answer="n\n")
    assert (refused.exit_code, desk.pins()) == (ExitCode.FAILED, ["1001"])
    assert not desk.store.audit.latest()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user-update", "CKQ2", "1001"), "Say what to change"),
        (("copy-user", "1003", "--from", "CKQ1", "--to", "CKQ1"), "same terminal"),
        (("user-add", "CKQ2", "7", "Ayu", "--privilege", "king"), "king"),
        (("message", "CKQ2", "Halo", "--line", "9"), "9"),
    ],
)
async def test_a_wrong_command_line_is_said_before_anything_is_asked(
    presensi: Run, store: Store, arguments: tuple[str, ...], said: str
) -> None:
    for number, serial in enumerate(("CKQ1", "CKQ2")):
        register(store, serial, 1 + number)
    result = await asyncio.to_thread(presensi, "terminal", *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert said in result.output


async def test_a_terminal_that_pushes_is_not_called(presensi: Run, store: Store) -> None:
    register(store, "CKQ1", driver="push")
    result = await asyncio.to_thread(presensi, "terminal", "voice", "CKQ1")
    assert result.exit_code == ExitCode.TERMINAL
    assert "push" in result.stderr


async def test_a_collector_that_follows_one_of_two_terminals_is_said(
    presensi: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served("CKQ1") as known, served("CKQ2") as stranger:
        register(store, "CKQ1", known.port)
        store.terminals.note_collector_alive(datetime.now(UTC))
        result = await asyncio.to_thread(
            presensi, "terminal", "copy-user", "1", "--from", f"127.0.0.1:{stranger.port}", "--to", "CKQ1"
        )
        assert result.exit_code == ExitCode.FAILED
        assert "register that one" in result.stderr


async def test_nobody_waits_for_ever_for_a_collector_that_has_died(
    presensi: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presensi.administering.GIVE_UP_SECONDS", 0.3)
    register(store, "CKQ1")
    store.terminals.note_collector_alive(datetime.now(UTC))
    put = ErrandTable.put

    def put_as_it_dies(*arguments: Any, **named: Any) -> int:
        monkeypatch.setattr("presensi.administering.ALIVE_WITHIN", timedelta())
        return put(*arguments, **named)

    monkeypatch.setattr(ErrandTable, "put", put_as_it_dies)
    result = await asyncio.to_thread(presensi, "terminal", "restart", "CKQ1", "--yes")
    assert result.exit_code == ExitCode.FAILED
    assert "Nothing was done" in result.stderr
    errand = store.errands.get(1)
    assert errand is not None
    assert errand.state is ErrandState.FAILED
    (entry,) = store.audit.latest()
    assert entry.detail.endswith("called off")


async def test_a_terminal_that_is_not_in_use_is_administered_beside_the_collector(
    presensi: Run, store: Store
) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        change_terminal(store, terminal, active=False)
        store.terminals.note_collector_alive(datetime.now(UTC))
        result = await asyncio.to_thread(presensi, "terminal", "voice", "CKQ1")
        assert result.exit_code == 0, result.output
        assert server.terminal.voices == 1
