"""A terminal's attendance log: appended to, never rebuilt, losing its oldest records when full."""

from __future__ import annotations

import struct
from typing import Final

_SIZE = struct.Struct("<I")
_COMPACT_BYTES: Final = 1 << 20


class PreparedBuffer:
    """What one 1503 request made ready: a u32 size and that many bytes, as they were at that moment.

    It shares the log's bytes: they are only ever appended to, so nothing is copied until it is read.
    """

    def __init__(self, storage: bytes | bytearray, start: int = 0, end: int | None = None) -> None:
        self._storage = storage
        self._start = start
        self._end = len(storage) if end is None else end
        self._head = _SIZE.pack(self._end - start)

    def __len__(self) -> int:
        return len(self._head) + self._end - self._start

    def read(self, start: int, size: int) -> bytes:
        """Bytes from `start` on, at most `size`, fewer at the end."""
        head = self._head[start : start + size]
        low = self._start + max(0, start - len(self._head))
        high = min(self._end, low + size - len(head))
        return head + bytes(self._storage[low:high])


class AttendanceLog:
    """Records of one size in the order they were made, at most `capacity` of them."""

    def __init__(self, capacity: int, record_size: int) -> None:
        self.capacity = capacity
        self.record_size = record_size
        self._storage = bytearray()
        self._start = 0

    def __len__(self) -> int:
        return (len(self._storage) - self._start) // self.record_size

    def append(self, records: bytes) -> None:
        """Add whole packed records; when full, the oldest go. Raises `ValueError` for a broken record."""
        if len(records) % self.record_size:
            raise ValueError(f"{len(records)} bytes are not whole records of {self.record_size}")
        self._storage += records
        excess = len(self) - self.capacity
        if excess > 0:
            self._start += excess * self.record_size
            if self._start >= _COMPACT_BYTES:
                # A new object, so that a prepared buffer keeps the old one with its own offsets.
                self._storage = self._storage[self._start :]
                self._start = 0

    def clear(self) -> None:
        """Forget every record."""
        self._storage = bytearray()
        self._start = 0

    def prepare(self) -> PreparedBuffer:
        """The log as it is now, for reading."""
        return PreparedBuffer(self._storage, self._start, len(self._storage))

    def records(self) -> list[bytes]:
        """Every record, oldest first."""
        raw, size = self._storage, self.record_size
        return [bytes(raw[at : at + size]) for at in range(self._start, len(raw), size)]
