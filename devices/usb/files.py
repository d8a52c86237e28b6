"""Which kind of file this is, and reading it: the one entry for a file from a stick."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from devices.driver import BadRecord
from devices.usb.attlog import is_attlog, parse_attlog
from devices.usb.dates import DateOrder
from devices.usb.errors import NotAStickFile
from devices.usb.glg import is_glg, parse_glg
from devices.usb.stick_file import FileKind, StickFile
from devices.zk.users import decode_users, is_users

LARGEST: Final = 1 << 26
"""Bytes. A log of 200,000 punches is a sixth of it."""
MOST_LINES: Final = 1_000_000
"""More are no terminal's log, and each unreadable one would be kept with its reason."""
_DEVICE_ID: Final = re.compile(r"\d{1,4}", re.ASCII)
_ATTLOG_NAME: Final = re.compile(r"(?:([^_]{1,60})_)?attlogs?.*", re.I)
_GLG_NAME: Final = re.compile(r"(?:GLG|AGL)_?\d.*", re.I)
_USERS_NAME: Final = re.compile(r"(?:([^_]{1,60})_)?user.*\.dat", re.I)


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says. It is a hint: sticks are copied and files renamed."""

    kind: FileKind | None
    owner: str | None
    """What stands before `_attlog.dat`: the terminal's device id or its serial number."""

    @property
    def device_id(self) -> str | None:
        """The owner, where it is the short number that operators give to terminals, "1" unless changed."""
        return self.owner if self.owner and _DEVICE_ID.fullmatch(self.owner) else None

    @property
    def serial(self) -> str | None:
        """The owner, where it can be a serial number."""
        return self.owner if self.owner and not self.device_id else None


def read_name(name: str) -> FileName:
    """What the name of a file says, without its folders."""
    if match := _ATTLOG_NAME.fullmatch(name):
        return FileName(FileKind.ATTLOG, match[1])
    if match := _USERS_NAME.fullmatch(name):
        return FileName(FileKind.USERS, match[1])
    return FileName(FileKind.GLG if _GLG_NAME.fullmatch(name) else None, None)


def parse(data: bytes, name: str = "", date_order: DateOrder | None = None) -> StickFile:
    """Read one file. `name` helps to tell what it is where the content leaves that open; `date_order` tells
    the day from the month where the file does not.

    Raises `StickError` subclasses only: `NotAStickFile`, `AmbiguousDates`, `OtherDates`.
    """
    if len(data) > LARGEST:
        raise NotAStickFile(f"{name}: {len(data)} bytes are more than any terminal writes")
    if data.count(b"\n") > MOST_LINES:
        raise NotAStickFile(f"{name}: more lines than any terminal writes")
    kind = read_name(name).kind
    if is_glg(data) or (kind is FileKind.GLG and not is_attlog(data)):
        read = parse_glg(data, date_order)
    elif is_attlog(data) or kind is FileKind.ATTLOG:
        read = parse_attlog(data)
    elif kind is FileKind.USERS:
        return _users(data, name)
    else:
        raise NotAStickFile(name)
    if read.items and all(isinstance(item, BadRecord) for item in read.items):
        raise NotAStickFile(f"{name}: no line of it is a punch")
    return read


def _users(data: bytes, name: str) -> StickFile:
    if not is_users(data):
        raise NotAStickFile(f"{name}: {len(data)} bytes are no user records")
    table = decode_users(data, None)
    return StickFile(FileKind.USERS, users=table.users, unreadable_users=len(table.unreadable))
