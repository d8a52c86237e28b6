"""Administration by way of pyzk over lines that are cut, silent, or lead to somebody else."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import pytest

from devices.errors import (
    AuthRejected,
    Busy,
    DeadlineExceeded,
    DeviceError,
    LinkClosed,
    LinkError,
    SecureFirmware,
    WrongTerminal,
)
from devices.zk.administrator import Administrator, NewUser
from devices.zk.commands import Command
from simulators.administration import Administration
from simulators.faults import Delivery, Mode
from simulators.terminal import TerminalModel
from tests.contract.admin_desk import DEWI, desk
from tests.contract.rig import COMM_KEY, rig
from tests.support.waiting import PATIENCE
from tests.unit.devices.scripted_peer import Answer, reply, scripted_peer


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


async def test_the_terminal_speaks_and_restarts() -> None:
    async with rig(Delivery(), TerminalModel()) as terminal:
        admin = Administrator(terminal.target)
        await admin.voice_test()
        assert terminal.terminal.voices == 1
        await admin.restart()
        assert terminal.terminal.commands[Command.RESTART] == 1
        await terminal.left()


async def test_a_visit_opens_one_connection_and_leaves_it_in_order() -> None:
    async with desk("CKQ1", TerminalModel(sessions=1)) as one:
        await one.admin.users()
        await one.admin.users()
        assert one.server.connections_accepted == 2
        assert one.sim.commands[Command.EXIT] == 2


async def test_a_wrong_comm_key_is_auth_rejected_with_the_vendors_error_as_cause() -> None:
    async with rig(Delivery(), TerminalModel(), COMM_KEY) as terminal:
        with pytest.raises(AuthRejected) as caught:
            await Administrator(replace(terminal.target, comm_key=1)).users()
        assert type(caught.value.__cause__).__name__ == "ZKErrorResponse"


async def test_secure_firmware_and_a_terminal_that_is_busy_are_named() -> None:
    async with rig(Delivery(), TerminalModel(secure=True)) as terminal:
        with pytest.raises(SecureFirmware):
            await Administrator(terminal.target).users()
    async with rig(Delivery(), TerminalModel(sessions=0)) as terminal:
        with pytest.raises(Busy):
            await Administrator(terminal.target).users()


async def test_a_terminal_away_is_a_link_error(transport: str) -> None:
    async with desk("CKQ1", TerminalModel(), transport) as one:
        await one.server.cut()
        with pytest.raises(LinkError):
            await one.admin.voice_test()


async def test_a_reply_that_pyzk_cannot_read_is_a_device_error() -> None:
    async with scripted_peer({Command.CONNECT: lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"]}) as peer:
        with pytest.raises(DeviceError):
            await Administrator(peer.target).users()


async def test_pyzk_does_not_spin_on_a_line_that_closes_in_mid_transfer() -> None:
    sizes = bytearray(92)
    sizes[16] = 60
    answers: dict[int, Answer] = {
        Command.FREE_SIZES: lambda packet: [reply(packet, bytes(sizes))],
        Command.PREPARE_BUFFER: lambda packet: [reply(packet, bytes(900), Command.DATA)[:500], ..., None],
    }
    async with scripted_peer(answers) as peer:
        spent = time.process_time()
        with pytest.raises(LinkClosed):
            await Administrator(peer.target).users()
        assert time.process_time() - spent < 0.3


async def test_a_line_cut_in_the_middle_of_a_copy_is_an_error_and_not_half_a_user() -> None:
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        person = await old.admin.read_person("1003")
        asked = Administration.answer

        def hang_up(self: Administration, code: int, data: bytes) -> object:
            if code == Command.DATA:
                new.server.hang_up()
            return asked(self, code, data)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Administration, "answer", hang_up)
            with pytest.raises(LinkError):
                await new.admin.write_person(person)
        assert len(new.sim.users) == 2
        await new.admin.write_person(person)
        assert new.fingers("1003") == old.fingers("1003")


async def test_a_terminal_that_answers_too_slowly_exceeds_the_deadline_and_leaves_no_thread() -> None:
    async with scripted_peer({Command.VOICE_TEST: lambda _: []}) as peer:
        with pytest.raises(DeadlineExceeded):
            await Administrator(
                replace(peer.target, reply_timeout=30, connect_timeout=0.1, bulk_timeout=0.2)
            ).voice_test()
    patience = time.monotonic() + PATIENCE
    while any(thread.name.startswith("zk-admin") for thread in threading.enumerate()):
        assert time.monotonic() < patience, "pyzk's thread still runs"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("mode", list(Mode), ids=str)
async def test_long_templates_survive_every_way_a_line_cuts_its_frames(mode: Mode) -> None:
    """pyzk alone takes a reply that came in two pieces for garbage, and one of two replies for none."""
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        for one in (old, new):
            one.server.delivery = Delivery(mode, seed=20261123)
        old.sim.enrolled.put_template(3, 0, bytes(range(1, 256)) * 8)
        await new.admin.write_person(await old.admin.read_person("1003"))
        assert new.fingers("1003") == old.fingers("1003")


async def test_nobody_writes_to_another_terminal_than_the_one_that_is_meant(transport: str) -> None:
    async with desk("CKQ9", TerminalModel(), transport) as one:
        admin = Administrator(replace(one.target, expected_serial="CKQ1"), one.server.driver)
        with pytest.raises(WrongTerminal, match="CKQ9"):
            await admin.add_user(NewUser("7", "Ayu"))
        assert len(one.sim.users) == 2
