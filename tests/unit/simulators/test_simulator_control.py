from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from simulators.control import CONTROL_FILE, ControlClient, ControlServer
from simulators.faults import When
from simulators.serving import announce
from simulators.single import make_terminal
from simulators.site import Line, SimulatorError, Site
from simulators.terminal import SimUser, TerminalModel
from tests.unit.simulators.fault_bench import until

NOW = datetime(2026, 11, 23, 7, 15, 30)
NIP = "198001012005011901"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    two = [
        make_terminal("A", name="Lobi", users=[SimUser("1001", "Sutrisno", NIP)]),
        make_terminal("B", name="Gudang"),
    ]
    running = Site(two, lambda: NOW)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def client(control: ControlServer) -> ControlClient:
    return ControlClient(control.host, control.port)


async def test_a_finger_is_pressed_by_pin_or_nip(site: Site, client: ControlClient) -> None:
    for who in ("1001", NIP):
        report = await asyncio.to_thread(client.press, who, "A")
        assert (report.pin, report.name, report.device_time, report.told) == ("1001", "Sutrisno", NOW, 0)
    assert len(site.server("A").terminal.log) == 2


async def test_a_stranger_is_recorded_and_an_unknown_nip_is_refused(
    site: Site, client: ControlClient
) -> None:
    assert (await asyncio.to_thread(client.press, "555", "A")).name == ""
    with pytest.raises(SimulatorError, match="nobody at A has this NIP"):
        await asyncio.to_thread(client.press, "199001012015011902", "A")
    assert len(site.server("A").terminal.log) == 1


async def test_clock_line_and_log_obey(client: ControlClient) -> None:
    moved = await asyncio.to_thread(client.move_clock, -45.0, "B")
    assert (moved.clock_offset, moved.clock) == (-45.0, datetime(2026, 11, 23, 7, 14, 45))
    assert (await asyncio.to_thread(client.cut, "B")).line is Line.CUT
    await asyncio.to_thread(client.press, "1002", "B")
    assert (await asyncio.to_thread(client.restore, "B")).line is Line.UP
    assert (await asyncio.to_thread(lambda: client.cut("B", silent=True))).line is Line.SILENT
    assert (await asyncio.to_thread(client.clear, "B")).records == 0


async def test_faults_strike_last_and_are_healed_by_name(site: Site, client: ControlClient) -> None:
    broken = await asyncio.to_thread(lambda: client.strike("lost", "B", after=1, every=2, times=9))
    assert (broken.faults, broken.struck) == (("lost",), {"lost": 0})
    [lost] = site.server("B").faults.layers
    assert lost.when == When(after=1, every=2, times=9)
    both = await asyncio.to_thread(client.strike, "clock-jump", "B")
    assert both.faults == ("lost", "clock-jump")
    assert both.struck["clock-jump"] == 1
    assert both.clock_offset
    one = await asyncio.to_thread(client.heal, "B", "clock-jump")
    assert (one.faults, one.clock_offset) == (("lost",), 0)
    with pytest.raises(SimulatorError, match="nothing of the name clock-jump is wrong with B"):
        await asyncio.to_thread(client.heal, "B", "clock-jump")
    assert (await asyncio.to_thread(client.heal, "B")).faults == ()
    await asyncio.to_thread(lambda: client.strike("replaced", "A", hold=0.1))
    await until(lambda: site.server("A").faults.active == ())
    assert [it.faults for it in await asyncio.to_thread(client.status)] == [(), ()]


async def test_a_replaced_terminal_keeps_its_place_in_the_list(client: ControlClient) -> None:
    assert (await asyncio.to_thread(client.strike, "replaced", "A")).serial == "A"
    assert (await asyncio.to_thread(client.heal, "A")).faults == ()


async def test_an_unknown_fault_is_refused_with_the_names_of_all(client: ControlClient) -> None:
    with pytest.raises(SimulatorError, match="there is no fault fire; there are one-byte"):
        await asyncio.to_thread(client.strike, "fire", "A")
    with pytest.raises(SimulatorError, match="there is no fault fire"):
        await asyncio.to_thread(lambda: client.strike("fire", "A", times=1))


async def test_a_pin_that_the_model_has_no_room_for_is_refused(site: Site, client: ControlClient) -> None:
    site.server("A").terminal.model = TerminalModel(record="16", event_size=12)
    with pytest.raises(SimulatorError, match="A cannot keep this PIN"):
        await asyncio.to_thread(client.press, "A17B", "A")


async def test_status_lists_every_terminal(site: Site, client: ControlClient) -> None:
    statuses = await asyncio.to_thread(client.status)
    assert [(s.serial, s.name, s.port, s.line) for s in statuses] == [
        ("A", "Lobi", site.addresses["A"][1], Line.UP),
        ("B", "Gudang", site.addresses["B"][1], Line.UP),
    ]


async def test_fingers_lists_who_is_known(client: ControlClient) -> None:
    fingers = await asyncio.to_thread(client.fingers, "A")
    assert fingers == (SimUser("1001", "Sutrisno", NIP),)


async def test_the_terminal_must_be_named_where_several_run(client: ControlClient) -> None:
    with pytest.raises(SimulatorError, match="say which"):
        await asyncio.to_thread(client.press, "1001")
    with pytest.raises(SimulatorError, match="no terminal C runs here"):
        await asyncio.to_thread(client.cut, "C")


async def test_a_locked_terminal_says_why_it_takes_no_finger(site: Site, client: ControlClient) -> None:
    site.server("A").terminal.disabled = True
    with pytest.raises(SimulatorError, match="disabled by a program"):
        await asyncio.to_thread(client.press, "1001", "A")


@pytest.mark.parametrize("line", [b"rubbish\n", b'{"op": "explode"}\n', b'{"op": "press", "who": ""}\n'])
async def test_a_bad_request_gets_one_clear_answer_and_the_next_one_works(
    control: ControlServer, line: bytes
) -> None:
    reader, writer = await asyncio.open_connection(control.host, control.port)
    writer.write(line + b'{"op": "status"}\n')
    refused, answered = [json.loads(await reader.readline()) for _ in range(2)]
    assert refused["error"].startswith("bad request")
    assert len(answered["terminals"]) == 2
    writer.close()


async def test_the_control_is_found_through_its_directory(control: ControlServer, tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="no simulator has written its address there"):
        ControlClient.of(tmp_path)
    announce(control, tmp_path)
    assert (tmp_path / CONTROL_FILE).exists()
    assert len(await asyncio.to_thread(ControlClient.of(tmp_path).status)) == 2


async def test_nobody_there_is_said_plainly(control: ControlServer) -> None:
    client = ControlClient(control.host, control.port, timeout=1.0)
    await control.stop()
    with pytest.raises(SimulatorError, match=r"no simulator answers at 127\.0\.0\.1"):
        await asyncio.to_thread(client.status)


async def test_a_taken_port_opens_nothing() -> None:
    first = Site([make_terminal("A")], lambda: NOW)
    await first.start()
    port = first.addresses["A"][1]
    second = Site([make_terminal("X")], lambda: NOW, base_port=port)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await first.stop()
