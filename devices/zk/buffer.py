"""Reading what a terminal prepared: its log or its users, whole or from the middle.

    PREPARE_BUFFER → ACK_OK  0    1          5          9          13
                             +----+----------+----------+----------+
                             | 00 | size u32 | size u32 | ?    u32 |      size counts the header below too
                             +----+----------+----------+----------+
                   → DATA    the whole buffer, when it is small

    buffer                   0             4
                             +-------------+------------------------------+
                             | length u32  | body: `length` bytes         |
                             +-------------+------------------------------+

READ_BUFFER is random access into the buffer (a capture shows 0 … 589,248 of 615,124). That it may start at
any offset is documented nowhere: whoever reads from the middle must check what comes.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceRefused, UnexpectedReply, Unsupported
from devices.zk.commands import READ_CHUNK, Command, Request, free_buffer, read_buffer
from devices.zk.exchange import Reply

HEADER: Final = 4
Ask = Callable[[Request], Awaitable[Reply]]
"""Sends a request and gives its reply, which agreed. Raises `DeviceError`."""

_U32 = struct.Struct("<I")
_PREPARED_SIZE = struct.Struct("<xI")


@dataclass(frozen=True, slots=True)
class Buffer:
    """A prepared buffer; `size` in bytes, header included."""

    ask: Ask
    size: int
    inline: bytes | None
    """The whole buffer, when the terminal sent it at once."""

    @classmethod
    async def prepare(cls, ask: Ask, request: Request) -> Buffer:
        """Let the terminal prepare. Raises `DeviceRefused` when it does not."""
        await _free(ask)
        reply = await ask(request)
        if reply.code == Command.DATA:
            return cls(ask, len(reply.data), reply.data)
        if len(reply.data) < _PREPARED_SIZE.size:
            raise UnexpectedReply(f"a buffer announced in {len(reply.data)} bytes", capture=reply.data)
        return cls(ask, _PREPARED_SIZE.unpack_from(reply.data)[0], None)

    async def free(self) -> None:
        """Let the terminal drop the buffer."""
        await _free(self.ask)

    async def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`. Raises `Unsupported` when the terminal gives fewer or more."""
        if self.inline is not None:
            return self.inline[start:end]
        parts = []
        for at in range(start, end, READ_CHUNK):
            wanted = min(READ_CHUNK, end - at)
            reply = await self.ask(read_buffer(at, wanted))
            if reply.code != Command.DATA or len(reply.data) != wanted:
                raise Unsupported(f"{len(reply.data)} bytes from offset {at}, {wanted} asked")
            parts.append(reply.data)
        return b"".join(parts)

    async def body_length(self) -> int:
        """What the header says follows it. Raises `UnexpectedReply` when that is more than there is."""
        if self.size < HEADER:
            return 0
        length: int = _U32.unpack(await self.read(0, HEADER))[0]
        self._check(length)
        return length

    async def body(self) -> bytes:
        """All that follows the header, in as few requests as it takes."""
        if self.size < HEADER:
            return b""
        whole = await self.read(0, self.size)
        length = _U32.unpack_from(whole)[0]
        self._check(length)
        return whole[HEADER : HEADER + length]

    def _check(self, length: int) -> None:
        if length > self.size - HEADER:
            raise UnexpectedReply(f"a header of {length} bytes in a buffer of {self.size}")


async def _free(ask: Ask) -> None:
    # A terminal may refuse to free what it has not prepared: that is as good.
    with suppress(DeviceRefused):
        await ask(free_buffer())
