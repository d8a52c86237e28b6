"""`presensi terminal find`: moved terminals are found again, and nobody is disturbed who need not be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import Result
from sqlalchemy import update

from attendance.terminal import TerminalHealth
from collector.health import HealthBook
from presensi.exits import ExitCode
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from store import Store
from store.changes import Topic
from store.schema import terminals
from tests.integration.cli.conftest import Run
from tests.support.collecting import city_now, register, terminal_of
from tests.support.ports import free_port

RANGE = "127.0.0.0/29"


class Town:
    """Terminals on loopback addresses that share a port, and an operator."""

    def __init__(self, presensi: Run, store: Store, stack: AsyncExitStack) -> None:
        self.port = free_port()
        self.store = store
        self._presensi = presensi
        self._stack = stack

    async def put(
        self, serial: str, host: int, model: TerminalModel | None = None, key: int = 0
    ) -> TerminalServer:
        sim = TerminalSim(serial, comm_key=key, model=model or TerminalModel())
        server = TerminalServer(sim, city_now, host=f"127.0.0.{host}", port=self.port)
        await server.start()
        self._stack.push_async_callback(server.stop)
        return server

    def register(self, serial: str, host: int, driver: str = "zk-tcp") -> TerminalHealth:
        number = register(self.store, serial, self.port, driver=driver)
        with self.store.database.write() as connection:
            there = update(terminals).where(terminals.c.id == number)
            connection.execute(there.values(address=f"127.0.0.{host}"))
        return HealthBook({}).of(number)

    async def find(self, *options: str, answer: str | None = None) -> Result:
        arguments = ("terminal", "find", RANGE, "--port", str(self.port), *options)
        return await asyncio.to_thread(self._presensi, *arguments, answer=answer)

    def places(self) -> dict[str, str]:
        return {str(it.serial): it.address.removeprefix("127.0.0.") for it in self.store.terminals.list()}


@pytest.fixture
async def town(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    async with AsyncExitStack() as stack:
        yield Town(presensi, store, stack)


async def test_each_answer_is_told_as_registered_moved_new_or_unclear(town: Town) -> None:
    await town.put("HERE001", 1)
    await town.put("MOVED01", 2)
    await town.put("NEW0001", 3)
    await town.put("SECRET1", 4, key=77)
    await town.put("SECURE1", 5, TerminalModel(secure=True))
    town.register("HERE001", 1)
    town.register("MOVED01", 6)
    result = await town.find("--json")
    assert result.exit_code == 0, result.output
    found = {
        it["address"][-1]: (it["serial"], it["standing"], it["note"])
        for it in json.loads(result.stdout)["found"]
    }
    assert found["1"] == ("HERE001", "here", "Mesin HERE001")
    assert found["2"] == ("MOVED01", "moved", f"Mesin MOVED01, from 127.0.0.6:{town.port}")
    assert found["3"] == ("NEW0001", "new", "")
    assert "refused our comm key" in found["4"][2]
    assert "secure protocol" in found["5"][2]
    assert "6" not in found
    assert town.places() == {"HERE001": "1", "MOVED01": "6"}
    shown = (await town.find()).output
    assert "6 addresses: 5 gave something." in shown
    assert "--apply" in shown


async def test_nothing_is_corrected_without_a_yes(town: Town) -> None:
    await town.put("MOVED01", 2)
    town.register("MOVED01", 6)
    assert (await town.find("--apply", answer="n\n")).exit_code == ExitCode.FAILED
    assert town.places() == {"MOVED01": "6"}
    assert town.store.audit.latest() == []


async def test_a_moved_terminal_gets_its_address_with_notice_and_audit(town: Town) -> None:
    await town.put("MOVED01", 2)
    town.register("MOVED01", 6)
    feed = town.store.changes.feed()
    feed.position()
    result = await town.find("--apply", answer="y\n")
    assert result.exit_code == 0, result.output
    assert town.places() == {"MOVED01": "2"}
    assert terminal_of(town.store, "MOVED01").port == town.port
    assert [change.topic for change in feed.next(5.0)] == [Topic.ROSTER]
    feed.close()
    [line] = town.store.audit.latest()
    assert (line.action, line.subject) == ("terminal.moved", "terminal:MOVED01")
    assert line.detail == f"from 127.0.0.6:{town.port} to 127.0.0.2:{town.port}"


async def test_two_that_changed_places_are_corrected_together(town: Town) -> None:
    await town.put("SWAP001", 1)
    await town.put("SWAP002", 2)
    town.register("SWAP001", 2)
    town.register("SWAP002", 1)
    assert (await town.find("--apply", "--yes")).exit_code == 0
    assert town.places() == {"SWAP001": "1", "SWAP002": "2"}


async def test_no_two_terminals_get_one_address(town: Town) -> None:
    await town.put("MOVED01", 2)
    town.register("MOVED01", 6)
    town.register("GONE001", 2)
    result = await town.find("--apply", "--yes")
    assert result.exit_code == ExitCode.STORE
    assert "GONE001 and MOVED01" in result.output
    assert town.places() == {"MOVED01": "6", "GONE001": "2"}
    assert town.store.audit.latest() == []


async def test_a_serial_at_two_addresses_is_told_and_never_moved(town: Town) -> None:
    await town.put("CLONE01", 1)
    await town.put("CLONE01", 2)
    town.register("CLONE01", 6)
    result = await town.find("--apply", "--yes", "--json")
    assert [it["standing"] for it in json.loads(result.stdout)["found"]] == ["twice", "twice"]
    assert town.places() == {"CLONE01": "6"}


async def test_a_terminal_that_the_collector_holds_online_is_not_disturbed(town: Town) -> None:
    held = await town.put("HELD001", 1)
    away = await town.put("AWAY001", 2)
    now = datetime.now(UTC)
    online = replace(town.register("HELD001", 1), online=True, last_contact_at=now)
    offline = replace(town.register("AWAY001", 2), offline_since=now)
    town.store.terminals.save_health([online, offline])
    town.store.terminals.note_collector_alive(now)
    result = await town.find("--json")
    told = json.loads(result.stdout)
    assert told["not_asked"] == ["127.0.0.1"]
    assert [it["serial"] for it in told["found"]] == ["AWAY001"]
    assert (held.connections_accepted, away.connections_accepted) == (0, 1)


async def test_a_terminal_that_pushes_is_told_and_left_as_registered(town: Town) -> None:
    await town.put("PUSH001", 1)
    town.register("PUSH001", 6, driver="push")
    result = await town.find("--apply", "--yes", "--json")
    assert [it["standing"] for it in json.loads(result.stdout)["found"]] == ["uncalled"]
    assert town.places() == {"PUSH001": "6"}


async def test_a_terminal_is_asked_who_it_is_and_nothing_else(town: Town) -> None:
    server = await town.put("NEW0001", 3)
    await town.find()
    assert {code: n for code, n in server.terminal.commands.items() if n > 1} in ({}, {11: 3})
    assert not server.terminal.sessions
    assert sum(server.terminal.commands.values()) <= 6


def test_a_range_too_large_is_a_usage_error(presensi: Run) -> None:
    result = presensi("terminal", "find", "10.0.0.0/16")
    assert result.exit_code == ExitCode.USAGE
    assert "at most 1024" in result.output


def test_without_a_store_everything_found_is_new(presensi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", "sqlite:///nowhere/none.db")
    result = presensi("terminal", "find", "127.0.0.1/32", "--port", "1")
    assert result.exit_code == 0, result.output
    assert "1 addresses: 0 gave something." in result.output
    assert presensi("terminal", "find", "127.0.0.1/32", "--apply").exit_code == ExitCode.STORE
