"""User records, in the two sizes that terminals have. Passwords are read past, never returned.

    72 bytes
    0     2           3          11       35     39    40     47    48        72
    +-----+-----------+----------+--------+------+-----+------+-----+---------+
    | uid | privilege | password | name   | card |  ?  | group|  ?  | PIN     |
    | u16 | u8        | 8 bytes  | 24     | u32  |     | 7    |     | 24 text |
    +-----+-----------+----------+--------+------+-----+------+-----+---------+

    28 bytes
    0     2           3          8       16     20    21      22         24      28
    +-----+-----------+----------+-------+------+-----+-------+----------+-------+
    | uid | privilege | password | name  | card |  ?  | group | timezone | PIN   |
    | u16 | u8        | 5 bytes  | 8     | u32  |     | u8    | u16      | u32   |
    +-----+-----------+----------+-------+------+-----+-------+----------+-------+

Source: fananimi/pyzk. Privilege bit 0 = disabled; 0 user, 2 enroller, 6 manager, 14 administrator. AK3750
terminals keep fingerprint templates between the users, in records with privilege 49 (MrFaviod/pyzk-wl10).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.driver import BadRecord, UserRecord
from devices.errors import Unsupported
from devices.zk.text import read_name, read_pin

LONG_USER: Final = 72
SHORT_USER: Final = 28
SIZES: Final = (LONG_USER, SHORT_USER)

_HIGHEST_PRIVILEGE: Final = 15
_LONG = struct.Struct("<HB8x24sIx7sx24s")
_SHORT = struct.Struct("<HB5x8sIxBHI")


@dataclass(frozen=True, slots=True)
class UserTable:
    """What a terminal's list of users held: every record is in exactly one of the two."""

    users: list[UserRecord]
    unreadable: Sequence[BadRecord]
    """Records that name nobody who could punch, without their password."""


def decode_users(body: bytes, count: int | None) -> UserTable:
    """All users in `body` (what follows the u32 size header); `count` is how many the terminal says it has.

    Raises `Unsupported` when the body is not whole records of a known size.
    """
    sizes = [size for size in SIZES if len(body) % size == 0]
    if not sizes:
        raise Unsupported(f"user records: {len(body)} bytes for {count} users")
    tables = [_decode(body, size) for size in sizes]
    # Both sizes fit every 504 bytes. Nine short ones read as long ones seldom have a PIN.
    counted = [table for table, size in zip(tables, sizes, strict=True) if len(body) == (count or 0) * size]
    return max(counted or tables, key=_readable)


def is_users(body: bytes) -> bool:
    """Whether `body` can be a list of users."""
    return any(len(body) % size == 0 and _readable(_decode(body, size)) >= 0.5 for size in SIZES)


def encode_user(user: UserRecord, size: int = LONG_USER) -> bytes:
    """The bytes of `user`, as a terminal keeps it; a long name is cut in mid-character, as theirs are."""
    name = user.name.encode("utf-8")
    if size == SHORT_USER:
        return _SHORT.pack(user.user_index, user.privilege, name[:8], user.card, 1, 0, int(user.pin))
    pin = user.pin.encode("ascii")
    return _LONG.pack(user.user_index, user.privilege, name[:24], user.card, b"1", pin)


def _decode(body: bytes, size: int) -> UserTable:
    users, unreadable = [], []
    for position in range(len(body) // size):
        raw = body[position * size : (position + 1) * size]
        user = _user(raw)
        if isinstance(user, UserRecord):
            users.append(user)
        else:
            unreadable.append(BadRecord(position, _without_password(raw), user))
    return UserTable(users, unreadable)


def _user(raw: bytes) -> UserRecord | str:
    """The user, or why it is none."""
    pin: str | None
    if len(raw) == LONG_USER:
        index, privilege, name, card, _group, pin_field = _LONG.unpack(raw)
        pin = read_pin(pin_field)
    else:
        index, privilege, name, card, _group, _zone, number = _SHORT.unpack(raw)
        pin = str(number) if number else None
    if privilege > _HIGHEST_PRIVILEGE:
        return f"privilege {privilege}: not a user"
    return "no readable PIN" if pin is None else UserRecord(index, pin, read_name(name), privilege, card)


def _without_password(raw: bytes) -> bytes:
    end = 11 if len(raw) == LONG_USER else 8
    return raw[:3] + bytes(end - 3) + raw[end:]


def _readable(table: UserTable) -> float:
    known = len(table.users)
    return known / (known + len(table.unreadable)) if known or table.unreadable else 1.0
