"""Administration by way of pyzk, against the simulated terminal."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import pytest

from devices.errors import AuthRejected, DeadlineExceeded, DeviceError, LinkClosed, LinkError
from devices.zk import admin
from devices.zk.commands import Command
from simulators.faults import Delivery
from simulators.terminal import TerminalModel
from tests.contract.rig import COMM_KEY, rig
from tests.unit.devices.scripted_peer import Answer, reply, scripted_peer


async def test_users_are_listed_with_pin_and_name() -> None:
    async with rig(Delivery(), TerminalModel(), COMM_KEY) as terminal:
        users = await admin.users(replace(terminal.target, comm_key=COMM_KEY))
        assert [(user.pin, user.name) for user in users] == [
            ("1001", "Siti Rahayu"),
            ("1002", "Budi Santoso"),
            ("1003", "Dewi L."),
        ]
        await terminal.left()
        assert not terminal.terminal.commands[Command.DISABLE]


async def test_the_terminal_speaks_and_restarts() -> None:
    async with rig(Delivery(), TerminalModel()) as terminal:
        await admin.voice_test(terminal.target)
        assert terminal.terminal.voices == 1
        await admin.restart(terminal.target)
        assert terminal.terminal.commands[Command.RESTART] == 1
        await terminal.left()


async def test_a_wrong_comm_key_is_auth_rejected_with_the_vendors_error_as_cause() -> None:
    async with rig(Delivery(), TerminalModel(), COMM_KEY) as terminal:
        with pytest.raises(AuthRejected) as caught:
            await admin.users(replace(terminal.target, comm_key=1))
        assert type(caught.value.__cause__).__name__ == "ZKErrorResponse"


async def test_a_terminal_away_is_a_link_error() -> None:
    async with rig(Delivery(), TerminalModel()) as terminal:
        await terminal.server.cut()
        with pytest.raises(LinkError):
            await admin.voice_test(terminal.target)


async def test_a_reply_that_pyzk_cannot_read_is_a_device_error() -> None:
    async with scripted_peer({Command.CONNECT: lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"]}) as peer:
        with pytest.raises(DeviceError):
            await admin.users(peer.target)


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
            await admin.users(peer.target)
        assert time.process_time() - spent < 0.3


async def test_a_terminal_that_answers_too_slowly_exceeds_the_deadline_and_leaves_no_thread() -> None:
    async with scripted_peer({Command.VOICE_TEST: lambda _: []}) as peer:
        with pytest.raises(DeadlineExceeded):
            await admin.voice_test(
                replace(peer.target, reply_timeout=30, connect_timeout=0.1, bulk_timeout=0.2)
            )
    patience = time.monotonic() + 5
    while any(thread.name.startswith("zk-admin") for thread in threading.enumerate()):
        assert time.monotonic() < patience, "pyzk's thread still runs"
        await asyncio.sleep(0.02)
