"""The log that all benchmarks read: 100,000 records as a terminal keeps them, always the same ones."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

RECORDS = 100_000
RECORD = struct.Struct("<H24sBIB8s")
"""uid, pin, verify, time, state, reserved: the record of most terminals."""
FIRST = datetime(2026, 1, 5, 6, 30)
PEOPLE = 400


def image(count: int = RECORDS) -> bytes:
    """The raw records, 40 bytes each, oldest first, no two alike."""
    rows = bytearray()
    for index in range(count):
        rows += record(index)
    return bytes(rows)


def record(index: int) -> bytes:
    """Record number `index`: some seconds after the one before it, by one of the people in turn."""
    person = 1 + index % PEOPLE
    return RECORD.pack(person, str(1000 + person).encode(), 1, encoded_time(index), 255, bytes(8))


def encoded_time(index: int) -> int:
    """The time of record `index` as terminals write it."""
    at = FIRST + timedelta(seconds=97 * index)
    days = (at.year % 100 * 12 + at.month - 1) * 31 + at.day - 1
    return days * 86400 + at.hour * 3600 + at.minute * 60 + at.second
