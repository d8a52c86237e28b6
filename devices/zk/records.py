"""Attendance log records: a table of layouts by record size, and a decoder fast enough for 100,000 of them.

The body of a prepared log (what follows its u32 size header) is records of one size, without separators.

    40 bytes, most models
    0     2                          26       27     31      32          40
    +-----+--------------------------+--------+------+-------+-----------+
    | u16 | PIN, 24 bytes of text,   | verify | time | state | reserved, |
    |     | NUL-padded               | u8     | u32  | u8    | 8 bytes   |
    +-----+--------------------------+--------+------+-------+-----------+

The u16 in front is not always a user number (one model counts up), and 0 for a deleted user's record.
Source: fananimi/pyzk and adrobinoga/zk-protocol, checked against a captured record.
"""

from __future__ import annotations

import gc
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from operator import add, floordiv, mod
from types import MappingProxyType
from typing import Final

from devices.driver import AttLogRecord, BadRecord
from devices.errors import Unsupported
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


@dataclass(frozen=True, slots=True)
class LogLayout:
    """Where the fields of one record lie: offsets in bytes from its start. A new size is a new row."""

    size: int
    user_index: int
    """u16"""
    pin: int
    pin_width: int
    """Bytes of NUL-padded text."""
    verify: int
    """u8"""
    time: int
    """u32, see `times`"""
    state: int
    """u8"""


LAYOUT_40: Final = LogLayout(size=40, user_index=0, pin=2, pin_width=24, verify=26, time=27, state=31)
LAYOUTS: Final[Mapping[int, LogLayout]] = MappingProxyType({layout.size: layout for layout in (LAYOUT_40,)})

NOT_READ_YET: Final = frozenset({8, 16, 22, 49})
"""Sizes of other models (source: pyzk's issues): named to the operator, never taken for a known size."""

NO_PIN: Final = "no readable PIN"
_SAMPLE: Final = 64
_UNREADABLE: Final = ""


class _PinTable(dict[tuple[bytes], str]):
    """PIN field → PIN, remembered: a log of 100,000 punches holds some hundred people."""

    def __missing__(self, field: tuple[bytes]) -> str:
        pin = self[field] = read_pin(field[0]) or _UNREADABLE
        return pin


def decode_log(raw: bytes, layout: LogLayout, first_index: int = 0) -> list[LogItem]:
    """One item for every record in `raw`, in order: an impossible date or no PIN becomes a `BadRecord`.

    `first_index` is the log position of the first. `raw` must be whole records: `ValueError` otherwise.
    """
    count, rest = divmod(len(raw), layout.size)
    if rest:
        raise ValueError(f"{len(raw)} bytes are not whole records of {layout.size}")
    # Column by column through C-level iterators: a Python loop over records would take ten times as long.
    with _collector_paused():
        days, seconds, pins = DayTable(), second_table(), _PinTable()
        times = _column(raw, layout.time, "I", layout.size)
        moments = map(
            add,
            map(days.__getitem__, map(floordiv, times, repeat(SECONDS_OF_DAY))),
            map(seconds.__getitem__, map(mod, times, repeat(SECONDS_OF_DAY))),
        )
        after_pin = layout.size - layout.pin - layout.pin_width
        pin_fields = struct.Struct(f"{layout.pin}x{layout.pin_width}s{after_pin}x").iter_unpack(raw)
        fields = zip(
            map(pins.__getitem__, pin_fields),
            moments,
            raw[layout.verify :: layout.size],
            raw[layout.state :: layout.size],
            repeat(""),
            _column(raw, layout.user_index, "H", layout.size),
            strict=False,
        )
        # tuple.__new__ skips the NamedTuple's own constructor, which is written in Python.
        items: list[LogItem] = list(map(tuple.__new__, repeat(AttLogRecord, count), fields))
    if IMPOSSIBLE_DAY in days.values() or _UNREADABLE in pins.values():
        for index, time in enumerate(times):
            record = items[index]
            bad_day = days[time // SECONDS_OF_DAY] is IMPOSSIBLE_DAY
            if bad_day or record.pin == _UNREADABLE:  # type: ignore[union-attr]
                reason = impossible_date(time) if bad_day else NO_PIN
                piece = raw[index * layout.size : (index + 1) * layout.size]
                items[index] = BadRecord(first_index + index, piece, reason)
    return items


def encode_record(record: AttLogRecord, layout: LogLayout = LAYOUT_40, trailing: bytes = b"") -> bytes:
    """The bytes of `record`, as a terminal keeps it; `trailing` fills the reserved bytes at the end.

    Raises `ValueError` when the PIN does not fit.
    """
    pin = record.pin.encode("ascii")
    if len(pin) > layout.pin_width:
        raise ValueError(f"PIN {record.pin!r} is longer than {layout.pin_width} bytes")
    raw = bytearray(layout.size)
    struct.pack_into("<H", raw, layout.user_index, record.user_index)
    raw[layout.pin : layout.pin + len(pin)] = pin
    raw[layout.verify] = record.verify
    struct.pack_into("<I", raw, layout.time, encode_time(record.device_time))
    raw[layout.state] = record.state
    if trailing:
        raw[-len(trailing) :] = trailing
    return bytes(raw)


def recognise_layout(body: bytes, count: int | None) -> LogLayout:
    """Which layout the records in `body` have; `count` is how many the terminal says there are.

    Counts lie and punches arrive meanwhile, so a size that divides the body is also tried on the first
    records: it is taken when the count agrees exactly or most of them can be read.
    Raises `Unsupported` when no known size fits.
    """
    if count and len(body) % count == 0 and len(body) // count in NOT_READ_YET:
        raise Unsupported(f"attendance records of {len(body) // count} bytes")
    fitting = [layout for layout in LAYOUTS.values() if len(body) % layout.size == 0]
    for layout in fitting:
        if count is not None and len(body) == count * layout.size:
            return layout
    for layout in fitting:
        sample = decode_log(body[: _SAMPLE * layout.size], layout)
        if 2 * sum(isinstance(item, BadRecord) for item in sample) <= len(sample):
            return layout
    known = ", ".join(str(size) for size in LAYOUTS)
    says = f", said to be {count} records" if count is not None else ""
    raise Unsupported(f"a log of {len(body)} bytes{says}; record sizes known: {known}")


def _column(raw: bytes, offset: int, code: str, stride: int) -> tuple[int, ...]:
    """One field of every record, little-endian, as numbers."""
    field = struct.Struct(f"<{code}")
    gathered = bytearray(len(raw) // stride * field.size)
    for byte in range(field.size):
        gathered[byte :: field.size] = raw[offset + byte :: stride]
    return struct.unpack(f"<{len(gathered) // field.size}{code}", gathered)


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
