from __future__ import annotations

from dataclasses import replace

import pytest

from devices.driver import Target
from devices.errors import (
    AccessPanel,
    AuthRejected,
    Busy,
    DeadlineExceeded,
    LinkClosed,
    MalformedFrame,
    SecureFirmware,
    UnexpectedReply,
    Unreachable,
    Unsupported,
    UnusableAddress,
    WrongTerminal,
)
from devices.zk.commands import Command, scramble_key
from devices.zk.driver import ZkDriver, ZkTcpDriver, ZkUdpDriver
from devices.zk.frames import Packet
from tests.unit.devices.scripted_peer import (
    SERIAL,
    SESSION,
    Answer,
    Piece,
    opened,
    reply,
    scripted_peer,
)


async def test_an_option_that_the_terminal_refuses_stays_empty() -> None:
    def only_serial(packet: Packet) -> list[Piece]:
        if packet.data.startswith(b"~SerialNumber"):
            return [reply(packet, b"~SerialNumber=TEST0001\0")]
        return [reply(packet, code=Command.ACK_ERROR)]

    async with opened({Command.OPTION: only_serial}) as (session, _):
        assert (session.identity.serial, session.identity.platform) == (SERIAL, "")


async def test_the_comm_key_is_scrambled_with_the_session_of_the_refusal() -> None:
    ask_key: dict[int, Answer] = {
        Command.CONNECT: lambda packet: [reply(packet, code=Command.ACK_UNAUTH)],
        Command.AUTH: lambda packet: [reply(packet)],
    }
    async with scripted_peer(ask_key) as peer:
        session = await ZkTcpDriver().open(replace(peer.target, comm_key=12))
        await session.close()
        auth = peer.received[1]
        assert (auth.command, auth.session, auth.data) == (
            Command.AUTH,
            SESSION,
            scramble_key(12, SESSION),
        )


@pytest.mark.parametrize(
    ("code", "error"),
    [(6001, SecureFirmware), (2001, Busy), (0xFFFF, Unsupported), (4242, UnexpectedReply)],
)
async def test_a_refused_connect_says_why(code: int, error: type[Exception]) -> None:
    async with scripted_peer({Command.CONNECT: lambda packet: [reply(packet, code=code)]}) as peer:
        with pytest.raises(error, match=str(code)):
            await ZkTcpDriver().open(peer.target)


@pytest.mark.parametrize("code", [Command.ACK_UNAUTH, Command.ACK_ERROR])
async def test_a_refused_key_is_auth_rejected(code: Command) -> None:
    refuse: dict[int, Answer] = {
        Command.CONNECT: lambda packet: [reply(packet, code=Command.ACK_UNAUTH)],
        Command.AUTH: lambda packet: [reply(packet, code=code)],
    }
    async with scripted_peer(refuse) as peer:
        with pytest.raises(AuthRejected):
            await ZkTcpDriver().open(peer.target)


async def test_a_c3_panel_is_named() -> None:
    panel: Answer = lambda _: [bytes.fromhex("aa01c80400000055")]  # noqa: E731
    async with scripted_peer({Command.CONNECT: panel}) as peer:
        with pytest.raises(AccessPanel, match="C3 family") as caught:
            await ZkTcpDriver().open(peer.target)
        assert "push" in (caught.value.action or "")


async def test_another_service_on_the_port_is_no_terminal() -> None:
    async with scripted_peer({}, greeting=b"SSH-2.0-dropbear\r\n") as peer:
        with pytest.raises(MalformedFrame, match="53 53 48 2d") as caught:
            await ZkTcpDriver().open(peer.target)
        assert caught.value.capture == b"SSH-2.0-dropbear\r\n"
        assert caught.value.action is not None


async def test_nobody_listening_is_unreachable_and_keeps_the_systems_error() -> None:
    async with scripted_peer({}) as peer:
        target = peer.target
    with pytest.raises(Unreachable, match=f"127.0.0.1:{target.port}") as caught:
        await ZkTcpDriver().open(target)
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)


@pytest.mark.parametrize("driver", [ZkTcpDriver(), ZkUdpDriver()])
@pytest.mark.parametrize(
    "target",
    [Target("10.0..5"), Target("x" * 70), Target("127.0.0.1\0"), Target("127.0.0.1", 70_000)],
    ids=str,
)
async def test_what_is_no_host_and_port_is_an_unusable_address(driver: ZkDriver, target: Target) -> None:
    with pytest.raises(UnusableAddress):
        await driver.open(target)


async def test_a_mute_terminal_exceeds_the_deadline_and_udp_is_suggested() -> None:
    async with scripted_peer({Command.CONNECT: lambda _: []}) as peer:
        with pytest.raises(DeadlineExceeded, match="only UDP"):
            await ZkTcpDriver().open(peer.target)


async def test_a_peer_that_hangs_up_on_connect_is_link_closed() -> None:
    async with scripted_peer({Command.CONNECT: lambda _: [None]}) as peer:
        with pytest.raises(LinkClosed):
            await ZkTcpDriver().open(peer.target)


async def test_another_serial_number_is_the_wrong_terminal_and_is_left_politely() -> None:
    async with scripted_peer({}) as peer:
        with pytest.raises(WrongTerminal, match="TEST0001 answers, OTHER is registered"):
            await ZkTcpDriver().open(replace(peer.target, expected_serial="OTHER"))
        assert peer.received[-1].command == Command.EXIT
