"""The TCP transport: asyncio streams, with every error of the system turned into a `LinkError`."""

from __future__ import annotations

import asyncio
from typing import Final

from devices.errors import LinkClosed
from devices.zk.commands import READ_CHUNK
from devices.zk.line import LineKind
from devices.zk.reaching import reaching

KIND: Final = LineKind("tcp", framed=True, read_bytes=READ_CHUNK)

_READ_BYTES: Final = 1 << 18
_CLOSE_SECONDS: Final = 1.0


class TcpLine:
    """A connected TCP stream. A `devices.zk.line.Line`."""

    kind = KIND

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, address: str, port: int, timeout: float) -> TcpLine:
        """Connect within `timeout` real seconds. Raises `Unreachable`, or `UnusableAddress`
        for what is no host name or port.
        """
        async with reaching(address, port, timeout, "no answer"):
            reader, writer = await asyncio.open_connection(address, port, limit=_READ_BYTES)
        return cls(reader, writer)

    def send(self, message: bytes) -> None:
        """Hand a frame to the system. A broken line shows at the next `receive`."""
        if not self._writer.transport.is_closing():
            # asyncio warns of each write beyond the fifth: there are as many as live events came at once.
            self._writer.write(message)

    async def receive(self) -> bytes:
        """Whatever has arrived, at least one byte. Raises `LinkClosed`."""
        try:
            data = await self._reader.read(_READ_BYTES)
        except OSError as error:
            raise LinkClosed(error.strerror or str(error)) from error
        if not data:
            raise LinkClosed
        return data

    def abort(self) -> None:
        """Drop the connection; nothing more is sent."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Send what is queued, then close; at most a second."""
        try:
            self._writer.close()
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self.abort()
