"""Putting a transfer together: the CMD_DATA packets between PREPARE_DATA and ACK_OK.

    PREPARE_DATA  {u32 total, u32 most bytes in one DATA}      CMD_DATA …      ACK_OK

Their session field counts the pieces from 0 (captured frames show it in the closing ACK_OK), which is what
lets pieces be put in order that came lost, doubled or disordered. Nothing guarantees it for every model, so
where it does not count, the bytes are given in their order of arrival and marked as unproved.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, Protocol

from devices.errors import UnexpectedReply
from devices.zk.commands import Command, code_name, parse_read
from devices.zk.frames import Packet

MAX_TRANSFER: Final = 1 << 26
"""Most bytes accepted in one transfer; a full log of 200,000 records is an eighth of it."""

_U32 = struct.Struct("<I")
_HEADER = struct.Struct("<II")
_BUFFERS = frozenset({Command.PREPARE_BUFFER, Command.ATTENDANCE_LOG, Command.USERS})


@dataclass(frozen=True, slots=True)
class Whole:
    """All bytes of a transfer."""

    data: bytes
    proved: bool
    """False: on a line that disorders, in packets that do not count; read it again and compare."""


class Transfer(Protocol):
    """A transfer under way. Raises `UnexpectedReply` only."""

    total: int
    received: int

    def add(self, packet: Packet) -> Whole | None:
        """Take one CMD_DATA; the whole when nothing more is needed."""
        ...

    def close(self) -> Whole | None:
        """Take the ACK_OK that ends it; None when pieces are still to come."""
        ...


@dataclass(slots=True)
class OrderedTransfer:
    """On a line that keeps order: bytes as they come."""

    total: int
    received: int = 0
    parts: list[bytes] = field(default_factory=list)

    def add(self, packet: Packet) -> Whole | None:
        """Append the piece."""
        self.parts.append(packet.data)
        self.received += len(packet.data)
        if self.received > self.total:
            raise UnexpectedReply(f"{self.received} bytes in a transfer of {self.total}")
        return None

    def close(self) -> Whole | None:
        """All of it, or an error."""
        if self.received < self.total:
            raise UnexpectedReply(f"a transfer ended after {self.received} of {self.total} bytes")
        return Whole(b"".join(self.parts), True)


class CountedTransfer:
    """On a line that loses, doubles and disorders: pieces in the order that their session field counts.

    Needs no ACK_OK. As soon as a piece contradicts the count, pieces are taken in order of arrival instead,
    and the ACK_OK must come; asked again, the terminal begins anew, and so does this.
    """

    def __init__(self, total: int, most: int) -> None:
        self.total = total
        self.received = 0
        self._most = most if 0 < most < total else total
        self._count = -(-total // self._most) if total else 0
        self._pieces: dict[int, bytes] = {}
        self._arrived: list[bytes] = []
        self._counted = True

    @property
    def counted(self) -> bool:
        """Whether the pieces that came so far count."""
        return self._counted

    def add(self, packet: Packet) -> Whole | None:
        """Put the piece in its place; one that came before is passed over."""
        index = packet.session if self._count > 1 else 0
        fits = index < self._count and len(packet.data) == min(self._most, self.total - index * self._most)
        if self._count == 1 and not fits:
            return None
        self._arrived.append(packet.data)
        if self._counted and fits and index not in self._pieces:
            self._pieces[index] = packet.data
            self.received += len(packet.data)
        elif self._counted and not (fits and self._pieces[index] == packet.data):
            self._counted = False
            self.received = sum(map(len, self._arrived))
        elif not self._counted:
            self.received += len(packet.data)
        return self._whole() if self._counted else None

    def close(self) -> Whole | None:
        """The pieces as they arrived, when they do not count but add up."""
        if self._counted:
            return self._whole()
        arrived = b"".join(self._arrived)
        return Whole(arrived, False) if len(arrived) == self.total else None

    def _whole(self) -> Whole | None:
        if len(self._pieces) < self._count:
            return None
        return Whole(b"".join(self._pieces[index] for index in range(self._count)), True)


def announced(packet: Packet, running: Transfer | None, *, lossy: bool) -> Transfer:
    """The transfer that PREPARE_DATA announces: the `running` one when a lossy line says it again.

    Raises `UnexpectedReply`.
    """
    if len(packet.data) < _U32.size or (running is not None and not lossy):
        raise UnexpectedReply(
            f"{code_name(packet.command)} out of place, {len(packet.data)} bytes", capture=packet.data[:64]
        )
    total = _U32.unpack_from(packet.data)[0]
    if total > MAX_TRANSFER:
        raise UnexpectedReply(f"a transfer of {total} bytes", capture=packet.data[:64])
    if not lossy:
        return OrderedTransfer(total)
    if isinstance(running, CountedTransfer) and running.counted and running.total == total:
        return running
    most = _HEADER.unpack_from(packet.data)[1] if len(packet.data) >= _HEADER.size else 0
    return CountedTransfer(total, most)


def stands_alone(asked: Packet, packet: Packet) -> bool:
    """Whether a packet that is in no transfer can be the whole answer to `asked`, or must be a piece of a
    transfer whose announcement was lost or overtaken.
    """
    if packet.command == Command.DATA:
        if asked.command == Command.READ_BUFFER:
            wanted = parse_read(asked.data)
            return wanted is not None and len(packet.data) == wanted[1]
        if asked.command in _BUFFERS and len(packet.data) >= _U32.size:
            length = _U32.unpack_from(packet.data)[0]
            # Four zero bytes are an empty log, or the end of a long one's last record.
            told = length or asked.command == Command.PREPARE_BUFFER
            return bool(told and length == len(packet.data) - _U32.size)
    if packet.command == Command.ACK_OK and asked.command in {Command.READ_BUFFER, *_BUFFERS}:
        return asked.command == Command.PREPARE_BUFFER and bool(packet.data)
    return True
