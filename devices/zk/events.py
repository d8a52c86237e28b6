"""Live attendance events, told apart by their length.

    head            verify  state  time, six bytes: year - 2000, month, day, hour, minute, second
    +---------------+------+------+----+----+----+----+----+----+-------+
    | PIN           | u8   | u8   | yy | mo | dd | hh | mi | ss | tail  |
    +---------------+------+------+----+----+----+----+----+----+-------+

    length   PIN                        tail
    10       u16, PIN or user number    none
    12       u32                        none
    14       u16, PIN or user number    4 bytes
    32       24 bytes text              none
    36       24 bytes text              4 bytes
    37       24 bytes text              5 bytes
    52       24 bytes text              20 bytes

Several events may come in one packet, one after the other.
Source: fananimi/pyzk; 32 bytes checked against a capture.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from devices.driver import AttLogRecord, BadRecord
from devices.zk.text import read_pin
from devices.zk.times import pack_six, unpack_six

EventItem = AttLogRecord | BadRecord

LIVE_INDEX: Final = -1
"""A live event has no position in the log."""
MOST_BYTES: Final = 4096
"""A packet with more is kept whole and not taken apart: no terminal sends a hundred events at once."""
_TAIL = struct.Struct("<BB6s")
_TEXT_PIN: Final = 24


class NumberedEvent(NamedTuple):
    """A punch whose u16 is the PIN on some models and the user's number on others."""

    number: int
    device_time: datetime
    verify: int
    state: int
    raw: bytes


DecodedEvent = AttLogRecord | NumberedEvent | BadRecord


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


def decode_events(data: bytes) -> list[DecodedEvent]:
    """Every attendance event in one packet's data; what cannot be read becomes a `BadRecord`. Never raises.

    A length may be read in several ways (36 is one event, or three of 12). Taken is the first of: events of
    one size that all make sense, the longest; events of several sizes that all do; events of one size most of
    which do; and for a packet that holds something unknown, the sound events before and after that.
    """
    if len(data) > MOST_BYTES:
        return [_bad(data, f"a live event of {len(data)} bytes")]
    uniform, share = _of_one_size(data)
    if share == 1.0:
        return uniform
    starts = _sound_cuts(data)
    if data and starts[0]:
        return _cut(data, 0, starts)
    if share >= 0.5:
        return uniform
    return _around_the_unknown(data)


def _of_one_size(data: bytes) -> tuple[list[DecodedEvent], float]:
    """The reading as events of one size in which the largest share makes sense, and that share."""
    best: list[DecodedEvent] = []
    best_share = 0.0
    for layout in _LONGEST_FIRST:
        if data and len(data) % layout.size == 0:
            items = [
                _decode_one(data[at : at + layout.size], layout) for at in range(0, len(data), layout.size)
            ]
            share = sum(not isinstance(item, BadRecord) for item in items) / len(items)
            if share > best_share:
                best, best_share = items, share
    return best, best_share


def _sound_cuts(data: bytes) -> list[int]:
    """For every offset, the size of a sound event there after which the rest is sound events too; 0: none."""
    sizes = [0] * len(data)
    for at in range(len(data) - 1, -1, -1):
        for layout in _LONGEST_FIRST:
            end = at + layout.size
            fits = end == len(data) or (end < len(data) and sizes[end])
            if fits and not isinstance(_decode_one(data[at:end], layout), BadRecord):
                sizes[at] = layout.size
                break
    return sizes


def _cut(data: bytes, at: int, sizes: list[int]) -> list[DecodedEvent]:
    items = []
    while at < len(data):
        items.append(_decode_one(data[at : at + sizes[at]], EVENT_LAYOUTS[sizes[at]]))
        at += sizes[at]
    return items


def _around_the_unknown(data: bytes) -> list[DecodedEvent]:
    """Sound events from the start on, then what is unknown, then sound events up to the end.

    Only events whose PIN is text are looked for: ten bytes of anything may pass for one whose PIN is a
    number, and a punch that nobody made must not appear.
    """
    events: dict[int, list[DecodedEvent]] = {0: []}
    for at in range(len(data)):
        if at in events:
            for size, event in _text_events(data, at):
                events.setdefault(at + size, [*events[at], event])
    # Of readings with as many events the shortest: a tail may be the next one's beginning.
    end = max(events, key=lambda at: (len(events[at]), -at))
    rest: dict[int, list[DecodedEvent]] = {len(data): []}
    begin = len(data)
    for at in range(len(data) - 1, end - 1, -1):
        for size, event in _text_events(data, at):
            if at + size in rest:
                rest[at] = [event, *rest[at + size]]
                begin = at
    unknown = data[end:begin]
    layout = EVENT_LAYOUTS.get(len(unknown))
    length = f"a live event of {len(unknown)} bytes"
    return [*events[end], _decode_one(unknown, layout) if layout else _bad(unknown, length), *rest[begin]]


def _text_events(data: bytes, at: int) -> list[tuple[int, DecodedEvent]]:
    """Size and content of the sound events with a PIN of text that can begin here."""
    found: list[tuple[int, DecodedEvent]] = []
    for layout in _LONGEST_FIRST:
        if layout.pin_width == _TEXT_PIN and at + layout.size <= len(data):
            event = _decode_one(data[at : at + layout.size], layout)
            if not isinstance(event, BadRecord):
                found.append((layout.size, event))
    return found


def _decode_one(raw: bytes, layout: EventLayout) -> DecodedEvent:
    width = layout.pin_width
    head = struct.unpack_from(f"<{layout.pin_format}", raw)[0]
    pin = read_pin(head) if isinstance(head, bytes) else str(head) if head else None
    if pin is None:
        return _bad(raw, "no readable PIN")
    verify, state, six = _TAIL.unpack_from(raw, width)
    moment = unpack_six(six)
    if moment is None:
        return _bad(raw, f"impossible time {six.hex(' ')}")
    if layout.pin_format == "H":
        return NumberedEvent(head, moment, verify, state, raw)
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
