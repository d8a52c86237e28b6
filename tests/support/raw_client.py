"""A bare client of a simulated terminal on any line: it speaks packets, and sees every byte as it comes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from devices.zk import commands
from devices.zk.commands import Command, Request
from devices.zk.frames import NEED_DATA, FrameReader, Packet
from simulators.faults import Transport
from simulators.line import LineServer
from tests.support.waiting import PATIENCE


class RawClient:
    """One client, in one session, always with reply id 1 (CONNECT: 0). `chunks`: what came, as it came."""

    def __init__(self, datagrams: bool) -> None:
        self.chunks: list[bytes] = []
        self.session = 0
        self.ended: Exception | None = None
        """How the line ended: EOFError in good order, an OSError otherwise; None while it stands."""
        self._datagrams = datagrams
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._frames = FrameReader()
        self._write: Callable[[bytes], object] = lambda _: None
        self._close: Callable[[], object] = lambda: None

    @classmethod
    async def open(cls, server: LineServer) -> RawClient:
        """A line without a session."""
        client = cls(server.transport is Transport.UDP)
        loop = asyncio.get_running_loop()
        url = urlsplit(server.address)
        if server.transport is Transport.UDP:
            endpoint, _ = await loop.create_datagram_endpoint(
                lambda: _Ear(client), remote_addr=(server.address, server.port)
            )
            client._write, client._close = endpoint.sendto, endpoint.close
        elif server.transport is Transport.TCP or url.scheme == "socket":
            stream, _ = await loop.create_connection(lambda: _Ear(client), server.host, server.port)
            client._write, client._close = stream.write, stream.close
        else:
            near = os.open(url.path, os.O_RDWR | os.O_NOCTTY)
            reading, _ = await loop.connect_read_pipe(lambda: _Ear(client), os.fdopen(near, "rb", 0))
            writing, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(os.dup(near), "wb", 0))

            def close() -> None:
                if client.ended is None:
                    writing.abort()
                reading.close()

            client._write, client._close = writing.write, close
        return client

    @classmethod
    async def connect(cls, server: LineServer) -> RawClient:
        """A line with a session, for a terminal that wants no key."""
        client = await cls.open(server)
        await client.send(commands.connect())
        client.session = (await client.next()).session
        client.chunks.clear()
        return client

    async def send(self, *requests: Request) -> None:
        """Send requests, together."""
        packets = [self._packet(request) for request in requests]
        if self._datagrams:
            for packet in packets:
                self._write(packet.to_bytes())
        else:
            self._write(b"".join(packet.to_frame() for packet in packets))

    def throw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._write(data)

    async def next(self, within: float = PATIENCE) -> Packet:
        """The next packet. Raises `ProtocolError`, how the line ended, or `TimeoutError`."""
        while True:
            if self._datagrams:
                return Packet.from_bytes(await self._take(within))
            if (packet := self._frames.next_packet()) is not NEED_DATA:
                return packet
            self._frames.feed(await self._take(within))

    async def ask(self, request: Request) -> Packet:
        """One small request and its answer."""
        await self.send(request)
        return await self.next()

    async def read(self, start: int, size: int) -> bytes:
        """A piece of the prepared buffer, in however many packets it comes."""
        await self.send(commands.read_buffer(start, size))
        first = await self.next()
        if first.command == Command.DATA:
            return first.data
        parts = []
        while (packet := await self.next()).command == Command.DATA:
            parts.append(packet.data)
        return b"".join(parts)

    async def read_log(self) -> bytes:
        """The whole log, without its length."""
        prepared = await self.ask(commands.prepare_log())
        if prepared.command == Command.DATA:
            return prepared.data[4:]
        size = int.from_bytes(prepared.data[1:5], "little")
        return (await self.read(0, size))[4:]

    async def quiet(self, seconds: float = 0.1) -> None:
        """Nothing comes for so long."""
        with pytest.raises(TimeoutError):
            await self.next(seconds)

    async def until_broken(self) -> None:
        """Read on until the line ends."""
        with pytest.raises((EOFError, OSError)):
            await self._read_on()

    async def close(self) -> None:
        """Leave without a word."""
        close, self._close = self._close, lambda: None
        close()
        await asyncio.sleep(0)

    def heard(self, data: bytes) -> None:
        """Bytes came."""
        self.chunks.append(data)
        self._arrived.put_nowait(data)

    def over(self, reason: Exception | None) -> None:
        """The line ended."""
        self.ended = reason or EOFError()
        self._arrived.put_nowait(None)

    async def _read_on(self) -> None:
        while True:
            await self.next()

    async def _take(self, within: float) -> bytes:
        data = await asyncio.wait_for(self._arrived.get(), within)
        if data is None:
            assert self.ended is not None
            self._arrived.put_nowait(None)
            raise self.ended
        return data

    def _packet(self, request: Request) -> Packet:
        opening = request.command == Command.CONNECT
        return Packet(request.command, 0 if opening else self.session, 0 if opening else 1, request.data)


class _Ear(asyncio.Protocol, asyncio.DatagramProtocol):
    def __init__(self, client: RawClient) -> None:
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        pass

    def data_received(self, data: bytes) -> None:
        self._client.heard(data)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self._client.heard(data)

    def error_received(self, exc: Exception) -> None:
        self._client.over(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.over(exc)
