"""Binds a simulated terminal to a UDP port: a datagram is a packet, and nothing says that a client left."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final, cast

from devices.errors import ProtocolError
from devices.zk.commands import Command
from devices.zk.frames import Packet
from simulators.faults.layer import FRAME_HEADER, Piece, Transport
from simulators.faults.wire import Delivery
from simulators.line import LOOPBACK, LineServer, TerminalLine
from simulators.ports import bound
from simulators.terminal import TerminalSim

DATAGRAM_DATA: Final = 1_024
"""Most bytes of data in one datagram, as seen on the wire."""
_NOBODY: Final = ("127.0.0.1", 9)

Peer = tuple[str, int]


class UdpServer(LineServer):
    """One terminal on one UDP port.

    Every CONNECT opens a session, a repeated one too; a packet belongs to the session whose number it bears.
    A session that says nothing for `idle` real seconds is forgotten.
    """

    transport = Transport.UDP
    driver = "zk-udp"
    _endpoint: asyncio.DatagramTransport | None = None
    _place_holder: socket.socket | None = None

    def __init__(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        delivery: Delivery | None = None,
        idle: float = 120.0,
    ) -> None:
        super().__init__(terminal, now, host=host, port=port, delivery=delivery)
        self._idle = idle
        self._sessions: dict[tuple[Peer, int], UdpLine] = {}

    def opened(self, line: UdpLine, session: int) -> None:
        """A session was given the number `session`."""
        self._sessions[line.peer, session] = line
        self.joined(line)

    def left(self, line: TerminalLine) -> None:
        """Forget a session."""
        super().left(line)
        self._sessions = {key: it for key, it in self._sessions.items() if it is not line}

    def datagram(self, data: bytes, peer: Peer) -> None:
        """Something arrived. What is no packet is left unanswered."""
        if self.silent or not self.terminal.model.udp:
            return
        self.bytes_received += len(data)
        try:
            packet = Packet.from_bytes(data)
        except ProtocolError:
            return
        self.request(packet, lambda heard: self._line_to(peer, heard))

    def transmit(self, data: bytes, peer: Peer) -> None:
        """Send one datagram."""
        if self._endpoint is not None:
            self._endpoint.sendto(data, peer)

    async def _listen(self) -> None:
        if self._place_holder is not None:
            self._place_holder.close()
            self._place_holder = None
        loop = asyncio.get_running_loop()
        sock = bound(socket.SOCK_DGRAM, self.host, self.port)
        self.port = sock.getsockname()[1]
        endpoint, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=sock)
        self._endpoint = endpoint

    async def _refuse(self) -> None:
        await self._close_endpoint()
        # Connected to somebody else, it holds the port and takes nobody's datagrams: the system refuses them.
        self._place_holder = bound(socket.SOCK_DGRAM, self.host, self.port)
        self._place_holder.connect(_NOBODY)

    async def _leave(self) -> None:
        await self._close_endpoint()
        if self._place_holder is not None:
            self._place_holder.close()
            self._place_holder = None

    async def _close_endpoint(self) -> None:
        if self._endpoint is not None:
            self._endpoint.abort()
            self._endpoint = None
            # The port is free only after the loop's next round.
            await asyncio.sleep(0)

    def _line_to(self, peer: Peer, packet: Packet) -> UdpLine:
        if packet.command == Command.CONNECT:
            self._forget_idle()
        elif known := self._sessions.get((peer, packet.session)):
            return known
        return UdpLine(self, peer)

    def _forget_idle(self) -> None:
        limit = asyncio.get_running_loop().time() - self._idle
        for line in [it for it in self._sessions.values() if it.heard_at < limit]:
            line.abort()


class UdpLine(TerminalLine):
    """One session of one client. Before CONNECT is answered it is nobody's."""

    def __init__(self, server: UdpServer, peer: Peer) -> None:
        super().__init__(server, most=DATAGRAM_DATA)
        self.peer = peer
        self.heard_at = 0.0
        self._udp = server
        self._ended = False

    @property
    def stands(self) -> bool:
        """Whether its session has not ended."""
        return not self._ended

    def answer(self, packet: Packet) -> None:
        """Answer, and end when that ended the session, or opened none."""
        self.heard_at = asyncio.get_running_loop().time()
        super().answer(packet)
        if self.session not in self._udp.terminal.sessions:
            self.deliver([Piece(b"", then=self.abort)])

    def answered(self, packet: Packet, frames: list[bytes]) -> None:
        """Remember the number of a session that was given."""
        if packet.command == Command.CONNECT and self.session in self._udp.terminal.sessions:
            self._udp.opened(self, Packet.from_bytes(frames[0][FRAME_HEADER:]).session)

    def transmit(self, data: bytes) -> None:
        """Send the packet without its frame."""
        self._udp.transmit(data[FRAME_HEADER:], self.peer)

    def abort(self) -> None:
        """Forget the session; the client is not told."""
        self._ended = True
        self.ended()

    def finish(self) -> None:
        """There is no good order in which a datagram line ends."""
        self.abort()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: UdpServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self._server.datagram(data, cast(Peer, addr))

    def error_received(self, exc: Exception) -> None:
        """A client has left its port: its session stands until it is idle for long enough."""
