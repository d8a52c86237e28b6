"""TCP frames and the packets inside them: bytes in, packets out, no sockets.

Source: adrobinoga/zk-protocol, checked against its captured frames.

    frame    0        4         8
             +--------+---------+----------------+
             | 50 50  | length  | packet,        |
             | 82 7D  | u32 LE  | `length` bytes |
             +--------+---------+----------------+

    packet   0         2          4         6          8
             +---------+----------+---------+----------+--------+
             | command | checksum | session | reply id | data   |
             | u16 LE  | u16 LE   | u16 LE  | u16 LE   | rest   |
             +---------+----------+---------+----------+--------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from devices.errors import ChecksumMismatch, MalformedFrame, ProtocolError

MAGIC: Final = b"\x50\x50\x82\x7d"
MAX_PACKET: Final = 1 << 20
"""Longest packet accepted, in bytes. The longest seen carries 65,536 bytes of data."""
CAPTURE_BYTES: Final = 64
"""How much of what could not be understood is kept in the error."""

_FRAME = struct.Struct("<4sI")
_PACKET = struct.Struct("<4H")


class NeedData(Enum):
    """The value that says: nothing whole yet, feed me more."""

    NEED_DATA = "need data"


NEED_DATA: Final = NeedData.NEED_DATA


def checksum(packet: bytes) -> int:
    """The 16-bit one's complement sum of `packet`, whose checksum field must be zero.

    Little-endian words; an odd last byte counts as a word with a zero high byte.
    """
    # 2**16 is 1 modulo 65535, so the whole packet as one number is congruent to the sum of its words.
    number = int.from_bytes(packet, "little")
    return 0xFFFF - (number % 0xFFFF or 0xFFFF) if number else 0xFFFF


@dataclass(frozen=True, slots=True)
class Packet:
    """One message, either way. `session` and `reply` are what the fields hold, whatever they mean there."""

    command: int
    session: int
    reply: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """The packet with its checksum, as it goes into a frame or, alone, into a datagram."""
        blank = _PACKET.pack(self.command, 0, self.session, self.reply) + self.data
        return _PACKET.pack(self.command, checksum(blank), self.session, self.reply) + self.data

    def to_frame(self) -> bytes:
        """The packet inside a TCP frame."""
        packet = self.to_bytes()
        return _FRAME.pack(MAGIC, len(packet)) + packet

    @classmethod
    def from_bytes(cls, raw: bytes) -> Packet:
        """Read one packet. Raises `MalformedFrame` when too short, `ChecksumMismatch` when damaged."""
        if len(raw) < _PACKET.size:
            raise MalformedFrame(f"a packet of {len(raw)} bytes", capture=raw[:CAPTURE_BYTES])
        # Zero has two forms in one's complement, so the sum is compared modulo 65535 and never word by word.
        if int.from_bytes(raw, "little") % 0xFFFF:
            raise ChecksumMismatch(f"a packet of {len(raw)} bytes", capture=raw[:CAPTURE_BYTES])
        command, _, session, reply = _PACKET.unpack_from(raw)
        return cls(command, session, reply, raw[_PACKET.size :])


class FrameReader:
    """Cuts a byte stream into packets.

    `feed` takes whatever arrived, `next_packet` gives a packet or `NEED_DATA`. It raises `MalformedFrame` or
    `ChecksumMismatch` and nothing else, and after an error raises it for ever: a TCP stream that has once
    held something else than frames cannot be trusted again. Hang up.

    With `resync` it never raises: a serial line brings noise and half frames, so what is no frame is skipped
    up to the next magic, and counted in `noise`.
    """

    def __init__(self, max_packet: int = MAX_PACKET, *, resync: bool = False) -> None:
        self.missing = 0
        """Bytes that a running transfer still lacks, or 0. Some models (AK3750, WL10) under-report the length
        of the frame that carries them: while this is set, a damaged frame is tried in that length.
        """
        self.noise = b""
        """The first bytes that were skipped."""
        self._buffer = bytearray()
        self._max_packet = max_packet
        self._resync = resync
        self._failure: ProtocolError | None = None
        self._doubted = False
        """The frame at hand is damaged in the length it announces, and waits to be tried in another."""

    @property
    def buffered(self) -> int:
        """Bytes held that are not yet a whole frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrived, cut anywhere."""
        self._buffer += data

    def next_packet(self) -> Packet | Literal[NeedData.NEED_DATA]:
        """The next whole packet, or `NEED_DATA`."""
        if self._failure is not None:
            raise self._failure
        while True:
            try:
                return self._next()
            except ProtocolError as error:
                if not self._resync:
                    self._failure = error
                    raise
                self._skip()

    def give_up_partial(self) -> None:
        """Take a frame whose rest never came for noise: after it, others may be whole."""
        if self._buffer:
            self._skip()

    def _next(self) -> Packet | Literal[NeedData.NEED_DATA]:
        buffer = self._buffer
        start = bytes(buffer[: len(MAGIC)])
        if not MAGIC.startswith(start):
            raise MalformedFrame(
                f"it starts with {start.hex(' ')}, not with 50 50 82 7d",
                capture=bytes(buffer[:CAPTURE_BYTES]),
            )
        if len(buffer) < _FRAME.size:
            return NEED_DATA
        length = _FRAME.unpack_from(buffer)[1]
        if not _PACKET.size <= length <= self._max_packet:
            raise MalformedFrame(f"a frame length of {length}", capture=bytes(buffer[:CAPTURE_BYTES]))
        end = _FRAME.size + length
        if len(buffer) < end:
            return NEED_DATA
        true_end = _FRAME.size + _PACKET.size + self.missing
        if not self._doubted:
            try:
                return self._cut(end)
            except ChecksumMismatch:
                if self.missing == 0 or true_end <= end:
                    raise
                self._doubted = True
        if true_end <= end or buffer.startswith(MAGIC, end):
            raise ChecksumMismatch(f"a packet of {length} bytes", capture=bytes(buffer[:CAPTURE_BYTES]))
        return NEED_DATA if len(buffer) < true_end else self._cut(true_end)

    def _cut(self, end: int) -> Packet:
        packet = Packet.from_bytes(bytes(memoryview(self._buffer)[_FRAME.size : end]))
        del self._buffer[:end]
        self._doubted = False
        return packet

    def _skip(self) -> None:
        """Drop the first byte, and what follows it up to where a magic stands or may begin."""
        buffer = self._buffer
        self._doubted = False
        at = buffer.find(MAGIC, 1)
        if at < 0:
            kept = (kept for kept in (3, 2, 1) if kept < len(buffer) and MAGIC.startswith(buffer[-kept:]))
            at = len(buffer) - next(kept, 0)
        self.noise += bytes(buffer[: min(at, CAPTURE_BYTES - len(self.noise))])
        del buffer[:at]
