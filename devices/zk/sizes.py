"""The reply to FREE_SIZES: how full a terminal is.

    i32 LE each, at byte
    16 users       24 fingers      32 records      40 operation log
    48 admins      52 passwords    56 finger cap.  60 user cap.    64 record cap.
    68 fingers left                72 users left   76 records left
    80 faces                       88 face capacity   (only in the longer replies)

Replies are 80, 92 or 112 bytes, or one DWORD 0 on models that do not say: unknown, which is not zero.
Source: fananimi/pyzk, adrobinoga/zk-protocol, checked against a captured reply of an F18.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, fields
from typing import Final

_SHORTEST: Final = 80
_OFFSETS: Final = {
    "users": 16,
    "fingers": 24,
    "records": 32,
    "operations": 40,
    "admins": 48,
    "passwords": 52,
    "fingers_capacity": 56,
    "users_capacity": 60,
    "records_capacity": 64,
    "fingers_left": 68,
    "users_left": 72,
    "records_left": 76,
    "faces": 80,
    "faces_capacity": 88,
}
_I32 = struct.Struct("<i")


@dataclass(frozen=True, slots=True)
class FreeSizes:
    """What a terminal says of its memory; None where it says nothing."""

    users: int | None = None
    fingers: int | None = None
    records: int | None = None
    operations: int | None = None
    admins: int | None = None
    passwords: int | None = None
    fingers_capacity: int | None = None
    users_capacity: int | None = None
    records_capacity: int | None = None
    fingers_left: int | None = None
    users_left: int | None = None
    records_left: int | None = None
    faces: int | None = None
    faces_capacity: int | None = None


def decode_sizes(data: bytes) -> FreeSizes:
    """Read the reply; every field None when it is too short, a negative number None too. Never raises."""
    if len(data) < _SHORTEST:
        return FreeSizes()
    found = {}
    for name, offset in _OFFSETS.items():
        if offset + _I32.size <= len(data):
            value = _I32.unpack_from(data, offset)[0]
            found[name] = value if value >= 0 else None
    return FreeSizes(**found)


def encode_sizes(sizes: FreeSizes, length: int = 92) -> bytes:
    """The reply of `length` bytes (80, 92 or 112) that says `sizes`."""
    data = bytearray(length)
    for field in fields(sizes):
        value = getattr(sizes, field.name)
        if value is not None and _OFFSETS[field.name] + _I32.size <= length:
            _I32.pack_into(data, _OFFSETS[field.name], value)
    return bytes(data)
