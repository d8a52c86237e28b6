"""Attendance log records, decoded in one pass that is fast enough for 100,000 of them. Layouts: `layouts`."""

from __future__ import annotations

import gc
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from operator import add, floordiv, mod
from types import MappingProxyType
from typing import Final

from devices.driver import AttLogRecord, BadRecord
from devices.zk.layouts import LAYOUT_40, LogLayout, PinKind
from devices.zk.text import read_pin
from devices.zk.times import (
    IMPOSSIBLE_DAY,
    SECONDS_OF_DAY,
    DayTable,
    encode_time,
    impossible_date,
    second_table,
)

LogItem = AttLogRecord | BadRecord

NO_PIN: Final = "no readable PIN"
NOBODY: Final[Mapping[int, str]] = MappingProxyType({})

_UNREADABLE: Final = ""
_LOW_NIBBLE: Final = bytes(byte & 0x0F for byte in range(256))
_HIGH_NIBBLE: Final = bytes(byte >> 4 for byte in range(256))


class _TextPins(dict[tuple[bytes], str]):
    """PIN field → PIN, remembered: a log of 100,000 punches holds some hundred people."""

    def __missing__(self, field: tuple[bytes]) -> str:
        pin = self[field] = read_pin(field[0]) or _UNREADABLE
        return pin


class _NumberPins(dict[int, str]):
    """The same for a PIN that is a number. Nobody has PIN 0."""

    def __missing__(self, number: int) -> str:
        pin = self[number] = str(number) if number else _UNREADABLE
        return pin


class _UserPins(dict[int, str]):
    """The same for a user's number."""

    def __init__(self, users: Mapping[int, str]) -> None:
        super().__init__()
        self._users = users

    def __missing__(self, number: int) -> str:
        pin = self[number] = self._users.get(number, _UNREADABLE)
        return pin


class _WorkCodes(dict[int, str]):
    def __missing__(self, number: int) -> str:
        code = self[number] = str(number) if number else ""
        return code


def decode_log(
    raw: bytes, layout: LogLayout, first_index: int = 0, users: Mapping[int, str] = NOBODY
) -> list[LogItem]:
    """One item for every record in `raw`, in order: an impossible date or no PIN becomes a `BadRecord`.

    `first_index` is the log position of the first. `users` (user number → PIN) names people where the layout
    does not. `raw` must be whole records: `ValueError` otherwise.
    """
    count, rest = divmod(len(raw), layout.size)
    if rest:
        raise ValueError(f"{len(raw)} bytes are not whole records of {layout.size}")
    # Column by column through C-level iterators: a Python loop over records would take ten times as long.
    with _collector_paused():
        days, seconds = DayTable(), second_table()
        times = column(raw, layout.time, "I", layout.size)
        moments = map(
            add,
            map(days.__getitem__, map(floordiv, times, repeat(SECONDS_OF_DAY))),
            map(seconds.__getitem__, map(mod, times, repeat(SECONDS_OF_DAY))),
        )
        known, pins = _pins(raw, layout, users)
        verify, state = raw[layout.verify :: layout.size], raw[layout.state :: layout.size]
        if layout.nibbles:
            verify, state = verify.translate(_LOW_NIBBLE), state.translate(_HIGH_NIBBLE)
        fields = zip(
            pins, moments, verify, state, _work_codes(raw, layout), _user_indexes(raw, layout), strict=False
        )
        # tuple.__new__ skips the NamedTuple's own constructor, which is written in Python.
        items: list[LogItem] = list(map(tuple.__new__, repeat(AttLogRecord, count), fields))
    if IMPOSSIBLE_DAY in days.values() or _UNREADABLE in known.values():
        for index, time in enumerate(times):
            record = items[index]
            bad_day = days[time // SECONDS_OF_DAY] is IMPOSSIBLE_DAY
            if bad_day or record.pin == _UNREADABLE:  # type: ignore[union-attr]
                reason = impossible_date(time) if bad_day else _nameless(record, layout)
                piece = raw[index * layout.size : (index + 1) * layout.size]
                items[index] = BadRecord(first_index + index, piece, reason)
    return items


def user_numbers(raw: bytes, layout: LogLayout) -> set[int]:
    """The numbers of the users whose PINs `decode_log` will look for; 0, a deleted user's, is nobody's."""
    if layout.pin_kind is not PinKind.USER:
        return set()
    return set(column(raw, layout.pin, "H", layout.size)) - {0}


def encode_record(record: AttLogRecord, layout: LogLayout = LAYOUT_40, trailing: bytes = b"") -> bytes:
    """The bytes of `record`, as a terminal keeps it; `trailing` fills the reserved bytes at the end.

    Raises `ValueError` when the PIN does not fit.
    """
    raw = bytearray(layout.size)
    if layout.user_index is not None:
        struct.pack_into("<H", raw, layout.user_index, record.user_index)
    if layout.pin_kind is PinKind.TEXT:
        pin = record.pin.encode("ascii")
        if len(pin) > layout.pin_width:
            raise ValueError(f"PIN {record.pin!r} is longer than {layout.pin_width} bytes")
        raw[layout.pin : layout.pin + len(pin)] = pin
    elif layout.pin_kind is PinKind.NUMBER:
        struct.pack_into("<I", raw, layout.pin, int(record.pin))
    if layout.work_code is not None:
        struct.pack_into("<I", raw, layout.work_code, int(record.work_code or 0))
    if layout.nibbles:
        raw[layout.verify] = record.state << 4 | record.verify
    else:
        raw[layout.verify], raw[layout.state] = record.verify, record.state
    struct.pack_into("<I", raw, layout.time, encode_time(record.device_time))
    if trailing:
        raw[-len(trailing) :] = trailing
    return bytes(raw)


def column(raw: bytes, offset: int, code: str, stride: int) -> tuple[int, ...]:
    """One field of every record of `stride` bytes, little-endian, as numbers; `code` is `struct`'s."""
    field = struct.Struct(f"<{code}")
    gathered = bytearray(len(raw) // stride * field.size)
    for byte in range(field.size):
        gathered[byte :: field.size] = raw[offset + byte :: stride]
    return struct.unpack(f"<{len(gathered) // field.size}{code}", gathered)


def _pins(
    raw: bytes, layout: LogLayout, users: Mapping[int, str]
) -> tuple[Mapping[object, str], Iterable[str]]:
    """What will have been looked up once the second is used up; every record's PIN."""
    table: dict[object, str]
    keys: Iterable[object]
    if layout.pin_kind is PinKind.TEXT:
        after = layout.size - layout.pin - layout.pin_width
        table = _TextPins()  # type: ignore[assignment]
        keys = struct.Struct(f"{layout.pin}x{layout.pin_width}s{after}x").iter_unpack(raw)
    elif layout.pin_kind is PinKind.NUMBER:
        table = _NumberPins()  # type: ignore[assignment]
        keys = column(raw, layout.pin, "I", layout.size)
    else:
        table = _UserPins(users)  # type: ignore[assignment]
        keys = column(raw, layout.pin, "H", layout.size)
    return table, map(table.__getitem__, keys)


def _work_codes(raw: bytes, layout: LogLayout) -> Iterable[str]:
    if layout.work_code is None:
        return repeat("")
    return map(_WorkCodes().__getitem__, column(raw, layout.work_code, "I", layout.size))


def _user_indexes(raw: bytes, layout: LogLayout) -> Iterable[int]:
    return repeat(0) if layout.user_index is None else column(raw, layout.user_index, "H", layout.size)


def _nameless(record: LogItem, layout: LogLayout) -> str:
    if layout.pin_kind is PinKind.USER and isinstance(record, AttLogRecord):
        return f"no user has number {record.user_index}" if record.user_index else "a deleted user's record"
    return NO_PIN


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: with 100,000 new tuples, a third of the time went into it."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
