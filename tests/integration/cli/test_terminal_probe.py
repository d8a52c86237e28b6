"""`presensi terminal probe`: what it finds out on every line, in how long, and what it leaves alone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from devices.zk.commands import Command
from presensi.exits import ExitCode
from simulators.line import LineServer
from simulators.models import MODELS
from simulators.serial_port import SerialServer, Wire
from simulators.tcp import TerminalServer
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from store import Store
from tests.integration.cli.conftest import Run
from tests.support.collecting import city_now, register

FULL = 100_000
MOST_SECONDS = 60.0
"""Reading the whole log of a full terminal over the serial line would take an hour."""
ASKS = {
    Command.CONNECT,
    Command.EXIT,
    Command.OPTION,
    Command.VERSION,
    Command.FREE_SIZES,
    Command.GET_TIME,
    Command.EVENT,
    Command.FREE_BUFFER,
    Command.PREPARE_BUFFER,
    Command.READ_BUFFER,
    Command.ATTENDANCE_LOG,
    Command.USERS,
}
"""None of them changes anything on a terminal."""

Make = Callable[[TerminalSim, Callable[[], datetime]], LineServer]
SERVERS: dict[str, Make] = {
    "tcp": TerminalServer,
    "udp": UdpServer,
    "serial": lambda sim, now: SerialServer(sim, now, wire=Wire.PTY, baud=9600),
    "converter": lambda sim, now: SerialServer(sim, now, wire=Wire.SOCKET, baud=9600),
}


def simulated(model: TerminalModel, records: int) -> TerminalSim:
    sim = TerminalSim("PRB0001", model=model, clock_offset=timedelta(seconds=-90))
    sim.enrol([SimUser("1001", "Siti Rahayu"), SimUser("1002", "Budi Santoso")])
    start = datetime(2026, 1, 5, 7)
    for number in range(records):
        sim.log.append(sim.pack(("1001", "1002")[number % 2], start + timedelta(minutes=number)))
    return sim


async def probed(presensi: Run, server: LineServer, *options: str) -> tuple[Result, float]:
    place = f"{server.address}:{server.port}" if server.port else server.address
    if "://" in server.address:
        place = server.address
    started = time.monotonic()
    result = await asyncio.to_thread(presensi, "terminal", "probe", place, *options)
    return result, time.monotonic() - started


@pytest.mark.parametrize("line", SERVERS)
async def test_a_full_terminal_is_told_without_reading_its_log_and_left_as_it_was(
    presensi: Run, line: str
) -> None:
    sim = simulated(TerminalModel(), FULL)
    server = SERVERS[line](sim, city_now)
    await server.start()
    try:
        result, seconds = await probed(presensi, server, "--json")
        assert result.exit_code == 0, result.output
        told: dict[str, Any] = json.loads(result.stdout)
        assert told["identity"]["serial"] == "PRB0001"
        assert told["identity"]["device_name"] == "X100-C"
        assert told["counts"]["records"] == told["counts"]["records_capacity"] == FULL
        assert told["capabilities"] == {
            "transport": "serial" if line == "converter" else line,
            "record_size": 40,
            "tail": True,
            "time_range": False,
            "bulk": True,
            "live": True,
        }
        assert told["reading"] == "tail"
        assert -93 < told["clock_offset"] < -88
        assert seconds < MOST_SECONDS
        assert set(sim.commands) <= ASKS
        assert not sim.sessions
    finally:
        await server.stop()


@pytest.mark.parametrize(
    ("model", "reading", "size"),
    [
        ("no-tail", "whole", 40),
        ("senseface-range", "time range", 40),
        ("wl10-22", "bare", 22),
        ("zem500-8b", "tail", 8),
    ],
)
async def test_the_way_of_reading_is_what_the_model_can(
    presensi: Run, model: str, reading: str, size: int
) -> None:
    server = TerminalServer(simulated(MODELS[model], 300), city_now)
    await server.start()
    try:
        result, seconds = await probed(presensi, server, "--json")
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert (told["reading"], told["capabilities"]["record_size"]) == (reading, size)
        assert seconds < MOST_SECONDS
    finally:
        await server.stop()


async def test_a_table_says_it_to_people(presensi: Run) -> None:
    server = TerminalServer(simulated(TerminalModel(), 300), city_now)
    await server.start()
    try:
        shown = (await probed(presensi, server))[0].output
    finally:
        await server.stop()
    for part in ("PRB0001", "X100-C", "tcp, driver zk-tcp", "90 s behind", "300 of 100000 (0%)", "40 bytes"):
        assert part in shown.replace("89 s", "90 s").replace("91 s", "90 s")
    assert "only what is new, from where it was left" in shown


async def test_a_terminal_that_is_mute_over_tcp_is_reached_by_udp_and_it_says_so(presensi: Run) -> None:
    sim = simulated(TerminalModel(mute_tcp=True), 300)
    tcp = TerminalServer(sim, city_now)
    async with AsyncExitStack() as stack:
        await tcp.start()
        stack.push_async_callback(tcp.stop)
        udp = UdpServer(sim, city_now, port=tcp.port)
        await udp.start()
        stack.push_async_callback(udp.stop)
        result, seconds = await probed(presensi, tcp, "--json")
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert (told["driver"], told["remark"]) == ("zk-udp", "it accepts TCP but is mute there")
        assert seconds < MOST_SECONDS


async def test_a_terminal_mute_on_both_says_what_to_check(presensi: Run) -> None:
    server = TerminalServer(simulated(TerminalModel(mute_tcp=True), 0), city_now)
    await server.start()
    try:
        result, seconds = await probed(presensi, server)
        assert result.exit_code == ExitCode.TERMINAL
        assert "accepts TCP but is mute" in result.output
        assert seconds < MOST_SECONDS
    finally:
        await server.stop()


async def test_secure_firmware_is_told_with_the_way_out(presensi: Run) -> None:
    server = TerminalServer(simulated(TerminalModel(secure=True), 0), city_now)
    await server.start()
    try:
        result, _ = await probed(presensi, server)
        assert result.exit_code == ExitCode.TERMINAL
        assert "secure protocol" in result.output
        assert "driver push" in result.output
    finally:
        await server.stop()


async def test_a_registered_terminal_is_named_and_one_that_moved_too(
    presensi: Run, store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    server = TerminalServer(simulated(TerminalModel(), 3), city_now)
    await server.start()
    try:
        assert "Registered            │ no" in (await probed(presensi, server))[0].output
        register(store, "PRB0001", 4999)
        result, _ = await probed(presensi, server)
        assert "as Mesin PRB0001, at 127.0.0.1:4999" in result.output
    finally:
        await server.stop()
