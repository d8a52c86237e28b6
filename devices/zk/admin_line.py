"""The lines that pyzk is given: they behave as it believes every socket does.

It takes what one `recv` brings for one whole reply. So these give exactly one reply at a time, never two,
never half of one, and never one to an earlier request; and an end of the line is an error, where pyzk itself
waits for more and spins.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import Final, Protocol

from devices.zk.commands import Command
from devices.zk.frames import MAGIC, MAX_PACKET

_HEAD: Final = 8
"""Bytes of a frame's own head, and of a packet's."""
_FRAME = struct.Struct("<4sI")
_PACKET = struct.Struct("<HHHH")
_LARGEST_DATAGRAM: Final = 65_535


class AdminLine(Protocol):
    """What pyzk asks of a socket."""

    def send(self, data: bytes) -> int:
        """Send one request."""
        ...

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        """The same; the address is the one the line was made for."""
        ...

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes of one reply. Raises `OSError`, `TimeoutError` after silence."""
        ...

    def close(self) -> None:
        """End the line, whoever waits on it."""
        ...


class _Line:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._awaited = b""
        """Reply id of the last request, as it stands in the packet."""

    def close(self) -> None:
        """End whatever it is doing: only a shutdown wakes a thread that waits in `recv`."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._sock.close()

    def _is_answer(self, packet: bytes) -> bool:
        """Not a live event, and not the late answer to a request before."""
        if len(packet) < _HEAD or _PACKET.unpack_from(packet)[0] == Command.EVENT:
            return False
        return packet[6:8] == self._awaited


class TcpAdminLine(_Line):
    """TCP: frames in a stream. Durations in real seconds; raises `OSError` when nobody answers."""

    def __init__(self, address: tuple[str, int], connect_timeout: float, timeout: float) -> None:
        super().__init__(socket.create_connection(address, connect_timeout))
        self._sock.settimeout(timeout)
        self._rest = b""

    def send(self, data: bytes) -> int:
        """Send one frame; what was not read of the reply before is dropped."""
        self._rest = b""
        self._awaited = data[_HEAD + 6 : _HEAD + 8]
        self._sock.sendall(data)
        return len(data)

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        """Never used over TCP."""
        raise OSError(f"a stream has no other end than {address}")

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes of the next frame; the rest of it first, if there is one."""
        if not self._rest:
            self._rest = self._next_answer()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _next_answer(self) -> bytes:
        while True:
            head = self._exactly(_HEAD)
            magic, length = _FRAME.unpack(head)
            if magic != MAGIC or not _HEAD <= length <= MAX_PACKET:
                return head
            packet = self._exactly(length)
            if self._is_answer(packet):
                return head + packet

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._sock.recv(size - len(data))
            if not piece:
                raise ConnectionResetError("closed by the terminal")
            data += piece
        return bytes(data)


class UdpAdminLine(_Line):
    """UDP: a packet in each datagram, from that terminal alone. Durations in real seconds."""

    def __init__(self, address: tuple[str, int], timeout: float) -> None:
        super().__init__(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._sock.settimeout(timeout)
        self._sock.connect(address)

    def send(self, data: bytes) -> int:
        """Send one packet."""
        self._awaited = data[6:8]
        return self._sock.send(data)

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        """Send one packet to that terminal."""
        return self.send(data)

    def recv(self, size: int) -> bytes:
        """The next answer, whole whatever its size: cut to `size` it would be garbage."""
        while True:
            packet = self._sock.recv(_LARGEST_DATAGRAM)
            if self._is_answer(packet):
                return packet
