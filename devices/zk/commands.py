"""Command and reply codes, the comm-key scramble, and the requests we send.

Source: adrobinoga/zk-protocol and fananimi/pyzk, whose names for the codes agree.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Final

from devices.zk.times import encode_time


class Command(IntEnum):
    """What a packet's first word can say, in either direction.

    `DISABLE`, `CLEAR_LOG` and `CLEAR_DATA` are here so that they can be named when met: we never send them.
    """

    USER_WRITE = 8
    USERS = 9
    OPTION = 11
    ATTENDANCE_LOG = 13
    CLEAR_DATA = 14
    CLEAR_LOG = 15
    USER_DELETE = 18
    TEMPLATE_DELETE = 19
    FREE_SIZES = 50
    VERIFY = 60
    CANCEL_CAPTURE = 62
    STATE = 64
    LCD_WRITE = 66
    LCD_CLEAR = 67
    TEMPLATE_READ = 88
    GET_TIME = 201
    SET_TIME = 202
    EVENT = 500
    CONNECT = 1000
    EXIT = 1001
    ENABLE = 1002
    DISABLE = 1003
    RESTART = 1004
    REFRESH = 1013
    VOICE_TEST = 1017
    VERSION = 1100
    AUTH = 1102
    PREPARE_DATA = 1500
    DATA = 1501
    FREE_BUFFER = 1502
    PREPARE_BUFFER = 1503
    READ_BUFFER = 1504
    ACK_OK = 2000
    ACK_ERROR = 2001
    ACK_DATA = 2002
    ACK_RETRY = 2003
    ACK_REPEAT = 2004
    ACK_UNAUTH = 2005
    BUFFER_FAILED = 4989
    SECURE_FIRMWARE = 6001
    ATTENDANCE_RANGE = 10004
    ACK_ERROR_DATA = 0xFFFB
    ACK_ERROR_INIT = 0xFFFC
    ACK_ERROR_COMMAND = 0xFFFD
    ACK_UNKNOWN = 0xFFFF


class EventMask(IntFlag):
    """What live events to register for; the session field of an event holds one of these."""

    ATTENDANCE = 0x1
    FINGER = 0x2
    ENROL_USER = 0x4
    ENROL_FINGER = 0x8
    BUTTON = 0x10
    UNLOCK = 0x20
    VERIFY = 0x80
    ALARM = 0x200


_KNOWN = frozenset(Command)


def is_command(code: int) -> bool:
    """Whether this protocol has such a code, as far as we know it."""
    return code in _KNOWN


def code_name(code: int) -> str:
    """A code as a person reads it in a log: `ACK_OK (2000)`, or the bare number when unknown."""
    try:
        return f"{Command(code).name} ({code})"
    except ValueError:
        return str(code)


@dataclass(frozen=True, slots=True)
class Request:
    """A command and its data, before session and reply id are known."""

    command: Command
    data: bytes = b""


READ_CHUNK: Final = 0xFFC0
"""Most bytes asked for in one READ_BUFFER over TCP; what the vendor's own client asks."""

_PREPARE = struct.Struct("<bhII")
_READ = struct.Struct("<ii")
_U32 = struct.Struct("<I")
_FUNCTION_USERS: Final = 5


def scramble_key(key: int, session: int) -> bytes:
    """The four bytes that prove a comm key in session `session`.

        key bits reversed (32) + session
        bytes  b0 ^ 'Z'   b1 ^ 'K'   b2 ^ 'S'   b3 ^ 'O'
        halves swapped:  b2 b3 b0 b1
        then   c0 ^ 50    c1 ^ 50    50         c3 ^ 50      (so b0 is never sent)

    Source: MakeKey of the vendor's commpro.c, by way of pyzk; checked against a captured AUTH.
    """
    reversed_key = int(f"{key & 0xFFFFFFFF:032b}"[::-1], 2)
    _b0, b1, b2, b3 = _U32.pack((reversed_key + session) & 0xFFFFFFFF)
    return bytes((b2 ^ ord("S") ^ 50, b3 ^ ord("O") ^ 50, 50, b1 ^ ord("K") ^ 50))


def connect() -> Request:
    """Open a session."""
    return Request(Command.CONNECT)


def authenticate(key: int, session: int) -> Request:
    """Prove the comm key `key` in the session that the terminal just gave."""
    return Request(Command.AUTH, scramble_key(key, session))


def leave() -> Request:
    """End the session, so that the terminal serves the next one at once."""
    return Request(Command.EXIT)


def get_time() -> Request:
    """Ask the terminal's clock."""
    return Request(Command.GET_TIME)


def set_time(moment: datetime) -> Request:
    """Set the terminal's clock to the naive local `moment`, 2000 to 2099."""
    return Request(Command.SET_TIME, _U32.pack(encode_time(moment)))


def free_sizes() -> Request:
    """Ask how full the terminal is."""
    return Request(Command.FREE_SIZES)


def firmware_version() -> Request:
    """Ask the firmware's version text."""
    return Request(Command.VERSION)


def option(name: str) -> Request:
    """Ask for one option, e.g. `~SerialNumber`."""
    return Request(Command.OPTION, name.encode("ascii") + b"\0")


def register_events(mask: EventMask) -> Request:
    """Ask for live events on this session; an empty mask ends them."""
    return Request(Command.EVENT, _U32.pack(mask))


def free_buffer() -> Request:
    """Let the terminal drop the buffer it prepared."""
    return Request(Command.FREE_BUFFER)


def prepare_log() -> Request:
    """Let the terminal prepare its whole attendance log for reading."""
    return Request(Command.PREPARE_BUFFER, _PREPARE.pack(1, Command.ATTENDANCE_LOG, 0, 0))


def prepare_users() -> Request:
    """Let the terminal prepare its users for reading."""
    return Request(Command.PREPARE_BUFFER, _PREPARE.pack(1, Command.USERS, _FUNCTION_USERS, 0))


def prepare_range(start: int, end: int) -> Request:
    """Let the terminal prepare the attendance records from the packed time `start` through `end`.

    Source: fandbsoft/zkteco4730-java (from the vendor's own library), tried there on a SenseFace 2A.
    """
    return Request(Command.PREPARE_BUFFER, _PREPARE.pack(1, Command.ATTENDANCE_RANGE, start, end))


def bare_log() -> Request:
    """Ask for the whole attendance log at once, unprepared."""
    return Request(Command.ATTENDANCE_LOG)


def bare_users() -> Request:
    """Ask for all users at once, unprepared."""
    return Request(Command.USERS)


def read_buffer(start: int, size: int) -> Request:
    """Ask for `size` bytes of the prepared buffer from offset `start`."""
    return Request(Command.READ_BUFFER, _READ.pack(start, size))


def parse_read(data: bytes) -> tuple[int, int] | None:
    """Start and size of a READ_BUFFER request; None when it cannot be read."""
    if len(data) != _READ.size:
        return None
    start, size = _READ.unpack(data)
    return (start, size) if start >= 0 and size >= 0 else None
