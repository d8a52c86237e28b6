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

Source: fananimi/pyzk. Privilege bit 0 = disabled; 0 user, 2 enroller, 6 manager, 14 administrator.
"""

from __future__ import annotations

import struct
from typing import Final

from devices.driver import UserRecord
from devices.errors import Unsupported
from devices.zk.text import read_name, read_pin

LONG_USER: Final = 72
SHORT_USER: Final = 28

_LONG = struct.Struct("<HB8x24sIx7sx24s")
_SHORT = struct.Struct("<HB5x8sIxBHI")


def decode_users(body: bytes, count: int | None) -> list[UserRecord]:
    """All users in `body` (what follows the u32 size header). A user without a readable PIN is left out:
    nobody can punch as that user.

    Raises `Unsupported` when the body is not whole records of a known size.
    """
    if not body:
        return []
    sizes = [size for size in (LONG_USER, SHORT_USER) if len(body) % size == 0]
    if count is not None and len(sizes) > 1:
        sizes.sort(key=lambda size: abs(len(body) // size - count))
    if not sizes:
        raise Unsupported(f"user records: {len(body)} bytes for {count} users")
    return _decode_long(body) if sizes[0] == LONG_USER else _decode_short(body)


def _decode_long(body: bytes) -> list[UserRecord]:
    users = []
    for index, privilege, name, card, _group, pin_field in _LONG.iter_unpack(body):
        pin = read_pin(pin_field)
        if pin is not None:
            users.append(UserRecord(index, pin, read_name(name), privilege, card))
    return users


def _decode_short(body: bytes) -> list[UserRecord]:
    return [
        UserRecord(index, str(pin), read_name(name), privilege, card)
        for index, privilege, name, card, _group, _zone, pin in _SHORT.iter_unpack(body)
    ]


def encode_user(user: UserRecord, size: int = LONG_USER) -> bytes:
    """The bytes of `user`, as a terminal keeps it; a long name is cut in mid-character, as theirs are."""
    name = user.name.encode("utf-8")
    if size == SHORT_USER:
        return _SHORT.pack(user.user_index, user.privilege, name[:8], user.card, 1, 0, int(user.pin))
    pin = user.pin.encode("ascii")
    return _LONG.pack(user.user_index, user.privilege, name[:24], user.card, b"1", pin)
