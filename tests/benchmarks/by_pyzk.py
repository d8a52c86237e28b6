"""pyzk 0.9, the library everybody uses, as the reference: unchanged, and timed fairly."""

from __future__ import annotations

import struct
import time

from zk import ZK
from zk.attendance import Attendance


class InMemory(ZK):  # type: ignore[misc]
    """pyzk whose transfer costs nothing: `get_attendance` is pyzk's own, and finds its bytes at once."""

    def __init__(self, image: bytes, records: int) -> None:
        super().__init__("127.0.0.1")
        self._answer = struct.pack("<I", len(image)) + image
        self._count = records

    def read_sizes(self) -> bool:
        """The terminal's counts, without asking a terminal."""
        self.records = self._count
        return True

    def get_users(self) -> list[object]:
        """No users: pyzk does not use them for 40-byte records."""
        return []

    def read_with_buffer(self, command: int, fct: int = 0, ext: int = 0) -> tuple[bytes, int]:
        """The log's buffer, without a transfer."""
        return self._answer, len(self._answer)


def decode(image: bytes, records: int) -> tuple[list[Attendance], float]:
    """pyzk's decoding of `image`, and the CPU seconds that it took."""
    client = InMemory(image, records)
    started = time.process_time()
    found = client.get_attendance()
    return found, time.process_time() - started


def read(port: int) -> tuple[list[Attendance], float]:
    """Connect to a terminal on loopback, read its whole log, hang up; and the seconds that it took."""
    started = time.perf_counter()
    client = ZK("127.0.0.1", port=port, timeout=60, ommit_ping=True)
    client.connect()
    found = client.get_attendance()
    client.disconnect()
    return found, time.perf_counter() - started
