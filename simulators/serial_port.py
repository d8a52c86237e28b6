"""Binds a simulated terminal to a serial line: a pseudo-terminal, or a serial-to-Ethernet converter.

The frames are those of TCP. That is our own choice: no public document tells how ZK terminals frame their
packets on a serial line.
"""

from __future__ import annotations

import asyncio
import os
import pty
import shutil
import socket
import tempfile
import tty
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, cast

from devices.zk.commands import Command
from devices.zk.frames import NEED_DATA, FrameReader, Packet
from simulators.faults.layer import Piece, Transport
from simulators.faults.wire import Delivery
from simulators.line import LOOPBACK, LineServer, TerminalLine
from simulators.ports import TcpPort
from simulators.terminal import TerminalSim

BAUD: Final = 9_600


class Wire(StrEnum):
    """What a client opens."""

    PTY = "pty"
    """A device file, as of a serial port."""
    SOCKET = "socket"
    """A TCP port that carries the bytes of a serial line, as converters offer it. It takes one client."""


class SerialServer(LineServer):
    """One terminal on one serial line, which passes `baud` bits a second.

    A serial line has no ends that anybody sees: a session lasts until EXIT or the next CONNECT.
    """

    transport = Transport.SERIAL
    driver = "zk-serial"

    def __init__(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        wire: Wire = Wire.PTY,
        baud: int = BAUD,
        host: str = LOOPBACK,
        port: int = 0,
        delivery: Delivery | None = None,
    ) -> None:
        super().__init__(terminal, now, host=host, port=port, delivery=delivery, baud=baud)
        self.wire = wire
        self._line: SerialLine | None = None
        self._reader = FrameReader(resync=True)
        self._end: PtyEnd | SocketEnd = PtyEnd(self.heard) if wire is Wire.PTY else SocketEnd(self)

    @property
    def address(self) -> str:
        """The URL of its line."""
        return f"{self._end.url}?baud={self.baud}"

    @property
    def whereabouts(self) -> str:
        """The same."""
        return self.address

    def heard(self, data: bytes) -> None:
        """Bytes arrived, cut anywhere. What is no frame is skipped."""
        if self.silent:
            return
        self.bytes_received += len(data)
        self._reader.feed(data)
        while (packet := self._reader.next_packet()) is not NEED_DATA:
            self.request(packet, self._line_to)

    def transmit(self, data: bytes) -> None:
        """Let bytes leave."""
        self._end.write(data)

    def hang_up(self) -> None:
        """Forget the session; a converter drops its client, which is all that anybody sees of it."""
        super().hang_up()
        self._end.drop()

    async def _listen(self) -> None:
        await self._end.open()

    async def _refuse(self) -> None:
        self._end.close()

    async def _leave(self) -> None:
        self._end.close()
        self._end.remove()

    def _line_to(self, packet: Packet) -> SerialLine:
        if packet.command == Command.CONNECT and self._line is not None:
            self._line.forget()
        if self._line is None or not self._line.stands:
            self._line = SerialLine(self)
        return self._line


class SerialLine(TerminalLine):
    """One session on the line."""

    def __init__(self, server: SerialServer) -> None:
        super().__init__(server)
        self._serial = server
        self._ended = False

    @property
    def stands(self) -> bool:
        """Whether its session has not ended."""
        return not self._ended

    def answer(self, packet: Packet) -> None:
        """Answer, and end when that ended the session, or opened none."""
        super().answer(packet)
        if self.session not in self._serial.terminal.sessions:
            self.deliver([Piece(b"", then=self.forget)])

    def answered(self, packet: Packet, frames: list[bytes]) -> None:
        """A session was opened."""
        if packet.command == Command.CONNECT and self.session in self._serial.terminal.sessions:
            self._serial.joined(self)

    def transmit(self, data: bytes) -> None:
        """Write."""
        self._serial.transmit(data)

    def forget(self) -> None:
        """The session is over; nobody sees it."""
        self._ended = True
        self.ended()

    def abort(self) -> None:
        """The same: breaking the line itself is `SerialServer.hang_up`."""
        self.forget()

    def finish(self) -> None:
        """Nothing more comes; a converter closes its client's connection."""
        self.forget()
        self._serial.hang_up()


class PtyEnd:
    """A pseudo-terminal whose far end is found at a path that stays the same."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self._heard = heard
        self._folder = Path(tempfile.mkdtemp(prefix="presensi-serial-"))
        self._far: int | None = None
        self._reading: asyncio.ReadTransport | None = None
        self._writing: asyncio.WriteTransport | None = None

    @property
    def url(self) -> str:
        """Where a client opens it."""
        return str(self._folder / "line")

    async def open(self) -> None:
        """Make the device; the path leads to it."""
        near, self._far = pty.openpty()
        tty.setraw(self._far)
        path = Path(self.url)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._far))
        loop = asyncio.get_running_loop()
        self._reading, _ = await loop.connect_read_pipe(lambda: _Bytes(self._heard), os.fdopen(near, "rb", 0))
        self._writing, _ = await loop.connect_write_pipe(
            asyncio.BaseProtocol, os.fdopen(os.dup(near), "wb", 0)
        )

    def write(self, data: bytes) -> None:
        """Send bytes to whoever has opened the device."""
        if self._writing is not None:
            self._writing.write(data)

    def drop(self) -> None:
        """Nobody can be dropped from a wire."""

    def close(self) -> None:
        """The device vanishes, as an adapter does that is pulled out: whoever has it open is told."""
        if self._writing is not None and self._reading is not None and self._far is not None:
            self._writing.abort()
            self._reading.close()
            os.close(self._far)
        Path(self.url).unlink(missing_ok=True)
        self._reading = self._writing = self._far = None

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)


class SocketEnd:
    """The TCP port of a converter."""

    def __init__(self, server: SerialServer) -> None:
        self._server = server
        self._tcp = TcpPort()
        self._client: asyncio.Transport | None = None

    @property
    def url(self) -> str:
        """Where a client opens it."""
        return f"socket://{self._server.host}:{self._server.port}"

    async def open(self) -> None:
        """Take calls. Raises `OSError` when the port is taken."""
        server = self._server
        server.port = await self._tcp.open(server.host, server.port, lambda: _Client(self, server.heard))

    def write(self, data: bytes) -> None:
        """Send bytes to the client; without one they are lost, as on any wire."""
        if self._client is not None:
            self._client.write(data)

    def drop(self) -> None:
        """Break the client's connection."""
        if self._client is not None:
            self._client.abort()
            self._client = None

    def close(self) -> None:
        """Take no calls."""
        self.drop()
        self._tcp.refuse(self._server.host, self._server.port)

    def remove(self) -> None:
        """Give the port up."""
        self._tcp.close()

    def called(self, client: asyncio.Transport) -> None:
        """Take a client, unless there is one."""
        if self._client is not None:
            client.abort()
            return
        client.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client

    def hung_up(self, client: asyncio.Transport) -> None:
        """The client has gone."""
        if self._client is client:
            self._client = None


class _Bytes(asyncio.Protocol):
    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self._heard = heard

    def data_received(self, data: bytes) -> None:
        self._heard(data)


class _Client(_Bytes):
    def __init__(self, end: SocketEnd, heard: Callable[[bytes], None]) -> None:
        super().__init__(heard)
        self._end = end
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._end.called(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._end.hung_up(self._transport)
