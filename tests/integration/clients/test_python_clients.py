"""pyzk, and its fork pyzk2, must read and administer our simulated terminals correctly.

Each test that states a fault of theirs says so in its name: it holds what they do, not what they should do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import pyzk2
import zk
from pyzk2.finger import Finger as Finger2
from zk.finger import Finger

from simulators.enrolled import RIGHT_INDEX
from simulators.layouts import RecordKind, UserSize
from simulators.line import LineServer
from simulators.models import MODELS
from simulators.terminal import TerminalModel
from tests.integration.clients.served import (
    NOW,
    SIZES,
    Punch,
    press_for_listeners,
    punches,
    serving,
    terminal,
    user_rows,
)

COMM_KEY = 20_260
LIBRARIES = {"pyzk": (zk.ZK, Finger), "pyzk2": (pyzk2.ZK, Finger2)}

every_library = pytest.mark.parametrize("library", LIBRARIES)


@contextmanager
def connected(library: str, server: LineServer, comm_key: int = 0) -> Iterator[Any]:
    """A client of that library, in the thread that uses it."""
    client = LIBRARIES[library][0](
        "127.0.0.1",
        port=server.port,
        timeout=5,
        password=comm_key,
        force_udp=server.transport.value == "udp",
        ommit_ping=True,
    )
    client.connect()
    try:
        yield client
    finally:
        client.disconnect()


def log_of(client: Any) -> list[Punch]:
    # They call verify `status` and state `punch`.
    return [Punch(it.user_id, it.timestamp, it.status, it.punch) for it in client.get_attendance()]


@every_library
@pytest.mark.parametrize(
    ("line", "records"), [*(("tcp", records) for records in SIZES), ("udp", 3), ("udp", 3000)]
)
async def test_identity_users_and_log_are_read(library: str, line: str, records: int) -> None:
    async with serving(terminal(records, comm_key=COMM_KEY), line) as server:

        def read() -> None:
            with connected(library, server, COMM_KEY) as client:
                assert client.get_serialnumber() == server.terminal.serial
                assert client.get_platform() == "ZEM760_TFT"
                assert client.get_time() == NOW
                assert [(it.uid, it.user_id, it.name) for it in client.get_users()] == user_rows()
                client.read_sizes()
                assert (client.users, client.records, client.rec_cap) == (60, records, 100_000)
                assert log_of(client) == punches(records)

        await asyncio.to_thread(read)
        assert server.terminal.sessions == ()


@pytest.mark.parametrize(("library", "line"), [("pyzk", "tcp"), ("pyzk2", "udp")])
@pytest.mark.parametrize("kind", ["8a", "16"])
async def test_records_of_other_sizes_are_read(library: str, line: str, kind: RecordKind) -> None:
    model = TerminalModel(record=kind, user_size=28, data_frame=1024)
    async with serving(terminal(400, model), line) as server:

        def read() -> list[Punch]:
            with connected(library, server) as client:
                return log_of(client)

        log = await asyncio.to_thread(read)
    if kind == "16":
        # The vendor's manual has the state first here; they take the same byte first for the verify code.
        log = [it._replace(verify=it.state, state=it.verify) for it in log]
    assert log == punches(400)


async def test_pyzk2_reads_records_of_49_bytes() -> None:
    async with serving(terminal(400, MODELS["mb560-49"])) as server:

        def read() -> list[Punch]:
            with connected("pyzk2", server) as client:
                return log_of(client)

        assert await asyncio.to_thread(read) == punches(400)


async def test_their_fault_pyzk_takes_records_of_49_bytes_for_40() -> None:
    async with serving(terminal(400, MODELS["mb560-49"])) as server:

        def read() -> list[Punch]:
            with connected("pyzk", server) as client:
                try:
                    return log_of(client)
                except ValueError:
                    return []

        assert await asyncio.to_thread(read) != punches(400)


@every_library
async def test_their_fault_records_of_8_bytes_are_always_taken_for_the_older_layout(library: str) -> None:
    async with serving(terminal(10, MODELS["zem500-8b"])) as server:

        def read() -> list[Punch]:
            with connected(library, server) as client:
                try:
                    return log_of(client)
                except ValueError:
                    return []

        read_punches = await asyncio.to_thread(read)
        assert {punch.time for punch in read_punches}.isdisjoint(punch.time for punch in punches(10))


@every_library
@pytest.mark.parametrize("model", ["d2-unknown-count", "acs-zero-count"])
async def test_their_fault_an_unknown_count_is_taken_for_an_empty_log(library: str, model: str) -> None:
    async with serving(terminal(10, MODELS[model])) as server:

        def read() -> list[Punch]:
            with connected(library, server) as client:
                return log_of(client)

        assert await asyncio.to_thread(read) == []


@every_library
async def test_a_wrong_comm_key_is_refused(library: str) -> None:
    async with serving(terminal(0, comm_key=COMM_KEY)) as server:

        def read() -> None:
            with (
                pytest.raises(Exception, match="Unauthenticated"),
                connected(library, server, comm_key=1),
            ):
                pass

        await asyncio.to_thread(read)


@pytest.mark.parametrize(
    ("library", "line", "size"),
    [
        *(("pyzk", "tcp", size) for size in (12, 32, 52)),
        *(("pyzk2", "tcp", size) for size in (10, 14, 36, 37)),
        ("pyzk", "udp", 32),
        ("pyzk2", "udp", 52),
    ],
)
async def test_live_punches_are_heard_in_every_layout_they_know(library: str, line: str, size: int) -> None:
    async with serving(terminal(0, TerminalModel(event_size=size)), line) as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["1002", "1004"]))
        heard = await asyncio.to_thread(listen, library, server, 2, 5)
        await pressing
        assert heard == [
            Punch("1002", NOW, 1, 255),
            Punch("1004", NOW + timedelta(seconds=1), 1, 255),
        ]


async def test_their_fault_pyzk_drops_events_of_10_bytes() -> None:
    async with serving(terminal(0, TerminalModel(event_size=10))) as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["1002"]))
        heard = await asyncio.to_thread(listen, "pyzk", server, 1, 1)
        await pressing
        assert heard == []


@pytest.mark.parametrize("size", [14, 37])
async def test_their_fault_pyzk_fails_at_events_of_sizes_it_does_not_know(size: int) -> None:
    async with serving(terminal(0, TerminalModel(event_size=size))) as server:
        pressing = asyncio.create_task(press_for_listeners(server, ["1002"]))
        with pytest.raises(UnboundLocalError):
            await asyncio.to_thread(listen, "pyzk", server, 1, 1)
        await pressing


def listen(library: str, server: LineServer, count: int, timeout: int) -> list[Punch]:
    """The first `count` punches heard; fewer when a client gave up, or nothing came for `timeout` seconds."""
    heard: list[Punch] = []
    with connected(library, server) as client:
        for event in client.live_capture(timeout):
            if event is not None:
                heard.append(Punch(event.user_id, event.timestamp, event.status, event.punch))
            if event is None or len(heard) == count:
                client.end_live_capture = True
    return heard


@every_library
async def test_the_clock_is_set_and_the_terminal_speaks_locks_and_unlocks(library: str) -> None:
    async with serving(terminal(0)) as server:

        def use() -> None:
            with connected(library, server) as client:
                client.set_time(datetime(2026, 11, 23, 9, 0))
                assert client.get_time() == datetime(2026, 11, 23, 9, 0)
                client.test_voice()
                client.disable_device()
                assert server.terminal.disabled
                client.enable_device()
                assert client.get_pin_width() == 9

        await asyncio.to_thread(use)
        assert (server.terminal.voices, server.terminal.disabled) == (1, False)


@every_library
@pytest.mark.parametrize(("line", "size"), [("tcp", 72), ("udp", 28), ("udp", 72)])
async def test_users_and_templates_are_written_changed_and_deleted(
    library: str, line: str, size: UserSize
) -> None:
    sim = terminal(0, TerminalModel(user_size=size))
    long, short = b"\x5a" * 1500, b"\xa5" * 300
    finger = LIBRARIES[library][1]

    async with serving(sim, line) as server:

        def use() -> None:
            with connected(library, server) as client:
                before = client.get_users()
                assert len(before) == 60
                client.set_user(uid=900, name="Baru", user_id="777", group_id="1", card=5, password="12")
                client.set_user(uid=1, name="Diubah", user_id="1000", group_id="1")
                added = next(user for user in client.get_users() if user.uid == 900)
                assert (added.user_id, added.name, added.card, added.password) == ("777", "Baru", 5, "12")
                client.save_user_template(added, [finger(900, 3, 1, long), finger(900, 4, 1, short)])
                assert client.get_user_template(900, 3).template == long
                assert client.get_user_template(900, 4).template == short
                assert client.get_user_template(900, 5) is None
                assert client.delete_user_template(uid=900, temp_id=4)
                assert not client.delete_user_template(uid=900, temp_id=4)
                client.delete_user(uid=2)
                with pytest.raises(Exception, match="delete user"):
                    client.delete_user(uid=2)
                everything = {(it.uid, it.fid): it.template for it in client.get_templates()}
                assert everything[900, 3] == long
                assert everything[3, RIGHT_INDEX] == sim.templates["1002", RIGHT_INDEX]
                assert len(everything) == 60

        await asyncio.to_thread(use)
    assert sim.find("1001") is None
    assert (changed := sim.find("1000")) is not None
    assert changed.name == "Diubah"
    assert sim.templates["777", 3] == long
    assert sim.enrolled.finger_count == 60


async def test_pyzk2_writes_on_the_screen() -> None:
    sim = terminal(0)
    async with serving(sim) as server:

        def write() -> None:
            with connected("pyzk2", server) as client:
                client.write_lcd(2, "Apel 07.30")

        def clear() -> None:
            with connected("pyzk2", server) as client:
                client.clear_lcd()

        await asyncio.to_thread(write)
        assert sim.screen == {2: "Apel 07.30"}
        await asyncio.to_thread(clear)
        assert sim.screen == {}


@every_library
async def test_their_fault_a_template_cannot_be_deleted_by_pin_over_tcp(library: str) -> None:
    sim = terminal(0)
    async with serving(sim) as server:

        def delete() -> None:
            with connected(library, server) as client, pytest.raises(Exception, match="bytes object"):
                client.delete_user_template(user_id="1000", temp_id=RIGHT_INDEX)

        await asyncio.to_thread(delete)
    assert ("1000", RIGHT_INDEX) in sim.templates
