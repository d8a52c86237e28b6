"""What a simulated terminal keeps and sends, packed by its own tables.

Written from the protocol notes and not from the driver's decoders, so that the two check each other. All
little-endian; `uid` is the number the terminal gave a user, 0 in the record of nobody it knows.

    attendance records, by the name used here
    8a   uid u16 | verify u8 | time u32 | state u8
    8b   uid u16 | verify, low nibble; state, high nibble | 0 | time u32
    16   PIN u32 | time u32 | state u8 | verify u8 | 2 reserved | work code u32
    22   uid u16 | PIN 6s | 4 reserved | verify u8 | time u32 | state u8 | 4 reserved
    40   uid u16 | PIN 24s | verify u8 | time u32 | state u8 | 8 reserved: ff 00 00 ...
    49   the same 40 | 9 more, probably mask and temperature

    users
    28   uid u16 | privilege u8 | password 5s | name 8s | card u32 | 0 | group u8 | time zone u16 | PIN u32
    72   uid u16 | privilege u8 | password 8s | name 24s | card u32 | 1 | group 7s | 0 | PIN 24s

    free sizes: i32 at 16 users, 24 fingers, 32 records, 48 administrators, 52 passwords, 56/60/64 capacities
    of fingers/users/records, 68/72/76 what is left of them; in the longer replies at 80 faces, 88 capacity
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from devices.zk.times import encode_time, pack_six

RecordKind = Literal["8a", "8b", "16", "22", "40", "49"]
UserSize = Literal[28, 72]
SizesReply = Literal[80, 92, 112, "dword0"]

RECORD_SIZES: Mapping[RecordKind, int] = MappingProxyType(
    {kind: int(kind.rstrip("ab")) for kind in get_args(RecordKind)}
)
"""Bytes of one attendance record."""

_TIME_AT: Mapping[RecordKind, int] = {"8a": 3, "8b": 4, "16": 4, "22": 13, "40": 27, "49": 27}
_THE_31ST_OF_FEBRUARY = ((26 * 12 + 1) * 31 + 30) * 86_400

_8A = struct.Struct("<HBIB")
_8B = struct.Struct("<HBBI")
_16 = struct.Struct("<IIBB2xI")
_22 = struct.Struct("<H6s4xBIB4x")
_40 = struct.Struct("<H24sBIB8s")
_RESERVED = b"\xff" + bytes(7)
_EXTRA_49 = bytes((0, 0xFF)) + bytes(7)

_USER_28 = struct.Struct("<HB5s8sIxBHI")
_USER_72 = struct.Struct("<HB8s24sIB7sx24s")
_TEMPLATE = struct.Struct("<HHBB")
_VALID = 1

_SIZES = struct.Struct("<20i")
_FACES = struct.Struct("<3i")

_EVENT_TEXT = struct.Struct("<24sBB6s")
_EVENT_TAILS = {32: 0, 36: 4, 37: 5, 52: 20}
_EVENT_NUMERIC = {10: ("<HBB6s", 0), 12: ("<IBB6s", 0), 14: ("<HBB6s", 4)}

EVENT_SIZES = (*_EVENT_NUMERIC, *_EVENT_TAILS)
"""The lengths in which terminals send an attendance event; the first three hold a number for a PIN."""
SHORT_EVENTS = (10, 14)
"""Those in which that number is a u16."""


def pack_record(
    user: int, pin: str, verify: int, moment: datetime, state: int, *, kind: RecordKind = "40"
) -> bytes:
    """One attendance record; `moment` naive, the terminal's own clock.

    Raises `ValueError` for a PIN that this layout has no room for.
    """
    time = encode_time(moment)
    match kind:
        case "8a":
            return _8A.pack(user, verify, time, state)
        case "8b":
            return _8B.pack(user, (state & 0xF) << 4 | verify & 0xF, 0, time)
        case "16":
            return _16.pack(_number(pin, 32), time, state, verify, 0)
        case "22":
            return _22.pack(user, _text(pin, 6), verify, time, state)
        case "40" | "49":
            record = _40.pack(user, _text(pin, 24), verify, time, state, _RESERVED)
            return record if kind == "40" else record + _EXTRA_49


def corrupt_time(record: bytes, kind: RecordKind = "40") -> bytes:
    """The same record, but made on 31 February 2026."""
    at = _TIME_AT[kind]
    return record[:at] + struct.pack("<I", _THE_31ST_OF_FEBRUARY) + record[at + 4 :]


def time_of(record: bytes, kind: RecordKind) -> int:
    """The record's time as packed: such numbers are in the order of their moments."""
    return int.from_bytes(record[_TIME_AT[kind] : _TIME_AT[kind] + 4], "little")


def pack_user(
    user: int,
    pin: str,
    name: bytes,
    privilege: int,
    card: int,
    *,
    password: str = "",
    group: str = "1",
    size: UserSize = 72,
) -> bytes:
    """One user. A name too long for the field is cut at the byte, as terminals do.

    Raises `ValueError` for a PIN that this layout has no room for.
    """
    secret = password.encode()
    if size == 28:
        number = _number(pin, 32)
        return _USER_28.pack(user, privilege, secret[:5], name[:8], card, int(group or 0), 0, number)
    return _USER_72.pack(user, privilege, secret[:8], name[:24], card, 1, group.encode(), _text(pin, 24))


def unpack_user(raw: bytes) -> tuple[int, str, bytes, int, int, str, str]:
    """uid, PIN, name, privilege, card, password and group of a user that a client wrote.

    Raises `ValueError` when it is neither 28 nor 72 bytes.
    """
    if len(raw) == _USER_28.size:
        user, privilege, secret, name, card, number, _zone, pin = _USER_28.unpack(raw)
        return user, str(pin), _until_nul(name), privilege, card, _letters(secret), str(number)
    if len(raw) == _USER_72.size:
        user, privilege, secret, name, card, _one, group, text = _USER_72.unpack(raw)
        return user, _letters(text), _until_nul(name), privilege, card, _letters(secret), _letters(group)
    raise ValueError(f"a user of {len(raw)} bytes")


def pack_template(user: int, finger: int, template: bytes) -> bytes:
    """One fingerprint template as it stands among all of them."""
    return _TEMPLATE.pack(_TEMPLATE.size + len(template), user, finger, _VALID) + template


def pack_event(size: int, pin: str, verify: int, state: int, moment: datetime) -> bytes:
    """One live attendance event in the layout of `size` bytes.

    Raises `ValueError` for a size no terminal sends, and for a PIN that is no number where one is needed.
    """
    if size in _EVENT_NUMERIC:
        layout, tail = _EVENT_NUMERIC[size]
        number = _number(pin, 16 if size in SHORT_EVENTS else 32)
        return struct.pack(layout, number, verify, state, pack_six(moment)) + bytes(tail)
    if size not in _EVENT_TAILS:
        raise ValueError(f"no terminal sends events of {size} bytes")
    return _EVENT_TEXT.pack(_text(pin, 24), verify, state, pack_six(moment)) + bytes(_EVENT_TAILS[size])


def pack_sizes(
    *,
    users: int,
    fingers: int,
    records: int,
    user_capacity: int,
    finger_capacity: int,
    record_capacity: int,
    administrators: int = 0,
    passwords: int = 0,
    reply: SizesReply = 92,
) -> bytes:
    """The answer to FREE_SIZES, in one of its lengths; "dword0" tells nothing, which is not "none"."""
    if reply == "dword0":
        return bytes(4)
    left = finger_capacity - fingers, user_capacity - users, record_capacity - records
    said = _SIZES.pack(
        *(0, 0, 0, 0, users, 0, fingers, 0, records, 0, 0, 0),
        *(administrators, passwords, finger_capacity, user_capacity, record_capacity, *left),
    )
    return (said + _FACES.pack(0, 0, 0)).ljust(reply, b"\0")[:reply]


def _number(pin: str, bits: int) -> int:
    # `int` takes more than digits do, among it "1_0" and the digits of other scripts.
    if not (pin.isascii() and pin.isdigit() and int(pin) < 1 << bits):
        raise ValueError(f"PIN {pin!r} is no number of {bits} bits")
    return int(pin)


def _text(pin: str, width: int) -> bytes:
    raw = pin.encode()
    if len(raw) > width:
        raise ValueError(f"PIN {pin!r} is longer than {width} bytes")
    return raw


def _until_nul(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _letters(field: bytes) -> str:
    return _until_nul(field).decode("ascii", "replace")
