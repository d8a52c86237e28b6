"""Binds a simulated terminal to a TCP port."""

from __future__ import annotations

import asyncio
import socket
import struct
from functools import cached_property
from typing import Literal, cast

from devices.errors import ProtocolError
from devices.zk.frames import NEED_DATA, FrameReader, NeedData, Packet
from simulators.faults.layer import Transport
from simulators.line import LineServer, TerminalLine
from simulators.ports import TcpPort

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TerminalServer(LineServer):
    """One terminal on one TCP port."""

    transport = Transport.TCP
    driver = "zk-tcp"

    @cached_property
    def _tcp(self) -> TcpPort:
        return TcpPort()

    async def _listen(self) -> None:
        self.port = await self._tcp.open(self.host, self.port, lambda: TcpLine(self))

    async def _refuse(self) -> None:
        self._tcp.refuse(self.host, self.port)

    async def _leave(self) -> None:
        self._tcp.close()


class TcpLine(TerminalLine, asyncio.Protocol):
    """One client's connection."""

    def __init__(self, server: LineServer) -> None:
        super().__init__(server)
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None

    @property
    def stands(self) -> bool:
        """Whether the connection does."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or we did."""
        self._transport = None
        self.ended()

    def data_received(self, data: bytes) -> None:
        """Bytes of requests, cut anywhere."""
        if self._server.silent or self.muted or self._server.terminal.model.mute_tcp:
            return
        self._server.bytes_received += len(data)
        self._reader.feed(data)
        while (packet := self._next()) is not NEED_DATA:
            self._server.request(packet, lambda _: self)

    def _next(self) -> Packet | Literal[NeedData.NEED_DATA]:
        try:
            return self._reader.next_packet()
        except ProtocolError:
            self.abort()
            return NEED_DATA

    def transmit(self, data: bytes) -> None:
        """Write."""
        if self._transport is not None:
            self._transport.write(data)

    def abort(self) -> None:
        """Break the connection so that the peer sees a reset, not an orderly end."""
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        # `connection_lost` comes in the loop's next round; until then nobody may be told of new punches.
        self._transport = None
        self.ended()

    def finish(self) -> None:
        """Close in good order."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            self.ended()
