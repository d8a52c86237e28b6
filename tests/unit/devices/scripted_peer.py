"""A peer on a real socket that says exactly what a test tells it to: what no healthy terminal would say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import EllipsisType
from typing import cast

from devices.driver import Target
from devices.zk.commands import Command
from devices.zk.driver import ZkTcpDriver
from devices.zk.frames import MAGIC, NEED_DATA, FrameReader, Packet
from devices.zk.session import ZkSession

Piece = bytes | None | EllipsisType
"""Bytes to send, None to hang up, `...` to let what was sent arrive alone."""
Answer = Callable[[Packet], Sequence[Piece]]
SESSION = 0x1234
SERIAL = "TEST0001"
FRAME = 8
_PAUSE = 0.02
SHORT = 1.0
"""Seconds that end a wait in vain, and that no busy machine takes for an answer at hand."""


def reply(request: Packet, data: bytes = b"", code: int = Command.ACK_OK) -> bytes:
    """The frame that answers `request`."""
    return Packet(code, SESSION, request.reply, data).to_frame()


class ScriptedPeer:
    """Answers the handshake, then whatever `answers` says for a command; silence for all others."""

    def __init__(self, answers: dict[int, Answer]) -> None:
        self.answers = answers
        self.received: list[Packet] = []
        self.greeting = b""
        self.target = Target("127.0.0.1", reply_timeout=SHORT, bulk_timeout=SHORT)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        writer.write(self.greeting)
        try:
            while data := await reader.read(4096):
                frames.feed(data)
                while (packet := frames.next_packet()) is not NEED_DATA:
                    self.received.append(packet)
                    for piece in self.answer(packet):
                        if piece is None:
                            return
                        if isinstance(piece, bytes):
                            writer.write(piece)
                        else:
                            await writer.drain()
                            await asyncio.sleep(_PAUSE)
        except OSError:
            return
        finally:
            writer.close()

    def answer(self, packet: Packet) -> Sequence[Piece]:
        if packet.command in self.answers:
            return self.answers[packet.command](packet)
        match packet.command:
            case Command.CONNECT | Command.EXIT | Command.EVENT | Command.FREE_BUFFER:
                return [reply(packet)]
            case Command.OPTION:
                value = SERIAL if packet.data.startswith(b"~SerialNumber") else "X"
                return [reply(packet, packet.data.rstrip(b"\0") + f"={value}".encode() + b"\0")]
            case Command.VERSION:
                return [reply(packet, b"Ver 6.60\0")]
            case Command.FREE_SIZES:
                return [reply(packet, bytes(4))]
            case _:
                return []


@asynccontextmanager
async def scripted_peer(answers: dict[int, Answer], greeting: bytes = b"") -> AsyncIterator[ScriptedPeer]:
    """Serve on loopback until the block ends; `peer.target` says where."""
    peer = ScriptedPeer(answers)
    peer.greeting = greeting
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    peer.target = Target("127.0.0.1", port, reply_timeout=SHORT, bulk_timeout=SHORT, connect_timeout=5.0)
    async with server:
        yield peer


@asynccontextmanager
async def datagram_peer(answers: dict[int, Answer]) -> AsyncIterator[ScriptedPeer]:
    """The same over UDP: each frame that an answer gives leaves as a datagram, without its frame."""
    peer = ScriptedPeer(answers)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(peer), local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    peer.target = Target("127.0.0.1", port, reply_timeout=SHORT, bulk_timeout=10.0, silence_timeout=2.0)
    try:
        yield peer
    finally:
        transport.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, peer: ScriptedPeer) -> None:
        self._peer = peer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        packet = Packet.from_bytes(data)
        self._peer.received.append(packet)
        for piece in self._peer.answer(packet):
            if isinstance(piece, bytes):
                self._transport.sendto(piece[FRAME:] if piece.startswith(MAGIC) else piece, addr)


@asynccontextmanager
async def opened(answers: dict[int, Answer]) -> AsyncIterator[tuple[ZkSession, ScriptedPeer]]:
    """A session with a scripted peer, closed when the block ends."""
    async with scripted_peer(answers) as peer:
        session = await ZkTcpDriver().open(peer.target)
        try:
            yield session, peer
        finally:
            await session.close()
