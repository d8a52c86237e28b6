"""A terminal's whole user record, password included: for writing it back, or to another terminal.

It lives in memory only and shows nothing of itself in a log or a traceback. Layouts: `devices.zk.users`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Final

from devices.driver import UserRecord
from devices.errors import Unsupported, UserConflict
from devices.zk.text import read_name, read_pin, until_nul
from devices.zk.users import LONG_USER, SHORT_USER, decode_users

MOST_INDEX: Final = 65_535
_MOST_NUMBER: Final = 0xFFFF_FFFF
_MOST_GROUP: Final = 255

_LONG = struct.Struct("<HB8s24sIx7sx24s")
_SHORT = struct.Struct("<HB5s8sIxBHI")


@dataclass(frozen=True, slots=True, repr=False)
class UserEntry:
    """One user as a terminal keeps it."""

    index: int
    privilege: int
    password: bytes
    name: bytes
    """As the terminal encodes it."""
    card: int
    group: str
    """Digits, or empty."""
    pin: str

    def __repr__(self) -> str:
        return f"<user number {self.index}>"

    @property
    def record(self) -> UserRecord:
        """The user without the password."""
        return UserRecord(self.index, self.pin, read_name(self.name), self.privilege, self.card)

    def fitted(self, size: int) -> UserEntry:
        """The user as it will read back from records of `size` bytes: the name and the password cut to their
        fields. Raises `UserConflict` for a PIN or a number that has no room there.
        """
        if not 0 < self.index <= MOST_INDEX:
            raise UserConflict(f"number {self.index} is none that a terminal can give")
        if read_pin(self.pin.encode()) != self.pin or len(self.pin) > 24:
            raise UserConflict("a PIN has 1 to 24 letters or digits")
        if size == LONG_USER:
            return replace(self, name=_cut(self.name, 24), password=self.password[:8])
        if not self.pin.isdigit() or self.pin != str(int(self.pin)) or not 0 < int(self.pin) <= _MOST_NUMBER:
            raise UserConflict("this model takes numbers as PINs only, without a zero in front")
        group = self.group if self.group.isdigit() and int(self.group) <= _MOST_GROUP else ""
        return replace(self, name=_cut(self.name, 8), password=self.password[:5], group=group)

    def pack(self, size: int) -> bytes:
        """The record of `size` bytes."""
        user = self.fitted(size)
        if size == LONG_USER:
            return _LONG.pack(
                user.index,
                user.privilege,
                user.password,
                user.name,
                user.card,
                user.group.encode(),
                user.pin.encode(),
            )
        group = int(user.group or 0)
        return _SHORT.pack(
            user.index, user.privilege, user.password, user.name, user.card, group, 0, int(user.pin)
        )

    def shows_as(self, other: UserEntry) -> list[str]:
        """Which fields read back otherwise; empty: none. Password and group are the terminal's own affair:
        some never show them.
        """
        fields = {
            "number": self.index == other.index,
            "PIN": self.pin == other.pin,
            "name": self.name == other.name,
            "privilege": self.privilege == other.privilege,
            "card": self.card == other.card,
        }
        return [field for field, same in fields.items() if not same]


@dataclass(frozen=True, slots=True)
class UserList:
    """All users of a terminal."""

    size: int | None
    """Bytes of one record; None when the terminal has no users to tell it by."""
    entries: tuple[UserEntry, ...]
    taken: frozenset[int]
    """User numbers in use, also by records that are no readable user."""

    def by_pin(self, pin: str) -> UserEntry | None:
        """Who has this PIN. Raises `UserConflict` when two have it."""
        found = [entry for entry in self.entries if entry.pin == pin]
        if len(found) > 1:
            raise UserConflict(f"{len(found)} users have the PIN {pin}")
        return found[0] if found else None

    def free_index(self, pin: str, size: int) -> int:
        """The number for a new user: one that was never given, as far as can be seen, because old records of
        8 bytes hold a number and no PIN. Models with short records want it to be the PIN itself.

        Raises `UserConflict` when none is left.
        """
        if size == SHORT_USER and pin.isdigit() and 0 < int(pin) <= MOST_INDEX and int(pin) not in self.taken:
            return int(pin)
        highest = max(self.taken, default=0)
        if highest < MOST_INDEX:
            return highest + 1
        free = next((index for index in range(1, MOST_INDEX) if index not in self.taken), None)
        if free is None:
            raise UserConflict("the terminal has no number left for a new user")
        return free


def read_list(body: bytes, count: int | None) -> UserList:
    """The users in `body` (what follows the u32 size header); `count`: how many the terminal says it has.

    Raises `Unsupported` when the body is not whole records of a known size.
    """
    table = decode_users(body, count)
    records = len(table.users) + len(table.unreadable)
    if not records:
        return UserList(None, (), frozenset())
    size = len(body) // records
    if size not in (LONG_USER, SHORT_USER):
        raise Unsupported(f"user records of {size} bytes")
    known = {(user.user_index, user.pin) for user in table.users}
    entries = [_parse(body[at : at + size]) for at in range(0, len(body), size)]
    return UserList(
        size,
        tuple(entry for entry in entries if (entry.index, entry.pin) in known),
        frozenset(entry.index for entry in entries),
    )


def _parse(raw: bytes) -> UserEntry:
    if len(raw) == LONG_USER:
        index, privilege, password, name, card, group_field, pin_field = _LONG.unpack(raw)
        group = until_nul(group_field).decode("ascii", "replace").strip()
        pin = read_pin(pin_field) or ""
    else:
        index, privilege, password, name, card, group_number, _zone, number = _SHORT.unpack(raw)
        group, pin = str(group_number or ""), str(number or "")
    return UserEntry(
        index,
        privilege,
        until_nul(password),
        until_nul(name),
        card,
        group if group.isdigit() else "",
        pin,
    )


def _cut(name: bytes, size: int) -> bytes:
    """Cut to `size` bytes, not inside a character where the name is UTF-8."""
    cut = name[:size]
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return cut
    return cut.decode("utf-8", "ignore").encode("utf-8")
