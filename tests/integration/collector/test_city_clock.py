"""This machine's own clock is wrong, or was: no terminal's clock is set by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.clock import SimClock, write_clock
from devices.zk.commands import Command
from simulators.tcp import TerminalServer
from store import Store, open_store
from tests.support.collecting import FAST, ZONE, collecting, fill, register, served, until

SETTING = FAST.model_copy(update={"set_clocks": True, "keepalive": timedelta(seconds=0.2)})
NIGHT = datetime(2026, 11, 23, 1, 30, tzinfo=ZONE)
HOUR = timedelta(hours=1)
TERMINALS = 6


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """On SQLite: nothing here differs between the engines."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The file of a city clock that shows the night."""
    write_clock(tmp_path / "city.json", NIGHT, 1)
    return tmp_path / "city.json"


@asynccontextmanager
async def terminals(store: Store, folder: Path) -> AsyncIterator[list[TerminalServer]]:
    """Terminals that keep the true time, whatever becomes of the city clock."""
    write_clock(folder / "true.json", NIGHT, 1)
    true = SimClock(folder / "true.json")
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(served(f"CKQ{number}", true)) for number in range(TERMINALS)
        ]
        for server in servers:
            fill(server.terminal, 30)
            register(store, server.terminal.serial, server.port)
        yield servers


def all_measured(store: Store) -> bool:
    health = store.terminals.health().values()
    return sum(one.clock_offset is not None and one.read_through is not None for one in health) == TERMINALS


def times_set(servers: list[TerminalServer]) -> int:
    return sum(server.terminal.commands[Command.SET_TIME] for server in servers)


async def test_a_city_clock_that_jumps_at_night_takes_no_terminal_with_it(
    store: Store, city: Path, tmp_path: Path
) -> None:
    """A finger is taken right after the jump, before anybody else's clock was looked at again."""
    async with terminals(store, tmp_path) as servers, collecting(store, SimClock(city), SETTING):
        await until(lambda: all_measured(store))
        write_clock(city, SimClock(city).now() + HOUR, 1)
        await asyncio.sleep(0.1)
        servers[0].press("1001", SimClock(tmp_path / "true.json").now().astimezone(ZONE).replace(tzinfo=None))
        await asyncio.sleep(1.5)
        assert times_set(servers) == 0


async def test_a_machine_that_comes_up_with_a_wrong_clock_sets_none_by_it(
    store: Store, city: Path, tmp_path: Path
) -> None:
    """What was measured before the power cut says nothing of the clock after it."""
    async with terminals(store, tmp_path) as servers:
        async with collecting(store, SimClock(city), SETTING):
            await until(lambda: all_measured(store))
        write_clock(city, SimClock(city).now() - HOUR / 2, 1)
        async with collecting(store, SimClock(city), SETTING):
            await asyncio.sleep(1.5)
        assert times_set(servers) == 0


async def test_the_one_clock_that_is_off_among_many_is_set_once_the_others_were_looked_at(
    store: Store, city: Path, tmp_path: Path
) -> None:
    async with terminals(store, tmp_path) as servers:
        servers[2].terminal.clock_offset = timedelta(minutes=-7)
        async with collecting(store, SimClock(city), SETTING):
            await until(lambda: times_set(servers[2:3]) == 1)
            await until(lambda: all_measured(store))
        assert times_set(servers) == 1
