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

Some models (AK3750, WL10) refuse PREPARE_BUFFER or answer it with what cannot be; they send the whole buffer
in answer to the bare command, in the WL10 project's captures behind 8 bytes more (transfer size, frame size):

    0             4             8             12
    +-------------+-------------+-------------+------------------------------+
    | u32         | u32         | length u32  | body: `length` bytes         |
    +-------------+-------------+-------------+------------------------------+

Other models (K40, JS53) answer the bare command with garbage that has valid checksums. So it is tried only
after PREPARE_BUFFER failed on a terminal where it has never worked, and believed only when it makes sense.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceRefused, LinkClosed, ProtocolError, UnexpectedReply, Unsupported
from devices.zk.access import Access
from devices.zk.commands import Command, Request, free_buffer, read_buffer

HEADER: Final = 4
_PREAMBLES: Final = (0, 8)
"""How many bytes may stand in front of a bare answer's header."""

_U32 = struct.Struct("<I")
_PREPARED_SIZE = struct.Struct("<xI")


@dataclass(frozen=True, slots=True)
class Content:
    """Something that a terminal holds much of."""

    prepared: Request
    bare: Request | None
    """None: there is no bare command for it."""
    makes_sense: Callable[[bytes], bool]
    """Whether a body can be this content."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """A prepared buffer; `size` in bytes, header included."""

    access: Access
    size: int
    inline: bytes | None
    """The whole buffer, when the terminal sent it at once."""

    @classmethod
    async def prepare(cls, access: Access, content: Content, *, bare_too: bool = True) -> Buffer:
        """Let the terminal prepare `content`; `bare_too`: ask for it bare where that fails, and remember
        what worked. Raises `DeviceRefused` when the terminal keeps it back, `UnexpectedReply` for garbage.
        """
        traits = access.traits
        if traits.bulk is False and content.bare is not None:
            return await _bare(access, content, content.bare)
        await _free(access)
        try:
            buffer = await cls._prepare(access, content.prepared)
            if traits.bulk is None:
                await buffer.body_length()
        except (DeviceRefused, UnexpectedReply) as failure:
            if traits.bulk or content.bare is None or not bare_too:
                raise
            try:
                buffer = await _bare(access, content, content.bare)
            except (DeviceRefused, ProtocolError, LinkClosed):
                raise failure from None
            if buffer.size > HEADER:
                traits.bulk = False
        else:
            traits.bulk = True
        return buffer

    @classmethod
    async def _prepare(cls, access: Access, request: Request) -> Buffer:
        reply = await access.ask(request)
        if reply.code == Command.DATA:
            return cls(access, len(reply.data), reply.data)
        if len(reply.data) < _PREPARED_SIZE.size:
            raise UnexpectedReply(f"a buffer announced in {len(reply.data)} bytes", capture=reply.data)
        return cls(access, _PREPARED_SIZE.unpack_from(reply.data)[0], None)

    async def free(self) -> None:
        """Let the terminal drop the buffer."""
        if self.access.traits.bulk is not False:
            await _free(self.access)

    async def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`. Raises `Unsupported` when the terminal gives fewer or more."""
        if self.inline is not None:
            return self.inline[start:end]
        parts = []
        for at in range(start, end, self.access.chunk):
            wanted = min(self.access.chunk, end - at)
            reply = await self.access.ask(read_buffer(at, wanted))
            if reply.code != Command.DATA or len(reply.data) != wanted:
                raise Unsupported(f"{len(reply.data)} bytes from offset {at}, {wanted} asked")
            parts.append(reply.data)
        return b"".join(parts)

    async def body_length(self) -> int:
        """What the header says follows it. Raises `UnexpectedReply` when that is more than there is."""
        if self.size < HEADER:
            return 0
        return self._length(await self.read(0, HEADER))

    async def body(self, most: int | None = None) -> tuple[bytes, int]:
        """What follows the header, or its first `most` bytes, in as few requests as it takes; and how long it
        is in all.
        """
        if self.size < HEADER:
            return b"", 0
        end = self.size if most is None else min(self.size, HEADER + most)
        start = await self.read(0, end)
        length = self._length(start)
        return start[HEADER : HEADER + length], length

    def _length(self, start: bytes) -> int:
        length: int = _U32.unpack_from(start)[0]
        if length > self.size - HEADER:
            raise UnexpectedReply(f"a header of {length} bytes in a buffer of {self.size}")
        return length


async def _bare(access: Access, content: Content, request: Request) -> Buffer:
    data = (await access.ask(request)).data
    if not data:
        return Buffer(access, 0, b"")
    for preamble in _PREAMBLES:
        start = preamble + HEADER
        if len(data) >= start and _U32.unpack_from(data, preamble)[0] == len(data) - start:
            if not content.makes_sense(data[start:]):
                break
            return Buffer(access, len(data) - preamble, data[preamble:])
    raise UnexpectedReply(
        f"{request.command.name} answered with {len(data)} bytes that make no sense", capture=data[:64]
    )


async def _free(access: Access) -> None:
    # A terminal may refuse to free what it has not prepared: that is as good.
    with suppress(DeviceRefused):
        await access.ask(free_buffer())
