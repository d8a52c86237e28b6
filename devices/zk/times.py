"""The protocol's packed time: one u32, no time zone, as the terminal's own clock showed it.

    ((((year % 100) * 12 + month - 1) * 31 + day - 1) * 86400 + seconds since midnight

Every month has 31 places, so dates that never were (31 February) can be encoded; they are refused here.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from devices.errors import UnexpectedReply

SECONDS_OF_DAY: Final = 86_400
IMPOSSIBLE_DAY: Final = datetime.min  # noqa: DTZ901
"""What `DayTable` holds for a day number that is no date."""

_U32 = struct.Struct("<I")
_SIX = struct.Struct("6B")
_CENTURY = 2000
_LAST_YEAR = 99


def encode_time(moment: datetime) -> int:
    """Pack a naive local time; fractions of a second are cut. Raises `ValueError` outside 2000 to 2099."""
    if not _CENTURY <= moment.year < _CENTURY + 100:
        raise ValueError(f"{moment.year}: the protocol holds the years 2000 to 2099")
    day = ((moment.year - _CENTURY) * 12 + moment.month - 1) * 31 + moment.day - 1
    return day * SECONDS_OF_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def decode_time(value: int) -> datetime:
    """Unpack a u32. Raises `UnexpectedReply` for a date that never was."""
    day, second = divmod(value, SECONDS_OF_DAY)
    midnight = DayTable()[day]
    if midnight is IMPOSSIBLE_DAY:
        raise UnexpectedReply(impossible_date(value), capture=_U32.pack(value & 0xFFFFFFFF))
    return midnight + timedelta(seconds=second)


def pack_time(moment: datetime) -> bytes:
    """The four bytes that hold `moment`."""
    return _U32.pack(encode_time(moment))


def unpack_time(raw: bytes) -> datetime:
    """Read four bytes. Raises `UnexpectedReply` when they are not four, or are a date that never was."""
    if len(raw) != _U32.size:
        raise UnexpectedReply(f"a time of {len(raw)} bytes", capture=raw)
    return decode_time(_U32.unpack(raw)[0])


def impossible_date(value: int) -> str:
    """Why a packed time is refused, for the quarantine."""
    month, day = divmod(value // SECONDS_OF_DAY, 31)
    year, month = divmod(month, 12)
    return f"impossible date {_CENTURY + year}-{month + 1:02}-{day + 1:02}"


def pack_six(moment: datetime) -> bytes:
    """The six bytes of a live event's time: year - 2000, month, day, hour, minute, second."""
    return _SIX.pack(
        moment.year - _CENTURY, moment.month, moment.day, moment.hour, moment.minute, moment.second
    )


def unpack_six(raw: bytes) -> datetime | None:
    """The time of a live event; None when it is not one."""
    year, month, day, hour, minute, second = _SIX.unpack(raw)
    if year > _LAST_YEAR:
        return None
    try:
        return datetime(_CENTURY + year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


class DayTable(dict[int, datetime]):
    """Day number → midnight, remembered: a log of years holds few days. `IMPOSSIBLE_DAY` for no date."""

    def __missing__(self, number: int) -> datetime:
        month, day = divmod(number, 31)
        year, month = divmod(month, 12)
        try:
            midnight = datetime(_CENTURY + year, month + 1, day + 1)  # noqa: DTZ001
        except ValueError:
            midnight = IMPOSSIBLE_DAY
        if year > _LAST_YEAR:
            midnight = IMPOSSIBLE_DAY
        self[number] = midnight
        return midnight


@cache
def second_table() -> list[timedelta]:
    """Second of the day → the time since midnight; made once, at the first log that is read."""
    return [timedelta(seconds=second) for second in range(SECONDS_OF_DAY)]
