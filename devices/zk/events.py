"""Live attendance events, told apart by their length.

    head            verify  state  time, six bytes: year - 2000, month, day, hour, minute, second
    +---------------+------+------+----+----+----+----+----+----+-------+
    | PIN           | u8   | u8   | yy | mo | dd | hh | mi | ss | tail  |
    +---------------+------+------+----+----+----+----+----+----+-------+

    length   PIN             tail
    10       u16             none
    12       u32             none
    14       u16             4 bytes
    32       24 bytes text   none
    36       24 bytes text   4 bytes
    37       24 bytes text   5 bytes
    52       24 bytes text   20 bytes

Several events may come in one packet, all of one length.
Source: fananimi/pyzk; 32 bytes checked against a capture.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from devices.driver import AttLogRecord, BadRecord
from devices.zk.text import read_pin
from devices.zk.times import pack_six, unpack_six

EventItem = AttLogRecord | BadRecord

LIVE_INDEX: Final = -1
"""A live event has no position in the log."""
_TAIL = struct.Struct("<BB6s")


@dataclass(frozen=True, slots=True)
class EventLayout:
    """One row of the table above."""

    size: int
    pin_format: str
    """`struct` code of the PIN."""

    @property
    def pin_width(self) -> int:
        """Bytes of the PIN."""
        return struct.calcsize(f"<{self.pin_format}")


EVENT_LAYOUTS: Final[Mapping[int, EventLayout]] = MappingProxyType(
    {
        size: EventLayout(size, code)
        for size, code in (
            (10, "H"),
            (12, "I"),
            (14, "H"),
            (32, "24s"),
            (36, "24s"),
            (37, "24s"),
            (52, "24s"),
        )
    }
)
_LONGEST_FIRST: Final = sorted(EVENT_LAYOUTS.values(), key=lambda layout: -layout.size)


def decode_events(data: bytes) -> list[EventItem]:
    """Every attendance event in one packet's data; what cannot be read becomes a `BadRecord`. Never raises.

    A length may be read in several ways (36 is one event, or three of 12): the one in which most events make
    sense is taken, and the longest layout of those.
    """
    best: list[EventItem] = []
    score = 0.0
    for layout in _LONGEST_FIRST:
        if data and len(data) % layout.size == 0:
            items = [
                _decode_one(data[at : at + layout.size], layout) for at in range(0, len(data), layout.size)
            ]
            sound = sum(isinstance(item, AttLogRecord) for item in items) / len(items)
            if sound > score:
                best, score = items, sound
    if best:
        return best
    known = EVENT_LAYOUTS.get(len(data))
    return [_decode_one(data, known) if known else _bad(data, f"a live event of {len(data)} bytes")]


def _decode_one(raw: bytes, layout: EventLayout) -> EventItem:
    width = layout.pin_width
    head = struct.unpack_from(f"<{layout.pin_format}", raw)[0]
    pin = read_pin(head) if isinstance(head, bytes) else str(head)
    if pin is None:
        return _bad(raw, "no readable PIN")
    verify, state, six = _TAIL.unpack_from(raw, width)
    moment = unpack_six(six)
    if moment is None:
        return _bad(raw, f"impossible time {six.hex(' ')}")
    return AttLogRecord(pin, moment, verify, state, "", 0)


def _bad(raw: bytes, reason: str) -> BadRecord:
    return BadRecord(LIVE_INDEX, raw, reason)


def encode_event(record: AttLogRecord, size: int = 32) -> bytes:
    """The bytes of a live event in the layout of `size`."""
    layout = EVENT_LAYOUTS[size]
    pin: bytes | int = record.pin.encode("ascii") if layout.pin_format.endswith("s") else int(record.pin)
    head = struct.pack(f"<{layout.pin_format}", pin)
    tail = _TAIL.pack(record.verify, record.state, pack_six(record.device_time))
    return (head + tail).ljust(size, b"\0")
