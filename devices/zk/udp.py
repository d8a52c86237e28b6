"""The UDP transport: one packet a datagram, sent again by the session when no answer comes."""

from __future__ import annotations

import asyncio
from typing import Final, cast

from devices.errors import LinkClosed
from devices.zk.inbox import Inbox
from devices.zk.line import LineKind
from devices.zk.reaching import reaching

KIND: Final = LineKind(
    "udp",
    framed=False,
    # The smallest data frame seen in captures: whatever is asked comes in one datagram, and one datagram
    # either arrives whole or not at all.
    read_bytes=1008,
    resend_after=1.0,
    resend_read_after=0.25,
)


class UdpLine(asyncio.DatagramProtocol):
    """A UDP socket that hears one terminal only. A `devices.zk.line.Line`."""

    kind = KIND

    def __init__(self) -> None:
        self._inbox = Inbox()
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def connect(cls, address: str, port: int, timeout: float) -> UdpLine:
        """Resolve the address within `timeout` real seconds; nothing is sent yet. Raises `Unreachable`, or
        `UnusableAddress` for what is no host name or port."""
        loop = asyncio.get_running_loop()
        async with reaching(address, port, timeout, "its name was not resolved"):
            _, line = await loop.create_datagram_endpoint(cls, remote_addr=(address, port))
        return line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A datagram came from the terminal; the system drops those of others."""
        self._inbox.put(data)

    def error_received(self, exc: Exception) -> None:
        """The terminal's host said that nobody listens there, or the network that it has no way to it."""
        error = LinkClosed(getattr(exc, "strerror", None) or str(exc))
        error.__cause__ = exc
        self._inbox.end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket was closed, by us or by the system."""
        error = LinkClosed(str(exc) if exc is not None else "")
        error.__cause__ = exc
        self._inbox.end(error)

    def send(self, message: bytes) -> None:
        """Send one datagram. That it cannot leave shows at the next `receive`, or never."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message)

    async def receive(self) -> bytes:
        """The next datagram. Raises `LinkClosed`."""
        return await self._inbox.get()

    def abort(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Close the socket; what was sent has left it."""
        if self._transport is not None:
            self._transport.close()
