"""The records a simulated terminal keeps and sends, packed by its own tables.

Written from the protocol notes and not from the driver's decoders, so that the two check each other.

    record, 40 bytes                                       user, 72 bytes
    0  u16  user number, 0 when the user is unknown        0   u16  user number
    2  24s  PIN, NUL-padded                                2   u8   privilege
    26 u8   verify                                         3   8s   password
    27 u32  packed time                                    11  24s  name
    31 u8   state                                          35  u32  card
    32 8s   reserved: ff 00 00 00 00 ...                   40  7s   group
                                                           48  24s  PIN
    free sizes, 92 bytes: i32 at 16 users, 24 fingers, 32 records, 56/60/64 capacities of
    fingers/users/records, 68/72/76 what is left of them
"""

from __future__ import annotations

import struct
from datetime import datetime

from devices.zk.times import encode_time, pack_six

RECORD_SIZE = 40
USER_SIZE = 72

_RECORD = struct.Struct("<H24sBIB8s")
_RESERVED = b"\xff" + bytes(7)
_USER = struct.Struct("<HB8s24sIx7sx24s")
_SIZES = struct.Struct("<4i 2i 2i 2i 4i 3i 3i 3i")
_EVENT_TEXT = struct.Struct("<24sBB6s")
_EVENT_TAILS = {32: 0, 36: 4, 37: 5, 52: 20}
_EVENT_NUMERIC = {10: ("<HBB6s", 0), 12: ("<IBB6s", 0), 14: ("<HBB6s", 4)}

EVENT_SIZES = (*_EVENT_NUMERIC, *_EVENT_TAILS)
"""The lengths in which terminals send an attendance event; the first three hold a number for a PIN."""


def pack_record(user: int, pin: str, verify: int, moment: datetime, state: int) -> bytes:
    """One attendance record; `moment` naive, the terminal's own clock."""
    return _RECORD.pack(user, pin.encode(), verify, encode_time(moment), state, _RESERVED)


def pack_user(user: int, pin: str, name: str, privilege: int, card: int) -> bytes:
    """One user, without a password. A name too long for the field is cut at the byte, as terminals do."""
    return _USER.pack(user, privilege, b"", name.encode()[:24], card, b"1", pin.encode())


def pack_event(size: int, pin: str, verify: int, state: int, moment: datetime) -> bytes:
    """One live attendance event in the layout of `size` bytes.

    Raises `ValueError` for a size no terminal sends, and for a PIN that is no number where one is needed.
    """
    if size in _EVENT_NUMERIC:
        layout, tail = _EVENT_NUMERIC[size]
        return struct.pack(layout, int(pin), verify, state, pack_six(moment)) + bytes(tail)
    if size not in _EVENT_TAILS:
        raise ValueError(f"no terminal sends events of {size} bytes")
    return _EVENT_TEXT.pack(pin.encode(), verify, state, pack_six(moment)) + bytes(_EVENT_TAILS[size])


def pack_sizes(*, users: int, records: int, user_capacity: int, record_capacity: int) -> bytes:
    """The answer to FREE_SIZES, with one finger for each user."""
    fingers, finger_capacity = users, user_capacity
    return _SIZES.pack(
        *(0, 0, 0, 0),
        *(users, 0),
        *(fingers, 0),
        *(records, 0),
        *(0, 0, 0, 0),
        *(finger_capacity, user_capacity, record_capacity),
        *(finger_capacity - fingers, user_capacity - users, record_capacity - records),
        *(0, 0, 0),
    )
